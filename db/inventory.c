/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Opening an inventory, and the batches in which a run is recorded.
 *
 * What is recorded gathers in one transaction. It is committed when it is large or old enough, and
 * always together with the states of the hosts that it touched, so that every commit is consistent
 * by itself: a process that is killed loses its open batch, and the next run finds those sources
 * unread. After each commit there is a pause of a millisecond, in which another process that waits
 * for its turn gets it.
 */

#include "inventory_private.h"

#define BATCH_SOURCES 4096
#define BATCH_US (250 * G_TIME_SPAN_MILLISECOND)
#define BATCH_PAUSE_US G_TIME_SPAN_MILLISECOND

/*
 * Foreign keys are checked. A power cut loses the last batches at most, and never the file; what
 * ends a run, publishes a template or keeps a plan is durable.
 */
static const char connection_settings[] = "PRAGMA foreign_keys = ON;"
                                          "PRAGMA synchronous = NORMAL;"
                                          "PRAGMA secure_delete = OFF;"
                                          "PRAGMA cache_size = -65536;" /* KiB */
                                          "PRAGMA wal_autocheckpoint = 8192;"
                                          "PRAGMA journal_size_limit = 67108864;"
                                          "PRAGMA trusted_schema = OFF";

static gboolean
prepare(Inventory *inventory, GError **error)
{
    Connection *connection = inventory->connection;

    /* First of all: the log would change a file that is none of ours. */
    if (!connection_execute(connection, connection_settings, error) ||
        !migrate_check(connection, inventory->is_read_only, error))
        return FALSE;
    if (!inventory->is_read_only && !connection_use_log(connection, error))
        return FALSE;
    return migrate(connection, inventory->is_read_only, error);
}

Inventory *
inventory_open(const char *path, gboolean read_only, GError **error)
{
    Connection *connection = connection_open(path, read_only, error);

    if (connection == NULL)
        return NULL;
    g_autoptr(Inventory) inventory = g_new0(Inventory, 1);
    inventory->connection = connection;
    inventory->is_read_only = read_only;
    inventory->reader = g_strdup(VIRT_PLAN_VERSION);
    inventory->recording.seen = g_byte_array_new();
    inventory->recording.broken_sources = g_hash_table_new(NULL, NULL);
    inventory->recording.whole_paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    inventory->recording.known = known_sources_new();
    inventory->recording.dirty_hosts =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    return prepare(inventory, error) ? g_steal_pointer(&inventory) : NULL;
}

gboolean
inventory_check(Inventory *inventory, GError **error)
{
    gsize n;
    const Query *all = queries(&n);

    if (!connection_check(inventory->connection, error))
        return FALSE;
    for (gsize i = 0; i < n; i++) {
        if (!statement_finish(connection_statement(inventory->connection, &all[i]), error))
            return FALSE;
    }
    return TRUE;
}

void
inventory_close(Inventory *inventory)
{
    if (inventory == NULL)
        return;
    connection_close(inventory->connection);
    g_free(inventory->reader);
    g_free(inventory->working_folder);
    g_byte_array_unref(inventory->recording.seen);
    g_hash_table_unref(inventory->recording.broken_sources);
    g_hash_table_unref(inventory->recording.whole_paths);
    known_sources_free(inventory->recording.known);
    g_hash_table_unref(inventory->recording.dirty_hosts);
    g_free(inventory);
}

void
inventory_set_patience(Inventory *inventory, guint patience_ms)
{
    connection_set_patience(inventory->connection, patience_ms * G_TIME_SPAN_MILLISECOND);
}

void
inventory_set_reader(Inventory *inventory, const char *reader)
{
    g_free(inventory->reader);
    inventory->reader = g_strdup(reader);
}

/* ---- batches --------------------------------------------------------------------------------- */

gboolean
inventory_begin_batch(Inventory *inventory, GError **error)
{
    if (connection_is_in_transaction(inventory->connection))
        return TRUE;
    return connection_begin(inventory->connection, error);
}

void
inventory_mark_dirty(Inventory *inventory, gint64 host)
{
    g_hash_table_add(inventory->recording.dirty_hosts, g_memdup2(&host, sizeof host));
}

gboolean
inventory_check_run(Inventory *inventory, GError **error)
{
    if (inventory->recording.id != 0)
        return TRUE;
    g_set_error(error, INVENTORY_ERROR, INVENTORY_ERROR_FAILED,
                "%s: no run is being recorded, or it was given up after an error",
                connection_path(inventory->connection));
    return FALSE;
}

gboolean
inventory_give_up_run(Inventory *inventory)
{
    connection_rollback(inventory->connection);
    inventory->recording.id = 0;
    return FALSE;
}

gboolean
inventory_update_dirty_hosts(Inventory *inventory, GError **error)
{
    GHashTableIter iter;
    gpointer host;

    g_hash_table_iter_init(&iter, inventory->recording.dirty_hosts);
    while (g_hash_table_iter_next(&iter, &host, NULL)) {
        if (!state_update_host(inventory, *(const gint64 *)host, error))
            return FALSE;
    }
    g_hash_table_remove_all(inventory->recording.dirty_hosts);
    return TRUE;
}

gboolean
inventory_end_batch(Inventory *inventory, gboolean force, GError **error)
{
    Recording *recording = &inventory->recording;
    gint64 now_us = g_get_monotonic_time();

    if (!connection_is_in_transaction(inventory->connection))
        return TRUE;
    if (!force && recording->batch_size < BATCH_SOURCES &&
        now_us - recording->batch_end_us < BATCH_US)
        return TRUE;
    if (!inventory_update_dirty_hosts(inventory, error) ||
        !connection_commit(inventory->connection, error))
        return inventory_give_up_run(inventory);
    recording->batch_size = 0;
    g_usleep(BATCH_PAUSE_US);
    recording->batch_end_us = g_get_monotonic_time();
    return TRUE;
}

gboolean
inventory_flush(Inventory *inventory, GError **error)
{
    return inventory_end_batch(inventory, TRUE, error);
}
