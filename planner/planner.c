/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <planner/planner.h>

#include "planning.h"

static void
make_classes(Planning *planning)
{
    planning_assign_pools(planning);
    for (guint32 i = 0; i < planning->plan->pools->len; i++)
        planning_make_classes(planning, g_ptr_array_index(planning->plan->pools, i));
}

Plan *
planner_plan(const Fleet *fleet, const Fleet *earlier, const PlanSettings *settings, CpuMap *map,
             PlannerParts parts)
{
    g_autoptr(Planning) planning = planning_new(fleet, settings, map);
    Plan *plan = planning->plan;

    make_classes(planning);
    if ((parts & (PLANNER_MATRIX | PLANNER_GUESTS)) != 0) {
        planning_make_groups(planning);
        for (guint32 i = 0; i < plan->pools->len; i++)
            planning_make_matrices(planning, i);
    }
    if ((parts & PLANNER_GUESTS) != 0) {
        planning_place_guests(planning);
        for (guint32 i = 0; i < plan->pools->len; i++)
            planning_drain_pool(planning, i);
    }
    (void)earlier;
    g_ptr_array_sort(plan->findings, finding_compare);
    return plan;
}
