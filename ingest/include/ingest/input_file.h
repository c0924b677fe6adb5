/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_INPUT_FILE_H
#define INGEST_INPUT_FILE_H

/* Whole files that a user named: settings, CPU maps, the arguments of commands. */

#include <glib.h>

G_BEGIN_DECLS

/* No such file is nearly as long; what never ends (/dev/zero) is refused at this length. */
#define INPUT_FILE_BYTES_MAX ((gsize)512 << 20)

/*
 * The bytes of the file PATH, of a pipe or device too, or of standard input when PATH is "-". A NUL
 * byte follows them. FALSE with a G_FILE_ERROR "PATH: REASON". RET_TEXT is the caller's.
 */
gboolean input_file_read(const char *path, char **ret_text, gsize *ret_length, GError **error);

/* PATH as messages name it: "standard input" for "-". */
const char *input_file_name(const char *path);

/*
 * Puts the name of the file PATH before an error of a reader of this folder: "line 3: what" becomes
 * "PATH:3: what", and what has no line "PATH: what". Does nothing where ERROR or *ERROR is NULL.
 */
void input_file_place_error(GError **error, const char *path);

G_END_DECLS

#endif
