/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Domain capabilities. An emulator offers a hundred models, and an old host lacks dozens of
 * features for most of them: the blockers of a model are one JSON array, not rows.
 */

#include "record.h"
#include "store.h"

#include <json-c/json.h>

static const Field fields[] = {
    FIELD(DomainCapabilities, digest, FIELD_TEXT),
    FIELD(DomainCapabilities, emulator, FIELD_TEXT),
    {":domain_type", FIELD_FLAGS, G_STRUCT_OFFSET(DomainCapabilities, domain_type),
     &domain_type_words},
    FIELD(DomainCapabilities, machine, FIELD_TEXT),
    FIELD_WORDS(DomainCapabilities, arch, &arch_words),
    FIELD(DomainCapabilities, max_vcpus, FIELD_UINT),
    FIELD_WORDS(DomainCapabilities, host_passthrough, &support_words),
    FIELD_WORDS(DomainCapabilities, host_passthrough_migratable, &support_words),
    FIELD_WORDS(DomainCapabilities, maximum, &support_words),
    FIELD_WORDS(DomainCapabilities, host_model, &support_words),
    FIELD_WORDS(DomainCapabilities, hyperv, &support_words),
    FIELD_WORDS(DomainCapabilities, sev, &support_words),
    FIELD(DomainCapabilities, sev_reduced_phys_bits, FIELD_UINT),
    FIELD(DomainCapabilities, sev_max_es_guests, FIELD_UINT),
    FIELD_WORDS(DomainCapabilities, tdx, &support_words),
    FIELD_WORDS(DomainCapabilities, sgx, &support_words),
    FIELD(DomainCapabilities, is_qemu_reply, FIELD_INT),
    FIELD_AS("hyperv_features_json", DomainCapabilities, hyperv_features, FIELD_LIST),
    FIELD_AS("launch_security_json", DomainCapabilities, launch_security_types, FIELD_LIST),
};

static const Field model_fields[] = {
    FIELD(CpuHypervisorModel, name, FIELD_TEXT),
    FIELD_WORDS(CpuHypervisorModel, usable, &usable_words),
    FIELD(CpuHypervisorModel, is_deprecated, FIELD_INT),
    FIELD(CpuHypervisorModel, vendor, FIELD_TEXT),
    FIELD(CpuHypervisorModel, canonical, FIELD_TEXT),
    FIELD_AS("blockers_json", CpuHypervisorModel, blockers, FIELD_LIST),
};

QUERY(find_capabilities, "SELECT id FROM domain_capability WHERE digest = :digest");
QUERY(insert_capabilities,
      "INSERT INTO domain_capability (digest, emulator, domain_type, machine, arch, max_vcpus,"
      " host_passthrough, host_passthrough_migratable, maximum, host_model, host_model_cpu_id,"
      " hyperv, sev, sev_reduced_phys_bits, sev_max_es_guests, tdx, sgx, is_qemu_reply,"
      " hyperv_features_json, launch_security_json, device_values_json)"
      " VALUES (:digest, :emulator, :domain_type, :machine, :arch, :max_vcpus, :host_passthrough,"
      " :host_passthrough_migratable, :maximum, :host_model, :host_model_cpu_id, :hyperv, :sev,"
      " :sev_reduced_phys_bits, :sev_max_es_guests, :tdx, :sgx, :is_qemu_reply,"
      " :hyperv_features_json, :launch_security_json, :device_values_json)");
QUERY(insert_model,
      "INSERT INTO domain_cpu_model (domain_capability_id, position, name, usable, is_deprecated,"
      " vendor, canonical, blockers_json) VALUES (:id, :position, :name, :usable, :is_deprecated,"
      " :vendor, :canonical, :blockers_json)");

