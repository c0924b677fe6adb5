/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Domain capabilities (`virsh domcapabilities`): what guests can really use.
 *
 * The four modes of `<cpu>` and the enumerations under `<devices>`, `<cpu>` and `<features>` share
 * their element names, so the reading remembers which mode, device or enumeration is open. What an
 * older libvirt does not mention stays unknown.
 *
 * Source: libvirt's documentation, "Domain capabilities".
 */

#include "document_reader.h"
#include "domain_capabilities_sharing.h"
#include "xml_value.h"

#include <cpumodel/text_list.h>
#include <string.h>

#define NAMES_BLOCK_BYTES (16 << 10)
/* Room for the features that a new model lacks on an old host. */
#define USUAL_BLOCKERS 64

typedef struct {
    DomainCapabilities *domain;
    char *mode;                  /* the open `<mode>` */
    CpuHypervisorModel *model;   /* the latest `<model>` of the custom mode, owned by the list */
    CpuHypervisorModel *blocked; /* whose `<blockers>` is open; NULL when nothing is known of it */
    GHashTable *models;          /* name -> CpuHypervisorModel, borrowed from the list */
    char *device;                /* the open element of `<devices>` */
    char *enumeration;           /* the open `<enum>` */
    GPtrArray *values;           /* where its values go; NULL: nowhere */
    gboolean has_s390_pv;        /* told by an element of its own, as before libvirt 10.5 */
} Reading;

static Support
read_support(const XmlEvent *event)
{
    if (xml_attribute_is(&event->attributes, "supported", "yes"))
        return SUPPORT_YES;
    if (xml_attribute_is(&event->attributes, "supported", "no"))
        return SUPPORT_NO;
    return SUPPORT_UNKNOWN;
}

static void
replace(char **slot, char *value)
{
    g_free(*slot);
    *slot = value;
}

/* ---- what it is about ----------------------------------------------------------------------- */

static void
end_path(const XmlEvent *event)
{
    replace(&((Reading *)event->record)->domain->emulator, g_strdup(event->text));
}

static void
end_domain(const XmlEvent *event)
{
    ((Reading *)event->record)->domain->domain_type = domain_type_from_name(event->text);
}

static void
end_machine(const XmlEvent *event)
{
    replace(&((Reading *)event->record)->domain->machine, g_strdup(event->text));
}

static void
end_arch(const XmlEvent *event)
{
    ((Reading *)event->record)->domain->arch = cpu_arch_from_name(event->text);
}

static void
start_vcpu(const XmlEvent *event)
{
    guint64 max;

    if (xml_event_attribute_number(event, "max", G_MAXUINT, &max))
        ((Reading *)event->record)->domain->max_vcpus = (guint)max;
}

/* ---- <cpu> ---------------------------------------------------------------------------------- */

static void
found_host_model(gpointer record, CpuDefinition *cpu)
{
    Reading *reading = record;

    cpu_definition_free(reading->domain->host_model_cpu);
    reading->domain->host_model_cpu = cpu;
}

/* What models there are, and what keeps each from being used, is nine tenths of a document. */
static void
start_custom(const XmlEvent *event)
{
    DomainCapabilities *lender = xml_stream_begin_section(event->stream);

    if (lender != NULL)
        domain_capabilities_borrow_models(((Reading *)event->record)->domain, lender);
}

static void
end_mode(const XmlEvent *event)
{
    if (g_strcmp0(((Reading *)event->record)->mode, "custom") == 0)
        xml_stream_end_section(event->stream);
}

static void
start_mode(const XmlEvent *event)
{
    static const struct {
        const char *name;
        gsize offset; /* of a Support in DomainCapabilities */
    } modes[] = {
        {"host-passthrough", G_STRUCT_OFFSET(DomainCapabilities, host_passthrough)},
        {"maximum", G_STRUCT_OFFSET(DomainCapabilities, maximum)},
        {"host-model", G_STRUCT_OFFSET(DomainCapabilities, host_model)},
    };
    Reading *reading = event->record;
    Support support = read_support(event);

    replace(&reading->mode, xml_attribute_dup(&event->attributes, "name"));
    for (guint i = 0; i < G_N_ELEMENTS(modes); i++) {
        if (g_strcmp0(reading->mode, modes[i].name) == 0)
            G_STRUCT_MEMBER(Support, reading->domain, modes[i].offset) = support;
    }
    if (g_strcmp0(reading->mode, "custom") == 0)
        start_custom(event);
    if (support != SUPPORT_YES)
        xml_stream_skip(event->stream);
    else if (g_strcmp0(reading->mode, "host-model") == 0)
        xml_stream_read_cpu(event, CPU_ELEMENT_HOST_MODEL, found_host_model);
}

