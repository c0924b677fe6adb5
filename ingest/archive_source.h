/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_ARCHIVE_SOURCE_H
#define INGEST_ARCHIVE_SOURCE_H

/*
 * Archives as sources: tar with any usual compression, zip, and single compressed files. Members
 * are read into memory, one at a time; nothing is ever written.
 */

#include "task.h"

G_BEGIN_DECLS

/* Bytes that archive_source_recognizes() wants to see, if there are so many. */
#define ARCHIVE_HEAD_BYTES 512

/* TRUE when a file that begins with HEAD is an archive or compressed. */
gboolean archive_source_recognizes(const char *head, gsize length);

typedef struct {
    const char *path;      /* of the archive; "-" for standard input */
    int fd;                /* to read from, a file that can be read twice; -1: open PATH */
    const char *host_name; /* of everything in it; NULL: its layout tells */
    gboolean is_given;     /* a path to read, not found below one */
    gint64 mtime_ns;
    const IngestLimits *limits; /* without zeroes */
} ArchiveInput;

/*
 * Makes a task of every member. What is wrong with the archive itself is a task too. FALSE when
 * SINK wants no more. RET_IS_WHOLE (NULL: not asked) becomes TRUE when there is a task for each
 * member that is a document, read to its end, and nothing else: no complaint about the archive, or
 * about what is in it that is no document. It is FALSE for one compressed file.
 */
gboolean archive_source_read(const ArchiveInput *input, TaskSink sink, gpointer user_data,
                             gboolean *ret_is_whole);

G_END_DECLS

#endif
