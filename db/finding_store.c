/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Findings as intervals: one that is met again stays open, so that a file that has been broken for
 * a month is one row that says since when.
 */

#include "inventory_private.h"
#include "record.h"

#include <string.h>

static const Field fields[] = {
    FIELD_WORDS(Finding, severity, &severity_words),
    FIELD(Finding, host, FIELD_TEXT),
    FIELD(Finding, source, FIELD_TEXT),
    FIELD(Finding, line, FIELD_UINT),
    FIELD_AS("what", Finding, text, FIELD_TEXT),
    FIELD(Finding, remedy, FIELD_TEXT),
};

/* An open row, as far as it matters for comparing. */
typedef struct {
    gint64 id;
    gint64 first_run;
    Finding *finding;
    gboolean is_met;
} OpenFinding;

static void
open_finding_free(gpointer data)
{
    OpenFinding *open = data;

    finding_free(open->finding);
    g_free(open);
}

static Finding *
read_finding(Statement *statement)
{
    Finding *finding = finding_new(FINDING_NOTE, NULL, NULL, NULL);

    record_read(statement, fields, G_N_ELEMENTS(fields), finding);
    finding->id = g_intern_string(statement_string(statement, "code"));
    return finding;
}

/* Reads the rows of STATEMENT, which has its values bound. */
static GPtrArray *
read_open(Statement *statement, GError **error)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(open_finding_free);

    while (statement_next(statement)) {
        OpenFinding *open = g_new0(OpenFinding, 1);

        open->id = statement_int(statement, "id");
        open->first_run = statement_int(statement, "first_run");
        open->finding = read_finding(statement);
        g_ptr_array_add(rows, open);
    }
    return statement_finish(statement, error) ? g_steal_pointer(&rows) : NULL;
}

static gboolean
is_same(const Finding *a, const Finding *b)
{
    return a->severity == b->severity && a->line == b->line && strcmp(a->id, b->id) == 0 &&
           g_strcmp0(a->host, b->host) == 0 && g_strcmp0(a->source, b->source) == 0 &&
           g_strcmp0(a->text, b->text) == 0 && g_strcmp0(a->remedy, b->remedy) == 0;
}

static gboolean
mark_met(const GPtrArray *rows, const Finding *finding)
{
    for (guint i = 0; i < rows->len; i++) {
        OpenFinding *open = g_ptr_array_index(rows, i);

        if (!open->is_met && is_same(open->finding, finding)) {
            open->is_met = TRUE;
            return TRUE;
        }
    }
    return FALSE;
}

QUERY(insert_finding,
      "INSERT INTO finding (stage, source_id, severity, code, host, source, line, what, remedy,"
      " first_run) VALUES (:stage, :source_id, :severity, :code, :host, :source, :line, :what,"
      " :remedy, :run)");

/* Whose findings are brought up to date, and in which run. */
typedef struct {
    const char *stage;
    gint64 source; /* 0: none */
    gint64 run;
} Owner;

static gboolean
open_finding(Inventory *inventory, const Owner *owner, const Finding *finding, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &insert_finding);

    record_bind(statement, fields, G_N_ELEMENTS(fields), finding);
    statement_bind_text(statement, ":what", finding->text != NULL ? finding->text : "");
    statement_bind_text(statement, ":code", finding->id);
    statement_bind_text(statement, ":stage", owner->stage);
    statement_bind_id(statement, ":source_id", owner->source);
    statement_bind_int(statement, ":run", owner->run);
    return statement_run(statement, error);
}

QUERY(close_finding, "UPDATE finding SET last_run = :run - 1 WHERE id = :id");
QUERY(delete_finding, "DELETE FROM finding WHERE id = :id");

/* One that was opened in this very run leaves no trace. */
static gboolean
close_row(Inventory *inventory, const OpenFinding *open, gint64 run, GError **error)
{
    gboolean is_older = open->first_run < run;
    Statement *statement =
        connection_statement(inventory->connection, is_older ? &close_finding : &delete_finding);

    statement_bind_int(statement, ":id", open->id);
    if (is_older)
        statement_bind_int(statement, ":run", run);
    return statement_run(statement, error);
}

static gboolean
update(Inventory *inventory, const Owner *owner, const GPtrArray *rows, const GPtrArray *findings,
       GError **error)
{
    for (guint i = 0; i < findings->len; i++) {
        const Finding *finding = g_ptr_array_index(findings, i);

        if (!mark_met(rows, finding) && !open_finding(inventory, owner, finding, error))
            return FALSE;
    }
    for (guint i = 0; i < rows->len; i++) {
        const OpenFinding *open = g_ptr_array_index(rows, i);

        if (!open->is_met && !close_row(inventory, open, owner->run, error))
            return FALSE;
    }
    return TRUE;
}

QUERY(select_of_source, "SELECT * FROM finding WHERE source_id = :source AND last_run IS NULL");

gboolean
finding_store_update_source(Inventory *inventory, gint64 source, const GPtrArray *findings,
                            GError **error)
{
    const Owner owner = {"ingest", source, inventory->open_run.id};
    Statement *statement = connection_statement(inventory->connection, &select_of_source);

    statement_bind_int(statement, ":source", source);
    g_autoptr(GPtrArray) rows = read_open(statement, error);
    return rows != NULL && update(inventory, &owner, rows, findings, error);
}

