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
 * What gives the names of one KIND, as a synopsis has it ("HOST"), or COMPLETE_EVERY_HOST. DATABASE
 * and CONFIG are what the words before give for -d and -c, or NULL. Of char*, owned by the caller;
 * NULL: there are none.
 */
typedef GPtrArray *(*CompleteNames)(const char *kind, const char *database, const char *config);

/* A kind that no synopsis names: the hosts that are there, and those that are gone. */
#define COMPLETE_EVERY_HOST "EVERY HOST"

/* Those of the site; complete_names.c. */
GPtrArray *complete_site_names(const char *kind, const char *database, const char *config);

/* What complete_print() prints, with NAMES in place of the site's. Owned by the caller. */
char *complete_text(const char *const *words, guint n_words, CompleteNames names);

#endif
