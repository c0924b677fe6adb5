/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Proves that versions are read as they stand in documents, plan files and names of machine types,
 * and printed as people write them.
 */

#include <cpumodel/version.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
test_version_begins_a_text(void **state)
{
    static const struct {
        const char *text;
        guint n;
        guint version;
        const char *rest;
    } cases[] = {
        {"9", 1, 9000000, ""},
        {"9.2", 2, 9002000, ""},
        {"9.2.1", 3, 9002001, ""},
        {"999.999.999", 3, 999999999, ""},
        {"5.15.0-91-generic", 3, 5015000, "-91-generic"},
        {"6.1.0.5", 3, 6001000, ".5"},
        {"9.", 1, 9000000, "."},
        {"9.x", 1, 9000000, ".x"},
        {"9.1234", 1, 9000000, ".1234"},
        {"rhel9.4.0", 0, 0, NULL},
        {"1234", 0, 0, NULL},
        {" 9.2", 0, 0, NULL},
        {"-9.2", 0, 0, NULL},
        {"", 0, 0, NULL},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *rest = NULL;
        guint version = 0;

        assert_int_equal(version_read(cases[i].text, &version, &rest), cases[i].n);
        assert_int_equal(version, cases[i].version);
        if (cases[i].rest != NULL)
            assert_string_equal(rest, cases[i].rest);
        else
            assert_null(rest);
    }
}

static void
test_whole_text_is_a_version_or_nothing_is_set(void **state)
{
    static const char *const others[] = {"new", "9.0.0.0", "9.0 ", "9.", ""};
    guint version = 0;

    (void)state;
    assert_true(version_parse("9.0", &version));
    assert_int_equal(version, VERSION_NUMBER(9, 0));
    assert_true(version_parse("11.3.2", &version));
    assert_int_equal(version, VERSION_NUMBER(11, 3) + 2);
    for (guint i = 0; i < G_N_ELEMENTS(others); i++)
        assert_false(version_parse(others[i], &version));
    assert_int_equal(version, VERSION_NUMBER(11, 3) + 2);
}

static void
test_third_number_is_printed_where_it_is_not_0(void **state)
{
    g_autofree char *first = version_format(VERSION_NUMBER(10, 0));
    g_autofree char *later = version_format(VERSION_NUMBER(9, 2) + 1);

    (void)state;
    assert_string_equal(first, "10.0");
    assert_string_equal(later, "9.2.1");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_version_begins_a_text),
        cmocka_unit_test(test_whole_text_is_a_version_or_nothing_is_set),
        cmocka_unit_test(test_third_number_is_printed_where_it_is_not_0),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
