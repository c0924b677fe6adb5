/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_TASK_H
#define INGEST_TASK_H

/* One thing to read: a file, or a member of an archive with its bytes. */

#include <fleet/document.h>
#include <ingest/ingest.h>

G_BEGIN_DECLS

typedef struct {
    char *path;             /* to open; NULL when the bytes are there or the reading is done */
    Source *source;         /* its names are valid UTF-8, as PATH may not be */
    char *host_name;        /* NULL: the file's name tells */
    GBytes *bytes;          /* of a member or of standard input; else NULL */
    SourceReading *reading; /* what is wrong already; then source is NULL, and all else too */
} Task;

/* SOURCE for the file at PATH (NULL: none), member MEMBER or NULL. */
Task *task_new(const char *path, const char *member);
void task_free(Task *task);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Task, task_free)

/* A task that only hands on a finding (an error) about PATH. */
Task *task_new_complaint(const char *path, const char *id, const char *text, const char *remedy);

/* What takes tasks, TRANSFERRED to it. FALSE: no more are wanted. */
typedef gboolean (*TaskSink)(Task *task, gpointer user_data);

G_END_DECLS

#endif
