/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cpu_map_yaml_private.h"

#include <string.h>

/*
 * Haswell for Haswell-noTSX-IBRS and Haswell-v4: what libvirt and QEMU derive versions of. A name
 * that would have nothing left is its own.
 */
static char *
base_name(const char *name)
{
    static const char *const suffixes[] = {"-IBRS", "-IBPB", "-noTSX"};
    g_autofree char *base = g_strdup(name);
    char *dash = strrchr(base, '-');

    if (dash != NULL && dash[1] == 'v' && g_ascii_isdigit(dash[2]) &&
        dash[2 + strspn(dash + 2, "0123456789")] == '\0')
        *dash = '\0';
    for (guint i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        if (g_str_has_suffix(base, suffixes[i]))
            base[strlen(base) - strlen(suffixes[i])] = '\0';
    }
    return *base != '\0' ? g_steal_pointer(&base) : g_strdup(name);
}

/* The names of all features in SET and not in BUT, in map order. */
static GPtrArray *
names_in(const CpuMapYamlWriter *writer, const CpuSet *set, const CpuSet *but)
{
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < cpu_map_n_features(writer->map, writer->family); i++) {
        const CpuFeature *feature = cpu_map_feature(writer->map, writer->family, i);

        if (cpu_set_contains(set, &feature->bits) && !cpu_set_contains(but, &feature->bits))
            g_ptr_array_add(names, (gpointer)(guintptr)feature->name);
    }
    return names;
}

static void
append_names(const CpuMapYamlWriter *writer, GString *out, const char *key, const CpuSet *set,
             const CpuSet *but)
{
    g_autoptr(GPtrArray) names = names_in(writer, set, but);

    if (names->len > 0)
        cpu_map_yaml_append_list(out, key, names);
}

static void
append_features(GString *out, const char *key, const CpuFeature *const *features, guint n_features)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; i < n_features; i++)
        g_ptr_array_add(names, (gpointer)(guintptr)features[i]->name);
    cpu_map_yaml_append_list(out, key, names);
}

static void
append_steppings(GString *out, guint16 steppings)
{
    const char *separator = "/";

    for (guint first = 0; first < 16; first++) {
        guint last = first;

        if (!((steppings >> first) & 1))
            continue;
        while (last < 15 && ((steppings >> (last + 1)) & 1))
            last++;
        g_string_append_printf(out, "%s%u", separator, first);
        if (last > first)
            g_string_append_printf(out, "-%u", last);
        separator = ",";
        first = last;
    }
}

static void
append_signatures(GString *out, const CpuModel *model)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < model->n_signatures; i++) {
        const CpuSignature *signature = &model->signatures[i];
        GString *item = g_string_new(NULL);

        g_string_append_printf(item, "%u/%u", signature->family, signature->model);
        if (signature->steppings != 0xffff)
            append_steppings(item, signature->steppings);
        g_ptr_array_add(items, g_string_free(item, FALSE));
    }
    cpu_map_yaml_append_list(out, "signatures", items);
}

static void
append_pvrs(GString *out, const CpuModel *model)
{
    if (model->n_pvrs > 0)
        g_string_append(out, "    pvrs:\n");
    for (guint i = 0; i < model->n_pvrs; i++)
        g_string_append_printf(out, "      - {value: 0x%08x, mask: 0x%08x}\n", model->pvrs[i].value,
                               model->pvrs[i].mask);
}

static gboolean
has_same_signatures(const CpuModel *a, const CpuModel *b)
{
    if (a->n_signatures != b->n_signatures)
        return FALSE;
    for (guint i = 0; i < a->n_signatures; i++) {
        const CpuSignature *x = &a->signatures[i], *y = &b->signatures[i];

        if (x->family != y->family || x->model != y->model || x->steppings != y->steppings)
            return FALSE;
    }
    return TRUE;
}

static gboolean
has_same_pvrs(const CpuModel *a, const CpuModel *b)
{
    return a->n_pvrs == b->n_pvrs &&
           (a->n_pvrs == 0 || memcmp(a->pvrs, b->pvrs, a->n_pvrs * sizeof *a->pvrs) == 0);
}

static gboolean
has_same_features(const CpuFeature *const *a, guint n_a, const CpuFeature *const *b, guint n_b)
{
    for (guint i = 0; n_a == n_b && i < n_a; i++) {
        if (a[i] != b[i])
            return FALSE;
    }
    return n_a == n_b;
}

static guint
n_differing(const CpuSet *a, const CpuSet *b)
{
    CpuSet more = *a, less = *b;

    cpu_set_subtract(&more, b);
    cpu_set_subtract(&less, a);
    return cpu_set_count(&more) + cpu_set_count(&less);
}

/*
 * Of the models FIRST and later that stand before MODEL, the one to tell MODEL's difference from;
 * NULL when none is near. What a key cannot take back (a vendor, a list that is not empty) rules
 * one out.
 */
