/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * x86: the features that many CPUs have in common, CPU by CPU, as the closest guest definition.
 *
 * Only an intersection, a vendor and the distinct models in order of appearance are kept, so memory
 * does not grow with the number of CPUs. What looks like an oversight is libvirt's rule: the first
 * CPU's vendor is not held against its model, and the vendor of a first CPU that states none stays
 * unknown even if its model has one.
 *
 * A CPU that was taken in changes nothing when it comes again, as most CPUs of a fleet do; one that
 * was read with it is known by its names, which they share. So are the features of one that is new.
 */

#include "cpu_x86.h"

#include <string.h>

/* Set by the host or by libvirt's QEMU driver itself; never part of what that driver answers. */
static const char *const managed_features[] = {
    "cmt",     "mbm_local",  "mbm_total",  "ospke",
    "osxsave", "vmx-ept-uc", "vmx-ept-wb", "vmx-invvpid-single-context",
};

/* How many distinct CPUs are remembered. */
#define MAX_TAKEN 1024

struct CpuX86Baseline {
    CpuSet set;
    const CpuVendor *vendor;
    gboolean is_vendor_shown; /* every CPU so far stated one */
    GArray *models;           /* of const CpuModel*, distinct, in order of appearance */
    GHashTable *taken;        /* a set of CpuDefinition: what was taken in behind the first CPU */
    CpuFeatureNames *names;   /* of the last CPU */
    GHashTable *features;     /* of const CpuFeature*, by where their name is in NAMES */
};

static guint
definition_hash(gconstpointer definition)
{
    const CpuDefinition *cpu = definition;
    guint hash = 0;

    for (guint i = 0; i < cpu->features->len; i++)
        hash = hash * 31 + g_direct_hash(cpu_definition_feature(cpu, i)->name);
    return hash;
}

/*
 * TRUE when two definitions say the same to a baseline, and share their names: what is at another
 * place while both are there is taken for another name.
 */
static gboolean
definition_equal(gconstpointer a, gconstpointer b)
{
    const CpuDefinition *left = a, *right = b;

    if (left->features->len != right->features->len || g_strcmp0(left->model, right->model) != 0 ||
        g_strcmp0(left->vendor, right->vendor) != 0)
        return FALSE;
    for (guint i = 0; i < left->features->len; i++) {
        const CpuDefinitionFeature *one = cpu_definition_feature(left, i);
        const CpuDefinitionFeature *other = cpu_definition_feature(right, i);

        if (one->name != other->name || one->policy != other->policy)
            return FALSE;
    }
    return TRUE;
}

static CpuX86Baseline *
baseline_new(void)
{
    CpuX86Baseline *x86 = g_new0(CpuX86Baseline, 1);

    x86->models = g_array_new(FALSE, FALSE, sizeof(const CpuModel *));
    x86->taken = g_hash_table_new_full(definition_hash, definition_equal,
                                       (GDestroyNotify)cpu_definition_free, NULL);
    x86->features = g_hash_table_new(NULL, NULL);
    return x86;
}

void
cpu_x86_baseline_free(CpuX86Baseline *x86)
{
    if (x86 == NULL)
        return;
    g_array_free(x86->models, TRUE);
    g_hash_table_unref(x86->taken);
    g_hash_table_unref(x86->features);
    cpu_feature_names_unref(x86->names);
    g_free(x86);
}

static gboolean
take_first_vendor(CpuX86Baseline *x86, const CpuMap *map, const CpuDefinition *cpu, GError **error)
{
    x86->is_vendor_shown = cpu->vendor != NULL;
    if (cpu->vendor == NULL)
        return TRUE;
    x86->vendor = cpu_driver_find_vendor(map, CPU_FAMILY_X86, cpu->vendor, error);
    return x86->vendor != NULL;
}

static gboolean
take_next_vendor(CpuX86Baseline *x86, const CpuMap *map, const CpuDefinition *cpu,
                 const CpuModel *model, GError **error)
{
    const char *name = cpu->vendor;

    if (name == NULL) {
        x86->is_vendor_shown = FALSE;
        name = model->vendor == NULL ? NULL : model->vendor->name;
    } else if (model->vendor != NULL && strcmp(model->vendor->name, name) != 0) {
        g_set_error(error, CPU_ERROR, CPU_ERROR_INCOMPATIBLE,
                    "model '%s' is made by %s, but the definition says vendor '%s'", model->name,
                    model->vendor->name, name);
        return FALSE;
    }
    if (name == NULL || (x86->vendor != NULL && strcmp(x86->vendor->name, name) == 0))
        return TRUE;
    if (x86->vendor != NULL) {
        g_set_error(error, CPU_ERROR, CPU_ERROR_INCOMPATIBLE,
                    "vendor '%s' differs from '%s' of the CPUs before it: CPUs of different "
                    "vendors have no common baseline",
                    name, x86->vendor->name);
        return FALSE;
    }
    x86->vendor = cpu_driver_find_vendor(map, CPU_FAMILY_X86, name, error);
    return x86->vendor != NULL;
}

static void
take_model(CpuX86Baseline *x86, const CpuModel *model)
{
    for (guint i = 0; i < x86->models->len; i++) {
        if (g_array_index(x86->models, const CpuModel *, i) == model)
            return;
    }
    g_array_append_val(x86->models, model);
}

