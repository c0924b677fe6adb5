/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Opening, checking and closing an inventory. */

#include "inventory_private.h"

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
inventory_open(const char *path, gboolean is_read_only, GError **error)
{
    Connection *connection = connection_open(path, is_read_only, error);

    if (connection == NULL)
        return NULL;
    g_autoptr(Inventory) inventory = g_new0(Inventory, 1);
    inventory->connection = connection;
    inventory->is_read_only = is_read_only;
    inventory->reader = g_strdup(VIRT_PLAN_VERSION);
    inventory->open_run.seen = g_byte_array_new();
    inventory->open_run.broken_sources = g_hash_table_new(NULL, NULL);
    inventory->open_run.whole_paths =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    inventory->open_run.given_paths = g_ptr_array_new_with_free_func(g_free);
    inventory->open_run.known = known_sources_new();
    inventory->open_run.dirty_hosts =
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
    g_byte_array_unref(inventory->open_run.seen);
    g_hash_table_unref(inventory->open_run.broken_sources);
    g_hash_table_unref(inventory->open_run.whole_paths);
    g_ptr_array_unref(inventory->open_run.given_paths);
    known_sources_free(inventory->open_run.known);
    g_hash_table_unref(inventory->open_run.dirty_hosts);
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
