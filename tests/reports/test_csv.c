/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Proves that the sample plan's tables are CSV, with a record for each thing, and its figures. */

#include "plan_csv.h"
#include "sample_plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Reads one record, quotes honoured; the fields' number goes to RET_N. NULL when it is broken. */
static const char *
read_record(const char *p, guint *ret_n)
{
    *ret_n = 1;
    while (*p != '\n') {
        if (*p == '"') {
            const char *end = p + 1;

            while (*end != '\0' && !(end[0] == '"' && end[1] != '"'))
                end += *end == '"' ? 2 : 1;
            if (*end == '\0' || strchr(",\n", end[1]) == NULL)
                return NULL;
            p = end + 1;
        } else if (*p == '\0') {
            return NULL;
        } else {
            if (strchr("=+-@", *p) != NULL && !g_ascii_isdigit(p[1]))
                return NULL;
            p += strcspn(p, ",\n");
        }
        if (*p == ',') {
            (*ret_n)++;
            p++;
            if (*p == '\n')
                break;
        }
    }
    return p + 1;
}

static guint
count_records(const PlanCsv *table, const Plan *plan)
{
    Output output;
    guint n_fields = 0, n_records = 0;

    output_init_memory(&output);
    plan_csv_write(table, plan, &output);
    g_autofree char *text = output_steal(&output);
    const char *p = read_record(text, &n_fields);
    while (*p != '\0') {
        guint n = 0;

        p = read_record(p, &n);
        if (p == NULL)
            fail_msg("%s: record %u is broken", table->file, n_records + 1);
        if (n != n_fields)
            fail_msg("%s: record %u has %u fields, not %u", table->file, n_records + 1, n,
                     n_fields);
        n_records++;
    }
    return n_records;
}

static void
test_each_csv_file_has_its_records(void **state)
{
    static const struct {
        const char *file;
        guint n_records;
    } expected[] = {
        {"hosts.csv", SAMPLE_N_HOSTS},
        {"classes.csv", 5},
        {"limits.csv", 10},
        {"capacity.csv", 7},
        {"tradeoff.csv", 3},
        {"guests.csv", 20},
        {"drains.csv", SAMPLE_N_HOSTS},
        {"drift.csv", 3},
        {"quarantine.csv", 1},
        {"findings.csv", 2},
        {"addresses.csv", 19 * 11},
    };
    const SamplePlan *sample = *state;

    for (const PlanCsv *table = plan_csv_tables; table->file != NULL; table++) {
        guint n_records = count_records(table, sample->plan);

        for (gsize i = 0; i < G_N_ELEMENTS(expected); i++) {
            if (strcmp(expected[i].file, table->file) == 0)
                assert_int_equal(n_records, expected[i].n_records);
        }
    }
}

static void
test_hosts_csv_has_the_versions_that_hosts_tell(void **state)
{
    static const char *const endings[] = {",1,3,10.0.3,11.3.0,6.12.0-<b>",
                                          ",1,3,10.1.3,,6.12.0-<b>", ",1,3,,,"};
    static const char *const microcode[] = {",0x5003000,", ",0x5003001,", ",0x5003002,"};
    const SamplePlan *sample = *state;
    Output output;

    output_init_memory(&output);
    plan_csv_write(&plan_csv_tables[0], sample->plan, &output);
    g_autofree char *text = output_steal(&output);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    assert_true(g_str_has_suffix(lines[0], ",qemu,libvirt,kernel"));
    for (guint i = 0; i < G_N_ELEMENTS(endings); i++) {
        assert_true(g_str_has_suffix(lines[1 + i], endings[i]));
        assert_non_null(strstr(lines[1 + i], microcode[i]));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_csv_file_has_its_records),
        cmocka_unit_test(test_hosts_csv_has_the_versions_that_hosts_tell),
    };

    return cmocka_run_group_tests(tests, sample_plan_set_up, sample_plan_tear_down);
}