static gboolean
take_first(CpuBaseline *baseline, const CpuDefinition *cpu, const CpuModel *model,
           const CpuSet *set, GError **error)
{
    CpuX86Baseline *x86 = baseline->x86 = baseline_new();

    x86->set = *set;
    take_model(x86, model);
    return take_first_vendor(x86, baseline->map, cpu, error);
}

static gboolean
take_next(CpuX86Baseline *x86, const CpuMap *map, const CpuDefinition *cpu, const CpuModel *model,
          const CpuSet *set, GError **error)
{
    if (!take_next_vendor(x86, map, cpu, model, error))
        return FALSE;
    cpu_set_intersect(&x86->set, set);
    take_model(x86, model);
    if (g_hash_table_size(x86->taken) < MAX_TAKEN)
        g_hash_table_add(x86->taken, cpu_definition_copy(cpu));
    return TRUE;
}

static const CpuFeature *
find_feature(CpuX86Baseline *x86, const CpuMap *map, const char *name, GError **error)
{
    const CpuFeature *feature = g_hash_table_lookup(x86->features, name);

    if (feature != NULL)
        return feature;
    feature = cpu_x86_find_feature(map, name, error);
    if (feature != NULL)
        g_hash_table_insert(x86->features, (gpointer)(guintptr)name, (gpointer)(guintptr)feature);
    return feature;
}

/* The set of CPU, whose model is MODEL and whose names are those of the CPU before it. */
static gboolean
shared_set(CpuX86Baseline *x86, const CpuMap *map, const CpuDefinition *cpu, const CpuModel *model,
           CpuSet *ret_set, GError **error)
{
    *ret_set = model->set;
    for (guint i = 0; i < cpu->features->len; i++) {
        const CpuDefinitionFeature *item = cpu_definition_feature(cpu, i);

        if (item->policy == CPU_POLICY_OPTIONAL)
            continue;
        const CpuFeature *feature = find_feature(x86, map, item->name, error);
        if (feature == NULL)
            return FALSE;
        cpu_x86_apply_feature(ret_set, feature, item->policy);
    }
    return TRUE;
}

static gboolean
effective_set(CpuX86Baseline *x86, const CpuMap *map, const CpuDefinition *cpu,
              const CpuModel *model, CpuSet *ret_set, GError **error)
{
    if (x86 != NULL && x86->names == cpu->names)
        return shared_set(x86, map, cpu, model, ret_set, error);
    if (x86 != NULL) {
        g_hash_table_remove_all(x86->features);
        cpu_feature_names_unref(x86->names);
        x86->names = cpu_feature_names_ref(cpu->names);
    }
    return cpu_x86_effective_set(map, cpu, ret_set, NULL, error);
}

gboolean
cpu_x86_baseline_add(CpuBaseline *baseline, const CpuDefinition *cpu, guint index, GError **error)
{
    const CpuMap *map = baseline->map;
    CpuX86Baseline *x86 = baseline->x86;
    CpuSet set;

    if (x86 != NULL && g_hash_table_contains(x86->taken, cpu))
        return TRUE;
    const CpuModel *model = cpu_x86_find_model(map, cpu->model, error);
    if (model == NULL || !effective_set(x86, map, cpu, model, &set, error))
        return FALSE;
    return index == 0 ? take_first(baseline, cpu, model, &set, error)
                      : take_next(x86, map, cpu, model, &set, error);
}

static void
keep_allowed_features(const CpuBaseline *baseline, CpuSet *set)
{
    const GPtrArray *names = baseline->options.allowed_features;
    CpuSet allowed = {{0}};

    if (names == NULL)
        return;
    for (guint i = 0; i < names->len; i++) {
        const CpuFeature *feature =
            cpu_map_find_feature(baseline->map, CPU_FAMILY_X86, names->pdata[i]);

        if (feature != NULL)
            cpu_set_unite(&allowed, &feature->bits);
    }
    cpu_set_intersect(set, &allowed);
}

static gboolean
is_unmanaged(const CpuDefinitionFeature *feature, gconstpointer data)
{
    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(managed_features); i++) {
        if (strcmp(managed_features[i], feature->name) == 0)
            return FALSE;
    }
    return TRUE;
}

CpuDefinition *
cpu_x86_baseline_finish(CpuBaseline *baseline, GError **error)
{
    const CpuX86Baseline *x86 = baseline->x86;
    CpuX86Decode input = {
        .set = x86->set,
        .vendor = x86->vendor,
        .preferred = (const CpuModel *const *)(void *)x86->models->data,
        .n_preferred = x86->models->len,
    };
    CpuDecodeOptions decode = {
        .type = CPU_TYPE_GUEST,
        .is_migratable = baseline->options.is_migratable,
        .models = baseline->options.models,
    };

    keep_allowed_features(baseline, &input.set);
    if (cpu_set_is_empty(&input.set)) {
        g_set_error(error, CPU_ERROR, CPU_ERROR_INCOMPATIBLE, "the CPUs have no feature in common");
        return NULL;
    }
    g_autoptr(CpuDefinition) result = cpu_x86_decode(baseline->map, &input, &decode, error);
    if (result == NULL)
        return NULL;
    if (input.n_preferred == 1 && strcmp(input.preferred[0]->name, result->model) == 0)
        result->fallback = CPU_FALLBACK_FORBID;
    if (!x86->is_vendor_shown)
        cpu_driver_set_string(&result->vendor, NULL);
    if (baseline->options.is_qemu_driver)
        cpu_definition_keep_features(result, is_unmanaged, NULL);
    return g_steal_pointer(&result);
}
