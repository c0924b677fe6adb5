/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What changed between two plans. Classes are matched by pool and members, guests by their key,
 * hosts by name (drift_hosts.c).
 */
#include "drift.h"

#include "drift_hosts.h"

#include <string.h>

/* ---- classes -------------------------------------------------------------------------------- */

/* A class of the other plan, and those of its hosts that are members of the class in question. */
typedef struct {
    const PlanClass *klass;
    GPtrArray *hosts; /* of char*, sorted, borrowed */
} Share;

static Share *
share_new(const PlanClass *klass)
{
    Share *share = g_new0(Share, 1);

    share->klass = klass;
    share->hosts = g_ptr_array_new();
    return share;
}

static void
share_free(gpointer data)
{
    Share *share = data;

    g_ptr_array_unref(share->hosts);
    g_free(share);
}

/* OTHER's classes that hold members of KLASS (of Share*), in their order. */
static GPtrArray *
classes_of_members(const Plan *plan, const PlanClass *klass, const Plan *other_plan,
                   const PlanPool *other)
{
    g_autofree Share **share_of = g_new0(Share *, other->classes->len + 1);
    GPtrArray *shares = g_ptr_array_new_with_free_func(share_free);

    for (guint i = 0; i < klass->hosts->len; i++) {
        char *host = fleet_host(plan->fleet, g_array_index(klass->hosts, guint32, i))->name;
        const guint32 index = fleet_find_host(other_plan->fleet, host);
        const guint32 place =
            index != FLEET_NO_INDEX ? plan_pool_class_of(other, index) : FLEET_NO_INDEX;

        if (place == FLEET_NO_INDEX)
            continue;
        if (share_of[place] == NULL)
            share_of[place] = share_new(g_ptr_array_index(other->classes, place));
        g_ptr_array_add(share_of[place]->hosts, host);
    }
    for (guint i = 0; i < other->classes->len; i++)
        if (share_of[i] != NULL)
            g_ptr_array_add(shares, share_of[i]);
    return shares;
}

/*
 * "haswell (a, b), skylake (3 hosts)": of the class that bears the name NAME still, who stayed is
 * only counted. Owned by the caller.
 */
static char *
shares_text(const GPtrArray *shares, const char *name)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < shares->len; i++) {
        const Share *share = g_ptr_array_index(shares, i);
        g_autofree char *hosts =
            strcmp(share->klass->name, name) == 0
                ? g_strdup_printf("%u host%s", share->hosts->len, words_plural(share->hosts->len))
                : words_list(share->hosts, DRIFT_LISTED);

        g_ptr_array_add(texts, g_strdup_printf("%s (%s)", share->klass->name, hosts));
    }
    return words_list(texts, DRIFT_LISTED);
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
        g_autofree char *list = shares_text(heirs, klass->name);
        add_of_class(drift, "class-split", TRUE, old_pool, klass,
                     g_strdup_printf("Its hosts are now in the classes %s.", list));
    } else if (plan_pool_find_class(pool, klass->name) == NULL) {
        add_of_class(
            drift, "class-gone", heirs->len == 0, old_pool, klass,
            heirs->len == 0
                ? g_strdup("Has no hosts any more.")
                : g_strdup_printf("Its hosts are now in class %s.",
                                  ((const Share *)g_ptr_array_index(heirs, 0))->klass->name));
    }
}

/* The names of the hosts that break the promise of KLASS, which may be NULL. */
static GHashTable *
names_of_breaches(const Fleet *fleet, const PlanClass *klass)
{
    GHashTable *names = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; klass != NULL && i < klass->contract.breaches->len; i++)
        g_hash_table_add(
            names,
            fleet_host(fleet, g_array_index(klass->contract.breaches, ContractBreach, i).host)
                ->name);
    return names;
}

/* Was the host NAME in the class of POOL, of the plan before, that is called CLASS_NAME? */
static gboolean
was_member(const Drift *drift, const PlanPool *pool, const char *class_name, const char *name)
{
    const guint32 index = fleet_find_host(drift->before->fleet, name);
    const guint32 place =
        index != FLEET_NO_INDEX ? plan_pool_class_of(pool, index) : FLEET_NO_INDEX;

    return place != FLEET_NO_INDEX &&
           strcmp(((const PlanClass *)g_ptr_array_index(pool->classes, place))->name, class_name) ==
               0;
}

/* "a, b no longer meet ...": REASON is the first one's. */
static void
tell_breaches(Drift *drift, const PlanPool *pool, const PlanClass *klass, const GPtrArray *hosts,
              gboolean were_members, const char *reason)
{
    const gboolean is_one = hosts->len == 1;

    if (hosts->len == 0)
        return;
    g_autofree char *list = words_list(hosts, DRIFT_LISTED);
    g_autofree char *of_first =
        is_one ? g_strdup("") : g_strdup_printf("%s: ", (const char *)g_ptr_array_index(hosts, 0));
    const char *verb = were_members ? (is_one ? "no longer meets" : "no longer meet")
                       : is_one     ? "came into the class and does not meet"
                                    : "came into the class and do not meet";
    add_of_class(
        drift, "template-broken", TRUE, pool, klass,
        g_strdup_printf("%s %s the published template. %s%s", list, verb, of_first, reason));
}

