/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What stands in a guest's devices, as far as their migration needs it.
 *
 * All devices share the few child elements that matter, so one table of children fills in
 * DeviceFacts. Of a backing chain only what is a file or device of the host is of interest.
 *
 * Source: libvirt's documentation, "Domain XML format: Devices".
 */

#include "domain_reading.h"
#include "xml_value.h"

#include <string.h>

void
device_facts_clear(DeviceFacts *facts)
{
    g_free(facts->type);
    g_free(facts->mode);
    g_free(facts->model);
    g_free(facts->role);
    g_free(facts->name);
    g_free(facts->driver);
    g_free(facts->cache);
    g_free(facts->source);
    g_free(facts->backing);
    g_free(facts->target);
    g_free(facts->driver_name);
    g_free(facts->bus);
    g_free(facts->version);
    g_free(facts->render_node);
    g_free(facts->listen);
    g_free(facts->format);
    g_free(facts->socket);
    g_free(facts->source_mode);
    g_free(facts->secret);
    g_free(facts->nodes);
    g_free(facts->rom);
    g_free(facts->filter);
    g_free(facts->script);
    g_free(facts->action);
    g_free(facts->target_type);
    g_free(facts->unit);
    memset(facts, 0, sizeof *facts);
}

/* ---- facts ---------------------------------------------------------------------------------- */

/* Sets SLOT from the first attribute of NAMES (NULL-terminated) that is there and not empty. */
static void
take_first(char **slot, const XmlEvent *event, const char *const *names)
{
    for (; *slot == NULL && *names != NULL; names++) {
        const CpuReaderAttribute *attribute = xml_attribute(&event->attributes, *names);

        if (attribute != NULL && attribute->length > 0)
            *slot = g_strndup(attribute->value, attribute->length);
    }
}

static DeviceFacts *
facts_of(const XmlEvent *event)
{
    return &((DomainReading *)event->record)->device;
}

/* Is ADDRESS the same on every host? */
static gboolean
is_everywhere(const CpuReaderAttribute *address)
{
    static const char *const addresses[] = {"0.0.0.0", "::", "::1", "localhost", NULL};
    g_autofree char *text = g_strndup(address->value, address->length);

    return g_strv_contains(addresses, text) || g_str_has_prefix(text, "127.");
}

/* Something is served on the address in attribute NAME. */
static void
note_address(const XmlEvent *event, const char *name)
{
    const CpuReaderAttribute *address = xml_attribute(&event->attributes, name);

    if (address != NULL && address->length > 0 && !is_everywhere(address))
        take_first(&facts_of(event)->listen, event, (const char *const[]){name, NULL});
}

void
domain_device_start(const XmlEvent *event)
{
    DeviceFacts *facts = facts_of(event);

    device_facts_clear(facts);
    facts->line = xml_stream_line(event->stream);
    facts->type = xml_attribute_dup(&event->attributes, "type");
    facts->mode = xml_attribute_dup(&event->attributes, "mode");
    facts->model = xml_attribute_dup(&event->attributes, "model");
    facts->role = xml_attribute_dup(&event->attributes, "role");
    facts->name = xml_attribute_dup(&event->attributes, "name");
    facts->action = xml_attribute_dup(&event->attributes, "action");
}

/*
 * QEMU blocks the migration of a guest that has an image of these formats open, for reading too.
 * Source: block/parallels.c (libvirt's ploop), qcow.c, vdi.c, vhdx.c (libvirt's vhd), vmdk.c,
 * vpc.c.
 */
static void
note_format(DeviceFacts *facts, const XmlEvent *event)
{
    static const char *const formats[] = {"ploop", "qcow", "vdi", "vhd", "vmdk", "vpc", NULL};
    g_autofree char *format = xml_attribute_dup(&event->attributes, "type");

    if (facts->format == NULL && format != NULL && g_strv_contains(formats, format))
        facts->format = g_steal_pointer(&format);
}

static void
start_driver(const XmlEvent *event)
{
    DeviceFacts *facts = facts_of(event);

    note_format(facts, event);
    take_first(&facts->driver, event, (const char *const[]){"type", NULL});
    take_first(&facts->driver_name, event, (const char *const[]){"name", NULL});
    take_first(&facts->cache, event, (const char *const[]){"cache", NULL});
}

static void
start_source(const XmlEvent *event)
{
    DeviceFacts *facts = facts_of(event);

    /* a network disk need not have a name */
    take_first(&facts->source, event,
               (const char *const[]){"file", "dev", "dir", "volume", "name", "path", "socket",
                                     "wwpn", "evdev", "protocol", NULL});
    take_first(&facts->source_mode, event, (const char *const[]){"mode", NULL});
    if (xml_attribute_is(&event->attributes, "mode", "bind"))
        note_address(event, "host");
    else if (g_strcmp0(facts->type, "server") == 0)
        note_address(event, "address");
}

/* `<local>`: from where an interface of type udp sends, and where it receives. */
static void
start_local(const XmlEvent *event)
{
    note_address(event, "address");
}

