/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Proves that one table gives the same facts in all forms, and fits where it has to. */

#include <reports/escape.h>
#include <reports/table.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

static const TableColumn columns[] = {
    {"host", "HOST", TABLE_TEXT, 0},
    {"memory_kib", "MEMORY", TABLE_NUMBER, TABLE_NO_TEXT},
    {"memory", "MEMORY", TABLE_TEXT, TABLE_TEXT_ONLY},
    {"is_new", "NEW", TABLE_BOOLEAN, 0},
    {"features", "FEATURES", TABLE_LIST, TABLE_WRAP},
    {"cpus", "CPUS", TABLE_NUMBER, 0},
};

static void
add_row(Table *table, const char *host, guint64 kib, const char *memory, gboolean is_new,
        const char *features, guint64 n_cpus)
{
    g_auto(GStrv) split = g_strsplit(features, " ", -1);
    g_autoptr(GPtrArray) list = g_ptr_array_new();

    for (guint i = 0; split[i] != NULL; i++)
        g_ptr_array_add(list, split[i]);
    table_add_text(table, host);
    table_add_number(table, kib);
    table_add_text(table, memory);
    table_add_boolean(table, is_new);
    table_add_list(table, list);
    table_add_number(table, n_cpus);
}

static Table *
make_table(void)
{
    Table *table = table_new(columns, G_N_ELEMENTS(columns));

    add_row(table, "kvm01", 1024, "1 MiB", TRUE, "avx2 aes", 8);
    add_row(table, "=cmd()\033[2J", 2048, "2 MiB", FALSE, "avx512f avx512bw avx512vl avx512dq",
            128);
    table_add_text(table, NULL);
    table_add_none(table);
    table_add_none(table);
    table_add_none(table);
    table_add_list(table, NULL);
    table_add_none(table);
    return table;
}

static char *
print(const Table *table, ReportFormat format, guint width, gboolean is_coloured)
{
    ReportStyle style = {.width = width, .is_coloured = is_coloured};
    GString *out = g_string_new(NULL);

    table_print(table, format, &style, out);
    return g_string_free(out, FALSE);
}

static void
test_text_has_its_columns_aligned(void **state)
{
    g_autoptr(Table) table = make_table();
    g_autofree char *text = print(table, REPORT_FORMAT_TEXT, 0, FALSE);

    (void)state;
    assert_string_equal(text,
                        "HOST           MEMORY  NEW  FEATURES                            CPUS\n"
                        "kvm01          1 MiB   yes  avx2 aes                               8\n"
                        "=cmd()\\x1b[2J  2 MiB   no   avx512f avx512bw avx512vl avx512dq   128\n"
                        "-              -       -    -                                      -\n");
}

static void
test_text_fits_any_width(void **state)
{
    g_autoptr(Table) table = make_table();

    (void)state;
    for (guint width = 24; width < 90; width++) {
        g_autofree char *text = print(table, REPORT_FORMAT_TEXT, width, FALSE);
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

        for (guint i = 0; lines[i] != NULL; i++)
            assert_true(escape_width(lines[i]) <= width);
        assert_non_null(strstr(text, "avx512dq"));
    }
}

/* A person reads when something was to the minute, and all of it however narrow the terminal. */
static void
test_times_are_to_the_minute_for_people_and_iso_for_programs(void **state)
{
    static const TableColumn two[] = {{"since", "SINCE", TABLE_TIME, 0},
                                      {"until", "UNTIL", TABLE_TIME, 0}};
    g_autoptr(Table) table = table_new(two, G_N_ELEMENTS(two));

    (void)state;
    table_add_time(table, 1767225661);
    table_add_time(table, 0);
    g_autofree char *text = print(table, REPORT_FORMAT_TEXT, 24, FALSE);
    g_autofree char *csv = print(table, REPORT_FORMAT_CSV, 0, FALSE);
    g_autofree char *json = print(table, REPORT_FORMAT_JSON, 0, FALSE);
    assert_string_equal(text, "SINCE             UNTIL\n"
                              "2026-01-01 00:01  -\n");
    assert_string_equal(csv, "since,until\n2026-01-01T00:01:01Z,\n");
    assert_non_null(strstr(json, "\"since\": \"2026-01-01T00:01:01Z\", \"until\": null"));
}

