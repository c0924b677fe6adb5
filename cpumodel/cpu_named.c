/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The families whose CPUs libvirt does not look into: arm, s390, riscv64, loongarch64. A model is a
 * name that the hypervisor judges; features are names too. libvirt calls nearly everything
 * identical here and leaves the refusing to QEMU, and so does this.
 */

#include "cpu_driver.h"

#include <string.h>

static gboolean
compare_identical(const CpuMap *map, const CpuDefinition *host, const CpuDefinition *cpu,
                  CpuCompareResult *ret_result, CpuReason *ret_reason, GError **error)
{
    (void)map, (void)host, (void)cpu, (void)ret_reason, (void)error;
    *ret_result = CPU_COMPARE_IDENTICAL;
    return TRUE;
}

static gboolean
arm_compare(const CpuMap *map, const CpuDefinition *host, const CpuDefinition *cpu,
            CpuCompareResult *ret_result, CpuReason *ret_reason, GError **error)
{
    (void)map, (void)error;
    *ret_result = CPU_COMPARE_IDENTICAL;
    if (cpu->type == CPU_TYPE_GUEST ||
        (g_strcmp0(host->vendor, cpu->vendor) == 0 && g_strcmp0(host->model, cpu->model) == 0))
        return TRUE;
    g_autofree char *wanted = g_strdup_printf("%s (vendor %s)", cpu->model,
                                              cpu->vendor == NULL ? "not stated" : cpu->vendor);
    cpu_reason_set(ret_reason, CPU_REASON_MODEL, wanted, NULL);
    *ret_result = CPU_COMPARE_INCOMPATIBLE;
    return TRUE;
}

static gboolean
require_host(const CpuDefinition *host, GError **error)
{
    if (host != NULL && host->model != NULL)
        return TRUE;
    g_set_error(error, CPU_ERROR, CPU_ERROR_UNSUPPORTED,
                "the host's CPU model is not known, and the definition depends on it");
    return FALSE;
}

/* host-model becomes the host's CPU; nothing of the guest's own list survives. */
static gboolean
update_from_host(const CpuMap *map, const CpuDefinition *host, CpuDefinition *guest,
                 CpuPolicy removed_policy, GError **error)
{
    (void)map, (void)removed_policy;
    if (guest->mode != CPU_MODE_HOST_MODEL)
        return TRUE;
    if (!require_host(host, error))
        return FALSE;
    cpu_definition_clear_features(guest);
    cpu_driver_merge_features(guest, host);
    cpu_driver_take_model(guest, host);
    return TRUE;
}

static gboolean
s390_update(const CpuMap *map, const CpuDefinition *host, CpuDefinition *guest,
            CpuPolicy removed_policy, GError **error)
{
    (void)map, (void)removed_policy;
    if (guest->mode == CPU_MODE_CUSTOM) {
        if (guest->match == CPU_MATCH_MINIMUM) {
            g_set_error(error, CPU_ERROR, CPU_ERROR_UNSUPPORTED,
                        "match='minimum' is not supported on this architecture");
            return FALSE;
        }
        for (guint i = 0; i < guest->features->len; i++) {
            const CpuDefinitionFeature *item = cpu_definition_feature(guest, i);

            if (item->policy == CPU_POLICY_OPTIONAL) {
                g_set_error(error, CPU_ERROR, CPU_ERROR_UNSUPPORTED,
                            "feature '%s' is optional, which is not supported on this "
                            "architecture: require or disable it",
                            item->name);
                return FALSE;
            }
        }
        return TRUE;
    }
    if (guest->mode != CPU_MODE_HOST_MODEL)
        return TRUE;
    if (!require_host(host, error))
        return FALSE;
    cpu_driver_merge_features(guest, host);
    cpu_driver_take_model(guest, host);
    return TRUE;
}

static gboolean
update_nothing(const CpuMap *map, const CpuDefinition *host, CpuDefinition *guest,
               CpuPolicy removed_policy, GError **error)
{
    (void)map, (void)host, (void)guest, (void)removed_policy, (void)error;
    return TRUE;
}

/* The first CPU's model, whatever the others are. */
static gboolean
arm_baseline_add(CpuBaseline *baseline, const CpuDefinition *cpu, guint index, GError **error)
{
    (void)error;
    if (index == 0) {
        baseline->result = cpu_definition_new(CPU_TYPE_GUEST);
        baseline->result->model = g_strdup(cpu->model);
    }
    return TRUE;
}

const CpuDriver cpu_arm_driver = {
    .compare = arm_compare,
    .update = update_from_host,
    .baseline_add = arm_baseline_add,
};

const CpuDriver cpu_s390_driver = {
    .compare = compare_identical,
    .update = s390_update,
};

const CpuDriver cpu_riscv64_driver = {
    .compare = compare_identical,
    .update = update_from_host,
};

const CpuDriver cpu_loongarch64_driver = {
    .compare = compare_identical,
    .update = update_nothing,
};
