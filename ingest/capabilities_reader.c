/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Host capabilities (`virsh capabilities`).
 *
 * Machine types may be listed under `<arch>` and again under one of its `<domain>`s, where that
 * type has an emulator of its own or machines that the others lack. A domain type with an emulator
 * of its own becomes a GuestSupport of its own, with the arch's machines and those it adds; all
 * others share the arch's.
 *
 * Source: libvirt's documentation, "Driver capabilities".
 */

#include "document_reader.h"
#include "xml_value.h"

#include <string.h>

/* A `<domain>` of the `<arch>` that is open. */
typedef struct {
    DomainTypes type;
    char *emulator;      /* NULL: the arch's */
    GPtrArray *machines; /* of MachineType*: those listed in it */
} OwnDomain;

typedef struct {
    HostCapabilities *host;
    SecurityModel *security_model; /* the open `<secmodel>`, owned by the capability profile */
    GuestSupport *guest;           /* the open `<guest>`; added to the profile at its end */
    MachineProfile *known;         /* what it stands for, borrowed; or NULL */
    GPtrArray *domains;            /* of OwnDomain*: of the open guest */
    OwnDomain *domain;             /* the open `<domain>`, or NULL */
    MachineType *machine;          /* the open `<machine>` */
    char *unit;                    /* of the open `<memory>` */
    guint64 page_kib;              /* of the open `<pages>`; 0: passed over */
    GTree *pages;                  /* size in KiB -> how many, of all cells; of guint64* both */
    char *label_type;              /* of the open `<baselabel>` */
    gboolean has_host;
} Reading;

static void
own_domain_free(gpointer data)
{
    OwnDomain *domain = data;

    g_free(domain->emulator);
    g_ptr_array_unref(domain->machines);
    g_free(domain);
}

/* ---- <host> --------------------------------------------------------------------------------- */

static void
start_host(const XmlEvent *event)
{
    ((Reading *)event->record)->has_host = TRUE;
}

static void
end_uuid(const XmlEvent *event)
{
    Reading *reading = event->record;

    g_free(reading->host->uuid);
    reading->host->uuid = *event->text == '\0' ? NULL : uuid_canonical(event->text);
}

static void
found_cpu(gpointer record, CpuDefinition *cpu)
{
    Reading *reading = record;

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
    Reading *reading = event->record;

    g_ptr_array_add(reading->host->capabilities->power_management, g_strdup(event->name));
}

static void
start_iommu(const XmlEvent *event)
{
    Reading *reading = event->record;

    if (xml_attribute_is(&event->attributes, "support", "yes"))
        reading->host->capabilities->iommu = CPU_SWITCH_ON;
    else if (xml_attribute_is(&event->attributes, "support", "no"))
        reading->host->capabilities->iommu = CPU_SWITCH_OFF;
}

static void
start_live(const XmlEvent *event)
{
    ((Reading *)event->record)->host->capabilities->can_live_migrate = TRUE;
}

static void
end_transport(const XmlEvent *event)
{
    Reading *reading = event->record;

    g_ptr_array_add(reading->host->capabilities->transports, g_strdup(event->text));
}

static void
start_cell(const XmlEvent *event)
{
    ((Reading *)event->record)->host->n_numa_cells++;
}

static void
start_memory(const XmlEvent *event)
{
    Reading *reading = event->record;

    g_free(reading->unit);
    reading->unit = xml_attribute_dup(&event->attributes, "unit");
}

static void
end_memory(const XmlEvent *event)
{
    Reading *reading = event->record;
    guint64 number, kib;

    if (!xml_event_number(event, "memory of a NUMA cell", G_MAXINT64, &number))
        return;
    if (quantity_to_kib(number, reading->unit, &kib) &&
        kib <= G_MAXINT64 - reading->host->memory_kib)
        reading->host->memory_kib += kib;
    else
        xml_event_fail(event, "invalid-number", "Correct the value, or fetch the document again",
                       "The memory of a NUMA cell has the unit '%.20s', or is too much",
                       reading->unit);
}

static void
start_pages(const XmlEvent *event)
{
    Reading *reading = event->record;
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
    Reading *reading = event->record;
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
    ((Reading *)event->record)->host->n_cpus++;
}

static void
start_secmodel(const XmlEvent *event)
{
    Reading *reading = event->record;

    reading->security_model = security_model_new(NULL, NULL);
    g_ptr_array_add(reading->host->capabilities->security_models, reading->security_model);
}

static void
end_secmodel_model(const XmlEvent *event)
{
    Reading *reading = event->record;

    g_free(reading->security_model->model);
    reading->security_model->model = g_strdup(event->text);
}

static void
end_secmodel_doi(const XmlEvent *event)
{
    Reading *reading = event->record;

    g_free(reading->security_model->doi);
    reading->security_model->doi = g_strdup(event->text);
}

