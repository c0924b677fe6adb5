/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Every command that reads a file, on files that mean it ill: an answer or one clear line, no
 * crash, nothing half printed. And names that are paths, markup, formulas, escapes or SQL: they
 * stay text, and nothing is written but the inventory and the report.
 */

#include "program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARGUMENTS_MAX 8

static char *folder;

static char *
write_file(const char *name, const char *text, gssize length)
{
    char *path = g_build_filename(folder, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);

    assert_int_equal(g_mkdir_with_parents(parent, 0755), 0);
    assert_true(g_file_set_contents(path, text, length, NULL));
    return path;
}

/* ---- commands on files ----------------------------------------------------------------------- */

/* FILE stands for the hostile file. */
static const char *const commands[][ARGUMENTS_MAX] = {
    {PROGRAM, "cpu", "baseline", "FILE"},
    {PROGRAM, "cpu", "compare", "FILE", "FILE"},
    {PROGRAM, "cpu", "decode", "FILE"},
    {PROGRAM, "cpu", "expand", "FILE"},
    {PROGRAM, "cpu", "resolve", "FILE", "FILE"},
    {PROGRAM, "cpu", "diff", "FILE", "FILE"},
    {PROGRAM, "cpu", "decode", "--models-from", "FILE", "FILE"},
    {PROGRAM, "addresses", "FILE"},
    {PROGRAM, "map", "check", "FILE"},
    {PROGRAM, "map", "list", "--cpu-map", "FILE"},
    {PROGRAM, "run", "-c", "FILE"},
    {PROGRAM, "hosts", "-d", "FILE"},
};

typedef struct {
    const char *name;
    const char *text;
    gsize length; /* 0: of a string */
} HostileFile;

static const HostileFile files[] = {
    {"empty", "", 0},
    {"nul.xml", "<cpu>\0\0\0</cpu>", 14},
    {"bytes", "\x7f\xff\xfe\xc0\xaf\x1b[2J\x9b\x80", 12},
    {"cut.xml", "<domain type='kvm'><name>x</name><devices><disk", 0},
    {"dtd.xml", "<!DOCTYPE d [<!ENTITY a 'aa'><!ENTITY b '&a;&a;&a;'>]><domain>&b;</domain>", 0},
    {"xxe.xml",
     "<!DOCTYPE d [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><cpu><model>&a;</model></cpu>", 0},
    {"utf16.xml", "<?xml version='1.0' encoding='UTF-16'?><cpu>\xff\xfe</cpu>", 0},
    {"json", "{\"return\": {\"model\": {\"name\": \"\\u0000\", \"props\": [[[[]]]]}}}", 0},
    {"yaml", "a: &a [*a, *a]\npools: *a\n", 0},
};

/* Runs COMMAND on PATH and says what is wrong with how it ends, or NULL. */
static char *
run_command(const char *const *command, const char *path)
{
    const char *argv[ARGUMENTS_MAX + 1] = {NULL};

    for (guint i = 0; i < ARGUMENTS_MAX && command[i] != NULL; i++)
        argv[i] = strcmp(command[i], "FILE") == 0 ? path : command[i];
    g_auto(ProgramResult) result = program_run(argv);
    if (result.status < 1 || result.status > 3)
        return g_strdup_printf("exit status %d: %s", result.status, result.err);
    if (*result.out != '\0')
        return g_strdup_printf("output beside an error: %s", result.out);
    if (!g_str_has_prefix(result.err, "virt-plan: ") || !g_str_has_suffix(result.err, "\n"))
        return g_strdup_printf("not an error line: %s", result.err);
    for (const char *c = result.err; *c != '\0'; c++) {
        if ((guchar)*c < 0x20 && *c != '\n')
            return g_strdup("control characters in the error");
    }
    return g_utf8_validate(result.err, -1, NULL) ? NULL : g_strdup("the error is not UTF-8");
}

static void
test_hostile_file_is_one_line_of_error(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = write_file(files[i].name, files[i].text,
                                           files[i].length > 0 ? (gssize)files[i].length : -1);

        for (guint j = 0; j < G_N_ELEMENTS(commands); j++) {
            g_autofree char *wrong = run_command(commands[j], path);

            if (wrong != NULL)
                fail_msg("%s %s on %s: %s", commands[j][1], commands[j][2], files[i].name, wrong);
        }
    }
}

static void
test_what_is_no_file_or_never_ends_is_refused(void **state)
{
    g_autofree char *loop = g_build_filename(folder, "loop", NULL);
    const char *const paths[] = {loop, folder, "/dev/zero", "/proc/self/mem"};

    (void)state;
    assert_int_equal(symlink("loop", loop), 0);
    for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autofree char *wrong = run_command(commands[0], paths[i]);

        if (wrong != NULL)
            fail_msg("%s: %s", paths[i], wrong);
    }
}

/* ---- names ----------------------------------------------------------------------------------- */

static const char *const names[] = {
    "../../escaped",
    "/tmp/virt-plan-escaped",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "x'; DROP TABLE host; --",
    "\xe2\x80\xaertl\xe2\x80\xac",
    "{{ evil }}\n- evil",
    "a,b\"c\";d",
    "-rf",
};

/* Every path below PATH, sorted, but for OUTPUT and what belongs to the inventory. */
static void
list_files(const char *path, GPtrArray *list)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *child = g_build_filename(path, name, NULL);

        if (strcmp(name, "report") == 0 || g_str_has_prefix(name, "inventory.db"))
            continue;
        g_ptr_array_add(list, g_strdup(child));
        if (g_file_test(child, G_FILE_TEST_IS_DIR))
            list_files(child, list);
    }
}

