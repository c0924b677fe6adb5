/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hosts fail at once, and each guest that ran on them needs a host that it can start on and that
 * has the memory. A yes is a placement of them all that was found; a no is proven.
 *
 * Of the many ways in which several hosts can fail, those with most memory are tried. What is bound
 * to a few hosts shows in no such trial, so of each guest it is asked how many it can start on; and
 * each host fails by itself as well, which for a pool that is to survive one is all there is to
 * try.
 */
#include <fleet/words.h>

#include "leaving.h"

/* What fails, and what became of the guests before. */
typedef struct {
    GArray *down;           /* of guint32: hosts that are empty or fail, which take no guests */
    GArray *homeless;       /* of guint32: running guests of those that fail */
    const Leaving *leaving; /* guests that had left for other hosts; NULL: none */
    const guint32 *places;  /* where to, bins by its items */
    gboolean is_remembered; /* keep the shelters that are found */
} Failure;

static void
add_homeless(const DrainState *state, Failure *failure, guint32 host)
{
    const GArray *guests = state->guests_of[host];

    for (guint i = 0; guests != NULL && i < guests->len; i++)
        if (drain_has_failover(state, g_array_index(guests, guint32, i)))
            g_array_append_val(failure->homeless, g_array_index(guests, guint32, i));
    for (guint i = 0; failure->leaving != NULL && i < failure->leaving->items->len; i++)
        if (drain_memory_host(state->memory, failure->places[i]) == host &&
            drain_has_failover(state, g_array_index(failure->leaving->guests, guint32, i)))
            g_array_append_val(failure->homeless,
                               g_array_index(failure->leaving->guests, guint32, i));
}

/* The largest hosts fail, as many as the pool asks for. FALSE: it has not as many. */
static gboolean
let_fail(const DrainState *state, const GArray *by_memory, Failure *failure)
{
    const guint n_wanted = state->pool->settings->failover_hosts;
    guint n_failed = 0;

    for (guint i = 0; i < by_memory->len && n_failed < n_wanted; i++) {
        const guint32 host = g_array_index(by_memory, guint32, i);

        if (drain_has_host(failure->down, host)) /* it is the empty one */
            continue;
        g_array_append_val(failure->down, host);
        add_homeless(state, failure, host);
        n_failed++;
    }
    return n_failed == n_wanted;
}

/* Fewest hosts first, then the largest. */
static gint
compare_items(gconstpointer a, gconstpointer b)
{
    const PackItem *left = a, *right = b;

    if (left->n_bins != right->n_bins)
        return left->n_bins < right->n_bins ? -1 : 1;
    return (left->size < right->size) - (left->size > right->size);
}

/* Do all guests of the hosts that fail find a place? */
static Verdict
shelter(DrainState *state, const Failure *failure)
{
    g_autoptr(GArray) items = g_array_new(FALSE, FALSE, sizeof(PackItem));
    g_autoptr(GPtrArray) bins = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    gboolean is_complete = TRUE;

    for (guint i = 0; i < failure->homeless->len; i++) {
        const guint32 guest = g_array_index(failure->homeless, guint32, i);
        GArray *shelters = drain_bins(state, guest, FALSE, failure->down, &is_complete);
        const PackItem item = {drain_needed_kib(state, guest),
                               (const guint32 *)(void *)shelters->data, shelters->len};

        is_complete = is_complete &&
                      (shelters->len == 0 || !drain_memory_is_pages(state->memory, item.bins[0]));
        g_ptr_array_add(bins, shelters);
        g_array_append_val(items, item);
    }
    g_array_sort(items, compare_items);
    g_autofree guint32 *places = g_new0(guint32, items->len + 1);
    const PackItem *sorted = (const PackItem *)(void *)items->data;
    const PackResult packed = pack_items(sorted, items->len, state->memory->free_kib,
                                         state->memory->group_of, DRAIN_EFFORT, places);
    if (packed != PACK_FOUND)
        return packed == PACK_NONE && is_complete ? VERDICT_NO : VERDICT_UNKNOWN;
    if (state->room != NULL)
        room_note_failure(state->room, failure->down, places, items->len);
    if (failure->is_remembered)
        state->shelters = g_array_new(FALSE, FALSE, sizeof(Shelter));
    for (guint i = 0; i < items->len; i++) {
        const Shelter found = {places[i], sorted[i].size};

        state->memory->free_kib[places[i]] += (gint64)sorted[i].size;
        if (failure->is_remembered)
            g_array_append_val(state->shelters, found);
    }
    return VERDICT_YES;
}

