/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a plan may not depend on: the names and the order of the files, how many runs they were read
 * in, and whether two processes read them at once.
 */

#include "site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char pools[] = "  - {name: all, hosts: ['*'], strategy: ladder}\n";

/* Two files of the example fleet are broken on purpose, and what is told of them names them. */
static const char *const broken_hosts[] = {"cmp-x01", "web-x01"};

/* ---- files ----------------------------------------------------------------------------------- */

static gint
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in FOLDER, sorted. */
static GPtrArray *
names_in(const char *folder)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);

    assert_non_null(dir);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir))
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, compare_names);
    return names;
}

/* Each host's own versions, which decide what is known to go wrong between them. */
static void
tell_versions(const Site *site)
{
    g_autoptr(GPtrArray) hosts = names_in(site->fleet);

    for (guint i = 0; i < hosts->len; i++) {
        g_autofree char *path =
            g_build_filename(site->fleet, hosts->pdata[i], "versions.txt", NULL);
        g_autofree char *text = g_strdup_printf("Running hypervisor: QEMU %u.0.%u\n"
                                                "Running against daemon: 9.%u.0\n"
                                                "Linux 6.%u.0-28-amd64\n",
                                                7 + i % 4, i % 2, 8 + i % 5, i % 4);

        assert_true(g_file_set_contents(path, text, -1, NULL));
    }
}

/* Makes the hosts of SITE, all of them well. */
static Site *
make_site(void)
{
    Site *site = site_new(pools);

    site_make_hosts(site, "12");
    for (guint i = 0; i < G_N_ELEMENTS(broken_hosts); i++) {
        g_autofree char *host = g_build_filename(site->fleet, broken_hosts[i], NULL);
        program_remove_folder(host);
    }
    return site;
}

/* The documents of FROM as documents of TO, made in the opposite order under names of no sense. */
static void
copy_shuffled(const Site *from, const Site *to)
{
    g_autoptr(GPtrArray) hosts = names_in(from->fleet);
    guint n = 0;

    for (guint i = hosts->len; i > 0; i--) {
        g_autofree char *source = g_build_filename(from->fleet, hosts->pdata[i - 1], NULL);
        g_autofree char *target = g_build_filename(to->fleet, hosts->pdata[i - 1], NULL);
        g_autoptr(GPtrArray) files = names_in(source);

        assert_int_equal(g_mkdir_with_parents(target, 0700), 0);
        for (guint j = files->len; j > 0; j--) {
            g_autofree char *path = g_build_filename(source, files->pdata[j - 1], NULL);
            g_autofree char *name = g_strdup_printf("%u.xml", ++n * 7919 % 1000);
            g_autofree char *copy = g_build_filename(target, name, NULL);
            g_autofree char *text = NULL;

            assert_true(g_file_get_contents(path, &text, NULL, NULL));
            assert_true(g_file_set_contents(copy, text, -1, NULL));
        }
    }
}

/* ---- one plan -------------------------------------------------------------------------------- */

/* Nothing but the line that tells when. */
static char *
without_time(const char *json)
{
    const char *begin = strstr(json, "  \"at\": "), *end = strchr(begin, '\n');

    return g_strdup_printf("%.*s%s", (int)(begin - json), json, end);
}

static void
assert_same_reports(const Site *a, const Site *b, const char *folder)
{
    g_autofree char *path = g_build_filename(a->folder, "report", folder, NULL);
    g_autoptr(GPtrArray) names = names_in(path);

    for (guint i = 0; i < names->len; i++) {
        g_autofree char *name = g_build_filename(folder, names->pdata[i], NULL);

        if (!g_str_has_suffix(name, ".csv") && !g_str_has_prefix(name, "templates/"))
            continue;
        g_autofree char *text_a = site_read_report(a, name);
        g_autofree char *text_b = site_read_report(b, name);
        if (strcmp(text_a, text_b) != 0)
            fail_msg("%s differs:\n%s\n%s", name, text_a, text_b);
    }
}

static void
test_order_of_documents_changes_no_report(void **state)
{
    Site *a = make_site(), *b = site_new(pools);

    (void)state;
    tell_versions(a);
    copy_shuffled(a, b);
    g_auto(ProgramResult) night_a = site_run_night(a);
    g_auto(ProgramResult) night_b = site_run_night(b);
    assert_int_equal(night_a.status, night_b.status);
    assert_same_reports(a, b, "");
    assert_same_reports(a, b, "templates");
    g_autofree char *plan_a = site_read_report(a, "plan.json");
    g_autofree char *plan_b = site_read_report(b, "plan.json");
    g_autofree char *timeless_a = without_time(plan_a), *timeless_b = without_time(plan_b);
    assert_string_equal(timeless_a, timeless_b);
    site_free(a);
    site_free(b);
}

