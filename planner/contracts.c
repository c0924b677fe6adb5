/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Published templates are promises. Each member of the class that bears a published name is held to
 * it: the features it names, its vendor, address bits, TSC frequency and machine types
 * (contract_machines.h). What a member cannot show to have is a breach; what an old libvirt may
 * just be unable to name is said so. Guests that run a template which was replaced or retired are
 * told of with their class.
 */
#include <string.h>

#include "contract_machines.h"
#include "signatures.h"

#define LISTED 8

/* What a published template asks of a host, resolved once. */
typedef struct {
    const PublishedTemplate *published;
    const Universe *universe;
    CpuSet set;
    GHashTable *reasons_of_cpu; /* HostCpu* -> GPtrArray of char* */
    ContractMachines *machines;
} Terms;

static void
terms_release(Terms *terms)
{
    g_clear_pointer(&terms->reasons_of_cpu, g_hash_table_unref);
    g_clear_pointer(&terms->machines, contract_machines_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Terms, terms_release)

/* BEFORE, the names of FEATURES and AFTER as a reason, unless there are none. */
static void
add_features(const Terms *terms, const CpuSet *features, const char *before, const char *after,
             GPtrArray *reasons)
{
    if (cpu_set_is_empty(features))
        return;
    g_autofree char *list = universe_list(terms->universe, features, LISTED);
    g_ptr_array_add(reasons, g_strconcat(before, list, after, NULL));
}

static GPtrArray *
reasons_of_cpu(Terms *terms, const HostCpu *cpu)
{
    const PublishedTemplate *published = terms->published;
    GPtrArray *reasons = g_hash_table_lookup(terms->reasons_of_cpu, cpu);
    CpuSet missing = terms->set, unsure, untold;

    if (reasons != NULL)
        return reasons;
    reasons = g_ptr_array_new_with_free_func(g_free);
    g_hash_table_insert(terms->reasons_of_cpu, (gpointer)(guintptr)cpu, reasons);
    cpu_set_subtract(&missing, &cpu->set);
    host_cpu_part_missing(cpu, &missing, &unsure, &untold);
    add_features(terms, &missing, "It lacks ", ".", reasons);
    add_features(terms, &unsure, "Its libvirt is too old to tell of ", ".", reasons);
    add_features(terms, &untold, "Its domain capabilities do not tell of ",
                 ": they are missing, disagree or leave it out.", reasons);
    if (published->cpu->vendor != NULL && g_strcmp0(published->cpu->vendor, cpu->vendor) != 0)
        g_ptr_array_add(reasons, g_strdup_printf("Its vendor is %s, not %s.",
                                                 cpu->vendor != NULL ? cpu->vendor : "not known",
                                                 published->cpu->vendor));
    if (cpu->family != CPU_FAMILY_X86)
        return reasons;
    if (published->physical_address_bits > 0 && cpu->physical_address_bits == 0)
        g_ptr_array_add(reasons, g_strdup_printf("It does not tell its physical address bits; the "
                                                 "template has %u.",
                                                 published->physical_address_bits));
    else if (cpu->physical_address_bits < published->physical_address_bits)
        g_ptr_array_add(
            reasons, g_strdup_printf("It has %u physical address bits, the template %u.",
                                     cpu->physical_address_bits, published->physical_address_bits));
    return reasons;
}

static gboolean
can_give_tsc(const Host *host, guint64 hz)
{
    const guint64 distance = host->tsc_hz > hz ? host->tsc_hz - hz : hz - host->tsc_hz;

    return host->tsc_hz != 0 &&
           (distance <= tsc_tolerance_hz(host->tsc_hz) || host->tsc_scaling == CPU_SWITCH_ON);
}

static void
check_member(const Planning *planning, Terms *terms, PlanClass *klass, guint32 index)
{
    const Host *host = fleet_host(planning->fleet, index);
    const GPtrArray *shared = reasons_of_cpu(terms, planning_host_cpu(planning, index));
    g_autoptr(GPtrArray) reasons = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < shared->len; i++)
        g_ptr_array_add(reasons, g_strdup(g_ptr_array_index(shared, i)));
    if (terms->published->tsc_hz != 0 && !can_give_tsc(host, terms->published->tsc_hz))
        g_ptr_array_add(reasons,
                        g_strdup_printf("It cannot give the TSC frequency of %" G_GUINT64_FORMAT
                                        " Hz.",
                                        terms->published->tsc_hz));
    if (host->machines != FLEET_NO_INDEX) {
        const char *breach = contract_machines_breach(terms->machines, host->machines);
        if (*breach != '\0')
            g_ptr_array_add(reasons, g_strdup(breach));
    } else if (terms->published->machines->len > 0) {
        g_ptr_array_add(reasons, g_strdup("It does not tell its machine types."));
    }
    if (reasons->len == 0)
        return;
    const ContractBreach breach = {index, g_steal_pointer(&reasons)};
    g_array_append_val(klass->contract.breaches, breach);
}

