/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_PARTITION_COLUMNS_H
#define PLANNER_PARTITION_COLUMNS_H

/*
 * The problem made small: features that the same items have are one column, with the sum of their
 * weights; columns that every item has or none has are gone. Most fleets shrink from hundreds of
 * features to a few dozen columns.
 */

#include "partition_problem.h"

G_BEGIN_DECLS

/* A set of columns; rows of a Columns table are n_words long, this is the widest. */
#define COLUMN_WORDS (CPU_SET_BITS / 64)

typedef struct {
    guint n_items;
    guint n_columns;
    guint n_words;       /* of a row */
    guint64 *rows;       /* n_items * n_words */
    gint64 *byte_weight; /* weight of byte B with value V: [B * 256 + V] */
    gint64 *item_weight;
    guint64 *item_hosts;
    gint64 total; /* sum over items of item weight times row weight */
    guint64 min_hosts;
} Columns;

Columns *columns_new(const PartitionProblem *problem);
void columns_free(Columns *columns);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Columns, columns_free)

static inline const guint64 *
columns_row(const Columns *columns, guint item)
{
    return columns->rows + (gsize)item * columns->n_words;
}

/* The weight of WORD as the word number INDEX of a row. */
static inline gint64
columns_word_weight(const Columns *columns, guint index, guint64 word)
{
    const gint64 *table = columns->byte_weight + (gsize)index * 8 * 256;
    gint64 weight = 0;

    for (; word != 0; word >>= 8, table += 256)
        weight += table[word & 0xff];
    return weight;
}

/* The weight of A, or of A AND B. */
gint64 columns_weight(const Columns *columns, const guint64 *a);
gint64 columns_weight_and(const Columns *columns, const guint64 *a, const guint64 *b);

G_END_DECLS

#endif
