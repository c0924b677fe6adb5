/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_DOMAIN_TEXT_H
#define INGEST_DOMAIN_TEXT_H

/* Where the elements of an XML text begin and end, by byte. */

#include <fleet/device.h>

G_BEGIN_DECLS

typedef struct {
    GArray *elements;     /* of ElementPlace, in document order */
    gboolean has_doctype; /* the scan stopped there */
} DomainText;

/*
 * Scans TEXT, which need not be well-formed: only the places of a well-formed one mean anything.
 * An element that is never closed has an end of 0. Linear.
 */
void domain_text_init(DomainText *scan, const char *text, gsize length);
void domain_text_clear(DomainText *scan);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DomainText, domain_text_clear)

G_END_DECLS

#endif
