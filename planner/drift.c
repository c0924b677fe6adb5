/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What changed between two plans. Classes are matched by pool and members, guests by their key,
 * hosts by name (drift_hosts.c).
 */
#include "drift.h"

#include "drift_hosts.h"

#include <string.h>

/* ---- classes -------------------------------------------------------------------------------- */

/* Names of OTHER's classes that hold members of KLASS, each once, sorted. */
static GPtrArray *
classes_of_members(const Plan *plan, const PlanClass *klass, const Plan *other_plan,
                   const PlanPool *other)
{
    GPtrArray *names = g_ptr_array_new();
    g_autofree gboolean *is_seen = g_new0(gboolean, other->classes->len + 1);

    for (guint i = 0; i < klass->hosts->len; i++) {
        const char *host = fleet_host(plan->fleet, g_array_index(klass->hosts, guint32, i))->name;
        const guint32 index = fleet_find_host(other_plan->fleet, host);
        const guint32 place =
            index != FLEET_NO_INDEX ? plan_pool_class_of(other, index) : FLEET_NO_INDEX;

        if (place != FLEET_NO_INDEX)
            is_seen[place] = TRUE;
    }
    for (guint i = 0; i < other->classes->len; i++)
        if (is_seen[i])
            g_ptr_array_add(names, ((const PlanClass *)g_ptr_array_index(other->classes, i))->name);
    return names;
}

/* Takes TEXT. */
static void
add_of_class(Drift *drift, const char *id, gboolean is_actionable, const PlanPool *pool,
             const PlanClass *klass, char *text)
{
    g_autofree char *subject = g_strdup_printf("%s/%s", pool->settings->name, klass->name);

    drift_add(drift, id, is_actionable, NULL, subject, text)->pool = g_strdup(pool->settings->name);
}

static void
compare_old_class(Drift *drift, const PlanPool *old_pool, const PlanPool *pool,
                  const PlanClass *klass)
{
    g_autoptr(GPtrArray) heirs =
        classes_of_members(drift->before->plan, klass, drift->now->plan, pool);

    if (heirs->len > 1) {
        g_autofree char *list = words_list(heirs, DRIFT_LISTED);
        add_of_class(drift, "class-split", TRUE, old_pool, klass,
                     g_strdup_printf("Its hosts are now in the classes %s.", list));
    } else if (plan_pool_find_class(pool, klass->name) == NULL) {
        add_of_class(drift, "class-gone", heirs->len == 0, old_pool, klass,
                     heirs->len == 0 ? g_strdup("Has no hosts any more.")
                                     : g_strdup_printf("Its hosts are now in class %s.",
                                                       (const char *)g_ptr_array_index(heirs, 0)));
    }
}

/* Who breaks the promise, and how the first of them does. */
static char *
breaches_text(const Fleet *fleet, const Contract *contract)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    if (contract->breaches->len == 0)
        return g_strdup("The published template cannot be read.");
    for (guint i = 0; i < contract->breaches->len; i++) {
        const ContractBreach *breach = &g_array_index(contract->breaches, ContractBreach, i);
        g_ptr_array_add(names, fleet_host(fleet, breach->host)->name);
    }
    const ContractBreach *first = &g_array_index(contract->breaches, ContractBreach, 0);
    const char *reason = g_ptr_array_index(first->reasons, 0);
    g_autofree char *list = words_list(names, DRIFT_LISTED);
    if (names->len == 1)
        return g_strdup_printf("%s no longer meets the published template. %s", list, reason);
    return g_strdup_printf("%s no longer meet the published template. %s: %s", list,
                           fleet_host(fleet, first->host)->name, reason);
}

/* OLD is NULL where the class is new. */
static void
compare_contract(Drift *drift, const PlanPool *pool, const PlanClass *old, const PlanClass *klass)
{
    const Contract *contract = &klass->contract;

    if (old != NULL && old->contract.state == contract->state)
        return;
    if (contract->state == CONTRACT_BROKEN)
        add_of_class(drift, "template-broken", TRUE, pool, klass,
                     breaches_text(drift->now->fleet, contract));
    if (contract->state == CONTRACT_NARROWED) {
        g_autofree char *list = words_list(contract->lost_machines, DRIFT_LISTED);
        add_of_class(drift, "template-narrowed", FALSE, pool, klass,
                     g_strdup_printf("Not every host lists all machine types of the published "
                                     "template any more, and no guest has those that went: %s.",
                                     list));
    }
}

