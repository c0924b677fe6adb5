/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * No memory for SQLite, at any moment of a night: an error, nothing lost, and the next night is as
 * if nothing had been. (GLib's own allocations end the program, which is what a kill does; that has
 * a test of its own.)
 */

#include "nights.h"

#include <string.h>

static sqlite3_mem_methods original;
static guint n_asked, fail_from; /* 0: never */

static gboolean
is_out(void)
{
    n_asked++;
    return fail_from != 0 && n_asked >= fail_from;
}

static void *
allocate(int size)
{
    return is_out() ? NULL : original.xMalloc(size);
}

static void *
reallocate(void *block, int size)
{
    return is_out() ? NULL : original.xRealloc(block, size);
}

static void
install(void)
{
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &original);
    sqlite3_mem_methods methods = original;
    methods.xMalloc = allocate;
    methods.xRealloc = reallocate;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}

/* One host more than there is, or is known, in a night of its own; FALSE with an error. */
static gboolean
record_guest_night(const char *path, GError **error)
{
    g_autoptr(Inventory) inventory = inventory_open(path, FALSE, error);
    InventoryRun run;

    if (inventory == NULL || !inventory_begin_run(inventory, 100, FALSE, error))
        return FALSE;
    for (guint i = 0; i < 3; i++) {
        g_autofree char *host = g_strdup_printf("new%u", i);
        g_autoptr(SourceReading) reading = reading_new(host, NULL, 77000 + i);

        reading_add_host(reading, host, i, i);
        reading_add_domain(reading, host, "pc-q35-9.2", i);
        reading_add_guest(reading, host, host, NULL, "<domain><name>web</name></domain>");
        if (!inventory_record_reading(inventory, reading, error) ||
            !inventory_flush(inventory, error))
            return FALSE;
    }
    return inventory_finish_run(inventory, 101, &run, error);
}

/* The fleet, without its runs. */
static char *
text_of(const Fixture *fixture)
{
    g_autoptr(Inventory) inventory = fixture_open(fixture);

    return fleet_text(inventory, 0, FALSE);
}

static void
test_night_without_memory_changes_nothing(void **state)
{
    const Fixture *fixture = *state;
    guint n_failed = 0;

    record_nights(fixture->path, 2);
    g_autofree char *before = text_of(fixture);
    for (guint from = 1;; from += 1 + from / 12) {
        g_autoptr(GError) error = NULL;

        n_asked = 0;
        fail_from = from;
        gboolean is_done = record_guest_night(fixture->path, &error);
        fail_from = 0;
        if (is_done != (error == NULL))
            fail_msg("from %u: %s", from, error == NULL ? "no error" : error->message);
        if (is_done)
            break;
        n_failed++;
        if (*error->message == '\0')
            fail_msg("from %u: an empty error", from);
        assert_whole(fixture);
        g_autofree char *after = text_of(fixture);
        assert_string_equal(after, before);
    }
    print_message("%u nights without memory\n", n_failed);
    assert_true(n_failed > 20);
    g_autoptr(GError) error = NULL;
    record_guest_night(fixture->path, &error);
    assert_no_error(error);
    g_autofree char *healed = text_of(fixture);
    assert_non_null(strstr(healed, "new2"));
    assert_whole(fixture);
}

static void
test_reading_without_memory_has_an_answer_or_an_error(void **state)
{
    const Fixture *fixture = *state;
    guint n_failed = 0;

    record_nights(fixture->path, 3);
    g_autofree char *whole = text_of(fixture);
    for (guint from = 1;; from += 1 + from / 12) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Fleet) fleet = NULL;

        n_asked = 0;
        fail_from = from;
        g_autoptr(Inventory) inventory = inventory_open(fixture->path, TRUE, &error);
        if (inventory != NULL)
            fleet = inventory_load_fleet(inventory, 0, read_guest, &error);
        fail_from = 0;
        if ((fleet == NULL) != (error != NULL))
            fail_msg("from %u: neither a fleet nor an error", from);
        if (fleet != NULL)
            break;
        n_failed++;
    }
    assert_true(n_failed > 10);
    g_autofree char *after = text_of(fixture);
    assert_string_equal(after, whole);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_night_without_memory_changes_nothing),
                                       TEST(test_reading_without_memory_has_an_answer_or_an_error)};

    install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