static void
start_mode_enum(const XmlEvent *event)
{
    Reading *reading = event->record;

    replace(&reading->enumeration, xml_attribute_dup(&event->attributes, "name"));
    reading->values = NULL;
    if (g_strcmp0(reading->enumeration, "hostPassthroughMigratable") == 0)
        reading->domain->host_passthrough_migratable = SUPPORT_NO;
}

static void
end_mode_value(const XmlEvent *event)
{
    Reading *reading = event->record;

    if (g_strcmp0(reading->enumeration, "hostPassthroughMigratable") == 0 &&
        strcmp(event->text, "on") == 0)
        reading->domain->host_passthrough_migratable = SUPPORT_YES;
}

static CpuUsable
read_usable(const XmlEvent *event)
{
    if (xml_attribute_is(&event->attributes, "usable", "yes"))
        return CPU_USABLE_YES;
    return xml_attribute_is(&event->attributes, "usable", "no") ? CPU_USABLE_NO
                                                                : CPU_USABLE_UNKNOWN;
}

/* In DomainCapabilities.names, as all that models point to is; NULL for NULL. */
static char *
keep_attribute(Reading *reading, const CpuReaderAttribute *attribute)
{
    return attribute == NULL ? NULL
                             : g_string_chunk_insert_len(reading->domain->names, attribute->value,
                                                         (gssize)attribute->length);
}

static void
start_model(const XmlEvent *event)
{
    Reading *reading = event->record;

    reading->model = g_new0(CpuHypervisorModel, 1);
    reading->model->usable = read_usable(event);
    reading->model->blockers = g_ptr_array_new();
    reading->model->is_deprecated = xml_attribute_is(&event->attributes, "deprecated", "yes");
    reading->model->vendor = keep_attribute(reading, xml_attribute(&event->attributes, "vendor"));
    reading->model->canonical =
        keep_attribute(reading, xml_attribute(&event->attributes, "canonical"));
    g_ptr_array_add(reading->domain->models, reading->model);
}

static void
end_model(const XmlEvent *event)
{
    Reading *reading = event->record;

    if (*event->text == '\0') {
        xml_event_fail(event, "incomplete", "fetch the document again",
                       "a <model> of the CPU mode 'custom' has no name");
        return;
    }
    reading->model->name = g_string_chunk_insert(reading->domain->names, event->text);
    g_hash_table_insert(reading->models, reading->model->name, reading->model);
}

static void
start_blockers(const XmlEvent *event)
{
    Reading *reading = event->record;
    g_autofree char *name = xml_attribute_dup(&event->attributes, "model");

    reading->blocked = name == NULL ? NULL : g_hash_table_lookup(reading->models, name);
    if (reading->blocked != NULL && reading->blocked->blockers->len == 0) {
        g_ptr_array_unref(reading->blocked->blockers);
        reading->blocked->blockers = g_ptr_array_sized_new(USUAL_BLOCKERS);
    }
}

static void
start_blocker(const XmlEvent *event)
{
    Reading *reading = event->record;
    const CpuReaderAttribute *name = xml_attribute(&event->attributes, "name");

    if (reading->blocked != NULL && name != NULL)
        g_ptr_array_add(reading->blocked->blockers, keep_attribute(reading, name));
}

/* ---- <devices> ------------------------------------------------------------------------------ */

/* The values from now on are those of DEVICE.NAME. */
static void
open_values(Reading *reading, const char *name)
{
    g_autofree char *key = g_strdup_printf("%s.%s", reading->device, name);

    reading->values = g_hash_table_lookup(reading->domain->device_values, key);
    if (reading->values == NULL) {
        reading->values = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(reading->domain->device_values, g_steal_pointer(&key), reading->values);
    }
}

static void
start_device(const XmlEvent *event)
{
    Reading *reading = event->record;

    replace(&reading->device, g_strdup(event->name));
    if (read_support(event) != SUPPORT_NO)
        return;
    open_values(reading, DEVICE_SUPPORTED);
    g_ptr_array_add(reading->values, g_strdup("no"));
    reading->values = NULL;
    xml_stream_skip(event->stream);
}

