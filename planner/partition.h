/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_PARTITION_H
#define PLANNER_PARTITION_H

/* Solving the problem of partition_problem.h. */

#include "partition_problem.h"

G_BEGIN_DECLS

/*
 * The best partitions into at most 1, 2, ... MAX_CLASSES classes (GArray of Partition, that many).
 * Where more classes cannot lose less, n_classes stays below the number allowed. Items that
 * min_hosts leaves no room for share one class. Cost: 3^n for the exact method; else about n^2.
 */
GArray *partition_solve(const PartitionProblem *problem, guint max_classes);

/* What the partition given by CLASS_OF loses, worked out from the items as they are. Linear. */
gint64 partition_loss(const PartitionProblem *problem, const guint *class_of);

G_END_DECLS

#endif