/* ---- one inventory --------------------------------------------------------------------------- */

/* What the inventory FILE of SITE says of everything but when it was read. */
static char *
answers(const Site *site, const char *file)
{
    static const char *const questions[] = {"classes", "matrix", "guests", "quarantine"};
    g_autofree char *inventory = g_build_filename(site->folder, file, NULL);
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(questions); i++) {
        const char *const argv[] = {PROGRAM,    questions[i], "-d", inventory,
                                    "--format", "json",       NULL};
        g_auto(ProgramResult) result = program_run(argv);

        if (result.status > 1)
            fail_msg("%s: %s", questions[i], result.err);
        g_string_append(text, result.out);
    }
    return g_string_free(text, FALSE);
}

/* "virt-plan ingest -q -d FILE", then every STEP-th of the hosts from FIRST on, or all as one. */
static GPtrArray *
ingest_line(const Site *site, const char *file, guint first, guint step)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) hosts = names_in(site->fleet);

    g_ptr_array_add(argv, g_strdup(PROGRAM));
    g_ptr_array_add(argv, g_strdup("ingest"));
    g_ptr_array_add(argv, g_strdup("-q"));
    g_ptr_array_add(argv, g_strdup("-d"));
    g_ptr_array_add(argv, g_build_filename(site->folder, file, NULL));
    if (step == 0)
        g_ptr_array_add(argv, g_strdup(site->fleet));
    for (guint i = first; step > 0 && i < hosts->len; i += step)
        g_ptr_array_add(argv, g_build_filename(site->fleet, hosts->pdata[i], NULL));
    g_ptr_array_add(argv, NULL);
    return argv;
}

static void
ingest(const Site *site, const char *file, guint first, guint step)
{
    g_autoptr(GPtrArray) argv = ingest_line(site, file, first, step);
    g_auto(ProgramResult) result = program_run((const char *const *)argv->pdata);

    if (result.status != 0)
        fail_msg("%s", result.err);
}

static void
test_documents_split_over_runs_give_the_same_answers(void **state)
{
    enum { N_RUNS = 5 };
    Site *site = make_site();

    (void)state;
    tell_versions(site);
    ingest(site, "whole.db", 0, 0);
    for (guint i = N_RUNS; i > 0; i--)
        ingest(site, "split.db", i - 1, N_RUNS);
    g_autofree char *whole = answers(site, "whole.db");
    g_autofree char *split = answers(site, "split.db");
    assert_string_equal(whole, split);
    site_free(site);
}

static void
test_two_ingests_at_once_are_both_heard(void **state)
{
    Site *site = make_site();
    pid_t children[2];

    (void)state;
    tell_versions(site);
    ingest(site, "whole.db", 0, 0);
    for (guint i = 0; i < G_N_ELEMENTS(children); i++) {
        g_autoptr(GPtrArray) argv = ingest_line(site, "shared.db", i, G_N_ELEMENTS(children));

        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            execv(PROGRAM, (char **)argv->pdata);
            _exit(127);
        }
    }
    for (guint i = 0; i < G_N_ELEMENTS(children); i++) {
        int status;

        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    g_autofree char *whole = answers(site, "whole.db");
    g_autofree char *shared = answers(site, "shared.db");
    assert_string_equal(whole, shared);
    site_free(site);
}

/* Starts reading the host NAME from what RET_STDIN is written; its inventory is FILE. */
static GPid
start_reading(const Site *site, const char *file, const char *name, gint *ret_stdin)
{
    g_autofree char *inventory = g_build_filename(site->folder, file, NULL);
    const char *const argv[] = {PROGRAM,  "ingest", "-q", "-d", inventory,
                                "--host", name,     "-",  NULL};
    g_auto(GStrv) copy = g_strdupv((char **)(uintptr_t)argv);
    GPid pid = 0;

    assert_true(g_spawn_async_with_pipes(NULL, copy, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                                         &pid, ret_stdin, NULL, NULL, NULL));
    /* It has begun when there is an inventory; what it reads comes later. */
    for (guint i = 0; i < 3000 && !g_file_test(inventory, G_FILE_TEST_EXISTS); i++)
        g_usleep(10000);
    assert_true(g_file_test(inventory, G_FILE_TEST_EXISTS));
    return pid;
}

