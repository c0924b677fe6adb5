/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Sources: which were met, which are unchanged, which are gone. What the inventory knows of those
 * that a run is going to meet is read once, and what it met is kept in memory, a byte for each;
 * only differences are written, so an unchanged night writes nothing here.
 */

#include "inventory_private.h"

#include <string.h>

static const char *
member_of(const Source *source)
{
    return source->member != NULL ? source->member : "";
}

static void
encode_hash(const Source *source, guint8 bytes[16])
{
    const guint64 words[2] = {GUINT64_TO_BE(source->hash[0]), GUINT64_TO_BE(source->hash[1])};

    memcpy(bytes, words, sizeof words);
}

static void
mark_seen(OpenRun *open_run, gint64 id)
{
    guint size = open_run->seen->len;

    if ((guint)id >= size) {
        guint new_size = (guint)id + (guint)id / 2 + 1024;

        g_byte_array_set_size(open_run->seen, new_size);
        memset(open_run->seen->data + size, 0, new_size - size);
    }
    open_run->seen->data[id] = 1;
}

gboolean
source_is_seen(const Inventory *inventory, gint64 id)
{
    const GByteArray *seen = inventory->open_run.seen;

    return (guint64)id < seen->len && seen->data[id] != 0;
}

/* ---- unchanged sources ----------------------------------------------------------------------- */

#define SELECT_KNOWN "SELECT id, path, member, size, mtime_ns, hash FROM source"
#define IS_KNOWN " gone_run IS NULL AND read_run > :stale_run"

QUERY(select_known, SELECT_KNOWN " WHERE" IS_KNOWN);
QUERY(select_known_at, SELECT_KNOWN " WHERE path = :path AND" IS_KNOWN);
QUERY(select_known_below, SELECT_KNOWN " WHERE path >= :first AND path < :behind AND" IS_KNOWN);

/* All paths "PATH/..." lie between "PATH/" and "PATH0": '0' follows '/'. */
static void
bind_below(Statement *statement, const char *path)
{
    const char *slash = g_str_has_suffix(path, "/") ? "" : "/";

    statement_take_text(statement, ":first", g_strconcat(path, slash, NULL));
    statement_take_text(statement, ":behind", g_strconcat(*slash == '\0' ? "" : path, "0", NULL));
}

static void
decode_hash(const guint8 bytes[16], guint64 ret_hash[2])
{
    memcpy(ret_hash, bytes, 2 * sizeof *ret_hash);
    ret_hash[0] = GUINT64_FROM_BE(ret_hash[0]);
    ret_hash[1] = GUINT64_FROM_BE(ret_hash[1]);
}

/* Adds the rows of STATEMENT to what is known. */
static gboolean
recall_rows(Inventory *inventory, Statement *statement, GError **error)
{
    enum { ID, PATH, MEMBER, SIZE, MTIME_NS, HASH };

    statement_bind_int(statement, ":stale_run", inventory->open_run.stale_run);
    while (statement_next(statement)) {
        KnownSource known = {
            .id = statement_int_at(statement, ID),
            .size = (guint64)statement_int_at(statement, SIZE),
            .mtime_ns = statement_int_at(statement, MTIME_NS),
        };
        int length;
        const void *hash = statement_blob_at(statement, HASH, &length);

        if (length != 2 * sizeof *known.hash)
            continue;
        decode_hash(hash, known.hash);
        const char *path = statement_string_at(statement, PATH);
        known_sources_set_key(path, statement_string_at(statement, MEMBER), known.key);
        known_sources_add(inventory->open_run.known, path, &known);
    }
    return statement_finish(statement, error);
}

static gboolean
recall_path(Inventory *inventory, const char *given, GError **error)
{
    char *path = source_absolute_path(inventory, given);
    Statement *statement = connection_statement(inventory->connection, &select_known_at);

    g_ptr_array_add(inventory->open_run.given_paths, path);
    statement_bind_text(statement, ":path", path);
    if (!recall_rows(inventory, statement, error))
        return FALSE;
    statement = connection_statement(inventory->connection, &select_known_below);
    bind_below(statement, path);
    return recall_rows(inventory, statement, error);
}

gboolean
inventory_recall_sources(Inventory *inventory, const char *const *paths, guint n_paths,
                         GError **error)
{
    gboolean is_well = inventory_check_run(inventory, error) && archive_recall(inventory, error);

    if (n_paths == 0 && is_well)
        is_well = recall_rows(inventory, connection_statement(inventory->connection, &select_known),
                              error);
    for (guint i = 0; is_well && i < n_paths; i++)
        is_well = recall_path(inventory, paths[i], error);
    known_sources_seal(inventory->open_run.known);
    return is_well;
}

