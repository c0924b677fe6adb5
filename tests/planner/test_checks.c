/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Each migration check: where it objects, where it does not know, and where it has nothing to say.
 * One row is one guest on host "a" of a pool with host "b"; the rows of a check together must show
 * its worst answer and its silence, which the last test holds them to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "check_cases.h"
#include "data.h"
#include "planner_fixture.h"

static void
add_named_host(FleetBuilder *builder, HostSpec spec, const char *name)
{
    spec.name = name;
    fleet_builder_add_host(builder, &spec);
}

/*
 * Hosts "a" and "b" of the case, "q" whose CPU is not known, and the guest if there is one. With
 * IS_TWINNED there is another before it, "f", which lacks what the case adapts.
 */
static Fleet *
fleet_of_case(const CheckCase *row, gboolean is_twinned)
{
    FleetBuilder *builder = fleet_builder_new(map);
    GuestSpec guest = row->guest;

    builder->fleet->run = 1;
    builder->fleet->run_at = 1735689600; /* 2025-01-01 */
    add_named_host(builder, row->from, "a");
    add_named_host(builder, row->to, "b");
    add_named_host(builder, (HostSpec){.model = "NoSuchModel"}, "q");
    if (guest.name != NULL) {
        if (guest.host == NULL)
            guest.host = "a";
        GuestSpec twin = guest;
        twin.name = "f";
        if (is_twinned)
            fleet_builder_add_guest(builder, &twin);
        Guest *added = fleet_builder_add_guest(builder, &guest);
        if (row->adapt != NULL)
            row->adapt(added);
    }
    if (row->neighbour.name != NULL) {
        GuestSpec neighbour = row->neighbour;

        neighbour.host = "b";
        fleet_builder_add_guest(builder, &neighbour);
    }
    return fleet_builder_finish(builder);
}

static void
tell_versions(PlanSettings *settings, const char *host, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text != NULL ? text : "", " ", -1);
    VersionSettings *versions;

    if (text == NULL)
        return;
    versions = g_new0(VersionSettings, 1);
    versions->hosts = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(versions->hosts, g_strdup(host));
    for (guint i = 0; words[i] != NULL; i++) {
        g_auto(GStrv) parts = g_strsplit(words[i], "=", 2);
        Software software = strcmp(parts[0], "qemu") == 0      ? SOFTWARE_QEMU
                            : strcmp(parts[0], "libvirt") == 0 ? SOFTWARE_LIBVIRT
                                                               : SOFTWARE_KERNEL;
        versions->versions[software] = g_strdup(parts[1]);
    }
    g_ptr_array_add(settings->versions, versions);
}

static void
assert_case(const CheckCase *row, guint index, gboolean is_twinned)
{
    g_autoptr(Fleet) fleet = fleet_of_case(row, is_twinned);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
    tell_versions(settings, "a", row->told_from);
    tell_versions(settings, "b", row->told_to);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    const Outcome *outcome = row->guest.name != NULL
                                 ? named_guest_outcome(plan, row->guest.name, "b", row->is_start)
                                 : pair_outcome(plan, row->subject, "a", "b");
    const Blocker *blocker = find_blocker(outcome, row->check);
    const Verdict found = blocker != NULL ? blocker->severity : VERDICT_YES;

    if (found != row->expected)
        fail_msg("row %u%s: %s says %s, not %s: %s", index, is_twinned ? " beside another" : "",
                 row->check, verdict_name(found), verdict_name(row->expected),
                 blocker != NULL ? blocker->text : "");
    assert_true(outcome->verdict >= row->expected);
    if (blocker == NULL)
        return;
    assert_true(g_str_has_suffix(blocker->text, "."));
    assert_true(strlen(blocker->remedy) > 0);
}

static void
test_each_check_has_the_answers_of_its_cases(void **state)
{
    (void)state;
    for (guint i = 0; check_case(i) != NULL; i++)
        assert_case(check_case(i), i, FALSE);
}

