/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The nightly job as a timer runs it, on small example fleets: what it says, what it leaves, and
 * that neither a missing host nor a kill loses anything.
 */

#include "site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

static char *
site_path(const Site *site, const char *name)
{
    return g_build_filename(site->folder, name, NULL);
}

static int
set_up(void **state)
{
    Site *site = site_new("  - {name: all, hosts: ['*'], strategy: ladder}\n");

    site_make_hosts(site, "12");
    *state = site;
    return 0;
}

static int
tear_down(void **state)
{
    site_free(*state);
    return 0;
}

static void
keep_hosts(const Site *site, const char *const *names)
{
    GDir *folder = g_dir_open(site->fleet, 0, NULL);

    for (const char *name; (name = g_dir_read_name(folder)) != NULL;) {
        g_autofree char *path = g_build_filename(site->fleet, name, NULL);

        if (!g_strv_contains(names, name))
            program_remove_folder(path);
    }
    g_dir_close(folder);
}

static ProgramResult
ask(const Site *site, const char *command, const char *argument)
{
    const char *const argv[] = {PROGRAM, command, "-d", site->inventory, argument, NULL};

    return program_run(argv);
}

static void
test_first_night_tells_broken_files_and_writes_reports(void **state)
{
    const Site *site = *state;
    g_auto(ProgramResult) result = site_run_night(site);

    assert_int_equal(result.status, 1);
    assert_string_equal(result.err, "");
    assert_contains(result.out, "cmp-x01/capabilities.xml");
    assert_contains(result.out, "web-x01/capabilities.xml");
    assert_contains(result.out, "report.html");
    g_autofree char *json = site_read_report(site, "plan.json");
    g_autofree char *page = site_read_report(site, "report.html");
    assert_contains(json, "\"cmp-b01\"");
    assert_contains(page, "</html>");
}

/*
 * The first line of the report and the exit status say the same: with broken files, with stuck
 * guests alone, with nothing to complain of, with a failover that a pool asks for in vain, and with
 * stuck guests that the plan file knows.
 */
static void
test_headline_is_the_exit_status(void **state)
{
#define EXACT "  - {name: all, hosts: ['*'], strategy: exact}\n"
    static const struct {
        const char *pools;
        const char *hosts[3];
        const char *headline;
        int status;
    } nights[] = {
        {EXACT, {"cmp-b01", "cmp-x01"}, "1 document in quarantine", 1},
        {EXACT, {"cmp-b01", "cmp-i01"}, "2 stuck guests (", 1},
        {EXACT, {"cmp-e01", "cmp-f01"}, "All is well", 0},
        {"  - {name: all, hosts: ['*'], strategy: exact, failover_hosts: 1}\n",
         {"cmp-b01"},
         "1 pool not sure of its failover",
         1},
        {EXACT "known_stuck:\n  - {guests: ['*'], why: they move in spring}\n",
         {"cmp-b01", "cmp-i01"},
         "guests, 2 of them known to be stuck, and nothing needs you.",
         0},
    };
#undef EXACT

    for (guint i = 0; i < G_N_ELEMENTS(nights); i++) {
        Site *site = site_new(nights[i].pools);

        site_make_hosts(site, "12");
        keep_hosts(site, nights[i].hosts);
        if (i == 2) {
            g_autofree char *guest = g_build_filename(site->fleet, "cmp-f01/ledger01.xml", NULL);

            assert_int_equal(g_remove(guest), 0);
        }
        g_auto(ProgramResult) result = site_run_night(site);
        assert_contains(result.out, nights[i].headline);
        assert_int_equal(result.status, nights[i].status);
        site_free(site);
    }
    (void)state;
}

static void
test_unchanged_night_has_the_same_hosts_and_no_drift(void **state)
{
    const Site *site = *state;
    g_auto(ProgramResult) first = site_run_night(site);
    g_autofree char *hosts = site_read_report(site, "hosts.csv");
    g_auto(ProgramResult) second = site_run_night(site);
    g_autofree char *hosts_again = site_read_report(site, "hosts.csv");
    g_autofree char *drift = site_read_report(site, "drift.csv");

    assert_int_equal(first.status, 1);
    assert_int_equal(second.status, 1);
    assert_string_equal(hosts, hosts_again);
    assert_null(strchr(strchr(drift, '\n') + 1, '\n')); /* a heading, no row */
}