gboolean
inventory_knows_source(const Inventory *inventory, const Source *source, gboolean has_hash)
{
    g_autofree char *path = source_key(inventory, source);
    const KnownSource *known =
        known_sources_find(inventory->open_run.known, path, member_of(source));

    if (known == NULL)
        return FALSE;
    if (has_hash)
        return memcmp(known->hash, source->hash, sizeof known->hash) == 0;
    return source->mtime_ns != 0 && known->mtime_ns == source->mtime_ns &&
           known->size == source->size;
}

QUERY(select_any_below, "SELECT 1 FROM source WHERE path >= :first AND path < :behind"
                        " AND gone_run IS NULL AND EXISTS (SELECT 1 FROM document"
                        "  WHERE source_id = source.id) LIMIT 1");

gboolean
inventory_knows_below(Inventory *inventory, const Source *folder, gboolean *ret_is_known,
                      GError **error)
{
    g_autofree char *path = source_key(inventory, folder);
    Statement *statement = connection_statement(inventory->connection, &select_any_below);

    bind_below(statement, path);
    *ret_is_known = statement_next(statement);
    return statement_finish(statement, error);
}

QUERY(touch_source, "UPDATE source SET mtime_ns = :mtime_ns WHERE id = :id"
                    " AND mtime_ns = :old_mtime_ns");
/* The hosts that have another document of the same kind: only there does the time decide. */
QUERY(select_touched,
      "SELECT host_id FROM document AS own WHERE source_id = :id AND mtime_ns = :old_mtime_ns"
      " AND EXISTS (SELECT 1 FROM document AS other WHERE other.host_id = own.host_id"
      "  AND (other.source_id <> own.source_id OR other.ordinal <> own.ordinal)"
      "  AND (other.host_report_id IS NULL) = (own.host_report_id IS NULL)"
      "  AND (other.guest_definition_id IS NULL) = (own.guest_definition_id IS NULL))");
QUERY(touch_documents, "UPDATE document SET mtime_ns = :mtime_ns WHERE source_id = :id"
                       " AND mtime_ns = :old_mtime_ns");

/*
 * The time of a document decides where documents contradict each other. Those that stayed from a
 * time when the source was good keep the time of then, and what another process has read since
 * keeps its own.
 */
static gboolean
touch(Inventory *inventory, gint64 id, gint64 old_mtime_ns, gint64 mtime_ns, GError **error)
{
    if (!inventory_begin_batch(inventory, error))
        return FALSE;
    Statement *statement = connection_statement(inventory->connection, &touch_source);
    statement_bind_int(statement, ":id", id);
    statement_bind_int(statement, ":old_mtime_ns", old_mtime_ns);
    statement_bind_int(statement, ":mtime_ns", mtime_ns);
    if (!statement_run(statement, error))
        return FALSE;
    statement = connection_statement(inventory->connection, &select_touched);
    statement_bind_int(statement, ":id", id);
    statement_bind_int(statement, ":old_mtime_ns", old_mtime_ns);
    while (statement_next(statement))
        inventory_mark_dirty(inventory, statement_int(statement, "host_id"));
    if (!statement_finish(statement, error))
        return FALSE;
    statement = connection_statement(inventory->connection, &touch_documents);
    statement_bind_int(statement, ":id", id);
    statement_bind_int(statement, ":old_mtime_ns", old_mtime_ns);
    statement_bind_int(statement, ":mtime_ns", mtime_ns);
    inventory->open_run.batch_size++;
    return statement_run(statement, error);
}

#define SELECT_BROKEN                                                                              \
    "SELECT source_id FROM finding WHERE last_run IS NULL AND severity = 'error'"                  \
    " AND source_id IS NOT NULL"

QUERY(select_broken, SELECT_BROKEN);

void
source_forget(Inventory *inventory)
{
    known_sources_free(inventory->open_run.known);
    inventory->open_run.known = known_sources_new();
}

