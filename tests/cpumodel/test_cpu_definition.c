/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `<cpu>` elements: what is read is written back as libvirt would, and what libvirt refuses is
 * refused.
 */

#include "cpu_testing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define HOST "<arch>x86_64</arch><model>Haswell</model>"

/* What goes in, and what comes out; NULL for the same. */
static const struct {
    const char *in;
    const char *out;
} good[] = {
    /* an empty definition is nothing at all */
    {"<cpu/>", ""},
    {"<cpu mode='host-model'/>\n", NULL},
    /* defaults are written, other than the check */
    {"<cpu><model>486</model></cpu>",
     "<cpu mode='custom' match='exact'>\n  <model fallback='allow'>486</model>\n</cpu>\n"},
    {"<cpu match='strict' check='default'><model fallback=''>486</model></cpu>",
     "<cpu mode='custom' match='strict'>\n  <model fallback='allow'>486</model>\n</cpu>\n"},
    /* the modes that take the host's CPU show no model */
    {"<cpu mode='host-passthrough' migratable='off'><model>486</model></cpu>",
     "<cpu mode='host-passthrough' migratable='off'/>\n"},
    /* a model's fallback is lost without a model; a vendor_id is not */
    {"<cpu mode='host-model'><model fallback='forbid' vendor_id='GenuineTests'/></cpu>",
     "<cpu mode='host-model'>\n  <model vendor_id='GenuineTests'/>\n</cpu>\n"},
    /* absent parts of a topology are one */
    {"<cpu><topology sockets='1' cores='2' threads='3'/></cpu>",
     "<cpu>\n  <topology sockets='1' dies='1' clusters='1' cores='2' threads='3'/>\n</cpu>\n"},
    /* the first child counts, unknown ones do not, and only direct ones */
    {"<cpu><model>a&amp;b</model><model>c</model><x><feature name='y'/></x></cpu>",
     "<cpu mode='custom' match='exact'>\n  <model fallback='allow'>a&amp;b</model>\n</cpu>\n"},
    /* a host: no attributes, no policies */
    {"<cpu><feature policy='whatever' name='vmx'/>" HOST
     "<signature family='6' model='60' stepping='3'/><microcode version='+25'/>"
     "<counter name='hpet'/><counter name='tsc' frequency='99' scaling='no'/></cpu>",
     "<cpu>\n  <arch>x86_64</arch>\n  <model>Haswell</model>\n  <microcode version='25'/>\n"
     "  <signature family='6' model='60' stepping='3'/>\n"
     "  <counter name='tsc' frequency='99' scaling='no'/>\n  <feature name='vmx'/>\n</cpu>\n"},
    {"<cpu><cache level='3' mode='emulate'/><maxphysaddr mode='passthrough' limit='46'/></cpu>",
     "<cpu>\n  <cache level='3' mode='emulate'/>\n"
     "  <maxphysaddr mode='passthrough' limit='46'/>\n</cpu>\n"},
    /* wherever it is found */
    {"<?xml version='1.0'?>\n<w><domain><cpu mode='maximum'/></domain></w>",
     "<cpu mode='maximum'/>\n"},
    {"<capabilities><host><cpu>" HOST "<features><x/></features></cpu></host></capabilities>",
     "<cpu>\n  <arch>x86_64</arch>\n  <model>Haswell</model>\n</cpu>\n"},
    {"<domainCapabilities><cpu><mode name='maximum' supported='yes'/>"
     "<mode name='host-model' supported='yes'><model fallback='forbid'>486</model></mode></cpu>"
     "</domainCapabilities>",
     "<cpu mode='custom' match='exact'>\n  <model fallback='forbid'>486</model>\n</cpu>\n"},
};

