/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_PLAIN_XML_H
#define INGEST_PLAIN_XML_H

/*
 * A scanner for XML as libvirt writes it, several times as fast as libxml2, which is asked for all
 * else.
 *
 * It knows elements, attributes, ASCII text and comments. Whatever it does not know (a namespace,
 * an entity, a CDATA section, a character beyond ASCII, a carriage return, blanks where they are
 * rare), whatever is wrong, and whatever comes near a limit of libxml2's is "unusual": it says no
 * more about such a document, and the caller has libxml2 read it from its beginning. So it neither
 * judges nor explains, and a document that it reads to the end means the same to libxml2; a fuzz
 * target holds the two against each other.
 */

#include <ingest/cpu_reader.h>

G_BEGIN_DECLS

typedef enum {
    PLAIN_XML_START, /* a start tag; an empty element's is followed by PLAIN_XML_END */
    PLAIN_XML_END,
    PLAIN_XML_TEXT,    /* may come in pieces */
    PLAIN_XML_DONE,    /* the root element has ended: the position is behind it */
    PLAIN_XML_UNUSUAL, /* the end, for any reason */
} PlainXmlToken;

typedef struct PlainXml PlainXml;

/* A scanner of documents, one after the other. Attributes longer than MAX_ATTRIBUTE_BYTES are
 * unusual. */
PlainXml *plain_xml_new(gsize max_attribute_bytes);
void plain_xml_free(PlainXml *xml); /* NULL is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PlainXml, plain_xml_free)

/* Begins with the document whose root element begins at BYTES, which have to stay meanwhile. */
void plain_xml_begin(PlainXml *xml, const char *bytes, gsize length);
/* The next token. None may be asked for after one of the last two. */
PlainXmlToken plain_xml_next(PlainXml *xml);

/* Of the token at hand. Names stay valid, and equal ones are one pointer, until the next begin. */
const char *plain_xml_name(const PlainXml *xml); /* of a start or end tag */
const CpuReaderAttribute *plain_xml_attributes(const PlainXml *xml, guint *ret_n);
const char *plain_xml_text(const PlainXml *xml, gsize *ret_length);
/* Behind the token; of a start tag before its '>' or '/>', as libxml2 tells it. */
guint plain_xml_line(const PlainXml *xml); /* 1 is the first */
gsize plain_xml_offset(const PlainXml *xml);

G_END_DECLS

#endif