gboolean
source_begin_run(Inventory *inventory, GError **error)
{
    OpenRun *open_run = &inventory->open_run;
    Statement *statement = connection_statement(inventory->connection, &select_broken);

    source_forget(inventory);
    g_free(inventory->working_folder);
    inventory->working_folder = g_get_current_dir();
    g_byte_array_set_size(open_run->seen, 0);
    g_hash_table_remove_all(open_run->whole_paths);
    g_ptr_array_set_size(open_run->given_paths, 0);
    g_hash_table_remove_all(open_run->broken_sources);
    while (statement_next(statement))
        g_hash_table_add(open_run->broken_sources,
                         GSIZE_TO_POINTER((gsize)statement_int(statement, "source_id")));
    return statement_finish(statement, error);
}

/* Archives and live hosts are met as a whole: what they no longer have is gone after any run. */
static void
note_member(Inventory *inventory, const char *path, const Source *source, const guint64 hash[2])
{
    guint64 key[2];

    if (source->member == NULL || source_is_standard_input(source))
        return;
    known_sources_set_key(path, source->member, key);
    known_sources_sum(key, hash, archive_met(inventory, path)->members);
}

gboolean
source_record_known(Inventory *inventory, const KnownSource *known, gint64 mtime_ns, GError **error)
{
    mark_seen(&inventory->open_run, known->id);
    return known->mtime_ns == mtime_ns ||
           touch(inventory, known->id, known->mtime_ns, mtime_ns, error);
}

gboolean
source_record_unchanged(Inventory *inventory, const Source *source, GError **error)
{
    OpenRun *open_run = &inventory->open_run;
    g_autofree char *path = source_key(inventory, source);
    const KnownSource *known = known_sources_find(open_run->known, path, member_of(source));

    if (known == NULL)
        return TRUE;
    note_member(inventory, path, source, known->hash);
    if (g_hash_table_contains(open_run->broken_sources, GSIZE_TO_POINTER((gsize)known->id)) &&
        !source_mark_below(inventory, source, error))
        return FALSE;
    return source_record_known(inventory, known, source->mtime_ns, error);
}

/* ---- changed sources ------------------------------------------------------------------------- */

QUERY(find_source, "SELECT id FROM source WHERE path = :path AND member = :member");
QUERY(insert_source, "INSERT INTO source (path, member, size, mtime_ns, hash, read_run)"
                     " VALUES (:path, :member, :size, :mtime_ns, :hash, :run)");
QUERY(update_source, "UPDATE source SET size = :size, mtime_ns = :mtime_ns, hash = :hash,"
                     " read_run = :run, gone_run = NULL WHERE id = :id");

static gboolean
write_source(Inventory *inventory, const Source *source, const char *path, gint64 id,
             GError **error)
{
    Statement *statement =
        connection_statement(inventory->connection, id != 0 ? &update_source : &insert_source);
    guint8 hash[16];

    encode_hash(source, hash);
    if (id != 0) {
        statement_bind_int(statement, ":id", id);
    } else {
        statement_bind_text(statement, ":path", path);
        statement_bind_text(statement, ":member", member_of(source));
    }
    statement_bind_int(statement, ":size", (gint64)source->size);
    statement_bind_int(statement, ":mtime_ns", source->mtime_ns);
    statement_bind_blob(statement, ":hash", hash, sizeof hash);
    statement_bind_int(statement, ":run", inventory->open_run.id);
    return statement_run(statement, error);
}

gboolean
source_save(Inventory *inventory, const Source *source, gint64 *ret_id, gboolean *ret_is_new,
            GError **error)
{
    g_autofree char *path = source_key(inventory, source);
    Statement *statement = connection_statement(inventory->connection, &find_source);

    statement_bind_text(statement, ":path", path);
    statement_bind_text(statement, ":member", member_of(source));
    *ret_id = statement_next(statement) ? statement_int(statement, "id") : 0;
    if (!statement_finish(statement, error) ||
        !write_source(inventory, source, path, *ret_id, error))
        return FALSE;
    *ret_is_new = *ret_id == 0;
    if (*ret_is_new)
        *ret_id = connection_last_id(inventory->connection);
    mark_seen(&inventory->open_run, *ret_id);
    note_member(inventory, path, source, source->hash);
    return TRUE;
}

QUERY(select_below, "SELECT id FROM source WHERE gone_run IS NULL AND path >= :first"
                    " AND path < :behind");
QUERY(select_members, "SELECT id FROM source WHERE gone_run IS NULL AND path = :path"
                      " AND member > ''");

static gboolean
mark_rows(Inventory *inventory, Statement *statement, GError **error)
{
    while (statement_next(statement))
        mark_seen(&inventory->open_run, statement_int(statement, "id"));
    return statement_finish(statement, error);
}

