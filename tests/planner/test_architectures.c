/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hosts of other architectures than x86. libvirt does not look into their CPUs, so what no document
 * tells must not become a yes; and what documents tell must not become a no. So it is with guests
 * without KVM, whose CPU QEMU makes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "planner_fixture.h"

#define ARM .arch = CPU_ARCH_AARCH64, .is_host_model_refused = TRUE
#define S390 .arch = CPU_ARCH_S390X, .vendor = "IBM", .is_host_model = TRUE
#define POWER .arch = CPU_ARCH_PPC64LE, .vendor = "IBM"

static const HostSpec arm_hosts[] = {
    {ARM, .name = "a", .model = "Neoverse-N1", .vendor = "ARM", .models = "?cortex-a57 ?a64fx"},
    {ARM, .name = "b", .model = "Neoverse-N1", .vendor = "ARM", .models = "?cortex-a57 ?a64fx"},
    {ARM, .name = "other", .model = "Kunpeng-920", .vendor = "Hisilicon", .models = "?cortex-a57"},
    {ARM, .name = "older", .model = "Neoverse-N1", .vendor = "ARM", .models = "?cortex-a53"},
    {ARM, .name = "unable", .model = "a64fx", .vendor = "ARM", .models = "!cortex-a57"},
    {ARM, .name = "silent", .model = "", .vendor = "", .models = "?cortex-a57"},
};

static const HostSpec s390_hosts[] = {
    {S390, .name = "z16", .model = "gen16a-base", .features = "vx nnpa",
     .models = "gen16a-base z14"},
    {S390, .name = "z16b", .model = "gen16a-base", .features = "vx", .models = "gen16a-base z14"},
    {S390, .name = "z15", .model = "gen15a-base", .features = "vx", .models = "z14 !gen16a-base"},
    {S390, .name = "z17", .model = "gen17-base", .features = "vx nnpa",
     .models = "gen16a-base z14"},
    {S390, .name = "z17b", .model = "gen17-base", .features = "nnpa", .models = "gen16a-base z14"},
    {.name = "mute", .arch = CPU_ARCH_S390X, .model = "", .vendor = ""},
};

static const HostSpec power_hosts[] = {
    {POWER, .name = "p10", .model = "POWER10"},
    {POWER, .name = "p8", .model = "POWER8"},
    {POWER, .name = "p9", .model = "POWER9"},
};

/* The plan of SPECS with a guest as SPEC on its host, of the hosts' architecture. */
static Plan *
plan_with_guest(const HostSpec *hosts, guint n, GuestSpec spec, const PlanSettings *settings,
                Fleet **ret_fleet)
{
    FleetBuilder *builder = builder_with(hosts, n);

    spec.name = "guest";
    spec.arch = hosts[0].arch;
    (void)fleet_builder_add_guest(builder, &spec);
    *ret_fleet = fleet_builder_finish(builder);
    return planner_plan(*ret_fleet, NULL, settings, map, PLANNER_EVERYTHING);
}

typedef struct {
    const HostSpec *hosts;
    guint n_hosts;
    GuestSpec guest;
    const char *to; /* NULL: its own host, at a start */
    gboolean is_start;
    Verdict expected;  /* WARN: a yes, with or without a remark */
    const char *check; /* that gives it; NULL: none in particular */
} Case;

#define ON(hosts) (hosts), G_N_ELEMENTS(hosts)
#define A57 .host = "a", .model = "cortex-a57"

/* NULL for to: could it start again where it is? */
static const Outcome *
outcome_of(const Plan *plan, const Case *test)
{
    const GuestPlan *guest = guest_at(plan, 0);

    return test->to != NULL ? guest_outcome(plan, test->to, test->is_start)
                            : g_ptr_array_index(guest->outcomes, guest->can_start_here);
}

