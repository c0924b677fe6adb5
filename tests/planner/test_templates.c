/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What templates promise: a CPU, address bits, a TSC frequency and machine types that every member
 * can give, and nothing that a member lacks or does not tell.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "data.h"
#include "planner_fixture.h"

/* The trap of libvirt's migratable filter: a model with xsaves on a member without it. */
static void
test_template_never_gives_back_what_a_member_lacks(void **state)
{
    const HostSpec specs[] = {
        {.name = "a", .model = "EPYC-Milan", .vendor = "AMD", .is_host_model = TRUE},
        {.name = "b",
         .model = "EPYC-Milan",
         .vendor = "AMD",
         .features = "-xsaves",
         .is_host_model = TRUE},
    };
    g_autoptr(Fleet) fleet = fleet_of(specs, 2);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    const Template *template = find_class(plan, NULL)->template;

    (void)state;
    assert_string_equal(template->cpu->model, "EPYC-Milan");
    assert_int_equal(cpu_definition_find_feature(template->cpu, "xsaves")->policy,
                     CPU_POLICY_DISABLE);
    assert_false(has_string(template->features, "xsaves"));
}

static void
test_template_asks_for_nothing_that_does_not_migrate(void **state)
{
    const HostSpec spec = {
        .name = "a", .model = "Haswell-noTSX-IBRS", .features = "invtsc", .is_host_model = TRUE};
    g_autoptr(Fleet) fleet = fleet_of(&spec, 1);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);

    (void)state;
    assert_false(has_string(find_class(plan, NULL)->template->features, "invtsc"));
    g_ptr_array_add(pool_of_settings(settings)->required, g_strdup("invtsc"));
    g_autoptr(Plan) required = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    assert_true(has_string(find_class(required, NULL)->template->features, "invtsc"));
}

/* libvirt can be asked to list all that QEMU supports; QEMU keeps some of it from new guests. */
static void
test_template_asks_for_nothing_that_only_old_machine_types_have(void **state)
{
    static const char *const machines[] = {"pc-q35-10.0", "pc-q35-10.1"};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(machines); i++) {
        const HostSpec spec = {.name = "a",
                               .model = "EPYC-Rome",
                               .vendor = "AMD",
                               .features = "arch-capabilities rdctl-no stibp",
                               .is_host_model = TRUE,
                               .domain_machine = machines[i]};
        g_autoptr(Fleet) fleet = fleet_of(&spec, 1);
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
        const Template *template = find_class(plan, NULL)->template;
        const gboolean is_old = i == 0;

        assert_true(has_string(template->features, "stibp"));
        assert_int_equal(has_string(template->features, "arch-capabilities"), is_old);
        assert_int_equal(has_string(template->features, "rdctl-no"), is_old);
        assert_int_equal(cpu_definition_find_feature(template->cpu, "rdctl-no") != NULL, is_old);
    }
}

static void
test_disabled_vmx_takes_nested_features_with_it(void **state)
{
    const HostSpec spec = {.name = "a",
                           .model = "Haswell-noTSX-IBRS",
                           .features = "vmx vmx-ept vmx-vpid aes",
                           .is_host_model = TRUE};
    g_autoptr(Fleet) fleet = fleet_of(&spec, 1);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_ptr_array_add(pool_of_settings(settings)->disabled, g_strdup("vmx"));
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    const GPtrArray *features = find_class(plan, NULL)->template->features;

    (void)state;
    assert_false(has_string(features, "vmx"));
    assert_false(has_string(features, "vmx-ept"));
    assert_true(has_string(features, "aes"));
}

