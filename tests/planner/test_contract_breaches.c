/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Each thing that a published template promises, and hosts that keep it, break it, or do not tell.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "planner_fixture.h"

#define HASWELL .name = "a", .model = "Haswell-noTSX", .is_host_model = TRUE
#define TSC(hz, scaling) .tsc_hz = (hz), .tsc_scaling = CPU_SWITCH_##scaling

typedef struct {
    HostSpec then, now; /* the host when its class was published, and today */
    const char *reason; /* a part of one of its breach's; NULL: it keeps the promise */
} Row;

static const Row rows[] = {
    {{HASWELL}, {HASWELL}, NULL},
    {{HASWELL}, {HASWELL, .features = "umip"}, NULL},
    {{HASWELL}, {HASWELL, .features = "-avx2"}, "It lacks avx2."},

    {{HASWELL}, {HASWELL, .address_bits = 52}, NULL},
    {{HASWELL}, {HASWELL, .address_bits = 45}, "It has 45 physical address bits, the template 46."},
    {{HASWELL}, {HASWELL, .address_bits = G_MAXUINT}, "It does not tell its physical address bits"},

    {{HASWELL, TSC(2100000000, ON)}, {HASWELL, TSC(2600000000, ON)}, NULL},
    {{HASWELL, TSC(2100000000, ON)}, {HASWELL, TSC(2100500000, OFF)}, NULL},
    {{HASWELL, TSC(2100000000, ON)}, {HASWELL, TSC(2100600000, OFF)}, "It cannot give the TSC"},
    {{HASWELL, TSC(2100000000, ON)}, {HASWELL, TSC(2600000000, ABSENT)}, "It cannot give the TSC"},
    {{HASWELL, TSC(2100000000, ON)}, {HASWELL, TSC(0, ON)}, "It cannot give the TSC"},

    {{HASWELL, .machines = "pc-q35-8.2"}, {HASWELL, .machines = "pc-q35-9.0 pc-q35-8.2"}, NULL},
    /* new guests are given the newest of each kind */
    {{HASWELL, .machines = "pc-q35-10.0 pc-q35-9.0"}, {HASWELL, .machines = "pc-q35-10.0"}, NULL},
    {{HASWELL, .machines = "pc-q35-10.0 pc-q35-9.0"},
     {HASWELL, .machines = "pc-q35-9.0"},
     "It lacks the machine type pc-q35-10.0. No guest of the pool has it; new guests would, as the "
     "newest of its kind."},
    {{HASWELL, .machines = "pc-q35-9.0 pc-i440fx-8.2 pc-i440fx-8.1"},
     {HASWELL, .machines = "pc-q35-9.0 pc-i440fx-8.1"},
     "It lacks the machine type pc-i440fx-8.2."},
    {{HASWELL, .machines = "pc-q35-9.0 pc-i440fx-8.2"},
     {HASWELL, .machines = "pc-q35-8.2"},
     "It lacks the machine types pc-i440fx-8.2, pc-q35-9.0. No guest of the pool has one of them; "
     "new guests would, as the newest of their kinds."},
    {{HASWELL, .machines = "pc-q35-rhel10.0.0 pc-q35-rhel9.4.0 pc-q35-rhel8.6.0"},
     {HASWELL, .machines = "pc-q35-rhel10.0.0"},
     NULL},
    {{HASWELL, .machines = "pc-q35-rhel10.0.0 pc-q35-rhel9.4.0"},
     {HASWELL, .machines = "pc-q35-rhel9.4.0"},
     "It lacks the machine type pc-q35-rhel10.0.0."},
    {{HASWELL, .machines = "pc-q35-noble pc-q35-jammy pc-q35-zesty"},
     {HASWELL, .machines = "pc-q35-noble"},
     NULL},
    {{HASWELL, .machines = "pc-q35-noble pc-q35-jammy"},
     {HASWELL, .machines = "pc-q35-jammy"},
     "It lacks the machine type pc-q35-noble."},
    /* what a distribution puts behind its release makes another kind, but for a later edition */
    {{HASWELL, .machines = "pc-q35-noble pc-q35-mantic-hpb pc-q35-jammy-hpb pc-q35-jammy-maxcpus "
                           "pc-q35-mantic-maxcpus"},
     {HASWELL, .machines = "pc-q35-noble pc-q35-mantic-hpb pc-q35-mantic-maxcpus"},
     NULL},
    {{HASWELL, .machines = "pc-q35-noble pc-q35-mantic-hpb pc-q35-jammy-hpb"},
     {HASWELL, .machines = "pc-q35-noble pc-q35-jammy-hpb"},
     "It lacks the machine type pc-q35-mantic-hpb."},
    {{HASWELL, .machines = "pc-q35-resolute pc-q35-noble-v2 pc-q35-noble"},
     {HASWELL, .machines = "pc-q35-resolute"},
     NULL},
    {{HASWELL, .machines = "pc-q35-noble-v2 pc-q35-noble"},
     {HASWELL, .machines = "pc-q35-noble-v2"},
     NULL},
    {{HASWELL, .machines = "pc-q35-noble-v2 pc-q35-noble"},
     {HASWELL, .machines = "pc-q35-noble"},
     "It lacks the machine type pc-q35-noble-v2."},
    {{HASWELL, .machines = "pc-q35-resolute pc-q35-questing"},
     {HASWELL, .machines = "pc-q35-questing"},
     "It lacks the machine type pc-q35-resolute."},
    /* guests of KVM are given no board of Xen */
    {{HASWELL, .machines = "pc-q35-9.0 xenfv-4.2"}, {HASWELL, .machines = "pc-q35-9.0"}, NULL},
    /* what has no release promises nothing to other releases, but something must be left */
    {{HASWELL, .machines = "pc-q35-9.0 isapc"}, {HASWELL, .machines = "pc-q35-9.0"}, NULL},
    {{HASWELL, .machines = "isapc"},
     {HASWELL, .machines = "pc-q35-9.0"},
     "Of the promised machine types the class has none in common any more."},
    {{HASWELL}, {HASWELL, .machines = ""}, "It does not tell its machine types."},

    /* what it may have all the same is told apart from what it lacks */
    {{HASWELL, .features = "vmx vmx-ept"},
     {HASWELL, .features = "vmx", .models = "Haswell-noTSX"},
     "Its libvirt is too old to tell of vmx-ept."},
    {{HASWELL, .features = "tsc_adjust"},
     {.name = "a", .model = "Haswell-noTSX"},
     "Its domain capabilities do not tell of tsc_adjust: they are missing, disagree or leave it "
     "out."},

    {{HASWELL}, {HASWELL, .vendor = "AMD"}, "Its vendor is AMD, not Intel."},
    {{HASWELL}, {HASWELL, .vendor = ""}, "Its vendor is not known, not Intel."},
};

