/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef DB_STATEMENT_H
#define DB_STATEMENT_H

/*
 * SQL, with named parameters and columns by name.
 *
 * A statement's text is a QUERY beside the function that runs it. It is prepared once for each
 * connection and kept. Errors stick to the statement until statement_finish() hands them out, so a
 * caller binds and steps without looking:
 *
 *     QUERY(find_host, "SELECT id FROM host WHERE name = :name");
 *
 *     Statement *statement = connection_statement(connection, &find_host);
 *     statement_bind_text(statement, ":name", name);
 *     if (statement_next(statement))
 *         id = statement_int(statement, "id");
 *     return statement_finish(statement, error);
 *
 * All queries of the program lie in one section of the object file, where a test finds them: it
 * prepares each against an empty inventory and looks at its plan.
 */

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

typedef struct {
    const char *text;
} Query;

#define QUERY(name, sql)                                                                           \
    static const Query name __attribute__((used, section("inventory_queries"))) = {sql}

/* The queries of all linked objects: N of them from the pointer that is returned. */
const Query *queries(gsize *ret_n);

typedef struct Connection Connection;
typedef struct Statement Statement;

/* Opens PATH, creating it unless IS_READ_ONLY. */
Connection *connection_open(const char *path, gboolean is_read_only, GError **error);
void connection_close(Connection *connection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Connection, connection_close)

/* How long to wait for another writer before giving up with INVENTORY_ERROR_BUSY. */
void connection_set_patience(Connection *connection, gint64 patience_us);

const char *connection_path(const Connection *connection);
gboolean connection_is_in_transaction(Connection *connection);

/* Runs all statements of SQL, which has no parameters. */
gboolean connection_execute(Connection *connection, const char *sql, GError **error);

/* Looks through the whole file for damage. FALSE and the first place that is damaged. */
gboolean connection_check(Connection *connection, GError **error);

/* Turns the write-ahead log on, for good. */
gboolean connection_use_log(Connection *connection, GError **error);

/* BEGIN IMMEDIATE: waits for other writers; nothing that follows can find the file locked. */
gboolean connection_begin(Connection *connection, GError **error);
/* The same, and once it is committed it outlasts a power cut, as does all that was before. */
gboolean connection_begin_durable(Connection *connection, GError **error);
gboolean connection_commit(Connection *connection, GError **error);
void connection_rollback(Connection *connection);

gint64 connection_last_id(Connection *connection);
/* Rows that the last INSERT, UPDATE or DELETE touched. */
int connection_n_changes(Connection *connection);

/* QUERY, prepared and without values; owned by CONNECTION. Not to be nested with itself. */
Statement *connection_statement(Connection *connection, const Query *query);

void statement_bind_int(Statement *statement, const char *parameter, gint64 value);
/* NULL when VALUE is 0, for references. */
void statement_bind_id(Statement *statement, const char *parameter, gint64 value);
/* VALUE is not copied: it must live until statement_finish(). NULL binds NULL. */
void statement_bind_text(Statement *statement, const char *parameter, const char *value);
/* VALUE is freed with g_free() when it is no longer needed. */
void statement_take_text(Statement *statement, const char *parameter, char *value);
void statement_bind_blob(Statement *statement, const char *parameter, const void *bytes,
                         int length);

/* TRUE when there is a (next) row; FALSE at the end and after any error. */
gboolean statement_next(Statement *statement);
/* The statement's first error, if any. Makes it ready for the next use. */
gboolean statement_finish(Statement *statement, GError **error);
/* For a statement without rows. */
gboolean statement_run(Statement *statement, GError **error);

/* Values of the row that statement_next() found. Texts live until the next statement_next(). */
gint64 statement_int(Statement *statement, const char *column);
gboolean statement_is_null(Statement *statement, const char *column);
const char *statement_text(Statement *statement, const char *column); /* NULL for NULL */
/* For columns that are NOT NULL: "" where a damaged file has NULL nevertheless. */
const char *statement_string(Statement *statement, const char *column);
/* For loops over very many rows: the column's number, and values by number. */
int statement_column(Statement *statement, const char *column);
gint64 statement_int_at(Statement *statement, int column);
const char *statement_text_at(Statement *statement, int column);
const char *statement_string_at(Statement *statement, int column);
const void *statement_blob_at(Statement *statement, int column, int *ret_length);

static inline guint
statement_uint(Statement *statement, const char *column)
{
    return (guint)statement_int(statement, column);
}

G_END_DECLS

#endif
