/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CLI_HELP_H
#define CLI_HELP_H

/* What --help prints, from the tables of commands and options. Fits 80 columns. */

#include "command.h"

/* TRUE when ARGV asks for help: --help or -h among the words before "--". */
gboolean help_is_wanted(int argc, char **argv);

/* Of COMMAND, as "PREFIX COMMAND" on a command line. Owned by the caller. */
char *help_of_command(const Command *command, const char *prefix);

/* Of the program, whose commands are LIST. Owned by the caller. */
char *help_of_program(const Command *const *list);

#endif
