/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Building a map, one declaration after the other.
 *
 * Each add first checks the whole declaration against what is there, then changes the map; that is
 * what leaves the builder as it was when a declaration is refused. References go backwards only (an
 * ancestor, a vendor, a feature must have been declared before), which makes cycles impossible.
 *
 * Rules for models, as libvirt reads its own map: a model starts from its ancestor's vendor,
 * signatures and set, the set without the ancestor's removed features; own signatures replace the
 * inherited ones, own features join. A model that adds nothing to its ancestor is the ancestor's
 * canonical name. Decode flags, the compat flag, removed and added lists are never inherited.
 */

#include "cpu_map_private.h"

#include <string.h>

G_DEFINE_QUARK(virt_plan_cpu_map_error_quark, cpu_map_error)

#define N_VENDOR_STRING 12

struct CpuMapBuilder {
    CpuMap *map;
};

CpuMapBuilder *
cpu_map_builder_new(const char *origin)
{
    CpuMapBuilder *builder = g_new0(CpuMapBuilder, 1);

    builder->map = cpu_map_new_empty(origin);
    return builder;
}

void
cpu_map_builder_free(CpuMapBuilder *builder)
{
    if (builder == NULL)
        return;
    cpu_map_unref(builder->map);
    g_free(builder);
}

CpuMap *
cpu_map_builder_finish(CpuMapBuilder *builder)
{
    CpuMap *map = g_steal_pointer(&builder->map);

    cpu_map_builder_free(builder);
    return map;
}

static char *
keep_string(CpuMapBuilder *builder, const char *text)
{
    return text != NULL ? g_string_chunk_insert_const(builder->map->strings, text) : NULL;
}

/* WHAT is "feature", "model" or "vendor". */
static gboolean
check_new_name(GHashTable *by_name, const char *what, const char *name, GError **error)
{
    if (name == NULL || *name == '\0') {
        g_set_error(error, CPU_MAP_ERROR, CPU_MAP_ERROR_INVALID, "%s without a name: give it one",
                    what);
        return FALSE;
    }
    if (g_hash_table_contains(by_name, name)) {
        g_set_error(error, CPU_MAP_ERROR, CPU_MAP_ERROR_DUPLICATE,
                    "%s '%s' is declared twice: remove one of them", what, name);
        return FALSE;
    }
    return TRUE;
}

/* ---- vendors -------------------------------------------------------------------------------- */

gboolean
cpu_map_builder_add_vendor(CpuMapBuilder *builder, CpuFamily family, const CpuVendor *vendor,
                           GError **error)
{
    CpuMapFamily *tables = &builder->map->families[family];

    if (!check_new_name(tables->vendors_by_name, "vendor", vendor->name, error))
        return FALSE;
    if (family == CPU_FAMILY_X86 &&
        (vendor->string == NULL || strlen(vendor->string) != N_VENDOR_STRING)) {
        g_set_error(error, CPU_MAP_ERROR, CPU_MAP_ERROR_INVALID,
                    "vendor '%s' needs a CPUID string of %d bytes, such as 'GenuineIntel'",
                    vendor->name, N_VENDOR_STRING);
        return FALSE;
    }
    CpuVendor *copy = g_new(CpuVendor, 1);
    *copy = *vendor;
    char *name = keep_string(builder, vendor->name);
    copy->name = name;
    copy->string = keep_string(builder, vendor->string);
    g_ptr_array_add(tables->vendors, copy);
    g_hash_table_insert(tables->vendors_by_name, name, copy);
    return TRUE;
}

/* ---- features ------------------------------------------------------------------------------- */

static gboolean
check_bits(const CpuMapFamily *tables, CpuFamily family, const CpuFeatureDeclaration *declaration,
           GError **error)
{
    guint n_new = 0;

    if ((family == CPU_FAMILY_X86) != (declaration->n_bits > 0)) {
        g_set_error(
            error, CPU_MAP_ERROR, CPU_MAP_ERROR_INVALID, "feature '%s' %s", declaration->name,
            family == CPU_FAMILY_X86 ? "has no CPUID or MSR bit: give those that it is"
                                     : "has CPUID bits, which only x86 features have: remove them");
        return FALSE;
    }
    for (guint i = 0; i < declaration->n_bits; i++) {
        const CpuBit *bit = &declaration->bits[i];
        gboolean is_msr_half = bit->reg == CPU_REGISTER_EAX || bit->reg == CPU_REGISTER_EDX;

        if (bit->reg >= CPU_REGISTER_COUNT || bit->bit > 31 || (bit->is_msr && !is_msr_half)) {
            g_set_error(
                error, CPU_MAP_ERROR, CPU_MAP_ERROR_INVALID,
                "feature '%s' has a bit that no register has: a register has bits 0 to 31, and "
                "an MSR is eax and edx",
                declaration->name);
            return FALSE;
        }
        n_new += !g_hash_table_contains(tables->positions, bit);
    }
    if (tables->bits->len + n_new > CPU_SET_BITS) {
        g_set_error(error, CPU_MAP_ERROR, CPU_MAP_ERROR_INVALID,
                    "feature '%s' is one too many: a map can have %d bits, so leave features out",
                    declaration->name, CPU_SET_BITS);
        return FALSE;
    }
    return TRUE;
}

