/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The best partition of signatures into classes: the exact method against brute force over all set
 * partitions, the search against the exact method and against optima known by construction.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "partition.h"

#define MAX_ITEMS 64
#define SEED 20

typedef struct {
    PartitionItem items[MAX_ITEMS];
    gint64 bit_weights[CPU_SET_BITS];
    PartitionProblem problem;
} Sample;

static void
sample_init(Sample *sample, guint n_items, guint min_hosts)
{
    memset(sample, 0, sizeof(*sample));
    sample->problem =
        (PartitionProblem){sample->items, n_items, sample->bit_weights, min_hosts, FALSE};
}

/* Items that have each of N_BITS features with an even chance. */
static void
sample_fill_randomly(Sample *sample, GRand *random, guint n_bits)
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

/* Items as generations of CPUs are: each generation has the one before and more, parts lack a few.
 */
static void
sample_fill_with_generations(Sample *sample, GRand *random, guint n_generations,
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

/* ---- brute force ---------------------------------------------------------------------------- */

typedef struct {
    const PartitionProblem *problem;
    guint class_of[MAX_ITEMS];
    gint64 best[MAX_ITEMS + 1]; /* by number of classes, at most */
} Search;

static gboolean
has_enough_hosts(const Search *search, guint n_classes)
{
    guint64 n_hosts[MAX_ITEMS] = {0};

    for (guint i = 0; i < search->problem->n_items; i++)
        n_hosts[search->class_of[i]] += search->problem->items[i].n_hosts;
    for (guint i = 0; i < n_classes; i++)
        if (n_hosts[i] < search->problem->min_hosts)
            return FALSE;
    return TRUE;
}

static void
try_all(Search *search, guint item, guint n_classes)
{
    if (item == search->problem->n_items) {
        const gint64 loss = partition_loss(search->problem, search->class_of);

        if (n_classes == 1 || has_enough_hosts(search, n_classes))
            for (guint k = n_classes; k <= search->problem->n_items; k++)
                search->best[k] = MIN(search->best[k], loss);
        return;
    }
    for (guint klass = 0; klass <= n_classes; klass++) {
        search->class_of[item] = klass;
        try_all(search, item + 1, MAX(n_classes, klass + 1));
    }
}

static void
assert_equals_brute_force(const Sample *sample)
{
    const guint n = sample->problem.n_items;
    Search search = {.problem = &sample->problem};
    g_autoptr(GArray) partitions = partition_solve(&sample->problem, n);

    for (guint k = 0; k <= n; k++)
        search.best[k] = G_MAXINT64;
    try_all(&search, 0, 0);
    for (guint k = 1; k <= n; k++) {
        const Partition *partition = &g_array_index(partitions, Partition, k - 1);

        assert_true(partition->is_exact);
        assert_true(partition->n_classes <= k);
        assert_int_equal(partition->loss, search.best[k]);
        assert_int_equal(partition->loss, partition_loss(&sample->problem, partition->class_of));
    }
}

static void
test_exact_equals_brute_force(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED);
    Sample sample;

    (void)state;
    for (guint round = 0; round < 60; round++) {
        sample_init(&sample, (guint)g_rand_int_range(random, 1, 9),
                    (guint)g_rand_int_range(random, 0, 8));
        sample_fill_randomly(&sample, random, (guint)g_rand_int_range(random, 1, 12));
        assert_equals_brute_force(&sample);
    }
}

/* ---- the search ----------------------------------------------------------------------------- */

/* The search's loss beyond the exact one, as a share of all that is owned, at worst over all k. */
static gdouble
worst_excess(Sample *sample)
{
    const guint n = sample->problem.n_items;
    gdouble worst = 0, owned = 0;
    g_autoptr(GArray) exact = partition_solve(&sample->problem, n);

    sample->problem.is_search_forced = TRUE;
    g_autoptr(GArray) found = partition_solve(&sample->problem, n);
    for (guint i = 0; i < n; i++)
        cpu_set_foreach (bit, &sample->items[i].set)
            owned += (gdouble)sample->items[i].weight * (gdouble)sample->bit_weights[bit];
    for (guint k = 0; k < n && owned > 0; k++) {
        const gint64 more =
            g_array_index(found, Partition, k).loss - g_array_index(exact, Partition, k).loss;

        assert_true(more >= 0);
        if (g_array_index(found, Partition, k).is_exact)
            assert_int_equal(more, 0);
        worst = MAX(worst, (gdouble)more / owned);
    }
    return worst;
}

