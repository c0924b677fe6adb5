/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What changes: contracts with what was published, drift between two fleets, and imagined changes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <planner/whatif.h>

#include "planner_fixture.h"

/* ---- contracts ------------------------------------------------------------------------------ */

static void
test_contract_is_kept_has_headroom_or_is_broken(void **state)
{
    const HostSpec hosts[] = {{.name = "a", OLD_HOST}, {.name = "b", OLD_HOST}};
    const HostSpec newer[] = {{.name = "a", NEW_HOST}, {.name = "b", NEW_HOST}};
    const HostSpec worse[] = {{.name = "a", OLD_HOST},
                              {.name = "b",
                               .model = OLD_MODEL,
                               .features = "-aes",
                               .is_host_model = TRUE,
                               .machines = "pc-q35-7.2",
                               .address_bits = 39}};
    g_autoptr(PlanSettings) settings = test_settings_new(STRATEGY_POOL);
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder_with(hosts, 2));
    g_autoptr(Plan) first = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    g_autoptr(Fleet) fleet_newer = fleet_builder_finish(builder_with(newer, 2));
    g_autoptr(Fleet) fleet_worse = fleet_builder_finish(builder_with(worse, 2));

    (void)state;
    assert_int_equal(test_class(first, NULL)->contract.state, CONTRACT_NONE);
    publish_class(fleet, test_class(first, NULL));
    publish_class(fleet_newer, test_class(first, NULL));
    publish_class(fleet_worse, test_class(first, NULL));
    g_autoptr(Plan) kept = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    assert_int_equal(test_class(kept, NULL)->contract.state, CONTRACT_KEPT);
    g_autoptr(Plan) more = planner_plan(fleet_newer, NULL, settings, map, PLANNER_CLASSES);
    assert_int_equal(test_class(more, NULL)->contract.state, CONTRACT_HEADROOM);
    assert_true(test_class(more, NULL)->contract.headroom->len > 0);
    g_autoptr(Plan) broken = planner_plan(fleet_worse, NULL, settings, map, PLANNER_CLASSES);
    const Contract *contract = &test_class(broken, NULL)->contract;
    assert_int_equal(contract->state, CONTRACT_BROKEN);
    assert_int_equal(contract->breaches->len, 1);
    const ContractBreach *breach = &g_array_index(contract->breaches, ContractBreach, 0);
    assert_int_equal(breach->host, 1);
    assert_int_equal(breach->reasons->len, 3); /* aes, address bits, machine types */
}

/* ---- drift ---------------------------------------------------------------------------------- */

static void
test_drift_names_changes_and_causes(void **state)
{
    const HostSpec before[] = {
        {.name = "gone", OLD_HOST},
        {.name = "lost", .model = "Haswell", .is_host_model = TRUE},
        {.name = "same", OLD_HOST, .uuid = "u1"},
        {.name = "sick", OLD_HOST},
    };
    const HostSpec after[] = {
        {.name = "fresh", OLD_HOST},
        {.name = "lost",
         .model = "Haswell",
         .features = "-hle -rtm",
         .is_host_model = TRUE,
         .machines = "pc-q35-8.2"},
        {.name = "same", OLD_HOST, .uuid = "u2"},
        {.name = "sick", .model = "NoSuchModel", .is_host_model = TRUE},
    };
    g_autoptr(Fleet) old = fleet_builder_finish(builder_with(before, 4));
    g_autoptr(Fleet) new = fleet_builder_finish(builder_with(after, 4));
    g_autoptr(PlanSettings) settings = test_settings_new(STRATEGY_POOL);

    (void)state;
    g_array_index(old->hosts, Host, 1).microcode = 0x10;
    g_array_index(new->hosts, Host, 1).microcode = 0x11;
    g_autoptr(Plan) plan = planner_plan(new, old, settings, map, PLANNER_EVERYTHING);
    assert_int_equal(plan->drift_run, 1);
    assert_true(find_drift(plan, "host-gone", "gone")->is_actionable);
    assert_false(find_drift(plan, "host-new", "fresh")->is_actionable);
    assert_true(find_drift(plan, "host-quarantined", "sick")->is_actionable);
    assert_null(find_drift(plan, "features-lost", "same"));
    assert_false(find_drift(plan, "host-replaced", "same")->is_actionable);
    const DriftItem *lost = find_drift(plan, "features-lost", "lost");
    assert_int_equal(lost->features->len, 2);
    assert_string_equal(lost->cause, "microcode 0x10 to 0x11; QEMU 9.0 to 8.2");
    g_autoptr(Plan) none = planner_plan(new, new, settings, map, PLANNER_EVERYTHING);
    assert_int_equal(none->drift->len, 0);
}

