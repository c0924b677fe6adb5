/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Dynamic programming over subsets of the items. best[k][M] is the least that the items of mask M
 * lose in exactly k classes: the class of M's first item is tried as every subset of M that
 * contains it, and the rest is best[k - 1]. 3^n steps for each k; the first of equal subsets is
 * kept.
 */
#include "partition_methods.h"

#define NO_PARTITION G_MAXINT64

typedef guint32 Mask;

/* What each subset loses as one class; NO_PARTITION where it has too few hosts. */
static gint64 *
class_losses(const Columns *columns)
{
    const Mask n_masks = (Mask)1 << columns->n_items;
    const guint n_words = columns->n_words;
    gint64 *losses = g_new0(gint64, n_masks);
    g_autofree guint64 *common = g_new0(guint64, (gsize)n_masks * n_words);
    g_autofree gint64 *weights = g_new0(gint64, n_masks);
    g_autofree gint64 *owned = g_new0(gint64, n_masks);
    g_autofree guint64 *n_hosts = g_new0(guint64, n_masks);

    for (guint i = 0; i < n_words; i++)
        common[i] = ~G_GUINT64_CONSTANT(0);
    for (Mask mask = 1; mask < n_masks; mask++) {
        const guint first = (guint)__builtin_ctz(mask);
        const Mask rest = mask & (mask - 1);
        const guint64 *row = columns_row(columns, first);
        guint64 *set = common + (gsize)mask * n_words;

        for (guint i = 0; i < n_words; i++)
            set[i] = common[(gsize)rest * n_words + i] & row[i];
        weights[mask] = weights[rest] + columns->item_weight[first];
        owned[mask] = owned[rest] + columns->item_weight[first] * columns_weight(columns, row);
        n_hosts[mask] = n_hosts[rest] + columns->item_hosts[first];
        losses[mask] = n_hosts[mask] < columns->min_hosts
                           ? NO_PARTITION
                           : owned[mask] - weights[mask] * columns_weight(columns, set);
    }
    return losses;
}

/* best[k] from best[k - 1]; CHOICE gets the class of each mask's first item. */
static void
add_class(const gint64 *losses, const gint64 *fewer, Mask n_masks, gint64 *best, Mask *choice)
{
    best[0] = NO_PARTITION;
    for (Mask mask = 1; mask < n_masks; mask++) {
        const Mask first = mask & (~mask + 1), others = mask ^ first;

        best[mask] = NO_PARTITION;
        /* every subset of the others, the greatest first, joined with the first item */
        for (Mask subset = others;; subset = (subset - 1) & others) {
            const Mask klass = subset | first;
            const gint64 rest = fewer[mask ^ klass];

            if (losses[klass] != NO_PARTITION && rest != NO_PARTITION &&
                losses[klass] + rest < best[mask]) {
                best[mask] = losses[klass] + rest;
                choice[mask] = klass;
            }
            if (subset == 0)
                break;
        }
    }
}

static void
read_partition(Mask *const *choices, guint n_classes, guint n_items, Partition *partition)
{
    Mask left = ((Mask)1 << n_items) - 1;

    partition->class_of = g_new0(guint, n_items);
    for (guint k = n_classes; k > 0; k--) {
        const Mask klass = choices[k - 1][left];

        for (guint i = 0; i < n_items; i++)
            if ((klass >> i) & 1)
                partition->class_of[i] = k - 1;
        left ^= klass;
    }
}

void
partition_exact(const Columns *columns, guint max_classes, Partition *partitions)
{
    const Mask n_masks = (Mask)1 << columns->n_items;
    g_autofree gint64 *losses = class_losses(columns);
    g_autofree gint64 *fewer = g_new(gint64, n_masks), *best = NULL;
    Mask *choices[PARTITION_EXACT_ITEMS] = {NULL};

    for (Mask mask = 0; mask < n_masks; mask++)
        fewer[mask] = mask == 0 ? 0 : NO_PARTITION;
    for (guint k = 1; k <= max_classes; k++) {
        best = g_new(gint64, n_masks);
        choices[k - 1] = g_new0(Mask, n_masks);
        add_class(losses, fewer, n_masks, best, choices[k - 1]);
        partitions[k - 1].n_classes = k;
        partitions[k - 1].loss = best[n_masks - 1];
        partitions[k - 1].is_exact = TRUE;
        if (best[n_masks - 1] != NO_PARTITION)
            read_partition(choices, k, columns->n_items, &partitions[k - 1]);
        g_free(fewer);
        fewer = g_steal_pointer(&best);
    }
    for (guint k = 0; k < max_classes; k++)
        g_free(choices[k]);
}
