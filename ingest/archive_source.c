/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * An archive is read twice: first for its layout, which needs to know the names in a folder before
 * the first document of it is handed on.
 *
 * Against bombs: a member may not be longer than a document, the whole not longer than the limit
 * (unless the archive itself is that long), and there may not be more members than the limit. What
 * is unpacked only to get to the next member counts too.
 *
 * libarchive would start programs for some compressions, also for one inside of another; only those
 * that it can unpack itself are asked for.
 */

#include "archive_source.h"

#include "documents.h"
#include "layout.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_BYTES ((gsize)64 << 10)
#define SNIFF_BYTES 4096
#define PATH_LENGTH_MAX 4096 /* as Linux has it */

typedef struct {
    const ArchiveInput *input;
    TaskSink sink;
    gpointer user_data;
    struct archive *archive;
    GHashTable *folders; /* path -> LayoutFolder; "" is the archive itself */
    guint64 n_bytes;     /* handed on or looked at in this pass */
    guint64 n_members;
    guint64 n_tasks;     /* handed on */
    gboolean is_single;  /* one compressed file, no archive */
    gboolean is_stopped; /* the sink wants no more, or a limit is reached */
    gboolean is_sink_full;
    gboolean is_partial; /* something in it is no document, or was not read to its end */
} Archive;

/* A tar ends with blocks of zeroes, and one without members has nothing else. */
static gboolean
is_end_of_tar(const char *head, gsize length)
{
    return length >= ARCHIVE_HEAD_BYTES && head[0] == '\0' &&
           memcmp(head, head + 1, ARCHIVE_HEAD_BYTES - 1) == 0;
}

gboolean
archive_source_recognizes(const char *head, gsize length)
{
    static const struct {
        gsize offset, length;
        const char *magic;
    } magics[] = {
        {0, 2, "\x1f\x8b"},
        {0, 6,
         "\xfd"
         "7zXZ\0"},
        {0, 3, "BZh"},
        {0, 4, "\x28\xb5\x2f\xfd"},
        {0, 4, "\x04\x22\x4d\x18"},
        {0, 4, "PK\x03\x04"},
        {0, 4, "PK\x05\x06"},
        {0, 3, "\x5d\0\0"},
        {257, 5, "ustar"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(magics); i++) {
        if (length >= magics[i].offset + magics[i].length &&
            memcmp(head + magics[i].offset, magics[i].magic, magics[i].length) == 0)
            return TRUE;
    }
    return is_end_of_tar(head, length);
}

/* ---- findings ------------------------------------------------------------------------------- */

static void
hand_on(Archive *archive, Task *task)
{
    archive->n_tasks++;
    if (archive->sink(task, archive->user_data))
        return;
    archive->is_stopped = TRUE;
    archive->is_sink_full = TRUE;
}

static void
complain_archive(Archive *archive, const char *id, const char *text, const char *remedy)
{
    archive->is_partial = TRUE;
    hand_on(archive, task_new_complaint(archive->input->path, id, text, remedy));
}

static void
complain_member(Archive *archive, const char *member, FindingSeverity severity, const char *id,
                const char *text, const char *remedy)
{
    Task *task = task_new(archive->input->path, member);

    archive->is_partial = TRUE;
    SourceReading *reading = source_reading_new(g_steal_pointer(&task->source));

    reading->source->mtime_ns = archive->input->mtime_ns;
    source_complain(reading, severity, id, 0, text, remedy);
    task->reading = reading;
    hand_on(archive, task);
}

/* ---- layout --------------------------------------------------------------------------------- */

static LayoutFolder *
folder_of(Archive *archive, const char *member)
{
    const char *slash = strrchr(member, '/');
    g_autofree char *path = g_strndup(member, slash == NULL ? 0 : (gsize)(slash - member));
    LayoutFolder *folder = g_hash_table_lookup(archive->folders, path);

    if (folder == NULL) {
        folder = g_new0(LayoutFolder, 1);
        g_hash_table_insert(archive->folders, g_steal_pointer(&path), folder);
    }
    return folder;
}

/* The host whose folder MEMBER lies in or below, the outermost one; NULL when in none. Owned. */
static char *
host_of(Archive *archive, const char *member)
{
    const LayoutFolder *top = g_hash_table_lookup(archive->folders, "");

    if (archive->input->host_name != NULL)
        return g_strdup(archive->input->host_name);
    if (top != NULL && layout_folder_is_host(top, archive->input->is_given)) {
        g_autofree char *name = g_path_get_basename(archive->input->path);

        return layout_host_of_folder(name);
    }
    for (const char *slash = strchr(member, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        g_autofree char *path = g_strndup(member, (gsize)(slash - member));
        const LayoutFolder *folder = g_hash_table_lookup(archive->folders, path);

        if (folder != NULL && layout_folder_is_host(folder, FALSE))
            return g_path_get_basename(path);
    }
    return NULL;
}

/* ---- members -------------------------------------------------------------------------------- */

/* The member's path without what changes nothing ("./", "//"). Owned by the caller. */
static char *
normal_path(const char *path)
{
    GString *normal = g_string_new(NULL);
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);

    for (guint i = 0; parts[i] != NULL; i++) {
        if (*parts[i] == '\0' || strcmp(parts[i], ".") == 0)
            continue;
        g_string_append_printf(normal, "%s%s", normal->len > 0 ? "/" : "", parts[i]);
    }
    return g_string_free(normal, FALSE);
}

static gboolean
leads_outside(const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);

    return *path == '/' || g_strv_contains((const char *const *)parts, "..");
}

