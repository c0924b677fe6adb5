/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * x86: can one CPU do what another asks for?
 *
 * The order of look-ups decides which unknown name is reported, and the order of checks which
 * reason is given; both follow libvirt.
 */

#include "cpu_x86.h"

#include <string.h>

static gboolean
policy_sets(const CpuMap *map, const CpuDefinition *cpu, CpuSet ret_sets[CPU_POLICY_COUNT],
            GError **error)
{
    for (CpuPolicy policy = 0; policy < CPU_POLICY_COUNT; policy++) {
        if (!cpu_x86_policy_set(map, cpu, policy, &ret_sets[policy], error))
            return FALSE;
    }
    return TRUE;
}

static CpuCompareResult
incompatible(const CpuMap *map, const CpuSet *features, CpuReasonKind kind, CpuReason *reason)
{
    if (reason != NULL)
        cpu_reason_set(reason, kind, NULL, cpu_x86_feature_names(map, features));
    return CPU_COMPARE_INCOMPATIBLE;
}

static CpuCompareResult
compare_sets(const CpuMap *map, const CpuSet *host, CpuSet policies[CPU_POLICY_COUNT],
             gboolean is_strict, CpuReason *ret_reason)
{
    CpuSet forbidden = policies[CPU_POLICY_FORBID], required = policies[CPU_POLICY_REQUIRE];
    CpuSet extra = *host;

    cpu_set_intersect(&forbidden, host);
    if (!cpu_set_is_empty(&forbidden))
        return incompatible(map, &forbidden, CPU_REASON_FORBIDDEN_FEATURES, ret_reason);

    cpu_set_subtract(&required, &policies[CPU_POLICY_FORCE]);
    cpu_set_subtract(&required, &policies[CPU_POLICY_OPTIONAL]);
    cpu_set_subtract(&required, &policies[CPU_POLICY_DISABLE]);
    cpu_set_subtract(&extra, &required);
    if (!cpu_set_contains(host, &required)) {
        cpu_set_subtract(&required, host);
        return incompatible(map, &required, CPU_REASON_MISSING_FEATURES, ret_reason);
    }

    cpu_set_subtract(&extra, &policies[CPU_POLICY_OPTIONAL]);
    cpu_set_subtract(&extra, &policies[CPU_POLICY_DISABLE]);
    cpu_set_subtract(&extra, &policies[CPU_POLICY_FORCE]);
    if (cpu_set_is_empty(&extra))
        return CPU_COMPARE_IDENTICAL;
    if (is_strict)
        return incompatible(map, &extra, CPU_REASON_EXTRA_FEATURES, ret_reason);
    return CPU_COMPARE_SUPERSET;
}

gboolean
cpu_x86_compare(const CpuMap *map, const CpuDefinition *host, const CpuDefinition *cpu,
                CpuCompareResult *ret_result, CpuReason *ret_reason, GError **error)
{
    CpuSet host_set, policies[CPU_POLICY_COUNT];

    if (!cpu_driver_accepts(CPU_FAMILY_X86, host, cpu, ret_reason)) {
        *ret_result = CPU_COMPARE_INCOMPATIBLE;
        return TRUE;
    }
    if (!cpu_x86_effective_set(map, host, &host_set, NULL, error) ||
        !policy_sets(map, cpu, policies, error))
        return FALSE;
    gboolean is_strict = cpu->type == CPU_TYPE_GUEST && cpu->match == CPU_MATCH_STRICT;
    *ret_result = compare_sets(map, &host_set, policies, is_strict, ret_reason);
    return TRUE;
}

/* Every feature that CPU lists is disabled; an empty list counts. */
static gboolean
only_disables(const CpuDefinition *cpu)
{
    for (guint i = 0; i < cpu->features->len; i++) {
        if (cpu_definition_feature(cpu, i)->policy != CPU_POLICY_DISABLE)
            return FALSE;
    }
    return TRUE;
}

static gboolean
lists_with_policy(const CpuDefinition *cpu, const char *name, CpuPolicy policy)
{
    const CpuDefinitionFeature *feature = cpu_definition_find_feature(cpu, name);

    return feature != NULL && feature->policy == policy;
}

/* Holds CPU against what blocks its model and against the features that guests can have. */
static gboolean
check_unusable(const CpuMap *map, const CpuDefinition *host_model,
               const CpuHypervisorModel *offered, const CpuDefinition *cpu,
               CpuCompareResult *ret_result, CpuReason *ret_reason, GError **error)
{
    g_autoptr(CpuDefinition) expanded = cpu_x86_expand(map, host_model, error);
    g_autoptr(GPtrArray) missing = g_ptr_array_new_with_free_func(g_free);

    if (expanded == NULL)
        return FALSE;
    for (guint i = 0; i < offered->blockers->len; i++) {
        const char *name = g_ptr_array_index(offered->blockers, i);

        if (!lists_with_policy(cpu, name, CPU_POLICY_DISABLE))
            g_ptr_array_add(missing, g_strdup(name));
    }
    for (guint i = 0; i < cpu->features->len; i++) {
        const CpuDefinitionFeature *item = cpu_definition_feature(cpu, i);

        if (item->policy == CPU_POLICY_REQUIRE &&
            !lists_with_policy(expanded, item->name, CPU_POLICY_REQUIRE))
            g_ptr_array_add(missing, g_strdup(item->name));
    }
    *ret_result = missing->len == 0 ? CPU_COMPARE_SUPERSET : CPU_COMPARE_INCOMPATIBLE;
    if (missing->len > 0)
        cpu_reason_set(ret_reason, CPU_REASON_MISSING_FEATURES, NULL, g_steal_pointer(&missing));
    return TRUE;
}

gboolean
cpu_x86_compare_hypervisor(const CpuMap *map, const CpuDefinition *host_model,
                           const CpuHypervisorModels *models, const CpuDefinition *cpu,
                           CpuCompareResult *ret_result, CpuReason *ret_reason, GError **error)
{
    const CpuHypervisorModel *offered =
        cpu->model == NULL ? NULL : cpu_hypervisor_models_find(models, cpu->model);

    if (offered == NULL)
        return cpu_driver_compare(&cpu_x86_driver, map, host_model, cpu, ret_result, ret_reason,
                                  error);
    if (offered->usable == CPU_USABLE_YES && only_disables(cpu)) {
        *ret_result = CPU_COMPARE_SUPERSET;
        return TRUE;
    }
    const CpuModel *model = cpu_x86_find_model(map, cpu->model, error);
    if (model == NULL)
        return FALSE;
    /* fallback='forbid' says that the host-model is the hypervisor's own account. */
    if (model->is_compat_checked || host_model == NULL ||
        host_model->fallback != CPU_FALLBACK_FORBID)
        return cpu_driver_compare(&cpu_x86_driver, map, host_model, cpu, ret_result, ret_reason,
                                  error);
    return check_unusable(map, host_model, offered, cpu, ret_result, ret_reason, error);
}
