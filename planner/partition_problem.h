/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_PARTITION_PROBLEM_H
#define PLANNER_PARTITION_PROBLEM_H

/*
 * The best partition of CPU signatures into few classes, as a problem of its own.
 *
 * An item has a set of features, a weight and a number of hosts. A class of items offers what all
 * its items have; what an item has beyond that is lost, at the feature's weight times the item's.
 * Sought is, for every number of classes, the partition that loses least with at least min_hosts in
 * each class. All weights are integers, so that equal problems have equal answers on every machine,
 * and ties go to the partition that is met first in the order of the items.
 */

#include <cpumodel/cpu_set.h>

G_BEGIN_DECLS

/* Up to this many items the answer is proven best; a search takes over beyond. */
#define PARTITION_EXACT_ITEMS 16

typedef struct {
    CpuSet set;
    gint64 weight;   /* > 0 */
    guint64 n_hosts; /* > 0 */
} PartitionItem;

typedef struct {
    guint n_classes;
    guint *class_of; /* by item, from 0 in order of first appearance; NULL: there is no partition */
    gint64 loss;
    gboolean is_exact; /* no partition into at most n_classes loses less */
} Partition;

typedef struct {
    const PartitionItem *items;
    guint n_items;             /* > 0 */
    const gint64 *bit_weights; /* CPU_SET_BITS of them, >= 0 */
    guint min_hosts;
    gboolean is_search_forced; /* for tests: do not use the exact method */
} PartitionProblem;

G_END_DECLS

#endif
