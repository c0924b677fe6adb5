/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Nights on which something is not where it was: a disk that is not mounted, a host without files,
 * the program's own files among those to read, a loop of links, two hosts where one was. No host
 * goes without a word.
 */

#include "site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Everything in one folder: documents, plan file, inventory, metrics and report. */
static const char plan_text[] = "inventory: state/inventory.db\n"
                                "output: report\n"
                                "metrics: state/metrics.prom\n"
                                "sources: [.]\n"
                                "pools:\n"
                                "  - {name: all, hosts: ['*'], strategy: exact}\n";

static char *
site_path(const Site *site, const char *name)
{
    return g_build_filename(site->folder, name, NULL);
}

static int
set_up(void **state)
{
    /* They would hide what this is about. */
    static const char *const broken_hosts[] = {"fleet/cmp-x01", "fleet/web-x01"};
    Site *site = site_new("");

    site_make_hosts(site, "6");
    for (guint i = 0; i < G_N_ELEMENTS(broken_hosts); i++) {
        g_autofree char *broken = site_path(site, broken_hosts[i]);

        program_remove_folder(broken);
    }
    g_free(site_write_text(site, "plan.yaml", plan_text));
    *state = site;
    return 0;
}

static int
tear_down(void **state)
{
    site_free(*state);
    return 0;
}

static char *
ask(const Site *site, const char *command)
{
    const char *const argv[] = {PROGRAM, command, "-c", site->plan, "--format", "csv", NULL};
    g_auto(ProgramResult) result = program_run(argv);

    if (result.status > 1)
        fail_msg("%s: %s", command, result.err);
    return g_strdup(result.out);
}

/* The names of the hosts that are there, as "NAME NAME ". */
static char *
host_names(const Site *site)
{
    g_autofree char *text = ask(site, "hosts");
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GString *names = g_string_new(NULL);

    for (guint i = 1; lines[i] != NULL && *lines[i] != '\0'; i++)
        g_string_append_printf(names, "%.*s ", (int)strcspn(lines[i], ","), lines[i]);
    return g_string_free(names, FALSE);
}

static void
assert_quarantine(const Site *site, const char *part)
{
    g_autofree char *text = ask(site, "quarantine");

    if (part == NULL && strchr(text, '\n')[1] != '\0')
        fail_msg("in quarantine:\n%s", text);
    if (part != NULL && strstr(text, part) == NULL)
        fail_msg("no '%s' in:\n%s", part, text);
}

static void
move(const Site *site, const char *from, const char *to)
{
    g_autofree char *old = site_path(site, from);
    g_autofree char *new = site_path(site, to);

    assert_int_equal(g_rename(old, new), 0);
}

