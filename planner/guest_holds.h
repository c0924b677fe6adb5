/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_GUEST_HOLDS_H
#define PLANNER_GUEST_HOLDS_H

#include "planning.h"

G_BEGIN_DECLS

/*
 * The change that would open most hosts to a guest which can migrate to none, and what it takes:
 * fills PLAN's held_by, obstacle, remedy, n_cured_hosts and cured_groups from its targets. What
 * several checks hold against one CPU definition is one change: another definition.
 */
void guest_holds_find(const Planning *planning, GuestPlan *plan);

/* How many hosts of GROUP the guest could go to: all but its own. */
guint guest_other_hosts(const Planning *planning, const GuestPlan *plan, guint32 group);

G_END_DECLS

#endif
