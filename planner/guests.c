/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where each guest can go. Guests are sorted by kind, which is all that checks look at in them, and
 * by the group of their host. What is found out about a kind is found out once, and those of one
 * kind and group share their targets; so the work grows with distinct guests, not with guests.
 */
#include <string.h>

#include "guest_holds.h"
#include "guest_restarts.h"
#include "guest_traveller.h"
#include "outcomes.h"

static const Outcome *
outcome_at(const GuestPlan *plan, guint32 index)
{
    return g_ptr_array_index(plan->outcomes, index);
}

static const HostGroup *
group_at(const Planning *planning, guint32 group)
{
    return g_ptr_array_index(planning->plan->groups, group);
}

/* Would it be free on its class's template? Its own definition's traits stay with it. */
static gboolean
is_freed_by_template(const Planning *planning, const GuestPlan *plan, OutcomeTable *table)
{
    const PlanPool *pool = g_ptr_array_index(planning->plan->pools, plan->pool);
    const Matrix *matrix = pool->matrices[SUBJECT_TEMPLATE];
    const guint32 own = g_array_index(planning->plan->group_of, guint32, plan->host);
    guint row = 0;

    if (matrix == NULL)
        return FALSE;
    while (row < matrix->n && matrix->groups[row] != own)
        row++;
    for (guint column = 0; column < matrix->n && row < matrix->n; column++) {
        const Endpoint *to = &g_array_index(planning->endpoints, Endpoint, matrix->groups[column]);

        if (guest_other_hosts(planning, plan, matrix->groups[column]) > 0 &&
            matrix_outcome(matrix, row, column)->verdict <= VERDICT_WARN &&
            outcome_table_verdict(table, to, FALSE,
                                  1U << ASPECT_HOST | 1U << ASPECT_GUEST | 1U << ASPECT_DEVICES) <=
                VERDICT_WARN)
            return TRUE;
    }
    return FALSE;
}

/* ---- guests of one kind --------------------------------------------------------------------- */

/*
 * Could it start again where it is? What binds it to a host is here, so the answer is another one
 * than for its host's equals; it is also the group's where its host has none.
 */
static void
find_restart(const Planning *planning, GuestPlan *plan, OutcomeTable *table,
             const GuestTravellers *travellers, guint32 own)
{
    if (own == FLEET_NO_INDEX)
        return;
    outcome_table_set_source(table, &travellers->restart, 2, NULL);
    plan->can_start_here =
        outcome_table_find(table, &g_array_index(planning->endpoints, Endpoint, own), TRUE);
    for (guint i = 0; i < plan->targets->len; i++) {
        GuestTarget *target = &g_array_index(plan->targets, GuestTarget, i);

        if (target->group == own && guest_other_hosts(planning, plan, own) == 0)
            target->can_start = plan->can_start_here;
    }
}

static void
find_targets(const Planning *planning, GuestPlan *plan, OutcomeTable *table,
             const GuestTravellers *travellers)
{
    const guint32 own = g_array_index(planning->plan->group_of, guint32, plan->host);
    const Endpoint *from =
        own != FLEET_NO_INDEX ? &g_array_index(planning->endpoints, Endpoint, own) : NULL;
    const guint32 unknown = FLEET_NO_INDEX;

    outcome_table_set_source(table, &travellers->start, 0, NULL);
    for (guint32 group = 0; group < planning->plan->groups->len; group++) {
        if (group_at(planning, group)->pool != plan->pool)
            continue;
        const Endpoint *to = &g_array_index(planning->endpoints, Endpoint, group);
        const GuestTarget target = {group, outcome_table_find(table, to, TRUE), unknown};
        g_array_append_val(plan->targets, target);
    }
    find_restart(planning, plan, table, travellers, own);
    outcome_table_set_source(table, &travellers->migration, 1, from);
    for (guint i = 0; i < plan->targets->len; i++) {
        GuestTarget *target = &g_array_index(plan->targets, GuestTarget, i);

        target->can_migrate = outcome_table_find(
            table, &g_array_index(planning->endpoints, Endpoint, target->group), FALSE);
    }
}

/* Hosts of its pool but its own that could not be planned with: of those nothing is known. */
static guint
n_unplanned_others(const Planning *planning, const GuestPlan *plan)
{
    const GArray *unplanned =
        ((const PlanPool *)g_ptr_array_index(planning->plan->pools, plan->pool))->quarantined;
    guint n = unplanned->len;

    for (guint i = 0; i < unplanned->len; i++)
        n -= g_array_index(unplanned, guint32, i) == plan->host;
    return n;
}

/* BEST is the best answer of N_OTHERS hosts. */
static GuestFreedom
state_of(const Planning *planning, const GuestPlan *plan, guint n_others, Verdict best)
{
    if (n_others == 0)
        return n_unplanned_others(planning, plan) > 0 ? GUEST_MAY_BE_STUCK : GUEST_ALONE;
    if (best <= VERDICT_WARN)
        return GUEST_FREE;
    return best == VERDICT_UNKNOWN ? GUEST_MAY_BE_STUCK : GUEST_STUCK;
}

/* Figures over all targets. Its own host is one to start on, and none to migrate to. */
static void
sum_up(const Planning *planning, GuestPlan *plan)
{
    const guint32 own = g_array_index(planning->plan->group_of, guint32, plan->host);
    Verdict best = VERDICT_NO;
    guint n_others = 0;

    if (own != FLEET_NO_INDEX && outcome_at(plan, plan->can_start_here)->verdict <= VERDICT_WARN)
        plan->n_start_hosts++;
    for (guint i = 0; i < plan->targets->len; i++) {
        const GuestTarget *target = &g_array_index(plan->targets, GuestTarget, i);
        const guint n_hosts = guest_other_hosts(planning, plan, target->group);
        const Verdict verdict = outcome_at(plan, target->can_migrate)->verdict;

        if (outcome_at(plan, target->can_start)->verdict <= VERDICT_WARN)
            plan->n_start_hosts += n_hosts;
        if (n_hosts == 0)
            continue;
        n_others += n_hosts;
        best = MIN(best, verdict);
        if (verdict <= VERDICT_WARN)
            plan->n_migrate_hosts += n_hosts;
    }
    plan->freedom = state_of(planning, plan, n_others, best);
}

