/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Proves that a class's template says the same to each platform in its own form, that a published
 * one is kept, and that no name leaves the folder or the comment where it is written.
 */

#include "sample_plan.h"

#include <reports/forms.h>
#include <reports/reports.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <remove_tree.h>

#define N_HOSTS 40

static const PlanClass *
class_at(const SamplePlan *sample, guint pool, guint index)
{
    return ((const PlanPool *)sample->plan->pools->pdata[pool])->classes->pdata[index];
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
         {"cpu_models = EPYC-Milan\n", "cpu_model_extra_flags = +amd-ssbd, +cmp_legacy, -svm\n",
          "hw:maxphysaddr_bits=48", NULL}},
        {REPORT_FORM_KUBEVIRT,
         {"model: \"EPYC-Milan\"", "- {name: \"svm\", policy: disable}", "cpuModel: \"EPYC-Milan\"",
          NULL}},
        {REPORT_FORM_PROXMOX,
         {"cpu-model: prod-amd-milan\n", "reported-model EPYC-Milan\n",
          "flags +amd-ssbd;+cmp-legacy;-svm\n", "phys-bits 48\n"}},
        {REPORT_FORM_OVIRT,
         {"100:prod-amd-milan:svm,cmp_legacy,model_EPYC-Milan:EPYC-Milan,+amd-ssbd,"
          "+cmp_legacy,-svm:x86_64\n",
          NULL}},
    };
    const SamplePlan *sample = *state;

    for (gsize i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_autofree char *text =
            report_form_text(class_at(sample, 0, 2), sample->map, expected[i].form);

        for (gsize j = 0; j < G_N_ELEMENTS(expected[i].parts) && expected[i].parts[j]; j++) {
            if (strstr(text, expected[i].parts[j]) == NULL)
                fail_msg("%s lacks '%s':\n%s", report_form_name(expected[i].form),
                         expected[i].parts[j], text);
        }
    }
}

/* Proxmox leaves a reported-model out that it does not know, and takes kvm64 instead of it. */
static void
test_proxmox_form_names_models_of_proxmox(void **state)
{
    static const struct {
        const char *model, *reported; /* NULL: no section */
    } cases[] = {
        {"Haswell-v1", "reported-model Haswell\n"},
        {"Skylake-Server-v3", "reported-model Skylake-Server-noTSX-IBRS\n"},
        {"Icelake-Server-v6", "reported-model Icelake-Server-v6\n"},
        {"Snowridge", NULL},
        {"no-such-model", NULL},
    };
    g_autoptr(SamplePlan) sample = sample_plan_new(N_HOSTS);
    const PlanClass *klass = class_at(sample, 0, 2);

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_free(klass->template->cpu->model);
        klass->template->cpu->model = g_strdup(cases[i].model);
        g_autofree char *text = report_form_text(klass, sample->map, REPORT_FORM_PROXMOX);
        if (cases[i].reported != NULL ? strstr(text, cases[i].reported) == NULL
                                      : strstr(text, "\ncpu-model:") != NULL ||
                                            strstr(text, "would give guests kvm64") == NULL)
            fail_msg("%s: %s", cases[i].model, text);
    }
}

/* The machine types that people use come before QEMU's special ones, whatever the order. */
static void
test_forms_name_common_machine_types_first(void **state)
{
    g_autoptr(SamplePlan) sample = sample_plan_new(N_HOSTS);
    const PlanClass *klass = class_at(sample, 0, 2);
    static const char *const added[] = {"isapc", "microvm", "pc-q35-10.0", "virt-9.2"};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(added); i++)
        g_ptr_array_insert(klass->template->machines, (gint)i, g_strdup(added[i]));
    g_autofree char *text = report_form_text(klass, sample->map, REPORT_FORM_NOVA);
    assert_non_null(strstr(text, "every host lists: pc-q35-10.0 pc-i440fx-9.2 virt-9.2 isapc "
                                 "microvm\n"));
}

/* Guests run with what was published: a form must not silently change with the plan. */
static void
test_forms_keep_the_published_template(void **state)
{
    g_autoptr(SamplePlan) sample = sample_plan_new(N_HOSTS);
    const PlanClass *klass = class_at(sample, 0, 0);

    (void)state;
    g_free(klass->template->cpu->model);
    klass->template->cpu->model = g_strdup("Broadwell");
    for (ReportForm form = 0; form < REPORT_FORM_COUNT; form++) {
        g_autofree char *text = report_form_text(klass, sample->map, form);

        assert_non_null(strstr(text, "Skylake-Server-noTSX-IBRS"));
        assert_null(strstr(text, "Broadwell"));
        assert_non_null(strstr(text, "published in run 3"));
        assert_non_null(strstr(text, "BROKEN"));
    }
}

static void
test_forms_without_a_template_say_so_harmlessly(void **state)
{
    g_autoptr(SamplePlan) sample = sample_plan_new(N_HOSTS);
    const PlanClass *klass = class_at(sample, 0, 1);

    (void)state;
    g_clear_pointer(&klass->template->cpu, cpu_definition_free);
    g_free(klass->template->name);
    klass->template->name = g_strdup("evil\n--><cpu/>\n[libvirt]");
    for (ReportForm form = 0; form < REPORT_FORM_COUNT; form++) {
        g_autofree char *text = report_form_text(klass, sample->map, form);

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
    g_autoptr(SamplePlan) sample = sample_plan_new(N_HOSTS);
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

static int
set_up(void **state)
{
    *state = sample_plan_new(N_HOSTS);
    return 0;
}

static int
tear_down(void **state)
{
    sample_plan_free(*state);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_form_says_the_same_of_a_template),
        cmocka_unit_test(test_forms_name_common_machine_types_first),
        cmocka_unit_test(test_proxmox_form_names_models_of_proxmox),
        cmocka_unit_test(test_forms_keep_the_published_template),
        cmocka_unit_test(test_forms_without_a_template_say_so_harmlessly),
        cmocka_unit_test(test_template_files_have_safe_and_distinct_names),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
