/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_CLI_PROGRAM_H
#define TESTS_CLI_PROGRAM_H

/* Running programs and keeping what they said; a folder of one's own for what they write. */

#include <glib.h>

typedef struct {
    int status; /* of exit; -SIGNAL when a signal ended it */
    char *out, *err;
} ProgramResult;

void program_result_clear(ProgramResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ProgramResult, program_result_clear)

/*
 * Runs ARGV (NULL-terminated, a path first) to its end. Fails the test when it cannot be started.
 */
ProgramResult program_run(const char *const *argv);

/* A new folder below the system's for temporary files; delete it with program_remove_folder(). */
char *program_make_folder(void);
void program_remove_folder(const char *folder);

#endif
