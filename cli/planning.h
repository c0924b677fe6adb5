/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CLI_PLANNING_H
#define CLI_PLANNING_H

/*
 * What every command that plans needs: the plan file with its CPU map, the fleet from the
 * inventory, and the plan with every guest's addresses.
 */

#include "database.h"

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

/* ---- commands that show a plan -------------------------------------------------------------- */

/* The first member of such a command's options. */
typedef struct {
    char *config; /* NULL: one pool of all hosts, on the ladder */
    char *database;
    char *run;
    char *pool; /* NULL: all pools */
} PlanningOptions;

/* Rows for the option table of a command whose options have a PlanningOptions as MEMBER. */
#define PLANNING_OPTIONS(options, member)                                                          \
    {"config",                                                                                     \
     'c',                                                                                          \
     G_OPTION_ARG_FILENAME,                                                                        \
     G_STRUCT_OFFSET(options, member.config),                                                      \
     "the plan file; else one pool of all hosts",                                                  \
     "FILE"},                                                                                      \
        DATABASE_OPTION(options, member.database), DATABASE_RUN_OPTION(options, member.run),       \
    {                                                                                              \
        "pool", 0, G_OPTION_ARG_STRING, G_STRUCT_OFFSET(options, member.pool),                     \
            "show this pool alone", "NAME"                                                         \
    }

/* All that such a command works on. Zero it first; planning_view_release() frees what it holds. */
typedef struct {
    PlanSettings *settings;
    CpuMap *map;
    Inventory *inventory;
    gint64 run; /* 0: the latest */
    Fleet *fleet;
    Plan *plan;
    const PlanPool *pool; /* the one asked for; NULL for all */
} PlanningView;

/* Loads everything and plans PARTS of it. */
gboolean planning_view_open(PlanningView *view, const PlanningOptions *options, PlannerParts parts,
                            GError **error);
/* The same up to and without the plan, for commands that change something first. */
gboolean planning_view_load(PlanningView *view, const PlanningOptions *options, GError **error);
/* Sets the view's pool from OPTIONS once there is a plan. */
gboolean planning_view_choose_pool(PlanningView *view, const PlanningOptions *options,
                                   GError **error);
void planning_view_release(PlanningView *view);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PlanningView, planning_view_release)

/* TRUE when POOL, which may be NULL for what is in none, is to be shown. */
gboolean planning_view_shows(const PlanningView *view, const PlanPool *pool);
/* The same of a change. */
gboolean planning_view_shows_drift(const PlanningView *view, const DriftItem *item);

#endif
