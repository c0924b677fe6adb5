/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The tables of commands and options are sound, and suggestions are near. */

#include "commands.h"
#include "help.h"

#include <fleet/nearest_name.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

/* A terminal as it comes up; help must fit it, with a line for the prompt. */
#define SCREEN_COLUMNS 80
#define SCREEN_ROWS 24

static void
assert_sound_option(const Command *command, const CommandOption *option)
{
    gboolean takes_value = option->arg != G_OPTION_ARG_NONE;

    if (option->help == NULL || g_str_has_suffix(option->help, "."))
        fail_msg("%s --%s: the help is a phrase without a full stop", command->name, option->name);
    if (takes_value != (option->value != NULL))
        fail_msg("%s --%s: an option has a value's name if it takes one", command->name,
                 option->name);
}

static void
assert_unique_options(const Command *command)
{
    const CommandOption *option, *other;

    for (guint i = 0; (option = command_option(command, i)) != NULL; i++) {
        for (guint k = 0; k < i; k++) {
            other = command_option(command, k);
            if (strcmp(option->name, other->name) == 0 ||
                (option->short_name != 0 && option->short_name == other->short_name))
                fail_msg("%s: --%s and --%s are the same", command->name, option->name,
                         other->name);
        }
        assert_sound_option(command, option);
    }
}

static void
assert_sound(const Command *command)
{
    assert_non_null(command->name);
    assert_non_null(command->summary);
    if (!g_ascii_isupper(command->summary[0]) || g_str_has_suffix(command->summary, "."))
        fail_msg("%s: the summary begins with a capital and has no full stop", command->name);
    if (command->subcommands != NULL) {
        for (guint i = 0; command->subcommands[i] != NULL; i++)
            assert_sound(command->subcommands[i]);
        return;
    }
    assert_non_null(command->run);
    assert_non_null(command->synopsis);
    assert_unique_options(command);
}

static void
test_tables_are_sound(void **state)
{
    (void)state;
    for (guint i = 0; commands[i] != NULL; i++) {
        assert_sound(commands[i]);
        assert_ptr_equal(commands_find(commands[i]->name), commands[i]);
    }
    assert_null(commands_find("none"));
}

static void
assert_fits_screen(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    if (g_strv_length(lines) > SCREEN_ROWS)
        fail_msg("%u lines:\n%s", g_strv_length(lines) - 1, text);
    for (guint i = 0; lines[i] != NULL; i++) {
        if (strlen(lines[i]) >= SCREEN_COLUMNS)
            fail_msg("too wide: %s", lines[i]);
    }
}

static void
assert_help_fits(const Command *command, const char *prefix)
{
    g_autofree char *text = help_of_command(command, prefix);
    g_autofree char *nested = g_strdup_printf("%s %s", prefix, command->name);

    assert_fits_screen(text);
    for (guint i = 0; command->subcommands != NULL && command->subcommands[i] != NULL; i++)
        assert_help_fits(command->subcommands[i], nested);
}

static void
test_help_fits_a_screen(void **state)
{
    g_autofree char *text = help_of_program(commands);

    (void)state;
    assert_fits_screen(text);
    for (guint i = 0; commands[i] != NULL; i++)
        assert_help_fits(commands[i], "virt-plan");
}

static void
test_only_a_near_word_is_suggested(void **state)
{
    static const char *const names[] = {"baseline", "compare", "decode", "expand", "resolve"};
    static const struct {
        const char *word, *near;
    } cases[] = {
        {"basline", "baseline"},
        {"compair", "compare"},
        {"decod", "decode"},
        {"xyz", NULL},
        {"", NULL},
        {"resolved", "resolve"},
        {"COMPARE", "compare"},
        {"exp", "expand"},
        {"ex", NULL},
        {"dceode", "decode"},
        {"xeapnd", "expand"},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *near = nearest_name_find(cases[i].word, names, G_N_ELEMENTS(names));

        if (g_strcmp0(near, cases[i].near) != 0)
            fail_msg("'%s' suggests '%s'", cases[i].word, near != NULL ? near : "nothing");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables_are_sound),
        cmocka_unit_test(test_help_fits_a_screen),
        cmocka_unit_test(test_only_a_near_word_is_suggested),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
