/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

ProgramResult
ask(const char *folder, const char *const *arguments)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(argv, g_strdup(PROGRAM));
    for (guint i = 0; arguments[i] != NULL; i++)
        g_ptr_array_add(argv, *arguments[i] == '@'
                                  ? g_build_filename(folder, arguments[i] + 1, NULL)
                                  : g_strdup(arguments[i]));
    g_ptr_array_add(argv, NULL);
    return program_run((const char *const *)argv->pdata);
}

void
ask_assert_part(const char *text, const char *part, const char *const *arguments)
{
    g_autofree char *line = g_strjoinv(" ", (char **)(void *)(gsize)arguments);

    if (strstr(text, part) == NULL)
        fail_msg("%s: no '%s' in:\n%s", line, part, text);
}

static void
check(const char *folder, const Question *question)
{
    const char *const *arguments = question->arguments;
    g_autofree char *line = g_strjoinv(" ", (char **)(void *)(gsize)arguments);
    g_auto(ProgramResult) result = ask(folder, arguments);

    if (result.status != question->status)
        fail_msg("%s: ends with %d, not %d:\n%s%s", line, result.status, question->status,
                 result.out, result.err);
    if (question->out != NULL)
        ask_assert_part(result.out, question->out, arguments);
    if (question->absent != NULL && strstr(result.out, question->absent) != NULL)
        fail_msg("%s: '%s' in:\n%s", line, question->absent, result.out);
    if (question->whole != NULL && strcmp(result.out, question->whole) != 0)
        fail_msg("%s: not\n%s\nbut\n%s", line, question->whole, result.out);
    if (question->error != NULL)
        ask_assert_part(result.err, question->error, arguments);
    else if (*result.err != '\0')
        fail_msg("%s: complains:\n%s", line, result.err);
    /* Whoever could not do it, or was asked wrongly, prints no half of an answer. */
    if (result.status > 1 && *result.out != '\0')
        fail_msg("%s: fails and prints:\n%s", line, result.out);
}

void
ask_all(const char *folder, const Question *questions, guint n)
{
    for (guint i = 0; i < n; i++)
        check(folder, &questions[i]);
}
