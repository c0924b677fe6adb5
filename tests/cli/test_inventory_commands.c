/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * hosts, history, quarantine and accept as a person uses them: what they print of a small fleet, in
 * each form, how they end, and what they say when something is missing or misspelt.
 */

#include "site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <string.h>

static void
run_night(const Site *site)
{
    g_auto(ProgramResult) result = site_run_night(site);

    if (result.status > 1)
        fail_msg("%s", result.err);
}

/* A site after two nights: in the second, one host was gone. */
static int
set_up(void **state)
{
    Site *site = site_new("  - {name: all, hosts: ['*'], strategy: exact}\n");
    g_autofree char *host = g_build_filename(site->fleet, "cmp-b01", NULL);

    site_make_hosts(site, "8");
    run_night(site);
    program_remove_folder(host);
    run_night(site);
    *state = site;
    return 0;
}

static int
tear_down(void **state)
{
    site_free(*state);
    return 0;
}

/* In arguments, "@plan" and "@db" stand for the site's own. */
static ProgramResult
ask(const Site *site, const char *const *arguments)
{
    const char *argv[12] = {PROGRAM};

    for (guint i = 0; arguments[i] != NULL; i++)
        argv[i + 1] = strcmp(arguments[i], "@plan") == 0 ? site->plan
                      : strcmp(arguments[i], "@db") == 0 ? site->inventory
                                                         : arguments[i];
    return program_run(argv);
}

static void
assert_part(const char *text, const char *part, const char *const *arguments)
{
    g_autofree char *line = g_strjoinv(" ", (char **)(void *)(gsize)arguments);

    if (part != NULL && strstr(text, part) == NULL)
        fail_msg("%s: no '%s' in:\n%s", line, part, text);
}

