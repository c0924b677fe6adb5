/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_MACHINE_TYPES_H
#define PLANNER_MACHINE_TYPES_H

#include <fleet/host.h>
#include <glib.h>

G_BEGIN_DECLS

/*
 * What the names of machine types tell: of QEMU's own ("pc-q35-9.2") and of those that
 * distributions name after themselves (distribution_machines.yaml).
 */

/* The QEMU release that a distribution's machine type NAME is made from; 0: not known. */
guint machine_type_distribution_release(const char *name);

/*
 * QEMU keeps only versioned machine types as they are from release to release; what "virt" is on
 * riscv64, or "microvm", changes with it. FALSE for those, and for boards of other hypervisors
 * ("xenfv-4.2"). Distributions' own versions have names for numbers: "pc-q35-noble".
 */
gboolean machine_type_is_versioned(const char *name);

/* The most physical address bits that guests on x86 have where they do not say how many. */
#define MACHINE_TYPE_DEFAULT_ADDRESS_BITS 40

/*
 * ... and with the machine type NAME, NULL for one that is not known: distributions have some that
 * give as many bits as the host has (QEMU's host-phys-bits), up to these. Sources: CentOS Stream's
 * qemu-kvm, which limits its own to 48; Ubuntu's define-ubuntu-machine-types.patch, which limits
 * those with "-hpb" in their names in nothing, so that the processor's 52 are the most.
 */
guint machine_type_most_address_bits(const char *name);

/*
 * Is NAME versioned, its release known, and does none of NAMES (of char*) that is of the same kind,
 * such as "pc-q35", come with a greater one? What a distribution puts behind its release makes
 * another kind ("pc-q35-jammy-hpb"), but for a later edition of the same ("pc-q35-noble-v2").
 * Linear.
 */
gboolean machine_type_is_newest(const GPtrArray *names, const char *name);

G_END_DECLS

#endif
