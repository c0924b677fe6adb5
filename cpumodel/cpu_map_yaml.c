/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Writing a map as YAML.
 *
 * Map order is kept by cutting it into runs: consecutive features of one CPUID leaf or MSR become
 * one file, consecutive models of one base name too. A run whose file exists already gets a number.
 * Models of one file are told by what differs from the one most like them.
 */

#include "cpu_map_yaml_private.h"

#include <string.h>

#define LINE_WIDTH 98

void
cpu_map_yaml_file_free(CpuMapYamlFile *file)
{
    if (file == NULL)
        return;
    g_free(file->path);
    g_free(file->text);
    g_free(file);
}

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

char *
cpu_map_yaml_scalar(const char *text)
{
    if (is_plain(text))
        return g_strdup(text);
    GString *quoted = g_string_new("\"");

    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            g_string_append_printf(quoted, "\\%c", *c);
        else if ((guchar)*c < 0x20 || *c == 0x7f)
            g_string_append_printf(quoted, "\\x%02x", (guint)(guchar)*c);
        else
            g_string_append_c(quoted, *c);
    }
    g_string_append_c(quoted, '"');
    return g_string_free(quoted, FALSE);
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

/* "11.3" for 11003000. */
static void
append_release(GString *out, guint release)
{
    g_string_append_printf(out, "%u.%u", release / 1000000, release / 1000 % 1000);
    if (release % 1000 != 0)
        g_string_append_printf(out, ".%u", release % 1000);
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

/* ---- a family ------------------------------------------------------------------------------- */

static void
write_vendors(CpuMapYamlWriter *writer)
{
    guint n = cpu_map_n_vendors(writer->map, writer->family);

    if (n > 0)
        g_string_append(writer->index, "vendors:\n");
    for (guint i = 0; i < n; i++) {
        const CpuVendor *vendor = cpu_map_vendor(writer->map, writer->family, i);
        g_autofree char *name = cpu_map_yaml_scalar(vendor->name);
        g_autofree char *string =
            vendor->string != NULL ? cpu_map_yaml_scalar(vendor->string) : NULL;

        g_string_append_printf(writer->index, "  - {name: %s", name);
        if (string != NULL)
            g_string_append_printf(writer->index, ", string: %s", string);
        if (vendor->implementer != 0)
            g_string_append_printf(writer->index, ", implementer: 0x%02x", vendor->implementer);
        g_string_append(writer->index, "}\n");
    }
}

static void
write_family(CpuMapYamlWriter *writer)
{
    g_autoptr(GString) index = g_string_new(NULL);

    writer->index = index;
    g_string_append_printf(index,
                           CPU_MAP_YAML_LICENSE
                           "# The order of this file is map order, which outputs follow: "
                           "append, never sort.\nfamily: %s\n",
                           cpu_family_name(writer->family));
    write_vendors(writer);
    cpu_map_yaml_write_features(writer);
    cpu_map_yaml_write_models(writer);
    g_free(cpu_map_yaml_add_file(writer, "", "family", index->str));
}

GPtrArray *
cpu_map_yaml_files(const CpuMap *map)
{
    g_autoptr(GHashTable) paths = g_hash_table_new(g_str_hash, g_str_equal);
    CpuMapYamlWriter writer = {.map = map, .paths = paths};

    writer.files = g_ptr_array_new_with_free_func((GDestroyNotify)cpu_map_yaml_file_free);
    for (CpuFamily family = CPU_FAMILY_NONE + 1; family < CPU_FAMILY_COUNT; family++) {
        writer.family = family;
        if (cpu_map_n_models(map, family) > 0 || cpu_map_n_features(map, family) > 0)
            write_family(&writer);
    }
    return writer.files;
}
