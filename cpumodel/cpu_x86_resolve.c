/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * x86: a guest's CPU definition as it runs on a host.
 *
 * Update settles what depends on the host: the modes, match minimum and optional features.
 * Translate replaces a model that the hypervisor does not have. Live update writes down what QEMU
 * really made.
 */

#include "cpu_x86.h"

#include <string.h>

static gboolean
has_optional_features(const CpuDefinition *cpu)
{
    for (guint i = 0; i < cpu->features->len; i++) {
        if (cpu_definition_feature(cpu, i)->policy == CPU_POLICY_OPTIONAL)
            return TRUE;
    }
    return FALSE;
}

static gboolean
settle_optional_features(const CpuMap *map, const CpuSet *host, CpuDefinition *guest,
                         GError **error)
{
    for (guint i = 0; i < guest->features->len; i++) {
        CpuDefinitionFeature *item = cpu_definition_feature(guest, i);
        const CpuFeature *feature;

        if (item->policy != CPU_POLICY_OPTIONAL)
            continue;
        feature = cpu_map_find_feature(map, CPU_FAMILY_X86, item->name);
        if (feature == NULL && !cpu_x86_is_hypervisor_feature(item->name))
            return cpu_x86_find_feature(map, item->name, error) != NULL;
        gboolean has = feature != NULL && cpu_set_contains(host, &feature->bits);
        item->policy = has ? CPU_POLICY_REQUIRE : CPU_POLICY_DISABLE;
    }
    return TRUE;
}

/* The host's CPU takes the place of the guest's; the guest's own features stay on top. */
static void
replace_by_host(CpuDefinition *guest, const CpuDefinition *host)
{
    gboolean is_host_model = guest->mode == CPU_MODE_HOST_MODEL;

    cpu_driver_merge_features(guest, host);
    cpu_driver_set_string(&guest->model, host->model);
    if (is_host_model) {
        cpu_driver_set_string(&guest->vendor, host->vendor);
        if (guest->vendor_id == NULL)
            cpu_driver_set_string(&guest->vendor_id, host->vendor_id);
    }
    guest->mode = CPU_MODE_CUSTOM;
    guest->match = CPU_MATCH_EXACT;
}

gboolean
cpu_x86_update(const CpuMap *map, const CpuDefinition *host, CpuDefinition *guest,
               CpuPolicy removed_policy, GError **error)
{
    gboolean is_replaced = guest->mode == CPU_MODE_HOST_MODEL || guest->match == CPU_MATCH_MINIMUM;

    if (is_replaced || has_optional_features(guest)) {
        CpuSet host_set;

        if (host == NULL || host->model == NULL) {
            g_set_error(error, CPU_ERROR, CPU_ERROR_UNSUPPORTED,
                        "the host's CPU model is not known, and the definition depends on it");
            return FALSE;
        }
        if (!cpu_x86_effective_set(map, host, &host_set, NULL, error) ||
            !settle_optional_features(map, &host_set, guest, error))
            return FALSE;
    }
    if (is_replaced)
        replace_by_host(guest, host);
    const CpuModel *model = cpu_x86_find_model(map, guest->model, error);
    if (model == NULL)
        return FALSE;
    cpu_x86_append_removed(guest, model, removed_policy);
    return TRUE;
}

static guint
lowest_stepping(const CpuSignature *signature)
{
    return signature->steppings == 0 ? 0 : (guint)__builtin_ctz(signature->steppings);
}

gboolean
cpu_x86_translate(const CpuMap *map, CpuDefinition *guest, const CpuHypervisorModels *models,
                  GError **error)
{
    CpuX86Decode input = {.vendor = NULL};
    CpuDecodeOptions options = {
        .type = CPU_TYPE_GUEST,
        .fallback = guest->fallback,
        .models = models,
    };
    const CpuModel *model = cpu_x86_find_model(map, guest->model, error);

    if (model == NULL || !cpu_x86_effective_set(map, guest, &input.set, NULL, error))
        return FALSE;
    input.vendor = model->vendor;
    if (model->n_signatures > 0) {
        input.family = model->signatures[0].family;
        input.model = model->signatures[0].model;
        input.stepping = lowest_stepping(&model->signatures[0]);
    }
    g_autoptr(CpuDefinition) translated = cpu_x86_decode(map, &input, &options, error);
    if (translated == NULL)
        return FALSE;
    cpu_driver_merge_features(guest, translated);
    cpu_driver_set_string(&guest->model, translated->model);
    return TRUE;
}

/* ---- live update ---------------------------------------------------------------------------- */

typedef struct {
    const CpuModel *model; /* NULL: none named */
    CpuSet wanted;         /* the definition's effective set */
    CpuSet unwanted;       /* what it disables */
    CpuSet enabled;        /* what QEMU turned on */
    CpuSet disabled;      /* what QEMU turned off; features that were accounted for are taken out */
    gboolean has_unnamed; /* QEMU turned off bits that the map cannot name */
    gboolean is_checked;  /* check='full': differences are errors */
    gboolean is_open;     /* the mode leaves open what else the CPU has */
    GPtrArray *extra;     /* of char*: differences of a checked definition */
    GPtrArray *missing;
} LiveUpdate;

static gboolean
is_added_feature(const CpuModel *model, const CpuFeature *feature)
{
    for (guint i = 0; model != NULL && i < model->n_added; i++) {
        if (model->added[i] == feature)
            return TRUE;
    }
    return FALSE;
}

