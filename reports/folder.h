/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORTS_FOLDER_H
#define REPORTS_FOLDER_H

/*
 * A folder whose files are replaced all at once.
 *
 * New files go into a folder beside it, which then takes its place in one step of the file system.
 * Whoever reads, and whatever crashes, sees the files of before or those of now. What a crash
 * leaves is put right by the next replacement. Files that were not written here, which somebody put
 * into the folder, are kept; a folder that has only such files is refused.
 */

#include "output.h"

typedef struct FolderReplacement FolderReplacement;

/* Prepares to replace PATH, whose parent is created when it is missing. */
FolderReplacement *folder_replacement_begin(const char *path, GError **error);

/*
 * Where to write file NAME ("plan.json", "templates/a.xml"); its sub-folder is made. NULL on error.
 */
char *folder_replacement_add(FolderReplacement *folder, const char *name, GError **error);

/* All files are written: syncs them and puts them in place. */
gboolean folder_replacement_commit(FolderReplacement *folder, GError **error);

/* Takes away what was not committed. */
void folder_replacement_free(FolderReplacement *folder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FolderReplacement, folder_replacement_free)

#endif
