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

static void
free_classes(SearchState *state)
{
    for (guint i = 0; i < state->n_classes; i++)
        g_free(state->classes[i].n_lacking);
    g_free(state->classes);
}

void
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
    for (guint i = 0; i < n_classes; i++) {
        refresh_class(columns, &state->classes[i]);
        state->value += state->classes[i].weight * state->classes[i].common_weight;
    }
}

SearchState *
search_state_new(const Columns *columns, const guint *class_of, guint n_classes)
{
    SearchState *state = g_new0(SearchState, 1);

    state->columns = columns;
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

gint64
search_state_gain(const SearchState *state, guint item, guint target)
{
    const Columns *columns = state->columns;
    const SearchClass *from = &state->classes[state->class_of[item]];
    const SearchClass *to = &state->classes[target];
    const gint64 weight = columns->item_weight[item];

    if (from == to || from->n_members == 1 ||
        from->n_hosts - columns->item_hosts[item] < columns->min_hosts)
        return G_MININT64;
    const gint64 to_weight = columns_weight_and(columns, to->common, columns_row(columns, item));

    return (from->weight - weight) * weight_without(state, from, item) -
           from->weight * from->common_weight + (to->weight + weight) * to_weight -
           to->weight * to->common_weight;
}

void
search_state_move(SearchState *state, guint item, guint target)
{
    SearchClass *from = &state->classes[state->class_of[item]], *to = &state->classes[target];

    state->value -= from->weight * from->common_weight + to->weight * to->common_weight;
    remove_member(state->columns, from, item);
    add_member(state->columns, to, item);
    refresh_class(state->columns, from);
    refresh_class(state->columns, to);
    state->value += from->weight * from->common_weight + to->weight * to->common_weight;
    state->class_of[item] = target;
}

static gboolean
improve_item(SearchState *state, guint item)
{
    gint64 best_gain = 0;
    guint best = state->class_of[item];

    for (guint target = 0; target < state->n_classes; target++) {
        const gint64 gain = search_state_gain(state, item, target);

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