gboolean
source_mark_below(Inventory *inventory, const Source *source, GError **error)
{
    /* Behind an archive's broken member the others were read, or the archive itself is broken. */
    if (source->member != NULL && !source_is_live_host(source))
        return TRUE;
    g_autofree char *path = source_key(inventory, source);
    Statement *statement = connection_statement(inventory->connection, &select_members);

    statement_bind_text(statement, ":path", path);
    if (!mark_rows(inventory, statement, error))
        return FALSE;
    statement = connection_statement(inventory->connection, &select_below);
    bind_below(statement, path);
    return mark_rows(inventory, statement, error);
}

/* ---- sources that are gone ------------------------------------------------------------------- */

/* Sources that another process brought meanwhile are none of this run's. */
QUERY(select_expected, "SELECT id FROM source INDEXED BY source_present"
                       " WHERE gone_run IS NULL AND read_run <= :run AND id <= :last_source");
QUERY(select_of_path, "SELECT id FROM source WHERE path = :path AND gone_run IS NULL"
                      " AND read_run <= :run AND id <= :last_source");
/* What is there, or is not there any more, where there was only an error before. */
QUERY(select_broken_below,
      "SELECT id FROM source WHERE id IN (" SELECT_BROKEN ")"
      " AND (path = :path OR (path >= :first AND path < :behind)) AND gone_run IS NULL"
      " AND read_run <= :run AND id <= :last_source"
      " AND NOT EXISTS (SELECT 1 FROM document WHERE source_id = source.id)");
QUERY(end_source, "UPDATE source SET gone_run = :run WHERE id = :id");

static gboolean
withdraw(Inventory *inventory, gint64 id, GError **error)
{
    if (!document_store_delete(inventory, id, error) ||
        !finding_store_close_source(inventory, id, error))
        return FALSE;
    Statement *statement = connection_statement(inventory->connection, &end_source);
    statement_bind_int(statement, ":id", id);
    statement_bind_int(statement, ":run", inventory->open_run.id);
    return statement_run(statement, error);
}

/* Withdraws the rows of STATEMENT that the run did not see. */
static gboolean
withdraw_rows(Inventory *inventory, Statement *statement, GError **error)
{
    g_autoptr(GArray) unseen = g_array_new(FALSE, FALSE, sizeof(gint64));

    statement_bind_int(statement, ":run", inventory->open_run.id);
    statement_bind_int(statement, ":last_source", inventory->open_run.last_source);
    while (statement_next(statement)) {
        gint64 id = statement_int_at(statement, 0);

        if (!source_is_seen(inventory, id))
            g_array_append_val(unseen, id);
    }
    if (!statement_finish(statement, error))
        return FALSE;
    for (guint i = 0; i < unseen->len; i++) {
        if (!withdraw(inventory, g_array_index(unseen, gint64, i), error))
            return FALSE;
    }
    return TRUE;
}

/* A run that only adds: wholes that it met have lost what it did not meet in them. */
static gboolean
withdraw_from_wholes(Inventory *inventory, GError **error)
{
    GHashTableIter iter;
    gpointer path;

    g_hash_table_iter_init(&iter, inventory->open_run.whole_paths);
    while (g_hash_table_iter_next(&iter, &path, NULL)) {
        Statement *statement = connection_statement(inventory->connection, &select_of_path);

        statement_bind_text(statement, ":path", path);
        if (!withdraw_rows(inventory, statement, error))
            return FALSE;
    }
    return TRUE;
}

/* Nothing of a host is lost with these: they only told what was wrong, and it is no longer so. */
static gboolean
withdraw_healed(Inventory *inventory, GError **error)
{
    const GPtrArray *paths = inventory->open_run.given_paths;

    for (guint i = 0; i < paths->len; i++) {
        const char *path = g_ptr_array_index(paths, i);
        Statement *statement = connection_statement(inventory->connection, &select_broken_below);

        statement_bind_text(statement, ":path", path);
        bind_below(statement, path);
        if (!withdraw_rows(inventory, statement, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
source_withdraw_unseen(Inventory *inventory, GError **error)
{
    if (inventory->open_run.is_complete)
        return withdraw_rows(inventory,
                             connection_statement(inventory->connection, &select_expected), error);
    return withdraw_from_wholes(inventory, error) && withdraw_healed(inventory, error);
}
