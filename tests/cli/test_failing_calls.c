/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The disk is full, broken or read-only, from the first, a middle and the last call of a kind on:
 * the command ends with one line that names the place and says what to do, or as if nothing had
 * been; the inventory is whole and tells what it told or what it should tell now, the report is the
 * old or the new one, and the next run puts everything right.
 */

#include "program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#define MOMENTS 3

typedef struct {
    char *folder;        /* of everything below */
    char *before, *here; /* the site as it was, and the copy that the commands run on */
    char *hosts_before, *hosts_after;
    char *report_before, *report_after; /* hosts.csv */
} Trial;

static const char plan_text[] = "inventory: inventory.db\n"
                                "output: report\n"
                                "sources: [fleet]\n"
                                "pools:\n"
                                "  - {name: all, hosts: ['*'], strategy: ladder}\n";

/* What fails, and how. */
static const struct {
    const char *call;
    int code;
} failures[] = {
    {"write", ENOSPC}, {"sync", EIO},     {"open", EACCES}, {"open", EROFS},
    {"rename", EROFS}, {"remove", EROFS}, {"map", EIO},
};

static const struct {
    const char *name, *arguments[5]; /* with paths below the site marked by a '%' */
} commands[] = {
    {"run", {"run", "-c", "%plan.yaml"}},
    {"ingest", {"ingest", "--complete", "-d", "%inventory.db", "%fleet"}},
    {"accept", {"accept", "-c", "%plan.yaml"}},
};

/* ---- the site -------------------------------------------------------------------------------- */

static void
must(const char *const *argv, int status)
{
    g_auto(ProgramResult) result = program_run(argv);

    if (result.status != status)
        fail_msg("%s %s: %d: %s", argv[0], argv[1], result.status, result.err);
}

/* Makes N_HOSTS hosts in the fleet folder of SITE, in place of those that are there. */
static void
make_fleet(const char *site, const char *n_hosts)
{
    g_autofree char *fleet = g_build_filename(site, "fleet", NULL);
    const char *const argv[] = {FLEETGEN, "--hosts", n_hosts, EXAMPLES_DIR "/fleet.yaml",
                                fleet,    NULL};

    program_remove_folder(fleet);
    must(argv, 0);
}

static ProgramResult
run_command(const char *site, guint command)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(argv, g_strdup(PROGRAM));
    for (guint i = 0; i < G_N_ELEMENTS(commands[command].arguments); i++) {
        const char *argument = commands[command].arguments[i];

        if (argument != NULL)
            g_ptr_array_add(argv, *argument == '%' ? g_build_filename(site, argument + 1, NULL)
                                                   : g_strdup(argument));
    }
    g_ptr_array_add(argv, NULL);
    return program_run((const char *const *)argv->pdata);
}

static char *
hosts_of(const char *site)
{
    g_autofree char *inventory = g_build_filename(site, "inventory.db", NULL);
    const char *const argv[] = {PROGRAM, "hosts", "--format", "csv", "-d", inventory, NULL};
    ProgramResult result = program_run(argv);

    if (result.status != 0)
        fail_msg("hosts: %d: %s", result.status, result.err);
    g_free(result.err);
    return result.out;
}

static char *
report_of(const char *site)
{
    g_autofree char *path = g_build_filename(site, "report", "hosts.csv", NULL);
    char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        fail_msg("%s is not there", path);
    return text;
}

/* A fresh copy of the site to run on. */
static void
begin_trial(const Trial *trial)
{
    const char *const argv[] = {"/bin/cp", "-a", trial->before, trial->here, NULL};

    program_remove_folder(trial->here);
    must(argv, 0);
}

static int
set_up(void **state)
{
    Trial *trial = g_new0(Trial, 1);

    trial->folder = program_make_folder();
    trial->before = g_build_filename(trial->folder, "before", NULL);
    trial->here = g_build_filename(trial->folder, "here", NULL);
    g_autofree char *plan = g_build_filename(trial->before, "plan.yaml", NULL);
    make_fleet(trial->before, "12");
    assert_true(g_file_set_contents(plan, plan_text, -1, NULL));
    g_auto(ProgramResult) first = run_command(trial->before, 0);
    assert_int_equal(first.status, 1);
    trial->hosts_before = hosts_of(trial->before);
    trial->report_before = report_of(trial->before);
    make_fleet(trial->before, "14");
    begin_trial(trial);
    g_auto(ProgramResult) second = run_command(trial->here, 0);
    assert_int_equal(second.status, 1);
    trial->hosts_after = hosts_of(trial->here);
    trial->report_after = report_of(trial->here);
    assert_string_not_equal(trial->hosts_before, trial->hosts_after);
    /* gcc's sanitizer insists on being first, and its reports are the other tests' affair. */
    g_setenv("ASAN_OPTIONS", "verify_asan_link_order=0:detect_leaks=0", TRUE);
    *state = trial;
    return 0;
}

