/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Domain XML (`virsh dumpxml`) to a Guest; what its devices say is in domain_device_traits.c, where
 * its memory and processors are in domain_placement.c.
 *
 * The guest keeps the text of its `<domain>` element, so that everything else (its devices and
 * their addresses) can be read from it later. libvirt's own file of a running guest wraps the
 * domain in `<domstatus>`; the domain in it is the live one.
 *
 * Source: libvirt's documentation, "Domain XML format".
 */

#include "document_reader.h"
#include "domain_reading.h"
#include "xml_value.h"

#include <cpumodel/text_list.h>
#include <string.h>

static Guest *
guest_of(const XmlEvent *event)
{
    return ((DomainReading *)event->record)->guest;
}

static void
set_text(char **slot, const char *text)
{
    g_free(*slot);
    *slot = *text == '\0' ? NULL : g_strdup(text);
}

/* ---- <domain> ------------------------------------------------------------------------------- */

static void
start_domain(const XmlEvent *event)
{
    DomainReading *reading = event->record;
    Guest *guest = reading->guest;

    reading->xml_start = xml_stream_tag_offset(event->stream);
    reading->start_line = xml_stream_line(event->stream);
    g_free(guest->type_name);
    guest->type_name = xml_attribute_dup(&event->attributes, "type");
    if (guest->type_name == NULL)
        xml_event_fail(event, "incomplete", "give the <domain> a type, such as 'kvm'",
                       "the domain has no type");
    guest->domain_type = domain_type_from_name(guest->type_name);
    if (xml_attribute(&event->attributes, "id") != NULL)
        guest->is_running = TRUE;
}

static void
end_domain(const XmlEvent *event)
{
    DomainReading *reading = event->record;
    gsize end = xml_stream_end_offset(event->stream);

    if (reading->guest->name == NULL) {
        xml_event_fail(event, "incomplete", "give the domain a <name>", "the domain has no name");
        return;
    }
    g_free(reading->guest->xml);
    reading->guest->xml = g_strndup(reading->bytes + reading->xml_start, end - reading->xml_start);
}

/* libvirt keeps a guest in a file of its name, so that longer ones cannot be. */
#define MAX_NAME_BYTES 255

static void
end_name(const XmlEvent *event)
{
    const gsize length = strlen(event->text);

    if (length > MAX_NAME_BYTES)
        xml_event_fail(event, "name-too-long", "fetch the document again",
                       "the domain's name has %zu bytes, and no more than %d are possible", length,
                       MAX_NAME_BYTES);
    else
        set_text(&guest_of(event)->name, event->text);
}

static void
end_uuid(const XmlEvent *event)
{
    g_autofree char *uuid = uuid_canonical(event->text);

    set_text(&guest_of(event)->uuid, uuid);
}

static void
start_memory(const XmlEvent *event)
{
    DomainReading *reading = event->record;

    g_free(reading->unit);
    reading->unit = xml_attribute_dup(&event->attributes, "unit");
}

static void
end_memory(const XmlEvent *event)
{
    DomainReading *reading = event->record;
    guint64 number;

    if (!xml_event_number(event, "guest's memory", G_MAXINT64, &number))
        return;
    if (!quantity_to_kib(number, reading->unit, &reading->guest->memory_kib) ||
        reading->guest->memory_kib > G_MAXINT64)
        xml_event_fail(event, "invalid-number", "correct the value, or fetch the document again",
                       "the guest's memory has the unit '%.20s', or is too much",
                       reading->unit == NULL ? "KiB" : reading->unit);
}

static void
end_vcpu(const XmlEvent *event)
{
    guint64 n;

    if (xml_event_number(event, "number of virtual CPUs", G_MAXUINT16, &n))
        guest_of(event)->n_vcpus = (guint)n;
}

/* ---- <os>, <cpu>, <clock>, <features> ------------------------------------------------------- */

