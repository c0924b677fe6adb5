/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hands the problem's columns to the exact method or the search, and turns "exactly k classes" into
 * "at most k".
 */
#include "partition.h"

#include "partition_methods.h"

#include <string.h>

static void
clear_partition(gpointer data)
{
    g_free(((Partition *)data)->class_of);
}

/* Numbers the classes in the order in which items meet them. */
static void
normalize(Partition *partition, guint n_items)
{
    g_autofree guint *renamed = g_new0(guint, n_items);
    guint n = 0;

    for (guint i = 0; i < n_items; i++) {
        guint *name = &renamed[partition->class_of[i]];

        if (*name == 0)
            *name = ++n;
        partition->class_of[i] = *name - 1;
    }
    partition->n_classes = n;
}

/* All items in one class, whatever min_hosts says: there is nothing better to offer. */
static void
set_single_class(const PartitionProblem *problem, Partition *partition)
{
    partition->class_of = g_new0(guint, problem->n_items);
    partition->n_classes = 1;
    partition->loss = partition_loss(problem, partition->class_of);
    partition->is_exact = TRUE;
}

/* A partition into fewer classes that loses no more also answers for AT_MOST classes. */
static void
prefer_fewer_classes(GArray *partitions, guint n_items)
{
    for (guint i = 0; i < partitions->len; i++) {
        Partition *partition = &g_array_index(partitions, Partition, i);
        const Partition *fewer = i > 0 ? &g_array_index(partitions, Partition, i - 1) : NULL;

        if (partition->class_of != NULL)
            normalize(partition, n_items);
        if (fewer == NULL || (partition->class_of != NULL && partition->loss < fewer->loss))
            continue;
        const gboolean is_exact = partition->is_exact || fewer->loss == 0 || i >= n_items;
        g_free(partition->class_of);
        *partition = *fewer;
        partition->class_of = g_memdup2(fewer->class_of, n_items * sizeof(guint));
        partition->is_exact = fewer->is_exact && is_exact;
    }
}

GArray *
partition_solve(const PartitionProblem *problem, guint max_classes)
{
    GArray *partitions = g_array_new(FALSE, TRUE, sizeof(Partition));
    g_autoptr(Columns) columns = columns_new(problem);
    const guint n = MIN(max_classes, problem->n_items);

    g_array_set_clear_func(partitions, clear_partition);
    g_array_set_size(partitions, max_classes);
    if (problem->n_items <= PARTITION_EXACT_ITEMS && !problem->is_search_forced)
        partition_exact(columns, n, (Partition *)(void *)partitions->data);
    else
        partition_search(columns, n, (Partition *)(void *)partitions->data);
    Partition *first = &g_array_index(partitions, Partition, 0);
    if (first->class_of == NULL)
        set_single_class(problem, first);
    first->is_exact = TRUE;
    prefer_fewer_classes(partitions, problem->n_items);
    return partitions;
}

gint64
partition_loss(const PartitionProblem *problem, const guint *class_of)
{
    g_autofree CpuSet *baselines = g_new(CpuSet, problem->n_items);
    gint64 loss = 0;

    memset(baselines, 0xff, problem->n_items * sizeof(CpuSet));
    for (guint i = 0; i < problem->n_items; i++)
        cpu_set_intersect(&baselines[class_of[i]], &problem->items[i].set);
    for (guint i = 0; i < problem->n_items; i++) {
        CpuSet lost = problem->items[i].set;

        cpu_set_subtract(&lost, &baselines[class_of[i]]);
        cpu_set_foreach (bit, &lost)
            loss += problem->items[i].weight * problem->bit_weights[bit];
    }
    return loss;
}
