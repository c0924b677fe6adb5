/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Host capabilities (`virsh capabilities`); what they say of guests is in capabilities_guests.c.
 *
 * Source: libvirt's documentation, "Driver capabilities".
 */

#include "capabilities_reading.h"
#include "xml_value.h"

#include <string.h>

/* ---- <host> --------------------------------------------------------------------------------- */

static void
start_host(const XmlEvent *event)
{
    ((CapabilitiesReading *)event->record)->has_host = TRUE;
}

static void
end_uuid(const XmlEvent *event)
{
    CapabilitiesReading *reading = event->record;

    g_free(reading->host->uuid);
    reading->host->uuid = *event->text == '\0' ? NULL : uuid_canonical(event->text);
}

static void
found_cpu(gpointer record, CpuDefinition *cpu)
{
    CapabilitiesReading *reading = record;

    cpu_definition_free(reading->host->cpu);
    reading->host->cpu = cpu;
    if (cpu->has_maxphysaddr && cpu->maxphysaddr_bits > 0)
        reading->host->physical_address_bits = (guint)cpu->maxphysaddr_bits;
}

static void
start_cpu(const XmlEvent *event)
{
    xml_stream_read_cpu(event, CPU_ELEMENT_HOST, found_cpu);
}

static void
start_power(const XmlEvent *event)
{
    CapabilitiesReading *reading = event->record;

    g_ptr_array_add(reading->host->capabilities->power_management, g_strdup(event->name));
}

static void
start_iommu(const XmlEvent *event)
{
    CapabilitiesReading *reading = event->record;

    if (xml_attribute_is(&event->attributes, "support", "yes"))
        reading->host->capabilities->iommu = CPU_SWITCH_ON;
    else if (xml_attribute_is(&event->attributes, "support", "no"))
        reading->host->capabilities->iommu = CPU_SWITCH_OFF;
}

static void
start_live(const XmlEvent *event)
{
    ((CapabilitiesReading *)event->record)->host->capabilities->can_live_migrate = TRUE;
}

static void
end_transport(const XmlEvent *event)
{
    CapabilitiesReading *reading = event->record;

    g_ptr_array_add(reading->host->capabilities->transports, g_strdup(event->text));
}

static void
start_cell(const XmlEvent *event)
{
    ((CapabilitiesReading *)event->record)->host->n_numa_cells++;
}

static void
start_memory(const XmlEvent *event)
{
    CapabilitiesReading *reading = event->record;

    g_free(reading->unit);
    reading->unit = xml_attribute_dup(&event->attributes, "unit");
}

static void
end_memory(const XmlEvent *event)
{
    CapabilitiesReading *reading = event->record;
    guint64 number, kib;

    if (!xml_event_number(event, "memory of a NUMA cell", G_MAXINT64, &number))
        return;
    if (quantity_to_kib(number, reading->unit, &kib) &&
        kib <= G_MAXINT64 - reading->host->memory_kib)
        reading->host->memory_kib += kib;
    else
        xml_event_fail(event, "invalid-number", "correct the value, or fetch the document again",
                       "the memory of a NUMA cell has the unit '%.20s', or is too much",
                       reading->unit);
}

static void
start_pages(const XmlEvent *event)
{
    CapabilitiesReading *reading = event->record;
    g_autofree char *unit = xml_attribute_dup(&event->attributes, "unit");
    guint64 size;

    reading->page_kib = 0;
    if (xml_event_attribute_number(event, "size", G_MAXINT64, &size) &&
        !quantity_to_kib(size, unit, &reading->page_kib))
        reading->page_kib = 0;
}

static void
end_pages(const XmlEvent *event)
{
    CapabilitiesReading *reading = event->record;
    guint64 number;

    if (!xml_event_number(event, "number of pages", G_MAXINT64, &number) || reading->page_kib == 0)
        return;
    const guint64 *known = g_tree_lookup(reading->pages, &reading->page_kib);
    number = MIN(number, G_MAXINT64 - (known != NULL ? *known : 0)) + (known != NULL ? *known : 0);
    g_tree_replace(reading->pages, g_memdup2(&reading->page_kib, sizeof(guint64)),
                   g_memdup2(&number, sizeof(guint64)));
}

static void
start_cell_cpu(const XmlEvent *event)
{
    ((CapabilitiesReading *)event->record)->host->n_cpus++;
}

static void
start_secmodel(const XmlEvent *event)
{
    CapabilitiesReading *reading = event->record;

    reading->security_model = security_model_new(NULL, NULL);
    g_ptr_array_add(reading->host->capabilities->security_models, reading->security_model);
}

static void
end_secmodel_model(const XmlEvent *event)
{
    CapabilitiesReading *reading = event->record;

    g_free(reading->security_model->model);
    reading->security_model->model = g_strdup(event->text);
}

static void
end_secmodel_doi(const XmlEvent *event)
{
    CapabilitiesReading *reading = event->record;

    g_free(reading->security_model->doi);
    reading->security_model->doi = g_strdup(event->text);
}

static void
start_baselabel(const XmlEvent *event)
{
    CapabilitiesReading *reading = event->record;

    g_free(reading->label_type);
    reading->label_type = xml_attribute_dup(&event->attributes, "type");
}

