/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "help.h"

#include <string.h>

#define COLUMNS 79
/* Where the texts of options begin; a longer option has its text on the next line. */
#define OPTION_COLUMN 27
#define COMMAND_COLUMN 14
#define INDENT "  "

#define OPTIONS_PLACEHOLDER "[OPTION...]"

gboolean
help_is_wanted(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return TRUE;
    }
    return FALSE;
}

static guint
column_of(const GString *out)
{
    const char *line = strrchr(out->str, '\n');

    return (guint)(out->len - (line != NULL ? (gsize)(line + 1 - out->str) : 0));
}

static void
pad_to(GString *out, guint column)
{
    while (column_of(out) < column)
        g_string_append_c(out, ' ');
}

/* TEXT's words, from COLUMN of this line on, or of the next one when it has come too far. */
static void
append_wrapped(GString *out, const char *text, guint column)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);

    if (column_of(out) >= column)
        g_string_append_c(out, '\n');
    pad_to(out, column);
    for (guint i = 0; words[i] != NULL; i++) {
        if (column_of(out) + 1 + strlen(words[i]) > COLUMNS) {
            g_string_append_c(out, '\n');
            pad_to(out, column);
        } else if (i > 0) {
            g_string_append_c(out, ' ');
        }
        g_string_append(out, words[i]);
    }
    g_string_append_c(out, '\n');
}

static void
append_option(GString *out, char short_name, const char *name, const char *value, const char *help)
{
    if (short_name != 0)
        g_string_append_printf(out, INDENT "-%c, --%s", short_name, name);
    else
        g_string_append_printf(out, INDENT "    --%s", name);
    if (value != NULL)
        g_string_append_printf(out, " %s", value);
    append_wrapped(out, help, OPTION_COLUMN);
}

static void
append_commands(GString *out, const Command *const *list)
{
    for (guint i = 0; list[i] != NULL; i++) {
        g_string_append_printf(out, INDENT "%s", list[i]->name);
        append_wrapped(out, list[i]->summary, COMMAND_COLUMN);
    }
}

static void
append_options(GString *out, const Command *command)
{
    const CommandOption *option;

    g_string_append(out, "\nOptions:\n");
    for (guint i = 0; (option = command_option(command, i)) != NULL; i++)
        append_option(out, option->short_name, option->name, option->value, option->help);
    append_option(out, 'h', "help", NULL, "say this");
}

char *
help_of_command(const Command *command, const char *prefix)
{
    GString *out = g_string_new(NULL);
    gboolean is_group = command->subcommands != NULL;
    const char *synopsis = is_group ? "COMMAND [OPTION...] [ARGUMENT...]" : command->synopsis;
    gboolean has_placeholder = strstr(synopsis, OPTIONS_PLACEHOLDER) != NULL;

    g_string_append_printf(out, "Usage: %s %s %s%s\n\n%s.\n", prefix, command->name,
                           has_placeholder ? "" : OPTIONS_PLACEHOLDER " ", synopsis,
                           command->summary);
    if (is_group) {
        g_string_append(out, "\nCommands:\n");
        append_commands(out, command->subcommands);
        g_string_append_printf(out, "\n'%s %s COMMAND --help' tells more about one.\n", prefix,
                               command->name);
    } else {
        append_options(out, command);
    }
    return g_string_free(out, FALSE);
}

char *
help_of_program(const Command *const *list)
{
    GString *out = g_string_new("Usage: virt-plan COMMAND [OPTION...] [ARGUMENT...]\n\n"
                                "Plans live migration for clusters of libvirt/KVM hosts. "
                                "Commands:\n");

    append_commands(out, list);
    g_string_append(out,
                    "\n'virt-plan COMMAND --help' and 'man virt-plan-COMMAND' tell more. Exit\n"
                    "status: 0 all is well, 1 the answer is no, 2 wrong usage, 3 it failed.\n");
    return g_string_free(out, FALSE);
}
