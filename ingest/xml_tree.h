/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_XML_TREE_H
#define INGEST_XML_TREE_H

/* Small documents as libxml2's trees. */

#include <glib.h>
#include <libxml/parser.h>

G_BEGIN_DECLS

/*
 * The tree of BYTES, read with PARSER without network and with OPTIONS (XML_PARSE_...) besides;
 * NULL when they are not XML, and then xmlCtxtGetLastError() has the first reason. NAME is for that
 * error and may be NULL. LENGTH is at most G_MAXINT. Nothing is written to the terminal. Free with
 * xmlFreeDoc().
 */
xmlDoc *xml_tree_parse(xmlParserCtxt *parser, const char *bytes, gsize length, const char *name,
                       int options);

G_END_DECLS

#endif
