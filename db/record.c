/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Enumerations are stored as words and lists as JSON, so that people can ask the file without
 * knowing the program's numbers. A word that is not known is read as the value 0, and JSON that is
 * none as an empty list: only a damaged file has them.
 */

#include "record.h"

#include <cpumodel/cpu_engine.h>
#include <fleet/finding.h>
#include <fleet/host.h>
#include <json-c/json.h>
#include <string.h>

static const char *const switches[] = {
    [CPU_SWITCH_ABSENT] = "absent", [CPU_SWITCH_ON] = "on", [CPU_SWITCH_OFF] = "off"};
G_STATIC_ASSERT(G_N_ELEMENTS(switches) == CPU_SWITCH_COUNT);
const Words switch_words = {switches, G_N_ELEMENTS(switches)};

static const char *const supports[] = {
    [SUPPORT_UNKNOWN] = "unknown", [SUPPORT_YES] = "yes", [SUPPORT_NO] = "no"};
G_STATIC_ASSERT(G_N_ELEMENTS(supports) == SUPPORT_COUNT);
const Words support_words = {supports, G_N_ELEMENTS(supports)};

static const char *const usables[] = {
    [CPU_USABLE_UNKNOWN] = "unknown", [CPU_USABLE_YES] = "yes", [CPU_USABLE_NO] = "no"};
G_STATIC_ASSERT(G_N_ELEMENTS(usables) == CPU_USABLE_COUNT);
const Words usable_words = {usables, G_N_ELEMENTS(usables)};

const Words severity_words = {finding_severity_names, FINDING_SEVERITY_COUNT};

const Words arch_words = {cpu_arch_names, CPU_ARCH_COUNT};

const char *
words_of(const Words *words, gint value)
{
    g_assert(value >= 0 && (guint)value < words->n);
    return words->words[value];
}

gint
words_value(const Words *words, const char *word)
{
    for (guint i = 0; i < words->n; i++) {
        if (g_strcmp0(words_of(words, (gint)i), word) == 0)
            return (gint)i;
    }
    return 0;
}

char *
list_to_json(const GPtrArray *list)
{
    json_object *array = json_object_new_array();

    for (guint i = 0; list != NULL && i < list->len; i++)
        json_object_array_add(array, json_object_new_string(g_ptr_array_index(list, i)));
    char *text = g_strdup(json_object_to_json_string_ext(
        array, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(array);
    return text;
}

void
list_from_json(const char *json, GPtrArray *list)
{
    json_object *array = json != NULL ? json_tokener_parse(json) : NULL;
    gsize n = json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;

    for (gsize i = 0; i < n; i++) {
        const char *item = json_object_get_string(json_object_array_get_idx(array, i));

        g_ptr_array_add(list, g_strdup(item != NULL ? item : ""));
    }
    json_object_put(array);
}

static char *
flags_to_text(const Words *words, guint flags)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < words->n; i++) {
        if (flags & (1u << i))
            g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "",
                                   words_of(words, (gint)i));
    }
    return g_string_free(text, FALSE);
}

static guint
flags_from_text(const Words *words, const char *text)
{
    g_auto(GStrv) names = g_strsplit(text != NULL ? text : "", " ", -1);
    guint flags = 0;

    for (guint i = 0; i < words->n; i++) {
        if (g_strv_contains((const char *const *)names, words_of(words, (gint)i)))
            flags |= 1u << i;
    }
    return flags;
}

static void
bind_field(Statement *statement, const Field *field, const void *member)
{
    const char *parameter = field->parameter;

    switch (field->kind) {
    case FIELD_INT:
        statement_bind_int(statement, parameter, *(const gint *)member);
        break;
    case FIELD_UINT:
        statement_bind_int(statement, parameter, *(const guint *)member);
        break;
    case FIELD_UINT64:
        statement_bind_int(statement, parameter, *(const gint64 *)member);
        break;
    case FIELD_TEXT:
        statement_bind_text(statement, parameter, *(char *const *)member);
        break;
    case FIELD_WORD:
        statement_bind_text(statement, parameter, words_of(field->words, *(const gint *)member));
        break;
    case FIELD_FLAGS:
        statement_take_text(statement, parameter,
                            flags_to_text(field->words, *(const guint *)member));
        break;
    case FIELD_LIST:
        statement_take_text(statement, parameter, list_to_json(*(GPtrArray *const *)member));
        break;
    }
}

void
record_bind(Statement *statement, const Field *fields, gsize n, const void *record)
{
    for (gsize i = 0; i < n; i++)
        bind_field(statement, &fields[i], (const char *)record + fields[i].offset);
}

static void
read_field(Statement *statement, const Field *field, void *member)
{
    int column = statement_column(statement, field->parameter + 1);

    switch (field->kind) {
    case FIELD_INT:
        *(gint *)member = (gint)statement_int_at(statement, column);
        break;
    case FIELD_UINT:
        *(guint *)member = (guint)statement_int_at(statement, column);
        break;
    case FIELD_UINT64:
        *(gint64 *)member = statement_int_at(statement, column);
        break;
    case FIELD_TEXT:
        g_free(*(char **)member);
        *(char **)member = g_strdup(statement_text_at(statement, column));
        break;
    case FIELD_WORD:
        *(gint *)member = words_value(field->words, statement_text_at(statement, column));
        break;
    case FIELD_FLAGS:
        *(guint *)member = flags_from_text(field->words, statement_text_at(statement, column));
        break;
    case FIELD_LIST:
        list_from_json(statement_text_at(statement, column), *(GPtrArray **)member);
        break;
    }
}

void
record_read(Statement *statement, const Field *fields, gsize n, void *record)
{
    for (gsize i = 0; i < n; i++)
        read_field(statement, &fields[i], (char *)record + fields[i].offset);
}
