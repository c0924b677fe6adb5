/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds good partitions where there are too many items to try them all.
 *
 * Three ways to a partition into k classes are followed: the tree that joins, again and again, the
 * two classes that lose least by it; the baselines of k - 1 classes with one more, exchanged for
 * better ones as long as there are any (partition_pool.c); the best one of k + 1 classes with two
 * joined. What each finds is improved by moving single items, then by wandering. The wandering is
 * pseudo-random with a fixed seed.
 *
 * Only the moving and the wandering know of hosts; what the baselines choose is brought to enough
 * hosts by joining classes.
 */
#include "partition_methods.h"
#include "partition_pool.h"
#include "partition_random.h"
#include "partition_state.h"

#include <string.h>

#define TREE_ITEMS 4096  /* the tree is quadratic */
#define PAIRED_ITEMS 300 /* of more, only some pairs are candidates from the start */
#define SAMPLED_PAIRS 40000
#define REFINED_CLASSES 16  /* of more classes, what was found first is good enough */
#define MAX_STEPS 24000     /* of wandering, for each number of classes */
#define STEP_BUDGET 3000000 /* times columns */
#define N_WALKS 12
#define N_THRESHOLDS 4 /* of walks: each starts with half the one before */
#define PRICE_STEP 2   /* bits by which too few hosts get cheaper when all thresholds were tried */
#define SAMPLED_MOVES 256
#define STEPS_OF_SWAP 4 /* every so manieth step is a swap */

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
grow_tree(const Columns *columns, BaselinePool *pool, guint max_classes, Partition *partitions)
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
        baseline_pool_add(pool, sets + (gsize)MIN(a, b) * columns->n_words);
        keep_tree(&tree, max_classes, partitions);
    }
}

/* ---- wandering ------------------------------------------------------------------------------ */

/* About as much as a move changes. */
static gint64
usual_change(const SearchState *state, guint64 *random)
{
    gint64 sum = 0;

    for (guint i = 0; i < SAMPLED_MOVES; i++) {
        const gint64 gain =
            search_state_change(state, partition_random_below(random, state->columns->n_items),
                                partition_random_below(random, state->n_classes));

        sum += gain != G_MININT64 ? ABS(gain) / SAMPLED_MOVES : 0;
    }
    return sum;
}

/*
 * Threshold accepting (Dueck, Scheuer 1990): a move may lose up to a threshold that falls to
 * nothing. Classes may have too few hosts on the way, at a price for each that is missing; so items
 * find a way around each other.
 */
static gboolean
step_to_class(SearchState *state, gint64 threshold, guint64 *random)
{
    const guint item = partition_random_below(random, state->columns->n_items);
    const guint target = partition_random_below(random, state->n_classes);
    const gint64 gain = search_state_change(state, item, target);

    if (gain == G_MININT64 || gain < -threshold)
        return FALSE;
    search_state_move(state, item, target);
    return gain > 0;
}

/* Two items change places, one after the other, and back when that loses too much. */
static gboolean
step_to_swap(SearchState *state, gint64 threshold, guint64 *random)
{
    const guint n_items = state->columns->n_items;
    guint a = partition_random_below(random, n_items), b = partition_random_below(random, n_items);

    if (state->classes[state->class_of[a]].n_members == 1) {
        const guint other = a;
        a = b;
        b = other;
    }
    const guint home_a = state->class_of[a], home_b = state->class_of[b];
    const gint64 there = search_state_change(state, a, home_b);
    if (there == G_MININT64)
        return FALSE;
    search_state_move(state, a, home_b);
    const gint64 back = search_state_change(state, b, home_a);
    if (there + back < -threshold) {
        search_state_move(state, a, home_a);
        return FALSE;
    }
    search_state_move(state, b, home_a);
    return there + back > 0;
}

static void
wander(SearchState *state, guint n_steps, guint64 seed, Partition *partition)
{
    guint64 random = seed;
    const gint64 most = usual_change(state, &random) >> (seed % N_THRESHOLDS);

    for (guint step = 0; step < n_steps; step++) {
        const gint64 threshold = most * (n_steps - step) / n_steps;
        const gboolean is_better = step % STEPS_OF_SWAP == 0
                                       ? step_to_swap(state, threshold, &random)
                                       : step_to_class(state, threshold, &random);

        if (is_better && state->price == 0)
            keep_better(state, partition);
    }
    search_state_improve(state);
    if (state->price == 0)
        keep_better(state, partition);
}

/* A state of one class more than PARTITION has: an item that is not alone gets one of its own. */
static SearchState *
with_one_more(const Columns *columns, const Partition *partition)
{
    g_autofree guint *class_of = g_memdup2(partition->class_of, columns->n_items * sizeof(guint));
    g_autofree guint *n_members = g_new0(guint, partition->n_classes);

    for (guint i = 0; i < columns->n_items; i++)
        if (++n_members[class_of[i]] == 2) {
            class_of[i] = partition->n_classes;
            break;
        }
    return search_state_new(columns, class_of, partition->n_classes + 1);
}

