/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_LEAVING_H
#define PLANNER_LEAVING_H

/*
 * The guests of hosts that are to be emptied, and where they go. Each needs another host that it
 * can migrate to, or start on when it is shut off, and that has the memory. A yes is a placement of
 * all of them that was found; a no is proven: a guest has no host to go to, or all ways to place
 * them were tried. Where there are too many ways, or hosts do not tell enough, the answer is
 * "unknown".
 */
#include "drain_state.h"

G_BEGIN_DECLS

/* A guest that needs no memory, and a host on which it can start. */
typedef struct {
    guint32 guest; /* index of Plan.guests */
    guint32 host;
} LeavingStart;

struct Leaving {
    const GArray *emptied; /* of guint32: the hosts; borrowed */
    guint n_guests;        /* all of them */
    GArray *items;         /* of PackItem */
    GArray *guests;        /* of guint32: each item's guest, an index of Plan.guests */
    GPtrArray *bins;       /* of GArray* of guint32, the items' own, of DrainMemory */
    GArray *starts;        /* of LeavingStart */
    GArray *stranded;      /* of guint32: those with no place to go, indexes of Fleet.guests */
    GArray *not_known;     /* of guint32: those of which it is not known, likewise */
    gboolean is_complete;  /* every host that might do is among the bins, and none can get more */
    gboolean has_pages;    /* a guest needs huge pages, of which hosts can reserve more */
};

/* The guests of the hosts EMPTIED (of guint32), which must live as long. */
void leaving_init(DrainState *state, const GArray *emptied, Leaving *leaving);
void leaving_release(Leaving *leaving);

/*
 * Looks for a place for each, and tells whether the pool's failover survives it. BY_MEMORY as for
 * failover_judge(). With a yes or a warning RET_PLACES, the caller's to free, has the bin of each
 * item, else it is NULL. RET_TEXT is a sentence, the caller's.
 */
Verdict leaving_settle(DrainState *state, const Leaving *leaving, const GArray *by_memory,
                       guint32 **ret_places, char **ret_text);

G_END_DECLS

#endif
