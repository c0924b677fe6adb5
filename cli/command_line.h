/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CLI_COMMAND_LINE_H
#define CLI_COMMAND_LINE_H

/* Runs the command that a command line names. */

#include "command.h"

/*
 * Parses ARGV (ARGV[0] is the command's name), runs COMMAND or that of its subcommands which ARGV
 * names, and writes its output. PREFIX: "virt-plan". What went wrong is on standard error already.
 */
ExitStatus command_line_execute(const Command *command, const char *prefix, int argc, char **argv);

#endif
