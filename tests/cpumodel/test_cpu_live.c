/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A guest's definition held against the CPU that QEMU really made: with check='full' every
 * difference refuses the guest, without it the definition becomes what there is.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "cpu_testing.h"

#define CPU(attributes, rest) "<cpu " attributes ">" rest "</cpu>"
#define NEHALEM "<model>Nehalem</model>"
#define REFUSED "error: the guest's CPU is not what its definition asks for"

typedef struct {
    const char *guest;
    /* Beside what the guest asks for: what QEMU turned on, did not turn on, says it turned off. */
    const char *more, *less, *off;
    gboolean is_unnamed_off; /* and it turned off a bit that has no name */
    const char *answer;      /* the features of the result, "+" or "-" before each; or the error */
} Row;

static const Row rows[] = {
    {CPU("check='full'", NEHALEM), "", "", "", FALSE, ""},
    {CPU("check='full'", NEHALEM), "", "sse4.2", "", FALSE, REFUSED ": missing features: sse4.2"},
    {CPU("check='full'", NEHALEM), "", "sse4.2", "sse4.2", FALSE,
     REFUSED ": missing features: sse4.2"},
    {CPU("check='full'", NEHALEM), "avx", "", "", FALSE, REFUSED ": extra features: avx"},
    {CPU("check='full'", NEHALEM), "avx", "sse4.2", "", FALSE,
     REFUSED ": extra features: avx; missing features: sse4.2"},
    {CPU("check='full'", NEHALEM), "", "", "", TRUE, REFUSED},
    {CPU("check='full'", NEHALEM), "", "", "avx", FALSE, REFUSED ": missing features: avx"},
    {CPU("check='full'", NEHALEM "<feature policy='disable' name='sse4.2'/>"), "", "", "", FALSE,
     "-sse4.2"},
    {CPU("check='full'", NEHALEM "<feature policy='disable' name='sse4.2'/>"), "sse4.2", "", "",
     FALSE, REFUSED ": extra features: sse4.2"},
    {CPU("check='partial'", NEHALEM), "", "sse4.2", "", FALSE, "-sse4.2"},
    {CPU("check='partial'", NEHALEM), "avx", "", "", FALSE, "+avx"},
    {CPU("check='partial'", NEHALEM), "", "", "", TRUE, ""},
    {CPU("check='partial'", NEHALEM), "", "", "sse4.2", FALSE,
     "error: the hypervisor says that feature 'sse4.2' is both enabled and disabled"},
    /* what models had added to them is not missed, nor too much, unless the guest names it */
    {CPU("check='full'", NEHALEM), "vmx-ept", "", "", FALSE, "+vmx-ept"},
    {CPU("check='full'", NEHALEM "<feature name='vmx-ept'/>"), "", "vmx-ept", "", FALSE,
     REFUSED ": missing features: vmx-ept"},
    {CPU("check='full'", NEHALEM "<feature policy='disable' name='vmx-ept'/>"), "vmx-ept", "", "",
     FALSE, REFUSED ": extra features: vmx-ept"},
    /* a mode that leaves the CPU to the host has whatever there is */
    {CPU("mode='host-passthrough' check='full'", ""), "avx", "", "", FALSE, ""},
    {CPU("mode='maximum' check='full'", ""), "avx", "", "", FALSE, ""},
    {CPU("mode='host-passthrough' check='none'", ""), "", "", "", FALSE,
     "error: mode='host-passth"},
};

static void
add_names(CpuMap *map, const char *names, CpuSet *set)
{
    g_auto(GStrv) words = g_strsplit(names, " ", -1);

    for (guint i = 0; words[i] != NULL && *words[i] != '\0'; i++)
        cpu_set_unite(set, &cpu_map_find_feature(map, CPU_FAMILY_X86, words[i])->bits);
}

static CpuData *
data_of(const CpuMap *map, const CpuSet *set)
{
    CpuData *data = cpu_data_new();

    cpu_data_add_set(data, map, set);
    return data;
}

static char *
list_features(const CpuDefinition *cpu)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < cpu->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(cpu, i);

        g_string_append_printf(text, "%s%s%s", i > 0 ? " " : "",
                               feature->policy == CPU_POLICY_REQUIRE ? "+" : "-", feature->name);
    }
    return g_string_free(text, FALSE);
}

static char *
answer_of(CpuMap *map, const Row *row)
{
    /* Announced to hypervisors' guests by KVM: no map names it. */
    const CpuDataItem unnamed = {.leaf = 0x40000001, .regs = {1}};
    g_autoptr(CpuDefinition) guest = testing_cpu(row->guest);
    g_autoptr(GError) error = NULL;
    CpuSet on = {{0}}, less = {{0}}, off = {{0}};

    if (guest->model != NULL)
        assert_true(cpu_engine_effective_set(map, guest, &on, NULL, NULL));
    add_names(map, row->more, &on);
    add_names(map, row->less, &less);
    add_names(map, row->off, &off);
    cpu_set_subtract(&on, &less);
    g_autoptr(CpuData) enabled = data_of(map, &on), disabled = data_of(map, &off);
    if (row->is_unnamed_off)
        cpu_data_add(disabled, &unnamed);
    g_autoptr(CpuDefinition) live =
        cpu_engine_update_live(map, CPU_ARCH_X86_64, guest, enabled, disabled, &error);
    if (live == NULL)
        return g_strdup_printf("error: %s", error->message);
    assert_int_equal(live->check, CPU_CHECK_FULL);
    return list_features(live);
}

static void
test_definition_is_refused_or_becomes_the_cpu_of_qemu(void **state)
{
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *answer = answer_of(*state, &rows[i]);
        gboolean is_error = g_str_has_prefix(rows[i].answer, "error: ");

        if (is_error ? !g_str_has_prefix(answer, rows[i].answer)
                     : strcmp(answer, rows[i].answer) != 0)
            fail_msg("row %u: %s, not %s", i, answer, rows[i].answer);
    }
}

static int
load_map(void **state)
{
    *state = cpu_map_new_builtin();
    return 0;
}

static int
drop_map(void **state)
{
    cpu_map_unref(*state);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_definition_is_refused_or_becomes_the_cpu_of_qemu),
    };

    return cmocka_run_group_tests(tests, load_map, drop_map);
}
