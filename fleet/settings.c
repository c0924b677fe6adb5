/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fleet/settings.h>

#include <fleet/name_matcher.h>

#define DEFAULT_COLLECT_TIMEOUT_S 30

const char *const strategy_names[] = {
    [STRATEGY_EXACT] = "exact", [STRATEGY_POOL] = "pool", [STRATEGY_LADDER] = "ladder",
    [STRATEGY_AUTO] = "auto",   [STRATEGY_COUNT] = NULL,
};

const char *
strategy_name(Strategy strategy)
{
    return strategy_names[strategy];
}

PoolSettings *
pool_settings_new(const char *name)
{
    PoolSettings *pool = g_new0(PoolSettings, 1);

    pool->name = g_strdup(name);
    pool->strategy = STRATEGY_LADDER;
    pool->max_loss = -1;
    pool->hosts = g_ptr_array_new_with_free_func(g_free);
    pool->labels = g_ptr_array_new_with_free_func(g_free);
    pool->required = g_ptr_array_new_with_free_func(g_free);
    pool->disabled = g_ptr_array_new_with_free_func(g_free);
    pool->models = g_ptr_array_new_with_free_func(g_free);
    return pool;
}

void
pool_settings_free(PoolSettings *pool)
{
    if (pool == NULL)
        return;
    g_free(pool->name);
    g_free(pool->ladder);
    g_free(pool->libvirt);
    g_ptr_array_unref(pool->hosts);
    g_ptr_array_unref(pool->labels);
    g_ptr_array_unref(pool->required);
    g_ptr_array_unref(pool->disabled);
    g_ptr_array_unref(pool->models);
    g_free(pool);
}

static void
label_settings_free(gpointer data)
{
    LabelSettings *label = data;

    g_ptr_array_unref(label->hosts);
    g_ptr_array_unref(label->labels);
    g_free(label);
}

static void
version_settings_free(gpointer data)
{
    VersionSettings *version = data;

    g_ptr_array_unref(version->hosts);
    for (guint i = 0; i < SOFTWARE_COUNT; i++)
        g_free(version->versions[i]);
    g_free(version);
}

static void
known_stuck_settings_free(gpointer data)
{
    KnownStuckSettings *known = data;

    g_ptr_array_unref(known->guests);
    g_ptr_array_unref(known->hosts);
    g_free(known->why);
    g_free(known->until);
    g_free(known);
}

static void
collect_settings_free(gpointer data)
{
    CollectSettings *collect = data;

    g_free(collect->name);
    g_free(collect->uri);
    g_free(collect);
}

static void
weight_settings_free(gpointer data)
{
    g_free(((WeightSettings *)data)->name);
    g_free(data);
}

PlanSettings *
plan_settings_new(void)
{
    PlanSettings *settings = g_new0(PlanSettings, 1);

    settings->collect_timeout_s = DEFAULT_COLLECT_TIMEOUT_S;
    settings->sources = g_ptr_array_new_with_free_func(g_free);
    settings->collect = g_ptr_array_new_with_free_func(collect_settings_free);
    settings->labels = g_ptr_array_new_with_free_func(label_settings_free);
    settings->versions = g_ptr_array_new_with_free_func(version_settings_free);
    settings->known_stuck = g_ptr_array_new_with_free_func(known_stuck_settings_free);
    settings->pools = g_ptr_array_new_with_free_func((GDestroyNotify)pool_settings_free);
    settings->feature_weights = g_ptr_array_new_with_free_func(weight_settings_free);
    return settings;
}

void
plan_settings_free(PlanSettings *settings)
{
    if (settings == NULL)
        return;
    g_free(settings->path);
    g_free(settings->inventory);
    g_free(settings->output);
    g_free(settings->cpu_map);
    g_free(settings->metrics);
    g_ptr_array_unref(settings->sources);
    g_ptr_array_unref(settings->collect);
    g_ptr_array_unref(settings->labels);
    g_ptr_array_unref(settings->versions);
    g_ptr_array_unref(settings->known_stuck);
    g_ptr_array_unref(settings->pools);
    g_ptr_array_unref(settings->feature_weights);
    g_free(settings);
}

static GPtrArray *
version_matchers(const PlanSettings *settings)
{
    GPtrArray *matchers = g_ptr_array_new_with_free_func((GDestroyNotify)name_matcher_free);

    for (guint i = 0; i < settings->versions->len; i++) {
        const VersionSettings *version = g_ptr_array_index(settings->versions, i);

        g_ptr_array_add(matchers, name_matcher_new(version->hosts));
    }
    return matchers;
}

const VersionSettings **
plan_settings_host_versions(const PlanSettings *settings, const Fleet *fleet)
{
    const VersionSettings **versions = g_new0(const VersionSettings *, fleet->hosts->len);
    g_autoptr(GPtrArray) matchers = version_matchers(settings);

    for (guint i = 0; i < fleet->hosts->len; i++) {
        for (guint k = 0; k < matchers->len && versions[i] == NULL; k++) {
            if (name_matcher_matches(g_ptr_array_index(matchers, k), fleet_host(fleet, i)->name))
                versions[i] = g_ptr_array_index(settings->versions, k);
        }
    }
    return versions;
}
