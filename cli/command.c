/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a command is told by its tables, and how it complains. command_line.c runs it. */

#include "command.h"

#include <reports/escape.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

G_DEFINE_QUARK(virt_plan_command_error_quark, command_error)

/*
 * A message is one line to read, however long the name in it: of a longer one the middle is left
 * out, so that the file before it and the remedy behind it stay.
 */
#define MESSAGE_MAX_BYTES 2000
#define MESSAGE_KEPT_BYTES 900 /* on either side */

static void
clip_message(char *message)
{
    static const char ellipsis[] = "[...]";
    gsize length = strlen(message);

    if (length <= MESSAGE_MAX_BYTES)
        return;
    char *tail = message + length - MESSAGE_KEPT_BYTES;
    char *gap = message + MESSAGE_KEPT_BYTES;
    while (gap > message && ((guchar)*gap & 0xc0) == 0x80) /* no half characters */
        gap--;
    while (((guchar)*tail & 0xc0) == 0x80)
        tail++;
    memcpy(gap, ellipsis, sizeof ellipsis - 1);
    memmove(gap + sizeof ellipsis - 1, tail, strlen(tail) + 1);
}

void
command_complain(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);

    g_autoptr(GString) printable = g_string_new(NULL);
    clip_message(message);
    escape_terminal(printable, message);
    fprintf(stderr, "virt-plan: %s\n", printable->str);
}

#define HAS_CSV 1
#define HAS_XML 2
#define FORMAT_OPTION(help)                                                                        \
    {                                                                                              \
        "format", 0, G_OPTION_ARG_STRING, G_STRUCT_OFFSET(CommandCommonOptions, format), help,     \
            "FORMAT"                                                                               \
    }

/* By what a command has beside text and json. */
static const CommandOption format_options[] = {
    [0] = FORMAT_OPTION("print as text or json"),
    [HAS_CSV] = FORMAT_OPTION("print as text, json or csv"),
    [HAS_XML] = FORMAT_OPTION("print as text, json or xml"),
    [HAS_CSV | HAS_XML] = FORMAT_OPTION("print as text, json, csv or xml"),
};

/* Of every command. */
static const CommandOption common_options[] = {
    {"quiet", 'q', G_OPTION_ARG_NONE, G_STRUCT_OFFSET(CommandCommonOptions, is_quiet),
     "print nothing but the answer", NULL},
    {"color", 0, G_OPTION_ARG_STRING, G_STRUCT_OFFSET(CommandCommonOptions, color),
     "colour the output: auto, always or never", "WHEN"},
};

guint
command_n_own_options(const Command *command)
{
    guint n = 0;

    while (command->options != NULL && command->options[n].name != NULL)
        n++;
    return n;
}

static const CommandOption *
format_option(const Command *command)
{
    return &format_options[((command->flags & COMMAND_HAS_CSV) != 0 ? HAS_CSV : 0) |
                           ((command->flags & COMMAND_HAS_XML) != 0 ? HAS_XML : 0)];
}

const CommandOption *
command_option(const Command *command, guint index)
{
    guint n_own = command_n_own_options(command);

    if (index < n_own)
        return &command->options[index];
    index -= n_own;
    if ((command->flags & COMMAND_TAKES_FORMAT) != 0) {
        if (index == 0)
            return format_option(command);
        index--;
    }
    return index < G_N_ELEMENTS(common_options) ? &common_options[index] : NULL;
}
