/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Runs: beginning, finishing, and which there were. Their order is that of their ids; the clock is
 * only for people.
 */

#include "host_documents.h"
#include "record.h"

static const Field fields[] = {
    FIELD(InventoryRun, id, FIELD_UINT64),
    FIELD(InventoryRun, started_at, FIELD_UINT64),
    FIELD(InventoryRun, finished_at, FIELD_UINT64),
    FIELD(InventoryRun, n_sources, FIELD_UINT),
    FIELD(InventoryRun, n_unchanged, FIELD_UINT),
    FIELD(InventoryRun, n_quarantined, FIELD_UINT),
    FIELD(InventoryRun, n_hosts, FIELD_UINT),
    FIELD(InventoryRun, n_hosts_new, FIELD_UINT),
    FIELD(InventoryRun, n_hosts_changed, FIELD_UINT),
    FIELD(InventoryRun, n_hosts_gone, FIELD_UINT),
    FIELD(InventoryRun, n_guests, FIELD_UINT),
};

/* ---- beginning ------------------------------------------------------------------------------- */

QUERY(insert_run, "INSERT INTO run (started_at, is_complete, reader)"
                  " VALUES (:now, :is_complete, :reader)");
QUERY(select_beginning, "SELECT (SELECT max(id) FROM source) AS last_source,"
                        " (SELECT max(id) FROM run WHERE reader <> :reader) AS stale_run");

static gboolean
insert_new_run(Inventory *inventory, gint64 now, gboolean is_complete, GError **error)
{
    OpenRun *open_run = &inventory->open_run;
    Statement *statement = connection_statement(inventory->connection, &select_beginning);

    statement_bind_text(statement, ":reader", inventory->reader);
    if (statement_next(statement)) {
        open_run->last_source = statement_int(statement, "last_source");
        open_run->stale_run = statement_int(statement, "stale_run");
    }
    if (!statement_finish(statement, error) || !source_begin_run(inventory, error))
        return FALSE;
    statement = connection_statement(inventory->connection, &insert_run);
    statement_bind_int(statement, ":now", now);
    statement_bind_int(statement, ":is_complete", is_complete);
    statement_bind_text(statement, ":reader", inventory->reader);
    return statement_run(statement, error);
}

gboolean
inventory_begin_run(Inventory *inventory, gint64 now, gboolean is_complete, GError **error)
{
    OpenRun *open_run = &inventory->open_run;

    g_assert(open_run->id == 0);
    if (!connection_begin(inventory->connection, error))
        return FALSE;
    if (!insert_new_run(inventory, now, is_complete, error)) {
        connection_rollback(inventory->connection);
        return FALSE;
    }
    gint64 id = connection_last_id(inventory->connection);
    if (!connection_commit(inventory->connection, error))
        return FALSE;
    open_run->id = id;
    open_run->is_complete = is_complete;
    open_run->n_sources = open_run->n_unchanged = open_run->batch_size = 0;
    open_run->batch_end_us = g_get_monotonic_time();
    g_hash_table_remove_all(open_run->dirty_hosts);
    return TRUE;
}

/* ---- finishing ------------------------------------------------------------------------------- */

/*
 * Hosts are counted against the latest run that was finished before: what a killed run had already
 * brought in counts as new or changed in the one that took over.
 */
QUERY(finish_run,
      "UPDATE run SET finished_at = :now, n_sources = :n_sources, n_unchanged = :n_unchanged,"
      " n_quarantined = (SELECT count(DISTINCT ifnull(source, source_id)) FROM finding"
      "  WHERE last_run IS NULL AND severity = 'error' AND stage <> 'plan'),"
      " n_hosts = (SELECT count(*) FROM host_state WHERE last_run IS NULL),"
      " n_guests = (SELECT count(*) FROM guest_state WHERE last_run IS NULL),"
      " n_hosts_new = (SELECT count(*) FROM host_state AS now"
      "  WHERE first_run > :before AND last_run IS NULL AND NOT EXISTS"
      "  (SELECT 1 FROM host_state AS old WHERE old.host_id = now.host_id"
      "   AND old.first_run <= :before AND ifnull(old.last_run, :before) >= :before)),"
      " n_hosts_changed = (SELECT count(*) FROM host_state AS now"
      "  WHERE first_run > :before AND last_run IS NULL AND EXISTS"
      "  (SELECT 1 FROM host_state AS old WHERE old.host_id = now.host_id"
      "   AND old.first_run <= :before AND ifnull(old.last_run, :before) >= :before)),"
      " n_hosts_gone = (SELECT count(*) FROM host_state AS old"
      "  WHERE last_run >= :before AND first_run <= :before AND NOT EXISTS"
      "  (SELECT 1 FROM host_state AS now WHERE now.host_id = old.host_id"
      "   AND now.last_run IS NULL))"
      " WHERE id = :id RETURNING *");

