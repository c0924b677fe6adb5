/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_DB_HALFWAY_VFS_H
#define TESTS_DB_HALFWAY_VFS_H

#include <glib.h>

/*
 * From now on, ON_WRITE is called in the middle of every write to a file of SQLite's, when half of
 * its bytes are in the file: what is on the disk then is what a process that is killed leaves.
 * Databases that are open already are not watched.
 */
void halfway_vfs_install(void (*on_write)(gpointer user_data), gpointer user_data);
void halfway_vfs_remove(void);

#endif
