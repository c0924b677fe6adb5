/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * From documents to states. A host's state is what its documents say together: the capabilities,
 * the set of domain capabilities (one for each emulator, machine type and virtualization type), and
 * its guests. Where two documents are about the same thing, the one from the newest file counts
 * (a source without a time, such as a live host, is newest; then the greater path), but what a
 * system says about itself counts before a bare CPUID dump. That order does not depend on the order
 * in which documents were read.
 *
 * Intervals. The open row of a host or guest has last_run NULL. A change in run R ends it at R - 1
 * and begins another at R; a row that began in R already is changed in place, so that a run leaves
 * one row at most. Rows never go backwards: where another process with a newer run was here first,
 * its row is changed in place too.
 */

#include "inventory_private.h"
#include "store.h"

#include <string.h>

/* What the documents of one host say. */
typedef struct {
    gint64 report;       /* 0: none */
    GHashTable *domains; /* char* what it is about -> gint64* id of domain_capability */
    GHashTable *guests;  /* char* guest -> gint64* id of guest_definition */
    char *report_source; /* where the report came from */
    char *other_source;  /* a source with another report, that does not count */
} HostDocuments;

static void
host_documents_release(HostDocuments *documents)
{
    g_hash_table_unref(documents->domains);
    g_hash_table_unref(documents->guests);
    g_free(documents->report_source);
    g_free(documents->other_source);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HostDocuments, host_documents_release)

/* In ascending order of what counts. */
QUERY(
    select_documents,
    "SELECT host_report_id, domain_capability_id, guest_definition_id,"
    " arch || ' ' || domain_type || ' ' || ifnull(machine, '') || ' ' || ifnull(emulator, '')"
    "  AS domain, (SELECT guest FROM guest_definition WHERE id = guest_definition_id) AS guest,"
    " path || CASE member WHEN '' THEN '' ELSE ':' || member END AS source"
    " FROM document JOIN source ON source.id = source_id"
    " LEFT JOIN host_report ON host_report.id = host_report_id"
    " LEFT JOIN domain_capability ON domain_capability.id = domain_capability_id"
    " WHERE document.host_id = :host"
    " ORDER BY is_raw_cpuid DESC, document.mtime_ns = 0, document.mtime_ns, path, member, ordinal");

static void
note_report(HostDocuments *documents, gint64 report, const char *source)
{
    if (documents->report != 0 && documents->report != report) {
        g_free(documents->other_source);
        documents->other_source = g_steal_pointer(&documents->report_source);
    }
    g_free(documents->report_source);
    documents->report_source = g_strdup(source);
    documents->report = report;
}

static gboolean
read_documents(Inventory *inventory, gint64 host, HostDocuments *ret_documents, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &select_documents);

    ret_documents->domains = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    ret_documents->guests = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    statement_bind_int(statement, ":host", host);
    while (statement_next(statement)) {
        gint64 report = statement_int(statement, "host_report_id");
        gint64 domain = statement_int(statement, "domain_capability_id");
        gint64 guest = statement_int(statement, "guest_definition_id");

        if (report != 0)
            note_report(ret_documents, report, statement_string(statement, "source"));
        else if (domain != 0)
            g_hash_table_replace(ret_documents->domains,
                                 g_strdup(statement_string(statement, "domain")),
                                 g_memdup2(&domain, sizeof domain));
        else
            g_hash_table_replace(ret_documents->guests,
                                 g_strdup(statement_string(statement, "guest")),
                                 g_memdup2(&guest, sizeof guest));
    }
    return statement_finish(statement, error);
}

/* ---- documents that contradict each other ---------------------------------------------------- */

QUERY(select_host_name, "SELECT name FROM host WHERE id = :host");

static gboolean
note_conflict(Inventory *inventory, gint64 host, const HostDocuments *documents, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &select_host_name);
    g_autoptr(Finding) finding = NULL;
    g_autofree char *name = NULL;

    statement_bind_int(statement, ":host", host);
    if (statement_next(statement))
        name = g_strdup(statement_string(statement, "name"));
    if (!statement_finish(statement, error))
        return FALSE;
    if (documents->other_source != NULL) {
        g_autofree char *text = g_strdup_printf(
            "host %s is described differently by %s, which counts", name, documents->report_source);

        finding = finding_new(FINDING_WARNING, "host-described-twice", text,
                              "give two hosts two names, or remove the outdated file");
        finding->host = g_strdup(name);
        finding->source = g_strdup(documents->other_source);
    }
    return finding_store_update_host(inventory, name, finding, error);
}

/* ---- the host's own state -------------------------------------------------------------------- */

