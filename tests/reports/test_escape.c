/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Proves that no text from outside can act where it is printed. */

#include <reports/escape.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

typedef void (*Escape)(GString *out, const char *text);

static const struct {
    Escape escape;
    const char *text;
    const char *expected;
} cases[] = {
    {escape_terminal, NULL, ""},
    {escape_terminal, "kvm01 é 主机", "kvm01 é 主机"},
    {escape_terminal, "\033[31mred\033[0m", "\\x1b[31mred\\x1b[0m"},
    {escape_terminal, "a\nb\tc\rd\177", "a\\nb\\tc\\x0dd\\x7f"},
    {escape_terminal,
     "\302\233"
     "31m",
     "\\u009b31m"},
    {escape_terminal, "a\342\200\256b", "a\\u202eb"},
    {escape_terminal, "bad \377\376 \303", "bad \\xff\\xfe \\xc3"},

    {escape_csv, NULL, ""},
    {escape_csv, "plain", "plain"},
    {escape_csv, "a,b", "\"a,b\""},
    {escape_csv, "say \"hi\"", "\"say \"\"hi\"\"\""},
    {escape_csv, "two\nlines", "\"two\nlines\""},
    {escape_csv, "=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\""},
    {escape_csv, "+1", "\"'+1\""},
    {escape_csv, "-avx", "\"'-avx\""},
    {escape_csv, "@SUM(A1)", "\"'@SUM(A1)\""},
    {escape_csv, "\tx", "\"'\tx\""},
    {escape_csv, "\rx", "\"'\rx\""},
    {escape_csv, "a\033]0;t\a\302\233b", "a\\x1b]0;t\\x07\\u009bb"},
    {escape_csv, "a,\033\"\342\200\256", "\"a,\\x1b\"\"\\u202e\""},
    {escape_csv, "\377", "\357\277\275"},

    {escape_json, NULL, "\"\""},
    {escape_json, "pc-q35-9.2", "\"pc-q35-9.2\""},
    {escape_json, "/usr/bin", "\"/usr/bin\""},
    {escape_json, "</script><b>&", "\"\\u003c/script\\u003e\\u003cb\\u003e\\u0026\""},
    {escape_json, "q\"b\\n\n", "\"q\\\"b\\\\n\\n\""},
    {escape_json, "\033", "\"\\u001b\""},
    {escape_json, "é\342\200\250", "\"é\\u2028\""},
    {escape_json, "\377", "\"\357\277\275\""},

    {escape_prometheus, "a\"b\\c\nd\te\x01", "a\\\"b\\\\c\\nd\te\x01"},
    {escape_dot, "a\"];x[\"\n", "\"a\\\"];x[\\\"\\\\n\""},
};

static void
test_each_form_has_its_own_escapes(void **state)
{
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        GString *out = g_string_new(NULL);

        cases[i].escape(out, cases[i].text);
        if (strcmp(out->str, cases[i].expected) != 0)
            print_error("case %zu, text '%s'\n", i, cases[i].text);
        assert_string_equal(out->str, cases[i].expected);
        g_string_free(out, TRUE);
    }
}

/*
 * Any bytes: the terminal gets no control code, JSON reads back, a file name stays in its folder.
 */
static void
test_any_bytes_come_out_harmless(void **state)
{
    guint32 seed = g_random_int();
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);

    (void)state;
    print_message("seed %u\n", seed);
    for (guint i = 0; i < 20000; i++) {
        char text[24] = {0};
        guint length = (guint)g_rand_int_range(random, 0, sizeof text);

        for (guint j = 0; j < length; j++)
            text[j] = (char)g_rand_int_range(random, 1, g_rand_boolean(random) ? 256 : 128);
        GString *terminal = g_string_new(NULL), *json = g_string_new(NULL);
        g_autofree char *valid = g_utf8_make_valid(text, -1);
        g_autofree char *file = escape_file_name(text);

        escape_terminal(terminal, text);
        assert_true(g_utf8_validate(terminal->str, -1, NULL));
        for (const char *p = terminal->str; *p != '\0'; p++)
            assert_true((guchar)*p >= 0x20 && *p != 0x7f);
        escape_json(json, text);
        json_object *read = json_tokener_parse(json->str);
        assert_string_equal(json_object_get_string(read), valid);
        assert_null(strpbrk(json->str, "<>&"));
        assert_true(*file != '\0' && *file != '.' && strchr(file, '/') == NULL);
        json_object_put(read);
        g_string_free(terminal, TRUE);
        g_string_free(json, TRUE);
    }
}

static void
test_file_names_stay_in_one_folder(void **state)
{
    static const char *const names[][2] = {
        {"pool-a", "pool-a"},
        {"../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"},
        {".hidden", "%2Ehidden"},
        {"a b", "a%20b"},
        {"", "%"},
        {"%", "%25"},
        {"a/b", "a%2Fb"},
        {"x.y_z-1", "x.y_z-1"},
    };
    g_autofree char *long_a = g_strnfill(4000, 'a');
    g_autofree char *long_b = g_strnfill(4001, 'a');
    g_autofree char *name_a = escape_file_name(long_a);
    g_autofree char *name_b = escape_file_name(long_b);

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *name = escape_file_name(names[i][0]);
        assert_string_equal(name, names[i][1]);
    }
    assert_true(strlen(name_a) <= 160);
    assert_string_not_equal(name_a, name_b);
}

static void
test_width_counts_terminal_columns(void **state)
{
    (void)state;
    assert_int_equal(escape_width(""), 0);
    assert_int_equal(escape_width("abc"), 3);
    assert_int_equal(escape_width("é"), 1);
    assert_int_equal(escape_width("e\314\201"), 1);
    assert_int_equal(escape_width("主机"), 4);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_form_has_its_own_escapes),
        cmocka_unit_test(test_any_bytes_come_out_harmless),
        cmocka_unit_test(test_file_names_stay_in_one_folder),
        cmocka_unit_test(test_width_counts_terminal_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
