/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The life of published templates, through the command line: published, kept, broken by a host that
 * lost something, kept again, outgrown, replaced, retired; in one pool and not in another, and in
 * one that is renamed. Nothing but accept changes them, and whatif changes nothing at all.
 */

#include "site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define POOLS                                                                                      \
    "  - {name: %s, hosts: ['a*'], strategy: pool}\n  - {name: two, hosts: ['b*'], strategy: "     \
    "pool}\n"

static void
name_pool(const Site *site, const char *name)
{
    g_autofree char *pools = g_strdup_printf(POOLS, name);

    site_write_plan(site, pools);
}

static void
write_host(const Site *site, const char *name, const char *model)
{
    g_autofree char *file = g_strconcat(name, ".xml", NULL);
    g_autofree char *path = g_build_filename(site->fleet, file, NULL);
    g_autofree char *text =
        g_strdup_printf("<capabilities><host><cpu><arch>x86_64</arch><model>%s</model>"
                        "<vendor>Intel</vendor></cpu></host></capabilities>\n",
                        model);

    assert_true(g_file_set_contents(path, text, -1, NULL));
}

static int
set_up(void **state)
{
    Site *site = site_new("");

    name_pool(site, "one");
    write_host(site, "a1", "Haswell-IBRS");
    write_host(site, "a2", "Haswell-IBRS");
    write_host(site, "b1", "Broadwell-IBRS");
    *state = site;
    return 0;
}

static int
tear_down(void **state)
{
    site_free(*state);
    return 0;
}

/* Runs COMMAND with the plan and the words of REST, and returns what it printed. */
static char *
ask(const Site *site, const char *command, const char *rest, int status)
{
    g_auto(GStrv) words = g_strsplit(rest, " ", -1);
    const char *argv[16] = {PROGRAM, command, "-c", site->plan};

    for (guint i = 0; words[i] != NULL && *words[i] != '\0'; i++)
        argv[i + 4] = words[i];
    ProgramResult result = program_run(argv);
    if (result.status != status)
        fail_msg("%s %s ends with %d: %s", command, rest, result.status, result.err);
    char **wanted = status >= 2 ? &result.err : &result.out;
    char *text = g_steal_pointer(wanted);
    program_result_clear(&result);
    return text;
}

static void
run_night(const Site *site, int status)
{
    g_free(ask(site, "run", "-q", status));
}

static guint
count(const char *text, const char *part)
{
    guint n = 0;

    for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
        n++;
    return n;
}

static void
assert_answer(const Site *site, const char *command, const char *rest, const char *part, guint n)
{
    g_autofree char *text = ask(site, command, rest, 0);

    if (count(text, part) != n)
        fail_msg("%s %s: not %u times '%s' in\n%s", command, rest, n, part, text);
}

/* Programs are told times in ISO 8601. */
static void
assert_times(const Site *site, const char *command, const char *rest, guint n)
{
    g_autofree char *text = ask(site, command, rest, 0);
    g_auto(GStrv) pieces =
        g_regex_split_simple("\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ\"", text, 0, 0);

    if (g_strv_length(pieces) != n + 1)
        fail_msg("%s %s: not %u times in\n%s", command, rest, n, text);
}

static void
test_published_template_is_kept_broken_and_replaced(void **state)
{
    const Site *site = *state;

    run_night(site, 0);
    assert_answer(site, "classes", "--published", "Nothing was published", 1);
    assert_answer(site, "accept", "", "published", 2);
    assert_answer(site, "classes", "--format csv", ",kept,", 2);

    /* a microcode update takes TSX away; the other pool does not care */
    write_host(site, "a1", "Haswell-noTSX-IBRS");
    run_night(site, 1);
    assert_answer(site, "classes", "--format csv --pool one", ",broken,", 1);
    assert_answer(site, "accept", "-n --pool one --format json", "\"loses\": [\"hle\", \"rtm\"]",
                  1);
    assert_answer(site, "classes", "--format csv --pool two", ",kept,", 1);
    assert_answer(site, "classes", "--published", "in force", 2);

    /* it comes back, with a host that has more: the class keeps its name and its promise */
    write_host(site, "a1", "Haswell-IBRS");
    write_host(site, "a3", "Broadwell-IBRS");
    run_night(site, 0);
    assert_answer(site, "classes", "--format csv --pool one", ",kept,", 1);

    /* all have more */
    write_host(site, "a1", "Broadwell-IBRS");
    write_host(site, "a2", "Broadwell-IBRS");
    run_night(site, 0);
    assert_answer(site, "classes", "--format csv --pool one", ",headroom,", 1);
    assert_answer(site, "accept", "-n", "would replace", 1);
    assert_answer(site, "accept", "-n --format json", "\"loses\": []", 2);
    assert_answer(site, "accept", "-n --format json",
                  "\"otherwise\": \"model was Haswell-IBRS\"", 1);
    assert_answer(site, "classes", "--published", "replaced", 0);
    assert_answer(site, "accept", "--pool one", "replaced", 1);
    assert_answer(site, "classes", "--published", "replaced", 1);
    assert_answer(site, "classes", "--published", "in force", 2);
    assert_times(site, "classes", "--published --format json", 4); /* one until, three since */
    assert_answer(site, "classes", "--format csv --pool one", ",kept,", 1);
}