static void
test_drift_sees_a_class_split(void **state)
{
    const HostSpec before[] = {{.name = "a", NEW_HOST}, {.name = "b", NEW_HOST}};
    const HostSpec after[] = {{.name = "a", NEW_HOST}, {.name = "b", OLD_HOST}};
    g_autoptr(Fleet) old = fleet_builder_finish(builder_with(before, 2));
    g_autoptr(Fleet) new = fleet_builder_finish(builder_with(after, 2));
    g_autoptr(PlanSettings) settings = test_settings_new(STRATEGY_EXACT);
    g_autoptr(Plan) split = planner_plan(new, old, settings, map, PLANNER_CLASSES);
    g_autoptr(Plan) merged = planner_plan(old, new, settings, map, PLANNER_CLASSES);

    (void)state;
    assert_non_null(find_drift(split, "class-split", NULL));
    assert_non_null(find_drift(merged, "class-merged", NULL));
}

/* ---- what if -------------------------------------------------------------------------------- */

static void
test_whatif_changes_only_what_it_is_told(void **state)
{
    const HostSpec hosts[] = {
        {.name = "a1", NEW_HOST}, {.name = "a2", NEW_HOST}, {.name = "b1", OLD_HOST}};
    const GuestSpec guest = {.name = "g", .host = "b1", .model = OLD_MODEL};
    FleetBuilder *builder = builder_with(hosts, 3);
    g_autoptr(PlanSettings) settings = test_settings_new(STRATEGY_POOL);

    (void)state;
    fleet_builder_add_guest(builder, &guest);
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    assert_int_equal(whatif_lose_feature(fleet, map, "avx512f", "*"), 2);
    assert_int_equal(whatif_lose_feature(fleet, map, "avx512f", "*"), 0);
    assert_int_equal(whatif_lose_feature(fleet, map, "aes", "a1"), 1);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    assert_int_equal(test_pair(plan, SUBJECT_HOST_MODEL, "a2", "a1")->verdict, VERDICT_NO);
    assert_true(test_pair(plan, SUBJECT_HOST_MODEL, "a1", "a2")->verdict <= VERDICT_WARN);
    assert_int_equal(whatif_remove_hosts(fleet, "b*"), 1);
    assert_int_equal(fleet->hosts->len, 2);
    assert_int_equal(fleet->guests->len, 0);
}

static Document *
raw_document(const char *name)
{
    Document *document = g_new0(Document, 1);

    document->kind = DOCUMENT_HOST_CAPABILITIES;
    document->host_name = g_strdup(name);
    document->host = host_capabilities_new();
    document->host->is_raw_cpuid = TRUE;
    document->host->cpu->arch = CPU_ARCH_X86_64;
    document->host->cpu->model = g_strdup("Icelake-Server");
    document->host->cpu->vendor = g_strdup("Intel");
    return document;
}

static void
test_whatif_host_of_a_dump_gets_the_fleets_software(void **state)
{
    const HostSpec hosts[] = {{.name = "a", NEW_HOST}, {.name = "b", NEW_HOST}};
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder_with(hosts, 2));
    g_autoptr(PlanSettings) settings = test_settings_new(STRATEGY_POOL);
    g_autoptr(GPtrArray) documents = g_ptr_array_new_with_free_func((GDestroyNotify)document_free);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    (void)state;
    g_ptr_array_add(documents, raw_document("aa"));
    whatif_add_hosts(fleet, documents, names);
    assert_int_equal(names->len, 1);
    assert_int_equal(fleet_find_host(fleet, "aa"), 1);
    assert_int_equal(fleet_host(fleet, 1)->machines, fleet_host(fleet, 0)->machines);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_MATRIX);
    assert_int_equal(test_class(plan, NULL)->hosts->len, 3);
}

/* A dump that a 32-bit program made hides syscall, and only that. */
static void
test_whatif_dump_of_32_bits_has_syscall(void **state)
{
    const HostSpec spec = {.name = "a", NEW_HOST};
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder_with(&spec, 1));
    g_autoptr(GPtrArray) documents = g_ptr_array_new_with_free_func((GDestroyNotify)document_free);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    Document *document = raw_document("z");

    (void)state;
    g_free(document->host->cpu->model);
    document->host->cpu->model = g_strdup("coreduo");
    cpu_definition_set_feature(document->host->cpu, "lm", CPU_POLICY_REQUIRE);
    g_ptr_array_add(documents, document);
    whatif_add_hosts(fleet, documents, names);
    const CpuProfile *profile =
        g_ptr_array_index(fleet->cpus, fleet_host(fleet, fleet_find_host(fleet, "z"))->cpu);
    CpuSet set, syscall;
    assert_true(cpu_engine_effective_set(map, profile->cpu, &set, NULL, NULL));
    syscall = cpu_map_find_feature(map, CPU_FAMILY_X86, "syscall")->bits;
    assert_true(cpu_set_contains(&set, &syscall));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contract_is_kept_has_headroom_or_is_broken),
        cmocka_unit_test(test_drift_names_changes_and_causes),
        cmocka_unit_test(test_drift_sees_a_class_split),
        cmocka_unit_test(test_whatif_changes_only_what_it_is_told),
        cmocka_unit_test(test_whatif_host_of_a_dump_gets_the_fleets_software),
        cmocka_unit_test(test_whatif_dump_of_32_bits_has_syscall),
    };

    return cmocka_run_group_tests(tests, load_map, drop_map);
}
