/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Small pools whose maintenance a person can think through: which hosts can be emptied, and whether
 * the pool survives the failures that it is to survive.
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
#define MAX_GUESTS 3

typedef struct {
    const char *why;
    HostSpec hosts[MAX_HOSTS]; /* "a", "b" and "c" in this order */
    GuestSpec guests[MAX_GUESTS];
    guint n_failing; /* hosts whose failure the pool is to survive */
    void (*adapt)(Guest *guest);
    Verdict drains[MAX_HOSTS];
    Verdict failover;
    const char *says; /* part of what is told of the failover; NULL: whatever it is */
} Row;

#define HOST(its_name, gib)                                                                        \
    {                                                                                              \
        .name = (its_name), NEW_HOST, .memory_gib = (gib)                                          \
    }
#define PAGED(its_name, gib, pages)                                                                \
    {                                                                                              \
        .name = (its_name), NEW_HOST, .memory_gib = (gib), .huge_pages = (pages)                   \
    }
#define ON(its_host, gib) .host = (its_host), .model = OLD_MODEL, .memory_gib = (gib)

static void
be_unmigratable(Guest *guest)
{
    guest->cpu->mode = CPU_MODE_HOST_PASSTHROUGH;
    guest->cpu->migratable = CPU_SWITCH_OFF;
}

static void
be_bound_to_its_host(Guest *guest)
{
    guest_add_trait(guest, GUEST_TRAIT_HOSTDEV_PCI, "0000:01:00.0", 1);
}

static void
be_in_large_pages(Guest *guest)
{
    guest_add_trait(guest, GUEST_TRAIT_HUGEPAGES, "1048576 KiB", 1);
}

static void
be_in_default_pages(Guest *guest)
{
    guest_add_trait(guest, GUEST_TRAIT_HUGEPAGES, NULL, 1);
}

static void
be_in_pages_of_two_sizes(Guest *guest)
{
    be_in_large_pages(guest);
    guest_add_trait(guest, GUEST_TRAIT_HUGEPAGES, "2048 KiB", 1);
}

