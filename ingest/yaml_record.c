/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * libyaml's tree is walked rather than its events: such files are small, and every complaint has to
 * name the place of its node.
 */

#include "yaml_record.h"

#include <fleet/nearest_name.h>
#include <string.h>

gboolean
yaml_file_error(const YamlFile *file, const yaml_node_t *node, GError **error, const char *format,
                ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, file->domain, file->code, "%s:%zu:%zu: %s", file->path,
                node->start_mark.line + 1, node->start_mark.column + 1, message);
    return FALSE;
}

static const yaml_node_t *
get_node(const YamlFile *file, int index)
{
    return yaml_document_get_node(file->document, index);
}

/* ---- suggestions ---------------------------------------------------------------------------- */

/* "did you mean 'X'?", or all of NAMES when none is near. Owned by the caller. */
static char *
suggest(const char *word, const GPtrArray *names)
{
    const char *nearest = nearest_name_find(word, (const char *const *)names->pdata, names->len);
    GString *all;

    if (nearest != NULL)
        return g_strdup_printf("did you mean '%s'?", nearest);
    all = g_string_new("use one of ");
    for (guint i = 0; i < names->len; i++)
        g_string_append_printf(all, "%s%s", i == 0 ? "" : ", ",
                               (const char *)g_ptr_array_index(names, i));
    return g_string_free(all, FALSE);
}

/* ---- scalars -------------------------------------------------------------------------------- */

static const char *
node_kind(const yaml_node_t *node)
{
    switch (node->type) {
    case YAML_SEQUENCE_NODE:
        return "a list";
    case YAML_MAPPING_NODE:
        return "a mapping";
    case YAML_SCALAR_NODE:
    case YAML_NO_NODE:
    default:
        return "a single value";
    }
}

static gboolean
is_null(const yaml_node_t *node)
{
    const char *text = (const char *)node->data.scalar.value;

    return node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (*text == '\0' || strcmp(text, "~") == 0 || strcmp(text, "null") == 0);
}

/* The text of NODE, which is the value of KEY; NULL with ERROR when it is no text. */
static const char *
scalar(const YamlFile *file, const yaml_node_t *node, const char *key, GError **error)
{
    const char *text = (const char *)node->data.scalar.value;

    if (node->type != YAML_SCALAR_NODE) {
        yaml_file_error(file, node, error, "'%s' is %s: give a single value", key, node_kind(node));
        return NULL;
    }
    if (is_null(node)) {
        yaml_file_error(file, node, error, "'%s' has no value: give one, or leave the key out",
                        key);
        return NULL;
    }
    if (strlen(text) != node->data.scalar.length || *text == '\0') {
        yaml_file_error(file, node, error, "'%s' is empty or holds a NUL: give a text", key);
        return NULL;
    }
    return text;
}

static char *
absolute_path(const YamlFile *file, const char *path)
{
    return g_path_is_absolute(path) ? g_strdup(path) : g_build_filename(file->folder, path, NULL);
}

static gboolean
check_glob(const YamlFile *file, const yaml_node_t *node, const char *glob, GError **error)
{
    const char *odd = strpbrk(glob, "[]{}/\\");

    if (odd == NULL)
        return TRUE;
    return yaml_file_error(file, node, error,
                           "bad glob '%s': '%c' cannot stand in it; '*' and '?' are the wildcards",
                           glob, *odd);
}

static gboolean
read_word(const YamlFile *file, const yaml_node_t *node, const YamlKey *key, const char *text,
          guint *ret_index, GError **error)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_autofree char *hint = NULL;

    for (guint i = 0; key->words[i] != NULL; i++) {
        if (strcmp(key->words[i], text) == 0) {
            *ret_index = i;
            return TRUE;
        }
        g_ptr_array_add(words, (gpointer)(guintptr)key->words[i]);
    }
    hint = suggest(text, words);
    return yaml_file_error(file, node, error, "'%s' cannot be '%s': %s", key->name, text, hint);
}