static char *
device_values_to_json(GHashTable *values)
{
    json_object *object = json_object_new_object();
    GList *keys = values != NULL ? g_hash_table_get_keys(values) : NULL;

    keys = g_list_sort(keys, (GCompareFunc)g_strcmp0);
    for (GList *key = keys; key != NULL; key = key->next) {
        const GPtrArray *list = g_hash_table_lookup(values, key->data);
        json_object *array = json_object_new_array();

        for (guint i = 0; i < list->len; i++)
            json_object_array_add(array, json_object_new_string(g_ptr_array_index(list, i)));
        json_object_object_add(object, key->data, array);
    }
    g_list_free(keys);
    char *text = g_strdup(json_object_to_json_string_ext(
        object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(object);
    return text;
}

static void
device_values_from_json(const char *json, GHashTable *values)
{
    json_object *object = json_tokener_parse(json);

    if (json_object_is_type(object, json_type_object)) {
        json_object_object_foreach(object, name, array)
        {
            GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
            gsize n =
                json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;

            for (gsize i = 0; i < n; i++)
                g_ptr_array_add(
                    list, g_strdup(json_object_get_string(json_object_array_get_idx(array, i))));
            g_hash_table_insert(values, g_strdup(name), list);
        }
    }
    json_object_put(object);
}

static gboolean
add_models(Connection *connection, gint64 id, const CpuHypervisorModels *models, GError **error)
{
    for (guint i = 0; models != NULL && i < models->len; i++) {
        Statement *statement = connection_statement(connection, &insert_model);

        statement_bind_int(statement, ":id", id);
        statement_bind_int(statement, ":position", i);
        record_bind(statement, model_fields, G_N_ELEMENTS(model_fields),
                    g_ptr_array_index(models, i));
        if (!statement_run(statement, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
domain_store_save(Connection *connection, const DomainCapabilities *capabilities, gint64 *ret_id,
                  GError **error)
{
    gint64 host_model = 0;

    if (!store_find(connection, &find_capabilities, capabilities->digest, ret_id, error))
        return FALSE;
    if (*ret_id != 0)
        return TRUE;
    if (capabilities->host_model_cpu != NULL &&
        !cpu_store_save_definition(connection, capabilities->host_model_cpu, &host_model, error))
        return FALSE;
    Statement *statement = connection_statement(connection, &insert_capabilities);
    record_bind(statement, fields, G_N_ELEMENTS(fields), capabilities);
    statement_bind_id(statement, ":host_model_cpu_id", host_model);
    statement_take_text(statement, ":device_values_json",
                        device_values_to_json(capabilities->device_values));
    if (!statement_run(statement, error))
        return FALSE;
    *ret_id = connection_last_id(connection);
    return add_models(connection, *ret_id, capabilities->models, error);
}

QUERY(select_capabilities, "SELECT * FROM domain_capability WHERE id = :id");
QUERY(select_models, "SELECT * FROM domain_cpu_model WHERE domain_capability_id = :id"
                     " ORDER BY position");

static gboolean
load_models(Connection *connection, gint64 id, CpuHypervisorModels *models, GError **error)
{
    Statement *statement = connection_statement(connection, &select_models);

    statement_bind_int(statement, ":id", id);
    while (statement_next(statement)) {
        CpuHypervisorModel *model = cpu_hypervisor_model_new("", CPU_USABLE_UNKNOWN);

        record_read(statement, model_fields, G_N_ELEMENTS(model_fields), model);
        g_ptr_array_add(models, model);
    }
    return statement_finish(statement, error);
}

DomainCapabilities *
domain_store_load(Connection *connection, gint64 id, GError **error)
{
    g_autoptr(DomainCapabilities) capabilities = domain_capabilities_new();
    Statement *statement = connection_statement(connection, &select_capabilities);
    gint64 host_model = 0;

    statement_bind_int(statement, ":id", id);
    if (statement_next(statement)) {
        record_read(statement, fields, G_N_ELEMENTS(fields), capabilities);
        device_values_from_json(statement_string(statement, "device_values_json"),
                                capabilities->device_values);
        host_model = statement_int(statement, "host_model_cpu_id");
    }
    if (!statement_finish(statement, error) ||
        !load_models(connection, id, capabilities->models, error))
        return NULL;
    if (host_model != 0) {
        capabilities->host_model_cpu = cpu_store_load_definition(connection, host_model, error);
        if (capabilities->host_model_cpu == NULL)
            return NULL;
    }
    return g_steal_pointer(&capabilities);
}

/* ---- sets ------------------------------------------------------------------------------------ */

QUERY(find_set, "SELECT id FROM domain_set WHERE members_json = :digest");
QUERY(insert_set, "INSERT INTO domain_set (members_json) VALUES (:members)");
QUERY(insert_member, "INSERT INTO domain_set_member (domain_set_id, domain_capability_id)"
                     " VALUES (:set, :member)");

gboolean
domain_store_save_set(Connection *connection, const GArray *ids, gint64 *ret_id, GError **error)
{
    g_autoptr(GString) members = g_string_new("[");

    *ret_id = 0;
    if (ids->len == 0)
        return TRUE;
    for (guint i = 0; i < ids->len; i++)
        g_string_append_printf(members, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "",
                               g_array_index(ids, gint64, i));
    g_string_append_c(members, ']');
    if (!store_find(connection, &find_set, members->str, ret_id, error))
        return FALSE;
    if (*ret_id != 0)
        return TRUE;
    Statement *statement = connection_statement(connection, &insert_set);
    statement_bind_text(statement, ":members", members->str);
    if (!statement_run(statement, error))
        return FALSE;
    *ret_id = connection_last_id(connection);
    for (guint i = 0; i < ids->len; i++) {
        statement = connection_statement(connection, &insert_member);
        statement_bind_int(statement, ":set", *ret_id);
        statement_bind_int(statement, ":member", g_array_index(ids, gint64, i));
        if (!statement_run(statement, error))
            return FALSE;
    }
    return TRUE;
}

/* By digest, because ids depend on the order in which documents came. */
QUERY(select_members, "SELECT domain_capability.id FROM domain_set_member"
                      " JOIN domain_capability ON domain_capability.id = domain_capability_id"
                      " WHERE domain_set_id = :set ORDER BY digest");

GArray *
domain_store_load_set(Connection *connection, gint64 id, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    Statement *statement = connection_statement(connection, &select_members);

    statement_bind_int(statement, ":set", id);
    while (statement_next(statement)) {
        gint64 member = statement_int(statement, "id");

        g_array_append_val(ids, member);
    }
    return statement_finish(statement, error) ? g_steal_pointer(&ids) : NULL;
}
