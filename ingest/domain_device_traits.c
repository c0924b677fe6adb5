/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Which devices of a guest bear on its migration.
 *
 * All devices share the few child elements that matter, so one table of children fills in
 * DeviceFacts, and the end of each device makes traits of them. Children of children (a backing
 * chain, a mirror) are passed over.
 *
 * Source: libvirt's documentation, "Domain XML format: Devices".
 */

#include "domain_reading.h"

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
    g_free(facts->target);
    g_free(facts->driver_name);
    g_free(facts->bus);
    g_free(facts->version);
    memset(facts, 0, sizeof *facts);
}

void
domain_reading_need(DomainReading *reading, const char *what, const char *value)
{
    GPtrArray *needs = reading->guest->needs;

    if (value == NULL)
        return;
    char *need = g_strdup_printf("%s=%s", what, value);
    if (g_ptr_array_find_with_equal_func(needs, need, g_str_equal, NULL))
        g_free(need);
    else
        g_ptr_array_add(needs, need);
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

static void
start_device(const XmlEvent *event)
{
    DeviceFacts *facts = facts_of(event);

    device_facts_clear(facts);
    facts->line = xml_stream_line(event->stream);
    facts->type = xml_attribute_dup(&event->attributes, "type");
    facts->mode = xml_attribute_dup(&event->attributes, "mode");
    facts->model = xml_attribute_dup(&event->attributes, "model");
    facts->role = xml_attribute_dup(&event->attributes, "role");
    facts->name = xml_attribute_dup(&event->attributes, "name");
}

static void
start_driver(const XmlEvent *event)
{
    DeviceFacts *facts = facts_of(event);

    take_first(&facts->driver, event, (const char *const[]){"type", NULL});
    take_first(&facts->driver_name, event, (const char *const[]){"name", NULL});
    take_first(&facts->cache, event, (const char *const[]){"cache", NULL});
}

static void
start_source(const XmlEvent *event)
{
    take_first(&facts_of(event)->source, event,
               (const char *const[]){"file", "dev", "dir", "volume", "name", "path", "socket",
                                     "wwpn", NULL});
}

static void
start_target(const XmlEvent *event)
{
    take_first(&facts_of(event)->target, event, (const char *const[]){"dev", "dir", "name", NULL});
    take_first(&facts_of(event)->bus, event, (const char *const[]){"bus", NULL});
}

static void
start_model(const XmlEvent *event)
{
    DeviceFacts *facts = facts_of(event);

    take_first(&facts->model, event, (const char *const[]){"type", NULL});
    facts->is_blob = facts->is_blob || xml_attribute_is(&event->attributes, "blob", "on");
}

static void
start_acceleration(const XmlEvent *event)
{
    facts_of(event)->is_3d = xml_attribute_is(&event->attributes, "accel3d", "yes");
}

static void
start_backend(const XmlEvent *event)
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
end_source_path(const XmlEvent *event)
{
    DeviceFacts *facts = facts_of(event);

    if (facts->source == NULL && *event->text != '\0')
        facts->source = g_strdup(event->text);
}

/* ---- traits --------------------------------------------------------------------------------- */

typedef struct {
    const char *word; /* NULL ends a table */
    GuestTraitKind kind;
} TraitWord;

/* The kind that WORD stands for; DEFAULT_KIND when the table lacks it. */
static GuestTraitKind
trait_for(const TraitWord *table, const char *word, GuestTraitKind default_kind)
{
    for (; word != NULL && table->word != NULL; table++) {
        if (strcmp(table->word, word) == 0)
            return table->kind;
    }
    return default_kind;
}

/* "TARGET: SOURCE", or the one there is. */
static void
add_trait(const XmlEvent *event, GuestTraitKind kind, const char *target, const char *source)
{
    DomainReading *reading = event->record;
    g_autofree char *both = NULL;

    if (kind == GUEST_TRAIT_COUNT)
        return;
    if (target != NULL && source != NULL)
        both = g_strdup_printf("%s: %s", target, source);
    guest_add_trait(reading->guest, kind, both != NULL ? both : (target != NULL ? target : source),
                    reading->device.line);
}

static void
end_disk(const XmlEvent *event)
{
    static const TraitWord types[] = {
        {"file", GUEST_TRAIT_DISK_LOCAL},
        {"block", GUEST_TRAIT_DISK_LOCAL},
        {"dir", GUEST_TRAIT_DISK_LOCAL},
        {"volume", GUEST_TRAIT_DISK_VOLUME},
        {"nvme", GUEST_TRAIT_DISK_NVME},
        {"vhostuser", GUEST_TRAIT_DISK_VHOST_USER},
        {"vhostvdpa", GUEST_TRAIT_DISK_VHOST_USER},
        {NULL, GUEST_TRAIT_COUNT},
    };
    const DeviceFacts *facts = facts_of(event);
    const char *type = facts->type == NULL ? "file" : facts->type;
    GuestTraitKind kind = trait_for(types, type, GUEST_TRAIT_COUNT);

    domain_reading_need(event->record, "disk.bus", facts->bus);
    if (g_strcmp0(facts->bus, "nvme") == 0)
        add_trait(event, GUEST_TRAIT_DEVICE_STATELESS, "disk on an NVMe controller", facts->target);
    /* A drive without a medium has nothing that could be lacking elsewhere. */
    if (facts->source == NULL)
        return;
    add_trait(event, kind, facts->target, facts->source);
    if (facts->is_transient)
        add_trait(event, GUEST_TRAIT_DISK_TRANSIENT, facts->target, NULL);
    if (kind == GUEST_TRAIT_DISK_LOCAL && !facts->is_readonly && !facts->is_shareable &&
        g_strcmp0(facts->cache, "none") != 0 && g_strcmp0(facts->cache, "directsync") != 0)
        add_trait(event, GUEST_TRAIT_DISK_CACHE, facts->target,
                  facts->cache == NULL ? "default" : facts->cache);
}

static void
end_interface(const XmlEvent *event)
{
    static const TraitWord types[] = {
        {"hostdev", GUEST_TRAIT_INTERFACE_HOSTDEV},
        {"direct", GUEST_TRAIT_INTERFACE_DIRECT},
        {"vdpa", GUEST_TRAIT_INTERFACE_VDPA},
        {"vhostuser", GUEST_TRAIT_INTERFACE_VHOST_USER},
        {NULL, GUEST_TRAIT_COUNT},
    };
    const DeviceFacts *facts = facts_of(event);
    const GuestTraitKind kind = trait_for(types, facts->type, GUEST_TRAIT_COUNT);

    add_trait(event,
              kind == GUEST_TRAIT_INTERFACE_HOSTDEV && facts->is_teamed ? GUEST_TRAIT_HOSTDEV_TEAMED
                                                                        : kind,
              NULL, facts->source);
}

static void
end_hostdev(const XmlEvent *event)
{
    static const TraitWord types[] = {
        {"pci", GUEST_TRAIT_HOSTDEV_PCI},
        {"mdev", GUEST_TRAIT_HOSTDEV_MDEV},
        {"usb", GUEST_TRAIT_HOSTDEV_USB},
        {"scsi", GUEST_TRAIT_HOSTDEV_SCSI},
        {"scsi_host", GUEST_TRAIT_HOSTDEV_VHOST_SCSI},
        {NULL, GUEST_TRAIT_COUNT},
    };
    const DeviceFacts *facts = facts_of(event);
    const GuestTraitKind kind = trait_for(types, facts->type, GUEST_TRAIT_HOSTDEV_OTHER);

    add_trait(event,
              kind == GUEST_TRAIT_HOSTDEV_PCI && facts->is_teamed ? GUEST_TRAIT_HOSTDEV_TEAMED
                                                                  : kind,
              NULL, facts->source);
}

static void
end_filesystem(const XmlEvent *event)
{
    static const TraitWord drivers[] = {
        {"virtiofs", GUEST_TRAIT_FILESYSTEM_VIRTIOFS},
        {NULL, GUEST_TRAIT_COUNT},
    };
    const DeviceFacts *facts = facts_of(event);

    add_trait(event, trait_for(drivers, facts->driver, GUEST_TRAIT_FILESYSTEM_PASSTHROUGH),
              facts->target, facts->source);
    if (g_strcmp0(facts->driver, "virtiofs") == 0)
        domain_reading_need(event->record, "filesystem.driverType", "virtiofs");
}

/* libvirt migrates a shared memory device only as the master, and never the legacy model. */
static void
end_shmem(const XmlEvent *event)
{
    const DeviceFacts *facts = facts_of(event);
    gboolean is_legacy = facts->model == NULL || strcmp(facts->model, "ivshmem") == 0;

    if (is_legacy || g_strcmp0(facts->role, "master") != 0)
        add_trait(event, GUEST_TRAIT_SHMEM, facts->name, NULL);
}

static void
end_tpm(const XmlEvent *event)
{
    static const TraitWord backends[] = {
        {"passthrough", GUEST_TRAIT_TPM_PASSTHROUGH},
        {"emulator", GUEST_TRAIT_TPM_EMULATOR},
        {NULL, GUEST_TRAIT_COUNT},
    };
    const DeviceFacts *facts = facts_of(event);

    add_trait(event, trait_for(backends, facts->type, GUEST_TRAIT_COUNT), NULL, facts->model);
    domain_reading_need(event->record, "tpm.model", facts->model);
    domain_reading_need(event->record, "tpm.backendModel", facts->type);
    domain_reading_need(event->record, "tpm.backendVersion", facts->version);
}

static void
end_chardev(const XmlEvent *event)
{
    const DeviceFacts *facts = facts_of(event);

    if (g_strcmp0(facts->type, "dev") == 0)
        add_trait(event, GUEST_TRAIT_CHARDEV_HOST, NULL, facts->source);
    /* libvirt lists no more than some types, whose presence depends on how QEMU was built */
    if (strcmp(event->name, "channel") == 0 && g_strcmp0(facts->type, "spicevmc") == 0)
        domain_reading_need(event->record, "channel.type", facts->type);
}

static void
end_memory_device(const XmlEvent *event)
{
    const DeviceFacts *facts = facts_of(event);

    if (g_strcmp0(facts->model, "nvdimm") == 0 || g_strcmp0(facts->model, "virtio-pmem") == 0)
        add_trait(event, GUEST_TRAIT_MEMORY_NVDIMM, facts->model, facts->source);
}

/* Its model is that of the first <model> in it. */
static void
end_video(const XmlEvent *event)
{
    const DeviceFacts *facts = facts_of(event);

    domain_reading_need(event->record, "video.modelType", facts->model);
    if (g_strcmp0(facts->driver_name, "vhostuser") == 0)
        add_trait(event, GUEST_TRAIT_VIDEO_VHOST_USER, NULL, facts->model);
    else if (g_strcmp0(facts->model, "virtio") == 0 && facts->is_3d)
        add_trait(event, GUEST_TRAIT_VIDEO_3D, NULL, facts->model);
    if (facts->is_blob)
        add_trait(event, GUEST_TRAIT_VIDEO_BLOB, NULL, facts->model);
}

/* Devices of which QEMU saves nothing: these models of these elements; NULL: any model. */
static void
end_stateless(const XmlEvent *event)
{
    static const struct {
        const char *element, *model, *title;
    } rows[] = {
        {"sound", "usb", "USB sound card"},
        {"sound", "virtio", "virtio sound card"},
        {"crypto", NULL, "virtio crypto device"},
        {"controller", "nvme", "NVMe controller"},
        {"input", "passthrough", "input device of the host"},
        {"iommu", "amd", "AMD IOMMU"},
    };
    const DeviceFacts *facts = facts_of(event);
    /* a controller and an input device have what the others call a model as their type */
    const char *model = facts->model != NULL && facts->type == NULL ? facts->model : facts->type;

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        if (strcmp(rows[i].element, event->name) == 0 &&
            (rows[i].model == NULL || g_strcmp0(rows[i].model, model) == 0))
            add_trait(event, GUEST_TRAIT_DEVICE_STATELESS, rows[i].title, NULL);
}

static void
end_crypto(const XmlEvent *event)
{
    domain_reading_need(event->record, "crypto.model", facts_of(event)->model);
    domain_reading_need(event->record, "crypto.backendModel", facts_of(event)->driver);
    end_stateless(event);
}

static void
end_panic(const XmlEvent *event)
{
    domain_reading_need(event->record, "panic.model", facts_of(event)->model);
}

static void
end_graphics(const XmlEvent *event)
{
    domain_reading_need(event->record, "graphics.type", facts_of(event)->type);
}

static void
end_rng(const XmlEvent *event)
{
    domain_reading_need(event->record, "rng.model", facts_of(event)->model);
    domain_reading_need(event->record, "rng.backendModel", facts_of(event)->driver);
}

static void
end_redirdev(const XmlEvent *event)
{
    (void)event;
    domain_reading_need(event->record, "redirdev.bus", "usb");
}

static void
end_emulator(const XmlEvent *event)
{
    Guest *guest = ((DomainReading *)event->record)->guest;

    g_free(guest->emulator);
    guest->emulator = *event->text == '\0' ? NULL : g_strdup(event->text);
}

/* ---- tables --------------------------------------------------------------------------------- */

static const XmlElement source_children[] = {
    {"address", .start = start_address},
    {"adapter", .start = start_adapter},
    {"vendor", .start = start_usb_id},
    {"product", .start = start_usb_id},
    {"path", .end = end_source_path, .is_text = TRUE},
    {NULL},
};

static const XmlElement model_children[] = {
    {"acceleration", .start = start_acceleration},
    {NULL},
};

static const XmlElement device_children[] = {
    {"driver", .start = start_driver},
    {"source", .start = start_source, .children = source_children},
    {"target", .start = start_target},
    {"model", .start = start_model, .children = model_children},
    {"backend", .start = start_backend},
    {"readonly", .start = start_readonly},
    {"shareable", .start = start_shareable},
    {"transient", .start = start_transient},
    {"teaming", .start = start_teaming},
    {NULL},
};

const XmlElement domain_device_elements[] = {
    {"emulator", .end = end_emulator, .is_text = TRUE},
    {"disk", .start = start_device, .end = end_disk, .children = device_children},
    {"interface", .start = start_device, .end = end_interface, .children = device_children},
    {"hostdev", .start = start_device, .end = end_hostdev, .children = device_children},
    {"filesystem", .start = start_device, .end = end_filesystem, .children = device_children},
    {"shmem", .start = start_device, .end = end_shmem, .children = device_children},
    {"tpm", .start = start_device, .end = end_tpm, .children = device_children},
    {"serial", .start = start_device, .end = end_chardev, .children = device_children},
    {"parallel", .start = start_device, .end = end_chardev, .children = device_children},
    {"console", .start = start_device, .end = end_chardev, .children = device_children},
    {"channel", .start = start_device, .end = end_chardev, .children = device_children},
    {"memory", .start = start_device, .end = end_memory_device, .children = device_children},
    {"video", .start = start_device, .end = end_video, .children = device_children},
    {"graphics", .start = start_device, .end = end_graphics},
    {"rng", .start = start_device, .end = end_rng, .children = device_children},
    {"panic", .start = start_device, .end = end_panic},
    {"crypto", .start = start_device, .end = end_crypto, .children = device_children},
    {"sound", .start = start_device, .end = end_stateless, .children = device_children},
    {"controller", .start = start_device, .end = end_stateless},
    {"input", .start = start_device, .end = end_stateless, .children = device_children},
    {"iommu", .start = start_device, .end = end_stateless},
    {"redirdev", .start = start_device, .end = end_redirdev},
    {NULL},
};
