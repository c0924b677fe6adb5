/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_INGEST_ARCHIVE_FIXTURE_H
#define TESTS_INGEST_ARCHIVE_FIXTURE_H

/* What the tests of archives share: writing one of chosen members, in every packing. */

#include <glib.h>

typedef struct {
    const char *name;
    const char *text; /* NULL: not a document that the test writes, but a link to "/etc/passwd" */
    const char *host; /* NULL: no reading is expected, or only a finding */
    const char *finding; /* id, or NULL */
} ArchiveMember;

typedef struct {
    const char *ending;
    int format; /* ARCHIVE_FORMAT_* */
    int filter; /* ARCHIVE_FILTER_* */
} ArchivePacking;

#define N_ARCHIVE_PACKINGS 7
/* The first is plain tar, the second tar.gz, the last has a name that misleads. */
extern const ArchivePacking archive_packings[N_ARCHIVE_PACKINGS];

/* Writes the N members of LIST to PATH; fails the test when that fails. */
void archive_fixture_write(const char *path, const ArchivePacking *packing,
                           const ArchiveMember *list, guint n);

#endif