static void
test_headings_wrap_before_any_cell_is_cut(void **state)
{
    static const TableColumn two[] = {{"a", "CAN START ON", TABLE_NUMBER, 0},
                                      {"b", "WHERE", TABLE_TEXT, 0}};
    g_autoptr(Table) table = table_new(two, G_N_ELEMENTS(two));

    (void)state;
    table_add_number(table, 7);
    table_add_text(table, "somewhere else");
    g_autofree char *text = print(table, REPORT_FORMAT_TEXT, 21, FALSE);
    assert_string_equal(text, "  CAN\n"
                              "START\n"
                              "   ON  WHERE\n"
                              "    7  somewhere else\n");
}

static void
test_rows_stand_by_themselves_where_nothing_else_fits(void **state)
{
    g_autoptr(Table) table = make_table();
    g_autofree char *text = print(table, REPORT_FORMAT_TEXT, 28, FALSE);

    (void)state;
    assert_true(g_str_has_prefix(text, "HOST      kvm01\n"
                                       "MEMORY    1 MiB\n"
                                       "NEW       yes\n"
                                       "FEATURES  avx2 aes\n"
                                       "CPUS      8\n"
                                       "\n"
                                       "HOST      =cmd()\\x1b[2J\n"));
    assert_non_null(strstr(text, "FEATURES  avx512f avx512bw\n          avx512vl avx512dq\n"));
}

/* People read counts with their thousands apart; names stay names, and programs read digits. */
static void
test_counts_have_their_thousands_apart(void **state)
{
    static const TableColumn three[] = {{"n", "HOSTS", TABLE_NUMBER, 0},
                                        {"run", "RUN", TABLE_NUMBER, TABLE_PLAIN},
                                        {"share", "SHARE", TABLE_NUMBER, 0}};
    g_autoptr(Table) table = table_new(three, G_N_ELEMENTS(three));

    (void)state;
    table_add_number(table, 12345);
    table_add_number(table, 12345);
    table_add_decimal(table, 0.1234, 4);
    g_autofree char *text = print(table, REPORT_FORMAT_TEXT, 0, FALSE);
    g_autofree char *csv = print(table, REPORT_FORMAT_CSV, 0, FALSE);
    g_autofree char *json = print(table, REPORT_FORMAT_JSON, 0, FALSE);
    assert_string_equal(text, " HOSTS    RUN   SHARE\n12,345  12345  0.1234\n");
    assert_string_equal(csv, "n,run,share\n12345,12345,0.1234\n");
    assert_non_null(strstr(json, "\"n\": 12345,"));
}

/* What is typed into the next command is never cut, and units stand under each other. */
static void
test_names_stay_whole_and_units_aligned(void **state)
{
    static const TableColumn three[] = {{"class", "CLASS", TABLE_TEXT, TABLE_WHOLE},
                                        {"memory", "MEMORY", TABLE_TEXT, TABLE_RIGHT},
                                        {"text", "TEXT", TABLE_TEXT, 0}};
    g_autoptr(Table) table = table_new(three, G_N_ELEMENTS(three));

    (void)state;
    table_add_text(table, "intel-sapphirerapids-amx");
    table_add_text(table, "12 GiB");
    table_add_text(table, "of which there is much to say");
    table_add_text(table, "epyc");
    table_add_text(table, "4,273 GiB");
    table_add_text(table, "short");
    g_autofree char *text = print(table, REPORT_FORMAT_TEXT, 50, FALSE);
    assert_string_equal(text, "CLASS                        MEMORY  TEXT\n"
                              "intel-sapphirerapids-amx     12 GiB  of which the…\n"
                              "epyc                      4,273 GiB  short\n");
}

