/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_XML_POSITION_H
#define INGEST_XML_POSITION_H

/*
 * Where libxml2's parser stands in a document that it was given as a whole, in UTF-8: its own count
 * is the bytes' then. xmlByteConsumed() counts back from the end through an encoder, and errs when
 * more than 32000 bytes are left.
 */

#include <glib.h>
#include <libxml/parser.h>
#include <string.h>

G_BEGIN_DECLS

/*
 * The parser asks for more whenever it has less than this before it, in vain at a document's end.
 */
#define XML_LOOK_AHEAD 256

/* Appends to a document what the parser looks ahead at; it is to be stopped before. */
static inline void
xml_append_look_ahead(GString *text)
{
    gsize length = text->len;

    g_string_set_size(text, length + XML_LOOK_AHEAD);
    memset(text->str + length, ' ', XML_LOOK_AHEAD);
}

static inline gsize
xml_position(const xmlParserCtxt *parser)
{
    const xmlParserInputPtr input = parser->input;

    return input == NULL ? 0 : input->consumed + (gsize)(input->cur - input->base);
}

/* In a handler of a start tag: of the '<' that begins it. BYTES is the document. */
static inline gsize
xml_position_of_tag(const xmlParserCtxt *parser, const char *bytes)
{
    gsize position = xml_position(parser);

    /* The parser stands behind the tag's text, and no other '<' can stand in it. */
    while (position > 0 && bytes[position - 1] != '<')
        position--;
    return position == 0 ? 0 : position - 1;
}

G_END_DECLS

#endif
