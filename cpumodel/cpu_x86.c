/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * x86: from names to sets and back.
 *
 * Everything that the map cannot name is left out of a set, so set algebra never shows a bit
 * without a name. Vendor and signature are not part of a set; they travel beside it.
 */

#include "cpu_x86.h"

#include <string.h>

/*
 * Announced by KVM and Hyper-V enlightenments in leaves from 0x40000000 on. No definition can have
 * them: their names are understood, and the answer is always no.
 */
static const char *const hypervisor_features[] = {
    "hv-emsr_bitmap",     "hv-evmcs",           "hv-frequencies",   "hv-ipi",
    "hv-reenlightenment", "hv-relaxed",         "hv-reset",         "hv-runtime",
    "hv-spinlocks",       "hv-stimer",          "hv-stimer-direct", "hv-synic",
    "hv-tlbflush",        "hv-tlbflush-direct", "hv-tlbflush-ext",  "hv-vapic",
    "hv-vpindex",         "hv-xmm_input",       "kvm_pv_unhalt",
};

gboolean
cpu_x86_is_hypervisor_feature(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(hypervisor_features); i++) {
        if (strcmp(hypervisor_features[i], name) == 0)
            return TRUE;
    }
    return FALSE;
}

gboolean
cpu_x86_is_plain(const CpuMap *map)
{
    guint n = cpu_map_n_features(map, CPU_FAMILY_X86);

    for (guint i = 0; i < n; i++) {
        const CpuSet *bits = &cpu_map_feature(map, CPU_FAMILY_X86, i)->bits;

        if (cpu_set_next(bits, 0) != i || cpu_set_next(bits, i + 1) != CPU_SET_BITS)
            return FALSE;
    }
    return TRUE;
}

void
cpu_x86_walk_init(CpuX86Walk *walk, const CpuMap *map, const CpuSet *set, gboolean is_plain)
{
    walk->map = map;
    walk->rest = *set;
    walk->next = 0;
    walk->is_plain = is_plain;
}

const CpuFeature *
cpu_x86_walk_next(CpuX86Walk *walk)
{
    guint n = cpu_map_n_features(walk->map, CPU_FAMILY_X86);

    if (walk->is_plain) {
        guint bit = walk->next < n ? cpu_set_next(&walk->rest, walk->next) : CPU_SET_BITS;

        walk->next = bit + 1;
        return bit < n ? cpu_map_feature(walk->map, CPU_FAMILY_X86, bit) : NULL;
    }
    while (walk->next < n) {
        const CpuFeature *feature = cpu_map_feature(walk->map, CPU_FAMILY_X86, walk->next++);

        if (cpu_set_contains(&walk->rest, &feature->bits)) {
            cpu_set_subtract(&walk->rest, &feature->bits);
            return feature;
        }
    }
    return NULL;
}

GPtrArray *
cpu_x86_feature_names(const CpuMap *map, const CpuSet *set)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    CpuX86Walk walk;
    const CpuFeature *feature;

    cpu_x86_walk_init(&walk, map, set, cpu_x86_is_plain(map));
    while ((feature = cpu_x86_walk_next(&walk)) != NULL)
        g_ptr_array_add(names, g_strdup(feature->name));
    return names;
}

const CpuModel *
cpu_x86_find_model(const CpuMap *map, const char *name, GError **error)
{
    return cpu_driver_find_model(map, CPU_FAMILY_X86, name, error);
}

const CpuFeature *
cpu_x86_find_feature(const CpuMap *map, const char *name, GError **error)
{
    const CpuFeature *feature = cpu_map_find_feature(map, CPU_FAMILY_X86, name);

    if (feature != NULL)
        return feature;
    const CpuFeature *meant = cpu_map_find_feature_alias(map, CPU_FAMILY_X86, name);
    if (meant != NULL)
        g_set_error(error, CPU_ERROR, CPU_ERROR_UNKNOWN_FEATURE,
                    "unknown CPU feature '%s': libvirt's name for it is '%s'", name, meant->name);
    else
        g_set_error(error, CPU_ERROR, CPU_ERROR_UNKNOWN_FEATURE,
                    "unknown CPU feature '%s': the CPU map (%s) does not have it", name,
                    cpu_map_origin(map));
    return NULL;
}

static gboolean
model_set(const CpuMap *map, const CpuDefinition *cpu, CpuSet *ret_set, GError **error)
{
    if (cpu->model == NULL) {
        memset(ret_set, 0, sizeof *ret_set);
        return TRUE;
    }
    const CpuModel *model = cpu_x86_find_model(map, cpu->model, error);
    if (model == NULL)
        return FALSE;
    *ret_set = model->set;
    return TRUE;
}

void
cpu_x86_apply_feature(CpuSet *set, const CpuFeature *feature, CpuPolicy policy)
{
    if (cpu_policy_is_off(policy))
        cpu_set_subtract(set, &feature->bits);
    else
        cpu_set_unite(set, &feature->bits);
}

