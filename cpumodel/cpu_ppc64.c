/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ppc64: a CPU is its model, nothing else. A processor can run guests of older generations in a
 * compatibility mode, which a host-model definition asks for by the lower-case name of a
 * generation.
 */

#include "cpu_driver.h"

#include <string.h>

#define OLDEST_GENERATION 6
#define NEWEST_GENERATION 10

static const struct {
    const char *legacy;
    const char *name;
} legacy_names[] = {
    {"POWER7_v2.1", "POWER7"},
    {"POWER7_v2.3", "POWER7"},
    {"POWER7+_v2.1", "POWER7"},
    {"POWER8_v1.0", "POWER8"},
};

static const char *
convert_legacy(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(legacy_names); i++) {
        if (strcmp(legacy_names[i].legacy, name) == 0)
            return legacy_names[i].name;
    }
    return name;
}

/* The generation that NAME spells after PREFIX, or 0. */
static guint
generation(const char *name, const char *prefix)
{
    for (guint n = OLDEST_GENERATION; n <= NEWEST_GENERATION; n++) {
        g_autofree char *spelling = g_strdup_printf("%s%u", prefix, n);

        if (strcmp(spelling, name) == 0)
            return n;
    }
    return 0;
}

static gboolean
compare_compatibility_mode(const char *host_model, const char *mode, CpuCompareResult *ret_result,
                           CpuReason *ret_reason, GError **error)
{
    guint host = generation(host_model, "POWER"), wanted = generation(mode, "power");

    if (host == 0) {
        g_set_error(error, CPU_ERROR, CPU_ERROR_UNSUPPORTED,
                    "the host's CPU, '%s', has no compatibility modes", host_model);
        return FALSE;
    }
    if (wanted == 0) {
        g_set_error(error, CPU_ERROR, CPU_ERROR_UNKNOWN_MODEL,
                    "unknown compatibility mode '%s': use power%d to power%d", mode,
                    OLDEST_GENERATION, NEWEST_GENERATION);
        return FALSE;
    }
    *ret_result = wanted <= host ? CPU_COMPARE_IDENTICAL : CPU_COMPARE_INCOMPATIBLE;
    if (wanted > host)
        cpu_reason_set(ret_reason, CPU_REASON_MODEL, mode, NULL);
    return TRUE;
}

static gboolean
compare(const CpuMap *map, const CpuDefinition *host, const CpuDefinition *cpu,
        CpuCompareResult *ret_result, CpuReason *ret_reason, GError **error)
{
    const char *wanted = cpu->model == NULL ? NULL : convert_legacy(cpu->model);

    *ret_result = CPU_COMPARE_INCOMPATIBLE;
    if (!cpu_driver_accepts(CPU_FAMILY_PPC64, host, cpu, ret_reason))
        return TRUE;
    if (cpu_driver_find_model(map, CPU_FAMILY_PPC64, host->model, error) == NULL)
        return FALSE;
    gboolean is_custom = cpu->type == CPU_TYPE_HOST || cpu->mode == CPU_MODE_CUSTOM;
    if (cpu->mode == CPU_MODE_HOST_MODEL && !is_custom && wanted != NULL)
        return compare_compatibility_mode(host->model, wanted, ret_result, ret_reason, error);
    if (!is_custom) {
        *ret_result = CPU_COMPARE_IDENTICAL;
        return TRUE;
    }
    if (cpu_driver_find_model(map, CPU_FAMILY_PPC64, wanted == NULL ? "" : wanted, error) == NULL)
        return FALSE;
    if (g_strcmp0(host->model, wanted) == 0)
        *ret_result = CPU_COMPARE_IDENTICAL;
    else
        cpu_reason_set(ret_reason, CPU_REASON_MODEL, wanted, NULL);
    return TRUE;
}

static gboolean
update(const CpuMap *map, const CpuDefinition *host, CpuDefinition *guest, CpuPolicy removed_policy,
       GError **error)
{
    (void)map, (void)host, (void)removed_policy, (void)error;
    if (guest->mode == CPU_MODE_CUSTOM)
        guest->match = CPU_MATCH_EXACT;
    return TRUE;
}

static gboolean
check_vendor(const CpuMap *map, const CpuDefinition *cpu, const CpuModel *model, GError **error)
{
    if (cpu->vendor == NULL)
        return TRUE;
    const CpuVendor *vendor = cpu_driver_find_vendor(map, CPU_FAMILY_PPC64, cpu->vendor, error);
    if (vendor == NULL)
        return FALSE;
    if (model->vendor == NULL || strcmp(model->vendor->name, vendor->name) == 0)
        return TRUE;
    g_set_error(error, CPU_ERROR, CPU_ERROR_INCOMPATIBLE,
                "model '%s' is made by %s, but the definition says vendor '%s'", model->name,
                model->vendor->name, vendor->name);
    return FALSE;
}

static gboolean
baseline_add(CpuBaseline *baseline, const CpuDefinition *cpu, guint index, GError **error)
{
    CpuDefinition *result = baseline->result;

    if (index == 0) {
        if (cpu_driver_find_model(baseline->map, CPU_FAMILY_PPC64, cpu->model, error) == NULL)
            return FALSE;
        result = baseline->result = cpu_definition_new(CPU_TYPE_GUEST);
        result->model = g_strdup(cpu->model);
        result->fallback = CPU_FALLBACK_FORBID;
    } else if (strcmp(result->model, cpu->model) != 0) {
        g_set_error(error, CPU_ERROR, CPU_ERROR_INCOMPATIBLE,
                    "model '%s' differs from '%s' of the CPUs before it: POWER processors of "
                    "different models have no common baseline",
                    cpu->model, result->model);
        return FALSE;
    }
    const CpuModel *model = cpu_map_find_model(baseline->map, CPU_FAMILY_PPC64, cpu->model);
    if (!check_vendor(baseline->map, cpu, model, error))
        return FALSE;
    if (model->vendor != NULL || cpu->vendor == NULL)
        return TRUE;
    if (result->vendor != NULL && strcmp(result->vendor, cpu->vendor) != 0) {
        g_set_error(error, CPU_ERROR, CPU_ERROR_INCOMPATIBLE,
                    "vendor '%s' differs from '%s' of the CPUs before it", cpu->vendor,
                    result->vendor);
        return FALSE;
    }
    cpu_driver_set_string(&result->vendor, cpu->vendor);
    return TRUE;
}

const CpuDriver cpu_ppc64_driver = {
    .compare = compare,
    .update = update,
    .convert_legacy = convert_legacy,
    .baseline_add = baseline_add,
};