static void
start_os_type(const XmlEvent *event)
{
    Guest *guest = guest_of(event);
    g_autofree char *arch = xml_attribute_dup(&event->attributes, "arch");

    g_free(guest->machine);
    guest->machine = xml_attribute_dup(&event->attributes, "machine");
    if (arch == NULL)
        return;
    guest->arch = cpu_arch_from_name(arch);
    if (guest->arch == CPU_ARCH_NONE)
        xml_event_fail(event, "unknown-arch", "use an architecture that libvirt knows",
                       "the domain's architecture '%.40s' is not known", arch);
}

/* libvirt makes no partition but its own; systemd makes slices, without the limits of the other. */
static void
end_partition(const XmlEvent *event)
{
    if (*event->text != '\0' && strcmp(event->text, "/machine") != 0)
        guest_add_trait(guest_of(event), GUEST_TRAIT_PARTITION, event->text,
                        xml_stream_line(event->stream));
}

static void
end_os_type(const XmlEvent *event)
{
    set_text(&guest_of(event)->os_type, event->text);
}

/* libvirt looks for firmware by itself where the definition says no more than which kind. */
static void
start_os(const XmlEvent *event)
{
    g_autofree char *firmware = xml_attribute_dup(&event->attributes, "firmware");

    domain_reading_need(event->record, "os.firmware", firmware);
}

static void
end_loader(const XmlEvent *event)
{
    if (*event->text != '\0')
        domain_reading_need(event->record, "os.loader", event->text);
}

static void
start_nvram(const XmlEvent *event)
{
    ((DomainReading *)event->record)->nvram_line = xml_stream_line(event->stream);
}

static void
end_nvram(const XmlEvent *event)
{
    DomainReading *reading = event->record;

    guest_add_trait(reading->guest, GUEST_TRAIT_NVRAM, *event->text == '\0' ? NULL : event->text,
                    reading->nvram_line);
}

/* libvirt of 2026 can let QEMU itself keep the UEFI variables (uefi-vars), in this file. */
static void
start_varstore(const XmlEvent *event)
{
    g_autofree char *path = xml_attribute_dup(&event->attributes, "path");

    guest_add_trait(guest_of(event), GUEST_TRAIT_NVRAM, path, xml_stream_line(event->stream));
    domain_reading_need(event->record, "varstore.state", "yes");
}

/* A kernel or a table of the firmware, which is read from the host's disk when the guest starts. */
static void
end_host_file(const XmlEvent *event)
{
    if (*event->text != '\0')
        guest_add_trait(guest_of(event), GUEST_TRAIT_HOST_FILE, event->text,
                        xml_stream_line(event->stream));
}

static void
start_firmware_entry(const XmlEvent *event)
{
    g_autofree char *file = xml_attribute_dup(&event->attributes, "file");

    if (file != NULL)
        guest_add_trait(guest_of(event), GUEST_TRAIT_HOST_FILE, file,
                        xml_stream_line(event->stream));
}

static void
found_cpu(gpointer record, CpuDefinition *cpu)
{
    DomainReading *reading = record;

    cpu_definition_free(reading->guest->cpu);
    reading->guest->cpu = cpu;
    reading->guest->has_cpu = TRUE;
}

static void
start_cpu(const XmlEvent *event)
{
    xml_stream_read_cpu(event, CPU_ELEMENT_GUEST, found_cpu);
}

static void
start_timer(const XmlEvent *event)
{
    DomainReading *reading = event->record;
    guint64 hz = 0;
    gboolean is_native = xml_attribute_is(&event->attributes, "mode", "native");

    if (!xml_attribute_is(&event->attributes, "name", "tsc"))
        return;
    if (xml_event_attribute_number(event, "frequency", G_MAXINT64, &hz))
        reading->guest->tsc_hz = hz;
    if (hz == 0 && !is_native)
        return;
    g_autofree char *detail =
        hz == 0 ? g_strdup("native") : g_strdup_printf("%" G_GUINT64_FORMAT " Hz", hz);
    guest_add_trait(reading->guest, GUEST_TRAIT_CLOCK_TSC, detail, xml_stream_line(event->stream));
}

