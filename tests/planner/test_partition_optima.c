/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The search against optima that are known by construction: families, generations in a line,
 * generations in a tree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "partition_sample.h"

#define SEED 20

#define NO_LOSS_KNOWN (G_MAXINT64 / 4)

static void
assert_near(const PartitionSample *sample, const gint64 *least, guint max_classes, const char *what)
{
    g_autoptr(GArray) found = partition_solve(&sample->problem, max_classes);
    PartitionExcess worst = {0};

    for (guint k = 1; k <= max_classes; k++)
        partition_excess_add(sample, g_array_index(found, Partition, k - 1).loss, least[k], &worst);
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
    PartitionSample *sample = g_new(PartitionSample, 1);
    const guint n_bits = MIN(n_items * 2, 600);
    g_autofree guint *height = g_new(guint, n_items), *order = g_new(guint, n_items);
    g_autofree gint64 *least = g_new(gint64, (gsize)(max_classes + 1) * (n_items + 1));
    gint64 value[601] = {0};
    guint n = 0;

    partition_sample_init(sample, n_items, 0);
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

/*
 * A tree of generations, tracks and variants: a node has one feature more than what it stems from.
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
    PartitionSample *sample = g_new(PartitionSample, 1);
    g_autofree guint *parent = g_new0(guint, n_nodes);
    g_autofree gint64 *value = g_new0(gint64, n_nodes), *weight = g_new0(gint64, n_nodes);
    g_autofree gint64 *least = g_new0(gint64, (gsize)n_nodes * n_nodes * (max_classes + 1));
    const Tree tree = {n_nodes, max_classes, parent, value, weight, least};

    partition_sample_init(sample, n_items, 0);
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
    PartitionSample *sample = g_new(PartitionSample, 1);
    g_autofree guint *family_of = g_new(guint, n_items);

    partition_sample_init(sample, n_items, 0);
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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search_finds_stretches_of_a_line),
        cmocka_unit_test(test_search_finds_nodes_of_a_tree),
        cmocka_unit_test(test_search_finds_planted_families),
    };

    print_message("seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
