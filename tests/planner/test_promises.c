/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Published templates as the seeds of the classes of "auto": who stays where, whatever other hosts
 * come and go, and what is proposed instead. And how classes would merge.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "planner_fixture.h"

static const char *
class_of_host(const Plan *plan, const char *host)
{
    const PlanPool *pool = only_pool(plan);
    const guint32 index = fleet_find_host(plan->fleet, host);

    for (guint i = 0; i < pool->hosts->len; i++)
        if (g_array_index(pool->hosts, guint32, i) == index)
            return ((const PlanClass *)g_ptr_array_index(pool->classes,
                                                         g_array_index(pool->class_of, guint32, i)))
                ->name;
    return NULL;
}

static const HostSpec crowd[] = {
    {.name = "a", .model = "Haswell-noTSX-IBRS", .is_host_model = TRUE, .first_run = 1},
    {.name = "b", .model = "Broadwell-noTSX-IBRS", .is_host_model = TRUE, .first_run = 1},
    {.name = "c", .model = "Cascadelake-Server-noTSX", .is_host_model = TRUE, .first_run = 1},
    {.name = "d", .model = "Cascadelake-Server-noTSX", .is_host_model = TRUE},
    /* so large that the best two classes are others */
    {.name = "e", .model = "Broadwell-noTSX-IBRS", .is_host_model = TRUE, .n_cpus = 65536},
    {.name = "o", .model = "Westmere", .is_host_model = TRUE, .first_run = 2},
};

/* New hosts would make another partition the best one; those on published templates stay. */
static void
test_auto_keeps_the_classes_of_published_templates(void **state)
{
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_AUTO);
    pool_of_settings(settings)->max_classes = 2;
    g_autoptr(Fleet) three = fleet_of(crowd, 3), five = fleet_of(crowd, 5);
    g_autoptr(Plan) before = planner_plan(three, NULL, settings, map, PLANNER_CLASSES);
    g_autoptr(Plan) anew = planner_plan(five, NULL, settings, map, PLANNER_CLASSES);

    (void)state;
    assert_string_equal(class_of_host(before, "a"), class_of_host(before, "b"));
    assert_string_not_equal(class_of_host(anew, "a"), class_of_host(anew, "b"));
    for (guint i = 0; i < only_pool(before)->classes->len; i++)
        publish_class(five, g_ptr_array_index(only_pool(before)->classes, i));
    g_autoptr(Plan) after = planner_plan(five, NULL, settings, map, PLANNER_CLASSES);

    assert_int_equal(only_pool(after)->classes->len, 2);
    for (guint i = 0; i < 3; i++)
        assert_string_equal(class_of_host(after, crowd[i].name),
                            class_of_host(before, crowd[i].name));
    for (guint i = 0; i < 2; i++) {
        const PlanClass *klass = g_ptr_array_index(only_pool(after)->classes, i);
        assert_int_equal(klass->contract.state, CONTRACT_KEPT);
    }
    assert_non_null(find_finding(after, "better-classes"));
    assert_null(find_finding(after, "meets-no-template"));
    for (guint i = 0; i < only_pool(after)->tradeoff->len; i++) {
        const TradeoffPoint *point = &g_array_index(only_pool(after)->tradeoff, TradeoffPoint, i);
        assert_int_equal(point->is_chosen, point->is_kept);
    }
}

/*
 * Hosts that come, whether they meet a template or not, and hosts that go, change no other's class.
 */
static void
test_auto_partitions_only_what_meets_no_template(void **state)
{
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_AUTO);
    pool_of_settings(settings)->max_classes = 2;
    g_autoptr(Fleet) three = fleet_of(crowd, 3), all = fleet_of(crowd, G_N_ELEMENTS(crowd)),
                     one = fleet_of(crowd + 1, 1);
    g_autoptr(Plan) before = planner_plan(three, NULL, settings, map, PLANNER_CLASSES);
    const PlanPool *pool = only_pool(before);

    (void)state;
    for (guint i = 0; i < pool->classes->len; i++) {
        publish_class(all, g_ptr_array_index(pool->classes, i));
        publish_class(one, g_ptr_array_index(pool->classes, i));
    }
    g_autoptr(Plan) more = planner_plan(all, NULL, settings, map, PLANNER_CLASSES);
    g_autoptr(Plan) less = planner_plan(one, NULL, settings, map, PLANNER_CLASSES);

    for (guint i = 0; i < 3; i++)
        assert_string_equal(class_of_host(more, crowd[i].name),
                            class_of_host(before, crowd[i].name));
    assert_string_equal(class_of_host(more, "o"), "westmere");
    assert_non_null(find_finding(more, "meets-no-template"));
    assert_string_equal(class_of_host(less, "b"), class_of_host(before, "b"));
    assert_non_null(find_finding(less, "published-class-gone"));
}

