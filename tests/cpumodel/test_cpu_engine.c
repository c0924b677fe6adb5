/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Rules of the engine that no whole-file test isolates, one row each: inputs as XML, the answer as
 * XML or a word.
 */

#include "cpu_testing.h"

#include <ingest/cpudata_reader.h>
#include <ingest/qemu_cpu_reader.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define HOST(model, rest) "<cpu><arch>x86_64</arch><model>" model "</model>" rest "</cpu>"
#define OTHER(arch, rest) "<cpu><arch>" arch "</arch>" rest "</cpu>"
#define GUEST(attributes, rest) "<cpu " attributes ">" rest "</cpu>"
#define VMX(model, policy)                                                                         \
    GUEST("mode='custom'", "<model>" model "</model><feature policy='" policy "' name='vmx'/>")

static const struct {
    const char *host;
    const char *cpu;
    const char *answer; /* the result, or the reason's message after "incompatible: " */
} comparisons[] = {
    {HOST("Haswell", ""), HOST("Haswell", ""), "identical"},
    {HOST("Haswell", "<feature name='vmx'/>"), HOST("Haswell", ""), "superset"},
    /* the mode is not looked at: nothing is required */
    {HOST("Haswell", ""), GUEST("mode='host-passthrough'", ""), "superset"},
    {HOST("Haswell", ""), "<cpu><topology sockets='1' cores='1' threads='1'/></cpu>", "superset"},
    /* a disabled feature of the model is no obstacle, a forbidden one can never be had */
    {HOST("IvyBridge", ""),
     GUEST("", "<model>IvyBridge</model><feature policy='disable' name='avx'/>"), "identical"},
    {HOST("IvyBridge", ""),
     GUEST("", "<model>IvyBridge</model><feature policy='forbid' name='avx'/>"),
     "incompatible: the host has forbidden features: avx"},
    {HOST("IvyBridge", ""), GUEST("match='strict'", "<model>SandyBridge</model>"),
     "incompatible: the host has features that a strict match does not name: f16c, rdrand, vme, "
     "fsgsbase, smep, erms"},
    {HOST("Nehalem", ""), GUEST("", "<model>Nehalem</model><feature policy='force' name='avx'/>"),
     "identical"},
    /* what is forced, optional or disabled is not required, though the model has it */
    {HOST("Nehalem", ""), GUEST("", "<model>Westmere</model>"),
     "incompatible: the host lacks required features: aes"},
    {HOST("Nehalem", ""), GUEST("", "<model>Westmere</model><feature policy='force' name='aes'/>"),
     "identical"},
    {HOST("Nehalem", ""),
     GUEST("", "<model>Westmere</model><feature policy='optional' name='aes'/>"), "identical"},
    {HOST("Nehalem", ""),
     GUEST("", "<model>Westmere</model><feature policy='disable' name='aes'/>"), "identical"},
    {HOST("Nehalem", ""), GUEST("", "<model>Nehalem</model><feature name='avx'/>"),
     "incompatible: the host lacks required features: avx"},
    /* vendors are strings; a host without one fails every CPU with one */
    {HOST("486", ""), HOST("486", "<vendor>Acme</vendor>"),
     "incompatible: the host's CPU is not made by the required vendor: Acme"},
    {HOST("486", "<vendor>Acme</vendor>"), HOST("486", ""), "identical"},
    {HOST("486", ""), OTHER("aarch64", "<model>486</model>"),
     "incompatible: the CPU is made for another architecture: aarch64"},
    {HOST("486", ""), OTHER("i686", "<model>486</model>"), "identical"},
    /* unknown names are errors, in the order in which they are met */
    {HOST("486", ""), HOST("Bogus", "<feature name='nothing'/>"),
     "error: unknown CPU model 'Bogus'"},
    {HOST("486", ""), GUEST("", "<model>Bogus</model><feature policy='force' name='nothing'/>"),
     "error: unknown CPU feature 'nothing'"},
    {HOST("486", ""), HOST("486", "<feature name='sse4-1'/>"),
     "error: unknown CPU feature 'sse4-1': libvirt's name for it is 'sse4.1'"},
    /* POWER: models and compatibility modes, nothing else */
    {OTHER("ppc64le", "<model>POWER9</model>"), GUEST("", "<model>POWER9</model>"), "identical"},
    {OTHER("ppc64", "<model>POWER7</model>"), GUEST("", "<model>POWER7_v2.1</model>"), "identical"},
    {OTHER("ppc64", "<model>POWER8</model>"), GUEST("mode='host-model'", "<model>power7</model>"),
     "identical"},
    {OTHER("ppc64", "<model>POWER8</model>"), GUEST("mode='host-model'", "<model>power9</model>"),
     "incompatible: the host's CPU is not of the required model: power9"},
    {OTHER("ppc64", "<model>POWER8</model>"), GUEST("mode='host-model'", "<model>POWER7</model>"),
     "error: unknown compatibility mode"},
    {OTHER("ppc64", "<model>POWER8</model>"), GUEST("", "<model>POWER5</model>"),
     "error: unknown CPU model 'POWER5'"},
    /* families that are judged by name, or left to the hypervisor */
    {OTHER("aarch64", "<model>a</model>"), GUEST("", "<model>b</model>"), "identical"},
    {OTHER("aarch64", "<model>a</model>"), OTHER("aarch64", "<model>b</model>"),
     "incompatible: the host's CPU is not of the required model: b (vendor not stated)"},
    {OTHER("s390x", "<model>z15</model>"), OTHER("s390x", "<model>z16</model>"), "identical"},
    {OTHER("riscv64", "<model>a</model>"), OTHER("riscv64", "<model>b</model>"), "identical"},
    {OTHER("sparc", "<model>a</model>"), OTHER("sparc", "<model>a</model>"),
     "error: libvirt does not handle CPUs of architecture 'sparc'"},
};

