/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_DRAIN_MEMORY_H
#define PLANNER_DRAIN_MEMORY_H

/*
 * What guests of a pool have of the memory of its hosts. A host that has reserved huge pages has
 * several kinds of it: the pages of each size serve nobody else, and what is left is for the guests
 * that ask for none. Each kind of each host is a bin for packing.h; the first bins are the hosts'
 * ordinary memory, by the index of the host in the fleet.
 *
 * Source: libvirt's capabilities, the <pages> of each <cell>, which are all that are reserved.
 */
#include "planning.h"

G_BEGIN_DECLS

typedef struct DrainMemory DrainMemory;

struct DrainMemory {
    guint n_hosts;
    GArray *sizes_kib; /* of guint64: sizes of huge pages that a host of the pool has reserved */
    guint8 *kind_of_guest; /* by index in Plan.guests; see drain_memory.c */
    guint8 *n_sizes;       /* by host: sizes of huge pages that it has reserved */
    guint8 *last_kind;     /* by host: that of the last of them */
    gint64 *free_kib;      /* by bin */
    guint32 *group_of;     /* by bin: those with the same number are alike */
};

/* Of the hosts of POOL and its guests, which take nothing yet: see drain_memory_take(). */
DrainMemory *drain_memory_new(const Planning *planning, const PlanPool *pool);
void drain_memory_free(DrainMemory *memory);

/*
 * The bin that would hold GUEST (an index of Plan.guests) on HOST; FLEET_NO_INDEX: it is not told
 * how much there is of such memory, or which pages the guest would get.
 */
guint32 drain_memory_bin(const DrainMemory *memory, const Planning *planning, guint32 guest,
                         guint32 host);
guint32 drain_memory_host(const DrainMemory *memory, guint32 bin);

/* Is BIN one of huge pages? A host can be told to reserve more of them at any time. */
gboolean drain_memory_is_pages(const DrainMemory *memory, guint32 bin);

/*
 * GUEST has KIB on HOST. Where it is not told of which memory, it may have all of it in pages of
 * each size, or in ordinary memory where there are no such pages.
 */
void drain_memory_take(DrainMemory *memory, const Planning *planning, guint32 guest, guint32 host,
                       guint64 kib);

/* What is free on HOST, of all kinds; negative where guests have more than there is. */
gint64 drain_memory_free_kib(const DrainMemory *memory, guint32 host);

G_END_DECLS

#endif
