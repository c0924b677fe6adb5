/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Files are read whole into one buffer that is kept from file to file. A file's status before and
 * after says whether it was changed meanwhile; so there is no last read that finds its end.
 */

#include "task_reader.h"

#include "archive_source.h"
#include "documents.h"
#include "file_time.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file that changes while it is read is read again, this many times in all. */
#define READ_ATTEMPTS 3

struct TaskReader {
    const IngestOptions *options;
    const IngestSink *sink;
    DocumentsReader *documents;
    GByteArray *bytes; /* of the file that is read */
    TaskSink done;     /* of the task at hand, with its user data */
    gpointer user_data;
};

TaskReader *
task_reader_new(const IngestOptions *options, const IngestSink *sink, SharedRecords *shared)
{
    TaskReader *reader = g_new0(TaskReader, 1);

    reader->options = options;
    reader->sink = sink;
    reader->documents = documents_reader_new(options, shared);
    reader->bytes = g_byte_array_new();
    return reader;
}

void
task_reader_free(TaskReader *reader)
{
    if (reader == NULL)
        return;
    documents_reader_free(reader->documents);
    g_byte_array_unref(reader->bytes);
    g_free(reader);
}

static gboolean
is_known(const TaskReader *reader, const Source *source, gboolean has_hash)
{
    const IngestSink *sink = reader->sink;

    return sink->is_known != NULL && sink->is_known(source, has_hash, sink->user_data);
}

/* Of a file that was not read nothing is known, so that its size and time do not count for it. */
static void
complain(Task *task, const char *id, const char *text, const char *remedy)
{
    task->source->size = 0;
    task->source->mtime_ns = 0;
    task->reading = source_reading_new(g_steal_pointer(&task->source));
    source_complain(task->reading, FINDING_ERROR, id, 0, text, remedy);
}

static void
complain_unreadable(Task *task)
{
    g_autofree char *text = g_strdup_printf("cannot be read: %s", g_strerror(errno));

    complain(task, "unreadable", text, "check the file and its permissions");
}

/* Reads what BYTES hold, unless it is known. */
static void
read_bytes(TaskReader *reader, Task *task, const char *bytes, gsize length)
{
    documents_hash(bytes, length, task->source->hash);
    if (is_known(reader, task->source, TRUE))
        return;
    task->reading = source_reading_new(g_steal_pointer(&task->source));
    documents_read(reader->documents, task->reading, task->host_name, bytes, length);
}

/* ---- files ---------------------------------------------------------------------------------- */

/* Fills reader->bytes with up to MAX + 1 bytes of FD. FALSE with errno. */
static gboolean
read_whole(TaskReader *reader, int fd, gsize expected, gsize max)
{
    GByteArray *bytes = reader->bytes;
    gsize length = 0;

    g_byte_array_set_size(bytes, (guint)MIN(expected, max) + 1);
    for (;;) {
        gssize n = pread(fd, bytes->data + length, bytes->len - length, (off_t)length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return FALSE;
        length += (gsize)n;
        if (n == 0 || length > max || length == expected)
            break;
        if (length == bytes->len)
            g_byte_array_set_size(bytes, (guint)MIN(2 * length, max + 1));
    }
    g_byte_array_set_size(bytes, (guint)length);
    return TRUE;
}

/* TRUE when the file is as STATUS says, before and after it was read. */
static gboolean
read_stable(TaskReader *reader, int fd, struct stat *status, gboolean *ret_is_changing)
{
    gsize max = reader->options->limits.max_document_bytes;

    *ret_is_changing = FALSE;
    for (guint i = 0; i < READ_ATTEMPTS; i++) {
        struct stat before = *status;

        if (!read_whole(reader, fd, (gsize)before.st_size, max) || fstat(fd, status) != 0)
            return FALSE;
        if (status->st_size == before.st_size &&
            file_time_ns(&status->st_mtim) == file_time_ns(&before.st_mtim))
            return TRUE;
    }
    *ret_is_changing = TRUE;
    return FALSE;
}

static gboolean
take_member(Task *task, gpointer user_data)
{
    TaskReader *reader = user_data;

    return task_reader_do(reader, task, reader->done, reader->user_data);
}

/* The walker did not see that it is an archive. */
static void
read_archive(TaskReader *reader, const Task *task)
{
    ArchiveInput input = {
        .path = task->path,
        .fd = -1,
        .host_name = task->host_name,
        .mtime_ns = task->source->mtime_ns,
        .limits = &reader->options->limits,
    };

    archive_source_read(&input, take_member, reader, NULL);
}

/* FALSE when it was an archive, whose members are done and not TASK. */
static gboolean
read_open_file(TaskReader *reader, Task *task, int fd, struct stat *status)
{
    Source *source = task->source;
    gboolean is_changing;

    source->mtime_ns = file_time_ns(&status->st_mtim);
    if (!read_stable(reader, fd, status, &is_changing)) {
        if (is_changing)
            complain(task, "changing", "the file changes while it is read",
                     "write files under another name, and rename them when they are complete");
        else
            complain_unreadable(task);
        return TRUE;
    }
    const char *bytes = (const char *)reader->bytes->data;
    gsize length = reader->bytes->len;
    if (archive_source_recognizes(bytes, length)) {
        read_archive(reader, task);
        return FALSE;
    }
    source->size = length;
    source->mtime_ns = file_time_ns(&status->st_mtim);
    read_bytes(reader, task, bytes, length);
    return TRUE;
}

/* TRUE when the file's size and time are trusted, and known. */
static gboolean
is_known_by_mtime(const TaskReader *reader, const Task *task)
{
    struct stat status;

    if (!reader->options->is_mtime_trusted || stat(task->path, &status) != 0)
        return FALSE;
    task->source->size = (guint64)status.st_size;
    task->source->mtime_ns = file_time_ns(&status.st_mtim);
    return is_known(reader, task->source, FALSE);
}

/* FALSE when it was an archive. */
static gboolean
read_file(TaskReader *reader, Task *task)
{
    struct stat status;
    gboolean is_file = TRUE;

    if (is_known_by_mtime(reader, task))
        return TRUE;
    int fd = open(task->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd == -1 || fstat(fd, &status) != 0)
        complain_unreadable(task);
    else if (!S_ISREG(status.st_mode))
        complain(task, "unreadable", "this is no regular file", "give files, folders or archives");
    else
        is_file = read_open_file(reader, task, fd, &status);
    if (fd != -1)
        close(fd);
    return is_file;
}

gboolean
task_reader_do(TaskReader *reader, Task *task, TaskSink done, gpointer user_data)
{
    reader->done = done;
    reader->user_data = user_data;
    if (task->bytes != NULL) {
        gsize length;
        const char *bytes = g_bytes_get_data(task->bytes, &length);

        read_bytes(reader, task, bytes, length);
        g_clear_pointer(&task->bytes, g_bytes_unref);
    } else if (task->reading == NULL && task->archive_news == ARCHIVE_NEWS_NONE &&
               !read_file(reader, task)) {
        task_free(task);
        return TRUE;
    }
    return done(task, user_data);
}
