/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Features that hosts no longer have, or that pools do without.
 *
 * A fleet shares its profiles between hosts, so a change of some hosts gives these profiles of
 * their own: a changed copy is made once for each profile in use and the hosts are pointed to it.
 */
#include <planner/whatif.h>

#include "universe.h"

static gboolean
has_feature(const CpuMap *map, CpuArch arch, const CpuDefinition *cpu, const char *feature)
{
    gboolean has = FALSE;

    if (cpu_engine_has_feature(map, arch, cpu, feature, &has, NULL))
        return has;
    return cpu_definition_find_feature(cpu, feature) != NULL;
}

/* A host type definition has no policies of its own, but the engine heeds one that is set. */
static void
drop_feature(CpuDefinition *cpu, const char *feature)
{
    cpu_definition_set_feature(cpu, feature, CPU_POLICY_DISABLE);
}

/* The index of the profile without FEATURE; INDEX itself when it has not got it. */
static guint32
cpu_without(Fleet *fleet, const CpuMap *map, guint32 index, const char *feature)
{
    const CpuProfile *profile = g_ptr_array_index(fleet->cpus, index);

    if (!has_feature(map, profile->cpu->arch, profile->cpu, feature))
        return index;
    CpuProfile *copy = g_new0(CpuProfile, 1);
    copy->cpu = cpu_definition_copy(profile->cpu);
    copy->physical_address_bits = profile->physical_address_bits;
    drop_feature(copy->cpu, feature);
    g_ptr_array_add(fleet->cpus, copy);
    return fleet->cpus->len - 1;
}

static guint32
domain_without(Fleet *fleet, const CpuMap *map, guint32 index, const char *feature)
{
    DomainCapabilities *domain = g_ptr_array_index(fleet->domain_capabilities, index);

    if (domain->host_model_cpu == NULL ||
        !has_feature(map, domain->arch, domain->host_model_cpu, feature))
        return index;
    DomainCapabilities *copy = domain_capabilities_copy(domain);
    drop_feature(copy->host_model_cpu, feature);
    domain_capabilities_seal(copy);
    g_ptr_array_add(fleet->domain_capabilities, copy);
    return fleet->domain_capabilities->len - 1;
}

static guint32
domain_set_without(Fleet *fleet, const CpuMap *map, guint32 index, const char *feature)
{
    const DomainSet old = g_array_index(fleet->domain_sets, DomainSet, index);
    DomainSet set = {old.n_indexes, g_memdup2(old.indexes, old.n_indexes * sizeof(guint32))};
    gboolean is_changed = FALSE;

    for (guint i = 0; i < set.n_indexes; i++) {
        set.indexes[i] = domain_without(fleet, map, set.indexes[i], feature);
        is_changed = is_changed || set.indexes[i] != old.indexes[i];
    }
    if (!is_changed) {
        g_free(set.indexes);
        return index;
    }
    g_array_append_val(fleet->domain_sets, set);
    return fleet->domain_sets->len - 1;
}

/* What INDEX became in MADE (index + 1 -> index + 1), or what MAKE makes of it. */
static guint32
changed_index(GHashTable *made, Fleet *fleet, const CpuMap *map, guint32 index, const char *feature,
              guint32 (*make)(Fleet *, const CpuMap *, guint32, const char *))
{
    if (index == FLEET_NO_INDEX)
        return index;
    gpointer key = GUINT_TO_POINTER(index + 1);
    gpointer found = g_hash_table_lookup(made, key);
    if (found == NULL) {
        found = GUINT_TO_POINTER(make(fleet, map, index, feature) + 1);
        g_hash_table_insert(made, key, found);
    }
    return GPOINTER_TO_UINT(found) - 1;
}

/* Points the hosts that GLOB matches to profiles without FEATURE; IS_CHANGED is by host. */
static void
lose_one(Fleet *fleet, const CpuMap *map, const char *feature, const char *glob,
         gboolean *is_changed)
{
    g_autoptr(GHashTable) cpus = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) sets = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < fleet->hosts->len; i++) {
        Host *host = &g_array_index(fleet->hosts, Host, i);

        if (!g_pattern_match_simple(glob, host->name))
            continue;
        const guint32 cpu = changed_index(cpus, fleet, map, host->cpu, feature, cpu_without);
        const guint32 set =
            changed_index(sets, fleet, map, host->domain_set, feature, domain_set_without);
        if (cpu != host->cpu || set != host->domain_set)
            is_changed[i] = TRUE;
        host->cpu = cpu;
        host->domain_set = set;
    }
}

/* FEATURE and what goes with it (of char*). */
static GPtrArray *
names_to_lose(const CpuMap *map, const char *feature)
{
    g_autoptr(Universe) universe = universe_new(map, CPU_FAMILY_X86, NULL);
    g_autoptr(GPtrArray) wanted = g_ptr_array_new();

    g_ptr_array_add(wanted, (gpointer)(guintptr)feature);
    const CpuSet closure = universe_closure(universe, wanted);
    GPtrArray *names = universe_names(universe, &closure);
    if (names->len == 0) /* the map does not know it: a name is all that it is */
        g_ptr_array_add(names, g_strdup(feature));
    return names;
}

static gboolean
names_feature(const CpuDefinition *cpu, const char *name)
{
    return cpu != NULL && cpu_definition_find_feature(cpu, name) != NULL;
}

gboolean
whatif_is_feature_named(const Fleet *fleet, const char *name)
{
    for (guint i = 0; i < fleet->cpus->len; i++)
        if (names_feature(((const CpuProfile *)g_ptr_array_index(fleet->cpus, i))->cpu, name))
            return TRUE;
    for (guint i = 0; i < fleet->domain_capabilities->len; i++) {
        const DomainCapabilities *domain = g_ptr_array_index(fleet->domain_capabilities, i);

        if (names_feature(domain->host_model_cpu, name))
            return TRUE;
    }
    return FALSE;
}

guint
whatif_lose_feature(Fleet *fleet, const CpuMap *map, const char *feature, const char *glob)
{
    g_autoptr(GPtrArray) names = names_to_lose(map, feature);
    g_autofree gboolean *is_changed = g_new0(gboolean, fleet->hosts->len + 1);
    guint n_changed = 0;

    for (guint i = 0; i < names->len; i++)
        lose_one(fleet, map, g_ptr_array_index(names, i), glob, is_changed);
    for (guint i = 0; i < fleet->hosts->len; i++)
        n_changed += is_changed[i] ? 1 : 0;
    return n_changed;
}

void
whatif_disable_feature(PlanSettings *settings, const char *feature)
{
    for (guint i = 0; i < settings->pools->len; i++)
        g_ptr_array_add(((PoolSettings *)g_ptr_array_index(settings->pools, i))->disabled,
                        g_strdup(feature));
}
