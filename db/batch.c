/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The batch that is open while a run is recorded: one transaction, and the hosts that it touched.
 * recording.c says when it ends.
 */

#include "inventory_private.h"

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
    g_hash_table_add(inventory->open_run.dirty_hosts, g_memdup2(&host, sizeof host));
}

gboolean
inventory_check_run(Inventory *inventory, GError **error)
{
    if (inventory->open_run.id != 0)
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
    inventory->open_run.id = 0;
    return FALSE;
}
