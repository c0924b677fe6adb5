/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A process that is killed, at any write or at any moment, leaves an inventory that opens, is whole
 * and tells what the last finished run told; and the next run makes it what it would have been.
 */

#include "halfway_vfs.h"
#include "nights.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The fleet after N nights of which nothing went wrong. */
static char *
text_after(const Fixture *fixture, guint n)
{
    g_autofree char *path = g_build_filename(fixture->folder, "reference.db", NULL);
    g_autoptr(GError) error = NULL;

    record_nights(path, n);
    Inventory *inventory = inventory_open(path, TRUE, &error);
    assert_no_error(error);
    char *text = fleet_text(inventory, 0, FALSE);
    inventory_close(inventory);
    g_unlink(path);
    return text;
}

/* ---- at every write -------------------------------------------------------------------------- */

/* What was on the disk in the middle of one write. */
typedef struct {
    char *database, *log; /* NULL: there was no such file */
    gsize database_length, log_length;
} Snapshot;

typedef struct {
    const Fixture *fixture;
    char *log_path;
    GArray *snapshots;
} Watch;

static void
snapshot_clear(gpointer data)
{
    Snapshot *snapshot = data;

    g_free(snapshot->database);
    g_free(snapshot->log);
}

static void
take_snapshot(gpointer user_data)
{
    const Watch *watch = user_data;
    Snapshot snapshot = {0};

    g_file_get_contents(watch->fixture->path, &snapshot.database, &snapshot.database_length, NULL);
    g_file_get_contents(watch->log_path, &snapshot.log, &snapshot.log_length, NULL);
    g_array_append_val(watch->snapshots, snapshot);
}

/* Records night NIGHT and gives what was on the disk at each of its writes. */
static GArray *
watch_night(const Fixture *fixture, guint night)
{
    Watch watch = {.fixture = fixture};

    watch.log_path = g_strconcat(fixture->path, "-wal", NULL);
    watch.snapshots = g_array_new(FALSE, FALSE, sizeof(Snapshot));
    g_array_set_clear_func(watch.snapshots, snapshot_clear);
    halfway_vfs_install(take_snapshot, &watch);
    Inventory *inventory = fixture_open(fixture);
    record_night(inventory, night);
    inventory_close(inventory);
    halfway_vfs_remove();
    g_free(watch.log_path);
    return watch.snapshots;
}

static void
put_file(const char *path, const char *bytes, gsize length)
{
    if (bytes == NULL)
        g_unlink(path);
    else
        assert_true(g_file_set_contents(path, bytes, (gssize)length, NULL));
}

static void
put_snapshot(const Fixture *fixture, const Snapshot *snapshot)
{
    g_autofree char *log = g_strconcat(fixture->path, "-wal", NULL);
    g_autofree char *index = g_strconcat(fixture->path, "-shm", NULL);

    put_file(fixture->path, snapshot->database, snapshot->database_length);
    put_file(log, snapshot->log, snapshot->log_length);
    g_unlink(index);
}

/* What the inventory tells is last night or, when its run was finished, tonight; then it heals. */
static void
assert_heals(const Fixture *fixture, const char *last_night, const char *tonight, guint night)
{
    assert_whole(fixture);
    g_autoptr(Inventory) inventory = fixture_open(fixture);
    g_autofree char *text = fleet_text(inventory, 0, FALSE);

    if (strcmp(text, last_night) != 0 && strcmp(text, tonight) != 0)
        fail_msg("neither last night nor tonight:\n%s", text);
    record_night(inventory, night);
    g_autofree char *healed = fleet_text(inventory, 0, FALSE);
    assert_string_equal(healed, tonight);
    g_autofree char *first = fleet_text(inventory, 1, FALSE);
    assert_non_null(strstr(first, "host3"));
}

static void
test_night_killed_at_any_write_heals(void **state)
{
    const Fixture *fixture = *state;
    const guint nights = 4;
    g_autofree char *last_night = text_after(fixture, nights);
    g_autofree char *tonight = text_after(fixture, nights + 1);

    record_nights(fixture->path, nights);
    g_autoptr(GArray) snapshots = watch_night(fixture, nights);
    print_message("%u writes\n", snapshots->len);
    assert_true(snapshots->len > 40);
    for (guint i = 0; i < snapshots->len; i++) {
        put_snapshot(fixture, &g_array_index(snapshots, Snapshot, i));
        assert_heals(fixture, last_night, tonight, nights);
    }
}

/* The very first night: also while the schema is made. */
static void
test_first_night_killed_at_any_write_heals(void **state)
{
    const Fixture *fixture = *state;
    g_autofree char *tonight = text_after(fixture, 1);
    g_autoptr(GArray) snapshots = watch_night(fixture, 0);

    assert_true(snapshots->len > 40);
    for (guint i = 0; i < snapshots->len; i++) {
        put_snapshot(fixture, &g_array_index(snapshots, Snapshot, i));
        g_autoptr(Inventory) inventory = fixture_open(fixture);
        record_night(inventory, 0);
        g_autofree char *text = fleet_text(inventory, 0, FALSE);
        assert_string_equal(text, tonight);
    }
}

/* ---- at random moments ----------------------------------------------------------------------- */

/* A process that records one night after the other, until it is killed. */
static pid_t
start_nights(const Fixture *fixture, guint first_night)
{
    pid_t child = fork();

    assert_true(child >= 0);
    if (child != 0)
        return child;
    Inventory *inventory = inventory_open(fixture->path, FALSE, NULL);

    for (guint night = first_night;; night++) {
        begin(inventory, TRUE);
        record_sources(inventory, night);
        finish(inventory);
    }
}

static void
test_killed_processes_leave_a_whole_inventory(void **state)
{
    const Fixture *fixture = *state;
    const guint32 seed = 20260131;
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);

    print_message("seed %u\n", seed);
    record_nights(fixture->path, 1);
    for (guint i = 0; i < 100; i++) {
        gint64 finished = query_number(fixture, "SELECT max(id) FROM run WHERE finished_at > 0");
        pid_t child = start_nights(fixture, i);

        g_usleep((gulong)g_rand_int_range(random, 0, 30000));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        assert_whole(fixture);
        assert_true(query_number(fixture, "SELECT max(id) FROM run WHERE finished_at > 0") >=
                    finished);
        g_autoptr(Inventory) inventory = fixture_open(fixture);
        g_autofree char *text = fleet_text(inventory, 0, FALSE);
        assert_non_null(strstr(text, "host"));
    }
    g_autoptr(Inventory) inventory = fixture_open(fixture);
    /* Broken files keep what was known of them, so all good hosts of a whole night are there. */
    record_night(inventory, 3);
    g_autofree char *names = host_names(inventory, 0);
    assert_non_null(strstr(names, "host0 host1 host2"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_killed_processes_leave_a_whole_inventory),
        TEST(test_night_killed_at_any_write_heals),
        TEST(test_first_night_killed_at_any_write_heals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
