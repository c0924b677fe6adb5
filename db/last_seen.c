/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * When a host or guest was there last. Its states that ended are walked from the latest back; a run
 * that was killed may be the last of one, and is not told: nobody can ask as of it.
 */

#include "inventory_private.h"

QUERY(select_host_last_run,
      "SELECT max(last_run) AS last_run FROM host JOIN host_state ON host_state.host_id = host.id"
      " WHERE host.name = :name AND last_run < :run");

/* The join is in this order for the sake of the index on last_run, so the latest is met first. */
QUERY(select_guest_last_run,
      "SELECT state.last_run, host.name AS host FROM guest_state AS state"
      " CROSS JOIN guest_definition AS definition ON definition.id = state.guest_definition_id"
      " JOIN host ON host.id = state.host_id"
      " WHERE state.last_run < :run AND (definition.name = :name OR definition.uuid = :name)"
      " ORDER BY state.last_run DESC, host.name LIMIT 1");

/* The finished run at or before LAST. */
static gboolean
find_finished(Inventory *inventory, gint64 last, gint64 *ret_run, GError **error)
{
    *ret_run = 0;
    return last == 0 || inventory_run_before(inventory, last + 1, ret_run, error);
}

gboolean
inventory_host_last_seen(Inventory *inventory, const char *name, gint64 run, gint64 *ret_run,
                         GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &select_host_last_run);
    gint64 last = 0;

    statement_bind_text(statement, ":name", name);
    statement_bind_int(statement, ":run", run);
    if (statement_next(statement))
        last = statement_int(statement, "last_run");
    return statement_finish(statement, error) && find_finished(inventory, last, ret_run, error);
}

gboolean
inventory_guest_last_seen(Inventory *inventory, const char *name, gint64 run, gint64 *ret_run,
                          char **ret_host, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &select_guest_last_run);
    g_autofree char *host = NULL;
    gint64 last = 0;

    statement_bind_text(statement, ":name", name);
    statement_bind_int(statement, ":run", run);
    if (statement_next(statement)) {
        last = statement_int(statement, "last_run");
        host = g_strdup(statement_string(statement, "host"));
    }
    if (!statement_finish(statement, error) || !find_finished(inventory, last, ret_run, error))
        return FALSE;
    *ret_host = *ret_run != 0 ? g_steal_pointer(&host) : NULL;
    return TRUE;
}