/* Features that a new template would have and the published one lacks. */
static void
find_headroom(const Terms *terms, PlanClass *klass)
{
    for (guint i = 0; i < klass->template->features->len; i++) {
        const char *name = g_ptr_array_index(klass->template->features, i);
        CpuSet bits;

        if (universe_find_name(terms->universe, name, &bits) &&
            !cpu_set_contains(&terms->set, &bits))
            g_ptr_array_add(klass->contract.headroom, g_strdup(name));
    }
}

/* FALSE, with an ERROR, when the template cannot be read. */
static gboolean
terms_init(const Planning *planning, const PlanPool *pool, const PlanClass *klass,
           const PublishedTemplate *published, Terms *ret_terms, GError **error)
{
    *ret_terms = (Terms){
        .published = published,
        .universe = planning->universes[cpu_arch_family(klass->arch)],
        .reasons_of_cpu =
            g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref),
        .machines = contract_machines_new(planning, pool, klass, published),
    };
    if (published->cpu == NULL) {
        g_set_error_literal(error, CPU_ERROR, CPU_ERROR_INVALID, "it has no CPU");
        return FALSE;
    }
    return cpu_arch_family(klass->arch) != CPU_FAMILY_X86 ||
           cpu_engine_effective_set(planning->map, published->cpu, &ret_terms->set, NULL, error);
}

static void
check_class(Planning *planning, const PlanPool *pool, PlanClass *klass,
            const PublishedTemplate *published)
{
    g_autoptr(GError) error = NULL;
    g_auto(Terms) terms = {0};

    klass->contract.published = published;
    if (!terms_init(planning, pool, klass, published, &terms, &error)) {
        klass->contract.state = CONTRACT_BROKEN;
        planning_add_finding(
            planning, FINDING_ERROR, "published-template", NULL,
            g_strdup_printf("the published template of class %s in pool %s cannot be read: %s",
                            klass->name, pool->settings->name, error->message),
            "use the CPU map that it was published with, or publish a new one with accept");
        return;
    }
    for (guint i = 0; i < klass->hosts->len; i++)
        check_member(planning, &terms, klass, g_array_index(klass->hosts, guint32, i));
    contract_machines_add_lost(terms.machines, klass->contract.lost_machines);
    find_headroom(&terms, klass);
    if (klass->contract.breaches->len > 0)
        klass->contract.state = CONTRACT_BROKEN;
    else if (klass->contract.lost_machines->len > 0)
        klass->contract.state = CONTRACT_NARROWED;
    else if (klass->contract.headroom->len > 0)
        klass->contract.state = CONTRACT_HEADROOM;
    else
        klass->contract.state = CONTRACT_KEPT;
}

void
contracts_check(Planning *planning, PlanPool *pool)
{
    const GPtrArray *templates = planning->fleet->templates;

    for (guint i = 0; i < templates->len; i++) {
        const PublishedTemplate *published = g_ptr_array_index(templates, i);

        if (strcmp(published->pool, pool->settings->name) != 0)
            continue;
        PlanClass *klass = plan_pool_find_class(pool, published->class_name);
        if (klass != NULL)
            check_class(planning, pool, klass, published);
        else
            planning_add_finding(
                planning, FINDING_WARNING, "published-class-gone", NULL,
                g_strdup_printf("pool %s has no class %s any more, for which a template is "
                                "published",
                                pool->settings->name, published->class_name),
                "guests that were started with it have no class of their own: see the guests' "
                "report, publish templates for the new classes with accept, and take this one "
                "back with accept --retire");
    }
}