/* Kernels and libvirts that no known-bad pair tells apart part no hosts: they change every week. */
static void
test_versions_that_decide_nothing_part_no_groups(void **state)
{
    static const char *const software[] = {
        "QEMU=9.2.1 libvirt=11.0.0 kernel=6.8.0-50-generic",
        "QEMU=9.2.1 libvirt=11.0.0 kernel=6.8.0-51-generic",
        "QEMU=9.2.1 libvirt=11.1.0 kernel=6.12.9",
        "QEMU=9.2.1 libvirt=11.1.0 kernel=6.1.0",
        "QEMU=9.2.1 libvirt=9.9.0 kernel=6.8.0",
        "QEMU=9.2.2 libvirt=11.0.0 kernel=6.8.0",
        NULL,
    };
    static const guint expected[] = {0, 0, 0, 1, 2, 3, 4};
    FleetBuilder *builder = fleet_builder_new(map);
    guint32 groups[G_N_ELEMENTS(software)];

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(software); i++) {
        g_autofree char *name = g_strdup_printf("h%u", i);
        const HostSpec spec = {.name = name, HOST, .software = software[i]};

        fleet_builder_add_host(builder, &spec);
    }
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_EVERYTHING);
    for (guint i = 0; i < G_N_ELEMENTS(software); i++)
        groups[i] = g_array_index(plan->group_of, guint32, i);
    for (guint i = 0; i < G_N_ELEMENTS(software); i++)
        for (guint j = 0; j < G_N_ELEMENTS(software); j++)
            assert_int_equal(groups[i] == groups[j], expected[i] == expected[j]);
}

/* Guests that are alike share their answers; one that differs in what a check looks at does not. */
static void
test_no_guest_has_the_answers_of_another(void **state)
{
    (void)state;
    for (guint i = 0; check_case(i) != NULL; i++)
        if (check_case(i)->adapt != NULL)
            assert_case(check_case(i), i, TRUE);
}

/* QEMU removes machine types by their age since 10.1, and then all that are too old. */
static void
test_release_without_a_machine_type_is_told(void **state)
{
    static const struct {
        const char *machine, *text;
    } rows[] = {
        {"pc-i440fx-2.12", "QEMU 10.1 and newer lack it."},
        {"pc-q35-3.1", "QEMU 10.1 and newer lack it."},
        {"pc-q35-4.1", "QEMU 10.1 and newer lack it."},
        {"pc-q35-4.2", "QEMU 10.2 (about 2025) is expected to be the first release without it."},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const CheckCase row = {.from = {HOST, .machines = rows[i].machine},
                               .to = {HOST, .machines = rows[i].machine},
                               .guest = {.name = "g", CUSTOM, .machine = rows[i].machine}};
        g_autoptr(Fleet) fleet = fleet_of_case(&row, FALSE);
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
        const Blocker *blocker =
            find_blocker(named_guest_outcome(plan, "g", "b", FALSE), "machine-expiring");

        assert_non_null(strstr(blocker->text, rows[i].text));
    }
}

/* Answers that guests of the table cannot get, each with the reason. */
static const struct {
    const char *check;
    Verdict answer;
} exempt[] = {
    {"cpu-mode", VERDICT_NO},         /* a mode that is refused has a test of its own */
    {"cpu-incompatible", VERDICT_NO}, /* a net under the others: nothing is known to fall into it */
    {"cpu-vendor", VERDICT_WARN},     /* so have pools of mixed vendors */
};

static gboolean
is_exempt(const char *check, Verdict answer)
{
    for (guint i = 0; i < G_N_ELEMENTS(exempt); i++)
        if (strcmp(exempt[i].check, check) == 0 && exempt[i].answer == answer)
            return TRUE;
    return FALSE;
}

static gboolean
has_case(const char *check, Verdict verdict)
{
    for (guint i = 0; check_case(i) != NULL; i++)
        if (strcmp(check_case(i)->check, check) == 0 && check_case(i)->expected == verdict)
            return TRUE;
    return FALSE;
}

/*
 * What says "unknown" where the facts of a check are not told; for those that never do so
 * themselves. NULL: its facts are in the guest's own definition, so they are always told.
 */