/* AVX-512 is not used without its foundation, nor AES on wide vectors without AVX. */
static void
test_disabled_feature_takes_its_dependents_with_it(void **state)
{
    static const struct {
        const char *model, *disabled, *gone, *stays;
    } cases[] = {
        {"Icelake-Server-noTSX", "avx512f", "avx512bw", "avx2"},
        {"Icelake-Server-noTSX", "avx512f", "avx512vbmi2", "aes"},
        {"Icelake-Server-noTSX", "avx", "vaes", "aes"},
        {"Icelake-Server-noTSX", "xsave", "avx512f", "sse4.2"},
        {"Icelake-Server-noTSX", "avx512vl", "avx512vnni", "avx512f"},
        {"DiamondRapids", "avx10", "avx10-vnni-int", "avx512f"},
        {"GraniteRapids-v2", "avx512f", "avx10-512", "avx2"},
        {"DiamondRapids", "apxf", "apx-nci-ndd-nf", "avx10"},
        {"EPYC-Turin", "perfctr_core", "perfmon-v2", "avx512f"},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const HostSpec spec = {.name = "a", .model = cases[i].model, .is_host_model = TRUE};
        g_autoptr(Fleet) fleet = fleet_of(&spec, 1);
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
        g_ptr_array_add(pool_of_settings(settings)->disabled, g_strdup(cases[i].disabled));
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
        const GPtrArray *features = find_class(plan, NULL)->template->features;

        g_ptr_array_set_size(pool_of_settings(settings)->disabled, 0);
        g_autoptr(Plan) whole = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);

        assert_false(has_string(features, cases[i].disabled));
        assert_false(has_string(features, cases[i].gone));
        assert_true(has_string(features, cases[i].stays));
        assert_true(has_string(find_class(whole, NULL)->template->features, cases[i].gone));
    }
}

/* A name that is misspelt in the data would be passed over in silence. */
static void
test_dependencies_name_known_features(void **state)
{
    (void)state;
    for (guint i = 0; i < n_dependency_rows; i++) {
        g_autofree char *all =
            g_strdup_printf("%s %s", dependency_rows[i].feature, dependency_rows[i].needs);
        g_auto(GStrv) names = g_strsplit(all, " ", -1);

        for (guint j = 0; names[j] != NULL; j++)
            if (cpu_map_find_feature(map, CPU_FAMILY_X86, names[j]) == NULL)
                fail_msg("the CPU map has no '%s'", names[j]);
    }
}

static void
test_host_cpu_alone_leaves_out_what_kvm_keeps(void **state)
{
    const HostSpec spec = {
        .name = "a", .model = "Haswell-noTSX-IBRS", .features = "acpi ds est monitor ssbd"};
    g_autoptr(Fleet) fleet = fleet_of(&spec, 1);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    const PlanClass *klass = find_class(plan, NULL);

    (void)state;
    assert_int_equal(klass->n_host_model, 0);
    assert_true(has_string(klass->template->features, "ssbd"));
    assert_false(has_string(klass->template->features, "acpi"));
    assert_false(has_string(klass->template->features, "monitor"));
}

static void
test_template_parts_are_what_all_can_give(void **state)
{
    const HostSpec specs[] = {
        {.name = "a",
         .model = "Haswell-noTSX-IBRS",
         .address_bits = 46,
         .tsc_hz = 2600000000,
         .tsc_scaling = CPU_SWITCH_ON,
         .machines = "pc-q35-8.2 pc-q35-9.0 q35=pc-q35-9.0"},
        {.name = "b",
         .model = "Haswell-noTSX-IBRS",
         .address_bits = 39,
         .tsc_hz = 2100000000,
         .tsc_scaling = CPU_SWITCH_OFF,
         .machines = "pc-q35-7.2 pc-q35-8.2 q35=pc-q35-8.2"},
    };
    g_autoptr(Fleet) fleet = fleet_of(specs, 2);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    const Template *template = find_class(plan, NULL)->template;

    (void)state;
    assert_int_equal(template->physical_address_bits, 39);
    assert_int_equal(template->tsc_hz, 2100000000);
    assert_int_equal(template->machines->len, 1);
    assert_string_equal(g_ptr_array_index(template->machines, 0), "pc-q35-8.2");
}