static void
start_baselabel(const XmlEvent *event)
{
    Reading *reading = event->record;

    g_free(reading->label_type);
    reading->label_type = xml_attribute_dup(&event->attributes, "type");
}

static void
end_baselabel(const XmlEvent *event)
{
    Reading *reading = event->record;

    g_ptr_array_add(reading->security_model->baselabels,
                    g_strdup_printf("%s=%s", reading->label_type == NULL ? "" : reading->label_type,
                                    event->text));
}

static void
end_secmodel(const XmlEvent *event)
{
    Reading *reading = event->record;

    if (reading->security_model->model == NULL)
        xml_event_fail(event, "incomplete", "Fetch the document again",
                       "A <secmodel> has no <model>");
}

/* ---- <guest> -------------------------------------------------------------------------------- */

static void
start_guest(const XmlEvent *event)
{
    Reading *reading = event->record;

    reading->known = xml_stream_begin_section(event->stream);
    guest_support_free(reading->guest);
    reading->guest = guest_support_new(CPU_ARCH_NONE);
    g_ptr_array_set_size(reading->domains, 0);
}

static void
end_os_type(const XmlEvent *event)
{
    Reading *reading = event->record;

    g_free(reading->guest->os_type);
    reading->guest->os_type = g_strdup(event->text);
}

/* A host can offer an architecture that libvirt learnt of later than we did: not planned for. */
static void
start_arch(const XmlEvent *event)
{
    Reading *reading = event->record;
    g_autofree char *arch = xml_attribute_dup(&event->attributes, "name");

    if (arch == NULL)
        xml_event_fail(event, "incomplete", "Fetch the document again",
                       "The <arch> of a <guest> has no name");
    else
        reading->guest->arch = cpu_arch_from_name(arch);
}

static void
end_emulator(const XmlEvent *event)
{
    Reading *reading = event->record;
    char **emulator =
        reading->domain != NULL ? &reading->domain->emulator : &reading->guest->emulator;

    g_free(*emulator);
    *emulator = g_strdup(event->text);
}

static void
start_machine(const XmlEvent *event)
{
    Reading *reading = event->record;
    guint64 max_vcpus = 0;
    g_autofree char *canonical = xml_attribute_dup(&event->attributes, "canonical");

    reading->machine = machine_type_new(NULL, canonical);
    if (xml_event_attribute_number(event, "maxCpus", G_MAXUINT, &max_vcpus))
        reading->machine->max_vcpus = (guint)max_vcpus;
    reading->machine->is_deprecated = xml_attribute_is(&event->attributes, "deprecated", "yes");
    g_ptr_array_add(reading->domain != NULL ? reading->domain->machines : reading->guest->machines,
                    reading->machine);
}

static void
end_machine(const XmlEvent *event)
{
    Reading *reading = event->record;

    if (*event->text == '\0')
        xml_event_fail(event, "incomplete", "Fetch the document again", "A <machine> has no name");
    g_free(reading->machine->name);
    reading->machine->name = g_strdup(event->text);
}

static void
start_domain(const XmlEvent *event)
{
    Reading *reading = event->record;

    reading->domain = g_new0(OwnDomain, 1);
    reading->domain->machines = g_ptr_array_new_with_free_func((GDestroyNotify)machine_type_free);
    if (xml_attribute_is(&event->attributes, "type", "kvm"))
        reading->domain->type = DOMAIN_TYPE_KVM;
    else if (xml_attribute_is(&event->attributes, "type", "qemu"))
        reading->domain->type = DOMAIN_TYPE_QEMU;
    else
        reading->domain->type = DOMAIN_TYPE_OTHER;
    g_ptr_array_add(reading->domains, reading->domain);
}

static void
end_domain(const XmlEvent *event)
{
    ((Reading *)event->record)->domain = NULL;
}

/* Copies to TO the machines of FROM that it lacks. */
static void
merge_machines(GPtrArray *to, const GPtrArray *from)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < to->len; i++)
        g_hash_table_add(names, ((MachineType *)g_ptr_array_index(to, i))->name);
    for (guint i = 0; i < from->len; i++) {
        const MachineType *machine = g_ptr_array_index(from, i);

        if (g_hash_table_contains(names, machine->name))
            continue;
        MachineType *copy = machine_type_new(machine->name, machine->canonical);
        copy->max_vcpus = machine->max_vcpus;
        copy->is_deprecated = machine->is_deprecated;
        g_ptr_array_add(to, copy);
        g_hash_table_add(names, copy->name);
    }
}

static void
add_own_domain(Reading *reading, OwnDomain *domain)
{
    GuestSupport *guest = guest_support_new(reading->guest->arch);

    guest->os_type = g_strdup(reading->guest->os_type);
    guest->emulator = g_steal_pointer(&domain->emulator);
    guest->domain_types = domain->type;
    merge_machines(guest->machines, domain->machines);
    merge_machines(guest->machines, reading->guest->machines);
    g_ptr_array_add(reading->host->machines->guests, guest);
}

