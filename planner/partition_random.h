/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_PARTITION_RANDOM_H
#define PLANNER_PARTITION_RANDOM_H

/* The chance that the search for partitions uses. */

#include <glib.h>

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

G_END_DECLS

#endif
