/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Can a host be emptied? Each of its guests needs a host that it can migrate to and that has the
 * memory. A yes is a placement of all guests that was found; a no is proven: a guest has no host to
 * go to, or all ways to place them were tried. Where there are too many ways, or hosts do not tell
 * enough, the answer is "unknown". Hosts are drained one at a time, the guests of the one before
 * having come back.
 *
 * After a drain, it is asked of the placement that was found whether it survives the failures that
 * the pool is to survive (failover.c).
 */
#include <fleet/words.h>

#include "capacity.h"
#include "drain_state.h"

#define KIB_PER_GIB 1048576.0

/* ---- one host ------------------------------------------------------------------------------- */

static const Candidates *
candidates_of(DrainState *state, guint32 guest)
{
    return drain_candidates(state, guest, drain_must_migrate(state, guest));
}

/* Hardest to place first. */
static gint
compare_need(gconstpointer a, gconstpointer b, gpointer user_data)
{
    DrainState *state = user_data;
    const guint32 left = *(const guint32 *)a, right = *(const guint32 *)b;
    const guint n_left = candidates_of(state, left)->certain->len;
    const guint n_right = candidates_of(state, right)->certain->len;
    const guint64 left_kib = drain_needed_kib(state, left),
                  right_kib = drain_needed_kib(state, right);

    if (n_left != n_right)
        return n_left < n_right ? -1 : 1;
    if (left_kib != right_kib)
        return left_kib > right_kib ? -1 : 1;
    return (left > right) - (left < right);
}

/*
 * Adds the guest to those that are to be placed, or says why it is none of them. One that needs no
 * memory fits on any host that will do, whether that tells its own or not.
 */
static void
add_leaving(DrainState *state, guint32 index, Drain *drain, Leaving *leaving)
{
    const Candidates *candidates = candidates_of(state, index);
    const GuestPlan *plan = g_ptr_array_index(state->planning->plan->guests, index);
    GArray *bins = g_array_new(FALSE, FALSE, sizeof(guint32));
    const guint64 needed_kib = drain_needed_kib(state, index);
    gboolean has_other = FALSE, is_complete = !candidates->has_unknown;

    for (guint i = 0; i < candidates->certain->len; i++) {
        const guint32 host = g_array_index(candidates->certain, guint32, i);

        if (host == drain->host)
            continue;
        const guint32 bin = drain_memory_bin(state->memory, state->planning, index, host);
        has_other = TRUE;
        if (bin != FLEET_NO_INDEX)
            g_array_append_val(bins, bin);
        else
            is_complete = FALSE;
    }
    const gboolean has_pages =
        bins->len > 0 && drain_memory_is_pages(state->memory, g_array_index(bins, guint32, 0));
    g_ptr_array_add(leaving->bins, bins);
    if (has_other && needed_kib == 0)
        return;
    if (bins->len > 0) {
        const PackItem item = {needed_kib, (const guint32 *)(void *)bins->data, bins->len};
        g_array_append_val(leaving->items, item);
        g_array_append_val(leaving->guests, index);
        leaving->has_pages = leaving->has_pages || has_pages;
        leaving->is_complete = leaving->is_complete && is_complete && !has_pages;
    } else if (has_other || candidates->has_unknown) {
        leaving->n_not_known++;
    } else {
        g_array_append_val(drain->stranded, plan->guest);
    }
}

/* ---- the verdict on one host ----------------------------------------------------------------- */

G_GNUC_PRINTF(3, 4)
static void
conclude(Drain *drain, Verdict verdict, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_free(drain->text);
    drain->text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    drain->verdict = verdict;
}

static void
leaving_init(DrainState *state, Drain *drain, Leaving *leaving)
{
    const GArray *guests = state->guests_of[drain->host];
    g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(guint32));

    *leaving = (Leaving){.items = g_array_new(FALSE, FALSE, sizeof(PackItem)),
                         .guests = g_array_new(FALSE, FALSE, sizeof(guint32)),
                         .bins = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref),
                         .is_complete = TRUE};
    g_array_append_vals(order, guests->data, guests->len);
    g_array_sort_with_data(order, compare_need, state);
    for (guint i = 0; i < order->len; i++)
        add_leaving(state, g_array_index(order, guint32, i), drain, leaving);
}