static void
make_folder(const Site *site, const char *name)
{
    g_autofree char *path = site_path(site, name);

    assert_int_equal(g_mkdir(path, 0755), 0);
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void
test_own_files_are_nobodys_documents(void **state)
{
    const Site *site = *state;

    for (guint night = 0; night < 3; night++) {
        site_pass_night(site);
        assert_quarantine(site, NULL);
    }
}

static void
test_empty_folder_keeps_its_hosts_and_is_told(void **state)
{
    const Site *site = *state;

    site_pass_night(site);
    g_autofree char *before = host_names(site);
    assert_true(*before != '\0');
    move(site, "fleet", ".away");
    make_folder(site, "fleet");
    site_pass_night(site);
    g_autofree char *empty = host_names(site);
    assert_string_equal(empty, before);
    assert_quarantine(site, "empty-folder");

    g_autofree char *mount = site_path(site, "fleet");
    assert_int_equal(g_rmdir(mount), 0);
    move(site, ".away", "fleet");
    site_pass_night(site);
    g_autofree char *back = host_names(site);
    assert_string_equal(back, before);
    assert_quarantine(site, NULL);
}

static void
test_folder_that_was_always_empty_is_nothing(void **state)
{
    const Site *site = *state;

    make_folder(site, "later");
    site_pass_night(site);
    assert_quarantine(site, NULL);
}

/* What was never good for anything is not missed. */
static void
test_folder_emptied_of_rubbish_is_nothing(void **state)
{
    const Site *site = *state;
    g_autofree char *rubbish = site_path(site, "notes/todo.txt");

    make_folder(site, "notes");
    assert_true(g_file_set_contents(rubbish, "call mum", -1, NULL));
    site_pass_night(site);
    assert_quarantine(site, "todo.txt");
    assert_int_equal(g_unlink(rubbish), 0);
    site_pass_night(site);
    assert_quarantine(site, NULL);
}

/* That its folder is taken away says that a host has left. */
static void
test_host_without_a_folder_is_gone(void **state)
{
    const Site *site = *state;

    site_pass_night(site);
    g_autofree char *before = host_names(site);
    g_autofree char *first = g_strndup(before, strcspn(before, " "));
    g_autofree char *folder = g_build_filename(site->folder, "fleet", first, NULL);
    program_remove_folder(folder);
    site_pass_night(site);
    g_autofree char *after = host_names(site);
    g_autofree char *drift = ask(site, "drift");
    g_autofree char *gone = g_strconcat("host-gone,yes,", first, NULL);
    assert_string_equal(after, before + strlen(first) + 1);
    assert_non_null(strstr(drift, gone));
    assert_quarantine(site, NULL);
}

static void
test_links_in_a_circle_end(void **state)
{
    const Site *site = *state;
    g_autofree char *loop = site_path(site, "fleet/loop");
    g_autofree char *file = site_path(site, "self.xml");

    site_pass_night(site);
    g_autofree char *before = host_names(site);
    assert_int_equal(symlink("..", loop), 0);
    assert_int_equal(symlink("self.xml", file), 0);
    site_pass_night(site);
    g_autofree char *after = host_names(site);
    assert_string_equal(after, before);
    assert_quarantine(site, "self.xml");
}

/* ---- one name for two ------------------------------------------------------------------------ */

#define UUID_A "aaaaaaaa-0000-0000-0000-000000000001"
#define UUID_B "bbbbbbbb-0000-0000-0000-000000000002"

/* FOLDER/h1 with the capabilities of a system of UUID. */
static char *
write_system(const Site *site, const char *folder, const char *uuid)
{
    char *path = site_path(site, folder);
    g_autofree char *host = g_build_filename(path, "h1", NULL);
    g_autofree char *file = g_build_filename(host, "capabilities.xml", NULL);
    g_autofree char *text = g_strdup_printf("<capabilities><host><uuid>%s</uuid><cpu>"
                                            "<arch>x86_64</arch><model>Haswell</model></cpu>"
                                            "</host></capabilities>",
                                            uuid);

    assert_int_equal(g_mkdir_with_parents(host, 0755), 0);
    assert_true(g_file_set_contents(file, text, -1, NULL));
    return path;
}

static void
test_ingest_tells_of_two_systems_of_one_name(void **state)
{
    const Site *site = *state;
    g_autofree char *first = write_system(site, "r1", UUID_A);
    g_autofree char *second = write_system(site, "r2", UUID_B);
    g_autofree char *told = NULL;

    for (guint i = 0; i < 2; i++) {
        g_autofree char *inventory = site_path(site, i == 0 ? "ab.db" : "ba.db");
        const char *const argv[] = {
            PROGRAM, "ingest", "-d", inventory, i == 0 ? first : second, i == 0 ? second : first,
            NULL};
        g_auto(ProgramResult) result = program_run(argv);
        assert_int_equal(result.status, 1);
        if (told == NULL)
            told = g_strdup(result.err);
        assert_string_equal(result.err, told);
    }
    const char *const parts[] = {"/r1/h1/capabilities.xml", "/r2/h1/capabilities.xml", UUID_A,
                                 UUID_B};
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (strstr(told, parts[i]) == NULL)
            fail_msg("no '%s' in: %s", parts[i], told);
    }
}

/* A plan file that names something else as the file of metrics loses nothing by it. */
static void
test_metrics_replace_metrics_alone(void **state)
{
    static const char *const names[] = {"state/inventory.db", "plan.yaml", "report", "state/link"};
    const Site *site = *state;
    g_autofree char *link = site_path(site, "state/link");

    site_pass_night(site);
    site_pass_night(site); /* over its own */
    assert_int_equal(symlink("inventory.db", link), 0);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_auto(GStrv) parts = g_strsplit(plan_text, "state/metrics.prom", 2);
        g_autofree char *text = g_strjoinv(names[i], parts);
        g_autofree char *path = site_path(site, names[i]);
        g_autofree char *kept = NULL, *now = NULL;
        const char *const argv[] = {PROGRAM, "run", "-q", "-c", site->plan, NULL};

        assert_true(g_file_set_contents(site->plan, text, -1, NULL));
        g_file_get_contents(path, &kept, NULL, NULL);
        g_auto(ProgramResult) result = program_run(argv);
        if (result.status != 2 || strstr(result.err, "the metrics would replace this") == NULL)
            fail_msg("%s: %d, %s", names[i], result.status, result.err);
        g_file_get_contents(path, &now, NULL, NULL);
        assert_int_equal(g_strcmp0(kept, now), 0);
    }
}

int
main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_own_files_are_nobodys_documents),
        TEST(test_empty_folder_keeps_its_hosts_and_is_told),
        TEST(test_folder_that_was_always_empty_is_nothing),
        TEST(test_folder_emptied_of_rubbish_is_nothing),
        TEST(test_host_without_a_folder_is_gone),
        TEST(test_links_in_a_circle_end),
        TEST(test_ingest_tells_of_two_systems_of_one_name),
        TEST(test_metrics_replace_metrics_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