static guint
intern_bit(CpuMapFamily *tables, const CpuBit *bit)
{
    guint position = GPOINTER_TO_UINT(g_hash_table_lookup(tables->positions, bit));

    if (position != 0)
        return position - 1;
    g_array_append_vals(tables->bits, bit, 1);
    g_hash_table_insert(tables->positions, g_memdup2(bit, sizeof *bit),
                        GUINT_TO_POINTER(tables->bits->len));
    return tables->bits->len - 1;
}

static const CpuFeatureAlias *
keep_aliases(CpuMapBuilder *builder, const CpuFeatureDeclaration *declaration)
{
    if (declaration->n_aliases == 0)
        return NULL;
    CpuFeatureAlias *aliases = g_new(CpuFeatureAlias, declaration->n_aliases);

    for (guint i = 0; i < declaration->n_aliases; i++) {
        aliases[i].name = keep_string(builder, declaration->aliases[i].name);
        aliases[i].source = keep_string(builder, declaration->aliases[i].source);
    }
    return aliases;
}

/* Two features may be spelled alike somewhere; the first to claim a spelling has it. */
static void
claim_spelling(CpuMapFamily *tables, const char *name, CpuFeature *feature)
{
    g_autofree char *folded = cpu_map_fold(name);

    if (!g_hash_table_contains(tables->features_by_spelling, folded))
        g_hash_table_insert(tables->features_by_spelling, g_steal_pointer(&folded), feature);
}

gboolean
cpu_map_builder_add_feature(CpuMapBuilder *builder, CpuFamily family,
                            const CpuFeatureDeclaration *declaration, GError **error)
{
    CpuMapFamily *tables = &builder->map->families[family];

    if (!check_new_name(tables->features_by_name, "feature", declaration->name, error) ||
        !check_bits(tables, family, declaration, error))
        return FALSE;
    CpuFeature *feature = g_new0(CpuFeature, 1);
    char *name = keep_string(builder, declaration->name);
    feature->name = name;
    feature->index = tables->features->len;
    feature->is_migratable = !declaration->is_unmigratable;
    feature->group = declaration->group;
    feature->since = declaration->since;
    feature->aliases = keep_aliases(builder, declaration);
    feature->n_aliases = declaration->n_aliases;
    for (guint i = 0; i < declaration->n_bits; i++)
        cpu_set_add(&feature->bits, intern_bit(tables, &declaration->bits[i]));
    g_ptr_array_add(tables->features, feature);
    g_hash_table_insert(tables->features_by_name, name, feature);
    claim_spelling(tables, feature->name, feature);
    for (guint i = 0; i < feature->n_aliases; i++)
        claim_spelling(tables, feature->aliases[i].name, feature);
    return TRUE;
}

/* ---- models --------------------------------------------------------------------------------- */

static gboolean
check_reference(GHashTable *by_name, const char *model, const char *what, const char *name,
                GError **error)
{
    if (name == NULL || g_hash_table_contains(by_name, name))
        return TRUE;
    g_set_error(
        error, CPU_MAP_ERROR, CPU_MAP_ERROR_UNKNOWN,
        "model '%s' names the %s '%s', which is not declared before it: declare it first, or "
        "correct the name",
        model, what, name);
    return FALSE;
}

/* The bits of NAMES, united; FALSE when one is not declared. */
static gboolean
unite_features(GHashTable *by_name, const char *model, const char *const *names, guint n_names,
               CpuSet *set, GError **error)
{
    for (guint i = 0; i < n_names; i++) {
        const CpuFeature *feature = g_hash_table_lookup(by_name, names[i]);

        if (feature == NULL)
            return check_reference(by_name, model, "feature", names[i], error);
        cpu_set_unite(set, &feature->bits);
    }
    return TRUE;
}

