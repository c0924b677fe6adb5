/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_CPU_FACTS_EMULATED_H
#define PLANNER_CPU_FACTS_EMULATED_H

#include "check_input.h"

G_BEGIN_DECLS

/* A guest without KVM that starts on TARGET. */
void cpu_facts_fill_emulated(const Planning *planning, const Traveller *traveller,
                             const HostCpu *target, CpuFacts *facts);

G_END_DECLS

#endif
