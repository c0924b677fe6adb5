/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <planner/planner.h>

#include "planning.h"

Plan *
planner_plan(const Fleet *fleet, const Fleet *earlier, const PlanSettings *settings, CpuMap *map,
             PlannerParts parts)
{
    g_autoptr(Planning) planning = planning_new(fleet, settings, map);
    Plan *plan = planning->plan;

    planning_assign_pools(planning);
    for (guint i = 0; i < plan->pools->len; i++)
        planning_make_classes(planning, g_ptr_array_index(plan->pools, i));
    (void)earlier;
    (void)parts;
    g_ptr_array_sort(plan->findings, finding_compare);
    return plan;
}
