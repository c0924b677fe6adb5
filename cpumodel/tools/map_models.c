/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "map_reader.h"

#include <string.h>

void
map_model_free(gpointer data)
{
    MapModel *model = data;

    g_array_unref(model->signatures);
    g_array_unref(model->pvrs);
    g_ptr_array_unref(model->features);
    g_ptr_array_unref(model->removed);
    g_ptr_array_unref(model->added);
    g_free(model);
}

static MapModel *
model_new(void)
{
    MapModel *model = g_new0(MapModel, 1);

    model->signatures = g_array_new(FALSE, FALSE, sizeof(CpuSignature));
    model->pvrs = g_array_new(FALSE, FALSE, sizeof(CpuPvr));
    model->features = g_ptr_array_new();
    model->removed = g_ptr_array_new();
    model->added = g_ptr_array_new();
    return model;
}

static gboolean
read_text(YamlFile *file, const yaml_node_t *node, const char **ret_text, GError **error)
{
    *ret_text = yaml_text(file, node, error);
    return *ret_text != NULL;
}

static gboolean
read_name(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    MapReader *reader = target;

    return read_text(file, node, &reader->model->declaration.name, error);
}

static gboolean
read_since(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    MapReader *reader = target;

    return map_reader_since(file, node, &reader->model->declaration.since, error);
}

static gboolean
read_ancestor(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    MapReader *reader = target;

    return read_text(file, node, &reader->model->declaration.ancestor, error);
}

static gboolean
read_vendor(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    MapReader *reader = target;

    return read_text(file, node, &reader->model->declaration.vendor, error);
}

static const MapModel *
find_model(const MapSource *source, const char *name)
{
    for (guint i = 0; i < source->models->len; i++) {
        const MapModel *model = g_ptr_array_index(source->models, i);

        if (g_strcmp0(model->declaration.name, name) == 0)
            return model;
    }
    return NULL;
}

static void
copy_names(GPtrArray *to, const GPtrArray *from)
{
    for (guint i = 0; i < from->len; i++)
        g_ptr_array_add(to, g_ptr_array_index(from, i));
}

/* Starts from what an earlier model declares; the keys that follow replace or edit it. */
static gboolean
read_like(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    MapReader *reader = target;
    MapModel *model = reader->model;
    const char *name;

    if (!read_text(file, node, &name, error))
        return FALSE;
    const MapModel *like = find_model(reader->source, name);
    if (like == NULL || like == model)
        return yaml_refuse(file, node, error, "the model '%s' is not declared before this one",
                           name);
    model->declaration.vendor = like->declaration.vendor;
    model->declaration.ancestor = like->declaration.ancestor;
    g_array_append_vals(model->signatures, like->signatures->data, like->signatures->len);
    g_array_append_vals(model->pvrs, like->pvrs->data, like->pvrs->len);
    copy_names(model->features, like->features);
    copy_names(model->removed, like->removed);
    copy_names(model->added, like->added);
    return TRUE;
}

static gboolean
read_decode_word(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    static const char *const words[] = {"host", "guest", NULL};
    MapReader *reader = target;
    CpuModelDeclaration *declaration = &reader->model->declaration;
    guint index;

    if (!map_reader_word(file, node, words, &index, error))
        return FALSE;
    if (index == 0)
        declaration->is_decodable_host = TRUE;
    else
        declaration->is_decodable_guest = TRUE;
    return TRUE;
}

/* What a model may be decoded to; both when the key is absent. */
static gboolean
read_decode(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    MapReader *reader = target;

    reader->model->declaration.is_decodable_host = FALSE;
    reader->model->declaration.is_decodable_guest = FALSE;
    return yaml_read_sequence(file, node, read_decode_word, target, error);
}

static gboolean
read_check(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    static const char *const words[] = {"compat", NULL};
    MapReader *reader = target;
    guint index;

    reader->model->declaration.is_compat_checked = TRUE;
    return map_reader_word(file, node, words, &index, error);
}

/* FAMILY/MODEL or FAMILY/MODEL/STEPPINGS. */
static gboolean
read_signature(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    MapReader *reader = target;
    const char *text = yaml_text(file, node, error);
    guint64 family = 0, number = 0;

    if (text == NULL)
        return FALSE;
    g_auto(GStrv) parts = g_strsplit(text, "/", 3);
    guint n = g_strv_length(parts);
    guint16 steppings = n == 3 ? cpu_steppings_parse(parts[2]) : 0xffff;
    if (n < 2 || steppings == 0 ||
        !g_ascii_string_to_unsigned(parts[0], 10, 0, 0xff + 15, &family, NULL) ||
        !g_ascii_string_to_unsigned(parts[1], 10, 0, 0xff, &number, NULL))
        return yaml_refuse(file, node, error,
                           "'%s' is not FAMILY/MODEL or FAMILY/MODEL/STEPPINGS (6/85/0-4)", text);
    CpuSignature signature = {(guint)family, (guint)number, steppings};
    g_array_append_val(reader->model->signatures, signature);
    return TRUE;
}

static gboolean
read_signatures(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    MapReader *reader = target;

    g_array_set_size(reader->model->signatures, 0);
    return yaml_read_sequence(file, node, read_signature, reader, error);
}

static gboolean
read_pvr_value(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    CpuPvr *pvr = target;
    guint64 value;

    if (!yaml_unsigned(file, node, G_MAXUINT32, &value, error))
        return FALSE;
    pvr->value = (guint32)value;
    return TRUE;
}

