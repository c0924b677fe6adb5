/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Every command on an inventory that is none, is another program's, is newer, or is damaged: an
 * answer, or one line that names the file and says what to do. Who only reads changes nothing, and
 * nobody changes a file that is not an inventory.
 */

#include "site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

/* A site, and its whole inventory, all in one file. */
typedef struct {
    Site *site;
    char *bytes;
    gsize length;
} Sound;

/* "@plan", "@db" and "@fleet" stand for the site's own. */
static const struct {
    const char *arguments[8];
    gboolean is_writing;
} commands[] = {
    {{"hosts", "-d", "@db"}, FALSE},
    {{"classes", "-c", "@plan"}, FALSE},
    {{"matrix", "-c", "@plan"}, FALSE},
    {{"guests", "-c", "@plan"}, FALSE},
    {{"drift", "-c", "@plan"}, FALSE},
    {{"history", "-d", "@db", "cmp-b01"}, FALSE},
    {{"quarantine", "-d", "@db"}, FALSE},
    {{"template", "-c", "@plan", "--pool", "all"}, FALSE},
    {{"doctor", "-c", "@plan"}, FALSE},
    {{"accept", "-c", "@plan"}, TRUE},
    {{"ingest", "-q", "-d", "@db", "@fleet"}, TRUE},
    {{"run", "-q", "-c", "@plan"}, TRUE},
};

static ProgramResult
ask(const Site *site, const char *const *arguments)
{
    const char *argv[10] = {PROGRAM};

    for (guint i = 0; i < 8 && arguments[i] != NULL; i++)
        argv[i + 1] = strcmp(arguments[i], "@plan") == 0    ? site->plan
                      : strcmp(arguments[i], "@db") == 0    ? site->inventory
                      : strcmp(arguments[i], "@fleet") == 0 ? site->fleet
                                                            : arguments[i];
    return program_run(argv);
}

/* The file itself, with nothing beside it. */
static void
put(const Site *site, const char *bytes, gsize length)
{
    static const char *const beside[] = {"-wal", "-shm", "-journal"};

    for (guint i = 0; i < G_N_ELEMENTS(beside); i++) {
        g_autofree char *path = g_strconcat(site->inventory, beside[i], NULL);

        (void)g_unlink(path);
    }
    assert_true(g_file_set_contents(site->inventory, bytes, (gssize)length, NULL));
}

static gboolean
is_unchanged(const Site *site, const char *bytes, gsize length)
{
    g_autofree char *now = NULL;
    gsize n_now;

    return g_file_get_contents(site->inventory, &now, &n_now, NULL) && n_now == length &&
           memcmp(now, bytes, length) == 0;
}

static int
set_up(void **state)
{
    Sound *sound = g_new0(Sound, 1);
    Site *site = site_new("  - {name: all, hosts: ['*'], strategy: ladder}\n");

    sound->site = site;
    site_make_hosts(site, "8");
    site_pass_night(site);
    site_pass_night(site);
    assert_true(g_file_get_contents(site->inventory, &sound->bytes, &sound->length, NULL));
    *state = sound;
    return 0;
}

static int
tear_down(void **state)
{
    Sound *sound = *state;

    site_free(sound->site);
    g_free(sound->bytes);
    g_free(sound);
    return 0;
}

/* ---- what must hold -------------------------------------------------------------------------- */

static gboolean
is_error_line(const Site *site, const char *text)
{
    g_autofree char *line = g_strchomp(g_strdup(text));
    g_autofree char *start = g_strdup_printf("virt-plan: %s: ", site->inventory);

    /* The file, what is wrong, what to do. */
    return g_str_has_prefix(line, start) && strchr(line, '\n') == NULL &&
           strstr(line + strlen(start), ": ") != NULL;
}

/* Runs all commands on BYTES; with IS_REFUSED none may have an answer, nor change a byte. */
static void
check(const Site *site, const char *what, const char *bytes, gsize length, gboolean is_refused)
{
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        const char *name = commands[i].arguments[0];

        put(site, bytes, length);
        g_auto(ProgramResult) result = ask(site, commands[i].arguments);
        gboolean is_doctor = strcmp(name, "doctor") == 0;
        if (result.status < 0 || result.status > 3 || result.status == 2)
            fail_msg("%s on %s: %d: %s", name, what, result.status, result.err);
        if (result.status == 3 && (*result.out != '\0' || !is_error_line(site, result.err)))
            fail_msg("%s on %s: %s%s", name, what, result.out, result.err);
        if (is_refused && result.status != (is_doctor ? 1 : 3))
            fail_msg("%s takes %s: %d", name, what, result.status);
        if ((is_refused || !commands[i].is_writing) && !is_unchanged(site, bytes, length))
            fail_msg("%s changes %s", name, what);
    }
}

