/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_DOCUMENT_READER_H
#define INGEST_DOCUMENT_READER_H

/*
 * The kinds of XML documents, one reader each. To add a kind: a table of its elements and a
 * DocumentReader in a file of its own, named in the list of documents.c.
 */

#include "xml_stream.h"

#include <fleet/document.h>

G_BEGIN_DECLS

/* The part of a kind of documents that many of them have in common, see document_sharing.h. */
typedef struct {
    const char *mark;    /* the text that it begins with and ends the document; NULL: all of it */
    const char *foreign; /* text that may not be in it; NULL: any may */
    /*
     * NULL, or what its record says, as bytes: of records that say the same, all but the first are
     * dropped for that one, and only the first is given to seal().
     */
    GByteArray *(*content)(const Document *document);
    void (*seal)(Document *document);
    gpointer (*get)(const Document *document);        /* a reference to its record */
    void (*set)(Document *document, gpointer record); /* adds a reference of its own */
    GDestroyNotify free;
} SharedPart;

typedef struct {
    const XmlElement *root; /* one row; its name is what tells the kind */
    DocumentKind kind;
    /* What the handlers work on. BYTES is the document, from its root element on. */
    gpointer (*begin)(const char *bytes);
    /* Gives what was read to DOCUMENT; only called when nothing failed. */
    void (*finish)(gpointer record, Document *document);
    void (*free)(gpointer record);
    const SharedPart *shared; /* NULL: every document is its own */
} DocumentReader;

extern const DocumentReader capabilities_reader;
extern const DocumentReader domain_capabilities_reader;
extern const DocumentReader domain_reader;
extern const DocumentReader domain_status_reader; /* libvirt's own file of a running guest */

G_END_DECLS

#endif
