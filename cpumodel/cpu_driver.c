/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the drivers of several families share. */

#include "cpu_driver.h"

void
cpu_driver_set_string(char **slot, const char *text)
{
    char *copy = g_strdup(text);

    g_free(*slot);
    *slot = copy;
}

gboolean
cpu_driver_compare(const CpuDriver *driver, const CpuMap *map, const CpuDefinition *host,
                   const CpuDefinition *cpu, CpuCompareResult *ret_result, CpuReason *ret_reason,
                   GError **error)
{
    if (host != NULL && host->model != NULL)
        return driver->compare(map, host, cpu, ret_result, ret_reason, error);
    cpu_reason_set(ret_reason, CPU_REASON_HOST_UNKNOWN, NULL, NULL);
    *ret_result = CPU_COMPARE_INCOMPATIBLE;
    return TRUE;
}

gboolean
cpu_driver_accepts(CpuFamily family, const CpuDefinition *host, const CpuDefinition *cpu,
                   CpuReason *reason)
{
    if (cpu->type == CPU_TYPE_HOST && cpu_arch_family(cpu->arch) != family) {
        cpu_reason_set(reason, CPU_REASON_ARCH, cpu_arch_name(cpu->arch), NULL);
        return FALSE;
    }
    if (cpu->vendor != NULL && g_strcmp0(host->vendor, cpu->vendor) != 0) {
        cpu_reason_set(reason, CPU_REASON_VENDOR, cpu->vendor, NULL);
        return FALSE;
    }
    return TRUE;
}

void
cpu_driver_take_model(CpuDefinition *guest, const CpuDefinition *host)
{
    cpu_driver_set_string(&guest->model, host->model);
    cpu_driver_set_string(&guest->vendor, host->vendor);
    if (guest->vendor_id == NULL)
        cpu_driver_set_string(&guest->vendor_id, host->vendor_id);
    guest->mode = CPU_MODE_CUSTOM;
    guest->match = CPU_MATCH_EXACT;
}

void
cpu_driver_merge_features(CpuDefinition *guest, const CpuDefinition *host)
{
    g_autoptr(CpuDefinition) merged = cpu_definition_new(CPU_TYPE_GUEST);

    for (guint i = 0; i < host->features->len; i++) {
        const CpuDefinitionFeature *item = cpu_definition_feature(host, i);
        gboolean is_host_type = host->type == CPU_TYPE_HOST || item->policy == CPU_POLICY_NONE;

        cpu_definition_append_feature(merged, item->name,
                                      is_host_type ? CPU_POLICY_REQUIRE : item->policy);
    }
    for (guint i = 0; i < guest->features->len; i++) {
        const CpuDefinitionFeature *item = cpu_definition_feature(guest, i);

        cpu_definition_set_feature(merged, item->name, item->policy);
    }
    cpu_definition_clear_features(guest);
    for (guint i = 0; i < merged->features->len; i++) {
        const CpuDefinitionFeature *item = cpu_definition_feature(merged, i);

        cpu_definition_append_feature(guest, item->name, item->policy);
    }
}

/* What a feature is looked up in. */
typedef struct {
    const CpuMap *map;
    CpuFamily family;
} FeatureScope;

/* A name that the map does not know is nobody's to forbid. */
static gboolean
is_migratable(const CpuDefinitionFeature *feature, gconstpointer data)
{
    const FeatureScope *scope = data;
    const CpuFeature *known = cpu_map_find_feature(scope->map, scope->family, feature->name);

    return known == NULL || known->is_migratable;
}

void
cpu_driver_drop_unmigratable(const CpuMap *map, CpuFamily family, CpuDefinition *cpu)
{
    const FeatureScope scope = {.map = map, .family = family};

    cpu_definition_keep_features(cpu, is_migratable, &scope);
}

const CpuModel *
cpu_driver_find_model(const CpuMap *map, CpuFamily family, const char *name, GError **error)
{
    const CpuModel *model = name == NULL ? NULL : cpu_map_find_model(map, family, name);

    if (model == NULL && (name == NULL || *name == '\0'))
        g_set_error(error, CPU_ERROR, CPU_ERROR_UNKNOWN_MODEL, "the CPU has no model");
    else if (model == NULL)
        g_set_error(error, CPU_ERROR, CPU_ERROR_UNKNOWN_MODEL,
                    "unknown CPU model '%s': the CPU map (%s) does not have it", name,
                    cpu_map_origin(map));
    return model;
}

const CpuVendor *
cpu_driver_find_vendor(const CpuMap *map, CpuFamily family, const char *name, GError **error)
{
    const CpuVendor *vendor = cpu_map_find_vendor(map, family, name);

    if (vendor == NULL)
        g_set_error(error, CPU_ERROR, CPU_ERROR_UNKNOWN_VENDOR,
                    "unknown CPU vendor '%s': the CPU map (%s) does not have it", name,
                    cpu_map_origin(map));
    return vendor;
}
