/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The best partition of signatures into classes: the exact method against brute force over all set
 * partitions, the search against the exact method and against optima that are known by
 * construction: families, generations in a line, generations in a tree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "partition.h"

#define MAX_ITEMS 1000
#define MAX_BRUTE_ITEMS 10
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

/* Items on a grid: a row and a column have features in common, and neither way is the better. */
static void
sample_fill_with_grid(Sample *sample, GRand *random, guint n_rows, guint n_columns)
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

/* A few items and features outweigh all others. */
static void
sample_fill_unevenly(Sample *sample, GRand *random, guint n_bits)
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
    static Sample sample;

    (void)state;
    for (guint round = 0; round < 60; round++) {
        sample_init(&sample, (guint)g_rand_int_range(random, 1, 9),
                    (guint)g_rand_int_range(random, 0, 8));
        sample_fill_randomly(&sample, random, (guint)g_rand_int_range(random, 1, 12));
        assert_equals_brute_force(&sample);
    }
}

/* ---- the search ----------------------------------------------------------------------------- */

/* How much more the search loses than it must, at worst over all numbers of classes. */
typedef struct {
    gdouble of_loss;  /* as a share of what must be lost */
    gdouble of_owned; /* as a share of all that the items have */
} Excess;

static gdouble
owned_by(const Sample *sample)
{
    gdouble owned = 0;

    for (guint i = 0; i < sample->problem.n_items; i++)
        cpu_set_foreach (bit, &sample->items[i].set)
            owned += (gdouble)sample->items[i].weight * (gdouble)sample->bit_weights[bit];
    return owned;
}

static void
add_excess(const Sample *sample, gint64 found, gint64 exact, Excess *worst)
{
    const gdouble more = (gdouble)(found - exact);

    assert_true(found >= exact);
    if (found == exact)
        return;
    assert_true(exact > 0); /* what nothing needs to be lost for is found */
    worst->of_loss = MAX(worst->of_loss, more / (gdouble)exact);
    worst->of_owned = MAX(worst->of_owned, more / owned_by(sample));
}

