/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What is remembered of archives as a whole: it holds for as long as all their members are known as
 * they were then, whatever happened in between, and an archive that did not change loses nothing.
 */

#include "fixture.h"

#include <string.h>

#define ARCHIVE "/srv/fleet.tar"

static SourceReading *
member(const char *name, guint64 content, const char *host)
{
    SourceReading *reading = reading_new(ARCHIVE, name, content);

    reading_add_host(reading, host, (guint)(content % 4), 1);
    return reading;
}

static SourceReading *
broken_member(const char *name, guint64 content)
{
    SourceReading *reading = reading_new(ARCHIVE, name, content);

    reading_add_finding(reading, FINDING_ERROR, "not-xml", "it is not XML");
    return reading;
}

/* An archive whose bytes are those of CONTENT, written at MTIME_NS. */
static Source
archive_of(guint64 content, gint64 mtime_ns)
{
    static char path[] = ARCHIVE;

    return (Source){
        .path = path, .size = 1000 + content, .mtime_ns = mtime_ns, .hash = {content, content + 1}};
}

static void
begin_knowing(Inventory *inventory)
{
    static const char *const paths[] = {"/srv"};
    g_autoptr(GError) error = NULL;

    begin(inventory, TRUE);
    assert_true(inventory_recall_sources(inventory, paths, 1, &error));
    assert_no_error(error);
}

static gboolean
is_known(Inventory *inventory, guint64 content)
{
    const Source archive = archive_of(content, 5);

    return inventory_knows_archive(inventory, &archive, TRUE);
}

/* Whether the next run would know it. */
static gboolean
will_be_known(Inventory *inventory, guint64 content)
{
    begin_knowing(inventory);
    gboolean answer = is_known(inventory, content);
    assert_true(inventory_flush(inventory, NULL));
    record(inventory, member("a", 1, "a"));
    record(inventory, member("b", 2, "b"));
    finish(inventory);
    return answer;
}

/* A run that reads the archive, whose bytes are those of CONTENT, with two hosts. */
static void
read_archive(Inventory *inventory, guint64 content, guint64 a, guint64 b)
{
    const Source archive = archive_of(content, 5);

    begin_knowing(inventory);
    record(inventory, member("a", a, "a"));
    /* In any order with its members. */
    assert_true(inventory_record_archive(inventory, &archive, NULL));
    record(inventory, member("b", b, "b"));
    finish(inventory);
}

static void
test_archive_is_known_when_its_run_is_finished(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    const Source archive = archive_of(7, 5), written_again = archive_of(7, 6),
                 other = archive_of(8, 5);

    read_archive(inventory, 7, 1, 2);
    begin_knowing(inventory);
    assert_true(inventory_knows_archive(inventory, &archive, TRUE));
    assert_true(inventory_knows_archive(inventory, &archive, FALSE));
    assert_true(inventory_knows_archive(inventory, &written_again, TRUE));
    assert_false(inventory_knows_archive(inventory, &written_again, FALSE));
    assert_false(inventory_knows_archive(inventory, &other, TRUE));
    assert_false(inventory_knows_archive(inventory, &other, FALSE));
}

/* A run that did not finish remembers nothing, and what it changed makes the archive unknown. */
static void
test_unfinished_run_remembers_nothing(void **state)
{
    const Source second = archive_of(8, 5);
    Inventory *inventory = fixture_open(*state);

    read_archive(inventory, 7, 1, 2);
    begin_knowing(inventory);
    record(inventory, member("a", 3, "a"));
    assert_true(inventory_record_archive(inventory, &second, NULL));
    assert_true(inventory_flush(inventory, NULL));
    inventory_close(inventory);
    inventory = fixture_open(*state);
    begin_knowing(inventory);
    assert_false(is_known(inventory, 8));
    /* The archive may be as it was before: its member is not. */
    assert_false(is_known(inventory, 7));
    inventory_close(inventory);
}

static void
test_changed_member_makes_its_archive_unknown(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    read_archive(inventory, 7, 1, 2);
    assert_true(will_be_known(inventory, 7));
    /* Read again, and found to be as they were. */
    assert_true(will_be_known(inventory, 7));
    record_run(inventory, FALSE, member("a", 3, "a"), member("b", 2, "b"), NULL);
    assert_false(will_be_known(inventory, 7));
}

static void
test_member_that_went_or_came_makes_its_archive_unknown(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    read_archive(inventory, 7, 1, 2);
    record_run(inventory, FALSE, member("a", 1, "a"), NULL);
    assert_hosts(inventory, 0, "a");
    begin_knowing(inventory);
    assert_false(is_known(inventory, 7));
    finish(inventory);
    read_archive(inventory, 7, 1, 2);
    record_run(inventory, FALSE, member("a", 1, "a"), member("b", 2, "b"), member("c", 3, "c"),
               NULL);
    begin_knowing(inventory);
    assert_false(is_known(inventory, 7));
}

