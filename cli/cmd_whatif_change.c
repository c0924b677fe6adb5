/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The change that `virt-plan whatif` imagines: made to a fleet and settings that were loaded for
 * it. One that changes nothing is refused, so that a typing mistake does not look like good news.
 */
#include "cmd_whatif.h"
#include "site_names.h"
#include "suggest.h"

#include <ingest/ingest.h>
#include <planner/whatif.h>

static gboolean
take_reading(SourceReading *reading, gpointer user_data, GError **error)
{
    GPtrArray *readings = user_data;

    (void)error;
    g_ptr_array_add(readings, reading);
    return TRUE;
}

/* The documents of all files; an error when a file gave none. */
static gboolean
read_documents(char **paths, const CpuMap *map, GPtrArray *readings, GPtrArray *documents,
               GError **error)
{
    const IngestOptions ingest = {.map = map};
    const IngestSink sink = {.read = take_reading, .user_data = readings};

    if (!ingest_paths((const char *const *)paths, g_strv_length(paths), &ingest, &sink, error))
        return FALSE;
    for (guint i = 0; i < readings->len; i++) {
        const SourceReading *reading = g_ptr_array_index(readings, i);

        for (guint j = 0; j < reading->documents->len; j++)
            g_ptr_array_add(documents, g_ptr_array_index(reading->documents, j));
        for (guint j = 0; j < reading->findings->len; j++) {
            const Finding *finding = g_ptr_array_index(reading->findings, j);
            g_autofree char *text = finding_format(finding);

            if (finding->severity != FINDING_ERROR)
                continue;
            g_set_error_literal(error, COMMAND_ERROR, COMMAND_ERROR_USAGE, text);
            return FALSE;
        }
    }
    return TRUE;
}

/* The pool that new hosts join when no pool's globs name them: --pool, or the only one. */
static PoolSettings *
joining_pool(PlanSettings *settings, const char *name)
{
    for (guint i = 0; i < settings->pools->len; i++) {
        PoolSettings *pool = g_ptr_array_index(settings->pools, i);

        if (name != NULL ? g_strcmp0(pool->name, name) == 0 : settings->pools->len == 1)
            return pool;
    }
    return NULL;
}

static gboolean
add_hosts(const WhatifOptions *wanted, Fleet *fleet, PlanSettings *settings, const CpuMap *map,
          GError **error)
{
    g_autoptr(GPtrArray) readings =
        g_ptr_array_new_with_free_func((GDestroyNotify)source_reading_free);
    g_autoptr(GPtrArray) documents = g_ptr_array_new();
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    PoolSettings *pool = joining_pool(settings, wanted->planning.pool);

    if (!read_documents(wanted->added, map, readings, documents, error))
        return FALSE;
    whatif_add_hosts(fleet, documents, names);
    if (names->len == 0)
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "%s describes no host: give capabilities, domain capabilities or a CPUID dump",
                    wanted->added[0]);
    for (guint i = 0; pool != NULL && i < names->len; i++)
        whatif_assign_host(pool, g_ptr_array_index(names, i));
    return names->len > 0;
}

static gboolean
set_strategy(const WhatifOptions *wanted, PlanSettings *settings, GError **error)
{
    Strategy strategy = 0;

    while (wanted->strategy != NULL && strategy < STRATEGY_COUNT &&
           g_strcmp0(strategy_name(strategy), wanted->strategy) != 0)
        strategy++;
    if (strategy == STRATEGY_COUNT || wanted->max_classes < 0) {
        g_set_error(
            error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
            "--strategy takes exact, pool, ladder or auto, --max-classes a number from 1 on");
        return FALSE;
    }
    gboolean is_any_auto = FALSE;
    for (guint i = 0; i < settings->pools->len; i++) {
        PoolSettings *pool = g_ptr_array_index(settings->pools, i);

        if (wanted->planning.pool != NULL && g_strcmp0(pool->name, wanted->planning.pool) != 0)
            continue;
        if (wanted->strategy != NULL)
            pool->strategy = strategy;
        if (wanted->max_classes > 0)
            pool->max_classes = (guint)wanted->max_classes;
        is_any_auto = is_any_auto || pool->strategy == STRATEGY_AUTO;
    }
    if (wanted->max_classes == 0 || is_any_auto)
        return TRUE;
    g_set_error_literal(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                        "--max-classes is for the strategy auto, which no pool here has: add "
                        "--strategy auto");
    return FALSE;
}