static void
check_cases(const Case *cases, guint n)
{
    for (guint i = 0; i < n; i++) {
        const Case *test = &cases[i];
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
        g_autoptr(Fleet) fleet = NULL;
        g_autoptr(Plan) plan =
            plan_with_guest(test->hosts, test->n_hosts, test->guest, settings, &fleet);
        const Outcome *outcome = outcome_of(plan, test);
        const Blocker *blocker = test->check != NULL ? find_blocker(outcome, test->check) : NULL;

        if (MAX(outcome->verdict, VERDICT_WARN) != test->expected ||
            (test->check != NULL && (blocker == NULL || blocker->severity != test->expected)))
            fail_msg("case %u, to %s: %d, expected %d by %s", i,
                     test->to != NULL ? test->to : "its own host", (int)outcome->verdict,
                     (int)test->expected, test->check != NULL ? test->check : "-");
    }
}

/* "usable='unknown'" is all that libvirt says of arm models. What runs on an equal host can run. */
static void
test_a_model_is_usable_where_its_hypervisor_or_an_equal_host_says_so(void **state)
{
    const Case cases[] = {
        {ON(arm_hosts), {A57}, "b", FALSE, VERDICT_WARN, NULL},
        {ON(arm_hosts), {A57}, NULL, TRUE, VERDICT_WARN, NULL},
        {ON(arm_hosts), {A57}, "b", TRUE, VERDICT_UNKNOWN, "cpu-model"},
        {ON(arm_hosts), {A57, .is_shut_off = TRUE}, NULL, TRUE, VERDICT_UNKNOWN, "cpu-model"},
        {ON(arm_hosts), {A57}, "other", FALSE, VERDICT_UNKNOWN, "cpu-model"},
        {ON(arm_hosts), {A57}, "silent", FALSE, VERDICT_UNKNOWN, "cpu-model"},
        {ON(arm_hosts), {A57}, "older", FALSE, VERDICT_NO, "cpu-model"},
        {ON(arm_hosts), {A57}, "older", TRUE, VERDICT_NO, "cpu-model"},
        {ON(arm_hosts), {A57}, "unable", FALSE, VERDICT_NO, "cpu-model"},
        {ON(s390_hosts), {.host = "z16", .model = "z14"}, "z15", FALSE, VERDICT_WARN, NULL},
        {ON(s390_hosts),
         {.host = "z16", .model = "gen16a-base"},
         "z15",
         FALSE,
         VERDICT_NO,
         "cpu-model"},
        {ON(s390_hosts),
         {.host = "z16", .model = "z14"},
         "mute",
         FALSE,
         VERDICT_UNKNOWN,
         "cpu-model"},
    };

    (void)state;
    check_cases(cases, G_N_ELEMENTS(cases));
}

/* A feature may be part of a host-model's model without being named. */
static void
test_a_feature_that_no_document_names_is_not_there_for_certain(void **state)
{
    const Case cases[] = {
        {ON(s390_hosts),
         {.host = "z16", .model = "z14", .features = "vx"},
         "z15",
         FALSE,
         VERDICT_WARN,
         NULL},
        {ON(s390_hosts),
         {.host = "z16", .model = "z14", .features = "nnpa"},
         "z15",
         FALSE,
         VERDICT_UNKNOWN,
         "features-unknown"},
        {ON(s390_hosts),
         {.host = "z16", .model = "z14", .features = "nnpa"},
         "z15",
         TRUE,
         VERDICT_UNKNOWN,
         "features-unknown"},
        {ON(s390_hosts),
         {.host = "z16", .model = "gen16a-base", .features = "nnpa"},
         "z16b",
         FALSE,
         VERDICT_NO,
         "features-missing"},
        {ON(s390_hosts),
         {.host = "z16b", .model = "z14", .features = "etoken"},
         "z15",
         FALSE,
         VERDICT_UNKNOWN,
         "cpu-definition"},
        {ON(s390_hosts),
         {.host = "z16", .mode = CPU_MODE_HOST_MODEL, .features = "nnpa"},
         "z15",
         TRUE,
         VERDICT_UNKNOWN,
         "features-unknown"},
        {ON(arm_hosts),
         {.host = "a", .mode = CPU_MODE_HOST_PASSTHROUGH, .features = "sve"},
         "other",
         TRUE,
         VERDICT_UNKNOWN,
         NULL},
    };

    (void)state;
    check_cases(cases, G_N_ELEMENTS(cases));
}

