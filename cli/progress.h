/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

/*
 * One line on standard error that says how far a long step is, for people who wait: shown only
 * where a terminal is, only after a second, and wiped when the step is done.
 */

#include <glib.h>

typedef struct Progress Progress;

/* WHAT names the step: "reading documents". With IS_WANTED FALSE nothing is ever shown. */
Progress *progress_new(gboolean is_wanted, const char *what);
/* TOTAL is 0 while it is not known. Cheap to call often. */
void progress_update(Progress *progress, guint64 n_done, guint64 n_total);
void progress_free(Progress *progress);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Progress, progress_free)

/* The line for N_DONE of N_TOTAL after ELAPSED_US microseconds, without its line end; for tests. */
char *progress_format(const char *what, guint64 n_done, guint64 n_total, gint64 elapsed_us);

#endif
