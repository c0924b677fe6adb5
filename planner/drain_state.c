/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Guests of one kind share their array of targets, so the hosts that they can go to are found once
 * for each array and question.
 */
#include "drain_state.h"

#include <string.h>

#define MAX_CANDIDATES 256 /* the roomiest ones, for each kind of guest */

static void
candidates_free(gpointer data)
{
    g_array_unref(((Candidates *)data)->certain);
    g_free(data);
}

static const Guest *
guest_of(const DrainState *state, guint32 index)
{
    const GuestPlan *plan = g_ptr_array_index(state->planning->plan->guests, index);

    return g_ptr_array_index(state->planning->fleet->guests, plan->guest);
}

gboolean
drain_must_migrate(const DrainState *state, guint32 guest)
{
    return guest_of(state, guest)->is_running || !state->is_state_known;
}

guint64
drain_needed_kib(const DrainState *state, guint32 guest)
{
    return drain_must_migrate(state, guest) ? guest_of(state, guest)->memory_kib : 0;
}

gboolean
drain_has_failover(const DrainState *state, guint32 guest)
{
    const GuestPlan *plan = g_ptr_array_index(state->planning->plan->guests, guest);

    return drain_needed_kib(state, guest) > 0 && (plan->known == NULL || plan->known->has_failover);
}

/* Most room first; then by name, which is the order of the indexes. */
static gint
compare_room(gconstpointer a, gconstpointer b, gpointer user_data)
{
    const DrainState *state = user_data;
    const guint32 left = *(const guint32 *)a, right = *(const guint32 *)b;

    const gint64 left_kib = drain_memory_free_kib(state->memory, left),
                 right_kib = drain_memory_free_kib(state->memory, right);

    if (left_kib != right_kib)
        return left_kib < right_kib ? 1 : -1;
    return (left > right) - (left < right);
}

DrainState *
drain_state_new(const Planning *planning, const PlanPool *pool)
{
    DrainState *state = g_new0(DrainState, 1);
    const Fleet *fleet = planning->fleet;
    const GPtrArray *guests = planning->plan->guests;

    state->planning = planning;
    state->pool = pool;
    state->guests_of = g_new0(GArray *, fleet->hosts->len + 1);
    state->used_kib = g_new0(guint64, fleet->hosts->len + 1);
    state->memory = drain_memory_new(planning, pool);
    state->candidates_of = g_hash_table_new_full(NULL, NULL, NULL, candidates_free);
    for (guint i = 0; i < fleet->guests->len && !state->is_state_known; i++)
        state->is_state_known = ((const Guest *)g_ptr_array_index(fleet->guests, i))->is_running;
    for (guint32 i = 0; i < guests->len; i++) {
        const guint32 host = ((const GuestPlan *)g_ptr_array_index(guests, i))->host;

        if (host == FLEET_NO_INDEX)
            continue;
        if (state->guests_of[host] == NULL)
            state->guests_of[host] = g_array_new(FALSE, FALSE, sizeof(guint32));
        g_array_append_val(state->guests_of[host], i);
        state->used_kib[host] += drain_needed_kib(state, i);
        drain_memory_take(state->memory, planning, i, host, drain_needed_kib(state, i));
    }
    state->by_room = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_array_append_vals(state->by_room, pool->hosts->data, pool->hosts->len);
    g_array_sort_with_data(state->by_room, compare_room, state);
    return state;
}

void
drain_state_free(DrainState *state)
{
    for (guint i = 0; i < state->planning->fleet->hosts->len; i++)
        if (state->guests_of[i] != NULL)
            g_array_unref(state->guests_of[i]);
    g_array_unref(state->by_room);
    g_clear_pointer(&state->shelters, g_array_unref);
    g_free(state->guests_of);
    g_free(state->used_kib);
    drain_memory_free(state->memory);
    g_hash_table_unref(state->candidates_of);
    g_free(state);
}

/* The verdict on each of the plan's groups for the guest; NO for those that are no target. */
static guint8 *
verdicts_of_groups(const DrainState *state, const GuestPlan *plan, gboolean is_live)
{
    guint8 *verdicts = g_new(guint8, state->planning->plan->groups->len + 1);

    memset(verdicts, VERDICT_NO, state->planning->plan->groups->len);
    for (guint i = 0; i < plan->targets->len; i++) {
        const GuestTarget *target = &g_array_index(plan->targets, GuestTarget, i);
        const guint32 index = is_live ? target->can_migrate : target->can_start;

        verdicts[target->group] =
            (guint8)((const Outcome *)g_ptr_array_index(plan->outcomes, index))->verdict;
    }
    return verdicts;
}