/* Needs of the feature's element itself, in the words of the element of domain capabilities. */
static void
start_feature(const XmlEvent *event)
{
    static const char *const switches[] = {"state", "enabled"};

    for (guint i = 0; i < G_N_ELEMENTS(switches); i++) {
        g_autofree char *value = xml_attribute_dup(&event->attributes, switches[i]);
        g_autofree char *key = g_strdup_printf("%s.%s", event->name, switches[i]);

        if (value != NULL && strcmp(value, "off") != 0 && strcmp(value, "no") != 0)
            domain_reading_need(event->record, key, value);
    }
}

static void
start_genid(const XmlEvent *event)
{
    domain_reading_need(event->record, "genid.state", "on");
}

static void
start_gic(const XmlEvent *event)
{
    g_autofree char *version = xml_attribute_dup(&event->attributes, "version");

    if (version != NULL && strcmp(version, "host") != 0)
        domain_reading_need(event->record, "gic.version", version);
}

/* With KVM, QEMU blocks the migration of memory tags; without, it migrates them. */
static void
start_mte(const XmlEvent *event)
{
    Guest *guest = guest_of(event);

    if (xml_attribute_is(&event->attributes, "state", "on") &&
        guest->domain_type != DOMAIN_TYPE_QEMU)
        guest_add_trait(guest, GUEST_TRAIT_DEVICE_STATELESS, "memory tagging (MTE)",
                        xml_stream_line(event->stream));
}

static void
start_pmu(const XmlEvent *event)
{
    if (xml_attribute_is(&event->attributes, "state", "on"))
        guest_add_trait(guest_of(event), GUEST_TRAIT_PMU, NULL, xml_stream_line(event->stream));
}

static void
start_loader(const XmlEvent *event)
{
    if (xml_attribute_is(&event->attributes, "secure", "yes"))
        domain_reading_need(event->record, "loader.secure", "yes");
}

static void
start_hyperv(const XmlEvent *event)
{
    guest_of(event)->is_hyperv_passthrough =
        xml_attribute_is(&event->attributes, "mode", "passthrough");
}

static void
start_hyperv_feature(const XmlEvent *event)
{
    if (xml_attribute_is(&event->attributes, "state", "on"))
        g_ptr_array_add(guest_of(event)->hyperv_features, g_strdup(event->name));
}

/* ---- what libvirt hands to QEMU unread ------------------------------------------------------- */

#define MAX_ARGUMENTS 200 /* bytes of them that are told */

static void
start_qemu_argument(const XmlEvent *event)
{
    static const char *const names[] = {"name", "value", "capability"};
    GString *arguments = ((DomainReading *)event->record)->qemu_arguments;
    const CpuReaderAttribute *value = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(names) && value == NULL; i++)
        value = xml_attribute(&event->attributes, names[i]);
    if (value == NULL || arguments->len >= MAX_ARGUMENTS)
        return;
    g_string_append_printf(arguments, "%s%.*s", arguments->len > 0 ? " " : "",
                           (int)MIN(value->length, MAX_ARGUMENTS), value->value);
}

static void
start_qemu(const XmlEvent *event)
{
    g_string_truncate(((DomainReading *)event->record)->qemu_arguments, 0);
}

static void
end_qemu(const XmlEvent *event)
{
    DomainReading *reading = event->record;

    if (reading->qemu_arguments->len > 0)
        guest_add_trait(reading->guest, GUEST_TRAIT_QEMU_COMMANDLINE, reading->qemu_arguments->str,
                        xml_stream_line(event->stream));
}

static void
start_launch_security(const XmlEvent *event)
{
    Guest *guest = guest_of(event);

    g_free(guest->launch_security);
    guest->launch_security = xml_attribute_dup(&event->attributes, "type");
}

/* ---- labels --------------------------------------------------------------------------------- */