static void
test_retired_template_promises_nothing(void **state)
{
    const Site *site = *state;

    g_free(ask(site, "accept", "--retire", 2)); /* of what? */
    assert_answer(site, "accept", "--retire --pool two -n", "would retire", 1);
    assert_times(site, "accept", "--retire --pool two -n --format json", 1);
    assert_answer(site, "classes", "--published", "retired", 0);
    assert_answer(site, "accept", "--retire --pool two", "retired", 1);
    assert_answer(site, "classes", "--published --pool two", "retired", 1);
    assert_answer(site, "classes", "--format csv --pool two", ",none,", 1);
    g_autofree char *again = ask(site, "accept", "--retire --pool two", 2);
    assert_non_null(strstr(again, "no published template of pool 'two'"));
}

/* Until they are taken back. */
static void
test_promises_to_an_old_name_of_a_pool_stay_with_that(void **state)
{
    const Site *site = *state;

    name_pool(site, "uno");
    assert_answer(site, "classes", "--format csv --pool uno", ",none,", 1);
    assert_answer(site, "accept", "--retire --pool one", "retired", 1);
    assert_answer(site, "classes", "--published", "in force", 0);
    assert_answer(site, "accept", "--pool uno", "published", 1);
    assert_answer(site, "classes", "--published", "in force", 1);
    name_pool(site, "one");
}

/* Nobody reads a plan file again because a night was quiet. */
static void
test_report_tells_of_hosts_in_no_pool_and_of_pools_without_their_name(void **state)
{
    const Site *site = *state;

    site_write_plan(site, "  - {name: uno, hosts: ['a*'], strategy: pool}\n");
    run_night(site, 0);
    g_autofree char *report = site_read_report(site, "report.txt");
    assert_contains(report, "1 host is in no pool of the plan file: b1.");
    assert_contains(report, "1 template of pool one is in force, and no pool has that name");
    name_pool(site, "one");
    run_night(site, 0);
    g_autofree char *again = site_read_report(site, "report.txt");
    assert_null(strstr(again, "no pool"));
}

static char *
digest_of(const char *path)
{
    g_autofree char *bytes = NULL;
    gsize length = 0;

    assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, length);
}

/* Whatever is imagined, and however much at once, the inventory has the same bytes afterwards. */
static void
test_whatif_touches_nothing(void **state)
{
    static const struct {
        const char *rest;
        int status;
        const char *part;
    } cases[] = {
        {"--remove a1 --lose avx2 --on a2 --disable aes --strategy exact", 0, "a2"},
        {"--lose avx2 --on b*", 0, "features"},
        {"--strategy auto --max-classes 2", 0, ""},
        {"--max-classes 2", 2, "--strategy auto"},
        {"--lose avx512f", 2, "nothing can be lost"},
        {"--lose avx2 --on c*", 2, "'c*'"},
        {"--remove c*", 2, "c*"},
        {"--strategy best", 2, "exact, pool, ladder or auto"},
    };
    const Site *site = *state;
    g_autofree char *before = digest_of(site->inventory);

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const gboolean is_refused = cases[i].status != 0;
        g_auto(GStrv) words = g_strsplit(cases[i].rest, " ", -1);
        const char *argv[16] = {PROGRAM, "whatif", "-c", site->plan};

        for (guint w = 0; words[w] != NULL; w++)
            argv[w + 4] = words[w];
        g_auto(ProgramResult) result = program_run(argv);
        if (is_refused ? result.status < 2 : result.status > 1)
            fail_msg("%s ends with %d: %s", cases[i].rest, result.status, result.err);
        if (is_refused && strstr(result.err, cases[i].part) == NULL)
            fail_msg("%s: no '%s' in %s", cases[i].rest, cases[i].part, result.err);
        g_autofree char *after = digest_of(site->inventory);
        assert_string_equal(before, after);
    }
}

/* Asked for one class, and shown two: that says why, and how to have one. */
static void
test_whatif_tells_that_published_templates_keep_more_classes(void **state)
{
    Site *site = site_new("  - {name: p, hosts: ['*'], strategy: auto, max_loss: 1%}\n");

    (void)state;
    write_host(site, "a1", "Haswell-IBRS");
    write_host(site, "b1", "Skylake-Server-IBRS");
    run_night(site, 0);
    assert_answer(site, "whatif", "--max-classes 1", "p keeps", 0);
    g_free(ask(site, "accept", "", 0));
    assert_answer(site, "whatif", "--max-classes 1", "Pool p keeps 2 classes and not 1", 1);
    assert_answer(site, "whatif", "--max-classes 1", "accept --retire --pool p", 1);
    assert_answer(site, "whatif", "--max-classes 2 --disable aes", "Pool p keeps", 0);
    site_free(site);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_template_is_kept_broken_and_replaced),
        cmocka_unit_test(test_report_tells_of_hosts_in_no_pool_and_of_pools_without_their_name),
        cmocka_unit_test(test_retired_template_promises_nothing),
        cmocka_unit_test(test_promises_to_an_old_name_of_a_pool_stay_with_that),
        cmocka_unit_test(test_whatif_tells_that_published_templates_keep_more_classes),
        cmocka_unit_test(test_whatif_touches_nothing),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
