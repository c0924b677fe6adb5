/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_XML_STREAM_H
#define INGEST_XML_STREAM_H

/*
 * One XML document as a stream of handler calls, steered by tables.
 *
 * A kind of document is a tree of XmlElement tables: for each element the children that matter, and
 * what to do with them. Elements that no table names are passed over with all that is in them, and
 * so are those in a namespace, but for QEMU's: its elements are named "qemu:NAME" whatever their
 * prefix, and "*" does not match them. Nothing is ever fetched; a DTD, and with it every entity of
 * a document's own, is refused, and so is more depth or length than the limits allow.
 */

#include <fleet/finding.h>
#include <ingest/cpu_reader.h>
#include <ingest/ingest.h>

G_BEGIN_DECLS

typedef struct XmlStream XmlStream;

/* The attributes of one start tag, without those in a namespace. Valid during the call. */
typedef struct {
    const CpuReaderAttribute *list;
    guint n;
} XmlAttributes;

/* What a handler is given. */
typedef struct {
    XmlStream *stream;
    gpointer record; /* what the document is read into */
    const char *name;
    XmlAttributes attributes; /* of a start tag; empty at the end */
    const char *text;         /* at the end of an is_text element: its own text; else NULL */
} XmlEvent;

typedef struct XmlElement XmlElement;
struct XmlElement {
    const char *name; /* "*" matches any; NULL ends a table. The first row that matches counts */
    void (*start)(const XmlEvent *event); /* NULL: nothing to do */
    void (*end)(const XmlEvent *event);
    const XmlElement *children; /* NULL: whatever is inside is passed over */
    gboolean is_text;
};

/* A reader of documents, one after the other. For one thread at a time. LIMITS without zeroes. */
XmlStream *xml_stream_new(const IngestLimits *limits);
void xml_stream_free(XmlStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XmlStream, xml_stream_free)

/*
 * Reads the document whose root element begins at BYTES, calling the handlers of ROOT (a single
 * row) with RECORD. FIRST_LINE is the line where it begins in its source. Returns how many bytes it
 * has, or 0 when its end is not known: not well-formed, or over a limit. What is wrong with the
 * document, if anything, is in xml_stream_take_failure().
 */
gsize xml_stream_read(XmlStream *stream, const char *bytes, gsize length, guint first_line,
                      const XmlElement *root, gpointer record);

/*
 * Of the next document that is read: the element at OFFSET stands for a section of which RECORD
 * (borrowed) is known, see xml_stream_begin_section().
 */
void xml_stream_expect_section(XmlStream *stream, gsize offset, gpointer record);
/* Of the last document: TRUE when its sections begin at FROM and end at TO. */
gboolean xml_stream_has_section(const XmlStream *stream, gsize from, gsize to);

gboolean xml_stream_has_failure(const XmlStream *stream);
/* The first thing that made the last document unusable, or NULL. Owned by the caller. */
Finding *xml_stream_take_failure(XmlStream *stream);

/* ---- for handlers --------------------------------------------------------------------------- */

/* Line of the source that is being read. */
guint xml_stream_line(const XmlStream *stream);
/* In a start handler: the offset in the document of the '<' that begins the element. */
gsize xml_stream_tag_offset(const XmlStream *stream);
/* In an end handler: the offset just behind the element. */
gsize xml_stream_end_offset(const XmlStream *stream);

/*
 * Makes the document unusable, at this line; later handlers are not called. The first call counts.
 */
void xml_event_fail(const XmlEvent *event, const char *id, const char *remedy, const char *format,
                    ...) G_GNUC_PRINTF(4, 5);

/*
 * In a start handler: the element is of the section that documents of this kind have in common.
 * Gives what is known of the section in whose place it stands, borrowed, or NULL.
 */
gpointer xml_stream_begin_section(XmlStream *stream);
/* In the end handler of such an element. */
void xml_stream_end_section(XmlStream *stream);

/* In a start handler: passes over what is in the element; its end handler is still called. */
void xml_stream_skip(XmlStream *stream);

/*
 * In a start handler: the element is a CPU. FOUND is called at its end with the definition, which
 * is its to keep, before the end handler; an invalid one makes the document unusable.
 */
void xml_stream_read_cpu(const XmlEvent *event, CpuElement element,
                         void (*found)(gpointer record, CpuDefinition *cpu));

/* The attribute of that name, or NULL. */
const CpuReaderAttribute *xml_attribute(const XmlAttributes *attributes, const char *name);
/* Its value as a new string, or NULL. */
char *xml_attribute_dup(const XmlAttributes *attributes, const char *name);
/* TRUE when it is there and has that value. */
gboolean xml_attribute_is(const XmlAttributes *attributes, const char *name, const char *value);

G_END_DECLS

#endif
