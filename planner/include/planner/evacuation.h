/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_EVACUATION_H
#define PLANNER_EVACUATION_H

/*
 * Several hosts emptied at once, as before the power of a rack is cut: can all of their guests go
 * to hosts that stay, and which goes where?
 */

#include <fleet/plan.h>

G_BEGIN_DECLS

/* A guest and the host that it goes to. */
typedef struct {
    guint32 guest;    /* index in Fleet.guests */
    guint32 to;       /* index in Fleet.hosts; FLEET_NO_INDEX where it has none, or not all fit */
    gboolean is_live; /* it migrates; else it is shut off, and is started there */
    Verdict verdict;  /* is there a host that it can go to, be it full? */
} EvacuationMove;

/* The hosts that are emptied of one pool; guests stay in their pool. */
typedef struct {
    guint32 pool;  /* index in PlanSettings.pools */
    GArray *hosts; /* of guint32 */
    Verdict verdict;
    char *text;    /* a sentence */
    GArray *moves; /* of EvacuationMove: all guests of the hosts, by index. With a yes or a warning
                      each has a host, and all fit */
} Evacuation;

/*
 * Plans FLEET by SETTINGS, as planner_plan() does, and empties HOSTS (of guint32). One Evacuation*
 * for each pool that has any of them, in the order of the pools; the caller's. Hosts of no pool are
 * left out.
 */
GPtrArray *planner_evacuate(const Fleet *fleet, const PlanSettings *settings, CpuMap *map,
                            const GArray *hosts);

G_END_DECLS

#endif
