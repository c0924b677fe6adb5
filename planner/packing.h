/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_PACKING_H
#define PLANNER_PACKING_H

/* Putting things of known size into bins of known room, where each thing fits some bins only. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
    guint64 size;
    const guint32 *bins; /* that will do for it, whatever their room */
    guint n_bins;
} PackItem;

typedef enum {
    PACK_FOUND,   /* all are in a bin */
    PACK_NONE,    /* it is proven that they do not all fit */
    PACK_GAVE_UP, /* no way was found, and not every way was tried */
} PackResult;

/*
 * Tries to put all of ITEMS into bins, each item into one of its own, so that no bin's ROOM (by
 * bin) gets negative; a bin that is negative already takes items of size 0 only. KIND_OF (by bin)
 * tells bins apart: items that name a bin name all bins of its kind, but for bins that no item may
 * take. On PACK_FOUND, RET_BINS has each item's bin and ROOM is less what they take; else ROOM is
 * as it was. The fewer bins and the larger the items at the front, the sooner it ends.
 *
 * Most room first, then all ways up to EFFORT placements.
 */
PackResult pack_items(const PackItem *items, guint n_items, gint64 *room, const guint32 *kind_of,
                      guint effort, guint32 *ret_bins);

G_END_DECLS

#endif