/* Which libvirt writes into the running guest: another machine that can give it can take it in. */
static void
test_a_host_model_guest_of_s390_goes_where_its_model_is_usable(void **state)
{
    const GuestSpec guest = {.host = "z16", .mode = CPU_MODE_HOST_MODEL};
    const Case cases[] = {
        {ON(s390_hosts), guest, "z17", FALSE, VERDICT_WARN, NULL},
        {ON(s390_hosts), guest, "z17b", FALSE, VERDICT_UNKNOWN, "features-unknown"},
        {ON(s390_hosts), guest, "z16b", FALSE, VERDICT_NO, "features-missing"},
        {ON(s390_hosts), guest, "z15", FALSE, VERDICT_NO, "cpu-model"},
        {ON(s390_hosts), guest, "mute", FALSE, VERDICT_UNKNOWN, "cpu-unknown"},
        {ON(s390_hosts),
         {.host = "z16", .mode = CPU_MODE_HOST_PASSTHROUGH},
         "z17",
         FALSE,
         VERDICT_NO,
         "cpu-model"},
    };

    (void)state;
    check_cases(cases, G_N_ELEMENTS(cases));
}

/* QEMU's default under KVM is the host's CPU on all architectures but x86. */
static void
test_a_guest_without_a_cpu_model_has_its_hosts_cpu(void **state)
{
    const Case cases[] = {
        {ON(arm_hosts), {.host = "a"}, "b", FALSE, VERDICT_WARN, "host-passthrough"},
        {ON(arm_hosts), {.host = "a"}, "other", FALSE, VERDICT_NO, "cpu-model"},
        {ON(arm_hosts), {.host = "a"}, "silent", FALSE, VERDICT_UNKNOWN, "cpu-unknown"},
        {ON(s390_hosts), {.host = "z16"}, "z15", FALSE, VERDICT_NO, "cpu-model"},
        {ON(s390_hosts), {.host = "z16"}, "z17", FALSE, VERDICT_WARN, NULL},
        {ON(power_hosts), {.host = "p8"}, "p9", FALSE, VERDICT_NO, "cpu-model"},
    };

    (void)state;
    check_cases(cases, G_N_ELEMENTS(cases));
}

/* <model>power8</model> in a host-model: the generation that the guest's processor runs as. */
static void
test_a_compatibility_mode_goes_to_newer_power_processors_and_back(void **state)
{
    const GuestSpec guest = {.host = "p9", .mode = CPU_MODE_HOST_MODEL, .model = "power8"};
    const GuestSpec newest = {.host = "p10", .mode = CPU_MODE_HOST_MODEL, .model = "power10"};
    const GuestSpec plain = {.host = "p9", .mode = CPU_MODE_HOST_MODEL};
    const Case cases[] = {
        {ON(power_hosts), guest, "p10", FALSE, VERDICT_WARN, NULL},
        {ON(power_hosts), guest, "p8", FALSE, VERDICT_WARN, NULL},
        {ON(power_hosts), newest, "p9", FALSE, VERDICT_NO, "cpu-incompatible"},
        {ON(power_hosts), newest, "p9", TRUE, VERDICT_NO, "cpu-incompatible"},
        {ON(power_hosts), plain, "p8", FALSE, VERDICT_NO, "cpu-model"},
        {ON(power_hosts),
         {.host = "p8", .model = "POWER8"},
         "p9",
         FALSE,
         VERDICT_NO,
         "cpu-incompatible"},
    };

    (void)state;
    check_cases(cases, G_N_ELEMENTS(cases));
}

