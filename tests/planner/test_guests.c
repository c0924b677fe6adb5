/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where guests can go, what keeps them where they are, and which hosts can be emptied; the answers
 * pair by pair against the CPU engine.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "planner_fixture.h"

#define SEED 9

/* ---- guests and drains ---------------------------------------------------------------------- */

/* Can the first host of the only pool be emptied? */
static Verdict
first_drain(const Plan *plan)
{
    return ((const Drain *)g_ptr_array_index(only_pool(plan)->drains, 0))->verdict;
}

/* One UUID on two hosts, where it runs on the first N_RUNNING of them. */
static void
test_guest_of_two_hosts_is_told(void **state)
{
    static const struct {
        guint n_running;
        gboolean has_other_uuid;
        const char *id; /* NULL: nothing to tell */
    } cases[] = {
        {2, FALSE, "guest-runs-twice"},
        {1, FALSE, "guest-defined-twice"},
        {0, FALSE, "guest-defined-twice"},
        {2, TRUE, NULL},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const HostSpec hosts[] = {{.name = "a", OLD_HOST}, {.name = "b", OLD_HOST}};
        FleetBuilder *builder = builder_with(hosts, G_N_ELEMENTS(hosts));

        for (guint k = 0; k < 2; k++) {
            const GuestSpec spec = {
                .name = "mail", .host = hosts[k].name, .is_shut_off = k >= cases[i].n_running};
            Guest *guest = fleet_builder_add_guest(builder, &spec);

            g_free(guest->uuid);
            guest->uuid = g_strdup(cases[i].has_other_uuid && k == 1 ? "u2" : "u1");
        }
        g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_EVERYTHING);
        const Finding *runs = find_finding(plan, "guest-runs-twice");
        const Finding *copies = find_finding(plan, "guest-defined-twice");

        assert_int_equal(runs != NULL, g_strcmp0(cases[i].id, "guest-runs-twice") == 0);
        assert_int_equal(copies != NULL, g_strcmp0(cases[i].id, "guest-defined-twice") == 0);
        if (cases[i].id != NULL)
            assert_string_equal((runs != NULL ? runs : copies)->host, "b");
    }
}

/*
 * libvirt has one guest of a name and one of a UUID; a definition left behind is the guest itself.
 */
static void
test_guest_goes_to_no_host_with_another_of_its_name(void **state)
{
    const HostSpec hosts[] = {
        {.name = "a", OLD_HOST}, {.name = "b", OLD_HOST}, {.name = "c", OLD_HOST}};
    const GuestSpec guests[] = {
        {.name = "mail", .host = "a", .uuid = "u1"},
        {.name = "mail2", .host = "a", .uuid = "u11"},
        {.name = "mail", .host = "b", .uuid = "u2"},
        {.name = "mail", .host = "c", .uuid = "u1", .is_shut_off = TRUE},
    };
    FleetBuilder *builder = builder_with(hosts, G_N_ELEMENTS(hosts));

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(guests); i++)
        fleet_builder_add_guest(builder, &guests[i]);
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_EVERYTHING);
    const Blocker *blocker =
        find_blocker(named_guest_outcome(plan, "mail", "b", FALSE), "name-taken");
    assert_non_null(strstr(blocker->text, ": mail (UUID u2)."));
    assert_non_null(find_blocker(named_guest_outcome(plan, "mail", "b", TRUE), "name-taken"));
    assert_null(find_blocker(named_guest_outcome(plan, "mail", "c", FALSE), "name-taken"));
    assert_null(find_blocker(named_guest_outcome(plan, "mail", "a", TRUE), "name-taken"));
    assert_null(find_blocker(named_guest_outcome(plan, "mail2", "b", FALSE), "name-taken"));
    assert_int_equal(guest_at(plan, 0)->n_migrate_hosts, 1);
    assert_null(find_finding(plan, "guest-names-shared"));
}

/* So that plans of sites that name guests alike on each host stay small. */
static void
test_hosts_are_not_told_apart_by_names_that_many_share(void **state)
{
    const guint n_hosts = 65;
    FleetBuilder *builder = fleet_builder_new(map);

    (void)state;
    for (guint i = 0; i < n_hosts; i++) {
        g_autofree char *host = g_strdup_printf("h%02u", i);
        const HostSpec spec = {.name = host, OLD_HOST};
        const GuestSpec guest = {.name = "mail", .host = host, .uuid = host};

        fleet_builder_add_host(builder, &spec);
        fleet_builder_add_guest(builder, &guest);
    }
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_EVERYTHING);
    assert_int_equal(plan->groups->len, 1);
    assert_non_null(find_finding(plan, "guest-names-shared"));
}

