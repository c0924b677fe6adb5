/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Records lie in one array; the set points into it, so it is filled when the array does not grow
 * any more. Of two records with one key, which two overlapping paths lead to, either will do.
 */

#include "known_sources.h"

#include <string.h>
#include <xxhash.h>

struct KnownSources {
    GArray *records;   /* of KnownSource */
    GHashTable *names; /* a set of the records, by key */
};

static guint
record_hash(gconstpointer record)
{
    return (guint)((const KnownSource *)record)->key[0];
}

static gboolean
record_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(((const KnownSource *)a)->key, ((const KnownSource *)b)->key,
                  sizeof((KnownSource *)NULL)->key) == 0;
}

KnownSources *
known_sources_new(void)
{
    KnownSources *sources = g_new0(KnownSources, 1);

    sources->records = g_array_new(FALSE, FALSE, sizeof(KnownSource));
    sources->names = g_hash_table_new(record_hash, record_equal);
    return sources;
}

void
known_sources_free(KnownSources *sources)
{
    if (sources == NULL)
        return;
    g_hash_table_unref(sources->names);
    g_array_unref(sources->records);
    g_free(sources);
}

void
known_sources_set_key(const char *path, const char *member, guint64 ret_key[2])
{
    /* No path has a newline and goes on like a member's: one that did would only be read again. */
    g_autofree char *name = g_strconcat(path, "\n", member, NULL);
    XXH128_hash_t hash = XXH3_128bits(name, strlen(name));

    ret_key[0] = hash.high64;
    ret_key[1] = hash.low64;
}

void
known_sources_add(KnownSources *sources, const KnownSource *source)
{
    g_array_append_vals(sources->records, source, 1);
}

void
known_sources_seal(KnownSources *sources)
{
    g_hash_table_remove_all(sources->names);
    for (guint i = 0; i < sources->records->len; i++)
        g_hash_table_add(sources->names, &g_array_index(sources->records, KnownSource, i));
}

const KnownSource *
known_sources_find(const KnownSources *sources, const char *path, const char *member)
{
    KnownSource wanted;

    known_sources_set_key(path, member, wanted.key);
    return g_hash_table_lookup(sources->names, &wanted);
}