static const struct {
    const char *check, *said_by;
} told_by_others[] = {
    {"cpu-mode", "cpu-unknown"},
    {"features-missing", "features-unknown"},
    {"features-nested", "features-unknown"},
    {"features-forbidden", "cpu-unknown"},
    {"features-extra", "cpu-unknown"},
    {"cpu-incompatible", "cpu-definition"},
    {"arch", "machine-type"},
    {"machine-alias", "machine-type"},
    {"machine-deprecated", "machine-type"},
    {"machine-expiring", "machine-type"},
    {"qemu-version", "machine-type"},
    {"same-host", NULL},  /* a host that tells no UUID is one that no other is taken for */
    {"name-taken", NULL}, /* a guest without a UUID is one that no other is taken for */
    {"port-taken", NULL},
    {"cid-taken", NULL},
    {"passthrough-migratable", NULL},
    {"cpu-check", NULL},
    {"cpu-policy", NULL},
    {"tsc-unfixed", NULL},
    {"firmware-state", NULL},
};

static gboolean
is_told_by_others(const char *check)
{
    for (guint i = 0; i < G_N_ELEMENTS(told_by_others); i++)
        if (strcmp(told_by_others[i].check, check) == 0)
            return TRUE;
    return FALSE;
}

/* The gravest that CHECK can say. */
static Verdict
worst_answer(const MigrationCheck *check)
{
    Verdict worst = VERDICT_YES;

    for (Verdict verdict = VERDICT_WARN; verdict < VERDICT_COUNT; verdict++)
        if ((check->answers >> verdict) & 1)
            worst = verdict;
    return worst;
}

/* Every answer that a check can give is in the table, and so is its silence. */
static void
test_every_check_is_tested(void **state)
{
    (void)state;
    for (guint i = 0; i < planner_n_checks(); i++) {
        const MigrationCheck *check = planner_check(i);
        const gboolean can_be_unknown = ((check->answers >> VERDICT_UNKNOWN) & 1) != 0;

        for (Verdict answer = VERDICT_WARN; answer < VERDICT_COUNT; answer++)
            if (((check->answers >> answer) & 1) != 0 && !has_case(check->id, answer) &&
                !is_exempt(check->id, answer))
                fail_msg("check %s is not shown to say %s", check->id, verdict_name(answer));
        if (!has_case(check->id, VERDICT_YES) && !is_exempt(check->id, worst_answer(check)))
            fail_msg("check %s is not shown to be silent", check->id);
        if (can_be_unknown == is_told_by_others(check->id))
            fail_msg("check %s: who says unknown where its facts are not told?", check->id);
    }
    for (guint i = 0; i < G_N_ELEMENTS(told_by_others); i++)
        if (told_by_others[i].said_by != NULL)
            assert_true(has_case(told_by_others[i].said_by, VERDICT_UNKNOWN));
}

