/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A quick try comes first: each item into the bin with most room. Where that fails, a search in
 * depth tries all ways, but only one of several bins that are alike and have the same room. Two
 * sums end it early: what the items need against the room of all bins that any of them may take.
 */
#include "packing.h"

typedef struct {
    const PackItem *items;
    guint n_items;
    gint64 *room;
    const guint32 *kind_of;
    guint32 *bins;   /* by item: where it is */
    guint64 *needed; /* by item: the sizes of it and of those after it */
    guint effort;    /* placements that are left to try */
} Packing;

static gboolean
takes(const Packing *packing, guint32 bin, guint64 size)
{
    return size == 0 || packing->room[bin] >= (gint64)size;
}

static void
put(Packing *packing, guint item, guint32 bin)
{
    packing->bins[item] = bin;
    packing->room[bin] -= (gint64)packing->items[item].size;
}

static void
take_out(Packing *packing, guint item)
{
    packing->room[packing->bins[item]] += (gint64)packing->items[item].size;
}

static gboolean
pack_quickly(Packing *packing)
{
    for (guint i = 0; i < packing->n_items; i++) {
        const PackItem *item = &packing->items[i];
        guint best = G_MAXUINT;

        for (guint j = 0; j < item->n_bins; j++)
            if (takes(packing, item->bins[j], item->size) &&
                (best == G_MAXUINT ||
                 packing->room[item->bins[j]] > packing->room[item->bins[best]]))
                best = j;
        if (best == G_MAXUINT) {
            while (i-- > 0)
                take_out(packing, i);
            return FALSE;
        }
        put(packing, i, item->bins[best]);
    }
    return TRUE;
}

/* Was a bin like the one at INDEX of the item's, with the same room, tried before it? */
static gboolean
is_tried(const Packing *packing, const PackItem *item, guint index)
{
    const guint32 bin = item->bins[index];

    for (guint i = 0; i < index; i++)
        if (packing->kind_of[item->bins[i]] == packing->kind_of[bin] &&
            packing->room[item->bins[i]] == packing->room[bin])
            return TRUE;
    return FALSE;
}

/* The room of all bins that an item from FIRST on may take, up to what they need. */
static gboolean
has_room_in_sum(const Packing *packing, guint first)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    guint64 room = 0;

    for (guint i = first; i < packing->n_items; i++)
        for (guint j = 0; j < packing->items[i].n_bins; j++) {
            const guint32 bin = packing->items[i].bins[j];

            if (room >= packing->needed[first])
                return TRUE;
            if (packing->room[bin] > 0 && g_hash_table_add(seen, GUINT_TO_POINTER(bin + 1)))
                room += (guint64)packing->room[bin];
        }
    return room >= packing->needed[first];
}

/* Depth is the number of items; the caller bounds it. */
static PackResult
search(Packing *packing, guint item)
{
    if (item == packing->n_items)
        return PACK_FOUND;
    const PackItem *current = &packing->items[item];
    for (guint i = 0; i < current->n_bins; i++) {
        if (!takes(packing, current->bins[i], current->size) || is_tried(packing, current, i))
            continue;
        if (packing->effort == 0)
            return PACK_GAVE_UP;
        packing->effort--;
        put(packing, item, current->bins[i]);
        const PackResult result = search(packing, item + 1);
        if (result == PACK_FOUND)
            return result;
        take_out(packing, item);
        if (result == PACK_GAVE_UP)
            return result;
        if (current->size == 0) /* it stands in nobody's way, so another bin helps nobody */
            break;
    }
    return PACK_NONE;
}

PackResult
pack_items(const PackItem *items, guint n_items, gint64 *room, const guint32 *kind_of, guint effort,
           guint32 *ret_bins)
{
    g_autofree guint64 *needed = g_new0(guint64, n_items + 1);
    Packing packing = {items, n_items, room, kind_of, ret_bins, needed, effort};

    if (pack_quickly(&packing))
        return PACK_FOUND;
    for (guint i = n_items; i-- > 0;)
        needed[i] = needed[i + 1] + items[i].size;
    if (!has_room_in_sum(&packing, 0))
        return PACK_NONE;
    return search(&packing, 0);
}
