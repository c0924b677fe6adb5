/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Several hosts emptied at once: pools that a person can think through, and random ones in which
 * what is found is looked over and what is not is tried in every way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <planner/evacuation.h>

#include "planner_fixture.h"

#define MAX_HOSTS 4
#define MAX_GUESTS 6

typedef struct {
    const char *why;
    HostSpec hosts[MAX_HOSTS];
    GuestSpec guests[MAX_GUESTS];
    guint n_emptied; /* the first ones */
    guint n_failing;
    Verdict verdict;
    const char *says;               /* part of the text */
    const char *places[MAX_GUESTS]; /* by guest: where to; NULL: nowhere */
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
    {.why = "no guest goes to a host that is emptied too",
     .hosts = {HOST("a", 64), HOST("b", 256), HOST("c", 64)},
     .guests = {ON("f", "a", 8), ON("g", "b", 8), ON("h", "c", 8)},
     .n_emptied = 2,
     .verdict = VERDICT_YES,
     .says = "All guests can leave.",
     .places = {"c", "c"}},
    {.why = "each could leave by itself, but there is no room for both",
     .hosts = {HOST("a", 64), HOST("b", 64), HOST("c", 32)},
     .guests = {ON("f", "a", 20), ON("g", "b", 20)},
     .n_emptied = 2,
     .verdict = VERDICT_NO,
     .says = "have no room for all of them (40.0 GiB)"},
    {.why = "a host that is emptied cannot be the only one that would take a guest",
     .hosts = {HOST("a", 64), HOST("b", 64), {.name = "c", OLD_HOST, .memory_gib = 64}},
     .guests = {{.name = "f", .host = "a", .model = NEW_MODEL, .memory_gib = 4}, ON("g", "b", 4)},
     .n_emptied = 2,
     .verdict = VERDICT_NO,
     .says = "1 of 2 guests can go to no other host of the pool"},
    {.why = "who is shut off starts elsewhere, and takes no memory",
     .hosts = {HOST("a", 64), HOST("b", 8)},
     .guests =
         {{.name = "f", .host = "a", .model = OLD_MODEL, .memory_gib = 4},
          {.name = "g", .host = "a", .model = OLD_MODEL, .memory_gib = 8, .is_shut_off = TRUE}},
     .n_emptied = 1,
     .verdict = VERDICT_YES,
     .says = "All guests can leave.",
     .places = {"b", "b"}},
    {.why = "what is left may not survive a failure",
     .hosts = {HOST("a", 64), HOST("b", 64), HOST("c", 64), HOST("d", 64)},
     .guests = {ON("f", "a", 8), ON("g", "b", 8), ON("h", "c", 8)},
     .n_emptied = 3,
     .n_failing = 1,
     .verdict = VERDICT_WARN,
     .says = "then the pool has no room for the failure of 1 host",
     .places = {"d", "d", "d"}},
    {.why = "without guests there is nothing to do",
     .hosts = {HOST("a", 64), HOST("b", 64)},
     .n_emptied = 2,
     .verdict = VERDICT_YES,
     .says = "There are no guests."},
};

static GArray *
first_hosts(guint n)
{
    GArray *hosts = g_array_new(FALSE, FALSE, sizeof(guint32));

    for (guint32 i = 0; i < n; i++)
        g_array_append_val(hosts, i);
    return hosts;
}

static void
check_row(const Row *row)
{
    FleetBuilder *builder = fleet_builder_new(map);
    g_autoptr(GArray) emptied = first_hosts(row->n_emptied);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);

    for (guint i = 0; i < MAX_HOSTS && row->hosts[i].name != NULL; i++)
        fleet_builder_add_host(builder, &row->hosts[i]);
    for (guint i = 0; i < MAX_GUESTS && row->guests[i].name != NULL; i++)
        fleet_builder_add_guest(builder, &row->guests[i]);
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    pool_of_settings(settings)->failover_hosts = row->n_failing;
    g_autoptr(GPtrArray) all = planner_evacuate(fleet, settings, map, emptied);
    assert_int_equal(all->len, 1);
    const Evacuation *evacuation = g_ptr_array_index(all, 0);
    if (evacuation->verdict != row->verdict || strstr(evacuation->text, row->says) == NULL)
        fail_msg("%s: %s: %s", row->why, verdict_name(evacuation->verdict), evacuation->text);
    for (guint i = 0; i < evacuation->moves->len && row->verdict <= VERDICT_WARN; i++) {
        const EvacuationMove *move = &g_array_index(evacuation->moves, EvacuationMove, i);
        const Guest *guest = g_ptr_array_index(fleet->guests, move->guest);

        if (move->to == FLEET_NO_INDEX ||
            strcmp(fleet_host(fleet, move->to)->name, row->places[i]) != 0)
            fail_msg("%s: %s goes elsewhere", row->why, guest->name);
        assert_int_equal(move->is_live, guest->is_running);
    }
}

static void
test_hosts_are_emptied_at_once_where_the_others_have_room(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        check_row(&rows[i]);
}

