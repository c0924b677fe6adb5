/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where each guest can go. Guests that no check can tell apart, on hosts of one group, share their
 * targets and outcomes; so the work grows with distinct guests, not with guests.
 */
#include <string.h>

#include "outcomes.h"

/* A guest as it starts, and as it migrates once its host has resolved what it left open. */
typedef struct {
    Traveller start, migration;
    CpuDefinition *resolved; /* owned; the migration traveller's CPU */
    char *problem;           /* owned */
} GuestTravellers;

static gboolean
needs_tsc(const Guest *guest)
{
    for (guint i = 0; i < guest->traits->len; i++)
        if (g_array_index(guest->traits, GuestTrait, i).kind == GUEST_TRAIT_CLOCK_TSC)
            return TRUE;
    for (guint i = 0; i < guest->cpu->features->len; i++) {
        const CpuDefinitionFeature *feature =
            &g_array_index(guest->cpu->features, CpuDefinitionFeature, i);

        if (strcmp(feature->name, "invtsc") == 0 &&
            (feature->policy == CPU_POLICY_REQUIRE || feature->policy == CPU_POLICY_FORCE))
            return TRUE;
    }
    return FALSE;
}

static MatrixSubject
subject_of_mode(CpuMode mode)
{
    switch (mode) {
    case CPU_MODE_HOST_MODEL:
        return SUBJECT_HOST_MODEL;
    case CPU_MODE_HOST_PASSTHROUGH:
        return SUBJECT_HOST_PASSTHROUGH;
    case CPU_MODE_CUSTOM:
    case CPU_MODE_MAXIMUM:
    case CPU_MODE_COUNT:
    default:
        return SUBJECT_TEMPLATE;
    }
}

static Traveller
traveller_of_guest(const Guest *guest)
{
    return (Traveller){
        .subject = subject_of_mode(guest->cpu->mode),
        .guest = guest,
        .arch = guest->arch,
        .type = guest->domain_type,
        .machine = guest->machine,
        .has_invtsc = needs_tsc(guest),
        .tsc_hz = guest->tsc_hz,
    };
}

/* What a custom CPU asks for: all that it has, without what it forces on any host. */
static gboolean
custom_set(const Planning *planning, const CpuDefinition *cpu, CpuSet *ret_set, GError **error)
{
    g_autoptr(CpuDefinition) asked = cpu_definition_copy(cpu);

    for (guint i = asked->features->len; i-- > 0;)
        if (g_array_index(asked->features, CpuDefinitionFeature, i).policy == CPU_POLICY_FORCE)
            g_array_index(asked->features, CpuDefinitionFeature, i).policy = CPU_POLICY_DISABLE;
    return cpu_engine_effective_set(planning->map, asked, ret_set, NULL, error);
}

static void
set_custom_cpu(const Planning *planning, Traveller *traveller, const CpuDefinition *cpu,
               char **problem)
{
    g_autoptr(GError) error = NULL;

    if (cpu->mode != CPU_MODE_CUSTOM || cpu->model == NULL)
        return;
    traveller->cpu = cpu;
    if (cpu_arch_family(traveller->arch) == CPU_FAMILY_X86 &&
        !custom_set(planning, cpu, &traveller->set, &error)) {
        if (*problem == NULL)
            *problem = g_strdup(error->message);
        traveller->problem = *problem;
    }
}

static gboolean
is_open(const CpuDefinition *cpu)
{
    if (cpu->match == CPU_MATCH_MINIMUM)
        return TRUE;
    for (guint i = 0; i < cpu->features->len; i++)
        if (g_array_index(cpu->features, CpuDefinitionFeature, i).policy == CPU_POLICY_OPTIONAL)
            return TRUE;
    return FALSE;
}

/* A definition that leaves something to its host becomes what that host makes of it. */
static void
resolve_on_host(const Planning *planning, GuestTravellers *travellers, guint32 host)
{
    const CpuDefinition *cpu = travellers->migration.cpu;
    const CpuResolveOptions options = {.is_update_only = TRUE};
    g_autoptr(GError) error = NULL;

    if (cpu == NULL || travellers->migration.problem != NULL || !is_open(cpu) ||
        host == FLEET_NO_INDEX)
        return;
    const HostCpu *source = planning_host_cpu(planning, host);
    if (source->problem != NULL)
        return;
    travellers->resolved =
        cpu_engine_resolve(planning->map, source->arch, source->definition, cpu, &options, &error);
    if (travellers->resolved == NULL) {
        g_free(travellers->problem);
        travellers->problem =
            g_strdup_printf("it cannot start on its own host: %s", error->message);
        travellers->migration.problem = travellers->problem;
        return;
    }
    set_custom_cpu(planning, &travellers->migration, travellers->resolved, &travellers->problem);
}

