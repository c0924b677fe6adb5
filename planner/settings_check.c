/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names in the plan file that mean nothing to the CPU map. A misspelt feature would otherwise be
 * disabled or required without effect.
 */
#include "planning.h"

#include <string.h>

static gboolean
is_feature(const Planning *planning, const char *name)
{
    CpuSet bits;

    for (guint i = 0; i < CPU_FAMILY_COUNT; i++)
        if (universe_find_name(planning->universes[i], name, &bits) ||
            cpu_map_find_feature(planning->map, i, name) != NULL) /* names of arm have no bits */
            return TRUE;
    return FALSE;
}

static void
check_feature(Planning *planning, const char *name, const char *where)
{
    const CpuFeature *meant = cpu_map_find_feature_alias(planning->map, CPU_FAMILY_X86, name);
    g_autofree char *remedy = NULL;

    if (is_feature(planning, name))
        return;
    remedy = meant != NULL
                 ? g_strdup_printf("write %s, as libvirt does", meant->name)
                 : g_strdup("virt-plan map list features shows all names; correct the plan file");
    planning_add_finding(
        planning, FINDING_WARNING, "unknown-name", NULL,
        g_strdup_printf("%s names the CPU feature %s, which is not known", where, name), remedy);
}

static void
check_model(Planning *planning, const char *name, const char *where)
{
    for (guint i = 0; i < CPU_FAMILY_COUNT; i++)
        if (cpu_map_find_model(planning->map, i, name) != NULL)
            return;
    planning_add_finding(
        planning, FINDING_WARNING, "unknown-name", NULL,
        g_strdup_printf("%s names the CPU model %s, which is not known", where, name),
        "virt-plan map list shows all names; correct the plan file");
}

/* Only where a pool names one: the ladder takes a while to make. */
static void
check_ladder(Planning *planning, const char *name, const char *where)
{
    const Ladder *ladder = planning_ladder(planning);

    for (guint i = 0; i < ladder_n_levels(ladder); i++)
        if (strcmp(ladder_level(ladder, i)->ladder, name) == 0)
            return;
    planning_add_finding(
        planning, FINDING_WARNING, "unknown-name", NULL,
        g_strdup_printf("%s names the ladder %s, which is not known", where, name),
        "virt-plan map list levels shows the ladder of each level; correct the plan file");
}

void
planning_check_settings(Planning *planning)
{
    const PlanSettings *settings = planning->settings;

    for (guint i = 0; i < settings->pools->len; i++) {
        const PoolSettings *pool = g_ptr_array_index(settings->pools, i);
        g_autofree char *where = g_strdup_printf("pool %s", pool->name);

        for (guint j = 0; j < pool->required->len; j++)
            check_feature(planning, g_ptr_array_index(pool->required, j), where);
        for (guint j = 0; j < pool->disabled->len; j++)
            check_feature(planning, g_ptr_array_index(pool->disabled, j), where);
        for (guint j = 0; j < pool->models->len; j++)
            check_model(planning, g_ptr_array_index(pool->models, j), where);
        if (pool->ladder != NULL)
            check_ladder(planning, pool->ladder, where);
    }
    for (guint i = 0; i < settings->feature_weights->len; i++)
        check_feature(
            planning,
            ((const WeightSettings *)g_ptr_array_index(settings->feature_weights, i))->name,
            "the list of weights");
}