static char *
compare(const CpuMap *map, const char *host_text, const char *cpu_text)
{
    g_autoptr(CpuDefinition) host = testing_cpu(host_text), cpu = testing_cpu(cpu_text);
    g_auto(CpuReason) reason = {0};
    g_autoptr(GError) error = NULL;
    CpuCompareResult result;

    if (!cpu_engine_compare(map, CPU_ARCH_NONE, host, cpu, &result, &reason, &error))
        return g_strdup_printf("error: %s", error->message);
    if (result != CPU_COMPARE_INCOMPATIBLE)
        return g_strdup(cpu_compare_result_name(result));
    g_autofree char *message = cpu_reason_message(&reason);
    return g_strdup_printf("incompatible: %s", message);
}

static void
test_comparison_tells_the_verdict_and_its_reason(void **state)
{
    for (guint i = 0; i < G_N_ELEMENTS(comparisons); i++) {
        g_autofree char *answer = compare(*state, comparisons[i].host, comparisons[i].cpu);

        if (!g_str_has_prefix(answer, comparisons[i].answer))
            fail_msg("%s with %s: %s, not %s", comparisons[i].host, comparisons[i].cpu, answer,
                     comparisons[i].answer);
    }
}

/* ---- baselines ------------------------------------------------------------------------------ */

