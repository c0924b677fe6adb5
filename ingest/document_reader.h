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

/* A record that documents share when they say the same: see document_sharing.h. */
typedef struct {
    /*
     * What it says, as bytes: of records that say the same, all but the first are dropped. Owned.
     */
    GByteArray *(*content)(const Document *document);
    void (*seal)(Document *document);          /* makes it ready for sharing; for the first only */
    gpointer (*get)(const Document *document); /* a reference to it */
    void (*set)(Document *document, gpointer record); /* adds a reference of its own */
    GDestroyNotify free;
} SharedRecord;

/*
 * A part of a kind of documents that many of them have in common: one element, or elements one
 * after the other. Their handlers call xml_stream_begin_section() and xml_stream_end_section().
 */
typedef struct {
    const char *begin;    /* the text that it begins with */
    const char *end;      /* and the one that it ends with, for the last time in the document */
    const char *stand_in; /* an empty element that can be read in its place */
    const char *foreign;  /* text that may not be in it, as its record would not tell all */
    SharedRecord record;
} SharedSection;

typedef struct {
    const XmlElement *root; /* one row; its name is what tells the kind */
    DocumentKind kind;
    /* What the handlers work on. BYTES is the document, from its root element on. */
    gpointer (*begin)(const char *bytes);
    /* Gives what was read to DOCUMENT; only called when nothing failed. */
    void (*finish)(gpointer record, Document *document);
    void (*free)(gpointer record);
    const SharedRecord *whole;    /* of all of it; NULL: every document is its own */
    const SharedSection *section; /* NULL: none */
} DocumentReader;

extern const DocumentReader capabilities_reader;
extern const DocumentReader domain_capabilities_reader;
extern const DocumentReader domain_reader;
extern const DocumentReader domain_status_reader; /* libvirt's own file of a running guest */

G_END_DECLS

#endif
