/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Hostile and broken input: each gives exactly one finding, an error with a stable id, its line and
 * a remedy, and no document; nothing is fetched, nothing grows.
 */

#include "ingest_fixture.h"

#include <ingest/cpudata_reader.h>
#include <libxml/xmlerror.h>
#include <string.h>

#define NAME_64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEAD "<domain type='kvm'><name>g</name>"

typedef struct {
    const char *what;
    const char *text;
    const char *id;
    guint line;
} Case;

static const Case cases[] = {
    {"empty", "", "empty", 0},
    {"blanks", "  \n\n", "empty", 0},
    {"comment only", "<?xml version='1.0'?>\n<!-- nothing -->\n", "empty", 0},
    {"text", "Hello\nworld\n", "unknown-document", 1},
    {"other XML", "<?xml version='1.0'?>\n<html><body/></html>", "unknown-document", 2},
    {"error page", "<html>\n<body><br></body></html>", "not-xml", 2},
    {"truncated", HEAD "\n<devices>\n<disk type='file'>", "not-xml", 3},
    {"cut in a tag", HEAD "\n<devi", "not-xml", 2},
    {"cut in the root's tag", "<domain", "not-xml", 1},
    {"cut behind a mistake", HEAD "\n<vcpu>x</vcpu>\n<devices>", "not-xml", 3},
    {"mismatched", HEAD "\n<os></so></domain>", "not-xml", 2},
    {"entity bomb",
     "<?xml version='1.0'?>\n<!DOCTYPE d [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]>\n"
     "<domain type='kvm'><name>&b;</name></domain>",
     "dtd", 2},
    {"external entity",
     "<!DOCTYPE domain [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>\n"
     "<domain type='kvm'><name>&x;</name></domain>",
     "dtd", 1},
    {"external DTD", "<!DOCTYPE domain SYSTEM 'http://127.0.0.1:1/x.dtd'>\n" HEAD "</domain>",
     "dtd", 1},
    {"undeclared entity", HEAD "\n<title>&nbsp;</title></domain>", "not-xml", 2},
    {"bad UTF-8", HEAD "\n<title>\xff\xfe</title></domain>", "not-xml", 2},
    {"control character", HEAD "\n<title>\x01</title></domain>", "not-xml", 2},
    {"claims another encoding", "<?xml version='1.0' encoding='klingon'?>" HEAD "</domain>",
     "wrong-encoding", 1},
    {"is not what it claims", "\xff\xfe<\0", "wrong-encoding", 1},
    {"repeated attribute", "<domain type='kvm'\ntype='qemu'><name>g</name></domain>", "not-xml", 2},
    {"no type", "<domain><name>g</name></domain>", "incomplete", 1},
    {"no name", "<domain type='kvm'>\n</domain>", "incomplete", 2},
    {"long name", "<domain type='kvm'>\n<name>" NAME_64 NAME_64 NAME_64 NAME_64 "</name></domain>",
     "name-too-long", 2},
    {"no memory", HEAD "\n<memory>-1</memory></domain>", "invalid-number", 2},
    {"much memory", HEAD "\n<memory unit='EiB'>99999999</memory></domain>", "invalid-number", 2},
    {"odd unit", HEAD "\n<memory unit='<'>1</memory></domain>", "not-xml", 2},
    {"half a CPU", HEAD "\n<vcpu>0.5</vcpu></domain>", "invalid-number", 2},
    {"unknown arch", HEAD "\n<os><type arch='z80'>hvm</type></os></domain>", "unknown-arch", 2},
    {"bad CPU", HEAD "\n<cpu mode='quantum'/></domain>", "invalid-cpu", 2},
    {"bad policy",
     HEAD "\n<cpu><model>qemu64</model>\n<feature name='x' policy='maybe'/></cpu></domain>",
     "invalid-cpu", 3},
    {"no host", "<capabilities>\n</capabilities>", "incomplete", 2},
    {"no CPU", "<capabilities><host/>\n</capabilities>", "incomplete", 2},
    {"unknown host arch", "<capabilities><host><cpu><arch>z80</arch></cpu></host></capabilities>",
     "invalid-cpu", 1},
    {"no emulator", "<domainCapabilities>\n</domainCapabilities>", "incomplete", 2},
    {"no CPUID", "<cpudata arch='x86'/>", "invalid-cpudata", 1},
    {"half a CPUID line",
     "CPUID 00000001: 000306F2-00100800\nCPUID 00000000: 00000001-00000000-"
     "00000000-00000000\n",
     "invalid-cpuid", 1},
    {"JSON", "{\"return\": {}}", "invalid-qemu-reply", 1},
    {"broken JSON", "{\"return\": {\"model\": ", "invalid-qemu-reply", 1},
};

