/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Sources: which were met, which are unchanged, which are gone. What a run met is kept in memory,
 * a byte for each source; only differences are written, so an unchanged night writes nothing here.
 *
 * Sources are told apart by their absolute paths: "hosts/a.xml" of two folders are two sources.
 */

#include "inventory_private.h"

#include <string.h>

/* Standard input and the URIs of live hosts are no paths. */
static char *
key_of(const Source *source)
{
    if (source_is_standard_input(source) || strstr(source->path, "://") != NULL)
        return g_strdup(source->path);
    return g_canonicalize_filename(source->path, NULL);
}

gboolean
source_is_standard_input(const Source *source)
{
    return strcmp(source->path, "-") == 0;
}

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
mark_seen(Recording *recording, gint64 id)
{
    guint size = recording->seen->len;

    if ((guint)id >= size) {
        guint new_size = (guint)id + (guint)id / 2 + 1024;

        g_byte_array_set_size(recording->seen, new_size);
        memset(recording->seen->data + size, 0, new_size - size);
    }
    recording->seen->data[id] = 1;
}

static gboolean
is_seen(const Recording *recording, gint64 id)
{
    return (guint64)id < recording->seen->len && recording->seen->data[id] != 0;
}

/* ---- unchanged sources ----------------------------------------------------------------------- */

QUERY(select_source, "SELECT id, size, mtime_ns, hash, read_run FROM source"
                     " WHERE path = :path AND member = :member AND gone_run IS NULL");

/* A row of source, as far as it is needed to record that it is unchanged. */
typedef struct {
    gint64 id; /* 0: there is none */
    gint64 mtime_ns;
} KnownSource;

static Statement *
lookup(Inventory *inventory, const Source *source)
{
    Statement *statement = connection_statement(inventory->connection, &select_source);

    statement_take_text(statement, ":path", key_of(source));
    statement_bind_text(statement, ":member", member_of(source));
    return statement;
}

static gboolean
is_unchanged(Statement *statement, const Source *source, gboolean has_hash)
{
    guint8 hash[16];
    int length;

    if (!has_hash)
        return source->mtime_ns != 0 && statement_int(statement, "mtime_ns") == source->mtime_ns &&
               statement_int(statement, "size") == (gint64)source->size;
    const void *known = statement_blob(statement, "hash", &length);
    encode_hash(source, hash);
    return length == sizeof hash && memcmp(known, hash, sizeof hash) == 0;
}

/* Most sources are asked for and then found unchanged: the row is looked up once for both. */
static char *
known_key(const Source *source)
{
    return g_strconcat(source->path, "\n", source->member, NULL);
}

gboolean
inventory_knows_source(Inventory *inventory, const Source *source, gboolean has_hash)
{
    Statement *statement = lookup(inventory, source);
    KnownSource known = {0};

    if (statement_next(statement) &&
        statement_int(statement, "read_run") > inventory->recording.stale_run &&
        is_unchanged(statement, source, has_hash)) {
        known.id = statement_int(statement, "id");
        known.mtime_ns = statement_int(statement, "mtime_ns");
    }
    /* After an error it is not known; what goes on will meet the error again. */
    if (!statement_finish(statement, NULL) || known.id == 0)
        return FALSE;
    g_hash_table_replace(inventory->recording.known_sources, known_key(source),
                         g_memdup2(&known, sizeof known));
    return TRUE;
}

/* Zero when another process withdrew the source since: then the next run reads it anew. */
static gboolean
find_known(Inventory *inventory, const Source *source, KnownSource *ret_known, GError **error)
{
    g_autofree char *key = known_key(source);
    const KnownSource *known = g_hash_table_lookup(inventory->recording.known_sources, key);

    *ret_known = (KnownSource){0};
    if (known != NULL) {
        *ret_known = *known;
        g_hash_table_remove(inventory->recording.known_sources, key);
        return TRUE;
    }
    Statement *statement = lookup(inventory, source);
    if (statement_next(statement)) {
        ret_known->id = statement_int(statement, "id");
        ret_known->mtime_ns = statement_int(statement, "mtime_ns");
    }
    return statement_finish(statement, error);
}

