/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inventory_private.h"
#include "store.h"

/* What keeps a host from being planned with; findings about documents are here already. */
static GPtrArray *
host_findings(const Plan *plan)
{
    GPtrArray *findings = g_ptr_array_new();

    for (guint i = 0; i < plan->findings->len; i++) {
        Finding *finding = g_ptr_array_index(plan->findings, i);

        if (finding->severity == FINDING_ERROR && finding->host != NULL && finding->source == NULL)
            g_ptr_array_add(findings, finding);
    }
    return findings;
}

gboolean
inventory_record_plan(Inventory *inventory, const Plan *plan, GError **error)
{
    g_autoptr(GPtrArray) findings = host_findings(plan);

    if (!connection_begin_durable(inventory->connection, error))
        return FALSE;
    if ((plan->map != NULL &&
         !cpu_store_expand_profiles(inventory->connection, plan->fleet->cpus, plan->map, error)) ||
        !finding_store_update_plan(inventory, plan->fleet->run, findings, error) ||
        !kept_address_store_update(inventory, plan, error)) {
        connection_rollback(inventory->connection);
        return FALSE;
    }
    return connection_commit(inventory->connection, error);
}