/*
 * Do the shelters that were found while no host was empty do as well now? That spares a search for
 * nearly every host of a large pool: none of them is down, and each has the room still.
 */
static gboolean
do_shelters_hold(DrainState *state, const Failure *failure, guint n_homeless)
{
    const GArray *shelters = state->shelters;
    gint64 *free_kib = state->memory->free_kib;
    gboolean is_holding = shelters != NULL && shelters->len == n_homeless;

    for (guint i = 0; is_holding && i < shelters->len; i++)
        is_holding = !drain_has_host(
            failure->down,
            drain_memory_host(state->memory, g_array_index(shelters, Shelter, i).bin));
    if (!is_holding)
        return FALSE;
    for (guint i = 0; i < shelters->len; i++)
        free_kib[g_array_index(shelters, Shelter, i).bin] -=
            (gint64)g_array_index(shelters, Shelter, i).kib;
    for (guint i = 0; i < shelters->len; i++)
        is_holding = is_holding && free_kib[g_array_index(shelters, Shelter, i).bin] >= 0;
    for (guint i = 0; i < shelters->len; i++)
        free_kib[g_array_index(shelters, Shelter, i).bin] +=
            (gint64)g_array_index(shelters, Shelter, i).kib;
    return is_holding;
}

/* Has a host that fails taken in a guest of the empty one? */
static gboolean
has_failed_newcomer(const DrainState *state, const Failure *failure)
{
    for (guint i = 0; failure->leaving != NULL && i < failure->leaving->items->len; i++)
        if (drain_has_host(failure->down, drain_memory_host(state->memory, failure->places[i])))
            return TRUE;
    return FALSE;
}

/* Is one of the EMPTIED among the N hosts that fail while none is empty? */
static gboolean
has_first_to_fail(const GArray *by_memory, const GArray *emptied, guint n)
{
    for (guint i = 0; i < MIN(n, by_memory->len); i++)
        if (drain_has_host(emptied, g_array_index(by_memory, guint32, i)))
            return TRUE;
    return FALSE;
}

Verdict
failover_judge(DrainState *state, const GArray *by_memory, const Leaving *leaving,
               const guint32 *places)
{
    const guint n_wanted = state->pool->settings->failover_hosts;
    g_autoptr(GArray) down = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GArray) homeless = g_array_new(FALSE, FALSE, sizeof(guint32));
    Failure failure = {down, homeless, leaving, places,
                       .is_remembered = leaving == NULL && state->shelters == NULL};

    if (n_wanted == 0)
        return VERDICT_YES;
    if (leaving != NULL)
        g_array_append_vals(down, leaving->emptied->data, leaving->emptied->len);
    if (!let_fail(state, by_memory, &failure))
        return VERDICT_NO;
    /* an empty host may itself be one of those that failed before, and others fail in its place */
    return (leaving == NULL || !has_first_to_fail(by_memory, leaving->emptied, n_wanted)) &&
                   !has_failed_newcomer(state, &failure) &&
                   do_shelters_hold(state, &failure, homeless->len)
               ? VERDICT_YES
               : shelter(state, &failure);
}

/* ---- the pool ------------------------------------------------------------------------------- */

/* The worst that was found; of several that are as bad, the first. */
typedef struct {
    Verdict verdict;
    char *failure; /* "host kvm01 fails" */
    char *why;     /* NULL: what the verdict says is all */
} Worst;

static void
worst_clear(Worst *worst)
{
    g_free(worst->failure);
    g_free(worst->why);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Worst, worst_clear)

/* Takes FAILURE and WHY. */
static void
worst_offer(Worst *worst, Verdict verdict, char *failure, char *why)
{
    Worst offered = {verdict, failure, why};

    if (verdict > worst->verdict || worst->failure == NULL) {
        worst_clear(worst);
        *worst = offered;
    } else {
        worst_clear(&offered);
    }
}

/* Guests with too few hosts to start on. */
typedef struct {
    guint n;
    guint32 first; /* an index of Plan.guests */
} Bound;

static void
add_bound(Bound *bound, guint32 guest)
{
    if (bound->n++ == 0)
        bound->first = guest;
}

