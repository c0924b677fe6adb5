/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_DOCUMENT_SHARING_H
#define INGEST_DOCUMENT_SHARING_H

/*
 * Reading one XML document, and not reading again what was read from another one.
 *
 * Domain capabilities of like hosts are the same text. Where they are not (a path, a firmware
 * image, a comment), the greatest part of them is, the list of CPU models; and so it is with host
 * capabilities and the list of guests. Both are looked up by their text, and the result is the same
 * as that of reading all of it. What says the same in another text is read, and looked up by what
 * it says.
 */

#include "document_reader.h"
#include "shared_records.h"

G_BEGIN_DECLS

/*
 * The document of READER's kind that begins at BYTES, in LINE of its source; NULL when it is
 * unusable: see xml_stream_take_failure(). RET_USED gets its length, 0 when its end is not known.
 * What it has in common with others goes into SHARED, and is taken from there; NULL: nothing is.
 */
Document *document_sharing_read(SharedRecords *shared, XmlStream *stream,
                                const DocumentReader *reader, const char *bytes, gsize length,
                                guint line, gsize *ret_used);

G_END_DECLS

#endif
