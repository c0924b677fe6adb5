/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_SOFTWARE_PROFILE_H
#define PLANNER_SOFTWARE_PROFILE_H

/*
 * What checks look at in a host's software, with its machine types. Hosts with equal records share
 * an index: see planning_describe_software().
 */

#include <cpumodel/version.h>
#include <fleet/host.h>

#include "data.h"

G_BEGIN_DECLS

#define VERSION_MAX (G_MAXUINT32 - 1)

/*
 * What is known of a version: it is neither below LOW nor above HIGH. All is possible from 0 to
 * VERSION_MAX: not told.
 */
typedef struct {
    guint32 low, high;
} VersionRange;

static inline gboolean
version_is_told(const VersionRange *range)
{
    return range->low != 0 || range->high != VERSION_MAX;
}

typedef struct {
    guint32 machines; /* index in Fleet.machines; FLEET_NO_INDEX: not told */
    VersionRange versions[SOFTWARE_COUNT];
    guint32 given;   /* watched features that guests have which take their CPU from the host */
    guint32 offered; /* those that guests can have */
    gboolean is_hyperv_told; /* its libvirt lists Hyper-V enlightenments, or that there are none */
    gboolean is_models_told; /* it lists the CPU models that its QEMU has */
} SoftwareProfile;

/* What libvirt knows since: <maxphysaddr> of a CPU; the watchdog itco, which it adds to q35. */
#define LIBVIRT_KNOWS_MAXPHYSADDR VERSION_NUMBER(8, 7)
#define LIBVIRT_KNOWS_ITCO VERSION_NUMBER(9, 1)

/* Does DOMAIN list Hyper-V enlightenments? */
gboolean domain_lists_hyperv(const DomainCapabilities *domain);
/* The software of that name in the planner's data: "qemu"; it must be one. */
Software software_from_name(const char *name);
/* Is ROW of hosts and guests of ARCH? */
gboolean bad_pair_is_of_arch(const BadPairRow *row, CpuArch arch);

G_END_DECLS

#endif
