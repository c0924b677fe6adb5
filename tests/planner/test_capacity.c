/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What classes have left: counted against pools that a person can think through, and against trying
 * every way to put so many more guests on the hosts of random ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "planner_fixture.h"

#define MAX_HOSTS 3
#define MAX_GUESTS 6
#define KIB_PER_GIB 1048576

typedef struct {
    const char *why;
    HostSpec hosts[MAX_HOSTS];
    GuestSpec guests[MAX_GUESTS];
    guint n_failing;
    guint guest_gib; /* 0: the middle one */
    guint64 free_gib, largest_gib, n_more, n_more_failover;
} Row;

#define HOST(its_name, gib)                                                                        \
    {                                                                                              \
        .name = (its_name), NEW_HOST, .memory_gib = (gib)                                          \
    }
#define ON(its_name, its_host, gib)                                                                \
    {                                                                                              \
        .name = (its_name), .host = (its_host), .model = OLD_MODEL, .memory_gib = (gib)            \
    }

static const Row rows[] = {
    {.why = "each host is filled by itself: what is left over on two makes no guest",
     .hosts = {HOST("a", 15), HOST("b", 15)},
     .guests = {ON("f", "a", 4)},
     .guest_gib = 8,
     .free_gib = 26,
     .largest_gib = 15,
     .n_more = 2,
     .n_more_failover = 2},
    {.why = "the middle one of 1, 2, 4 and 16 is 4",
     .hosts = {HOST("a", 16), HOST("b", 64)},
     .guests = {ON("f", "b", 1), ON("g", "b", 2), ON("h", "b", 4), ON("i", "b", 16)},
     .free_gib = 57,
     .largest_gib = 41,
     .n_more = 4 + 10,
     .n_more_failover = 4 + 10},
    {.why = "of two equal hosts one may fail, so only one can be filled",
     .hosts = {HOST("a", 32), HOST("b", 32)},
     .guests = {ON("f", "a", 8), ON("g", "b", 8)},
     .n_failing = 1,
     .free_gib = 48,
     .largest_gib = 24,
     .n_more = 6,
     .n_more_failover = 2},
    {.why = "the largest host may fail, and what is on it has to go elsewhere",
     .hosts = {HOST("a", 64), HOST("b", 32), HOST("c", 32)},
     .guests = {ON("f", "a", 8)},
     .n_failing = 1,
     .guest_gib = 8,
     .free_gib = 120,
     .largest_gib = 56,
     .n_more = 7 + 4 + 4,
     .n_more_failover = 7},
    {.why = "of three equal hosts any two may fail, so only one can be filled",
     .hosts = {HOST("a", 32), HOST("b", 32), HOST("c", 32)},
     .n_failing = 2,
     .guest_gib = 8,
     .free_gib = 96,
     .largest_gib = 32,
     .n_more = 12,
     .n_more_failover = 4},
    {.why = "a failover that may be missed as it is leaves nothing to say",
     .hosts = {HOST("a", 32), HOST("b", 8)},
     .guests = {ON("f", "a", 16)},
     .n_failing = 1,
     .free_gib = 24,
     .largest_gib = 16,
     .n_more = 1,
     .n_more_failover = CAPACITY_UNKNOWN},
    {.why = "a host that is too full is full, and takes nothing from others",
     .hosts = {HOST("a", 8), HOST("b", 8)},
     .guests = {ON("f", "a", 12)},
     .guest_gib = 4,
     .free_gib = 8,
     .largest_gib = 8,
     .n_more = 2,
     .n_more_failover = 2},
    {.why = "memory that is reserved in huge pages is no room for others",
     .hosts = {{.name = "a", NEW_HOST, .memory_gib = 64, .huge_pages = "1048576:32"}},
     .guest_gib = 8,
     .free_gib = 32,
     .largest_gib = 32,
     .n_more = 4,
     .n_more_failover = 4},
    {.why = "without a guest there is nothing to count in",
     .hosts = {HOST("a", 64)},
     .free_gib = 64,
     .largest_gib = 64,
     .n_more = CAPACITY_UNKNOWN,
     .n_more_failover = CAPACITY_UNKNOWN},
};

static Fleet *
fleet_of_row(const Row *row)
{
    FleetBuilder *builder = fleet_builder_new(map);

    for (guint i = 0; i < MAX_HOSTS && row->hosts[i].name != NULL; i++)
        fleet_builder_add_host(builder, &row->hosts[i]);
    for (guint i = 0; i < MAX_GUESTS && row->guests[i].name != NULL; i++)
        fleet_builder_add_guest(builder, &row->guests[i]);
    return fleet_builder_finish(builder);
}

