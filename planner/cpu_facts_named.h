/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_CPU_FACTS_NAMED_H
#define PLANNER_CPU_FACTS_NAMED_H

/*
 * The parts of the CPU facts that are about guests whose CPU the hypervisor alone judges: those of
 * families that libvirt does not look into, where it calls everything identical and leaves the
 * refusing to QEMU; and those without KVM, whose CPU QEMU makes.
 */

#include "check_input.h"

G_BEGIN_DECLS

/* A guest without KVM that starts on TARGET. */
void cpu_facts_fill_emulated(const Planning *planning, const Traveller *traveller,
                             const HostCpu *target, CpuFacts *facts);

/* The guest's vendor NEEDED (NULL: it names none) against the target's. */
void cpu_facts_need_vendor(const char *needed, const HostCpu *target, CpuFacts *facts);

/* Says FIT of MODEL. */
void cpu_facts_set_model(ModelFit fit, const char *model, CpuFacts *facts);

/*
 * MODEL (NULL: the guest names none) against those that the target's QEMU and libvirt list, beside
 * which none can be started there.
 */
void cpu_facts_need_model(const char *model, const HostCpu *target, CpuFacts *facts);

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
