/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CLI_STALE_ENTRIES_H
#define CLI_STALE_ENTRIES_H

/* Hosts' documents that no collector has brought anew for long, while it brought others'. */

#include <glib.h>

G_BEGIN_DECLS

#define STALE_DAYS 7

/*
 * GPtrArray of char*, sorted: the files and folders in FOLDER that are more than STALE_DAYS older
 * than the newest of them. A folder is as new as the newest file in it. Empty where FOLDER is none.
 */
GPtrArray *stale_entries_find(const char *folder);

/* The same of archives alone, which a collector writes anew every time, whatever is in them. */
GPtrArray *stale_archives_find(const char *folder);

G_END_DECLS

#endif
