/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which hosts are in which pool. A host belongs to the first pool of the plan file that names it,
 * by a glob or by having all of the pool's labels; a later pool that names it too is told of,
 * because the site may have meant it otherwise.
 */

#include <cpumodel/text_list.h>
#include <fleet/name_matcher.h>

#include "planning.h"

static GPtrArray *
matchers_of_labels(const PlanSettings *settings)
{
    GPtrArray *matchers = g_ptr_array_new_with_free_func((GDestroyNotify)name_matcher_free);

    for (guint i = 0; i < settings->labels->len; i++) {
        const LabelSettings *label = g_ptr_array_index(settings->labels, i);

        g_ptr_array_add(matchers, name_matcher_new(label->hosts));
    }
    return matchers;
}

static gboolean
host_has_label(const PlanSettings *settings, const GPtrArray *label_matchers, const char *host,
               const char *wanted)
{
    for (guint i = 0; i < settings->labels->len; i++) {
        const LabelSettings *label = g_ptr_array_index(settings->labels, i);

        if (text_list_has(label->labels, wanted) &&
            name_matcher_matches(g_ptr_array_index(label_matchers, i), host))
            return TRUE;
    }
    return FALSE;
}

static gboolean
host_has_labels(const PlanSettings *settings, const GPtrArray *label_matchers, const char *host,
                const GPtrArray *wanted)
{
    for (guint i = 0; i < wanted->len; i++)
        if (!host_has_label(settings, label_matchers, host, g_ptr_array_index(wanted, i)))
            return FALSE;
    return wanted->len > 0;
}

/* A catch-all at the end of the plan file is a fair way to write one: a note, not a warning. */
static void
report_shared_hosts(Planning *planning, const PoolSettings *settings, guint n_shared, guint32 first)
{
    const PlanPool *earlier = g_ptr_array_index(planning->plan->pools, planning->pool_of[first]);

    planning_add_finding(
        planning, FINDING_NOTE, "host-in-two-pools", NULL,
        n_shared == 1
            ? g_strdup_printf("pool %s names host %s, which stays in the earlier pool %s",
                              settings->name, fleet_host(planning->fleet, first)->name,
                              earlier->settings->name)
            : g_strdup_printf("pool %s names %u hosts that an earlier pool has, such as %s in pool "
                              "%s; they stay in the earlier one",
                              settings->name, n_shared, fleet_host(planning->fleet, first)->name,
                              earlier->settings->name),
        "narrow the pool's host patterns in the plan file if this is not meant");
}

static void
add_member(Planning *planning, PlanPool *pool, guint32 host)
{
    if (planning_host_cpu(planning, host)->problem != NULL)
        g_array_append_val(pool->quarantined, host);
    else
        g_array_append_val(pool->hosts, host);
}

static void
collect_members(Planning *planning, guint index, const GPtrArray *label_matchers)
{
    const PoolSettings *settings = g_ptr_array_index(planning->settings->pools, index);
    PlanPool *pool = plan_pool_new(settings);
    g_autoptr(NameMatcher) matcher = name_matcher_new(settings->hosts);
    g_autofree guint8 *is_named = g_new0(guint8, planning->fleet->hosts->len);
    guint n_shared = 0;
    guint32 first_shared = 0;

    g_ptr_array_add(planning->plan->pools, pool);
    name_matcher_mark_hosts(matcher, planning->fleet, is_named);
    for (guint32 i = 0; i < planning->fleet->hosts->len; i++) {
        if (!is_named[i] &&
            (settings->labels->len == 0 ||
             !host_has_labels(planning->settings, label_matchers,
                              fleet_host(planning->fleet, i)->name, settings->labels)))
            continue;
        if (planning->pool_of[i] != FLEET_NO_INDEX) {
            if (n_shared++ == 0)
                first_shared = i;
            continue;
        }
        planning->pool_of[i] = index;
        add_member(planning, pool, i);
    }
    if (n_shared > 0)
        report_shared_hosts(planning, settings, n_shared, first_shared);
    if (pool->hosts->len + pool->quarantined->len == 0)
        planning_add_finding(planning, FINDING_WARNING, "pool-empty", NULL,
                             g_strdup_printf("pool %s has no host", settings->name),
                             "check the pool's host patterns and labels in the plan file");
}

void
planning_assign_pools(Planning *planning)
{
    g_autoptr(GPtrArray) label_matchers = matchers_of_labels(planning->settings);

    for (guint32 i = 0; i < planning->fleet->hosts->len; i++)
        planning->pool_of[i] = FLEET_NO_INDEX;
    for (guint i = 0; i < planning->settings->pools->len; i++)
        collect_members(planning, i, label_matchers);
    for (guint32 i = 0; i < planning->fleet->hosts->len; i++)
        if (planning->pool_of[i] == FLEET_NO_INDEX)
            g_array_append_val(planning->plan->unassigned, i);
}