static const struct {
    const char *arguments[10];
    int status;
    const char *out;    /* a part of it */
    const char *absent; /* what must not be in it */
    const char *error;  /* a part of it */
} answers[] = {
    {{"hosts", "-d", "@db"}, 0, "HOST", "cmp-b01", NULL},
    {{"hosts", "-c", "@plan", "--run", "1"}, 0, "cmp-b01", NULL, NULL},
    {{"hosts", "-d", "@db", "--format", "csv"}, 0, "host,uuid,arch,vendor", NULL, NULL},
    {{"hosts", "-d", "@db", "--format", "json"}, 0, "\"physical_address_bits\": 46", NULL, NULL},
    {{"hosts", "-d", "@db", "--run", "1", "*-b*"}, 0, "cmp-b01", "cmp-a", NULL},
    {{"hosts", "-d", "@db", "no-*"}, 1, "", "cmp-", NULL},
    {{"hosts", "-d", "@db", "--run", "7"}, 3, "", NULL, "no finished run 7"},
    {{"hosts", "-d", "@db", "--run", "soon"}, 2, "", NULL, "2026-01-31"},
    {{"hosts", "-d", "@db", "--run", "1999-12-31"}, 3, "", NULL, "no run had begun"},
    {{"hosts", "-d", "/nowhere/i.db"}, 3, "", NULL, "there is no inventory"},
    {{"history", "-d", "@db", "cmp-b01"}, 0, "absent", NULL, NULL},
    {{"history", "-d", "@db", "cmp-b01", "--format", "json"},
     0,
     "\"what\": \"microcode\"",
     NULL,
     NULL},
    {{"hosts", "-d", "@db", "cmpe01"}, 2, "", NULL, "did you mean 'cmp-e01'"},
    {{"guests", "-d", "@db", "nobody"}, 2, "", NULL, "'virt-plan guests' lists them"},
    {{"guests", "-d", "@db", "--drain", "x"}, 2, "", NULL, "takes no guests"},
    {{"matrix", "-d", "@db", "--explain", "cmp-e01", "cmp-g01"}, 0, "template: ", NULL, NULL},
    {{"matrix", "-d", "@db", "--explain", "cmp-g01", "cmp-e01"}, 1, "features-missing", NULL, NULL},
    {{"matrix", "-d", "@db", "--explain", "cmp-g01", "cmp-g01"}, 2, "", NULL, "about two hosts"},
    {{"matrix", "-d", "@db", "cmp-g01", "cmp-e01"}, 2, "", NULL, "--explain FROM-HOST TO-HOST"},
    {{"whatif", "-c", "@plan", "--remove", "cmp-g01"}, 1, "guests --drain tells", NULL, NULL},
    {{"whatif", "-c", "@plan", "--remove", "cmp-g01"}, 1, "Something would get worse", NULL, NULL},
    {{"history", "-d", "@db", "cmp-e1"}, 2, "", NULL, "did you mean 'cmp-e01'"},
    {{"history", "-d", "@db", "nobody"}, 2, "", NULL, "'virt-plan hosts' lists those"},
    {{"history", "-d", "@db", "cmp-b1"}, 2, "", NULL, "did you mean 'cmp-b01'"},
    {{"history", "-d", "@db"}, 2, "", NULL, "the name of a host"},
    {{"quarantine", "-d", "@db"}, 1, "cmp-x01/capabilities.xml", NULL, NULL},
    {{"quarantine", "-d", "@db", "--format", "json"}, 1, "\"is_open\": true", NULL, NULL},
    /* People are told when, programs the run too. */
    {{"quarantine", "-d", "@db"}, 1, "SINCE", "RUN", NULL},
    {{"quarantine", "-d", "@db", "--format", "json"}, 1, "\"since\": \"20", NULL, NULL},
    {{"quarantine", "-d", "@db", "--format", "csv"}, 1, "since,first_run,", NULL, NULL},
    {{"addresses", "-c", "@plan", "--list"}, 0, "SINCE", "RUN", NULL},
    {{"addresses", "-c", "@plan", "--list", "--format", "json"}, 0, "\"since\": \"20", NULL, NULL},
    {{"addresses", "-c", "@plan", "--list", "--format", "csv"}, 0, "since,first_run\n", NULL, NULL},
    {{"template", "-d", "@db", "--pool", "all"}, 0, "<model", NULL, NULL},
    {{"template", "-d", "@db", "--pool", "al"}, 2, "", NULL, "did you mean 'all'"},
    {{"template", "-d", "@db"}, 2, "", NULL, "template takes --pool NAME"},
    {{"whatif", "-c", "@plan"}, 2, "", NULL, "no change is named"},
    {{"whatif", "-c", "@plan", "--on", "*"}, 2, "", NULL, "give --lose FEATURE"},
    {{"whatif", "-c", "@plan", "--remove", "nobody"}, 2, "", NULL, "no host 'nobody'"},
    {{"whatif", "-c", "@plan", "--disable", "no-such"}, 2, "", NULL, "no CPU feature"},
    {{"whatif", "-c", "@plan", "--disable", "amx-tile"}, 0, "would stay as", NULL, NULL},
    {{"whatif", "-c", "@plan", "--disable", "amx-tile"}, 0, "Nothing would get worse", NULL, NULL},
    {{"accept"}, 2, "", NULL, "needs the plan file"},
    {{"accept", "-c", "@plan", "--pool", "al"}, 2, "", NULL, "did you mean 'all'"},
    {{"accept", "-c", "@plan", "--class", "none-such"}, 2, "", NULL, "no class 'none-such'"},
};

static void
test_answers(void **state)
{
    for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
        const char *const *arguments = answers[i].arguments;
        g_auto(ProgramResult) result = ask(*state, arguments);

        assert_part(result.out, answers[i].out, arguments);
        assert_part(result.err, answers[i].error != NULL ? answers[i].error : "", arguments);
        if (result.status != answers[i].status)
            fail_msg("case %u ends with %d: %s", i, result.status, result.err);
        if (answers[i].absent != NULL && strstr(result.out, answers[i].absent) != NULL)
            fail_msg("case %u: '%s' in:\n%s", i, answers[i].absent, result.out);
        if (answers[i].error == NULL)
            assert_string_equal(result.err, "");
    }
}

