/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_FILE_TIME_H
#define INGEST_FILE_TIME_H

#include <glib.h>
#include <time.h>

G_BEGIN_DECLS

/* A time of a file's status, in nanoseconds since 1970. */
static inline gint64
file_time_ns(const struct timespec *time)
{
    return (gint64)time->tv_sec * G_GINT64_CONSTANT(1000000000) + time->tv_nsec;
}

G_END_DECLS

#endif
