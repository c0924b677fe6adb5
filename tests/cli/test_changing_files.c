/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A document that is written over, replaced, cut, grown or removed between the moments in which it
 * is found, opened and read: what is recorded is what it was before or what it is now and never a
 * mixture, what cannot be read is told, the other hosts are read, and the next night, which trusts
 * times, knows what the file is then.
 */

#include "ask.h"
#include "site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <utime.h>

#define TARGET "fleet/cmp-e01/capabilities.xml"

typedef enum { IS_OLD, IS_NEW, IS_TOLD } Outcome;

static const struct {
    const char *at, *how, *times;
    Outcome outcome;
    const char *id;   /* IS_TOLD: of the finding */
    gboolean is_left; /* as it is: the file cannot be read the next night either */
} cases[] = {
    {"open", "rewrite", "1", IS_NEW, NULL, FALSE},
    {"open", "replace", "1", IS_NEW, NULL, FALSE},
    {"open", "cut", "1", IS_TOLD, "not-xml", TRUE},
    {"open", "remove", "1", IS_TOLD, "unreadable", TRUE},
    {"open", "fail", "1", IS_TOLD, "unreadable", FALSE},
    {"read", "rewrite", "1", IS_NEW, NULL, FALSE},
    {"read", "replace", "1", IS_OLD, NULL, FALSE},
    {"read", "grow", "1", IS_OLD, NULL, FALSE},
    {"read", "grow", "1000", IS_OLD, NULL, FALSE},
    {"read", "cut", "1", IS_TOLD, "not-xml", TRUE},
    {"read", "remove", "1", IS_OLD, NULL, TRUE},
    {"read", "fail", "1", IS_TOLD, "unreadable", FALSE},
    {"rest", "rewrite", "1", IS_NEW, NULL, FALSE},
    {"rest", "rewrite", "1000", IS_TOLD, "changing", FALSE},
};

/* The rows of the hosts in the inventory, without the run that they are from. */
static char *
hosts_of(const Site *site)
{
    static const char *const arguments[] = {"hosts",    "-d",  "@inventory.db",
                                            "--format", "csv", NULL};
    g_auto(ProgramResult) result = ask(site->folder, arguments);
    g_autoptr(GRegex) run = g_regex_new(",[0-9]+$", G_REGEX_MULTILINE, 0, NULL);

    assert_int_equal(result.status, 0);
    return g_regex_replace_literal(run, result.out, -1, 0, "", 0, NULL);
}

/* A night that trusts times, in one thread. */
static ProgramResult
run_night(const Site *site)
{
    static const char *const arguments[] = {"run", "-c", "@plan.yaml", "--trust-mtime",
                                            "-j",  "1",  NULL};

    return ask(site->folder, arguments);
}

/* TEXT to the site's file NAME, as of a time of its own, which N tells. */
static void
write_aged(const Site *site, const char *name, const char *text, guint n)
{
    g_autofree char *path = site_write_text(site, name, text);
    const gint64 then = g_get_real_time() / G_USEC_PER_SEC - (1000 - (gint64)n) * 3600;
    const struct utimbuf times = {.actime = then, .modtime = then};

    assert_int_equal(utime(path, &times), 0);
}

static void
set_change(const Site *site, guint i)
{
    g_autofree char *path = g_build_filename(site->folder, TARGET, NULL);
    g_autofree char *with = g_build_filename(site->folder, "new.xml", NULL);

    g_setenv("LD_PRELOAD", CHANGING_FILES, TRUE);
    g_setenv("CHANGE_PATH", path, TRUE);
    g_setenv("CHANGE_WITH", with, TRUE);
    g_setenv("CHANGE_AT", cases[i].at, TRUE);
    g_setenv("CHANGE_HOW", cases[i].how, TRUE);
    g_setenv("CHANGE_TIMES", cases[i].times, TRUE);
}

typedef struct {
    Site *site;
    char *old_text, *new_text;   /* of the same length, with other microcode */
    char *old_hosts, *new_hosts; /* what the inventory says then */
} Trial;

static void
assert_hosts(const Trial *trial, guint i, Outcome outcome, const char *when)
{
    g_autofree char *hosts = hosts_of(trial->site);

    if (strcmp(hosts, outcome == IS_NEW ? trial->new_hosts : trial->old_hosts) != 0)
        fail_msg("%s at %s, %s, %s: not %s:\n%s", cases[i].how, cases[i].at, cases[i].times, when,
                 outcome == IS_NEW ? "the new" : "the old", hosts);
}

