/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "progress.h"

#include <stdio.h>

struct Progress {
    char *what;
    gboolean is_wanted;
    gboolean is_shown;
    gint64 started_us, shown_us; /* monotonic */
};

/* Nothing for steps that are over at once, and then as often as an eye can follow. */
#define DELAY_US G_USEC_PER_SEC
#define INTERVAL_US (G_USEC_PER_SEC / 5)

/* Back to the first column, and the rest of the line wiped. */
#define WIPE "\r\033[K"

Progress *
progress_new(gboolean is_wanted, const char *what)
{
    Progress *progress = g_new0(Progress, 1);

    progress->what = g_strdup(what);
    progress->is_wanted = is_wanted;
    progress->started_us = g_get_monotonic_time();
    return progress;
}

static void
append_time_left(GString *line, guint64 n_done, guint64 n_total, gint64 elapsed_us)
{
    gdouble left_s =
        (gdouble)elapsed_us / G_USEC_PER_SEC * (gdouble)(n_total - n_done) / (gdouble)n_done;

    if (left_s < 90)
        g_string_append_printf(line, ", %.0f s left", left_s);
    else
        g_string_append_printf(line, ", %.0f min left", left_s / 60);
}

char *
progress_format(const char *what, guint64 n_done, guint64 n_total, gint64 elapsed_us)
{
    g_autoptr(GString) line = g_string_new(what);

    g_string_append_printf(line, ": %" G_GUINT64_FORMAT, n_done);
    if (n_total != 0)
        g_string_append_printf(line, " of %" G_GUINT64_FORMAT, n_total);
    if (n_done != 0 && n_total > n_done)
        append_time_left(line, n_done, n_total, elapsed_us);
    return g_string_free(g_steal_pointer(&line), FALSE);
}

void
progress_update(Progress *progress, guint64 n_done, guint64 n_total)
{
    if (!progress->is_wanted)
        return;
    gint64 now_us = g_get_monotonic_time();
    if (now_us - progress->started_us < DELAY_US || now_us - progress->shown_us < INTERVAL_US)
        return;
    g_autofree char *line =
        progress_format(progress->what, n_done, n_total, now_us - progress->started_us);
    fprintf(stderr, WIPE "%s", line);
    progress->shown_us = now_us;
    progress->is_shown = TRUE;
}

void
progress_free(Progress *progress)
{
    if (progress == NULL)
        return;
    if (progress->is_shown)
        fputs(WIPE, stderr);
    g_free(progress->what);
    g_free(progress);
}