static gboolean
is_hidden(const char *member)
{
    return *member == '.' || strstr(member, "/.") != NULL || g_str_has_suffix(member, "~");
}

/* The next bytes of the member, at most MAX of them; NULL when it cannot be read. */
static GByteArray *
read_member(Archive *archive, gsize max)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    char block[BLOCK_BYTES];

    while (bytes->len < max) {
        gssize n = archive_read_data(archive->archive, block, MIN(sizeof block, max - bytes->len));

        if (n < 0)
            return NULL;
        if (n == 0)
            break;
        g_byte_array_append(bytes, (const guint8 *)block, (guint)n);
    }
    archive->n_bytes += bytes->len;
    return g_steal_pointer(&bytes);
}

/* TRUE when ENTRY is a file to read; else why not has been told, on the second pass. */
static gboolean
is_wanted(Archive *archive, struct archive_entry *entry, const char *path, gboolean is_listing)
{
    const char *id = NULL, *text = NULL, *remedy = "make the archive without it";
    FindingSeverity severity = FINDING_WARNING;

    if (strlen(path) > PATH_LENGTH_MAX) {
        severity = FINDING_ERROR;
        id = "archive-path";
        text = "the member's path is longer than paths can be";
    } else if (leads_outside(path)) {
        severity = FINDING_ERROR;
        id = "archive-path";
        text = "the member's path is absolute or leads out of the archive";
        remedy = "make the archive with paths relative to one folder";
    } else if (archive_entry_symlink(entry) != NULL || archive_entry_hardlink(entry) != NULL) {
        id = "archive-link";
        text = "the member is a link, which is not followed";
    } else if (archive_entry_filetype(entry) == AE_IFDIR) {
        return FALSE;
    } else if (archive_entry_filetype(entry) != AE_IFREG && !archive->is_single) {
        id = "archive-special";
        text = "the member is neither file nor folder";
    } else if (archive_entry_is_encrypted(entry)) {
        severity = FINDING_ERROR;
        id = "archive-encrypted";
        text = "the member is encrypted";
    }
    if (id != NULL && !is_listing)
        complain_member(archive, path, severity, id, text, remedy);
    return id == NULL;
}

static void
list_member(Archive *archive, const char *path)
{
    LayoutFolder *folder = folder_of(archive, path);
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    LayoutKind kind = LAYOUT_KIND_OTHER;

    if (!layout_folder_is_decided(folder) || layout_is_software(name)) {
        g_autoptr(GByteArray) head = read_member(archive, SNIFF_BYTES);

        if (head != NULL)
            kind = documents_sniff((const char *)head->data, head->len);
    }
    layout_folder_add(folder, name, kind);
}

static void
take_member(Archive *archive, const char *path)
{
    const char *member = archive->is_single ? NULL : path;
    g_autoptr(GByteArray) bytes =
        read_member(archive, archive->input->limits->max_document_bytes + 1);

    if (bytes == NULL) {
        g_autofree char *text =
            g_strdup_printf("cannot be unpacked: %s", archive_error_string(archive->archive));

        complain_member(archive, member, FINDING_ERROR, "archive", text, "make the archive again");
        return;
    }
    archive->is_partial |= bytes->len > archive->input->limits->max_document_bytes;
    Task *task = task_new(archive->input->path, member);
    g_clear_pointer(&task->path, g_free);
    task->source->size = bytes->len;
    task->source->mtime_ns = archive->input->mtime_ns;
    task->host_name =
        archive->is_single ? g_strdup(archive->input->host_name) : host_of(archive, path);
    task->bytes = g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
    hand_on(archive, task);
}

static void
visit_member(Archive *archive, struct archive_entry *entry, gboolean is_listing)
{
    const char *raw = archive_entry_pathname(entry);
    g_autofree char *path = raw == NULL ? g_strdup("") : normal_path(raw);

    if (!is_wanted(archive, entry, raw == NULL ? "" : raw, is_listing) || *path == '\0' ||
        is_hidden(path))
        return;
    if (is_listing) {
        list_member(archive, path);
        return;
    }
    take_member(archive, path);
}

