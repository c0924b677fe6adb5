/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_PARTITION_POOL_H
#define PLANNER_PARTITION_POOL_H

/*
 * Partitions as choices of baselines: a pool of sets of columns that a class could offer, and the
 * best few of them.
 *
 * Once baselines are chosen, every item goes to the most valuable one that it has, so the choice
 * alone is the partition. That is a facility location problem, and exchanging one baseline for
 * another, which moves any number of items at once, finds its way where moving single items is
 * stuck.
 */

#include "partition_columns.h"

G_BEGIN_DECLS

typedef struct BaselinePool BaselinePool;

/* A pool with the set that all items have: none of the columns. */
BaselinePool *baseline_pool_new(const Columns *columns);
void baseline_pool_free(BaselinePool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BaselinePool, baseline_pool_free)

/* FALSE when only what classes offer should still be added. */
gboolean baseline_pool_has_room(const BaselinePool *pool);

/* Adds SET unless it is there already or the pool is full. Costs a look at each item. */
void baseline_pool_add(BaselinePool *pool, const guint64 *set);

/*
 * Improves CLASS_OF, of N_CLASSES, or finds one more class for it when IS_GROWING: RET_CLASS_OF
 * (by item) has no empty class. Returns the number of classes, which may be less than asked for.
 * Hosts are not looked at.
 */
guint baseline_pool_choose(BaselinePool *pool, const guint *class_of, guint n_classes,
                           gboolean is_growing, guint *ret_class_of);

G_END_DECLS

#endif
