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
    gboolean is_failover_kept;
} Row;

#define HOST(its_name, gib)                                                                        \
    {                                                                                              \
        .name = (its_name), NEW_HOST, .memory_gib = (gib)                                          \
    }
#define ON(its_host, gib) .host = (its_host), .model = OLD_MODEL, .memory_gib = (gib)

static void
be_unmigratable(Guest *guest)
{
    guest->cpu->mode = CPU_MODE_HOST_PASSTHROUGH;
    guest->cpu->migratable = CPU_SWITCH_OFF;
}

static const Row rows[] = {
    {.why = "one host is emptied at a time, so each finds the room of the third",
     .hosts = {HOST("a", 64), HOST("b", 64), HOST("c", 64)},
     .guests = {{.name = "f", ON("a", 60)}, {.name = "g", ON("b", 60)}},
     .drains = {VERDICT_YES, VERDICT_YES, VERDICT_YES},
     .is_failover_kept = TRUE},
    {.why = "two guests do not share the room of one",
     .hosts = {HOST("a", 128), HOST("b", 64)},
     .guests = {{.name = "f", ON("a", 40)}, {.name = "g", ON("a", 40)}},
     .drains = {VERDICT_NO, VERDICT_YES},
     .is_failover_kept = TRUE},
    {.why = "where nothing tells which guests run, all may",
     .hosts = {HOST("a", 256), HOST("b", 100)},
     .guests = {{.name = "f", ON("a", 90), .is_shut_off = TRUE},
                {.name = "g", ON("a", 60), .is_shut_off = TRUE}},
     .drains = {VERDICT_NO, VERDICT_YES},
     .is_failover_kept = TRUE},
    {.why = "what is known to be shut off needs no memory",
     .hosts = {HOST("a", 256), HOST("b", 100)},
     .guests = {{.name = "f", ON("a", 90), .is_shut_off = TRUE}, {.name = "g", ON("a", 60)}},
     .drains = {VERDICT_YES, VERDICT_YES},
     .is_failover_kept = TRUE},
    {.why = "a host of which too little is known may take what the other has no room for",
     .hosts = {HOST("a", 128),
               HOST("b", 50),
               {.name = "c", NEW_HOST, .memory_gib = 128, .machines = ""}},
     .guests = {{.name = "f", ON("a", 40)}, {.name = "g", ON("a", 40)}},
     .drains = {VERDICT_UNKNOWN, VERDICT_YES, VERDICT_YES},
     .is_failover_kept = TRUE},
    {.why = "that it could start elsewhere moves no running guest",
     .hosts = {HOST("a", 64), HOST("b", 64)},
     .guests = {{.name = "f", ON("a", 4)}},
     .adapt = be_unmigratable,
     .drains = {VERDICT_NO, VERDICT_YES},
     .is_failover_kept = TRUE},

    {.why = "a pool cannot survive the failure of more hosts than it has",
     .hosts = {HOST("a", 64), HOST("b", 64)},
     .n_failing = 3,
     .drains = {VERDICT_YES, VERDICT_YES},
     .is_failover_kept = FALSE},
    {.why = "a guest that left for the host that then fails needs a third",
     .hosts = {HOST("a", 64), HOST("b", 100), HOST("c", 50)},
     .guests = {{.name = "f", ON("a", 60)}},
     .n_failing = 1,
     .drains = {VERDICT_WARN, VERDICT_YES, VERDICT_YES},
     .is_failover_kept = TRUE},
    {.why = "and has it where the third is as large",
     .hosts = {HOST("a", 64), HOST("b", 100), HOST("c", 60)},
     .guests = {{.name = "f", ON("a", 60)}},
     .n_failing = 1,
     .drains = {VERDICT_YES, VERDICT_YES, VERDICT_YES},
     .is_failover_kept = TRUE},
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
    g_autoptr(PlanSettings) settings = test_settings_new(STRATEGY_POOL);

    test_settings_pool(settings)->failover_hosts = row->n_failing;
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    const PlanPool *pool = only_pool(plan);
    assert_int_equal(pool->drains->len, fleet->hosts->len);
    for (guint i = 0; i < pool->drains->len; i++) {
        const Drain *drain = pool->drains->pdata[i];

        if (drain->verdict != row->drains[i])
            fail_msg("%s: host %s: %s: %s", row->why, fleet_host(fleet, drain->host)->name,
                     verdict_name(drain->verdict), drain->text);
    }
    if (pool->maintenance.is_failover_kept != row->is_failover_kept)
        fail_msg("%s: %s", row->why, pool->maintenance.failover_text);
}

static void
test_rows(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        check_row(&rows[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
    };

    return cmocka_run_group_tests(tests, load_map, drop_map);
}