static gboolean
read_pvr_mask(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    CpuPvr *pvr = target;
    guint64 value;

    if (!yaml_unsigned(file, node, G_MAXUINT32, &value, error))
        return FALSE;
    pvr->mask = (guint32)value;
    return TRUE;
}

static gboolean
read_pvr(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    static const YamlKey keys[] = {
        {"value", read_pvr_value, TRUE}, {"mask", read_pvr_mask, FALSE}, {0}};
    MapReader *reader = target;
    CpuPvr pvr = {0, 0xffff};

    if (!yaml_read_mapping(file, node, keys, &pvr, error))
        return FALSE;
    g_array_append_val(reader->model->pvrs, pvr);
    return TRUE;
}

static gboolean
read_pvrs(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    MapReader *reader = target;

    g_array_set_size(reader->model->pvrs, 0);
    return yaml_read_sequence(file, node, read_pvr, reader, error);
}

static gboolean
read_features(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    MapReader *reader = target;

    g_ptr_array_set_size(reader->model->features, 0);
    return yaml_read_names(file, node, reader->model->features, error);
}

static gboolean
read_removed(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    MapReader *reader = target;

    g_ptr_array_set_size(reader->model->removed, 0);
    return yaml_read_names(file, node, reader->model->removed, error);
}

static gboolean
read_added(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    MapReader *reader = target;

    g_ptr_array_set_size(reader->model->added, 0);
    return yaml_read_names(file, node, reader->model->added, error);
}

static gboolean
read_with(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    MapReader *reader = target;

    return yaml_read_names(file, node, reader->model->features, error);
}

static gboolean
drop_feature(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    MapReader *reader = target;
    GPtrArray *features = reader->model->features;
    const char *name = yaml_text(file, node, error);
    guint index;

    if (name == NULL)
        return FALSE;
    if (!g_ptr_array_find_with_equal_func(features, name, g_str_equal, &index))
        return yaml_refuse(file, node, error, "the model does not have '%s' to be without", name);
    g_ptr_array_remove_index(features, index);
    return TRUE;
}

static gboolean
read_without(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    return yaml_read_sequence(file, node, drop_feature, target, error);
}

/* Points the declaration at the lists that the keys filled. */
static void
finish_declaration(MapModel *model)
{
    CpuModelDeclaration *declaration = &model->declaration;

    declaration->signatures = (const CpuSignature *)(void *)model->signatures->data;
    declaration->n_signatures = model->signatures->len;
    declaration->pvrs = (const CpuPvr *)(void *)model->pvrs->data;
    declaration->n_pvrs = model->pvrs->len;
    declaration->features = (const char *const *)model->features->pdata;
    declaration->n_features = model->features->len;
    declaration->removed = (const char *const *)model->removed->pdata;
    declaration->n_removed = model->removed->len;
    declaration->added = (const char *const *)model->added->pdata;
    declaration->n_added = model->added->len;
}

static gboolean
read_model(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    /* In this order: what a model is like comes before what it has of its own. */
    static const YamlKey keys[] = {{"name", read_name, TRUE},
                                   {"since", read_since, FALSE},
                                   {"like", read_like, FALSE},
                                   {"ancestor", read_ancestor, FALSE},
                                   {"vendor", read_vendor, FALSE},
                                   {"decode", read_decode, FALSE},
                                   {"check", read_check, FALSE},
                                   {"signatures", read_signatures, FALSE},
                                   {"pvrs", read_pvrs, FALSE},
                                   {"features", read_features, FALSE},
                                   {"without", read_without, FALSE},
                                   {"with", read_with, FALSE},
                                   {"removed", read_removed, FALSE},
                                   {"added", read_added, FALSE},
                                   {0}};
    MapReader *reader = target;
    MapModel *model = model_new();
    GError *cause = NULL;

    g_ptr_array_add(reader->source->models, model);
    reader->model = model;
    model->declaration.group = reader->group;
    model->declaration.is_decodable_host = TRUE;
    model->declaration.is_decodable_guest = TRUE;
    if (!yaml_read_mapping(file, node, keys, reader, error))
        return FALSE;
    finish_declaration(model);
    if (!cpu_map_builder_add_model(reader->builder, reader->source->family, &model->declaration,
                                   &cause))
        return map_reader_refuse(file, node, cause, error);
    return TRUE;
}

static gboolean
read_models(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    return yaml_read_sequence(file, node, read_model, target, error);
}

static gboolean
read_model_file(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    static const YamlKey keys[] = {{"models", read_models, TRUE}, {0}};
    const char *name = yaml_text(file, node, error);

    if (name == NULL)
        return FALSE;
    g_autofree char *path = g_strdup_printf("models/%s.yaml", name);
    return map_reader_read_file(target, path, keys, error);
}

static gboolean
read_group_name(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    MapReader *reader = target;

    return read_text(file, node, &reader->group, error);
}

static gboolean
read_group_models(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    return yaml_read_sequence(file, node, read_model_file, target, error);
}

static gboolean
read_group(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    static const YamlKey keys[] = {
        {"name", read_group_name, FALSE}, {"models", read_group_models, TRUE}, {0}};
    MapReader *reader = target;

    reader->group = NULL;
    return yaml_read_mapping(file, node, keys, target, error);
}

gboolean
map_reader_groups(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    return yaml_read_sequence(file, node, read_group, target, error);
}
