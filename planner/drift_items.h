/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_DRIFT_ITEMS_H
#define PLANNER_DRIFT_ITEMS_H

/* The list of what changed between two plans, while it is being made. */

#include "planning.h"

G_BEGIN_DECLS

typedef struct {
    const Planning *before, *now;
    GPtrArray *items;    /* of DriftItem* */
    GHashTable *changes; /* drift_hosts.c: pair of HostCpu indexes -> CpuChange*; else NULL */
} Drift;

/* Adds an item, and returns it for its cause and features. ID is static, TEXT is taken. */
DriftItem *drift_add(Drift *drift, const char *id, gboolean is_actionable, const char *host,
                     const char *subject, char *text);

/* How many names an item's sentence tells; more are counted. */
#define DRIFT_LISTED 8

/* Those of A (of char*, sorted) that B, which is alike, lacks. Owned by the caller. */
GPtrArray *drift_names_without(const GPtrArray *a, const GPtrArray *b);

G_END_DECLS

#endif