static void
test_hosts_that_do_not_tell_their_cpu_are_not_equal_for_that(void **state)
{
    const HostSpec specs[] = {
        {.name = "l1", .arch = CPU_ARCH_LOONGARCH64, .model = "", .vendor = ""},
        {.name = "l2", .arch = CPU_ARCH_LOONGARCH64, .model = "", .vendor = ""},
        {.name = "r1", .arch = CPU_ARCH_RISCV64, .model = "", .vendor = ""},
        {.name = "r2", .arch = CPU_ARCH_RISCV64, .model = "", .vendor = ""},
    };
    g_autoptr(Fleet) fleet = fleet_of(specs, G_N_ELEMENTS(specs));
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_EVERYTHING);

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(specs); i += 2)
        for (MatrixSubject subject = 0; subject < SUBJECT_COUNT; subject++)
            assert_int_equal(pair_outcome(plan, subject, specs[i].name, specs[i + 1].name)->verdict,
                             VERDICT_UNKNOWN);
    assert_non_null(
        find_blocker(pair_outcome(plan, SUBJECT_HOST_PASSTHROUGH, "r1", "r2"), "cpu-unknown"));
}

/* libvirt's name of an arm host's CPU is no model that QEMU starts a guest with. */
static void
test_a_template_is_a_cpu_that_guests_can_be_started_with(void **state)
{
    const HostSpec specs[] = {
        {ARM, .name = "a", .model = "Neoverse-N1", .vendor = "ARM", .models = "?neoverse-n1"},
        {ARM, .name = "b", .model = "cortex-a57", .vendor = "ARM", .models = "?cortex-a57"},
        {.name = "c", .arch = CPU_ARCH_AARCH64, .model = "cortex-a53", .vendor = "ARM"},
        {POWER, .name = "p8", .model = "POWER8", .is_host_model = TRUE, .models = "?POWER8"},
        {POWER, .name = "p9", .model = "POWER9", .is_host_model = TRUE, .models = "!POWER9"},
    };
    const char *const expected[] = {NULL, "cortex-a57", NULL, "POWER8", NULL};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(specs); i++) {
        g_autoptr(Fleet) fleet = fleet_of(&specs[i], 1);
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
        const Template *template = find_class(plan, NULL)->template;

        assert_int_equal(template->cpu != NULL, expected[i] != NULL);
        if (expected[i] != NULL)
            assert_string_equal(template->cpu->model, expected[i]);
    }
}

/* The hosts of SPECS with domain capabilities for plain QEMU, and GUEST on "home". */
static Fleet *
fleet_without_kvm(const HostSpec *specs, guint n_specs, GuestSpec guest)
{
    FleetBuilder *builder = builder_with(specs, n_specs);

    guest.name = "guest";
    guest.host = "home";
    fleet_builder_add_guest(builder, &guest)->domain_type = DOMAIN_TYPE_QEMU;
    Fleet *fleet = fleet_builder_finish(builder);
    for (guint i = 0; i < fleet->domain_capabilities->len; i++)
        ((DomainCapabilities *)g_ptr_array_index(fleet->domain_capabilities, i))->domain_type =
            DOMAIN_TYPE_QEMU;
    return fleet;
}

