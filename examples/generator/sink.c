/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sink.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

struct Sink {
    char *folder;            /* NULL for a stream */
    char *last_parent;       /* made already */
    struct archive *archive; /* NULL for a folder */
};

/* All members of a stream are of one moment, so that equal fleets are equal bytes. */
#define MEMBER_TIME 1262304000 /* 2010-01-01 */

static void
set_archive_error(struct archive *archive, GError **error)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot write the stream: %s",
                archive_error_string(archive));
}

static void
sink_free(Sink *sink)
{
    if (sink->archive != NULL)
        archive_write_free(sink->archive);
    g_free(sink->folder);
    g_free(sink->last_parent);
    g_free(sink);
}

Sink *
sink_open(const char *path, GError **error)
{
    Sink *sink = g_new0(Sink, 1);

    if (strcmp(path, "-") != 0) {
        sink->folder = g_strdup(path);
        return sink;
    }
    sink->archive = archive_write_new();
    archive_write_set_format_ustar(sink->archive);
    archive_write_set_bytes_per_block(sink->archive, 256 * 1024);
    if (archive_write_open_fd(sink->archive, STDOUT_FILENO) == ARCHIVE_OK)
        return sink;
    set_archive_error(sink->archive, error);
    sink_free(sink);
    return NULL;
}

static gboolean
add_member(Sink *sink, const char *name, const char *bytes, gsize length, GError **error)
{
    struct archive_entry *entry = archive_entry_new();

    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_mtime(entry, MEMBER_TIME, 0);
    archive_entry_set_size(entry, (la_int64_t)length);
    gboolean is_written = archive_write_header(sink->archive, entry) == ARCHIVE_OK &&
                          archive_write_data(sink->archive, bytes, length) == (la_ssize_t)length;
    archive_entry_free(entry);
    if (!is_written)
        set_archive_error(sink->archive, error);
    return is_written;
}

gboolean
sink_add(Sink *sink, const char *name, const char *bytes, gsize length, GError **error)
{
    if (sink->archive != NULL)
        return add_member(sink, name, bytes, length, error);

    g_autofree char *path = g_build_filename(sink->folder, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);
    if (g_strcmp0(parent, sink->last_parent) != 0) {
        if (g_mkdir_with_parents(parent, 0777) != 0) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: cannot make the folder",
                        parent);
            return FALSE;
        }
        g_free(sink->last_parent);
        sink->last_parent = g_steal_pointer(&parent);
    }
    return g_file_set_contents_full(path, bytes, (gssize)length, G_FILE_SET_CONTENTS_NONE, 0666,
                                    error);
}

gboolean
sink_close(Sink *sink, GError **error)
{
    gboolean is_closed = sink->archive == NULL || archive_write_close(sink->archive) == ARCHIVE_OK;

    if (!is_closed)
        set_archive_error(sink->archive, error);
    sink_free(sink);
    return is_closed;
}