static void
guest_travellers_init(const Planning *planning, const Guest *guest, guint32 host,
                      GuestTravellers *travellers)
{
    memset(travellers, 0, sizeof(*travellers));
    travellers->start = traveller_of_guest(guest);
    set_custom_cpu(planning, &travellers->start, guest->cpu, &travellers->problem);
    travellers->migration = travellers->start;
    resolve_on_host(planning, travellers, host);
}

static void
guest_travellers_release(GuestTravellers *travellers)
{
    cpu_definition_free(travellers->resolved);
    g_free(travellers->problem);
}

/* ---- alike guests --------------------------------------------------------------------------- */

/* All that checks look at in GUEST, and its group. */
static char *
guest_key(const Guest *guest, guint32 group)
{
    GString *key = g_string_new(NULL);

    g_string_append_printf(
        key, "%u\n%d %d %d %d %u %" G_GUINT64_FORMAT "\n%s\n%s\n%s\n%d\n", group, (int)guest->arch,
        (int)guest->domain_type, guest->is_running, guest->has_cpu, guest->n_vcpus, guest->tsc_hz,
        guest->machine != NULL ? guest->machine : "",
        guest->emulator != NULL ? guest->emulator : "",
        guest->launch_security != NULL ? guest->launch_security : "", guest->is_hyperv_passthrough);
    cpu_definition_format(guest->cpu, 0, key);
    for (guint i = 0; i < guest->hyperv_features->len; i++)
        g_string_append_printf(key, "hyperv %s\n",
                               (const char *)g_ptr_array_index(guest->hyperv_features, i));
    for (guint i = 0; i < guest->traits->len; i++) {
        const GuestTrait *trait = &g_array_index(guest->traits, GuestTrait, i);
        g_string_append_printf(key, "trait %d %s\n", (int)trait->kind,
                               trait->detail != NULL ? trait->detail : "");
    }
    return g_string_free(key, FALSE);
}

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

/* How many hosts of GROUP the guest could go to: all but its own. */
static guint
other_hosts(const Planning *planning, const GuestPlan *plan, guint32 group)
{
    const guint n = group_at(planning, group)->hosts->len;
    const gboolean is_own = g_array_index(planning->plan->group_of, guint32, plan->host) == group;

    return is_own ? n - 1 : n;
}

/* ---- what holds a guest --------------------------------------------------------------------- */

typedef struct {
    const Blocker *blocker;
    guint n_alone; /* hosts that this check alone blocks */
    guint n_all;   /* hosts that it blocks with others or alone */
} Holder;

static void
count_holder(GArray *holders, const Blocker *blocker, guint n_hosts, gboolean is_alone)
{
    Holder *holder = NULL;

    for (guint i = 0; i < holders->len && holder == NULL; i++)
        if (g_array_index(holders, Holder, i).blocker->check == blocker->check)
            holder = &g_array_index(holders, Holder, i);
    if (holder == NULL) {
        const Holder new_holder = {.blocker = blocker};
        g_array_append_val(holders, new_holder);
        holder = &g_array_index(holders, Holder, holders->len - 1);
    }
    holder->n_all += n_hosts;
    holder->n_alone += is_alone ? n_hosts : 0;
}

static guint
count_severe(const Outcome *outcome)
{
    guint n = 0;

    while (n < outcome->blockers->len &&
           ((const Blocker *)g_ptr_array_index(outcome->blockers, n))->severity == VERDICT_NO)
        n++;
    return n;
}

