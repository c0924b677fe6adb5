/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What cannot be read is quarantined, and what was known of it stays until it can be again. */

#include "fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#define UUID_A "aaaaaaaa-0000-4000-8000-000000000001"
#define XML_A "<domain><name>web</name><uuid>" UUID_A "</uuid></domain>"
#define XML_A2 "<domain id='3'><name>web</name><uuid>" UUID_A "</uuid></domain>"

static SourceReading *
member_file(const char *archive, const char *member, guint64 content, const char *host)
{
    SourceReading *reading = reading_new(archive, member, content);

    reading_add_host(reading, host, 1, 1);
    return reading;
}

static guint
n_quarantined(Inventory *inventory, gboolean is_open_only)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) entries = inventory_quarantine(inventory, is_open_only, &error);

    assert_no_error(error);
    return entries->len;
}

static void
test_broken_file_keeps_last_good_state(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    record_run(inventory, TRUE, host_file("a.xml", 1, "a", 1, 1), NULL);
    g_autofree char *good = fleet_text(inventory, 0, TRUE);
    InventoryRun run = record_run(inventory, TRUE, broken_file("a.xml", 2), NULL);
    g_autofree char *bad = fleet_text(inventory, 0, TRUE);
    assert_true(g_str_has_prefix(bad, "a 0000"));
    assert_non_null(strstr(bad, "a.xml:7: it is not XML: mend it"));
    assert_int_equal(run.n_quarantined, 1);
    assert_int_equal(n_quarantined(inventory, TRUE), 1);
    /* The same broken bytes again: not read, still wrong. */
    run = record_run(inventory, TRUE, broken_file("a.xml", 2), NULL);
    assert_int_equal(run.n_unchanged, 1);
    assert_int_equal(n_quarantined(inventory, TRUE), 1);
    record_run(inventory, TRUE, host_file("a.xml", 1, "a", 1, 1), NULL);
    g_autofree char *healed = fleet_text(inventory, 0, TRUE);
    assert_string_equal(healed, good);
    assert_int_equal(n_quarantined(inventory, TRUE), 0);
    assert_int_equal(n_quarantined(inventory, FALSE), 1);
}

static void
test_broken_file_that_goes_ends_its_quarantine(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    record_run(inventory, TRUE, host_file("a.xml", 1, "a", 1, 1), broken_file("b.xml", 2), NULL);
    record_run(inventory, TRUE, host_file("a.xml", 1, "a", 1, 1), NULL);
    assert_int_equal(n_quarantined(inventory, TRUE), 0);
}

/* A run that only adds, and was asked to read the folder "hosts". */
static void
record_hosts(Inventory *inventory, SourceReading *reading)
{
    const char *const paths[] = {"hosts"};
    g_autoptr(GError) error = NULL;

    inventory_begin_run(inventory, 3600, FALSE, &error);
    assert_no_error(error);
    inventory_recall_sources(inventory, paths, G_N_ELEMENTS(paths), &error);
    assert_no_error(error);
    record(inventory, reading);
    finish(inventory);
}

static void
test_folder_that_can_be_read_again_ends_its_quarantine(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    record_hosts(inventory, broken_file("hosts", 1));
    record_hosts(inventory, broken_file("hosts", 1));
    assert_int_equal(n_quarantined(inventory, TRUE), 1);
    record_hosts(inventory, broken_file("hosts/sub", 1));
    assert_int_equal(n_quarantined(inventory, TRUE), 1);
    record_hosts(inventory, host_file("hosts/sub/a.xml", 1, "a", 1, 1));
    assert_int_equal(n_quarantined(inventory, TRUE), 0);
}

/* A run that only adds ends nothing that a host still stands on. */
static void
test_broken_file_that_goes_stays_in_quarantine_for_its_host(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    record_hosts(inventory, host_file("hosts/a.xml", 1, "a", 1, 1));
    record_hosts(inventory, broken_file("hosts/a.xml", 2));
    record_hosts(inventory, host_file("hosts/b.xml", 1, "b", 1, 1));
    assert_int_equal(n_quarantined(inventory, TRUE), 1);
}