/* Nor do guests that differ in a value alone: what they are pinned to, a frequency, a device. */
static void
test_no_guest_has_the_answers_of_another_value(void **state)
{
    static const struct {
        GuestTraitKind kind;
        const char *details[2];
        guint64 tsc_hz[2];
        const char *needs[2];
        const char *check;
        Verdict expected[2];
    } cases[] = {
        {GUEST_TRAIT_CPU_PINNED,
         {"0-3", "40-43"},
         {0, 0},
         {NULL, NULL},
         "host-resource",
         {VERDICT_WARN, VERDICT_UNKNOWN}},
        {GUEST_TRAIT_CLOCK_TSC,
         {NULL, NULL},
         {2100000000, 2600000000},
         {NULL, NULL},
         "tsc-frequency",
         {VERDICT_YES, VERDICT_NO}},
        {GUEST_TRAIT_COUNT,
         {NULL, NULL},
         {0, 0},
         {"video.modelType=vga", "video.modelType=qxl"},
         "device-model",
         {VERDICT_YES, VERDICT_NO}},
    };
    static const char *const names[] = {"f", "g"};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        FleetBuilder *builder = fleet_builder_new(map);

        add_named_host(builder, (HostSpec){HOST}, "a");
        add_named_host(builder,
                       (HostSpec){HOST, .n_cpus = 32, .offers = "video.modelType=vga,virtio",
                                  .tsc_hz = 2100000000, .tsc_scaling = CPU_SWITCH_OFF},
                       "b");
        for (guint g = 0; g < 2; g++) {
            const GuestSpec spec = {.name = names[g], .host = "a", CUSTOM};
            Guest *guest = fleet_builder_add_guest(builder, &spec);

            if (cases[i].kind != GUEST_TRAIT_COUNT)
                guest_add_trait(guest, cases[i].kind, cases[i].details[g], 1);
            if (cases[i].needs[g] != NULL)
                g_ptr_array_add(guest->needs, g_strdup(cases[i].needs[g]));
            guest->tsc_hz = cases[i].tsc_hz[g];
        }
        g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
        for (guint g = 0; g < 2; g++) {
            const Blocker *blocker =
                find_blocker(named_guest_outcome(plan, names[g], "b", FALSE), cases[i].check);

            assert_int_equal(blocker != NULL ? blocker->severity : VERDICT_YES,
                             cases[i].expected[g]);
        }
    }
}

/* A name in the data that the CPU map does not know would be a rule that never speaks. */
static void
test_what_kvm_gives_is_in_the_cpu_map(void **state)
{
    (void)state;
    for (guint i = 0; i < n_kvm_given_rows; i++) {
        const KvmGivenRow *row = &kvm_given_rows[i];
        g_auto(GStrv) names = g_strsplit(row->needs != NULL ? row->needs : "", " ", -1);

        if (cpu_map_find_feature(map, CPU_FAMILY_X86, row->feature) == NULL)
            fail_msg("feature %s", row->feature);
        for (guint j = 0; names[j] != NULL; j++)
            if (cpu_map_find_feature(map, CPU_FAMILY_X86, names[j]) == NULL)
                fail_msg("feature %s", names[j]);
        assert_true(row->module == NULL || strcmp(row->module, "vmx") == 0 ||
                    strcmp(row->module, "svm") == 0);
    }
    for (guint i = 0; i < n_host_only_rows; i++)
        if (cpu_map_find_feature(map, CPU_FAMILY_X86, host_only_rows[i].feature) == NULL)
            fail_msg("feature %s", host_only_rows[i].feature);
}

static void
test_change_of_vendor_is_a_remark_in_a_mixed_pool(void **state)
{
    FleetBuilder *builder = fleet_builder_new(map);

    (void)state;
    add_named_host(builder, (HostSpec){.model = "Westmere"}, "a");
    add_named_host(builder, (HostSpec){.model = "Opteron_G3", .vendor = "AMD"}, "b");
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    pool_of_settings(settings)->vendor_rule = VENDOR_RULE_MIXED;
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);

    assert_int_equal(
        find_blocker(pair_outcome(plan, SUBJECT_TEMPLATE, "a", "b"), "cpu-vendor")->severity,
        VERDICT_WARN);
}

/*
 * Hosts whose frequencies are close are one to the checks: what only the faster of them gives
 * without scaling is not promised of both.
 */
static void
test_tsc_of_like_hosts_is_no_more_than_each_gives(void **state)
{
    FleetBuilder *builder = fleet_builder_new(map);
    const GuestSpec guest = {.name = "g", .host = "a", CUSTOM};

    (void)state;
    add_named_host(builder, (HostSpec){HOST}, "a");
    add_named_host(builder, (HostSpec){HOST, .tsc_hz = 2100000000, .tsc_scaling = CPU_SWITCH_OFF},
                   "b");
    add_named_host(builder, (HostSpec){HOST, .tsc_hz = 2100500000, .tsc_scaling = CPU_SWITCH_OFF},
                   "c");
    Guest *added = fleet_builder_add_guest(builder, &guest);
    guest_add_trait(added, GUEST_TRAIT_CLOCK_TSC, NULL, 1);
    added->tsc_hz = 2100800000;
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    const Blocker *blocker = find_blocker(guest_outcome(plan, "b", FALSE), "tsc-frequency");

    assert_non_null(blocker);
    assert_int_equal(blocker->severity, VERDICT_UNKNOWN);
}

