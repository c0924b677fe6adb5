/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The schema and all SQL of the program: every query prepares against an empty inventory and finds
 * its rows by an index (or is listed here with the reason why it reads a whole table), every view
 * can be read, migrations lead from each version to the newest, and files that are no inventory of
 * this program are refused with a remedy.
 */

#include "fixture.h"

#include <glib/gstdio.h>
#include <statement.h>
#include <string.h>

/* ---- plans of queries ------------------------------------------------------------------------ */

/* Queries that may read all of a table: part of their text, the table's name in the plan, why. */
static const struct {
    const char *query;
    const char *table;
} full_scans[] = {
    /* Whole fleets and lists are what these are for. */
    {"FROM host_state AS state JOIN host ON host.id = state.host_id LEFT JOIN", "state"},
    {"FROM guest_state JOIN host ON", "guest_state"},
    {"FROM finding LEFT JOIN run AS first", "finding"},
    {"SELECT name FROM host WHERE EXISTS", "host"},
    {"FROM template LEFT JOIN template_retirement", "template"},
    {"FROM kept_address AS kept WHERE first_run <= :run", "kept"},
    {"(SELECT DISTINCT host_id FROM host_state", ""},
    {"SELECT * FROM run WHERE finished_at", "run"},
    /* What began in a run has no index for guests, findings and addresses: they are fewer than
       hosts' rows would be, and it is asked once a night. */
    {"FROM guest_state WHERE first_run > :before", "guest_state"},
    {"FROM finding WHERE first_run > :before", "finding"},
    {"FROM kept_address WHERE first_run > :before", "kept_address"},
    {"FROM kept_address WHERE last_run >= :before", "kept_address"},
    {"FROM template WHERE run > :before", "template"},
    {"FROM template_retirement WHERE run > :before", "template_retirement"},
    /* Distinct CPUs are few. */
    {"SELECT id FROM cpu_profile WHERE expanded_json IS NULL", "cpu_profile"},
    /* Runs are few: one a night. */
    {"SELECT (SELECT max(id) FROM source) AS last_source", "run"},
    {"FROM run WHERE finished_at IS NOT NULL", "run"},
    /* All sources that are there, from an index that has nothing else. */
    {"FROM source INDEXED BY source_present", "source"},
    /* Archives are few, and most of them are met. */
    {"SELECT path, size, mtime_ns, hash, members FROM archive", "archive"},
    /* The schema itself. */
    {"FROM sqlite_schema", ""},
};

static gboolean
is_expected_scan(const char *query, const char *table)
{
    for (guint i = 0; i < G_N_ELEMENTS(full_scans); i++) {
        if (strstr(query, full_scans[i].query) != NULL &&
            g_str_has_prefix(table, full_scans[i].table))
            return TRUE;
    }
    return FALSE;
}