/* The host of a definition that was left behind has nobody else on that port. */
static void
test_guest_does_not_take_its_own_port(void **state)
{
    const HostSpec hosts[] = {
        {.name = "a", OLD_HOST}, {.name = "b", OLD_HOST}, {.name = "c", OLD_HOST}};
    const GuestSpec guests[] = {
        {.name = "g", .host = "a", .uuid = "u1", .screen_port = 5901},
        {.name = "g", .host = "b", .uuid = "u1", .screen_port = 5901, .is_shut_off = TRUE},
        {.name = "h", .host = "c", .uuid = "u2", .screen_port = 5902, .vsock_cid = 5901},
    };
    FleetBuilder *builder = builder_with(hosts, G_N_ELEMENTS(hosts));

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(guests); i++)
        fleet_builder_add_guest(builder, &guests[i]);
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_EVERYTHING);
    assert_null(find_blocker(named_guest_outcome(plan, "g", "b", FALSE), "port-taken"));
    assert_null(find_blocker(named_guest_outcome(plan, "g", "c", FALSE), "port-taken"));
    assert_int_equal(plan->groups->len, 1);
}

/* Each host has a port that others have, too, and none has what another one has. */
static void
test_hosts_are_not_told_apart_by_ports_when_each_differs(void **state)
{
    const guint n_hosts = 65;
    FleetBuilder *builder = fleet_builder_new(map);

    (void)state;
    for (guint i = 0; i < n_hosts; i++) {
        g_autofree char *host = g_strdup_printf("h%02u", i);
        const HostSpec spec = {.name = host, OLD_HOST};
        const GuestSpec guest = {.name = "g", .host = host, .uuid = host, .screen_port = 5900 + i};
        const GuestSpec next = {
            .name = "n", .host = host, .uuid = host, .screen_port = 5900 + (i + 1) % n_hosts};

        fleet_builder_add_host(builder, &spec);
        fleet_builder_add_guest(builder, &guest);
        fleet_builder_add_guest(builder, &next);
    }
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_EVERYTHING);
    assert_int_equal(plan->groups->len, 1);
    assert_non_null(find_finding(plan, "guest-ports-shared"));
}

static void
test_guest_is_stuck_and_freed_by_template(void **state)
{
    const HostSpec hosts[] = {{.name = "new", NEW_HOST}, {.name = "old", OLD_HOST}};
    const GuestSpec guest = {.name = "g", .host = "new", .mode = CPU_MODE_HOST_MODEL};
    FleetBuilder *builder = builder_with(hosts, 2);

    (void)state;
    fleet_builder_add_guest(builder, &guest);
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    const PlanPool *pool = g_ptr_array_index(plan->pools, 0);

    assert_int_equal(guest_at(plan, 0)->freedom, GUEST_STUCK);
    assert_true(guest_at(plan, 0)->is_freed_by_template);
    assert_int_equal(guest_at(plan, 0)->n_start_hosts, 2);
    assert_int_equal(guest_at(plan, 0)->n_migrate_hosts, 0);
    assert_non_null(strstr(guest_at(plan, 0)->held_by, "open 1 host:"));
    const GArray *cured = guest_at(plan, 0)->cured_groups;
    assert_int_equal(cured->len, 1);
    const HostGroup *group = g_ptr_array_index(plan->groups, g_array_index(cured, guint32, 0));
    assert_string_equal(group->name, "old");
    const Drain *drain = g_ptr_array_index(pool->drains, 0);
    assert_int_equal(drain->verdict, VERDICT_NO);
    assert_int_equal(drain->stranded->len, 1);
    assert_int_equal(pool->maintenance.n_order, 1);
    assert_int_equal(pool->maintenance.blocking_guests->len, 1);
}

