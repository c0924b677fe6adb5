/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Records lie in one array; the set points into it, so it is filled when the array does not grow
 * any more. Of two records with one key, which two overlapping paths lead to, either will do; an
 * archive whose members are met twice so is not taken for known.
 */

#include "known_sources.h"

#include <string.h>
#include <xxhash.h>

typedef struct {
    KnownArchive archive;
    guint64 sum[2];  /* of the members that were added */
    GArray *members; /* of guint: their records */
} ArchiveEntry;

struct KnownSources {
    GArray *records;      /* of KnownSource */
    GHashTable *names;    /* a set of the records, by key */
    GHashTable *archives; /* path -> ArchiveEntry* */
};

static void
archive_entry_free(gpointer data)
{
    ArchiveEntry *entry = data;

    g_array_unref(entry->members);
    g_free(entry);
}

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
    sources->archives = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, archive_entry_free);
    return sources;
}

void
known_sources_free(KnownSources *sources)
{
    if (sources == NULL)
        return;
    g_hash_table_unref(sources->names);
    g_hash_table_unref(sources->archives);
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
known_sources_sum(const guint64 key[2], const guint64 hash[2], guint64 sum[2])
{
    const guint64 both[4] = {key[0], key[1], hash[0], hash[1]};
    XXH128_hash_t member = XXH3_128bits(both, sizeof both);

    sum[0] += member.high64;
    sum[1] += member.low64;
}

void
known_sources_add_archive(KnownSources *sources, const char *path, const KnownArchive *archive)
{
    ArchiveEntry *entry = g_new0(ArchiveEntry, 1);

    entry->archive = *archive;
    entry->members = g_array_new(FALSE, FALSE, sizeof(guint));
    g_hash_table_insert(sources->archives, g_strdup(path), entry);
}

void
known_sources_add(KnownSources *sources, const char *path, const KnownSource *source)
{
    ArchiveEntry *entry = g_hash_table_lookup(sources->archives, path);

    if (entry != NULL) {
        g_array_append_val(entry->members, sources->records->len);
        known_sources_sum(source->key, source->hash, entry->sum);
    }
    g_array_append_vals(sources->records, source, 1);
}

static gboolean
is_stale(gpointer path, gpointer data, gpointer unused)
{
    const ArchiveEntry *entry = data;

    (void)path;
    (void)unused;
    return memcmp(entry->sum, entry->archive.members, sizeof entry->sum) != 0;
}

void
known_sources_seal(KnownSources *sources)
{
    g_hash_table_remove_all(sources->names);
    for (guint i = 0; i < sources->records->len; i++)
        g_hash_table_add(sources->names, &g_array_index(sources->records, KnownSource, i));
    g_hash_table_foreach_remove(sources->archives, is_stale, NULL);
}

const KnownArchive *
known_sources_find_archive(const KnownSources *sources, const char *path)
{
    const ArchiveEntry *entry = g_hash_table_lookup(sources->archives, path);

    return entry == NULL ? NULL : &entry->archive;
}

GPtrArray *
known_sources_members(const KnownSources *sources, const char *path)
{
    const ArchiveEntry *entry = g_hash_table_lookup(sources->archives, path);
    GPtrArray *members = g_ptr_array_new();

    for (guint i = 0; entry != NULL && i < entry->members->len; i++)
        g_ptr_array_add(members, &g_array_index(sources->records, KnownSource,
                                                g_array_index(entry->members, guint, i)));
    return members;
}

const KnownSource *
known_sources_find(const KnownSources *sources, const char *path, const char *member)
{
    KnownSource wanted;

    known_sources_set_key(path, member, wanted.key);
    return g_hash_table_lookup(sources->names, &wanted);
}
