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

static void
collect(Collected *collected, const PlanSettings *settings)
{
    g_autoptr(CpuMap) map = cpu_map_new_builtin();
    const IngestOptions options = {.map = map};
    const IngestSink sink = {.read = take_reading, .user_data = collected};
    g_autoptr(GError) error = NULL;

    collected->readings = g_ptr_array_new_with_free_func((GDestroyNotify)source_reading_free);
    if (!collect_hosts(settings, &options, &sink, &error))
        fail_msg("%s", error->message);
}

/* The good host is read, and each of the others costs no more than its time and is one finding. */
static void
test_hosts(void **state)
{
    g_autoptr(PlanSettings) settings = plan_settings_new();
    g_autofree char *silent = NULL;
    Collected collected;
    gint64 began_us = g_get_monotonic_time();
    guint port;
    int fd = listen_silently(&port);

    (void)state;
    silent = g_strdup_printf("qemu+tcp://127.0.0.1:%u/system", port);
    settings->collect_timeout_s = 3;
    add_host(settings, "silent", silent);
    add_host(settings, "good", "test:///default");
    add_host(settings, "odd", "nonsense://");
    collect(&collected, settings);
    close(fd);
    assert_true(g_get_monotonic_time() - began_us < (gint64)30 * G_USEC_PER_SEC);

    const SourceReading *good = find_reading(&collected, "test:///default", "capabilities");
    const Document *host = g_ptr_array_index(good->documents, 0);
    assert_string_equal(host->host_name, "good");
    assert_int_equal(host->kind, DOCUMENT_HOST_CAPABILITIES);
    const SourceReading *guest = find_reading(&collected, "test:///default", "domain/test");
    const Document *domain = g_ptr_array_index(guest->documents, 0);
    assert_string_equal(domain->guest->name, "test");
    assert_string_equal(domain->guest->host, "good");
    assert_true(domain->guest->is_running);

    const Finding *finding = g_ptr_array_index(find_reading(&collected, silent, NULL)->findings, 0);
    assert_string_equal(finding->id, "timeout");
    assert_string_equal(finding->host, "silent");
    finding = g_ptr_array_index(find_reading(&collected, "nonsense://", NULL)->findings, 0);
    assert_string_equal(finding->id, "unreachable");
    assert_int_equal(finding->severity, FINDING_ERROR);
    g_ptr_array_unref(collected.readings);
}

static void
test_stop(void **state)
{
    g_autoptr(PlanSettings) settings = plan_settings_new();
    const IngestOptions options = {0};
    const IngestSink sink = {.read = refuse_reading};
    g_autoptr(GError) error = NULL;

    (void)state;
    add_host(settings, "good", "test:///default");
    add_host(settings, "again", "test:///default");
    assert_false(collect_hosts(settings, &options, &sink, &error));
    assert_true(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC));
}

/* A real daemon: capabilities, domain capabilities and each guest, all usable. */
static void
test_system(void **state)
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
    collect(&collected, settings);
    const SourceReading *reading = find_reading(&collected, uri, "capabilities");
    const Document *host = g_ptr_array_index(reading->documents, 0);
    assert_string_equal(host->host_name, "here");
    assert_true(host->host->machines->guests->len > 0);
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
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_stop),
        cmocka_unit_test(test_system),
    };

    if (!collect_is_available()) {
        print_message("skipped: no client library of libvirt\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