/* A template, and not a newer QEMU, cures what is against the model and its features. */
static void
test_objections_to_one_cpu_definition_are_one_change(void **state)
{
    const HostSpec hosts[] = {{.name = "new", NEW_HOST},
                              {.name = "old", OLD_HOST, .models = "qemu64 " OLD_MODEL}};
    const GuestSpec guest = {.name = "g", .host = "new", .mode = CPU_MODE_HOST_MODEL};
    FleetBuilder *builder = builder_with(hosts, 2);

    (void)state;
    fleet_builder_add_guest(builder, &guest);
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    const Outcome *outcome = guest_outcome(plan, "old", FALSE);

    assert_non_null(find_blocker(outcome, "cpu-model"));
    assert_non_null(find_blocker(outcome, "features-missing"));
    assert_int_equal(guest_at(plan, 0)->n_cured_hosts, 1);
    const PlanPool *pool = only_pool(plan);
    const PlanClass *of_old = g_ptr_array_index(pool->classes, plan_pool_class_of(pool, 1));
    g_autofree char *remedy = g_strdup_printf(
        "run the guest on a template that both hosts support, such as that of class %s",
        of_old->name);
    assert_string_equal(guest_at(plan, 0)->remedy, remedy);
    assert_non_null(strstr(guest_at(plan, 0)->obstacle, "lacks CPU features"));
    assert_int_equal(guest_at(plan, 0)->cured_groups->len, 1);
}

/* It runs on, until somebody restarts it: the report says so before. */
static void
test_guests_that_their_own_host_could_not_restart_are_told_by_host(void **state)
{
    const HostSpec hosts[] = {{.name = "a", OLD_HOST}, {.name = "b", NEW_HOST}};
    FleetBuilder *builder = builder_with(hosts, 2);

    (void)state;
    for (guint i = 0; i < 4; i++) {
        const GuestSpec guest = {.name = i < 2 ? (i == 0 ? "g" : "h") : (i == 2 ? "i" : "j"),
                                 .host = i < 3 ? "a" : "b",
                                 .mode = CPU_MODE_CUSTOM,
                                 .model = i == 2 ? OLD_MODEL : NEW_MODEL};
        fleet_builder_add_guest(builder, &guest);
    }
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    const Finding *finding = find_finding(plan, "guest-cannot-restart");

    assert_non_null(finding);
    assert_string_equal(finding->host, "a");
    assert_true(g_str_has_prefix(finding->text,
                                 "guest g and 1 more could not start here again: The host lacks "));
    assert_true(g_str_has_prefix(finding->remedy, "migrate each to a host that can start it, such "
                                                  "as b for g, before its next restart; or run the "
                                                  "guest on its class's template"));
}

static void
test_only_host_of_a_pool_makes_nobody_stuck(void **state)
{
    const HostSpec host = {.name = "a", NEW_HOST};
    const GuestSpec guest = {.name = "g", .host = "a", .mode = CPU_MODE_HOST_MODEL};
    FleetBuilder *builder = builder_with(&host, 1);

    (void)state;
    fleet_builder_add_guest(builder, &guest);
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);

    assert_int_equal(guest_at(plan, 0)->freedom, GUEST_ALONE);
}

/* Whether swap lets a guest start on a host that is too small for it, a drain does not count on. */
static void
test_drain_does_not_count_on_swap(void **state)
{
    const HostSpec hosts[] = {{.name = "a", NEW_HOST, .memory_gib = 256},
                              {.name = "b", NEW_HOST, .memory_gib = 128}};
    const GuestSpec guest = {.name = "g", .host = "a", .model = OLD_MODEL, .memory_gib = 200};
    FleetBuilder *builder = builder_with(hosts, 2);

    (void)state;
    fleet_builder_add_guest(builder, &guest);
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    pool_of_settings(settings)->failover_hosts = 1;
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    const PlanPool *pool = g_ptr_array_index(plan->pools, 0);

    assert_int_equal(guest_outcome(plan, "b", FALSE)->verdict, VERDICT_UNKNOWN);
    assert_int_equal(first_drain(plan), VERDICT_NO);
    assert_int_equal(pool->maintenance.failover, VERDICT_NO);
    assert_non_null(strstr(pool->maintenance.failover_text, "not all guests"));
}

