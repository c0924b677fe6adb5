/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_PARTITION_METHODS_H
#define PLANNER_PARTITION_METHODS_H

/* The two methods, which work on columns. */

#include "partition_columns.h"

G_BEGIN_DECLS

/*
 * Both fill PARTITIONS[0 .. max_classes - 1]: the best of exactly that many classes, class_of NULL
 * where there is none.
 */
void partition_exact(const Columns *columns, guint max_classes, Partition *partitions);
void partition_search(const Columns *columns, guint max_classes, Partition *partitions);

G_END_DECLS

#endif
