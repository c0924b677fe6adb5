/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_INGEST_FIXTURE_H
#define TESTS_INGEST_FIXTURE_H

/* What the tests of ingest share: reading a text, and a sink that keeps what it is given. */

#include <ingest/ingest.h>

/* cmocka wants these before itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Reads TEXT as the file NAME with the built-in map and default limits. */
SourceReading *fixture_read(const char *name, const char *text);
SourceReading *fixture_read_bytes(const char *name, const char *bytes, gsize length);

/* The reading's only document; fails the test when there are others, or findings. */
Document *fixture_document(SourceReading *reading);

/* The reading's only finding; fails the test when there are documents, or others. */
const Finding *fixture_finding(SourceReading *reading);

/* Sources by "path" or "path:member" below a folder; what a sink was given. */
typedef struct {
    GHashTable *readings; /* name -> SourceReading */
    GPtrArray *unchanged; /* of char* */
    gboolean is_all_known;
    guint stop_after; /* say stop at the Nth reading; 0: never */
} Kept;

void fixture_kept_init(Kept *kept);
void fixture_kept_clear(Kept *kept);
/* Ingests one path; fails the test when that fails, unless stop_after is set. */
void fixture_ingest(Kept *kept, const char *path, const IngestOptions *options);
/* The reading of the source whose name ends in SUFFIX; fails the test when there is none. */
SourceReading *fixture_find(const Kept *kept, const char *suffix);

/* A new empty folder below the system's folder for temporary files; remove with the other. */
char *fixture_folder_new(void);
void fixture_folder_remove(char *folder);
/* Writes FOLDER/NAME, making the folders in NAME. */
void fixture_write(const char *folder, const char *name, const char *text);

/* Small documents that are right. */
extern const char fixture_capabilities[];
extern const char fixture_domain_capabilities[];
extern const char fixture_domain[];

#endif
