/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The pipeline:
 *
 *     walker --tasks--> workers --events--> the calling thread --> sink
 *
 * Both arrows are channels of bounded length, so memory does not grow with the input: there are
 * never more documents in it than workers, tasks and events together. A worker asks "is this source
 * known?" by an event too, since only the calling thread may ask the sink, and waits for the
 * answer; with a yes the source is done, without another event. The calling thread always takes
 * events, so nobody waits for ever; when the sink says stop, it closes the tasks, takes what still
 * comes, and hands nothing on.
 *
 * There are twice as many workers as processors: while some wait for an answer, others read.
 */

#include "archive_source.h"
#include "channel.h"
#include "documents.h"
#include "ingest_limits.h"
#include "task.h"
#include "walk.h"

#include <errno.h>
#include <fcntl.h>
#include <libxml/parser.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TASKS_PER_WORKER 8
#define EVENTS_PER_WORKER 8
#define MAX_WORKERS 256
/* A file that changes while it is read is read again, this many times in all. */
#define READ_ATTEMPTS 3

typedef enum { EVENT_ASK, EVENT_READ, EVENT_WORKER_ENDS } EventKind;

/* A worker's question and its answer. */
typedef struct {
    GMutex lock;
    GCond is_answered;
    gboolean has_answer, answer;
} Question;

typedef struct {
    EventKind kind;
    Source *source;         /* ASK: the receiver's if it is known, else the worker's */
    gboolean has_hash;      /* ASK */
    Question *question;     /* ASK */
    SourceReading *reading; /* READ */
} Event;

typedef struct {
    IngestOptions options; /* limits filled in */
    const IngestSink *sink;
    const char *const *paths;
    guint n_paths;
    Channel *tasks;  /* of Task* */
    Channel *events; /* of Event* */
    SharedRecords *shared;
    gint n_found;   /* tasks so far; atomic */
    gint is_walked; /* all tasks are found; atomic */
} Pipeline;

typedef struct {
    Pipeline *pipeline;
    DocumentsReader *reader;
    Question question;
    GByteArray *bytes; /* of the file that is read; kept from file to file */
} Worker;

/* ---- worker --------------------------------------------------------------------------------- */

static void
send(Worker *worker, EventKind kind, SourceReading *reading)
{
    Event *event = g_new0(Event, 1);

    event->kind = kind;
    event->reading = reading;
    channel_push(worker->pipeline->events, event);
}

/* Takes SOURCE when it is known. */
static gboolean
is_known(Worker *worker, Source *source, gboolean has_hash)
{
    Question *question = &worker->question;
    Event *event;

    if (worker->pipeline->sink->is_known == NULL)
        return FALSE;
    event = g_new0(Event, 1);
    event->kind = EVENT_ASK;
    event->source = source;
    event->has_hash = has_hash;
    event->question = question;
    g_mutex_lock(&question->lock);
    question->has_answer = FALSE;
    channel_push(worker->pipeline->events, event);
    while (!question->has_answer)
        g_cond_wait(&question->is_answered, &question->lock);
    g_mutex_unlock(&question->lock);
    return question->answer;
}

/* Reads what BYTES hold, unless it is known. Takes SOURCE. */
static void
read_bytes(Worker *worker, Source *source, const char *host_name, const char *bytes, gsize length)
{
    documents_hash(bytes, length, source->hash);
    if (is_known(worker, source, TRUE))
        return;
    SourceReading *reading = source_reading_new(source);
    documents_read(worker->reader, reading, host_name, bytes, length);
    send(worker, EVENT_READ, reading);
}

static void
complain(Worker *worker, Source *source, const char *id, const char *text, const char *remedy)
{
    SourceReading *reading = source_reading_new(source);

    source_complain(reading, FINDING_ERROR, id, 0, text, remedy);
    send(worker, EVENT_READ, reading);
}

static gint64
mtime_ns(const struct stat *status)
{
    return (gint64)status->st_mtim.tv_sec * G_GINT64_CONSTANT(1000000000) + status->st_mtim.tv_nsec;
}

