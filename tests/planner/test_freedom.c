/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether a guest is free, stuck, or may be: what is not known makes nobody free, and drift tells
 * when a guest loses its freedom.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "planner_fixture.h"

/* Mode maximum is never a yes: the guest is not free, and what is not known is not a no either. */
static void
test_guest_whose_best_answer_is_unknown_may_be_stuck(void **state)
{
    const HostSpec hosts[] = {{.name = "a", NEW_HOST}, {.name = "b", NEW_HOST}};
    const GuestSpec guest = {.name = "g", .host = "a", .mode = CPU_MODE_MAXIMUM};
    FleetBuilder *builder = builder_with(hosts, 2);

    (void)state;
    fleet_builder_add_guest(builder, &guest);
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);

    assert_int_equal(guest_at(plan, 0)->freedom, GUEST_MAY_BE_STUCK);
    assert_int_equal(guest_at(plan, 0)->n_migrate_hosts, 0);
    assert_non_null(guest_at(plan, 0)->held_by);
}

/* A cure for hosts that refuse it, be they many, would hide what nobody knows of the other. */
static void
test_guest_that_may_be_stuck_is_held_by_what_is_not_known(void **state)
{
    const HostSpec hosts[] = {{.name = "a", NEW_HOST, .features = "tsc_adjust"},
                              {.name = "b", OLD_HOST},
                              {.name = "c", OLD_HOST},
                              {.name = "d", .model = NEW_MODEL}};
    const GuestSpec guest = {.name = "g", .host = "a", .mode = CPU_MODE_HOST_MODEL};
    FleetBuilder *builder = builder_with(hosts, G_N_ELEMENTS(hosts));

    (void)state;
    fleet_builder_add_guest(builder, &guest);
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);

    assert_int_equal(guest_outcome(plan, "b", FALSE)->verdict, VERDICT_NO);
    assert_int_equal(guest_outcome(plan, "d", FALSE)->verdict, VERDICT_UNKNOWN);
    assert_int_equal(guest_at(plan, 0)->freedom, GUEST_MAY_BE_STUCK);
    assert_int_equal(guest_at(plan, 0)->n_cured_hosts, 1);
    const HostGroup *cured =
        g_ptr_array_index(plan->groups, g_array_index(guest_at(plan, 0)->cured_groups, guint32, 0));
    assert_string_equal(cured->name, "d");
}

/* Of the host that could not be planned with, nothing is known; so it is no reason to say free. */
static void
test_guest_beside_an_unplanned_host_may_be_stuck(void **state)
{
    const HostSpec hosts[] = {{.name = "a", NEW_HOST}, {.name = "b"}};
    FleetBuilder *builder = builder_with(hosts, 2);

    (void)state;
    for (guint i = 0; i < 2; i++) {
        const GuestSpec guest = {
            .name = i == 0 ? "g" : "h", .host = i == 0 ? "a" : "b", .model = OLD_MODEL};
        fleet_builder_add_guest(builder, &guest);
    }
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);

    assert_int_equal(((PlanPool *)g_ptr_array_index(plan->pools, 0))->quarantined->len, 1);
    assert_int_equal(guest_at(plan, 0)->freedom, GUEST_MAY_BE_STUCK);
    assert_int_equal(guest_at(plan, 1)->freedom,
                     GUEST_MAY_BE_STUCK); /* where it is, is not known */
}

/* One guest on host a, with another host of MODEL. Ownership: the caller's. */
static Fleet *
fleet_of_a_guest(CpuMode mode, const char *model)
{
    const HostSpec hosts[] = {{.name = "a", NEW_HOST},
                              {.name = "b", .model = model, .is_host_model = TRUE}};
    const GuestSpec guest = {.name = "g", .host = "a", .mode = mode};
    FleetBuilder *builder = builder_with(hosts, 2);

    fleet_builder_add_guest(builder, &guest);
    return fleet_builder_finish(builder);
}

/* From free to not known is a change to act on, and from stuck to not known is no freedom. */
static void
test_drift_tells_what_may_be_stuck(void **state)
{
    static const char *const ids[] = {"guest-may-be-stuck", "guest-freed", "guest-stuck"};
    static const struct {
        const char *model_before, *model_now; /* of the other host */
        CpuMode mode_before, mode_now;
        const char *drift; /* NULL: none about the guest */
    } cases[] = {
        {NEW_MODEL, NEW_MODEL, CPU_MODE_HOST_MODEL, CPU_MODE_MAXIMUM, "guest-may-be-stuck"},
        {NEW_MODEL, NEW_MODEL, CPU_MODE_MAXIMUM, CPU_MODE_HOST_MODEL, "guest-freed"},
        {OLD_MODEL, NEW_MODEL, CPU_MODE_HOST_MODEL, CPU_MODE_MAXIMUM, NULL},
        {NEW_MODEL, OLD_MODEL, CPU_MODE_MAXIMUM, CPU_MODE_HOST_MODEL, "guest-stuck"},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Fleet) before = fleet_of_a_guest(cases[i].mode_before, cases[i].model_before);
        g_autoptr(Fleet) now = fleet_of_a_guest(cases[i].mode_now, cases[i].model_now);
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
        g_autoptr(Plan) plan = planner_plan(now, before, settings, map, PLANNER_GUESTS);

        for (guint j = 0; j < G_N_ELEMENTS(ids); j++)
            if ((find_drift(plan, ids[j], NULL) != NULL) !=
                (g_strcmp0(cases[i].drift, ids[j]) == 0))
                fail_msg("case %u: %s", i, ids[j]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_guest_whose_best_answer_is_unknown_may_be_stuck),
        cmocka_unit_test(test_guest_that_may_be_stuck_is_held_by_what_is_not_known),
        cmocka_unit_test(test_guest_beside_an_unplanned_host_may_be_stuck),
        cmocka_unit_test(test_drift_tells_what_may_be_stuck),
    };

    return cmocka_run_group_tests_name("planner-freedom", tests, load_map, drop_map);
}