/* Merged until nothing is left to merge, the classes lose what the strategy "pool" loses. */
static void
test_merges_end_in_one_class_for_each_vendor(void **state)
{
    const HostSpec specs[] = {
        {.name = "a", .model = "Haswell-noTSX-IBRS", .is_host_model = TRUE},
        {.name = "b", .model = "Broadwell-noTSX-IBRS", .is_host_model = TRUE, .n_cpus = 8},
        {.name = "c", .model = "Cascadelake-Server-noTSX", .is_host_model = TRUE},
        {.name = "d", .model = "EPYC-Rome", .vendor = "AMD", .is_host_model = TRUE},
        {.name = "e", .model = "EPYC-Milan", .vendor = "AMD", .is_host_model = TRUE},
    };
    g_autoptr(Fleet) fleet = fleet_of(specs, G_N_ELEMENTS(specs));
    g_autoptr(PlanSettings) exact = new_settings(STRATEGY_EXACT), one = new_settings(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, exact, map, PLANNER_CLASSES);
    g_autoptr(Plan) merged = planner_plan(fleet, NULL, one, map, PLANNER_CLASSES);
    const PlanPool *pool = only_pool(plan);
    gdouble added = 0;

    (void)state;
    assert_int_equal(pool->classes->len, 5);
    assert_int_equal(pool->merges->len, 3);
    for (guint i = 0; i < pool->merges->len; i++) {
        const ClassMerge *merge = &g_array_index(pool->merges, ClassMerge, i);

        assert_true(merge->first < merge->second);
        assert_true(merge->second < pool->classes->len + i);
        assert_true(merge->loss > 0 && merge->loss < 1);
        added += merge->added_loss;
    }
    assert_float_equal(added, g_array_index(only_pool(merged)->tradeoff, TradeoffPoint, 0).loss,
                       1e-9);
    assert_int_equal(only_pool(merged)->merges->len, 0);
}

/*
 * Whoever runs a template that was taken out of force should move on, though nothing replaced it.
 */
static void
test_guests_on_a_retired_template_are_outdated(void **state)
{
    FleetBuilder *builder = fleet_builder_new(map);
    const HostSpec host = {.name = "a", .model = "Haswell-noTSX-IBRS", .is_host_model = TRUE};
    const GuestSpec guests[] = {
        {.name = "g", .host = "a", .mode = CPU_MODE_CUSTOM, .model = "Haswell-noTSX"},
        {.name = "h", .host = "a", .mode = CPU_MODE_CUSTOM, .model = "Broadwell-noTSX"},
    };

    (void)state;
    fleet_builder_add_host(builder, &host);
    for (guint i = 0; i < G_N_ELEMENTS(guests); i++)
        fleet_builder_add_guest(builder, &guests[i]);
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    PublishedTemplate *retired = published_template_new("p", "a-class-that-is-gone");
    retired->cpu = cpu_definition_copy(((const Guest *)g_ptr_array_index(fleet->guests, 0))->cpu);
    retired->retired_at = 1;
    g_ptr_array_add(fleet->superseded_templates, retired);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    const Contract *contract = &find_class(plan, NULL)->contract;

    assert_int_equal(contract->state, CONTRACT_NONE);
    assert_int_equal(contract->outdated_guests->len, 1);
    assert_int_equal(g_array_index(contract->outdated_guests, guint32, 0), 0);
}

/*
 * A host that scales the TSC gives frequencies above its own too, to new guests and published ones.
 */
static void
test_scaling_hosts_give_a_higher_tsc_frequency(void **state)
{
    const HostSpec specs[] = {
        {.name = "a",
         .model = "Haswell-noTSX-IBRS",
         .tsc_hz = 2100000000,
         .tsc_scaling = CPU_SWITCH_ON},
        {.name = "b",
         .model = "Haswell-noTSX-IBRS",
         .tsc_hz = 2600000000,
         .tsc_scaling = CPU_SWITCH_OFF},
    };
    g_autoptr(Fleet) fleet = fleet_of(specs, 2);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    const PlanClass *klass = find_class(plan, NULL);

    (void)state;
    assert_int_equal(klass->template->tsc_hz, 2600000000);
    PublishedTemplate *published = published_template_new("p", klass->name);
    published->cpu = cpu_definition_copy(klass->template->cpu);
    published->tsc_hz = klass->template->tsc_hz;
    g_ptr_array_add(fleet->templates, published);
    g_autoptr(Plan) later = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    assert_int_equal(find_class(later, NULL)->contract.breaches->len, 0);
}

/* A host whose domain capabilities are gone is not said to lack what only they tell. */
static void
test_missing_domain_capabilities_are_not_missing_features(void **state)
{
    HostSpec specs[] = {
        {.name = "a",
         .model = "Haswell-noTSX-IBRS",
         .features = "hypervisor tsc_adjust",
         .is_host_model = TRUE},
        {.name = "b",
         .model = "Haswell-noTSX-IBRS",
         .features = "hypervisor tsc_adjust",
         .is_host_model = TRUE},
    };
    g_autoptr(Fleet) whole = fleet_of(specs, 2);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Plan) before = planner_plan(whole, NULL, settings, map, PLANNER_CLASSES);

    (void)state;
    specs[1] = (HostSpec){.name = "b", .model = "Haswell-noTSX-IBRS"};
    g_autoptr(Fleet) less = fleet_of(specs, 2);
    publish_class(less, find_class(before, NULL));
    g_autoptr(Plan) after = planner_plan(less, NULL, settings, map, PLANNER_CLASSES);
    const GArray *breaches = find_class(after, NULL)->contract.breaches;

    assert_int_equal(breaches->len, 1);
    const GPtrArray *reasons = g_array_index(breaches, ContractBreach, 0).reasons;
    assert_int_equal(reasons->len, 1);
    assert_string_equal(
        g_ptr_array_index(reasons, 0),
        "Its domain capabilities do not tell of tsc_adjust: they are missing, disagree or leave it "
        "out.");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_guests_on_a_retired_template_are_outdated),
        cmocka_unit_test(test_missing_domain_capabilities_are_not_missing_features),
        cmocka_unit_test(test_scaling_hosts_give_a_higher_tsc_frequency),
        cmocka_unit_test(test_auto_keeps_the_classes_of_published_templates),
        cmocka_unit_test(test_auto_partitions_only_what_meets_no_template),
        cmocka_unit_test(test_merges_end_in_one_class_for_each_vendor),
    };

    return cmocka_run_group_tests(tests, load_map, drop_map);
}