static void
start_seclabel(const XmlEvent *event)
{
    DomainReading *reading = event->record;

    g_clear_pointer(&reading->seclabel.detail, g_free);
    reading->seclabel.line = 0;
    reading->seclabel.detail = xml_attribute_dup(&event->attributes, "model");
    if (xml_attribute_is(&event->attributes, "type", "static"))
        reading->seclabel.line = xml_stream_line(event->stream);
    else if (xml_attribute_is(&event->attributes, "type", "none"))
        guest_add_trait(reading->guest, GUEST_TRAIT_SECLABEL_NONE, reading->seclabel.detail,
                        xml_stream_line(event->stream));
}

static void
end_label(const XmlEvent *event)
{
    DomainReading *reading = event->record;
    const char *model = reading->seclabel.detail;

    if (reading->seclabel.line == 0)
        return;
    g_autofree char *detail = g_strdup_printf("%s%s%s", model == NULL ? "" : model,
                                              model == NULL ? "" : ": ", event->text);
    guest_add_trait(reading->guest, GUEST_TRAIT_SECLABEL_STATIC, detail, reading->seclabel.line);
    reading->seclabel.line = 0;
}

/* A static label may stand without its text. */
static void
end_seclabel(const XmlEvent *event)
{
    DomainReading *reading = event->record;

    if (reading->seclabel.line != 0)
        guest_add_trait(reading->guest, GUEST_TRAIT_SECLABEL_STATIC, reading->seclabel.detail,
                        reading->seclabel.line);
}

/* libvirt looks for the device when it limits it, at the start. */
static void
end_limited_device(const XmlEvent *event)
{
    guest_add_trait(guest_of(event), GUEST_TRAIT_HOST_DEVICE, event->text,
                    xml_stream_line(event->stream));
}

/* ---- tables --------------------------------------------------------------------------------- */

static const XmlElement acpi_children[] = {
    {"table", .end = end_host_file, .is_text = TRUE},
    {NULL},
};

static const XmlElement os_children[] = {
    {"type", .start = start_os_type, .end = end_os_type, .is_text = TRUE},
    {"loader", .start = start_loader, .end = end_loader, .is_text = TRUE},
    {"nvram", .start = start_nvram, .end = end_nvram, .is_text = TRUE},
    {"varstore", .start = start_varstore},
    {"kernel", .end = end_host_file, .is_text = TRUE},
    {"initrd", .end = end_host_file, .is_text = TRUE},
    {"dtb", .end = end_host_file, .is_text = TRUE},
    {"acpi", .children = acpi_children},
    {NULL},
};

static const XmlElement clock_children[] = {{"timer", .start = start_timer}, {NULL}};

static const XmlElement hyperv_children[] = {{"*", .start = start_hyperv_feature}, {NULL}};

static const XmlElement features_children[] = {
    {"hyperv", .start = start_hyperv, .children = hyperv_children},
    {"gic", .start = start_gic},
    {"pmu", .start = start_pmu},
    {"mte", .start = start_mte},
    {"vmcoreinfo", .start = start_feature},
    {"async-teardown", .start = start_feature},
    {"ps2", .start = start_feature},
    {NULL},
};

static const XmlElement sysinfo_children[] = {
    {"entry", .start = start_firmware_entry},
    {NULL},
};

static const XmlElement qemu_children[] = {
    {"qemu:arg", .start = start_qemu_argument},
    {"qemu:env", .start = start_qemu_argument},
    {"qemu:add", .start = start_qemu_argument},
    {"qemu:del", .start = start_qemu_argument},
    {NULL},
};

static const XmlElement frontend_children[] = {
    {"qemu:property", .start = start_qemu_argument},
    {NULL},
};

static const XmlElement override_device_children[] = {
    {"qemu:frontend", .children = frontend_children},
    {NULL},
};

static const XmlElement override_children[] = {
    {"qemu:device", .children = override_device_children},
    {NULL},
};

