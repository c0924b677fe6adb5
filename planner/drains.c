/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Can a host be emptied? Each of its guests needs a host that it can migrate to and that has the
 * memory. A yes is a placement of all guests that was found; a no is proven: a guest has no host to
 * go to, or all ways to place them were tried. Where there are too many ways, or hosts do not tell
 * enough, the answer is "unknown". Hosts are drained one at a time, the guests of the one before
 * having come back.
 *
 * A guest that is shut off only has to start elsewhere. Definitions that were collected from the
 * configuration do not tell; unless some guest of the fleet is known to run, all are taken to.
 *
 * Failover is judged alike: the hosts with most memory fail at once, and each guest that ran on
 * them needs a host that it can start on and that has the memory. After a drain, that is asked of
 * the placement that was found.
 */
#include <string.h>

#include <fleet/words.h>

#include "packing.h"
#include "planning.h"

#define MAX_CANDIDATES 256 /* the roomiest ones, for each kind of guest */
#define KIB_PER_GIB 1048576.0

/* The hosts that guests with the same targets can go to, the one with most room first. */
typedef struct {
    GArray *certain;      /* of guint32: hosts, yes or warn */
    gboolean has_unknown; /* there are more, but it is not known whether they will do */
} Candidates;

typedef struct {
    const Planning *planning;
    const PlanPool *pool;
    GArray **guests_of;        /* by host: of guint32, indexes of Plan.guests; NULL for none */
    guint64 *used_kib;         /* by host */
    gint64 *free_kib;          /* by host */
    GArray *by_room;           /* of guint32: the pool's hosts, most room first */
    GHashTable *candidates_of; /* targets array and whether it runs -> Candidates* */
    gboolean is_state_known;   /* some guest of the fleet is known to run */
    GArray *shelters;          /* of Shelter: where the failed hosts' guests go while no host is
                                  empty; NULL until that is found */
} DrainState;

/* Memory that a host gives to a guest of a host that failed. */
typedef struct {
    guint32 host;
    guint64 kib;
} Shelter;

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

static gboolean
must_live_migrate(const DrainState *state, const Guest *guest)
{
    return guest->is_running || !state->is_state_known;
}

static guint64
needed_kib(const DrainState *state, guint32 index)
{
    const Guest *guest = guest_of(state, index);

    return must_live_migrate(state, guest) ? guest->memory_kib : 0;
}

/* Most room first; then by name, which is the order of the indexes. */
static gint
compare_room(gconstpointer a, gconstpointer b, gpointer user_data)
{
    const DrainState *state = user_data;
    const guint32 left = *(const guint32 *)a, right = *(const guint32 *)b;

    if (state->free_kib[left] != state->free_kib[right])
        return state->free_kib[left] < state->free_kib[right] ? 1 : -1;
    return (left > right) - (left < right);
}

static DrainState *
drain_state_new(const Planning *planning, const PlanPool *pool)
{
    DrainState *state = g_new0(DrainState, 1);
    const Fleet *fleet = planning->fleet;
    const GPtrArray *guests = planning->plan->guests;

    state->planning = planning;
    state->pool = pool;
    state->guests_of = g_new0(GArray *, fleet->hosts->len + 1);
    state->used_kib = g_new0(guint64, fleet->hosts->len + 1);
    state->free_kib = g_new0(gint64, fleet->hosts->len + 1);
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
        state->used_kib[host] += needed_kib(state, i);
    }
    for (guint i = 0; i < fleet->hosts->len; i++)
        state->free_kib[i] = (gint64)fleet_host(fleet, i)->memory_kib - (gint64)state->used_kib[i];
    state->by_room = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_array_append_vals(state->by_room, pool->hosts->data, pool->hosts->len);
    g_array_sort_with_data(state->by_room, compare_room, state);
    return state;
}

static void
drain_state_free(DrainState *state)
{
    for (guint i = 0; i < state->planning->fleet->hosts->len; i++)
        if (state->guests_of[i] != NULL)
            g_array_unref(state->guests_of[i]);
    g_array_unref(state->by_room);
    g_clear_pointer(&state->shelters, g_array_unref);
    g_free(state->guests_of);
    g_free(state->used_kib);
    g_free(state->free_kib);
    g_hash_table_unref(state->candidates_of);
    g_free(state);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrainState, drain_state_free)

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

