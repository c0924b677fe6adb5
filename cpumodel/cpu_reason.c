/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Why a comparison said no, kept as data and turned into a sentence only for people. */

#include "cpu_driver.h"

/* The detail or the list of features, where there is one, follows. */
static const char *const sentences[] = {
    [CPU_REASON_NONE] = "",
    [CPU_REASON_HOST_UNKNOWN] = "the host's CPU model is not known",
    [CPU_REASON_ARCH] = "the CPU is made for another architecture: ",
    [CPU_REASON_VENDOR] = "the host's CPU is not made by the required vendor: ",
    [CPU_REASON_MODEL] = "the host's CPU is not of the required model: ",
    [CPU_REASON_MISSING_FEATURES] = "the host lacks required features: ",
    [CPU_REASON_FORBIDDEN_FEATURES] = "the host has forbidden features: ",
    [CPU_REASON_EXTRA_FEATURES] = "the host has features that a strict match does not name: ",
};
G_STATIC_ASSERT(G_N_ELEMENTS(sentences) == CPU_REASON_COUNT);

static const char *const result_names[] = {
    [CPU_COMPARE_INCOMPATIBLE] = "incompatible",
    [CPU_COMPARE_IDENTICAL] = "identical",
    [CPU_COMPARE_SUPERSET] = "superset",
};
G_STATIC_ASSERT(G_N_ELEMENTS(result_names) == CPU_COMPARE_COUNT);

const char *
cpu_compare_result_name(CpuCompareResult result)
{
    return result_names[result];
}

void
cpu_reason_clear(CpuReason *reason)
{
    g_clear_pointer(&reason->detail, g_free);
    g_clear_pointer(&reason->features, g_ptr_array_unref);
    reason->kind = CPU_REASON_NONE;
}

void
cpu_reason_set(CpuReason *reason, CpuReasonKind kind, const char *detail, GPtrArray *features)
{
    if (reason == NULL) {
        g_clear_pointer(&features, g_ptr_array_unref);
        return;
    }
    cpu_reason_clear(reason);
    reason->kind = kind;
    reason->detail = g_strdup(detail);
    reason->features = features;
}

char *
cpu_reason_message(const CpuReason *reason)
{
    GString *out = g_string_new(sentences[reason->kind]);

    if (reason->detail != NULL)
        g_string_append(out, reason->detail);
    for (guint i = 0; reason->features != NULL && i < reason->features->len; i++)
        g_string_append_printf(out, "%s%s", i == 0 ? "" : ", ",
                               (const char *)reason->features->pdata[i]);
    return g_string_free(out, FALSE);
}
