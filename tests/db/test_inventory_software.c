/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Versions of hosts' software: which of several documents counts, and what was told when. */

#include "fixture.h"

#include <string.h>

static SourceReading *
software_file(const char *path, guint64 content, const char *host, const char *versions)
{
    SourceReading *reading = reading_new(path, NULL, content);

    reading_add_software(reading, host, versions);
    return reading;
}

/* "QEMU/libvirt/kernel" of host a at RUN, "-" for what is not told. */
static void
assert_told(Inventory *inventory, gint64 run, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Fleet) fleet = inventory_load_fleet(inventory, run, NULL, &error);
    g_autoptr(GString) told = g_string_new(NULL);

    assert_no_error(error);
    const HostSoftware *software = fleet_host(fleet, fleet_find_host(fleet, "a"))->software;
    for (guint i = 0; i < SOFTWARE_COUNT; i++) {
        const char *version = software != NULL ? software->versions[i] : NULL;

        g_string_append_printf(told, "%s%s", i > 0 ? "/" : "", version != NULL ? version : "-");
    }
    assert_string_equal(told->str, expected);
}

static guint
count_findings(Inventory *inventory, const char *id, const char *part)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Fleet) fleet = inventory_load_fleet(inventory, 0, NULL, &error);
    guint n = 0;

    assert_no_error(error);
    for (guint i = 0; i < fleet->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(fleet->findings, i);

        n += strcmp(finding->id, id) == 0 && strstr(finding->text, part) != NULL;
    }
    return n;
}

static void
test_each_run_has_the_versions_of_its_time(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    const char *const nights[] = {"QEMU 7.2.1 libvirt 9.0.0", "QEMU 7.2.1 libvirt 9.0.0",
                                  "QEMU 7.2.2 libvirt 9.0.0", "QEMU 7.2.1 libvirt 9.0.0"};

    record_run(inventory, TRUE, host_file("a.xml", 1, "a", 1, 1), NULL);
    for (guint i = 0; i < G_N_ELEMENTS(nights); i++)
        record_run(inventory, TRUE, host_file("a.xml", 1, "a", 1, 1),
                   software_file("a.txt", i == 1 ? 10 : 10 + i, "a", nights[i]), NULL);
    InventoryRun gone = record_run(inventory, TRUE, host_file("a.xml", 1, "a", 1, 1), NULL);
    assert_int_equal(gone.n_hosts_changed, 1);
    assert_told(inventory, 1, "-/-/-");
    assert_told(inventory, 2, "7.2.1/9.0.0/-");
    assert_told(inventory, 3, "7.2.1/9.0.0/-");
    assert_told(inventory, 4, "7.2.2/9.0.0/-");
    assert_told(inventory, 5, "7.2.1/9.0.0/-");
    assert_told(inventory, 6, "-/-/-");
    assert_int_equal(query_number(*state, "SELECT count(*) FROM host_state"), 5);
    assert_int_equal(query_number(*state, "SELECT count(*) FROM software"), 2);
    assert_int_equal(query_number(*state, "SELECT count(*) FROM host_changes"
                                          " WHERE change = 'qemu' AND run = 4"
                                          " AND was = '7.2.1' AND became = '7.2.2'"),
                     1);
}

/* virsh's and uname's, and an outdated one: each version by the newest that tells it. */
static void
test_newest_document_counts_for_each_version_in_any_order(void **state)
{
    const Fixture *fixture = *state;
    static const guint orders[][4] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {1, 3, 0, 2}, {2, 0, 3, 1}};
    g_autofree char *expected = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(orders); i++) {
        g_autofree char *name = g_strdup_printf("%s-%u", fixture->path, i);
        const Fixture own = {.folder = fixture->folder, .path = name};
        g_autoptr(Inventory) inventory = fixture_open(&own);
        SourceReading *files[] = {
            host_file("a.xml", 1, "a", 1, 1),
            software_file("old.txt", 2, "a", "QEMU 7.2.0 libvirt 8.0.0 kernel 5.10.0"),
            software_file("virsh.txt", 3, "a", "QEMU 7.2.1 libvirt 9.0.0"),
            software_file("uname.txt", 4, "a", "kernel 6.1.0-28-amd64"),
        };

        record_run(inventory, TRUE, files[orders[i][0]], files[orders[i][1]], files[orders[i][2]],
                   files[orders[i][3]], NULL);
        assert_told(inventory, 0, "7.2.1/9.0.0/6.1.0-28-amd64");
        g_autofree char *text = fleet_text(inventory, 0, TRUE);
        if (expected == NULL)
            expected = g_strdup(text);
        assert_string_equal(text, expected);
        assert_int_equal(count_findings(inventory, "host-described-twice", "version of host a"), 3);
        assert_int_equal(count_findings(inventory, "host-described-twice", "9.0.0, here 8.0.0"), 1);
    }
}