static gboolean
update_run(Inventory *inventory, gint64 now, InventoryRun *ret_run, GError **error)
{
    OpenRun *open_run = &inventory->open_run;
    gint64 before;

    if (!inventory_run_before(inventory, open_run->id, &before, error))
        return FALSE;
    Statement *statement = connection_statement(inventory->connection, &finish_run);
    statement_bind_int(statement, ":id", open_run->id);
    statement_bind_int(statement, ":now", now);
    statement_bind_int(statement, ":before", before);
    statement_bind_int(statement, ":n_sources", open_run->n_sources);
    statement_bind_int(statement, ":n_unchanged", open_run->n_unchanged);
    while (statement_next(statement))
        record_read(statement, fields, G_N_ELEMENTS(fields), ret_run);
    return statement_finish(statement, error);
}

gboolean
inventory_finish_run(Inventory *inventory, gint64 now, InventoryRun *ret_run, GError **error)
{
    OpenRun *open_run = &inventory->open_run;
    InventoryRun run = {0};

    if (!inventory_check_run(inventory, error) || !inventory_end_batch(inventory, TRUE, error))
        return FALSE;
    if (!connection_begin_durable(inventory->connection, error) ||
        !source_withdraw_unseen(inventory, error) || !archive_save_met(inventory, error) ||
        !namesakes_mark_dirty(inventory, error) ||
        !inventory_update_dirty_hosts(inventory, error) ||
        !update_run(inventory, now, &run, error) ||
        !connection_commit(inventory->connection, error))
        return inventory_give_up_run(inventory);
    open_run->id = 0;
    source_forget(inventory);
    if (ret_run != NULL)
        *ret_run = run;
    return TRUE;
}

/* ---- reading --------------------------------------------------------------------------------- */

QUERY(select_runs, "SELECT * FROM run WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT :limit");

GArray *
inventory_runs(Inventory *inventory, guint limit, GError **error)
{
    g_autoptr(GArray) runs = g_array_new(FALSE, TRUE, sizeof(InventoryRun));
    Statement *statement = connection_statement(inventory->connection, &select_runs);

    statement_bind_int(statement, ":limit", limit > 0 ? (gint64)limit : -1);
    while (statement_next(statement)) {
        InventoryRun run = {0};

        record_read(statement, fields, G_N_ELEMENTS(fields), &run);
        g_array_append_val(runs, run);
    }
    return statement_finish(statement, error) ? g_steal_pointer(&runs) : NULL;
}

QUERY(select_run_before, "SELECT id FROM run WHERE finished_at IS NOT NULL AND id < :run"
                         " ORDER BY id DESC LIMIT 1");

/* Takes the run that STATEMENT finds; 0 when it finds none. */
static gboolean
take_run(Statement *statement, gint64 *ret_run, GError **error)
{
    const gint64 run = statement_next(statement) ? statement_int(statement, "id") : 0;

    if (!statement_finish(statement, error))
        return FALSE;
    *ret_run = run;
    return TRUE;
}

static gboolean
find_run_below(Inventory *inventory, gint64 run, gint64 *ret_run, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &select_run_before);

    statement_bind_int(statement, ":run", run);
    return take_run(statement, ret_run, error);
}

gboolean
inventory_run_before(Inventory *inventory, gint64 run, gint64 *ret_run, GError **error)
{
    gint64 latest = run;

    return (run != 0 || find_run_below(inventory, G_MAXINT64, &latest, error)) &&
           find_run_below(inventory, latest, ret_run, error);
}

