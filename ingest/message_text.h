/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_MESSAGE_TEXT_H
#define INGEST_MESSAGE_TEXT_H

#include <glib.h>

G_BEGIN_DECLS

/*
 * TEXT as one line of valid UTF-8 without control characters: messages quote documents, and may cut
 * a character in two. Owned by the caller.
 */
char *message_text_clean(const char *text);

/*
 * What stands in TEXT behind the "line N: " that messages of readers begin with, and N; TEXT itself
 * and 0 where it begins otherwise.
 */
const char *message_text_behind_line(const char *text, guint *ret_line);

G_END_DECLS

#endif