/* A pool that was renamed or left out of the plan file takes nobody's promise back. */
static void
report_pool_gone(Planning *planning, const char *pool, guint n_templates)
{
    planning_add_finding(
        planning, FINDING_WARNING, "published-pool-gone", NULL,
        g_strdup_printf("%u template%s of pool %s %s in force, and no pool has that name any more",
                        n_templates, words_plural(n_templates), pool,
                        n_templates == 1 ? "is" : "are"),
        "give the pool its name back; or publish templates of the pool that its hosts are in now, "
        "and take these back with accept --retire --pool");
}

static const char *
pool_of(const GPtrArray *templates, guint index)
{
    return ((const PublishedTemplate *)g_ptr_array_index(templates, index))->pool;
}

/* Templates are sorted by pool. */
void
contracts_check_pools(Planning *planning)
{
    const GPtrArray *templates = planning->fleet->templates;

    for (guint i = 0, n; i < templates->len; i += n) {
        n = 1;
        while (i + n < templates->len &&
               strcmp(pool_of(templates, i + n), pool_of(templates, i)) == 0)
            n++;
        if (plan_find_pool(planning->plan, pool_of(templates, i)) == NULL)
            report_pool_gone(planning, pool_of(templates, i), n);
    }
}

/* ---- guests --------------------------------------------------------------------------------- */

static gboolean
has_cpu_of(const Planning *planning, const PublishedTemplate *published, const CpuSet *set)
{
    CpuSet of_template;

    return published->cpu != NULL &&
           cpu_engine_effective_set(planning->map, published->cpu, &of_template, NULL, NULL) &&
           cpu_set_equal(set, &of_template);
}

/* Is SET what one of TEMPLATES of the pool of that name gives? */
static gboolean
is_of_templates(const Planning *planning, const GPtrArray *templates, const char *pool,
                const CpuSet *set)
{
    for (guint i = 0; i < templates->len; i++) {
        const PublishedTemplate *published = g_ptr_array_index(templates, i);

        if (strcmp(published->pool, pool) == 0 && has_cpu_of(planning, published, set))
            return TRUE;
    }
    return FALSE;
}

/*
 * Does GUEST run a template that was replaced or retired, and none that holds now? Of any class of
 * the pool: a retired template's class may be gone, and guests move between classes.
 */
static gboolean
is_outdated(const Planning *planning, const PlanPool *pool, const Guest *guest)
{
    const Fleet *fleet = planning->fleet;
    const char *name = pool->settings->name;
    CpuSet set;

    return guest->cpu->mode == CPU_MODE_CUSTOM && guest->cpu->model != NULL &&
           cpu_arch_family(guest->arch) == CPU_FAMILY_X86 &&
           cpu_engine_effective_set(planning->map, guest->cpu, &set, NULL, NULL) &&
           !is_of_templates(planning, fleet->templates, name, &set) &&
           is_of_templates(planning, fleet->superseded_templates, name, &set);
}

void
contracts_find_outdated_guests(Planning *planning)
{
    const Plan *plan = planning->plan;

    if (planning->fleet->superseded_templates->len == 0)
        return;
    for (guint i = 0; i < plan->guests->len; i++) {
        const GuestPlan *guest = g_ptr_array_index(plan->guests, i);
        const PlanPool *pool = plan_pool_of_guest(plan, guest);

        if (pool == NULL)
            continue;
        const guint32 class_index = plan_pool_class_of(pool, guest->host);
        if (class_index == FLEET_NO_INDEX)
            continue;
        PlanClass *klass = g_ptr_array_index(pool->classes, class_index);
        if (is_outdated(planning, pool, g_ptr_array_index(planning->fleet->guests, guest->guest)))
            g_array_append_val(klass->contract.outdated_guests, guest->guest);
    }
}
