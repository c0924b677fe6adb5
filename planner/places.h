/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_PLACES_H
#define PLANNER_PLACES_H

/*
 * What checks look at in a host beside its CPU and its TSC: the software on it (with its machine
 * types), and the system it is (what it can do about migration, who it is taken for, how large it
 * is).
 *
 * Hosts with equal records share an index. A figure that no guest of the fleet asks for is left out
 * of the record, so that it does not tell hosts apart.
 */

#include <fleet/fleet.h>
#include <fleet/settings.h>

G_BEGIN_DECLS

#define VERSION_MAX (G_MAXUINT32 - 1)

/*
 * What is known of a version, as libvirt numbers them (major * 1000000 + minor * 1000 + release):
 * it is neither below LOW nor above HIGH. All is possible from 0 to VERSION_MAX: not told.
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
    gboolean is_models_told; /* it lists the CPU models that its QEMU has */
} SoftwareProfile;

typedef struct {
    guint32 capabilities; /* index in Fleet.capabilities; FLEET_NO_INDEX: not told */
    guint32 twins;      /* hosts with the same UUID have the same number here; 0: no other has it */
    guint64 memory_kib; /* guests that need no more than this fit by memory; G_MAXUINT64: all */
    guint32 n_cpus;     /* 0: not told, or no guest is bound to CPUs */
    guint32 n_numa_cells; /* 0: not told, or no guest is bound to NUMA nodes */
    /* interned: "2048:33554432": of each size of huge pages that the host has and a guest asks for,
     * the largest guest's memory in KiB that they hold; size 0 is the host's default one; NULL: not
     * told, or no guest asks */
    const char *huge_pages;
} SystemProfile;

/* The software of that name in the data, "qemu". */
Software places_software(const char *name);

/* What GUEST asks of pages of SIZE_KIB: its memory, or 0 where several sizes share that. */
guint64 places_memory_in_pages(const Guest *guest);

G_END_DECLS

#endif