static void
start_host(const XmlEvent *event)
{
    if (xml_attribute_is(&event->attributes, "transport", "unix"))
        take_first(&facts_of(event)->socket, event, (const char *const[]){"socket", NULL});
}

/* `<secret>`, or a TPM's `<encryption>`, which names it itself. */
static void
start_secret(const XmlEvent *event)
{
    take_first(&facts_of(event)->secret, event,
               (const char *const[]){"uuid", "usage", "secret", NULL});
}

static void
start_format(const XmlEvent *event)
{
    note_format(facts_of(event), event);
}

/* `<source>` in `<backingStore>`: a network disk's has a protocol, and a name that is no path. */
static void
start_backing_source(const XmlEvent *event)
{
    take_first(&facts_of(event)->backing, event, (const char *const[]){"file", "dev", "dir", NULL});
}

static void
start_target(const XmlEvent *event)
{
    take_first(&facts_of(event)->target, event, (const char *const[]){"dev", "dir", "name", NULL});
    take_first(&facts_of(event)->bus, event, (const char *const[]){"bus", NULL});
    take_first(&facts_of(event)->target_type, event, (const char *const[]){"type", NULL});
    facts_of(event)->is_unmanaged = xml_attribute_is(&event->attributes, "managed", "no");
}

static void
start_rom(const XmlEvent *event)
{
    take_first(&facts_of(event)->rom, event, (const char *const[]){"file", NULL});
}

static void
start_filter(const XmlEvent *event)
{
    take_first(&facts_of(event)->filter, event, (const char *const[]){"filter", NULL});
}

static void
start_script(const XmlEvent *event)
{
    take_first(&facts_of(event)->script, event, (const char *const[]){"path", NULL});
}

/* Of a shared memory device: a process that tells its users of each other. */
static void
start_server(const XmlEvent *event)
{
    take_first(&facts_of(event)->socket, event, (const char *const[]){"path", NULL});
}

static void
start_model(const XmlEvent *event)
{
    DeviceFacts *facts = facts_of(event);

    take_first(&facts->model, event, (const char *const[]){"type", NULL});
    facts->is_blob = facts->is_blob || xml_attribute_is(&event->attributes, "blob", "on");
}

static void
start_render_node(const XmlEvent *event)
{
    take_first(&facts_of(event)->render_node, event, (const char *const[]){"rendernode", NULL});
}

static void
start_acceleration(const XmlEvent *event)
{
    facts_of(event)->is_3d = xml_attribute_is(&event->attributes, "accel3d", "yes");
    start_render_node(event);
}

void
domain_device_start_backend(const XmlEvent *event)
{
    /* A disk's or interface's own type stands in the device element. */
    take_first(&facts_of(event)->type, event, (const char *const[]){"type", NULL});
    take_first(&facts_of(event)->driver, event, (const char *const[]){"model", NULL});
    take_first(&facts_of(event)->version, event, (const char *const[]){"version", NULL});
}

static void
start_readonly(const XmlEvent *event)
{
    facts_of(event)->is_readonly = TRUE;
}

static void
start_shareable(const XmlEvent *event)
{
    facts_of(event)->is_shareable = TRUE;
}

static void
start_transient(const XmlEvent *event)
{
    facts_of(event)->is_transient = TRUE;
}

/* The transient one of a pair is what QEMU unplugs; the persistent one is an ordinary card. */
static void
start_teaming(const XmlEvent *event)
{
    facts_of(event)->is_teamed = xml_attribute_is(&event->attributes, "type", "transient");
}

static void
start_mirror(const XmlEvent *event)
{
    facts_of(event)->is_mirrored = TRUE;
}

/* What a running guest's interface on a libvirt network really got: a card of the host, say. */
static void
start_actual(const XmlEvent *event)
{
    DeviceFacts *facts = facts_of(event);

    g_clear_pointer(&facts->type, g_free);
    take_first(&facts->type, event, (const char *const[]){"type", NULL});
}

static void
start_listen(const XmlEvent *event)
{
    note_address(event, "address");
    domain_claims_start_listen(event);
}

/* The attribute is the older form of the element, and stands beside it. */
void
domain_device_start_graphics(const XmlEvent *event)
{
    domain_device_start(event);
    note_address(event, "listen");
    domain_claims_start_graphics(event);
}

static guint
address_part(const XmlEvent *event, const char *name)
{
    g_autofree char *value = xml_attribute_dup(&event->attributes, name);

    return value == NULL ? 0 : (guint)g_ascii_strtoull(value, NULL, 0);
}