/* From standard input, one command after the other: neither takes away what the other told. */
static void
test_commands_that_are_typed_one_after_the_other_add_up(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    record_run(inventory, FALSE, host_file("a.xml", 1, "a", 1, 1), NULL);
    record_run(inventory, FALSE, software_file("-", 2, "a", "QEMU 7.2.1 libvirt 9.0.0"), NULL);
    record_run(inventory, FALSE, software_file("-", 3, "a", "kernel 6.1.0"), NULL);
    assert_told(inventory, 0, "7.2.1/9.0.0/6.1.0");
    record_run(inventory, FALSE, software_file("-", 4, "a", "kernel 6.1.1"), NULL);
    record_run(inventory, FALSE, software_file("-", 5, "a", "QEMU 7.2.2 libvirt 9.0.0"), NULL);
    assert_told(inventory, 0, "7.2.2/9.0.0/6.1.1");
    assert_told(inventory, 4, "7.2.1/9.0.0/6.1.1");
    assert_int_equal(query_number(*state, "SELECT count(*) FROM document"), 3);
    record_run(inventory, FALSE,
               software_file("-", 6, "a", "QEMU 8.0.0 libvirt 9.1.0 kernel 6.2.0"), NULL);
    assert_int_equal(query_number(*state, "SELECT count(*) FROM document"), 2);
    /* One that tells less leaves the rest. */
    record_run(inventory, FALSE, software_file("-", 7, "a", "kernel 6.3.0"), NULL);
    assert_told(inventory, 0, "8.0.0/9.1.0/6.3.0");
    assert_int_equal(count_findings(inventory, "host-described-twice", ""), 0);
}

/* They do not make a host: its name may be a mistake. */
static void
test_versions_alone_are_no_host(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    InventoryRun run = record_run(inventory, TRUE, host_file("a.xml", 1, "a", 1, 1),
                                  software_file("aa.txt", 2, "aa", "libvirt 9.0.0"), NULL);

    assert_int_equal(run.n_hosts, 1);
    assert_hosts(inventory, 0, "a");
    assert_int_equal(
        count_findings(inventory, "host-not-described", "versions are told of host aa"), 1);
    record_run(inventory, TRUE, host_file("a.xml", 1, "a", 1, 1),
               software_file("aa.txt", 2, "aa", "libvirt 9.0.0"),
               host_file("aa.xml", 3, "aa", 1, 1), NULL);
    assert_hosts(inventory, 0, "a aa");
    assert_int_equal(count_findings(inventory, "host-not-described", ""), 0);
}

static void
test_versions_of_another_system_of_the_name_do_not_count(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    SourceReading *other = host_file("r2/a/capabilities.xml", 1, "a", 1, 1);
    HostCapabilities *host = ((Document *)g_ptr_array_index(other->documents, 0))->host;

    g_free(host->uuid);
    host->uuid = g_strdup("bbbbbbbb-0000-0000-0000-000000000002");
    record_run(inventory, TRUE, host_file("r1/a/capabilities.xml", 5, "a", 1, 1),
               software_file("r1/a/versions.txt", 2, "a", "libvirt 9.0.0"), other,
               software_file("r2/a/versions.txt", 9, "a", "libvirt 10.0.0 kernel 6.1.0"),
               software_file("a.versions.txt", 10, "a", "QEMU 7.2.0"), NULL);
    assert_told(inventory, 0, "-/9.0.0/-");
}

static void
test_history_tells_since_when_a_version_runs(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    g_autoptr(GError) error = NULL;
    GString *told = g_string_new(NULL);

    record_run(inventory, TRUE, host_file("a.xml", 1, "a", 1, 1),
               software_file("a.txt", 2, "a", "QEMU 7.2.1 kernel 6.1.0"), NULL);
    record_run(inventory, TRUE, host_file("a.xml", 11, "a", 1, 2),
               software_file("a.txt", 2, "a", "QEMU 7.2.1 kernel 6.1.0"), NULL);
    record_run(inventory, TRUE, host_file("a.xml", 11, "a", 1, 2),
               software_file("a.txt", 3, "a", "QEMU 7.2.1 libvirt 9.0.0 kernel 6.1.1"), NULL);
    g_autoptr(GPtrArray) entries = inventory_host_history(inventory, "a", &error);
    assert_no_error(error);
    for (guint i = 0; i < entries->len; i++) {
        const HistoryEntry *entry = g_ptr_array_index(entries, i);

        if (strcmp(entry->what, "software") == 0)
            g_string_append_printf(told, "%d-%d: %s\n", (int)entry->first_run, (int)entry->last_run,
                                   entry->text);
    }
    assert_string_equal(told->str, "1-2: QEMU 7.2.1, kernel 6.1.0\n"
                                   "3-0: QEMU 7.2.1, libvirt 9.0.0, kernel 6.1.1\n");
    g_string_free(told, TRUE);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_each_run_has_the_versions_of_its_time),
        TEST(test_newest_document_counts_for_each_version_in_any_order),
        TEST(test_commands_that_are_typed_one_after_the_other_add_up),
        TEST(test_versions_alone_are_no_host),
        TEST(test_versions_of_another_system_of_the_name_do_not_count),
        TEST(test_history_tells_since_when_a_version_runs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
