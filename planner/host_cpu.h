/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_HOST_CPU_H
#define PLANNER_HOST_CPU_H

/*
 * What guests can use of a host's CPU: the planner's view of a CPU profile together with the domain
 * capabilities that came with it. Hosts that say the same share one HostCpu.
 *
 * Where the domain capabilities have a host-model, that is what guests can use; otherwise it is the
 * host's own CPU without the features that KVM keeps to the host, and with those that it gives to
 * every guest.
 */

#include <fleet/fleet.h>

#include "universe.h"

G_BEGIN_DECLS

typedef struct {
    CpuArch arch;
    CpuFamily family;
    const char *vendor;               /* NULL: not stated */
    const char *model;                /* of the definition below; NULL: not stated */
    const CpuProfile *profile;        /* NULL: only domain capabilities came */
    const DomainCapabilities *domain; /* for the CPU; NULL: none for KVM came */
    const Host *host;                 /* one of those that share this */
    const CpuDefinition *definition;  /* what guests are compared with; NULL when not usable */
    gboolean is_host_model;           /* definition is the domain capabilities' host-model */
    CpuDefinition *own_definition; /* where definition is the host's own CPU, with what KVM adds */
    CpuSet set;                    /* what a guest can have */
    CpuSet given;                  /* what a guest gets that leaves it to the host */
    CpuSet maybe;  /* beside set: features that the host's libvirt is too old to name, and untold */
    CpuSet untold; /* those that only domain capabilities tell, where there are none, or disagree,
                      also with the host's own CPU */
    CpuSet named;  /* of untold: for guests that name them, on machine types before named_since */
    guint named_since;           /* as machine_type_qemu_version(); 0: NAMED is empty */
    guint physical_address_bits; /* 0: not stated; x86 alone */
    char *problem;               /* why the host cannot be planned; NULL when it can */
    char *remedy;
    const char *problem_id; /* static */
    GHashTable *models; /* name -> const CpuHypervisorModel*, borrowed: what its hypervisor lists;
                           NULL: not told */
    guint libvirt_era;  /* the newest libvirt release that the host's is newer than; 0: any */
} HostCpu;

void host_cpu_free(HostCpu *cpu);

/*
 * The domain capabilities that tell most of guests of ARCH and TYPE with MACHINE (NULL: any): what
 * CPU guests can have does not depend on the machine type, but devices and limits do. NULL: none.
 */
const DomainCapabilities *host_cpu_domain(const HostCpu *cpu, const Fleet *fleet, CpuArch arch,
                                          DomainTypes type, const char *machine);

/*
 * UNIVERSES has one Universe per CpuFamily. HOST stands for all that share its CPU and domain set.
 */
HostCpu *host_cpu_new(const Fleet *fleet, const Host *host, Universe *const *universes);

/*
 * Parts MISSING, features that CPU's set lacks, by what is known of that: those that it may have
 * all the same go to *RET_UNTOLD where only domain capabilities tell, else to *RET_UNSURE.
 */
void host_cpu_part_missing(const HostCpu *cpu, CpuSet *missing, CpuSet *ret_unsure,
                           CpuSet *ret_untold);

/* Do both tell that they have one CPU for their guests? FALSE where one does not tell its model. */
gboolean host_cpu_is_same(const HostCpu *a, const HostCpu *b);

/*
 * Hosts whose keys differ are never put in one class: arch and vendor; for families that have no
 * features in common also the model. Owned by the caller.
 */
char *host_cpu_class_key(const HostCpu *cpu, VendorRule rule);

G_END_DECLS

#endif