/* Guests of one kind on hosts of one group have all in common but their names. */
static void
share_plan(GuestPlan *plan, const GuestPlan *like)
{
    g_array_unref(plan->targets);
    g_array_unref(plan->cured_groups);
    g_ptr_array_unref(plan->outcomes);
    plan->targets = g_array_ref(like->targets);
    plan->cured_groups = g_array_ref(like->cured_groups);
    plan->outcomes = g_ptr_array_ref(like->outcomes);
    plan->can_start_here = like->can_start_here;
    plan->freedom = like->freedom;
    plan->n_start_hosts = like->n_start_hosts;
    plan->n_migrate_hosts = like->n_migrate_hosts;
    plan->held_by = g_strdup(like->held_by);
    plan->obstacle = g_strdup(like->obstacle);
    plan->remedy = g_strdup(like->remedy);
    plan->n_cured_hosts = like->n_cured_hosts;
    plan->is_freed_by_template = like->is_freed_by_template;
}

static void
plan_guest(const Planning *planning, GuestPlan *plan, OutcomeTable *table,
           const GuestTravellers *travellers)
{
    find_targets(planning, plan, table, travellers);
    sum_up(planning, plan);
    if (plan->n_migrate_hosts > 0)
        return;
    guest_holds_find(planning, plan);
    if (g_array_index(planning->plan->group_of, guint32, plan->host) != FLEET_NO_INDEX)
        plan->is_freed_by_template = is_freed_by_template(planning, plan, table);
}

/* A guest with what it is sorted by. */
typedef struct {
    char *kind;
    guint32 pool, group, guest;
} GuestEntry;

static void
clear_entry(gpointer data)
{
    g_free(((GuestEntry *)data)->kind);
}

static gint
compare_entries(gconstpointer a, gconstpointer b)
{
    const GuestEntry *left = a, *right = b;
    const gint order = strcmp(left->kind, right->kind);

    if (order != 0)
        return order;
    if (left->pool != right->pool)
        return left->pool < right->pool ? -1 : 1;
    if (left->group != right->group)
        return left->group < right->group ? -1 : 1;
    return (left->guest > right->guest) - (left->guest < right->guest);
}

static GuestPlan *
plan_of_entry(const Planning *planning, const GArray *entries, guint index)
{
    return g_ptr_array_index(planning->plan->guests,
                             g_array_index(entries, GuestEntry, index).guest);
}

/* Plans the guests [begin, end) of ENTRIES, which are of one kind. */
static void
plan_kind(const Planning *planning, const GArray *entries, guint begin, guint end)
{
    GuestPlan *first = plan_of_entry(planning, entries, begin);
    g_autoptr(OutcomeTable) table = outcome_table_new(planning, first->outcomes);
    GuestTravellers travellers;

    guest_travellers_init(planning, g_ptr_array_index(planning->fleet->guests, first->guest),
                          first->host, &travellers);
    for (guint i = begin; i < end; i++) {
        GuestPlan *plan = plan_of_entry(planning, entries, i);
        const GuestEntry *entry = &g_array_index(entries, GuestEntry, i);
        const GuestEntry *before = i > begin ? entry - 1 : NULL;

        if (before != NULL && before->group == entry->group && before->pool == entry->pool) {
            share_plan(plan, plan_of_entry(planning, entries, i - 1));
            continue;
        }
        if (plan != first) {
            g_ptr_array_unref(plan->outcomes);
            plan->outcomes = g_ptr_array_ref(first->outcomes);
        }
        plan_guest(planning, plan, table, &travellers);
    }
    guest_travellers_release(&travellers);
}

/* A plan for each guest; ENTRIES gets those that are in a pool. */
static void
list_guests(Planning *planning, GArray *entries)
{
    const Fleet *fleet = planning->fleet;

    for (guint32 i = 0; i < fleet->guests->len; i++) {
        const Guest *guest = g_ptr_array_index(fleet->guests, i);
        GuestPlan *plan = guest_plan_new(i);

        g_ptr_array_add(planning->plan->guests, plan);
        plan->can_start_here = FLEET_NO_INDEX;
        if (guest->host != NULL)
            plan->host = fleet_find_host(fleet, guest->host);
        if (plan->host != FLEET_NO_INDEX)
            plan->pool = planning->pool_of[plan->host];
        if (plan->pool == FLEET_NO_INDEX)
            continue;
        const GuestEntry entry = {guest_kind_key(planning, guest, plan->host), plan->pool,
                                  g_array_index(planning->plan->group_of, guint32, plan->host), i};
        g_array_append_val(entries, entry);
    }
}

/* ---- all ------------------------------------------------------------------------------------ */

void
planning_place_guests(Planning *planning)
{
    g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(GuestEntry));

    g_array_set_clear_func(entries, clear_entry);
    list_guests(planning, entries);
    g_array_sort(entries, compare_entries);
    for (guint begin = 0, end; begin < entries->len; begin = end) {
        const char *kind = g_array_index(entries, GuestEntry, begin).kind;

        for (end = begin + 1; end < entries->len; end++)
            if (strcmp(g_array_index(entries, GuestEntry, end).kind, kind) != 0)
                break;
        plan_kind(planning, entries, begin, end);
    }
    guest_restarts_review(planning);
}