QUERY(touch_source, "UPDATE source SET mtime_ns = :mtime_ns WHERE id = :id");
QUERY(touch_documents, "UPDATE document SET mtime_ns = :mtime_ns WHERE source_id = :id"
                       " AND mtime_ns = :old_mtime_ns RETURNING host_id");

/*
 * The time of a document decides where documents contradict each other. Those that stayed from a
 * time when the source was good keep the time of then.
 */
static gboolean
touch(Inventory *inventory, gint64 id, gint64 old_mtime_ns, gint64 mtime_ns, GError **error)
{
    if (!inventory_begin_batch(inventory, error))
        return FALSE;
    Statement *statement = connection_statement(inventory->connection, &touch_source);
    statement_bind_int(statement, ":id", id);
    statement_bind_int(statement, ":mtime_ns", mtime_ns);
    if (!statement_run(statement, error))
        return FALSE;
    statement = connection_statement(inventory->connection, &touch_documents);
    statement_bind_int(statement, ":id", id);
    statement_bind_int(statement, ":old_mtime_ns", old_mtime_ns);
    statement_bind_int(statement, ":mtime_ns", mtime_ns);
    while (statement_next(statement))
        inventory_mark_dirty(inventory, statement_int(statement, "host_id"));
    inventory->recording.batch_size++;
    return statement_finish(statement, error);
}

QUERY(select_broken, "SELECT DISTINCT source_id FROM finding WHERE last_run IS NULL"
                     " AND severity = 'error' AND source_id IS NOT NULL");

gboolean
source_begin_run(Inventory *inventory, GError **error)
{
    Recording *recording = &inventory->recording;
    Statement *statement = connection_statement(inventory->connection, &select_broken);

    g_byte_array_set_size(recording->seen, 0);
    g_hash_table_remove_all(recording->whole_paths);
    g_hash_table_remove_all(recording->known_sources);
    g_hash_table_remove_all(recording->broken_sources);
    while (statement_next(statement))
        g_hash_table_add(recording->broken_sources,
                         GSIZE_TO_POINTER((gsize)statement_int(statement, "source_id")));
    return statement_finish(statement, error);
}

/* Archives and live hosts are met as a whole: what they no longer have is gone after any run. */
static void
note_whole_path(Recording *recording, const Source *source)
{
    if (source->member != NULL && !source_is_standard_input(source))
        g_hash_table_add(recording->whole_paths, key_of(source));
}

static gboolean
record_known(Inventory *inventory, const Source *source, const KnownSource *known, GError **error)
{
    Recording *recording = &inventory->recording;

    mark_seen(recording, known->id);
    note_whole_path(recording, source);
    if (g_hash_table_contains(recording->broken_sources, GSIZE_TO_POINTER((gsize)known->id)) &&
        !source_mark_below(inventory, source, error))
        return FALSE;
    return known->mtime_ns == source->mtime_ns ||
           touch(inventory, known->id, known->mtime_ns, source->mtime_ns, error);
}

gboolean
inventory_record_unchanged(Inventory *inventory, const Source *source, GError **error)
{
    KnownSource known;

    if (!inventory_check_run(inventory, error))
        return FALSE;
    inventory->recording.n_sources++;
    inventory->recording.n_unchanged++;
    if (!find_known(inventory, source, &known, error) ||
        (known.id != 0 && !record_known(inventory, source, &known, error)))
        return inventory_give_up_run(inventory);
    return inventory_end_batch(inventory, FALSE, error);
}

/* ---- changed sources ------------------------------------------------------------------------- */

QUERY(upsert_source,
      "INSERT INTO source (path, member, size, mtime_ns, hash, read_run)"
      " VALUES (:path, :member, :size, :mtime_ns, :hash, :run)"
      " ON CONFLICT (path, member) DO UPDATE SET size = :size, mtime_ns = :mtime_ns, hash = :hash,"
      " read_run = :run, gone_run = NULL RETURNING id");

