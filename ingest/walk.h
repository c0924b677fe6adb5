/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_WALK_H
#define INGEST_WALK_H

/* From the paths that were given to the files below them, each a task. */

#include "task.h"

G_BEGIN_DECLS

/*
 * Makes a task of every file at or below the N_PATHS paths, a folder's files in the order of their
 * names; of standard input ("-"), and of what cannot be read. Symbolic links to files are followed,
 * those to folders only when given; names that begin with '.' or end in '~' are left out. Returns
 * when SINK wants no more, or all is done. KNOWING is only asked which archives are known: those
 * are not unpacked. The limits in OPTIONS must be filled in.
 */
void walk_paths(const char *const *paths, guint n_paths, const IngestOptions *options,
                const IngestSink *knowing, TaskSink sink, gpointer user_data);

G_END_DECLS

#endif
