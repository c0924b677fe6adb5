/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A class counts for each column how many members lack it. Columns lacked by nobody are what the
 * class offers; columns lacked by one member alone are what the class gains when that member goes,
 * so both ends of a move are weighed without visiting the other members.
 */
#include "partition_state.h"

#include <string.h>

#define MAX_PASSES 100

/* Adds DIRECTION (1 or -1) to the counts of the columns that ITEM lacks. */
static void
count_lacking(const Columns *columns, SearchClass *klass, guint item, gint direction)
{
    const guint64 *row = columns_row(columns, item);

    for (guint i = 0; i < columns->n_columns; i++)
        if (((row[i / 64] >> (i % 64)) & 1) == 0)
            klass->n_lacking[i] += (guint32)direction;
}

static void
refresh_class(const Columns *columns, SearchClass *klass)
{
    memset(klass->common, 0, sizeof(klass->common));
    memset(klass->once, 0, sizeof(klass->once));
    for (guint i = 0; i < columns->n_columns; i++) {
        const guint64 bit = G_GUINT64_CONSTANT(1) << (i % 64);

        if (klass->n_lacking[i] == 0)
            klass->common[i / 64] |= bit;
        else if (klass->n_lacking[i] == 1)
            klass->once[i / 64] |= bit;
    }
    klass->common_weight = columns_weight(columns, klass->common);
}

static void
add_member(const Columns *columns, SearchClass *klass, guint item)
{
    klass->n_members++;
    klass->weight += columns->item_weight[item];
    klass->n_hosts += columns->item_hosts[item];
    count_lacking(columns, klass, item, 1);
}

static void
remove_member(const Columns *columns, SearchClass *klass, guint item)
{
    klass->n_members--;
    klass->weight -= columns->item_weight[item];
    klass->n_hosts -= columns->item_hosts[item];
    count_lacking(columns, klass, item, -1);
}

static gint64
class_value(const SearchClass *klass)
{
    return klass->weight * klass->common_weight;
}

/* What a class of N_HOSTS costs for those it has too few. */
static gint64
price_of(const SearchState *state, guint64 n_hosts)
{
    return n_hosts < state->columns->min_hosts
               ? (gint64)(state->columns->min_hosts - n_hosts) * state->price_of_host
               : 0;
}

gint64
search_state_fair_price(const Columns *columns)
{
    guint64 n_hosts = 0;

    for (guint i = 0; i < columns->n_items; i++)
        n_hosts += columns->item_hosts[i];
    const guint64 n_to_fill = columns->n_items * MAX(columns->min_hosts, 1);
    return 2 * columns->total / (gint64)MAX(1, MIN(n_hosts, n_to_fill)) + 1;
}

static void
free_classes(SearchState *state)
{
    for (guint i = 0; i < state->n_classes; i++)
        g_free(state->classes[i].n_lacking);
    g_free(state->classes);
}

/* Replaces the assignment; the number of classes may differ. */
static void
search_state_assign(SearchState *state, const guint *class_of, guint n_classes)
{
    const Columns *columns = state->columns;

    free_classes(state);
    state->n_classes = n_classes;
    state->classes = g_new0(SearchClass, n_classes);
    state->value = 0;
    memmove(state->class_of, class_of, columns->n_items * sizeof(guint));
    for (guint i = 0; i < n_classes; i++)
        state->classes[i].n_lacking = g_new0(guint32, columns->n_columns + 1);
    for (guint i = 0; i < columns->n_items; i++)
        add_member(columns, &state->classes[class_of[i]], i);
    state->price = 0;
    for (guint i = 0; i < n_classes; i++) {
        refresh_class(columns, &state->classes[i]);
        state->value += class_value(&state->classes[i]);
        state->price += price_of(state, state->classes[i].n_hosts);
    }
}

SearchState *
search_state_new(const Columns *columns, const guint *class_of, guint n_classes)
{
    SearchState *state = g_new0(SearchState, 1);

    state->columns = columns;
    state->price_of_host = search_state_fair_price(columns);
    state->class_of = g_new0(guint, columns->n_items);
    search_state_assign(state, class_of, n_classes);
    return state;
}

void
search_state_free(SearchState *state)
{
    if (state == NULL)
        return;
    free_classes(state);
    g_free(state->class_of);
    g_free(state);
}

void
search_state_set_price(SearchState *state, gint64 price_of_host)
{
    state->price_of_host = MAX(price_of_host, 1);
    state->price = 0;
    for (guint i = 0; i < state->n_classes; i++)
        state->price += price_of(state, state->classes[i].n_hosts);
}

/* What the class of ITEM offers without it. */
static gint64
weight_without(const SearchState *state, const SearchClass *klass, guint item)
{
    const guint64 *row = columns_row(state->columns, item);
    gint64 weight = klass->common_weight;

    for (guint i = 0; i < state->columns->n_words; i++)
        weight += columns_word_weight(state->columns, i, klass->once[i] & ~row[i]);
    return weight;
}

