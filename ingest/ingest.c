/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The pipeline:
 *
 *     walker --batches--> workers --batches--> the calling thread --> sink
 *
 * A task goes through all of it: the walker finds it, a worker does it, the calling thread tells
 * the sink what became of it. Both arrows are channels of bounded length, and a batch has a bounded
 * number of tasks and bytes, so memory does not grow with the input.
 *
 * Handing over costs a few system calls, as much as reading a document, hence the batches. They
 * begin with one task and double: few documents are spread over all workers, many cost nothing to
 * hand over.
 *
 * The calling thread always takes what comes, so nobody waits for ever; when the sink says stop, it
 * closes the channel of tasks, workers drop what is still in it, and nothing is handed on.
 */

#include "channel.h"
#include "ingest_limits.h"
#include "task_reader.h"
#include "walk.h"

#include <libxml/parser.h>

#define MAX_BATCH_TASKS 64
#define MAX_BATCH_BYTES ((gsize)1 << 20)
#define BATCHES_PER_WORKER 4
#define MAX_WORKERS 256

typedef struct {
    IngestOptions options; /* limits filled in */
    const IngestSink *sink;
    const char *const *paths;
    guint n_paths;
    Channel *tasks; /* of TaskBatch*, to do */
    Channel *done;  /* of TaskBatch* */
    SharedRecords *shared;
    gint n_workers;  /* at work; atomic */
    gint n_found;    /* tasks so far; atomic */
    gint is_walked;  /* all tasks are found; atomic */
    gint is_stopped; /* the sink wants no more; atomic */
} Pipeline;

/* ---- walker --------------------------------------------------------------------------------- */

typedef struct {
    Pipeline *pipeline;
    TaskBatch *batch;
    guint batch_size; /* tasks that make this one full */
} Walker;

static gboolean
push_batch(Walker *walker)
{
    g_autoptr(TaskBatch) batch = g_steal_pointer(&walker->batch);

    walker->batch = task_batch_new();
    walker->batch_size = MIN(2 * walker->batch_size, MAX_BATCH_TASKS);
    g_atomic_int_add(&walker->pipeline->n_found, (gint)batch->tasks->len);
    if (!channel_push(walker->pipeline->tasks, batch))
        return FALSE;
    batch = NULL;
    return TRUE;
}

static gboolean
take_found(Task *task, gpointer user_data)
{
    Walker *walker = user_data;

    task_batch_add(walker->batch, task);
    return (walker->batch->tasks->len < walker->batch_size &&
            walker->batch->n_bytes < MAX_BATCH_BYTES) ||
           push_batch(walker);
}

static gpointer
run_walker(gpointer data)
{
    Pipeline *pipeline = data;
    Walker walker = {.pipeline = pipeline, .batch = task_batch_new(), .batch_size = 1};

    walk_paths(pipeline->paths, pipeline->n_paths, &pipeline->options, pipeline->sink, take_found,
               &walker);
    if (walker.batch->tasks->len > 0)
        push_batch(&walker);
    task_batch_free(walker.batch);
    g_atomic_int_set(&pipeline->is_walked, TRUE);
    channel_close(pipeline->tasks);
    return NULL;
}

/* ---- worker --------------------------------------------------------------------------------- */

typedef struct {
    Pipeline *pipeline;
    TaskBatch *done;
} Worker;

static void
hand_over(Worker *worker)
{
    /* Nobody closes this channel while a worker is at work. */
    channel_push(worker->pipeline->done, g_steal_pointer(&worker->done));
    worker->done = task_batch_new();
}

static gboolean
take_done(Task *task, gpointer user_data)
{
    Worker *worker = user_data;

    task_batch_add(worker->done, task);
    if (worker->done->tasks->len >= MAX_BATCH_TASKS)
        hand_over(worker);
    return !g_atomic_int_get(&worker->pipeline->is_stopped);
}

static void
do_batch(Worker *worker, TaskReader *reader, TaskBatch *batch)
{
    for (guint i = 0; i < batch->tasks->len; i++) {
        if (g_atomic_int_get(&worker->pipeline->is_stopped))
            return;
        task_reader_do(reader, g_steal_pointer(&batch->tasks->pdata[i]), take_done, worker);
    }
    if (worker->done->tasks->len > 0)
        hand_over(worker);
}

