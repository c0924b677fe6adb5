/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Proves that a class's template says the same to each platform in its own form, that a published
 * one is kept, and that no name leaves the folder or the comment where it is written.
 */

#include "data.h"
#include "sample_plan.h"
#include "spelling.h"

#include <reports/forms.h>
#include <reports/reports.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <remove_tree.h>

static const PlanClass *
class_at(const SamplePlan *sample, guint pool, guint index)
{
    return ((const PlanPool *)sample->plan->pools->pdata[pool])->classes->pdata[index];
}

/* The template of KLASS in FORM. Owned by the caller. */
static char *
form_of(const SamplePlan *sample, const PlanClass *klass, ReportForm form)
{
    g_autoptr(ReportForms) forms = report_forms_new(sample->plan);

    return report_form_text(forms, klass, form);
}

/* KLASS planned on MODEL with FEATURES, "aes -svm", alone. */
static void
plan_cpu(const PlanClass *klass, const char *model, const char *features)
{
    CpuDefinition *cpu = klass->template->cpu;
    g_auto(GStrv) words = g_strsplit(features, " ", -1);

    g_free(cpu->model);
    cpu->model = g_strdup(model);
    while (cpu->features->len > 0)
        g_array_remove_index(cpu->features, 0);
    for (guint i = 0; *features != '\0' && words[i] != NULL; i++) {
        const gboolean is_disabled = words[i][0] == '-';

        cpu_definition_set_feature(cpu, words[i] + (is_disabled ? 1 : 0),
                                   is_disabled ? CPU_POLICY_DISABLE : CPU_POLICY_REQUIRE);
    }
}

static void
test_each_form_says_the_same_of_a_template(void **state)
{
    static const struct {
        ReportForm form;
        const char *parts[4];
    } expected[] = {
        {REPORT_FORM_LIBVIRT,
         {"<model fallback='forbid'>EPYC-Milan</model>", "<maxphysaddr mode='emulate' bits='48'/>",
          "<feature policy='disable' name='svm'/>", NULL}},
        {REPORT_FORM_NOVA,
         {"cpu_models = EPYC-Milan\n", "cpu_model_extra_flags = amd-ssbd, cmp_legacy, -svm\n",
          "hw:maxphysaddr_bits=48", NULL}},
        {REPORT_FORM_KUBEVIRT,
         {"model: \"EPYC-Milan\"", "- {name: \"svm\", policy: disable}",
          "left out: 48 physical address bits", NULL}},
        {REPORT_FORM_PROXMOX,
         {"cpu-model: prod-amd-milan\n", "reported-model EPYC-Milan\n",
          "flags +amd-ssbd;+cmp-legacy;-svm\n", "phys-bits 48\n"}},
        {REPORT_FORM_OVIRT,
         {"100:prod-amd-milan:svm,cmp_legacy,model_EPYC-Milan:EPYC-Milan,+amd-ssbd,"
          "+cmp_legacy,-svm:x86_64\n",
          "left out: 48 physical address bits", NULL}},
    };
    const SamplePlan *sample = *state;

    for (gsize i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_autofree char *text = form_of(sample, class_at(sample, 0, 2), expected[i].form);

        for (gsize j = 0; j < G_N_ELEMENTS(expected[i].parts) && expected[i].parts[j]; j++) {
            if (strstr(text, expected[i].parts[j]) == NULL)
                fail_msg("%s lacks '%s':\n%s", report_form_name(expected[i].form),
                         expected[i].parts[j], text);
        }
    }
}

/*
 * Proxmox leaves a reported-model out that it does not know, and takes kvm64 instead of it; for
 * some that it knows it takes another.
 */