/* What the value gains when ITEM moves from FROM to TO, whatever their hosts. */
static gint64
value_gain(const SearchState *state, guint item, const SearchClass *from, const SearchClass *to)
{
    const Columns *columns = state->columns;
    const gint64 weight = columns->item_weight[item];
    const gint64 to_weight = columns_weight_and(columns, to->common, columns_row(columns, item));

    return (from->weight - weight) * weight_without(state, from, item) - class_value(from) +
           (to->weight + weight) * to_weight - class_value(to);
}

/* As search_state_change(), but only where all classes keep enough hosts. */
static gint64
gain_of_move(const SearchState *state, guint item, guint target)
{
    const SearchClass *from = &state->classes[state->class_of[item]];
    const SearchClass *to = &state->classes[target];

    if (from == to || from->n_members == 1 ||
        from->n_hosts - state->columns->item_hosts[item] < state->columns->min_hosts)
        return G_MININT64;
    return value_gain(state, item, from, to);
}

gint64
search_state_change(const SearchState *state, guint item, guint target)
{
    const SearchClass *from = &state->classes[state->class_of[item]];
    const SearchClass *to = &state->classes[target];
    const guint64 n_hosts = state->columns->item_hosts[item];

    if (from == to || from->n_members == 1)
        return G_MININT64;
    return value_gain(state, item, from, to) + price_of(state, from->n_hosts) +
           price_of(state, to->n_hosts) - price_of(state, from->n_hosts - n_hosts) -
           price_of(state, to->n_hosts + n_hosts);
}

/* Takes the value and the price of both classes, times DIRECTION, into the state's. */
static void
account(SearchState *state, const SearchClass *from, const SearchClass *to, gint direction)
{
    state->value += direction * (class_value(from) + class_value(to));
    state->price += direction * (price_of(state, from->n_hosts) + price_of(state, to->n_hosts));
}

void
search_state_move(SearchState *state, guint item, guint target)
{
    SearchClass *from = &state->classes[state->class_of[item]], *to = &state->classes[target];

    account(state, from, to, -1);
    remove_member(state->columns, from, item);
    add_member(state->columns, to, item);
    refresh_class(state->columns, from);
    refresh_class(state->columns, to);
    account(state, from, to, 1);
    state->class_of[item] = target;
}

static gboolean
improve_item(SearchState *state, guint item)
{
    gint64 best_gain = 0;
    guint best = state->class_of[item];

    for (guint target = 0; target < state->n_classes; target++) {
        const gint64 gain = gain_of_move(state, item, target);

        if (gain > best_gain) {
            best_gain = gain;
            best = target;
        }
    }
    if (best_gain > 0)
        search_state_move(state, item, best);
    return best_gain > 0;
}

void
search_state_improve(SearchState *state)
{
    gboolean is_improved = TRUE;

    for (guint pass = 0; pass < MAX_PASSES && is_improved; pass++) {
        is_improved = FALSE;
        for (guint item = 0; item < state->columns->n_items; item++)
            if (improve_item(state, item))
                is_improved = TRUE;
    }
}

/* ---- joining -------------------------------------------------------------------------------- */

static gint64
join_loss(const SearchState *state, guint a, guint b)
{
    const SearchClass *left = &state->classes[a], *right = &state->classes[b];

    return class_value(left) + class_value(right) -
           (left->weight + right->weight) *
               columns_weight_and(state->columns, left->common, right->common);
}

/* A and B become the class of the lower number. */
static void
join(SearchState *state, guint a, guint b)
{
    const guint n_items = state->columns->n_items, into = MIN(a, b), gone = MAX(a, b);
    g_autofree guint *class_of = g_memdup2(state->class_of, n_items * sizeof(guint));

    for (guint i = 0; i < n_items; i++) {
        if (class_of[i] == gone)
            class_of[i] = into;
        else if (class_of[i] > gone)
            class_of[i]--;
    }
    search_state_assign(state, class_of, state->n_classes - 1);
}

void
search_state_join_best(SearchState *state)
{
    gint64 best_loss = G_MAXINT64;
    guint best_a = 0, best_b = 1;

    for (guint a = 0; a < state->n_classes; a++)
        for (guint b = a + 1; b < state->n_classes; b++) {
            const gint64 loss = join_loss(state, a, b);

            if (loss < best_loss) {
                best_loss = loss;
                best_a = a;
                best_b = b;
            }
        }
    join(state, best_a, best_b);
}

void
search_state_join_small(SearchState *state)
{
    while (state->price > 0 && state->n_classes > 1) {
        gint64 best_loss = G_MAXINT64;
        guint small = 0, best = 0;

        for (guint i = 1; i < state->n_classes; i++)
            if (state->classes[i].n_hosts < state->classes[small].n_hosts)
                small = i;
        for (guint i = 0; i < state->n_classes; i++) {
            const gint64 loss = i != small ? join_loss(state, small, i) : G_MAXINT64;

            if (loss < best_loss) {
                best_loss = loss;
                best = i;
            }
        }
        join(state, small, best);
    }
}