/* What one member does not tell is promised by none. */
static void
test_template_promises_nothing_that_a_member_does_not_tell(void **state)
{
    static const struct {
        HostSpec hosts[2];
        guint bits;
        guint64 tsc_hz;
        guint n_machines;
    } cases[] = {
        {{{.name = "a", .model = "Haswell-noTSX-IBRS"},
          {.name = "b", .model = "Haswell-noTSX-IBRS", .address_bits = G_MAXUINT}},
         0,
         0,
         3},
        {{{.name = "a", .model = "Haswell-noTSX-IBRS", .machines = ""},
          {.name = "b", .model = "Haswell-noTSX-IBRS"}},
         46,
         0,
         0},
        /* whether they scale is not told, so each gives its own frequency alone */
        {{{.name = "a", .model = "Haswell-noTSX-IBRS", .tsc_hz = 2600000000},
          {.name = "b", .model = "Haswell-noTSX-IBRS", .tsc_hz = 2100000000}},
         46,
         0,
         3},
        {{{.name = "a", .model = "Haswell-noTSX-IBRS", .tsc_hz = 2100500000},
          {.name = "b", .model = "Haswell-noTSX-IBRS", .tsc_hz = 2100000000}},
         46,
         2100500000,
         3},
        {{{.name = "a", .model = "Haswell-noTSX-IBRS", .tsc_hz = 2100000000},
          {.name = "b", .model = "Haswell-noTSX-IBRS"}},
         46,
         0,
         3},
        /* where all scale, the slowest of them */
        {{{.name = "a",
           .model = "Haswell-noTSX-IBRS",
           .tsc_hz = 2600000000,
           .tsc_scaling = CPU_SWITCH_ON},
          {.name = "b",
           .model = "Haswell-noTSX-IBRS",
           .tsc_hz = 2100000000,
           .tsc_scaling = CPU_SWITCH_ON}},
         46,
         2100000000,
         3},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Fleet) fleet = fleet_of(cases[i].hosts, 2);
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
        const Template *template = find_class(plan, NULL)->template;

        assert_int_equal(template->physical_address_bits, cases[i].bits);
        assert_int_equal(template->tsc_hz, cases[i].tsc_hz);
        assert_int_equal(template->machines->len, cases[i].n_machines);
    }
}

/* The only note that has WORDS in it; NULL when none does. */
static const char *
find_note(const Template *template, const char *words)
{
    const char *found = NULL;

    for (guint i = 0; i < template->notes->len; i++) {
        if (strstr(template->notes->pdata[i], words) == NULL)
            continue;
        assert_null(found);
        found = template->notes->pdata[i];
    }
    return found;
}

/* A host with an old libvirt starts guests of the template without the bits that it says. */
static void
test_template_tells_whose_libvirt_passes_over_address_bits(void **state)
{
    HostSpec specs[] = {
        {.name = "a", .model = "Haswell-noTSX-IBRS", .software = "libvirt=8.0.0"},
        {.name = "b", .model = "Haswell-noTSX-IBRS", .software = "libvirt=8.7.0"},
        {.name = "c", .model = "Haswell-noTSX-IBRS"},
    };
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Fleet) fleet = fleet_of(specs, G_N_ELEMENTS(specs));
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);

    (void)state;
    assert_true(find_class(plan, NULL)->template->cpu->has_maxphysaddr);
    assert_non_null(
        find_note(find_class(plan, NULL)->template, "The libvirt of 1 of 3 members, older"));
    specs[0].software = "libvirt=8.7.0";
    g_autoptr(Fleet) newer = fleet_of(specs, G_N_ELEMENTS(specs));
    g_autoptr(Plan) other = planner_plan(newer, NULL, settings, map, PLANNER_CLASSES);
    assert_null(find_note(find_class(other, NULL)->template, "<maxphysaddr>"));
}

/* A host that emulates other architectures has machine types that the class's guests cannot use. */
static void
test_template_lists_machines_of_its_architecture(void **state)
{
    const HostSpec spec = {.name = "a", OLD_HOST, .machines = "pc-q35-9.0"};
    g_autoptr(Fleet) fleet = fleet_of(&spec, 1);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    GuestSupport *other = guest_support_new(CPU_ARCH_AARCH64);

    (void)state;
    g_ptr_array_add(other->machines, machine_type_new("virt-9.0", NULL));
    g_ptr_array_add(((MachineProfile *)g_ptr_array_index(fleet->machines, 0))->guests, other);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    const Template *template = find_class(plan, NULL)->template;
    assert_int_equal(template->machines->len, 1);
    assert_string_equal(g_ptr_array_index(template->machines, 0), "pc-q35-9.0");
}

#define CASCADELAKE_NO_TSX                                                                         \
    .name = "a", .model = "Cascadelake-Server", .features = "-hle -rtm", .is_host_model = TRUE

/*
 * Nova, KubeVirt and oVirt ask for the model alone. libvirt has no host-model on a "-noTSX", and
 * takes it from guests.
 */