static Candidates *
make_candidates(const DrainState *state, const GuestPlan *plan, gboolean is_live)
{
    Candidates *candidates = g_new0(Candidates, 1);
    g_autofree guint8 *verdicts = verdicts_of_groups(state, plan, is_live);
    const GArray *group_of = state->planning->plan->group_of;

    candidates->certain = g_array_new(FALSE, FALSE, sizeof(guint32));
    for (guint i = 0; i < state->by_room->len; i++) {
        const guint32 host = g_array_index(state->by_room, guint32, i);
        const guint8 verdict = verdicts[g_array_index(group_of, guint32, host)];

        if (verdict == VERDICT_NO)
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

static const Candidates *
candidates_for(DrainState *state, guint32 index, gboolean is_live)
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

static const Candidates *
candidates_of(DrainState *state, guint32 index)
{
    return candidates_for(state, index, must_live_migrate(state, guest_of(state, index)));
}

/* ---- one host ------------------------------------------------------------------------------- */

/* Hardest to place first. */
static gint
compare_need(gconstpointer a, gconstpointer b, gpointer user_data)
{
    DrainState *state = user_data;
    const guint32 left = *(const guint32 *)a, right = *(const guint32 *)b;
    const guint n_left = candidates_of(state, left)->certain->len;
    const guint n_right = candidates_of(state, right)->certain->len;
    const guint64 left_kib = needed_kib(state, left), right_kib = needed_kib(state, right);

    if (n_left != n_right)
        return n_left < n_right ? -1 : 1;
    if (left_kib != right_kib)
        return left_kib > right_kib ? -1 : 1;
    return (left > right) - (left < right);
}

#define EFFORT 20000 /* placements tried for one host */

/* The guests of a host that is to be emptied, and where they could go. */
typedef struct {
    GArray *items;        /* of PackItem */
    GArray *guests;       /* of guint32: each item's guest, an index of Plan.guests */
    GPtrArray *bins;      /* of GArray* of guint32, the items' own */
    guint n_not_known;    /* guests of which it is not known whether a host will do */
    gboolean is_complete; /* every host that might do is among the bins */
} Leaving;

/* Adds the guest to those that are to be placed, or says why it is none of them. */
static void
add_leaving(DrainState *state, guint32 index, Drain *drain, Leaving *leaving)
{
    const Candidates *candidates = candidates_of(state, index);
    const GuestPlan *plan = g_ptr_array_index(state->planning->plan->guests, index);
    GArray *bins = g_array_new(FALSE, FALSE, sizeof(guint32));
    gboolean has_other = FALSE, is_complete = !candidates->has_unknown;

    for (guint i = 0; i < candidates->certain->len; i++) {
        const guint32 host = g_array_index(candidates->certain, guint32, i);

        if (host == drain->host)
            continue;
        has_other = TRUE;
        if (fleet_host(state->planning->fleet, host)->memory_kib != 0)
            g_array_append_val(bins, host);
        else
            is_complete = FALSE;
    }
    g_ptr_array_add(leaving->bins, bins);
    if (bins->len > 0) {
        const PackItem item = {needed_kib(state, index), (const guint32 *)(void *)bins->data,
                               bins->len};
        g_array_append_val(leaving->items, item);
        g_array_append_val(leaving->guests, index);
        leaving->is_complete = leaving->is_complete && is_complete;
    } else if (has_other || candidates->has_unknown) {
        leaving->n_not_known++;
    } else {
        g_array_append_val(drain->stranded, plan->guest);
    }
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

static GArray *
hosts_by_memory(const DrainState *state)
{
    GArray *hosts = g_array_new(FALSE, FALSE, sizeof(guint32));

    g_array_append_vals(hosts, state->pool->hosts->data, state->pool->hosts->len);
    g_array_sort_with_data(hosts, compare_memory, (gpointer)(guintptr)state->planning->fleet);
    return hosts;
}

/* ---- failover ------------------------------------------------------------------------------- */

/* What fails, and what became of the guests before. */
typedef struct {
    GArray *down;           /* of guint32: hosts that are empty or fail, which take no guests */
    GArray *homeless;       /* of guint32: running guests of those that fail */
    const Leaving *leaving; /* guests that had left for another host; NULL: none */
    const guint32 *places;  /* where to, by its items */
} Failure;

static gboolean
is_down(const Failure *failure, guint32 host)
{
    for (guint i = 0; i < failure->down->len; i++)
        if (g_array_index(failure->down, guint32, i) == host)
            return TRUE;
    return FALSE;
}

static void
add_homeless(const DrainState *state, Failure *failure, guint32 host)
{
    const GArray *guests = state->guests_of[host];

    for (guint i = 0; guests != NULL && i < guests->len; i++)
        if (needed_kib(state, g_array_index(guests, guint32, i)) > 0)
            g_array_append_val(failure->homeless, g_array_index(guests, guint32, i));
    for (guint i = 0; failure->leaving != NULL && i < failure->leaving->items->len; i++)
        if (failure->places[i] == host &&
            needed_kib(state, g_array_index(failure->leaving->guests, guint32, i)) > 0)
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

        if (is_down(failure, host)) /* it is the empty one */
            continue;
        g_array_append_val(failure->down, host);
        add_homeless(state, failure, host);
        n_failed++;
    }
    return n_failed == n_wanted;
}

/* Hosts that are up, that the guest can start on and that tell their memory. */
static GArray *
shelters_of(DrainState *state, const Failure *failure, guint32 guest, gboolean *is_complete)
{
    const Candidates *candidates = candidates_for(state, guest, FALSE);
    GArray *hosts = g_array_new(FALSE, FALSE, sizeof(guint32));

    *is_complete = *is_complete && !candidates->has_unknown;
    for (guint i = 0; i < candidates->certain->len; i++) {
        const guint32 host = g_array_index(candidates->certain, guint32, i);

        if (is_down(failure, host))
            continue;
        if (fleet_host(state->planning->fleet, host)->memory_kib != 0)
            g_array_append_val(hosts, host);
        else
            *is_complete = FALSE;
    }
    return hosts;
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
    const guint32 *kinds = (const guint32 *)(void *)state->planning->plan->group_of->data;
    gboolean is_complete = TRUE;

    for (guint i = 0; i < failure->homeless->len; i++) {
        const guint32 guest = g_array_index(failure->homeless, guint32, i);
        GArray *hosts = shelters_of(state, failure, guest, &is_complete);
        const PackItem item = {needed_kib(state, guest), (const guint32 *)(void *)hosts->data,
                               hosts->len};

        g_ptr_array_add(bins, hosts);
        g_array_append_val(items, item);
    }
    g_array_sort(items, compare_items);
    g_autofree guint32 *places = g_new0(guint32, items->len + 1);
    const PackItem *sorted = (const PackItem *)(void *)items->data;
    const PackResult packed =
        pack_items(sorted, items->len, state->free_kib, kinds, EFFORT, places);
    if (packed != PACK_FOUND)
        return packed == PACK_NONE && is_complete ? VERDICT_NO : VERDICT_UNKNOWN;
    const gboolean is_first = state->shelters == NULL && failure->leaving == NULL;
    if (is_first)
        state->shelters = g_array_new(FALSE, FALSE, sizeof(Shelter));
    for (guint i = 0; i < items->len; i++) {
        const Shelter found = {places[i], sorted[i].size};

        state->free_kib[places[i]] += (gint64)sorted[i].size;
        if (is_first)
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
    gboolean is_holding = shelters != NULL && shelters->len == n_homeless;

    for (guint i = 0; is_holding && i < shelters->len; i++)
        is_holding = !is_down(failure, g_array_index(shelters, Shelter, i).host);
    if (!is_holding)
        return FALSE;
    for (guint i = 0; i < shelters->len; i++)
        state->free_kib[g_array_index(shelters, Shelter, i).host] -=
            (gint64)g_array_index(shelters, Shelter, i).kib;
    for (guint i = 0; i < shelters->len; i++)
        is_holding = is_holding && state->free_kib[g_array_index(shelters, Shelter, i).host] >= 0;
    for (guint i = 0; i < shelters->len; i++)
        state->free_kib[g_array_index(shelters, Shelter, i).host] +=
            (gint64)g_array_index(shelters, Shelter, i).kib;
    return is_holding;
}

/* Has a host that fails taken in a guest of the empty one? */
static gboolean
has_failed_newcomer(const Failure *failure)
{
    for (guint i = 0; failure->leaving != NULL && i < failure->leaving->items->len; i++)
        if (is_down(failure, failure->places[i]))
            return TRUE;
    return FALSE;
}

/* Is HOST among the N hosts that fail while none is empty? */
static gboolean
is_first_to_fail(const GArray *by_memory, guint32 host, guint n)
{
    for (guint i = 0; i < MIN(n, by_memory->len); i++)
        if (g_array_index(by_memory, guint32, i) == host)
            return TRUE;
    return FALSE;
}

/*
 * Could the pool's largest hosts fail, and their guests all start elsewhere? EMPTY is a host that
 * has been drained (FLEET_NO_INDEX: none), whose LEAVING guests are at PLACES.
 */
static Verdict
survives_failures(DrainState *state, const GArray *by_memory, guint32 empty, const Leaving *leaving,
                  const guint32 *places)
{
    g_autoptr(GArray) down = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GArray) homeless = g_array_new(FALSE, FALSE, sizeof(guint32));
    Failure failure = {down, homeless, leaving, places};

    if (state->pool->settings->failover_hosts == 0)
        return VERDICT_YES;
    if (empty != FLEET_NO_INDEX)
        g_array_append_val(down, empty);
    if (!let_fail(state, by_memory, &failure))
        return VERDICT_NO;
    /* the empty host may itself be one of those that failed before, and others fail in its place */
    return !is_first_to_fail(by_memory, empty, state->pool->settings->failover_hosts) &&
                   !has_failed_newcomer(&failure) &&
                   do_shelters_hold(state, &failure, homeless->len)
               ? VERDICT_YES
               : shelter(state, &failure);
}

/* ---- the verdict on one host ------------------------------------------------------------------
 */

static void G_GNUC_PRINTF(3, 4) conclude(Drain *drain, Verdict verdict, const char *format, ...)
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
                 drain->stranded->len, drain->n_guests, plural(drain->n_guests));
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
                 leaving->n_not_known, drain->n_guests, plural(drain->n_guests));
    else if (packed != PACK_FOUND)
        conclude(drain, VERDICT_UNKNOWN,
                 "No room was found for all guests (%.1f GiB) on the hosts that can take them; %s.",
                 needed_gib(leaving),
                 packed == PACK_NONE ? "other hosts might do, but it is not known"
                                     : "not every way to place them was tried");
    else if (failover != VERDICT_YES)
        conclude(drain, VERDICT_WARN,
                 failover == VERDICT_NO
                     ? "All guests can leave, but then the pool has no room for the failure of %u "
                       "host%s."
                     : "All guests can leave, but whether the pool then has room for the failure "
                       "of %u host%s is not known.",
                 n_failover, plural(n_failover));
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
    const guint32 *kinds = (const guint32 *)(void *)state->planning->plan->group_of->data;
    const PackResult packed =
        pack_items(items, leaving.items->len, state->free_kib, kinds, EFFORT, places);
    const Verdict failover = packed == PACK_FOUND
                                 ? survives_failures(state, by_memory, host, &leaving, places)
                                 : VERDICT_NO;
    for (guint i = 0; packed == PACK_FOUND && i < leaving.items->len; i++)
        state->free_kib[places[i]] += (gint64)items[i].size;
    judge(state, drain, &leaving, packed, failover);
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

