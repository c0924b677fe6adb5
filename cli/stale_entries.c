/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stale_entries.h"

#include <cpumodel/text_list.h>
#include <glib/gstdio.h>
#include <ingest/ingest.h>

#define STALE_S (STALE_DAYS * G_GINT64_CONSTANT(24) * 60 * 60)

typedef struct {
    char *name;
    gint64 at; /* seconds since 1970 */
} Entry;

static void
clear_entry(gpointer data)
{
    g_free(((Entry *)data)->name);
}

/* When PATH was written; 0 when that is not known. */
static gint64
time_of(const char *path)
{
    GStatBuf status;

    return g_stat(path, &status) == 0 ? (gint64)status.st_mtime : 0;
}

/* A collector that writes a host's files in place does not touch their folder. */
static gint64
newest_time(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;
    gint64 newest = time_of(path);

    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        newest = MAX(newest, time_of(file));
    }
    return newest;
}

static GPtrArray *
find_stale(const char *folder, gboolean is_of_archives)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    GPtrArray *stale = g_ptr_array_new_with_free_func(g_free);
    const char *name;
    gint64 newest = 0;

    g_array_set_clear_func(entries, clear_entry);
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (*name == '.' || (is_of_archives && !ingest_is_archive_name(name)))
            continue; /* no document is read from hidden ones */
        const Entry entry = {g_strdup(name), is_of_archives ? time_of(path) : newest_time(path)};
        g_array_append_val(entries, entry);
        newest = MAX(newest, entry.at);
    }
    for (guint i = 0; i < entries->len; i++) {
        Entry *entry = &g_array_index(entries, Entry, i);

        if (entry->at != 0 && entry->at + STALE_S < newest)
            g_ptr_array_add(stale, g_steal_pointer(&entry->name));
    }
    text_list_sort(stale);
    return stale;
}

GPtrArray *
stale_entries_find(const char *folder)
{
    return find_stale(folder, FALSE);
}

GPtrArray *
stale_archives_find(const char *folder)
{
    return find_stale(folder, TRUE);
}