static void
test_colour_is_only_where_it_is_asked_for(void **state)
{
    static const TableColumn one[] = {{"state", "STATE", TABLE_TEXT, 0}};
    g_autoptr(Table) table = table_new(one, 1);

    (void)state;
    table_add_text(table, "broken");
    table_tone(table, TABLE_TONE_BAD);
    g_autofree char *coloured = print(table, REPORT_FORMAT_TEXT, 0, TRUE);
    g_autofree char *plain = print(table, REPORT_FORMAT_TEXT, 0, FALSE);
    assert_string_equal(coloured, "\033[1mSTATE\033[0m\n\033[31mbroken\033[0m\n");
    assert_string_equal(plain, "STATE\nbroken\n");
}

static void
test_csv_has_raw_numbers_and_no_formulas(void **state)
{
    g_autoptr(Table) table = make_table();
    g_autofree char *csv = print(table, REPORT_FORMAT_CSV, 80, TRUE);

    (void)state;
    assert_string_equal(csv, "host,memory_kib,is_new,features,cpus\n"
                             "kvm01,1024,yes,avx2 aes,8\n"
                             "\"'=cmd()\\x1b[2J\",2048,no,avx512f avx512bw avx512vl avx512dq,128\n"
                             ",,,,\n");
}

static void
test_json_has_the_types_of_its_columns(void **state)
{
    g_autoptr(Table) table = make_table();
    g_autofree char *json = print(table, REPORT_FORMAT_JSON, 80, TRUE);
    json_object *rows = json_tokener_parse(json), *value = NULL;

    (void)state;
    assert_non_null(rows);
    assert_int_equal(json_object_array_length(rows), 3);
    json_object *row = json_object_array_get_idx(rows, 1);
    assert_int_equal(json_object_object_length(row), 5);
    assert_true(json_object_object_get_ex(row, "host", &value));
    assert_string_equal(json_object_get_string(value), "=cmd()\033[2J");
    assert_true(json_object_object_get_ex(row, "memory_kib", &value));
    assert_true(json_object_is_type(value, json_type_int));
    assert_true(json_object_object_get_ex(row, "is_new", &value));
    assert_true(json_object_is_type(value, json_type_boolean));
    assert_true(json_object_object_get_ex(row, "features", &value));
    assert_int_equal(json_object_array_length(value), 4);
    row = json_object_array_get_idx(rows, 2);
    assert_true(json_object_object_get_ex(row, "cpus", &value));
    assert_null(value);
    json_object_put(rows);
}

static void
test_table_without_rows_has_headings_or_an_empty_list(void **state)
{
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
    g_autofree char *json = print(table, REPORT_FORMAT_JSON, 0, FALSE);
    g_autofree char *csv = print(table, REPORT_FORMAT_CSV, 0, FALSE);

    (void)state;
    assert_string_equal(json, "[]\n");
    assert_string_equal(csv, "host,memory_kib,is_new,features,cpus\n");
    assert_int_equal(table_n_rows(table), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_has_its_columns_aligned),
        cmocka_unit_test(test_text_fits_any_width),
        cmocka_unit_test(test_times_are_to_the_minute_for_people_and_iso_for_programs),
        cmocka_unit_test(test_headings_wrap_before_any_cell_is_cut),
        cmocka_unit_test(test_rows_stand_by_themselves_where_nothing_else_fits),

        cmocka_unit_test(test_counts_have_their_thousands_apart),
        cmocka_unit_test(test_names_stay_whole_and_units_aligned),
        cmocka_unit_test(test_colour_is_only_where_it_is_asked_for),
        cmocka_unit_test(test_csv_has_raw_numbers_and_no_formulas),
        cmocka_unit_test(test_json_has_the_types_of_its_columns),
        cmocka_unit_test(test_table_without_rows_has_headings_or_an_empty_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