/* What is shut off needs no memory, so a host that does not tell its own can take it in. */
static void
test_drain_of_shut_off_guests_needs_no_memory(void **state)
{
    const HostSpec hosts[] = {{.name = "a", NEW_HOST},
                              {.name = "b", NEW_HOST, .memory_gib = G_MAXUINT}};
    GuestSpec guest = {.name = "g", .host = "a", .model = OLD_MODEL, .is_shut_off = TRUE};

    (void)state;
    for (guint round = 0; round < 2; round++) {
        FleetBuilder *builder = builder_with(hosts, 2);

        guest.is_shut_off = round == 0;
        fleet_builder_add_guest(builder, &guest);
        fleet_builder_add_guest(builder,
                                &(GuestSpec){.name = "running", .host = "b", .model = OLD_MODEL});
        g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);

        assert_int_equal(first_drain(plan), round == 0 ? VERDICT_YES : VERDICT_UNKNOWN);
    }
}

/* Two guests of 60 GiB leave for two hosts of 100 GiB: each fits, but not both on one. */
static void
test_drain_minds_memory_and_failover(void **state)
{
    const HostSpec hosts[] = {{.name = "a", NEW_HOST, .memory_gib = 200},
                              {.name = "b", NEW_HOST, .memory_gib = 100},
                              {.name = "c", NEW_HOST, .memory_gib = 100}};
    FleetBuilder *builder = builder_with(hosts, 3);

    (void)state;
    for (guint i = 0; i < 2; i++) {
        const GuestSpec guest = {
            .name = i == 0 ? "g" : "h", .host = "a", .model = OLD_MODEL, .memory_gib = 60};
        fleet_builder_add_guest(builder, &guest);
    }
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    assert_int_equal(first_drain(plan), VERDICT_YES);
    /* with a failure to survive as well, the last host would have to take all */
    pool_of_settings(settings)->failover_hosts = 1;
    g_autoptr(Plan) careful = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    const PlanPool *pool = g_ptr_array_index(careful->pools, 0);
    assert_int_equal(first_drain(careful), VERDICT_WARN);
    assert_int_equal(pool->maintenance.failover, VERDICT_YES);
    g_array_index(fleet->hosts, Host, 1).memory_kib = 50 << 20;
    g_autoptr(Plan) full = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    assert_int_equal(first_drain(full), VERDICT_NO);
}

/* A guest of 30 GiB finds no place on two hosts with 20 GiB each, whatever they have together. */
static void
test_failover_is_a_placement(void **state)
{
    const HostSpec hosts[] = {{.name = "a", NEW_HOST, .memory_gib = 40},
                              {.name = "b", NEW_HOST, .memory_gib = 20},
                              {.name = "c", NEW_HOST, .memory_gib = 20}};
    const GuestSpec guest = {.name = "g", .host = "a", .model = OLD_MODEL, .memory_gib = 30};
    FleetBuilder *builder = builder_with(hosts, 3);

    (void)state;
    fleet_builder_add_guest(builder, &guest);
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    pool_of_settings(settings)->failover_hosts = 1;
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    assert_int_equal(only_pool(plan)->maintenance.failover, VERDICT_NO);
    g_array_index(fleet->hosts, Host, 1).memory_kib = 30 << 20;
    g_autoptr(Plan) roomy = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    assert_int_equal(only_pool(roomy)->maintenance.failover, VERDICT_YES);
}

/* The guests of a failed host start anew, so a host whose CPU they cannot have takes none. */
static void
test_failover_minds_where_guests_can_start(void **state)
{
    const HostSpec hosts[] = {
        {.name = "a", NEW_HOST, .memory_gib = 100},
        {.name = "b", .model = "Westmere", .is_host_model = TRUE, .memory_gib = 64},
        {.name = "c", NEW_HOST, .memory_gib = 8}};
    const GuestSpec guest = {
        .name = "g", .host = "a", .mode = CPU_MODE_CUSTOM, .model = NEW_MODEL, .memory_gib = 30};
    FleetBuilder *builder = builder_with(hosts, 3);

    (void)state;
    fleet_builder_add_guest(builder, &guest);
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    pool_of_settings(settings)->failover_hosts = 1;
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    assert_int_equal(only_pool(plan)->maintenance.failover, VERDICT_NO);
}

