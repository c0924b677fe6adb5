/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A feature's bit is its place in the order in which the rows first name it. There is room for 32,
 * which is asserted: the rows are compiled in.
 */

#include "watched.h"

#include <string.h>

#include "data.h"

#define MAX_WATCHED 32

struct WatchedFeatures {
    guint n;
    const char *names[MAX_WATCHED];
    CpuSet bits[MAX_WATCHED];
};

static void
watch(WatchedFeatures *watched, const Universe *universe, const char *name)
{
    if (name == NULL || watched_features_bit(watched, name) != 0)
        return;
    g_assert(watched->n < MAX_WATCHED); /* the data is compiled in, and a test plans with it */
    if (!universe_find_name(universe, name, &watched->bits[watched->n]))
        return; /* a CPU map that lacks it: no CPU has it */
    watched->names[watched->n++] = name;
}

WatchedFeatures *
watched_features_new(Universe *const *universes)
{
    WatchedFeatures *watched = g_new0(WatchedFeatures, 1);
    const Universe *universe = universes[CPU_FAMILY_X86];

    for (guint i = 0; i < n_bad_pair_rows; i++) {
        watch(watched, universe, bad_pair_rows[i].guest_has);
        watch(watched, universe, bad_pair_rows[i].guest_lacks);
        watch(watched, universe, bad_pair_rows[i].source_has);
    }
    return watched;
}

void
watched_features_free(WatchedFeatures *watched)
{
    g_free(watched);
}

guint32
watched_features_in(const WatchedFeatures *watched, CpuFamily family, const CpuSet *set)
{
    guint32 found = 0;

    for (guint i = 0; i < watched->n && family == CPU_FAMILY_X86; i++)
        if (cpu_set_contains(set, &watched->bits[i]))
            found |= 1U << i;
    return found;
}

guint32
watched_features_bit(const WatchedFeatures *watched, const char *name)
{
    for (guint i = 0; i < watched->n; i++)
        if (strcmp(watched->names[i], name) == 0)
            return 1U << i;
    return 0;
}