static void
start_device_enum(const XmlEvent *event)
{
    g_autofree char *name = xml_attribute_dup(&event->attributes, "name");

    open_values(event->record, name == NULL ? "" : name);
}

/* An enumeration in <loader>, whose element is not one of a device. */
static void
start_loader_enum(const XmlEvent *event)
{
    Reading *reading = event->record;

    if (!xml_attribute_is(&event->attributes, "name", "secure")) {
        reading->values = NULL;
        return;
    }
    replace(&reading->device, g_strdup("loader"));
    open_values(reading, "secure");
}

static void
end_loader_enum(const XmlEvent *event)
{
    replace(&((Reading *)event->record)->device, g_strdup("os"));
}

/* Told either way, since a libvirt that says nothing of it does not know it. */
static void
start_varstore(const XmlEvent *event)
{
    Reading *reading = event->record;
    const Support support = read_support(event);

    if (support == SUPPORT_UNKNOWN)
        return;
    replace(&reading->device, g_strdup("varstore"));
    open_values(reading, "state");
    g_ptr_array_add(reading->values, g_strdup(support == SUPPORT_YES ? "yes" : "no"));
    replace(&reading->device, g_strdup("os"));
    reading->values = NULL;
}

/* The firmware images, which stand in <loader> without an enumeration around them. */
static void
start_loader(const XmlEvent *event)
{
    if (read_support(event) == SUPPORT_YES)
        open_values(event->record, "loader");
    else
        ((Reading *)event->record)->values = NULL;
}

static void
end_value(const XmlEvent *event)
{
    Reading *reading = event->record;

    if (reading->values != NULL)
        g_ptr_array_add(reading->values, g_strdup(event->text));
}

/* ---- <features> ----------------------------------------------------------------------------- */

static void
start_sev(const XmlEvent *event)
{
    ((Reading *)event->record)->domain->sev = read_support(event);
}

static void
end_reduced_bits(const XmlEvent *event)
{
    guint64 bits;

    if (xml_event_number(event, "SEV physical address reduction", G_MAXUINT, &bits))
        ((Reading *)event->record)->domain->sev_reduced_phys_bits = (guint)bits;
}

static void
end_max_es_guests(const XmlEvent *event)
{
    guint64 guests;

    if (xml_event_number(event, "number of SEV-ES guests", G_MAXUINT, &guests))
        ((Reading *)event->record)->domain->sev_max_es_guests = (guint)guests;
}

static void
start_tdx(const XmlEvent *event)
{
    ((Reading *)event->record)->domain->tdx = read_support(event);
}

static void
start_s390_pv(const XmlEvent *event)
{
    ((Reading *)event->record)->has_s390_pv = read_support(event) == SUPPORT_YES;
}

static void
start_sgx(const XmlEvent *event)
{
    ((Reading *)event->record)->domain->sgx = read_support(event);
}

static void
start_hyperv(const XmlEvent *event)
{
    ((Reading *)event->record)->domain->hyperv = read_support(event);
}

static void
start_hyperv_enum(const XmlEvent *event)
{
    Reading *reading = event->record;

    reading->values = xml_attribute_is(&event->attributes, "name", "features")
                          ? reading->domain->hyperv_features
                          : NULL;
}

static void
start_launch_enum(const XmlEvent *event)
{
    Reading *reading = event->record;

    reading->values = xml_attribute_is(&event->attributes, "name", "sectype")
                          ? reading->domain->launch_security_types
                          : NULL;
}

/* ---- the document --------------------------------------------------------------------------- */

static void
end_domain_capabilities(const XmlEvent *event)
{
    const DomainCapabilities *domain = ((Reading *)event->record)->domain;
    const char *missing = NULL;

    if (domain->emulator == NULL)
        missing = "path";
    else if (domain->domain_type == DOMAIN_TYPE_NONE)
        missing = "domain";
    else if (domain->arch == CPU_ARCH_NONE)
        missing = "arch";
    if (missing != NULL)
        xml_event_fail(event, "incomplete", "fetch the document again",
                       "the domain capabilities have no usable <%s>", missing);
}

static const XmlElement mode_enum_children[] = {
    {"value", .end = end_mode_value, .is_text = TRUE},
    {NULL},
};

static const XmlElement blockers_children[] = {
    {"feature", .start = start_blocker},
    {NULL},
};

static const XmlElement mode_children[] = {
    {"model", .start = start_model, .end = end_model, .is_text = TRUE},
    {"blockers", .start = start_blockers, .children = blockers_children},
    {"enum", .start = start_mode_enum, .children = mode_enum_children},
    {NULL},
};