/* A guest runs with the emulator that it names, whose machine types are what counts. */
static void
test_machine_of_another_emulator_is_no_help(void **state)
{
    FleetBuilder *builder = fleet_builder_new(map);
    const GuestSpec guest = {.name = "g", .host = "a", CUSTOM, .machine = "pc-q35-8.2"};
    GuestSupport *named = guest_support_new(CPU_ARCH_X86_64);

    (void)state;
    add_named_host(builder, (HostSpec){HOST}, "a");
    add_named_host(builder, (HostSpec){HOST, .machines = "pc-q35-8.2 pc-q35-7.2"}, "b");
    named->emulator = g_strdup("/usr/local/bin/qemu");
    named->domain_types = DOMAIN_TYPE_KVM;
    g_ptr_array_add(named->machines, machine_type_new("pc-q35-7.2", NULL));
    g_ptr_array_add(((MachineProfile *)g_ptr_array_index(builder->fleet->machines, 1))->guests,
                    named);
    fleet_builder_add_guest(builder, &guest)->emulator = g_strdup(named->emulator);
    g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
    const Blocker *blocker = find_blocker(guest_outcome(plan, "b", FALSE), "machine-type");

    assert_non_null(blocker);
    assert_int_equal(blocker->severity, VERDICT_NO);
}

/* What QEMU itself says of a host's CPU shows nothing of the libvirt there. */
static void
test_reply_of_qemu_tells_no_libvirt(void **state)
{
    static const gboolean is_reply[] = {FALSE, TRUE};
    const GuestSpec guest = {.name = "g", .host = "a", CUSTOM, .features = "vmx"};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(is_reply); i++) {
        FleetBuilder *builder = fleet_builder_new(map);

        add_named_host(builder, (HostSpec){HOST, .models = MODEL, .features = "vmx vmx-ept"}, "a");
        add_named_host(builder, (HostSpec){HOST, .models = MODEL, .features = "vmx"}, "b");
        fleet_builder_add_guest(builder, &guest);
        ((DomainCapabilities *)g_ptr_array_index(builder->fleet->domain_capabilities, 1))
            ->is_qemu_reply = is_reply[i];
        g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
        const Outcome *outcome = guest_outcome(plan, "b", FALSE);

        assert_int_equal(find_blocker(outcome, "known-bad-versions") == NULL, is_reply[i]);
    }
}

static void
test_guest_has_no_target_without_its_cpu_mode(void **state)
{
    static const CpuMode modes[] = {CPU_MODE_HOST_PASSTHROUGH, CPU_MODE_HOST_MODEL,
                                    CPU_MODE_MAXIMUM};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(modes); i++) {
        FleetBuilder *builder = fleet_builder_new(map);
        const GuestSpec guest = {.name = "g", .host = "a", .mode = modes[i]};

        add_named_host(builder, (HostSpec){HOST}, "a");
        add_named_host(builder, (HostSpec){HOST, .features = "umip"}, "b");
        fleet_builder_add_guest(builder, &guest);
        DomainCapabilities *domain = g_ptr_array_index(builder->fleet->domain_capabilities, 1);
        *(modes[i] == CPU_MODE_HOST_PASSTHROUGH ? &domain->host_passthrough
          : modes[i] == CPU_MODE_HOST_MODEL     ? &domain->host_model
                                                : &domain->maximum) = SUPPORT_NO;
        g_autoptr(Fleet) fleet = fleet_builder_finish(builder);
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_EXACT);
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_GUESTS);
        const Blocker *blocker = find_blocker(guest_outcome(plan, "b", TRUE), "cpu-mode");

        assert_non_null(blocker);
        assert_int_equal(blocker->severity, VERDICT_NO);
    }
}

