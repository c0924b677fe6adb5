/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_DOCUMENTS_H
#define INGEST_DOCUMENTS_H

/*
 * The documents in one source's bytes: where each begins, of what kind it is, and what it says.
 */

#include "layout.h"
#include "shared_records.h"

#include <ingest/ingest.h>

G_BEGIN_DECLS

typedef struct DocumentsReader DocumentsReader;

/*
 * For one thread at a time. SHARED, which other readers may use too, or NULL; it and what OPTIONS
 * points to must outlive the reader.
 */
DocumentsReader *documents_reader_new(const IngestOptions *options, SharedRecords *shared);
void documents_reader_free(DocumentsReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DocumentsReader, documents_reader_free)

/*
 * Adds to READING what BYTES hold. HOST_NAME is the host that the layout names. The findings get
 * the source's name.
 */
void documents_read(DocumentsReader *reader, SourceReading *reading, const char *host_name,
                    const char *bytes, gsize length);

/* Reads BYTES as if they were the file PATH, or MEMBER (NULL: none) of it. Thread-safe. */
SourceReading *documents_read_buffer(const char *path, const char *member, const char *bytes,
                                     gsize length, const IngestOptions *options);

/* What BYTES begin with, as far as host names depend on it. */
LayoutKind documents_sniff(const char *bytes, gsize length);

/* The XXH3-128 hash of BYTES. */
void documents_hash(const char *bytes, gsize length, guint64 ret_hash[2]);

/* Adds to READING a finding about its source. TEXT and REMEDY are copied. */
void source_complain(SourceReading *reading, FindingSeverity severity, const char *id, guint line,
                     const char *text, const char *remedy);

G_END_DECLS

#endif
