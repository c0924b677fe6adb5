/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <planner/planner.h>

#include "drift.h"

/* What is doubtful about documents is told with the plan that rests on them. */
static void
carry_findings(Planning *planning)
{
    const GPtrArray *findings = planning->fleet->findings;

    for (guint i = 0; i < findings->len; i++)
        g_ptr_array_add(planning->plan->findings, finding_copy(g_ptr_array_index(findings, i)));
}

static Planning *
plan_fleet(const Fleet *fleet, const PlanSettings *settings, CpuMap *map, PlannerParts parts)
{
    Planning *planning = planning_new(fleet, settings, map);
    const guint n_pools = settings->pools->len;

    planning_check_settings(planning);
    carry_findings(planning);
    planning_assign_pools(planning);
    for (guint i = 0; i < n_pools; i++)
        planning_make_classes(planning, g_ptr_array_index(planning->plan->pools, i));
    if ((parts & (PLANNER_MATRIX | PLANNER_GUESTS)) != 0) {
        planning_make_groups(planning);
        for (guint32 i = 0; i < n_pools; i++)
            planning_make_matrices(planning, i);
    }
    if ((parts & PLANNER_GUESTS) != 0) {
        planning_place_guests(planning);
        for (guint32 i = 0; i < n_pools; i++)
            planning_drain_pool(planning, i);
    }
    g_ptr_array_sort(planning->plan->findings, finding_compare);
    return planning;
}

Plan *
planner_plan_change(const Fleet *before, const PlanSettings *settings_before, const Fleet *fleet,
                    const PlanSettings *settings, CpuMap *map, PlannerParts parts)
{
    g_autoptr(Planning) planning = plan_fleet(fleet, settings, map, parts);

    if (before != NULL) {
        g_autoptr(Planning) earlier = plan_fleet(before, settings_before, map, parts);

        planning_find_drift(earlier, planning);
        plan_free(earlier->plan);
    }
    return planning->plan;
}

Plan *
planner_plan(const Fleet *fleet, const Fleet *earlier, const PlanSettings *settings, CpuMap *map,
             PlannerParts parts)
{
    return planner_plan_change(earlier, settings, fleet, settings, map, parts);
}
