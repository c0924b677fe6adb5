/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Live hosts: libvirt's own test driver, a host that never answers, one that does not exist, and,
 * where there is one, the libvirt daemon of this machine. All are asked at once.
 */

#include "ingest_fixture.h"

#include <arpa/inet.h>
#include <ingest/collect.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
    GPtrArray *readings; /* of SourceReading* */
} Collected;

static gboolean
take_reading(SourceReading *reading, gpointer user_data, GError **error)
{
    (void)error;
    g_ptr_array_add(((Collected *)user_data)->readings, reading);
    return TRUE;
}

static gboolean
refuse_reading(SourceReading *reading, gpointer user_data, GError **error)
{
    source_reading_free(reading);
    (void)user_data;
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC, "full");
    return FALSE;
}

static void
add_host(PlanSettings *settings, const char *name, const char *uri)
{
    CollectSettings *host = g_new0(CollectSettings, 1);

    host->name = g_strdup(name);
    host->uri = g_strdup(uri);
    g_ptr_array_add(settings->collect, host);
}

/* A port that takes connections and never says a word. Returns the socket. */
static int
listen_silently(guint *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    *ret_port = ntohs(address.sin_port);
    return fd;
}

static const SourceReading *
find_reading(const Collected *collected, const char *uri, const char *member)
{
    for (guint i = 0; i < collected->readings->len; i++) {
        const SourceReading *reading = g_ptr_array_index(collected->readings, i);

        if (strcmp(reading->source->path, uri) == 0 &&
            g_strcmp0(reading->source->member, member) == 0)
            return reading;
    }
    fail_msg("nothing from %s", uri);
    return NULL;
}

/* Returns whether a host was not waited for. */
static gboolean
collect(Collected *collected, const PlanSettings *settings)
{
    g_autoptr(CpuMap) map = cpu_map_new_builtin();
    const IngestOptions options = {.map = map};
    const IngestSink sink = {.read = take_reading, .user_data = collected};
    g_autoptr(GError) error = NULL;
    gboolean has_stragglers = FALSE;

    collected->readings = g_ptr_array_new_with_free_func((GDestroyNotify)source_reading_free);
    if (!collect_hosts(settings, &options, &sink, &has_stragglers, &error))
        fail_msg("%s", error->message);
    return has_stragglers;
}

/* The good host is read, and each of the others costs no more than its time and is one finding. */
static void
test_host_that_never_answers_costs_the_others_nothing(void **state)
{
    g_autoptr(PlanSettings) settings = plan_settings_new();
    g_autofree char *silent = NULL;
    Collected collected;
    guint port;
    int fd = listen_silently(&port);

    (void)state;
    silent = g_strdup_printf("qemu+tcp://127.0.0.1:%u/system", port);
    settings->collect_timeout_s = 3;
    add_host(settings, "silent", silent);
    add_host(settings, "good", "test:///default");
    add_host(settings, "odd", "nonsense://");
    assert_true(collect(&collected, settings));
    close(fd);

    const SourceReading *good = find_reading(&collected, "test:///default", "capabilities");
    const Document *host = g_ptr_array_index(good->documents, 0);
    assert_string_equal(host->host_name, "good");
    assert_int_equal(host->kind, DOCUMENT_HOST_CAPABILITIES);
    const SourceReading *guest = find_reading(&collected, "test:///default", "domain/test");
    const Document *domain = g_ptr_array_index(guest->documents, 0);
    assert_string_equal(domain->guest->name, "test");
    assert_string_equal(domain->guest->host, "good");
    assert_true(domain->guest->is_running);
    const SourceReading *versions = find_reading(&collected, "test:///default", "versions");
    const Document *software = g_ptr_array_index(versions->documents, 0);
    assert_string_equal(software->host_name, "good");
    assert_non_null(software->software->versions[SOFTWARE_LIBVIRT]);
    assert_null(software->software->versions[SOFTWARE_QEMU]);

    const Finding *finding = g_ptr_array_index(find_reading(&collected, silent, NULL)->findings, 0);
    assert_string_equal(finding->id, "timeout");
    assert_string_equal(finding->host, "silent");
    finding = g_ptr_array_index(find_reading(&collected, "nonsense://", NULL)->findings, 0);
    assert_string_equal(finding->id, "unreachable");
    assert_int_equal(finding->severity, FINDING_ERROR);
    g_ptr_array_unref(collected.readings);
}

/* A sink, and the port of a host that says nothing until nobody listens there any more. */
typedef struct {
    Collected collected;
    int fd;
} Waiting;

static gboolean
hang_up(gpointer user_data, GError **error)
{
    Waiting *waiting = user_data;

    (void)error;
    if (waiting->fd >= 0)
        close(waiting->fd);
    waiting->fd = -1;
    return TRUE;
}

