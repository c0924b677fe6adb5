/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "check_input.h"

/* One HostCpu for each pair of CPU profile and domain set that a host has. */
static void
read_host_cpus(Planning *planning)
{
    const guint n_hosts = planning->fleet->hosts->len;
    const gsize n_sets = planning->fleet->domain_sets->len;
    /* Keys are numbers made pointers: no memory to be chased for each of a million hosts. */
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < n_hosts; i++) {
        const Host *host = fleet_host(planning->fleet, i);
        const gsize set = host->domain_set == FLEET_NO_INDEX ? n_sets : host->domain_set;
        const gpointer key = GSIZE_TO_POINTER(host->cpu * (n_sets + 1) + set);
        gpointer place = g_hash_table_lookup(seen, key);

        if (place == NULL) {
            g_ptr_array_add(planning->cpus,
                            host_cpu_new(planning->fleet, host, planning->universes));
            place = GUINT_TO_POINTER(planning->cpus->len);
            g_hash_table_insert(seen, key, place);
        }
        planning->cpu_of[i] = GPOINTER_TO_UINT(place) - 1;
    }
}

static void
report_host_cpus(Planning *planning)
{
    const guint n_hosts = planning->fleet->hosts->len;

    for (guint i = 0; i < n_hosts; i++) {
        const HostCpu *cpu = planning_host_cpu(planning, i);

        if (cpu->problem != NULL)
            planning_add_finding(planning, FINDING_ERROR, cpu->problem_id,
                                 fleet_host(planning->fleet, i)->name, g_strdup(cpu->problem),
                                 cpu->remedy);
    }
    const Universe *universe = planning->universes[CPU_FAMILY_X86];
    for (guint i = 0; i < universe->foreign->len; i++)
        planning_add_finding(
            planning, FINDING_WARNING, "unknown-feature", NULL,
            g_strdup_printf(
                "hosts have the CPU feature %s, which the CPU map (%s) does not know: it "
                "is compared by name and left out of templates",
                (const char *)g_ptr_array_index(universe->foreign, i),
                cpu_map_origin(planning->map)),
            "use the CPU map of a newer libvirt (--cpu-map), or update virt-plan");
    if (universe->n_refused > 0)
        planning_add_finding(planning, FINDING_WARNING, "too-many-features", NULL,
                             g_strdup_printf("%u mentions of unknown CPU features were passed over",
                                             universe->n_refused),
                             "look for damaged documents among the hosts' files");
}

Planning *
planning_new(const Fleet *fleet, const PlanSettings *settings, CpuMap *map)
{
    Planning *planning = g_new0(Planning, 1);

    planning->fleet = fleet;
    planning->settings = settings;
    planning->map = map;
    planning->plan = plan_new();
    planning->plan->fleet = fleet;
    planning->plan->settings = settings;
    planning->plan->map = map;
    for (guint i = 0; i < CPU_FAMILY_COUNT; i++)
        planning->universes[i] = universe_new(map, i, settings->feature_weights);
    planning->cpus = g_ptr_array_new_with_free_func((GDestroyNotify)host_cpu_free);
    planning->cpu_of = g_new0(guint32, fleet->hosts->len + 1);
    planning->pool_of = g_new0(guint32, fleet->hosts->len + 1);
    planning->watched = watched_features_new(planning->universes);
    planning->software = g_array_new(FALSE, TRUE, sizeof(SoftwareProfile));
    planning->systems = g_array_new(FALSE, TRUE, sizeof(SystemProfile));
    planning->software_of = g_new0(guint32, fleet->hosts->len + 1);
    planning->system_of = g_new0(guint32, fleet->hosts->len + 1);
    planning->endpoints = g_array_new(FALSE, TRUE, sizeof(Endpoint));
    read_host_cpus(planning);
    report_host_cpus(planning);
    return planning;
}

void
planning_free(Planning *planning)
{
    if (planning == NULL)
        return;
    ladder_free(planning->ladder);
    for (guint i = 0; i < CPU_FAMILY_COUNT; i++)
        universe_free(planning->universes[i]);
    g_ptr_array_unref(planning->cpus);
    g_free(planning->cpu_of);
    g_free(planning->pool_of);
    watched_features_free(planning->watched);
    g_array_unref(planning->software);
    g_array_unref(planning->systems);
    guest_identities_free(planning->identities);
    guest_claims_free(planning->claims);
    g_free(planning->software_of);
    g_free(planning->system_of);
    g_array_unref(planning->endpoints);
    g_free(planning);
}

gint
planning_compare_hosts(gconstpointer a, gconstpointer b)
{
    const guint32 left = *(const guint32 *)a, right = *(const guint32 *)b;

    return (left > right) - (left < right);
}

void
planning_add_finding(Planning *planning, FindingSeverity severity, const char *id, const char *host,
                     char *text, const char *remedy)
{
    Finding *finding = finding_new(severity, id, text, remedy);

    finding->host = g_strdup(host);
    g_ptr_array_add(planning->plan->findings, finding);
    g_free(text);
}

Ladder *
planning_ladder(Planning *planning)
{
    if (planning->ladder == NULL)
        planning->ladder = ladder_new(planning->map);
    return planning->ladder;
}