static void
test_proxmox_form_names_models_of_proxmox(void **state)
{
    static const struct {
        const char *model, *reported, *instead; /* no REPORTED: no section, and what it would be */
    } cases[] = {
        {"Haswell-v1", "reported-model Haswell\n", NULL},
        {"Skylake-Server-v3", "reported-model Skylake-Server-noTSX-IBRS\n", NULL},
        {"Icelake-Server-v6", "reported-model Icelake-Server-v6\n", NULL},
        {"Snowridge", NULL, "would give guests kvm64\n"},
        {"no-such-model", NULL, "would give guests kvm64\n"},
        {"Icelake-Client", NULL, "would give guests Icelake-Server\n"},
        {"Icelake-Client-noTSX", NULL, "would give guests Icelake-Server-noTSX\n"},
    };
    g_autoptr(SamplePlan) sample = sample_plan_new(SAMPLE_N_HOSTS);
    const PlanClass *klass = class_at(sample, 0, 2);

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_free(klass->template->cpu->model);
        klass->template->cpu->model = g_strdup(cases[i].model);
        g_autofree char *text = form_of(sample, klass, REPORT_FORM_PROXMOX);
        if (cases[i].reported != NULL
                ? strstr(text, cases[i].reported) == NULL
                : strstr(text, "\ncpu-model:") != NULL || strstr(text, cases[i].instead) == NULL)
            fail_msg("%s: %s", cases[i].model, text);
    }
}

/*
 * nova-compute does not start where a flag is not in the host's own CPU: it is told of those that
 * come from KVM, and not asked for what every guest has.
 */
static void
test_nova_form_tells_of_flags_that_hosts_may_lack(void **state)
{
    static const struct {
        const char *vendor, *features, *line, *given; /* NULL: no such line */
    } cases[] = {
        {"AMD", "x2apic hypervisor aes spec-ctrl amd-ssbd",
         "cpu_model_extra_flags = x2apic, aes, spec-ctrl, amd-ssbd\n",
         "lacks them: x2apic, spec-ctrl.\n"},
        {"Intel", "spec-ctrl umip", "cpu_model_extra_flags = spec-ctrl, umip\n",
         "lacks them: umip.\n"},
        {NULL, "spec-ctrl aes", "cpu_model_extra_flags = spec-ctrl, aes\n",
         "lacks them: spec-ctrl.\n"},
        {"Intel", "aes spec-ctrl", "cpu_model_extra_flags = aes, spec-ctrl\n", NULL},
        {"Intel", "hypervisor", NULL, NULL},
        {"Intel", "-hypervisor", "cpu_model_extra_flags = -hypervisor\n", NULL},
    };
    g_autoptr(SamplePlan) sample = sample_plan_new(SAMPLE_N_HOSTS);
    PlanClass *klass = ((PlanPool *)sample->plan->pools->pdata[0])->classes->pdata[2];

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_free(klass->vendor);
        klass->vendor = g_strdup(cases[i].vendor);
        plan_cpu(klass, "EPYC-Milan", cases[i].features);
        g_autofree char *text = form_of(sample, klass, REPORT_FORM_NOVA);

        if (strstr(text, cases[i].line != NULL ? cases[i].line : "cpu_models = EPYC-Milan\n") ==
            NULL)
            fail_msg("'%s': %s", cases[i].features, text);
        assert_int_equal(strstr(text, "cpu_model_extra_flags") != NULL, cases[i].line != NULL);
        assert_int_equal(strstr(text, "skip_cpu_compare_at_startup = True") != NULL,
                         cases[i].given != NULL);
        if (cases[i].given != NULL)
            assert_non_null(strstr(text, cases[i].given));
        assert_int_equal(strstr(text, "need a Nova that") != NULL, cases[i].features[0] == '-');
    }
}

/* A cluster has one default, and it is a model alone. */
static void
test_kubevirt_form_has_the_cluster_s_default_where_a_model_will_do(void **state)
{
    static const struct {
        const char *model, *features;
        gboolean is_default, is_obsolete;
    } cases[] = {
        {"EPYC-Milan", "", TRUE, FALSE},     {"EPYC-Milan", "-svm", FALSE, FALSE},
        {"EPYC-Milan", "aes", FALSE, FALSE}, {"Conroe", "", TRUE, TRUE},
        {"Opteron_G2", "aes", FALSE, TRUE},  {"kvm64-v1", "", TRUE, TRUE},
        {"Opteron_G3", "", TRUE, FALSE},     {"x'; reboot #", "", FALSE, FALSE},
    };
    g_autoptr(SamplePlan) sample = sample_plan_new(SAMPLE_N_HOSTS);
    const PlanClass *klass = class_at(sample, 0, 2);

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        plan_cpu(klass, cases[i].model, cases[i].features);
        g_autofree char *text = form_of(sample, klass, REPORT_FORM_KUBEVIRT);

        if ((strstr(text, "kubectl patch") != NULL) != cases[i].is_default ||
            (strstr(text, "obsoleteCPUModels") != NULL) != cases[i].is_obsolete)
            fail_msg("%s '%s': %s", cases[i].model, cases[i].features, text);
        assert_null(strstr(text, "\napiVersion"));
    }
}