/* As libvirt does, by the domain capabilities for plain QEMU. */
static void
test_a_guest_without_kvm_starts_where_qemu_can_make_its_cpu(void **state)
{
    const HostSpec specs[] = {
        {.name = "home",
         .model = "EPYC",
         .vendor = "AMD",
         .is_host_model = TRUE,
         .models = "qemu64 EPYC"},
        {.name = "silent", .model = "EPYC", .vendor = "AMD"},
        {.name = "to",
         .model = "Westmere",
         .features = "avx",
         .is_host_model = TRUE,
         .models = "qemu64 Westmere !Haswell:avx2,bmi1 !Nehalem:vme"},
    };
    const struct {
        GuestSpec guest;
        const char *to;
        Verdict expected;
        const char *check;
    } cases[] = {
        {{.model = "qemu64"}, "to", VERDICT_WARN, NULL},
        {{.model = "EPYC"}, "to", VERDICT_NO, "cpu-model"},
        {{.model = "Haswell", .check = CPU_CHECK_PARTIAL}, "to", VERDICT_NO, "cpu-incompatible"},
        {{.model = "Haswell", .check = CPU_CHECK_NONE}, "to", VERDICT_UNKNOWN, "cpu-model"},
        {{.model = "Nehalem", .check = CPU_CHECK_PARTIAL}, "to", VERDICT_UNKNOWN, "cpu-model"},
        {{.model = "Nehalem", .features = "-vme", .check = CPU_CHECK_PARTIAL},
         "to",
         VERDICT_WARN,
         NULL},
        {{.model = "Westmere", .features = "avx", .check = CPU_CHECK_PARTIAL},
         "to",
         VERDICT_WARN,
         NULL},
        {{.model = "Westmere", .features = "avx2", .check = CPU_CHECK_PARTIAL},
         "to",
         VERDICT_NO,
         "cpu-incompatible"},
        {{.model = "qemu64"}, "silent", VERDICT_UNKNOWN, "cpu-model"},
        {{.mode = CPU_MODE_HOST_PASSTHROUGH}, "silent", VERDICT_NO, "cpu-mode"},
        {{.mode = CPU_MODE_HOST_MODEL}, "to", VERDICT_WARN, NULL},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
        g_autoptr(Fleet) fleet = fleet_without_kvm(specs, G_N_ELEMENTS(specs), cases[i].guest);
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_EVERYTHING);
        const Outcome *outcome = guest_outcome(plan, cases[i].to, TRUE);
        const char *check = cases[i].check;

        if (MAX(outcome->verdict, VERDICT_WARN) != cases[i].expected ||
            (check != NULL && find_blocker(outcome, check) == NULL))
            fail_msg("case %u: %d", i, (int)outcome->verdict);
        const GuestPlan *guest = guest_at(plan, 0);
        const Outcome *here = g_ptr_array_index(guest->outcomes, guest->can_start_here);
        assert_true(here->verdict <= VERDICT_WARN);
    }
}

/*
 * libvirt refuses names that it does not know, with KVM and without; and a host-model with one
 * cannot be compared with.
 */
static void
test_a_guest_without_kvm_and_with_an_unknown_name_is_not_sure_to_start(void **state)
{
    const HostSpec specs[] = {
        {.name = "home", .model = "Westmere", .is_host_model = TRUE, .models = "qemu64 Westmere"},
        {.name = "to", .model = "Westmere", .is_host_model = TRUE, .models = "qemu64 Westmere"},
        {.name = "odd",
         .model = "Westmere",
         .features = "avx nosuch",
         .is_host_model = TRUE,
         .models = "qemu64 Westmere"},
    };
    const struct {
        GuestSpec guest;
        const char *to;
        gboolean is_sure;
    } cases[] = {
        {{.model = "qemu64"}, "to", TRUE},
        {{.model = "qemu64", .features = "nosuch", .check = CPU_CHECK_NONE}, "to", FALSE},
        {{.model = "Westmere", .features = "nosuch", .check = CPU_CHECK_PARTIAL}, "to", FALSE},
        {{.model = "Westmere", .features = "avx", .check = CPU_CHECK_PARTIAL}, "odd", FALSE},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
        g_autoptr(Fleet) fleet = fleet_without_kvm(specs, G_N_ELEMENTS(specs), cases[i].guest);
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_EVERYTHING);
        const Outcome *outcome = guest_outcome(plan, cases[i].to, TRUE);
        const gboolean is_doubted =
            outcome->verdict == VERDICT_UNKNOWN && find_blocker(outcome, "cpu-definition") != NULL;

        if (is_doubted == cases[i].is_sure || (cases[i].is_sure && outcome->verdict > VERDICT_WARN))
            fail_msg("case %u: %d", i, (int)outcome->verdict);
    }
}