/* All documents of a host, one after the other, to DESCRIPTOR, which is closed. */
static void
write_host(const Site *site, const char *name, int descriptor)
{
    g_autofree char *folder = g_build_filename(site->fleet, name, NULL);
    g_autoptr(GPtrArray) files = names_in(folder);

    for (guint i = 0; i < files->len; i++) {
        g_autofree char *path = g_build_filename(folder, files->pdata[i], NULL);
        g_autofree char *text = NULL;
        gsize length;

        assert_true(g_file_get_contents(path, &text, &length, NULL));
        for (gsize n = 0; n < length;) {
            ssize_t n_now = write(descriptor, text + n, length - n);

            assert_true(n_now > 0);
            n += (gsize)n_now;
        }
    }
    assert_int_equal(close(descriptor), 0);
}

/* One process begins, another one comes and goes, and the first goes on: both are heard. */
static void
test_ingest_that_another_overtakes_loses_nothing(void **state)
{
    Site *site = make_site();
    g_autoptr(GPtrArray) hosts = names_in(site->fleet);
    int input, status;

    (void)state;
    ingest(site, "whole.db", 0, 0);
    GPid outer = start_reading(site, "shared.db", hosts->pdata[0], &input);
    ingest(site, "shared.db", 1, 1);
    write_host(site, hosts->pdata[0], input);
    assert_int_equal(waitpid(outer, &status, 0), outer);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    g_autofree char *whole = answers(site, "whole.db");
    g_autofree char *shared = answers(site, "shared.db");
    assert_string_equal(whole, shared);
    site_free(site);
}

/* ---- one archive ----------------------------------------------------------------------------- */

/* The example fleet as SITE's fleet.tar, with its broken hosts, and N_CHANGED hosts changed. */
static void
write_archive(const Site *site, const char *n_changed)
{
    g_autofree char *path = g_build_filename(site->folder, "fleet.tar", NULL);
    const char *const argv[] = {
        "/bin/sh", "-c",      "exec \"$0\" --hosts 12 --changed \"$1\" \"$2\" - >\"$3\"",
        FLEETGEN,  n_changed, EXAMPLES_DIR "/fleet.yaml",
        path,      NULL};
    g_auto(ProgramResult) result = program_run(argv);

    assert_int_equal(result.status, 0);
}

/* Ingests the archive into FILE; what is told of it belongs to the caller. */
static char *
ingest_archive(const Site *site, const char *file, const char *option)
{
    g_autofree char *inventory = g_build_filename(site->folder, file, NULL);
    g_autofree char *path = g_build_filename(site->folder, "fleet.tar", NULL);
    const char *const argv[] = {PROGRAM, "ingest", "-d", inventory, path, option, NULL};
    g_auto(ProgramResult) result = program_run(argv);

    /* Two documents are broken, this night and every night. */
    assert_int_equal(result.status, 1);
    return g_strdup(result.out);
}

/* TEXT without the clock's. Owned by the caller. */
static char *
timeless(const char *text)
{
    g_autoptr(GRegex) regex = g_regex_new("\"since\": \"[^\"]*\"", 0, 0, NULL);

    return g_regex_replace_literal(regex, text, -1, 0, "", 0, NULL);
}

/* Nights on which an archive is as it was, known by its bytes or its time, change nothing. */
static void
test_known_archive_gives_the_answers_of_a_new_one(void **state)
{
    static const struct {
        const char *n_changed; /* of an archive that is new; NULL: it is as it was */
        const char *option;
    } nights[] = {{"0", NULL},  {NULL, NULL}, {NULL, "--trust-mtime"}, {"3", "--trust-mtime"},
                  {NULL, NULL}, {"0", NULL},  {NULL, "--trust-mtime"}};
    Site *site = site_new(pools);

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(nights); i++) {
        if (nights[i].n_changed != NULL)
            write_archive(site, nights[i].n_changed);
        g_autofree char *told = ingest_archive(site, "many.db", nights[i].option);
        assert_contains(told, "2 in quarantine");
        g_autofree char *fresh = g_strdup_printf("fresh-%u.db", i);
        g_free(ingest_archive(site, fresh, NULL));
        g_autofree char *expected = answers(site, fresh), *found = answers(site, "many.db");
        g_autofree char *many = timeless(found), *one = timeless(expected);
        assert_string_equal(many, one);
    }
    site_free(site);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_of_documents_changes_no_report),
        cmocka_unit_test(test_documents_split_over_runs_give_the_same_answers),
        cmocka_unit_test(test_two_ingests_at_once_are_both_heard),
        cmocka_unit_test(test_ingest_that_another_overtakes_loses_nothing),
        cmocka_unit_test(test_known_archive_gives_the_answers_of_a_new_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