typedef struct {
    gint64 first_run; /* 0: there is no row */
    gint64 last_run;  /* 0: open */
    gint64 report, domain_set;
} HostState;

/* The latest rows, newest first. */
QUERY(select_states, "SELECT first_run, last_run, host_report_id, domain_set_id FROM host_state"
                     " WHERE host_id = :host ORDER BY first_run DESC LIMIT 2");
QUERY(insert_state, "INSERT INTO host_state (host_id, first_run, host_report_id, domain_set_id)"
                    " VALUES (:host, :run, :report, :domain_set)");
QUERY(end_state, "UPDATE host_state SET last_run = :run - 1"
                 " WHERE host_id = :host AND first_run = :first_run");
QUERY(change_state, "UPDATE host_state SET host_report_id = :report, domain_set_id = :domain_set"
                    " WHERE host_id = :host AND first_run = :first_run");
QUERY(delete_state, "DELETE FROM host_state WHERE host_id = :host AND first_run = :first_run");
QUERY(reopen_state, "UPDATE host_state SET last_run = NULL"
                    " WHERE host_id = :host AND first_run = :first_run");

static gboolean
read_states(Inventory *inventory, gint64 host, HostState ret_states[2], GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &select_states);
    guint n = 0;

    statement_bind_int(statement, ":host", host);
    while (n < 2 && statement_next(statement)) {
        ret_states[n++] = (HostState){
            .first_run = statement_int(statement, "first_run"),
            .last_run = statement_int(statement, "last_run"),
            .report = statement_int(statement, "host_report_id"),
            .domain_set = statement_int(statement, "domain_set_id"),
        };
    }
    return statement_finish(statement, error);
}

static Statement *
row_statement(Inventory *inventory, const Query *query, gint64 host, gint64 first_run)
{
    Statement *statement = connection_statement(inventory->connection, query);

    statement_bind_int(statement, ":host", host);
    statement_bind_int(statement, ":first_run", first_run);
    return statement;
}

static gboolean
begin_state(Inventory *inventory, gint64 host, const HostState *wanted, gint64 run, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &insert_state);

    statement_bind_int(statement, ":host", host);
    statement_bind_int(statement, ":run", run);
    statement_bind_id(statement, ":report", wanted->report);
    statement_bind_id(statement, ":domain_set", wanted->domain_set);
    return statement_run(statement, error);
}

static gboolean
is_same_state(const HostState *a, const HostState *b)
{
    return a->report == b->report && a->domain_set == b->domain_set;
}

/* The open row began in this run, or in a newer one: there must be no second one. */
static gboolean
change_in_place(Inventory *inventory, gint64 host, const HostState states[2],
                const HostState *wanted, GError **error)
{
    const HostState *open = &states[0], *before = &states[1];
    gboolean is_there = wanted->report != 0 || wanted->domain_set != 0;
    gboolean is_back = before->first_run != 0 && before->last_run == open->first_run - 1 &&
                       is_same_state(before, wanted);

    if (!is_there || is_back) {
        if (!statement_run(row_statement(inventory, &delete_state, host, open->first_run), error))
            return FALSE;
        return !is_back ||
               statement_run(row_statement(inventory, &reopen_state, host, before->first_run),
                             error);
    }
    Statement *statement = row_statement(inventory, &change_state, host, open->first_run);
    statement_bind_id(statement, ":report", wanted->report);
    statement_bind_id(statement, ":domain_set", wanted->domain_set);
    return statement_run(statement, error);
}

static gboolean
update_state(Inventory *inventory, gint64 host, const HostState *wanted, GError **error)
{
    gint64 run = inventory->recording.id;
    gboolean is_there = wanted->report != 0 || wanted->domain_set != 0;
    HostState states[2] = {0};

    if (!read_states(inventory, host, states, error))
        return FALSE;
    gboolean is_open = states[0].first_run != 0 && states[0].last_run == 0;
    if (!is_open)
        return !is_there ||
               begin_state(inventory, host, wanted, MAX(run, states[0].last_run + 1), error);
    if (is_there && is_same_state(&states[0], wanted))
        return TRUE;
    if (states[0].first_run >= run)
        return change_in_place(inventory, host, states, wanted, error);
    Statement *statement = row_statement(inventory, &end_state, host, states[0].first_run);
    statement_bind_int(statement, ":run", run);
    if (!statement_run(statement, error))
        return FALSE;
    return !is_there || begin_state(inventory, host, wanted, run, error);
}

/* ---- guests ---------------------------------------------------------------------------------- */

typedef struct {
    char *guest;
    gint64 first_run;
    gint64 definition;
} GuestState;