/*
 * Which hosts break the promise of KLASS that did not before, in OLD, which may be NULL: members of
 * it lost something, the others came into the class without it.
 */
static void
compare_breaches(Drift *drift, const PlanPool *old_pool, const PlanPool *pool, const PlanClass *old,
                 const PlanClass *klass)
{
    g_autoptr(GHashTable) before = names_of_breaches(drift->before->fleet, old);
    g_autoptr(GPtrArray) members = g_ptr_array_new(), others = g_ptr_array_new();
    const char *reasons[2] = {NULL, NULL}; /* of the first of each */

    for (guint i = 0; i < klass->contract.breaches->len; i++) {
        const ContractBreach *breach = &g_array_index(klass->contract.breaches, ContractBreach, i);
        char *name = fleet_host(drift->now->fleet, breach->host)->name;
        const gboolean is_member = was_member(drift, old_pool, klass->name, name);

        if (g_hash_table_contains(before, name))
            continue;
        g_ptr_array_add(is_member ? members : others, name);
        if (reasons[is_member] == NULL)
            reasons[is_member] = g_ptr_array_index(breach->reasons, 0);
    }
    tell_breaches(drift, pool, klass, members, TRUE, reasons[TRUE]);
    tell_breaches(drift, pool, klass, others, FALSE, reasons[FALSE]);
}

/* OLD is NULL where the class is new. */
static void
compare_contract(Drift *drift, const PlanPool *pool, const PlanClass *old, const PlanClass *klass)
{
    const Contract *contract = &klass->contract;

    if (old != NULL && old->contract.state == contract->state)
        return;
    if (contract->state == CONTRACT_BROKEN && contract->breaches->len == 0)
        add_of_class(drift, "template-broken", TRUE, pool, klass,
                     g_strdup("The published template cannot be read."));
    if (contract->state == CONTRACT_NARROWED) {
        g_autofree char *list = words_list(contract->lost_machines, DRIFT_LISTED);
        add_of_class(drift, "template-narrowed", FALSE, pool, klass,
                     g_strdup_printf("Not every host lists all machine types of the published "
                                     "template any more, and no guest has those that went: %s.",
                                     list));
    }
}

/* "3 features less", "1 machine type more"; nothing where N is 0. */
static void
add_count(GPtrArray *parts, guint n, const char *what, const char *how)
{
    if (n > 0)
        g_ptr_array_add(parts, g_strdup_printf("%u %s%s %s", n, what, words_plural(n), how));
}

static void
add_difference(GPtrArray *parts, const GPtrArray *before, const GPtrArray *now, const char *what)
{
    g_autoptr(GPtrArray) lost = drift_names_without(before, now);
    g_autoptr(GPtrArray) gained = drift_names_without(now, before);

    add_count(parts, lost->len, what, "less");
    add_count(parts, gained->len, what, "more");
}

static const char *
model_of(const Template *template)
{
    return template->cpu != NULL && template->cpu->model != NULL ? template->cpu->model : "none";
}

/* What a template that is planned now has otherwise than one planned then. Owned by the caller. */
static char *
template_change(const Template *before, const Template *now)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);

    if (strcmp(model_of(before), model_of(now)) != 0)
        g_ptr_array_add(parts, g_strdup_printf("the model %s", model_of(now)));
    add_difference(parts, before->features, now->features, "feature");
    if (before->physical_address_bits != now->physical_address_bits)
        g_ptr_array_add(parts,
                        g_strdup_printf("%u physical address bits", now->physical_address_bits));
    if (before->tsc_hz != now->tsc_hz)
        g_ptr_array_add(parts, now->tsc_hz != 0 ? g_strdup("another TSC frequency")
                                                : g_strdup("no TSC frequency any more"));
    add_difference(parts, before->machines, now->machines, "machine type");
    if (parts->len == 0)
        return g_strdup("A new template would have the same features, otherwise written.");
    g_autofree char *list = words_list(parts, DRIFT_LISTED);
    return g_strdup_printf("A new template would have %s.", list);
}

