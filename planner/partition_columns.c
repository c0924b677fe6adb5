/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A problem made small: bits that the same items have become one column. Rows are as wide as the
 * columns need, and weights are summed up by byte, so that a set is weighed in a few look-ups.
 */
#include "partition_columns.h"

#include <string.h>

/* The items that have BIT, as a bitmap over items. */
static GBytes *
column_of_bit(const PartitionProblem *problem, guint bit)
{
    const gsize n_bytes = problem->n_items / 8 + 1;
    guint8 *bitmap = g_malloc0(n_bytes);

    for (guint i = 0; i < problem->n_items; i++)
        if (cpu_set_has(&problem->items[i].set, bit))
            bitmap[i / 8] |= (guint8)(1U << (i % 8));
    return g_bytes_new_take(bitmap, n_bytes);
}

/* Bits that some items have and some lack. */
static CpuSet
varying_bits(const PartitionProblem *problem)
{
    CpuSet any = problem->items[0].set, all = problem->items[0].set;

    for (guint i = 1; i < problem->n_items; i++) {
        cpu_set_unite(&any, &problem->items[i].set);
        cpu_set_intersect(&all, &problem->items[i].set);
    }
    cpu_set_subtract(&any, &all);
    return any;
}

/* Fills the rows' words; returns the weight of each column, in the order of first appearance. */
static GArray *
merge_columns(const PartitionProblem *problem, guint64 *wide_rows)
{
    g_autoptr(GHashTable) columns =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
    GArray *weights = g_array_new(FALSE, FALSE, sizeof(gint64));
    const CpuSet varying = varying_bits(problem);

    cpu_set_foreach (bit, &varying) {
        if (problem->bit_weights[bit] == 0)
            continue;
        GBytes *column = column_of_bit(problem, bit);
        guint place = GPOINTER_TO_UINT(g_hash_table_lookup(columns, column));
        if (place == 0) {
            g_array_append_val(weights, problem->bit_weights[bit]);
            place = weights->len;
            for (guint i = 0; i < problem->n_items; i++)
                if (cpu_set_has(&problem->items[i].set, bit))
                    wide_rows[(gsize)i * COLUMN_WORDS + (place - 1) / 64] |= G_GUINT64_CONSTANT(1)
                                                                             << ((place - 1) % 64);
            g_hash_table_insert(columns, column, GUINT_TO_POINTER(place));
        } else {
            g_array_index(weights, gint64, place - 1) += problem->bit_weights[bit];
            g_bytes_unref(column);
        }
    }
    return weights;
}

static void
fill_byte_weights(Columns *columns, const GArray *weights)
{
    columns->byte_weight = g_new0(gint64, (gsize)columns->n_words * 8 * 256);
    for (guint i = 0; i < columns->n_columns; i++) {
        gint64 *table = columns->byte_weight + (gsize)(i / 8) * 256;

        for (guint value = 0; value < 256; value++)
            if ((value >> (i % 8)) & 1)
                table[value] += g_array_index(weights, gint64, i);
    }
}

Columns *
columns_new(const PartitionProblem *problem)
{
    Columns *columns = g_new0(Columns, 1);
    g_autofree guint64 *wide = g_new0(guint64, (gsize)problem->n_items * COLUMN_WORDS);
    g_autoptr(GArray) weights = merge_columns(problem, wide);

    columns->n_items = problem->n_items;
    columns->n_columns = weights->len;
    columns->n_words = MAX(1, (weights->len + 63) / 64);
    columns->min_hosts = problem->min_hosts;
    columns->rows = g_new0(guint64, (gsize)columns->n_items * columns->n_words);
    columns->item_weight = g_new0(gint64, columns->n_items);
    columns->item_hosts = g_new0(guint64, columns->n_items);
    fill_byte_weights(columns, weights);
    for (guint i = 0; i < columns->n_items; i++) {
        memcpy(columns->rows + (gsize)i * columns->n_words, wide + (gsize)i * COLUMN_WORDS,
               columns->n_words * sizeof(guint64));
        columns->item_weight[i] = problem->items[i].weight;
        columns->item_hosts[i] = problem->items[i].n_hosts;
        columns->total +=
            columns->item_weight[i] * columns_weight(columns, columns_row(columns, i));
    }
    return columns;
}

void
columns_free(Columns *columns)
{
    if (columns == NULL)
        return;
    g_free(columns->rows);
    g_free(columns->byte_weight);
    g_free(columns->item_weight);
    g_free(columns->item_hosts);
    g_free(columns);
}

gint64
columns_weight(const Columns *columns, const guint64 *a)
{
    gint64 weight = 0;

    for (guint i = 0; i < columns->n_words; i++)
        weight += columns_word_weight(columns, i, a[i]);
    return weight;
}

gint64
columns_weight_and(const Columns *columns, const guint64 *a, const guint64 *b)
{
    gint64 weight = 0;

    for (guint i = 0; i < columns->n_words; i++)
        weight += columns_word_weight(columns, i, a[i] & b[i]);
    return weight;
}
