/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What drift tells a person to do: where new hosts came to be, who begins to break a promise, and
 * which guests could not start again. test_changes.c has what it compares.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "planner_fixture.h"

static void
test_drift_tells_where_a_new_host_came_to_be(void **state)
{
    const HostSpec was[] = {{.name = "a", OLD_HOST}};
    const HostSpec is[] = {
        {.name = "a", OLD_HOST}, {.name = "b", OLD_HOST}, {.name = "c"}, {.name = "x", OLD_HOST}};
    g_autoptr(Fleet) earlier = fleet_of(was, 1), fleet = fleet_of(is, G_N_ELEMENTS(is));
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);

    (void)state;
    g_ptr_array_set_size(pool_of_settings(settings)->hosts, 0);
    for (guint i = 0; i < 3; i++)
        g_ptr_array_add(pool_of_settings(settings)->hosts, g_strdup(is[i].name));
    g_autoptr(Plan) plan = planner_plan(fleet, earlier, settings, map, PLANNER_CLASSES);
    g_autofree char *in_class =
        g_strdup_printf("Is new, in class p/%s.", find_class(plan, NULL)->name);
    assert_string_equal(find_drift(plan, "host-new", "b")->text, in_class);
    assert_string_equal(find_drift(plan, "host-new", "c")->text,
                        "Is new, in pool p, and cannot be planned.");
    assert_string_equal(find_drift(plan, "host-new", "x")->text, "Is new, in no pool.");
}

/*
 * A promise can be broken by one host after the other. Who never kept it, because it came into the
 * class today, has not lost what it lacks.
 */
static void
test_drift_tells_of_each_host_that_begins_to_break_a_promise(void **state)
{
    const HostSpec kept[] = {{.name = "a", OLD_HOST}, {.name = "b", OLD_HOST}};
    const HostSpec one[] = {{.name = "a", OLD_HOST, .features = "-aes"}, {.name = "b", OLD_HOST}};
    const HostSpec all[] = {{.name = "a", OLD_HOST, .features = "-aes"},
                            {.name = "b", OLD_HOST, .features = "-aes"},
                            {.name = "c", OLD_HOST, .features = "-aes"}};
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Fleet) fleet = fleet_of(kept, 2), second = fleet_of(one, 2), third = fleet_of(all, 3);
    g_autoptr(Plan) first = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);

    (void)state;
    publish_class(fleet, find_class(first, NULL));
    publish_class(second, find_class(first, NULL));
    publish_class(third, find_class(first, NULL));
    g_autoptr(Plan) lost = planner_plan(second, fleet, settings, map, PLANNER_CLASSES);
    g_autoptr(Plan) more = planner_plan(third, second, settings, map, PLANNER_CLASSES);
    g_autoptr(Plan) same = planner_plan(third, third, settings, map, PLANNER_CLASSES);
    guint n = 0;

    assert_string_equal(find_drift(lost, "template-broken", NULL)->text,
                        "a no longer meets the published template. It lacks aes.");
    for (guint i = 0; i < more->drift->len; i++) {
        const DriftItem *item = g_ptr_array_index(more->drift, i);

        if (strcmp(item->id, "template-broken") != 0)
            continue;
        assert_true(item->is_actionable);
        assert_string_equal(item->text,
                            n++ == 0 ? "b no longer meets the published template. It lacks aes."
                                     : "c came into the class and does not meet the published "
                                       "template. It lacks aes.");
    }
    assert_int_equal(n, 2);
    assert_null(find_drift(same, "template-broken", NULL));
}

static void
test_drift_tells_what_a_new_template_would_have_otherwise(void **state)
{
    const HostSpec before[] = {{.name = "a",
                                OLD_HOST,
                                .tsc_hz = 2100000000,
                                .tsc_scaling = CPU_SWITCH_ON,
                                .machines = "pc-q35-9.0 pc-q35-8.2"}};
    const HostSpec after[] = {
        {.name = "a", OLD_HOST, .features = "-aes", .machines = "pc-q35-9.0", .address_bits = 39}};
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Fleet) old = fleet_of(before, 1), new = fleet_of(after, 1);
    g_autoptr(Plan) plan = planner_plan(new, old, settings, map, PLANNER_CLASSES);

    (void)state;
    assert_string_equal(find_drift(plan, "template-changed", NULL)->text,
                        "A new template would have 1 feature less, 39 physical address bits, no "
                        "TSC frequency any more, 1 machine type less.");
}

/* As when QEMU was updated under it: it runs on, and the next reboot would end it. */
static void
test_drift_tells_of_a_guest_that_could_not_start_again(void **state)
{
    const HostSpec before[] = {{.name = "a", OLD_HOST, .machines = "pc-q35-9.0 pc-q35-6.0"}};
    const HostSpec after[] = {{.name = "a", OLD_HOST, .machines = "pc-q35-9.0"}};
    const GuestSpec guest = {.name = "g", .host = "a", .model = OLD_MODEL, .machine = "pc-q35-6.0"};
    FleetBuilder *builders[] = {builder_with(before, 1), builder_with(after, 1)};
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(builders); i++)
        (void)fleet_builder_add_guest(builders[i], &guest);
    g_autoptr(Fleet) old = fleet_builder_finish(builders[0]);
    g_autoptr(Fleet) new = fleet_builder_finish(builders[1]);
    g_autoptr(Plan) plan = planner_plan(new, old, settings, map, PLANNER_GUESTS);
    g_autoptr(Plan) next = planner_plan(new, new, settings, map, PLANNER_GUESTS);
    g_autoptr(Plan) back = planner_plan(old, new, settings, map, PLANNER_GUESTS);
    const DriftItem *item = find_drift(plan, "guest-cannot-restart", "a");

    assert_string_equal(item->subject, "g");
    assert_string_equal(item->text,
                        "Runs, and could not start here again. The host's QEMU does not "
                        "have machine type pc-q35-6.0.");
    assert_true(item->is_actionable);
    assert_null(find_drift(next, "guest-cannot-restart", NULL));
    assert_null(find_drift(back, "guest-cannot-restart", NULL));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_drift_tells_where_a_new_host_came_to_be),
        cmocka_unit_test(test_drift_tells_of_each_host_that_begins_to_break_a_promise),
        cmocka_unit_test(test_drift_tells_what_a_new_template_would_have_otherwise),
        cmocka_unit_test(test_drift_tells_of_a_guest_that_could_not_start_again),
    };

    return cmocka_run_group_tests_name("planner-drift", tests, load_map, drop_map);
}
