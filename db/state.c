/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * From documents to states. A host's state is what its documents say together: the capabilities,
 * the set of domain capabilities (one for each emulator, machine type and virtualization type), the
 * versions of its software, and its guests.
 *
 * Intervals. The open row of a host or guest has last_run NULL. A change in run R ends it at R - 1
 * and begins another at R; a row that began in R already is changed in place, so that a run leaves
 * one row at most. Rows never go backwards: where another process with a newer run was here first,
 * its row is changed in place too.
 */

#include "host_documents.h"
#include "store.h"

/* ---- the host's own state -------------------------------------------------------------------- */

/* A row of host_state, or what one should say. */
typedef struct {
    gint64 first_run; /* 0: there is no row */
    gint64 last_run;  /* 0: open */
    gint64 report, domain_set, software;
} StateRow;

/* The latest rows, newest first. */
QUERY(select_states, "SELECT first_run, last_run, host_report_id, domain_set_id, software_id"
                     " FROM host_state WHERE host_id = :host ORDER BY first_run DESC LIMIT 2");
QUERY(insert_state, "INSERT INTO host_state (host_id, first_run, host_report_id, domain_set_id,"
                    " software_id) VALUES (:host, :run, :report, :domain_set, :software)");
QUERY(end_state, "UPDATE host_state SET last_run = :run - 1"
                 " WHERE host_id = :host AND first_run = :first_run");
QUERY(change_state, "UPDATE host_state SET host_report_id = :report, domain_set_id = :domain_set,"
                    " software_id = :software WHERE host_id = :host AND first_run = :first_run");
QUERY(delete_state, "DELETE FROM host_state WHERE host_id = :host AND first_run = :first_run");
QUERY(reopen_state, "UPDATE host_state SET last_run = NULL"
                    " WHERE host_id = :host AND first_run = :first_run");

static gboolean
read_states(Inventory *inventory, gint64 host, StateRow ret_states[2], GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &select_states);
    guint n = 0;

    statement_bind_int(statement, ":host", host);
    while (n < 2 && statement_next(statement)) {
        ret_states[n++] = (StateRow){
            .first_run = statement_int(statement, "first_run"),
            .last_run = statement_int(statement, "last_run"),
            .report = statement_int(statement, "host_report_id"),
            .domain_set = statement_int(statement, "domain_set_id"),
            .software = statement_int(statement, "software_id"),
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

static void
bind_state(Statement *statement, const StateRow *state)
{
    statement_bind_id(statement, ":report", state->report);
    statement_bind_id(statement, ":domain_set", state->domain_set);
    statement_bind_id(statement, ":software", state->software);
}

static gboolean
begin_state(Inventory *inventory, gint64 host, const StateRow *wanted, gint64 run, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &insert_state);

    statement_bind_int(statement, ":host", host);
    statement_bind_int(statement, ":run", run);
    bind_state(statement, wanted);
    return statement_run(statement, error);
}

static gboolean
is_same_state(const StateRow *a, const StateRow *b)
{
    return a->report == b->report && a->domain_set == b->domain_set && a->software == b->software;
}

/* The open row began in this run, or in a newer one: there must be no second one. */
static gboolean
change_in_place(Inventory *inventory, gint64 host, const StateRow states[2], const StateRow *wanted,
                GError **error)
{
    const StateRow *open = &states[0], *before = &states[1];
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
    bind_state(statement, wanted);
    return statement_run(statement, error);
}

static gboolean
update_state(Inventory *inventory, gint64 host, const StateRow *wanted, GError **error)
{
    gint64 run = inventory->open_run.id;
    gboolean is_there = wanted->report != 0 || wanted->domain_set != 0;
    StateRow states[2] = {0};

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
    statement_bind_int(statement, ":run", inventory->open_run.id);
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
        const HostDocument *document = g_hash_table_lookup(wanted, state->guest);

        if (document != NULL && document->guest == state->definition) {
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
    gpointer guest, document;

    if (open == NULL || !end_guests(inventory, host, open, wanted, error))
        return FALSE;
    g_hash_table_iter_init(&iter, wanted);
    while (g_hash_table_iter_next(&iter, &guest, &document)) {
        if (!run_for_guest(inventory, &insert_guest, host, guest,
                           ((const HostDocument *)document)->guest, error))
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
sorted_domains(GHashTable *domains)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    GHashTableIter iter;
    gpointer document;

    g_hash_table_iter_init(&iter, domains);
    while (g_hash_table_iter_next(&iter, NULL, &document))
        g_array_append_val(ids, ((const HostDocument *)document)->domain);
    g_array_sort(ids, compare_ids);
    return ids;
}

/* What the documents tell together. RET_ID is 0 when that is nothing. */
static gboolean
save_software(Inventory *inventory, const HostDocuments *documents, gint64 *ret_id, GError **error)
{
    HostSoftware software = {0}; /* its texts are the documents' */
    gboolean is_told = FALSE;

    for (guint i = 0; i < SOFTWARE_COUNT; i++) {
        if (documents->software[i] == NULL)
            continue;
        software.versions[i] = documents->software[i]->software->versions[i];
        is_told = TRUE;
    }
    *ret_id = 0;
    return !is_told || software_store_save(inventory->connection, &software, ret_id, error);
}

QUERY(select_host_name, "SELECT name FROM host WHERE id = :host");

/* Owned by the caller; NULL with an error. */
static char *
read_name(Inventory *inventory, gint64 host, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &select_host_name);
    g_autofree char *name = NULL;

    statement_bind_int(statement, ":host", host);
    if (statement_next(statement))
        name = g_strdup(statement_string(statement, "name"));
    return statement_finish(statement, error) ? g_steal_pointer(&name) : NULL;
}

gboolean
state_update_host(Inventory *inventory, gint64 host, GError **error)
{
    g_auto(HostDocuments) documents = {0};
    g_autofree char *name = read_name(inventory, host, error);

    if (name == NULL || !host_documents_read(inventory, host, name, &documents, error))
        return FALSE;
    StateRow wanted = {.report = documents.report != NULL ? documents.report->report : 0};
    g_autoptr(GArray) domains = sorted_domains(documents.domains);
    return domain_store_save_set(inventory->connection, domains, &wanted.domain_set, error) &&
           save_software(inventory, &documents, &wanted.software, error) &&
           update_state(inventory, host, &wanted, error) &&
           update_guests(inventory, host, documents.guests, error) &&
           finding_store_update_host(inventory, name, documents.findings, error);
}
