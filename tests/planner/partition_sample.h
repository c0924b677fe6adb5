/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_PLANNER_PARTITION_SAMPLE_H
#define TESTS_PLANNER_PARTITION_SAMPLE_H

/*
 * Problems of partition for tests, filled with items of several shapes, and how a search of them is
 * judged.
 */

#include "partition.h"

#define PARTITION_SAMPLE_ITEMS 1000

typedef struct {
    PartitionItem items[PARTITION_SAMPLE_ITEMS];
    gint64 bit_weights[CPU_SET_BITS];
    PartitionProblem problem;
} PartitionSample;

void partition_sample_init(PartitionSample *sample, guint n_items, guint min_hosts);

/* Items that have each of N_BITS features with an even chance. */
void partition_sample_fill_randomly(PartitionSample *sample, GRand *random, guint n_bits);
/*
 * Items as generations of CPUs are: each generation has the one before and more, parts lack a few.
 */
void partition_sample_fill_with_generations(PartitionSample *sample, GRand *random,
                                            guint n_generations, guint per_generation);
/* Items on a grid: a row and a column have features in common, and neither way is the better. */
void partition_sample_fill_with_grid(PartitionSample *sample, GRand *random, guint n_rows,
                                     guint n_columns);
/* A few items and features outweigh all others. */
void partition_sample_fill_unevenly(PartitionSample *sample, GRand *random, guint n_bits);

/* How much more the search loses than it must, at worst over all numbers of classes. */
typedef struct {
    gdouble of_loss;  /* as a share of what must be lost */
    gdouble of_owned; /* as a share of all that the items have */
} PartitionExcess;

/* Adds that FOUND was lost where EXACT must be; fails the test when FOUND cannot be. */
void partition_excess_add(const PartitionSample *sample, gint64 found, gint64 exact,
                          PartitionExcess *worst);

#endif
