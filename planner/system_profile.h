/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_SYSTEM_PROFILE_H
#define PLANNER_SYSTEM_PROFILE_H

/*
 * What checks look at in the system that a host is: what it can do about migration, who it is taken
 * for, how large it is. Hosts with equal records share an index: see planning_describe_systems().
 *
 * A figure that no guest of the fleet asks for is left out of the record, so that it does not tell
 * hosts apart.
 */

#include <fleet/guest.h>

G_BEGIN_DECLS

typedef struct {
    guint32 capabilities; /* index in Fleet.capabilities; FLEET_NO_INDEX: not told */
    guint32 twins;      /* hosts with the same UUID have the same number here; 0: no other has it */
    guint64 memory_kib; /* guests that need no more than this fit by memory; G_MAXUINT64: all */
    guint32 n_cpus;     /* 0: not told, or no guest is bound to CPUs */
    guint32 n_numa_cells; /* 0: not told, or no guest is bound to NUMA nodes */
    const char *huge_pages; /* interned, for system_profile_pages(); NULL: not told, or no guest
                               of the fleet asks */
    /* of const Guest*, of the planning: its guests whose name or UUID another guest of the fleet
     * has; NULL: none */
    const GPtrArray *contested_guests;
    const char *claims; /* of guest_claims_of_host(); NULL: nothing that a guest could bring */
} SystemProfile;

/*
 * How much memory GUEST asks for in huge pages, in KiB: all that it has; 0 where it asks for none,
 * and where pages of several sizes share it, since the shares are not known.
 */
guint64 guest_memory_in_pages_kib(const Guest *guest);

/* The size of the huge pages that TRAIT asks for, in KiB; 0: the host's default one. */
guint64 guest_trait_page_size_kib(const GuestTrait *trait);

/*
 * The memory of the largest guest of the fleet that SYSTEM's huge pages of SIZE_KIB hold, in KiB; 0
 * is the host's default size. FALSE, with *RET_KIB 0: it has none of that size, or tells none.
 */
gboolean system_profile_pages(const SystemProfile *system, guint64 size_kib, guint64 *ret_kib);

G_END_DECLS

#endif
