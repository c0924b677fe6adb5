/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Where a guest's memory and processors are: what of it names nodes, processors or pages of its
 * host, and so binds it there.
 *
 * Source: libvirt's documentation, "Domain XML format: CPU tuning", "Memory backing" and "NUMA node
 * tuning".
 */

#include "domain_reading.h"
#include "xml_value.h"

static Guest *
guest_of(const XmlEvent *event)
{
    return ((DomainReading *)event->record)->guest;
}

/* Each list of the host's nodes or processors once: a guest pins many CPUs to the same. */
static void
add_binding(const XmlEvent *event, GuestTraitKind kind, const char *list)
{
    DomainReading *reading = event->record;

    if (g_hash_table_add(reading->bindings, g_strdup_printf("%d %s", kind, list)))
        guest_add_trait(reading->guest, kind, list, xml_stream_line(event->stream));
}

/* libvirt asks the program for processors and nodes when the guest starts, and fails without it. */
static void
note_numad(const XmlEvent *event)
{
    if (xml_attribute_is(&event->attributes, "placement", "auto"))
        add_binding(event, GUEST_TRAIT_NUMAD, "numad");
}

/* ---- <cputune> ------------------------------------------------------------------------------ */

void
domain_placement_start_pin(const XmlEvent *event)
{
    g_autofree char *cpus = xml_attribute_dup(&event->attributes, "cpuset");

    if (cpus != NULL)
        add_binding(event, GUEST_TRAIT_CPU_PINNED, cpus);
    note_numad(event);
}

static void
start_resctrl(const XmlEvent *event)
{
    guest_add_trait(guest_of(event), GUEST_TRAIT_RESCTRL, event->name,
                    xml_stream_line(event->stream));
}

/*
 * Control groups of version 2 have weights, of 10,000 at most; those of version 1 had shares of up
 * to 262,144.
 */
#define MAX_CPU_WEIGHT 10000

static void
end_shares(const XmlEvent *event)
{
    guint64 shares;

    if (g_ascii_string_to_unsigned(event->text, 10, MAX_CPU_WEIGHT + 1, G_MAXUINT64, &shares, NULL))
        guest_add_trait(guest_of(event), GUEST_TRAIT_CPU_SHARES, event->text,
                        xml_stream_line(event->stream));
}

const XmlElement domain_cputune_elements[] = {
    {"shares", .end = end_shares, .is_text = TRUE},
    {"vcpupin", .start = domain_placement_start_pin},
    {"emulatorpin", .start = domain_placement_start_pin},
    {"iothreadpin", .start = domain_placement_start_pin},
    {"cachetune", .start = start_resctrl},
    {"memorytune", .start = start_resctrl},
    {NULL},
};

/* ---- <numatune> ----------------------------------------------------------------------------- */

static void
start_numa_memory(const XmlEvent *event)
{
    g_autofree char *nodes = xml_attribute_dup(&event->attributes, "nodeset");
    const CpuReaderAttribute *mode = xml_attribute(&event->attributes, "mode");

    note_numad(event);
    if (nodes == NULL)
        return;
    /* Strict is the default; a preference or interleaving lets other nodes do, but libvirt starts
     * no guest that names one which is not there */
    const gboolean is_weak = mode != NULL &&
                             !xml_attribute_is(&event->attributes, "mode", "strict") &&
                             !xml_attribute_is(&event->attributes, "mode", "restrictive");
    add_binding(event, is_weak ? GUEST_TRAIT_NUMA_WEAK : GUEST_TRAIT_NUMA_STRICT, nodes);
}

const XmlElement domain_numatune_elements[] = {
    {"memory", .start = start_numa_memory},
    {"memnode", .start = start_numa_memory},
    {NULL},
};

/* ---- <memoryBacking> ------------------------------------------------------------------------ */

static void
start_hugepages(const XmlEvent *event)
{
    DomainReading *reading = event->record;

    reading->hugepages_line = xml_stream_line(event->stream);
}

/* Pages of one size, for some nodes of the guest or all. */
static void
start_page(const XmlEvent *event)
{
    DomainReading *reading = event->record;
    g_autofree char *unit = xml_attribute_dup(&event->attributes, "unit");
    guint64 size, kib;

    if (!xml_event_attribute_number(event, "size", G_MAXINT64, &size) ||
        !quantity_to_kib(size, unit, &kib))
        return;
    if (kib == BASE_PAGE_KIB) { /* libvirt takes these for ordinary memory */
        reading->hugepages_line = 0;
        return;
    }
    g_autofree char *detail = g_strdup_printf("%" G_GUINT64_FORMAT " KiB", kib);
    guest_add_trait(reading->guest, GUEST_TRAIT_HUGEPAGES, detail, reading->hugepages_line);
    reading->hugepages_line = 0;
}

static void
end_hugepages(const XmlEvent *event)
{
    DomainReading *reading = event->record;

    if (reading->hugepages_line != 0)
        guest_add_trait(reading->guest, GUEST_TRAIT_HUGEPAGES, NULL, reading->hugepages_line);
}

static void
start_locked(const XmlEvent *event)
{
    guest_add_trait(guest_of(event), GUEST_TRAIT_MEMORY_LOCKED, "locked",
                    xml_stream_line(event->stream));
}

static void
start_memory_source(const XmlEvent *event)
{
    g_autofree char *type = xml_attribute_dup(&event->attributes, "type");

    domain_reading_need(event->record, "memoryBacking.sourceType", type);
}

static const XmlElement hugepages_children[] = {{"page", .start = start_page}, {NULL}};

const XmlElement domain_memory_backing_elements[] = {
    {"hugepages", .start = start_hugepages, .end = end_hugepages, .children = hugepages_children},
    {"locked", .start = start_locked},
    {"source", .start = start_memory_source},
    {NULL},
};
