/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <planner/evacuation.h>

#include "leaving.h"

static void
evacuation_free(gpointer data)
{
    Evacuation *evacuation = data;

    g_array_unref(evacuation->hosts);
    g_array_unref(evacuation->moves);
    g_free(evacuation->text);
    g_free(evacuation);
}

static Evacuation *
evacuation_new(guint32 pool)
{
    Evacuation *evacuation = g_new0(Evacuation, 1);

    evacuation->pool = pool;
    evacuation->hosts = g_array_new(FALSE, FALSE, sizeof(guint32));
    evacuation->moves = g_array_new(FALSE, FALSE, sizeof(EvacuationMove));
    return evacuation;
}

static gint
compare_moves(gconstpointer a, gconstpointer b)
{
    const EvacuationMove *left = a, *right = b;

    return (left->guest > right->guest) - (left->guest < right->guest);
}

/* GUEST is an index of Plan.guests, which are as Fleet.guests. */
static void
add_move(const DrainState *state, Evacuation *evacuation, guint32 guest, guint32 to,
         Verdict verdict)
{
    const EvacuationMove move = {guest, to, drain_must_migrate(state, guest), verdict};

    g_array_append_val(evacuation->moves, move);
}

static void
add_homeless(const DrainState *state, Evacuation *evacuation, const GArray *guests, Verdict verdict)
{
    for (guint i = 0; i < guests->len; i++)
        add_move(state, evacuation, g_array_index(guests, guint32, i), FLEET_NO_INDEX, verdict);
}

/* PLACES is NULL where no place was found for all that need memory. */
static void
list_moves(const DrainState *state, const Leaving *leaving, const guint32 *places,
           Evacuation *evacuation)
{
    for (guint i = 0; i < leaving->items->len; i++)
        add_move(state, evacuation, g_array_index(leaving->guests, guint32, i),
                 places != NULL ? drain_memory_host(state->memory, places[i]) : FLEET_NO_INDEX,
                 VERDICT_YES);
    for (guint i = 0; i < leaving->starts->len; i++) {
        const LeavingStart *start = &g_array_index(leaving->starts, LeavingStart, i);

        add_move(state, evacuation, start->guest, start->host, VERDICT_YES);
    }
    add_homeless(state, evacuation, leaving->stranded, VERDICT_NO);
    add_homeless(state, evacuation, leaving->not_known, VERDICT_UNKNOWN);
    g_array_sort(evacuation->moves, compare_moves);
}

static void
evacuate_pool(const Planning *planning, const PlanPool *pool, Evacuation *evacuation)
{
    g_autoptr(DrainState) state = drain_state_new(planning, pool);
    g_autoptr(GArray) by_memory = drain_hosts_by_memory(state);
    g_autofree guint32 *places = NULL;
    Leaving leaving;

    leaving_init(state, evacuation->hosts, &leaving);
    evacuation->verdict = leaving_settle(state, &leaving, by_memory, &places, &evacuation->text);
    list_moves(state, &leaving, places, evacuation);
    leaving_release(&leaving);
}

GPtrArray *
planner_evacuate(const Fleet *fleet, const PlanSettings *settings, CpuMap *map, const GArray *hosts)
{
    g_autoptr(Planning) planning = planning_of_guests(fleet, settings, map);
    GPtrArray *all = g_ptr_array_new_with_free_func(evacuation_free);

    for (guint32 p = 0; p < settings->pools->len; p++) {
        Evacuation *evacuation = evacuation_new(p);

        for (guint i = 0; i < hosts->len; i++) {
            const guint32 host = g_array_index(hosts, guint32, i);

            if (planning->pool_of[host] == p)
                g_array_append_val(evacuation->hosts, host);
        }
        if (evacuation->hosts->len == 0) {
            evacuation_free(evacuation);
            continue;
        }
        evacuate_pool(planning, g_ptr_array_index(planning->plan->pools, p), evacuation);
        g_ptr_array_add(all, evacuation);
    }
    plan_free(planning->plan);
    return all;
}