static const struct {
    const char *cpus;
    const char *answer; /* a part of the result, or of the message */
} baselines[] = {
    /* a model that guests may not be given is described by one that they may */
    {HOST("Haswell-v1", ""), "<model fallback='allow'>Haswell</model>"},
    {HOST("Haswell", ""), "<model fallback='forbid'>Haswell</model>"},
    {HOST("Haswell", "") HOST("Haswell", ""), "<model fallback='forbid'>Haswell</model>"},
    {HOST("Haswell", "") HOST("Penryn", ""), "<model fallback='allow'>Penryn</model>"},
    /* what QEMU removed from a model is disabled by name */
    {HOST("Skylake-Client", ""), "<feature policy='disable' name='mpx'/>"},
    /* the vendor of a first CPU that states none is not taken from its model */
    {HOST("Haswell", "") HOST("EPYC", ""), "<model fallback='allow'>kvm64</model>"},
    {HOST("Haswell", "<vendor>Intel</vendor>") HOST("EPYC", ""),
     "error: vendor 'AMD' differs from 'Intel'"},
    {HOST("486", "") HOST("Haswell", "<vendor>AMD</vendor>"),
     "error: model 'Haswell' is made by Intel"},
    {HOST("486", "<vendor>Acme</vendor>"), "error: unknown CPU vendor 'Acme'"},
    /* a CPU that comes again changes nothing, but the first one's vendor is looked at then */
    {HOST("Haswell", "<vendor>AMD</vendor>") HOST("Haswell", "<vendor>AMD</vendor>"),
     "error: model 'Haswell' is made by Intel"},
    /* nor is one for another that differs from it in anything that matters */
    {HOST("486", "") HOST("486", "") HOST("486", "") HOST("486", "<vendor>AMD</vendor>")
         HOST("486", "<vendor>Intel</vendor>"),
     "error: vendor 'Intel' differs from 'AMD'"},
    {VMX("Haswell", "require") VMX("Haswell", "require") VMX("Haswell", "disable"),
     "<model fallback='forbid'>Haswell</model>\n</cpu>"},
    {VMX("Haswell", "require") VMX("Haswell", "require") VMX("Westmere", "require"),
     "<model fallback='allow'>Westmere</model>\n  <feature policy='require' name='vmx'/>\n</cpu>"},
    {HOST("486", "") HOST("486", "<feature name='nothing'/>"), "error: CPU 2: unknown CPU feature"},
    {"<cpu mode='host-model'/>", "error: CPU 1: the CPU has no model"},
    {OTHER("s390x", "<model>z15</model>"), "error: CPU 1: libvirt has no baseline"},
    {OTHER("ppc64", "<model>POWER8</model>") OTHER("ppc64", "<model>POWER9</model>"),
     "error: CPU 2: model 'POWER9' differs"},
    {OTHER("ppc64", "<model>POWER9</model><vendor>IBM</vendor>"),
     "<model fallback='forbid'>POWER9</model>\n</cpu>"},
    /* arm: the first model, whatever the others are */
    {OTHER("aarch64", "<model>a</model><feature name='sve'/>") HOST("486", ""),
     "<cpu mode='custom' match='exact'>\n  <model fallback='allow'>a</model>\n</cpu>"},
};

static char *
baseline(const CpuMap *map, const char *text)
{
    g_autoptr(GPtrArray) cpus = testing_parse_all(text, NULL);
    g_autoptr(GError) error = NULL;

    assert_non_null(cpus);
    g_autoptr(CpuDefinition) result =
        cpu_engine_baseline(map, CPU_ARCH_NONE, (const CpuDefinition *const *)(void *)cpus->pdata,
                            cpus->len, NULL, &error);
    if (result == NULL)
        return g_strdup_printf("error: %s", error->message);
    return testing_format(result);
}

static void
test_baseline_is_a_model_or_the_reason_why_not(void **state)
{
    for (guint i = 0; i < G_N_ELEMENTS(baselines); i++) {
        g_autofree char *answer = baseline(*state, baselines[i].cpus);
        const char *expected = baselines[i].answer;
        const char *rest =
            g_str_has_prefix(expected, "error: ") ? expected + strlen("error: ") : NULL;

        if (rest != NULL ? !g_str_has_prefix(answer, "error: ") || strstr(answer, rest) == NULL
                         : strstr(answer, expected) == NULL)
            fail_msg("%s: %s, not %s", baselines[i].cpus, answer, expected);
    }
}

static void
test_baseline_of_no_cpus_is_refused(void **state)
{
    g_autoptr(GError) error = NULL;

    assert_null(cpu_engine_baseline(*state, CPU_ARCH_NONE, NULL, 0, NULL, &error));
    assert_true(g_error_matches(error, CPU_ERROR, CPU_ERROR_INVALID));
}

/* A non-migratable feature goes by name, from a list only: the model brings it back. */
static void
test_baseline_to_migrate_lacks_unmigratable_features(void **state)
{
    g_autoptr(CpuDefinition) cpu = testing_cpu(HOST("Haswell", "<feature name='invtsc'/>"));
    const CpuDefinition *list[] = {cpu};
    CpuBaselineOptions options = {.is_migratable = TRUE, .is_expanded = TRUE};
    g_autoptr(CpuDefinition) result =
        cpu_engine_baseline(*state, CPU_ARCH_NONE, list, 1, &options, NULL);

    assert_non_null(result);
    assert_null(cpu_definition_find_feature(result, "invtsc"));
    assert_non_null(cpu_definition_find_feature(result, "avx2"));
}

