/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_PLANNER_PLANNER_FIXTURE_H
#define TESTS_PLANNER_PLANNER_FIXTURE_H

/*
 * What tests of whole plans share: the built-in CPU map, fleets from rows of hosts, and looks into
 * a plan of one pool.
 */

#include "fleet_builder.h"

#define OLD_MODEL "Haswell-noTSX-IBRS"
#define NEW_MODEL "Skylake-Server-noTSX-IBRS"
#define OLD_HOST .model = OLD_MODEL, .is_host_model = TRUE
#define NEW_HOST .model = NEW_MODEL, .is_host_model = TRUE

/* From load_map() to drop_map(), the set-up and tear-down of a group. */
extern CpuMap *map;
int load_map(void **state);
int drop_map(void **state);

FleetBuilder *builder_with(const HostSpec *specs, guint n_specs);
Fleet *fleet_of(const HostSpec *specs, guint n_specs);
/* As if what KLASS of the pool "p" plans had been accepted in run 1. */
void publish_class(Fleet *fleet, const PlanClass *klass);

const PlanPool *only_pool(const Plan *plan);
const GuestPlan *guest_at(const Plan *plan, guint index);
gboolean has_string(const GPtrArray *strings, const char *wanted);
/* The first of that id, and about HOST unless it is NULL; NULL when there is none. */
const DriftItem *find_drift(const Plan *plan, const char *id, const char *host);
/* The one of that id; NULL when there is none. Fails the test when there are several. */
const Finding *find_finding(const Plan *plan, const char *id);

#endif
