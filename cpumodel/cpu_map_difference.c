/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Names are what two maps have in common, not positions: bits are compared by what they stand for,
 * sets by the names of the features in them.
 */

#include <cpumodel/cpu_map_difference.h>
#include <cpumodel/text_list.h>

#include <string.h>

typedef struct {
    const CpuMap *map, *other;
    CpuFamily family;
    GPtrArray *differences; /* of char* */
} Comparison;

G_GNUC_PRINTF(2, 3)
static void
report(Comparison *comparison, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_ptr_array_add(comparison->differences,
                    g_strdup_printf("%s %s", cpu_family_name(comparison->family), text));
}

/* "WHAT NAME: ASPECT is A in MAP, B in OTHER", when they differ. */
static void
compare_texts(Comparison *comparison, const char *what, const char *name, const char *aspect,
              const char *a, const char *b)
{
    if (g_strcmp0(a, b) != 0)
        report(comparison, "%s %s: %s is %s in %s, %s in %s", what, name, aspect,
               a != NULL ? a : "none", cpu_map_origin(comparison->map), b != NULL ? b : "none",
               cpu_map_origin(comparison->other));
}

static void
compare_switches(Comparison *comparison, const char *what, const char *name, const char *aspect,
                 gboolean a, gboolean b)
{
    compare_texts(comparison, what, name, aspect, a ? "on" : "off", b ? "on" : "off");
}

/* ---- tables --------------------------------------------------------------------------------- */

/* What vendors, features and models are compared with alike. */
typedef struct {
    const char *what;
    guint (*count)(const CpuMap *map, CpuFamily family);
    const char *(*name_at)(const CpuMap *map, CpuFamily family, guint index);
    /* The index of NAME, or -1. */
    gint (*find)(const CpuMap *map, CpuFamily family, const char *name);
    void (*compare)(Comparison *comparison, const char *name);
} Table;

static void
compare_table(Comparison *comparison, const Table *table)
{
    CpuFamily family = comparison->family;
    const char *latest = NULL;
    gint latest_index = -1;

    for (guint i = 0; i < table->count(comparison->map, family); i++) {
        const char *name = table->name_at(comparison->map, family, i);
        gint index = table->find(comparison->other, family, name);

        if (index < 0) {
            report(comparison, "%s %s: %s lacks it", table->what, name,
                   cpu_map_origin(comparison->other));
            continue;
        }
        if (index < latest_index) {
            report(comparison, "%s %s: comes after %s in %s, before it in %s", table->what, name,
                   latest, cpu_map_origin(comparison->map), cpu_map_origin(comparison->other));
        } else {
            latest = name;
            latest_index = index;
        }
        table->compare(comparison, name);
    }
    for (guint i = 0; i < table->count(comparison->other, family); i++) {
        const char *name = table->name_at(comparison->other, family, i);

        if (table->find(comparison->map, family, name) < 0)
            report(comparison, "%s %s: %s lacks it", table->what, name,
                   cpu_map_origin(comparison->map));
    }
}

/* ---- vendors -------------------------------------------------------------------------------- */

static const char *
vendor_name_at(const CpuMap *map, CpuFamily family, guint index)
{
    return cpu_map_vendor(map, family, index)->name;
}

static gint
find_vendor(const CpuMap *map, CpuFamily family, const char *name)
{
    for (guint i = 0; i < cpu_map_n_vendors(map, family); i++) {
        if (strcmp(cpu_map_vendor(map, family, i)->name, name) == 0)
            return (gint)i;
    }
    return -1;
}

static void
compare_vendor(Comparison *comparison, const char *name)
{
    const CpuVendor *a = cpu_map_find_vendor(comparison->map, comparison->family, name);
    const CpuVendor *b = cpu_map_find_vendor(comparison->other, comparison->family, name);
    g_autofree char *implementer_a = g_strdup_printf("0x%02x", a->implementer);
    g_autofree char *implementer_b = g_strdup_printf("0x%02x", b->implementer);

    compare_texts(comparison, "vendor", name, "CPUID string", a->string, b->string);
    compare_texts(comparison, "vendor", name, "implementer", implementer_a, implementer_b);
}

