/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_SOURCE_TEXT_H
#define INGEST_SOURCE_TEXT_H

/*
 * A source's bytes with a cursor that moves on from document to document, and the line that it is
 * in. Between XML documents only what XML allows around a root element may stand.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
    const char *cursor, *end; /* borrowed */
    const char *counted;      /* up to here, lines have been counted */
    guint counted_line;       /* of counted */
} SourceText;

/* BYTES, which may be NULL when there are none, must live as long. */
void source_text_init(SourceText *text, const char *bytes, gsize length);

/*
 * Makes UTF-8 of a text of another encoding, by the byte order mark or by what the first XML
 * declaration says. RET_CONVERTED gets what the text is in from then on, or NULL when it needed no
 * conversion; RET_PROBLEM, on FALSE, what is wrong. Both are owned by the caller.
 */
gboolean source_text_convert(SourceText *text, char **ret_converted, char **ret_problem);

/* Bytes from the cursor on. */
gsize source_text_left(const SourceText *text);

/* The line of the cursor. */
guint source_text_line(SourceText *text);

/* Passes over blanks, declarations, processing instructions and comments. */
void source_text_skip_misc(SourceText *text);

/* The name of the element that begins at the cursor, "" when none does. Owned by the caller. */
char *source_text_root_name(const SourceText *text);

G_END_DECLS

#endif