/* Fills worker->bytes with up to MAX + 1 bytes of FD. FALSE with errno. */
static gboolean
read_whole(Worker *worker, int fd, gsize expected, gsize max)
{
    GByteArray *bytes = worker->bytes;
    gsize length = 0;

    g_byte_array_set_size(bytes, (guint)MIN(expected, max) + 1);
    for (;;) {
        gssize n = pread(fd, bytes->data + length, bytes->len - length, (off_t)length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return FALSE;
        length += (gsize)n;
        /* That there is no more where none is expected, the file's status tells. */
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
read_stable(Worker *worker, int fd, struct stat *status, gboolean *ret_is_changing)
{
    gsize max = worker->pipeline->options.limits.max_document_bytes;

    *ret_is_changing = FALSE;
    for (guint i = 0; i < READ_ATTEMPTS; i++) {
        struct stat before = *status;

        if (!read_whole(worker, fd, (gsize)before.st_size, max) || fstat(fd, status) != 0)
            return FALSE;
        if (status->st_size == before.st_size && mtime_ns(status) == mtime_ns(&before))
            return TRUE;
    }
    *ret_is_changing = TRUE;
    return FALSE;
}

static void do_task(Worker *worker, Task *task);

static gboolean
take_member(Task *task, gpointer user_data)
{
    do_task(user_data, task);
    return TRUE;
}

/* The walker did not see that it is an archive. */
static void
read_archive(Worker *worker, const Task *task)
{
    ArchiveInput input = {
        .path = task->path,
        .fd = -1,
        .host_name = task->host_name,
        .mtime_ns = task->source->mtime_ns,
        .limits = &worker->pipeline->options.limits,
    };

    archive_source_read(&input, take_member, worker);
}

/* Takes task->source. */
static void
read_open_file(Worker *worker, Task *task, int fd, struct stat *status)
{
    Source *source = task->source;
    gboolean is_changing;

    source->mtime_ns = mtime_ns(status);
    gboolean is_read = read_stable(worker, fd, status, &is_changing);
    if (is_changing) {
        complain(worker, g_steal_pointer(&task->source), "changing",
                 "The file changes while it is read",
                 "Write files under another name, and rename them when they are complete");
    } else if (!is_read) {
        g_autofree char *text = g_strdup_printf("Cannot be read: %s", g_strerror(errno));

        complain(worker, g_steal_pointer(&task->source), "unreadable", text,
                 "Check the file and its permissions");
    } else if (archive_source_recognizes((const char *)worker->bytes->data, worker->bytes->len)) {
        read_archive(worker, task);
    } else {
        source->size = worker->bytes->len;
        source->mtime_ns = mtime_ns(status);
        read_bytes(worker, g_steal_pointer(&task->source), task->host_name,
                   (const char *)worker->bytes->data, worker->bytes->len);
    }
}

/* TRUE when the file's size and time are trusted, and known: TASK's source is taken then. */
static gboolean
is_known_by_mtime(Worker *worker, Task *task)
{
    struct stat status;

    if (!worker->pipeline->options.trust_mtime || stat(task->path, &status) != 0)
        return FALSE;
    task->source->size = (guint64)status.st_size;
    task->source->mtime_ns = mtime_ns(&status);
    if (!is_known(worker, task->source, FALSE))
        return FALSE;
    task->source = NULL;
    return TRUE;
}

static void
read_file(Worker *worker, Task *task)
{
    struct stat status;
    g_autofree char *text = NULL;

    if (is_known_by_mtime(worker, task))
        return;
    int fd = open(task->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd == -1 || fstat(fd, &status) != 0) {
        text = g_strdup_printf("Cannot be read: %s", g_strerror(errno));
        complain(worker, g_steal_pointer(&task->source), "unreadable", text,
                 "Check the file and its permissions");
    } else if (!S_ISREG(status.st_mode)) {
        complain(worker, g_steal_pointer(&task->source), "unreadable", "This is no regular file",
                 "Give files, folders or archives");
    } else {
        read_open_file(worker, task, fd, &status);
    }
    if (fd != -1)
        close(fd);
}

/* Takes TASK. */
static void
do_task(Worker *worker, Task *task)
{
    if (task->reading != NULL) {
        send(worker, EVENT_READ, g_steal_pointer(&task->reading));
    } else if (task->bytes != NULL) {
        gsize length;
        const char *bytes = g_bytes_get_data(task->bytes, &length);

        read_bytes(worker, g_steal_pointer(&task->source), task->host_name, bytes, length);
    } else {
        read_file(worker, task);
    }
    task_free(task);
}

static gpointer
run_worker(gpointer data)
{
    Worker worker = {.pipeline = data, .bytes = g_byte_array_new()};

    worker.reader = documents_reader_new(&worker.pipeline->options, worker.pipeline->shared);
    g_mutex_init(&worker.question.lock);
    g_cond_init(&worker.question.is_answered);
    for (Task *task = channel_pop(worker.pipeline->tasks); task != NULL;
         task = channel_pop(worker.pipeline->tasks))
        do_task(&worker, task);
    send(&worker, EVENT_WORKER_ENDS, NULL);
    g_mutex_clear(&worker.question.lock);
    g_cond_clear(&worker.question.is_answered);
    g_byte_array_unref(worker.bytes);
    documents_reader_free(worker.reader);
    return NULL;
}

/* ---- walker --------------------------------------------------------------------------------- */

static gboolean
push_task(Task *task, gpointer user_data)
{
    Pipeline *pipeline = user_data;

    if (!channel_push(pipeline->tasks, task)) {
        task_free(task);
        return FALSE;
    }
    g_atomic_int_inc(&pipeline->n_found);
    return TRUE;
}

static gpointer
run_walker(gpointer data)
{
    Pipeline *pipeline = data;

    walk_paths(pipeline->paths, pipeline->n_paths, &pipeline->options, push_task, pipeline);
    g_atomic_int_set(&pipeline->is_walked, TRUE);
    channel_close(pipeline->tasks);
    return NULL;
}

/* ---- the calling thread --------------------------------------------------------------------- */

static void
answer(Question *question, gboolean is_yes)
{
    g_mutex_lock(&question->lock);
    question->answer = is_yes;
    question->has_answer = TRUE;
    g_cond_signal(&question->is_answered);
    g_mutex_unlock(&question->lock);
}

/* After a stop everything is known, so that it ends soon. Clears event->source when it is not. */
static gboolean
answer_question(const IngestSink *sink, Event *event, gboolean is_stopped, GError **error)
{
    gboolean is_yes = is_stopped || sink->is_known(event->source, event->has_hash, sink->user_data);

    answer(event->question, is_yes);
    if (!is_yes)
        event->source = NULL;
    else if (!is_stopped && sink->unchanged != NULL)
        return sink->unchanged(event->source, sink->user_data, error);
    else
        source_free(event->source);
    return TRUE;
}

/* Hands EVENT on to the sink; FALSE with ERROR when it says stop. Frees what nobody takes. */
static gboolean
hand_on(const IngestSink *sink, Event *event, gboolean is_stopped, GError **error)
{
    switch (event->kind) {
    case EVENT_ASK:
        return answer_question(sink, event, is_stopped, error);
    case EVENT_READ:
        if (!is_stopped)
            return sink->read(event->reading, sink->user_data, error);
        source_reading_free(event->reading);
        return TRUE;
    case EVENT_WORKER_ENDS:
    default:
        return TRUE;
    }
}

static void
report_progress(Pipeline *pipeline, guint64 n_done)
{
    guint64 n_total =
        g_atomic_int_get(&pipeline->is_walked) ? (guint64)g_atomic_int_get(&pipeline->n_found) : 0;

    if (pipeline->sink->progress != NULL)
        pipeline->sink->progress(n_done, n_total, pipeline->sink->user_data);
}

static gboolean
take_events(Pipeline *pipeline, guint n_workers, GError **error)
{
    gboolean is_well = TRUE;
    guint64 n_done = 0;

    while (n_workers > 0) {
        g_autofree Event *event = channel_pop(pipeline->events);

        if (!hand_on(pipeline->sink, event, !is_well, is_well ? error : NULL)) {
            is_well = FALSE;
            channel_close(pipeline->tasks);
        }
        if (event->kind == EVENT_WORKER_ENDS)
            n_workers--;
        else if ((event->kind == EVENT_READ || event->source != NULL) && is_well)
            report_progress(pipeline, ++n_done);
    }
    return is_well;
}

static guint
worker_count(const IngestOptions *options)
{
    guint n_threads = options->n_threads != 0 ? options->n_threads : g_get_num_processors();

    return 2 * CLAMP(n_threads, 1, MAX_WORKERS / 2);
}

gboolean
ingest_paths(const char *const *paths, guint n_paths, const IngestOptions *options,
             const IngestSink *sink, GError **error)
{
    guint n_workers = worker_count(options);
    g_autofree GThread **workers = g_new0(GThread *, n_workers);
    Pipeline pipeline = {
        .options = *options,
        .sink = sink,
        .paths = paths,
        .n_paths = n_paths,
        .tasks = channel_new(n_workers * TASKS_PER_WORKER),
        .events = channel_new(n_workers * EVENTS_PER_WORKER),
        .shared = shared_records_new(),
    };

    ingest_limits_fill(&pipeline.options.limits);
    /* libxml2 is to be set up before it is used in threads. */
    xmlInitParser();
    GThread *walker = g_thread_new("walker", run_walker, &pipeline);
    for (guint i = 0; i < n_workers; i++)
        workers[i] = g_thread_new("reader", run_worker, &pipeline);
    gboolean is_well = take_events(&pipeline, n_workers, error);
    g_thread_join(walker);
    for (guint i = 0; i < n_workers; i++)
        g_thread_join(workers[i]);
    channel_free(pipeline.tasks);
    channel_free(pipeline.events);
    shared_records_free(pipeline.shared);
    return is_well;
}
