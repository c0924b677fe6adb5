/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Guests whose trouble the plan file knows: which entry counts and until when, what it takes from
 * whoever reads the report, and that it takes nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "planner_fixture.h"

#define DAY_OVER 1000000

/* GLOBS and HOSTS are one glob each; HOSTS may be NULL. Belongs to SETTINGS. */
static KnownStuckSettings *
add_known(PlanSettings *settings, const char *guests, const char *hosts, const char *why)
{
    KnownStuckSettings *known = g_new0(KnownStuckSettings, 1);

    known->guests = g_ptr_array_new_with_free_func(g_free);
    known->hosts = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(known->guests, g_strdup(guests));
    if (hosts != NULL)
        g_ptr_array_add(known->hosts, g_strdup(hosts));
    known->why = g_strdup(why);
    known->has_failover = TRUE;
    g_ptr_array_add(settings->known_stuck, known);
    return known;
}

/*
 * "gpu" on a, which may be stuck there with a device of its host, and "web" on b, which can go
 * to a.
 */
static Fleet *
fleet_with_a_bound_guest(void)
{
    const HostSpec hosts[] = {{.name = "a", NEW_HOST, .memory_gib = 64},
                              {.name = "b", NEW_HOST, .memory_gib = 64}};
    const GuestSpec bound = {.name = "gpu", .host = "a", .model = OLD_MODEL, .memory_gib = 4};
    const GuestSpec free = {.name = "web", .host = "b", .model = OLD_MODEL, .memory_gib = 4};
    FleetBuilder *builder = builder_with(hosts, 2);

    guest_add_trait(fleet_builder_add_guest(builder, &bound), GUEST_TRAIT_HOSTDEV_PCI,
                    "0000:01:00.0", 1);
    fleet_builder_add_guest(builder, &free);
    Fleet *fleet = fleet_builder_finish(builder);
    fleet->run_at = DAY_OVER;
    return fleet;
}

static void
test_first_entry_in_force_that_names_guest_and_host_is_known(void **state)
{
    static const struct {
        const char *guests, *hosts;
        gint64 until_s;
        gboolean is_known;
        const char *finding; /* NULL: nothing is said of the entry */
    } cases[] = {
        {"gpu", NULL, 0, TRUE, NULL},
        {"g*", "a", DAY_OVER + 1, TRUE, NULL},
        {"g*", "a", DAY_OVER, FALSE, "known-stuck-past"}, /* its day has just ended */
        {"gpu", "b", 0, FALSE, "known-stuck-idle"},
        {"GPU", NULL, 0, FALSE, "known-stuck-idle"},
        {"none", NULL, DAY_OVER, FALSE, "known-stuck-idle"},
        {"web", NULL, 0, FALSE, "known-stuck-idle"}, /* which is free */
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Fleet) fleet = fleet_with_a_bound_guest();
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
        KnownStuckSettings *known =
            add_known(settings, cases[i].guests, cases[i].hosts, "it has a GPU");
        known->until_s = cases[i].until_s;
        known->until = cases[i].until_s != 0 ? g_strdup("1970-01-12") : NULL;
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);

        assert_int_equal(guest_at(plan, 0)->freedom, GUEST_MAY_BE_STUCK);
        if (guest_plan_needs_person(guest_at(plan, 0)) == cases[i].is_known)
            fail_msg("case %u", i);
        assert_false(guest_plan_needs_person(guest_at(plan, 1)));
        static const char *const ids[] = {"known-stuck-past", "known-stuck-idle"};
        for (guint j = 0; j < G_N_ELEMENTS(ids); j++)
            if ((find_finding(plan, ids[j]) != NULL) != (g_strcmp0(cases[i].finding, ids[j]) == 0))
                fail_msg("case %u: %s", i, ids[j]);
    }
}

