/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest that needs no memory fits on any host that will do, whether that tells its own or not; so
 * it is placed at once, and the others are packed.
 */
#include "leaving.h"

#include <fleet/words.h>

#define KIB_PER_GIB 1048576.0

static const Candidates *
candidates_of(DrainState *state, guint32 guest)
{
    return drain_candidates(state, guest, drain_must_migrate(state, guest));
}

/* ---- who leaves ------------------------------------------------------------------------------ */

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

/* The first host that GUEST can go to and that stays; FLEET_NO_INDEX: there is none. */
static guint32
first_host(DrainState *state, const Leaving *leaving, guint32 guest)
{
    const Candidates *candidates = candidates_of(state, guest);

    for (guint i = 0; i < candidates->certain->len; i++) {
        const guint32 host = g_array_index(candidates->certain, guint32, i);

        if (!drain_has_host(leaving->emptied, host))
            return host;
    }
    return FLEET_NO_INDEX;
}

/* Adds the guest to those that are to be placed, or says why it is none of them. */
static void
add_guest(DrainState *state, guint32 index, Leaving *leaving)
{
    const GuestPlan *plan = g_ptr_array_index(state->planning->plan->guests, index);
    const guint64 needed_kib = drain_needed_kib(state, index);
    const LeavingStart start = {index, first_host(state, leaving, index)};
    gboolean is_complete = TRUE;
    GArray *bins =
        drain_bins(state, index, drain_must_migrate(state, index), leaving->emptied, &is_complete);
    const gboolean has_pages =
        bins->len > 0 && drain_memory_is_pages(state->memory, g_array_index(bins, guint32, 0));

    g_ptr_array_add(leaving->bins, bins);
    if (start.host != FLEET_NO_INDEX && needed_kib == 0) {
        g_array_append_val(leaving->starts, start);
    } else if (bins->len > 0) {
        const PackItem item = {needed_kib, (const guint32 *)(void *)bins->data, bins->len};
        g_array_append_val(leaving->items, item);
        g_array_append_val(leaving->guests, index);
        leaving->has_pages = leaving->has_pages || has_pages;
        leaving->is_complete = leaving->is_complete && is_complete && !has_pages;
    } else if (start.host != FLEET_NO_INDEX || candidates_of(state, index)->has_unknown) {
        g_array_append_val(leaving->not_known, plan->guest);
    } else {
        g_array_append_val(leaving->stranded, plan->guest);
    }
}

void
leaving_init(DrainState *state, const GArray *emptied, Leaving *leaving)
{
    g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(guint32));

    *leaving = (Leaving){.emptied = emptied,
                         .items = g_array_new(FALSE, FALSE, sizeof(PackItem)),
                         .guests = g_array_new(FALSE, FALSE, sizeof(guint32)),
                         .bins = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref),
                         .starts = g_array_new(FALSE, FALSE, sizeof(LeavingStart)),
                         .stranded = g_array_new(FALSE, FALSE, sizeof(guint32)),
                         .not_known = g_array_new(FALSE, FALSE, sizeof(guint32)),
                         .is_complete = TRUE};
    for (guint i = 0; i < emptied->len; i++) {
        const GArray *guests = state->guests_of[g_array_index(emptied, guint32, i)];

        if (guests != NULL)
            g_array_append_vals(order, guests->data, guests->len);
    }
    g_array_sort_with_data(order, compare_need, state);
    leaving->n_guests = order->len;
    for (guint i = 0; i < order->len; i++)
        add_guest(state, g_array_index(order, guint32, i), leaving);
}

void
leaving_release(Leaving *leaving)
{
    g_array_unref(leaving->items);
    g_array_unref(leaving->guests);
    g_ptr_array_unref(leaving->bins);
    g_array_unref(leaving->starts);
    g_array_unref(leaving->stranded);
    g_array_unref(leaving->not_known);
}

/* ---- the verdict ----------------------------------------------------------------------------- */

static gdouble
needed_gib(const Leaving *leaving)
{
    guint64 kib = 0;

    for (guint i = 0; i < leaving->items->len; i++)
        kib += g_array_index(leaving->items, PackItem, i).size;
    return (gdouble)kib / KIB_PER_GIB;
}

