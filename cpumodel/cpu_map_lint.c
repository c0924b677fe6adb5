/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <cpumodel/cpu_map_lint.h>

#include <string.h>

typedef struct {
    const CpuMap *map;
    CpuFamily family;
    GPtrArray *remarks;
} Lint;

void
cpu_map_remark_free(CpuMapRemark *remark)
{
    if (remark == NULL)
        return;
    g_free(remark->text);
    g_free(remark);
}

G_GNUC_PRINTF(3, 4)
static void
remark(Lint *lint, gboolean is_defect, const char *format, ...)
{
    CpuMapRemark *new_remark = g_new0(CpuMapRemark, 1);
    va_list args;

    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    new_remark->is_defect = is_defect;
    new_remark->text = g_strdup_printf("%s %s", cpu_family_name(lint->family), text);
    g_ptr_array_add(lint->remarks, new_remark);
}

/* ---- vendors and features ------------------------------------------------------------------- */

static void
lint_vendors(Lint *lint)
{
    for (guint i = 0; i < cpu_map_n_vendors(lint->map, lint->family); i++) {
        const CpuVendor *vendor = cpu_map_vendor(lint->map, lint->family, i);

        for (guint j = 0; j < i; j++) {
            const CpuVendor *earlier = cpu_map_vendor(lint->map, lint->family, j);

            if (vendor->string != NULL && g_strcmp0(vendor->string, earlier->string) == 0)
                remark(lint, TRUE, "vendor %s: no CPU has it, for %s is found first by %s",
                       vendor->name, earlier->name, vendor->string);
        }
    }
}

/* SPELLING belongs to FEATURE; does the map take it for another one? */
static void
lint_spelling(Lint *lint, const CpuFeature *feature, const char *spelling)
{
    const CpuFeature *found = cpu_map_find_feature_alias(lint->map, lint->family, spelling);

    if (found != feature)
        remark(lint, TRUE, "feature %s: its spelling %s is also one of %s", feature->name, spelling,
               found->name);
}

static void
lint_features(Lint *lint)
{
    for (guint i = 0; i < cpu_map_n_features(lint->map, lint->family); i++) {
        const CpuFeature *feature = cpu_map_feature(lint->map, lint->family, i);

        for (guint j = 0; j < feature->n_aliases; j++)
            lint_spelling(lint, feature, feature->aliases[j].name);
        for (guint j = 0; j < i; j++) {
            const CpuFeature *earlier = cpu_map_feature(lint->map, lint->family, j);

            if (cpu_set_intersects(&feature->bits, &earlier->bits))
                remark(lint, FALSE, "feature %s: shares bits with %s", feature->name,
                       earlier->name);
        }
    }
}

/* ---- models --------------------------------------------------------------------------------- */

static gboolean
has_signature(const CpuModel *model, const CpuSignature *wanted)
{
    guint16 steppings = 0;

    for (guint i = 0; i < model->n_signatures; i++) {
        if (model->signatures[i].family == wanted->family &&
            model->signatures[i].model == wanted->model)
            steppings |= model->signatures[i].steppings;
    }
    return (wanted->steppings & ~steppings) == 0;
}

/* Whatever CPU MODEL fits, does LATER fit as well? The decoder then takes LATER. */
static gboolean
fits_alike(const CpuModel *model, const CpuModel *later)
{
    if (!cpu_set_equal(&model->set, &later->set) ||
        (later->vendor != NULL && later->vendor != model->vendor))
        return FALSE;
    for (guint i = 0; i < model->n_signatures; i++) {
        if (!has_signature(later, &model->signatures[i]))
            return FALSE;
    }
    return TRUE;
}

/* The later model that takes all CPUs of MODEL, among those for guests or for hosts; or NULL. */
static const CpuModel *
find_shadow(const Lint *lint, const CpuModel *model, gboolean is_guest)
{
    for (guint i = model->index + 1; i < cpu_map_n_models(lint->map, lint->family); i++) {
        const CpuModel *later = cpu_map_model(lint->map, lint->family, i);

        if ((is_guest ? later->is_decodable_guest : later->is_decodable_host) &&
            fits_alike(model, later))
            return later;
    }
    return NULL;
}

/*
 * A canonical name stands in for its alias. A version that guests are never decoded to is there for
 * users to name; that a later one hides it from hosts as well harms nobody.
 */
static void
lint_matching(Lint *lint, const CpuModel *model)
{
    const CpuModel *for_host = find_shadow(lint, model, FALSE);
    const CpuModel *for_guest = find_shadow(lint, model, TRUE);
    const CpuModel *shadow = model->is_decodable_guest ? for_guest : for_host;
    gboolean is_hidden = shadow != NULL && (!model->is_decodable_host || for_host != NULL);

    if (!model->is_decodable_host && !model->is_decodable_guest)
        remark(lint, FALSE, "model %s: no CPU is decoded to it, for decode is off", model->name);
    else if (is_hidden && shadow != model->canonical)
        remark(lint, model->is_decodable_guest,
               "model %s: no CPU is decoded to it, for %s comes later and fits the same",
               model->name, shadow->name);
}

static void
lint_list(Lint *lint, const CpuModel *model, const char *what, const CpuFeature *const *features,
          guint n_features)
{
    for (guint i = 0; i < n_features; i++) {
        if (cpu_set_contains(&model->set, &features[i]->bits))
            remark(lint, TRUE, "model %s: %s is a part of it and %s", model->name,
                   features[i]->name, what);
        for (guint j = 0; j < i; j++) {
            if (features[i] == features[j])
                remark(lint, TRUE, "model %s: %s is %s twice", model->name, features[i]->name,
                       what);
        }
    }
}

static void
lint_models(Lint *lint)
{
    for (guint i = 0; i < cpu_map_n_models(lint->map, lint->family); i++) {
        const CpuModel *model = cpu_map_model(lint->map, lint->family, i);

        if (lint->family == CPU_FAMILY_X86) {
            lint_matching(lint, model);
            lint_list(lint, model, "removed", model->removed, model->n_removed);
            lint_list(lint, model, "added", model->added, model->n_added);
        } else if (model->n_pvrs == 0) {
            remark(lint, TRUE, "model %s: no CPU is decoded to it, for it has no PVR", model->name);
        }
    }
}

GPtrArray *
cpu_map_lint(const CpuMap *map)
{
    Lint lint = {map, CPU_FAMILY_NONE, NULL};

    lint.remarks = g_ptr_array_new_with_free_func((GDestroyNotify)cpu_map_remark_free);
    for (CpuFamily family = CPU_FAMILY_NONE + 1; family < CPU_FAMILY_COUNT; family++) {
        lint.family = family;
        lint_vendors(&lint);
        lint_features(&lint);
        lint_models(&lint);
    }
    return lint.remarks;
}
