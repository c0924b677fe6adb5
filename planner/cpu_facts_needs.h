/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_CPU_FACTS_NEEDS_H
#define PLANNER_CPU_FACTS_NEEDS_H

/* The facts of a CPU that are the same for all families, with KVM and without. */

#include "check_input.h"

G_BEGIN_DECLS

/* The guest's vendor NEEDED (NULL: it names none) against the target's. */
void cpu_facts_need_vendor(const char *needed, const HostCpu *target, CpuFacts *facts);

/* Says FIT of MODEL. */
void cpu_facts_set_model(ModelFit fit, const char *model, CpuFacts *facts);

/*
 * MODEL (NULL: the guest names none) against those that the target's QEMU and libvirt list, beside
 * which none can be started there.
 */
void cpu_facts_need_model(const char *model, const HostCpu *target, CpuFacts *facts);

/* PROBLEM keeps the CPU from being judged at all. */
void cpu_facts_set_problem(const char *problem, CpuFacts *facts);

G_END_DECLS

#endif
