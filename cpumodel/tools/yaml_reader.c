/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "yaml_reader.h"

#include <stdarg.h>
#include <string.h>

struct YamlFile {
    char *path;
    char *bytes;
    yaml_document_t document;
};

YamlFile *
yaml_file_load(const char *path, GError **error)
{
    g_autofree char *bytes = NULL;
    gsize n_bytes;
    yaml_parser_t parser;

    if (!g_file_get_contents(path, &bytes, &n_bytes, error))
        return NULL;
    g_autoptr(YamlFile) file = g_new0(YamlFile, 1);
    file->path = g_strdup(path);
    file->bytes = g_steal_pointer(&bytes);
    if (!yaml_parser_initialize(&parser))
        g_error("out of memory");
    yaml_parser_set_input_string(&parser, (const unsigned char *)file->bytes, n_bytes);
    if (!yaml_parser_load(&parser, &file->document)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s:%zu:%zu: not YAML: %s", path,
                    parser.problem_mark.line + 1, parser.problem_mark.column + 1, parser.problem);
        memset(&file->document, 0, sizeof file->document);
        yaml_parser_delete(&parser);
        return NULL;
    }
    yaml_parser_delete(&parser);
    if (yaml_document_get_root_node(&file->document) == NULL) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s:1:1: the file is empty", path);
        return NULL;
    }
    return g_steal_pointer(&file);
}

void
yaml_file_free(YamlFile *file)
{
    if (file == NULL)
        return;
    yaml_document_delete(&file->document);
    g_free(file->bytes);
    g_free(file->path);
    g_free(file);
}

const yaml_node_t *
yaml_file_root(YamlFile *file)
{
    return yaml_document_get_root_node(&file->document);
}

gboolean
yaml_refuse(const YamlFile *file, const yaml_node_t *node, GError **error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s:%zu:%zu: %s", file->path,
                node->start_mark.line + 1, node->start_mark.column + 1, message);
    return FALSE;
}

static const yaml_node_t *
node_at(YamlFile *file, int index)
{
    return yaml_document_get_node(&file->document, index);
}

const char *
yaml_text(YamlFile *file, const yaml_node_t *node, GError **error)
{
    const char *text = (const char *)node->data.scalar.value;

    if (node->type == YAML_SCALAR_NODE && node->data.scalar.length > 0 &&
        strlen(text) == node->data.scalar.length)
        return text;
    yaml_refuse(file, node, error, "a word is expected here");
    return NULL;
}

gboolean
yaml_unsigned(YamlFile *file, const yaml_node_t *node, guint64 max, guint64 *ret_value,
              GError **error)
{
    const char *text = yaml_text(file, node, error);
    guint64 value = 0;

    if (text == NULL)
        return FALSE;
    gboolean is_hex = g_str_has_prefix(text, "0x");
    if (!g_ascii_string_to_unsigned(is_hex ? text + 2 : text, is_hex ? 16 : 10, 0, max, &value,
                                    NULL))
        return yaml_refuse(file, node, error, "'%s' is not a number up to %" G_GUINT64_FORMAT, text,
                           max);
    *ret_value = value;
    return TRUE;
}

static char *
known_keys(const YamlKey *keys)
{
    GString *names = g_string_new(NULL);

    for (const YamlKey *key = keys; key->name != NULL; key++)
        g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", key->name);
    return g_string_free(names, FALSE);
}

static const YamlKey *
find_key(const YamlKey *keys, const char *name)
{
    for (const YamlKey *key = keys; key->name != NULL; key++) {
        if (strcmp(key->name, name) == 0)
            return key;
    }
    return NULL;
}

static gboolean
check_keys(YamlFile *file, const yaml_node_t *node, const YamlKey *keys, GError **error)
{
    g_autoptr(GHashTable) given = g_hash_table_new(g_str_hash, g_str_equal);

    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key = node_at(file, pair->key);
        const char *name = yaml_text(file, key, error);

        if (name == NULL)
            return FALSE;
        if (keys != NULL && find_key(keys, name) == NULL) {
            g_autofree char *known = known_keys(keys);
            return yaml_refuse(file, key, error, "unknown key '%s': known here are %s", name,
                               known);
        }
        if (!g_hash_table_add(given, (gpointer)(guintptr)name))
            return yaml_refuse(file, key, error, "'%s' is given twice", name);
    }
    for (const YamlKey *key = keys; key != NULL && key->name != NULL; key++) {
        if (key->is_required && !g_hash_table_contains(given, key->name))
            return yaml_refuse(file, node, error, "the key '%s' is missing", key->name);
    }
    return TRUE;
}

static gboolean
check_mapping(YamlFile *file, const yaml_node_t *node, const YamlKey *keys, GError **error)
{
    if (node->type != YAML_MAPPING_NODE)
        return yaml_refuse(file, node, error, "a mapping (key: value) is expected here");
    return check_keys(file, node, keys, error);
}

gboolean
yaml_read_pairs(YamlFile *file, const yaml_node_t *node, YamlReadPair read_pair, void *target,
                GError **error)
{
    if (!check_mapping(file, node, NULL, error))
        return FALSE;
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        const char *name = yaml_text(file, node_at(file, pair->key), NULL);

        if (!read_pair(file, name, node_at(file, pair->value), target, error))
            return FALSE;
    }
    return TRUE;
}

static const yaml_node_t *
find_value(YamlFile *file, const yaml_node_t *node, const char *name)
{
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        if (g_strcmp0(yaml_text(file, node_at(file, pair->key), NULL), name) == 0)
            return node_at(file, pair->value);
    }
    return NULL;
}

gboolean
yaml_read_mapping(YamlFile *file, const yaml_node_t *node, const YamlKey *keys, void *target,
                  GError **error)
{
    if (!check_mapping(file, node, keys, error))
        return FALSE;
    for (const YamlKey *key = keys; key->name != NULL; key++) {
        const yaml_node_t *value = find_value(file, node, key->name);

        if (value != NULL && !key->read(file, value, target, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
yaml_read_sequence(YamlFile *file, const yaml_node_t *node, YamlRead read_item, void *target,
                   GError **error)
{
    if (node->type != YAML_SEQUENCE_NODE)
        return yaml_refuse(file, node, error, "a list is expected here");
    for (const yaml_node_item_t *item = node->data.sequence.items.start;
         item < node->data.sequence.items.top; item++) {
        if (!read_item(file, node_at(file, *item), target, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
read_name(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    GPtrArray *names = target;
    const char *name = yaml_text(file, node, error);

    if (name == NULL)
        return FALSE;
    if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
        return yaml_refuse(file, node, error, "'%s' is in the list already", name);
    g_ptr_array_add(names, (gpointer)(guintptr)name);
    return TRUE;
}

gboolean
yaml_read_names(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    return yaml_read_sequence(file, node, read_name, target, error);
}
