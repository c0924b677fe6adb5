/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Documents that libvirt itself wrote or accepts: every one is read, without a finding, to the kind
 * that it is. Skipped without the corpus.
 */

#include "ingest_fixture.h"

#include <stdlib.h>
#include <string.h>

#define CORPUS TEST_CORPUS_DIR "/corpus/"

/* Calls CHECK for each file of FOLDER whose name begins and ends so. Returns how many. */
static guint
for_each(const char *folder, const char *prefix, const char *suffix,
         void (*check)(const char *name, SourceReading *reading))
{
    g_autofree char *path = g_strconcat(CORPUS, folder, NULL);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    guint n = 0;

    assert_non_null(dir);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        g_autofree char *bytes = NULL;
        gsize length;

        if (!g_str_has_prefix(name, prefix) || !g_str_has_suffix(name, suffix))
            continue;
        assert_true(g_file_get_contents(file, &bytes, &length, NULL));
        g_autofree char *of_host = g_strdup_printf("h.%s.domain.xml", name);
        g_autoptr(SourceReading) reading = fixture_read_bytes(of_host, bytes, length);
        check(name, reading);
        n++;
    }
    return n;
}

static const Document *
only_document(const char *name, SourceReading *reading)
{
    if (reading->findings->len > 0) {
        g_autofree char *line = finding_format(g_ptr_array_index(reading->findings, 0));

        fail_msg("%s: %s", name, line);
    }
    if (reading->documents->len != 1)
        fail_msg("%s: %u documents", name, reading->documents->len);
    return g_ptr_array_index(reading->documents, 0);
}

static void
check_domain_capabilities(const char *name, SourceReading *reading)
{
    const DomainCapabilities *domain = only_document(name, reading)->domain;

    if (domain == NULL || domain->arch == CPU_ARCH_NONE || domain->emulator == NULL ||
        g_hash_table_size(domain->device_values) == 0)
        fail_msg("%s: not all of it was read", name);
    if (domain->host_model == SUPPORT_YES &&
        (domain->host_model_cpu == NULL || domain->host_model_cpu->model == NULL))
        fail_msg("%s: no host-model CPU", name);
}

static void
test_domain_capabilities_of_libvirt_are_read(void **state)
{
    (void)state;
    assert_true(for_each("domaincaps", "", ".xml", check_domain_capabilities) > 20);
}

static void
check_domain(const char *name, SourceReading *reading)
{
    const Guest *guest = only_document(name, reading)->guest;

    if (guest == NULL || guest->name == NULL || guest->memory_kib == 0 || guest->xml == NULL)
        fail_msg("%s: not all of it was read", name);
}

/* libvirt's own output of its domain tests; what it was given may lack names and be refused. */
static void
test_domains_of_libvirt_are_read_or_refused(void **state)
{
    (void)state;
    assert_true(for_each("qemuxmlconf", "", "-latest.xml", check_domain) > 100);
}

static void
check_cpudata(const char *name, SourceReading *reading)
{
    const Document *document = only_document(name, reading);
    const HostCapabilities *host = document->host;

    if (host == NULL || !host->is_raw_cpuid || host->cpu->model == NULL || host->cpu->family == 0)
        fail_msg("%s: not all of it was read", name);
}

/* The CPUID documents are the ones with nothing but the CPU's name in theirs. */
static void
check_if_cpudata(const char *name, SourceReading *reading)
{
    static const char *const others[] = {"-disabled.xml", "-enabled.xml", "-guest.xml", "-host.xml",
                                         "-json.xml"};

    if (g_str_has_prefix(name, "x86_64-cpuid-baseline"))
        return;
    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        if (g_str_has_suffix(name, others[i]))
            return;
    }
    check_cpudata(name, reading);
}

static void
test_cpudata_of_libvirt_is_read(void **state)
{
    (void)state;
    assert_true(for_each("cputestdata", "x86_64-cpuid-", ".xml", check_if_cpudata) > 20);
}

static void
check_qemu_reply(const char *name, SourceReading *reading)
{
    const DomainCapabilities *domain = only_document(name, reading)->domain;

    if (domain == NULL || !domain->is_qemu_reply || domain->host_model_cpu == NULL)
        fail_msg("%s: not all of it was read", name);
}

static void
test_recorded_qemu_replies_are_read(void **state)
{
    (void)state;
    assert_true(for_each("cputestdata", "x86_64-cpuid-", ".json", check_qemu_reply) > 10);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_domain_capabilities_of_libvirt_are_read),
        cmocka_unit_test(test_domains_of_libvirt_are_read_or_refused),
        cmocka_unit_test(test_cpudata_of_libvirt_is_read),
        cmocka_unit_test(test_recorded_qemu_replies_are_read),
    };

    if (!g_file_test(CORPUS, G_FILE_TEST_IS_DIR)) {
        print_message("skipped: no folder " CORPUS "\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
