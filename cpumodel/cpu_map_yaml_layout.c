/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The layout of a map's YAML: scalars that need quotes, lists that wrap, names of files that every
 * file system takes. What stands in the files is said by those who call.
 */

#include "cpu_map_yaml_private.h"

#include <cpumodel/version.h>
#include <string.h>

#define LINE_WIDTH 98

/* ---- words and lists ------------------------------------------------------------------------ */

#define PLAIN_CHARACTERS "._+-()/"

static gboolean
is_plain(const char *text)
{
    if (!g_ascii_isalnum(*text) || g_str_has_suffix(text, " "))
        return FALSE;
    for (const char *c = text; *c != '\0'; c++) {
        if (!g_ascii_isalnum(*c) && *c != ' ' && strchr(PLAIN_CHARACTERS, *c) == NULL)
            return FALSE;
    }
    return TRUE;
}

/*
 * Beyond ASCII only letters and digits stand as they are: YAML takes some of the other characters
 * for the end of a line and refuses some.
 */
static void
append_quoted(GString *quoted, gunichar c)
{
    if (c == '"' || c == '\\')
        g_string_append_printf(quoted, "\\%c", (char)c);
    else if ((c >= 0x20 && c < 0x7f) || (c >= 0x80 && g_unichar_isalnum(c)))
        g_string_append_unichar(quoted, c);
    else
        g_string_append_printf(quoted, "\\U%08x", c);
}

char *
cpu_map_yaml_scalar(const char *text)
{
    if (is_plain(text))
        return g_strdup(text);
    GString *quoted = g_string_new("\"");

    for (const char *c = text; *c != '\0'; c = g_utf8_find_next_char(c, NULL))
        append_quoted(quoted, g_utf8_get_char(c));
    g_string_append_c(quoted, '"');
    return g_string_free(quoted, FALSE);
}

/* YAML finds the end of a key only that far, unless a mark says that there is one. */
#define UNMARKED_KEY_MAX 1000

void
cpu_map_yaml_append_name_key(GString *out, const char *name)
{
    g_autofree char *key = cpu_map_yaml_scalar(name);

    g_string_append_printf(out, strlen(key) > UNMARKED_KEY_MAX ? "? %s : " : "%s: ", key);
}

void
cpu_map_yaml_append_key(GString *out, const char *key, const char *value)
{
    if (value == NULL)
        return;
    g_autofree char *text = cpu_map_yaml_scalar(value);
    g_string_append_printf(out, "    %s: %s\n", key, text);
}

static guint
column_of(const GString *out)
{
    const char *line = strrchr(out->str, '\n');

    return (guint)strlen(line != NULL ? line + 1 : out->str);
}

void
cpu_map_yaml_append_list(GString *out, const char *key, const GPtrArray *items)
{
    gsize length = strlen(key) + 8;

    for (guint i = 0; i < items->len; i++)
        length += strlen(g_ptr_array_index(items, i)) + 2;
    g_string_append_printf(out, "    %s:%s[", key, length > LINE_WIDTH ? "\n      " : " ");
    for (guint i = 0; i < items->len; i++) {
        g_autofree char *item = cpu_map_yaml_scalar(g_ptr_array_index(items, i));

        if (i > 0 && column_of(out) + strlen(item) + 3 > LINE_WIDTH)
            g_string_append(out, ",\n       ");
        else if (i > 0)
            g_string_append(out, ", ");
        g_string_append(out, item);
    }
    g_string_append(out, "]\n");
}

static void
append_release(GString *out, guint release)
{
    g_autofree char *text = version_format(release);

    g_string_append(out, text);
}

void
cpu_map_yaml_append_since(GString *out, const char *prefix, const CpuSince *since,
                          const char *suffix)
{
    if (since->having == 0)
        return;
    g_string_append(out, prefix);
    if (since->lacking != 0) {
        append_release(out, since->lacking);
        g_string_append(out, "..");
    }
    append_release(out, since->having);
    g_string_append(out, suffix);
}

/* ---- files ---------------------------------------------------------------------------------- */

/* With a number, ".yaml" and what writing adds for a moment still below the 255 bytes of a name. */
#define STEM_LENGTH_MAX 200

char *
cpu_map_yaml_add_file(CpuMapYamlWriter *writer, const char *folder, const char *stem,
                      const char *text)
{
    CpuMapYamlFile *file = g_new0(CpuMapYamlFile, 1);
    g_autofree char *safe = g_strndup(stem, STEM_LENGTH_MAX);
    char *name = NULL;

    for (char *c = safe; *c != '\0'; c++) {
        if (!g_ascii_isalnum(*c) && strchr("._-", *c) == NULL)
            *c = '-';
    }
    if (*safe == '.')
        *safe = '-';
    for (guint n = 1; name == NULL; n++) {
        name = n == 1 ? g_strdup(safe) : g_strdup_printf("%s-%u", safe, n);
        g_free(file->path);
        file->path = g_strdup_printf("%s/%s%s.yaml", cpu_family_name(writer->family), folder, name);
        if (g_hash_table_contains(writer->paths, file->path))
            g_clear_pointer(&name, g_free);
    }
    file->text = g_strdup(text);
    g_ptr_array_add(writer->files, file);
    g_hash_table_add(writer->paths, file->path);
    return name;
}