static gboolean
read_switch(const YamlFile *file, const yaml_node_t *node, const YamlKey *key, const char *text,
            gboolean *ret_switch, GError **error)
{
    static const char *const words[] = {"no", "yes", "false", "true", "off", "on"};

    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_ascii_strcasecmp(words[i], text) == 0) {
            *ret_switch = i % 2 == 1;
            return TRUE;
        }
    }
    return yaml_file_error(file, node, error, "'%s' cannot be '%s': use true or false", key->name,
                           text);
}

static gboolean
read_number(const YamlFile *file, const yaml_node_t *node, const YamlKey *key, const char *text,
            guint *ret_number, GError **error)
{
    guint64 number;

    if (g_ascii_string_to_unsigned(text, 10, key->min, key->max, &number, NULL)) {
        *ret_number = (guint)number;
        return TRUE;
    }
    return yaml_file_error(file, node, error,
                           "'%s' cannot be '%s': give a whole number from %u to %u", key->name,
                           text, key->min, key->max);
}

static gboolean
read_real(const YamlFile *file, const yaml_node_t *node, const YamlKey *key, const char *text,
          gdouble *ret_real, GError **error)
{
    gboolean is_share = key->type == YAML_SHARE;
    gboolean is_plain = text[strspn(text, "0123456789.")] == '\0' ||
                        (is_share && strcmp(text + strspn(text, "0123456789."), "%") == 0);
    char *end;
    gdouble real = g_ascii_strtod(text, &end);

    if (is_plain && end != text && is_share && strcmp(end, "%") == 0) {
        real /= 100;
        end++;
    }
    if (is_plain && end != text && *end == '\0' && real <= (is_share ? 1 : 1e6)) {
        *ret_real = real;
        return TRUE;
    }
    return yaml_file_error(file, node, error, "'%s' cannot be '%s': give %s", key->name, text,
                           is_share ? "a share from 0 to 1, such as 0.05 or 5%"
                                    : "a number from 0 to 1000000");
}

/* ---- lists ---------------------------------------------------------------------------------- */

static gboolean
check_list(const YamlFile *file, const yaml_node_t *node, const YamlKey *key, GError **error)
{
    if (node->type != YAML_SEQUENCE_NODE)
        return yaml_file_error(file, node, error, "'%s' is %s: give a list, such as [a, b]",
                               key->name, node_kind(node));
    if ((guint)(node->data.sequence.items.top - node->data.sequence.items.start) < key->min)
        return yaml_file_error(file, node, error, "'%s' is too short: give %u or more", key->name,
                               key->min);
    return TRUE;
}

static gboolean
read_strings(const YamlFile *file, const yaml_node_t *node, const YamlKey *key, GPtrArray *strings,
             GError **error)
{
    if (!check_list(file, node, key, error))
        return FALSE;
    g_ptr_array_set_size(strings, 0);
    for (const yaml_node_item_t *item = node->data.sequence.items.start;
         item < node->data.sequence.items.top; item++) {
        const yaml_node_t *value = get_node(file, *item);
        const char *text = scalar(file, value, key->name, error);

        if (text == NULL || (key->type == YAML_GLOBS && !check_glob(file, value, text, error)))
            return FALSE;
        g_ptr_array_add(strings,
                        key->type == YAML_PATHS ? absolute_path(file, text) : g_strdup(text));
    }
    return TRUE;
}

static gboolean
read_records(const YamlFile *file, const yaml_node_t *node, const YamlKey *key, GPtrArray *records,
             GError **error)
{
    if (!check_list(file, node, key, error))
        return FALSE;
    for (const yaml_node_item_t *item = node->data.sequence.items.start;
         item < node->data.sequence.items.top; item++) {
        const yaml_node_t *value = get_node(file, *item);
        gpointer record = key->new_record();

        g_ptr_array_add(records, record);
        if (!yaml_read_record(file, value, key->keys, record, error) ||
            (key->check != NULL && !key->check(file, value, records, error)))
            return FALSE;
    }
    return TRUE;
}

