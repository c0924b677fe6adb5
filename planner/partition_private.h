/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_PARTITION_PRIVATE_H
#define PLANNER_PARTITION_PRIVATE_H

/* The two methods, which work on columns, and the chance that the search uses. */

#include "partition_columns.h"

G_BEGIN_DECLS

/*
 * A number below N (> 0) from STATE, which starts with any seed: splitmix64 (Steele, Lea, Flood
 * 2014), the same on every machine.
 */
static inline guint
partition_random_below(guint64 *state, guint n)
{
    guint64 z = (*state += G_GUINT64_CONSTANT(0x9e3779b97f4a7c15));

    z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
    return (guint)(((z ^ (z >> 31)) >> 32) % n);
}

/*
 * Both fill PARTITIONS[0 .. max_classes - 1]: the best of exactly that many classes, class_of NULL
 * where there is none.
 */
void partition_exact(const Columns *columns, guint max_classes, Partition *partitions);
void partition_search(const Columns *columns, guint max_classes, Partition *partitions);

G_END_DECLS

#endif
