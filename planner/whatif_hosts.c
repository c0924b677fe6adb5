/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hosts imagined in a fleet, or out of it. What the documents of one do not tell is what most hosts
 * of the fleet have.
 */
#include <cpumodel/text_list.h>
#include <planner/whatif.h>

#include <string.h>

static guint32
machines_of(const Host *host)
{
    return host->machines;
}

static guint32
capabilities_of(const Host *host)
{
    return host->capabilities;
}

/* The index that most hosts have, to stand in for what a document does not tell. */
static guint32
most_common(const Fleet *fleet, guint n_profiles, guint32 (*index_of)(const Host *))
{
    g_autofree guint *counts = g_new0(guint, n_profiles + 1);
    guint32 best = FLEET_NO_INDEX;

    for (guint i = 0; i < fleet->hosts->len; i++) {
        const guint32 index = index_of(fleet_host(fleet, i));

        if (index == FLEET_NO_INDEX)
            continue;
        counts[index]++;
        if (best == FLEET_NO_INDEX || counts[index] > counts[best])
            best = index;
    }
    return best;
}

/* The versions that most hosts have; of as many, those of the first host. NULL: none tells any. */
static const HostSoftware *
most_common_software(const Fleet *fleet)
{
    g_autoptr(GHashTable) counts = g_hash_table_new(NULL, NULL);
    const HostSoftware *best = NULL;
    guint most = 0;

    for (guint i = 0; i < fleet->hosts->len; i++) {
        const HostSoftware *software = fleet_host(fleet, i)->software;
        const guint n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, software)) + 1;

        if (software == NULL)
            continue;
        g_hash_table_insert(counts, (gpointer)(gsize)software, GUINT_TO_POINTER(n));
        if (n > most) {
            best = software;
            most = n;
        }
    }
    return best;
}

/* Moves what PROFILE lists into the fleet; the stand-in when it lists nothing. */
static guint32
take_machines(Fleet *fleet, HostCapabilities *capabilities)
{
    if (capabilities->machines->guests->len == 0)
        return most_common(fleet, fleet->machines->len, machines_of);
    g_ptr_array_add(fleet->machines, g_steal_pointer(&capabilities->machines));
    capabilities->machines = machine_profile_new();
    return fleet->machines->len - 1;
}

static guint32
take_capabilities(Fleet *fleet, HostCapabilities *capabilities)
{
    if (capabilities->is_raw_cpuid)
        return most_common(fleet, fleet->capabilities->len, capabilities_of);
    g_ptr_array_add(fleet->capabilities, g_steal_pointer(&capabilities->capabilities));
    capabilities->capabilities = capability_profile_new();
    return fleet->capabilities->len - 1;
}

static void
fill_host(Fleet *fleet, Host *host, HostCapabilities *capabilities)
{
    CpuProfile *profile = g_new0(CpuProfile, 1);

    if (capabilities->machines->guests->len == 0)
        host->software = most_common_software(fleet);
    host->machines = take_machines(fleet, capabilities);
    host->capabilities = take_capabilities(fleet, capabilities);
    g_free(host->uuid);
    host->uuid = g_strdup(capabilities->uuid);
    host->microcode = capabilities->cpu->microcode;
    host->tsc_hz = capabilities->cpu->tsc_hz;
    host->tsc_scaling = capabilities->cpu->tsc_scaling;
    host->memory_kib = capabilities->memory_kib;
    host->n_cpus = capabilities->n_cpus;
    host->n_numa_cells = capabilities->n_numa_cells;
    g_free(host->huge_pages);
    host->huge_pages = g_strdup(capabilities->huge_pages);
    profile->cpu = cpu_definition_copy(capabilities->cpu);
    profile->physical_address_bits = capabilities->physical_address_bits;
    g_ptr_array_add(fleet->cpus, profile);
    host->cpu = fleet->cpus->len - 1;
}

static void
add_domain(Fleet *fleet, Host *host, DomainCapabilities *domain)
{
    DomainSet set = {0};

    g_ptr_array_add(fleet->domain_capabilities, domain);
    if (host->domain_set != FLEET_NO_INDEX) {
        const DomainSet *old = &g_array_index(fleet->domain_sets, DomainSet, host->domain_set);

        set.n_indexes = old->n_indexes;
        set.indexes = g_memdup2(old->indexes, old->n_indexes * sizeof(guint32));
    }
    set.indexes = g_renew(guint32, set.indexes, set.n_indexes + 1);
    set.indexes[set.n_indexes++] = fleet->domain_capabilities->len - 1;
    g_array_append_val(fleet->domain_sets, set);
    host->domain_set = fleet->domain_sets->len - 1;
}

