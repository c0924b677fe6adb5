/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Each escaper walks the text once. Those that care about characters walk characters and treat a
 * byte that is no UTF-8 by itself; those that only care about single bytes leave UTF-8 alone after
 * g_utf8_make_valid().
 */

#include <reports/escape.h>

#include <json-c/json.h>
#include <string.h>

/* A file name's longest stem: leaves room for an extension and for ".new" in 255 bytes. */
#define FILE_NAME_MAX 160
#define FILE_NAME_HASH_LENGTH 16

/* Marks that are not seen but change how what follows is shown. */
static gboolean
is_invisible(gunichar c)
{
    return (c >= 0x80 && c <= 0x9f) || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

void
escape_terminal(GString *out, const char *text)
{
    const char *p = text != NULL ? text : "";

    while (*p != '\0') {
        gunichar c = g_utf8_get_char_validated(p, -1);

        if (c == (gunichar)-1 || c == (gunichar)-2) {
            g_string_append_printf(out, "\\x%02x", (guchar)*p);
            p++;
            continue;
        }
        if (c == '\n')
            g_string_append(out, "\\n");
        else if (c == '\t')
            g_string_append(out, "\\t");
        else if (c < 0x20 || c == 0x7f)
            g_string_append_printf(out, "\\x%02x", c);
        else if (is_invisible(c))
            g_string_append_printf(out, "\\u%04x", c);
        else
            g_string_append_unichar(out, c);
        p = g_utf8_next_char(p);
    }
}

/* What would steer a terminal or hide from an eye, as escape_terminal() shows it; lines may end. */
static void
append_csv_text(GString *out, const char *valid)
{
    for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        gboolean is_space = c == '\n' || c == '\t' || c == '\r';

        if (c == '"')
            g_string_append(out, "\"\"");
        else if ((c < 0x20 && !is_space) || c == 0x7f)
            g_string_append_printf(out, "\\x%02x", c);
        else if (is_invisible(c))
            g_string_append_printf(out, "\\u%04x", c);
        else
            g_string_append_unichar(out, c);
    }
}

void
escape_csv(GString *out, const char *text)
{
    if (text == NULL || *text == '\0')
        return;

    g_autofree char *valid = g_utf8_make_valid(text, -1);
    gboolean is_formula = strchr("=+-@\t\r", valid[0]) != NULL;

    if (!is_formula && strpbrk(valid, ",\"\n\r") == NULL) {
        append_csv_text(out, valid);
        return;
    }
    g_string_append_c(out, '"');
    if (is_formula)
        g_string_append_c(out, '\'');
    append_csv_text(out, valid);
    g_string_append_c(out, '"');
}

/* Printable ASCII that stands for itself in JSON and in an HTML script element. */
static gboolean
is_plain_json(const char *text)
{
    for (const char *p = text; *p != '\0'; p++) {
        if (*p < 0x20 || *p == 0x7f || strchr("\"\\<>&", *p) != NULL)
            return FALSE;
    }
    return TRUE;
}

void
escape_json(GString *out, const char *text)
{
    if (text == NULL)
        text = "";
    if (is_plain_json(text)) {
        g_string_append_c(out, '"');
        g_string_append(out, text);
        g_string_append_c(out, '"');
        return;
    }

    g_autofree char *valid = g_utf8_make_valid(text, -1);
    json_object *string = json_object_new_string(valid);
    const char *escaped = json_object_to_json_string_ext(string, JSON_C_TO_STRING_NOSLASHESCAPE);

    for (const char *p = escaped; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (c == '<' || c == '>' || c == '&' || c == 0x7f || c == 0x2028 || c == 0x2029)
            g_string_append_printf(out, "\\u%04x", c);
        else
            g_string_append_unichar(out, c);
    }
    json_object_put(string);
}

void
escape_prometheus(GString *out, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text != NULL ? text : "", -1);

    for (const char *p = valid; *p != '\0'; p++) {
        if (*p == '\n')
            g_string_append(out, "\\n");
        else if (*p == '\\' || *p == '"')
            g_string_append_printf(out, "\\%c", *p);
        else
            g_string_append_c(out, *p);
    }
}

void
escape_dot(GString *out, const char *text)
{
    GString *printable = g_string_new(NULL);

    escape_terminal(printable, text);
    g_string_append_c(out, '"');
    for (const char *p = printable->str; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *p);
    }
    g_string_append_c(out, '"');
    g_string_free(printable, TRUE);
}

char *
escape_file_name(const char *text)
{
    GString *name = g_string_new(NULL);

    for (const char *p = text != NULL ? text : ""; *p != '\0'; p++) {
        gboolean is_safe =
            g_ascii_isalnum(*p) || *p == '_' || *p == '-' || (*p == '.' && name->len > 0);

        if (is_safe)
            g_string_append_c(name, *p);
        else
            g_string_append_printf(name, "%%%02X", (guchar)*p);
    }
    if (name->len == 0)
        g_string_append_c(name, '%');
    if (name->len > FILE_NAME_MAX) {
        g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);

        g_string_truncate(name, FILE_NAME_MAX - FILE_NAME_HASH_LENGTH - 1);
        g_string_append_printf(name, "-%.*s", FILE_NAME_HASH_LENGTH, hash);
    }
    return g_string_free(name, FALSE);
}

guint
escape_width(const char *text)
{
    guint width = 0;

    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (!g_unichar_iszerowidth(c))
            width += g_unichar_iswide(c) ? 2 : 1;
    }
    return width;
}
