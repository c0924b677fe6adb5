/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * libvirt's calls cannot be interrupted, so every host has a thread of its own that may be given
 * up: when its time is over, the calling thread reports it and goes on, and whatever the thread
 * still says is dropped. A thread that is done is joined. What the threads and the caller share is
 * one reference-counted Collection, which lives until the last thread has let go of it.
 */

#include <ingest/collect.h>

#include "collect_host.h"

#include <libxml/parser.h>

/* Threads at work at one time; further hosts wait for their turn, and their time starts then. */
#define MAX_CONCURRENT 128

typedef struct {
    gatomicrefcount references;
    GAsyncQueue *events; /* of Event* */
    IngestOptions options;
    CpuMap *map;
    LibvirtClient libvirt;
} Collection;

/* One host. Owned by its thread and the caller together: freed with the last of the two. */
typedef struct {
    gatomicrefcount references;
    Collection *collection;
    char *uri;
    char *name; /* as it was given; NULL: what the host calls itself */
    gint64 deadline_us;
    GThread *thread;      /* the caller's: joined when the job is done, else left to itself */
    gboolean is_given_up; /* under the lock of the events; nothing is said from then on */
} Job;

typedef struct {
    Job *job;               /* a reference */
    SourceReading *reading; /* NULL: the job is done */
} Event;

/* ---- life cycles ---------------------------------------------------------------------------- */

static void
collection_unref(Collection *collection)
{
    if (!g_atomic_ref_count_dec(&collection->references))
        return;
    g_async_queue_unref(collection->events);
    if (collection->map != NULL)
        cpu_map_unref(collection->map);
    g_free(collection);
}

static Job *
job_new(Collection *collection, const CollectSettings *settings)
{
    Job *job = g_new0(Job, 1);

    g_atomic_ref_count_init(&job->references);
    g_atomic_ref_count_inc(&collection->references);
    job->collection = collection;
    job->uri = g_strdup(settings->uri);
    job->name = g_strdup(settings->name);
    return job;
}

static Job *
job_ref(Job *job)
{
    g_atomic_ref_count_inc(&job->references);
    return job;
}

static void
job_unref(gpointer data)
{
    Job *job = data;

    if (!g_atomic_ref_count_dec(&job->references))
        return;
    collection_unref(job->collection);
    g_free(job->uri);
    g_free(job->name);
    g_free(job);
}

static void
event_free(gpointer data)
{
    Event *event = data;

    source_reading_free(event->reading);
    job_unref(event->job);
    g_free(event);
}

static Collection *
collection_new(const IngestOptions *options, const LibvirtClient *libvirt)
{
    Collection *collection = g_new0(Collection, 1);

    g_atomic_ref_count_init(&collection->references);
    collection->events = g_async_queue_new_full(event_free);
    collection->options = *options;
    collection->libvirt = *libvirt;
    /* Threads that are given up may outlive the caller's map. */
    if (options->map != NULL)
        collection->map = cpu_map_ref((CpuMap *)(guintptr)options->map);
    return collection;
}

/* ---- what a host's thread says -------------------------------------------------------------- */

/* As CollectHost has it, for a Job; a READING of NULL says that the job is done. */
static void
say(SourceReading *reading, gpointer user_data)
{
    Job *job = user_data;
    GAsyncQueue *events = job->collection->events;
    Event *event = g_new0(Event, 1);
    gboolean is_given_up;

    event->job = job_ref(job);
    event->reading = reading;
    g_async_queue_lock(events);
    is_given_up = job->is_given_up;
    if (!is_given_up)
        g_async_queue_push_unlocked(events, event);
    g_async_queue_unlock(events);
    if (is_given_up)
        event_free(event);
}

static gpointer
run_job(gpointer data)
{
    Job *job = data;
    const CollectHost host = {
        .libvirt = &job->collection->libvirt,
        .options = &job->collection->options,
        .uri = job->uri,
        .name = job->name,
        .say = say,
        .user_data = job,
    };

    collect_host(&host);
    say(NULL, job);
    job_unref(job);
    return NULL;
}

/* ---- the calling thread --------------------------------------------------------------------- */

/* libvirt would print every error on standard error; ours are findings. */
static void
keep_quiet(void *user_data, virErrorPtr error)
{
    (void)user_data;
    (void)error;
}

/* Hands a reading to the sink, or drops it when it is known. Takes READING. */
static gboolean
hand_on(const IngestSink *sink, SourceReading *reading, GError **error)
{
    if (reading->findings->len == 0 && sink->is_known != NULL &&
        sink->is_known(reading->source, TRUE, sink->user_data)) {
        g_autoptr(SourceReading) owned = reading;

        return sink->unchanged == NULL || sink->unchanged(owned->source, sink->user_data, error);
    }
    return sink->read(reading, sink->user_data, error);
}

/* All have the same time, so the one that began first is over first. */
typedef struct {
    const PlanSettings *settings;
    const IngestSink *sink;
    Collection *collection;
    GQueue working; /* of Job*, in the order in which they began */
    guint n_started, n_done;
    gboolean has_stragglers; /* as collect_hosts() has it */
} Caller;