static void
test_search_is_near_exact(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED);
    gdouble worst_random = 0, worst_generations = 0;
    Sample sample;

    (void)state;
    for (guint round = 0; round < 25; round++) {
        sample_init(&sample, (guint)g_rand_int_range(random, 4, 12), round % 3);
        sample_fill_randomly(&sample, random, (guint)g_rand_int_range(random, 4, 40));
        worst_random = MAX(worst_random, worst_excess(&sample));
        sample_init(&sample, (guint)g_rand_int_range(random, 6, 12), round % 3);
        sample_fill_with_generations(&sample, random, 6, 12);
        worst_generations = MAX(worst_generations, worst_excess(&sample));
    }
    print_message("worst excess: random %.4f%%, generations %.4f%%\n", worst_random * 100,
                  worst_generations * 100);
    assert_true(worst_random <= 0.01);
    assert_true(worst_generations <= 0.01);
}

/*
 * K families of items, each with a core of its own of great weight, and noise that is small against
 * it: no partition into K classes that mixes families can be as good as the families themselves.
 */
static void
test_search_finds_planted_families(void **state)
{
    enum { N_FAMILIES = 6, CORE_BITS = 20, NOISE_BITS = 10 };
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED);
    Sample sample;
    guint family_of[MAX_ITEMS];

    (void)state;
    sample_init(&sample, 60, 0);
    for (guint bit = 0; bit < N_FAMILIES * CORE_BITS + NOISE_BITS; bit++)
        sample.bit_weights[bit] = bit < N_FAMILIES * CORE_BITS ? 1000 : 1;
    for (guint i = 0; i < 60; i++) {
        family_of[i] = i % N_FAMILIES;
        sample.items[i].weight = g_rand_int_range(random, 1, 10);
        sample.items[i].n_hosts = 1;
        for (guint bit = 0; bit < CORE_BITS; bit++)
            cpu_set_add(&sample.items[i].set, family_of[i] * CORE_BITS + bit);
        for (guint bit = 0; bit < NOISE_BITS; bit++)
            if (g_rand_boolean(random))
                cpu_set_add(&sample.items[i].set, N_FAMILIES * CORE_BITS + bit);
    }
    g_autoptr(GArray) found = partition_solve(&sample.problem, 8);
    const Partition *partition = &g_array_index(found, Partition, N_FAMILIES - 1);
    assert_int_equal(partition->n_classes, N_FAMILIES);
    assert_memory_equal(partition->class_of, family_of, 60 * sizeof(guint));
    for (guint k = 1; k < 8; k++)
        assert_true(g_array_index(found, Partition, k).loss <=
                    g_array_index(found, Partition, k - 1).loss);
}

/* ---- edges ---------------------------------------------------------------------------------- */

static void
test_single_item_and_equal_items(void **state)
{
    Sample sample;

    (void)state;
    sample_init(&sample, 3, 0);
    sample.bit_weights[5] = 7;
    for (guint i = 0; i < 3; i++) {
        cpu_set_add(&sample.items[i].set, 5);
        sample.items[i].weight = 1;
        sample.items[i].n_hosts = 1;
    }
    g_autoptr(GArray) found = partition_solve(&sample.problem, 5);
    assert_int_equal(found->len, 5);
    for (guint k = 0; k < 5; k++) {
        assert_int_equal(g_array_index(found, Partition, k).loss, 0);
        assert_int_equal(g_array_index(found, Partition, k).n_classes, 1);
        assert_true(g_array_index(found, Partition, k).is_exact);
    }
}

static void
test_too_few_hosts_share_one_class(void **state)
{
    Sample sample;

    (void)state;
    sample_init(&sample, 2, 10);
    sample.bit_weights[0] = 1;
    cpu_set_add(&sample.items[0].set, 0);
    for (guint i = 0; i < 2; i++) {
        sample.items[i].weight = 3;
        sample.items[i].n_hosts = 2;
    }
    for (guint forced = 0; forced < 2; forced++) {
        sample.problem.is_search_forced = forced == 1;
        g_autoptr(GArray) found = partition_solve(&sample.problem, 2);
        assert_int_equal(g_array_index(found, Partition, 1).n_classes, 1);
        assert_int_equal(g_array_index(found, Partition, 1).loss, 3);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_equals_brute_force),
        cmocka_unit_test(test_search_is_near_exact),
        cmocka_unit_test(test_search_finds_planted_families),
        cmocka_unit_test(test_single_item_and_equal_items),
        cmocka_unit_test(test_too_few_hosts_share_one_class),
    };

    print_message("seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