/* ---- guests --------------------------------------------------------------------------------- */

static const struct {
    const char *host;
    const char *guest;
    const char *answer; /* a part of the result, or of the message */
} guests[] = {
    {HOST("Haswell", "<vendor>Intel</vendor>"), "<cpu mode='host-model'/>",
     "<model fallback='allow'>Haswell</model>\n  <vendor>Intel</vendor>\n"},
    {HOST("Haswell", ""), GUEST("match='minimum'", "<model>Nehalem</model>"), ">Haswell<"},
    {HOST("Haswell", "<feature name='vmx'/><feature name='invtsc'/>"), "<cpu mode='host-model'/>",
     "<feature policy='require' name='vmx'/>\n</cpu>"},
    {HOST("Haswell", ""),
     GUEST("", "<model>Nehalem</model><feature policy='optional' name='avx'/>"),
     "<feature policy='require' name='avx'/>"},
    {HOST("Nehalem", ""),
     GUEST("", "<model>Nehalem</model><feature policy='optional' name='avx'/>"),
     "<feature policy='disable' name='avx'/>"},
    {HOST("486", ""),
     GUEST("check='none'", "<model>486</model><feature policy='optional' name='hv-vapic'/>"),
     "<feature policy='disable' name='hv-vapic'/>"},
    {HOST("486", ""), GUEST("", "<model>486</model><feature policy='optional' name='nothing'/>"),
     "error: unknown CPU feature 'nothing'"},
    {HOST("Nehalem", ""), GUEST("", "<model>Haswell</model>"), "error: the guest cannot run"},
    {HOST("486", ""), "<cpu mode='host-passthrough'/>", "<cpu mode='host-passthrough'/>"},
    {HOST("486", ""), GUEST("", "<topology sockets='1' cores='1' threads='1'/>"), "<topology"},
    {OTHER("s390x", "<model>z15</model><feature name='aen'/>"), "<cpu mode='host-model'/>",
     "<feature policy='require' name='aen'/>"},
    {OTHER("s390x", "<model>z15</model>"),
     GUEST("", "<model>z15</model><feature policy='optional' name='aen'/>"),
     "error: feature 'aen'"},
    {OTHER("s390x", "<model>z15</model>"), GUEST("match='minimum'", "<model>z13</model>"),
     "error: match='minimum'"},
    {OTHER("aarch64", "<model>a</model><feature name='sve'/>"),
     GUEST("mode='host-model'", "<feature name='pauth'/>"),
     ">a</model>\n  <feature policy='require' name='sve'/>\n</cpu>"},
    {OTHER("loongarch64", "<model>a</model>"), "<cpu mode='host-model'/>",
     "<cpu mode='host-model'/>"},
};

static void
test_guest_is_resolved_for_its_host_or_refused(void **state)
{
    CpuResolveOptions options = {0};

    for (guint i = 0; i < G_N_ELEMENTS(guests); i++) {
        g_autoptr(CpuDefinition) host = testing_cpu(guests[i].host);
        g_autoptr(CpuDefinition) guest = testing_cpu(guests[i].guest);
        g_autoptr(GError) error = NULL;
        g_autoptr(CpuDefinition) result =
            cpu_engine_resolve(*state, CPU_ARCH_NONE, host, guest, &options, &error);
        g_autofree char *answer =
            result != NULL ? testing_format(result) : g_strdup_printf("error: %s", error->message);

        if (strstr(answer, guests[i].answer) == NULL)
            fail_msg("%s on %s: %s, not %s", guests[i].guest, guests[i].host, answer,
                     guests[i].answer);
    }
}

static void
test_only_incoming_guest_keeps_a_removed_feature(void **state)
{
    g_autoptr(CpuDefinition) host = testing_cpu(HOST("Skylake-Client", ""));
    g_autoptr(CpuDefinition) guest = testing_cpu(GUEST("", "<model>Skylake-Client</model>"));

    for (guint is_incoming = 0; is_incoming < 2; is_incoming++) {
        CpuResolveOptions options = {.is_incoming = (gboolean)is_incoming};
        g_autoptr(CpuDefinition) result =
            cpu_engine_resolve(*state, CPU_ARCH_NONE, host, guest, &options, NULL);

        assert_non_null(result);
        assert_int_equal(cpu_definition_find_feature(result, "mpx")->policy,
                         is_incoming ? CPU_POLICY_REQUIRE : CPU_POLICY_DISABLE);
    }
}

