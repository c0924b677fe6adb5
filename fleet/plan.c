/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The life cycle of a plan's records, and who is looked up in them. Lists own their members through
 * their free functions, so freeing the plan frees all; what a plan borrows (fleet, settings, map,
 * published templates) is not touched. Guests that are alike share their targets and outcomes by
 * reference counts.
 */
#include <fleet/plan.h>

#include <string.h>

static const char *const verdict_names[] = {
    [VERDICT_YES] = "yes",
    [VERDICT_WARN] = "warn",
    [VERDICT_UNKNOWN] = "unknown",
    [VERDICT_NO] = "no",
};
G_STATIC_ASSERT(G_N_ELEMENTS(verdict_names) == VERDICT_COUNT);

static const char *const contract_state_names[] = {
    [CONTRACT_NONE] = "none",         [CONTRACT_KEPT] = "kept",
    [CONTRACT_HEADROOM] = "headroom", [CONTRACT_NARROWED] = "narrowed",
    [CONTRACT_BROKEN] = "broken",
};
G_STATIC_ASSERT(G_N_ELEMENTS(contract_state_names) == CONTRACT_COUNT);

static const char *const guest_freedom_names[] = {
    [GUEST_ALONE] = "no-other-host",
    [GUEST_FREE] = "free",
    [GUEST_MAY_BE_STUCK] = "may-be-stuck",
    [GUEST_STUCK] = "stuck",
};
G_STATIC_ASSERT(G_N_ELEMENTS(guest_freedom_names) == GUEST_FREEDOM_COUNT);

static const char *const matrix_subject_names[] = {
    [SUBJECT_TEMPLATE] = "template",
    [SUBJECT_HOST_MODEL] = "host-model",
    [SUBJECT_HOST_PASSTHROUGH] = "host-passthrough",
};
G_STATIC_ASSERT(G_N_ELEMENTS(matrix_subject_names) == SUBJECT_COUNT);

const char *
verdict_name(Verdict verdict)
{
    return verdict_names[verdict];
}

const char *
contract_state_name(ContractState state)
{
    return contract_state_names[state];
}

const char *
guest_freedom_name(GuestFreedom freedom)
{
    return guest_freedom_names[freedom];
}

const char *
matrix_subject_name(MatrixSubject subject)
{
    return matrix_subject_names[subject];
}

static GArray *
index_array_new(void)
{
    return g_array_new(FALSE, FALSE, sizeof(guint32));
}

static GPtrArray *
string_array_new(void)
{
    return g_ptr_array_new_with_free_func(g_free);
}

Blocker *
blocker_new(const char *check, Verdict severity, const char *text, const char *remedy)
{
    Blocker *blocker = g_rc_box_new0(Blocker);

    blocker->check = check;
    blocker->severity = severity;
    blocker->text = g_strdup(text);
    blocker->remedy = g_strdup(remedy);
    return blocker;
}

static void
blocker_clear(gpointer data)
{
    Blocker *blocker = data;

    g_free(blocker->text);
    g_free(blocker->remedy);
    g_clear_pointer(&blocker->features, g_ptr_array_unref);
}

Blocker *
blocker_ref(Blocker *blocker)
{
    return g_rc_box_acquire(blocker);
}

void
blocker_unref(Blocker *blocker)
{
    if (blocker != NULL)
        g_rc_box_release_full(blocker, blocker_clear);
}

/* SENTENCE about a target, as one about the host where the guest is already. */
static char *
about_own_host(const char *sentence)
{
    static const struct {
        const char *of_target, *of_own;
    } words[] = {{"The target", "The host"},
                 {"the target", "the host"},
                 {"a template that both hosts support", "its class's template"}};
    GString *text = g_string_new(sentence);

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        g_string_replace(text, words[i].of_target, words[i].of_own, 0);
    return g_string_free(text, FALSE);
}

char *
blocker_text_here(const Blocker *blocker)
{
    return about_own_host(blocker->text);
}

char *
blocker_remedy_here(const Blocker *blocker)
{
    return about_own_host(blocker->remedy);
}

Outcome *
outcome_new(void)
{
    Outcome *outcome = g_new0(Outcome, 1);

    outcome->blockers = g_ptr_array_new_with_free_func((GDestroyNotify)blocker_unref);
    return outcome;
}

void
outcome_free(Outcome *outcome)
{
    if (outcome == NULL)
        return;
    g_ptr_array_unref(outcome->blockers);
    g_free(outcome);
}

void
outcome_add(Outcome *outcome, Blocker *blocker)
{
    outcome->verdict = MAX(outcome->verdict, blocker->severity);
    g_ptr_array_add(outcome->blockers, blocker);
}

static Template *
template_new(void)
{
    Template *template = g_new0(Template, 1);

    template->features = string_array_new();
    template->machines = string_array_new();
    template->notes = string_array_new();
    return template;
}

static void
template_free(Template *template)
{
    if (template == NULL)
        return;
    g_free(template->name);
    cpu_definition_free(template->cpu);
    g_ptr_array_unref(template->features);
    g_ptr_array_unref(template->machines);
    g_ptr_array_unref(template->notes);
    g_free(template->digest);
    g_free(template);
}