/* `<address>` in `<source>`: of a mediated device, a PCI device, a USB or SCSI device. */
static void
start_address(const XmlEvent *event)
{
    DeviceFacts *facts = facts_of(event);

    if (facts->source != NULL && xml_attribute(&event->attributes, "unit") == NULL)
        return;
    if (xml_attribute(&event->attributes, "uuid") != NULL) {
        facts->source = xml_attribute_dup(&event->attributes, "uuid");
    } else if (xml_attribute(&event->attributes, "slot") != NULL) {
        facts->source = g_strdup_printf("%04x:%02x:%02x.%x", address_part(event, "domain"),
                                        address_part(event, "bus"), address_part(event, "slot"),
                                        address_part(event, "function"));
    } else if (xml_attribute(&event->attributes, "device") != NULL) {
        facts->source = g_strdup_printf("bus %u device %u", address_part(event, "bus"),
                                        address_part(event, "device"));
    } else if (xml_attribute(&event->attributes, "unit") != NULL) {
        char *source = g_strdup_printf("%s %u:%u:%u", facts->source == NULL ? "" : facts->source,
                                       address_part(event, "bus"), address_part(event, "target"),
                                       address_part(event, "unit"));

        g_free(facts->source);
        facts->source = source;
    }
}

static void
start_usb_id(const XmlEvent *event)
{
    DeviceFacts *facts = facts_of(event);
    g_autofree char *id = xml_attribute_dup(&event->attributes, "id");
    char *source = g_strdup_printf("%s%s%04x", facts->source == NULL ? "" : facts->source,
                                   facts->source == NULL ? "" : ":", address_part(event, "id"));

    g_free(facts->source);
    facts->source = source;
}

static void
start_adapter(const XmlEvent *event)
{
    take_first(&facts_of(event)->source, event, (const char *const[]){"name", NULL});
}

static void
end_nodemask(const XmlEvent *event)
{
    DeviceFacts *facts = facts_of(event);

    if (facts->nodes == NULL && *event->text != '\0')
        facts->nodes = g_strdup(event->text);
}

static void
start_pagesize(const XmlEvent *event)
{
    take_first(&facts_of(event)->unit, event, (const char *const[]){"unit", NULL});
}

static void
end_pagesize(const XmlEvent *event)
{
    DeviceFacts *facts = facts_of(event);
    guint64 size;

    if (xml_event_number(event, "size of a memory device's pages", G_MAXINT64, &size) &&
        !quantity_to_kib(size, facts->unit, &facts->page_kib))
        facts->page_kib = 0;
}

static void
end_source_path(const XmlEvent *event)
{
    DeviceFacts *facts = facts_of(event);

    if (facts->source == NULL && *event->text != '\0')
        facts->source = g_strdup(event->text);
}

/* ---- tables --------------------------------------------------------------------------------- */

static const XmlElement secret_children[] = {
    {"secret", .start = start_secret},
    {NULL},
};

static const XmlElement source_children[] = {
    {"address", .start = start_address},
    {"adapter", .start = start_adapter},
    {"vendor", .start = start_usb_id},
    {"product", .start = start_usb_id},
    {"path", .end = end_source_path, .is_text = TRUE},
    {"host", .start = start_host},
    {"local", .start = start_local},
    {"auth", .children = secret_children},
    {"encryption", .children = secret_children},
    {"nodemask", .end = end_nodemask, .is_text = TRUE},
    {"pagesize", .start = start_pagesize, .end = end_pagesize, .is_text = TRUE},
    {NULL},
};

/* of an image below a disk's own */
static const XmlElement backing_source_children[] = {
    {"host", .start = start_host},
    {"auth", .children = secret_children},
    {"encryption", .children = secret_children},
    {NULL},
};

static const XmlElement backing_children[4] = {
    {"format", .start = start_format},
    {"source", .start = start_backing_source, .children = backing_source_children},
    {"backingStore", .children = backing_children},
    {NULL},
};

static const XmlElement model_children[] = {
    {"acceleration", .start = start_acceleration},
    {NULL},
};

static const XmlElement actual_children[] = {
    {"source", .start = start_source, .children = source_children},
    {NULL},
};

static const XmlElement backend_children[] = {
    {"encryption", .start = start_secret},
    {NULL},
};

const XmlElement domain_device_children[] = {
    {"driver", .start = start_driver},
    {"source", .start = start_source, .children = source_children},
    {"backingStore", .children = backing_children},
    {"target", .start = start_target},
    {"model", .start = start_model, .children = model_children},
    {"backend", .start = domain_device_start_backend, .children = backend_children},
    {"auth", .children = secret_children},
    {"encryption", .children = secret_children},
    {"readonly", .start = start_readonly},
    {"shareable", .start = start_shareable},
    {"transient", .start = start_transient},
    {"teaming", .start = start_teaming},
    {"mirror", .start = start_mirror},
    {"script", .start = start_script},
    {"rom", .start = start_rom},
    {"filterref", .start = start_filter},
    {"server", .start = start_server},
    {"actual", .start = start_actual, .children = actual_children},
    {NULL},
};

/* of a daemon that gathers random numbers */
const XmlElement domain_rng_backend_children[] = {
    {"source", .start = start_source},
    {NULL},
};

const XmlElement domain_graphics_children[] = {
    {"listen", .start = start_listen},
    {"gl", .start = start_render_node},
    {NULL},
};