/* The report without what differs from night to night: its number and time, and the one before. */
static char *
read_undated(const Site *site, const char *name)
{
    g_autofree char *text = site_read_report(site, name);
    g_autoptr(GRegex) dates =
        g_regex_new("\"(id|earlier)\": [0-9]+|\"at\": \"[^\"]*\"", 0, 0, NULL);

    return g_regex_replace_literal(dates, text, -1, 0, "", 0, NULL);
}

/* An address that was given up in the last run makes the next one look, and is nobody's. */
static void
make_next_night_compare(const Site *site)
{
    sqlite3 *handle = NULL;

    assert_int_equal(sqlite3_open(site->inventory, &handle), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(handle,
                     "INSERT INTO kept_address (guest, device, first_run, last_run, address,"
                     " is_planned) SELECT 'nobody', 'nothing', 1, max(id), '', 0 FROM run",
                     NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(handle);
}

/* An unchanged night does not compare; had it done so, its plan would be the same. */
static void
test_unchanged_night_is_as_if_compared(void **state)
{
    const Site *site = *state;
    g_auto(ProgramResult) first = site_run_night(site);

    make_next_night_compare(site);
    g_auto(ProgramResult) compared = site_run_night(site);
    g_autofree char *full = read_undated(site, "plan.json");
    g_auto(ProgramResult) unchanged = site_run_night(site);
    g_autofree char *spared = read_undated(site, "plan.json");

    assert_int_equal(compared.status, unchanged.status);
    assert_string_equal(full, spared);
}

/* A host that left is reported gone, not planned with, and still known. */
static void
test_host_that_left_is_told_and_not_planned_with(void **state)
{
    const Site *site = *state;
    g_auto(ProgramResult) first = site_run_night(site);
    g_autofree char *host = g_build_filename(site->fleet, "cmp-b01", NULL);

    program_remove_folder(host);
    g_auto(ProgramResult) second = site_run_night(site);
    assert_int_equal(second.status, 1);
    g_autofree char *hosts = site_read_report(site, "hosts.csv");
    g_autofree char *drift = site_read_report(site, "drift.csv");
    assert_null(strstr(hosts, "cmp-b01"));
    assert_contains(drift, "cmp-b01");
    g_auto(ProgramResult) history = ask(site, "history", "cmp-b01");
    assert_int_equal(history.status, 0);
    assert_contains(history.out, "presence");
}

static void
test_second_run_at_once_is_refused(void **state)
{
    const Site *site = *state;
    g_autofree char *path = site_path(site, "inventory.db.lock");
    int lock = g_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    assert_true(lock >= 0);
    assert_int_equal(flock(lock, LOCK_EX | LOCK_NB), 0);
    g_auto(ProgramResult) result = site_run_night(site);
    assert_int_equal(result.status, 3);
    assert_contains(result.err, "another run");
    assert_string_equal(result.out, "");
    close(lock);
}

static void
test_misspelt_run_is_corrected_and_prints_nothing(void **state)
{
    const Site *site = *state;
    g_autofree char *missing = site_path(site, "none.yaml");
    const struct {
        const char *argv[6];
        int status;
        const char *error;
    } cases[] = {
        {{PROGRAM, "run", NULL}, 2, "-c FILE"},
        {{PROGRAM, "run", "-c", missing, NULL}, 2, "none.yaml"},
        {{PROGRAM, "run", "-c", site->plan, "extra", NULL}, 2, "extra"},
        {{PROGRAM, "rum", NULL}, 2, "did you mean 'run'"},
        {{PROGRAM, "run", "--trust-mtimes", NULL}, 2, "did you mean --trust-mtime"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(ProgramResult) result = program_run(cases[i].argv);

        assert_int_equal(result.status, cases[i].status);
        assert_contains(result.err, cases[i].error);
        assert_string_equal(result.out, "");
    }
}

/* Starts a night and kills it after DELAY_US, unless it is done by then. */
static void
kill_night(const Site *site, gulong delay_us)
{
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY);

        dup2(nowhere, STDOUT_FILENO);
        dup2(nowhere, STDERR_FILENO);
        execl(PROGRAM, PROGRAM, "run", "-c", site->plan, NULL);
        _exit(127);
    }
    g_usleep(delay_us);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

/* After each kill the report is a whole one, and the next night finds everything again. */
static void
test_killed_night_leaves_a_whole_report(void **state)
{
    const Site *site = *state;
    guint32 seed = g_random_int();
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    g_auto(ProgramResult) first = site_run_night(site);
    g_autofree char *hosts = site_read_report(site, "hosts.csv");

    print_message("seed %u\n", seed);
    assert_int_equal(first.status, 1);
    for (guint i = 0; i < 25; i++) {
        kill_night(site, (gulong)g_rand_int_range(random, 1000, 400000));
        g_autofree char *page = site_read_report(site, "report.html");
        g_autofree char *still = site_read_report(site, "hosts.csv");

        assert_contains(page, "</html>");
        assert_string_equal(hosts, still);
    }
    g_auto(ProgramResult) last = site_run_night(site);
    g_autofree char *after = site_read_report(site, "hosts.csv");
    assert_int_equal(last.status, 1);
    assert_string_equal(hosts, after);
}

/* A disk that is not mounted leaves all hosts there, and that is told before all else. */
static void
test_source_that_is_not_read_is_told_first(void **state)
{
    const Site *site = *state;
    g_autofree char *elsewhere = site_path(site, "unmounted");

    site_pass_night(site);
    assert_int_equal(g_rename(site->fleet, elsewhere), 0);
    site_pass_night(site);
    g_autofree char *without = site_read_report(site, "report.txt");
    g_autofree char *hosts = site_read_report(site, "hosts.csv");
    assert_contains(without, "Needs you: 1 source that was not read, ");
    assert_contains(without, "No drift since run 1. Not every source was read");
    assert_contains(hosts, "cmp-b01");
    assert_int_equal(g_rename(elsewhere, site->fleet), 0);
    site_pass_night(site);
    g_autofree char *with = site_read_report(site, "report.txt");
    assert_null(strstr(with, "was not read"));
}

/* As a collector leaves it that no longer reaches a host. */
static void
test_archive_that_is_not_brought_anew_is_told(void **state)
{
    static const struct {
        const char *name;
        guint days; /* of age */
    } files[] = {{"new.tar.gz", 0},
                 {"recent.tar.gz", 6},
                 {"dead.tar.gz", 8},
                 {"gone.tzst", 8},
                 {"old.xml", 8}};
    const Site *site = *state;

    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *name = g_build_filename("fleet", files[i].name, NULL);
        g_autofree char *path = site_write_text(site, name, "");
        const time_t at = time(NULL) - (time_t)files[i].days * 24 * 60 * 60;
        const struct utimbuf times = {at, at};

        assert_int_equal(utime(path, &times), 0);
    }
    site_pass_night(site);
    g_autofree char *findings = site_read_report(site, "findings.csv");
    assert_contains(findings, "dead.tar.gz");
    assert_contains(findings, "gone.tzst");
    assert_contains(findings, "archive-not-renewed");
    assert_null(strstr(findings, "new.tar.gz"));
    assert_null(strstr(findings, "recent.tar.gz"));
    assert_null(strstr(findings, "old.xml"));
}

static void
test_fleet_of_one_seed_is_the_same_bytes(void **state)
{
    const char *const argv[] = {FLEETGEN, "--hosts",   "20", "--cpus",
                                "60",     "--changed", "2",  EXAMPLES_DIR "/fleet.yaml",
                                "-",      NULL};
    g_auto(ProgramResult) first = program_run(argv);
    g_auto(ProgramResult) second = program_run(argv);

    (void)state;
    assert_int_equal(first.status, 0);
    assert_string_equal(first.out, second.out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_first_night_tells_broken_files_and_writes_reports,
                                        set_up, tear_down),
        cmocka_unit_test(test_headline_is_the_exit_status),
        cmocka_unit_test_setup_teardown(test_unchanged_night_has_the_same_hosts_and_no_drift,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_unchanged_night_is_as_if_compared, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_host_that_left_is_told_and_not_planned_with, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_second_run_at_once_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_misspelt_run_is_corrected_and_prints_nothing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_killed_night_leaves_a_whole_report, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_source_that_is_not_read_is_told_first, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_archive_that_is_not_brought_anew_is_told, set_up,
                                        tear_down),
        cmocka_unit_test(test_fleet_of_one_seed_is_the_same_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