static void
compare_with_exact(Sample *sample, Excess *worst)
{
    const guint n = MIN(sample->problem.n_items, 7);
    g_autoptr(GArray) exact = partition_solve(&sample->problem, n);

    sample->problem.is_search_forced = TRUE;
    g_autoptr(GArray) found = partition_solve(&sample->problem, n);
    for (guint k = 0; k < n; k++) {
        const Partition *partition = &g_array_index(found, Partition, k);
        const gint64 least = g_array_index(exact, Partition, k).loss;

        add_excess(sample, partition->loss, least, worst);
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
    Excess of_random = {0}, of_generations = {0};
    Sample *sample = g_new(Sample, 1);

    (void)state;
    for (guint round = 0; round < 12; round++) {
        sample_init(sample, (guint)g_rand_int_range(random, 4, 13), round % 3);
        sample_fill_randomly(sample, random, (guint)g_rand_int_range(random, 4, 40));
        compare_with_exact(sample, &of_random);
        sample_init(sample, (guint)g_rand_int_range(random, 6, 13), round % 4 * 8);
        sample_fill_with_generations(sample, random, 6, 12);
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
    Excess of_grids = {0}, of_uneven = {0}, of_scarce = {0};
    Sample *sample = g_new(Sample, 1);

    (void)state;
    for (guint round = 0; round < 8; round++) {
        sample_init(sample, 12, round % 3);
        sample_fill_with_grid(sample, random, 3 + round % 2, 4 - round % 2);
        compare_with_exact(sample, &of_grids);
        sample_init(sample, (guint)g_rand_int_range(random, 5, 12), round % 2 * 60);
        sample_fill_unevenly(sample, random, 30);
        compare_with_exact(sample, &of_uneven);
        sample_init(sample, (guint)g_rand_int_range(random, 5, 12),
                    (guint)g_rand_int_range(random, 4, 12));
        sample_fill_randomly(sample, random, 30);
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

/* ---- optima that are known ------------------------------------------------------------------- */

#define NO_LOSS_KNOWN (G_MAXINT64 / 4)

static void
assert_near(const Sample *sample, const gint64 *least, guint max_classes, const char *what)
{
    g_autoptr(GArray) found = partition_solve(&sample->problem, max_classes);
    Excess worst = {0};

    for (guint k = 1; k <= max_classes; k++)
        add_excess(sample, g_array_index(found, Partition, k - 1).loss, least[k], &worst);
    print_message("%s of %u: %.4f%% more than must be lost\n", what, sample->problem.n_items,
                  worst.of_loss * 100);
    assert_true(worst.of_loss <= 0.01);
}

/*
 * Every item has all that the one before has. Taking an item out of a class whose baseline is lower
 * than another one that it has never loses, so the best classes are stretches of the line, and
 * dynamic programming finds them all.
 */
static void
check_line(GRand *random, guint n_items, guint max_classes)
{
    Sample *sample = g_new(Sample, 1);
    const guint n_bits = MIN(n_items * 2, 600);
    g_autofree guint *height = g_new(guint, n_items), *order = g_new(guint, n_items);
    g_autofree gint64 *least = g_new(gint64, (gsize)(max_classes + 1) * (n_items + 1));
    gint64 value[601] = {0};
    guint n = 0;

    sample_init(sample, n_items, 0);
    for (guint bit = 0; bit < n_bits; bit++) {
        sample->bit_weights[bit] = g_rand_int_range(random, 1, 10000);
        value[bit + 1] = value[bit] + sample->bit_weights[bit];
    }
    for (guint i = 0; i < n_items; i++) {
        height[i] = (guint)g_rand_int_range(random, 1, (gint)n_bits + 1);
        sample->items[i].weight = g_rand_int_range(random, 16, 4096);
        sample->items[i].n_hosts = 1;
        for (guint bit = 0; bit < height[i]; bit++)
            cpu_set_add(&sample->items[i].set, bit);
    }
    for (guint at = 1; at <= n_bits; at++)
        for (guint i = 0; i < n_items; i++)
            if (height[i] == at)
                order[n++] = i;
#define LEAST(k, i) least[(gsize)(k) * (n_items + 1) + (i)]
    for (guint i = 0; i <= n_items; i++)
        LEAST(0, i) = i == 0 ? 0 : NO_LOSS_KNOWN;
    for (guint k = 1; k <= max_classes; k++)
        for (guint end = 0; end <= n_items; end++) {
            gint64 weight = 0, owned = 0;

            LEAST(k, end) = LEAST(k - 1, end);
            for (guint begin = end; begin-- > 0;) {
                const guint item = order[begin];

                weight += sample->items[item].weight;
                owned += sample->items[item].weight * value[height[item]];
                LEAST(k, end) =
                    MIN(LEAST(k, end), LEAST(k - 1, begin) + owned - weight * value[height[item]]);
            }
        }
    g_autofree gint64 *all = g_new(gint64, max_classes + 1);
    for (guint k = 0; k <= max_classes; k++)
        all[k] = LEAST(k, n_items);
    assert_near(sample, all, max_classes, "line");
    g_free(sample);
}

static void
test_search_finds_stretches_of_a_line(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED);

    (void)state;
    check_line(random, 100, 8);
    check_line(random, 300, 6);
    check_line(random, 1000, 4);
}

/* A tree of generations, tracks and variants: a node has one feature more than what it stems from.
 */
typedef struct {
    guint n_nodes, max_classes;
    guint *parent;
    gint64 *value, *weight; /* of the node's set; of the items at the node */
    gint64 *least;          /* by node, the nearest node above that is a baseline, and classes */
} Tree;

static gint64 *
tree_least(const Tree *tree, guint node, guint above)
{
    return tree->least + ((gsize)node * tree->n_nodes + above) * (tree->max_classes + 1);
}

/* The least that the part of the tree below NODE loses, were ABOVE the nearest baseline. */
static void
fill_node(const Tree *tree, guint node, guint above, gint64 *ret_least)
{
    const guint n = tree->max_classes;
    g_autofree gint64 *joined = g_new(gint64, n + 1);

    for (guint k = 0; k <= n; k++)
        ret_least[k] =
            k == 0 ? tree->weight[node] * (tree->value[node] - tree->value[above]) : NO_LOSS_KNOWN;
    for (guint child = node + 1; child < tree->n_nodes; child++) {
        if (tree->parent[child] != node)
            continue;
        for (guint k = 0; k <= n; k++) {
            joined[k] = NO_LOSS_KNOWN;
            for (guint of_child = 0; of_child <= k; of_child++)
                joined[k] = MIN(joined[k],
                                ret_least[k - of_child] + tree_least(tree, child, above)[of_child]);
        }
        memcpy(ret_least, joined, (n + 1) * sizeof(gint64));
    }
}

/* Nodes come after what they stem from, so children are done first. */
static void
solve_tree(const Tree *tree)
{
    const guint n = tree->max_classes;
    g_autofree gint64 *chosen = g_new(gint64, n + 1);

    for (guint node = tree->n_nodes; node-- > 0;) {
        fill_node(tree, node, node, chosen);
        for (guint above = node;; above = tree->parent[above]) {
            gint64 *least = tree_least(tree, node, above);

            if (above != node)
                fill_node(tree, node, above, least);
            for (guint k = 0; k <= n; k++) {
                const gint64 own = k > 0 ? chosen[k - 1] : NO_LOSS_KNOWN;
                least[k] = above != node ? MIN(least[k], own) : own;
            }
            if (above == 0)
                break;
        }
    }
}

/*
 * What several nodes have in common is again a node, the nearest that they stem from; so the best
 * classes are those of the best nodes to be baselines.
 */
static void
check_tree(GRand *random, guint n_items, guint n_nodes, guint max_classes, gboolean is_deep)
{
    Sample *sample = g_new(Sample, 1);
    g_autofree guint *parent = g_new0(guint, n_nodes);
    g_autofree gint64 *value = g_new0(gint64, n_nodes), *weight = g_new0(gint64, n_nodes);
    g_autofree gint64 *least = g_new0(gint64, (gsize)n_nodes * n_nodes * (max_classes + 1));
    const Tree tree = {n_nodes, max_classes, parent, value, weight, least};

    sample_init(sample, n_items, 0);
    for (guint node = 0; node < n_nodes; node++) {
        const gint first = is_deep && node > 5 ? (gint)node - 5 : 0;

        sample->bit_weights[node] = g_rand_int_range(random, 1, 10000);
        parent[node] = node > 0 ? (guint)g_rand_int_range(random, first, (gint)node) : 0;
        value[node] = sample->bit_weights[node] + (node > 0 ? value[parent[node]] : 0);
    }
    for (guint i = 0; i < n_items; i++) {
        /* the root has an item, so that it is what all have in common */
        guint node = i > 0 ? (guint)g_rand_int_range(random, 0, (gint)n_nodes) : 0;

        sample->items[i].weight = g_rand_int_range(random, 16, 4096);
        sample->items[i].n_hosts = 1;
        weight[node] += sample->items[i].weight;
        for (; node != 0; node = parent[node])
            cpu_set_add(&sample->items[i].set, node);
        cpu_set_add(&sample->items[i].set, 0);
    }
    solve_tree(&tree);
    g_autofree gint64 *all = g_new(gint64, max_classes + 1);
    for (guint k = 0; k <= max_classes; k++)
        all[k] = k > 1 ? MIN(all[k - 1], tree_least(&tree, 0, 0)[k]) : tree_least(&tree, 0, 0)[k];
    assert_near(sample, all, max_classes, is_deep ? "deep tree" : "tree");
    g_free(sample);
}

static void
test_search_finds_nodes_of_a_tree(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED);

    (void)state;
    check_tree(random, 60, 40, 8, FALSE);
    check_tree(random, 200, 100, 8, TRUE);
    check_tree(random, 1000, 120, 5, FALSE);
}

/*
 * K families of items, each with a core of its own of great weight, and noise that is small against
 * it: no partition into K classes that mixes families can be as good as the families themselves.
 */
static void
check_families(GRand *random, guint n_items)
{
    enum { N_FAMILIES = 6, CORE_BITS = 20, NOISE_BITS = 10 };
    Sample *sample = g_new(Sample, 1);
    g_autofree guint *family_of = g_new(guint, n_items);

    sample_init(sample, n_items, 0);
    for (guint bit = 0; bit < N_FAMILIES * CORE_BITS + NOISE_BITS; bit++)
        sample->bit_weights[bit] = bit < N_FAMILIES * CORE_BITS ? 1000 : 1;
    for (guint i = 0; i < n_items; i++) {
        family_of[i] = i % N_FAMILIES;
        sample->items[i].weight = g_rand_int_range(random, 1, 10);
        sample->items[i].n_hosts = 1;
        for (guint bit = 0; bit < CORE_BITS; bit++)
            cpu_set_add(&sample->items[i].set, family_of[i] * CORE_BITS + bit);
        for (guint bit = 0; bit < NOISE_BITS; bit++)
            if (g_rand_boolean(random))
                cpu_set_add(&sample->items[i].set, N_FAMILIES * CORE_BITS + bit);
    }
    g_autoptr(GArray) found = partition_solve(&sample->problem, 8);
    const Partition *partition = &g_array_index(found, Partition, N_FAMILIES - 1);
    assert_int_equal(partition->n_classes, N_FAMILIES);
    assert_memory_equal(partition->class_of, family_of, n_items * sizeof(guint));
    for (guint k = 1; k < 8; k++)
        assert_true(g_array_index(found, Partition, k).loss <=
                    g_array_index(found, Partition, k - 1).loss);
    g_free(sample);
}

static void
test_search_finds_planted_families(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED);

    (void)state;
    check_families(random, 60);
    check_families(random, 600);
}

/* The same problem has the same answer, classes and all. */
static void
test_search_is_deterministic(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED);
    Sample *sample = g_new(Sample, 1);

    (void)state;
    sample_init(sample, 40, 3);
    sample_fill_with_generations(sample, random, 6, 12);
    g_autoptr(GArray) first = partition_solve(&sample->problem, 6);
    g_autoptr(GArray) second = partition_solve(&sample->problem, 6);
    for (guint k = 0; k < 6; k++)
        assert_memory_equal(g_array_index(first, Partition, k).class_of,
                            g_array_index(second, Partition, k).class_of, 40 * sizeof(guint));
    g_free(sample);
}

/* ---- edges ---------------------------------------------------------------------------------- */

static void
test_single_item_and_equal_items(void **state)
{
    static Sample sample;

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
    static Sample sample;

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
        cmocka_unit_test(test_search_stands_odd_fleets),
        cmocka_unit_test(test_search_finds_stretches_of_a_line),
        cmocka_unit_test(test_search_finds_nodes_of_a_tree),
        cmocka_unit_test(test_search_finds_planted_families),
        cmocka_unit_test(test_search_is_deterministic),
        cmocka_unit_test(test_single_item_and_equal_items),
        cmocka_unit_test(test_too_few_hosts_share_one_class),
    };

    print_message("seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