/* The host of that name as an empty one, in its place by name. */
static guint
make_room(Fleet *fleet, const char *name)
{
    Host host = {.name = g_strdup(name),
                 .cpu = FLEET_NO_INDEX,
                 .machines = FLEET_NO_INDEX,
                 .capabilities = FLEET_NO_INDEX,
                 .domain_set = FLEET_NO_INDEX,
                 .first_run = fleet->run + 1};
    const guint32 found = fleet_find_host(fleet, name);
    guint place = 0;

    if (found != FLEET_NO_INDEX) {
        Host *old = &g_array_index(fleet->hosts, Host, found);

        host_clear(old);
        *old = host;
        return found;
    }
    while (place < fleet->hosts->len && strcmp(fleet_host(fleet, place)->name, name) < 0)
        place++;
    g_array_insert_val(fleet->hosts, place, host);
    return place;
}

/* GUEST takes the place of what its host, which may be in the fleet already, has under its name. */
static void
remove_guest_like(Fleet *fleet, const Guest *guest)
{
    for (guint i = fleet->guests->len; i-- > 0;) {
        const Guest *other = g_ptr_array_index(fleet->guests, i);

        if (g_strcmp0(other->host, guest->host) == 0 &&
            (strcmp(other->name, guest->name) == 0 ||
             (guest->uuid != NULL && g_strcmp0(other->uuid, guest->uuid) == 0)))
            g_ptr_array_remove_index(fleet->guests, i);
    }
}

/* What TOLD says counts for more than what HOST has; the texts are moved. */
static void
take_software(Fleet *fleet, Host *host, HostSoftware *told)
{
    HostSoftware *software = host_software_new();

    for (guint i = 0; i < SOFTWARE_COUNT; i++) {
        software->versions[i] = g_steal_pointer(&told->versions[i]);
        if (software->versions[i] == NULL && host->software != NULL)
            software->versions[i] = g_strdup(host->software->versions[i]);
    }
    g_ptr_array_add(fleet->software, software);
    host->software = software;
}

static void
take_document(Fleet *fleet, Document *document)
{
    if (document->software != NULL)
        return;
    if (document->guest != NULL) {
        remove_guest_like(fleet, document->guest);
        g_ptr_array_add(fleet->guests, g_steal_pointer(&document->guest));
        return;
    }
    Host *host = &g_array_index(fleet->hosts, Host, fleet_find_host(fleet, document->host_name));
    if (document->host != NULL)
        fill_host(fleet, host, document->host);
    else if (document->domain != NULL)
        add_domain(fleet, host, g_steal_pointer(&document->domain));
}

void
whatif_add_hosts(Fleet *fleet, const GPtrArray *documents, GPtrArray *ret_names)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < documents->len; i++) {
        const Document *document = g_ptr_array_index(documents, i);

        if (document->guest != NULL || document->software != NULL ||
            !g_hash_table_add(seen, document->host_name))
            continue;
        make_room(fleet, document->host_name);
        g_ptr_array_add(ret_names, g_strdup(document->host_name));
    }
    for (guint i = 0; i < documents->len; i++)
        take_document(fleet, g_ptr_array_index(documents, i));
    for (guint i = 0; i < documents->len; i++) {
        const Document *document = g_ptr_array_index(documents, i);

        if (document->software != NULL && g_hash_table_contains(seen, document->host_name))
            take_software(
                fleet,
                &g_array_index(fleet->hosts, Host, fleet_find_host(fleet, document->host_name)),
                document->software);
    }
    g_ptr_array_sort(fleet->guests, guest_compare);
    text_list_sort(ret_names);
}

guint
whatif_remove_hosts(Fleet *fleet, const char *glob)
{
    guint n_removed = 0;

    for (guint i = fleet->guests->len; i-- > 0;) {
        const Guest *guest = g_ptr_array_index(fleet->guests, i);

        if (guest->host != NULL && g_pattern_match_simple(glob, guest->host))
            g_ptr_array_remove_index(fleet->guests, i);
    }
    for (guint i = fleet->hosts->len; i-- > 0;) {
        if (!g_pattern_match_simple(glob, fleet_host(fleet, i)->name))
            continue;
        g_array_remove_index(fleet->hosts, i); /* frees the host: the array has a clear function */
        n_removed++;
    }
    return n_removed;
}

void
whatif_assign_host(PoolSettings *pool, const char *host)
{
    g_ptr_array_add(pool->hosts, g_strdup(host));
}

/* ---- who is left --------------------------------------------------------------------------- */

Verdict
whatif_best_way_out(const Plan *before, const GuestPlan *guest, const Fleet *after,
                    gboolean is_start)
{
    Verdict best = VERDICT_NO;

    for (guint i = 0; i < guest->targets->len; i++) {
        const GuestTarget *target = &g_array_index(guest->targets, GuestTarget, i);
        const HostGroup *group = g_ptr_array_index(before->groups, target->group);
        const Outcome *outcome =
            g_ptr_array_index(guest->outcomes, is_start ? target->can_start : target->can_migrate);

        for (guint j = 0; outcome->verdict < best && j < group->hosts->len; j++) {
            const guint32 host = g_array_index(group->hosts, guint32, j);

            if (host != guest->host &&
                fleet_find_host(after, fleet_host(before->fleet, host)->name) != FLEET_NO_INDEX)
                best = outcome->verdict;
        }
    }
    return best;
}
