/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The matrix on real documents, pair by pair: each domain capabilities of the corpus is a host with
 * the machine types of its QEMU. Its guests have its host-model as a custom CPU, the modes
 * host-model and host-passthrough, and CPUs of random models and features with every policy and
 * match. Whatever the planner says yes to, libvirt's comparison of the guest's CPU with the
 * target's host-model must accept, and the target must know the model and the machine type; and
 * where libvirt accepts, the planner's no must have a reason that is not about the CPU's features.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "corpus_fleet.h"
#include "fleet_builder.h"

#define SKIPPED 77
#define SEED 21
#define N_RANDOM_GUESTS 30 /* of each host */

static int
load_corpus(void **state)
{
    *state = corpus_new(cpu_map_new_builtin(), SEED, N_RANDOM_GUESTS, FALSE);
    return 0;
}

static int
drop_corpus(void **state)
{
    corpus_free(*state);
    return 0;
}

/* What a running guest has: nothing in it refuses a host that could do more. */
static void
make_running(CpuDefinition *cpu)
{
    cpu->match = CPU_MATCH_EXACT;
    for (guint i = 0; i < cpu->features->len; i++) {
        CpuDefinitionFeature *feature = cpu_definition_feature(cpu, i);

        if (feature->policy == CPU_POLICY_FORBID)
            feature->policy = CPU_POLICY_DISABLE;
    }
}

/* The CPU that the guest has: as it is defined, or what its own host has made of that. Owned. */
static CpuDefinition *
cpu_of_guest(const Corpus *corpus, const Guest *guest, guint32 source, gboolean is_start)
{
    const CpuDefinition *host = corpus_domain(corpus, source)->host_model_cpu;
    const CpuResolveOptions options = {.is_update_only = TRUE};
    CpuDefinition *cpu =
        cpu_definition_copy(guest->cpu->mode == CPU_MODE_CUSTOM ? guest->cpu : host);

    cpu->mode = CPU_MODE_CUSTOM;
    if (is_start)
        return cpu;
    CpuDefinition *resolved =
        cpu_engine_resolve(corpus->map, CPU_ARCH_X86_64, host, cpu, &options, NULL);
    if (resolved != NULL) {
        cpu_definition_free(cpu);
        cpu = resolved;
    }
    make_running(cpu);
    return cpu;
}

/* Does libvirt's comparison accept CPU on the host-model of TARGET? */
static gboolean
is_accepted_by_libvirt(const Corpus *corpus, const CpuDefinition *cpu, guint32 target)
{
    CpuCompareResult result = CPU_COMPARE_INCOMPATIBLE;

    return cpu_engine_compare(corpus->map, CPU_ARCH_X86_64,
                              corpus_domain(corpus, target)->host_model_cpu, cpu, &result, NULL,
                              NULL) &&
           result != CPU_COMPARE_INCOMPATIBLE;
}

static gboolean
blames_features_alone(const Outcome *outcome)
{
    for (guint i = 0; i < outcome->blockers->len; i++) {
        const Blocker *blocker = g_ptr_array_index(outcome->blockers, i);

        if (blocker->severity == VERDICT_NO && !g_str_has_prefix(blocker->check, "features-"))
            return FALSE;
    }
    return TRUE;
}

typedef struct {
    guint n_pairs, n_yes, n_refused;
} Tally;

/* One guest, one target, one question. A host-model guest takes a new CPU where it starts. */
static void
check_pair(const Corpus *corpus, const Plan *plan, const GuestPlan *placed, guint32 host,
           gboolean is_start, Tally *tally)
{
    const Guest *guest = g_ptr_array_index(corpus->fleet->guests, placed->guest);
    const Outcome *outcome = corpus_outcome(plan, placed, host, is_start);
    const DomainCapabilities *target = corpus_domain(corpus, host);
    const gboolean is_yes = outcome != NULL && outcome->verdict <= VERDICT_WARN;

    if (outcome == NULL || (is_start && guest->cpu->mode != CPU_MODE_CUSTOM))
        return;
    g_autoptr(CpuDefinition) cpu = cpu_of_guest(corpus, guest, placed->host, is_start);
    const gboolean is_accepted = is_accepted_by_libvirt(corpus, cpu, host);
    if (is_yes && !is_accepted)
        fail_msg("yes to %s of %s from %s to %s, and libvirt refuses",
                 is_start ? "a start" : "a migration",
                 guest->cpu->model != NULL ? guest->cpu->model : cpu_mode_name(guest->cpu->mode),
                 guest->host, fleet_host(corpus->fleet, host)->name);
    if (is_yes) {
        assert_true(corpus_machine_version(guest->machine) <=
                    corpus_machine_version(target->machine));
        /* a start takes another model where the definition allows it */
        if (guest->cpu->mode == CPU_MODE_CUSTOM &&
            !(is_start && guest->cpu->fallback == CPU_FALLBACK_ALLOW))
            assert_non_null(cpu_hypervisor_models_find(target->models, cpu->model));
    }
    if (is_accepted && outcome->verdict == VERDICT_NO && guest->cpu->mode == CPU_MODE_CUSTOM &&
        is_start)
        assert_false(blames_features_alone(outcome));
    tally->n_pairs++;
    tally->n_yes += is_yes ? 1 : 0;
    tally->n_refused += is_accepted ? 0 : 1;
}

static void
test_pairs_agree_with_libvirts_comparison(void **state)
{
    const Corpus *corpus = *state;
    const Fleet *fleet = corpus->fleet;
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
    Tally starts = {0}, migrations = {0};

    pool_of_settings(settings)->vendor_rule = VENDOR_RULE_MIXED;
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, corpus->map, PLANNER_GUESTS);
    for (guint i = 0; i < plan->guests->len; i++)
        for (guint32 host = 0; host < fleet->hosts->len; host++) {
            const GuestPlan *placed = g_ptr_array_index(plan->guests, i);
            if (host == placed->host) /* where it runs, that it runs answers what is not known */
                continue;
            check_pair(corpus, plan, placed, host, TRUE, &starts);
            check_pair(corpus, plan, placed, host, FALSE, &migrations);
        }
    print_message("%u hosts, seed %d; starts: %u pairs, %u yes, %u refused by libvirt; migrations: "
                  "%u pairs, %u yes, %u refused by libvirt\n",
                  fleet->hosts->len, SEED, starts.n_pairs, starts.n_yes, starts.n_refused,
                  migrations.n_pairs, migrations.n_yes, migrations.n_refused);
    assert_true(starts.n_yes > 100 && migrations.n_yes > 100);
    assert_true(starts.n_refused > 0 && migrations.n_refused > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs_agree_with_libvirts_comparison),
    };

    if (!corpus_is_there())
        return SKIPPED;
    return cmocka_run_group_tests(tests, load_corpus, drop_corpus);
}