/* The quarantine tells ID of the document; NULL: it tells nothing of it. */
static void
assert_told(const Trial *trial, guint i, const char *id)
{
    static const char *const arguments[] = {"quarantine", "-d",  "@inventory.db",
                                            "--format",   "csv", NULL};
    g_auto(ProgramResult) result = ask(trial->site->folder, arguments);
    const char *row = strstr(result.out, TARGET);

    if (row == NULL && id == NULL)
        return;
    g_autofree char *line = g_strndup(row, row == NULL ? 0 : strcspn(row, "\n"));
    g_autofree char *part = g_strconcat(",", id, ",", NULL);
    if (row == NULL || id == NULL || strstr(line, part) == NULL)
        fail_msg("%s at %s, %s: not %s is told: %s", cases[i].how, cases[i].at, cases[i].times, id,
                 result.out);
}

static void
try(const Trial *trial, guint i)
{
    const Site *site = trial->site;
    g_autofree char *path = g_build_filename(site->folder, TARGET, NULL);

    /* A night on which the file is as it was, then the one on which it changes. */
    write_aged(site, TARGET, trial->old_text, 4 * i + 4);
    write_aged(site, "new.xml", trial->new_text, 4 * i + 5);
    g_auto(ProgramResult) before = run_night(site);
    assert_true(before.status <= 1);
    write_aged(site, TARGET, trial->old_text, 4 * i + 6);
    set_change(site, i);
    g_auto(ProgramResult) night = run_night(site);
    g_unsetenv("LD_PRELOAD");
    if (night.status > 1)
        fail_msg("%s at %s: ends with %d: %s", cases[i].how, cases[i].at, night.status, night.err);
    /* Who cannot be read is what it was. */
    assert_hosts(trial, i, cases[i].outcome, "that night");
    assert_told(trial, i, cases[i].id);

    g_auto(ProgramResult) next = run_night(site);
    assert_true(next.status <= 1);
    if (cases[i].is_left) {
        write_aged(site, TARGET, trial->new_text, 4 * i + 7);
        g_auto(ProgramResult) last = run_night(site);
        assert_true(last.status <= 1);
    }
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    gboolean is_new = strncmp(text, trial->new_text, strlen(trial->new_text)) == 0;
    assert_hosts(trial, i, is_new ? IS_NEW : IS_OLD, "the night after");
    assert_told(trial, i, NULL);
}

static void
test_changing_file_is_read_old_or_new_or_told(void **state)
{
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        try(*state, i);
}

static char *
hosts_with(const Site *site, const char *text, guint n)
{
    write_aged(site, TARGET, text, n);
    g_auto(ProgramResult) night = run_night(site);
    assert_true(night.status <= 1);
    return hosts_of(site);
}

static int
set_up(void **state)
{
    Trial *trial = g_new0(Trial, 1);

    trial->site = site_new("  - {name: all, hosts: ['*'], strategy: exact}\n");
    site_make_hosts(trial->site, "8");
    g_autofree char *path = g_build_filename(trial->site->folder, TARGET, NULL);
    assert_true(g_file_get_contents(path, &trial->old_text, NULL, NULL));
    trial->new_text = g_strdup(trial->old_text);
    char *version = strstr(trial->new_text, "<microcode version='");
    assert_non_null(version);
    version[strlen("<microcode version='")] = '9';
    assert_string_not_equal(trial->old_text, trial->new_text);
    trial->new_hosts = hosts_with(trial->site, trial->new_text, 0);
    trial->old_hosts = hosts_with(trial->site, trial->old_text, 1);
    assert_string_not_equal(trial->old_hosts, trial->new_hosts);
    /* gcc's sanitizer insists on being first, and its reports are the other tests' affair. */
    g_setenv("ASAN_OPTIONS", "verify_asan_link_order=0:detect_leaks=0", TRUE);
    *state = trial;
    return 0;
}

static int
tear_down(void **state)
{
    Trial *trial = *state;

    site_free(trial->site);
    g_free(trial->old_text);
    g_free(trial->new_text);
    g_free(trial->old_hosts);
    g_free(trial->new_hosts);
    g_free(trial);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changing_file_is_read_old_or_new_or_told),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
