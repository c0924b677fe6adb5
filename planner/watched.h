/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_WATCHED_H
#define PLANNER_WATCHED_H

/*
 * The features that rows of planner/data/bad_pairs.yaml ask for: a handful, so that what a CPU has
 * of them is one word.
 */

#include "universe.h"

G_BEGIN_DECLS

typedef struct WatchedFeatures WatchedFeatures;

/* UNIVERSES has one Universe per CpuFamily; the features are of x86. */
WatchedFeatures *watched_features_new(Universe *const *universes);
void watched_features_free(WatchedFeatures *watched);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WatchedFeatures, watched_features_free)

/* One bit for each watched feature of SET. */
guint32 watched_features_in(const WatchedFeatures *watched, CpuFamily family, const CpuSet *set);
/* The bit of NAME; 0 for a name that is not watched. */
guint32 watched_features_bit(const WatchedFeatures *watched, const char *name);

G_END_DECLS

#endif
