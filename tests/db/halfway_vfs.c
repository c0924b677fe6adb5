/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * SQLite's own file system layer with one method of its files replaced. The file objects stay its
 * own; only the tables of methods that they point to are copies with another xWrite.
 */

#include "halfway_vfs.h"

#include <sqlite3.h>

static sqlite3_vfs *original;
static sqlite3_vfs halfway;
static void (*call_back)(gpointer user_data);
static gpointer call_back_data;

/* Databases and logs have methods of their own. */
static struct {
    const sqlite3_io_methods *original;
    sqlite3_io_methods halfway;
} methods[4];
static guint n_methods;

static int
write_in_two(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 offset)
{
    guint i = 0;

    while (file->pMethods != &methods[i].halfway)
        i++;
    methods[i].original->xWrite(file, bytes, length / 2, offset);
    call_back(call_back_data);
    return methods[i].original->xWrite(file, bytes, length, offset);
}

static int
open_file(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *ret_flags)
{
    int result = original->xOpen(vfs, name, file, flags, ret_flags);
    guint i = 0;

    if (result != SQLITE_OK || file->pMethods == NULL)
        return result;
    while (i < n_methods && methods[i].original != file->pMethods)
        i++;
    g_assert(i < G_N_ELEMENTS(methods));
    if (i == n_methods) {
        methods[i].original = file->pMethods;
        methods[i].halfway = *file->pMethods;
        methods[i].halfway.xWrite = write_in_two;
        n_methods++;
    }
    file->pMethods = &methods[i].halfway;
    return result;
}

void
halfway_vfs_install(void (*on_write)(gpointer user_data), gpointer user_data)
{
    original = sqlite3_vfs_find(NULL);
    halfway = *original;
    halfway.pNext = NULL;
    halfway.zName = "halfway";
    halfway.xOpen = open_file;
    call_back = on_write;
    call_back_data = user_data;
    sqlite3_vfs_register(&halfway, 1);
}

void
halfway_vfs_remove(void)
{
    sqlite3_vfs_unregister(&halfway);
    sqlite3_vfs_register(original, 1);
}