/* A sentence; owned by the caller. */
static char *
describe_failover(guint n_hosts, Verdict verdict, gint64 free_kib)
{
    g_autofree char *memory = free_kib > 0 ? words_memory((guint64)free_kib) : g_strdup("none");
    g_autofree char *hosts = n_hosts == 1 ? g_strdup("the largest host fails")
                                          : g_strdup_printf("the %u largest hosts fail", n_hosts);

    return g_strdup_printf("When %s, %s; free in the pool: %s.", hosts,
                           verdict == VERDICT_YES  ? "all guests can start elsewhere"
                           : verdict == VERDICT_NO ? "not all guests can start elsewhere"
                                                   : "it is not known whether all guests can start "
                                                     "elsewhere",
                           memory);
}

static void
judge_failover(DrainState *state, PlanPool *pool, const GArray *by_memory, gint64 total_free)
{
    Maintenance *maintenance = &pool->maintenance;
    const guint n_hosts = pool->settings->failover_hosts;
    gboolean is_memory_known = TRUE;

    for (guint i = 0; i < pool->hosts->len; i++)
        if (fleet_host(state->planning->fleet, g_array_index(pool->hosts, guint32, i))
                ->memory_kib == 0)
            is_memory_known = FALSE;
    const Verdict verdict = n_hosts == 0 || is_memory_known
                                ? survives_failures(state, by_memory, FLEET_NO_INDEX, NULL, NULL)
                                : VERDICT_UNKNOWN;
    maintenance->is_failover_kept = verdict == VERDICT_YES;
    if (n_hosts == 0)
        maintenance->failover_text = g_strdup("The pool asks for no failover.");
    else if (!is_memory_known)
        maintenance->failover_text =
            g_strdup("Not every host of the pool tells its memory, so failover is not known.");
    else
        maintenance->failover_text = describe_failover(n_hosts, verdict, total_free);
}

void
planning_drain_pool(Planning *planning, guint32 pool_index)
{
    PlanPool *pool = g_ptr_array_index(planning->plan->pools, pool_index);
    g_autoptr(DrainState) state = drain_state_new(planning, pool);
    g_autoptr(GArray) by_memory = hosts_by_memory(state);
    gint64 total_free = 0;

    for (guint i = 0; i < pool->hosts->len; i++)
        total_free += state->free_kib[g_array_index(pool->hosts, guint32, i)];
    judge_failover(state, pool, by_memory, total_free);
    for (guint i = 0; i < pool->hosts->len; i++)
        g_ptr_array_add(pool->drains,
                        drain_host(state, g_array_index(pool->hosts, guint32, i), by_memory));
    order_maintenance(state, pool);
}
