/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_DOCUMENT_ENCODING_H
#define INGEST_DOCUMENT_ENCODING_H

/*
 * Documents in UTF-16 and UTF-32, which libvirt reads as any other.
 *
 * Editing in place works on bytes that hold ASCII, so such a document becomes UTF-8 while it is
 * worked on and what it was before when it is written. All other encodings are left alone.
 */

#include <glib.h>

G_BEGIN_DECLS

/* What a document was; all zero for one that was left alone. */
typedef struct {
    char *name;        /* "UTF-16LE", ...; NULL: left alone */
    char mark[4];      /* its byte order mark */
    gsize n_mark;      /* bytes */
    char *declaration; /* its XML declaration, in UTF-8; NULL: it has none */
} DocumentEncoding;

/*
 * Makes TEXT, which the caller owns, UTF-8, with an XML declaration of the same length that says
 * so, and tells in ENCODING, whose old content is freed, what it was. FALSE with a G_CONVERT_ERROR
 * when it is not what its first bytes claim.
 */
gboolean document_encoding_decode(DocumentEncoding *encoding, char **text, gsize *length,
                                  GError **error);

/* Makes TEXT, whose XML declaration nobody has changed since, what it was. */
gboolean document_encoding_encode(const DocumentEncoding *encoding, GString *text, GError **error);

void document_encoding_clear(DocumentEncoding *encoding);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DocumentEncoding, document_encoding_clear)

G_END_DECLS

#endif
