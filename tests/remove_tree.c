/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* nftw() */
#define _XOPEN_SOURCE 700
#include "remove_tree.h"

#include <ftw.h>
#include <stdio.h>

#define OPEN_FOLDERS 16

static int
remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    /* What cannot be removed must not keep the rest. */
    (void)remove(path);
    return 0;
}

void
remove_tree(const char *path)
{
    (void)nftw(path, remove_entry, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}
