/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Bringing a file to the schema of this program. The version is SQLite's user_version; version 0 is
 * an empty file. Each step of the table leads one version up, and all steps that are needed are one
 * transaction. Views hold nothing, so they are made anew rather than migrated.
 */

#include "inventory_private.h"

extern const char schema_001_inventory[], schema_002_kept_models[], schema_003_retirements[],
    schema_004_huge_pages[], schema_005_archives[], schema_006_canonical_uuids[],
    schema_007_software[], schema_views[];

static const char *const steps[] = {
    schema_001_inventory, schema_002_kept_models,     schema_003_retirements, schema_004_huge_pages,
    schema_005_archives,  schema_006_canonical_uuids, schema_007_software};

/* The version this program writes. */
static int
migrate_newest_version(void)
{
    return G_N_ELEMENTS(steps);
}

QUERY(select_identity, "SELECT (SELECT application_id FROM pragma_application_id) AS application,"
                       " (SELECT user_version FROM pragma_user_version) AS version,"
                       " (SELECT count(*) FROM sqlite_schema) AS n_objects");

typedef struct {
    gint64 application;
    gint64 version;
    gint64 n_objects;
} Identity;

static gboolean
read_identity(Connection *connection, Identity *ret_identity, GError **error)
{
    Statement *statement = connection_statement(connection, &select_identity);

    if (statement_next(statement)) {
        ret_identity->application = statement_int(statement, "application");
        ret_identity->version = statement_int(statement, "version");
        ret_identity->n_objects = statement_int(statement, "n_objects");
    }
    return statement_finish(statement, error);
}

static gboolean
check_identity(Connection *connection, const Identity *identity, gboolean is_read_only,
               GError **error)
{
    const char *path = connection_path(connection);
    gboolean is_empty = identity->n_objects == 0 && identity->application == 0;

    if (!is_empty && identity->application != INVENTORY_APPLICATION_ID) {
        g_set_error(error, INVENTORY_ERROR, INVENTORY_ERROR_CORRUPT,
                    "%s: a database, but not an inventory of virt-plan: name another file", path);
        return FALSE;
    }
    if (identity->version > migrate_newest_version()) {
        g_set_error(error, INVENTORY_ERROR, INVENTORY_ERROR_NEWER,
                    "%s: its version %d is newer than version %d, which this virt-plan knows: use "
                    "the virt-plan that wrote it",
                    path, (int)identity->version, migrate_newest_version());
        return FALSE;
    }
    if (is_read_only && identity->version < migrate_newest_version()) {
        g_set_error(error, INVENTORY_ERROR, INVENTORY_ERROR_FAILED,
                    is_empty ? "%s: the inventory is empty: run 'virt-plan ingest' or 'virt-plan "
                               "run' first"
                             : "%s: an older virt-plan wrote it: run 'virt-plan ingest' or "
                               "'virt-plan run' once to bring it up to date",
                    path);
        return FALSE;
    }
    return TRUE;
}

/* Inside the transaction: another process may have been faster. */
static gboolean
run_steps(Connection *connection, GError **error)
{
    Identity identity = {0};

    if (!read_identity(connection, &identity, error) ||
        !check_identity(connection, &identity, FALSE, error))
        return FALSE;
    for (gint64 version = identity.version; version < migrate_newest_version(); version++) {
        if (!connection_execute(connection, steps[version], error)) {
            g_prefix_error(error, "migration to version %d: ", (int)version + 1);
            return FALSE;
        }
    }
    g_autofree char *marks = g_strdup_printf("PRAGMA application_id = %d; PRAGMA user_version = %d",
                                             INVENTORY_APPLICATION_ID, migrate_newest_version());
    return connection_execute(connection, schema_views, error) &&
           connection_execute(connection, marks, error);
}

gboolean
migrate_check(Connection *connection, gboolean is_read_only, GError **error)
{
    Identity identity = {0};

    return read_identity(connection, &identity, error) &&
           check_identity(connection, &identity, is_read_only, error);
}

gboolean
migrate(Connection *connection, gboolean is_read_only, GError **error)
{
    Identity identity = {0};

    if (!read_identity(connection, &identity, error) ||
        !check_identity(connection, &identity, is_read_only, error))
        return FALSE;
    if (identity.version == migrate_newest_version())
        return TRUE;
    if (!connection_begin(connection, error))
        return FALSE;
    if (!run_steps(connection, error)) {
        connection_rollback(connection);
        return FALSE;
    }
    return connection_commit(connection, error);
}