static void
test_room_is_what_a_person_would_count(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const Row *row = &rows[i];
        g_autoptr(Fleet) fleet = fleet_of_row(row);
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);

        pool_of_settings(settings)->failover_hosts = row->n_failing;
        pool_of_settings(settings)->guest_memory_mib = row->guest_gib * 1024;
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
        const Capacity *capacity = &only_pool(plan)->capacity;
        if (capacity->free_kib != row->free_gib * KIB_PER_GIB ||
            capacity->largest_kib != row->largest_gib * KIB_PER_GIB ||
            capacity->n_more != row->n_more || capacity->n_more_failover != row->n_more_failover)
            fail_msg("%s: %" G_GUINT64_FORMAT " KiB free, %" G_GUINT64_FORMAT
                     " at most, room for %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT
                     " with failover",
                     row->why, capacity->free_kib, capacity->largest_kib, capacity->n_more,
                     capacity->n_more_failover);
    }
}

/* A host that does not tell its memory is counted, and is full. */
static void
test_host_that_does_not_tell_its_memory_is_full(void **state)
{
    const HostSpec hosts[] = {{.name = "a", NEW_HOST, .memory_gib = G_MAXUINT}, HOST("b", 16)};
    g_autoptr(Fleet) fleet = fleet_of(hosts, 2);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);

    (void)state;
    pool_of_settings(settings)->guest_memory_mib = 4096;
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    const Capacity *capacity = &only_pool(plan)->capacity;
    assert_int_equal(capacity->n_hosts, 2);
    assert_int_equal(capacity->n_untold_hosts, 1);
    assert_int_equal(capacity->n_more, 4);
}

/* New guests count on the hosts of one class alone; what a pool has is the sum. */
static void
test_pool_has_the_sum_of_its_classes(void **state)
{
    const HostSpec hosts[] = {HOST("a", 16), {.name = "b", OLD_HOST, .memory_gib = 32}};
    const GuestSpec guest = ON("f", "b", 4);
    FleetBuilder *builder = builder_with(hosts, 2);

    (void)state;
    fleet_builder_add_guest(builder, &guest);
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    const PlanPool *pool = only_pool(plan);
    assert_int_equal(pool->classes->len, 2);
    for (guint i = 0; i < 2; i++) {
        const PlanClass *klass = g_ptr_array_index(pool->classes, i);
        const gboolean is_first_host = g_array_index(klass->hosts, guint32, 0) == 0;

        assert_int_equal(klass->capacity.n_more, is_first_host ? 4 : 7);
        assert_int_equal(klass->capacity.n_guests, !is_first_host);
    }
    assert_int_equal(pool->capacity.n_more, 11);
    assert_int_equal(pool->capacity.memory_kib, (guint64)48 * KIB_PER_GIB);
    assert_int_equal(pool->capacity.used_kib, (guint64)4 * KIB_PER_GIB);
}

/* The largest hosts of the pool are another class's; a class has to survive the loss of its own. */
static void
test_class_survives_the_failure_of_its_own_hosts(void **state)
{
    const HostSpec hosts[] = {{.name = "a", OLD_HOST, .memory_gib = 256},
                              {.name = "b", OLD_HOST, .memory_gib = 256},
                              {.name = "c", OLD_HOST, .memory_gib = 256},
                              HOST("d", 32),
                              HOST("e", 32),
                              HOST("f", 32)};
    g_autoptr(Fleet) fleet = fleet_of(hosts, G_N_ELEMENTS(hosts));
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);

    (void)state;
    pool_of_settings(settings)->failover_hosts = 2;
    pool_of_settings(settings)->guest_memory_mib = 8192;
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    for (guint i = 0; i < 2; i++) {
        const PlanClass *klass = g_ptr_array_index(only_pool(plan)->classes, i);
        const gboolean is_large = g_array_index(klass->hosts, guint32, 0) == 0;

        assert_int_equal(klass->capacity.n_more, is_large ? 96 : 12);
        assert_int_equal(klass->capacity.n_more_failover, is_large ? 32 : 4);
    }
}

/* ---- against all ways ------------------------------------------------------------------------ */

