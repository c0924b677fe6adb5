/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * libvirt's calls cannot be interrupted, so every host has a thread of its own that may be given
 * up: when its time is over, the calling thread reports it and goes on, and whatever the thread
 * still says is dropped. What the threads and the caller share is one reference-counted Collection,
 * which lives until the last thread has let go of it.
 *
 * A host is asked for its capabilities first: they say which emulators and machine types there are;
 * and for the versions of its software, which are handed on as the text that virsh prints of them.
 * Domain capabilities are then asked for each machine family (an alias such as "q35") with KVM, and
 * with plain QEMU where a guest uses that or there is no KVM.
 */

#include <ingest/collect.h>

#include "documents.h"
#include "libvirt_client.h"
#include "version_text_reader.h"

#include <libxml/parser.h>
#include <string.h>

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
    char *name;         /* as it was given; NULL: what the host calls itself */
    char *host_name;    /* its thread's: the name that its documents get */
    gboolean is_denied; /* its thread's: domain capabilities are not for us */
    gint64 deadline_us;
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
    g_free(job->host_name);
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

/* ---- what a host's thread says -------------------------------------------------------------- */

/* Takes READING; NULL says that the job is done. */
static void
say(Job *job, SourceReading *reading)
{
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

/* HOST and MEMBER may be NULL. */
static SourceReading *
complaint(const Job *job, const char *host, FindingSeverity severity, const char *member,
          const char *id, const char *text, const char *remedy)
{
    Source *source = g_new0(Source, 1);
    SourceReading *reading;

    source->path = g_strdup(job->uri);
    source->member = g_strdup(member);
    reading = source_reading_new(source);
    source_complain(reading, severity, id, 0, text, remedy);
    ((Finding *)g_ptr_array_index(reading->findings, 0))->host = g_strdup(host);
    return reading;
}

static void
say_error(Job *job, const char *member, const char *what)
{
    const LibvirtClient *libvirt = &job->collection->libvirt;
    const char *message = libvirt->GetLastErrorMessage();
    g_autofree char *text = g_strdup_printf("%s: %s", what, message);

    say(job, complaint(job, job->host_name, FINDING_ERROR, member, "unreachable", text,
                       "check the URI, the host's libvirt daemon and your permission to read"));
}

/* Reads XML, which is freed. The reading stays the caller's. */
static SourceReading *
read_document(Job *job, const char *member, char *xml)
{
    IngestOptions options = job->collection->options;
    SourceReading *reading;

    options.host_name = job->host_name;
    reading = documents_read_buffer(job->uri, member, xml, strlen(xml), &options);
    free(xml);
    return reading;
}

/* ---- asking --------------------------------------------------------------------------------- */

/*
 * libvirt counts reading domain capabilities as writing, since it runs an emulator for it. Where
 * that is refused, the host is known by the rest, and one line says what is missing.
 */
static void
say_incomplete(Job *job)
{
    g_autofree char *text =
        g_strdup_printf("without domain capabilities, which libvirt gives only to those who may "
                        "write: %s",
                        job->collection->libvirt.GetLastErrorMessage());

    job->is_denied = TRUE;
    say(job,
        complaint(job, job->host_name, FINDING_WARNING, "domcapabilities", "incomplete", text,
                  "let the user connect to libvirt without '-r'; until then the host is planned "
                  "by what its silicon has"));
}

static gboolean
is_refusal(int code)
{
    return code == VIR_ERR_OPERATION_DENIED || code == VIR_ERR_ACCESS_DENIED ||
           code == VIR_ERR_AUTH_FAILED || code == VIR_ERR_AUTH_CANCELLED ||
           code == VIR_ERR_AUTH_UNAVAILABLE;
}

static void
ask_domain_capabilities(Job *job, virConnectPtr connection, const GuestSupport *guest,
                        const char *machine, DomainTypes type)
{
    const LibvirtClient *libvirt = &job->collection->libvirt;
    const char *arch = cpu_arch_name(guest->arch);

    if (job->is_denied)
        return;
    g_autofree char *member = g_strdup_printf("domcapabilities/%s/%s/%s", domain_type_name(type),
                                              arch, machine == NULL ? "default" : machine);
    char *xml = libvirt->ConnectGetDomainCapabilities(connection, guest->emulator, arch, machine,
                                                      domain_type_name(type), 0);

    if (xml != NULL)
        say(job, read_document(job, member, xml));
    else if (is_refusal(libvirt->GetLastErrorCode()))
        say_incomplete(job);
    else if (libvirt->GetLastErrorCode() != VIR_ERR_NO_SUPPORT)
        say_error(job, member, "the domain capabilities cannot be read");
}

static void
ask_families(Job *job, virConnectPtr connection, const GuestSupport *guest, DomainTypes type)
{
    guint n_families = 0;

    for (guint i = 0; i < guest->machines->len; i++) {
        const MachineType *machine = g_ptr_array_index(guest->machines, i);

        if (machine->canonical == NULL)
            continue; /* families are what aliases stand for */
        ask_domain_capabilities(job, connection, guest, machine->name, type);
        n_families++;
    }
    if (n_families == 0)
        ask_domain_capabilities(job, connection, guest, NULL, type);
}

/* What the guests of a host use, as bits 1 << arch. */
typedef struct {
    guint64 any;  /* arches of all guests */
    guint64 qemu; /* of those without KVM */
} UsedArches;

static gboolean
is_used(guint64 arches, CpuArch arch)
{
    return (arches & (G_GUINT64_CONSTANT(1) << arch)) != 0;
}

static void
ask_all_domain_capabilities(Job *job, virConnectPtr connection, const MachineProfile *machines,
                            CpuArch host_arch, UsedArches used)
{
    gboolean has_kvm = FALSE;

    for (guint i = 0; i < machines->guests->len; i++) {
        const GuestSupport *guest = g_ptr_array_index(machines->guests, i);

        has_kvm = has_kvm || (guest->domain_types & DOMAIN_TYPE_KVM) != 0;
    }
    for (guint i = 0; i < machines->guests->len; i++) {
        const GuestSupport *guest = g_ptr_array_index(machines->guests, i);
        gboolean is_own = guest->arch == host_arch;

        if ((guest->domain_types & DOMAIN_TYPE_KVM) != 0 &&
            (is_own || is_used(used.any, guest->arch)))
            ask_families(job, connection, guest, DOMAIN_TYPE_KVM);
        if ((guest->domain_types & DOMAIN_TYPE_QEMU) != 0 &&
            ((is_own && !has_kvm) || is_used(used.qemu, guest->arch)))
            ask_families(job, connection, guest, DOMAIN_TYPE_QEMU);
    }
}
G_STATIC_ASSERT(CPU_ARCH_COUNT <= 64);

/* A running guest as it runs, another one as it is defined. Adds to USED. */
static void
ask_guest(Job *job, virDomainPtr domain, UsedArches *used)
{
    const LibvirtClient *libvirt = &job->collection->libvirt;
    gboolean is_active = libvirt->DomainIsActive(domain) == 1;
    g_autofree char *member = g_strdup_printf("domain/%s", libvirt->DomainGetName(domain));
    char *xml = libvirt->DomainGetXMLDesc(domain, is_active ? 0 : VIR_DOMAIN_XML_INACTIVE);

    if (xml == NULL) {
        /* A guest may go away between being listed and being asked for. */
        if (libvirt->GetLastErrorCode() != VIR_ERR_NO_DOMAIN)
            say_error(job, member, "the guest's definition cannot be read");
        return;
    }
    SourceReading *reading = read_document(job, member, xml);
    for (guint i = 0; i < reading->documents->len; i++) {
        const Document *document = g_ptr_array_index(reading->documents, i);

        if (document->guest == NULL)
            continue;
        used->any |= G_GUINT64_CONSTANT(1) << document->guest->arch;
        if (document->guest->domain_type == DOMAIN_TYPE_QEMU)
            used->qemu |= G_GUINT64_CONSTANT(1) << document->guest->arch;
    }
    say(job, reading);
}

static UsedArches
ask_guests(Job *job, virConnectPtr connection)
{
    const LibvirtClient *libvirt = &job->collection->libvirt;
    virDomainPtr *domains = NULL;
    UsedArches used = {0};
    int n = libvirt->ConnectListAllDomains(connection, &domains, 0);

    if (n < 0)
        say_error(job, "domain", "the guests cannot be listed");
    for (int i = 0; i < n; i++) {
        ask_guest(job, domains[i], &used);
        libvirt->DomainFree(domains[i]);
    }
    free(domains);
    return used;
}

/* Over a second connection, which is the only one that could change anything. */
static void
ask_writably(Job *job, const MachineProfile *machines, CpuArch host_arch, UsedArches used)
{
    const LibvirtClient *libvirt = &job->collection->libvirt;
    virConnectPtr connection = libvirt->ConnectOpen(job->uri);

    if (connection == NULL) {
        say_incomplete(job);
        return;
    }
    ask_all_domain_capabilities(job, connection, machines, host_arch, used);
    libvirt->ConnectClose(connection);
}

/* As libvirt numbers releases; 0 is one that it does not know. */
static void
append_version(GString *text, const char *label, gulong version)
{
    if (version != 0)
        g_string_append_printf(text, "%s %lu.%lu.%lu\n", label, version / 1000000,
                               version / 1000 % 1000, version % 1000);
}

/*
 * libvirt does not tell the kernel's version. A host that does not answer this is known by the
 * rest.
 */
static void
ask_versions(Job *job, virConnectPtr connection)
{
    const LibvirtClient *libvirt = &job->collection->libvirt;
    g_autoptr(GString) text = g_string_new(NULL);
    gulong version = 0;

    if (libvirt->ConnectGetLibVersion(connection, &version) == 0)
        append_version(text, VERSION_TEXT_DAEMON, version);
    version = 0;
    if (g_strcmp0(libvirt->ConnectGetType(connection), "QEMU") == 0 &&
        libvirt->ConnectGetVersion(connection, &version) == 0)
        append_version(text, VERSION_TEXT_QEMU, version);
    if (text->len > 0)
        say(job, read_document(job, "versions", strdup(text->str)));
}

static void
name_host(Job *job, virConnectPtr connection)
{
    const LibvirtClient *libvirt = &job->collection->libvirt;
    char *name = libvirt->ConnectGetHostname(connection);

    job->host_name = g_strdup(name == NULL ? job->uri : name);
    free(name);
}

static void
ask_host(Job *job, virConnectPtr connection)
{
    const LibvirtClient *libvirt = &job->collection->libvirt;
    char *xml = libvirt->ConnectGetCapabilities(connection);
    MachineProfile *machines = NULL;
    CpuArch host_arch = CPU_ARCH_NONE;

    if (job->host_name == NULL)
        name_host(job, connection);
    if (xml == NULL) {
        say_error(job, "capabilities", "the capabilities cannot be read");
        return;
    }
    SourceReading *reading = read_document(job, "capabilities", xml);
    for (guint i = 0; i < reading->documents->len; i++) {
        const Document *document = g_ptr_array_index(reading->documents, i);

        if (document->host == NULL || machines != NULL)
            continue;
        machines = machine_profile_ref(document->host->machines);
        host_arch = document->host->cpu->arch;
    }
    say(job, reading);
    ask_versions(job, connection);
    UsedArches used = ask_guests(job, connection);
    if (machines != NULL && machines->guests->len > 0)
        ask_writably(job, machines, host_arch, used);
    machine_profile_free(machines);
}

static gpointer
run_job(gpointer data)
{
    Job *job = data;
    const LibvirtClient *libvirt = &job->collection->libvirt;
    virConnectPtr connection = libvirt->ConnectOpenReadOnly(job->uri);

    job->host_name = g_strdup(job->name);
    if (connection == NULL) {
        say_error(job, NULL, "the host cannot be reached");
    } else {
        ask_host(job, connection);
        libvirt->ConnectClose(connection);
    }
    say(job, NULL);
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
    gboolean is_left; /* as collect_hosts() has it */
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
        g_thread_unref(g_thread_new("host", run_job, job_ref(job)));
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

/* From here on nothing that JOB's thread says gets into the queue. */
static void
silence(Caller *caller, Job *job)
{
    g_async_queue_lock(caller->collection->events);
    job->is_given_up = TRUE;
    g_async_queue_unlock(caller->collection->events);
    caller->is_left = TRUE;
}

static gboolean
give_up(Caller *caller, Job *job, GError **error)
{
    g_autofree char *text = g_strdup_printf("the host has not answered within %u s",
                                            caller->settings->collect_timeout_s);
    SourceReading *reading = complaint(job, job->name, FINDING_ERROR, NULL, "timeout", text,
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
        end_job(caller, event->job);
    event_free(event);
    return is_well;
}

gboolean
collect_is_available(void)
{
    LibvirtClient libvirt;

    return libvirt_client_load(&libvirt, NULL);
}

gboolean
collect_hosts(const PlanSettings *settings, const IngestOptions *options, const IngestSink *sink,
              gboolean *ret_is_left, GError **error)
{
    Caller caller = {.settings = settings, .sink = sink};
    LibvirtClient libvirt;
    gboolean is_well = TRUE;

    *ret_is_left = FALSE;
    if (!libvirt_client_load(&libvirt, error)) {
        g_prefix_error(error, "%s: ", settings->path);
        return FALSE;
    }
    Collection *collection = g_new0(Collection, 1);
    caller.collection = collection;
    collection->libvirt = libvirt;
    g_atomic_ref_count_init(&collection->references);
    collection->events = g_async_queue_new_full(event_free);
    collection->options = *options;
    /* Threads that are given up may outlive the caller's map. */
    if (options->map != NULL)
        collection->map = cpu_map_ref((CpuMap *)(guintptr)options->map);
    libvirt.SetErrorFunc(NULL, keep_quiet);
    libvirt.Initialize();
    /* The threads use it inside of libvirt. */
    xmlInitParser();
    for (start_jobs(&caller); is_well && caller.working.length > 0; start_jobs(&caller))
        is_well = take_event(&caller, error);
    while (caller.working.length > 0) {
        Job *job = g_queue_pop_head(&caller.working);

        silence(&caller, job);
        job_unref(job);
    }
    /* Events hold on to the collection that holds them. */
    for (Event *event = g_async_queue_try_pop(collection->events); event != NULL;
         event = g_async_queue_try_pop(collection->events))
        event_free(event);
    collection_unref(collection);
    *ret_is_left = caller.is_left;
    return is_well;
}
