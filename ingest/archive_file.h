/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_ARCHIVE_FILE_H
#define INGEST_ARCHIVE_FILE_H

/* An archive as a file: what tells whether it is the one that was read before. */

#include <fleet/document.h>
#include <sys/stat.h>

G_BEGIN_DECLS

typedef struct {
    int fd;
    struct stat status; /* when it was opened */
    Source *source; /* of the archive itself, without a member; the hash when it was asked for */
} ArchiveFile;

/*
 * Opens PATH if it is a regular file and an archive or compressed; else FALSE, and nothing is open.
 */
gboolean archive_file_open(ArchiveFile *file, const char *path);
void archive_file_close(ArchiveFile *file);

/* Fills in the hash, which takes reading all of it. FALSE when it cannot be read. */
gboolean archive_file_hash(ArchiveFile *file);
/* TRUE when nothing was written to it since it was opened. */
gboolean archive_file_is_same(const ArchiveFile *file);

/* What STATUS says of the archive at PATH. Owned by the caller. */
Source *archive_file_source(const char *path, const struct stat *status);

G_END_DECLS

#endif
