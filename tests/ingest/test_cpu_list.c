/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Lists of bare <cpu> elements: children that repeat are not parsed again, which nobody may notice.
 * The same list inside a wrapper element is parsed as a whole, and must give the same.
 */

#include <glib.h>
#include <ingest/cpu_reader.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* After those that it needs. */
#include <cmocka.h>

#define HASWELL                                                                                    \
    "<cpu>\n<arch>x86_64</arch>\n<model>Haswell</model>\n<feature name='vmx'/>\n</cpu>\n"
#define EPYC "<cpu><arch>x86_64</arch><model>EPYC</model></cpu>\n"

static gboolean
write_down(CpuDefinition *cpu, const CpuPlace *place, gpointer user_data, GError **error)
{
    (void)error;
    g_string_append_printf(user_data, "%u line %u: %s %u\n", place->index, place->line, cpu->model,
                           cpu->features->len);
    cpu_definition_free(cpu);
    return TRUE;
}

/* All CPUs of TEXT, whose bare elements are BARE, and the error that ended it. */
static char *
read_list_as(const char *text, CpuElement bare)
{
    GString *list = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    if (!cpu_reader_file(text, strlen(text), bare, write_down, list, &error))
        g_string_append_printf(list, "%s\n", error->message);
    return g_string_free(list, FALSE);
}

static char *
read_list(const char *text)
{
    return read_list_as(text, CPU_ELEMENT_BARE);
}

/* libvirt refuses 'match' beside <arch> only where it has yet to find out what a <cpu> is. */
static void
test_match_beside_arch_is_refused_in_a_cpu_of_any_kind(void **state)
{
    static const char bare[] = "<cpu match='exact'><arch>x86_64</arch><model>Haswell</model></cpu>";
    g_autofree char *host =
        g_strconcat("<capabilities><host>", bare, "</host></capabilities>", NULL);
    g_autofree char *told = read_list(bare);
    g_autofree char *of_baseline = read_list_as(bare, CPU_ELEMENT_BASELINE);
    g_autofree char *of_host = read_list(host);

    (void)state;
    assert_non_null(strstr(told, "'match'"));
    assert_string_equal(of_baseline, "0 line 1: Haswell 0\n");
    assert_string_equal(of_host, "0 line 1: Haswell 0\n");
}

static void
test_repeated_cpus_keep_their_places(void **state)
{
    static const char expected[] = "0 line 1: Haswell 1\n1 line 6: Haswell 1\n2 line 12: EPYC 0\n"
                                   "3 line 13: Haswell 1\n4 line 18: EPYC 0\n";
    g_autofree char *list = read_list(HASWELL HASWELL "\n" EPYC HASWELL EPYC);
    g_autofree char *wrapped = read_list("<list>" HASWELL HASWELL "\n" EPYC HASWELL EPYC "</list>");

    (void)state;
    assert_string_equal(list, expected);
    assert_string_equal(wrapped, expected);
}

/* Whatever follows the elements that repeat is read as if it stood there alone, in its own line. */
static void
test_what_follows_is_told_by_its_line(void **state)
{
    static const char *const rest[] = {
        "<cpu>\n<arch>none</arch>\n<model>Haswell</model>\n</cpu>",
        "<cpu><!-- </cpu> --><arch>x86_64</arch><model>Haswell</model></cpu>\n" EPYC,
        "<cpu>\n<arch>x86_64</arch>\n<model>Haswell</cpu>",
        "text\n<host><cpu><arch>x86_64</arch></cpu></host>",
        "<cpu x='1'><arch>x86_64</arch><model>Haswell</model></cpu>",
        "<cpu>",
    };

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(rest); i++) {
        g_autofree char *text = g_strconcat(EPYC EPYC HASWELL, rest[i], NULL);
        g_autofree char *wrapped = g_strconcat("<a>", text, "</a>", NULL);
        g_autofree char *got = read_list(text);
        g_autofree char *expected = read_list(wrapped);

        /* What the parser says of text that is not well-formed depends on what is around it. */
        if (strstr(expected, "well-formed") == NULL)
            assert_string_equal(got, expected);
        else
            assert_non_null(strstr(got, "well-formed"));
        assert_true(g_str_has_prefix(got, "0 line 1: EPYC 0\n1 line 2: EPYC 0\n"));
    }
}

