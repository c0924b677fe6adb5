/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_TASK_H
#define INGEST_TASK_H

/*
 * One source on its way through ingest: first a thing to read (a file, or a member of an archive
 * with its bytes), and when it has been read, what became of it.
 */

#include <fleet/document.h>
#include <ingest/ingest.h>

G_BEGIN_DECLS

/* What there is to say of an archive as a whole. */
typedef enum {
    ARCHIVE_NEWS_NONE, /* the task is of a document */
    ARCHIVE_NEWS_UNCHANGED,
    ARCHIVE_NEWS_READ,
} ArchiveNews;

typedef struct {
    ArchiveNews archive_news; /* but for NONE there is only the source */
    char *path;               /* to open; NULL when the bytes are there or the task is done */
    Source *source;           /* its names are valid UTF-8, as PATH may not be */
    char *host_name;          /* NULL: the file's name tells */
    GBytes *bytes;            /* of a member or of standard input; else NULL */
    SourceReading *reading; /* what was read, or is wrong; then source is NULL, and all else too */
} Task;

/* SOURCE for the file at PATH (NULL: none), member MEMBER or NULL. */
Task *task_new(const char *path, const char *member);
void task_free(Task *task); /* NULL is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Task, task_free)

/* A task that only hands on a finding (an error) about PATH. */
Task *task_new_complaint(const char *path, const char *id, const char *text, const char *remedy);

/* What takes tasks, TRANSFERRED to it. FALSE: no more are wanted. */
typedef gboolean (*TaskSink)(Task *task, gpointer user_data);

/* Tasks that go from thread to thread together, since each handing over costs system calls. */
typedef struct {
    GPtrArray *tasks; /* of Task*, or NULL */
    gsize n_bytes;    /* what their members of archives hold in memory */
} TaskBatch;

TaskBatch *task_batch_new(void);
void task_batch_free(TaskBatch *batch); /* NULL is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TaskBatch, task_batch_free)
/* Takes TASK. */
void task_batch_add(TaskBatch *batch, Task *task);

G_END_DECLS

#endif
