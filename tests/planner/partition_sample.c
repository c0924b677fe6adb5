/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "partition_sample.h"

void
partition_sample_init(PartitionSample *sample, guint n_items, guint min_hosts)
{
    memset(sample, 0, sizeof(*sample));
    sample->problem =
        (PartitionProblem){sample->items, n_items, sample->bit_weights, min_hosts, FALSE};
}

void
partition_sample_fill_randomly(PartitionSample *sample, GRand *random, guint n_bits)
{
    for (guint bit = 0; bit < n_bits; bit++)
        sample->bit_weights[bit] = g_rand_int_range(random, 0, 20);
    for (guint i = 0; i < sample->problem.n_items; i++) {
        sample->items[i].weight = g_rand_int_range(random, 1, 200);
        sample->items[i].n_hosts = (guint64)g_rand_int_range(random, 1, 5);
        for (guint bit = 0; bit < n_bits; bit++)
            if (g_rand_boolean(random))
                cpu_set_add(&sample->items[i].set, bit);
    }
}

void
partition_sample_fill_with_generations(PartitionSample *sample, GRand *random, guint n_generations,
                                       guint per_generation)
{
    for (guint bit = 0; bit < n_generations * per_generation; bit++)
        sample->bit_weights[bit] = g_rand_int_range(random, 100, 10000);
    for (guint i = 0; i < sample->problem.n_items; i++) {
        const guint generation = (guint)g_rand_int_range(random, 1, (gint)n_generations + 1);

        sample->items[i].weight = g_rand_int_range(random, 16, 4096);
        sample->items[i].n_hosts = (guint64)g_rand_int_range(random, 1, 40);
        for (guint bit = 0; bit < generation * per_generation; bit++)
            if (g_rand_int_range(random, 0, 12) != 0)
                cpu_set_add(&sample->items[i].set, bit);
    }
}

void
partition_sample_fill_with_grid(PartitionSample *sample, GRand *random, guint n_rows,
                                guint n_columns)
{
    enum { BITS_EACH = 3 };

    for (guint bit = 0; bit < (n_rows + n_columns) * BITS_EACH; bit++)
        sample->bit_weights[bit] = g_rand_int_range(random, 90, 110);
    for (guint i = 0; i < sample->problem.n_items; i++) {
        const guint row = i % n_rows, column = n_rows + i / n_rows % n_columns;

        sample->items[i].weight = g_rand_int_range(random, 90, 110);
        sample->items[i].n_hosts = 1;
        for (guint bit = 0; bit < BITS_EACH; bit++) {
            cpu_set_add(&sample->items[i].set, row * BITS_EACH + bit);
            cpu_set_add(&sample->items[i].set, column * BITS_EACH + bit);
        }
    }
}

void
partition_sample_fill_unevenly(PartitionSample *sample, GRand *random, guint n_bits)
{
    for (guint bit = 0; bit < n_bits; bit++)
        sample->bit_weights[bit] = 1000000 / g_rand_int_range(random, 1, 10000);
    for (guint i = 0; i < sample->problem.n_items; i++) {
        sample->items[i].weight = 1000000 / g_rand_int_range(random, 1, 10000);
        sample->items[i].n_hosts = (guint64)g_rand_int_range(random, 1, 100);
        for (guint bit = 0; bit < n_bits; bit++)
            if (g_rand_boolean(random))
                cpu_set_add(&sample->items[i].set, bit);
    }
}

static gdouble
owned_by(const PartitionSample *sample)
{
    gdouble owned = 0;

    for (guint i = 0; i < sample->problem.n_items; i++)
        cpu_set_foreach (bit, &sample->items[i].set)
            owned += (gdouble)sample->items[i].weight * (gdouble)sample->bit_weights[bit];
    return owned;
}

void
partition_excess_add(const PartitionSample *sample, gint64 found, gint64 exact,
                     PartitionExcess *worst)
{
    const gdouble more = (gdouble)(found - exact);

    assert_true(found >= exact);
    if (found == exact)
        return;
    assert_true(exact > 0); /* what nothing needs to be lost for is found */
    worst->of_loss = MAX(worst->of_loss, more / (gdouble)exact);
    worst->of_owned = MAX(worst->of_owned, more / owned_by(sample));
}