/* ---- features ------------------------------------------------------------------------------- */

static const char *
feature_name_at(const CpuMap *map, CpuFamily family, guint index)
{
    return cpu_map_feature(map, family, index)->name;
}

static gint
find_feature(const CpuMap *map, CpuFamily family, const char *name)
{
    const CpuFeature *feature = cpu_map_find_feature(map, family, name);

    return feature != NULL ? (gint)feature->index : -1;
}

/* The descriptions of a feature's bits, sorted and joined. */
static char *
describe_bits(const CpuMap *map, CpuFamily family, const CpuFeature *feature)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

    cpu_set_foreach (bit, &feature->bits)
        g_ptr_array_add(texts, cpu_bit_describe(cpu_map_bit(map, family, bit)));
    text_list_sort(texts);
    g_ptr_array_add(texts, NULL);
    return g_strjoinv(", ", (char **)texts->pdata);
}

static gboolean
has_alias(const CpuFeature *feature, const CpuFeatureAlias *alias)
{
    for (guint i = 0; i < feature->n_aliases; i++) {
        if (strcmp(feature->aliases[i].name, alias->name) == 0 &&
            g_strcmp0(feature->aliases[i].source, alias->source) == 0)
            return TRUE;
    }
    return FALSE;
}

static void
compare_feature(Comparison *comparison, const char *name)
{
    CpuFamily family = comparison->family;
    const CpuFeature *a = cpu_map_find_feature(comparison->map, family, name);
    const CpuFeature *b = cpu_map_find_feature(comparison->other, family, name);
    g_autofree char *bits_a = describe_bits(comparison->map, family, a);
    g_autofree char *bits_b = describe_bits(comparison->other, family, b);

    compare_texts(comparison, "feature", name, "place", bits_a, bits_b);
    compare_switches(comparison, "feature", name, "migration", a->is_migratable, b->is_migratable);
    for (guint i = 0; i < b->n_aliases; i++) {
        if (!has_alias(a, &b->aliases[i]))
            report(comparison, "feature %s: %s lacks the alias %s (%s)", name,
                   cpu_map_origin(comparison->map), b->aliases[i].name,
                   b->aliases[i].source != NULL ? b->aliases[i].source : "no source");
    }
}

/* ---- models --------------------------------------------------------------------------------- */

static const char *
model_name_at(const CpuMap *map, CpuFamily family, guint index)
{
    return cpu_map_model(map, family, index)->name;
}

static gint
find_model(const CpuMap *map, CpuFamily family, const char *name)
{
    const CpuModel *model = cpu_map_find_model(map, family, name);

    return model != NULL ? (gint)model->index : -1;
}

static char *
describe_signatures(const CpuModel *model)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < model->n_signatures; i++) {
        const CpuSignature *signature = &model->signatures[i];

        g_string_append_printf(text, "%s%u/%u", i > 0 ? " " : "", signature->family,
                               signature->model);
        if (signature->steppings != 0xffff)
            g_string_append_printf(text, " (steppings 0x%04x)", signature->steppings);
    }
    return g_string_free(text, text->len == 0);
}

static char *
describe_pvrs(const CpuModel *model)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < model->n_pvrs; i++)
        g_string_append_printf(text, "%s0x%08x mask 0x%08x", i > 0 ? ", " : "",
                               model->pvrs[i].value, model->pvrs[i].mask);
    return g_string_free(text, text->len == 0);
}

static char *
describe_list(const CpuFeature *const *features, guint n_features)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < n_features; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", features[i]->name);
    return g_string_free(text, text->len == 0);
}

