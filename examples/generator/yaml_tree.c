/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * libyaml's document tree keeps aliases as references to the same node, so one node may be read
 * into several structs; strings point into its scalars. Arrays are made per struct and remembered
 * in `arrays` and `lists` to be freed with the tree.
 */

#include "yaml_tree.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

struct YamlTree {
    char *path;
    yaml_document_t document;
    GPtrArray *arrays; /* of GArray* */
    GPtrArray *lists;  /* of GPtrArray* */
};

/* Deeper nesting than any description needs; keeps recursion bounded. */
#define MAX_DEPTH 16

static gboolean fill_mapping(YamlTree *tree, const yaml_node_t *node, const YamlField *fields,
                             void *values, guint depth, GError **error);

static gboolean
fail(const YamlTree *tree, const yaml_node_t *node, GError **error, const char *what,
     const char *detail)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s:%zu:%zu: %s%s%s", tree->path,
                node->start_mark.line + 1, node->start_mark.column + 1, what,
                detail != NULL ? " " : "", detail != NULL ? detail : "");
    return FALSE;
}

static gboolean
load(YamlTree *tree, const char *bytes, gsize length, GError **error)
{
    yaml_parser_t parser;

    yaml_parser_initialize(&parser);
    yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, length);
    gboolean is_loaded = yaml_parser_load(&parser, &tree->document) != 0;
    if (!is_loaded)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s:%zu:%zu: %s", tree->path,
                    parser.problem_mark.line + 1, parser.problem_mark.column + 1, parser.problem);
    yaml_parser_delete(&parser);
    return is_loaded;
}

YamlTree *
yaml_tree_read(const char *path, GError **error)
{
    g_autofree char *bytes = NULL;
    gsize length;

    if (!g_file_get_contents(path, &bytes, &length, error))
        return NULL;
    YamlTree *tree = g_new0(YamlTree, 1);
    tree->path = g_strdup(path);
    tree->arrays = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    tree->lists = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    if (!load(tree, bytes, length, error)) {
        yaml_tree_free(tree);
        return NULL;
    }
    return tree;
}

void
yaml_tree_free(YamlTree *tree)
{
    if (tree == NULL)
        return;
    g_ptr_array_unref(tree->arrays);
    g_ptr_array_unref(tree->lists);
    yaml_document_delete(&tree->document);
    g_free(tree->path);
    g_free(tree);
}

static const yaml_node_t *
node_at(YamlTree *tree, int index)
{
    return yaml_document_get_node(&tree->document, index);
}