static void
clear_class_limit(gpointer data)
{
    ClassLimit *limit = data;

    g_clear_pointer(&limit->hosts, g_array_unref);
    g_clear_pointer(&limit->features, g_ptr_array_unref);
    g_free(limit->text);
}

static void
clear_contract_breach(gpointer data)
{
    g_clear_pointer(&((ContractBreach *)data)->reasons, g_ptr_array_unref);
}

PlanClass *
plan_class_new(const char *name)
{
    PlanClass *klass = g_new0(PlanClass, 1);

    klass->name = g_strdup(name);
    klass->hosts = index_array_new();
    klass->template = template_new();
    klass->barriers = g_ptr_array_new();
    klass->limits = g_array_new(FALSE, TRUE, sizeof(ClassLimit));
    g_array_set_clear_func(klass->limits, clear_class_limit);
    klass->contract.breaches = g_array_new(FALSE, TRUE, sizeof(ContractBreach));
    g_array_set_clear_func(klass->contract.breaches, clear_contract_breach);
    klass->contract.lost_machines = string_array_new();
    klass->contract.headroom = string_array_new();
    klass->contract.outdated_guests = index_array_new();
    return klass;
}

static void
plan_class_free(gpointer data)
{
    PlanClass *klass = data;

    g_free(klass->name);
    g_free(klass->level);
    g_free(klass->vendor);
    g_array_unref(klass->hosts);
    template_free(klass->template);
    g_ptr_array_unref(klass->barriers);
    g_array_unref(klass->limits);
    g_array_unref(klass->contract.breaches);
    g_ptr_array_unref(klass->contract.lost_machines);
    g_ptr_array_unref(klass->contract.headroom);
    g_array_unref(klass->contract.outdated_guests);
    g_free(klass);
}

HostGroup *
host_group_new(guint32 pool, const char *name)
{
    HostGroup *group = g_new0(HostGroup, 1);

    group->pool = pool;
    group->name = g_strdup(name);
    group->hosts = index_array_new();
    return group;
}

static void
host_group_free(gpointer data)
{
    HostGroup *group = data;

    g_free(group->name);
    g_array_unref(group->hosts);
    g_free(group);
}

Matrix *
matrix_new(MatrixSubject subject, guint n)
{
    Matrix *matrix = g_new0(Matrix, 1);

    matrix->subject = subject;
    matrix->n = n;
    matrix->groups = g_new0(guint32, n);
    matrix->outcomes = g_ptr_array_new_with_free_func((GDestroyNotify)outcome_free);
    g_ptr_array_add(matrix->outcomes, outcome_new());
    return matrix;
}

static void
factor_release(MatrixFactor *factor)
{
    g_free(factor->source_of);
    g_free(factor->target_of);
    g_free(factor->parts);
}

static void
matrix_free(Matrix *matrix)
{
    if (matrix == NULL)
        return;
    g_free(matrix->groups);
    factor_release(&matrix->cpus);
    factor_release(&matrix->sites);
    g_free(matrix->joined);
    g_ptr_array_unref(matrix->outcomes);
    g_free(matrix);
}

const Outcome *
matrix_outcome(const Matrix *matrix, guint row, guint column)
{
    return g_ptr_array_index(matrix->outcomes, matrix_cell(matrix, row, column));
}

GuestPlan *
guest_plan_new(guint32 guest)
{
    GuestPlan *plan = g_new0(GuestPlan, 1);

    plan->guest = guest;
    plan->host = FLEET_NO_INDEX;
    plan->pool = FLEET_NO_INDEX;
    plan->targets = g_array_new(FALSE, FALSE, sizeof(GuestTarget));
    plan->cured_groups = index_array_new();
    plan->outcomes = g_ptr_array_new_with_free_func((GDestroyNotify)outcome_free);
    g_ptr_array_add(plan->outcomes, outcome_new());
    return plan;
}

const Blocker *
guest_plan_restart_blocker(const GuestPlan *plan)
{
    const Outcome *outcome = plan->can_start_here != FLEET_NO_INDEX
                                 ? g_ptr_array_index(plan->outcomes, plan->can_start_here)
                                 : NULL;

    for (guint i = 0; outcome != NULL && i < outcome->blockers->len; i++) {
        const Blocker *blocker = g_ptr_array_index(outcome->blockers, i);

        if (blocker->severity == VERDICT_NO)
            return blocker;
    }
    return NULL;
}

gboolean
guest_plan_needs_person(const GuestPlan *plan)
{
    return plan->freedom >= GUEST_MAY_BE_STUCK && plan->known == NULL;
}

gboolean
guest_plan_is_known(const GuestPlan *plan)
{
    return plan->freedom >= GUEST_MAY_BE_STUCK && plan->known != NULL;
}

static void
guest_plan_free(gpointer data)
{
    GuestPlan *plan = data;

    g_array_unref(plan->targets);
    g_array_unref(plan->cured_groups);
    g_ptr_array_unref(plan->outcomes);
    g_free(plan->held_by);
    g_free(plan->obstacle);
    g_free(plan->remedy);
    g_free(plan);
}

