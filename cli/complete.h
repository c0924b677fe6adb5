/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

/*
 * What the shells' completions ask: which words could come next. The completions in completions/
 * are a few lines each, because everything that they offer comes from the table of commands and
 * from the inventory, through this.
 */

#include "command.h"

/* Not in any help: the completions' own. */
#define COMPLETE_COMMAND "__complete"

/*
 * Prints the words that could stand in place of the last of WORDS, which may be empty or half
 * typed; the others are the ones before it, without "virt-plan" itself. One a line, a tab and a
 * description after it where there is one; the single line ":files" asks the shell for file names.
 */
ExitStatus complete_print(int n_words, char **words);

/*
 * The same as text, for tests. NAMES gives the names of one kind; DATABASE and CONFIG are what the
 * words before give for -d and -c, or NULL.
 */
typedef GPtrArray *(*CompleteNames)(const char *kind, const char *database, const char *config);
char *complete_text(const char *const *words, guint n_words, CompleteNames names);

#endif
