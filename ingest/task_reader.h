/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_TASK_READER_H
#define INGEST_TASK_READER_H

/* From a thing to read to what was read: opens it, looks whether it is known, parses it. */

#include "shared_records.h"
#include "task.h"

G_BEGIN_DECLS

typedef struct TaskReader TaskReader;

/*
 * For one thread at a time. SINK is only asked what is known. All that is given must outlive the
 * reader; other readers may use it too. The limits in OPTIONS must be filled in.
 */
TaskReader *task_reader_new(const IngestOptions *options, const IngestSink *sink,
                            SharedRecords *shared);
void task_reader_free(TaskReader *reader);

/*
 * Takes TASK and gives it to DONE, with a reading, or without one when its source is unchanged. Of
 * an archive that nobody has recognized before, DONE gets a task for each member instead. FALSE
 * when DONE wants no more.
 */
gboolean task_reader_do(TaskReader *reader, Task *task, TaskSink done, gpointer user_data);

G_END_DECLS

#endif