static const Row rows[] = {
    {.why = "one host is emptied at a time, so each finds the room of the third",
     .hosts = {HOST("a", 64), HOST("b", 64), HOST("c", 64)},
     .guests = {{.name = "f", ON("a", 60)}, {.name = "g", ON("b", 60)}},
     .drains = {VERDICT_YES, VERDICT_YES, VERDICT_YES},
     .failover = VERDICT_YES},
    {.why = "two guests do not share the room of one",
     .hosts = {HOST("a", 128), HOST("b", 64)},
     .guests = {{.name = "f", ON("a", 40)}, {.name = "g", ON("a", 40)}},
     .drains = {VERDICT_NO, VERDICT_YES},
     .failover = VERDICT_YES},
    {.why = "where nothing tells which guests run, all may",
     .hosts = {HOST("a", 256), HOST("b", 100)},
     .guests = {{.name = "f", ON("a", 90), .is_shut_off = TRUE},
                {.name = "g", ON("a", 60), .is_shut_off = TRUE}},
     .drains = {VERDICT_NO, VERDICT_YES},
     .failover = VERDICT_YES},
    {.why = "what is known to be shut off needs no memory",
     .hosts = {HOST("a", 256), HOST("b", 100)},
     .guests = {{.name = "f", ON("a", 90), .is_shut_off = TRUE}, {.name = "g", ON("a", 60)}},
     .drains = {VERDICT_YES, VERDICT_YES},
     .failover = VERDICT_YES},
    {.why = "a host of which too little is known may take what the other has no room for",
     .hosts = {HOST("a", 128),
               HOST("b", 50),
               {.name = "c", NEW_HOST, .memory_gib = 128, .machines = ""}},
     .guests = {{.name = "f", ON("a", 40)}, {.name = "g", ON("a", 40)}},
     .drains = {VERDICT_UNKNOWN, VERDICT_YES, VERDICT_YES},
     .failover = VERDICT_YES},
    {.why = "that it could start elsewhere moves no running guest",
     .hosts = {HOST("a", 64), HOST("b", 64)},
     .guests = {{.name = "f", ON("a", 4)}},
     .adapt = be_unmigratable,
     .drains = {VERDICT_NO, VERDICT_YES},
     .failover = VERDICT_YES},

    {.why = "guests in huge pages share those that are reserved, of which there may be more",
     .hosts = {PAGED("a", 256, "1048576:128"), PAGED("b", 256, "2048:0 1048576:100")},
     .guests = {{.name = "f", ON("a", 60)}, {.name = "g", ON("a", 60)}},
     .adapt = be_in_large_pages,
     .n_failing = 1,
     .drains = {VERDICT_UNKNOWN, VERDICT_YES},
     .failover = VERDICT_UNKNOWN},
    {.why = "and have room where enough are",
     .hosts = {PAGED("a", 256, "1048576:128"), PAGED("b", 256, "1048576:120")},
     .guests = {{.name = "f", ON("a", 60)}, {.name = "g", ON("a", 60)}},
     .adapt = be_in_large_pages,
     .drains = {VERDICT_YES, VERDICT_YES},
     .failover = VERDICT_YES},
    {.why = "what guests of a host have of its pages is taken",
     .hosts = {PAGED("a", 256, "1048576:64"), PAGED("b", 256, "1048576:100")},
     .guests = {{.name = "f", ON("a", 60)}, {.name = "g", ON("b", 60)}},
     .adapt = be_in_large_pages,
     .drains = {VERDICT_UNKNOWN, VERDICT_UNKNOWN},
     .failover = VERDICT_YES},
    {.why = "guests without have what is left",
     .hosts = {PAGED("a", 256, ""), PAGED("b", 256, "2048:51200 1048576:100")},
     .guests = {{.name = "f", ON("a", 60)}},
     .n_failing = 1,
     .drains = {VERDICT_NO, VERDICT_YES},
     .failover = VERDICT_NO},
    {.why = "which may be enough",
     .hosts = {PAGED("a", 256, ""), PAGED("b", 256, "2048:51200 1048576:96")},
     .guests = {{.name = "f", ON("a", 60)}},
     .drains = {VERDICT_YES, VERDICT_YES},
     .failover = VERDICT_YES},
    {.why = "the default size is known where one size alone is reserved",
     .hosts = {PAGED("a", 256, "2048:51200"), PAGED("b", 256, "2048:51200 1048576:0")},
     .guests = {{.name = "f", ON("a", 60)}},
     .adapt = be_in_default_pages,
     .drains = {VERDICT_YES, VERDICT_YES},
     .failover = VERDICT_YES},
    {.why = "and not where several are",
     .hosts = {PAGED("a", 256, "2048:51200"), PAGED("b", 256, "2048:51200 1048576:64")},
     .guests = {{.name = "f", ON("a", 60)}},
     .adapt = be_in_default_pages,
     .drains = {VERDICT_UNKNOWN, VERDICT_YES},
     .failover = VERDICT_YES},
    {.why = "nor is it how much of a guest is in pages of which size",
     .hosts = {PAGED("a", 256, "2048:51200 1048576:64"), PAGED("b", 256, "2048:51200 1048576:64")},
     .guests = {{.name = "f", ON("a", 60)}},
     .adapt = be_in_pages_of_two_sizes,
     .drains = {VERDICT_UNKNOWN, VERDICT_YES},
     .failover = VERDICT_YES},

    {.why = "a pool cannot survive the failure of more hosts than it has",
     .hosts = {HOST("a", 64), HOST("b", 64)},
     .n_failing = 3,
     .drains = {VERDICT_YES, VERDICT_YES},
     .failover = VERDICT_NO,
     .says = "The pool asks that 3 hosts can fail, and has 2."},
    {.why = "a guest that left for the host that then fails needs a third",
     .hosts = {HOST("a", 64), HOST("b", 100), HOST("c", 50)},
     .guests = {{.name = "f", ON("a", 60)}},
     .n_failing = 1,
     .drains = {VERDICT_WARN, VERDICT_YES, VERDICT_YES},
     .failover = VERDICT_YES},
    {.why = "and has it where the third is as large",
     .hosts = {HOST("a", 64), HOST("b", 100), HOST("c", 60)},
     .guests = {{.name = "f", ON("a", 60)}},
     .n_failing = 1,
     .drains = {VERDICT_YES, VERDICT_YES, VERDICT_YES},
     .failover = VERDICT_YES,
     .says = "When any host fails, all guests can start elsewhere"},
    {.why = "the host that fails may be a smaller one, whose guest starts nowhere else",
     .hosts = {HOST("a", 64), {.name = "b", NEW_HOST, .memory_gib = 32}, HOST("c", 64)},
     .guests = {{.name = "f", ON("b", 4)}},
     .adapt = be_bound_to_its_host,
     .n_failing = 1,
     .drains = {VERDICT_YES, VERDICT_UNKNOWN, VERDICT_YES},
     .failover = VERDICT_UNKNOWN,
     .says = "When any host fails, it is not known whether all guests can start elsewhere: "
             "f of b may have no other host to start on"},
    {.why = "or one that has more guests than the largest",
     .hosts = {HOST("a", 100), HOST("b", 90), HOST("c", 60)},
     .guests = {{.name = "f", ON("b", 45)}, {.name = "g", ON("b", 45)}, {.name = "h", ON("a", 60)}},
     .n_failing = 1,
     .drains = {VERDICT_WARN, VERDICT_NO, VERDICT_YES},
     .failover = VERDICT_NO,
     .says = "When host b fails, not all guests can start elsewhere."},
    {.why = "where two may fail, a guest needs two other hosts",
     .hosts = {HOST("a", 64), HOST("b", 64), {.name = "c", NEW_HOST, .memory_gib = 2}},
     .guests = {{.name = "f", ON("a", 4)}},
     .n_failing = 2,
     .drains = {VERDICT_WARN, VERDICT_YES, VERDICT_YES},
     .failover = VERDICT_NO,
     .says = "When any 2 hosts fail, not all guests can start elsewhere: f of a has fewer than 2 "
             "other hosts to start on"},
};