/* "no, unknown, warn": those that there are, the gravest first; owned by the caller */
static char *
answers_of(const MigrationCheck *check)
{
    GString *answers = g_string_new(NULL);

    for (Verdict answer = VERDICT_NO; answer > VERDICT_YES; answer--)
        if ((check->answers >> answer) & 1)
            g_string_append_printf(answers, "%s%s", answers->len > 0 ? ", " : "",
                                   verdict_name(answer));
    return g_string_free(answers, FALSE);
}

/* docs/checks.md is the one table that people read: it names each check, and no other. */
static void
test_documentation_names_every_check(void **state)
{
    g_autofree char *path = g_build_filename(TEST_SOURCE_DIR, "../../docs/checks.md", NULL);
    g_autofree char *text = NULL;
    guint n_rows = 0;

    (void)state;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    for (guint i = 0; i < planner_n_checks(); i++) {
        const MigrationCheck *check = planner_check(i);
        g_autofree char *answers = answers_of(check);
        g_autofree char *row = g_strdup_printf("\n| `%s` | %s |", check->id, answers);
        if (strstr(text, row) == NULL)
            fail_msg("docs/checks.md has no row that begins:%s", row);
    }
    char *pairs = strstr(text, "\n## Known-bad versions\n");
    assert_non_null(pairs);
    for (guint i = 0; i < n_bad_pair_rows; i++) {
        g_autofree char *id = g_strdup_printf("`%s`", bad_pair_rows[i].id);
        if (strstr(pairs, id) == NULL)
            fail_msg("docs/checks.md does not name the known-bad pair %s", id);
    }
    *pairs = '\0';
    for (const char *row = text; (row = strstr(row, "\n| `")) != NULL; row++)
        n_rows++;
    assert_int_equal(n_rows, planner_n_checks());
}

/* The data of known-bad pairs is of each kind of software, and its words are those of verdicts. */
static void
test_known_bad_pairs_are_sound(void **state)
{
    gboolean has[3] = {FALSE};

    (void)state;
    for (guint i = 0; i < n_bad_pair_rows; i++) {
        const BadPairRow *row = &bad_pair_rows[i];
        const char *const kinds[] = {"qemu", "libvirt", "kernel"};
        gboolean is_kind = FALSE;

        for (guint j = 0; j < G_N_ELEMENTS(kinds); j++)
            if (strcmp(row->software, kinds[j]) == 0)
                has[j] = is_kind = TRUE;
        if (!is_kind)
            fail_msg("%s: there is no software %s", row->id, row->software);
        if (strcmp(row->severity, "no") != 0 && strcmp(row->severity, "unknown") != 0)
            fail_msg("%s: severity %s", row->id, row->severity);
        assert_true(row->source_from <= row->source_to && row->target_from <= row->target_to);
        assert_true(strlen(row->source) > 10 && strlen(row->remedy) > 10);
    }
    assert_true(has[0] && has[1] && has[2]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_check_has_the_answers_of_its_cases),
        cmocka_unit_test(test_versions_that_decide_nothing_part_no_groups),
        cmocka_unit_test(test_no_guest_has_the_answers_of_another),
        cmocka_unit_test(test_release_without_a_machine_type_is_told),
        cmocka_unit_test(test_no_guest_has_the_answers_of_another_value),
        cmocka_unit_test(test_tsc_of_like_hosts_is_no_more_than_each_gives),
        cmocka_unit_test(test_machine_of_another_emulator_is_no_help),
        cmocka_unit_test(test_every_check_is_tested),
        cmocka_unit_test(test_reply_of_qemu_tells_no_libvirt),
        cmocka_unit_test(test_guest_has_no_target_without_its_cpu_mode),
        cmocka_unit_test(test_what_kvm_gives_is_in_the_cpu_map),
        cmocka_unit_test(test_change_of_vendor_is_a_remark_in_a_mixed_pool),
        cmocka_unit_test(test_documentation_names_every_check),
        cmocka_unit_test(test_known_bad_pairs_are_sound),
    };

    return cmocka_run_group_tests(tests, load_map, drop_map);
}
