/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_CLI_ASK_H
#define TESTS_CLI_ASK_H

/* Command lines in a table, each with what it must answer. */

#include "program.h"

#define ASK_MAX_ARGUMENTS 12

/* In arguments, "@NAME" stands for the file NAME of the folder that the questions are about. */
typedef struct {
    const char *arguments[ASK_MAX_ARGUMENTS];
    int status;
    const char *out;    /* a part of standard output; NULL: any */
    const char *absent; /* what must not be in it; NULL: nothing */
    const char *error;  /* a part of standard error; NULL: it is empty */
    const char *whole;  /* all of standard output; NULL: not compared */
} Question;

/* Runs the program with ARGUMENTS, which a NULL ends. */
ProgramResult ask(const char *folder, const char *const *arguments);
/* Asks each of N; fails the test at the first that is answered otherwise, and shows the answer. */
void ask_all(const char *folder, const Question *questions, guint n);

/* Fails the test when TEXT, which ARGUMENTS gave, lacks PART. */
void ask_assert_part(const char *text, const char *part, const char *const *arguments);

#endif