static Fleet *
fleet_of_row(const Row *row)
{
    FleetBuilder *builder = fleet_builder_new(map);

    for (guint i = 0; i < MAX_HOSTS && row->hosts[i].name != NULL; i++)
        fleet_builder_add_host(builder, &row->hosts[i]);
    for (guint i = 0; i < MAX_GUESTS && row->guests[i].name != NULL; i++) {
        Guest *guest = fleet_builder_add_guest(builder, &row->guests[i]);

        if (row->adapt != NULL)
            row->adapt(guest);
    }
    return fleet_builder_finish(builder);
}

static void
check_row(const Row *row)
{
    g_autoptr(Fleet) fleet = fleet_of_row(row);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);

    pool_of_settings(settings)->failover_hosts = row->n_failing;
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    const PlanPool *pool = only_pool(plan);
    assert_int_equal(pool->drains->len, fleet->hosts->len);
    for (guint i = 0; i < pool->drains->len; i++) {
        const Drain *drain = pool->drains->pdata[i];

        if (drain->verdict != row->drains[i])
            fail_msg("%s: host %s: %s: %s", row->why, fleet_host(fleet, drain->host)->name,
                     verdict_name(drain->verdict), drain->text);
    }
    if (pool->maintenance.failover != row->failover ||
        (row->says != NULL && strstr(pool->maintenance.failover_text, row->says) == NULL))
        fail_msg("%s: %s", row->why, pool->maintenance.failover_text);
}

static void
test_hosts_are_emptied_and_pools_survive_where_there_is_room(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        check_row(&rows[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hosts_are_emptied_and_pools_survive_where_there_is_room),
    };

    return cmocka_run_group_tests(tests, load_map, drop_map);
}
