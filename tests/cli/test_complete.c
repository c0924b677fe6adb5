/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What completion offers after each beginning of a command line; and how progress is worded. */

#include "commands.h"
#include "complete.h"
#include "progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static GPtrArray *
fake_names(const char *kind, const char *database, const char *config)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(names,
                    g_strdup_printf("%s-of-%s-%s", kind, database != NULL ? database : "none",
                                    config != NULL ? config : "none"));
    return names;
}

static void
test_word_is_completed_by_what_fits_its_place(void **state)
{
    static const struct {
        const char *words[6];
        const char *offered; /* a line's beginning that must be there */
        const char *missing; /* and one that must not; NULL: any */
    } cases[] = {
        {{"r", NULL}, "run\t", "hosts"},
        {{"", NULL}, "cpu\t", "--"},
        {{"cpu", "b", NULL}, "baseline\t", "compare"},
        {{"run", "--tr", NULL}, "--trust-mtime\t", "--jobs"},
        {{"run", "-c", "", NULL}, ":files", "--"},
        {{"hosts", "--format", "j", NULL}, "json", "text"},
        {{"hosts", "--format", "", NULL}, "csv", "xml"},
        {{"cpu", "baseline", "--format", "", NULL}, "xml", "csv"},
        {{"hosts", "--format=j", NULL}, "--format=json", "json"},
        {{"hosts", "--fomat=", NULL}, "", "--format"},
        {{"map", "list", "f", NULL}, "features", "models"},
        {{"map", "show", "", NULL}, "FEATURE-of-none-none", "HOST"},
        {{"matrix", "--explain", "", NULL}, "HOST-of-none-none", "POOL"},
        {{"whatif", "--lose", "", NULL}, "FEATURE-of-none-none", ":files"},
        {{"history", "", NULL}, "EVERY HOST-of-none", "GUEST"},
        {{"history", "-d", "x.db", "", NULL}, "EVERY HOST-of-x.db-none", "GUEST"},
        {{"classes", "-c", "p.yaml", "--pool", "", NULL}, "POOL-of-none-p.yaml", "HOST"},
        {{"hosts", "--color", "n", NULL}, "never", "auto"},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        guint n = 0;

        while (cases[i].words[n] != NULL)
            n++;
        g_autofree char *text = complete_text(cases[i].words, n, fake_names);
        g_autofree char *lines = g_strconcat("\n", text, NULL);
        g_autofree char *offered = g_strconcat("\n", cases[i].offered, NULL);
        g_autofree char *missing = g_strconcat("\n", cases[i].missing, NULL);
        if (strstr(lines, offered) == NULL)
            fail_msg("case %u does not offer '%s', but:%s", i, cases[i].offered, lines);
        if (strstr(lines, missing) != NULL)
            fail_msg("case %u offers '%s':%s", i, cases[i].missing, lines);
    }
}

/* Every command and every option is offered where it can stand. */
static void
assert_all_offered(const Command *command, const char *const *path, guint n)
{
    const char *words[6] = {0};

    for (guint i = 0; i < n; i++)
        words[i] = path[i];
    words[n] = command->name;
    if (command->subcommands != NULL) {
        for (guint i = 0; command->subcommands[i] != NULL; i++)
            assert_all_offered(command->subcommands[i], words, n + 1);
        return;
    }
    words[n + 1] = "--";
    g_autofree char *text = complete_text(words, n + 2, fake_names);
    const CommandOption *option;
    for (guint i = 0; (option = command_option(command, i)) != NULL; i++) {
        g_autofree char *word = g_strdup_printf("--%s\t", option->name);

        if (strstr(text, word) == NULL)
            fail_msg("%s: --%s is not offered", command->name, option->name);
    }
}

static void
test_every_command_and_option_is_offered(void **state)
{
    (void)state;
    for (guint i = 0; commands[i] != NULL; i++)
        assert_all_offered(commands[i], NULL, 0);
}

static void
test_progress_is_worded(void **state)
{
    static const struct {
        guint64 n_done, n_total;
        gint64 elapsed_us;
        const char *text;
    } cases[] = {
        {0, 0, 5000000, "reading: 0"},
        {7, 0, 5000000, "reading: 7"},
        {25, 100, 10000000, "reading: 25 of 100, 30 s left"},
        {1, 100, 10000000, "reading: 1 of 100, 16 min left"},
        {100, 100, 10000000, "reading: 100 of 100"},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *line =
            progress_format("reading", cases[i].n_done, cases[i].n_total, cases[i].elapsed_us);

        assert_string_equal(line, cases[i].text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_word_is_completed_by_what_fits_its_place),
        cmocka_unit_test(test_every_command_and_option_is_offered),
        cmocka_unit_test(test_progress_is_worded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
