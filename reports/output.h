/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORTS_OUTPUT_H
#define REPORTS_OUTPUT_H

/*
 * Where a report's bytes go: a string that grows, or a file that the string is emptied into
 * whenever it is large, so that the reports of a million hosts do not stand in memory.
 *
 * Writers append to TEXT and call output_checkpoint() between rows. An error is kept and told at
 * the end, by output_finish(); writers need not look.
 */

#include <glib.h>

typedef struct {
    GString *text;
    int fd; /* -1: all stays in TEXT */
    GError *error;
} Output;

/* An output that keeps everything; take the string with output_steal(). */
void output_init_memory(Output *output);
char *output_steal(Output *output);

/* An output to PATH, which must not exist. */
gboolean output_init_file(Output *output, const char *path, GError **error);
/* Writes what is left and closes; the first error that there was. Does not sync. */
gboolean output_finish(Output *output, GError **error);

void output_checkpoint(Output *output);

#endif