/* The engine files an entry under one vendor, and ends at an architecture that it does not know. */
static void
test_ovirt_form_has_an_entry_for_hosts_that_ovirt_knows(void **state)
{
    static const struct {
        const char *vendor;
        CpuArch arch;
        const char *begin, *end; /* NULL: no entry */
    } cases[] = {
        {"Intel", CPU_ARCH_X86_64, "\n100:prod-amd-milan:vmx,", ":x86_64\n"},
        {"Hygon", CPU_ARCH_X86_64, "\n100:prod-amd-milan:svm,", ":x86_64\n"},
        {NULL, CPU_ARCH_X86_64, NULL, NULL},
        {"Zhaoxin", CPU_ARCH_X86_64, NULL, NULL},
        {"IBM", CPU_ARCH_PPC64LE, "\n100:prod-amd-milan:powernv,", ":ppc64\n"},
        {"IBM", CPU_ARCH_PPC64, "\n100:prod-amd-milan:powernv,", ":ppc64\n"},
        {"ARM", CPU_ARCH_AARCH64, NULL, NULL},
    };
    g_autoptr(SamplePlan) sample = sample_plan_new(SAMPLE_N_HOSTS);
    PlanClass *klass = ((PlanPool *)sample->plan->pools->pdata[0])->classes->pdata[2];

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_free(klass->vendor);
        klass->vendor = g_strdup(cases[i].vendor);
        klass->arch = cases[i].arch;
        g_autofree char *text = form_of(sample, klass, REPORT_FORM_OVIRT);

        if (cases[i].begin == NULL
                ? strstr(text, "\n100:") != NULL || strstr(text, "# left out: oVirt") == NULL
                : strstr(text, cases[i].begin) == NULL || !g_str_has_suffix(text, cases[i].end))
            fail_msg("case %u: %s", i, text);
    }
}

/* No host's kernel reports what KVM makes up for guests. */
static void
test_ovirt_form_asks_hosts_for_no_flag_of_guests(void **state)
{
    g_autoptr(SamplePlan) sample = sample_plan_new(SAMPLE_N_HOSTS);
    const PlanClass *klass = class_at(sample, 0, 2);

    (void)state;
    plan_cpu(klass, "EPYC-Milan", "virt-ssbd vnmi clzero x2apic");
    g_autofree char *text = form_of(sample, klass, REPORT_FORM_OVIRT);
    assert_non_null(strstr(text, ":svm,clzero,model_EPYC-Milan:EPYC-Milan,+virt-ssbd,+vnmi,"));
}

/*
 * What comes from KVM is no flag that a host has to report; but what it makes of others of the
 * host's ("needs") Linux shows by the same name.
 */
static void
test_linux_flags_are_of_hosts_alone(void **state)
{
    const SamplePlan *sample = *state;

    for (guint i = 0; i < n_kvm_feature_rows; i++) {
        const char *name = kvm_feature_rows[i].feature;
        const CpuFeature *feature = cpu_map_find_feature(sample->map, CPU_FAMILY_X86, name);

        if (kvm_feature_rows[i].needs == NULL && spelling_for_linux(feature, name) != NULL)
            fail_msg("KVM gives '%s' to guests", name);
    }
}

