/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "map_reader.h"

void
map_feature_free(gpointer data)
{
    MapFeature *feature = data;

    g_array_unref(feature->bits);
    g_array_unref(feature->aliases);
    g_free(feature);
}

static gboolean
read_feature_name(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    MapReader *reader = target;

    reader->feature->declaration.name = yaml_text(file, node, error);
    return reader->feature->declaration.name != NULL;
}

static gboolean
read_feature_bit(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    MapReader *reader = target;
    CpuBit bit = reader->word;
    guint64 value;

    if (node->type == YAML_SEQUENCE_NODE)
        return yaml_read_sequence(file, node, read_feature_bit, target, error);
    if (!yaml_unsigned(file, node, 31, &value, error))
        return FALSE;
    bit.bit = (guint8)value;
    g_array_append_val(reader->feature->bits, bit);
    return TRUE;
}

static gboolean
read_feature_group(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    MapReader *reader = target;
    guint index;

    if (!map_reader_word(file, node, cpu_feature_group_words, &index, error))
        return FALSE;
    reader->feature->declaration.group = (CpuFeatureGroup)index;
    return TRUE;
}

static gboolean
read_feature_since(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    MapReader *reader = target;

    return map_reader_since(file, node, &reader->feature->declaration.since, error);
}

static gboolean
read_feature_migratable(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    static const char *const words[] = {"yes", "no", NULL};
    MapReader *reader = target;
    guint index;

    if (!map_reader_word(file, node, words, &index, error))
        return FALSE;
    reader->feature->declaration.is_unmigratable = index == 1;
    return TRUE;
}

static gboolean
read_alias(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    MapReader *reader = target;
    CpuFeatureAlias alias = {yaml_text(file, node, error), reader->alias_source};

    if (alias.name == NULL)
        return FALSE;
    g_array_append_val(reader->feature->aliases, alias);
    return TRUE;
}

static gboolean
read_aliases_of_source(YamlFile *file, const char *source, const yaml_node_t *node, void *target,
                       GError **error)
{
    MapReader *reader = target;

    reader->alias_source = source;
    return yaml_read_sequence(file, node, read_alias, reader, error);
}

static gboolean
read_feature_aliases(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    return yaml_read_pairs(file, node, read_aliases_of_source, target, error);
}

static gboolean
read_leaf(YamlFile *file, const yaml_node_t *node, MapReader *reader, gboolean is_msr,
          GError **error)
{
    guint64 value;

    if (!yaml_unsigned(file, node, G_MAXUINT32, &value, error))
        return FALSE;
    reader->word.leaf = (guint32)value;
    reader->word.is_msr = is_msr;
    reader->n_places++;
    return TRUE;
}

static gboolean
read_word_cpuid(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    return read_leaf(file, node, target, FALSE, error);
}

static gboolean
read_word_msr(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    return read_leaf(file, node, target, TRUE, error);
}

static gboolean
read_word_subleaf(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    MapReader *reader = target;
    guint64 value;

    if (!yaml_unsigned(file, node, G_MAXUINT32, &value, error))
        return FALSE;
    reader->word.subleaf = (guint32)value;
    return TRUE;
}

static gboolean
read_word_register(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    static const char *const words[] = {"eax", "ebx", "ecx", "edx", NULL};
    MapReader *reader = target;
    guint index;

    if (!map_reader_word(file, node, words, &index, error))
        return FALSE;
    reader->word.reg = (CpuRegister)index;
    return TRUE;
}

/* Reads a mapping that says where bits are: in a CPUID leaf or in an MSR, not in both. */
static gboolean
read_place(YamlFile *file, const yaml_node_t *node, const YamlKey *keys, MapReader *reader,
           GError **error)
{
    reader->word = (CpuBit){0};
    reader->n_places = 0;
    if (!yaml_read_mapping(file, node, keys, reader, error))
        return FALSE;
    if (reader->n_places != 1)
        return yaml_refuse(file, node, error, "either 'cpuid' or 'msr' is needed here");
    return TRUE;
}

