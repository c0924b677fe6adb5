/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cpu_map_yaml_private.h"

#include <cpumodel/text_list.h>
#include <string.h>

static const char *const register_words[] = {"eax", "ebx", "ecx", "edx"};
G_STATIC_ASSERT(G_N_ELEMENTS(register_words) == CPU_REGISTER_COUNT);

static const CpuBit *
first_bit(const CpuMapYamlWriter *writer, const CpuFeature *feature)
{
    return cpu_map_bit(writer->map, writer->family, cpu_set_next(&feature->bits, 0));
}

static gboolean
is_same_word(const CpuBit *a, const CpuBit *b)
{
    return a->is_msr == b->is_msr && a->leaf == b->leaf && a->subleaf == b->subleaf &&
           a->reg == b->reg;
}

static void
append_place(GString *out, const CpuBit *bit, const char *separator)
{
    g_string_append_printf(out, bit->is_msr ? "msr: 0x%x" : "cpuid: 0x%08x", bit->leaf);
    if (bit->subleaf != 0)
        g_string_append_printf(out, "%ssubleaf: %u", separator, bit->subleaf);
    g_string_append_printf(out, "%sregister: %s", separator, register_words[bit->reg]);
}

/* The bits in the feature's word, then those elsewhere. */
static void
append_bits(const CpuMapYamlWriter *writer, GString *out, const CpuFeature *feature)
{
    const CpuBit *word = first_bit(writer, feature);
    g_autoptr(GString) here = g_string_new(NULL);
    g_autoptr(GString) elsewhere = g_string_new(NULL);
    guint n_here = 0;

    cpu_set_foreach (position, &feature->bits) {
        const CpuBit *bit = cpu_map_bit(writer->map, writer->family, position);

        if (is_same_word(word, bit)) {
            g_string_append_printf(here, "%s%u", n_here++ > 0 ? ", " : "", bit->bit);
        } else {
            g_string_append(elsewhere, elsewhere->len > 0 ? ", {" : "{");
            append_place(elsewhere, bit, ", ");
            g_string_append_printf(elsewhere, ", bit: %u}", bit->bit);
        }
    }
    g_string_append_printf(out, n_here > 1 ? "bit: [%s], " : "bit: %s, ", here->str);
    if (elsewhere->len > 0)
        g_string_append_printf(out, "also: [%s], ", elsewhere->str);
}

/* The sources in the order of their first alias, each with all its spellings. */
static void
append_aliases(GString *out, const CpuFeature *feature)
{
    g_autoptr(GPtrArray) sources = g_ptr_array_new();

    for (guint i = 0; i < feature->n_aliases; i++) {
        const char *source = feature->aliases[i].source;

        if (!text_list_has(sources, source != NULL ? source : "other"))
            g_ptr_array_add(sources, (gpointer)(guintptr)(source != NULL ? source : "other"));
    }
    for (guint i = 0; i < sources->len; i++) {
        const char *source = g_ptr_array_index(sources, i);
        guint n = 0;

        g_string_append(out, i > 0 ? ", " : ", aliases: {");
        cpu_map_yaml_append_name_key(out, source);
        g_string_append_c(out, '[');
        for (guint j = 0; j < feature->n_aliases; j++) {
            const CpuFeatureAlias *alias = &feature->aliases[j];
            g_autofree char *name = cpu_map_yaml_scalar(alias->name);

            if (strcmp(alias->source != NULL ? alias->source : "other", source) == 0)
                g_string_append_printf(out, "%s%s", n++ > 0 ? ", " : "", name);
        }
        g_string_append_c(out, ']');
    }
    if (sources->len > 0)
        g_string_append_c(out, '}');
}

static void
append_feature(const CpuMapYamlWriter *writer, GString *out, const CpuFeature *feature,
               const char *indent)
{
    g_autofree char *name = cpu_map_yaml_scalar(feature->name);

    g_string_append_printf(out, "%s- {", indent);
    if (!cpu_set_is_empty(&feature->bits))
        append_bits(writer, out, feature);
    g_string_append_printf(out, "name: %s, group: %s", name,
                           cpu_feature_group_words[feature->group]);
    cpu_map_yaml_append_since(out, ", since: ", &feature->since, "");
    if (!feature->is_migratable)
        g_string_append(out, ", migratable: no");
    append_aliases(out, feature);
    g_string_append(out, "}\n");
}

static char *
feature_stem(const CpuMapYamlWriter *writer, const CpuFeature *feature)
{
    if (cpu_set_is_empty(&feature->bits))
        return g_strdup("names");
    const CpuBit *bit = first_bit(writer, feature);
    return g_strdup_printf(bit->is_msr ? "msr-%08x" : "cpuid-%08x", bit->leaf);
}

static void
flush_features(CpuMapYamlWriter *writer, const char *stem, GString *text)
{
    if (stem == NULL)
        return;
    g_autofree char *name = cpu_map_yaml_add_file(writer, "features/", stem, text->str);
    g_string_append_printf(writer->index, "  - features/%s.yaml\n", name);
}

void
cpu_map_yaml_write_features(CpuMapYamlWriter *writer)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *stem = NULL;
    const CpuBit *word = NULL;
    guint n = cpu_map_n_features(writer->map, writer->family);

    if (n > 0)
        g_string_append(writer->index, "features:\n");
    for (guint i = 0; i < n; i++) {
        const CpuFeature *feature = cpu_map_feature(writer->map, writer->family, i);
        gboolean has_bits = !cpu_set_is_empty(&feature->bits);
        g_autofree char *own_stem = feature_stem(writer, feature);

        if (g_strcmp0(stem, own_stem) != 0) {
            flush_features(writer, stem, text);
            g_free(stem);
            stem = g_steal_pointer(&own_stem);
            g_string_assign(text, has_bits ? CPU_MAP_YAML_LICENSE "words:\n"
                                           : CPU_MAP_YAML_LICENSE "names:\n");
            word = NULL;
        }
        if (has_bits && (word == NULL || !is_same_word(word, first_bit(writer, feature)))) {
            word = first_bit(writer, feature);
            g_string_append(text, "  - ");
            append_place(text, word, "\n    ");
            g_string_append(text, "\n    features:\n");
        }
        append_feature(writer, text, feature, has_bits ? "      " : "  ");
    }
    flush_features(writer, stem, text);
}
