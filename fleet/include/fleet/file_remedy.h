/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FLEET_FILE_REMEDY_H
#define FLEET_FILE_REMEDY_H

/* What a person can do where a file or a folder could not be read or written. */

#include <glib.h>

G_BEGIN_DECLS

/*
 * Appends ": REMEDY" to an ERROR of G_FILE_ERROR about room, permission or a broken disk. Others,
 * which tell their own remedy, stay as they are, and so does NULL.
 */
void file_remedy_append(GError **error);

/* What to do where a file could not be opened or read, by the errno CODE. Static, never NULL. */
const char *file_remedy_of_reading(int code);

G_END_DECLS

#endif
