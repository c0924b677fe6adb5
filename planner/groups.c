/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hosts that no migration check can tell apart are one group. All that checks look at is shared
 * profiles, but for the TSC frequency, which is measured and differs from host to host by a few
 * parts per million. Frequencies are gathered into ranges no wider than libvirt tolerates; two
 * hosts of one range are near enough to each other, and a check that compares with a range answers
 * "unknown" where the hosts of the range would differ.
 */
#include "check_input.h"

static gint
compare_frequencies(gconstpointer a, gconstpointer b)
{
    const guint64 left = *(const guint64 *)a, right = *(const guint64 *)b;

    return (left > right) - (left < right);
}

/* A range of frequencies that hosts really have. */
typedef struct {
    guint64 low, high;
} TscRange;

/* The ranges of the fleet, ascending. */
static GArray *
tsc_ranges(const Fleet *fleet)
{
    g_autoptr(GArray) frequencies = g_array_new(FALSE, FALSE, sizeof(guint64));
    GArray *ranges = g_array_new(FALSE, FALSE, sizeof(TscRange));

    for (guint i = 0; i < fleet->hosts->len; i++) {
        const guint64 hz = fleet_host(fleet, i)->tsc_hz;

        if (hz != 0)
            g_array_append_val(frequencies, hz);
    }
    g_array_sort(frequencies, compare_frequencies);
    for (guint i = 0; i < frequencies->len; i++) {
        const guint64 hz = g_array_index(frequencies, guint64, i);
        TscRange *last = ranges->len > 0 ? &g_array_index(ranges, TscRange, ranges->len - 1) : NULL;

        if (last != NULL && hz <= last->low + tsc_tolerance_hz(last->low)) {
            last->high = hz;
        } else {
            const TscRange range = {hz, hz};
            g_array_append_val(ranges, range);
        }
    }
    return ranges;
}

static guint32
find_range(const GArray *ranges, guint64 hz)
{
    guint first = 0, end = ranges->len;

    while (first < end) {
        const guint middle = first + (end - first) / 2;

        if (g_array_index(ranges, TscRange, middle).high < hz)
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

static Endpoint
endpoint_of_host(const Planning *planning, const GArray *ranges, guint32 index)
{
    const Host *host = fleet_host(planning->fleet, index);
    Endpoint endpoint = {
        .cpu = planning->cpu_of[index],
        .machines = host->machines,
        .capabilities = host->capabilities,
        .software = planning->software_of[index],
        .system = planning->system_of[index],
        .tsc_scaling = host->tsc_scaling,
    };

    if (host->tsc_hz != 0) {
        const guint32 range = find_range(ranges, host->tsc_hz);

        endpoint.tsc = range + 1;
        endpoint.tsc_low = g_array_index(ranges, TscRange, range).low;
        endpoint.tsc_high = g_array_index(ranges, TscRange, range).high;
    }
    return endpoint;
}

static guint
endpoint_hash(gconstpointer data)
{
    const Endpoint *endpoint = data;
    guint64 hash = endpoint->cpu;

    hash = hash * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15) + endpoint->software;
    hash = hash * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15) + endpoint->system;
    hash = hash * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15) + endpoint->tsc;
    hash = hash * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15) + endpoint->tsc_scaling;
    return (guint)(hash >> 32);
}

static gboolean
endpoint_equal(gconstpointer a, gconstpointer b)
{
    const Endpoint *left = a, *right = b;

    return left->cpu == right->cpu && left->software == right->software &&
           left->system == right->system && left->tsc == right->tsc &&
           left->tsc_scaling == right->tsc_scaling;
}

static void
group_hosts(Planning *planning, guint32 pool_index, const GArray *ranges)
{
    const PlanPool *pool = g_ptr_array_index(planning->plan->pools, pool_index);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(endpoint_hash, endpoint_equal, g_free, NULL);
    GArray *group_of = planning->plan->group_of;

    for (guint i = 0; i < pool->hosts->len; i++) {
        const guint32 host = g_array_index(pool->hosts, guint32, i);
        const Endpoint endpoint = endpoint_of_host(planning, ranges, host);
        gpointer found = g_hash_table_lookup(seen, &endpoint);

        if (found == NULL) {
            g_ptr_array_add(planning->plan->groups,
                            host_group_new(pool_index, fleet_host(planning->fleet, host)->name));
            g_array_append_val(planning->endpoints, endpoint);
            found = GUINT_TO_POINTER(planning->endpoints->len);
            g_hash_table_insert(seen, g_memdup2(&endpoint, sizeof(endpoint)), found);
        }
        const guint32 group = GPOINTER_TO_UINT(found) - 1;
        g_array_append_val(((HostGroup *)g_ptr_array_index(planning->plan->groups, group))->hosts,
                           host);
        g_array_index(group_of, guint32, host) = group;
    }
}

void
planning_make_groups(Planning *planning)
{
    g_autoptr(GArray) ranges = tsc_ranges(planning->fleet);
    const guint32 none = FLEET_NO_INDEX;

    for (guint i = 0; i < planning->fleet->hosts->len; i++)
        g_array_append_val(planning->plan->group_of, none);
    for (guint32 i = 0; i < planning->plan->pools->len; i++)
        group_hosts(planning, i, ranges);
}
