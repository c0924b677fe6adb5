/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Can each host of a pool be emptied (leaving.h), and in which order? Hosts are drained one at a
 * time, the guests of the one before having come back.
 */
#include <fleet/words.h>

#include "capacity.h"
#include "leaving.h"

static Drain *
drain_host(DrainState *state, guint32 host, const GArray *by_memory)
{
    Drain *drain = drain_new(host);
    g_autoptr(GArray) emptied = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autofree guint32 *places = NULL;
    Leaving leaving;

    if (state->guests_of[host] == NULL) { /* as nearly every host of an inventory without guests */
        drain->text = g_strdup("There are no guests.");
        return drain;
    }
    g_array_append_val(emptied, host);
    leaving_init(state, emptied, &leaving);
    drain->n_guests = leaving.n_guests;
    drain->verdict = leaving_settle(state, &leaving, by_memory, &places, &drain->text);
    g_array_append_vals(drain->stranded, leaving.stranded->data, leaving.stranded->len);
    leaving_release(&leaving);
    return drain;
}

/* ---- the pool ------------------------------------------------------------------------------- */

static gint
compare_drains(gconstpointer a, gconstpointer b, gpointer user_data)
{
    const DrainState *state = user_data;
    const guint32 left = *(const guint32 *)a, right = *(const guint32 *)b;

    if (state->used_kib[left] != state->used_kib[right])
        return state->used_kib[left] < state->used_kib[right] ? -1 : 1;
    return (left > right) - (left < right);
}

/* Hosts that can be drained, the emptiest first: it costs least and shows trouble early. */
static void
order_maintenance(const DrainState *state, PlanPool *pool)
{
    Maintenance *maintenance = &pool->maintenance;

    maintenance->order = g_new0(guint32, pool->drains->len + 1);
    for (guint i = 0; i < pool->drains->len; i++) {
        const Drain *drain = g_ptr_array_index(pool->drains, i);

        if (drain->verdict <= VERDICT_WARN)
            maintenance->order[maintenance->n_order++] = drain->host;
        g_array_append_vals(maintenance->blocking_guests, drain->stranded->data,
                            drain->stranded->len);
    }
    g_qsort_with_data(maintenance->order, (gint)maintenance->n_order, sizeof(guint32),
                      compare_drains, (gpointer)(guintptr)state);
}

/* "; left out by the plan file: 2 guests", or nothing: the caller's. */
static char *
tell_left_out(const DrainState *state)
{
    guint n = 0;

    for (guint i = 0; i < state->pool->hosts->len; i++) {
        const GArray *guests = state->guests_of[g_array_index(state->pool->hosts, guint32, i)];

        for (guint j = 0; guests != NULL && j < guests->len; j++) {
            const guint32 guest = g_array_index(guests, guint32, j);

            n += drain_needed_kib(state, guest) > 0 && !drain_has_failover(state, guest);
        }
    }
    return n == 0 ? g_strdup("")
                  : g_strdup_printf("; left out by the plan file: %u guest%s", n, words_plural(n));
}

static void
judge_failover(DrainState *state, PlanPool *pool, const GArray *by_memory)
{
    Maintenance *maintenance = &pool->maintenance;
    g_autofree char *text = NULL;

    maintenance->failover = VERDICT_YES;
    if (pool->settings->failover_hosts == 0) {
        maintenance->failover_text = g_strdup("The pool asks for no failover.");
        return;
    }
    if (pool->hosts->len <= pool->settings->failover_hosts) {
        maintenance->failover = VERDICT_NO;
        maintenance->failover_text = g_strdup_printf(
            "The pool asks that %u host%s can fail, and has %u.", pool->settings->failover_hosts,
            words_plural(pool->settings->failover_hosts), pool->hosts->len);
        return;
    }
    maintenance->failover = VERDICT_UNKNOWN;
    for (guint i = 0; i < pool->hosts->len; i++) {
        if (fleet_host(state->planning->fleet, g_array_index(pool->hosts, guint32, i))
                ->memory_kib != 0)
            continue;
        maintenance->failover_text =
            g_strdup("Not every host of the pool tells its memory, so failover is not known.");
        return;
    }
    maintenance->failover = failover_judge_pool(state, by_memory, &text);
    g_autofree char *left_out = tell_left_out(state);
    maintenance->failover_text = g_strdup_printf("%s%s.", text, left_out);
}

void
planning_drain_pool(Planning *planning, guint32 pool_index)
{
    PlanPool *pool = g_ptr_array_index(planning->plan->pools, pool_index);
    g_autoptr(DrainState) state = drain_state_new(planning, pool);
    g_autoptr(GArray) by_memory = drain_hosts_by_memory(state);

    pool->guest_kib = capacity_guest_kib(state);
    g_autoptr(Room) room =
        pool->guest_kib > 0 ? room_new(pool, state->memory, pool->guest_kib) : NULL;
    state->room = room;
    judge_failover(state, pool, by_memory);
    state->room = NULL;
    capacity_measure(state, pool, room);
    for (guint i = 0; i < pool->hosts->len; i++)
        g_ptr_array_add(pool->drains,
                        drain_host(state, g_array_index(pool->hosts, guint32, i), by_memory));
    order_maintenance(state, pool);
}
