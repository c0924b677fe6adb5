/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_PARTITION_STATE_H
#define PLANNER_PARTITION_STATE_H

/*
 * A partition that is being improved: what each class offers, and what moving an item would change.
 *
 * The value of a class is its weight times that of the columns all its members have; the loss of
 * the partition is the total of the columns less the values of its classes.
 */

#include "partition_columns.h"

G_BEGIN_DECLS

typedef struct {
    guint n_members;
    gint64 weight;
    guint64 n_hosts;
    guint64 common[COLUMN_WORDS]; /* columns that every member has */
    guint64 once[COLUMN_WORDS];   /* columns that exactly one member lacks */
    gint64 common_weight;
    guint32 *n_lacking; /* members that lack it, by column */
} SearchClass;

typedef struct {
    const Columns *columns;
    guint n_classes;
    SearchClass *classes;
    guint *class_of;      /* by item */
    gint64 value;         /* sum over classes */
    gint64 price;         /* of classes with too few hosts; 0 when all have enough */
    gint64 price_of_host; /* for each that a class lacks */
} SearchState;

/* CLASS_OF (copied) has N_CLASSES classes, none empty. */
SearchState *search_state_new(const Columns *columns, const guint *class_of, guint n_classes);
void search_state_free(SearchState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SearchState, search_state_free)

/*
 * The price of each host that a class has too few: the fair one, which a state has from the start,
 * is more than what a host is worth, and an item, so that too small classes do not pay.
 */
gint64 search_state_fair_price(const Columns *columns);
void search_state_set_price(SearchState *state, gint64 price_of_host);

/*
 * What value less price gains when ITEM moves to TARGET; G_MININT64 when it is there, or its class
 * would be empty.
 */
gint64 search_state_change(const SearchState *state, guint item, guint target);
void search_state_move(SearchState *state, guint item, guint target);

/* Moves items one by one as long as the value grows, and every class keeps enough hosts. */
void search_state_improve(SearchState *state);

/* Joins the two classes, of at least two, that lose least by it. */
void search_state_join_best(SearchState *state);

/* Joins classes that have too few hosts with those that lose least by it, until none is left. */
void search_state_join_small(SearchState *state);

G_END_DECLS

#endif