static const XmlElement cpu_children[] = {
    {"mode", .start = start_mode, .end = end_mode, .children = mode_children},
    {NULL},
};

static const XmlElement enum_children[] = {
    {"value", .end = end_value, .is_text = TRUE},
    {NULL},
};

static const XmlElement device_children[] = {
    {"enum", .start = start_device_enum, .children = enum_children},
    {NULL},
};

static const XmlElement loader_children[] = {
    {"value", .end = end_value, .is_text = TRUE},
    {"enum", .start = start_loader_enum, .end = end_loader_enum, .children = enum_children},
    {NULL},
};

static const XmlElement os_children[] = {
    {"enum", .start = start_device_enum, .children = enum_children},
    {"loader", .start = start_loader, .children = loader_children},
    {"varstore", .start = start_varstore},
    {NULL},
};

static const XmlElement devices_children[] = {
    {"*", .start = start_device, .children = device_children},
    {NULL},
};

static const XmlElement sev_children[] = {
    {"reducedPhysBits", .end = end_reduced_bits, .is_text = TRUE},
    {"maxESGuests", .end = end_max_es_guests, .is_text = TRUE},
    {NULL},
};

static const XmlElement hyperv_children[] = {
    {"enum", .start = start_hyperv_enum, .children = enum_children},
    {NULL},
};

static const XmlElement launch_children[] = {
    {"enum", .start = start_launch_enum, .children = enum_children},
    {NULL},
};

static const XmlElement features_children[] = {
    {"sev", .start = start_sev, .children = sev_children},
    {"tdx", .start = start_tdx},
    {"s390-pv", .start = start_s390_pv},
    {"sgx", .start = start_sgx},
    {"hyperv", .start = start_hyperv, .children = hyperv_children},
    {"launchSecurity", .children = launch_children},
    {"gic", .start = start_device, .children = device_children},
    {"vmcoreinfo", .start = start_device},
    {"genid", .start = start_device},
    {"async-teardown", .start = start_device},
    {"ps2", .start = start_device},
    {NULL},
};

static const XmlElement domain_capabilities_children[] = {
    {"path", .end = end_path, .is_text = TRUE},
    {"domain", .end = end_domain, .is_text = TRUE},
    {"machine", .end = end_machine, .is_text = TRUE},
    {"arch", .end = end_arch, .is_text = TRUE},
    {"vcpu", .start = start_vcpu},
    {"cpu", .children = cpu_children},
    {"os", .start = start_device, .children = os_children},
    {"memoryBacking", .start = start_device, .children = device_children},
    {"devices", .children = devices_children},
    {"features", .children = features_children},
    {NULL},
};

static const XmlElement root = {
    "domainCapabilities",
    .end = end_domain_capabilities,
    .children = domain_capabilities_children,
};

/* ---- the reader ----------------------------------------------------------------------------- */

static void
free_model(gpointer data)
{
    CpuHypervisorModel *model = data;

    g_ptr_array_unref(model->blockers);
    g_free(model);
}

static gpointer
begin(const char *bytes)
{
    Reading *reading = g_new0(Reading, 1);

    (void)bytes;
    reading->domain = domain_capabilities_new();
    g_ptr_array_set_free_func(reading->domain->models, free_model);
    reading->domain->names = g_string_chunk_new(NAMES_BLOCK_BYTES);
    reading->models = g_hash_table_new(g_str_hash, g_str_equal);
    return reading;
}

static void
finish(gpointer record, Document *document)
{
    Reading *reading = record;
    GPtrArray *launch = reading->domain->launch_security_types;

    text_list_sort(reading->domain->hyperv_features);
    if (reading->has_s390_pv && !text_list_has(launch, "s390-pv"))
        g_ptr_array_add(launch, g_strdup("s390-pv"));
    document->domain = g_steal_pointer(&reading->domain);
}

static void
free_reading(gpointer record)
{
    Reading *reading = record;

    g_hash_table_unref(reading->models);
    domain_capabilities_unref(reading->domain);
    g_free(reading->mode);
    g_free(reading->device);
    g_free(reading->enumeration);
    g_free(reading);
}

const DocumentReader domain_capabilities_reader = {
    .root = &root,
    .kind = DOCUMENT_DOMAIN_CAPABILITIES,
    .begin = begin,
    .finish = finish,
    .free = free_reading,
    .whole = &domain_capabilities_whole,
    .section = &domain_capabilities_models,
};
