/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORTS_PLAN_JSON_H
#define REPORTS_PLAN_JSON_H

/*
 * The plan as one JSON document; docs/plan.schema.json is its manual.
 */

#include "json_writer.h"
#include "summary.h"

typedef struct {
    gboolean is_compact;
    /* What a page has no room for, and the whole document has: */
    guint max_listed;         /* hosts, guests; 0: all */
    guint64 max_target_bytes; /* of guests' answers for each group; 0: all */
    guint64 max_device_bytes; /* of device maps; 0: all */
} PlanJsonOptions;

void plan_json_write(const Plan *plan, const PlanJsonOptions *options, Output *output);

/* ---- parts, each in its own file ------------------------------------------------------------ */

/* The distinct reasons of the document, in the order in which they were met. */
typedef struct BlockerTable BlockerTable;

BlockerTable *blocker_table_new(void);
void blocker_table_free(BlockerTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BlockerTable, blocker_table_free)
/* OUTCOMES, whose reasons are written as positions in TABLE. */
void plan_json_outcomes(JsonWriter *json, const GPtrArray *outcomes, BlockerTable *table);
/* The reasons that were met. */
void plan_json_blockers(JsonWriter *json, const BlockerTable *table);

void plan_json_pools(JsonWriter *json, const Plan *plan, BlockerTable *table);
void plan_json_guests(JsonWriter *json, const Plan *plan, const PlanJsonOptions *options,
                      BlockerTable *table);
void plan_json_addresses(JsonWriter *json, const Plan *plan, const PlanJsonOptions *options);

/* Is there room for more after USED bytes of at most MAX? 0: always. */
gboolean plan_json_has_room(guint64 used, guint64 max);
/* How many of N are listed. */
guint plan_json_n_listed(const PlanJsonOptions *options, guint n);
/* A reason's position in TABLE. */
guint32 blocker_table_index(BlockerTable *table, Blocker *blocker);
void plan_json_finding(JsonWriter *json, const Finding *finding);

#endif
