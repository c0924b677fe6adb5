/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The manual pages say what the commands take: a page for each command, in it every option with its
 * value's name, and no option that there is not.
 */

#include "commands.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

/* How a page names an option that it describes: "-c FILE, --config FILE" on a line of its own. */
static char *
option_line(const CommandOption *option)
{
    g_autoptr(GString) line = g_string_new(NULL);
    g_autofree char *value =
        option->value != NULL ? g_strconcat(" ", option->value, NULL) : g_strdup("");

    if (option->short_name != 0)
        g_string_append_printf(line, "-%c%s, ", option->short_name, value);
    g_string_append_printf(line, "--%s%s", option->name, value);
    return g_string_free(g_steal_pointer(&line), FALSE);
}

/* The lines of PAGE, a set. */
static GHashTable *
lines_of(const char *page)
{
    GHashTable *lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_auto(GStrv) split = g_strsplit(page, "\n", -1);

    for (guint i = 0; split[i] != NULL; i++)
        g_hash_table_add(lines, g_strdup(split[i]));
    return lines;
}

/*
 * Takes the options of COMMAND, and of those below it, out of LINES; complains of each not there.
 */
static guint
check_options(const Command *command, const char *path, GHashTable *lines, GHashTable *known)
{
    const CommandOption *option;
    guint n_missing = 0;

    for (guint i = 0; command->subcommands != NULL && command->subcommands[i] != NULL; i++) {
        g_autofree char *below = g_strdup_printf("%s %s", path, command->subcommands[i]->name);

        n_missing += check_options(command->subcommands[i], below, lines, known);
    }
    for (guint i = 0; command->subcommands == NULL && (option = command_option(command, i)) != NULL;
         i++) {
        g_autofree char *line = option_line(option);

        if (!g_hash_table_contains(lines, line)) {
            print_error("%s: the page lacks the line '%s'\n", path, line);
            n_missing++;
        }
        g_hash_table_add(known, g_steal_pointer(&line));
    }
    return n_missing;
}

static guint
check_page(const Command *command)
{
    g_autofree char *path = g_strdup_printf("%s/man/virt-plan-%s.rst", MANUALS_DIR, command->name);
    g_autofree char *page = NULL;

    if (!g_file_get_contents(path, &page, NULL, NULL)) {
        print_error("%s: there is no such page\n", path);
        return 1;
    }
    g_autoptr(GHashTable) lines = lines_of(page);
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint n_wrong = check_options(command, command->name, lines, known);
    GHashTableIter iter;
    gpointer line;
    g_hash_table_iter_init(&iter, lines);
    while (g_hash_table_iter_next(&iter, &line, NULL)) {
        gboolean is_option = *(char *)line == '-' && g_ascii_strcasecmp(line, "--help") != 0 &&
                             strspn(line, "-") < strlen(line);

        if (is_option && !g_hash_table_contains(known, line)) {
            print_error("%s: the program has no option '%s'\n", path, (char *)line);
            n_wrong++;
        }
    }
    return n_wrong;
}

static void
test_pages_match_tables(void **state)
{
    guint n_wrong = 0;

    (void)state;
    for (guint i = 0; commands[i] != NULL; i++)
        n_wrong += check_page(commands[i]);
    assert_int_equal(n_wrong, 0);
}

/* The page of the program lists every command. */
static void
test_program_page_lists_commands(void **state)
{
    g_autofree char *page = NULL;

    (void)state;
    assert_true(g_file_get_contents(MANUALS_DIR "/man/virt-plan.rst", &page, NULL, NULL));
    for (guint i = 0; commands[i] != NULL; i++) {
        g_autofree char *name = g_strdup_printf("``virt-plan-%s(1)``", commands[i]->name);

        if (strstr(page, name) == NULL)
            fail_msg("virt-plan.rst does not name %s", name);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages_match_tables),
        cmocka_unit_test(test_program_page_lists_commands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
