/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FLEET_MACHINE_TYPE_H
#define FLEET_MACHINE_TYPE_H

/*
 * Machine types, and what their names tell: those of QEMU ("pc-q35-9.2") and those that
 * distributions name after themselves ("pc-q35-rhel9.4.0", "pc-q35-noble").
 */

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
    char *name;
    char *canonical; /* NULL when the name is not an alias */
    guint max_vcpus; /* 0: not stated */
    gboolean is_deprecated;
} MachineType;

MachineType *machine_type_new(const char *name, const char *canonical);
void machine_type_free(MachineType *machine);

/* The name that guests run with: what an alias stands for, else the type's own. Borrowed. */
static inline char *
machine_type_canonical(const MachineType *machine)
{
    return machine->canonical != NULL ? machine->canonical : machine->name;
}

/*
 * The QEMU version that the machine type NAME came with, as version.h numbers them ("pc-q35-9.2":
 * 9002000); 0 for names that carry no upstream version ("pc-q35-rhel9.4.0").
 */
guint machine_type_qemu_version(const char *name);

/* The QEMU release that a distribution's machine type NAME is made from; 0: not known. */
guint machine_type_distribution_release(const char *name);

/* Are A and B of one family of boards, whatever their releases: "pc-q35-9.2" and "q35"? */
gboolean machine_type_is_same_family(const char *a, const char *b);

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
 * Those of NAMES (of char*) of whose kind, such as "pc-q35", none has a later release, in their
 * order; names without a release that is known are all among them. What a distribution puts behind
 * its release makes another kind ("pc-q35-jammy-hpb"), but for a later edition of the same
 * ("pc-q35-noble-v2"). The list is owned by the caller, what is in it is borrowed from NAMES.
 */
GPtrArray *machine_type_newest(const GPtrArray *names);

/* Is NAME versioned, its release known, and none of NAMES of its kind later? Linear. */
gboolean machine_type_is_newest(const GPtrArray *names, const char *name);

G_END_DECLS

#endif