static CpuHypervisorModels *
offer(const char *name, CpuUsable usable, const char *blocker)
{
    CpuHypervisorModels *models = cpu_hypervisor_models_new();
    CpuHypervisorModel *model = cpu_hypervisor_model_new(name, usable);

    if (blocker != NULL)
        g_ptr_array_add(model->blockers, g_strdup(blocker));
    g_ptr_array_add(models, model);
    return models;
}

static void
test_blocker_of_a_model_is_disabled_even_if_the_cpu_has_it(void **state)
{
    g_autoptr(CpuDefinition) host = testing_cpu(HOST("Haswell", ""));
    g_autoptr(CpuDefinition) guest = testing_cpu(GUEST("", "<model>Haswell</model>"));
    g_autoptr(GPtrArray) models = offer("SandyBridge", CPU_USABLE_NO, "avx");
    CpuResolveOptions options = {.models = models};
    g_autoptr(CpuDefinition) result =
        cpu_engine_resolve(*state, CPU_ARCH_NONE, host, guest, &options, NULL);

    assert_non_null(result);
    assert_string_equal(result->model, "SandyBridge");
    assert_int_equal(cpu_definition_find_feature(result, "avx")->policy, CPU_POLICY_DISABLE);
}

static void
test_model_that_is_not_offered_is_refused_without_fallback(void **state)
{
    g_autoptr(CpuDefinition) host = testing_cpu(HOST("Haswell", ""));
    g_autoptr(CpuDefinition) guest =
        testing_cpu(GUEST("", "<model fallback='forbid'>Haswell</model>"));
    g_autoptr(GPtrArray) models = offer("SandyBridge", CPU_USABLE_NO, "avx");
    CpuResolveOptions options = {.models = models};

    assert_null(cpu_engine_resolve(*state, CPU_ARCH_NONE, host, guest, &options, NULL));
}

/* A usable model passes unseen; one of the newer kind is held against its blockers. */
static void
test_word_of_the_hypervisor_on_its_models_counts(void **state)
{
    static const struct {
        const char *model;
        CpuUsable usable;
        const char *rest;
        CpuCompareResult result;
    } rows[] = {
        {"Haswell", CPU_USABLE_YES, "", CPU_COMPARE_SUPERSET},
        {"Haswell", CPU_USABLE_YES, "<feature policy='disable' name='sse'/>", CPU_COMPARE_SUPERSET},
        {"Haswell", CPU_USABLE_YES, "<feature name='sse'/>", CPU_COMPARE_INCOMPATIBLE},
        {"Haswell", CPU_USABLE_YES, "<feature policy='force' name='sse'/>",
         CPU_COMPARE_INCOMPATIBLE},
        {"Haswell", CPU_USABLE_UNKNOWN, "", CPU_COMPARE_INCOMPATIBLE},
        {"Haswell-v1", CPU_USABLE_NO, "", CPU_COMPARE_INCOMPATIBLE},
        {"Haswell-v1", CPU_USABLE_NO, "<feature policy='disable' name='avx'/>",
         CPU_COMPARE_SUPERSET},
        {"Haswell-v1", CPU_USABLE_NO, "<feature policy='disable' name='avx'/><feature name='vmx'/>",
         CPU_COMPARE_INCOMPATIBLE},
    };
    g_autoptr(CpuDefinition) host =
        testing_cpu(GUEST("", "<model fallback='forbid'>Nehalem</model>"));

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) models = offer(rows[i].model, rows[i].usable, "avx");
        g_autofree char *text =
            g_strdup_printf("<cpu><model>%s</model>%s</cpu>", rows[i].model, rows[i].rest);
        g_autoptr(CpuDefinition) cpu = testing_cpu(text);
        CpuCompareResult result;

        assert_true(cpu_engine_compare_hypervisor(*state, CPU_ARCH_X86_64, host, models, cpu,
                                                  &result, NULL, NULL));
        if (result != rows[i].result)
            fail_msg("%s: %s", text, cpu_compare_result_name(result));
    }
}