static void
test_thousands_of_distinct_cpus_keep_their_lines(void **state)
{
    g_autoptr(GString) text = g_string_new(NULL);

    (void)state;
    for (guint i = 0; i < 2000; i++)
        g_string_append_printf(text, "<cpu><arch>x86_64</arch><model>m%u</model></cpu>\n", i);
    g_autofree char *list = read_list(text->str);
    g_string_prepend(text, "<a>");
    g_string_append(text, "</a>");
    g_autofree char *wrapped = read_list(text->str);
    assert_string_equal(list, wrapped);
    assert_non_null(strstr(list, "1999 line 2000: m1999 0\n"));
}

/* ---- children in common ---------------------------------------------------------------------- */

/* Everything that a CPU says. */
static gboolean
write_all(CpuDefinition *cpu, const CpuPlace *place, gpointer user_data, GError **error)
{
    (void)error;
    g_string_append_printf(user_data, "%u line %u: type %u microcode %u\n", place->index,
                           place->line, cpu->type, cpu->microcode);
    cpu_definition_format(cpu, 0, user_data);
    cpu_definition_free(cpu);
    return TRUE;
}

static char *
read_all_of(const char *text)
{
    GString *list = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    if (!cpu_reader_file(text, strlen(text), CPU_ELEMENT_BARE, write_all, list, &error))
        g_string_append_printf(list, "%s\n", error->message);
    return g_string_free(list, FALSE);
}

#define ARCH "<arch>x86_64</arch>"
#define MODEL "<model>Haswell</model>"

/* What stands before the features of an element, and from there on: each may follow each. */
static const char *const heads[] = {
    ARCH MODEL "<microcode version='1'/>",
    ARCH MODEL "<microcode version='2'/>\n\n",
    MODEL,
    MODEL "<topology sockets='1' cores='2' threads='1'/>",
    "",
    ARCH MODEL "<!-- <feature name='vmx'/> -->",
    ARCH MODEL "<x>",
    ARCH MODEL "<x a=\"",
    ARCH MODEL "<![CDATA[",
    ARCH MODEL "<feature name='aes'/><!-- -->",
    ARCH MODEL "<features/>",
    ARCH MODEL "&amp;",
    ARCH MODEL "text",
    ARCH MODEL "</cpu >",
    ARCH MODEL "<?x?>",
    ARCH "<model>Haswell\n</model>",
    ARCH "<model>Has&#119;ell</model>\n",
    ARCH MODEL MODEL,
    ARCH MODEL "<numa><cell id='0' cpus='0' memory='1'/></numa>",
    ARCH MODEL "<counter name='tsc' frequency='1' scaling='no'/>",
};
static const char *const tails[] = {
    "<feature name='vmx'/>\n<feature name='aes'/>\n",
    "<feature name='vmx' policy='disable'/>",
    "<feature name='vmx' policy='none of these'/>",
    "<feature name='vmx'/><feature name='vmx'/>",
    "<feature/>",
    "<feature name='vmx'><x/>\n</feature>",
    "<feature name='vmx'/><pages unit='KiB' size='4'/>",
    "<feature name='vmx'/><microcode version='3'/>",
    "<feature name='vmx'/><vendor>Intel</vendor>",
    "<feature name='vmx'/></x>",
    "<feature name='vmx'/>\"/>",
    "<feature name='vmx'/>]]>",
    "<feature name='vmx'/><!-- </cpu> -->",
    "<feature name='p:vmx'/>",
    "<feature p:name='aes' name='vmx'/>",
    "<feature xmlns='urn:x' name='vmx'/>",
    "<feature name='v&amp;x'/>",
    "<feature name='a>b'/>",
    "<features name='vmx'/>",
    "",
};

