/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_XML_VALUE_H
#define INGEST_XML_VALUE_H

/*
 * Numbers and quantities in documents, read strictly: decimal digits with blanks around them and at
 * most a '+' before them. What is not one makes the document unusable, with its line.
 */

#include "xml_stream.h"

G_BEGIN_DECLS

/* The bytes in one UNIT ("KiB", "M", "MB"; NULL or "": a KiB), 0 when there is no such unit. */
guint64 unit_bytes(const char *unit);

/* NUMBER units rounded up to KiB. FALSE for an unknown unit, or when it overflows. */
gboolean quantity_to_kib(guint64 number, const char *unit, guint64 *ret_kib);

/*
 * A UUID as libvirt writes it, of one that is written with or without hyphens and in capitals or
 * not; TEXT itself when it is none. Owned by the caller.
 */
char *uuid_canonical(const char *text);

/*
 * In an end handler: the number in the element's text, which WHAT names ("memory of a NUMA cell").
 * FALSE and xml_event_fail() when it is none or greater than MAX.
 */
gboolean xml_event_number(const XmlEvent *event, const char *what, guint64 max,
                          guint64 *ret_number);

/* In a start handler: the number in an attribute; FALSE without failing when it is absent. */
gboolean xml_event_attribute_number(const XmlEvent *event, const char *name, guint64 max,
                                    guint64 *ret_number);

G_END_DECLS

#endif