static void
compare_new_class(Drift *drift, const PlanPool *old_pool, const PlanPool *pool,
                  const PlanClass *klass)
{
    const PlanClass *old = plan_pool_find_class(old_pool, klass->name);
    g_autoptr(GPtrArray) ancestors =
        classes_of_members(drift->now->plan, klass, drift->before->plan, old_pool);

    if (ancestors->len > 1) {
        g_autofree char *list = words_list(ancestors, DRIFT_LISTED);
        add_of_class(drift, "class-merged", FALSE, pool, klass,
                     g_strdup_printf("Has hosts of the former classes %s.", list));
    }
    if (old == NULL)
        add_of_class(drift, "class-new", FALSE, pool, klass,
                     g_strdup_printf("Is new, with %u host%s.", klass->hosts->len,
                                     words_plural(klass->hosts->len)));
    else if (strcmp(old->template->digest, klass->template->digest) != 0) {
        g_autoptr(GPtrArray) lost =
            drift_names_without(old->template->features, klass->template->features);
        g_autoptr(GPtrArray) gained =
            drift_names_without(klass->template->features, old->template->features);
        add_of_class(
            drift, "template-changed", FALSE, pool, klass,
            lost->len + gained->len > 0
                ? g_strdup_printf("A new template would have %u feature%s less and %u more.",
                                  lost->len, words_plural(lost->len), gained->len)
                : g_strdup("A new template would have the same features, and another model, "
                           "address bits, TSC frequency or machine types."));
    }
    compare_contract(drift, pool, old, klass);
}

static void
compare_classes(Drift *drift)
{
    for (guint i = 0; i < drift->now->plan->pools->len; i++) {
        const PlanPool *pool = g_ptr_array_index(drift->now->plan->pools, i);
        const PlanPool *old = plan_find_pool(drift->before->plan, pool->settings->name);

        if (old == NULL)
            continue;
        for (guint j = 0; j < old->classes->len; j++)
            compare_old_class(drift, old, pool, g_ptr_array_index(old->classes, j));
        for (guint j = 0; j < pool->classes->len; j++)
            compare_new_class(drift, old, pool, g_ptr_array_index(pool->classes, j));
    }
}

/* ---- guests --------------------------------------------------------------------------------- */

/* The GuestFreedom of each guest of PLAN by its key; the worst where several have the same. */
static GHashTable *
guest_freedoms(const Plan *plan)
{
    GHashTable *states = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < plan->guests->len; i++) {
        const GuestPlan *guest = g_ptr_array_index(plan->guests, i);
        char *key = fleet_guest_key(g_ptr_array_index(plan->fleet->guests, guest->guest));
        const GuestFreedom worst = GPOINTER_TO_UINT(g_hash_table_lookup(states, key));

        g_hash_table_insert(states, key, GUINT_TO_POINTER(MAX(worst, guest->freedom)));
    }
    return states;
}

/* GUEST was in the state WAS; what has its key is now in NOW, and it itself in that of PLAN. */
static void
compare_guest(Drift *drift, const Guest *guest, GuestFreedom was, GuestFreedom now,
              const GuestPlan *plan)
{
    const char *held_by = plan->held_by != NULL ? plan->held_by : "";

    if (plan->freedom == GUEST_STUCK && was != GUEST_STUCK)
        drift_add(drift, "guest-stuck", TRUE, guest->host, guest->name,
                  g_strdup_printf("Can migrate to no other host of its pool. %s", held_by));
    else if (plan->freedom == GUEST_MAY_BE_STUCK && was < GUEST_MAY_BE_STUCK)
        drift_add(drift, "guest-may-be-stuck", TRUE, guest->host, guest->name,
                  g_strdup_printf("May be stuck: there is no host of its pool to which it can "
                                  "migrate for certain. %s",
                                  held_by));
    else if (now == GUEST_FREE && was >= GUEST_MAY_BE_STUCK)
        drift_add(drift, "guest-freed", FALSE, guest->host, guest->name,
                  g_strdup("Is not stuck any more."));
}

static void
compare_guests(Drift *drift)
{
    const Plan *plan = drift->now->plan;
    g_autoptr(GHashTable) before = guest_freedoms(drift->before->plan);
    g_autoptr(GHashTable) now = guest_freedoms(plan);

    for (guint i = 0; i < plan->guests->len; i++) {
        const GuestPlan *guest_plan = g_ptr_array_index(plan->guests, i);
        const Guest *guest = g_ptr_array_index(plan->fleet->guests, guest_plan->guest);
        g_autofree char *key = fleet_guest_key(guest);

        compare_guest(drift, guest, GPOINTER_TO_UINT(g_hash_table_lookup(before, key)),
                      GPOINTER_TO_UINT(g_hash_table_lookup(now, key)), guest_plan);
    }
}

/* ---- all ------------------------------------------------------------------------------------ */

/* What needs a person first; then by kind, host and subject. */
static gint
compare_items(gconstpointer a, gconstpointer b)
{
    const DriftItem *left = *(const DriftItem *const *)a, *right = *(const DriftItem *const *)b;
    gint order = right->is_actionable - left->is_actionable;

    if (order == 0)
        order = strcmp(left->id, right->id);
    if (order == 0)
        order = g_strcmp0(left->host, right->host);
    if (order == 0)
        order = g_strcmp0(left->subject, right->subject);
    return order != 0 ? order : g_strcmp0(left->text, right->text);
}

void
planning_find_drift(const Planning *before, Planning *now)
{
    Drift drift = {before, now, now->plan->drift, NULL};

    now->plan->drift_run = before->fleet->run;
    drift_compare_hosts(&drift);
    compare_classes(&drift);
    compare_guests(&drift);
    g_ptr_array_sort(drift.items, compare_items);
}