/* What "virt" is on riscv64 changes with each release of QEMU, which no document tells there. */
static void
test_machine_types_without_a_version_go_between_equal_releases_alone(void **state)
{
    const HostSpec specs[] = {
        {.name = "r1",
         .arch = CPU_ARCH_RISCV64,
         .model = "rva23",
         .vendor = "",
         .machines = "virt"},
        {.name = "r2",
         .arch = CPU_ARCH_RISCV64,
         .model = "rva23",
         .vendor = "",
         .machines = "virt"},
        {.name = "r3",
         .arch = CPU_ARCH_RISCV64,
         .model = "rva23",
         .vendor = "",
         .machines = "virt"},
    };
    const char *const releases[] = {NULL, "9.2", "9.1"};
    const Verdict expected[] = {VERDICT_UNKNOWN, VERDICT_WARN, VERDICT_UNKNOWN};
    const GuestSpec guest = {.host = "r1", .mode = CPU_MODE_HOST_PASSTHROUGH, .machine = "virt"};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(releases); i++) {
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
        g_autoptr(Fleet) fleet = NULL;

        for (guint j = 0; j < 2; j++) {
            VersionSettings *version = g_new0(VersionSettings, 1);

            version->hosts = g_ptr_array_new_with_free_func(g_free);
            g_ptr_array_add(version->hosts, g_strdup(j == 0 ? "r1" : "r2"));
            version->versions[SOFTWARE_QEMU] =
                g_strdup(j == 0 && releases[i] != NULL ? "9.2" : releases[i]);
            g_ptr_array_add(settings->versions, version);
        }
        g_autoptr(Plan) plan = plan_with_guest(specs, G_N_ELEMENTS(specs), guest, settings, &fleet);
        const Blocker *blocker = find_blocker(guest_outcome(plan, "r2", FALSE), "machine-type");
        const Blocker *imagined =
            find_blocker(pair_outcome(plan, SUBJECT_HOST_PASSTHROUGH, "r1", "r2"), "machine-type");

        assert_non_null(blocker);
        assert_int_equal(blocker->severity, expected[i]);
        assert_non_null(imagined);
        assert_int_equal(imagined->severity, expected[i]);
        assert_null(find_blocker(guest_outcome(plan, "r2", TRUE), "machine-type"));
    }
}

/* What a pool asks for in the plan file it asks of all its hosts. */
static void
test_a_pools_models_and_required_features_hold_on_all_architectures(void **state)
{
    const HostSpec specs[] = {
        {POWER, .name = "p8", .model = "POWER8"},
        {POWER, .name = "p9", .model = "POWER9"},
        {S390, .name = "z", .model = "z14", .features = "vx", .models = "z14"},
    };
    g_autoptr(Fleet) fleet = fleet_of(specs, G_N_ELEMENTS(specs));
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    PoolSettings *pool = pool_of_settings(settings);

    (void)state;
    g_ptr_array_add(pool->models, g_strdup("POWER9"));
    g_ptr_array_add(pool->required, g_strdup("vx"));
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    assert_null(find_class(plan, "ppc64le-power8")->template->cpu);
    assert_non_null(find_class(plan, "ppc64le-power9")->template->cpu);
    guint n_lacking = 0;
    for (guint i = 0; i < plan->findings->len; i++)
        n_lacking += strcmp(((const Finding *)g_ptr_array_index(plan->findings, i))->id,
                            "required-feature") == 0;
    assert_int_equal(n_lacking, 2); /* the classes of POWER */
    g_ptr_array_add(pool->disabled, g_strdup("sve"));
    g_autoptr(Plan) arm = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    assert_null(find_finding(arm, "unknown-name"));
}