/* What is wrong, and a word of the message. */
static const struct {
    const char *in;
    const char *message;
} bad[] = {
    {"<cpu mode='fast'/>", "'fast'"},
    {"<cpu check='enforce'/>", "'enforce'"},
    {"<cpu migratable='on'/>", "'migratable'"},
    {"<cpu match='exact'>" HOST "</cpu>", "'match'"},
    {"<cpu mode='custom'>" HOST "</cpu>", "'mode'"},
    {"<cpu><arch>z80</arch><model>Z</model></cpu>", "'z80'"},
    {"<cpu><arch>x86_64</arch></cpu>", "<model>"},
    {"<cpu><arch>x86_64</arch><model></model></cpu>", "<model>"},
    {"<cpu><vendor>Intel</vendor></cpu>", "<vendor>"},
    {"<cpu><feature name='sse'/></cpu>", "<model>"},
    {"<cpu><model>486</model><feature/></cpu>", "without a name"},
    {"<cpu><model>486</model><feature name=''/></cpu>", "without a name"},
    {"<cpu><model>486</model><feature policy='' name='sse'/></cpu>", "policy"},
    {"<cpu><model>486</model><feature name='sse'/><feature name='sse'/></cpu>", "twice"},
    {"<cpu><model fallback='maybe'>486</model></cpu>", "'maybe'"},
    {"<cpu><model vendor_id='short'>486</model></cpu>", "vendor_id"},
    {"<cpu><model vendor_id='Genuine,Test'>486</model></cpu>", "comma"},
    {"<cpu><topology sockets='1' cores='1'/></cpu>", "'threads'"},
    {"<cpu><topology sockets='0' cores='1' threads='1'/></cpu>", "'sockets'"},
    {"<cpu><topology sockets='1 ' cores='1' threads='1'/></cpu>", "'1 '"},
    {"<cpu><topology sockets='-1' cores='1' threads='1'/></cpu>", "'-1'"},
    {"<cpu><topology sockets='4294967296' cores='1' threads='1'/></cpu>", "'4294967296'"},
    {"<cpu><cache/></cpu>", "'mode'"},
    {"<cpu><cache mode='emulate' level='9'/></cpu>", "'9'"},
    {"<cpu><cache mode='disable'/><cache mode='disable'/></cpu>", "more than one"},
    {"<cpu><maxphysaddr mode='emulate' limit='40'/></cpu>", "'limit'"},
    {"<cpu>" HOST "<signature family='6' model='1'/></cpu>", "'stepping'"},
    {"<cpu>" HOST "<signature family='0' model='1' stepping='1'/></cpu>", "'family'"},
    {"<cpu>" HOST "<counter name='tsc'/></cpu>", "'frequency'"},
    {"<cpu>" HOST "<microcode version='0x1'/></cpu>", "'0x1'"},
    {"", "no CPU"},
    {"<domain><name>a</name></domain>", "no CPU"},
    {"<domainCapabilities><cpu><mode name='host-model' supported='no'/></cpu>"
     "</domainCapabilities>",
     "no CPU"},
    {"<x:cpu xmlns:x='y'/>", "no CPU"},
    {"<cpu>", "not well-formed"},
    {"<cpu/>\n<!DOCTYPE a []>", "DTD"},
    {"<cpu>&lol;</cpu>", "not well-formed"},
};

static void
test_good_definition_survives_reading_copying_and_writing(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autoptr(CpuDefinition) cpu = testing_cpu(good[i].in);
        g_autofree char *out = testing_format(cpu);

        assert_string_equal(out, good[i].out == NULL ? good[i].in : good[i].out);
        g_autoptr(CpuDefinition) copy = cpu_definition_copy(cpu);
        g_autofree char *again = testing_format(copy);
        assert_string_equal(out, again);
    }
}

static void
test_bad_definition_is_refused_with_what_is_wrong(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(CpuDefinition) cpu = testing_parse(bad[i].in, &error);

        if (cpu != NULL || error == NULL || strstr(error->message, bad[i].message) == NULL)
            fail_msg("%s: %s", bad[i].in, error == NULL ? "accepted" : error->message);
    }
}

