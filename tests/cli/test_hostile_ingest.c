/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A night among documents and archives that were made to do harm: each is told in the quarantine
 * for what it is, those beside it are read, nothing is written anywhere else, and memory stays
 * small. And the limits are those of the plan file, or of the command line.
 */

#include "../ingest/archive_fixture.h"
#include "ask.h"
#include "site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <sys/resource.h>

#define HEAD "<domain type='kvm'><name>g</name>"
#define MIB ((gsize)1 << 20)
/* What a night may take, with a sanitizer's share. */
#ifdef __SANITIZE_THREAD__
#define MAX_RSS_KIB (2048L * 1024)
#else
#define MAX_RSS_KIB (512L * 1024)
#endif

static const char pools[] = "  - {name: all, hosts: ['*'], strategy: exact}\n";

/* TEXT, or FILL n times between BEFORE and AFTER; what is told of it. */
static const struct {
    const char *name, *before;
    gsize length; /* of BEFORE; 0: a string */
    const char *fill;
    gsize n;
    const char *after, *id;
} documents[] = {
    {"entities.xml",
     "<!DOCTYPE d [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>]>"
     "<domain type='kvm'><name>&c;</name></domain>",
     0, "", 0, "", "dtd"},
    {"external.xml",
     "<!DOCTYPE d [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><domain type='kvm'><name>&a;</name>"
     "</domain>",
     0, "", 0, "", "dtd"},
    {"dtd.xml", "<!DOCTYPE domain SYSTEM 'http://127.0.0.1:9/x.dtd'>" HEAD "</domain>", 0, "", 0,
     "", "dtd"},
    {"undeclared.xml", HEAD "<title>&nbsp;</title></domain>", 0, "", 0, "", "not-xml"},
    {"deep.xml", HEAD, 0, "<a>", 1000000, "", "too-deep"},
    {"wide.xml", HEAD "<x a='", 0, "a", 2 * MIB, "'/></domain>", "too-long"},
    {"huge.xml", HEAD "<x a='", 0, "a", 100 * MIB, "'/></domain>", "too-long"},
    {"nul.xml", HEAD "<title>a\0b</title></domain>", sizeof HEAD "<title>a\0b</title></domain>" - 1,
     "", 0, "", "nul-byte"},
    {"klingon.xml", "<?xml version='1.0' encoding='klingon'?>" HEAD "</domain>", 0, "", 0, "",
     "wrong-encoding"},
    {"not-utf16.xml", "\xff\xfe<\0", 3, "", 0, "", "wrong-encoding"},
    {"not-utf8.xml", HEAD "<title>\xc0\xaf</title></domain>", 0, "", 0, "", "not-xml"},
    {"surrogate.xml", HEAD "<title>\xed\xa0\x80</title></domain>", 0, "", 0, "", "not-xml"},
    {"control.xml", HEAD "<title>\x01</title></domain>", 0, "", 0, "", "not-xml"},
    {"text.xml", "\x1b[2J\x1b]0;owned\x07", 0, "", 0, "", "unknown-document"},
};

/* Members of an archive; the last is well. */
static ArchiveMember members[] = {
    {"/tmp/virt-plan-evil.xml", HEAD "</domain>", NULL, "archive-path"},
    {"a/../../virt-plan-evil.xml", HEAD "</domain>", NULL, "archive-path"},
    {"link.xml", NULL, NULL, "archive-link"},
    {"web09/capabilities.xml", NULL, "web09", NULL},
};

static char *
read_example(void)
{
    char *text = NULL;

    assert_true(
        g_file_get_contents(EXAMPLES_DIR "/2010/server/capabilities.xml", &text, NULL, NULL));
    return text;
}

static void
write_documents(const Site *site)
{
    for (guint i = 0; i < G_N_ELEMENTS(documents); i++) {
        g_autofree char *path = g_build_filename(site->fleet, documents[i].name, NULL);
        g_autoptr(GString) text = g_string_new_len(
            documents[i].before, documents[i].length > 0 ? (gssize)documents[i].length
                                                         : (gssize)strlen(documents[i].before));

        for (gsize n = 0; n < documents[i].n; n++)
            g_string_append(text, documents[i].fill);
        g_string_append(text, documents[i].after);
        assert_true(g_file_set_contents(path, text->str, (gssize)text->len, NULL));
    }
}

static void
write_archives(const Site *site, const char *good)
{
    g_autofree char *evil = g_build_filename(site->fleet, "evil.tar", NULL);
    g_autofree char *bomb = g_build_filename(site->fleet, "bomb.tar.gz", NULL);
    g_autofree char *blanks = g_strnfill(32 * MIB, ' ');
    const ArchiveMember content[] = {{"a/blanks.xml", blanks, NULL, NULL}};

    members[G_N_ELEMENTS(members) - 1].text = good;
    archive_fixture_write(evil, &archive_packings[0], members, G_N_ELEMENTS(members));
    archive_fixture_write(bomb, &archive_packings[1], content, G_N_ELEMENTS(content));
    members[G_N_ELEMENTS(members) - 1].text = NULL;
}