static gboolean
read_pairs(const YamlFile *file, const yaml_node_t *node, const YamlKey *key, GPtrArray *pairs,
           GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    const YamlKey weight = {.name = key->name, .type = YAML_WEIGHT};

    if (node->type != YAML_MAPPING_NODE)
        return yaml_file_error(file, node, error, "'%s' is %s: give a mapping of names to numbers",
                               key->name, node_kind(node));
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *name_node = get_node(file, pair->key);
        const yaml_node_t *value_node = get_node(file, pair->value);
        const char *name = scalar(file, name_node, key->name, error);
        const char *text = name == NULL ? NULL : scalar(file, value_node, name, error);
        gdouble value = 0;

        if (text == NULL || !read_real(file, value_node, &weight, text, &value, error))
            return FALSE;
        if (!g_hash_table_add(seen, (gpointer)(guintptr)name))
            return yaml_file_error(file, name_node, error, "'%s' is given twice: keep one", name);
        g_ptr_array_add(pairs, key->new_pair(name, value));
    }
    return TRUE;
}

/* ---- records -------------------------------------------------------------------------------- */

static gboolean
read_scalar(const YamlFile *file, const yaml_node_t *node, const YamlKey *key, void *slot,
            GError **error)
{
    const char *text = scalar(file, node, key->name, error);

    if (text == NULL)
        return FALSE;
    switch (key->type) {
    case YAML_STRING:
        g_free(*(char **)slot);
        *(char **)slot = g_strdup(text);
        return TRUE;
    case YAML_PATH:
        g_free(*(char **)slot);
        *(char **)slot = absolute_path(file, text);
        return TRUE;
    case YAML_WORD:
        return read_word(file, node, key, text, slot, error);
    case YAML_SWITCH:
        return read_switch(file, node, key, text, slot, error);
    case YAML_NUMBER:
        return read_number(file, node, key, text, slot, error);
    case YAML_SHARE:
    case YAML_WEIGHT:
        return read_real(file, node, key, text, slot, error);
    case YAML_STRINGS:
    case YAML_PATHS:
    case YAML_GLOBS:
    case YAML_RECORDS:
    case YAML_PAIRS:
    case YAML_TYPE_COUNT:
    default:
        g_assert_not_reached();
    }
}

static gboolean
read_value(const YamlFile *file, const yaml_node_t *node, const YamlKey *key, void *record,
           GError **error)
{
    void *slot = G_STRUCT_MEMBER_P(record, key->offset);

    if (key->type < YAML_STRINGS)
        return read_scalar(file, node, key, slot, error);
    if (key->type == YAML_RECORDS)
        return read_records(file, node, key, *(GPtrArray **)slot, error);
    if (key->type == YAML_PAIRS)
        return read_pairs(file, node, key, *(GPtrArray **)slot, error);
    return read_strings(file, node, key, *(GPtrArray **)slot, error);
}

static const YamlKey *
find_key(const YamlFile *file, const yaml_node_t *node, const YamlKey *keys, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const char *name = (const char *)node->data.scalar.value;
    g_autofree char *hint = NULL;

    if (node->type != YAML_SCALAR_NODE) {
        yaml_file_error(file, node, error, "%s stands where a key should: give a word",
                        node_kind(node));
        return NULL;
    }
    for (; keys->name != NULL; keys++) {
        if (strcmp(keys->name, name) == 0)
            return keys;
        g_ptr_array_add(names, (gpointer)(guintptr)keys->name);
    }
    hint = suggest(name, names);
    yaml_file_error(file, node, error, "unknown key '%s': %s", name, hint);
    return NULL;
}

gboolean
yaml_read_record(const YamlFile *file, const yaml_node_t *node, const YamlKey *keys, void *record,
                 GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

    if (node->type != YAML_MAPPING_NODE)
        return yaml_file_error(file, node, error, "this is %s: give a mapping of keys to values",
                               node_kind(node));
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key_node = get_node(file, pair->key);
        const YamlKey *key = find_key(file, key_node, keys, error);

        if (key == NULL)
            return FALSE;
        if (!g_hash_table_add(seen, (gpointer)(guintptr)key))
            return yaml_file_error(file, key_node, error, "'%s' is given twice: keep one",
                                   key->name);
        if (!read_value(file, get_node(file, pair->value), key, record, error))
            return FALSE;
    }
    for (const YamlKey *key = keys; key->name != NULL; key++) {
        if (key->is_needed && !g_hash_table_contains(seen, key))
            return yaml_file_error(file, node, error, "'%s' is missing: add it", key->name);
    }
    return TRUE;
}
