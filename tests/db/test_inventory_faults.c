/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What must never lose anything: a full disk, a file or folder that cannot be written, a lock held
 * by another, two writers at once, a damaged file, and a clock that jumps back. Each ends in a
 * clear error, the inventory tells what the last finished run told, and the next run heals it.
 * Processes that are killed have a test of their own.
 */

#include "nights.h"

#include <glib/gstdio.h>
#include <inventory_private.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- no room, no permission ------------------------------------------------------------------ */

static void
set_max_pages(Inventory *inventory, gint64 n)
{
    g_autofree char *sql = g_strdup_printf("PRAGMA max_page_count = %" G_GINT64_FORMAT, n);

    assert_true(connection_execute(inventory->connection, sql, NULL));
}

static void
test_full_disk_is_told_and_loses_nothing(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(Inventory) inventory = fixture_open(fixture);
    g_autoptr(GError) error = NULL;
    gboolean is_well = TRUE;

    record_night(inventory, 0);
    g_autofree char *before = fleet_text(inventory, 0, TRUE);
    set_max_pages(inventory, query_number(fixture, "PRAGMA page_count") + 4);
    begin(inventory, TRUE);
    for (guint i = 0; i < 1000 && is_well; i++) {
        g_autofree char *host = g_strdup_printf("new%u", i);
        g_autoptr(SourceReading) reading = reading_new(host, NULL, 1);

        reading_add_host(reading, host, i % 100, i);
        is_well = inventory_record_reading(inventory, reading, &error);
    }
    assert_false(is_well);
    assert_true(g_error_matches(error, INVENTORY_ERROR, INVENTORY_ERROR_FULL));
    assert_non_null(strstr(error->message, "make room on its disk"));
    assert_false(inventory_finish_run(inventory, 1, NULL, NULL));
    g_autofree char *after = fleet_text(inventory, 0, TRUE);
    assert_string_equal(after, before);
    set_max_pages(inventory, 1000000);
    record_night(inventory, 1);
    assert_whole(fixture);
}

/* Run as somebody who may not write here; the test's own user may be root, who always may. */
static void
check_read_only_folder(const Fixture *fixture, const char *expected)
{
    g_autoptr(GError) error = NULL;

    if (geteuid() == 0 && setuid(65534) != 0)
        _exit(77);
    g_autoptr(Inventory) inventory = inventory_open(fixture->path, TRUE, &error);
    if (inventory == NULL) {
        print_error("%s\n", error->message);
        _exit(1);
    }
    g_autofree char *text = fleet_text(inventory, 0, TRUE);
    if (strcmp(text, expected) != 0)
        _exit(2);
    g_autoptr(Inventory) writing = inventory_open(fixture->path, FALSE, &error);
    if (writing == NULL)
        _exit(g_error_matches(error, INVENTORY_ERROR, INVENTORY_ERROR_FULL) ? 0 : 3);
    if (inventory_begin_run(writing, 1, TRUE, &error))
        _exit(4);
    _exit(g_error_matches(error, INVENTORY_ERROR, INVENTORY_ERROR_FULL) ? 0 : 5);
}