static void
guest_state_clear(gpointer data)
{
    g_free(((GuestState *)data)->guest);
}

QUERY(select_guests, "SELECT guest, first_run, guest_definition_id FROM guest_state"
                     " WHERE host_id = :host AND last_run IS NULL");
QUERY(insert_guest,
      "INSERT INTO guest_state (host_id, guest, first_run, guest_definition_id)"
      " VALUES (:host, :guest, max(:run, ifnull((SELECT max(last_run) + 1 FROM guest_state"
      "  WHERE host_id = :host AND guest = :guest), 0)), :definition)");
QUERY(end_guest, "UPDATE guest_state SET last_run = :run - 1"
                 " WHERE host_id = :host AND guest = :guest AND first_run < :run"
                 " AND last_run IS NULL");
QUERY(delete_guest, "DELETE FROM guest_state WHERE host_id = :host AND guest = :guest"
                    " AND first_run >= :run AND last_run IS NULL");

static GArray *
read_guests(Inventory *inventory, gint64 host, GError **error)
{
    g_autoptr(GArray) guests = g_array_new(FALSE, FALSE, sizeof(GuestState));
    Statement *statement = connection_statement(inventory->connection, &select_guests);

    g_array_set_clear_func(guests, guest_state_clear);
    statement_bind_int(statement, ":host", host);
    while (statement_next(statement)) {
        const GuestState guest = {
            .guest = g_strdup(statement_string(statement, "guest")),
            .first_run = statement_int(statement, "first_run"),
            .definition = statement_int(statement, "guest_definition_id"),
        };

        g_array_append_val(guests, guest);
    }
    return statement_finish(statement, error) ? g_steal_pointer(&guests) : NULL;
}

static gboolean
run_for_guest(Inventory *inventory, const Query *query, gint64 host, const char *guest,
              gint64 definition, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, query);

    statement_bind_int(statement, ":host", host);
    statement_bind_text(statement, ":guest", guest);
    statement_bind_int(statement, ":run", inventory->recording.id);
    if (definition != 0)
        statement_bind_int(statement, ":definition", definition);
    return statement_run(statement, error);
}

/* Ends the open rows that are no longer so; what stays is taken out of WANTED. */
static gboolean
end_guests(Inventory *inventory, gint64 host, const GArray *open, GHashTable *wanted,
           GError **error)
{
    for (guint i = 0; i < open->len; i++) {
        const GuestState *state = &g_array_index(open, GuestState, i);
        const gint64 *definition = g_hash_table_lookup(wanted, state->guest);

        if (definition != NULL && *definition == state->definition) {
            g_hash_table_remove(wanted, state->guest);
            continue;
        }
        if (!run_for_guest(inventory, &end_guest, host, state->guest, 0, error) ||
            !run_for_guest(inventory, &delete_guest, host, state->guest, 0, error))
            return FALSE;
    }
    return TRUE;
}

/* Empties WANTED. */
static gboolean
update_guests(Inventory *inventory, gint64 host, GHashTable *wanted, GError **error)
{
    g_autoptr(GArray) open = read_guests(inventory, host, error);
    GHashTableIter iter;
    gpointer guest, definition;

    if (open == NULL || !end_guests(inventory, host, open, wanted, error))
        return FALSE;
    g_hash_table_iter_init(&iter, wanted);
    while (g_hash_table_iter_next(&iter, &guest, &definition)) {
        if (!run_for_guest(inventory, &insert_guest, host, guest, *(const gint64 *)definition,
                           error))
            return FALSE;
    }
    return TRUE;
}

/* ---- all of a host --------------------------------------------------------------------------- */

static gint
compare_ids(gconstpointer a, gconstpointer b)
{
    gint64 left = *(const gint64 *)a, right = *(const gint64 *)b;

    return (left > right) - (left < right);
}

static GArray *
sorted_ids(GHashTable *table)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    GHashTableIter iter;
    gpointer id;

    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, NULL, &id))
        g_array_append_vals(ids, id, 1);
    g_array_sort(ids, compare_ids);
    return ids;
}

gboolean
state_update_host(Inventory *inventory, gint64 host, GError **error)
{
    g_auto(HostDocuments) documents = {0};

    if (!read_documents(inventory, host, &documents, error))
        return FALSE;
    HostState wanted = {.report = documents.report};
    g_autoptr(GArray) domains = sorted_ids(documents.domains);
    return domain_store_save_set(inventory->connection, domains, &wanted.domain_set, error) &&
           update_state(inventory, host, &wanted, error) &&
           update_guests(inventory, host, documents.guests, error) &&
           note_conflict(inventory, host, &documents, error);
}