typedef struct {
    guint n_hosts, memory_gib[MAX_HOSTS];
    guint n_guests, guest_host[MAX_GUESTS], guest_gib[MAX_GUESTS];
    guint new_gib;
} Random;

static const char *const host_names[MAX_HOSTS] = {"a", "b", "c"};

static void
make_random(GRand *rand, Random *random)
{
    random->n_hosts = (guint)g_rand_int_range(rand, 2, MAX_HOSTS + 1);
    for (guint i = 0; i < random->n_hosts; i++)
        random->memory_gib[i] = (guint)g_rand_int_range(rand, 4, 13);
    random->n_guests = (guint)g_rand_int_range(rand, 0, 4);
    for (guint i = 0; i < random->n_guests; i++) {
        random->guest_host[i] = (guint)g_rand_int_range(rand, 0, (gint)random->n_hosts);
        random->guest_gib[i] = (guint)g_rand_int_range(rand, 1, 5);
    }
    random->new_gib = (guint)g_rand_int_range(rand, 2, 4);
}

static void
add_guest(FleetBuilder *builder, const char *prefix, guint number, guint host, guint gib)
{
    g_autofree char *name = g_strdup_printf("%s%u", prefix, number);
    const GuestSpec guest = ON(name, host_names[host], gib);

    fleet_builder_add_guest(builder, &guest);
}

/* The plan of RANDOM with N_NEW more guests on each host. */
static void
plan_random(const Random *random, const guint *n_new, Verdict *ret_failover, Capacity *ret_capacity)
{
    FleetBuilder *builder = fleet_builder_new(map);
    guint number = 0;

    for (guint i = 0; i < random->n_hosts; i++) {
        const HostSpec host = HOST(host_names[i], random->memory_gib[i]);

        fleet_builder_add_host(builder, &host);
        for (guint j = 0; j < n_new[i]; j++)
            add_guest(builder, "new", number++, i, random->new_gib);
    }
    for (guint i = 0; i < random->n_guests; i++)
        add_guest(builder, "old", i, random->guest_host[i], random->guest_gib[i]);
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    pool_of_settings(settings)->failover_hosts = 1;
    pool_of_settings(settings)->guest_memory_mib = random->new_gib * 1024;
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    *ret_failover = only_pool(plan)->maintenance.failover;
    *ret_capacity = only_pool(plan)->capacity;
}

/* Is there a way to put N_LEFT more guests on the hosts from INDEX on, so that failover is kept? */
static gboolean
can_be_placed(const Random *random, guint index, guint64 n_left, guint *n_new)
{
    const guint most = random->memory_gib[index] / random->new_gib;

    for (n_new[index] = 0; n_new[index] <= MIN(most, n_left); n_new[index]++) {
        Verdict failover;
        Capacity capacity;

        if (index + 1 < random->n_hosts) {
            if (can_be_placed(random, index + 1, n_left - n_new[index], n_new))
                return TRUE;
        } else if (n_new[index] == n_left) {
            plan_random(random, n_new, &failover, &capacity);
            if (failover == VERDICT_YES)
                return TRUE;
        }
    }
    n_new[index] = 0;
    return FALSE;
}

static void
test_so_many_more_can_be_placed_with_the_failover_kept(void **state)
{
    const guint32 seed = g_random_int();
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    guint n_with_room = 0;

    (void)state;
    printf("seed %u\n", seed);
    for (guint i = 0; i < 150; i++) {
        Random random;
        guint n_new[MAX_HOSTS] = {0};
        Verdict failover;
        Capacity capacity;

        make_random(rand, &random);
        plan_random(&random, n_new, &failover, &capacity);
        if (failover != VERDICT_YES)
            continue;
        n_with_room += capacity.n_more_failover > 0;
        if (!can_be_placed(&random, 0, capacity.n_more_failover, n_new))
            fail_msg("case %u: %" G_GUINT64_FORMAT " cannot be placed", i,
                     capacity.n_more_failover);
    }
    assert_true(n_with_room > 10);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_room_is_what_a_person_would_count),
        cmocka_unit_test(test_host_that_does_not_tell_its_memory_is_full),
        cmocka_unit_test(test_pool_has_the_sum_of_its_classes),
        cmocka_unit_test(test_class_survives_the_failure_of_its_own_hosts),
        cmocka_unit_test(test_so_many_more_can_be_placed_with_the_failover_kept),
    };

    return cmocka_run_group_tests_name("planner-capacity", tests, load_map, drop_map);
}