static gboolean
apply_item(const CpuMap *map, const CpuDefinitionFeature *item, CpuSet *set, GPtrArray *unknown,
           GError **error)
{
    if (item->policy == CPU_POLICY_OPTIONAL)
        return TRUE;
    const CpuFeature *feature = cpu_map_find_feature(map, CPU_FAMILY_X86, item->name);
    if (feature == NULL && unknown != NULL) {
        g_ptr_array_add(unknown, item->name);
        return TRUE;
    }
    if (feature == NULL)
        return cpu_x86_find_feature(map, item->name, error) != NULL;
    cpu_x86_apply_feature(set, feature, item->policy);
    return TRUE;
}

gboolean
cpu_x86_effective_set(const CpuMap *map, const CpuDefinition *cpu, CpuSet *ret_set,
                      GPtrArray *unknown, GError **error)
{
    CpuSet set;

    if (!model_set(map, cpu, &set, error))
        return FALSE;
    for (guint i = 0; i < cpu->features->len; i++) {
        if (!apply_item(map, cpu_definition_feature(cpu, i), &set, unknown, error))
            return FALSE;
    }
    *ret_set = set;
    return TRUE;
}

gboolean
cpu_x86_policy_set(const CpuMap *map, const CpuDefinition *cpu, CpuPolicy policy, CpuSet *ret_set,
                   GError **error)
{
    CpuSet set = {{0}};

    if (policy == CPU_POLICY_REQUIRE && !model_set(map, cpu, &set, error))
        return FALSE;
    for (guint i = 0; i < cpu->features->len; i++) {
        const CpuDefinitionFeature *item = cpu_definition_feature(cpu, i);
        gboolean is_host_type = cpu->type == CPU_TYPE_HOST || item->policy == CPU_POLICY_NONE;

        if ((is_host_type ? CPU_POLICY_REQUIRE : item->policy) != policy)
            continue;
        const CpuFeature *feature = cpu_x86_find_feature(map, item->name, error);
        if (feature == NULL)
            return FALSE;
        cpu_set_unite(&set, &feature->bits);
    }
    *ret_set = set;
    return TRUE;
}

void
cpu_x86_append_removed(CpuDefinition *cpu, const CpuModel *model, CpuPolicy policy)
{
    for (guint i = 0; i < model->n_removed; i++) {
        const char *name = model->removed[i]->name;

        if (cpu_definition_find_feature(cpu, name) == NULL)
            cpu_definition_append_feature(cpu, name, policy);
    }
}

gboolean
cpu_x86_has_feature(const CpuMap *map, const CpuDefinition *cpu, const char *name,
                    gboolean *ret_has, GError **error)
{
    CpuSet set;

    if (cpu_map_find_feature(map, CPU_FAMILY_X86, name) == NULL &&
        cpu_x86_is_hypervisor_feature(name)) {
        *ret_has = FALSE;
        return TRUE;
    }
    const CpuFeature *feature = cpu_x86_find_feature(map, name, error);
    if (feature == NULL || !cpu_x86_effective_set(map, cpu, &set, NULL, error))
        return FALSE;
    *ret_has = cpu_set_contains(&set, &feature->bits);
    return TRUE;
}

CpuDefinition *
cpu_x86_expand(const CpuMap *map, const CpuDefinition *cpu, GError **error)
{
    g_autoptr(CpuDefinition) result = cpu_definition_copy(cpu);
    CpuPolicy required = cpu->type == CPU_TYPE_GUEST ? CPU_POLICY_REQUIRE : CPU_POLICY_NONE;
    const CpuModel *model = NULL;

    cpu_definition_clear_features(result);
    if (cpu->model != NULL) {
        CpuX86Walk walk;
        const CpuFeature *feature;

        model = cpu_x86_find_model(map, cpu->model, error);
        if (model == NULL)
            return NULL;
        cpu_x86_walk_init(&walk, map, &model->set, cpu_x86_is_plain(map));
        while ((feature = cpu_x86_walk_next(&walk)) != NULL)
            cpu_definition_append_feature(result, feature->name, required);
    }
    for (guint i = 0; i < cpu->features->len; i++) {
        const CpuDefinitionFeature *item = cpu_definition_feature(cpu, i);

        if (cpu->type == CPU_TYPE_HOST || item->policy == CPU_POLICY_REQUIRE ||
            item->policy == CPU_POLICY_DISABLE)
            cpu_definition_set_feature(result, item->name, item->policy);
    }
    if (cpu->type == CPU_TYPE_GUEST && model != NULL)
        cpu_x86_append_removed(result, model, CPU_POLICY_DISABLE);
    cpu_definition_sort_features(result);
    return g_steal_pointer(&result);
}

const CpuDriver cpu_x86_driver = {
    .compare = cpu_x86_compare,
    .update = cpu_x86_update,
    .translate = cpu_x86_translate,
    .baseline_add = cpu_x86_baseline_add,
    .baseline_finish = cpu_x86_baseline_finish,
};
