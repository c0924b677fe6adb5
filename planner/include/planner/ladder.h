/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_LADDER_H
#define PLANNER_LADDER_H

/*
 * The ladders: named levels of CPU features that a class of hosts can be held to.
 *
 * A level is a promise that does not change when hosts come and go: a fixed set of features and the
 * named model that a template builds it on. Each vendor has a ladder of its own; the ladder without
 * a vendor is that of the x86-64 psABI (v1 to v4).
 *
 * A ladder is a partial order, not a line. A level belongs to a track (say "server", or "server
 * without TSX") and to a tier (the generation); it is above another one when it has all of that
 * one's features. Invariants, which ladder_lint() checks: a level's set contains the sets of the
 * levels that it names as below, and every containment within a ladder follows from these.
 *
 * The levels are data (planner/ladder/), compiled in; a Ladder is that data resolved against one
 * CPU map. A map may be too old to know a level's model or one of its features: that level is then
 * left out of the ladder and named by ladder_unresolved().
 *
 * Facts: Intel SDM, AMD APM, the x86-64 psABI, and what QEMU lets guests see of them.
 */

#include <cpumodel/cpu_map.h>

G_BEGIN_DECLS

typedef struct Ladder Ladder;

typedef struct LadderLevel LadderLevel;
struct LadderLevel {
    const char *name;        /* "intel-haswell-notsx"; a stable id */
    const char *title;       /* "Intel Haswell without TSX" */
    const char *ladder;      /* "intel", "amd", "hygon", "x86-64" */
    const char *track;       /* "server", "client", ... */
    guint tier;              /* generation; comparable within a ladder only */
    guint index;             /* in ladder_level(); a level comes after all that it is above */
    const CpuVendor *vendor; /* NULL: any vendor's CPU */
    const CpuModel *model;   /* what a template names */
    CpuSet set;              /* what a host must have; all of a template's features */
    CpuSet secure;           /* what the secure variant requires beside; empty when it has none */
    const LadderLevel *const *below; /* the levels directly below, ladder order */
    guint n_below;
};

/* All levels that MAP knows. Never fails; free with ladder_free(). Keeps a reference to MAP. */
Ladder *ladder_new(CpuMap *map);
void ladder_free(Ladder *ladder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ladder, ladder_free)

guint ladder_n_levels(const Ladder *ladder);
const LadderLevel *ladder_level(const Ladder *ladder, guint index);
/* NULL when there is none of that name. */
const LadderLevel *ladder_find(const Ladder *ladder, const char *name);

/* Names of levels that the map cannot express, each with what it lacks: "NAME: feature avx10". */
guint ladder_n_unresolved(const Ladder *ladder);
const char *ladder_unresolved(const Ladder *ladder, guint index);

/* Is LEVEL the same as or above OTHER? Always FALSE across ladders. */
gboolean ladder_is_at_least(const Ladder *ladder, const LadderLevel *level,
                            const LadderLevel *other);

/*
 * The highest level of VENDOR's ladder (NULL: the ladder without a vendor) that SET fully supports,
 * its secure variant when IS_SECURE is set (levels without one are then passed over); NULL when SET
 * is below them all. Where several are highest and none is above the other, the one of the highest
 * tier is taken, then the one with most features, then the first in ladder order.
 */
const LadderLevel *ladder_level_of(const Ladder *ladder, const CpuSet *set, const CpuVendor *vendor,
                                   gboolean is_secure);

/*
 * What a template of LEVEL gives its guests: the level's set, with the secure features or without.
 */
CpuSet ladder_level_set(const LadderLevel *level, gboolean is_secure);

/*
 * What is wrong with the ladder's data, one sentence each (char*, owned by the array, empty when
 * all is well): names that the map lacks, levels that none of the map's CPU models reaches, an
 * order that disagrees with the sets.
 */
GPtrArray *ladder_lint(const Ladder *ladder);

G_END_DECLS

#endif