/* One element after another gives what the parser of the whole gives inside another element. */
static void
assert_same_as_whole(const char *first_head, const char *first_tail, const char *second_head,
                     const char *second_tail)
{
    g_autofree char *text = g_strconcat("<cpu>", first_head, first_tail, "</cpu>\n<cpu>",
                                        second_head, second_tail, "</cpu>\n", HASWELL, NULL);
    g_autofree char *whole = g_strconcat("<list>", text, "</list>", NULL);
    g_autofree char *told = read_all_of(text), *expected = read_all_of(whole);

    /* The message about what is not closed names the elements around. */
    if (strstr(expected, "not well-formed") != NULL)
        assert_non_null(strstr(told, "not well-formed"));
    else if (strcmp(told, expected) != 0)
        fail_msg("%s\ngives\n%s\nand not\n%s", text, told, expected);
}

static void
test_children_in_common_are_read_as_those_of_each(void **state)
{
    const guint n = G_N_ELEMENTS(heads) * G_N_ELEMENTS(tails);

    (void)state;
    for (guint i = 0; i < n; i++) {
        const char *head = heads[i % G_N_ELEMENTS(heads)], *tail = tails[i / G_N_ELEMENTS(heads)];

        for (guint k = 0; k < G_N_ELEMENTS(heads); k++)
            assert_same_as_whole(head, tail, heads[k], tail);
        /* What follows a child is not always what followed it before. */
        for (guint k = 0; k < G_N_ELEMENTS(tails); k++)
            assert_same_as_whole(head, tail, head, tails[k]);
    }
}

/* Thousands that differ before their features keep what is their own, and their lines. */
static void
test_thousands_of_one_kind_keep_what_is_their_own(void **state)
{
    g_autoptr(GString) list = g_string_new(NULL);
    guint n_told = 0;

    (void)state;
    for (guint i = 0; i < 3000; i++)
        g_string_append_printf(list, "<cpu>" ARCH MODEL "<microcode version='%u'/>%s%s</cpu>\n", i,
                               i % 3 == 0 ? "\n" : "", tails[i % 2]);
    g_autofree char *whole = g_strconcat("<list>", list->str, "</list>", NULL);
    g_autofree char *told = read_all_of(list->str), *expected = read_all_of(whole);
    assert_string_equal(told, expected);
    for (const char *at = strstr(told, ": type"); at != NULL; at = strstr(at + 1, ": type"))
        n_told++;
    assert_int_equal(n_told, 3000);
}

/*
 * More features and other children than are remembered at a time, some of which come again and
 * again, one of them twice in one CPU at the end.
 */
static void
test_what_is_forgotten_is_read_again(void **state)
{
    g_autoptr(GString) list = g_string_new(NULL);

    (void)state;
    for (guint i = 0; i < 15000; i++)
        g_string_append_printf(list,
                               "<cpu>" ARCH MODEL
                               "<feature name='vmx'/><feature name='aes'/><feature name='pcid'/>\n"
                               "<feature name='f%u'/><feature name='xsave'/></cpu>\n",
                               i);
    g_string_append(list, "<cpu>" ARCH MODEL "<feature name='vmx'/>\n"
                          "<feature name='aes'/><feature name='aes'/></cpu>\n");
    g_autofree char *whole = g_strconcat("<list>", list->str, "</list>", NULL);
    g_autofree char *told = read_all_of(list->str), *expected = read_all_of(whole);
    assert_true(strcmp(told, expected) == 0);
    assert_non_null(strstr(told, "14999 line 29999: "));
    assert_non_null(strstr(told, "line 30002: feature 'aes' is listed twice"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_match_beside_arch_is_refused_in_a_cpu_of_any_kind),
        cmocka_unit_test(test_repeated_cpus_keep_their_places),
        cmocka_unit_test(test_what_follows_is_told_by_its_line),
        cmocka_unit_test(test_thousands_of_distinct_cpus_keep_their_lines),
        cmocka_unit_test(test_children_in_common_are_read_as_those_of_each),
        cmocka_unit_test(test_thousands_of_one_kind_keep_what_is_their_own),
        cmocka_unit_test(test_what_is_forgotten_is_read_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