static int
tear_down(void **state)
{
    Trial *trial = *state;

    program_remove_folder(trial->folder);
    g_free(trial->folder);
    g_free(trial->before);
    g_free(trial->here);
    g_free(trial->hosts_before);
    g_free(trial->hosts_after);
    g_free(trial->report_before);
    g_free(trial->report_after);
    g_free(trial);
    return 0;
}

/* ---- what must hold -------------------------------------------------------------------------- */

static const char *
broken_error(const Trial *trial, const ProgramResult *result, int code)
{
    g_autofree char *line = g_strdup(result->err);

    if (result->status != 3)
        return "the exit status";
    if (*result->out != '\0')
        return "there is output";
    g_strchomp(line);
    if (!g_str_has_prefix(line, "virt-plan: ") || strchr(line, '\n') != NULL)
        return "it is not one line of error";
    if (strstr(line, trial->here) == NULL)
        return "it does not name the place";
    if (g_str_has_suffix(line, g_strerror(code)) || g_str_has_suffix(line, "I/O error"))
        return "it does not say what to do";
    return NULL;
}

static gboolean
is_whole(const char *site)
{
    g_autofree char *path = g_build_filename(site, "inventory.db", NULL);
    sqlite3 *database = NULL;
    sqlite3_stmt *statement = NULL;

    gboolean is_fine =
        sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(database, "PRAGMA integrity_check", -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW &&
        strcmp((const char *)sqlite3_column_text(statement, 0), "ok") == 0;
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return is_fine;
}

/* What is wrong after RESULT; NULL: nothing. */
static const char *
broken(const Trial *trial, const ProgramResult *result, int well, int code)
{
    const char *reason = result->status == well ? NULL : broken_error(trial, result, code);

    if (reason != NULL)
        return reason;
    g_autofree char *hosts = hosts_of(trial->here);
    g_autofree char *report = report_of(trial->here);
    if (!is_whole(trial->here))
        return "the inventory is damaged";
    if (strcmp(hosts, trial->hosts_before) != 0 && strcmp(hosts, trial->hosts_after) != 0)
        return "the inventory tells neither the old nor the new";
    if (strcmp(report, trial->report_before) != 0 && strcmp(report, trial->report_after) != 0)
        return "the report is neither the old nor the new";
    return NULL;
}

/* ---- trials ---------------------------------------------------------------------------------- */

static void
set_failure(const Trial *trial, guint failure, gint64 from)
{
    g_autofree char *code = g_strdup_printf("%d", failures[failure].code);
    g_autofree char *first = g_strdup_printf("%" G_GINT64_FORMAT, from);
    g_autofree char *count = g_build_filename(trial->folder, "count", NULL);

    g_setenv("LD_PRELOAD", FAILING_CALLS, TRUE);
    g_setenv("FAIL_FOLDER", trial->here, TRUE);
    g_setenv("FAIL_CALL", failures[failure].call, TRUE);
    g_setenv("FAIL_ERRNO", code, TRUE);
    g_setenv("FAIL_FROM", first, TRUE);
    g_setenv("FAIL_COUNT", count, TRUE);
}

/* How many calls COMMAND makes when none fails, and its exit status. */
static gint64
count_calls(const Trial *trial, guint command, guint failure, int *ret_status)
{
    g_autofree char *path = g_build_filename(trial->folder, "count", NULL);
    g_autofree char *text = NULL;

    begin_trial(trial);
    set_failure(trial, failure, G_MAXINT32);
    g_auto(ProgramResult) result = run_command(trial->here, command);
    g_unsetenv("LD_PRELOAD");
    *ret_status = result.status;
    if (result.status > 1 || !g_file_get_contents(path, &text, NULL, NULL))
        fail_msg("%s without a failure: %d: %s", commands[command].name, result.status, result.err);
    return g_ascii_strtoll(text, NULL, 10);
}

static void
try(const Trial *trial, guint command, guint failure, gint64 from, int well)
{
    begin_trial(trial);
    set_failure(trial, failure, from);
    g_auto(ProgramResult) result = run_command(trial->here, command);
    g_unsetenv("LD_PRELOAD");
    const char *reason = broken(trial, &result, well, failures[failure].code);
    if (reason != NULL)
        fail_msg("%s with %s failing from call %" G_GINT64_FORMAT " on (%s): %s: %d: %s%s",
                 commands[command].name, failures[failure].call, from,
                 g_strerror(failures[failure].code), reason, result.status, result.out, result.err);
}

static void
check_command(const Trial *trial, guint command)
{
    guint n_failing = 0;

    for (guint failure = 0; failure < G_N_ELEMENTS(failures); failure++) {
        int well;
        gint64 n = count_calls(trial, command, failure, &well);

        for (gint64 moment = 0; moment < MIN(n, MOMENTS); moment++)
            try(trial, command, failure, 1 + moment * (n - 1) / (MIN(n, MOMENTS) - (n > 1)), well);
        n_failing += n > 0;
        if (n == 0)
            continue;
        g_auto(ProgramResult) healing = run_command(trial->here, 0);
        g_autofree char *hosts = hosts_of(trial->here);
        g_autofree char *report = report_of(trial->here);
        assert_int_equal(healing.status, 1);
        assert_string_equal(hosts, trial->hosts_after);
        assert_string_equal(report, trial->report_after);
    }
    assert_true(n_failing >= 4);
}

static void
test_night_with_a_failing_call_leaves_all_whole(void **state)
{
    check_command(*state, 0);
}

static void
test_ingest_with_a_failing_call_leaves_all_whole(void **state)
{
    check_command(*state, 1);
}

static void
test_accept_with_a_failing_call_leaves_all_whole(void **state)
{
    check_command(*state, 2);
}

/* ---- the clock ------------------------------------------------------------------------------- */

/* Runs a night SHIFT seconds from now. */
static void
run_shifted(const Trial *trial, const char *shift)
{
    g_setenv("LD_PRELOAD", FAILING_CALLS, TRUE);
    g_setenv("CLOCK_SHIFT", shift, TRUE);
    g_unsetenv("FAIL_CALL");
    g_unsetenv("FAIL_COUNT");
    g_auto(ProgramResult) night = run_command(trial->here, 0);
    g_unsetenv("LD_PRELOAD");
    if (night.status != 1)
        fail_msg("%s seconds from now: %d: %s", shift, night.status, night.err);
}

/* TABLE, in which no text has a comma, without its columns of runs. */
static char *
without_runs(const char *table)
{
    g_auto(GStrv) lines = g_strsplit(table, "\n", -1);
    g_auto(GStrv) names = g_strsplit(lines[0], ",", -1);
    GString *rest = g_string_new(NULL);

    for (guint i = 0; lines[i] != NULL; i++) {
        g_auto(GStrv) fields = g_strsplit(lines[i], ",", -1);

        for (guint j = 0; fields[j] != NULL && names[j] != NULL; j++)
            if (!g_str_has_suffix(names[j], "_run"))
                g_string_append_printf(rest, "%s,", fields[j]);
        g_string_append_c(rest, '\n');
    }
    return g_string_free(rest, FALSE);
}

static void
assert_same_but_runs(const char *table, const char *expected)
{
    g_autofree char *a = without_runs(table), *b = without_runs(expected);

    assert_string_equal(a, b);
}

/* Tonight differs from the night before by ID, whatever the clock said of the two. */
static void
check_drift(const Trial *trial, const char *id)
{
    g_autofree char *plan = g_build_filename(trial->here, "plan.yaml", NULL);
    const char *const argv[] = {PROGRAM, "drift", "-c", plan, "--format", "csv", NULL};
    g_auto(ProgramResult) result = program_run(argv);
    g_autofree char *row = g_strconcat("\n", id, ",", NULL);

    if (result.status > 1 || strstr(result.out, row) == NULL)
        fail_msg("drift ends with %d: %s%s", result.status, result.out, result.err);
}

static void
assert_doctor_says(const Trial *trial, const char *part)
{
    g_autofree char *plan = g_build_filename(trial->here, "plan.yaml", NULL);
    const char *const argv[] = {PROGRAM, "doctor", "-c", plan, NULL};
    g_auto(ProgramResult) result = program_run(argv);

    if (result.status > 1 || strstr(result.out, part) == NULL)
        fail_msg("doctor ends with %d, without '%s': %s", result.status, part, result.out);
}

/*
 * After a night in the far future the clock is put right, and then goes wrong the other way: the
 * order of nights is that in which they were, what is told is tonight's, and nothing ends before it
 * began.
 */
static void
test_wrong_clock_leaves_the_order_of_nights(void **state)
{
    static const struct {
        const char *shift, *doctor;
    } nights[] = {{"315360000", "in the future: "},
                  {"0", "just now: "},
                  {"-315360000", " days ago: "},
                  {"0", "just now: "}};
    const Trial *trial = *state;

    begin_trial(trial);
    for (guint i = 0; i < G_N_ELEMENTS(nights); i++) {
        /* Other hosts each night: those of before, and two more. */
        make_fleet(trial->here, i % 2 == 0 ? "14" : "12");
        run_shifted(trial, nights[i].shift);
        g_autofree char *hosts = hosts_of(trial->here);
        g_autofree char *report = report_of(trial->here);
        assert_true(is_whole(trial->here));
        assert_same_but_runs(report, i % 2 == 0 ? trial->report_after : trial->report_before);
        assert_same_but_runs(hosts, i % 2 == 0 ? trial->hosts_after : trial->hosts_before);
        assert_doctor_says(trial, nights[i].doctor);
        check_drift(trial, i % 2 == 0 ? "host-new" : "host-gone");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_night_with_a_failing_call_leaves_all_whole),
        cmocka_unit_test(test_ingest_with_a_failing_call_leaves_all_whole),
        cmocka_unit_test(test_accept_with_a_failing_call_leaves_all_whole),
        cmocka_unit_test(test_wrong_clock_leaves_the_order_of_nights),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