/* A host-model that may be replaced is not the hypervisor's own account: CPUs are compared. */
static void
test_hypervisor_is_believed_by_its_own_account_alone(void **state)
{
    g_autoptr(CpuDefinition) host = testing_cpu(GUEST("", "<model>Nehalem</model>"));
    g_autoptr(GPtrArray) models = offer("Haswell-v1", CPU_USABLE_NO, "avx");
    g_autoptr(CpuDefinition) cpu =
        testing_cpu(GUEST("", "<model>Haswell-v1</model><feature policy='disable' name='avx'/>"));
    CpuCompareResult result;

    assert_true(cpu_engine_compare_hypervisor(*state, CPU_ARCH_X86_64, host, models, cpu, &result,
                                              NULL, NULL));
    assert_int_equal(result, CPU_COMPARE_INCOMPATIBLE);
    host->fallback = CPU_FALLBACK_FORBID;
    assert_true(cpu_engine_compare_hypervisor(*state, CPU_ARCH_X86_64, host, models, cpu, &result,
                                              NULL, NULL));
    assert_int_equal(result, CPU_COMPARE_SUPERSET);
}

/* Where libvirt asks QEMU, or refuses, there is no answer to be had from documents. */
static void
test_hypervisor_comparison_is_of_x86_alone(void **state)
{
    const CpuArch archs[] = {CPU_ARCH_S390X, CPU_ARCH_PPC64LE, CPU_ARCH_AARCH64, CPU_ARCH_RISCV64};
    g_autoptr(CpuDefinition) host = testing_cpu(GUEST("", "<model fallback='forbid'>z14</model>"));
    g_autoptr(GPtrArray) models = offer("z14", CPU_USABLE_YES, "");

    for (guint i = 0; i < G_N_ELEMENTS(archs); i++) {
        g_autoptr(GError) error = NULL;
        CpuCompareResult result;

        assert_false(cpu_engine_compare_hypervisor(*state, archs[i], host, models, host, &result,
                                                   NULL, &error));
        assert_true(g_error_matches(error, CPU_ERROR, CPU_ERROR_UNSUPPORTED));
    }
}

/* ---- raw data ------------------------------------------------------------------------------- */

static void
test_signature_survives_raw_data(void **state)
{
    static const guint rows[][3] = {{6, 85, 4}, {15, 255, 15}, {25, 1, 1}, {26, 2, 1}, {4, 8, 0}};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(CpuData) data = cpu_data_new();
        guint family, model, stepping;

        cpu_data_set_signature(data, rows[i][0], rows[i][1], rows[i][2]);
        cpu_data_signature(data, &family, &model, &stepping);
        assert_int_equal(family, rows[i][0]);
        assert_int_equal(model, rows[i][1]);
        assert_int_equal(stepping, rows[i][2]);
    }
}

static void
test_cpudata_has_one_form_however_it_was_written(void **state)
{
    static const char text[] =
        "<cpudata arch='x86'>\n"
        "  <cpuid eax_in='0x00000001' ecx_in='0x00000000' eax='0x00000000' ebx='0x00000000' "
        "ecx='0x00000003' edx='0x00000000'/>\n"
        "  <msr index='0x10a' edx='0x00000000' eax='0x00000001'/>\n"
        "</cpudata>\n";
    g_autoptr(CpuData) data = cpudata_reader_parse(text, strlen(text), NULL);
    g_autoptr(GString) out = g_string_new(NULL);
    static const char split[] = "<cpudata arch='x86'><msr index='0x10a' edx='0' eax='1'/>"
                                "<cpuid eax_in='1' ecx='1'/><cpuid eax_in='01' ecx='2'/>"
                                "<cpuid eax_in='7'/></cpudata>";
    g_autoptr(CpuData) same = cpudata_reader_parse(split, strlen(split), NULL);
    g_autoptr(GString) again = g_string_new(NULL);

    (void)state;
    assert_non_null(data);
    assert_non_null(same);
    cpu_data_format(data, out);
    cpu_data_format(same, again);
    assert_string_equal(out->str, text);
    assert_string_equal(again->str, text);
}

