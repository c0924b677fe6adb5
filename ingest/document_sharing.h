/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_DOCUMENT_SHARING_H
#define INGEST_DOCUMENT_SHARING_H

/*
 * Reading one XML document, and not reading again what was read from another one.
 *
 * Domain capabilities of like hosts are the same text. Host capabilities differ (they hold a UUID),
 * but for their greatest part, the list of guests at the end. Both are looked up by that text; the
 * result is the same as that of reading all of it. Domain capabilities that say the same in another
 * text (a comment, what nobody reads) are parsed, and looked up by what they say.
 */

#include "document_reader.h"
#include "shared_records.h"

G_BEGIN_DECLS

/*
 * The document of READER's kind that begins at BYTES, in LINE of its source; NULL when it is
 * unusable: see xml_stream_take_failure(). RET_USED gets its length, 0 when its end is not known.
 */
Document *document_read(XmlStream *stream, const DocumentReader *reader, const char *bytes,
                        gsize length, guint line, gsize *ret_used);

/*
 * The same for a document that is all of BYTES, when its shared part is known already; else NULL.
 * SHARED may be NULL.
 */
Document *document_sharing_find(SharedRecords *shared, XmlStream *stream,
                                const DocumentReader *reader, const char *bytes, gsize length,
                                guint line);

/*
 * DOCUMENT was read: seals its record, or gives it the one that says the same, when that is known,
 * which spares the digest and the memory. SHARED may be NULL.
 */
void document_sharing_settle(SharedRecords *shared, const DocumentReader *reader,
                             Document *document);

/* DOCUMENT was read from the first USED of the BYTES: makes its shared part known. */
void document_sharing_offer(SharedRecords *shared, XmlStream *stream, const DocumentReader *reader,
                            const char *bytes, gsize length, gsize used, const Document *document);

G_END_DECLS

#endif
