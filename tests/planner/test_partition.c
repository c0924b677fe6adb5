/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The best partition of signatures into classes: the exact method against brute force over all set
 * partitions, the search against the exact method, and the edges of both.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "partition_sample.h"

#define MAX_BRUTE_ITEMS 10
#define SEED 20

/* ---- brute force ---------------------------------------------------------------------------- */

typedef struct {
    const PartitionProblem *problem;
    guint class_of[MAX_BRUTE_ITEMS];
    gint64 best[MAX_BRUTE_ITEMS + 1]; /* by number of classes, at most */
} Search;

static gboolean
has_enough_hosts(const Search *search, guint n_classes)
{
    guint64 n_hosts[MAX_BRUTE_ITEMS] = {0};

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
assert_equals_brute_force(const PartitionSample *sample)
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
    static PartitionSample sample;

    (void)state;
    for (guint round = 0; round < 60; round++) {
        partition_sample_init(&sample, (guint)g_rand_int_range(random, 1, 9),
                              (guint)g_rand_int_range(random, 0, 8));
        partition_sample_fill_randomly(&sample, random, (guint)g_rand_int_range(random, 1, 12));
        assert_equals_brute_force(&sample);
    }
}

/* ---- the search ----------------------------------------------------------------------------- */

static void
compare_with_exact(PartitionSample *sample, PartitionExcess *worst)
{
    const guint n = MIN(sample->problem.n_items, 7);
    g_autoptr(GArray) exact = partition_solve(&sample->problem, n);

    sample->problem.is_search_forced = TRUE;
    g_autoptr(GArray) found = partition_solve(&sample->problem, n);
    for (guint k = 0; k < n; k++) {
        const Partition *partition = &g_array_index(found, Partition, k);
        const gint64 least = g_array_index(exact, Partition, k).loss;

        partition_excess_add(sample, partition->loss, least, worst);
        assert_int_equal(partition->loss, partition_loss(&sample->problem, partition->class_of));
        if (partition->is_exact)
            assert_int_equal(partition->loss, least);
    }
}

/*
 * Where classes may be of any size, or of a few hosts, the search loses at most 1% more than it
 * must.
 */
static void
test_search_is_near_exact(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED);
    PartitionExcess of_random = {0}, of_generations = {0};
    PartitionSample *sample = g_new(PartitionSample, 1);

    (void)state;
    for (guint round = 0; round < 12; round++) {
        partition_sample_init(sample, (guint)g_rand_int_range(random, 4, 13), round % 3);
        partition_sample_fill_randomly(sample, random, (guint)g_rand_int_range(random, 4, 40));
        compare_with_exact(sample, &of_random);
        partition_sample_init(sample, (guint)g_rand_int_range(random, 6, 13), round % 4 * 8);
        partition_sample_fill_with_generations(sample, random, 6, 12);
        compare_with_exact(sample, &of_generations);
    }
    print_message("more than must be lost: random %.4f%%, generations %.4f%%\n",
                  of_random.of_loss * 100, of_generations.of_loss * 100);
    assert_true(of_random.of_loss <= 0.01);
    assert_true(of_generations.of_loss <= 0.01);
    g_free(sample);
}

/* Fleets that no data center has, and classes that can hardly be filled: 1% of what there is. */
static void
test_search_stands_odd_fleets(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED);
    PartitionExcess of_grids = {0}, of_uneven = {0}, of_scarce = {0};
    PartitionSample *sample = g_new(PartitionSample, 1);

    (void)state;
    for (guint round = 0; round < 8; round++) {
        partition_sample_init(sample, 12, round % 3);
        partition_sample_fill_with_grid(sample, random, 3 + round % 2, 4 - round % 2);
        compare_with_exact(sample, &of_grids);
        partition_sample_init(sample, (guint)g_rand_int_range(random, 5, 12), round % 2 * 60);
        partition_sample_fill_unevenly(sample, random, 30);
        compare_with_exact(sample, &of_uneven);
        partition_sample_init(sample, (guint)g_rand_int_range(random, 5, 12),
                              (guint)g_rand_int_range(random, 4, 12));
        partition_sample_fill_randomly(sample, random, 30);
        compare_with_exact(sample, &of_scarce);
    }
    print_message("more than must be lost, of all there is: grids %.4f%%, uneven %.4f%%, "
                  "scarce hosts %.4f%%\n",
                  of_grids.of_owned * 100, of_uneven.of_owned * 100, of_scarce.of_owned * 100);
    assert_true(of_grids.of_owned <= 0.01);
    assert_true(of_uneven.of_owned <= 0.01);
    assert_true(of_scarce.of_owned <= 0.01);
    g_free(sample);
}

/* The same problem has the same answer, classes and all. */
static void
test_search_is_deterministic(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED);
    PartitionSample *sample = g_new(PartitionSample, 1);

    (void)state;
    partition_sample_init(sample, 40, 3);
    partition_sample_fill_with_generations(sample, random, 6, 12);
    g_autoptr(GArray) first = partition_solve(&sample->problem, 6);
    g_autoptr(GArray) second = partition_solve(&sample->problem, 6);
    for (guint k = 0; k < 6; k++)
        assert_memory_equal(g_array_index(first, Partition, k).class_of,
                            g_array_index(second, Partition, k).class_of, 40 * sizeof(guint));
    g_free(sample);
}

/* ---- edges ---------------------------------------------------------------------------------- */

static void
test_equal_items_need_one_class_and_lose_nothing(void **state)
{
    static PartitionSample sample;

    (void)state;
    partition_sample_init(&sample, 3, 0);
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
    static PartitionSample sample;

    (void)state;
    partition_sample_init(&sample, 2, 10);
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
        cmocka_unit_test(test_search_stands_odd_fleets),
        cmocka_unit_test(test_search_is_deterministic),
        cmocka_unit_test(test_equal_items_need_one_class_and_lose_nothing),
        cmocka_unit_test(test_too_few_hosts_share_one_class),
    };

    print_message("seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