static void
test_read_only_inventory_is_read_and_not_written(void **state)
{
    const Fixture *fixture = *state;
    Inventory *inventory = fixture_open(fixture);
    int status;

    record_night(inventory, 0);
    g_autofree char *text = fleet_text(inventory, 0, TRUE);
    inventory_close(inventory);
    g_chmod(fixture->path, 0444);
    g_chmod(fixture->folder, 0555);
    pid_t child = fork();
    if (child == 0)
        check_read_only_folder(fixture, text);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- others ---------------------------------------------------------------------------------- */

static void
test_second_writer_is_told_and_readers_go_on(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(Inventory) holder = fixture_open(fixture);
    g_autoptr(Inventory) other = fixture_open(fixture);
    g_autoptr(GError) error = NULL;

    record_night(holder, 0);
    begin(holder, TRUE);
    assert_true(inventory_begin_batch(holder, &error));
    inventory_set_patience(other, 20);
    assert_false(inventory_begin_run(other, 1, TRUE, &error));
    assert_true(g_error_matches(error, INVENTORY_ERROR, INVENTORY_ERROR_BUSY));
    assert_non_null(strstr(error->message, "another process is writing"));
    g_autofree char *text = fleet_text(other, 0, FALSE); /* reading goes on */
    assert_non_null(strstr(text, "host1"));
    record_sources(holder, 1);
    finish(holder);
    record_night(other, 2);
}

/* Records hosts FIRST, FIRST + 2, ... as fast as it can, and guests of one host that both know. */
static void
record_half(const Fixture *fixture, guint first)
{
    g_autoptr(Inventory) inventory = fixture_open(fixture);

    for (guint i = first; i < 400; i += 2) {
        g_autofree char *host = g_strdup_printf("host%u", i);
        SourceReading *reading = reading_new(host, NULL, i);
        g_autofree char *path = g_strdup_printf("guests/%u", i);
        SourceReading *guest = reading_new(path, NULL, i);

        if (i % 50 < 2) {
            if (i > 1)
                finish(inventory);
            begin(inventory, FALSE);
        }
        reading_add_host(reading, host, i % 9, i);
        reading_add_guest(guest, "shared", host, NULL, host);
        record(inventory, reading);
        record(inventory, guest);
        inventory_flush(inventory, NULL);
    }
    finish(inventory);
}

static void
test_two_processes_at_once_record_everything(void **state)
{
    const Fixture *fixture = *state;
    pid_t children[2];

    for (guint i = 0; i < 2; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            record_half(fixture, i);
            _exit(0);
        }
    }
    for (guint i = 0; i < 2; i++) {
        int status;

        waitpid(children[i], &status, 0);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    assert_whole(fixture);
    assert_int_equal(query_number(fixture, "SELECT count(*) FROM hosts_now"), 400);
    assert_int_equal(query_number(fixture, "SELECT count(*) FROM guests_now"), 400);
    assert_int_equal(query_number(fixture, "SELECT count(*) FROM run WHERE finished_at IS NULL"),
                     0);
}

static void
assert_run_before(Inventory *inventory, gint64 run, gint64 expected)
{
    gint64 found = -1;

    assert_true(inventory_run_before(inventory, run, &found, NULL));
    assert_int_equal(found, expected);
}

static void
assert_run_at(Inventory *inventory, gint64 at, gint64 expected)
{
    gint64 found = -1;

    assert_true(inventory_run_at(inventory, at, &found, NULL));
    assert_int_equal(found, expected);
}

static void
test_order_of_runs_does_not_follow_the_clock(void **state)
{
    g_autoptr(Inventory) inventory = fixture_open(*state);
    g_autoptr(GError) error = NULL;
    static const gint64 clock[] = {5000, 9000, 1000, 2000};

    for (guint i = 0; i < G_N_ELEMENTS(clock); i++) {
        InventoryRun run;

        assert_true(inventory_begin_run(inventory, clock[i], TRUE, &error));
        record_sources(inventory, i);
        assert_true(inventory_finish_run(inventory, clock[i] - 10, &run, &error));
        assert_int_equal(run.id, i + 1);
    }
    g_autoptr(GArray) runs = inventory_runs(inventory, 0, &error);
    assert_int_equal(runs->len, 4);
    assert_int_equal(g_array_index(runs, InventoryRun, 0).id, 4);
    assert_run_before(inventory, 0, 3);
    assert_run_before(inventory, 2, 1);
    assert_run_before(inventory, 1, 0);
    assert_run_at(inventory, 1500, 3);
    assert_run_at(inventory, 999, 0);
    g_autoptr(Fleet) fleet = inventory_load_fleet(inventory, 0, NULL, &error);
    assert_int_equal(fleet->run, 4);
}

/* ---- damaged --------------------------------------------------------------------------------- */

/* Reads all there is to read; what counts is that each call ends with an answer or an error. */
static void
read_everything(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Inventory) inventory = inventory_open(path, FALSE, &error);

    if (inventory == NULL) {
        assert_non_null(error);
        return;
    }
    g_autoptr(GError) load_error = NULL, history_error = NULL, quarantine_error = NULL;
    g_autoptr(Fleet) fleet = inventory_load_fleet(inventory, 0, read_guest, &load_error);
    assert_true((fleet == NULL) == (load_error != NULL));
    g_autoptr(GPtrArray) history = inventory_host_history(inventory, "host1", &history_error);
    assert_true((history == NULL) == (history_error != NULL));
    g_autoptr(GPtrArray) entries = inventory_quarantine(inventory, FALSE, &quarantine_error);
    assert_true((entries == NULL) == (quarantine_error != NULL));
    if (inventory_begin_run(inventory, 1, TRUE, NULL)) {
        g_autoptr(SourceReading) reading = reading_new("host1", NULL, 77);

        reading_add_host(reading, "host1", 3, 3);
        if (inventory_record_reading(inventory, reading, NULL))
            inventory_finish_run(inventory, 2, NULL, NULL);
    }
}