static const char *
scalar(const yaml_node_t *node)
{
    return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

static gboolean
read_uint(const YamlTree *tree, const yaml_node_t *node, guint *ret_value, GError **error)
{
    const char *text = scalar(node);
    gboolean is_hex = text != NULL && g_str_has_prefix(text, "0x");
    guint64 value;

    if (text == NULL || !g_ascii_string_to_unsigned(is_hex ? text + 2 : text, is_hex ? 16 : 10, 0,
                                                    G_MAXUINT, &value, NULL))
        return fail(tree, node, error, "expected a number", NULL);
    *ret_value = (guint)value;
    return TRUE;
}

static gboolean
read_flag(const YamlTree *tree, const yaml_node_t *node, gboolean *ret_value, GError **error)
{
    const char *text = scalar(node);

    if (g_strcmp0(text, "true") != 0 && g_strcmp0(text, "false") != 0)
        return fail(tree, node, error, "expected true or false", NULL);
    *ret_value = g_strcmp0(text, "true") == 0;
    return TRUE;
}

static gboolean
collect_strings(YamlTree *tree, const yaml_node_t *node, GPtrArray *list, guint depth,
                GError **error)
{
    if (node->type == YAML_SCALAR_NODE) {
        g_ptr_array_add(list, node->data.scalar.value);
        return TRUE;
    }
    if (node->type != YAML_SEQUENCE_NODE || depth > MAX_DEPTH)
        return fail(tree, node, error, "expected a list of words", NULL);
    for (const int *item = node->data.sequence.items.start; item < node->data.sequence.items.top;
         item++) {
        if (!collect_strings(tree, node_at(tree, *item), list, depth + 1, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
read_strings(YamlTree *tree, const yaml_node_t *node, GPtrArray **ret_list, GError **error)
{
    GPtrArray *list = g_ptr_array_new();

    g_ptr_array_add(tree->lists, list);
    *ret_list = list;
    return node == NULL || collect_strings(tree, node, list, 0, error);
}

static gboolean
read_array(YamlTree *tree, const yaml_node_t *node, const YamlField *field, GArray **ret_array,
           guint depth, GError **error)
{
    gboolean is_uints = field->kind == YAML_UINTS;
    gsize size = is_uints ? sizeof(guint) : field->size;
    GArray *array = g_array_new(FALSE, TRUE, (guint)size);

    g_ptr_array_add(tree->arrays, array);
    *ret_array = array;
    if (node == NULL)
        return TRUE;
    if (node->type != YAML_SEQUENCE_NODE || depth > MAX_DEPTH)
        return fail(tree, node, error, "expected a list for", field->key);
    for (const int *item = node->data.sequence.items.start; item < node->data.sequence.items.top;
         item++) {
        const yaml_node_t *element = node_at(tree, *item);

        g_array_set_size(array, array->len + 1);
        void *slot = array->data + (array->len - 1) * size;
        if (is_uints ? !read_uint(tree, element, slot, error)
                     : !fill_mapping(tree, element, field->fields, slot, depth + 1, error))
            return FALSE;
    }
    return TRUE;
}

/* NODE is NULL where the mapping lacks the key. */
static gboolean
read_field(YamlTree *tree, const yaml_node_t *node, const YamlField *field, void *values,
           guint depth, GError **error)
{
    void *slot = (char *)values + field->offset;

    switch (field->kind) {
    case YAML_STRING:
        if (node != NULL && scalar(node) == NULL)
            return fail(tree, node, error, "expected a word for", field->key);
        *(const char **)slot = node != NULL ? scalar(node) : NULL;
        return TRUE;
    case YAML_UINT:
        return node == NULL || read_uint(tree, node, slot, error);
    case YAML_FLAG:
        return node == NULL || read_flag(tree, node, slot, error);
    case YAML_STRINGS:
        return read_strings(tree, node, slot, error);
    case YAML_UINTS:
    case YAML_STRUCTS:
        return read_array(tree, node, field, slot, depth, error);
    case YAML_IGNORED:
        return TRUE;
    }
    g_assert_not_reached();
}

static const yaml_node_t *
find_value(YamlTree *tree, const yaml_node_t *mapping, const char *key)
{
    for (const yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
         pair < mapping->data.mapping.pairs.top; pair++) {
        if (g_strcmp0(scalar(node_at(tree, pair->key)), key) == 0)
            return node_at(tree, pair->value);
    }
    return NULL;
}

static gboolean
check_keys(YamlTree *tree, const yaml_node_t *mapping, const YamlField *fields, GError **error)
{
    for (const yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
         pair < mapping->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key = node_at(tree, pair->key);
        const YamlField *field = fields;

        while (field->key != NULL && g_strcmp0(field->key, scalar(key)) != 0)
            field++;
        if (field->key == NULL)
            return fail(tree, key, error, "unknown key", scalar(key));
    }
    return TRUE;
}

static gboolean
fill_mapping(YamlTree *tree, const yaml_node_t *node, const YamlField *fields, void *values,
             guint depth, GError **error)
{
    if (node->type != YAML_MAPPING_NODE)
        return fail(tree, node, error, "expected a mapping", NULL);
    if (!check_keys(tree, node, fields, error))
        return FALSE;
    for (const YamlField *field = fields; field->key != NULL; field++) {
        const yaml_node_t *value = find_value(tree, node, field->key);

        if (value == NULL && field->is_required)
            return fail(tree, node, error, "missing key", field->key);
        if (!read_field(tree, value, field, values, depth, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
yaml_tree_fill(YamlTree *tree, const YamlField *fields, void *values, GError **error)
{
    const yaml_node_t *root = yaml_document_get_root_node(&tree->document);

    if (root == NULL) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: the file is empty", tree->path);
        return FALSE;
    }
    return fill_mapping(tree, root, fields, values, 0, error);
}
