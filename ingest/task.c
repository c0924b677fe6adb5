/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "task.h"

#include "documents.h"

static Source *
named_source(const char *path, const char *member)
{
    Source *source = g_new0(Source, 1);

    source->path = g_utf8_make_valid(path, -1);
    source->member = member == NULL ? NULL : g_utf8_make_valid(member, -1);
    return source;
}

Task *
task_new(const char *path, const char *member)
{
    Task *task = g_new0(Task, 1);

    task->path = g_strdup(path);
    task->source = named_source(path, member);
    return task;
}

Task *
task_new_complaint(const char *path, const char *id, const char *text, const char *remedy)
{
    Task *task = g_new0(Task, 1);

    task->reading = source_reading_new(named_source(path, NULL));
    source_complain(task->reading, FINDING_ERROR, id, 0, text, remedy);
    return task;
}

void
task_free(Task *task)
{
    if (task == NULL)
        return;
    g_free(task->path);
    source_free(task->source);
    g_free(task->host_name);
    g_clear_pointer(&task->bytes, g_bytes_unref);
    source_reading_free(task->reading);
    g_free(task);
}

TaskBatch *
task_batch_new(void)
{
    TaskBatch *batch = g_new0(TaskBatch, 1);

    batch->tasks = g_ptr_array_new_with_free_func((GDestroyNotify)task_free);
    return batch;
}

void
task_batch_free(TaskBatch *batch)
{
    if (batch == NULL)
        return;
    g_ptr_array_unref(batch->tasks);
    g_free(batch);
}

void
task_batch_add(TaskBatch *batch, Task *task)
{
    g_ptr_array_add(batch->tasks, task);
    if (task->bytes != NULL)
        batch->n_bytes += g_bytes_get_size(task->bytes);
}
