/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds good partitions where there are too many items to try them all.
 *
 * Three ways to a partition into k classes are followed, each improved by moving single items: the
 * tree that joins, again and again, the two classes that lose least by it; the best one of k - 1
 * classes with one class split along a column; the best one of k + 1 classes with two joined. Then
 * the best is shaken a number of times. The shaking is pseudo-random with a fixed seed.
 *
 * Left out: swaps of two items, which the shaking makes up for.
 */
#include "partition_state.h"

#include <string.h>

#define TREE_ITEMS 4096    /* the tree is quadratic; beyond, partitions are made by splitting */
#define REFINED_CLASSES 16 /* of more classes, the tree's partition is good enough */
#define SHAKE_BUDGET 400000
#define MAX_SHAKES 200

/* splitmix64 (Steele, Lea, Flood 2014) */
static guint64
next_random(guint64 *state)
{
    guint64 z = (*state += G_GUINT64_CONSTANT(0x9e3779b97f4a7c15));

    z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Keeps STATE in PARTITION when it is better than what is there. */
static void
keep_better(const SearchState *state, Partition *partition)
{
    const gint64 loss = state->columns->total - state->value;

    if (partition->class_of != NULL && partition->loss <= loss)
        return;
    g_free(partition->class_of);
    partition->class_of = g_memdup2(state->class_of, state->columns->n_items * sizeof(guint));
    partition->n_classes = state->n_classes;
    partition->loss = loss;
}

/* ---- joining -------------------------------------------------------------------------------- */

/* A class of the tree under its first item's number; its words are in Tree.sets. */
typedef struct {
    gboolean is_gone;
    gint64 weight, value;
    guint64 n_hosts;
    guint nearest; /* the class it is best joined with */
    gint64 nearest_loss;
} TreeClass;

typedef struct {
    const Columns *columns;
    TreeClass *classes;
    guint64 *sets;
    guint *class_of;
    guint n_left;
} Tree;

static gint64
join_loss(const Tree *tree, guint a, guint b)
{
    const TreeClass *left = &tree->classes[a], *right = &tree->classes[b];
    const gsize n_words = tree->columns->n_words;

    return left->value + right->value -
           (left->weight + right->weight) * columns_weight_and(tree->columns,
                                                               tree->sets + a * n_words,
                                                               tree->sets + b * n_words);
}

static void
find_nearest(Tree *tree, guint a)
{
    TreeClass *klass = &tree->classes[a];

    klass->nearest_loss = G_MAXINT64;
    for (guint b = 0; b < tree->columns->n_items; b++) {
        if (b == a || tree->classes[b].is_gone)
            continue;
        const gint64 loss = join_loss(tree, a, b);
        if (loss < klass->nearest_loss) {
            klass->nearest_loss = loss;
            klass->nearest = b;
        }
    }
}

/* B becomes part of A. */
static void
join(Tree *tree, guint a, guint b)
{
    TreeClass *into = &tree->classes[a], *from = &tree->classes[b];
    const gsize n_words = tree->columns->n_words;

    for (guint i = 0; i < n_words; i++)
        tree->sets[a * n_words + i] &= tree->sets[b * n_words + i];
    into->weight += from->weight;
    into->n_hosts += from->n_hosts;
    into->value = into->weight * columns_weight(tree->columns, tree->sets + a * n_words);
    from->is_gone = TRUE;
    tree->n_left--;
    for (guint i = 0; i < tree->columns->n_items; i++)
        if (tree->class_of[i] == b)
            tree->class_of[i] = a;
    find_nearest(tree, a);
    for (guint i = 0; i < tree->columns->n_items; i++) {
        TreeClass *other = &tree->classes[i];

        if (other->is_gone || i == a)
            continue;
        if (other->nearest == a || other->nearest == b) {
            find_nearest(tree, i);
        } else {
            const gint64 loss = join_loss(tree, i, a);
            if (loss < other->nearest_loss) {
                other->nearest_loss = loss;
                other->nearest = a;
            }
        }
    }
}

/* The class to join next: the smallest that has too few hosts, else the one that loses least. */
static guint
next_to_join(const Tree *tree)
{
    guint best = G_MAXUINT, small = G_MAXUINT;

    for (guint i = 0; i < tree->columns->n_items; i++) {
        const TreeClass *klass = &tree->classes[i];

        if (klass->is_gone)
            continue;
        if (klass->n_hosts < tree->columns->min_hosts &&
            (small == G_MAXUINT || klass->n_hosts < tree->classes[small].n_hosts))
            small = i;
        if (best == G_MAXUINT || klass->nearest_loss < tree->classes[best].nearest_loss)
            best = i;
    }
    return small != G_MAXUINT ? small : best;
}

static gboolean
has_small_class(const Tree *tree)
{
    for (guint i = 0; i < tree->columns->n_items; i++)
        if (!tree->classes[i].is_gone && tree->classes[i].n_hosts < tree->columns->min_hosts)
            return TRUE;
    return FALSE;
}

/* Class numbers without gaps. */
static void
number_classes(const Tree *tree, guint *ret_class_of)
{
    g_autofree guint *number = g_new0(guint, tree->columns->n_items);
    guint n = 0;

    for (guint i = 0; i < tree->columns->n_items; i++)
        if (!tree->classes[i].is_gone)
            number[i] = n++;
    for (guint i = 0; i < tree->columns->n_items; i++)
        ret_class_of[i] = number[tree->class_of[i]];
}

static void
keep_tree(const Tree *tree, guint max_classes, Partition *partitions)
{
    if (tree->n_left > max_classes || has_small_class(tree))
        return;
    g_autofree guint *class_of = g_new0(guint, tree->columns->n_items);
    number_classes(tree, class_of);
    g_autoptr(SearchState) state = search_state_new(tree->columns, class_of, tree->n_left);
    if (tree->n_left <= REFINED_CLASSES)
        search_state_improve(state);
    keep_better(state, &partitions[tree->n_left - 1]);
}

static void
grow_tree(const Columns *columns, guint max_classes, Partition *partitions)
{
    const guint n = columns->n_items;
    g_autofree TreeClass *classes = g_new0(TreeClass, n);
    g_autofree guint64 *sets = g_memdup2(columns->rows, (gsize)n * columns->n_words * 8);
    g_autofree guint *class_of = g_new0(guint, n);
    Tree tree = {columns, classes, sets, class_of, n};

    for (guint i = 0; i < n; i++) {
        class_of[i] = i;
        classes[i].weight = columns->item_weight[i];
        classes[i].n_hosts = columns->item_hosts[i];
        classes[i].value = classes[i].weight * columns_weight(columns, columns_row(columns, i));
    }
    for (guint i = 0; i < n; i++)
        find_nearest(&tree, i);
    keep_tree(&tree, max_classes, partitions);
    while (tree.n_left > 1) {
        const guint a = next_to_join(&tree), b = classes[a].nearest;

        join(&tree, MIN(a, b), MAX(a, b));
        keep_tree(&tree, max_classes, partitions);
    }
}

/* ---- splitting ------------------------------------------------------------------------------ */

/* What each half of a class would be, were it split by who has COLUMN. */
typedef struct {
    guint64 common[2][COLUMN_WORDS];
    gint64 weight[2];
    guint64 n_hosts[2];
} Halves;

static gint64
split_gain(const SearchState *state, guint klass, guint column)
{
    const Columns *columns = state->columns;
    Halves halves = {.weight = {0}};

    memset(halves.common, 0xff, sizeof(halves.common));
    for (guint i = 0; i < columns->n_items; i++) {
        if (state->class_of[i] != klass)
            continue;
        const guint64 *row = columns_row(columns, i);
        const guint half = (guint)((row[column / 64] >> (column % 64)) & 1);

        for (guint w = 0; w < columns->n_words; w++)
            halves.common[half][w] &= row[w];
        halves.weight[half] += columns->item_weight[i];
        halves.n_hosts[half] += columns->item_hosts[i];
    }
    if (MIN(halves.n_hosts[0], halves.n_hosts[1]) < MAX(1, columns->min_hosts))
        return G_MININT64;
    return halves.weight[0] * columns_weight(columns, halves.common[0]) +
           halves.weight[1] * columns_weight(columns, halves.common[1]) -
           state->classes[klass].weight * state->classes[klass].common_weight;
}

/* Splits the class that gains most by it; FALSE when none can be split. */
static gboolean
split_best(SearchState *state)
{
    const Columns *columns = state->columns;
    gint64 best_gain = G_MININT64;
    guint best_class = 0, best_column = 0;

    for (guint klass = 0; klass < state->n_classes; klass++)
        for (guint column = 0; column < columns->n_columns; column++) {
            const guint32 n_lacking = state->classes[klass].n_lacking[column];

            if (n_lacking == 0 || n_lacking == state->classes[klass].n_members)
                continue;
            const gint64 gain = split_gain(state, klass, column);
            if (gain > best_gain) {
                best_gain = gain;
                best_class = klass;
                best_column = column;
            }
        }
    if (best_gain == G_MININT64)
        return FALSE;
    g_autofree guint *class_of = g_memdup2(state->class_of, columns->n_items * sizeof(guint));
    for (guint i = 0; i < columns->n_items; i++) {
        const guint64 *row = columns_row(columns, i);

        if (class_of[i] == best_class && ((row[best_column / 64] >> (best_column % 64)) & 1))
            class_of[i] = state->n_classes;
    }
    search_state_assign(state, class_of, state->n_classes + 1);
    return TRUE;
}

/* Joins the two classes that lose least by it. */
static void
join_best(SearchState *state)
{
    const Columns *columns = state->columns;
    gint64 best_loss = G_MAXINT64;
    guint best_a = 0, best_b = 1;

    for (guint a = 0; a < state->n_classes; a++)
        for (guint b = a + 1; b < state->n_classes; b++) {
            const SearchClass *left = &state->classes[a], *right = &state->classes[b];
            const gint64 loss = left->weight * left->common_weight +
                                right->weight * right->common_weight -
                                (left->weight + right->weight) *
                                    columns_weight_and(columns, left->common, right->common);

            if (loss < best_loss) {
                best_loss = loss;
                best_a = a;
                best_b = b;
            }
        }
    g_autofree guint *class_of = g_memdup2(state->class_of, columns->n_items * sizeof(guint));
    for (guint i = 0; i < columns->n_items; i++) {
        if (class_of[i] == best_b)
            class_of[i] = best_a;
        else if (class_of[i] > best_b)
            class_of[i]--;
    }
    search_state_assign(state, class_of, state->n_classes - 1);
}

/* ---- sweeps --------------------------------------------------------------------------------- */

static void
sweep_up(const Columns *columns, guint max_classes, Partition *partitions)
{
    for (guint k = 2; k <= max_classes; k++) {
        if (partitions[k - 2].class_of == NULL)
            continue;
        g_autoptr(SearchState) state = search_state_new(columns, partitions[k - 2].class_of, k - 1);
        if (!split_best(state))
            continue;
        search_state_improve(state);
        keep_better(state, &partitions[k - 1]);
    }
}

static void
sweep_down(const Columns *columns, guint max_classes, Partition *partitions)
{
    for (guint k = max_classes; k > 1; k--) {
        if (partitions[k - 1].class_of == NULL)
            continue;
        g_autoptr(SearchState) state = search_state_new(columns, partitions[k - 1].class_of, k);
        join_best(state);
        search_state_improve(state);
        keep_better(state, &partitions[k - 2]);
    }
}

/* Moves a few items somewhere else. */
static void
scatter(SearchState *state, guint64 *random)
{
    const guint n_items = state->columns->n_items, n_moves = 2 + n_items / 40;

    for (guint i = 0; i < n_moves; i++) {
        const guint item = (guint)(next_random(random) % n_items);
        const guint target = (guint)(next_random(random) % state->n_classes);

        if (search_state_gain(state, item, target) != G_MININT64)
            search_state_move(state, item, target);
    }
}

static void
shake(const Columns *columns, Partition *partition)
{
    const guint k = partition->n_classes;
    const guint n_shakes = MIN(MAX_SHAKES, SHAKE_BUDGET / (columns->n_items * k));
    guint64 random = k;

    for (guint i = 0; i < n_shakes; i++) {
        g_autoptr(SearchState) state = search_state_new(columns, partition->class_of, k);

        if (i % 4 == 3) {
            join_best(state);
            scatter(state, &random);
            if (!split_best(state))
                continue;
        } else {
            scatter(state, &random);
        }
        search_state_improve(state);
        keep_better(state, partition);
    }
}

static void
mark_exact(Partition *partitions, guint max_classes, const Columns *columns)
{
    for (guint k = 1; k <= max_classes; k++)
        partitions[k - 1].is_exact =
            partitions[k - 1].class_of != NULL &&
            (k == 1 || k == columns->n_items || partitions[k - 1].loss == 0);
}

void
partition_search(const Columns *columns, guint max_classes, Partition *partitions)
{
    const guint refined = MIN(max_classes, REFINED_CLASSES);
    g_autofree guint *one = g_new0(guint, columns->n_items);
    g_autoptr(SearchState) single = search_state_new(columns, one, 1);

    if (single->classes[0].n_hosts < columns->min_hosts)
        return;
    keep_better(single, &partitions[0]);
    if (columns->n_items <= TREE_ITEMS)
        grow_tree(columns, max_classes, partitions);
    sweep_up(columns, columns->n_items <= TREE_ITEMS ? refined : max_classes, partitions);
    sweep_down(columns, refined, partitions);
    for (guint k = 2; k <= refined; k++)
        if (partitions[k - 1].class_of != NULL)
            shake(columns, &partitions[k - 1]);
    sweep_up(columns, refined, partitions);
    sweep_down(columns, refined, partitions);
    mark_exact(partitions, max_classes, columns);
}
