/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_SPOOL_H
#define INGEST_SPOOL_H

/* What passes once, put where it can be read twice. */

#include <glib.h>

G_BEGIN_DECLS

/*
 * A file without a name that holds HEAD and then all that can be read from INPUT, in the folder for
 * temporary files. Its descriptor, which the caller closes; -1 with ERROR when INPUT cannot be
 * read, there is no room, or it would be longer than MAX bytes.
 */
int spool_input(int input, GBytes *head, guint64 max, GError **error);

G_END_DECLS

#endif
