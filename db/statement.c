/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The only file that calls SQLite to run statements, and the one table from its result codes to
 * ours. Waiting for another writer is a short poll: a writer leaves a gap of a millisecond between
 * its batches (see recording.c), and a longer sleep would miss it.
 */

#include "statement.h"

#include <db/inventory.h>
#include <glib/gstdio.h>
#include <string.h>

#define BUSY_POLL_US 500
#define DEFAULT_PATIENCE_US (G_GINT64_CONSTANT(60) * G_USEC_PER_SEC)

struct Connection {
    sqlite3 *handle;
    char *path;
    GHashTable *statements; /* address of a Query -> Statement* */
    gboolean is_durable;    /* the open transaction is */
    gint64 patience_us;
    gint64 busy_since_us;
};

struct Statement {
    Connection *connection;
    sqlite3_stmt *stmt; /* NULL when it could not be prepared */
    int result;         /* the first error, else SQLITE_OK */
    char *message;      /* SQLite's, at that error */
};

extern const Query __start_inventory_queries[], __stop_inventory_queries[];

G_DEFINE_QUARK(virt_plan_inventory_error_quark, inventory_error)

#define RESTORE "restore it from a backup, or move it away and let the next run begin anew"

/* By primary result code; the rest is INVENTORY_ERROR_FAILED. */
static const struct {
    int result;
    InventoryError code;
    const char *remedy;
} failures[] = {
    {SQLITE_CORRUPT, INVENTORY_ERROR_CORRUPT, RESTORE},
    {SQLITE_ERROR, INVENTORY_ERROR_CORRUPT, RESTORE}, /* a table is missing, or not as it was */
    {SQLITE_CONSTRAINT, INVENTORY_ERROR_CORRUPT, RESTORE},
    {SQLITE_NOTADB, INVENTORY_ERROR_CORRUPT, "name another file"},
    {SQLITE_BUSY, INVENTORY_ERROR_BUSY, "another process is writing to it; try again later"},
    {SQLITE_LOCKED, INVENTORY_ERROR_BUSY, "another process is writing to it; try again later"},
    {SQLITE_FULL, INVENTORY_ERROR_FULL, "make room on its disk"},
    {SQLITE_IOERR, INVENTORY_ERROR_FULL, "check its disk for room and for errors"},
    {SQLITE_READONLY, INVENTORY_ERROR_FULL, "it needs a file and a folder that can be written"},
    {SQLITE_CANTOPEN, INVENTORY_ERROR_OPEN, "check the path and its permissions"},
    {SQLITE_PERM, INVENTORY_ERROR_OPEN, "check its permissions"},
    {SQLITE_AUTH, INVENTORY_ERROR_OPEN, "check its permissions"},
};

const Query *
queries(gsize *ret_n)
{
    *ret_n = (gsize)(__stop_inventory_queries - __start_inventory_queries);
    return __start_inventory_queries;
}

static gboolean
set_error(GError **error, const char *path, int result, const char *message)
{
    for (guint i = 0; i < G_N_ELEMENTS(failures); i++) {
        if (failures[i].result != (result & 0xff))
            continue;
        g_set_error(error, INVENTORY_ERROR, failures[i].code, "%s: %s: %s", path, message,
                    failures[i].remedy);
        return FALSE;
    }
    g_set_error(error, INVENTORY_ERROR, INVENTORY_ERROR_FAILED, "%s: %s", path, message);
    return FALSE;
}

/* ---- connections ----------------------------------------------------------------------------- */

static void
statement_free(gpointer data)
{
    Statement *statement = data;

    sqlite3_finalize(statement->stmt);
    g_free(statement->message);
    g_free(statement);
}

static int
wait_for_writer(void *data, int n_calls)
{
    Connection *connection = data;

    if (n_calls == 0)
        connection->busy_since_us = g_get_monotonic_time();
    if (g_get_monotonic_time() - connection->busy_since_us > connection->patience_us)
        return 0;
    g_usleep(BUSY_POLL_US);
    return 1;
}

/*
 * A write-ahead log cannot be read without writing beside it. Where the folder does not allow that
 * and the log is empty, nobody is writing, and the file itself can be taken as it is.
 */
static gboolean
is_log_empty(const char *path)
{
    g_autofree char *log = g_strconcat(path, "-wal", NULL);
    GStatBuf status;

    return g_stat(log, &status) != 0 || status.st_size == 0;
}

static int
open_as_it_is(const char *path, sqlite3 **ret_handle)
{
    g_autofree char *escaped = g_uri_escape_string(path, "/", FALSE);
    g_autofree char *uri = g_strdup_printf("file:%s?immutable=1", escaped);

    return sqlite3_open_v2(uri, ret_handle,
                           SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, NULL);
}

