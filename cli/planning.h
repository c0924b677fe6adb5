/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CLI_PLANNING_H
#define CLI_PLANNING_H

/*
 * What every command that plans needs: the plan file with its CPU map, the fleet from the
 * inventory, and the plan with every guest's addresses.
 */

#include <cpumodel/cpu_map.h>
#include <db/inventory.h>
#include <fleet/plan.h>
#include <planner/planner.h>

/* The plan file at PATH and the map that it asks for; both the caller's, NULL on failure. */
gboolean planning_read_settings(const char *path, PlanSettings **ret_settings, CpuMap **ret_map,
                                GError **error);

/* The fleet of RUN (0: the latest) with its guests. */
Fleet *planning_load_fleet(Inventory *inventory, gint64 run, GError **error);

/* As planner_plan(); with PLANNER_ADDRESSES, guests' devices are read and planned too. */
Plan *planning_plan(const Fleet *fleet, const Fleet *earlier, const PlanSettings *settings,
                    CpuMap *map, PlannerParts parts);

#endif
