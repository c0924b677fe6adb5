/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_WHATIF_H
#define PLANNER_WHATIF_H

/*
 * Imagined changes of a fleet and of its settings. Each changes in place what the caller loaded for
 * the purpose; planner_plan_change() then tells the difference to what really is.
 */

#include <fleet/document.h>
#include <fleet/plan.h>

G_BEGIN_DECLS

/*
 * Adds the hosts that DOCUMENTS (of Document*) describe, or replaces hosts of the same name; the
 * records are taken out of the documents, guests too. What a host's documents do not tell about
 * software (a CPUID dump tells nothing) is taken from what most hosts of the fleet have. RET_NAMES
 * (of char*) gets the names of the hosts, sorted.
 */
void whatif_add_hosts(Fleet *fleet, const GPtrArray *documents, GPtrArray *ret_names);

/* Removes the hosts that GLOB matches, with their guests; returns how many. */
guint whatif_remove_hosts(Fleet *fleet, const char *glob);

/*
 * The best answer to migrating GUEST, of the plan BEFORE, to a host that is in the fleet AFTER too,
 * or, where IS_START, to starting it there; NO where there is no such host.
 */
Verdict whatif_best_way_out(const Plan *before, const GuestPlan *guest, const Fleet *after,
                            gboolean is_start);

/*
 * Does a document of FLEET name the CPU feature NAME? Those of other architectures than x86 are in
 * no CPU map, and an x86 host may have one that the map does not know.
 */
gboolean whatif_is_feature_named(const Fleet *fleet, const char *name);

/*
 * Takes FEATURE, and what cannot be used without it, from every host that GLOB matches; returns how
 * many hosts had any of them.
 */
guint whatif_lose_feature(Fleet *fleet, const CpuMap *map, const char *feature, const char *glob);

/* Disables FEATURE in every pool; planning takes what depends on it away too. */
void whatif_disable_feature(PlanSettings *settings, const char *feature);

/* Makes the host of that name a member of POOL, unless an earlier pool of the file names it. */
void whatif_assign_host(PoolSettings *pool, const char *host);

G_END_DECLS

#endif