static PlanSettings *
settings_new(void)
{
    PlanSettings *settings = new_settings(STRATEGY_POOL);

    /* Else a host of another vendor is in another class. */
    pool_of_settings(settings)->vendor_rule = VENDOR_RULE_MIXED;
    return settings;
}

static gboolean
has_reason(const Contract *contract, const char *part)
{
    for (guint i = 0; i < contract->breaches->len; i++) {
        const GPtrArray *reasons = g_array_index(contract->breaches, ContractBreach, i).reasons;

        for (guint k = 0; k < reasons->len; k++)
            if (strstr(reasons->pdata[k], part) != NULL)
                return TRUE;
    }
    return FALSE;
}

static void
check_row(const Row *row, guint index)
{
    g_autoptr(Fleet) before = fleet_of(&row->then, 1), after = fleet_of(&row->now, 1);
    g_autoptr(PlanSettings) settings = settings_new();
    g_autoptr(Plan) first = planner_plan(before, NULL, settings, map, PLANNER_CLASSES);

    publish_class(after, find_class(first, NULL));
    g_autoptr(Plan) plan = planner_plan(after, NULL, settings, map, PLANNER_CLASSES);
    const Contract *contract = &find_class(plan, NULL)->contract;
    if (row->reason == NULL && contract->breaches->len > 0)
        fail_msg(
            "row %u: %s", index,
            (const char *)g_array_index(contract->breaches, ContractBreach, 0).reasons->pdata[0]);
    if (row->reason != NULL && !has_reason(contract, row->reason))
        fail_msg("row %u: not '%s'", index, row->reason);
    assert_int_equal(contract->state == CONTRACT_BROKEN, row->reason != NULL);
}