static const XmlElement seclabel_children[] = {
    {"label", .end = end_label, .is_text = TRUE},
    {NULL},
};

static const XmlElement blkiotune_device_children[] = {
    {"path", .end = end_limited_device, .is_text = TRUE},
    {NULL},
};

static const XmlElement blkiotune_children[] = {
    {"device", .children = blkiotune_device_children},
    {NULL},
};

static const XmlElement resource_children[] = {
    {"partition", .end = end_partition, .is_text = TRUE},
    {NULL},
};

static const XmlElement domain_children[] = {
    {"name", .end = end_name, .is_text = TRUE},
    {"uuid", .end = end_uuid, .is_text = TRUE},
    {"memory", .start = start_memory, .end = end_memory, .is_text = TRUE},
    {"vcpu", .start = domain_placement_start_pin, .end = end_vcpu, .is_text = TRUE},
    {"os", .start = start_os, .children = os_children},
    {"cpu", .start = start_cpu},
    {"clock", .children = clock_children},
    {"features", .children = features_children},
    {"sysinfo", .children = sysinfo_children},
    {"resource", .children = resource_children},
    {"blkiotune", .children = blkiotune_children},
    {"cputune", .children = domain_cputune_elements},
    {"numatune", .children = domain_numatune_elements},
    {"memoryBacking", .children = domain_memory_backing_elements},
    {"seclabel", .start = start_seclabel, .end = end_seclabel, .children = seclabel_children},
    {"launchSecurity", .start = start_launch_security},
    {"devices", .children = domain_device_elements},
    {"genid", .start = start_genid},
    {"qemu:commandline", .start = start_qemu, .end = end_qemu, .children = qemu_children},
    {"qemu:capabilities", .start = start_qemu, .end = end_qemu, .children = qemu_children},
    {"qemu:override", .start = start_qemu, .end = end_qemu, .children = override_children},
    {NULL},
};

static const XmlElement root = {"domain", .start = start_domain, .end = end_domain,
                                .children = domain_children};

static const XmlElement status_children[] = {
    {"domain", .start = start_domain, .end = end_domain, .children = domain_children},
    {NULL},
};

static void
start_status(const XmlEvent *event)
{
    guest_of(event)->is_running = TRUE;
}

static void
end_status(const XmlEvent *event)
{
    if (guest_of(event)->xml == NULL)
        xml_event_fail(event, "incomplete", "fetch the document again",
                       "the <domstatus> has no <domain>");
}

static const XmlElement status_root = {"domstatus", .start = start_status, .end = end_status,
                                       .children = status_children};

/* ---- the reader ----------------------------------------------------------------------------- */

static gpointer
begin(const char *bytes)
{
    DomainReading *reading = g_new0(DomainReading, 1);

    reading->guest = guest_new();
    reading->bindings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    reading->qemu_arguments = g_string_new(NULL);
    reading->bytes = bytes;
    return reading;
}

static void
finish(gpointer record, Document *document)
{
    DomainReading *reading = record;

    text_list_sort(reading->guest->hyperv_features);
    text_list_sort(reading->guest->needs);
    document->guest = g_steal_pointer(&reading->guest);
    document->line = reading->start_line;
}

static void
free_reading(gpointer record)
{
    DomainReading *reading = record;

    guest_free(reading->guest);
    device_facts_clear(&reading->device);
    g_free(reading->unit);
    g_free(reading->seclabel.detail);
    g_hash_table_unref(reading->bindings);
    g_string_free(reading->qemu_arguments, TRUE);
    g_free(reading);
}

const DocumentReader domain_reader = {
    .root = &root,
    .kind = DOCUMENT_DOMAIN,
    .begin = begin,
    .finish = finish,
    .free = free_reading,
};

const DocumentReader domain_status_reader = {
    .root = &status_root,
    .kind = DOCUMENT_DOMAIN,
    .begin = begin,
    .finish = finish,
    .free = free_reading,
};