Drain *
drain_new(guint32 host)
{
    Drain *drain = g_new0(Drain, 1);

    drain->host = host;
    drain->stranded = index_array_new();
    return drain;
}

static void
drain_free(gpointer data)
{
    Drain *drain = data;

    g_array_unref(drain->stranded);
    g_free(drain->text);
    g_free(drain);
}

DriftItem *
drift_item_new(const char *id, gboolean is_actionable)
{
    DriftItem *item = g_new0(DriftItem, 1);

    item->id = id;
    item->is_actionable = is_actionable;
    return item;
}

void
drift_item_free(DriftItem *item)
{
    if (item == NULL)
        return;
    g_free(item->host);
    g_free(item->pool);
    g_free(item->subject);
    g_free(item->text);
    g_free(item->cause);
    g_clear_pointer(&item->features, g_ptr_array_unref);
    g_free(item);
}

AddressPlan *
address_plan_new(guint32 guest)
{
    AddressPlan *plan = g_new0(AddressPlan, 1);

    plan->guest = guest;
    plan->findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
    return plan;
}

static void
address_plan_free(gpointer data)
{
    AddressPlan *plan = data;

    domain_devices_free(plan->devices);
    finding_free(plan->refusal);
    g_free(plan->machine);
    g_ptr_array_unref(plan->findings);
    g_free(plan);
}

PlanPool *
plan_pool_new(const PoolSettings *settings)
{
    PlanPool *pool = g_new0(PlanPool, 1);

    pool->settings = settings;
    pool->hosts = index_array_new();
    pool->quarantined = index_array_new();
    pool->classes = g_ptr_array_new_with_free_func(plan_class_free);
    pool->class_of = index_array_new();
    pool->tradeoff = g_array_new(FALSE, TRUE, sizeof(TradeoffPoint));
    pool->merges = g_array_new(FALSE, TRUE, sizeof(ClassMerge));
    pool->drains = g_ptr_array_new_with_free_func(drain_free);
    pool->maintenance.blocking_guests = index_array_new();
    return pool;
}

static void
plan_pool_free(gpointer data)
{
    PlanPool *pool = data;

    g_array_unref(pool->hosts);
    g_array_unref(pool->quarantined);
    g_ptr_array_unref(pool->classes);
    g_array_unref(pool->class_of);
    g_array_unref(pool->tradeoff);
    g_array_unref(pool->merges);
    for (guint i = 0; i < SUBJECT_COUNT; i++)
        matrix_free(pool->matrices[i]);
    g_ptr_array_unref(pool->drains);
    g_free(pool->maintenance.order);
    g_array_unref(pool->maintenance.blocking_guests);
    g_free(pool->maintenance.failover_text);
    g_free(pool);
}

Plan *
plan_new(void)
{
    Plan *plan = g_new0(Plan, 1);

    plan->pools = g_ptr_array_new_with_free_func(plan_pool_free);
    plan->groups = g_ptr_array_new_with_free_func(host_group_free);
    plan->group_of = index_array_new();
    plan->guests = g_ptr_array_new_with_free_func(guest_plan_free);
    plan->addresses = g_ptr_array_new_with_free_func(address_plan_free);
    plan->drift = g_ptr_array_new_with_free_func((GDestroyNotify)drift_item_free);
    plan->unassigned = index_array_new();
    plan->findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
    return plan;
}

void
plan_free(Plan *plan)
{
    if (plan == NULL)
        return;
    g_ptr_array_unref(plan->pools);
    g_ptr_array_unref(plan->groups);
    g_array_unref(plan->group_of);
    g_ptr_array_unref(plan->guests);
    g_ptr_array_unref(plan->addresses);
    g_ptr_array_unref(plan->drift);
    g_array_unref(plan->unassigned);
    g_ptr_array_unref(plan->findings);
    g_free(plan);
}

const PlanPool *
plan_find_pool(const Plan *plan, const char *name)
{
    for (guint i = 0; i < plan->pools->len; i++) {
        const PlanPool *pool = g_ptr_array_index(plan->pools, i);

        if (strcmp(pool->settings->name, name) == 0)
            return pool;
    }
    return NULL;
}

PlanClass *
plan_pool_find_class(const PlanPool *pool, const char *name)
{
    for (guint i = 0; i < pool->classes->len; i++) {
        PlanClass *klass = g_ptr_array_index(pool->classes, i);

        if (strcmp(klass->name, name) == 0)
            return klass;
    }
    return NULL;
}

const PlanPool *
plan_pool_of_guest(const Plan *plan, const GuestPlan *guest)
{
    return guest->pool != FLEET_NO_INDEX ? g_ptr_array_index(plan->pools, guest->pool) : NULL;
}

guint32
plan_pool_class_of(const PlanPool *pool, guint32 host)
{
    guint index;

    return g_array_binary_search(pool->hosts, &host, fleet_compare_indexes, &index)
               ? g_array_index(pool->class_of, guint32, index)
               : FLEET_NO_INDEX;
}