static void
end_baselabel(const XmlEvent *event)
{
    CapabilitiesReading *reading = event->record;

    g_ptr_array_add(reading->security_model->baselabels,
                    g_strdup_printf("%s=%s", reading->label_type == NULL ? "" : reading->label_type,
                                    event->text));
}

static void
end_secmodel(const XmlEvent *event)
{
    CapabilitiesReading *reading = event->record;

    if (reading->security_model->model == NULL)
        xml_event_fail(event, "incomplete", "fetch the document again",
                       "a <secmodel> has no <model>");
}

/* ---- the document --------------------------------------------------------------------------- */

static void
end_capabilities(const XmlEvent *event)
{
    CapabilitiesReading *reading = event->record;

    if (!reading->has_host)
        xml_event_fail(event, "incomplete", "fetch the document again",
                       "the capabilities have no <host>");
    else if (reading->host->cpu->arch == CPU_ARCH_NONE)
        xml_event_fail(event, "incomplete",
                       "fetch the capabilities from the host's own libvirt daemon",
                       "the capabilities do not say what CPU the host has");
}

/* ---- tables --------------------------------------------------------------------------------- */

static const XmlElement power_children[] = {{"*", .start = start_power}, {NULL}};

static const XmlElement transports_children[] = {
    {"uri_transport", .end = end_transport, .is_text = TRUE}, {NULL}};

static const XmlElement migration_children[] = {
    {"live", .start = start_live}, {"uri_transports", .children = transports_children}, {NULL}};

static const XmlElement cpus_children[] = {{"cpu", .start = start_cell_cpu}, {NULL}};

static const XmlElement cell_children[] = {
    {"pages", .start = start_pages, .end = end_pages, .is_text = TRUE},
    {"memory", .start = start_memory, .end = end_memory, .is_text = TRUE},
    {"cpus", .children = cpus_children},
    {NULL},
};

static const XmlElement cells_children[] = {
    {"cell", .start = start_cell, .children = cell_children}, {NULL}};

static const XmlElement topology_children[] = {{"cells", .children = cells_children}, {NULL}};

static const XmlElement secmodel_children[] = {
    {"model", .end = end_secmodel_model, .is_text = TRUE},
    {"doi", .end = end_secmodel_doi, .is_text = TRUE},
    {"baselabel", .start = start_baselabel, .end = end_baselabel, .is_text = TRUE},
    {NULL},
};

static const XmlElement host_children[] = {
    {"uuid", .end = end_uuid, .is_text = TRUE},
    {"cpu", .start = start_cpu},
    {"power_management", .children = power_children},
    {"iommu", .start = start_iommu},
    {"migration_features", .children = migration_children},
    {"topology", .children = topology_children},
    {"secmodel", .start = start_secmodel, .end = end_secmodel, .children = secmodel_children},
    {NULL},
};

static const XmlElement capabilities_children[] = {
    {"host", .start = start_host, .children = host_children},
    {"guest", .start = capabilities_guests_start, .end = capabilities_guests_end,
     .children = capabilities_guests_elements},
    {NULL},
};

static const XmlElement root = {"capabilities", .end = end_capabilities,
                                .children = capabilities_children};

/* ---- the reader ----------------------------------------------------------------------------- */

static gint
compare_sizes(gconstpointer a, gconstpointer b, gpointer unused)
{
    const guint64 left = *(const guint64 *)a, right = *(const guint64 *)b;

    (void)unused;
    return (left > right) - (left < right);
}

static gboolean
append_pages(gpointer size, gpointer number, gpointer text)
{
    g_string_append_printf(text, "%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT " ",
                           *(const guint64 *)size, *(const guint64 *)number);
    return FALSE;
}

/* The smallest pages are those that all memory is made of. Owned; NULL when no cell tells any. */
static char *
huge_pages_of(const CapabilitiesReading *reading)
{
    g_autoptr(GString) all = g_string_new(NULL);

    if (g_tree_nnodes(reading->pages) == 0)
        return NULL;
    g_tree_foreach(reading->pages, append_pages, all);
    return g_strchomp(g_strdup(strchr(all->str, ' ') + 1));
}

static gpointer
begin(const char *bytes)
{
    CapabilitiesReading *reading = g_new0(CapabilitiesReading, 1);

    (void)bytes;
    reading->host = host_capabilities_new();
    guests_reading_init(&reading->guests);
    reading->pages = g_tree_new_full(compare_sizes, NULL, g_free, g_free);
    return reading;
}

static void
finish(gpointer record, Document *document)
{
    CapabilitiesReading *reading = record;
    HostCapabilities *host = reading->host;

    host->huge_pages = huge_pages_of(reading);
    capability_profile_seal(host->capabilities);
    host->cpu_digest = host_cpu_digest(host->cpu, host->physical_address_bits);
    document->host = g_steal_pointer(&reading->host);
}

static void
free_reading(gpointer record)
{
    CapabilitiesReading *reading = record;

    host_capabilities_free(reading->host);
    guests_reading_release(&reading->guests);
    g_tree_unref(reading->pages);
    g_free(reading->unit);
    g_free(reading->label_type);
    g_free(reading);
}

const DocumentReader capabilities_reader = {
    .root = &root,
    .kind = DOCUMENT_HOST_CAPABILITIES,
    .begin = begin,
    .finish = finish,
    .free = free_reading,
    .section = &capabilities_guests_section,
};
