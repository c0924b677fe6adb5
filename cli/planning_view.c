/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What commands that show a plan share: from their options to the plan. */

#include "planning.h"
#include "suggest.h"

#define DEFAULT_POOL "all"

/* Without a plan file: one pool of all hosts. */
static PlanSettings *
default_settings(void)
{
    PlanSettings *settings = plan_settings_new();
    PoolSettings *pool = pool_settings_new(DEFAULT_POOL);

    g_ptr_array_add(pool->hosts, g_strdup("*"));
    g_ptr_array_add(settings->pools, pool);
    return settings;
}

gboolean
planning_view_load(PlanningView *view, const PlanningOptions *options, GError **error)
{
    if (options->config != NULL) {
        if (!planning_read_settings(options->config, &view->settings, &view->map, error))
            return FALSE;
    } else {
        view->settings = default_settings();
        view->map = cpu_map_new_builtin();
    }
    view->inventory = database_open_to_read(options->database,
                                            options->config != NULL ? view->settings : NULL, error);
    if (view->inventory == NULL ||
        !database_find_run(view->inventory, options->run, &view->run, error))
        return FALSE;
    view->fleet = planning_load_fleet(view->inventory, view->run, error);
    return view->fleet != NULL;
}

gboolean
planning_view_choose_pool(PlanningView *view, const PlanningOptions *options, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    if (options->pool == NULL)
        return TRUE;
    for (guint i = 0; i < view->plan->pools->len; i++) {
        const PlanPool *pool = g_ptr_array_index(view->plan->pools, i);

        g_ptr_array_add(names, pool->settings->name);
        if (g_strcmp0(pool->settings->name, options->pool) == 0)
            view->pool = pool;
    }
    if (view->pool != NULL)
        return TRUE;
    suggest_set_error(error, "there is no pool", options->pool,
                      (const char *const *)(void *)names->pdata, names->len,
                      options->config != NULL ? "'virt-plan classes' lists them"
                                              : "name the plan file that has it with -c");
    return FALSE;
}

gboolean
planning_view_open(PlanningView *view, const PlanningOptions *options, PlannerParts parts,
                   GError **error)
{
    if (!planning_view_load(view, options, error))
        return FALSE;
    view->plan = planning_plan(view->fleet, NULL, view->settings, view->map, parts);
    return planning_view_choose_pool(view, options, error);
}

void
planning_view_release(PlanningView *view)
{
    g_clear_pointer(&view->plan, plan_free);
    g_clear_pointer(&view->fleet, fleet_free);
    g_clear_pointer(&view->inventory, inventory_close);
    g_clear_pointer(&view->map, cpu_map_unref);
    g_clear_pointer(&view->settings, plan_settings_free);
}

gboolean
planning_view_shows(const PlanningView *view, const PlanPool *pool)
{
    return view->pool == NULL || view->pool == pool;
}

gboolean
planning_view_shows_drift(const PlanningView *view, const DriftItem *item)
{
    return view->pool == NULL || g_strcmp0(item->pool, view->pool->settings->name) == 0;
}