/* libvirt refuses <maxphysaddr> on other architectures than x86. */
static void
test_physical_address_bits_are_promised_and_checked_on_x86_alone(void **state)
{
    const HostSpec specs[] = {
        {POWER, .name = "p1", .model = "POWER9", .address_bits = 64, .is_host_model = TRUE},
        {POWER, .name = "p2", .model = "POWER9", .address_bits = 52, .is_host_model = TRUE},
    };
    g_autoptr(Fleet) fleet = fleet_of(specs, G_N_ELEMENTS(specs));
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_EVERYTHING);

    (void)state;
    assert_int_equal(find_class(plan, NULL)->template->physical_address_bits, 0);
    assert_null(find_blocker(pair_outcome(plan, SUBJECT_HOST_PASSTHROUGH, "p1", "p2"),
                             "physical-address-bits"));
}

/* A host without capabilities that emulates another architecture beside its own. */
static void
test_a_hosts_architecture_is_that_of_kvm_not_of_an_emulator(void **state)
{
    const HostSpec spec = {ARM, .name = "a", .model = "Neoverse-N1", .models = "?cortex-a57"};

    (void)state;
    for (guint first = 0; first < 2; first++) {
        g_autoptr(Fleet) fleet = fleet_of(&spec, 1);
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
        DomainCapabilities *emulated = domain_capabilities_new();
        DomainSet *set = &g_array_index(fleet->domain_sets, DomainSet, 0);

        emulated->arch = CPU_ARCH_X86_64;
        emulated->domain_type = DOMAIN_TYPE_QEMU;
        domain_capabilities_seal(emulated);
        g_ptr_array_add(fleet->domain_capabilities, emulated);
        set->indexes = g_renew(guint32, set->indexes, 2);
        set->n_indexes = 2;
        set->indexes[first] = 1;
        set->indexes[1 - first] = 0;
        g_array_index(fleet->hosts, Host, 0).cpu = FLEET_NO_INDEX;
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
        const Finding *finding = find_finding(plan, "no-cpu");

        assert_non_null(finding); /* arm domain capabilities do not tell the CPU */
        emulated = g_ptr_array_index(fleet->domain_capabilities, 0);
        emulated->host_model = SUPPORT_YES;
        emulated->host_model_cpu = cpu_definition_new(CPU_TYPE_GUEST);
        emulated->host_model_cpu->model = g_strdup("cortex-a57");
        g_autoptr(Plan) told = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
        assert_int_equal(find_class(told, NULL)->arch, CPU_ARCH_AARCH64);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_model_is_usable_where_its_hypervisor_or_an_equal_host_says_so),
        cmocka_unit_test(test_a_feature_that_no_document_names_is_not_there_for_certain),
        cmocka_unit_test(test_a_host_model_guest_of_s390_goes_where_its_model_is_usable),
        cmocka_unit_test(test_a_guest_without_a_cpu_model_has_its_hosts_cpu),
        cmocka_unit_test(test_a_compatibility_mode_goes_to_newer_power_processors_and_back),
        cmocka_unit_test(test_hosts_that_do_not_tell_their_cpu_are_not_equal_for_that),
        cmocka_unit_test(test_a_template_is_a_cpu_that_guests_can_be_started_with),
        cmocka_unit_test(test_a_guest_without_kvm_starts_where_qemu_can_make_its_cpu),
        cmocka_unit_test(test_a_guest_without_kvm_and_with_an_unknown_name_is_not_sure_to_start),
        cmocka_unit_test(test_machine_types_without_a_version_go_between_equal_releases_alone),
        cmocka_unit_test(test_a_pools_models_and_required_features_hold_on_all_architectures),
        cmocka_unit_test(test_physical_address_bits_are_promised_and_checked_on_x86_alone),
        cmocka_unit_test(test_a_hosts_architecture_is_that_of_kvm_not_of_an_emulator),
    };

    return cmocka_run_group_tests(tests, load_map, drop_map);
}