static void
compare_new_class(Drift *drift, const PlanPool *old_pool, const PlanPool *pool,
                  const PlanClass *klass)
{
    const PlanClass *old = plan_pool_find_class(old_pool, klass->name);
    g_autoptr(GPtrArray) ancestors =
        classes_of_members(drift->now->plan, klass, drift->before->plan, old_pool);

    if (ancestors->len > 1) {
        g_autofree char *list = shares_text(ancestors, klass->name);
        add_of_class(drift, "class-merged", FALSE, pool, klass,
                     g_strdup_printf("Has hosts of the former classes %s.", list));
    }
    if (old == NULL)
        add_of_class(drift, "class-new", FALSE, pool, klass,
                     g_strdup_printf("Is new, with %u host%s.", klass->hosts->len,
                                     words_plural(klass->hosts->len)));
    else if (strcmp(old->template->digest, klass->template->digest) != 0)
        add_of_class(drift, "template-changed", FALSE, pool, klass,
                     template_change(old->template, klass->template));
    compare_breaches(drift, old_pool, pool, old, klass);
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

/* What is compared of the guests that have one key: the worst where there are several. */
typedef struct {
    GuestFreedom freedom;
    gboolean is_without_restart; /* its own host would not start it again */
} GuestState;

/* GuestState* by the guest's key. */
static GHashTable *
guest_states(const Plan *plan)
{
    GHashTable *states = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    for (guint i = 0; i < plan->guests->len; i++) {
        const GuestPlan *guest = g_ptr_array_index(plan->guests, i);
        g_autofree char *key =
            fleet_guest_key(g_ptr_array_index(plan->fleet->guests, guest->guest));
        GuestState *worst = g_hash_table_lookup(states, key);

        if (worst == NULL) {
            worst = g_new0(GuestState, 1);
            g_hash_table_insert(states, g_steal_pointer(&key), worst);
        }
        worst->freedom = MAX(worst->freedom, guest->freedom);
        worst->is_without_restart =
            worst->is_without_restart || guest_plan_restart_blocker(guest) != NULL;
    }
    return states;
}

/* GUEST was as WAS; what has its key is now as NOW, and it itself as PLAN. */
static void
compare_freedom(Drift *drift, const Guest *guest, const GuestState *was, const GuestState *now,
                const GuestPlan *plan)
{
    const char *held_by = plan->held_by != NULL ? plan->held_by : "";

    if (plan->freedom == GUEST_STUCK && was->freedom != GUEST_STUCK)
        drift_add(drift, "guest-stuck", plan->known == NULL, guest->host, guest->name,
                  g_strdup_printf("Can migrate to no other host of its pool. %s", held_by));
    else if (plan->freedom == GUEST_MAY_BE_STUCK && was->freedom < GUEST_MAY_BE_STUCK)
        drift_add(drift, "guest-may-be-stuck", plan->known == NULL, guest->host, guest->name,
                  g_strdup_printf("May be stuck: there is no host of its pool to which it can "
                                  "migrate for certain. %s",
                                  held_by));
    else if (now->freedom == GUEST_FREE && was->freedom >= GUEST_MAY_BE_STUCK)
        drift_add(drift, "guest-freed", FALSE, guest->host, guest->name,
                  g_strdup("Is not stuck any more."));
}

/* It runs on until somebody restarts it, so this night is the time to tell. */
static void
compare_restart(Drift *drift, const Guest *guest, const GuestState *was, const GuestPlan *plan)
{
    const Blocker *blocker = guest_plan_restart_blocker(plan);

    if (blocker == NULL || was->is_without_restart)
        return;
    g_autofree char *reason = blocker_text_here(blocker);
    drift_add(drift, "guest-cannot-restart", TRUE, guest->host, guest->name,
              g_strdup_printf("%s. %s",
                              guest->is_running ? "Runs, and could not start here again"
                                                : "Could not start here any more",
                              reason));
}

static void
compare_guests(Drift *drift)
{
    static const GuestState unknown = {0};
    const Plan *plan = drift->now->plan;
    g_autoptr(GHashTable) before = guest_states(drift->before->plan);
    g_autoptr(GHashTable) now = guest_states(plan);

    for (guint i = 0; i < plan->guests->len; i++) {
        const GuestPlan *guest_plan = g_ptr_array_index(plan->guests, i);
        const Guest *guest = g_ptr_array_index(plan->fleet->guests, guest_plan->guest);
        g_autofree char *key = fleet_guest_key(guest);
        const GuestState *was = g_hash_table_lookup(before, key);

        was = was != NULL ? was : &unknown;
        compare_freedom(drift, guest, was, g_hash_table_lookup(now, key), guest_plan);
        compare_restart(drift, guest, was, guest_plan);
    }
}

/* ---- all ------------------------------------------------------------------------------------ */

/* What happened to hosts comes before what came of it for classes and guests. */
static gint
rank_of(const DriftItem *item)
{
    return item->subject == NULL ? 0 : item->host == NULL ? 1 : 2;
}

/* What needs a person first; then hosts, classes and guests, each by kind, host and subject. */
static gint
compare_items(gconstpointer a, gconstpointer b)
{
    const DriftItem *left = *(const DriftItem *const *)a, *right = *(const DriftItem *const *)b;
    gint order = right->is_actionable - left->is_actionable;

    if (order == 0)
        order = rank_of(left) - rank_of(right);
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