/* The row of the quarantine that begins with PLACE tells ID. */
static void
assert_told(const char *csv, const char *place, const char *id)
{
    g_autofree char *begin = g_strconcat("/fleet/", place, ",", NULL);
    g_autofree char *told = g_strconcat(",", id, ",", NULL);
    const char *row = strstr(csv, begin);

    if (row == NULL)
        fail_msg("nothing is told of %s:\n%s", place, csv);
    g_autofree char *line = g_strndup(row, strcspn(row, "\n"));
    if (strstr(line, told) == NULL)
        fail_msg("not %s is told: %s", id, line);
}

static void
test_hostile_documents_are_told_and_good_ones_read(void **state)
{
    static const char *const quarantine[] = {"quarantine", "-d",  "@inventory.db",
                                             "--format",   "csv", NULL};
    static const char *const hosts[] = {"hosts", "-d", "@inventory.db", "--format", "csv", NULL};
    static const char *const links[] = {"ingest", "-d", "@links.db", "@fleet/evil.tar", NULL};
    Site *site = site_new(pools);
    g_autofree char *good = read_example();
    g_autofree char *path = g_build_filename(site->fleet, "web01.xml", NULL);
    g_autofree char *plan = g_strconcat("max_archive: 4\ninventory: inventory.db\noutput: report\n"
                                        "sources: [fleet]\npools:\n",
                                        pools, NULL);
    struct rusage before, after;

    (void)state;
    g_free(site_write_text(site, "plan.yaml", plan));
    assert_true(g_file_set_contents(path, good, -1, NULL));
    write_documents(site);
    write_archives(site, good);
    assert_int_equal(getrusage(RUSAGE_CHILDREN, &before), 0);
    g_auto(ProgramResult) night = site_run_night(site);
    assert_int_equal(getrusage(RUSAGE_CHILDREN, &after), 0);
    if (night.status != 1)
        fail_msg("ends with %d: %s", night.status, night.err);
    g_auto(ProgramResult) told = ask(site->folder, quarantine);
    for (guint i = 0; i < G_N_ELEMENTS(documents); i++)
        assert_told(told.out, documents[i].name, documents[i].id);
    assert_told(told.out, "evil.tar:/tmp/virt-plan-evil.xml", "archive-path");
    assert_told(told.out, "evil.tar:a/../../virt-plan-evil.xml", "archive-path");
    assert_told(told.out, "bomb.tar.gz", "archive-too-big");
    assert_null(strchr(told.out, '\x1b'));
    g_auto(ProgramResult) again = ask(site->folder, links);
    ask_assert_part(again.err, "evil.tar:link.xml: the member is a link, which is not followed",
                    links);
    g_auto(ProgramResult) read = ask(site->folder, hosts);
    ask_assert_part(read.out, "\nweb01,", hosts);
    ask_assert_part(read.out, "\nweb09,", hosts);
    assert_false(g_file_test("/tmp/virt-plan-evil.xml", G_FILE_TEST_EXISTS));
    if (before.ru_maxrss < MAX_RSS_KIB)
        assert_true(after.ru_maxrss < MAX_RSS_KIB);
    site_free(site);
}

/* What was refused for a limit is read when there is more room, in the plan file or by option. */
static void
test_limits_are_those_of_the_plan_file_or_an_option(void **state)
{
    g_autofree char *blanks = g_strnfill(2 * MIB, ' ');
    static const struct {
        const char *title; /* another one makes another document */
        const char *limits;
        const char *options[3];
        int status;
        const char *told; /* NULL: nothing */
    } cases[] = {
        {"a", "max_document: 1\n", {NULL}, 1, "too-long"},
        {"a", "max_document: 3\n", {NULL}, 0, NULL},
        {"b", "max_document: 1\n", {"--max-document", "3"}, 0, NULL},
        {"c", "max_depth: 3\n", {NULL}, 1, "too-deep"},
        {"c", "max_depth: 3\n", {"--max-depth", "4"}, 0, NULL},
        {"d", "", {"--max-document", "1"}, 1, "too-long"},
        {"d", "", {NULL}, 0, NULL},
    };
    static const char *const quarantine[] = {"quarantine", "-d",  "@inventory.db",
                                             "--format",   "csv", NULL};
    Site *site = site_new(pools);

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const arguments[] = {
            "ingest", "-q", "-c", "@plan.yaml", "@fleet", cases[i].options[0], cases[i].options[1],
            NULL};
        g_autofree char *plan =
            g_strconcat(cases[i].limits, "inventory: inventory.db\npools:\n", pools, NULL);

        g_autofree char *text = g_strconcat(HEAD "<title>", cases[i].title, "</title>", blanks,
                                            "<a><b><c/></b></a></domain>", NULL);

        g_free(site_write_text(site, "plan.yaml", plan));
        g_free(site_write_text(site, "fleet/web01.xml", text));
        g_auto(ProgramResult) result = ask(site->folder, arguments);
        g_auto(ProgramResult) told = ask(site->folder, quarantine);
        if (result.status != cases[i].status)
            fail_msg("case %u ends with %d: %s", i, result.status, result.err);
        assert_int_equal(told.status, cases[i].status);
        if (cases[i].told != NULL)
            assert_told(told.out, "web01.xml", cases[i].told);
    }
    site_free(site);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hostile_documents_are_told_and_good_ones_read),
        cmocka_unit_test(test_limits_are_those_of_the_plan_file_or_an_option),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