/* What binds a guest to its host is on its host, whatever else the host has in its group. */
static void
test_guest_can_start_where_it_is(void **state)
{
    const HostSpec specs[] = {
        {.name = "a", OLD_HOST}, {.name = "b", OLD_HOST}, {.name = "c", NEW_HOST}};
    const GuestTraitKind kinds[] = {GUEST_TRAIT_HOSTDEV_PCI, GUEST_TRAIT_INTERFACE_VDPA,
                                    GUEST_TRAIT_SHMEM, GUEST_TRAIT_TPM_PASSTHROUGH,
                                    GUEST_TRAIT_CHARDEV_HOST};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
        for (guint n_hosts = 1; n_hosts <= G_N_ELEMENTS(specs); n_hosts++) {
            FleetBuilder *builder = builder_with(specs, n_hosts);
            Guest *guest = fleet_builder_add_guest(
                builder, &(GuestSpec){.name = "g", .host = "a", .model = OLD_MODEL});
            const GuestTrait trait = {.kind = kinds[i]};
            g_array_append_val(guest->traits, trait);
            g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
            g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
            g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
            const GuestPlan *placed = guest_at(plan, 0);
            const Outcome *here = g_ptr_array_index(placed->outcomes, placed->can_start_here);

            assert_int_equal(here->verdict, VERDICT_YES);
            assert_int_equal(placed->n_start_hosts, 1);
            if (n_hosts > 1)
                assert_int_equal(guest_outcome(plan, "b", TRUE)->verdict, VERDICT_UNKNOWN);
            else
                assert_int_equal(guest_outcome(plan, "a", TRUE)->verdict, VERDICT_YES);
        }
}

/* That it runs answers what is not known of its host, and nothing that is known against it. */
static void
test_running_guest_answers_for_its_host(void **state)
{
    static const struct {
        HostSpec host;
        GuestSpec guest;
        Verdict expected;
    } rows[] = {
        {{.name = "a", OLD_HOST, .machines = ""}, {.model = OLD_MODEL}, VERDICT_YES},
        {{.name = "a", OLD_HOST, .machines = ""},
         {.model = OLD_MODEL, .is_shut_off = TRUE},
         VERDICT_UNKNOWN},
        {{.name = "a", OLD_HOST}, {.model = NEW_MODEL}, VERDICT_NO},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        FleetBuilder *builder = builder_with(&rows[i].host, 1);
        GuestSpec spec = rows[i].guest;

        spec.name = "g";
        spec.host = "a";
        fleet_builder_add_guest(builder, &spec);
        g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
        const GuestPlan *placed = guest_at(plan, 0);
        const Outcome *here = g_ptr_array_index(placed->outcomes, placed->can_start_here);

        assert_int_equal(here->verdict, rows[i].expected);
        assert_int_equal(placed->n_start_hosts, rows[i].expected == VERDICT_YES ? 1 : 0);
    }
}

static void
test_like_guests_share_their_targets(void **state)
{
    const HostSpec hosts[] = {{.name = "a", NEW_HOST}, {.name = "b", NEW_HOST}};
    FleetBuilder *builder = builder_with(hosts, 2);

    (void)state;
    for (guint i = 0; i < 3; i++) {
        const char *const names[] = {"x", "y", "z"};
        const GuestSpec guest = {.name = names[i], .host = i == 2 ? "b" : "a", .model = OLD_MODEL};
        fleet_builder_add_guest(builder, &guest);
    }
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);

    assert_ptr_equal(guest_at(plan, 0)->targets, guest_at(plan, 1)->targets);
    assert_ptr_equal(guest_at(plan, 0)->targets, guest_at(plan, 2)->targets);
    for (guint i = 0; i < 3; i++)
        assert_int_equal(guest_at(plan, i)->n_migrate_hosts, 1);
}

/* ---- against the engine --------------------------------------------------------------------- */

static const char *const models[] = {
    "Westmere",       "SandyBridge",    "Haswell",   "Haswell-noTSX", "Broadwell-IBRS",
    "Skylake-Server", "Icelake-Server", "EPYC-Rome", "EPYC-Milan",    "qemu64",
};
static const char *const features[] = {"aes", "avx2", "ssbd", "umip", "pcid", "rtm", "xsaves"};

static char *
random_features(GRand *random, const char *marks)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(features); i++)
        if (g_rand_int_range(random, 0, 3) == 0) {
            const char mark = marks[g_rand_int_range(random, 0, (gint)strlen(marks))];
            g_string_append_printf(text, "%s%s ", mark == '+' ? "" : (char[]){mark, '\0'},
                                   features[i]);
        }
    return g_string_free(text, FALSE);
}

