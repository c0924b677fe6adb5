/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Archives as a whole, so that one that did not change need not be unpacked.
 *
 * What a run has read of an archive is remembered when the run is finished: the hash of the
 * archive, and the sum of its members as this run met them. It is believed as long as the members
 * that the inventory knows have that sum. So it need not be taken back when a member is recorded
 * anew, by a run that is killed then, by another process that reads another state of the archive at
 * the same time, or when another reader makes the members unknown: the sum is another one then.
 */

#include "inventory_private.h"

#include <string.h>

#define HASH_BYTES 16

static void
encode(const guint64 words[2], guint8 bytes[HASH_BYTES])
{
    const guint64 ordered[2] = {GUINT64_TO_BE(words[0]), GUINT64_TO_BE(words[1])};

    memcpy(bytes, ordered, sizeof ordered);
}

static gboolean
decode(Statement *statement, int column, guint64 ret_words[2])
{
    int length;
    const void *bytes = statement_blob_at(statement, column, &length);

    if (length != HASH_BYTES)
        return FALSE;
    memcpy(ret_words, bytes, HASH_BYTES);
    ret_words[0] = GUINT64_FROM_BE(ret_words[0]);
    ret_words[1] = GUINT64_FROM_BE(ret_words[1]);
    return TRUE;
}

/* ---- what is remembered ---------------------------------------------------------------------- */

QUERY(select_archives, "SELECT path, size, mtime_ns, hash, members FROM archive");

gboolean
archive_recall(Inventory *inventory, GError **error)
{
    enum { PATH, SIZE, MTIME_NS, HASH, MEMBERS };
    Statement *statement = connection_statement(inventory->connection, &select_archives);

    while (statement_next(statement)) {
        KnownArchive archive = {
            .size = (guint64)statement_int_at(statement, SIZE),
            .mtime_ns = statement_int_at(statement, MTIME_NS),
        };

        if (decode(statement, HASH, archive.hash) && decode(statement, MEMBERS, archive.members))
            known_sources_add_archive(inventory->open_run.known,
                                      statement_string_at(statement, PATH), &archive);
    }
    return statement_finish(statement, error);
}

gboolean
inventory_knows_archive(const Inventory *inventory, const Source *archive, gboolean has_hash)
{
    g_autofree char *path = source_key(inventory, archive);
    const KnownArchive *known = known_sources_find_archive(inventory->open_run.known, path);

    if (known == NULL)
        return FALSE;
    if (has_hash)
        return memcmp(known->hash, archive->hash, sizeof known->hash) == 0;
    return archive->mtime_ns != 0 && known->mtime_ns == archive->mtime_ns &&
           known->size == archive->size;
}

/* ---- what a run met -------------------------------------------------------------------------- */

MetWhole *
archive_met(Inventory *inventory, const char *path)
{
    MetWhole *met = g_hash_table_lookup(inventory->open_run.whole_paths, path);

    if (met == NULL) {
        met = g_new0(MetWhole, 1);
        g_hash_table_insert(inventory->open_run.whole_paths, g_strdup(path), met);
    }
    return met;
}

gboolean
inventory_record_archive(Inventory *inventory, const Source *archive, GError **error)
{
    if (!inventory_check_run(inventory, error))
        return FALSE;
    g_autofree char *path = source_key(inventory, archive);
    const KnownArchive *known = known_sources_find_archive(inventory->open_run.known, path);
    MetWhole *met = archive_met(inventory, path);
    gboolean has_hash = archive->hash[0] != 0 || archive->hash[1] != 0;

    met->is_all_read = TRUE;
    met->archive = (KnownArchive){.size = archive->size, .mtime_ns = archive->mtime_ns};
    /* One that was known by its time was not hashed. */
    memcpy(met->archive.hash, has_hash || known == NULL ? archive->hash : known->hash,
           sizeof met->archive.hash);
    return TRUE;
}

QUERY(save_archive, "INSERT INTO archive (path, size, mtime_ns, hash, members)"
                    " VALUES (:path, :size, :mtime_ns, :hash, :members)"
                    " ON CONFLICT (path) DO UPDATE SET size = :size, mtime_ns = :mtime_ns,"
                    " hash = :hash, members = :members");

static gboolean
save_archive_at(Inventory *inventory, const char *path, const MetWhole *met, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &save_archive);
    guint8 hash[HASH_BYTES], members[HASH_BYTES];

    encode(met->archive.hash, hash);
    encode(met->members, members);
    statement_bind_text(statement, ":path", path);
    statement_bind_int(statement, ":size", (gint64)met->archive.size);
    statement_bind_int(statement, ":mtime_ns", met->archive.mtime_ns);
    statement_bind_blob(statement, ":hash", hash, sizeof hash);
    statement_bind_blob(statement, ":members", members, sizeof members);
    return statement_run(statement, error);
}

static gboolean
is_as_known(const KnownArchive *known, const MetWhole *met)
{
    return known != NULL && known->size == met->archive.size &&
           known->mtime_ns == met->archive.mtime_ns &&
           memcmp(known->hash, met->archive.hash, sizeof known->hash) == 0 &&
           memcmp(known->members, met->members, sizeof known->members) == 0;
}

gboolean
archive_save_met(Inventory *inventory, GError **error)
{
    GHashTableIter iter;
    gpointer path, met;

    g_hash_table_iter_init(&iter, inventory->open_run.whole_paths);
    while (g_hash_table_iter_next(&iter, &path, &met)) {
        const KnownArchive *known = known_sources_find_archive(inventory->open_run.known, path);

        if (((MetWhole *)met)->is_all_read && !is_as_known(known, met) &&
            !save_archive_at(inventory, path, met, error))
            return FALSE;
    }
    return TRUE;
}