static void
test_template_is_on_a_model_that_members_can_run_as_it_is(void **state)
{
    static const struct {
        HostSpec host;
        const char *model;
    } cases[] = {
        /* the members' own model comes first where it can be run */
        {{CASCADELAKE_NO_TSX, .models = "Cascadelake-Server Cascadelake-Server-noTSX"},
         "Cascadelake-Server"},
        {{CASCADELAKE_NO_TSX, .models = "!Cascadelake-Server:hle,rtm Cascadelake-Server-noTSX "
                                        "Haswell-noTSX Cascadelake-Server-v4"},
         "Cascadelake-Server-noTSX"},
        {{CASCADELAKE_NO_TSX, .models = "!Cascadelake-Server:hle,rtm ?Cascadelake-Server-noTSX "
                                        "Haswell-noTSX Nehalem"},
         "Haswell-noTSX"},
        {{CASCADELAKE_NO_TSX,
          .models = "!Cascadelake-Server:hle,rtm ?Cascadelake-Server-noTSX !Haswell:hle,rtm"},
         "Cascadelake-Server-noTSX"},
        {{CASCADELAKE_NO_TSX, .models = "!Cascadelake-Server:hle,rtm Cascadelake-Server-v4"},
         "Cascadelake-Server-v4"},
        {{.name = "a",
          .model = "Snowridge",
          .features = "-mpx",
          .is_host_model = TRUE,
          .models = "!Snowridge:mpx Snowridge-v2 Nehalem Westmere Denverton-v2"},
         "Snowridge-v2"},
        {{.name = "a", .model = "Cascadelake-Server-noTSX"}, "Cascadelake-Server-noTSX"},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Fleet) fleet = fleet_of(&cases[i].host, 1);
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
        const Template *template = find_class(plan, NULL)->template;

        assert_string_equal(template->cpu->model, cases[i].model);
        assert_true(has_string(template->features, "sse4.2"));
        assert_false(has_string(template->features, "hle"));
        assert_null(find_note(template, "alone unusable"));
    }
}

/* A template is what every member can give: one that cannot run a model is enough. */
static void
test_template_takes_no_model_that_one_member_cannot_run(void **state)
{
    const HostSpec specs[] = {
        {CASCADELAKE_NO_TSX, .models = "Cascadelake-Server Cascadelake-Server-noTSX"},
        {.name = "b",
         .model = "Cascadelake-Server",
         .features = "-hle -rtm",
         .is_host_model = TRUE,
         .models = "!Cascadelake-Server:hle,rtm Cascadelake-Server-noTSX"},
    };
    g_autoptr(Fleet) fleet = fleet_of(specs, 2);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);

    (void)state;
    assert_string_equal(find_class(plan, NULL)->template->cpu->model, "Cascadelake-Server-noTSX");
}

static void
test_template_says_that_a_member_cannot_run_its_model_alone(void **state)
{
    const HostSpec spec = {CASCADELAKE_NO_TSX, .models = "!Cascadelake-Server:hle,rtm"};
    g_autoptr(Fleet) fleet = fleet_of(&spec, 1);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    const Template *template = find_class(plan, NULL)->template;

    (void)state;
    assert_string_equal(template->cpu->model, "Cascadelake-Server");
    assert_non_null(find_note(template, "alone unusable"));
    assert_non_null(strstr(find_note(template, "alone unusable"),
                           "Cascadelake-Server alone unusable for want of "
                           "hle, rtm."));
}

/* A level does not change with its members, and so neither does its model. */
static void
test_template_of_a_level_is_on_the_level_s_model(void **state)
{
    static const char *const models[] = {
        "Cascadelake-Server !Cascadelake-Server-noTSX:avx512vnni Haswell-noTSX",
        "!Cascadelake-Server:hle Cascadelake-Server-noTSX Haswell-noTSX",
        "?Cascadelake-Server ?Cascadelake-Server-noTSX", NULL};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(models); i++) {
        const HostSpec spec = {.name = "a",
                               .model = "Cascadelake-Server-noTSX",
                               .features = "md-clear",
                               .is_host_model = TRUE,
                               .models = models[i]};
        g_autoptr(Fleet) fleet = fleet_of(&spec, 1);
        g_autoptr(PlanSettings) settings = new_settings(STRATEGY_LADDER);
        g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
        const PlanClass *klass = find_class(plan, NULL);

        assert_string_equal(klass->name, "intel-cascadelake");
        assert_string_equal(klass->template->cpu->model, "Cascadelake-Server-noTSX");
        assert_int_equal(find_note(klass->template, "alone unusable") != NULL, i == 0);
    }
}