/* Proxmox ends a section at an empty line alone, and takes the later of two with one name. */
static void
test_proxmox_forms_of_a_plan_make_one_file(void **state)
{
    static const char *const names[] = {"a.b", "a-b", "a b"};
    static const char *const sections[] = {"cpu-model: a-b\n", "cpu-model: a-b_2\n",
                                           "cpu-model: a-b_3\n"};
    g_autoptr(SamplePlan) sample = sample_plan_new(SAMPLE_N_HOSTS);
    g_autoptr(GString) file = g_string_new(NULL);

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        const PlanClass *klass = class_at(sample, 0, i);

        g_free(klass->template->name);
        klass->template->name = g_strdup(names[i]);
    }
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *text = form_of(sample, class_at(sample, 0, i), REPORT_FORM_PROXMOX);

        assert_true(g_str_has_suffix(text, "\n\n"));
        g_string_append(file, text);
    }
    for (guint i = 0; i < G_N_ELEMENTS(sections); i++)
        assert_non_null(strstr(file->str, sections[i]));
    assert_non_null(strstr(file->str, "custom-a-b_3\n"));
}

/* The machine types that people use come before QEMU's special ones, whatever the order. */
static void
test_forms_name_common_machine_types_first(void **state)
{
    g_autoptr(SamplePlan) sample = sample_plan_new(SAMPLE_N_HOSTS);
    const PlanClass *klass = class_at(sample, 0, 2);
    static const char *const added[] = {"isapc", "microvm", "pc-q35-10.0", "virt-9.2"};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(added); i++)
        g_ptr_array_insert(klass->template->machines, (gint)i, g_strdup(added[i]));
    g_autofree char *text = form_of(sample, klass, REPORT_FORM_NOVA);
    assert_non_null(strstr(text, "every host lists: pc-q35-10.0 pc-i440fx-9.2 virt-9.2 isapc "
                                 "microvm\n"));
}

/* Guests run with what was published: a form must not silently change with the plan. */
static void
test_forms_keep_the_published_template(void **state)
{
    g_autoptr(SamplePlan) sample = sample_plan_new(SAMPLE_N_HOSTS);
    const PlanClass *klass = class_at(sample, 0, 0);

    (void)state;
    g_free(klass->template->cpu->model);
    klass->template->cpu->model = g_strdup("Broadwell");
    for (ReportForm form = 0; form < REPORT_FORM_COUNT; form++) {
        g_autofree char *text = form_of(sample, klass, form);

        assert_non_null(strstr(text, "Skylake-Server-noTSX-IBRS"));
        assert_null(strstr(text, "Broadwell"));
        assert_non_null(strstr(text, "published in run 3"));
        assert_non_null(strstr(text, "BROKEN"));
    }
}

/* What was left out, and why, is known of the template that is planned now. */
static void
test_forms_of_a_published_template_have_the_notes_on_it_alone(void **state)
{
    g_autoptr(SamplePlan) sample = sample_plan_new(SAMPLE_N_HOSTS);
    const PlanClass *klass = class_at(sample, 0, 0);
    const char *note = klass->template->notes->pdata[0];

    (void)state;
    g_autofree char *of_another = form_of(sample, klass, REPORT_FORM_NOVA);
    assert_null(strstr(of_another, note));
    assert_non_null(strstr(of_another, "planned anew it would differ"));
    g_free(klass->template->digest);
    klass->template->digest = g_strdup(klass->contract.published->digest);
    g_autofree char *of_the_same = form_of(sample, klass, REPORT_FORM_NOVA);
    assert_non_null(strstr(of_the_same, note));
    assert_null(strstr(of_the_same, "planned anew it would differ"));
}

static void
test_forms_tell_of_machine_types_that_were_lost(void **state)
{
    g_autoptr(SamplePlan) sample = sample_plan_new(SAMPLE_N_HOSTS);
    const PlanClass *klass = class_at(sample, 0, 0);
    static const char *const kept[] = {"pc-q35-rhel9.4.0", "pc-q35-rhel8.6.0", "pc-i440fx-noble",
                                       "pc-i440fx-jammy"};
    GPtrArray *promised = klass->contract.published->machines;

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(kept); i++) {
        g_ptr_array_add(promised, g_strdup(kept[i]));
        g_ptr_array_add(klass->template->machines, g_strdup(kept[i]));
    }
    g_ptr_array_add(promised, g_strdup("pc-i440fx-2.12"));
    g_ptr_array_add(promised, g_strdup("pc-q35-10.0")); /* which breaks the promise */
    g_ptr_array_add(klass->contract.lost_machines, g_strdup("pc-i440fx-2.12"));
    g_autofree char *text = form_of(sample, klass, REPORT_FORM_NOVA);
    assert_non_null(
        strstr(text, "every host lists: pc-q35-9.2 pc-q35-rhel9.4.0 pc-i440fx-noble\n"));
    assert_non_null(strstr(text, "no guest has them: pc-i440fx-2.12\n"));
}