static int
open_handle(const char *path, gboolean is_read_only, sqlite3 **ret_handle)
{
    const int mode =
        is_read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    int result = sqlite3_open_v2(path, ret_handle, mode | SQLITE_OPEN_NOMUTEX, NULL);

    if (result != SQLITE_OK || !is_read_only)
        return result;
    result = sqlite3_exec(*ret_handle, "SELECT 1 FROM sqlite_schema", NULL, NULL, NULL) & 0xff;
    if ((result != SQLITE_CANTOPEN && result != SQLITE_READONLY) || !is_log_empty(path))
        return SQLITE_OK;
    sqlite3_close(*ret_handle);
    return open_as_it_is(path, ret_handle);
}

Connection *
connection_open(const char *path, gboolean is_read_only, GError **error)
{
    sqlite3 *handle = NULL;
    GStatBuf status;

    /* SQLite would try a device or a pipe, and leave its journal beside it. */
    if (g_stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
        g_set_error(error, INVENTORY_ERROR, INVENTORY_ERROR_OPEN,
                    "%s: this is no file: name one for the inventory", path);
        return NULL;
    }
    const int result = open_handle(path, is_read_only, &handle);
    if (result != SQLITE_OK) {
        set_error(error, path, result,
                  handle != NULL ? sqlite3_errmsg(handle) : sqlite3_errstr(result));
        sqlite3_close(handle);
        return NULL;
    }
    Connection *connection = g_new0(Connection, 1);
    connection->handle = handle;
    connection->path = g_strdup(path);
    connection->patience_us = DEFAULT_PATIENCE_US;
    connection->statements = g_hash_table_new_full(NULL, NULL, NULL, statement_free);
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_handler(handle, wait_for_writer, connection);
    return connection;
}

void
connection_close(Connection *connection)
{
    if (connection == NULL)
        return;
    g_hash_table_unref(connection->statements);
    sqlite3_close(connection->handle);
    g_free(connection->path);
    g_free(connection);
}

void
connection_set_patience(Connection *connection, gint64 patience_us)
{
    connection->patience_us = patience_us;
}

const char *
connection_path(const Connection *connection)
{
    return connection->path;
}

gboolean
connection_is_in_transaction(Connection *connection)
{
    return sqlite3_get_autocommit(connection->handle) == 0;
}

gboolean
connection_execute(Connection *connection, const char *sql, GError **error)
{
    int result = sqlite3_exec(connection->handle, sql, NULL, NULL, NULL);

    if (result == SQLITE_OK)
        return TRUE;
    return set_error(error, connection->path, result, sqlite3_errmsg(connection->handle));
}

static int
take_first(void *data, int n, char **values, char **names)
{
    char **first = data;

    (void)names;
    if (*first == NULL && n > 0)
        *first = g_strdup(values[0]);
    return 0;
}

gboolean
connection_check(Connection *connection, GError **error)
{
    g_autofree char *first = NULL;
    int result =
        sqlite3_exec(connection->handle, "PRAGMA quick_check(1)", take_first, &first, NULL);

    if (result != SQLITE_OK)
        return set_error(error, connection->path, result, sqlite3_errmsg(connection->handle));
    if (g_strcmp0(first, "ok") == 0)
        return TRUE;
    return set_error(error, connection->path, SQLITE_CORRUPT, first != NULL ? first : "no answer");
}

