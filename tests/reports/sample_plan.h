/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_REPORTS_SAMPLE_PLAN_H
#define TESTS_REPORTS_SAMPLE_PLAN_H

/*
 * A plan made by hand, with everything that a report can show: two pools (ladder and auto), pairs
 * that go one way, stuck guests, drift, a broken contract, findings, refused and planned device
 * maps, and names that try to act where they are printed.
 */

#include <fleet/plan.h>

typedef struct {
    CpuMap *map; /* may be NULL */
    Fleet *fleet;
    PlanSettings *settings;
    Plan *plan;
} SamplePlan;

/* Names that must stay text everywhere. */
#define SAMPLE_HOSTILE_HOST "<script>alert(1)</script>"
#define SAMPLE_HOSTILE_FORMULA "=cmd|' /C calc'!A0"
#define SAMPLE_HOSTILE_TERMINAL "term\033[31mred"
#define SAMPLE_HOSTILE_PATH "../../etc/passwd"

/* A plan of N_HOSTS (at least 20) hosts and half as many guests, up to 5,000. */
SamplePlan *sample_plan_new(guint n_hosts);

/* A plan of nothing: no hosts, no guests, one pool without members. */
SamplePlan *sample_plan_new_empty(void);

void sample_plan_free(SamplePlan *sample);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SamplePlan, sample_plan_free)

/* What tests of the same plan have for their group: *STATE is one of SAMPLE_N_HOSTS hosts. */
#define SAMPLE_N_HOSTS 40
int sample_plan_set_up(void **state);
int sample_plan_tear_down(void **state);

#endif