static gpointer
run_worker(gpointer data)
{
    Pipeline *pipeline = data;
    Worker worker = {.pipeline = pipeline, .done = task_batch_new()};
    TaskReader *reader = task_reader_new(&pipeline->options, pipeline->sink, pipeline->shared);

    for (TaskBatch *batch = channel_pop(pipeline->tasks); batch != NULL;
         batch = channel_pop(pipeline->tasks)) {
        do_batch(&worker, reader, batch);
        task_batch_free(batch);
    }
    task_reader_free(reader);
    task_batch_free(worker.done);
    if (g_atomic_int_dec_and_test(&pipeline->n_workers))
        channel_close(pipeline->done);
    return NULL;
}

/* ---- the calling thread --------------------------------------------------------------------- */

/* FALSE with ERROR when the sink says stop. */
static gboolean
hand_on_task(const IngestSink *sink, Task *task, GError **error)
{
    if (task->archive_news == ARCHIVE_NEWS_UNCHANGED)
        return sink->unchanged_archive(task->source, sink->user_data, error);
    if (task->archive_news == ARCHIVE_NEWS_READ)
        return sink->read_archive(task->source, sink->user_data, error);
    if (task->reading != NULL)
        return sink->read(g_steal_pointer(&task->reading), sink->user_data, error);
    return sink->unchanged == NULL || sink->unchanged(task->source, sink->user_data, error);
}

static gboolean
hand_on_batch(const Pipeline *pipeline, const TaskBatch *batch, GError **error)
{
    for (guint i = 0; i < batch->tasks->len; i++) {
        if (!hand_on_task(pipeline->sink, g_ptr_array_index(batch->tasks, i), error))
            return FALSE;
    }
    return TRUE;
}

static void
report_progress(Pipeline *pipeline, guint64 n_done)
{
    guint64 n_found = (guint64)g_atomic_int_get(&pipeline->n_found);
    guint64 n_total = g_atomic_int_get(&pipeline->is_walked) ? MAX(n_found, n_done) : 0;

    if (pipeline->sink->progress != NULL)
        pipeline->sink->progress(n_done, n_total, pipeline->sink->user_data);
}

/* Waits for a batch, and lets the sink rest when that takes long. FALSE when the sink says stop. */
static gboolean
await_batch(const Pipeline *pipeline, GError **error)
{
    const IngestSink *sink = pipeline->sink;

    return channel_wait(pipeline->done, INGEST_IDLE_US) || sink->idle == NULL ||
           sink->idle(sink->user_data, error);
}

static void
stop(Pipeline *pipeline)
{
    g_atomic_int_set(&pipeline->is_stopped, TRUE);
    channel_close(pipeline->tasks);
}

static gboolean
take_batches(Pipeline *pipeline, GError **error)
{
    gboolean is_well = TRUE;
    guint64 n_done = 0;

    for (;;) {
        if (is_well && !await_batch(pipeline, error)) {
            is_well = FALSE;
            stop(pipeline);
        }
        g_autoptr(TaskBatch) batch = channel_pop(pipeline->done);
        if (batch == NULL)
            return is_well;
        if (is_well && !hand_on_batch(pipeline, batch, error)) {
            is_well = FALSE;
            stop(pipeline);
        }
        n_done += batch->tasks->len;
        if (is_well)
            report_progress(pipeline, n_done);
    }
}

gboolean
ingest_paths(const char *const *paths, guint n_paths, const IngestOptions *options,
             const IngestSink *sink, GError **error)
{
    guint n_threads = options->n_threads != 0 ? options->n_threads : g_get_num_processors();
    guint n_workers = CLAMP(n_threads, 1, MAX_WORKERS);
    g_autofree GThread **workers = g_new0(GThread *, n_workers);
    Pipeline pipeline = {
        .options = *options,
        .sink = sink,
        .paths = paths,
        .n_paths = n_paths,
        .tasks = channel_new(n_workers * BATCHES_PER_WORKER),
        .done = channel_new(n_workers * BATCHES_PER_WORKER),
        .shared = shared_records_new(),
        .n_workers = (gint)n_workers,
    };

    ingest_limits_fill(&pipeline.options.limits);
    /* libxml2 is to be set up before it is used in threads. */
    xmlInitParser();
    GThread *walker = g_thread_new("walker", run_walker, &pipeline);
    for (guint i = 0; i < n_workers; i++)
        workers[i] = g_thread_new("reader", run_worker, &pipeline);
    gboolean is_well = take_batches(&pipeline, error);
    g_thread_join(walker);
    for (guint i = 0; i < n_workers; i++)
        g_thread_join(workers[i]);
    channel_free(pipeline.tasks);
    channel_free(pipeline.done);
    shared_records_free(pipeline.shared);
    return is_well;
}