gboolean
finding_store_close_source(Inventory *inventory, gint64 source, GError **error)
{
    g_autoptr(GPtrArray) none = g_ptr_array_new();

    return finding_store_update_source(inventory, source, none, error);
}

QUERY(select_of_host, "SELECT * FROM finding WHERE host = :host AND stage = 'inventory'"
                      " AND last_run IS NULL");

gboolean
finding_store_update_host(Inventory *inventory, const char *host, const GPtrArray *findings,
                          GError **error)
{
    const Owner owner = {"inventory", 0, inventory->open_run.id};
    Statement *statement = connection_statement(inventory->connection, &select_of_host);

    statement_bind_text(statement, ":host", host);
    g_autoptr(GPtrArray) rows = read_open(statement, error);
    return rows != NULL && update(inventory, &owner, rows, findings, error);
}

QUERY(select_of_plan, "SELECT * FROM finding WHERE last_run IS NULL AND stage = 'plan'");

gboolean
finding_store_update_plan(Inventory *inventory, gint64 run, const GPtrArray *findings,
                          GError **error)
{
    const Owner owner = {"plan", 0, run};
    Statement *statement = connection_statement(inventory->connection, &select_of_plan);
    g_autoptr(GPtrArray) rows = read_open(statement, error);

    return rows != NULL && update(inventory, &owner, rows, findings, error);
}

/* ---- reading --------------------------------------------------------------------------------- */

/* Guests of no known host are kept under a name that nobody is to see. */
static Finding *
public_finding(Statement *statement)
{
    Finding *finding = read_finding(statement);

    if (g_strcmp0(finding->host, DOCUMENT_HOST_UNKNOWN) == 0)
        g_clear_pointer(&finding->host, g_free);
    return finding;
}

QUERY(select_at_run,
      "SELECT * FROM finding WHERE last_run IS NULL AND first_run <= :run AND stage <> 'plan'"
      " UNION ALL"
      " SELECT * FROM finding WHERE last_run >= :run AND first_run <= :run AND stage <> 'plan'");

gboolean
finding_store_load(Inventory *inventory, Fleet *fleet, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &select_at_run);

    statement_bind_int(statement, ":run", fleet->run);
    while (statement_next(statement)) {
        Finding *finding = public_finding(statement);
        gboolean is_error = finding->severity == FINDING_ERROR;

        g_ptr_array_add(is_error ? fleet->quarantine : fleet->findings, finding);
    }
    g_ptr_array_sort(fleet->quarantine, finding_compare);
    g_ptr_array_sort(fleet->findings, finding_compare);
    return statement_finish(statement, error);
}

QUERY(select_contradictions, "SELECT * FROM finding INDEXED BY finding_of_host"
                             " WHERE host IS NOT NULL AND stage = 'inventory' AND last_run IS NULL"
                             " AND first_run = :run");

GPtrArray *
inventory_contradictions(Inventory *inventory, gint64 run, GError **error)
{
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
    Statement *statement = connection_statement(inventory->connection, &select_contradictions);

    statement_bind_int(statement, ":run", run);
    while (statement_next(statement))
        g_ptr_array_add(findings, public_finding(statement));
    g_ptr_array_sort(findings, finding_compare);
    return statement_finish(statement, error) ? g_steal_pointer(&findings) : NULL;
}

#define SELECT_QUARANTINE                                                                          \
    "SELECT finding.*, first.started_at AS first_at, last.started_at AS last_at FROM finding"      \
    " LEFT JOIN run AS first ON first.id = first_run"                                              \
    " LEFT JOIN run AS last ON last.id = last_run WHERE severity = 'error'"

QUERY(select_quarantine_now, SELECT_QUARANTINE " AND last_run IS NULL"
                                               " ORDER BY ifnull(source, host), line, code, what");
QUERY(select_quarantine_ever,
      SELECT_QUARANTINE " ORDER BY ifnull(source, host), line, code, what, first_run");

static void
quarantine_entry_free(gpointer data)
{
    QuarantineEntry *entry = data;

    finding_free(entry->finding);
    g_free(entry);
}

GPtrArray *
inventory_quarantine(Inventory *inventory, gboolean is_open_only, GError **error)
{
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(quarantine_entry_free);
    Statement *statement = connection_statement(
        inventory->connection, is_open_only ? &select_quarantine_now : &select_quarantine_ever);

    while (statement_next(statement)) {
        QuarantineEntry *entry = g_new0(QuarantineEntry, 1);

        entry->first_run = statement_int(statement, "first_run");
        entry->last_run = statement_int(statement, "last_run");
        entry->first_at = statement_int(statement, "first_at");
        entry->last_at = statement_int(statement, "last_at");
        entry->is_open = statement_is_null(statement, "last_run");
        entry->finding = public_finding(statement);
        g_ptr_array_add(entries, entry);
    }
    return statement_finish(statement, error) ? g_steal_pointer(&entries) : NULL;
}
