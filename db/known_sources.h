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

typedef struct KnownSources KnownSources;

KnownSources *known_sources_new(void);
void known_sources_free(KnownSources *sources); /* NULL is allowed */

/* KEY becomes that of MEMBER ("" for none) of PATH. */
void known_sources_set_key(const char *path, const char *member, guint64 ret_key[2]);

/* SOURCE is copied. */
void known_sources_add(KnownSources *sources, const KnownSource *source);
/* After the last source and before the first question. */
void known_sources_seal(KnownSources *sources);
/* The source of that name, or NULL. Any number of threads may ask. */
const KnownSource *known_sources_find(const KnownSources *sources, const char *path,
                                      const char *member);

G_END_DECLS

#endif