gboolean
source_save(Inventory *inventory, const Source *source, gint64 *ret_id, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &upsert_source);
    guint8 hash[16];

    encode_hash(source, hash);
    statement_take_text(statement, ":path", key_of(source));
    statement_bind_text(statement, ":member", member_of(source));
    statement_bind_int(statement, ":size", (gint64)source->size);
    statement_bind_int(statement, ":mtime_ns", source->mtime_ns);
    statement_bind_blob(statement, ":hash", hash, sizeof hash);
    statement_bind_int(statement, ":run", inventory->recording.id);
    while (statement_next(statement))
        *ret_id = statement_int(statement, "id");
    if (!statement_finish(statement, error))
        return FALSE;
    mark_seen(&inventory->recording, *ret_id);
    note_whole_path(&inventory->recording, source);
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
        mark_seen(&inventory->recording, statement_int(statement, "id"));
    return statement_finish(statement, error);
}

gboolean
source_mark_below(Inventory *inventory, const Source *source, GError **error)
{
    g_autofree char *path = key_of(source);
    Statement *statement = connection_statement(inventory->connection, &select_members);

    statement_bind_text(statement, ":path", path);
    if (!mark_rows(inventory, statement, error))
        return FALSE;
    /* All paths "PATH/..." lie between "PATH/" and "PATH0": '0' follows '/'. */
    const char *slash = g_str_has_suffix(path, "/") ? "" : "/";
    statement = connection_statement(inventory->connection, &select_below);
    statement_take_text(statement, ":first", g_strconcat(path, slash, NULL));
    statement_take_text(statement, ":behind", g_strconcat(*slash == '\0' ? "" : path, "0", NULL));
    return mark_rows(inventory, statement, error);
}

/* ---- sources that are gone ------------------------------------------------------------------- */

/* Sources that another process brought meanwhile are none of this run's. */
QUERY(select_expected, "SELECT id FROM source INDEXED BY source_present"
                       " WHERE gone_run IS NULL AND read_run <= :run AND id <= :last_source");
QUERY(select_of_path, "SELECT id FROM source WHERE path = :path AND gone_run IS NULL"
                      " AND read_run <= :run AND id <= :last_source");
QUERY(end_source, "UPDATE source SET gone_run = :run WHERE id = :id");

static gboolean
withdraw(Inventory *inventory, gint64 id, GError **error)
{
    if (!recording_delete_documents(inventory, id, error) ||
        !finding_store_close_source(inventory, id, error))
        return FALSE;
    Statement *statement = connection_statement(inventory->connection, &end_source);
    statement_bind_int(statement, ":id", id);
    statement_bind_int(statement, ":run", inventory->recording.id);
    return statement_run(statement, error);
}

/* Withdraws the rows of STATEMENT that the run did not see. */
static gboolean
withdraw_rows(Inventory *inventory, Statement *statement, GError **error)
{
    g_autoptr(GArray) unseen = g_array_new(FALSE, FALSE, sizeof(gint64));

    statement_bind_int(statement, ":run", inventory->recording.id);
    statement_bind_int(statement, ":last_source", inventory->recording.last_source);
    while (statement_next(statement)) {
        gint64 id = statement_int_at(statement, 0);

        if (!is_seen(&inventory->recording, id))
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

gboolean
source_withdraw_unseen(Inventory *inventory, GError **error)
{
    GHashTableIter iter;
    gpointer path;

    if (inventory->recording.is_complete)
        return withdraw_rows(inventory,
                             connection_statement(inventory->connection, &select_expected), error);
    g_hash_table_iter_init(&iter, inventory->recording.whole_paths);
    while (g_hash_table_iter_next(&iter, &path, NULL)) {
        Statement *statement = connection_statement(inventory->connection, &select_of_path);

        statement_bind_text(statement, ":path", path);
        if (!withdraw_rows(inventory, statement, error))
            return FALSE;
    }
    return TRUE;
}
