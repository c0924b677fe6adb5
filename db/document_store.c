/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The documents that a source gave, as one: who takes them back, and for whom that matters. */

#include "inventory_private.h"

QUERY(select_hosts, "SELECT host_id FROM document WHERE source_id = :source");
QUERY(delete_documents, "DELETE FROM document WHERE source_id = :source");

gboolean
document_store_delete(Inventory *inventory, gint64 source, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &select_hosts);

    statement_bind_int(statement, ":source", source);
    while (statement_next(statement))
        inventory_mark_dirty(inventory, statement_int(statement, "host_id"));
    if (!statement_finish(statement, error))
        return FALSE;
    statement = connection_statement(inventory->connection, &delete_documents);
    statement_bind_int(statement, ":source", source);
    return statement_run(statement, error);
}
