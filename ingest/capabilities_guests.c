/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What guests a host offers: the `<guest>` elements of its capabilities.
 *
 * Machine types may be listed under `<arch>` and again under one of its `<domain>`s, where that
 * type has an emulator of its own or machines that the others lack. A domain type with an emulator
 * of its own becomes a GuestSupport of its own, with the arch's machines and those it adds; all
 * others share the arch's.
 *
 * Source: libvirt's documentation, "Driver capabilities".
 */

#include "capabilities_reading.h"
#include "xml_value.h"

static void
own_domain_free(gpointer data)
{
    OwnDomain *domain = data;

    g_free(domain->emulator);
    g_ptr_array_unref(domain->machines);
    g_free(domain);
}

void
guests_reading_init(GuestsReading *guests)
{
    *guests = (GuestsReading){.domains = g_ptr_array_new_with_free_func(own_domain_free)};
}

void
guests_reading_release(GuestsReading *guests)
{
    guest_support_free(guests->guest);
    g_ptr_array_unref(guests->domains);
}

static GuestsReading *
guests_of(const XmlEvent *event)
{
    return &((CapabilitiesReading *)event->record)->guests;
}

/* ---- elements ------------------------------------------------------------------------------- */

void
capabilities_guests_start(const XmlEvent *event)
{
    GuestsReading *guests = guests_of(event);

    guests->known = xml_stream_begin_section(event->stream);
    guest_support_free(guests->guest);
    guests->guest = guest_support_new(CPU_ARCH_NONE);
    g_ptr_array_set_size(guests->domains, 0);
}

static void
end_os_type(const XmlEvent *event)
{
    GuestsReading *guests = guests_of(event);

    g_free(guests->guest->os_type);
    guests->guest->os_type = g_strdup(event->text);
}

/* A host can offer an architecture that libvirt learnt of later than we did: not planned for. */
static void
start_arch(const XmlEvent *event)
{
    GuestsReading *guests = guests_of(event);
    g_autofree char *arch = xml_attribute_dup(&event->attributes, "name");

    if (arch == NULL)
        xml_event_fail(event, "incomplete", "fetch the document again",
                       "the <arch> of a <guest> has no name");
    else
        guests->guest->arch = cpu_arch_from_name(arch);
}

static void
end_emulator(const XmlEvent *event)
{
    GuestsReading *guests = guests_of(event);
    char **emulator = guests->domain != NULL ? &guests->domain->emulator : &guests->guest->emulator;

    g_free(*emulator);
    *emulator = g_strdup(event->text);
}

static void
start_machine(const XmlEvent *event)
{
    GuestsReading *guests = guests_of(event);
    guint64 max_vcpus = 0;
    g_autofree char *canonical = xml_attribute_dup(&event->attributes, "canonical");

    guests->machine = machine_type_new(NULL, canonical);
    if (xml_event_attribute_number(event, "maxCpus", G_MAXUINT, &max_vcpus))
        guests->machine->max_vcpus = (guint)max_vcpus;
    guests->machine->is_deprecated = xml_attribute_is(&event->attributes, "deprecated", "yes");
    g_ptr_array_add(guests->domain != NULL ? guests->domain->machines : guests->guest->machines,
                    guests->machine);
}

static void
end_machine(const XmlEvent *event)
{
    GuestsReading *guests = guests_of(event);

    if (*event->text == '\0')
        xml_event_fail(event, "incomplete", "fetch the document again", "a <machine> has no name");
    g_free(guests->machine->name);
    guests->machine->name = g_strdup(event->text);
}

static void
start_domain(const XmlEvent *event)
{
    GuestsReading *guests = guests_of(event);
    g_autofree char *type = xml_attribute_dup(&event->attributes, "type");

    guests->domain = g_new0(OwnDomain, 1);
    guests->domain->machines = g_ptr_array_new_with_free_func((GDestroyNotify)machine_type_free);
    guests->domain->type = domain_type_from_name(type);
    g_ptr_array_add(guests->domains, guests->domain);
}

static void
end_domain(const XmlEvent *event)
{
    guests_of(event)->domain = NULL;
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

/* Adds to ALL (of GuestSupport*) what DOMAIN, with an emulator of its own, offers. */
static void
add_own_domain(const GuestsReading *guests, OwnDomain *domain, GPtrArray *all)
{
    GuestSupport *guest = guest_support_new(guests->guest->arch);

    guest->os_type = g_strdup(guests->guest->os_type);
    guest->emulator = g_steal_pointer(&domain->emulator);
    guest->domain_types = domain->type;
    merge_machines(guest->machines, domain->machines);
    merge_machines(guest->machines, guests->guest->machines);
    g_ptr_array_add(all, guest);
}

static void
add_guest(GuestsReading *guests, GPtrArray *all)
{
    for (guint i = 0; i < guests->domains->len; i++) {
        OwnDomain *domain = g_ptr_array_index(guests->domains, i);

        if (domain->emulator != NULL && g_strcmp0(domain->emulator, guests->guest->emulator) != 0) {
            add_own_domain(guests, domain, all);
        } else {
            guests->guest->domain_types |= domain->type;
            if (domain->machines->len > 0)
                merge_machines(guests->guest->machines, domain->machines);
        }
    }
    if (guests->guest->domain_types != DOMAIN_TYPE_NONE || guests->domains->len == 0)
        g_ptr_array_add(all, g_steal_pointer(&guests->guest));
}

static void
replace_machines(HostCapabilities *host, MachineProfile *machines)
{
    machine_profile_unref(host->machines);
    host->machines = machine_profile_ref(machines);
}

void
capabilities_guests_end(const XmlEvent *event)
{
    CapabilitiesReading *reading = event->record;

    if (reading->guests.known == NULL)
        add_guest(&reading->guests, reading->host->machines->guests);
    else
        replace_machines(reading->host, reading->guests.known);
    xml_stream_end_section(event->stream);
}

/* ---- tables --------------------------------------------------------------------------------- */

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

const XmlElement capabilities_guests_elements[] = {
    {"os_type", .end = end_os_type, .is_text = TRUE},
    {"arch", .start = start_arch, .children = arch_children},
    {NULL},
};

/* ---- the section that documents have in common ----------------------------------------------- */

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

const SharedSection capabilities_guests_section = {
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
            .free = (GDestroyNotify)machine_profile_unref,
        },
};