/*
 * Drains and failover count on no swap. Guests that share their targets have the same memory, where
 * a host has less.
 */
static gboolean
is_too_small(const DrainState *state, guint32 host, const GuestPlan *plan)
{
    const Fleet *fleet = state->planning->fleet;
    const Guest *guest = g_ptr_array_index(fleet->guests, plan->guest);
    const guint64 memory_kib = fleet_host(fleet, host)->memory_kib;

    return memory_kib != 0 && memory_kib < guest->memory_kib;
}

static Candidates *
make_candidates(const DrainState *state, const GuestPlan *plan, gboolean is_live)
{
    const gboolean needs_no_memory =
        state->is_state_known &&
        !((const Guest *)g_ptr_array_index(state->planning->fleet->guests, plan->guest))
             ->is_running;
    Candidates *candidates = g_new0(Candidates, 1);
    g_autofree guint8 *verdicts = verdicts_of_groups(state, plan, is_live);
    const GArray *group_of = state->planning->plan->group_of;

    candidates->certain = g_array_new(FALSE, FALSE, sizeof(guint32));
    for (guint i = 0; i < state->by_room->len; i++) {
        const guint32 host = g_array_index(state->by_room, guint32, i);
        const guint8 verdict = verdicts[g_array_index(group_of, guint32, host)];

        if (verdict == VERDICT_NO || (!needs_no_memory && is_too_small(state, host, plan)))
            continue;
        if (verdict == VERDICT_UNKNOWN || candidates->certain->len == MAX_CANDIDATES)
            candidates->has_unknown = TRUE;
        else
            g_array_append_val(candidates->certain, host);
        if (candidates->has_unknown && candidates->certain->len == MAX_CANDIDATES)
            break;
    }
    return candidates;
}

const Candidates *
drain_candidates(DrainState *state, guint32 index, gboolean is_live)
{
    const GuestPlan *plan = g_ptr_array_index(state->planning->plan->guests, index);
    /* the array's address is even, so its lowest bit is free to tell the two questions apart */
    gpointer key = GSIZE_TO_POINTER(GPOINTER_TO_SIZE(plan->targets) | (is_live ? 1 : 0));
    Candidates *candidates = g_hash_table_lookup(state->candidates_of, key);

    if (candidates == NULL) {
        candidates = make_candidates(state, plan, is_live);
        g_hash_table_insert(state->candidates_of, key, candidates);
    }
    return candidates;
}

/* Largest memory first, among hosts that tell it. */
static gint
compare_memory(gconstpointer a, gconstpointer b, gpointer user_data)
{
    const Fleet *fleet = user_data;
    const guint32 left = *(const guint32 *)a, right = *(const guint32 *)b;
    const guint64 left_kib = fleet_host(fleet, left)->memory_kib;
    const guint64 right_kib = fleet_host(fleet, right)->memory_kib;

    if (left_kib != right_kib)
        return left_kib < right_kib ? 1 : -1;
    return (left > right) - (left < right);
}

GArray *
drain_hosts_by_memory(const DrainState *state)
{
    GArray *hosts = g_array_new(FALSE, FALSE, sizeof(guint32));

    g_array_append_vals(hosts, state->pool->hosts->data, state->pool->hosts->len);
    g_array_sort_with_data(hosts, compare_memory, (gpointer)(guintptr)state->planning->fleet);
    return hosts;
}

gboolean
drain_has_host(const GArray *hosts, guint32 host)
{
    for (guint i = 0; i < hosts->len; i++)
        if (g_array_index(hosts, guint32, i) == host)
            return TRUE;
    return FALSE;
}

GArray *
drain_bins(DrainState *state, guint32 guest, gboolean is_live, const GArray *excluded,
           gboolean *is_complete)
{
    const Candidates *candidates = drain_candidates(state, guest, is_live);
    GArray *bins = g_array_new(FALSE, FALSE, sizeof(guint32));

    *is_complete = *is_complete && !candidates->has_unknown;
    for (guint i = 0; i < candidates->certain->len; i++) {
        const guint32 host = g_array_index(candidates->certain, guint32, i);

        if (drain_has_host(excluded, host))
            continue;
        const guint32 bin = drain_memory_bin(state->memory, state->planning, guest, host);
        if (bin != FLEET_NO_INDEX)
            g_array_append_val(bins, bin);
        else
            *is_complete = FALSE;
    }
    return bins;
}
