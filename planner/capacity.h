/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_CAPACITY_H
#define PLANNER_CAPACITY_H

/* What the classes of a pool hold and have left. */
#include "drain_state.h"

G_BEGIN_DECLS

/* The guest that room is counted in; see PlanPool.guest_kib. */
guint64 capacity_guest_kib(const DrainState *state);

/*
 * Fills in the capacity of POOL and its classes, once its failover is judged. ROOM, in which the
 * failures were noted, is NULL where there is no guest to count in.
 */
void capacity_measure(const DrainState *state, PlanPool *pool, const Room *room);

G_END_DECLS

#endif