/* The features of MODEL of MAP that the model of that name in OTHER has not. */
static void
report_missing(Comparison *comparison, const CpuMap *map, const CpuModel *model,
               const CpuMap *other, const CpuModel *other_model)
{
    CpuFamily family = comparison->family;

    for (guint i = 0; i < cpu_map_n_features(map, family); i++) {
        const CpuFeature *feature = cpu_map_feature(map, family, i);
        const CpuFeature *other_feature = cpu_map_find_feature(other, family, feature->name);

        if (cpu_set_contains(&model->set, &feature->bits) &&
            (other_feature == NULL || !cpu_set_contains(&other_model->set, &other_feature->bits)))
            report(comparison, "model %s: has %s in %s, not in %s", model->name, feature->name,
                   cpu_map_origin(map), cpu_map_origin(other));
    }
}

static void
compare_model_lists(Comparison *comparison, const CpuModel *a, const CpuModel *b)
{
    g_autofree char *signatures_a = describe_signatures(a);
    g_autofree char *signatures_b = describe_signatures(b);
    g_autofree char *pvrs_a = describe_pvrs(a);
    g_autofree char *pvrs_b = describe_pvrs(b);
    g_autofree char *removed_a = describe_list(a->removed, a->n_removed);
    g_autofree char *removed_b = describe_list(b->removed, b->n_removed);
    g_autofree char *added_a = describe_list(a->added, a->n_added);
    g_autofree char *added_b = describe_list(b->added, b->n_added);

    compare_texts(comparison, "model", a->name, "the list of signatures", signatures_a,
                  signatures_b);
    compare_texts(comparison, "model", a->name, "the list of PVRs", pvrs_a, pvrs_b);
    compare_texts(comparison, "model", a->name, "the list of removed features", removed_a,
                  removed_b);
    compare_texts(comparison, "model", a->name, "the list of added features", added_a, added_b);
}

static const char *
model_name(const CpuModel *model)
{
    return model != NULL ? model->name : NULL;
}

static void
compare_model(Comparison *comparison, const char *name)
{
    const CpuModel *a = cpu_map_find_model(comparison->map, comparison->family, name);
    const CpuModel *b = cpu_map_find_model(comparison->other, comparison->family, name);

    compare_texts(comparison, "model", name, "group", a->group, b->group);
    compare_texts(comparison, "model", name, "vendor", a->vendor != NULL ? a->vendor->name : NULL,
                  b->vendor != NULL ? b->vendor->name : NULL);
    compare_texts(comparison, "model", name, "ancestor", model_name(a->ancestor),
                  model_name(b->ancestor));
    compare_texts(comparison, "model", name, "canonical name", model_name(a->canonical),
                  model_name(b->canonical));
    compare_switches(comparison, "model", name, "decoding for hosts", a->is_decodable_host,
                     b->is_decodable_host);
    compare_switches(comparison, "model", name, "decoding for guests", a->is_decodable_guest,
                     b->is_decodable_guest);
    compare_switches(comparison, "model", name, "the compat check", a->is_compat_checked,
                     b->is_compat_checked);
    compare_model_lists(comparison, a, b);
    report_missing(comparison, comparison->map, a, comparison->other, b);
    report_missing(comparison, comparison->other, b, comparison->map, a);
}

GPtrArray *
cpu_map_difference(const CpuMap *map, const CpuMap *other)
{
    static const Table tables[] = {
        {"vendor", cpu_map_n_vendors, vendor_name_at, find_vendor, compare_vendor},
        {"feature", cpu_map_n_features, feature_name_at, find_feature, compare_feature},
        {"model", cpu_map_n_models, model_name_at, find_model, compare_model},
    };
    Comparison comparison = {map, other, CPU_FAMILY_NONE, NULL};

    comparison.differences = g_ptr_array_new_with_free_func(g_free);
    for (CpuFamily family = CPU_FAMILY_NONE + 1; family < CPU_FAMILY_COUNT; family++) {
        comparison.family = family;
        for (guint i = 0; i < G_N_ELEMENTS(tables); i++)
            compare_table(&comparison, &tables[i]);
    }
    return comparison.differences;
}