/* Checks all that DECLARATION names; gives the bits of its own features. */
static gboolean
check_model(const CpuMapFamily *tables, const CpuModelDeclaration *declaration, CpuSet *ret_own,
            GError **error)
{
    const char *name = declaration->name;
    GHashTable *features = tables->features_by_name;
    CpuSet ignored = {0};

    *ret_own = ignored;
    return check_new_name(tables->models_by_name, "model", name, error) &&
           check_reference(tables->models_by_name, name, "ancestor", declaration->ancestor,
                           error) &&
           check_reference(tables->vendors_by_name, name, "vendor", declaration->vendor, error) &&
           unite_features(features, name, declaration->features, declaration->n_features, ret_own,
                          error) &&
           unite_features(features, name, declaration->removed, declaration->n_removed, &ignored,
                          error) &&
           unite_features(features, name, declaration->added, declaration->n_added, &ignored,
                          error);
}

static const CpuFeature *const *
find_features(const CpuMapFamily *tables, const char *const *names, guint n_names)
{
    if (n_names == 0)
        return NULL;
    const CpuFeature **features = g_new(const CpuFeature *, n_names);

    for (guint i = 0; i < n_names; i++)
        features[i] = g_hash_table_lookup(tables->features_by_name, names[i]);
    return features;
}

/* The part of MODEL that comes from its ancestor. */
static void
inherit(CpuModel *model, const CpuModel *ancestor)
{
    model->ancestor = ancestor;
    model->vendor = ancestor->vendor;
    model->set = ancestor->set;
    model->n_signatures = ancestor->n_signatures;
    model->n_pvrs = ancestor->n_pvrs;
    model->signatures =
        g_memdup2(ancestor->signatures, sizeof(CpuSignature) * ancestor->n_signatures);
    model->pvrs = g_memdup2(ancestor->pvrs, sizeof(CpuPvr) * ancestor->n_pvrs);
    for (guint i = 0; i < ancestor->n_removed; i++)
        cpu_set_subtract(&model->set, &ancestor->removed[i]->bits);
}

static void
declare_own(CpuMapBuilder *builder, const CpuMapFamily *tables, CpuModel *model,
            const CpuModelDeclaration *declaration)
{
    model->group = keep_string(builder, declaration->group);
    model->index = tables->models->len;
    model->since = declaration->since;
    model->is_decodable_host = declaration->is_decodable_host;
    model->is_decodable_guest = declaration->is_decodable_guest;
    model->is_compat_checked = declaration->is_compat_checked;
    if (declaration->vendor != NULL)
        model->vendor = g_hash_table_lookup(tables->vendors_by_name, declaration->vendor);
    if (declaration->n_signatures > 0) {
        g_free((gpointer)(guintptr)model->signatures);
        model->n_signatures = declaration->n_signatures;
        model->signatures =
            g_memdup2(declaration->signatures, sizeof(CpuSignature) * declaration->n_signatures);
    }
    if (declaration->n_pvrs > 0) {
        g_free((gpointer)(guintptr)model->pvrs);
        model->n_pvrs = declaration->n_pvrs;
        model->pvrs = g_memdup2(declaration->pvrs, sizeof(CpuPvr) * declaration->n_pvrs);
    }
    model->removed = find_features(tables, declaration->removed, declaration->n_removed);
    model->n_removed = declaration->n_removed;
    model->added = find_features(tables, declaration->added, declaration->n_added);
    model->n_added = declaration->n_added;
}

static gboolean
is_plain_rename(const CpuModelDeclaration *declaration)
{
    return declaration->vendor == NULL && declaration->n_signatures == 0 &&
           declaration->n_pvrs == 0 && declaration->n_features == 0 &&
           declaration->n_removed == 0 && declaration->n_added == 0;
}

gboolean
cpu_map_builder_add_model(CpuMapBuilder *builder, CpuFamily family,
                          const CpuModelDeclaration *declaration, GError **error)
{
    CpuMapFamily *tables = &builder->map->families[family];
    CpuSet own;

    if (!check_model(tables, declaration, &own, error))
        return FALSE;
    CpuModel *model = g_new0(CpuModel, 1);
    char *name = keep_string(builder, declaration->name);
    model->name = name;
    if (declaration->ancestor != NULL) {
        CpuModel *ancestor = g_hash_table_lookup(tables->models_by_name, declaration->ancestor);

        inherit(model, ancestor);
        if (is_plain_rename(declaration) && ancestor->canonical == NULL)
            ancestor->canonical = model;
    }
    declare_own(builder, tables, model, declaration);
    cpu_set_unite(&model->set, &own);
    g_ptr_array_add(tables->models, model);
    g_hash_table_insert(tables->models_by_name, name, model);
    return TRUE;
}
