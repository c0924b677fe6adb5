/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_FUZZ_FOLDER_H
#define TESTS_FUZZ_FOLDER_H

/*
 * A folder of files as the input of a fuzz target, for readers that follow names from one file to
 * the next.
 */

#include <glib.h>

/*
 * The files that BYTES hold, by name, as GBytes. A line "<!-- file: NAME -->" or "# file: NAME"
 * begins a file; what comes before the first such line is left out, as are names that would get out
 * of the folder. The table is the caller's.
 */
GHashTable *folder_files(const char *bytes, gsize length);

/*
 * Writes these files into a new folder. Remove it with folder_remove(). The path is the caller's.
 */
char *folder_make(const char *bytes, gsize length);

/*
 * Writes LENGTH bytes as PATH of FOLDER, with the folders in between; passes over a path that
 * cannot be.
 */
void folder_write(const char *folder, const char *path, const char *bytes, gsize length);

/* Removes PATH with all that is in it. */
void folder_remove(const char *path);

#endif
