/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "folder.h"

#include <glib/gstdio.h>
#include <string.h>

#define FILES_MAX 16
#define NAME_LENGTH_MAX 64

/* What stands before and after the name on a line that begins a file. */
static const struct {
    const char *before, *after;
} marks[] = {{"<!-- file: ", " -->"}, {"# file: ", ""}};

/* The name that LINE announces, or NULL: relative, of plain characters, without "..". */
static char *
announced_name(const char *line)
{
    for (guint i = 0; i < G_N_ELEMENTS(marks); i++) {
        if (!g_str_has_prefix(line, marks[i].before) || !g_str_has_suffix(line, marks[i].after))
            continue;
        gsize start = strlen(marks[i].before), end = strlen(marks[i].after);
        if (strlen(line) <= start + end || strlen(line) > start + end + NAME_LENGTH_MAX)
            return NULL;
        g_autofree char *name = g_strndup(line + start, strlen(line) - start - end);
        for (const char *c = name; *c != '\0'; c++) {
            if (!g_ascii_isalnum(*c) && strchr("._-/", *c) == NULL)
                return NULL;
        }
        return *name == '/' || strstr(name, "..") != NULL ? NULL : g_steal_pointer(&name);
    }
    return NULL;
}

void
folder_write(const char *folder, const char *path, const char *bytes, gsize length)
{
    g_autofree char *full = g_build_filename(folder, path, NULL);
    g_autofree char *parent = g_path_get_dirname(full);

    if (g_mkdir_with_parents(parent, 0700) == 0)
        g_file_set_contents_full(full, bytes, (gssize)length, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
}

GHashTable *
folder_files(const char *bytes, gsize length)
{
    GHashTable *files =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    const char *end = bytes + length, *start = NULL;
    g_autofree char *name = NULL;

    for (const char *line = bytes; line < end && g_hash_table_size(files) < FILES_MAX;) {
        const char *line_end = memchr(line, '\n', (gsize)(end - line));
        const char *next = line_end != NULL ? line_end + 1 : end;
        g_autofree char *text =
            g_strndup(line, (gsize)((line_end != NULL ? line_end : end) - line));
        g_autofree char *announced = announced_name(text);

        if (announced != NULL) {
            if (name != NULL)
                g_hash_table_replace(files, g_steal_pointer(&name),
                                     g_bytes_new(start, (gsize)(line - start)));
            name = g_steal_pointer(&announced);
            start = next;
        }
        line = next;
    }
    if (name != NULL)
        g_hash_table_replace(files, g_steal_pointer(&name),
                             g_bytes_new(start, (gsize)(end - start)));
    return files;
}

char *
folder_make(const char *bytes, gsize length)
{
    char *folder = g_dir_make_tmp("virt-plan-fuzz-XXXXXX", NULL);
    g_autoptr(GHashTable) files = folder_files(bytes, length);
    GHashTableIter iter;
    gpointer name, content;

    g_assert(folder != NULL);
    g_hash_table_iter_init(&iter, files);
    while (g_hash_table_iter_next(&iter, &name, &content))
        folder_write(folder, name, g_bytes_get_data(content, NULL), g_bytes_get_size(content));
    return folder;
}

void
folder_remove(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);

    for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL;
         name = g_dir_read_name(dir)) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        folder_remove(child);
    }
    g_remove(path);
}