static void
assert_finding(const char *what, SourceReading *reading, const char *id, guint line)
{
    const Finding *finding;

    if (reading->documents->len != 0 || reading->findings->len != 1)
        fail_msg("%s: %u documents, %u findings", what, reading->documents->len,
                 reading->findings->len);
    finding = g_ptr_array_index(reading->findings, 0);
    if (strcmp(finding->id, id) != 0 || finding->line != line)
        fail_msg("%s: '%s' in line %u: %s", what, finding->id, finding->line, finding->text);
    assert_int_equal(finding->severity, FINDING_ERROR);
    assert_string_equal(finding->source, "h.xml");
    assert_true(*finding->text != '\0' && *finding->remedy != '\0');
    assert_null(strchr(finding->text, '\n'));
}

static void
test_each_hostile_document_is_one_finding(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SourceReading) reading = fixture_read("h.xml", cases[i].text);

        assert_finding(cases[i].what, reading, cases[i].id, cases[i].line);
    }
}

static guint n_words;

static void
count_words(void *context, const char *format, ...)
{
    (void)context, (void)format;
    n_words++;
}

/* libxml2 has nothing to say on the terminal, whatever encoding a document claims or has. */
static void
test_wrong_encodings_print_nothing(void **state)
{
    static const char *const names[] = {"UTF-16", "UTF-7",       "EBCDIC-US", "UCS-4", "UTF-32",
                                        "IBM037", "ISO-2022-JP", "SHIFT_JIS", "ASCII", "UTF-8"};
    static const struct {
        const char *bytes;
        gsize length;
    } tails[] = {{"\xc0\xaf", 2},      {"\xed\xa0\x80", 3}, {"\0<\0a", 4},
                 {"+ADw-a/+AD4-", 12}, {"\x4c\xa7\x94", 3}, {"\xff\xfe\0\0<\0\0\0", 8},
                 {"\x1b$B\x21", 4}};
    static const char *const roots[] = {"<domain type='kvm'><name>", "<cpudata arch='x86'>",
                                        "<capabilities>", "<domainCapabilities>"};

    (void)state;
    xmlSetGenericErrorFunc(NULL, count_words);
    for (guint i = 0; i < G_N_ELEMENTS(names) * G_N_ELEMENTS(tails) * G_N_ELEMENTS(roots); i++) {
        const char *name = names[i % G_N_ELEMENTS(names)];
        guint tail = i / G_N_ELEMENTS(names) % G_N_ELEMENTS(tails);
        const char *root = roots[i / G_N_ELEMENTS(names) / G_N_ELEMENTS(tails)];
        g_autoptr(GString) text = g_string_new(NULL);

        g_string_printf(text, "<?xml version='1.0' encoding='%s'?>%s", name, root);
        g_string_append_len(text, tails[tail].bytes, (gssize)tails[tail].length);
        g_autoptr(SourceReading) reading = fixture_read_bytes("h.xml", text->str, text->len);
        if (reading->documents->len != 0 || reading->findings->len == 0)
            fail_msg("%s, bytes %u, %s: no finding", name, tail, root);
        g_autoptr(GError) error = NULL;
        g_autoptr(CpuData) data = cpudata_reader_parse(text->str, text->len, &error);
        assert_null(data);
        assert_non_null(error);
    }
    xmlSetGenericErrorFunc(NULL, NULL);
    assert_int_equal(n_words, 0);
}

/* TEXT as UTF-16 of the little end, without a byte order mark, at WIDE. */
static void
widen(const char *text, char *wide)
{
    for (gsize i = 0; text[i] != '\0'; i++) {
        wide[2 * i] = text[i];
        wide[2 * i + 1] = '\0';
    }
}

static void
test_utf16_without_its_mark_is_refused(void **state)
{
    static const char text[] = "<domain type='kvm'><name>g</name></domain>";
    char wide[2 * (sizeof text - 1)];

    (void)state;
    widen(text, wide);
    g_autoptr(SourceReading) reading = fixture_read_bytes("h.xml", wide, sizeof wide);
    assert_finding("no mark", reading, "nul-byte", 1);
}

static void
test_utf16_with_the_mark_of_the_other_end_is_refused(void **state)
{
    static const char text[] = "<domain type='kvm'><name>g</name></domain>";
    char wide[2 * sizeof text] = "\xfe\xff";

    (void)state;
    widen(text, wide + 2);
    g_autoptr(SourceReading) reading = fixture_read_bytes("h.xml", wide, sizeof wide);
    assert_finding("other mark", reading, "unknown-document", 1);
}

/* As a shorter document leaves it that was written over a longer one. */
static void
test_rest_of_an_overwritten_document_is_told_once(void **state)
{
    static const char text[] =
        HEAD "</domain>\n<model>a</model>\n<model>b</model>\n<blockers/>\n</enum>\n";
    g_autoptr(SourceReading) reading = fixture_read_bytes("h.xml", text, sizeof text - 1);

    (void)state;
    guint n = 0;
    for (guint i = 0; i < reading->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(reading->findings, i);

        if (strcmp(finding->id, "unknown-document") != 0)
            continue;
        n++;
        assert_int_equal(finding->line, 2);
        assert_string_equal(finding->text, "root element <model> is of no known kind of document, "
                                           "as are 2 more behind it");
    }
    assert_int_equal(n, 1);
}