/* The check whose cure would open most hosts, and what it takes. */
static char *
describe_holder(const Planning *planning, const GuestPlan *plan)
{
    g_autoptr(GArray) holders = g_array_new(FALSE, TRUE, sizeof(Holder));
    const Holder *best = NULL;

    for (guint i = 0; i < plan->targets->len; i++) {
        const GuestTarget *target = &g_array_index(plan->targets, GuestTarget, i);
        const Outcome *outcome = outcome_at(plan, target->can_migrate);
        const guint n_severe = count_severe(outcome);

        for (guint j = 0; j < n_severe; j++)
            count_holder(holders, g_ptr_array_index(outcome->blockers, j),
                         other_hosts(planning, plan, target->group), n_severe == 1);
    }
    for (guint i = 0; i < holders->len; i++) {
        const Holder *holder = &g_array_index(holders, Holder, i);

        if (best == NULL || holder->n_alone > best->n_alone ||
            (holder->n_alone == best->n_alone && holder->n_all > best->n_all))
            best = holder;
    }
    if (best == NULL || best->n_all == 0)
        return NULL;
    if (best->n_alone > 0)
        return g_strdup_printf("%s Cured, it would open %u hosts: %s.", best->blocker->text,
                               best->n_alone, best->blocker->remedy);
    return g_strdup_printf("%s It stands beside other reasons on %u hosts: %s.",
                           best->blocker->text, best->n_all, best->blocker->remedy);
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
        const Place *to = &g_array_index(planning->places, Place, matrix->groups[column]);

        if (other_hosts(planning, plan, matrix->groups[column]) > 0 &&
            matrix_outcome(matrix, row, column)->verdict <= VERDICT_WARN &&
            outcome_table_verdict(table, to, FALSE, 1U << ASPECT_HOST | 1U << ASPECT_GUEST) <=
                VERDICT_WARN)
            return TRUE;
    }
    return FALSE;
}

/* ---- one guest ------------------------------------------------------------------------------ */

static void
find_targets(const Planning *planning, GuestPlan *plan, OutcomeTable *table,
             const GuestTravellers *travellers)
{
    const guint32 own = g_array_index(planning->plan->group_of, guint32, plan->host);
    const Place *from = own != FLEET_NO_INDEX ? &g_array_index(planning->places, Place, own) : NULL;
    const guint32 unknown = FLEET_NO_INDEX;

    outcome_table_set_source(table, &travellers->start, 0, NULL);
    for (guint32 group = 0; group < planning->plan->groups->len; group++) {
        if (group_at(planning, group)->pool != plan->pool)
            continue;
        const Place *to = &g_array_index(planning->places, Place, group);
        const GuestTarget target = {group, outcome_table_find(table, to, TRUE), unknown};
        g_array_append_val(plan->targets, target);
    }
    outcome_table_set_source(table, &travellers->migration, 1, from);
    for (guint i = 0; i < plan->targets->len; i++) {
        GuestTarget *target = &g_array_index(plan->targets, GuestTarget, i);

        target->can_migrate = outcome_table_find(
            table, &g_array_index(planning->places, Place, target->group), FALSE);
    }
}

/* The figures that differ between guests that share targets: their own host is not a target. */
static void
sum_up(const Planning *planning, GuestPlan *plan)
{
    Verdict best = VERDICT_NO;
    guint n_others = 0;

    for (guint i = 0; i < plan->targets->len; i++) {
        const GuestTarget *target = &g_array_index(plan->targets, GuestTarget, i);
        const guint n_hosts = other_hosts(planning, plan, target->group);
        const Verdict verdict = outcome_at(plan, target->can_migrate)->verdict;

        if (outcome_at(plan, target->can_start)->verdict <= VERDICT_WARN)
            plan->n_start_hosts += group_at(planning, target->group)->hosts->len;
        if (n_hosts == 0)
            continue;
        n_others += n_hosts;
        best = MIN(best, verdict);
        if (verdict <= VERDICT_WARN)
            plan->n_migrate_hosts += n_hosts;
    }
    plan->is_stuck = n_others > 0 && best == VERDICT_NO;
}

static void
share_targets(GuestPlan *plan, const GuestPlan *like)
{
    g_array_unref(plan->targets);
    g_ptr_array_unref(plan->outcomes);
    plan->targets = g_array_ref(like->targets);
    plan->outcomes = g_ptr_array_ref(like->outcomes);
    plan->is_freed_by_template = like->is_freed_by_template;
}