static gint
compare_paths(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *
file_list(void)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);

    list_files(folder, list);
    g_ptr_array_sort(list, compare_paths);
    g_ptr_array_add(list, NULL);
    return g_strjoinv("\n", (char **)list->pdata);
}

/* The host's capabilities, and a guest, both under hostile names. */
static void
write_site(const char *name, guint number)
{
    g_autofree char *escaped = g_markup_escape_text(name, -1);
    g_autofree char *guest = g_strdup_printf(
        "<domain type='kvm'><name>%s</name><os><type arch='x86_64' machine='pc'>hvm</type></os>"
        "<cpu mode='custom'><model>%s</model></cpu><devices><disk type='file'>"
        "<target dev='vda' bus='virtio'/></disk></devices></domain>",
        escaped, escaped);
    g_autofree char *file_name = g_strdup(name);

    g_strdelimit(file_name, "/", '_');
    g_autofree char *from = g_strdup_printf("%s/2010/server/capabilities.xml", EXAMPLES_DIR);
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(from, &text, NULL, NULL));
    g_autofree char *host = g_strdup_printf("site/fleet/%s/capabilities.xml", file_name);
    g_autofree char *guest_path = g_strdup_printf("site/fleet/%s/guests/%u.xml", file_name, number);
    g_free(write_file(host, text, -1));
    g_free(write_file(guest_path, guest, -1));
}

static void
test_hostile_names_stay_text_and_write_nothing_outside(void **state)
{
    g_autofree char *plan =
        write_file("site/plan.yaml",
                   "inventory: inventory.db\noutput: report\nsources: [fleet]\npools:\n"
                   "  - {name: '../../escaped', hosts: ['*'], strategy: exact}\n"
                   "  - {name: '<script>alert(2)</script>', hosts: ['-*'], strategy: pool}\n",
                   -1);
    const char *const argv[] = {PROGRAM, "run", "-c", plan, NULL};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        write_site(names[i], i);
    g_autofree char *before = file_list();
    g_auto(ProgramResult) result = program_run(argv);
    g_autofree char *after = file_list();
    if (result.status > 1)
        fail_msg("exit status %d: %s", result.status, result.err);
    assert_string_equal(before, after);
    assert_false(g_file_test("/tmp/virt-plan-escaped", G_FILE_TEST_EXISTS));
    g_autofree char *page_path = g_build_filename(folder, "site/report/report.html", NULL);
    g_autofree char *page = NULL;
    assert_true(g_file_get_contents(page_path, &page, NULL, NULL));
    assert_non_null(strstr(page, "alert(1)"));
    assert_null(strstr(page, "<script>alert"));
}

/* ---- nothing is fetched ---------------------------------------------------------------------- */

/* Under a tracer that lets no connection through unseen; without one this is skipped. */
static void
test_nothing_is_fetched(void **state)
{
    g_autofree char *strace = g_find_program_in_path("strace");
    g_autofree char *trace = g_build_filename(folder, "trace", NULL);
    g_autofree char *inventory = g_build_filename(folder, "fetch.db", NULL);
    g_autofree char *document =
        write_file("fetch/web01.xml",
                   "<!DOCTYPE domain SYSTEM 'http://127.0.0.1:9/x.dtd' [<!ENTITY a SYSTEM "
                   "'http://127.0.0.1:9/a'><!ENTITY % p SYSTEM 'ftp://127.0.0.1:9/p'>%p;]>\n"
                   "<domain type='kvm' xmlns:xi='http://www.w3.org/2001/XInclude'><name>&a;</name>"
                   "<xi:include href='http://127.0.0.1:9/i'/></domain>",
                   -1);
    g_autofree char *include =
        write_file("fetch/web02.xml",
                   "<domain type='kvm' xmlns:xi='http://www.w3.org/2001/XInclude'><name>g</name>"
                   "<xi:include href='http://127.0.0.1:9/i'/></domain>",
                   -1);
    const char *const argv[] = {strace,    "-f",     "-qq",   "-e",     "trace=network,execve",
                                "-o",      trace,    PROGRAM, "ingest", "-d",
                                inventory, document, include, NULL};

    (void)state;
    if (strace == NULL)
        skip();
    /* LeakSanitizer cannot work under a tracer. */
    g_setenv("ASAN_OPTIONS", "detect_leaks=0", TRUE);
    g_auto(ProgramResult) result = program_run(argv);
    g_unsetenv("ASAN_OPTIONS");
    g_autofree char *calls = NULL;
    if (!g_file_get_contents(trace, &calls, NULL, NULL) || strstr(calls, "execve") == NULL)
        skip(); /* tracing is not allowed here */
    assert_int_equal(result.status, 1);
    assert_null(strstr(calls, "socket("));
    assert_null(strstr(calls, "connect("));
    assert_ptr_equal(strstr(calls, "execve("), g_strrstr(calls, "execve("));
}

static int
set_up(void **state)
{
    (void)state;
    folder = program_make_folder();
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    program_remove_folder(folder);
    g_free(folder);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hostile_file_is_one_line_of_error),
        cmocka_unit_test(test_what_is_no_file_or_never_ends_is_refused),
        cmocka_unit_test(test_hostile_names_stay_text_and_write_nothing_outside),
        cmocka_unit_test(test_nothing_is_fetched),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