static void
test_each_promise_is_kept_or_its_breach_is_told(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        check_row(&rows[i], i);
}

/* The contract of a host that was published with two machine types, and has the newer one. */
static const Contract *
contract_with_guests(const GuestSpec *guests, guint n, Fleet **ret_fleet, Plan **ret_plan)
{
    const HostSpec then = {HASWELL, .machines = "pc-q35-9.0 pc-q35-8.2"};
    const HostSpec now = {HASWELL, .machines = "pc-q35-9.0"};
    g_autoptr(PlanSettings) settings = settings_new();
    g_autoptr(Fleet) before = fleet_of(&then, 1);
    g_autoptr(Plan) first = planner_plan(before, NULL, settings, map, PLANNER_CLASSES);
    FleetBuilder *builder = builder_with(&now, 1);

    for (guint i = 0; i < n; i++)
        fleet_builder_add_guest(builder, &guests[i]);
    *ret_fleet = fleet_builder_finish(builder);
    publish_class(*ret_fleet, find_class(first, NULL));
    *ret_plan = planner_plan(*ret_fleet, NULL, settings, map, PLANNER_CLASSES);
    return &find_class(*ret_plan, NULL)->contract;
}

static void
test_guests_on_a_lost_machine_type_are_told(void **state)
{
    static const GuestSpec guests[] = {
        {.name = "newer", .host = "a", .machine = "pc-q35-9.0"},
        {.name = "g", .host = "a", .machine = "pc-q35-8.2"},
        {.name = "h", .host = "where-nobody-knows", .machine = "pc-q35-8.2"},
    };
    static const char *const told[] = {"Guest g has it.",
                                       "2 guests of the pool have it, such as g."};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(told); i++) {
        g_autoptr(Fleet) fleet = NULL;
        g_autoptr(Plan) plan = NULL;
        const Contract *contract = contract_with_guests(guests, 2 + i, &fleet, &plan);

        assert_int_equal(contract->state, CONTRACT_BROKEN);
        assert_int_equal(contract->lost_machines->len, 0);
        if (!has_reason(contract, told[i]))
            fail_msg("%u: not '%s'", i, told[i]);
    }
}

static void
test_lost_machine_type_that_nobody_has_narrows_the_contract(void **state)
{
    static const GuestSpec guest = {.name = "newer", .host = "a", .machine = "pc-q35-9.0"};

    (void)state;
    for (guint n = 0; n < 2; n++) {
        g_autoptr(Fleet) fleet = NULL;
        g_autoptr(Plan) plan = NULL;
        const Contract *contract = contract_with_guests(&guest, n, &fleet, &plan);

        assert_int_equal(contract->state, CONTRACT_NARROWED);
        assert_int_equal(contract->lost_machines->len, 1);
        assert_string_equal(contract->lost_machines->pdata[0], "pc-q35-8.2");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_promise_is_kept_or_its_breach_is_told),
        cmocka_unit_test(test_guests_on_a_lost_machine_type_are_told),
        cmocka_unit_test(test_lost_machine_type_that_nobody_has_narrows_the_contract),
    };

    return cmocka_run_group_tests(tests, load_map, drop_map);
}