/* Whatever a fleet is loaded from holds over an interval of runs, or from a run on. */
QUERY(select_changes,
      "SELECT 1 FROM host_state WHERE first_run > :before AND first_run <= :run"
      " UNION ALL SELECT 1 FROM host_state WHERE last_run >= :before AND last_run < :run"
      " UNION ALL SELECT 1 FROM guest_state WHERE first_run > :before AND first_run <= :run"
      " UNION ALL SELECT 1 FROM guest_state WHERE last_run >= :before AND last_run < :run"
      " UNION ALL SELECT 1 FROM finding WHERE first_run > :before AND first_run <= :run"
      "  AND stage <> 'plan'"
      " UNION ALL SELECT 1 FROM finding WHERE last_run >= :before AND last_run < :run"
      "  AND stage <> 'plan'"
      " UNION ALL SELECT 1 FROM kept_address WHERE first_run > :before AND first_run <= :run"
      " UNION ALL SELECT 1 FROM kept_address WHERE last_run >= :before AND last_run < :run"
      " UNION ALL SELECT 1 FROM template WHERE run > :before AND run <= :run"
      " UNION ALL SELECT 1 FROM template_retirement WHERE run > :before AND run <= :run"
      " LIMIT 1");

gboolean
inventory_has_changed(Inventory *inventory, gint64 before, gint64 run, gboolean *ret_has_changed,
                      GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &select_changes);

    statement_bind_int(statement, ":before", before);
    statement_bind_int(statement, ":run", run);
    *ret_has_changed = statement_next(statement);
    return statement_finish(statement, error);
}

QUERY(select_run_at, "SELECT id FROM run WHERE finished_at IS NOT NULL AND started_at <= :at"
                     " ORDER BY id DESC LIMIT 1");

gboolean
inventory_run_at(Inventory *inventory, gint64 at, gint64 *ret_run, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &select_run_at);

    statement_bind_int(statement, ":at", at);
    return take_run(statement, ret_run, error);
}

QUERY(select_first_run,
      "SELECT started_at FROM run WHERE finished_at IS NOT NULL ORDER BY id LIMIT 1");

gboolean
inventory_first_run_at(Inventory *inventory, gint64 *ret_at, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &select_first_run);

    *ret_at = statement_next(statement) ? statement_int(statement, "started_at") : 0;
    return statement_finish(statement, error);
}

QUERY(select_run, "SELECT id, started_at FROM run WHERE finished_at IS NOT NULL AND id <= :most"
                  " AND id >= :least ORDER BY id DESC LIMIT 1");

/* The latest finished run from LEAST to MOST; RET_RUN is 0 when there is none. */
static gboolean
find_finished(Inventory *inventory, gint64 least, gint64 most, gint64 *ret_run,
              gint64 *ret_started_at, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &select_run);

    *ret_run = 0;
    statement_bind_int(statement, ":most", most);
    statement_bind_int(statement, ":least", least);
    if (statement_next(statement)) {
        *ret_run = statement_int(statement, "id");
        *ret_started_at = statement_int(statement, "started_at");
    }
    return statement_finish(statement, error);
}

gboolean
run_resolve(Inventory *inventory, gint64 run, gint64 *ret_run, gint64 *ret_started_at,
            GError **error)
{
    const char *path = connection_path(inventory->connection);
    gint64 last = 0, last_at = 0;

    if (!find_finished(inventory, run, run != 0 ? run : G_MAXINT64, ret_run, ret_started_at, error))
        return FALSE;
    if (*ret_run != 0)
        return TRUE;
    if (!find_finished(inventory, 0, G_MAXINT64, &last, &last_at, error))
        return FALSE;
    if (last == 0)
        g_set_error(error, INVENTORY_ERROR, INVENTORY_ERROR_NOT_FOUND,
                    "%s: no run has been finished yet: run 'virt-plan run' or 'virt-plan "
                    "ingest' first",
                    path);
    else
        g_set_error(error, INVENTORY_ERROR, INVENTORY_ERROR_NOT_FOUND,
                    "%s: no finished run %" G_GINT64_FORMAT ": the last is %" G_GINT64_FORMAT
                    "; a day, such as 2026-01-31, names the last run by then",
                    path, run, last);
    return FALSE;
}