/* However long a name from outside is, what went wrong with it is a line to read. */
static void
test_errors_are_short(void **state)
{
    const Site *site = *state;
    g_autofree char *name = g_strnfill(200000, 'x');
    g_autofree char *text = g_strconcat(
        "<cpu><arch>x86_64</arch><model>Haswell</model><feature name='", name, "'/></cpu>", NULL);
    g_autofree char *path = g_build_filename(site->folder, "long.xml", NULL);
    const char *const arguments[] = {"cpu", "baseline", path, NULL};

    assert_true(g_file_set_contents(path, text, -1, NULL));
    g_auto(ProgramResult) result = ask(site, arguments);
    assert_int_equal(result.status, 3);
    assert_string_equal(result.out, "");
    assert_true(strlen(result.err) < 4096);
    assert_part(result.err, "long.xml:1: unknown CPU feature 'xxx", arguments);
    assert_part(result.err, "xxx': the CPU map", arguments);
}

/* Only accept publishes: not run, not a dry run; and it does so once. */
static void
test_accept(void **state)
{
    static const char *const dry[] = {"accept", "-c", "@plan", "-n", NULL};
    static const char *const wet[] = {"accept", "-c", "@plan", NULL};
    g_auto(ProgramResult) imagined = ask(*state, dry);
    g_auto(ProgramResult) first = ask(*state, wet);
    g_auto(ProgramResult) second = ask(*state, wet);

    assert_int_equal(imagined.status, 0);
    assert_non_null(strstr(imagined.out, "would publish"));
    assert_int_equal(first.status, 0);
    assert_non_null(strstr(first.out, "published"));
    assert_null(strstr(first.out, "unchanged"));
    assert_non_null(strstr(second.out, "unchanged"));
    assert_null(strstr(second.out, "published"));
}

/* A guest of mode maximum, of which nothing is known, on the first of two hosts. */
static Site *
site_of_the_unknown(void)
{
    static const char domain[] =
        "<domain type='kvm'><name>max</name><memory unit='GiB'>1</memory><vcpu>1</vcpu>"
        "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os><cpu "
        "mode='maximum'/></domain>";
    Site *site = site_new("  - {name: two, hosts: [cmp-b01, cmp-e01], strategy: pool}\n");
    g_autofree char *guest = g_build_filename(site->fleet, "cmp-b01", "max.xml", NULL);
    char *others[] = {g_build_filename(site->fleet, "cmp-b01", "mail01.xml", NULL),
                      g_build_filename(site->fleet, "cmp-e01", "crm01.xml", NULL)};

    site_make_hosts(site, "8");
    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        assert_int_equal(g_unlink(others[i]), 0);
        g_free(others[i]);
    }
    assert_true(g_file_set_contents(guest, domain, -1, NULL));
    run_night(site);
    return site;
}

/* Neither of a guest nor of its host does the exit status say yes where the answer is not known. */
static void
test_not_known_is_no_yes(void **state)
{
    static const struct {
        const char *arguments[8];
        const char *part, *absent;
    } cases[] = {
        {{"guests", "-c", "@plan", "--drain"}, "unknown", "  no  "},
        {{"guests", "-c", "@plan", "--stuck"}, "may be stuck", "Where max"},
        {{"guests", "-c", "@plan", "max"}, "Where max on cmp-b01 can migrate", "\nno "},
        {{"matrix", "-c", "@plan", "--explain", "cmp-b01", "cmp-e01", "max"},
         "may not be able to migrate",
         NULL},
    };
    Site *site = site_of_the_unknown();

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(ProgramResult) result = ask(site, cases[i].arguments);

        assert_part(result.out, cases[i].part, cases[i].arguments);
        if (result.status != 1 ||
            (cases[i].absent != NULL && strstr(result.out, cases[i].absent) != NULL))
            fail_msg("case %u ends with %d: %s", i, result.status, result.out);
    }
    site_free(site);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_errors_are_short),
        cmocka_unit_test(test_accept),
        cmocka_unit_test(test_not_known_is_no_yes),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
