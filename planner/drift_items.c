/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of changes that is being made, and how changes name hosts and features. */
#include "drift_items.h"

#include <string.h>

/* The name of the pool that HOST is in; NULL when it is in none. */
static const char *
pool_of_host(const Planning *planning, const char *host)
{
    const guint32 index = fleet_find_host(planning->fleet, host);
    const guint32 pool = index != FLEET_NO_INDEX ? planning->pool_of[index] : FLEET_NO_INDEX;

    if (pool == FLEET_NO_INDEX)
        return NULL;
    return ((const PlanPool *)g_ptr_array_index(planning->plan->pools, pool))->settings->name;
}

DriftItem *
drift_add(Drift *drift, const char *id, gboolean is_actionable, const char *host,
          const char *subject, char *text)
{
    DriftItem *item = drift_item_new(id, is_actionable);

    item->host = g_strdup(host);
    if (host != NULL) {
        const char *pool = pool_of_host(drift->now, host);
        item->pool = g_strdup(pool != NULL ? pool : pool_of_host(drift->before, host));
    }
    item->subject = g_strdup(subject);
    item->text = text;
    g_ptr_array_add(drift->items, item);
    return item;
}

GPtrArray *
drift_names_without(const GPtrArray *a, const GPtrArray *b)
{
    GPtrArray *rest = g_ptr_array_new_with_free_func(g_free);
    guint j = 0;

    for (guint i = 0; i < a->len; i++) {
        const char *name = g_ptr_array_index(a, i);

        while (j < b->len && strcmp(g_ptr_array_index(b, j), name) < 0)
            j++;
        if (j == b->len || strcmp(g_ptr_array_index(b, j), name) != 0)
            g_ptr_array_add(rest, g_strdup(name));
    }
    return rest;
}