/* Guests run with what was published, whatever model would be chosen for it now. */
static void
test_published_template_stays_on_its_model(void **state)
{
    const HostSpec before = {CASCADELAKE_NO_TSX, .models = "!Cascadelake-Server:hle,rtm"};
    const HostSpec after = {CASCADELAKE_NO_TSX,
                            .models = "!Cascadelake-Server:hle,rtm Cascadelake-Server-noTSX"};
    g_autoptr(Fleet) old_fleet = fleet_of(&before, 1);
    g_autoptr(Fleet) fleet = fleet_of(&after, 1);
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Plan) old_plan = planner_plan(old_fleet, NULL, settings, map, PLANNER_CLASSES);

    (void)state;
    publish_class(fleet, find_class(old_plan, NULL));
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    const PlanClass *klass = find_class(plan, NULL);
    assert_non_null(klass->contract.published);
    assert_string_equal(klass->contract.published->cpu->model, "Cascadelake-Server");
    assert_string_equal(klass->template->cpu->model, "Cascadelake-Server-noTSX");
    assert_int_not_equal(klass->contract.state, CONTRACT_BROKEN);
}

/* A class has one CPU, and what else its hosts differ in is not hidden by that. */
static void
test_ways_inside_of_a_class_are_counted_with_what_closes_them(void **state)
{
    const HostSpec hosts[] = {{.name = "a", OLD_HOST},
                              {.name = "b", OLD_HOST},
                              {.name = "c", OLD_HOST, .security = "selinux"},
                              {.name = "x", .model = "EPYC-Rome", .vendor = "AMD"}};
    g_autoptr(Fleet) fleet = fleet_of(hosts, G_N_ELEMENTS(hosts));
    g_autoptr(PlanSettings) settings = new_settings(STRATEGY_POOL);
    g_autoptr(Plan) plan = planner_plan(fleet, NULL, settings, map, PLANNER_EVERYTHING);
    const PlanClass *mixed = find_class(plan, "intel"), *alone = find_class(plan, "amd");

    (void)state;
    assert_int_equal(mixed->n_ways[VERDICT_YES] + mixed->n_ways[VERDICT_WARN], 2);
    assert_int_equal(mixed->n_ways[VERDICT_NO], 4);
    assert_int_equal(mixed->barriers->len, 1);
    assert_string_equal(mixed->barriers->pdata[0], "security-model");
    for (Verdict verdict = 0; verdict < VERDICT_COUNT; verdict++)
        assert_int_equal(alone->n_ways[verdict], 0);
    assert_int_equal(alone->barriers->len, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_template_never_gives_back_what_a_member_lacks),
        cmocka_unit_test(test_template_asks_for_nothing_that_does_not_migrate),
        cmocka_unit_test(test_template_asks_for_nothing_that_only_old_machine_types_have),
        cmocka_unit_test(test_disabled_vmx_takes_nested_features_with_it),
        cmocka_unit_test(test_disabled_feature_takes_its_dependents_with_it),
        cmocka_unit_test(test_dependencies_name_known_features),
        cmocka_unit_test(test_host_cpu_alone_leaves_out_what_kvm_keeps),
        cmocka_unit_test(test_template_parts_are_what_all_can_give),
        cmocka_unit_test(test_template_promises_nothing_that_a_member_does_not_tell),
        cmocka_unit_test(test_template_tells_whose_libvirt_passes_over_address_bits),
        cmocka_unit_test(test_template_lists_machines_of_its_architecture),
        cmocka_unit_test(test_template_is_on_a_model_that_members_can_run_as_it_is),
        cmocka_unit_test(test_template_takes_no_model_that_one_member_cannot_run),
        cmocka_unit_test(test_template_says_that_a_member_cannot_run_its_model_alone),
        cmocka_unit_test(test_template_of_a_level_is_on_the_level_s_model),
        cmocka_unit_test(test_published_template_stays_on_its_model),
        cmocka_unit_test(test_ways_inside_of_a_class_are_counted_with_what_closes_them),
    };

    return cmocka_run_group_tests(tests, load_map, drop_map);
}
