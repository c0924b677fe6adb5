/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef DB_KNOWN_SOURCES_H
#define DB_KNOWN_SOURCES_H

/*
 * What the inventory knows of sources, in memory, to be asked by many threads: about 80 bytes a
 * source. Names are told apart by their hash alone.
 */

#include <glib.h>

G_BEGIN_DECLS

/* A row of source. */
typedef struct {
    guint64 key[2]; /* of the path and member */
    guint64 hash[2];
    guint64 size;
    gint64 mtime_ns;
    gint64 id;
} KnownSource;

/* A row of archive. */
typedef struct {
    guint64 hash[2];
    guint64 size;
    gint64 mtime_ns;
    guint64 members[2]; /* the sum of its members, see known_sources_sum() */
} KnownArchive;

typedef struct KnownSources KnownSources;

KnownSources *known_sources_new(void);
void known_sources_free(KnownSources *sources); /* NULL is allowed */

/* RET_KEY becomes the key of MEMBER ("" for none) of PATH. */
void known_sources_set_key(const char *path, const char *member, guint64 ret_key[2]);

/* Before the first source. ARCHIVE is copied. */
void known_sources_add_archive(KnownSources *sources, const char *path,
                               const KnownArchive *archive);
/* SOURCE, of that path, is copied. */
void known_sources_add(KnownSources *sources, const char *path, const KnownSource *source);
/* After the last source and before the first question. */
void known_sources_seal(KnownSources *sources);
/* The source of that name, or NULL. Any number of threads may ask. */
const KnownSource *known_sources_find(const KnownSources *sources, const char *path,
                                      const char *member);

/*
 * Adds a member with that key and HASH to SUM, which begins as zeroes: the same members give the
 * same sum in any order.
 */
void known_sources_sum(const guint64 key[2], const guint64 hash[2], guint64 sum[2]);
/* The archive at PATH, or NULL: also when its members are not as they were. As with a source. */
const KnownArchive *known_sources_find_archive(const KnownSources *sources, const char *path);
/*
 * The members of the archive at PATH, of KnownSource*; none if it is not known. The caller's, but
 * for what is in it.
 */
GPtrArray *known_sources_members(const KnownSources *sources, const char *path);

G_END_DECLS

#endif