/* What an entry that is past hid is told again, be there others for the same guest. */
static void
test_entry_that_is_past_makes_way_for_the_next(void **state)
{
    g_autoptr(Fleet) fleet = fleet_with_a_bound_guest();
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);

    (void)state;
    KnownStuckSettings *past = add_known(settings, "gpu", NULL, "was short of hosts");
    past->until_s = DAY_OVER;
    past->until = g_strdup("1970-01-12");
    add_known(settings, "gpu", NULL, "it has a GPU");
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);

    assert_string_equal(guest_at(plan, 0)->known->why, "it has a GPU");
    const Finding *finding = find_finding(plan, "known-stuck-past");
    assert_non_null(finding);
    assert_non_null(strstr(finding->text, "was short of hosts"));
}

/* It may be stuck as before, holds its host as before, and is found a place when that fails. */
static void
test_known_guest_is_planned_as_any_other(void **state)
{
    g_autoptr(Fleet) fleet = fleet_with_a_bound_guest();
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);

    (void)state;
    pool_of_settings(settings)->failover_hosts = 1;
    add_known(settings, "gpu", NULL, "it has a GPU");
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);

    assert_int_equal(guest_at(plan, 0)->freedom, GUEST_MAY_BE_STUCK);
    assert_non_null(guest_at(plan, 0)->held_by);
    const Drain *drain = g_ptr_array_index(only_pool(plan)->drains, 0);
    assert_int_equal(drain->verdict, VERDICT_UNKNOWN);
    assert_int_equal(only_pool(plan)->maintenance.failover, VERDICT_UNKNOWN);
}

/* The device may or may not be on the other host, so failover is not known until it is left out. */
static void
test_guest_that_may_be_down_with_its_host_is_left_out_of_failover(void **state)
{
    g_autoptr(Fleet) fleet = fleet_with_a_bound_guest();
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);

    (void)state;
    pool_of_settings(settings)->failover_hosts = 1;
    add_known(settings, "gpu", NULL, "it has a GPU")->has_failover = FALSE;
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);

    assert_int_equal(only_pool(plan)->maintenance.failover, VERDICT_YES);
    assert_non_null(strstr(only_pool(plan)->maintenance.failover_text,
                           "all guests can start elsewhere; left out by the plan file: 1 guest."));
}

/* An entry that only leaves a free guest out of failover has its use. */
static void
test_entry_for_failover_alone_is_not_idle(void **state)
{
    g_autoptr(Fleet) fleet = fleet_with_a_bound_guest();
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);

    (void)state;
    add_known(settings, "web", NULL, "a test")->has_failover = FALSE;
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);

    assert_null(find_finding(plan, "known-stuck-idle"));
    assert_true(guest_plan_needs_person(guest_at(plan, 0)));
}

/* The night on which a known guest gets stuck tells of it, and calls nobody. */
static void
test_drift_of_a_known_guest_is_no_change_to_act_on(void **state)
{
    const HostSpec hosts[] = {{.name = "a", NEW_HOST}, {.name = "b", NEW_HOST}};
    const GuestSpec guest = {.name = "gpu", .host = "a", .model = OLD_MODEL};

    (void)state;
    for (guint is_known = 0; is_known < 2; is_known++) {
        FleetBuilder *builder = builder_with(hosts, 2);
        fleet_builder_add_guest(builder, &guest);
        g_autoptr(Fleet) before = fleet_builder_finish(builder);
        g_autoptr(Fleet) now = fleet_with_a_bound_guest();
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);

        if (is_known)
            add_known(settings, "gpu", NULL, "it has a GPU");
        g_autoptr(Plan) plan = planner_plan(now, before, settings, map, PLANNER_GUESTS);
        const DriftItem *item = find_drift(plan, "guest-may-be-stuck", "a");
        assert_non_null(item);
        assert_int_equal(item->is_actionable, !is_known);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_entry_in_force_that_names_guest_and_host_is_known),
        cmocka_unit_test(test_entry_that_is_past_makes_way_for_the_next),
        cmocka_unit_test(test_known_guest_is_planned_as_any_other),
        cmocka_unit_test(test_guest_that_may_be_down_with_its_host_is_left_out_of_failover),
        cmocka_unit_test(test_entry_for_failover_alone_is_not_idle),
        cmocka_unit_test(test_drift_of_a_known_guest_is_no_change_to_act_on),
    };

    return cmocka_run_group_tests_name("planner-known-stuck", tests, load_map, drop_map);
}