static void
test_damaged_file_has_an_answer_or_an_error(void **state)
{
    const Fixture *fixture = *state;
    const guint32 seed = 4711;
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    g_autofree char *whole = NULL;
    gsize length;

    print_message("seed %u\n", seed);
    record_nights(fixture->path, 5);
    assert_true(g_file_get_contents(fixture->path, &whole, &length, NULL));
    for (guint i = 0; i < 100; i++) {
        g_autofree char *damaged = g_memdup2(whole, length);
        gsize offset = (gsize)g_rand_int_range(random, 0, (gint32)length);
        gsize n = MIN((gsize)g_rand_int_range(random, 1, 600), length - offset);
        gsize kept = i % 10 == 0 ? offset + n : length; /* some are cut off as well */

        for (gsize j = 0; j < n; j++)
            damaged[offset + j] = (char)g_rand_int(random);
        assert_true(g_file_set_contents(fixture->path, damaged, (gssize)kept, NULL));
        read_everything(fixture->path);
    }
}

static void
test_damage_is_told(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    g_autofree char *bytes = NULL;
    gsize length;

    record_nights(fixture->path, 2);
    assert_true(g_file_get_contents(fixture->path, &bytes, &length, NULL));
    memset(bytes + 4096, 0xa5, length - 4096);
    assert_true(g_file_set_contents(fixture->path, bytes, (gssize)length, NULL));
    assert_null(inventory_open(fixture->path, FALSE, &error));
    assert_true(g_error_matches(error, INVENTORY_ERROR, INVENTORY_ERROR_CORRUPT));
    assert_non_null(strstr(error->message, "restore it from a backup"));
}

/* Or else a night would be told to have changed nothing. */
static void
test_damage_is_not_taken_for_no_earlier_run(void **state)
{
    const Fixture *fixture = *state;
    g_autoptr(GError) before_error = NULL, at_error = NULL;
    gint64 run;

    record_nights(fixture->path, 2);
    g_autoptr(Inventory) inventory = fixture_open(fixture);
    assert_true(connection_execute(inventory->connection, "ALTER TABLE run RENAME TO lost", NULL));
    assert_false(inventory_run_before(inventory, 0, &run, &before_error));
    assert_non_null(before_error);
    assert_false(inventory_run_at(inventory, G_MAXINT64, &run, &at_error));
    assert_non_null(at_error);
}

/* A folder, a device or a pipe is no inventory, and nothing is left beside it. */
static void
test_only_a_file_is_an_inventory(void **state)
{
    const Fixture *fixture = *state;
    g_autofree char *journal = g_strconcat(fixture->path, "-journal", NULL);

    for (guint i = 0; i < 3; i++) {
        g_autoptr(GError) error = NULL;

        assert_int_equal(i == 0   ? mkfifo(fixture->path, 0600)
                         : i == 1 ? g_mkdir(fixture->path, 0700)
                                  : symlink("/dev/null", fixture->path),
                         0);
        assert_null(inventory_open(fixture->path, i == 2, &error));
        assert_true(g_error_matches(error, INVENTORY_ERROR, INVENTORY_ERROR_OPEN));
        assert_non_null(strstr(error->message, "this is no file"));
        assert_false(g_file_test(journal, G_FILE_TEST_EXISTS));
        assert_int_equal(g_remove(fixture->path), 0);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_full_disk_is_told_and_loses_nothing),
        TEST(test_read_only_inventory_is_read_and_not_written),
        TEST(test_second_writer_is_told_and_readers_go_on),
        TEST(test_two_processes_at_once_record_everything),
        TEST(test_order_of_runs_does_not_follow_the_clock),
        TEST(test_damaged_file_has_an_answer_or_an_error),
        TEST(test_damage_is_told),
        TEST(test_damage_is_not_taken_for_no_earlier_run),
        TEST(test_only_a_file_is_an_inventory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
