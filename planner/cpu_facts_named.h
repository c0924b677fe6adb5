/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_CPU_FACTS_NAMED_H
#define PLANNER_CPU_FACTS_NAMED_H

/*
 * The CPU facts of guests whose CPU the hypervisor alone judges: those of families that libvirt
 * does not look into, where it calls everything identical and leaves the refusing to QEMU.
 */

#include "check_input.h"

G_BEGIN_DECLS

/* A custom CPU that goes from SOURCE (NULL: not known) to TARGET, or starts there. */
void cpu_facts_fill_named_custom(const Planning *planning, const Traveller *traveller,
                                 const HostCpu *source, const HostCpu *target, CpuFacts *facts);

/* The CPU that SOURCE gave its guest, going to TARGET, which is of the same family. */
void cpu_facts_fill_named_given(const Traveller *traveller, const HostCpu *source,
                                const HostCpu *target, CpuFacts *facts);

/* What a guest that takes TARGET's CPU asks for beside that. */
void cpu_facts_fill_named_start(const Planning *planning, const Traveller *traveller,
                                const HostCpu *target, CpuFacts *facts);

G_END_DECLS

#endif