static gboolean
add_feature(YamlFile *file, const yaml_node_t *node, const YamlKey *keys, MapReader *reader,
            GError **error)
{
    MapFeature *feature = g_new0(MapFeature, 1);
    CpuFeatureDeclaration *declaration = &feature->declaration;
    GError *cause = NULL;

    feature->bits = g_array_new(FALSE, FALSE, sizeof(CpuBit));
    feature->aliases = g_array_new(FALSE, FALSE, sizeof(CpuFeatureAlias));
    g_ptr_array_add(reader->source->features, feature);
    reader->feature = feature;
    if (!yaml_read_mapping(file, node, keys, reader, error))
        return FALSE;
    declaration->bits = (const CpuBit *)(void *)feature->bits->data;
    declaration->n_bits = feature->bits->len;
    declaration->aliases = (const CpuFeatureAlias *)(void *)feature->aliases->data;
    declaration->n_aliases = feature->aliases->len;
    if (!cpu_map_builder_add_feature(reader->builder, reader->source->family, declaration, &cause))
        return map_reader_refuse(file, node, cause, error);
    return TRUE;
}

/* A bit in another register than the word's own. */
static gboolean
read_other_bit(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    static const YamlKey keys[] = {
        {"cpuid", read_word_cpuid, FALSE},     {"msr", read_word_msr, FALSE},
        {"subleaf", read_word_subleaf, FALSE}, {"register", read_word_register, TRUE},
        {"bit", read_feature_bit, TRUE},       {0}};
    MapReader *reader = target;
    CpuBit word = reader->word;

    gboolean is_read = read_place(file, node, keys, reader, error);
    reader->word = word;
    reader->n_places = 1;
    return is_read;
}

static gboolean
read_feature_also(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    return yaml_read_sequence(file, node, read_other_bit, target, error);
}

static gboolean
read_bit_feature(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    static const YamlKey keys[] = {
        {"bit", read_feature_bit, TRUE},          {"also", read_feature_also, FALSE},
        {"name", read_feature_name, TRUE},        {"group", read_feature_group, TRUE},
        {"since", read_feature_since, FALSE},     {"migratable", read_feature_migratable, FALSE},
        {"aliases", read_feature_aliases, FALSE}, {0}};

    return add_feature(file, node, keys, target, error);
}

static gboolean
read_named_feature(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    static const YamlKey keys[] = {{"name", read_feature_name, TRUE},
                                   {"group", read_feature_group, TRUE},
                                   {"since", read_feature_since, FALSE},
                                   {"aliases", read_feature_aliases, FALSE},
                                   {0}};

    return add_feature(file, node, keys, target, error);
}

static gboolean
read_word_features(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    return yaml_read_sequence(file, node, read_bit_feature, target, error);
}

static gboolean
read_feature_word(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    /* In this order: the features take their register from the reader. */
    static const YamlKey keys[] = {
        {"cpuid", read_word_cpuid, FALSE},      {"msr", read_word_msr, FALSE},
        {"subleaf", read_word_subleaf, FALSE},  {"register", read_word_register, TRUE},
        {"features", read_word_features, TRUE}, {0}};

    return read_place(file, node, keys, target, error);
}

static gboolean
read_feature_words(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    return yaml_read_sequence(file, node, read_feature_word, target, error);
}

static gboolean
read_feature_names(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    return yaml_read_sequence(file, node, read_named_feature, target, error);
}

static gboolean
read_feature_file(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    static const YamlKey keys[] = {
        {"words", read_feature_words, FALSE}, {"names", read_feature_names, FALSE}, {0}};
    const char *name = yaml_text(file, node, error);

    return name != NULL && map_reader_read_file(target, name, keys, error);
}

gboolean
map_reader_features(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    return yaml_read_sequence(file, node, read_feature_file, target, error);
}