/*
 * Walks from the best partition into as many classes, or from one that has too few hosts where
 * there is none yet: hosts may be hard to share out.
 */
static void
wander_each(const Columns *columns, guint max_classes, Partition *partitions)
{
    const guint n_steps = MIN(MAX_STEPS, STEP_BUDGET / MAX(columns->n_columns, 1)) / N_WALKS;

    for (guint k = 2; k <= max_classes; k++) {
        Partition *partition = &partitions[k - 1];

        for (guint walk = 0; walk < N_WALKS; walk++) {
            const Partition *from = partition->class_of != NULL ? partition : partition - 1;
            if (from->class_of == NULL)
                return;
            g_autoptr(SearchState) state = from == partition
                                               ? search_state_new(columns, from->class_of, k)
                                               : with_one_more(columns, from);
            search_state_set_price(state, search_state_fair_price(columns) >>
                                              (walk / N_THRESHOLDS * PRICE_STEP));
            wander(state, n_steps, k * N_WALKS + walk, partition);
        }
    }
}

/* ---- all together --------------------------------------------------------------------------- */

/* Keeps the partition CLASS_OF, once its single items are where they are best. */
static void
keep_improved(const Columns *columns, const guint *class_of, guint n_classes, Partition *partitions)
{
    g_autoptr(SearchState) state = search_state_new(columns, class_of, n_classes);

    search_state_join_small(state);
    search_state_improve(state);
    if (state->price == 0)
        keep_better(state, &partitions[state->n_classes - 1]);
}

/* From few classes to many: each time the best baseline is added, and all are exchanged. */
static void
sweep_up(BaselinePool *pool, const Columns *columns, guint max_classes, Partition *partitions)
{
    g_autofree guint *class_of =
        g_memdup2(partitions[0].class_of, columns->n_items * sizeof(guint));
    guint n = 1;

    for (guint k = 2; k <= max_classes; k++) {
        const guint grown = baseline_pool_choose(pool, class_of, n, TRUE, class_of);

        if (grown == n)
            return;
        n = grown;
        keep_improved(columns, class_of, n, partitions);
        const Partition *kept = &partitions[n - 1];
        if (kept->class_of != NULL && columns->min_hosts <= 1)
            memcpy(class_of, kept->class_of, columns->n_items * sizeof(guint));
    }
}

/* Exchanges the baselines of what was found in other ways. */
static void
exchange_found(BaselinePool *pool, const Columns *columns, guint max_classes, Partition *partitions)
{
    g_autofree guint *class_of = g_new0(guint, columns->n_items);

    for (guint k = 2; k <= max_classes; k++) {
        if (partitions[k - 1].class_of == NULL)
            continue;
        const guint n = baseline_pool_choose(pool, partitions[k - 1].class_of, k, FALSE, class_of);
        keep_improved(columns, class_of, n, partitions);
    }
}

/* What k classes can do by giving up the one that is missed least. */
static void
sweep_down(const Columns *columns, guint max_classes, Partition *partitions)
{
    for (guint k = max_classes; k > 1; k--) {
        if (partitions[k - 1].class_of == NULL)
            continue;
        g_autoptr(SearchState) state = search_state_new(columns, partitions[k - 1].class_of, k);
        search_state_join_best(state);
        search_state_improve(state);
        keep_better(state, &partitions[k - 2]);
    }
}

static void
add_pair(BaselinePool *pool, const Columns *columns, guint a, guint b)
{
    guint64 both[COLUMN_WORDS];

    for (guint w = 0; w < columns->n_words; w++)
        both[w] = columns_row(columns, a)[w] & columns_row(columns, b)[w];
    baseline_pool_add(pool, both);
}

/* What items offer, and what pairs of them have in common: all pairs, or some of very many. */
static void
fill_pool(BaselinePool *pool, const Columns *columns)
{
    const guint n = columns->n_items;
    guint64 random = n;

    for (guint i = 0; i < n && baseline_pool_has_room(pool); i++)
        baseline_pool_add(pool, columns_row(columns, i));
    if (n <= PAIRED_ITEMS) {
        for (guint i = 0; i < n; i++)
            for (guint j = 0; j < i && baseline_pool_has_room(pool); j++)
                add_pair(pool, columns, i, j);
        return;
    }
    for (guint i = 0; i < SAMPLED_PAIRS && baseline_pool_has_room(pool); i++)
        add_pair(pool, columns, partition_random_below(&random, n),
                 partition_random_below(&random, n));
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
    g_autoptr(BaselinePool) pool = baseline_pool_new(columns);

    if (single->price > 0)
        return;
    keep_better(single, &partitions[0]);
    fill_pool(pool, columns);
    if (columns->n_items <= TREE_ITEMS)
        grow_tree(columns, pool, max_classes, partitions);
    sweep_up(pool, columns, max_classes, partitions);
    wander_each(columns, refined, partitions);
    exchange_found(pool, columns, refined, partitions);
    sweep_down(columns, refined, partitions);
    mark_exact(partitions, max_classes, columns);
}