/* One document of a file is broken: the others are taken, and the broken one's last state stays. */
static void
test_good_documents_of_a_broken_file_are_taken(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    SourceReading *reading = reading_new("all.xml", NULL, 1);

    reading_add_host(reading, "a", 1, 1);
    reading_add_domain(reading, "a", "pc-q35-9.2", 0);
    reading_add_domain(reading, "a", "pc-i440fx-9.2", 0);
    reading_add_host(reading, "b", 1, 1);
    reading_add_guest(reading, "a", "web", UUID_A, XML_A);
    record_run(inventory, TRUE, reading, NULL);
    reading = reading_new("all.xml", NULL, 2);
    reading_add_finding(reading, FINDING_ERROR, "not-xml", "it is not XML");
    reading_add_host(reading, "a", 2, 5);
    reading_add_domain(reading, "a", "pc-q35-9.2", 3);
    reading_add_guest(reading, "a", "web", UUID_A, XML_A2);
    record_run(inventory, TRUE, reading, NULL);
    assert_hosts(inventory, 0, "a b");
    g_autofree char *text = fleet_text(inventory, 0, FALSE);
    assert_non_null(strstr(text, "ucode 5"));
    assert_non_null(strstr(text, "pc-i440fx-9.2"));
    assert_non_null(strstr(text, XML_A2));
    assert_null(strstr(text, XML_A));
    assert_int_equal(query_number(*state, "SELECT count(*) FROM document"), 5);
}

/* A folder or archive that cannot be read says nothing about what was in it. */
static void
test_unreadable_folder_keeps_what_is_below(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    SourceReading *member = reading_new("/srv/all.tar", "c/capabilities.xml", 3);

    reading_add_host(member, "c", 1, 1);
    record_run(inventory, TRUE, host_file("/srv/hosts/a.xml", 1, "a", 1, 1),
               host_file("/srv/hosts0/b.xml", 2, "b", 1, 1), member, NULL);
    record_run(inventory, TRUE, broken_file("/srv/hosts/", 0), broken_file("/srv/all.tar", 0),
               NULL);
    assert_hosts(inventory, 0, "a c");
    begin(inventory, TRUE);
    finish(inventory);
    assert_hosts(inventory, 0, "");
    assert_int_equal(n_quarantined(inventory, TRUE), 0);
}

static void
test_unchanged_broken_archive_keeps_its_members(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    record_run(inventory, TRUE, host_file("a.xml", 1, "a", 1, 1),
               member_file("all.tar", "b/capabilities.xml", 2, "b"), NULL);
    for (guint i = 0; i < 2; i++) {
        record_run(inventory, TRUE, host_file("a.xml", 1, "a", 1, 1), broken_file("all.tar", 3),
                   NULL);
        assert_hosts(inventory, 0, "a b");
    }
}

static SourceReading *
broken_member(const char *source, const char *member)
{
    SourceReading *reading = reading_new(source, member, 9);

    reading_add_finding(reading, FINDING_ERROR, "not-xml", "it is not XML");
    return reading;
}

/* A broken member stays as it was, and says nothing about the others. */
static void
test_broken_member_keeps_itself_alone(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    record_run(inventory, TRUE, member_file("all.tar", "b.xml", 2, "b"),
               member_file("all.tar", "c.xml", 3, "c"), NULL);
    for (guint i = 0; i < 2; i++) {
        record_run(inventory, TRUE, broken_member("all.tar", "b.xml"), NULL);
        assert_hosts(inventory, 0, "b");
    }
}

static void
test_live_host_that_does_not_answer_all_keeps_the_rest(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    const char *uri = "qemu+ssh://b/system";

    record_run(inventory, FALSE, member_file(uri, "capabilities", 2, "b"), NULL);
    record_run(inventory, FALSE, broken_member(uri, "domain/web"), NULL);
    assert_hosts(inventory, 0, "b");
}

/* Archives and live hosts are read as a whole, also by runs that otherwise only add. */
static void
test_archive_is_known_as_a_whole(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    record_run(inventory, FALSE, host_file("a.xml", 1, "a", 1, 1),
               member_file("all.tar", "b.xml", 2, "b"), member_file("all.tar", "c.xml", 3, "c"),
               broken_file("qemu+ssh://d/system", 0), NULL);
    record_run(inventory, FALSE, member_file("all.tar", "c.xml", 3, "c"),
               member_file("qemu+ssh://d/system", "capabilities", 4, "d"), NULL);
    assert_hosts(inventory, 0, "a c d");
    assert_int_equal(n_quarantined(inventory, TRUE), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_broken_file_keeps_last_good_state),
        TEST(test_broken_file_that_goes_ends_its_quarantine),
        TEST(test_folder_that_can_be_read_again_ends_its_quarantine),
        TEST(test_broken_file_that_goes_stays_in_quarantine_for_its_host),
        TEST(test_good_documents_of_a_broken_file_are_taken),
        TEST(test_unreadable_folder_keeps_what_is_below),
        TEST(test_unchanged_broken_archive_keeps_its_members),
        TEST(test_broken_member_keeps_itself_alone),
        TEST(test_live_host_that_does_not_answer_all_keeps_the_rest),
        TEST(test_archive_is_known_as_a_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
