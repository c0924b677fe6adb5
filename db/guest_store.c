/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Guests' definitions: the XML as it came, found by its SHA-256 because whoever can define a guest
 * chooses the bytes, and a summary for people and for telling guests apart.
 */

#include "record.h"
#include "store.h"

#include <string.h>

static const Field fields[] = {
    FIELD(Guest, name, FIELD_TEXT),
    FIELD(Guest, uuid, FIELD_TEXT),
    FIELD(Guest, is_running, FIELD_INT),
    FIELD_WORDS(Guest, arch, &arch_words),
    {":domain_type", FIELD_FLAGS, G_STRUCT_OFFSET(Guest, domain_type), &domain_type_words},
    FIELD(Guest, machine, FIELD_TEXT),
    FIELD(Guest, memory_kib, FIELD_UINT64),
    FIELD(Guest, n_vcpus, FIELD_UINT),
    FIELD(Guest, xml, FIELD_TEXT),
};

QUERY(find_definition, "SELECT id FROM guest_definition WHERE digest = :digest");
QUERY(insert_definition,
      "INSERT INTO guest_definition (digest, guest, name, uuid, is_running, arch, domain_type,"
      " machine, memory_kib, n_vcpus, cpu_mode, cpu_model, xml)"
      " VALUES (:digest, :guest, :name, :uuid, :is_running, :arch, :domain_type, :machine,"
      " :memory_kib, :n_vcpus, :cpu_mode, :cpu_model, :xml)");

gboolean
guest_store_save(Connection *connection, const Guest *guest, gint64 *ret_id, GError **error)
{
    const char *xml = guest->xml != NULL ? guest->xml : "";
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, xml, -1);
    const char *key = guest->uuid != NULL ? guest->uuid : guest->name;

    if (!store_find(connection, &find_definition, digest, ret_id, error))
        return FALSE;
    if (*ret_id != 0)
        return TRUE;
    Statement *statement = connection_statement(connection, &insert_definition);
    record_bind(statement, fields, G_N_ELEMENTS(fields), guest);
    statement_bind_text(statement, ":xml", xml);
    statement_bind_text(statement, ":digest", digest);
    statement_bind_text(statement, ":guest", key != NULL ? key : "");
    if (guest->has_cpu) {
        statement_bind_text(statement, ":cpu_mode", cpu_mode_name(guest->cpu->mode));
        statement_bind_text(statement, ":cpu_model", guest->cpu->model);
    }
    if (!statement_run(statement, error))
        return FALSE;
    *ret_id = connection_last_id(connection);
    return TRUE;
}