/* Within its time, that is: the wait ends because of what the sink does while it is idle. */
static void
test_sink_is_idle_while_a_host_is_waited_for(void **state)
{
    g_autoptr(PlanSettings) settings = plan_settings_new();
    g_autoptr(CpuMap) map = cpu_map_new_builtin();
    const IngestOptions options = {.map = map};
    gboolean has_stragglers = TRUE;
    guint port;
    Waiting waiting = {.fd = listen_silently(&port)};
    const IngestSink sink = {.read = take_reading, .idle = hang_up, .user_data = &waiting};
    g_autofree char *silent = g_strdup_printf("qemu+tcp://127.0.0.1:%u/system", port);

    (void)state;
    waiting.collected.readings =
        g_ptr_array_new_with_free_func((GDestroyNotify)source_reading_free);
    settings->collect_timeout_s = 200;
    add_host(settings, "silent", silent);
    assert_true(collect_hosts(settings, &options, &sink, &has_stragglers, NULL));
    assert_false(has_stragglers);
    assert_int_equal(waiting.fd, -1);
    const SourceReading *reading = find_reading(&waiting.collected, silent, NULL);
    const Finding *finding = g_ptr_array_index(reading->findings, 0);
    assert_string_equal(finding->id, "unreachable");
    g_ptr_array_unref(waiting.collected.readings);
}

static gboolean
refuse_to_be_idle(gpointer user_data, GError **error)
{
    (void)user_data;
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC, "full");
    return FALSE;
}

static void
test_sink_stops_while_a_host_is_waited_for(void **state)
{
    g_autoptr(PlanSettings) settings = plan_settings_new();
    const IngestOptions options = {0};
    const IngestSink sink = {.read = refuse_reading, .idle = refuse_to_be_idle};
    g_autoptr(GError) error = NULL;
    gboolean has_stragglers = FALSE;
    guint port;
    int fd = listen_silently(&port);
    g_autofree char *silent = g_strdup_printf("qemu+tcp://127.0.0.1:%u/system", port);

    (void)state;
    settings->collect_timeout_s = 200;
    add_host(settings, "silent", silent);
    assert_false(collect_hosts(settings, &options, &sink, &has_stragglers, &error));
    assert_true(has_stragglers);
    assert_true(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC));
    close(fd);
}

static void
test_collect_stops_when_the_sink_says_so(void **state)
{
    g_autoptr(PlanSettings) settings = plan_settings_new();
    const IngestOptions options = {0};
    const IngestSink sink = {.read = refuse_reading};
    g_autoptr(GError) error = NULL;
    gboolean has_stragglers = FALSE;

    (void)state;
    add_host(settings, "good", "test:///default");
    add_host(settings, "again", "test:///default");
    assert_false(collect_hosts(settings, &options, &sink, &has_stragglers, &error));
    assert_true(has_stragglers);
    assert_true(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC));
}

/* A real daemon: capabilities, domain capabilities and each guest, all usable. */
static void
test_daemon_of_this_machine_is_read(void **state)
{
    static const char uri[] = "qemu:///system";
    Collected collected;
    guint n_domain_capabilities = 0;

    (void)state;
    if (access("/run/libvirt/libvirt-sock", W_OK) != 0 &&
        access("/run/libvirt/virtqemud-sock", W_OK) != 0) {
        print_message("skipped: no libvirt daemon on this machine\n");
        skip();
    }
    g_autoptr(PlanSettings) settings = plan_settings_new();
    settings->collect_timeout_s = 120;
    add_host(settings, "here", uri);
    assert_false(collect(&collected, settings));
    const SourceReading *reading = find_reading(&collected, uri, "capabilities");
    const Document *host = g_ptr_array_index(reading->documents, 0);
    assert_string_equal(host->host_name, "here");
    assert_true(host->host->machines->guests->len > 0);
    const SourceReading *versions = find_reading(&collected, uri, "versions");
    const Document *software = g_ptr_array_index(versions->documents, 0);
    assert_non_null(software->software->versions[SOFTWARE_LIBVIRT]);
    assert_non_null(software->software->versions[SOFTWARE_QEMU]);
    for (guint i = 0; i < collected.readings->len; i++) {
        const SourceReading *one = g_ptr_array_index(collected.readings, i);

        if (g_str_has_prefix(one->source->member, "domcapabilities/"))
            n_domain_capabilities += one->documents->len;
    }
    assert_true(n_domain_capabilities > 0);
    g_ptr_array_unref(collected.readings);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_host_that_never_answers_costs_the_others_nothing),
        cmocka_unit_test(test_sink_is_idle_while_a_host_is_waited_for),
        cmocka_unit_test(test_sink_stops_while_a_host_is_waited_for),
        cmocka_unit_test(test_collect_stops_when_the_sink_says_so),
        cmocka_unit_test(test_daemon_of_this_machine_is_read),
    };

    if (!collect_is_available()) {
        print_message("skipped: no client library of libvirt\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
