/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_TEXT_ENCODING_H
#define INGEST_TEXT_ENCODING_H

#include <glib.h>

G_BEGIN_DECLS

/*
 * The encoding that BYTES claim by a byte order mark or in an XML declaration; NULL when it is
 * UTF-8 or they do not say. RET_SKIP gets the bytes of the mark. Owned by the caller.
 */
char *text_encoding_claimed(const char *bytes, gsize length, gsize *ret_skip);

G_END_DECLS

#endif
