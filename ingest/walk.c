/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One folder at a time: its names are listed, sorted, and looked at for the layout before its files
 * become tasks, so that memory grows with the largest folder and not with the tree. Files are
 * opened here only where the layout needs to know what they hold.
 */

#include "walk.h"

#include "archive_file.h"
#include "archive_source.h"
#include "documents.h"
#include "layout.h"
#include "spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SNIFF_BYTES 4096
#define MAX_FOLDER_DEPTH 64
/* In a folder of reports, which says nothing about hosts; reports/folder.c writes it. */
#define REPORTS_MANIFEST ".virt-plan-files"

typedef struct {
    const IngestOptions *options;
    const IngestSink *knowing;
    TaskSink sink;
    gpointer user_data;
    guint64 n_tasks; /* handed on */
    gboolean is_stopped;
} Walk;

typedef struct {
    char *path;
    const char *name; /* in path */
    gboolean is_folder;
} Entry;

static void
hand_on(Walk *walk, Task *task)
{
    walk->n_tasks++;
    if (!walk->sink(task, walk->user_data))
        walk->is_stopped = TRUE;
}

static void
complain_unreadable(Walk *walk, const char *path)
{
    g_autofree char *text = g_strdup_printf("cannot be read: %s", g_strerror(errno));

    hand_on(walk,
            task_new_complaint(path, "unreadable", text, "check the path and its permissions"));
}

/* ---- folders -------------------------------------------------------------------------------- */

static void
entry_free(gpointer data)
{
    g_free(((Entry *)data)->path);
    g_free(data);
}

static gint
compare_entries(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const Entry *const *)a)->name, (*(const Entry *const *)b)->name);
}

static gboolean
is_hidden(const char *name)
{
    return *name == '.' || g_str_has_suffix(name, "~");
}

/* What the entry is; FALSE when it is neither file nor folder, or a link to a folder. */
static gboolean
classify(const struct dirent *found, const char *path, gboolean *ret_is_folder)
{
    struct stat status;

    *ret_is_folder = found->d_type == DT_DIR;
    if (found->d_type == DT_DIR || found->d_type == DT_REG)
        return TRUE;
    if (lstat(path, &status) != 0)
        return FALSE;
    *ret_is_folder = S_ISDIR(status.st_mode);
    if (S_ISLNK(status.st_mode))
        return stat(path, &status) != 0 || S_ISREG(status.st_mode);
    return S_ISDIR(status.st_mode) || S_ISREG(status.st_mode);
}

/* Names are compared first: few files have that of one of the program's own. */
static gboolean
is_own(const Walk *walk, const char *name, const char *path)
{
    const char *const *own = walk->options->own_paths;

    for (guint i = 0; own != NULL && own[i] != NULL; i++) {
        const char *slash = strrchr(own[i], G_DIR_SEPARATOR);
        struct stat mine, found;

        if (strcmp(slash != NULL ? slash + 1 : own[i], name) == 0 && stat(own[i], &mine) == 0 &&
            stat(path, &found) == 0 && mine.st_dev == found.st_dev && mine.st_ino == found.st_ino)
            return TRUE;
    }
    return FALSE;
}

/* NULL when the entry is none to look at. */
static Entry *
entry_new(const Walk *walk, const char *folder, const struct dirent *found)
{
    g_autofree char *path = NULL;
    gboolean is_folder;

    if (is_hidden(found->d_name))
        return NULL;
    path = g_build_filename(folder, found->d_name, NULL);
    if (!classify(found, path, &is_folder) || is_own(walk, found->d_name, path))
        return NULL;
    Entry *entry = g_new0(Entry, 1);
    entry->name = path + strlen(path) - strlen(found->d_name);
    entry->path = g_steal_pointer(&path);
    entry->is_folder = is_folder;
    return entry;
}

/* The folder's entries by name; NULL with errno when it cannot be listed. */
static GPtrArray *
list_folder(const Walk *walk, const char *path, gboolean *ret_is_reports)
{
    DIR *folder = opendir(path);

    *ret_is_reports = FALSE;
    if (folder == NULL)
        return NULL;
    GPtrArray *entries = g_ptr_array_new_with_free_func(entry_free);
    for (const struct dirent *found = readdir(folder); found != NULL; found = readdir(folder)) {
        Entry *entry = entry_new(walk, path, found);

        *ret_is_reports |= strcmp(found->d_name, REPORTS_MANIFEST) == 0;
        if (entry != NULL)
            g_ptr_array_add(entries, entry);
    }
    closedir(folder);
    g_ptr_array_sort(entries, compare_entries);
    return entries;
}

static LayoutKind
sniff_file(const char *path)
{
    char head[SNIFF_BYTES];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    gssize n = fd == -1 ? -1 : read(fd, head, sizeof head);

    if (fd != -1)
        close(fd);
    return n <= 0 ? LAYOUT_KIND_OTHER : documents_sniff(head, (gsize)n);
}

