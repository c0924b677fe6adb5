/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What holds of every plan, on random fleets and with every strategy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "planner_fixture.h"

#define SEED 5

static const char *const random_models[] = {
    "Westmere",           "SandyBridge",    "IvyBridge-IBRS", "Haswell",
    "Haswell-noTSX-IBRS", "Broadwell",      "Skylake-Server", "Skylake-Server-noTSX-IBRS",
    "Cascadelake-Server", "Icelake-Server",
};
static const char *const random_features[] = {
    "ssbd", "md-clear", "pdpe1gb", "invtsc", "umip", "-aes", "-pcid", "-x2apic", "xsaves", "vmx",
};

/* What hypervisors of different ages know; all know the oldest. */
static const char *const random_model_lists[] = {
    NULL,
    "Westmere SandyBridge IvyBridge-IBRS Haswell Haswell-noTSX-IBRS Broadwell",
    "Westmere SandyBridge IvyBridge-IBRS Haswell Haswell-noTSX-IBRS Broadwell Skylake-Server "
    "Skylake-Server-noTSX-IBRS !Cascadelake-Server",
};

static Fleet *
random_fleet(GRand *random, guint n_hosts, gboolean is_reversed)
{
    FleetBuilder *builder = fleet_builder_new(map);
    g_autofree HostSpec *specs = g_new0(HostSpec, n_hosts);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < n_hosts; i++) {
        g_autoptr(GString) features = g_string_new(NULL);
        for (guint f = 0; f < G_N_ELEMENTS(random_features); f++)
            if (g_rand_int_range(random, 0, 4) == 0)
                g_string_append_printf(features, "%s ", random_features[f]);
        specs[i].name = g_strdup_printf("host%02u", i);
        specs[i].model =
            random_models[g_rand_int_range(random, 0, (gint)G_N_ELEMENTS(random_models))];
        specs[i].features = g_strdup(features->str);
        specs[i].is_host_model = g_rand_int_range(random, 0, 4) != 0;
        specs[i].models =
            random_model_lists[g_rand_int_range(random, 0, (gint)G_N_ELEMENTS(random_model_lists))];
        g_ptr_array_add(texts, (gpointer)(guintptr)specs[i].name);
        g_ptr_array_add(texts, (gpointer)(guintptr)specs[i].features);
    }
    for (guint i = 0; i < n_hosts; i++)
        fleet_builder_add_host(builder, &specs[is_reversed ? n_hosts - 1 - i : i]);
    return fleet_builder_finish(builder);
}

static void
assert_template_fits_members(const Plan *plan, const PlanClass *klass)
{
    CpuSet set;

    assert_non_null(klass->template->cpu);
    assert_true(cpu_engine_effective_set(map, klass->template->cpu, &set, NULL, NULL));
    for (guint i = 0; i < klass->hosts->len; i++) {
        const Host *host = fleet_host(plan->fleet, g_array_index(klass->hosts, guint32, i));
        const CpuProfile *profile = g_ptr_array_index(plan->fleet->cpus, host->cpu);
        g_autoptr(CpuDefinition) own = cpu_definition_copy(profile->cpu);
        const CpuDefinition *cpu = own;
        CpuSet member;

        cpu_definition_set_feature(own, "hypervisor", CPU_POLICY_REQUIRE); /* as KVM does */
        if (host->domain_set != FLEET_NO_INDEX) {
            const guint32 index = fleet_host_domain_capabilities(plan->fleet, host, CPU_ARCH_X86_64,
                                                                 DOMAIN_TYPE_KVM, NULL);
            cpu = ((const DomainCapabilities *)g_ptr_array_index(plan->fleet->domain_capabilities,
                                                                 index))
                      ->host_model_cpu;
        }
        assert_true(cpu_engine_effective_set(map, cpu, &member, NULL, NULL));
        /* check='full': nothing is missing; libvirt's own comparison: the guest may start */
        CpuCompareResult result;
        assert_true(cpu_set_contains(&member, &set));
        assert_true(cpu_engine_compare(map, CPU_ARCH_X86_64, cpu, klass->template->cpu, &result,
                                       NULL, NULL));
        assert_int_not_equal(result, CPU_COMPARE_INCOMPATIBLE);
    }
}

static void
assert_same_plan(const Plan *a, const Plan *b)
{
    const PlanPool *left = only_pool(a), *right = only_pool(b);

    assert_int_equal(left->classes->len, right->classes->len);
    for (guint i = 0; i < left->classes->len; i++) {
        const PlanClass *l = g_ptr_array_index(left->classes, i);
        const PlanClass *r = g_ptr_array_index(right->classes, i);

        assert_string_equal(l->name, r->name);
        assert_string_equal(l->template->digest, r->template->digest);
        assert_int_equal(l->hosts->len, r->hosts->len);
        assert_memory_equal(l->hosts->data, r->hosts->data, l->hosts->len * sizeof(guint32));
        assert_int_equal(l->limits->len, r->limits->len);
    }
    assert_memory_equal(left->matrices[SUBJECT_HOST_MODEL]->n_pairs,
                        right->matrices[SUBJECT_HOST_MODEL]->n_pairs,
                        sizeof(left->matrices[0]->n_pairs));
}

/* Templates fit all members, whatever the strategy; within a class all pairs work. */
static void
test_templates_fit_all_members_in_any_order_of_hosts(void **state)
{
    (void)state;
    for (guint round = 0; round < 12; round++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(SEED + round);
        g_autoptr(GRand) again = g_rand_new_with_seed(SEED + round);
        g_autoptr(Fleet) fleet = random_fleet(random, 14, FALSE);
        g_autoptr(Fleet) reversed = random_fleet(again, 14, TRUE);

        for (Strategy strategy = 0; strategy < STRATEGY_COUNT; strategy++) {
            g_autoptr(PlanSettings) settings = new_settings(strategy);
            pool_of_settings(settings)->max_classes = 3;
            g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_EVERYTHING);
            g_autoptr(Plan) other = planner_plan(reversed, NULL, settings, map, PLANNER_EVERYTHING);

            assert_same_plan(plan, other);
            for (guint i = 0; i < only_pool(plan)->classes->len; i++) {
                const PlanClass *klass = g_ptr_array_index(only_pool(plan)->classes, i);
                assert_template_fits_members(plan, klass);
                for (guint j = 1; j < klass->hosts->len; j++) {
                    const char *from =
                        fleet_host(fleet, g_array_index(klass->hosts, guint32, 0))->name;
                    const char *to =
                        fleet_host(fleet, g_array_index(klass->hosts, guint32, j))->name;
                    assert_true(pair_outcome(plan, SUBJECT_TEMPLATE, from, to)->verdict <=
                                VERDICT_WARN);
                }
            }
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_templates_fit_all_members_in_any_order_of_hosts),
    };

    print_message("seed %d\n", SEED);
    return cmocka_run_group_tests(tests, load_map, drop_map);
}