static void
refuse_feature(const CpuMap *map, const char *name, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; i < cpu_map_n_features(map, CPU_FAMILY_X86); i++)
        g_ptr_array_add(names, (gpointer)(guintptr)cpu_map_feature(map, CPU_FAMILY_X86, i)->name);
    suggest_set_error(error, "there is no CPU feature", name, (const char *const *)names->pdata,
                      names->len, "'virt-plan map list features' lists them");
}

static gboolean
is_known_feature(const CpuMap *map, const Fleet *fleet, const char *name, GError **error)
{
    if (cpu_map_find_feature(map, CPU_FAMILY_X86, name) != NULL ||
        whatif_is_feature_named(fleet, name))
        return TRUE;
    const CpuFeature *meant = cpu_map_find_feature_alias(map, CPU_FAMILY_X86, name);
    if (meant != NULL)
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "there is no CPU feature '%s': libvirt calls it %s", name, meant->name);
    else
        refuse_feature(map, name, error);
    return FALSE;
}

static gboolean
change_features(const WhatifOptions *wanted, Fleet *fleet, PlanSettings *settings,
                const CpuMap *map, GError **error)
{
    for (guint i = 0; wanted->disabled != NULL && wanted->disabled[i] != NULL; i++) {
        if (!is_known_feature(map, fleet, wanted->disabled[i], error))
            return FALSE;
        whatif_disable_feature(settings, wanted->disabled[i]);
    }
    for (guint i = 0; wanted->lost != NULL && wanted->lost[i] != NULL; i++) {
        if (!is_known_feature(map, fleet, wanted->lost[i], error))
            return FALSE;
        const char *glob = wanted->on != NULL ? wanted->on : "*";
        if (whatif_lose_feature(fleet, map, wanted->lost[i], glob) > 0)
            continue;
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "no host that '%s' matches has the CPU feature '%s': nothing can be lost", glob,
                    wanted->lost[i]);
        return FALSE;
    }
    return TRUE;
}

static gboolean
remove_hosts(const WhatifOptions *wanted, Fleet *fleet, GError **error)
{
    for (guint i = 0; wanted->removed != NULL && wanted->removed[i] != NULL; i++) {
        if (whatif_remove_hosts(fleet, wanted->removed[i]) > 0)
            continue;
        site_names_refuse_host(NULL, fleet, wanted->removed[i], error);
        return FALSE;
    }
    return TRUE;
}

static gboolean
names_a_change(const WhatifOptions *wanted, GError **error)
{
    if (wanted->on != NULL && wanted->lost == NULL) {
        g_set_error_literal(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                            "--on says which hosts lose a feature: give --lose FEATURE with it");
        return FALSE;
    }
    if (wanted->added != NULL || wanted->removed != NULL || wanted->disabled != NULL ||
        wanted->lost != NULL || wanted->strategy != NULL || wanted->max_classes != 0)
        return TRUE;
    g_set_error_literal(
        error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
        "no change is named: give --add, --remove, --disable, --lose, --strategy or "
        "--max-classes");
    return FALSE;
}

gboolean
whatif_change_apply(const WhatifOptions *wanted, PlanningView *after, GError **error)
{
    return names_a_change(wanted, error) && remove_hosts(wanted, after->fleet, error) &&
           (wanted->added == NULL ||
            add_hosts(wanted, after->fleet, after->settings, after->map, error)) &&
           change_features(wanted, after->fleet, after->settings, after->map, error) &&
           set_strategy(wanted, after->settings, error);
}

/* A host that is added to no pool would change nothing, which is no answer. */
gboolean
whatif_change_has_pools(const Plan *before, const Plan *after, GError **error)
{
    for (guint i = 0; i < after->unassigned->len; i++) {
        const guint32 index = g_array_index(after->unassigned, guint32, i);
        const char *name = fleet_host(after->fleet, index)->name;

        if (fleet_find_host(before->fleet, name) != FLEET_NO_INDEX)
            continue;
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "no pool of the plan file names the host %s: say with --pool which it would "
                    "join",
                    name);
        return FALSE;
    }
    return TRUE;
}