/* Does the name of the file at PATH say only what is in it? */
static gboolean
is_generic(const char *path, const char *name)
{
    return layout_is_generic(name) ||
           (layout_is_software(name) && sniff_file(path) == LAYOUT_KIND_SOFTWARE);
}

static gboolean
is_host_folder(const GPtrArray *entries, gboolean is_given)
{
    LayoutFolder folder = {0};

    /* Generic names decide, and cost nothing; so they are looked at first. */
    for (guint i = 0; i < entries->len; i++) {
        const Entry *entry = g_ptr_array_index(entries, i);

        if (!entry->is_folder && is_generic(entry->path, entry->name))
            return TRUE;
    }
    for (guint i = 0; !is_given && i < entries->len && !layout_folder_is_decided(&folder); i++) {
        const Entry *entry = g_ptr_array_index(entries, i);

        if (!entry->is_folder)
            layout_folder_add(&folder, entry->name, sniff_file(entry->path));
    }
    return layout_folder_is_host(&folder, is_given);
}

static char *
folder_host(const char *path)
{
    g_autofree char *name = g_path_get_basename(path);

    /* Only a path that ends in no name needs to be made whole, which costs system calls. */
    if (*name == '.' || *name == G_DIR_SEPARATOR) {
        g_autofree char *whole = g_canonicalize_filename(path, NULL);

        g_free(name);
        name = g_path_get_basename(whole);
    }
    return layout_host_of_folder(name);
}

/* ---- files ---------------------------------------------------------------------------------- */

static gboolean
is_known_archive(const Walk *walk, const Source *archive, gboolean has_hash)
{
    const IngestSink *knowing = walk->knowing;

    return knowing->is_known_archive != NULL &&
           knowing->is_known_archive(archive, has_hash, knowing->user_data);
}

/* Takes ARCHIVE. */
static void
tell_archive(Walk *walk, Source *archive, ArchiveNews news)
{
    Task *task = g_new0(Task, 1);

    task->archive_news = news;
    task->source = archive;
    hand_on(walk, task);
}

/* TRUE when PATH is an archive that is known by its size and time, and these are trusted. */
static gboolean
take_known_archive(Walk *walk, const char *path)
{
    struct stat status;

    if (!walk->options->is_mtime_trusted || walk->knowing->is_known_archive == NULL ||
        stat(path, &status) != 0)
        return FALSE;
    Source *archive = archive_file_source(path, &status);
    if (is_known_archive(walk, archive, FALSE)) {
        tell_archive(walk, archive, ARCHIVE_NEWS_UNCHANGED);
        return TRUE;
    }
    source_free(archive);
    return FALSE;
}

/* FILE is open: unpacks it, unless it is known. */
static void
take_archive(Walk *walk, const char *path, ArchiveFile *file, const char *host_name,
             gboolean is_given)
{
    const ArchiveInput input = {
        .path = path,
        .fd = file->fd,
        .host_name = host_name,
        .is_given = is_given,
        .mtime_ns = file->source->mtime_ns,
        .limits = &walk->options->limits,
    };
    gboolean is_hashed = walk->knowing->is_known_archive != NULL && archive_file_hash(file);
    gboolean is_whole;

    if (is_hashed && is_known_archive(walk, file->source, TRUE)) {
        tell_archive(walk, g_steal_pointer(&file->source), ARCHIVE_NEWS_UNCHANGED);
        return;
    }
    walk->n_tasks++; /* at the least: an archive with nothing in it is told */
    if (!archive_source_read(&input, walk->sink, walk->user_data, &is_whole))
        walk->is_stopped = TRUE;
    else if (is_hashed && is_whole && archive_file_is_same(file))
        tell_archive(walk, g_steal_pointer(&file->source), ARCHIVE_NEWS_READ);
}

/* Archives are taken apart here, so that their members are read in parallel. */
static gboolean
walk_archive(Walk *walk, const char *path, const char *host_name, gboolean is_given)
{
    ArchiveFile file;

    if (take_known_archive(walk, path))
        return TRUE;
    if (!archive_file_open(&file, path))
        return FALSE;
    take_archive(walk, path, &file, host_name, is_given);
    archive_file_close(&file);
    return TRUE;
}

static void
walk_file(Walk *walk, const char *path, const char *host_name, gboolean is_given)
{
    /* The reader of a file recognizes an archive of any name; looking here first is for speed. */
    if (!g_str_has_suffix(path, ".xml") && walk_archive(walk, path, host_name, is_given))
        return;
    Task *task = task_new(path, NULL);
    task->host_name = g_strdup(host_name);
    hand_on(walk, task);
}