static void
leaving_release(Leaving *leaving)
{
    g_array_unref(leaving->items);
    g_array_unref(leaving->guests);
    g_ptr_array_unref(leaving->bins);
}

static gdouble
needed_gib(const Leaving *leaving)
{
    guint64 kib = 0;

    for (guint i = 0; i < leaving->items->len; i++)
        kib += g_array_index(leaving->items, PackItem, i).size;
    return (gdouble)kib / KIB_PER_GIB;
}

static void
judge(const DrainState *state, Drain *drain, const Leaving *leaving, PackResult packed,
      Verdict failover)
{
    const guint n_failover = state->pool->settings->failover_hosts;

    if (drain->stranded->len > 0 && drain->n_guests == 1)
        conclude(drain, VERDICT_NO, "Its guest can go to no other host of the pool.");
    else if (drain->stranded->len > 0)
        conclude(drain, VERDICT_NO, "%u of %u guest%s can go to no other host of the pool.",
                 drain->stranded->len, drain->n_guests, words_plural(drain->n_guests));
    else if (packed == PACK_NONE && leaving->is_complete)
        conclude(drain, VERDICT_NO,
                 "The hosts that its guests can go to have no room for all of them (%.1f GiB).",
                 needed_gib(leaving));
    else if (leaving->n_not_known > 0 && drain->n_guests == 1)
        conclude(drain, VERDICT_UNKNOWN,
                 "It is not known whether another host can take its guest.");
    else if (leaving->n_not_known > 0)
        conclude(drain, VERDICT_UNKNOWN,
                 "For %u of %u guest%s it is not known whether another host can take them.",
                 leaving->n_not_known, drain->n_guests, words_plural(drain->n_guests));
    else if (packed != PACK_FOUND)
        conclude(drain, VERDICT_UNKNOWN,
                 "No room was found for all guests (%.1f GiB) on the hosts that can take them; %s.",
                 needed_gib(leaving),
                 packed != PACK_NONE  ? "not every way to place them was tried"
                 : leaving->has_pages ? "hosts might reserve more huge pages, or others might do"
                                      : "other hosts might do, but it is not known");
    else if (failover != VERDICT_YES)
        conclude(drain, VERDICT_WARN,
                 failover == VERDICT_NO
                     ? "All guests can leave, but then the pool has no room for the failure of %u "
                       "host%s."
                     : "All guests can leave, but whether the pool then has room for the failure "
                       "of %u host%s is not known.",
                 n_failover, words_plural(n_failover));
    else
        conclude(drain, VERDICT_YES,
                 drain->n_guests == 1 ? "Its guest can leave." : "All its guests can leave.");
}

static Drain *
drain_host(DrainState *state, guint32 host, const GArray *by_memory)
{
    Drain *drain = drain_new(host);
    Leaving leaving;

    if (state->guests_of[host] == NULL) {
        conclude(drain, VERDICT_YES, "It has no guests.");
        return drain;
    }
    drain->n_guests = state->guests_of[host]->len;
    leaving_init(state, drain, &leaving);
    const PackItem *items = (const PackItem *)(void *)leaving.items->data;
    g_autofree guint32 *places = g_new0(guint32, leaving.items->len + 1);
    const PackResult packed = pack_items(items, leaving.items->len, state->memory->free_kib,
                                         state->memory->group_of, DRAIN_EFFORT, places);
    const Verdict failover = packed == PACK_FOUND
                                 ? failover_judge(state, by_memory, host, &leaving, places)
                                 : VERDICT_NO;
    for (guint i = 0; packed == PACK_FOUND && i < leaving.items->len; i++)
        state->memory->free_kib[places[i]] += (gint64)items[i].size;
    judge(state, drain, &leaving, packed, failover);
    leaving_release(&leaving);
    return drain;
}

/* ---- the pool ------------------------------------------------------------------------------- */

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

static GArray *
hosts_by_memory(const DrainState *state)
{
    GArray *hosts = g_array_new(FALSE, FALSE, sizeof(guint32));

    g_array_append_vals(hosts, state->pool->hosts->data, state->pool->hosts->len);
    g_array_sort_with_data(hosts, compare_memory, (gpointer)(guintptr)state->planning->fleet);
    return hosts;
}

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
    g_autoptr(GArray) by_memory = hosts_by_memory(state);

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
