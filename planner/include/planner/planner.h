/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_PLANNER_H
#define PLANNER_PLANNER_H

/*
 * From a fleet to a plan. Pure: no files, no clock, no output; equal arguments give equal plans,
 * byte for byte, on every machine.
 */

#include <fleet/plan.h>

G_BEGIN_DECLS

typedef enum {
    PLANNER_CLASSES = 1 << 0,
    PLANNER_MATRIX = 1 << 1,
    PLANNER_GUESTS = 1 << 2, /* and drains */
    PLANNER_ADDRESSES = 1 << 3,
    PLANNER_EVERYTHING = (1 << 4) - 1
} PlannerParts; /* bit set; each implies those it needs */

/*
 * Plans FLEET by SETTINGS. EARLIER is the fleet of the run to compare with for drift, or NULL.
 * What is wrong with hosts, guests or pools becomes findings of the plan; the call cannot fail.
 * The arguments must outlive the plan. Linear in hosts; quadratic in distinct host profiles.
 */
Plan *planner_plan(const Fleet *fleet, const Fleet *earlier, const PlanSettings *settings,
                   CpuMap *map, PlannerParts parts);

/*
 * The same where the settings changed with the fleet: BEFORE planned by SETTINGS_BEFORE is what
 * drift compares with.
 */
Plan *planner_plan_change(const Fleet *before, const PlanSettings *settings_before,
                          const Fleet *fleet, const PlanSettings *settings, CpuMap *map,
                          PlannerParts parts);

G_END_DECLS

#endif