/* "db01 of kvm01 and 2 more have"; owned by the caller. */
static char *
name_bound(const DrainState *state, const Bound *bound, const char *one, const char *many)
{
    const GuestPlan *plan = g_ptr_array_index(state->planning->plan->guests, bound->first);
    const Guest *guest = g_ptr_array_index(state->planning->fleet->guests, plan->guest);
    const char *host = fleet_host(state->planning->fleet, plan->host)->name;

    return bound->n == 1
               ? g_strdup_printf("%s of %s %s", guest->name, host, one)
               : g_strdup_printf("%s of %s and %u more %s", guest->name, host, bound->n - 1, many);
}

static void
offer_bound(const DrainState *state, const Bound *bound, Verdict verdict, Worst *worst)
{
    const guint n_failing = state->pool->settings->failover_hosts;

    if (bound->n == 0)
        return;
    g_autofree char *who = verdict == VERDICT_NO ? name_bound(state, bound, "has", "have")
                                                 : name_bound(state, bound, "may have", "may have");
    worst_offer(worst, verdict,
                n_failing == 1 ? g_strdup("any host fails")
                               : g_strdup_printf("any %u hosts fail", n_failing),
                n_failing == 1
                    ? g_strdup_printf("%s no other host to start on", who)
                    : g_strdup_printf("%s fewer than %u other hosts to start on", who, n_failing));
}

/* A guest that has fewer other hosts than may fail can lose them all with its own. */
static void
judge_choices(DrainState *state, Worst *worst)
{
    Bound bound[] = {{0}, {0}}; /* known, and perhaps */
    const guint n_failing = state->pool->settings->failover_hosts;

    for (guint i = 0; i < state->pool->hosts->len; i++) {
        const guint32 host = g_array_index(state->pool->hosts, guint32, i);
        g_autoptr(GArray) down = g_array_new(FALSE, FALSE, sizeof(guint32));
        const GArray *guests = state->guests_of[host];

        g_array_append_val(down, host);
        for (guint j = 0; guests != NULL && j < guests->len; j++) {
            const guint32 guest = g_array_index(guests, guint32, j);
            gboolean is_complete = TRUE;

            if (!drain_has_failover(state, guest) ||
                drain_candidates(state, guest, FALSE)->certain->len > n_failing)
                continue; /* even without its own host there are enough */
            g_autoptr(GArray) others = drain_bins(state, guest, FALSE, down, &is_complete);
            if (others->len < n_failing)
                add_bound(&bound[is_complete ? 0 : 1], guest);
        }
    }
    offer_bound(state, &bound[0], VERDICT_NO, worst);
    offer_bound(state, &bound[1], VERDICT_UNKNOWN, worst);
}

/* Each host fails by itself, the largest first. */
static void
judge_each_host(DrainState *state, const GArray *by_memory, Worst *worst)
{
    for (guint i = 0; i < by_memory->len && worst->verdict != VERDICT_NO; i++) {
        const guint32 host = g_array_index(by_memory, guint32, i);
        g_autoptr(GArray) down = g_array_new(FALSE, FALSE, sizeof(guint32));
        g_autoptr(GArray) homeless = g_array_new(FALSE, FALSE, sizeof(guint32));
        Failure failure = {.down = down, .homeless = homeless};

        g_array_append_val(down, host);
        add_homeless(state, &failure, host);
        const Verdict verdict = shelter(state, &failure);
        if (verdict > worst->verdict)
            worst_offer(
                worst, verdict,
                g_strdup_printf("host %s fails", fleet_host(state->planning->fleet, host)->name),
                NULL);
    }
}

static const char *
what_becomes(Verdict verdict)
{
    return verdict == VERDICT_YES  ? "all guests can start elsewhere"
           : verdict == VERDICT_NO ? "not all guests can start elsewhere"
                                   : "it is not known whether all guests can start elsewhere";
}

Verdict
failover_judge_pool(DrainState *state, const GArray *by_memory, char **ret_text)
{
    const guint n = state->pool->settings->failover_hosts;
    const Verdict together = failover_judge(state, by_memory, NULL, NULL);
    g_auto(Worst) worst = {0};

    worst_offer(&worst, VERDICT_YES,
                n == 1 ? g_strdup("any host fails")
                       : g_strdup_printf("any host fails, or the %u largest do", n),
                NULL);
    judge_choices(state, &worst);
    judge_each_host(state, by_memory, &worst);
    worst_offer(&worst, together,
                n == 1 ? g_strdup("the largest host fails")
                       : g_strdup_printf("the %u largest hosts fail", n),
                NULL);
    *ret_text = g_strdup_printf("When %s, %s%s%s", worst.failure, what_becomes(worst.verdict),
                                worst.why != NULL ? ": " : "", worst.why != NULL ? worst.why : "");
    return worst.verdict;
}