static void
assert_plan(sqlite3 *handle, const char *query)
{
    g_autofree char *sql = g_strconcat("EXPLAIN QUERY PLAN ", query, NULL);
    sqlite3_stmt *statement = NULL;

    if (sqlite3_prepare_v2(handle, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", query, sqlite3_errmsg(handle));
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const char *detail = (const char *)sqlite3_column_text(statement, 3);

        if (!g_str_has_prefix(detail, "SCAN ") || strcmp(detail, "SCAN CONSTANT ROW") == 0)
            continue;
        if (!is_expected_scan(query, detail + strlen("SCAN ")))
            fail_msg("%s\n  reads a whole table: %s", query, detail);
    }
    sqlite3_finalize(statement);
}

static void
test_every_query_has_a_plan(void **state)
{
    const Fixture *fixture = *state;
    Inventory *inventory = fixture_open(fixture);
    sqlite3 *handle = NULL;
    gsize n;
    const Query *all = queries(&n);

    inventory_close(inventory);
    assert_true(n > 50);
    assert_int_equal(sqlite3_open(fixture->path, &handle), SQLITE_OK);
    for (gsize i = 0; i < n; i++)
        assert_plan(handle, all[i].text);
    sqlite3_close(handle);
}

/* ---- views ----------------------------------------------------------------------------------- */

static void
test_every_view_can_be_read(void **state)
{
    const Fixture *fixture = *state;
    Inventory *inventory = fixture_open(fixture);
    SourceReading *reading = reading_new("a.xml", NULL, 1);
    sqlite3 *handle = NULL;
    sqlite3_stmt *views = NULL;
    guint n_views = 0;

    reading_add_host(reading, "a", 1, 1);
    reading_add_domain(reading, "a", "pc-q35-9.2", 1);
    reading_add_software(reading, "a", "QEMU 9.2.1 kernel 6.1.0");
    reading_add_guest(reading, "a", "web", NULL, "<domain><name>web</name></domain>");
    reading_add_finding(reading, FINDING_WARNING, "odd", "it is odd");
    record_run(inventory, TRUE, reading, NULL);
    inventory_close(inventory);
    assert_int_equal(sqlite3_open(fixture->path, &handle), SQLITE_OK);
    sqlite3_prepare_v2(handle, "SELECT name FROM sqlite_schema WHERE type = 'view'", -1, &views,
                       NULL);
    while (sqlite3_step(views) == SQLITE_ROW) {
        g_autofree char *sql =
            g_strdup_printf("SELECT * FROM %s", (const char *)sqlite3_column_text(views, 0));

        if (sqlite3_exec(handle, sql, NULL, NULL, NULL) != SQLITE_OK)
            fail_msg("%s: %s", sql, sqlite3_errmsg(handle));
        n_views++;
    }
    sqlite3_finalize(views);
    sqlite3_close(handle);
    assert_true(n_views > 10);
    assert_int_equal(query_number(fixture, "SELECT count(*) FROM hosts_now"), 1);
    assert_int_equal(query_number(fixture, "SELECT count(*) FROM host_features"), 2);
    assert_int_equal(query_number(fixture, "SELECT count(*) FROM guests_now"), 1);
    assert_int_equal(query_number(fixture, "SELECT count(*) FROM host_changes"), 1);
    assert_int_equal(query_number(fixture, "SELECT count(*) FROM cpu_models_now"), 2);
    assert_int_equal(query_number(fixture, "SELECT count(*) FROM quarantine_now"), 0);
    assert_int_equal(query_number(fixture, "SELECT count(*) FROM hosts_now WHERE qemu = '9.2.1'"
                                           " AND libvirt IS NULL AND kernel = '6.1.0'"),
                     1);
}

/* The queries of docs/inventory.md, which are fenced as sql. */
static void
test_every_query_of_the_manual_runs(void **state)
{
    const Fixture *fixture = *state;
    g_autofree char *path =
        g_build_filename(TEST_SOURCE_DIR, "..", "..", "docs", "inventory.md", NULL);
    g_autofree char *manual = NULL;
    sqlite3 *handle = NULL;
    guint n = 0;

    inventory_close(fixture_open(fixture));
    assert_true(g_file_get_contents(path, &manual, NULL, NULL));
    g_auto(GStrv) parts = g_strsplit(manual, "```sql\n", -1);
    assert_int_equal(sqlite3_open(fixture->path, &handle), SQLITE_OK);
    for (guint i = 1; parts[i] != NULL; i++, n++) {
        *strstr(parts[i], "```") = '\0';
        if (sqlite3_exec(handle, parts[i], NULL, NULL, NULL) != SQLITE_OK)
            fail_msg("%s: %s", parts[i], sqlite3_errmsg(handle));
    }
    sqlite3_close(handle);
    assert_true(n >= 6);
}

/* ---- versions -------------------------------------------------------------------------------- */

static void
execute(const Fixture *fixture, const char *sql)
{
    sqlite3 *handle = NULL;

    assert_int_equal(sqlite3_open(fixture->path, &handle), SQLITE_OK);
    if (sqlite3_exec(handle, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(handle));
    sqlite3_close(handle);
}

static void
assert_refused(const Fixture *fixture, gboolean is_read_only, InventoryError code, const char *part)
{
    g_autoptr(GError) error = NULL;

    assert_null(inventory_open(fixture->path, is_read_only, &error));
    assert_true(g_error_matches(error, INVENTORY_ERROR, (gint)code));
    if (strstr(error->message, part) == NULL || strstr(error->message, fixture->path) == NULL)
        fail_msg("%s", error->message);
}

static const char *const steps[] = {
    "001-inventory.sql", "002-kept-models.sql",     "003-retirements.sql", "004-huge-pages.sql",
    "005-archives.sql",  "006-canonical-uuids.sql", "007-software.sql"};

/* Makes the tables of VERSION, from its migrations. */
static void
make_tables(const Fixture *fixture, guint version)
{
    execute(fixture, "CREATE TABLE gone (x); DROP TABLE gone;"
                     "PRAGMA application_id = 0x76506c6e;");
    for (guint i = 0; i < version; i++) {
        g_autofree char *path =
            g_build_filename(TEST_SOURCE_DIR, "..", "..", "db", "schema", steps[i], NULL);
        g_autofree char *sql = NULL;

        assert_true(g_file_get_contents(path, &sql, NULL, NULL));
        execute(fixture, sql);
    }
    g_autofree char *mark = g_strdup_printf("PRAGMA user_version = %u", version);
    execute(fixture, mark);
}

/* Each version's schema, as its program made it: step by step from the files of the migrations. */
static void
test_migrates_from_every_version(void **state)
{
    const Fixture *fixture = *state;
    for (guint version = 0; version <= G_N_ELEMENTS(steps); version++) {
        g_unlink(fixture->path);
        make_tables(fixture, version);
        g_autoptr(Inventory) inventory = fixture_open(fixture);
        begin(inventory, TRUE);
        finish(inventory);
        assert_int_equal(query_number(fixture, "PRAGMA user_version"), G_N_ELEMENTS(steps));
    }
}

/* The rows of all tables that both have, from the inventory FROM into the one of FIXTURE. */
static void
copy_rows(const Fixture *fixture, const char *from)
{
    g_autofree char *attach = g_strdup_printf("ATTACH '%s' AS other", from);
    sqlite3 *handle = NULL;
    sqlite3_stmt *copies = NULL;

    assert_int_equal(sqlite3_open(fixture->path, &handle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle, attach, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_prepare_v2(handle,
                       "SELECT printf('INSERT INTO main.%s (%s) SELECT %s FROM other.%s', t.name,"
                       " group_concat(c.name), group_concat(c.name), t.name)"
                       " FROM main.sqlite_schema AS t JOIN pragma_table_info(t.name) AS c"
                       " WHERE t.type = 'table' GROUP BY t.name",
                       -1, &copies, NULL);
    g_autoptr(GPtrArray) statements = g_ptr_array_new_with_free_func(g_free);
    while (sqlite3_step(copies) == SQLITE_ROW)
        g_ptr_array_add(statements, g_strdup((const char *)sqlite3_column_text(copies, 0)));
    sqlite3_finalize(copies);
    assert_true(statements->len > 10);
    for (guint i = 0; i < statements->len; i++) {
        const char *sql = g_ptr_array_index(statements, i);

        if (sqlite3_exec(handle, sql, NULL, NULL, NULL) != SQLITE_OK)
            fail_msg("%s: %s", sql, sqlite3_errmsg(handle));
    }
    sqlite3_close(handle);
}

/* An inventory that was written before UUIDs were folded tells no change when they are. */
static void
test_migration_folds_uuids(void **state)
{
    const Fixture *fixture = *state;
    g_autofree char *path = g_build_filename(fixture->folder, "old.db", NULL);
    const Fixture old = {.folder = fixture->folder, .path = path};
    Inventory *inventory = fixture_open(fixture);
    SourceReading *reading = reading_new("a.xml", NULL, 1);

    reading_add_host(reading, "a", 1, 1);
    reading_add_host(reading, "b", 1, 1);
    reading_add_host(reading, "c", 1, 1);
    record_run(inventory, TRUE, reading, NULL);
    inventory_close(inventory);
    make_tables(&old, 5);
    copy_rows(&old, fixture->path);
    execute(&old, "UPDATE host_report SET uuid = CASE host_id"
                  " WHEN 1 THEN 'AAAAAAAA-0000-0000-0000-00000000000F'"
                  " WHEN 2 THEN 'BBBBBBBB 0000000000000000 0000000F' ELSE 'Not Specified' END");
    inventory_close(fixture_open(&old));
    assert_int_equal(query_number(&old, "SELECT count(*) FROM host_report WHERE uuid IN"
                                        " ('aaaaaaaa-0000-0000-0000-00000000000f',"
                                        " 'bbbbbbbb-0000-0000-0000-00000000000f',"
                                        " 'Not Specified')"),
                     3);
}

/* With all that an inventory of version 6 holds, and with a view that reads what is made again. */
static void
test_migration_to_versions_of_software_keeps_everything(void **state)
{
    const Fixture *fixture = *state;
    g_autofree char *path = g_build_filename(fixture->folder, "old.db", NULL);
    const Fixture old = {.folder = fixture->folder, .path = path};
    Inventory *inventory = fixture_open(fixture);
    SourceReading *reading = reading_new("a.xml", NULL, 1);
    SourceReading *unknown = reading_new("versions.txt", NULL, 2);

    reading_add_host(reading, "a", 1, 1);
    reading_add_domain(reading, "a", "pc-q35-9.2", 1);
    reading_add_guest(reading, "a", "web", NULL, "<domain><name>web</name></domain>");
    reading_add_finding(unknown, FINDING_ERROR, "unknown-document", "it is of no known kind");
    record_run(inventory, TRUE, reading, unknown, NULL);
    record_run(inventory, TRUE, host_file("b.xml", 3, "b", 2, 2), NULL);
    g_autofree char *first = fleet_text(inventory, 1, TRUE);
    g_autofree char *second = fleet_text(inventory, 2, TRUE);
    inventory_close(inventory);
    make_tables(&old, 6);
    execute(&old, "CREATE VIEW sources_now AS SELECT (SELECT count(*) FROM document"
                  " WHERE document.source_id = source.id) FROM source");
    copy_rows(&old, fixture->path);
    inventory = fixture_open(&old);
    g_autofree char *first_now = fleet_text(inventory, 1, TRUE);
    g_autofree char *second_now = fleet_text(inventory, 2, TRUE);
    assert_string_equal(first_now, first);
    assert_string_equal(second_now, second);
    assert_int_equal(query_number(&old, "PRAGMA user_version"), G_N_ELEMENTS(steps));
    assert_int_equal(query_number(&old, "SELECT count(*) FROM document"),
                     query_number(fixture, "SELECT count(*) FROM document"));
    assert_int_equal(query_number(&old, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    assert_int_equal(query_number(&old, "SELECT sum(n_documents) FROM sources_now"), 1);
    /* What is read from now on is kept beside it. */
    SourceReading *told = reading_new("b.txt", NULL, 4);
    reading_add_software(told, "b", "libvirt 9.0.0");
    record_run(inventory, TRUE, host_file("b.xml", 3, "b", 2, 2), told, NULL);
    g_autofree char *third = fleet_text(inventory, 3, FALSE);
    assert_non_null(strstr(third, "- 9.0.0 -"));
    inventory_close(inventory);
}

static void
test_newer_version_is_refused(void **state)
{
    const Fixture *fixture = *state;

    inventory_close(fixture_open(fixture));
    execute(fixture, "PRAGMA user_version = 99");
    assert_refused(fixture, FALSE, INVENTORY_ERROR_NEWER, "use the virt-plan that wrote it");
    assert_refused(fixture, TRUE, INVENTORY_ERROR_NEWER, "use the virt-plan that wrote it");
    assert_int_equal(query_number(fixture, "PRAGMA user_version"), 99);
}

static void
test_other_database_is_refused(void **state)
{
    const Fixture *fixture = *state;

    execute(fixture, "CREATE TABLE music (title TEXT)");
    assert_refused(fixture, FALSE, INVENTORY_ERROR_CORRUPT, "not an inventory");
    assert_int_equal(query_number(fixture, "SELECT count(*) FROM sqlite_schema"), 1);
}

static void
test_other_file_is_refused(void **state)
{
    const Fixture *fixture = *state;
    g_autofree char *text = g_strnfill(8192, 'x');

    assert_true(g_file_set_contents(fixture->path, text, -1, NULL));
    assert_refused(fixture, FALSE, INVENTORY_ERROR_CORRUPT, "name another file");
}

static void
test_empty_file_cannot_be_read_only(void **state)
{
    const Fixture *fixture = *state;

    assert_true(g_file_set_contents(fixture->path, "", 0, NULL));
    assert_refused(fixture, TRUE, INVENTORY_ERROR_FAILED, "the inventory is empty");
    inventory_close(fixture_open(fixture));
}

static void
test_missing_folder_is_told(void **state)
{
    const Fixture *fixture = *state;
    g_autofree char *path = g_build_filename(fixture->folder, "none", "inventory.db", NULL);
    const Fixture missing = {.folder = fixture->folder, .path = path};

    assert_refused(&missing, FALSE, INVENTORY_ERROR_OPEN, "check the path");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_query_has_a_plan),
        TEST(test_every_view_can_be_read),
        TEST(test_every_query_of_the_manual_runs),
        TEST(test_migrates_from_every_version),
        TEST(test_migration_folds_uuids),
        TEST(test_migration_to_versions_of_software_keeps_everything),
        TEST(test_newer_version_is_refused),
        TEST(test_other_database_is_refused),
        TEST(test_other_file_is_refused),
        TEST(test_empty_file_cannot_be_read_only),
        TEST(test_missing_folder_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