/* ---- passes --------------------------------------------------------------------------------- */

/* Of the whole input as it is packed, and as libarchive has unpacked it so far. */
static gboolean
is_over_limit(Archive *archive)
{
    const IngestLimits *limits = archive->input->limits;
    guint64 packed = (guint64)MAX(archive_filter_bytes(archive->archive, -1), 0);
    guint64 unpacked = (guint64)MAX(archive_filter_bytes(archive->archive, 0), 0);
    guint64 n_bytes = MAX(archive->n_bytes, unpacked);

    return archive->n_members > limits->max_archive_members ||
           (n_bytes > limits->max_archive_bytes && n_bytes > 2 * packed);
}

/*
 * Unpacks the rest of the member, which libarchive would do unseen on its way to the next. It skips
 * without unpacking where nothing is compressed around the members and their length is known.
 */
static int
pass_over_member(Archive *archive, struct archive_entry *entry)
{
    gboolean is_compressed = archive_filter_count(archive->archive) > 1; /* one is the file */
    const void *block;
    gsize length;
    gint64 offset;
    int status = ARCHIVE_OK;

    if (archive->is_single)
        return ARCHIVE_EOF;
    if (!is_compressed && archive_entry_size_is_set(entry))
        return ARCHIVE_OK;
    while ((status == ARCHIVE_OK || status == ARCHIVE_WARN) && !is_over_limit(archive)) {
        status = archive_read_data_block(archive->archive, &block, &length, &offset);
        if (status == ARCHIVE_OK && !is_compressed)
            archive->n_bytes += length;
    }
    return status == ARCHIVE_FATAL ? ARCHIVE_FATAL : ARCHIVE_OK;
}

static void
support_compressions(struct archive *handle)
{
    static int (*const filters[])(struct archive *) = {
        archive_read_support_filter_gzip, archive_read_support_filter_bzip2,
        archive_read_support_filter_xz,   archive_read_support_filter_lzma,
        archive_read_support_filter_lzip, archive_read_support_filter_zstd,
        archive_read_support_filter_lz4,  archive_read_support_filter_compress,
    };

    for (guint i = 0; i < G_N_ELEMENTS(filters); i++)
        filters[i](handle);
}

static int
open_archive(Archive *archive)
{
    struct archive *handle = archive_read_new();

    archive->archive = handle;
    archive->n_bytes = 0;
    archive->n_members = 0;
    support_compressions(handle);
    archive_read_support_format_tar(handle);
    archive_read_support_format_zip(handle);
    archive_read_support_format_raw(handle);
    if (archive->input->fd != -1) {
        lseek(archive->input->fd, 0, SEEK_SET);
        return archive_read_open_fd(handle, archive->input->fd, BLOCK_BYTES);
    }
    return archive_read_open_filename(handle, archive->input->path, BLOCK_BYTES);
}

static void
run_pass(Archive *archive, gboolean is_listing)
{
    struct archive_entry *entry;
    int status = open_archive(archive);

    while (status == ARCHIVE_OK && !archive->is_stopped) {
        status = archive_read_next_header(archive->archive, &entry);
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
            break;
        status = ARCHIVE_OK;
        archive->n_members++;
        archive->is_single = archive_format(archive->archive) == ARCHIVE_FORMAT_RAW;
        visit_member(archive, entry, is_listing);
        status = pass_over_member(archive, entry);
        if (is_over_limit(archive)) {
            if (!is_listing)
                complain_archive(archive, "archive-too-big",
                                 "the archive unpacks to more than is allowed",
                                 "check where it comes from, or split it");
            archive->is_stopped = TRUE;
            status = ARCHIVE_OK;
        }
    }
    if (status != ARCHIVE_OK && status != ARCHIVE_EOF && !is_listing) {
        g_autofree char *text =
            g_strdup_printf("the archive is damaged: %s", archive_error_string(archive->archive));

        complain_archive(archive, "archive", text, "make the archive again");
    } else if (!is_listing && archive->n_tasks == 0) {
        complain_archive(archive, "empty", "there is no document in it",
                         "make the archive again; remove it if its hosts are gone");
    }
    archive_read_free(archive->archive);
}

gboolean
archive_source_read(const ArchiveInput *input, TaskSink sink, gpointer user_data,
                    gboolean *ret_is_whole)
{
    g_autoptr(GHashTable) folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    Archive archive = {
        .input = input,
        .sink = sink,
        .user_data = user_data,
        .folders = folders,
    };

    run_pass(&archive, TRUE);
    archive.is_stopped = FALSE;
    run_pass(&archive, FALSE);
    if (ret_is_whole != NULL)
        *ret_is_whole = !archive.is_partial && !archive.is_single && !archive.is_stopped;
    return !archive.is_sink_full;
}
