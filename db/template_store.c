/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Published templates. Nothing changes a row: a newer one of the pool and class takes its place, or
 * a row of retirements takes it out of force.
 */

#include "inventory_private.h"
#include "record.h"
#include "store.h"

QUERY(insert_template,
      "INSERT INTO template (pool, class, run, published_at, cpu_definition_id,"
      " physical_address_bits, tsc_hz, machines_json, digest) VALUES (:pool, :class, :run, :now,"
      " :cpu, :physical_address_bits, :tsc_hz, :machines_json, :digest)");

static const Field template_fields[] = {
    FIELD(Template, physical_address_bits, FIELD_UINT),
    FIELD(Template, tsc_hz, FIELD_UINT64),
    FIELD_AS("machines_json", Template, machines, FIELD_LIST),
    FIELD(Template, digest, FIELD_TEXT),
};

static gboolean
publish(Inventory *inventory, const char *pool, const PlanClass *klass, gint64 now, GError **error)
{
    gint64 run = 0, run_at = 0, cpu = 0;

    if (!run_resolve(inventory, 0, &run, &run_at, error) ||
        !cpu_store_save_definition(inventory->connection, klass->template->cpu, &cpu, error))
        return FALSE;
    Statement *statement = connection_statement(inventory->connection, &insert_template);
    record_bind(statement, template_fields, G_N_ELEMENTS(template_fields), klass->template);
    statement_bind_text(statement, ":pool", pool);
    statement_bind_text(statement, ":class", klass->name);
    statement_bind_int(statement, ":run", run);
    statement_bind_int(statement, ":now", now);
    statement_bind_int(statement, ":cpu", cpu);
    return statement_run(statement, error);
}

gboolean
inventory_publish_template(Inventory *inventory, const char *pool, const PlanClass *klass,
                           gint64 now, GError **error)
{
    if (klass->template->cpu == NULL) {
        g_set_error(error, INVENTORY_ERROR, INVENTORY_ERROR_FAILED,
                    "class %s of pool %s has no template to publish: its hosts have no CPU in "
                    "common",
                    klass->name, pool);
        return FALSE;
    }
    if (!connection_begin_durable(inventory->connection, error))
        return FALSE;
    if (!publish(inventory, pool, klass, now, error)) {
        connection_rollback(inventory->connection);
        return FALSE;
    }
    return connection_commit(inventory->connection, error);
}

QUERY(insert_retirement,
      "INSERT INTO template_retirement (template_id, run, retired_at)"
      " SELECT id, :run, :now FROM template WHERE pool = :pool AND class = :class"
      " AND id = (SELECT max(id) FROM template WHERE pool = :pool AND class = :class)"
      " AND id NOT IN (SELECT template_id FROM template_retirement)");

static gboolean
retire(Inventory *inventory, const char *pool, const char *class_name, gint64 now, GError **error)
{
    gint64 run = 0, run_at = 0;

    if (!run_resolve(inventory, 0, &run, &run_at, error))
        return FALSE;
    Statement *statement = connection_statement(inventory->connection, &insert_retirement);
    statement_bind_text(statement, ":pool", pool);
    statement_bind_text(statement, ":class", class_name);
    statement_bind_int(statement, ":run", run);
    statement_bind_int(statement, ":now", now);
    if (!statement_run(statement, error))
        return FALSE;
    if (connection_n_changes(inventory->connection) > 0)
        return TRUE;
    g_set_error(error, INVENTORY_ERROR, INVENTORY_ERROR_NOT_FOUND,
                "no published template of class %s in pool %s is in force: 'virt-plan classes "
                "--published' lists those that are",
                class_name, pool);
    return FALSE;
}

gboolean
inventory_retire_template(Inventory *inventory, const char *pool, const char *class_name,
                          gint64 now, GError **error)
{
    if (!connection_begin_durable(inventory->connection, error))
        return FALSE;
    if (!retire(inventory, pool, class_name, now, error)) {
        connection_rollback(inventory->connection);
        return FALSE;
    }
    return connection_commit(inventory->connection, error);
}

/* ---- reading --------------------------------------------------------------------------------- */

static const Field fields[] = {
    FIELD(PublishedTemplate, pool, FIELD_TEXT),
    FIELD_AS("class", PublishedTemplate, class_name, FIELD_TEXT),
    FIELD(PublishedTemplate, run, FIELD_UINT64),
    FIELD(PublishedTemplate, published_at, FIELD_UINT64),
    FIELD(PublishedTemplate, retired_at, FIELD_UINT64),
    FIELD(PublishedTemplate, physical_address_bits, FIELD_UINT),
    FIELD(PublishedTemplate, tsc_hz, FIELD_UINT64),
    FIELD_AS("machines_json", PublishedTemplate, machines, FIELD_LIST),
    FIELD(PublishedTemplate, digest, FIELD_TEXT),
};

/* All that RUN knew; of a pool and class, the last one is in force unless it was retired. */
QUERY(select_templates, "SELECT template.*, coalesce(gone.retired_at, 0) AS retired_at,"
                        " gone.template_id IS NULL AND NOT EXISTS (SELECT 1 FROM template AS newer"
                        "  WHERE newer.pool = template.pool AND newer.class = template.class"
                        "  AND newer.id > template.id AND newer.run <= :run) AS is_in_force"
                        " FROM template LEFT JOIN template_retirement AS gone"
                        "  ON gone.template_id = template.id AND gone.run <= :run"
                        " WHERE template.run <= :run ORDER BY pool, class, id");

gboolean
template_store_load(Inventory *inventory, Fleet *fleet, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &select_templates);
    gboolean is_well = TRUE;

    statement_bind_int(statement, ":run", fleet->run);
    while (is_well && statement_next(statement)) {
        PublishedTemplate *published = published_template_new(NULL, NULL);
        gboolean is_in_force = (gboolean)statement_int(statement, "is_in_force");

        g_ptr_array_add(is_in_force ? fleet->templates : fleet->superseded_templates, published);
        record_read(statement, fields, G_N_ELEMENTS(fields), published);
        published->cpu = cpu_store_load_definition(
            inventory->connection, statement_int(statement, "cpu_definition_id"), error);
        is_well = published->cpu != NULL;
    }
    return statement_finish(statement, is_well ? error : NULL) && is_well;
}