/* The inventory after SQL, with nothing beside it. */
static char *
altered(const Site *site, const char *start, gsize start_length, const char *sql, gsize *ret_length)
{
    sqlite3 *database = NULL;
    char *bytes = NULL;

    put(site, start, start_length);
    assert_int_equal(sqlite3_open(site->inventory, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(database);
    assert_true(g_file_get_contents(site->inventory, &bytes, ret_length, NULL));
    return bytes;
}

/* ---- files ----------------------------------------------------------------------------------- */

static void
test_what_is_no_inventory_is_refused_and_unchanged(void **state)
{
    static const char text[] = "This is a text, and longer than the first line of a database.\n"
                               "pools: {}\n";
    const Sound *sound = *state;
    const Site *site = sound->site;
    gsize n_foreign, n_newer, n_other_log;
    g_autofree char *foreign =
        altered(site, "", 0, "CREATE TABLE a (b); INSERT INTO a VALUES (1)", &n_foreign);
    g_autofree char *newer =
        altered(site, sound->bytes, sound->length, "PRAGMA user_version = 99", &n_newer);
    g_autofree char *other_log =
        altered(site, sound->bytes, sound->length,
                "PRAGMA user_version = 99; PRAGMA journal_mode = DELETE", &n_other_log);

    check(site, "a text", text, strlen(text), TRUE);
    check(site, "another program's database", foreign, n_foreign, TRUE);
    check(site, "a newer inventory", newer, n_newer, TRUE);
    check(site, "a newer inventory without a log", other_log, n_other_log, TRUE);
}

/* A file of no bytes is what a new inventory begins with. */
static void
test_who_reads_an_empty_file_is_told_how_to_fill_it(void **state)
{
    static const char *const hosts[] = {"hosts", "-d", "@db", NULL, NULL, NULL, NULL, NULL};
    const Site *site = ((const Sound *)*state)->site;

    check(site, "an empty file", "", 0, FALSE);
    put(site, "", 0);
    g_auto(ProgramResult) result = ask(site, hosts);
    assert_int_equal(result.status, 3);
    assert_non_null(strstr(result.err, "the inventory is empty: run 'virt-plan ingest'"));
}

static void
test_lost_table_is_told_with_its_remedy(void **state)
{
    static const char *const doctor[] = {"doctor", "-c", "@plan", NULL, NULL, NULL, NULL, NULL};
    const Sound *sound = *state;
    const Site *site = sound->site;
    gsize length;
    g_autofree char *bytes =
        altered(site, sound->bytes, sound->length, "DROP TABLE host_state", &length);

    check(site, "an inventory without a table", bytes, length, FALSE);
    put(site, bytes, length);
    g_auto(ProgramResult) result = ask(site, doctor);
    assert_int_equal(result.status, 1);
    assert_non_null(strstr(result.out, "no such table: host_state: restore it from a backup"));
}

static void
test_cut_inventory_has_an_answer_or_an_error_line(void **state)
{
    const Sound *sound = *state;
    const Site *site = sound->site;
    const guint32 seed = 1;
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);

    for (guint i = 0; i < 3; i++)
        check(site, "a cut inventory", sound->bytes,
              (gsize)g_rand_int_range(random, 1, (gint32)sound->length), FALSE);
}

static void
test_altered_inventory_has_an_answer_or_an_error_line(void **state)
{
    static const guint n_changes[] = {1, 50, 4000};
    const Sound *sound = *state;
    const Site *site = sound->site;
    const guint32 seed = 1;
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);

    for (guint i = 0; i < G_N_ELEMENTS(n_changes); i++) {
        g_autofree char *bytes = g_memdup2(sound->bytes, sound->length);

        for (guint j = 0; j < n_changes[i]; j++)
            bytes[g_rand_int_range(random, 100, (gint32)sound->length)] = (char)g_rand_int(random);
        check(site, "a damaged inventory", bytes, sound->length, FALSE);
    }
}

/* A log of other bytes is no log: what is in the file counts, and a night goes on from there. */
static void
test_log_of_other_bytes_is_passed_over(void **state)
{
    static const char *const hosts[] = {"hosts", "-d", "@db", NULL, NULL, NULL, NULL, NULL};
    static const char *const night[] = {"run", "-q", "-c", "@plan", NULL, NULL, NULL, NULL};
    const Sound *sound = *state;
    const Site *site = sound->site;
    g_autofree char *log = g_strconcat(site->inventory, "-wal", NULL);

    put(site, sound->bytes, sound->length);
    g_auto(ProgramResult) before = ask(site, hosts);
    assert_true(g_file_set_contents(log, "this is no log, and never was", -1, NULL));
    g_auto(ProgramResult) after = ask(site, hosts);
    assert_int_equal(after.status, 0);
    assert_string_equal(after.out, before.out);
    g_auto(ProgramResult) run = ask(site, night);
    assert_int_equal(run.status, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_no_inventory_is_refused_and_unchanged),
        cmocka_unit_test(test_who_reads_an_empty_file_is_told_how_to_fill_it),
        cmocka_unit_test(test_lost_table_is_told_with_its_remedy),
        cmocka_unit_test(test_cut_inventory_has_an_answer_or_an_error_line),
        cmocka_unit_test(test_altered_inventory_has_an_answer_or_an_error_line),
        cmocka_unit_test(test_log_of_other_bytes_is_passed_over),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
