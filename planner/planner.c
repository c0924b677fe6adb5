/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The order of the steps, each of which is in a file of its own (planning.h). Drift compares two
 * plans that were made alike, so the fleet of the earlier run is planned too, as far as drift looks
 * at it.
 */
#include <planner/planner.h>

#include "drift.h"
#include "signatures.h"

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
    planning_find_shared_uuids(planning);
    planning_find_guest_twins(planning);
    planning_assign_pools(planning);
    planning_describe_software(planning);
    for (guint i = 0; i < n_pools; i++)
        planning_make_classes(planning, g_ptr_array_index(planning->plan->pools, i));
    contracts_check_pools(planning);
    if ((parts & (PLANNER_MATRIX | PLANNER_GUESTS)) != 0) {
        planning_describe_systems(planning);
        planning_make_groups(planning);
        for (guint32 i = 0; i < n_pools; i++)
            planning_make_matrices(planning, i);
    }
    if ((parts & PLANNER_GUESTS) != 0) {
        planning_place_guests(planning);
        planning_recall_known_stuck(planning);
        contracts_find_outdated_guests(planning);
    }
    return planning;
}

Planning *
planning_of_guests(const Fleet *fleet, const PlanSettings *settings, CpuMap *map)
{
    return plan_fleet(fleet, settings, map, PLANNER_GUESTS);
}

/* The rest, which drift does not compare. */
static void
finish_plan(Planning *planning, PlannerParts parts)
{
    if ((parts & PLANNER_GUESTS) != 0) {
        for (guint32 i = 0; i < planning->settings->pools->len; i++)
            planning_drain_pool(planning, i);
    }
    g_ptr_array_sort(planning->plan->findings, finding_compare);
}

Plan *
planner_plan_change(const Fleet *before, const PlanSettings *settings_before, const Fleet *fleet,
                    const PlanSettings *settings, CpuMap *map, PlannerParts parts)
{
    g_autoptr(Planning) planning = plan_fleet(fleet, settings, map, parts);

    finish_plan(planning, parts);
    if (before != NULL) {
        /* Without guests, drift compares hosts and classes. */
        const PlannerParts compared = before->guests->len > 0 ? parts : PLANNER_CLASSES;
        g_autoptr(Planning) earlier = plan_fleet(before, settings_before, map, compared);

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