static void
test_forms_without_a_template_say_so_harmlessly(void **state)
{
    g_autoptr(SamplePlan) sample = sample_plan_new(SAMPLE_N_HOSTS);
    const PlanClass *klass = class_at(sample, 0, 1);

    (void)state;
    g_clear_pointer(&klass->template->cpu, cpu_definition_free);
    g_free(klass->template->name);
    klass->template->name = g_strdup("evil\n--><cpu/>\n[libvirt]");
    for (ReportForm form = 0; form < REPORT_FORM_COUNT; form++) {
        g_autofree char *text = form_of(sample, klass, form);

        assert_non_null(strstr(text, "no template"));
        assert_null(strstr(text, "\n[libvirt]"));
        if (form == REPORT_FORM_LIBVIRT)
            assert_null(strstr(text, "--><cpu"));
    }
}

static void
write_folder(const Plan *plan, const char *folder)
{
    g_autoptr(GError) error = NULL;

    if (!report_write_folder(plan, folder, NULL, &error))
        fail_msg("%s", error->message);
}

static void
test_template_files_have_safe_and_distinct_names(void **state)
{
    g_autofree char *parent = g_dir_make_tmp("virt-plan-test-XXXXXX", NULL);
    g_autofree char *folder = g_build_filename(parent, "out", NULL);
    g_autofree char *first = g_build_filename(folder, "templates", "prod-x.xml", NULL);
    g_autofree char *second = g_build_filename(folder, "templates", "prod-x~2.xml", NULL);
    g_autofree char *escaped =
        g_build_filename(folder, "templates", "prod-..%2F..%2Fetc%2Fpasswd.xml", NULL);
    g_autoptr(SamplePlan) sample = sample_plan_new(SAMPLE_N_HOSTS);
    PlanPool *pool = sample->plan->pools->pdata[0];
    static const char *const names[] = {"x", "x", "../../etc/passwd"};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        PlanClass *klass = pool->classes->pdata[i];
        g_free(klass->name);
        klass->name = g_strdup(names[i]);
    }
    write_folder(sample->plan, folder);
    write_folder(sample->plan, folder);
    assert_true(g_file_test(first, G_FILE_TEST_EXISTS));
    assert_true(g_file_test(second, G_FILE_TEST_EXISTS));
    assert_true(g_file_test(escaped, G_FILE_TEST_EXISTS));
    remove_tree(parent);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_form_says_the_same_of_a_template),
        cmocka_unit_test(test_forms_name_common_machine_types_first),
        cmocka_unit_test(test_proxmox_form_names_models_of_proxmox),
        cmocka_unit_test(test_nova_form_tells_of_flags_that_hosts_may_lack),
        cmocka_unit_test(test_kubevirt_form_has_the_cluster_s_default_where_a_model_will_do),
        cmocka_unit_test(test_ovirt_form_has_an_entry_for_hosts_that_ovirt_knows),
        cmocka_unit_test(test_ovirt_form_asks_hosts_for_no_flag_of_guests),
        cmocka_unit_test(test_linux_flags_are_of_hosts_alone),
        cmocka_unit_test(test_proxmox_forms_of_a_plan_make_one_file),
        cmocka_unit_test(test_forms_keep_the_published_template),
        cmocka_unit_test(test_forms_of_a_published_template_have_the_notes_on_it_alone),
        cmocka_unit_test(test_forms_tell_of_machine_types_that_were_lost),
        cmocka_unit_test(test_forms_without_a_template_say_so_harmlessly),
        cmocka_unit_test(test_template_files_have_safe_and_distinct_names),
    };
    return cmocka_run_group_tests(tests, sample_plan_set_up, sample_plan_tear_down);
}