/* Hosts of several pools are answered for by pool, and their guests stay there. */
static void
test_guests_stay_in_their_pools(void **state)
{
    const HostSpec hosts[] = {HOST("a1", 64), HOST("a2", 64), HOST("b1", 64), HOST("b2", 256)};
    const GuestSpec guests[] = {ON("f", "a1", 4), ON("g", "b1", 4)};
    const guint32 emptied_hosts[] = {0, 2};
    FleetBuilder *builder = builder_with(hosts, G_N_ELEMENTS(hosts));
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(GArray) emptied = g_array_new(FALSE, FALSE, sizeof(guint32));

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(guests); i++)
        fleet_builder_add_guest(builder, &guests[i]);
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_ptr_array_set_size(pool_of_settings(settings)->hosts, 0);
    g_ptr_array_add(pool_of_settings(settings)->hosts, g_strdup("a*"));
    PoolSettings *second = pool_settings_new("second");
    second->strategy = STRATEGY_POOL;
    g_ptr_array_add(second->hosts, g_strdup("b*"));
    g_ptr_array_add(settings->pools, second);
    g_array_append_vals(emptied, emptied_hosts, G_N_ELEMENTS(emptied_hosts));
    g_autoptr(GPtrArray) all = planner_evacuate(fleet, settings, map, emptied);
    assert_int_equal(all->len, 2);
    for (guint i = 0; i < 2; i++) {
        const Evacuation *evacuation = g_ptr_array_index(all, i);
        const EvacuationMove *move = &g_array_index(evacuation->moves, EvacuationMove, 0);

        assert_int_equal(evacuation->pool, i);
        assert_int_equal(evacuation->verdict, VERDICT_YES);
        assert_string_equal(fleet_host(fleet, move->to)->name, i == 0 ? "a2" : "b2");
    }
}

/* ---- at random ------------------------------------------------------------------------------- */

/* Do guests of SIZES, from INDEX on, fit into what is left of the N_ROOMS hosts? Tries all ways. */
static gboolean
fits(const guint *sizes, guint index, guint n_sizes, gint *rooms, guint n_rooms)
{
    if (index == n_sizes)
        return TRUE;
    for (guint i = 0; i < n_rooms; i++) {
        if (rooms[i] < (gint)sizes[index])
            continue;
        rooms[i] -= (gint)sizes[index];
        const gboolean is_found = fits(sizes, index + 1, n_sizes, rooms, n_rooms);
        rooms[i] += (gint)sizes[index];
        if (is_found)
            return TRUE;
    }
    return FALSE;
}

static void
check_random(GRand *rand)
{
    static const char *const names[MAX_HOSTS] = {"a", "b", "c", "d"};
    FleetBuilder *builder = fleet_builder_new(map);
    gint rooms[MAX_HOSTS];
    guint sizes[MAX_GUESTS], n_sizes = 0;
    const guint n_guests = (guint)g_rand_int_range(rand, 1, MAX_GUESTS + 1);

    for (guint i = 0; i < MAX_HOSTS; i++) {
        const HostSpec host = HOST(names[i], (guint)g_rand_int_range(rand, 4, 20));

        rooms[i] = (gint)host.memory_gib;
        fleet_builder_add_host(builder, &host);
    }
    for (guint i = 0; i < n_guests; i++) {
        const guint host = (guint)g_rand_int_range(rand, 0, MAX_HOSTS);
        g_autofree char *name = g_strdup_printf("g%u", i);
        const GuestSpec guest = ON(name, names[host], (guint)g_rand_int_range(rand, 2, 9));

        rooms[host] -= (gint)guest.memory_gib;
        if (host < 2)
            sizes[n_sizes++] = guest.memory_gib;
        fleet_builder_add_guest(builder, &guest);
    }
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(GArray) emptied = first_hosts(2);
    g_autoptr(GPtrArray) all = planner_evacuate(fleet, settings, map, emptied);
    const Evacuation *evacuation = g_ptr_array_index(all, 0);
    const gboolean is_possible = fits(sizes, 0, n_sizes, &rooms[2], 2);
    assert_int_equal(evacuation->moves->len, n_sizes);
    /* a guest that is larger than either host has nowhere to go, others have no room */
    assert_int_equal(evacuation->verdict, is_possible ? VERDICT_YES : VERDICT_NO);
    for (guint i = 0; i < evacuation->moves->len && is_possible; i++) {
        const EvacuationMove *move = &g_array_index(evacuation->moves, EvacuationMove, i);
        const Guest *guest = g_ptr_array_index(fleet->guests, move->guest);

        assert_in_range(move->to, 2, MAX_HOSTS - 1);
        rooms[move->to] -= (gint)(guest->memory_kib >> 20);
        assert_true(rooms[move->to] >= 0);
    }
}

static void
test_what_is_found_fits_and_what_is_not_cannot(void **state)
{
    const guint32 seed = g_random_int();
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);

    (void)state;
    printf("seed %u\n", seed);
    for (guint i = 0; i < 200; i++)
        check_random(rand);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hosts_are_emptied_at_once_where_the_others_have_room),
        cmocka_unit_test(test_guests_stay_in_their_pools),
        cmocka_unit_test(test_what_is_found_fits_and_what_is_not_cannot),
    };

    return cmocka_run_group_tests_name("planner-evacuation", tests, load_map, drop_map);
}