static void
test_other_reader_makes_archives_unknown(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);

    read_archive(inventory, 7, 1, 2);
    inventory_set_reader(inventory, "another");
    begin_knowing(inventory);
    assert_false(is_known(inventory, 7));
}

/* Two processes that read two states of an archive at the same time leave one that nobody knows. */
static void
test_mixed_states_are_unknown(void **state)
{
    g_autoptr(Inventory) one = fixture_open(*state), two = fixture_open(*state);
    const Source first = archive_of(7, 5), second = archive_of(8, 5);

    begin_knowing(one);
    begin_knowing(two);
    record(one, member("a", 1, "a"));
    assert_true(inventory_flush(one, NULL));
    record(two, member("a", 3, "a"));
    record(two, member("b", 4, "b"));
    assert_true(inventory_record_archive(two, &second, NULL));
    finish(two);
    record(one, member("b", 2, "b"));
    assert_true(inventory_record_archive(one, &first, NULL));
    finish(one);
    begin_knowing(one);
    assert_false(is_known(one, 7));
    assert_false(is_known(one, 8));
}

static void
record_unchanged(Inventory *inventory, gint64 mtime_ns, InventoryRun *ret_run)
{
    const Source archive = archive_of(7, mtime_ns);

    begin_knowing(inventory);
    assert_true(inventory_knows_archive(inventory, &archive, TRUE));
    assert_true(inventory_record_unchanged_archive(inventory, &archive, NULL));
    *ret_run = finish(inventory);
}

/* Hosts, quarantine and counts are those of a run that met each member. */
static void
test_unchanged_archive_keeps_everything(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    const Source archive = archive_of(7, 5);
    InventoryRun run;

    begin_knowing(inventory);
    record(inventory, member("a", 1, "a"));
    record(inventory, member("b", 2, "b"));
    record(inventory, broken_member("c", 3));
    record(inventory, host_file("/srv/d.xml", 4, "d", 1, 1));
    assert_true(inventory_record_archive(inventory, &archive, NULL));
    run = finish(inventory);
    assert_int_equal(run.n_quarantined, 1);
    g_autofree char *before = fleet_text(inventory, 0, TRUE);
    record_unchanged(inventory, 5, &run);
    assert_int_equal(run.n_sources, 3);
    assert_int_equal(run.n_unchanged, 3);
    assert_int_equal(run.n_quarantined, 1);
    assert_int_equal(run.n_hosts_gone, 1);
    assert_hosts(inventory, 0, "a b");
    assert_non_null(strstr(before, "not XML"));
    assert_int_equal(query_number(*state, "SELECT count(*) FROM quarantine_now"), 1);
    assert_int_equal(query_number(*state, "SELECT count(*) FROM archive"), 1);
}

static void
test_documents_have_the_time_of_their_touched_archive(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    const Source archive = archive_of(7, 9);
    InventoryRun run;

    read_archive(inventory, 7, 1, 2);
    record_unchanged(inventory, 9, &run);
    assert_int_equal(run.n_unchanged, 2);
    assert_int_equal(query_number(*state, "SELECT min(mtime_ns) FROM source"), 9);
    assert_int_equal(query_number(*state, "SELECT min(mtime_ns) FROM document"), 9);
    begin_knowing(inventory);
    assert_true(inventory_knows_archive(inventory, &archive, FALSE));
}

/* An archive that was taken for unchanged by its time keeps its hash. */
static void
test_unhashed_archive_keeps_its_hash(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    Source unhashed = archive_of(7, 5);

    read_archive(inventory, 7, 1, 2);
    unhashed.hash[0] = unhashed.hash[1] = 0;
    begin_knowing(inventory);
    assert_true(inventory_knows_archive(inventory, &unhashed, FALSE));
    assert_true(inventory_record_unchanged_archive(inventory, &unhashed, NULL));
    finish(inventory);
    begin_knowing(inventory);
    assert_true(is_known(inventory, 7));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(test_archive_is_known_when_its_run_is_finished),
        TEST(test_unfinished_run_remembers_nothing),
        TEST(test_changed_member_makes_its_archive_unknown),
        TEST(test_member_that_went_or_came_makes_its_archive_unknown),
        TEST(test_other_reader_makes_archives_unknown),
        TEST(test_mixed_states_are_unknown),
        TEST(test_unchanged_archive_keeps_everything),
        TEST(test_documents_have_the_time_of_their_touched_archive),
        TEST(test_unhashed_archive_keeps_its_hash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
