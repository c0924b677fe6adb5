/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_FUZZ_XML_TWIN_H
#define TESTS_FUZZ_XML_TWIN_H

/* One document read by the scanner of plain XML and by libxml2: what each says of it, as text. */

#include <glib.h>

/* All events with their lines, and where the document ends; NULL when it is unusual. */
char *xml_twin_plain(const char *bytes, gsize length);
/* The same from libxml2; NULL when it is not well-formed up to the end of its root element. */
char *xml_twin_libxml(const char *bytes, gsize length);

#endif
