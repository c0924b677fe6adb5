/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The only state is what the next value needs: the depth, whether it is the first in what is open,
 * and how many arrays of one line are open. Whether brackets match is asserted, not checked: the
 * documents are ours. Where an object or array ends, the output may take what there is so far.
 */

#include "json_writer.h"

#include <math.h>
#include <reports/escape.h>

void
json_writer_init(JsonWriter *json, Output *output, gboolean is_compact)
{
    *json = (JsonWriter){.output = output, .is_compact = is_compact, .is_first = TRUE};
}

static void
break_line(JsonWriter *json)
{
    if (json->is_compact || json->depth == 0 || json->n_lines > 0)
        return;
    g_string_append_c(json->output->text, '\n');
    for (guint i = 0; i < json->depth; i++)
        g_string_append_c(json->output->text, ' ');
}

static void
begin_value(JsonWriter *json, const char *key)
{
    GString *out = json->output->text;

    if (!json->is_first)
        g_string_append_c(out, ',');
    break_line(json);
    json->is_first = FALSE;
    if (key == NULL)
        return;
    g_string_append_c(out, '"');
    g_string_append(out, key);
    g_string_append(out, json->is_compact ? "\":" : "\": ");
}

static void
begin_container(JsonWriter *json, const char *key, char bracket)
{
    begin_value(json, key);
    g_string_append_c(json->output->text, bracket);
    json->depth++;
    json->is_first = TRUE;
}

static void
end_container(JsonWriter *json, char bracket)
{
    g_assert(json->depth > 0);
    json->depth--;
    if (!json->is_first && !json->is_compact && json->n_lines == 0) {
        g_string_append_c(json->output->text, '\n');
        for (guint i = 0; i < json->depth; i++)
            g_string_append_c(json->output->text, ' ');
    }
    g_string_append_c(json->output->text, bracket);
    json->is_first = FALSE;
    if (json->depth == 0 && !json->is_compact)
        g_string_append_c(json->output->text, '\n');
    output_checkpoint(json->output);
}

void
json_begin_object(JsonWriter *json, const char *key)
{
    begin_container(json, key, '{');
}

void
json_end_object(JsonWriter *json)
{
    end_container(json, '}');
}

void
json_begin_array(JsonWriter *json, const char *key)
{
    begin_container(json, key, '[');
}

void
json_end_array(JsonWriter *json)
{
    end_container(json, ']');
}

void
json_begin_line(JsonWriter *json, const char *key)
{
    begin_container(json, key, '[');
    json->n_lines++;
}

void
json_end_line(JsonWriter *json)
{
    end_container(json, ']');
    g_assert(json->n_lines > 0);
    json->n_lines--;
}

void
json_string(JsonWriter *json, const char *key, const char *value)
{
    if (value == NULL) {
        json_null(json, key);
        return;
    }
    begin_value(json, key);
    escape_json(json->output->text, value);
}

void
json_number(JsonWriter *json, const char *key, guint64 value)
{
    char digits[20]; /* as many as the greatest number has */
    gsize first = sizeof digits;

    /* A plan has millions of numbers: printf() took half of writing it. */
    do {
        digits[--first] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    begin_value(json, key);
    g_string_append_len(json->output->text, digits + first, (gssize)(sizeof digits - first));
}

void
json_decimal(JsonWriter *json, const char *key, gdouble value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    if (!isfinite(value)) {
        json_null(json, key);
        return;
    }
    begin_value(json, key);
    g_string_append(json->output->text, g_ascii_formatd(text, sizeof text, "%.6g", value));
}

void
json_boolean(JsonWriter *json, const char *key, gboolean value)
{
    begin_value(json, key);
    g_string_append(json->output->text, value ? "true" : "false");
}

void
json_null(JsonWriter *json, const char *key)
{
    begin_value(json, key);
    g_string_append(json->output->text, "null");
}

void
json_number_or_null(JsonWriter *json, const char *key, guint64 value, guint64 none)
{
    if (value == none)
        json_null(json, key);
    else
        json_number(json, key, value);
}

void
json_strings(JsonWriter *json, const char *key, const GPtrArray *values)
{
    begin_value(json, key);
    g_string_append_c(json->output->text, '[');
    for (guint i = 0; values != NULL && i < values->len; i++) {
        if (i > 0)
            g_string_append_c(json->output->text, ',');
        escape_json(json->output->text, values->pdata[i]);
    }
    g_string_append_c(json->output->text, ']');
}

static gboolean
is_listed(const JsonWriter *json, guint32 index)
{
    return json->index_limit == 0 || index < json->index_limit;
}

void
json_indexes(JsonWriter *json, const char *key, const GArray *values)
{
    json_begin_line(json, key);
    for (guint i = 0; values != NULL && i < values->len; i++) {
        guint32 index = g_array_index(values, guint32, i);

        if (is_listed(json, index))
            json_number(json, NULL, index);
        output_checkpoint(json->output);
    }
    json_end_line(json);
}

void
json_numbers(JsonWriter *json, const char *key, const guint32 *values, gsize n)
{
    json_begin_line(json, key);
    for (gsize i = 0; i < n; i++) {
        json_number(json, NULL, values[i]);
        output_checkpoint(json->output);
    }
    json_end_line(json);
}