static void
test_bad_cpudata_is_refused(void **state)
{
    static const char *const rows[] = {
        "",
        "<cpudata arch='x86'/>",
        "<cpudata arch='arm'><cpuid eax_in='1'/></cpudata>",
        "<cpudata arch='x86'><cpuid/></cpudata>",
        "<cpudata arch='x86'><cpuid eax_in='-1'/></cpudata>",
        "<cpudata arch='x86'><cpuid eax_in='0x100000000'/></cpudata>",
        "<cpudata arch='x86'><misspelt eax_in='1'/></cpudata>",
        "<cpudata arch='x86'><cpuid eax_in='1'/>",
        "<!DOCTYPE cpudata []><cpudata arch='x86'><cpuid eax_in='1'/></cpudata>",
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(CpuData) data = cpudata_reader_parse(rows[i], strlen(rows[i]), &error);

        if (data != NULL || error == NULL)
            fail_msg("accepted: %s", rows[i]);
    }
}

/* QEMU's spellings are translated; an alias counts only where the own name is absent. */
static void
test_spellings_of_qemu_are_translated(void **state)
{
    static const struct {
        const char *properties;
        const char *feature;
        gboolean has;
    } rows[] = {
        {"\"lahf-lm\": true", "lahf_lm", TRUE},
        {"\"lahf-lm\": false", "lahf_lm", FALSE},
        {"\"sse4-1\": true", "sse4.1", TRUE},
        {"\"sse4-1\": true, \"sse4.1\": false", "sse4.1", FALSE},
        {"\"avx\": \"true\"", "avx", FALSE},
        {"\"nothing\": true", "avx", FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf(
            "{\"return\": {\"model\": {\"name\": \"max\", \"props\": {%s}}}}", rows[i].properties);
        g_autoptr(QemuCpuReply) reply = qemu_cpu_reader_parse(text, strlen(text), *state, NULL);
        CpuSet set;

        assert_non_null(reply);
        cpu_data_to_set(reply->data, *state, &set);
        const CpuFeature *feature = cpu_map_find_feature(*state, CPU_FAMILY_X86, rows[i].feature);
        if (cpu_set_contains(&set, &feature->bits) != rows[i].has)
            fail_msg("%s", text);
    }
}

static void
test_bad_qemu_reply_is_refused(void **state)
{
    static const char *const rows[] = {"",     "{}",           "{\"return\": {}}", "[",
                                       "nope", "{\"a\": 1} x", "{\"return\": [1]}"};

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(QemuCpuReply) reply =
            qemu_cpu_reader_parse(rows[i], strlen(rows[i]), *state, &error);

        if (reply != NULL || error == NULL)
            fail_msg("accepted: %s", rows[i]);
    }
}

int
main(void)
{
    CpuMap *map = cpu_map_new_builtin();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_comparison_tells_the_verdict_and_its_reason, map),
        cmocka_unit_test_prestate(test_baseline_is_a_model_or_the_reason_why_not, map),
        cmocka_unit_test_prestate(test_baseline_of_no_cpus_is_refused, map),
        cmocka_unit_test_prestate(test_baseline_to_migrate_lacks_unmigratable_features, map),
        cmocka_unit_test_prestate(test_guest_is_resolved_for_its_host_or_refused, map),
        cmocka_unit_test_prestate(test_only_incoming_guest_keeps_a_removed_feature, map),
        cmocka_unit_test_prestate(test_blocker_of_a_model_is_disabled_even_if_the_cpu_has_it, map),
        cmocka_unit_test_prestate(test_model_that_is_not_offered_is_refused_without_fallback, map),
        cmocka_unit_test_prestate(test_word_of_the_hypervisor_on_its_models_counts, map),
        cmocka_unit_test_prestate(test_hypervisor_is_believed_by_its_own_account_alone, map),
        cmocka_unit_test_prestate(test_hypervisor_comparison_is_of_x86_alone, map),
        cmocka_unit_test(test_signature_survives_raw_data),
        cmocka_unit_test(test_cpudata_has_one_form_however_it_was_written),
        cmocka_unit_test(test_bad_cpudata_is_refused),
        cmocka_unit_test_prestate(test_spellings_of_qemu_are_translated, map),
        cmocka_unit_test_prestate(test_bad_qemu_reply_is_refused, map),
    };
    int status = cmocka_run_group_tests(tests, NULL, NULL);

    cpu_map_unref(map);
    return status;
}