static const CpuModel *
find_like(const CpuMapYamlWriter *writer, const CpuModel *model, guint first)
{
    guint best = cpu_set_count(&model->set) / 2;
    const CpuModel *like = NULL;

    for (guint i = first; i < model->index; i++) {
        const CpuModel *other = cpu_map_model(writer->map, writer->family, i);
        guint n = n_differing(&model->set, &other->set);

        if (other->ancestor != NULL || (other->vendor != NULL && model->vendor == NULL) ||
            n >= best)
            continue;
        best = n;
        like = other;
    }
    return like;
}

/*
 * What MODEL starts from: nothing, a model it is like, or its ancestor without what that removed.
 */
static CpuModel
starting_point(const CpuModel *model, const CpuModel *like)
{
    CpuModel start = {0};

    if (like != NULL)
        start = *like;
    if (model->ancestor == NULL)
        return start;
    start = *model->ancestor;
    start.n_removed = 0;
    start.n_added = 0;
    for (guint i = 0; i < model->ancestor->n_removed; i++)
        cpu_set_subtract(&start.set, &model->ancestor->removed[i]->bits);
    /* With nothing of its own it would become the ancestor's canonical name. */
    if (model->ancestor->canonical != model && cpu_set_equal(&start.set, &model->set))
        start.set = (CpuSet){0};
    return start;
}

/*
 * x86 alone decodes by features, so other families say it only where it is not as without the key.
 */
static void
append_decode(const CpuMapYamlWriter *writer, GString *out, const CpuModel *model)
{
    gboolean is_both = model->is_decodable_host && model->is_decodable_guest;

    if (writer->family == CPU_FAMILY_X86 || !is_both)
        g_string_append_printf(out, "    decode: [%s%s%s]\n",
                               model->is_decodable_host ? "host" : "", is_both ? ", " : "",
                               model->is_decodable_guest ? "guest" : "");
    if (model->is_compat_checked)
        g_string_append(out, "    check: compat\n");
}

static void
append_difference(const CpuMapYamlWriter *writer, GString *out, const CpuModel *model,
                  const CpuModel *start)
{
    gboolean is_edited = start->name != NULL && model->ancestor == NULL;

    if (!has_same_signatures(model, start))
        append_signatures(out, model);
    if (!has_same_pvrs(model, start))
        append_pvrs(out, model);
    append_names(writer, out, is_edited ? "with" : "features", &model->set, &start->set);
    append_names(writer, out, "without", &start->set, &model->set);
    if (!has_same_features(model->removed, model->n_removed, start->removed, start->n_removed)) {
        append_features(out, "removed", model->removed, model->n_removed);
    }
    if (!has_same_features(model->added, model->n_added, start->added, start->n_added)) {
        append_features(out, "added", model->added, model->n_added);
    }
}

static void
append_model(const CpuMapYamlWriter *writer, GString *out, const CpuModel *model, guint first)
{
    const CpuModel *like = model->ancestor == NULL ? find_like(writer, model, first) : NULL;
    const CpuModel start = starting_point(model, like);
    g_autofree char *name = cpu_map_yaml_scalar(model->name);

    g_string_append_printf(out, "  - name: %s\n", name);
    cpu_map_yaml_append_since(out, "    since: ", &model->since, "\n");
    cpu_map_yaml_append_key(out, "like", like != NULL ? like->name : NULL);
    cpu_map_yaml_append_key(out, "ancestor",
                            model->ancestor != NULL ? model->ancestor->name : NULL);
    if (model->vendor != NULL && model->vendor != start.vendor)
        cpu_map_yaml_append_key(out, "vendor", model->vendor->name);
    append_decode(writer, out, model);
    append_difference(writer, out, model, &start);
}

static void
flush_models(CpuMapYamlWriter *writer, const char *stem, GString *text)
{
    if (stem == NULL)
        return;
    g_autofree char *name = cpu_map_yaml_add_file(writer, "models/", stem, text->str);
    g_autofree char *entry = cpu_map_yaml_scalar(name);
    g_string_append_printf(writer->index, "      - %s\n", entry);
}

static void
append_group(CpuMapYamlWriter *writer, const char *group, gboolean is_first)
{
    g_autofree char *name = group != NULL ? cpu_map_yaml_scalar(group) : NULL;

    g_string_append(writer->index, is_first ? "groups:\n" : "");
    if (name != NULL)
        g_string_append_printf(writer->index, "  - name: %s\n    models:\n", name);
    else
        g_string_append(writer->index, "  - models:\n");
}

void
cpu_map_yaml_write_models(CpuMapYamlWriter *writer)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *stem = NULL;
    const char *group = NULL;
    guint first = 0, n = cpu_map_n_models(writer->map, writer->family);

    for (guint i = 0; i < n; i++) {
        const CpuModel *model = cpu_map_model(writer->map, writer->family, i);
        g_autofree char *base = base_name(model->name);
        gboolean is_new_group = i == 0 || g_strcmp0(group, model->group) != 0;

        if (is_new_group || strcmp(stem, base) != 0) {
            flush_models(writer, stem, text);
            g_free(stem);
            stem = g_steal_pointer(&base);
            g_string_assign(text, CPU_MAP_YAML_LICENSE "models:\n");
            first = i;
        }
        if (is_new_group) {
            append_group(writer, model->group, i == 0);
            group = model->group;
        }
        append_model(writer, text, model, first);
    }
    flush_models(writer, stem, text);
}