gboolean
connection_use_log(Connection *connection, GError **error)
{
    gint64 until_us = g_get_monotonic_time() + connection->patience_us;
    int result = sqlite3_exec(connection->handle, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);

    /* SQLite does not wait by itself here. */
    while ((result & 0xff) == SQLITE_BUSY && g_get_monotonic_time() < until_us) {
        g_usleep(BUSY_POLL_US);
        result = sqlite3_exec(connection->handle, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
    }
    if (result == SQLITE_OK)
        return TRUE;
    return set_error(error, connection->path, result, sqlite3_errmsg(connection->handle));
}

gboolean
connection_begin(Connection *connection, GError **error)
{
    return connection_execute(connection, "BEGIN IMMEDIATE", error);
}

gboolean
connection_begin_durable(Connection *connection, GError **error)
{
    connection->is_durable = TRUE;
    if (connection_execute(connection, "PRAGMA synchronous = FULL", error) &&
        connection_begin(connection, error))
        return TRUE;
    connection_rollback(connection);
    return FALSE;
}

/* The setting cannot be changed while a transaction is open. */
static void
end_durability(Connection *connection)
{
    if (connection->is_durable)
        sqlite3_exec(connection->handle, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
    connection->is_durable = FALSE;
}

gboolean
connection_commit(Connection *connection, GError **error)
{
    if (!connection_execute(connection, "COMMIT", error)) {
        connection_rollback(connection);
        return FALSE;
    }
    end_durability(connection);
    return TRUE;
}

void
connection_rollback(Connection *connection)
{
    /* Some errors have rolled back already; then there is nothing to do, and no error to tell. */
    if (connection_is_in_transaction(connection))
        sqlite3_exec(connection->handle, "ROLLBACK", NULL, NULL, NULL);
    end_durability(connection);
}

gint64
connection_last_id(Connection *connection)
{
    return sqlite3_last_insert_rowid(connection->handle);
}

int
connection_n_changes(Connection *connection)
{
    return sqlite3_changes(connection->handle);
}

/* ---- statements ------------------------------------------------------------------------------ */

static void
note_error(Statement *statement, int result)
{
    if (statement->result != SQLITE_OK)
        return;
    statement->result = result;
    statement->message = g_strdup(sqlite3_errmsg(statement->connection->handle));
}

Statement *
connection_statement(Connection *connection, const Query *query)
{
    Statement *statement = g_hash_table_lookup(connection->statements, query);

    if (statement == NULL) {
        statement = g_new0(Statement, 1);
        statement->connection = connection;
        g_hash_table_insert(connection->statements, GSIZE_TO_POINTER((gsize)query), statement);
    }
    if (statement->stmt == NULL) {
        int result = sqlite3_prepare_v3(connection->handle, query->text, -1,
                                        SQLITE_PREPARE_PERSISTENT, &statement->stmt, NULL);

        if (result != SQLITE_OK)
            note_error(statement, result);
    }
    return statement;
}

/* The number of a parameter that the query must have; 0 when it could not be prepared. */
static int
parameter_number(Statement *statement, const char *parameter)
{
    if (statement->stmt == NULL)
        return 0;
    int number = sqlite3_bind_parameter_index(statement->stmt, parameter);
    g_assert(number > 0);
    return number;
}

static void
note_binding(Statement *statement, int result)
{
    if (result != SQLITE_OK && statement->stmt != NULL)
        note_error(statement, result);
}

void
statement_bind_int(Statement *statement, const char *parameter, gint64 value)
{
    int number = parameter_number(statement, parameter);

    note_binding(statement, sqlite3_bind_int64(statement->stmt, number, value));
}

void
statement_bind_id(Statement *statement, const char *parameter, gint64 value)
{
    if (value != 0)
        statement_bind_int(statement, parameter, value);
}

void
statement_bind_text(Statement *statement, const char *parameter, const char *value)
{
    int number = parameter_number(statement, parameter);

    note_binding(statement, sqlite3_bind_text(statement->stmt, number, value, -1, SQLITE_STATIC));
}

void
statement_take_text(Statement *statement, const char *parameter, char *value)
{
    int number = parameter_number(statement, parameter);

    note_binding(statement, sqlite3_bind_text(statement->stmt, number, value, -1, g_free));
}

void
statement_bind_blob(Statement *statement, const char *parameter, const void *bytes, int length)
{
    int number = parameter_number(statement, parameter);

    note_binding(statement,
                 sqlite3_bind_blob(statement->stmt, number, bytes, length, SQLITE_STATIC));
}

gboolean
statement_next(Statement *statement)
{
    if (statement->result != SQLITE_OK)
        return FALSE;
    int result = sqlite3_step(statement->stmt);
    if (result == SQLITE_ROW)
        return TRUE;
    if (result != SQLITE_DONE)
        note_error(statement, result);
    return FALSE;
}

gboolean
statement_finish(Statement *statement, GError **error)
{
    gboolean is_well = statement->result == SQLITE_OK;

    if (!is_well)
        set_error(error, statement->connection->path, statement->result, statement->message);
    if (statement->stmt != NULL) {
        sqlite3_reset(statement->stmt);
        sqlite3_clear_bindings(statement->stmt);
    }
    statement->result = SQLITE_OK;
    g_clear_pointer(&statement->message, g_free);
    return is_well;
}

gboolean
statement_run(Statement *statement, GError **error)
{
    while (statement_next(statement))
        ;
    return statement_finish(statement, error);
}

int
statement_column(Statement *statement, const char *column)
{
    int n = sqlite3_column_count(statement->stmt);

    for (int i = 0; i < n; i++) {
        if (strcmp(sqlite3_column_name(statement->stmt, i), column) == 0)
            return i;
    }
    g_assert_not_reached();
}

gint64
statement_int_at(Statement *statement, int column)
{
    return sqlite3_column_int64(statement->stmt, column);
}

const char *
statement_text_at(Statement *statement, int column)
{
    return (const char *)sqlite3_column_text(statement->stmt, column);
}

gint64
statement_int(Statement *statement, const char *column)
{
    return sqlite3_column_int64(statement->stmt, statement_column(statement, column));
}

gboolean
statement_is_null(Statement *statement, const char *column)
{
    return sqlite3_column_type(statement->stmt, statement_column(statement, column)) == SQLITE_NULL;
}

const char *
statement_string_at(Statement *statement, int column)
{
    const char *text = statement_text_at(statement, column);

    return text != NULL ? text : "";
}

const char *
statement_string(Statement *statement, const char *column)
{
    return statement_string_at(statement, statement_column(statement, column));
}

const char *
statement_text(Statement *statement, const char *column)
{
    return (const char *)sqlite3_column_text(statement->stmt, statement_column(statement, column));
}

const void *
statement_blob_at(Statement *statement, int column, int *ret_length)
{
    const void *bytes = sqlite3_column_blob(statement->stmt, column);

    *ret_length = sqlite3_column_bytes(statement->stmt, column);
    return bytes;
}