static void
plan_guest(const Planning *planning, GuestPlan *plan, GHashTable *alike)
{
    const Guest *guest = g_ptr_array_index(planning->fleet->guests, plan->guest);
    const guint32 group = g_array_index(planning->plan->group_of, guint32, plan->host);
    g_autofree char *key = guest_key(guest, group);
    const GuestPlan *like = g_hash_table_lookup(alike, key);
    GuestTravellers travellers;

    if (like != NULL) {
        share_targets(plan, like);
        sum_up(planning, plan);
        plan->held_by = plan->n_migrate_hosts == 0 ? describe_holder(planning, plan) : NULL;
        return;
    }
    guest_travellers_init(planning, guest, plan->host, &travellers);
    {
        g_autoptr(OutcomeTable) table = outcome_table_new(planning, plan->outcomes);

        find_targets(planning, plan, table, &travellers);
        sum_up(planning, plan);
        if (plan->n_migrate_hosts == 0 && group != FLEET_NO_INDEX)
            plan->is_freed_by_template = is_freed_by_template(planning, plan, table);
    }
    plan->held_by = plan->n_migrate_hosts == 0 ? describe_holder(planning, plan) : NULL;
    guest_travellers_release(&travellers);
    g_hash_table_insert(alike, g_steal_pointer(&key), plan);
}

/* ---- contracts ------------------------------------------------------------------------------ */

static gboolean
has_cpu_of(const Planning *planning, const PublishedTemplate *published, const CpuSet *set)
{
    CpuSet of_template;

    return published->cpu != NULL &&
           cpu_engine_effective_set(planning->map, published->cpu, &of_template, NULL, NULL) &&
           cpu_set_equal(set, &of_template);
}

/* Does GUEST run an earlier template of KLASS, and not the one that holds now? */
static gboolean
is_outdated(const Planning *planning, const PlanPool *pool, const PlanClass *klass,
            const Guest *guest)
{
    const GPtrArray *templates = planning->fleet->superseded_templates;
    gboolean is_earlier = FALSE;
    CpuSet set;

    if (klass->contract.published == NULL || guest->cpu->mode != CPU_MODE_CUSTOM ||
        guest->cpu->model == NULL || cpu_arch_family(klass->arch) != CPU_FAMILY_X86 ||
        !cpu_engine_effective_set(planning->map, guest->cpu, &set, NULL, NULL) ||
        has_cpu_of(planning, klass->contract.published, &set))
        return FALSE;
    for (guint i = 0; i < templates->len && !is_earlier; i++) {
        const PublishedTemplate *published = g_ptr_array_index(templates, i);

        is_earlier = strcmp(published->pool, pool->settings->name) == 0 &&
                     strcmp(published->class_name, klass->name) == 0 &&
                     has_cpu_of(planning, published, &set);
    }
    return is_earlier;
}

static void
find_outdated_guests(Planning *planning)
{
    const Plan *plan = planning->plan;

    if (planning->fleet->superseded_templates->len == 0)
        return;
    for (guint i = 0; i < plan->guests->len; i++) {
        const GuestPlan *guest = g_ptr_array_index(plan->guests, i);

        if (guest->pool == FLEET_NO_INDEX)
            continue;
        const PlanPool *pool = g_ptr_array_index(plan->pools, guest->pool);
        const guint32 class_index = planning_class_of(pool, guest->host);
        if (class_index == FLEET_NO_INDEX)
            continue;
        PlanClass *klass = g_ptr_array_index(pool->classes, class_index);
        if (is_outdated(planning, pool, klass,
                        g_ptr_array_index(planning->fleet->guests, guest->guest)))
            g_array_append_val(klass->contract.outdated_guests, guest->guest);
    }
}

void
planning_place_guests(Planning *planning)
{
    g_autoptr(GHashTable) alike = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const Fleet *fleet = planning->fleet;

    for (guint32 i = 0; i < fleet->guests->len; i++) {
        const Guest *guest = g_ptr_array_index(fleet->guests, i);
        GuestPlan *plan = guest_plan_new(i);

        if (guest->host != NULL)
            plan->host = fleet_find_host(fleet, guest->host);
        if (plan->host != FLEET_NO_INDEX)
            plan->pool = planning->pool_of[plan->host];
        if (plan->pool != FLEET_NO_INDEX)
            plan_guest(planning, plan, alike);
        g_ptr_array_add(planning->plan->guests, plan);
    }
    find_outdated_guests(planning);
}
