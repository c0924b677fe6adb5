/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_DATA_H
#define PLANNER_DATA_H

/*
 * Facts that the planner looks up, compiled from planner/data/ by planner/tools/compile_data.c.
 * Each row's meaning is in the comment at the top of its file.
 *
 * QEMU releases are written as major * 1000 + minor, dates as seconds since 1970.
 */

#include <glib.h>

G_BEGIN_DECLS

/* weights.yaml: one of the two names is set. */
typedef struct {
    const char *group;
    const char *feature;
    gdouble weight;
} WeightRow;

/* host_only.yaml */
typedef struct {
    const char *feature;
    const char *reason;
} HostOnlyRow;

/* qemu_releases.yaml, oldest first */
typedef struct {
    guint release;
    gint64 date;
} QemuReleaseRow;

/* bad_pairs.yaml: 0 and NULL where a row sets no bound */
typedef struct {
    const char *id;
    guint source_from, source_to;
    guint target_from, target_to;
    guint machine;
    const char *severity;
    const char *text;
    const char *remedy;
    const char *source;
} BadPairRow;

extern const WeightRow weight_rows[];
extern const guint n_weight_rows;
extern const HostOnlyRow host_only_rows[];
extern const guint n_host_only_rows;
extern const QemuReleaseRow qemu_release_rows[];
extern const guint n_qemu_release_rows;
extern const BadPairRow bad_pair_rows[];
extern const guint n_bad_pair_rows;

G_END_DECLS

#endif