/* Sets RET_TEXT, and returns VERDICT. */
G_GNUC_PRINTF(3, 4)
static Verdict
conclude(char **ret_text, Verdict verdict, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    *ret_text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return verdict;
}

static Verdict
conclude_found(const DrainState *state, const Leaving *leaving, Verdict failover, char **ret_text)
{
    const guint n_failover = state->pool->settings->failover_hosts;

    if (failover == VERDICT_YES)
        return conclude(ret_text, VERDICT_YES,
                        leaving->n_guests == 1 ? "The guest can leave." : "All guests can leave.");
    return conclude(ret_text, VERDICT_WARN,
                    failover == VERDICT_NO
                        ? "All guests can leave, but then the pool has no room for the failure of "
                          "%u host%s."
                        : "All guests can leave, but whether the pool then has room for the "
                          "failure of %u host%s is not known.",
                    n_failover, words_plural(n_failover));
}

/* PACKED is the answer of pack_items(), where everybody has a host to go to. */
static Verdict
conclude_packed(const DrainState *state, const Leaving *leaving, PackResult packed,
                Verdict failover, char **ret_text)
{
    if (packed == PACK_FOUND)
        return conclude_found(state, leaving, failover, ret_text);
    return conclude(ret_text, VERDICT_UNKNOWN,
                    "No room was found for all guests (%.1f GiB) on the hosts that can take them; "
                    "%s.",
                    needed_gib(leaving),
                    packed != PACK_NONE  ? "not every way to place them was tried"
                    : leaving->has_pages ? "hosts might reserve more huge pages, or others might do"
                                         : "other hosts might do, but it is not known");
}

static Verdict
conclude_all(const DrainState *state, const Leaving *leaving, PackResult packed, Verdict failover,
             char **ret_text)
{
    const guint n = leaving->n_guests, n_stranded = leaving->stranded->len;

    if (n == 0)
        return conclude(ret_text, VERDICT_YES, "There are no guests.");
    if (n_stranded > 0 && n == 1)
        return conclude(ret_text, VERDICT_NO, "The guest can go to no other host of the pool.");
    if (n_stranded > 0)
        return conclude(ret_text, VERDICT_NO,
                        "%u of %u guests can go to no other host of the pool.", n_stranded, n);
    if (packed == PACK_NONE && leaving->is_complete)
        return conclude(ret_text, VERDICT_NO,
                        "The hosts that the guests can go to have no room for all of them (%.1f "
                        "GiB).",
                        needed_gib(leaving));
    if (leaving->not_known->len > 0 && n == 1)
        return conclude(ret_text, VERDICT_UNKNOWN,
                        "It is not known whether another host can take the guest.");
    if (leaving->not_known->len > 0)
        return conclude(ret_text, VERDICT_UNKNOWN,
                        "For %u of %u guests it is not known whether another host can take them.",
                        leaving->not_known->len, n);
    return conclude_packed(state, leaving, packed, failover, ret_text);
}

Verdict
leaving_settle(DrainState *state, const Leaving *leaving, const GArray *by_memory,
               guint32 **ret_places, char **ret_text)
{
    const PackItem *items = (const PackItem *)(void *)leaving->items->data;
    g_autofree guint32 *places = g_new0(guint32, leaving->items->len + 1);
    const PackResult packed = pack_items(items, leaving->items->len, state->memory->free_kib,
                                         state->memory->group_of, DRAIN_EFFORT, places);
    const Verdict failover = packed == PACK_FOUND && leaving->n_guests > 0
                                 ? failover_judge(state, by_memory, leaving, places)
                                 : VERDICT_NO;

    for (guint i = 0; packed == PACK_FOUND && i < leaving->items->len; i++)
        state->memory->free_kib[places[i]] += (gint64)items[i].size;
    const Verdict verdict = conclude_all(state, leaving, packed, failover, ret_text);
    *ret_places = verdict <= VERDICT_WARN ? g_steal_pointer(&places) : NULL;
    return verdict;
}