static void
test_nul_byte_is_refused_at_its_line(void **state)
{
    static const char text[] = HEAD "\n<title>a\0b</title></domain>";
    g_autoptr(SourceReading) reading = fixture_read_bytes("h.xml", text, sizeof text - 1);

    (void)state;
    assert_finding("NUL", reading, "nul-byte", 2);
}

static void
repeat(GString *text, const char *piece, guint n)
{
    for (guint i = 0; i < n; i++)
        g_string_append(text, piece);
}

static void
test_a_million_levels_are_refused(void **state)
{
    g_autoptr(GString) text = g_string_new(HEAD);

    (void)state;
    repeat(text, "<a>", 1000000);
    g_autoptr(SourceReading) reading = fixture_read_bytes("h.xml", text->str, text->len);
    assert_finding("a million levels", reading, "too-deep", 1);
}

static void
test_long_attribute_is_refused(void **state)
{
    static const gsize lengths[] = {2 * 1024 * 1024, 20 * 1024 * 1024};
    static const char *const ids[] = {"too-long", "not-xml"};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(lengths); i++) {
        g_autoptr(GString) text = g_string_new(HEAD "<x a='");
        g_autofree char *value = g_strnfill(lengths[i], 'a');

        g_string_append_printf(text, "%s'/></domain>", value);
        g_autoptr(SourceReading) reading = fixture_read_bytes("h.xml", text->str, text->len);
        assert_finding("long attribute", reading, ids[i], 1);
    }
}

static void
test_long_document_is_refused(void **state)
{
    g_autofree char *text = g_strnfill(100 * 1024 * 1024, ' ');
    g_autoptr(SourceReading) reading = fixture_read_bytes("h.xml", text, 100 * 1024 * 1024);

    (void)state;
    assert_finding("long document", reading, "too-long", 0);
}

/* Limits are what the caller sets. */
static void
test_limits_are_what_the_caller_sets(void **state)
{
    const IngestOptions options = {.limits = {.max_depth = 2, .max_document_bytes = 100}};
    static const char deep[] = "<domain type='kvm'><a><b/></a></domain>";
    g_autofree char *text = g_strnfill(101, ' ');
    g_autoptr(SourceReading) depth = ingest_buffer("h.xml", deep, strlen(deep), &options);
    g_autoptr(SourceReading) length = ingest_buffer("h.xml", text, 101, &options);

    (void)state;
    assert_finding("depth", depth, "too-deep", 1);
    assert_finding("length", length, "too-long", 0);
}

static void
test_broken_document_takes_none_before_it_away(void **state)
{
    g_autofree char *text = g_strconcat(fixture_domain, "<domain type='kvm'>\n<name>x", NULL);
    g_autoptr(SourceReading) reading = fixture_read("h.mail.domain.xml", text);
    const Finding *finding = g_ptr_array_index(reading->findings, 0);

    (void)state;
    assert_int_equal(reading->documents->len, 1);
    assert_int_equal(reading->findings->len, 1);
    assert_int_equal(finding->line, 32);
}

/* An unusable document that is well-formed does not take those behind it away. */
static void
test_unusable_document_takes_none_behind_it_away(void **state)
{
    g_autofree char *text = g_strconcat("<domain/>\n", fixture_domain, NULL);
    g_autoptr(SourceReading) reading = fixture_read("h.mail.domain.xml", text);

    (void)state;
    assert_int_equal(reading->documents->len, 1);
    assert_int_equal(reading->findings->len, 1);
}

/* Names stay text, whatever they look like: output is what escapes them. */
static void
test_names_stay_text_whatever_they_look_like(void **state)
{
    static const char *const names[] = {"<script>alert(1)</script>", "=cmd|' /C calc'!A0",
                                        "a; drop table host --", "..",
                                        "\xe2\x80\xae"
                                        "rtl"};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *escaped = g_markup_escape_text(names[i], -1);
        g_autofree char *text =
            g_strdup_printf("<domain type='kvm'><name>%s</name></domain>", escaped);
        g_autoptr(SourceReading) reading = fixture_read("h.mail.domain.xml", text);

        assert_string_equal(fixture_document(reading)->guest->name, names[i]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_hostile_document_is_one_finding),
        cmocka_unit_test(test_rest_of_an_overwritten_document_is_told_once),
        cmocka_unit_test(test_nul_byte_is_refused_at_its_line),
        cmocka_unit_test(test_wrong_encodings_print_nothing),
        cmocka_unit_test(test_utf16_without_its_mark_is_refused),
        cmocka_unit_test(test_utf16_with_the_mark_of_the_other_end_is_refused),
        cmocka_unit_test(test_a_million_levels_are_refused),
        cmocka_unit_test(test_long_attribute_is_refused),
        cmocka_unit_test(test_long_document_is_refused),
        cmocka_unit_test(test_limits_are_what_the_caller_sets),
        cmocka_unit_test(test_broken_document_takes_none_before_it_away),
        cmocka_unit_test(test_unusable_document_takes_none_behind_it_away),
        cmocka_unit_test(test_names_stay_text_whatever_they_look_like),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