/* HOST_NAME: of the host whose folder this lies in; NULL when in none. */
static void
walk_folder(Walk *walk, const char *path, const char *host_name, gboolean is_given, guint depth)
{
    gboolean is_reports = FALSE;
    g_autoptr(GPtrArray) entries =
        depth > MAX_FOLDER_DEPTH ? NULL : list_folder(walk, path, &is_reports);
    g_autofree char *own_name = NULL;
    guint64 n_before = walk->n_tasks;

    if (entries == NULL) {
        if (depth > MAX_FOLDER_DEPTH)
            errno = ELOOP;
        complain_unreadable(walk, path);
        return;
    }
    if (is_reports)
        return;
    if (host_name == NULL && is_host_folder(entries, is_given))
        host_name = own_name = folder_host(path);
    for (guint i = 0; !walk->is_stopped && i < entries->len; i++) {
        const Entry *entry = g_ptr_array_index(entries, i);

        if (entry->is_folder)
            walk_folder(walk, entry->path, host_name, FALSE, depth + 1);
        else
            walk_file(walk, entry->path, host_name, FALSE);
    }
    if (walk->n_tasks == n_before)
        hand_on(walk, task_new_complaint(path, INGEST_EMPTY_FOLDER,
                                         "the folder is empty, and was not; what was known of it "
                                         "is kept",
                                         "mount or fill it again; if its hosts are gone, remove "
                                         "the folder or take it out of the sources"));
}

/* ---- standard input ------------------------------------------------------------------------- */

/* Everything up to MAX + 1 bytes; NULL with errno. */
static GByteArray *
read_input(GByteArray *bytes, gsize max)
{
    char block[64 * 1024];

    for (;;) {
        gssize n = read(STDIN_FILENO, block, sizeof block);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return NULL;
        if (n == 0 || bytes->len > max)
            return bytes;
        g_byte_array_append(bytes, (const guint8 *)block, (guint)n);
        if (bytes->len >= ARCHIVE_HEAD_BYTES && max < ARCHIVE_HEAD_BYTES)
            return bytes;
    }
}

/* HEAD: what was already read of it. */
static void
walk_input_archive(Walk *walk, GBytes *head)
{
    g_autoptr(GError) error = NULL;
    int fd = spool_input(STDIN_FILENO, head, walk->options->limits.max_archive_bytes, &error);
    ArchiveInput input = {
        .path = "-",
        .fd = fd,
        .host_name = walk->options->host_name,
        .is_given = TRUE,
        .limits = &walk->options->limits,
    };

    if (fd == -1) {
        g_autofree char *text =
            g_strdup_printf("the archive on standard input is lost: %s", error->message);

        hand_on(walk, task_new_complaint("-", "archive", text,
                                         "give the archive as a file, or set TMPDIR to a folder "
                                         "with room for it"));
        return;
    }
    if (!archive_source_read(&input, walk->sink, walk->user_data, NULL))
        walk->is_stopped = TRUE;
    close(fd);
}

static void
walk_input(Walk *walk)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    const char *host_name = walk->options->host_name;

    if (read_input(bytes, ARCHIVE_HEAD_BYTES - 1) == NULL) {
        complain_unreadable(walk, "-");
        return;
    }
    if (archive_source_recognizes((const char *)bytes->data, bytes->len)) {
        g_autoptr(GBytes) head = g_byte_array_free_to_bytes(g_steal_pointer(&bytes));

        walk_input_archive(walk, head);
        return;
    }
    if (read_input(bytes, walk->options->limits.max_document_bytes) == NULL) {
        complain_unreadable(walk, "-");
        return;
    }
    Task *task = task_new("-", NULL);
    g_clear_pointer(&task->path, g_free);
    task->host_name = g_strdup(host_name);
    task->source->size = bytes->len;
    task->bytes = g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
    hand_on(walk, task);
}

/* ---- what was given ------------------------------------------------------------------------- */

static void
walk_given(Walk *walk, const char *path)
{
    struct stat status;
    const char *host_name = walk->options->host_name;

    if (strcmp(path, "-") == 0) {
        walk_input(walk);
        return;
    }
    if (stat(path, &status) != 0) {
        complain_unreadable(walk, path);
        return;
    }
    if (S_ISDIR(status.st_mode)) {
        walk_folder(walk, path, host_name, TRUE, 0);
        return;
    }
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *folder_name = NULL;
    if (host_name == NULL && is_generic(path, name)) {
        g_autofree char *whole = g_canonicalize_filename(path, NULL);
        g_autofree char *folder = g_path_get_dirname(whole);

        host_name = folder_name = folder_host(folder);
    }
    walk_file(walk, path, host_name, TRUE);
}

void
walk_paths(const char *const *paths, guint n_paths, const IngestOptions *options,
           const IngestSink *knowing, TaskSink sink, gpointer user_data)
{
    Walk walk = {.options = options, .knowing = knowing, .sink = sink, .user_data = user_data};

    for (guint i = 0; i < n_paths && !walk.is_stopped; i++)
        walk_given(&walk, paths[i]);
}
