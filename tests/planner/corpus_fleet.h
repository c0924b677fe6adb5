/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_PLANNER_CORPUS_FLEET_H
#define TESTS_PLANNER_CORPUS_FLEET_H

/*
 * The domain capabilities of the corpus as a fleet: each is a host with the machine types of its
 * QEMU. Its guests have its host-model as a custom CPU, the modes host-model and host-passthrough,
 * and random CPUs.
 */

#include <planner/planner.h>

typedef struct {
    CpuMap *map;
    Fleet *fleet;
    guint n_random;    /* guests of each host with random CPUs */
    gboolean is_plain; /* these only require and disable features */
} Corpus;

/* Is there a corpus? Says so on standard output where there is none. */
gboolean corpus_is_there(void);

/* MAP is taken; the same SEED gives the same guests. */
Corpus *corpus_new(CpuMap *map, guint32 seed, guint n_random, gboolean is_plain);
void corpus_free(Corpus *corpus);

const DomainCapabilities *corpus_domain(const Corpus *corpus, guint32 host);
/* The version in the name of a machine type, "pc-q35-9.2": 9.2. */
gdouble corpus_machine_version(const char *machine);
/* What PLAN says of the guest's going to HOST; NULL when it is not asked. */
const Outcome *corpus_outcome(const Plan *plan, const GuestPlan *guest, guint32 host,
                              gboolean is_start);

#endif