static void
add_guest(Reading *reading)
{
    for (guint i = 0; i < reading->domains->len; i++) {
        OwnDomain *domain = g_ptr_array_index(reading->domains, i);

        if (domain->emulator != NULL &&
            g_strcmp0(domain->emulator, reading->guest->emulator) != 0) {
            add_own_domain(reading, domain);
        } else {
            reading->guest->domain_types |= domain->type;
            if (domain->machines->len > 0)
                merge_machines(reading->guest->machines, domain->machines);
        }
    }
    if (reading->guest->domain_types != DOMAIN_TYPE_NONE || reading->domains->len == 0)
        g_ptr_array_add(reading->host->machines->guests, g_steal_pointer(&reading->guest));
}

static void
replace_machines(HostCapabilities *host, MachineProfile *machines)
{
    machine_profile_free(host->machines);
    host->machines = machine_profile_ref(machines);
}

static void
end_guest(const XmlEvent *event)
{
    Reading *reading = event->record;

    if (reading->known == NULL)
        add_guest(reading);
    else
        replace_machines(reading->host, reading->known);
    xml_stream_end_section(event->stream);
}

/* ---- the document --------------------------------------------------------------------------- */

static void
end_capabilities(const XmlEvent *event)
{
    Reading *reading = event->record;

    if (!reading->has_host)
        xml_event_fail(event, "incomplete", "Fetch the document again",
                       "The capabilities have no <host>");
    else if (reading->host->cpu->arch == CPU_ARCH_NONE)
        xml_event_fail(event, "incomplete",
                       "Fetch the capabilities from the host's own libvirt daemon",
                       "The capabilities do not say what CPU the host has");
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

static const XmlElement domain_children[] = {
    {"machine", .start = start_machine, .end = end_machine, .is_text = TRUE},
    {"emulator", .end = end_emulator, .is_text = TRUE},
    {NULL},
};

static const XmlElement arch_children[] = {
    {"machine", .start = start_machine, .end = end_machine, .is_text = TRUE},
    {"emulator", .end = end_emulator, .is_text = TRUE},
    {"domain", .start = start_domain, .end = end_domain, .children = domain_children},
    {NULL},
};

static const XmlElement guest_children[] = {
    {"os_type", .end = end_os_type, .is_text = TRUE},
    {"arch", .start = start_arch, .children = arch_children},
    {NULL},
};

static const XmlElement capabilities_children[] = {
    {"host", .start = start_host, .children = host_children},
    {"guest", .start = start_guest, .end = end_guest, .children = guest_children},
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
huge_pages_of(const Reading *reading)
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
    Reading *reading = g_new0(Reading, 1);

    (void)bytes;
    reading->host = host_capabilities_new();
    reading->domains = g_ptr_array_new_with_free_func(own_domain_free);
    reading->pages = g_tree_new_full(compare_sizes, NULL, g_free, g_free);
    return reading;
}

static void
finish(gpointer record, Document *document)
{
    Reading *reading = record;
    HostCapabilities *host = reading->host;

    host->huge_pages = huge_pages_of(reading);
    capability_profile_seal(host->capabilities);
    host->cpu_digest = host_cpu_digest(host->cpu, host->physical_address_bits);
    document->host = g_steal_pointer(&reading->host);
}

static void
free_reading(gpointer record)
{
    Reading *reading = record;

    host_capabilities_free(reading->host);
    guest_support_free(reading->guest);
    g_ptr_array_unref(reading->domains);
    g_tree_unref(reading->pages);
    g_free(reading->unit);
    g_free(reading->label_type);
    g_free(reading);
}

/* What guests a host offers is the same on all hosts with the same QEMU. */
static gpointer
get_machines(const Document *document)
{
    return machine_profile_ref(document->host->machines);
}

static void
set_machines(Document *document, gpointer machines)
{
    replace_machines(document->host, machines);
}

static GByteArray *
get_content(const Document *document)
{
    return machine_profile_content(document->host->machines);
}

static void
seal(Document *document)
{
    machine_profile_seal(document->host->machines);
}

static const SharedSection guests = {
    .begin = "<guest>",
    .end = "</guest>",
    .stand_in = "<guest/>",
    .foreign = "<host",
    .record =
        {
            .content = get_content,
            .seal = seal,
            .get = get_machines,
            .set = set_machines,
            .free = (GDestroyNotify)machine_profile_free,
        },
};

const DocumentReader capabilities_reader = {
    .root = &root,
    .kind = DOCUMENT_HOST_CAPABILITIES,
    .begin = begin,
    .finish = finish,
    .free = free_reading,
    .section = &guests,
};