static void
test_error_names_the_line_behind_earlier_documents(void **state)
{
    g_autoptr(GError) error = NULL;

    (void)state;
    assert_null(testing_parse_all("<?xml version='1.0'\n?>\n<cpu/>\n<?xml version='1.0'?>\n"
                                  "<cpu>\n<model>486</model>\n<feature/></cpu>",
                                  &error));
    assert_true(g_str_has_prefix(error->message, "line 7: "));
}

static void
test_thousand_definitions_of_one_text_are_read(void **state)
{
    g_autoptr(GString) text = g_string_new(NULL);

    (void)state;
    for (guint i = 0; i < 1000; i++)
        g_string_append(text, "<cpu>" HOST "<feature name='vmx'/></cpu>\n");
    g_autoptr(GPtrArray) cpus = testing_parse_all(text->str, NULL);
    assert_non_null(cpus);
    assert_int_equal(cpus->len, 1000);
}

static void
test_feature_is_set_once_and_found_by_its_name(void **state)
{
    g_autoptr(CpuDefinition) cpu = cpu_definition_new(CPU_TYPE_GUEST);

    (void)state;
    cpu_definition_append_feature(cpu, "vmx", CPU_POLICY_REQUIRE);
    cpu_definition_set_feature(cpu, "3dnow", CPU_POLICY_OPTIONAL);
    cpu_definition_set_feature(cpu, "vmx", CPU_POLICY_DISABLE);
    assert_int_equal(cpu->features->len, 2);
    assert_int_equal(cpu_definition_find_feature(cpu, "vmx")->policy, CPU_POLICY_DISABLE);
    assert_null(cpu_definition_find_feature(cpu, "svm"));
    cpu_definition_sort_features(cpu);
    assert_string_equal(cpu_definition_feature(cpu, 0)->name, "3dnow");
    cpu_definition_clear_features(cpu);
    assert_int_equal(cpu->features->len, 0);
}

/* Copies, and definitions that are read together, share names: what one is given is its own. */
static void
test_what_one_definition_is_given_the_others_do_not_have(void **state)
{
    g_autoptr(GPtrArray) cpus = testing_parse_all(
        "<cpu>" HOST "<feature name='vmx'/></cpu><cpu>" HOST "<feature name='vmx'/></cpu>", NULL);
    CpuDefinition *first = cpus->pdata[0];
    g_autoptr(CpuDefinition) copy = cpu_definition_copy(first);
    g_autofree char *before = testing_format(cpus->pdata[1]);

    (void)state;
    cpu_definition_append_feature(copy, "copied", CPU_POLICY_REQUIRE);
    cpu_definition_feature(copy, 0)->policy = CPU_POLICY_DISABLE;
    cpu_definition_append_feature(first, "first", CPU_POLICY_REQUIRE);
    g_autofree char *after = testing_format(cpus->pdata[1]);
    assert_string_equal(after, before);
    g_ptr_array_set_size(cpus, 0);
    assert_int_equal(copy->features->len, 2);
    assert_string_equal(cpu_definition_feature(copy, 0)->name, "vmx");
    assert_string_equal(cpu_definition_feature(copy, 1)->name, "copied");
    assert_int_equal(cpu_definition_feature(copy, 0)->policy, CPU_POLICY_DISABLE);
}

static void
test_capabilities_may_lack_the_model_of_the_host(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(CpuDefinition) cpu = testing_parse(
        "<capabilities><host><cpu><arch>x86_64</arch></cpu></host></capabilities>", &error);

    assert_null(error);
    assert_non_null(cpu);
    assert_null(cpu->model);
    assert_int_equal(cpu->type, CPU_TYPE_HOST);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_definition_survives_reading_copying_and_writing),
        cmocka_unit_test(test_bad_definition_is_refused_with_what_is_wrong),
        cmocka_unit_test(test_error_names_the_line_behind_earlier_documents),
        cmocka_unit_test(test_thousand_definitions_of_one_text_are_read),
        cmocka_unit_test(test_feature_is_set_once_and_found_by_its_name),
        cmocka_unit_test(test_what_one_definition_is_given_the_others_do_not_have),
        cmocka_unit_test(test_capabilities_may_lack_the_model_of_the_host),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
