/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_DRAIN_STATE_H
#define PLANNER_DRAIN_STATE_H

/*
 * What drains and failover know of one pool: the guests of each host, the memory that is free, and
 * the hosts that each guest can go to.
 *
 * A guest that is shut off only has to start elsewhere, and needs no memory. Definitions that were
 * collected from the configuration do not tell; unless some guest of the fleet is known to run, all
 * are taken to.
 */
#include "drain_memory.h"
#include "packing.h"
#include "planning.h"
#include "room.h"

G_BEGIN_DECLS

#define DRAIN_EFFORT 20000 /* placements tried for one question */

/* The hosts that guests with the same targets can go to, the one with most room first. */
typedef struct {
    GArray *certain;      /* of guint32: hosts, yes or warn */
    gboolean has_unknown; /* there are more, but it is not known whether they will do */
} Candidates;

/* Memory that a host gives to a guest of a host that failed. */
typedef struct {
    guint32 bin; /* of DrainMemory */
    guint64 kib;
} Shelter;

typedef struct {
    const Planning *planning;
    const PlanPool *pool;
    GArray **guests_of; /* by host: of guint32, indexes of Plan.guests; NULL for none */
    guint64 *used_kib;  /* by host */
    DrainMemory *memory;
    GArray *by_room;           /* of guint32: the pool's hosts, most room first */
    GHashTable *candidates_of; /* targets array and whether it runs -> Candidates* */
    gboolean is_state_known;   /* some guest of the fleet is known to run */
    GArray *shelters;          /* of Shelter: where the failed hosts' guests go while no host is
                                  empty; NULL until that is found */
    Room *room; /* while the pool's failover is judged: notes the failures; else NULL */
} DrainState;

/* Guests that leave the hosts that are to be emptied; see leaving.h. */
typedef struct Leaving Leaving;

DrainState *drain_state_new(const Planning *planning, const PlanPool *pool);
void drain_state_free(DrainState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrainState, drain_state_free)

/* The pool's hosts, the largest memory first (of guint32). Owned by the caller. */
GArray *drain_hosts_by_memory(const DrainState *state);

/* The functions below take a guest as an index of Plan.guests. */

gboolean drain_must_migrate(const DrainState *state, guint32 guest); /* live; else it starts */
guint64 drain_needed_kib(const DrainState *state, guint32 guest);    /* where it goes to */
/* It runs, and the plan file does not leave it down with its host. */
gboolean drain_has_failover(const DrainState *state, guint32 guest);

/* Where the guest can go to: live, or with a start. Belongs to STATE. */
const Candidates *drain_candidates(DrainState *state, guint32 index, gboolean is_live);

/* Is HOST among HOSTS (of guint32)? */
gboolean drain_has_host(const GArray *hosts, guint32 host);
/*
 * The bins of DrainMemory that would hold the guest where it can go to for certain, but for the
 * hosts EXCLUDED (of guint32). IS_COMPLETE becomes FALSE where there may be more. The caller's.
 */
GArray *drain_bins(DrainState *state, guint32 guest, gboolean is_live, const GArray *excluded,
                   gboolean *is_complete);

/*
 * Could the pool's largest hosts fail, as many as it asks for, and their guests all start
 * elsewhere? BY_MEMORY (of guint32) are its hosts, the largest first. LEAVING (NULL: none) are the
 * guests of hosts that have been emptied; they are at PLACES, bins by its items. What they need is
 * to be taken from the free memory of STATE already.
 */
Verdict failover_judge(DrainState *state, const GArray *by_memory, const Leaving *leaving,
                       const guint32 *places);

/*
 * Could any hosts of the pool fail, as many as it asks for, and their guests all start elsewhere?
 * Tried are the failure of each single host and that of the largest together; and of each guest it
 * is asked whether it has more hosts to start on than may fail. RET_TEXT, the caller's, is half a
 * sentence: which failure was the worst, and what becomes of the guests then.
 */
Verdict failover_judge_pool(DrainState *state, const GArray *by_memory, char **ret_text);

G_END_DECLS

#endif