static gboolean
update_feature(LiveUpdate *live, const CpuFeature *feature, CpuDefinition *result, GError **error)
{
    gboolean is_wanted = cpu_set_contains(&live->wanted, &feature->bits);
    gboolean is_unwanted = !is_wanted && cpu_set_contains(&live->unwanted, &feature->bits);
    gboolean is_on = cpu_set_contains(&live->enabled, &feature->bits);
    gboolean is_off = cpu_set_contains(&live->disabled, &feature->bits);
    gboolean is_ignored = !is_wanted && !is_unwanted && is_added_feature(live->model, feature);

    if (is_on && is_off) {
        g_set_error(error, CPU_ERROR, CPU_ERROR_INVALID,
                    "the hypervisor says that feature '%s' is both enabled and disabled",
                    feature->name);
        return FALSE;
    }
    if (is_on && (is_unwanted || (!is_wanted && !live->is_open))) {
        if (live->is_checked && !is_ignored)
            g_ptr_array_add(live->extra, g_strdup(feature->name));
        else
            cpu_definition_set_feature(result, feature->name, CPU_POLICY_REQUIRE);
    } else if (is_off || (is_wanted && !is_on)) {
        if (live->is_checked && !is_ignored) {
            g_ptr_array_add(live->missing, g_strdup(feature->name));
        } else {
            cpu_definition_set_feature(result, feature->name, CPU_POLICY_DISABLE);
            cpu_set_subtract(&live->disabled, &feature->bits);
        }
    }
    return TRUE;
}

static char *
join(const GPtrArray *names)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < names->len; i++)
        g_string_append_printf(out, "%s%s", i == 0 ? "" : ", ", (const char *)names->pdata[i]);
    return g_string_free(out, FALSE);
}

static gboolean
judge(const LiveUpdate *live, GError **error)
{
    if (live->extra->len > 0 || live->missing->len > 0) {
        g_autofree char *extra = join(live->extra);
        g_autofree char *missing = join(live->missing);

        g_set_error(error, CPU_ERROR, CPU_ERROR_INCOMPATIBLE,
                    "the guest's CPU is not what its definition asks for: %s%s%s%s%s",
                    *extra != '\0' ? "extra features: " : "", extra,
                    *extra != '\0' && *missing != '\0' ? "; " : "",
                    *missing != '\0' ? "missing features: " : "", missing);
        return FALSE;
    }
    if (live->is_checked && (live->has_unnamed || !cpu_set_is_empty(&live->disabled))) {
        g_set_error(error, CPU_ERROR, CPU_ERROR_INCOMPATIBLE,
                    "the guest's CPU is not what its definition asks for");
        return FALSE;
    }
    return TRUE;
}

static guint
count_bits(const CpuData *data)
{
    guint n = 0;

    for (guint i = 0; i < cpu_data_n_items(data); i++) {
        for (guint r = 0; r < CPU_REGISTER_COUNT; r++)
            n += (guint)__builtin_popcount(cpu_data_item(data, i)->regs[r]);
    }
    return n;
}

static gboolean
start_live_update(LiveUpdate *live, const CpuMap *map, const CpuDefinition *guest,
                  const CpuData *enabled, const CpuData *disabled, GError **error)
{
    if (guest->mode != CPU_MODE_CUSTOM && guest->check != CPU_CHECK_FULL) {
        g_set_error(error, CPU_ERROR, CPU_ERROR_UNSUPPORTED,
                    "mode='%s' is only held against the running CPU with check='full'",
                    cpu_mode_name(guest->mode));
        return FALSE;
    }
    if (guest->model != NULL) {
        live->model = cpu_x86_find_model(map, guest->model, error);
        if (live->model == NULL)
            return FALSE;
    }
    live->is_checked = guest->check == CPU_CHECK_FULL;
    live->is_open = guest->mode == CPU_MODE_HOST_PASSTHROUGH || guest->mode == CPU_MODE_MAXIMUM;
    cpu_data_to_set(enabled, map, &live->enabled);
    cpu_data_to_set(disabled, map, &live->disabled);
    live->has_unnamed = count_bits(disabled) > cpu_set_count(&live->disabled);
    return cpu_x86_effective_set(map, guest, &live->wanted, NULL, error) &&
           cpu_x86_policy_set(map, guest, CPU_POLICY_DISABLE, &live->unwanted, error);
}

CpuDefinition *
cpu_x86_update_live(const CpuMap *map, const CpuDefinition *guest, const CpuData *enabled,
                    const CpuData *disabled, GError **error)
{
    g_autoptr(CpuDefinition) result = cpu_definition_copy(guest);
    g_autoptr(GPtrArray) extra = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) missing = g_ptr_array_new_with_free_func(g_free);
    LiveUpdate live = {.extra = extra, .missing = missing};

    if (!start_live_update(&live, map, guest, enabled, disabled, error))
        return NULL;
    for (guint i = 0; i < cpu_map_n_features(map, CPU_FAMILY_X86); i++) {
        if (!update_feature(&live, cpu_map_feature(map, CPU_FAMILY_X86, i), result, error))
            return NULL;
    }
    if (live.model != NULL)
        cpu_x86_append_removed(result, live.model, CPU_POLICY_DISABLE);
    if (!judge(&live, error))
        return NULL;
    result->check = CPU_CHECK_FULL;
    return g_steal_pointer(&result);
}