/* The planner says yes or warn to no guest that the engine, which is libvirt's answer, refuses. */
static void
test_no_yes_where_libvirt_refuses(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(SEED);
    guint n_yes = 0, n_no = 0;

    (void)state;
    for (guint round = 0; round < 200; round++) {
        const char *model = models[g_rand_int_range(random, 0, (gint)G_N_ELEMENTS(models))];
        g_autofree char *of_host = random_features(random, "+-");
        g_autofree char *of_guest = random_features(random, "++-?!*");
        const gboolean is_amd = g_str_has_prefix(model, "EPYC");
        const HostSpec hosts[] = {{.name = "a", .model = "Icelake-Server", .is_host_model = TRUE},
                                  {.name = "b",
                                   .model = model,
                                   .vendor = is_amd ? "AMD" : "Intel",
                                   .features = of_host,
                                   .is_host_model = g_rand_boolean(random)}};
        const GuestSpec guest = {
            .name = "g",
            .host = "a",
            .model = models[g_rand_int_range(random, 0, (gint)G_N_ELEMENTS(models))],
            .features = of_guest,
            .match = (CpuMatch)g_rand_int_range(random, 0, CPU_MATCH_COUNT)};
        FleetBuilder *builder = builder_with(hosts, 2);
        fleet_builder_add_guest(builder, &guest);
        g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
        const Outcome *outcome = guest_outcome(plan, "b", TRUE);
        const Host *b = fleet_host(fleet, 1);
        const CpuDefinition *host =
            b->domain_set != FLEET_NO_INDEX
                ? ((const DomainCapabilities *)g_ptr_array_index(
                       fleet->domain_capabilities, fleet->domain_capabilities->len - 1))
                      ->host_model_cpu
                : ((const CpuProfile *)g_ptr_array_index(fleet->cpus, b->cpu))->cpu;
        CpuCompareResult result = CPU_COMPARE_INCOMPATIBLE;
        const gboolean is_refused =
            !cpu_engine_compare(map, CPU_ARCH_X86_64, host,
                                ((const Guest *)g_ptr_array_index(fleet->guests, 0))->cpu, &result,
                                NULL, NULL) ||
            result == CPU_COMPARE_INCOMPATIBLE;

        if (is_refused)
            assert_true(outcome->verdict > VERDICT_WARN);
        n_no += is_refused ? 1 : 0;
        n_yes += outcome->verdict <= VERDICT_WARN ? 1 : 0;
    }
    print_message("%u refused by libvirt, %u yes from the planner\n", n_no, n_yes);
    assert_true(n_no > 20 && n_yes > 10);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_guest_of_two_hosts_is_told),
        cmocka_unit_test(test_guest_goes_to_no_host_with_another_of_its_name),
        cmocka_unit_test(test_hosts_are_not_told_apart_by_names_that_many_share),
        cmocka_unit_test(test_guest_does_not_take_its_own_port),
        cmocka_unit_test(test_hosts_are_not_told_apart_by_ports_when_each_differs),
        cmocka_unit_test(test_guest_is_stuck_and_freed_by_template),
        cmocka_unit_test(test_objections_to_one_cpu_definition_are_one_change),
        cmocka_unit_test(test_guests_that_their_own_host_could_not_restart_are_told_by_host),
        cmocka_unit_test(test_only_host_of_a_pool_makes_nobody_stuck),
        cmocka_unit_test(test_drain_minds_memory_and_failover),
        cmocka_unit_test(test_drain_does_not_count_on_swap),
        cmocka_unit_test(test_drain_of_shut_off_guests_needs_no_memory),
        cmocka_unit_test(test_failover_is_a_placement),
        cmocka_unit_test(test_failover_minds_where_guests_can_start),
        cmocka_unit_test(test_like_guests_share_their_targets),
        cmocka_unit_test(test_guest_can_start_where_it_is),
        cmocka_unit_test(test_running_guest_answers_for_its_host),
        cmocka_unit_test(test_no_yes_where_libvirt_refuses),
    };

    print_message("seed %d\n", SEED);
    return cmocka_run_group_tests(tests, load_map, drop_map);
}