static void
start_jobs(Caller *caller)
{
    const GPtrArray *hosts = caller->settings->collect;

    while (caller->n_started < hosts->len && caller->working.length < MAX_CONCURRENT) {
        Job *job = job_new(caller->collection, g_ptr_array_index(hosts, caller->n_started++));

        job->deadline_us =
            g_get_monotonic_time() + (gint64)caller->settings->collect_timeout_s * G_USEC_PER_SEC;
        g_queue_push_tail(&caller->working, job);
        job->thread = g_thread_new("host", run_job, job_ref(job));
    }
}

static void
end_job(Caller *caller, Job *job)
{
    g_queue_remove(&caller->working, job);
    job_unref(job);
    caller->n_done++;
    if (caller->sink->progress != NULL)
        caller->sink->progress(caller->n_done, caller->settings->collect->len,
                               caller->sink->user_data);
}

/* From here on nothing that JOB's thread says gets into the queue, and nobody waits for it. */
static void
silence(Caller *caller, Job *job)
{
    g_async_queue_lock(caller->collection->events);
    job->is_given_up = TRUE;
    g_async_queue_unlock(caller->collection->events);
    g_thread_unref(job->thread);
    caller->has_stragglers = TRUE;
}

/*
 * JOB's thread has said its last word. What it has of libvirt's and libxml2's is freed when it
 * ends, which has to be before they are.
 */
static void
finish_job(Caller *caller, Job *job)
{
    g_thread_join(job->thread);
    end_job(caller, job);
}

static gboolean
give_up(Caller *caller, Job *job, GError **error)
{
    g_autofree char *text = g_strdup_printf("the host has not answered within %u s",
                                            caller->settings->collect_timeout_s);
    SourceReading *reading =
        collect_host_complaint(job->uri, job->name, FINDING_ERROR, NULL, "timeout", text,
                               "check that it is up, or raise collect_timeout");

    silence(caller, job);
    end_job(caller, job);
    return hand_on(caller->sink, reading, error);
}

/*
 * Waits for what a host says, and lets the sink rest when that takes long. RET_EVENT is NULL when
 * nobody said anything until DEADLINE_US. FALSE when the sink says stop.
 */
static gboolean
await_event(const Caller *caller, gint64 deadline_us, Event **ret_event, GError **error)
{
    GAsyncQueue *events = caller->collection->events;
    const IngestSink *sink = caller->sink;
    const gint64 left_us = MAX(deadline_us - g_get_monotonic_time(), 0);

    *ret_event = g_async_queue_timeout_pop(events, (guint64)MIN(left_us, INGEST_IDLE_US));
    if (*ret_event != NULL || left_us <= INGEST_IDLE_US)
        return TRUE;
    if (sink->idle != NULL && !sink->idle(sink->user_data, error))
        return FALSE;
    const gint64 rest_us = MAX(deadline_us - g_get_monotonic_time(), 0);
    *ret_event = g_async_queue_timeout_pop(events, (guint64)rest_us);
    return TRUE;
}

/* Takes what a host says, or gives the first one up when its time is over. */
static gboolean
take_event(Caller *caller, GError **error)
{
    Job *first = g_queue_peek_head(&caller->working);
    Event *event;
    gboolean is_well = TRUE;

    if (!await_event(caller, first->deadline_us, &event, error))
        return FALSE;
    if (event == NULL)
        return give_up(caller, first, error);
    /* What was said before its time was over is as good as ever. */
    if (event->reading != NULL)
        is_well = hand_on(caller->sink, g_steal_pointer(&event->reading), error);
    else if (g_queue_find(&caller->working, event->job) != NULL)
        finish_job(caller, event->job);
    event_free(event);
    return is_well;
}

/* Gives up whoever is still at work, and drops what was said and not taken. */
static void
leave_unheard(Caller *caller)
{
    GAsyncQueue *events = caller->collection->events;

    while (caller->working.length > 0) {
        Job *job = g_queue_pop_head(&caller->working);

        silence(caller, job);
        job_unref(job);
    }
    /* Events hold on to the collection that holds them. */
    for (Event *event = g_async_queue_try_pop(events); event != NULL;
         event = g_async_queue_try_pop(events))
        event_free(event);
}

gboolean
collect_is_available(void)
{
    LibvirtClient libvirt;

    return libvirt_client_load(&libvirt, NULL);
}

gboolean
collect_hosts(const PlanSettings *settings, const IngestOptions *options, const IngestSink *sink,
              gboolean *ret_has_stragglers, GError **error)
{
    Caller caller = {.settings = settings, .sink = sink};
    LibvirtClient libvirt;
    gboolean is_well = TRUE;

    *ret_has_stragglers = FALSE;
    if (!libvirt_client_load(&libvirt, error)) {
        g_prefix_error(error, "%s: ", settings->path);
        return FALSE;
    }
    caller.collection = collection_new(options, &libvirt);
    libvirt.SetErrorFunc(NULL, keep_quiet);
    libvirt.Initialize();
    /* The threads use it inside of libvirt. */
    xmlInitParser();
    for (start_jobs(&caller); is_well && caller.working.length > 0; start_jobs(&caller))
        is_well = take_event(&caller, error);
    leave_unheard(&caller);
    collection_unref(caller.collection);
    *ret_has_stragglers = caller.has_stragglers;
    return is_well;
}
