/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What hosts share. A profile is looked for by its digest and inserted, row by row, where there is
 * none; it is never changed afterwards.
 */

#include "record.h"
#include "store.h"

static const char *const domain_types[] = {"kvm", "qemu", "other"}; /* by bit */
const Words domain_type_words = {domain_types, G_N_ELEMENTS(domain_types)};

gboolean
store_find(Connection *connection, const Query *query, const char *digest, gint64 *ret_id,
           GError **error)
{
    Statement *statement = connection_statement(connection, query);

    statement_bind_text(statement, ":digest", digest);
    *ret_id = statement_next(statement) ? statement_int(statement, "id") : 0;
    return statement_finish(statement, error);
}

/* ---- machine types --------------------------------------------------------------------------- */

static const Field guest_fields[] = {
    FIELD_WORDS(GuestSupport, arch, &arch_words),
    FIELD(GuestSupport, os_type, FIELD_TEXT),
    FIELD(GuestSupport, emulator, FIELD_TEXT),
    {":domain_types", FIELD_FLAGS, G_STRUCT_OFFSET(GuestSupport, domain_types), &domain_type_words},
};

static const Field machine_fields[] = {
    FIELD(MachineType, name, FIELD_TEXT),
    FIELD(MachineType, canonical, FIELD_TEXT),
    FIELD(MachineType, max_vcpus, FIELD_UINT),
    FIELD(MachineType, is_deprecated, FIELD_INT),
};

QUERY(find_machines, "SELECT id FROM machine_profile WHERE digest = :digest");
QUERY(insert_machines, "INSERT INTO machine_profile (digest) VALUES (:digest)");
QUERY(insert_guest, "INSERT INTO machine_profile_guest"
                    " (machine_profile_id, position, arch, os_type, emulator, domain_types)"
                    " VALUES (:profile, :position, :arch, :os_type, :emulator, :domain_types)");
QUERY(insert_machine,
      "INSERT INTO machine_type (machine_profile_id, guest_position, position, name, canonical,"
      " max_vcpus, is_deprecated) VALUES (:profile, :guest_position, :position, :name, :canonical,"
      " :max_vcpus, :is_deprecated)");

static gboolean
add_guest_support(Connection *connection, gint64 profile, guint position, const GuestSupport *guest,
                  GError **error)
{
    Statement *statement = connection_statement(connection, &insert_guest);

    statement_bind_int(statement, ":profile", profile);
    statement_bind_int(statement, ":position", position);
    record_bind(statement, guest_fields, G_N_ELEMENTS(guest_fields), guest);
    if (!statement_run(statement, error))
        return FALSE;
    for (guint i = 0; i < guest->machines->len; i++) {
        statement = connection_statement(connection, &insert_machine);
        statement_bind_int(statement, ":profile", profile);
        statement_bind_int(statement, ":guest_position", position);
        statement_bind_int(statement, ":position", i);
        record_bind(statement, machine_fields, G_N_ELEMENTS(machine_fields),
                    g_ptr_array_index(guest->machines, i));
        if (!statement_run(statement, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
profile_store_save_machines(Connection *connection, const MachineProfile *profile, gint64 *ret_id,
                            GError **error)
{
    *ret_id = 0;
    if (profile->guests->len == 0)
        return TRUE;
    if (!store_find(connection, &find_machines, profile->digest, ret_id, error))
        return FALSE;
    if (*ret_id != 0)
        return TRUE;
    Statement *statement = connection_statement(connection, &insert_machines);
    statement_bind_text(statement, ":digest", profile->digest);
    if (!statement_run(statement, error))
        return FALSE;
    *ret_id = connection_last_id(connection);
    for (guint i = 0; i < profile->guests->len; i++) {
        if (!add_guest_support(connection, *ret_id, i, g_ptr_array_index(profile->guests, i),
                               error))
            return FALSE;
    }
    return TRUE;
}

QUERY(select_machines_digest, "SELECT digest FROM machine_profile WHERE id = :id");
QUERY(select_guests, "SELECT * FROM machine_profile_guest WHERE machine_profile_id = :id"
                     " ORDER BY position");
QUERY(select_machines, "SELECT * FROM machine_type WHERE machine_profile_id = :id"
                       " ORDER BY guest_position, position");

static gboolean
load_machines(Connection *connection, gint64 id, MachineProfile *profile, GError **error)
{
    Statement *statement = connection_statement(connection, &select_machines);

    statement_bind_int(statement, ":id", id);
    while (statement_next(statement)) {
        guint position = statement_uint(statement, "guest_position");

        if (position >= profile->guests->len)
            continue;
        GuestSupport *guest = g_ptr_array_index(profile->guests, position);
        MachineType *machine = machine_type_new(NULL, NULL);

        record_read(statement, machine_fields, G_N_ELEMENTS(machine_fields), machine);
        g_ptr_array_add(guest->machines, machine);
    }
    return statement_finish(statement, error);
}

MachineProfile *
profile_store_load_machines(Connection *connection, gint64 id, GError **error)
{
    g_autoptr(MachineProfile) profile = machine_profile_new();
    Statement *statement = connection_statement(connection, &select_machines_digest);

    statement_bind_int(statement, ":id", id);
    if (statement_next(statement))
        profile->digest = g_strdup(statement_text(statement, "digest"));
    if (!statement_finish(statement, error))
        return NULL;
    statement = connection_statement(connection, &select_guests);
    statement_bind_int(statement, ":id", id);
    while (statement_next(statement)) {
        GuestSupport *guest = guest_support_new(CPU_ARCH_NONE);

        record_read(statement, guest_fields, G_N_ELEMENTS(guest_fields), guest);
        g_ptr_array_add(profile->guests, guest);
    }
    if (!statement_finish(statement, error) || !load_machines(connection, id, profile, error))
        return NULL;
    return g_steal_pointer(&profile);
}

/* ---- capabilities ---------------------------------------------------------------------------- */

static const Field capability_fields[] = {
    FIELD(CapabilityProfile, digest, FIELD_TEXT),
    FIELD(CapabilityProfile, can_live_migrate, FIELD_INT),
    FIELD_WORDS(CapabilityProfile, iommu, &switch_words),
    FIELD_AS("transports_json", CapabilityProfile, transports, FIELD_LIST),
    FIELD_AS("power_management_json", CapabilityProfile, power_management, FIELD_LIST),
};

static const Field security_fields[] = {
    FIELD(SecurityModel, model, FIELD_TEXT),
    FIELD(SecurityModel, doi, FIELD_TEXT),
    FIELD_AS("baselabels_json", SecurityModel, baselabels, FIELD_LIST),
};

QUERY(find_capabilities, "SELECT id FROM capability_profile WHERE digest = :digest");
QUERY(insert_capabilities,
      "INSERT INTO capability_profile (digest, can_live_migrate, iommu, transports_json,"
      " power_management_json) VALUES (:digest, :can_live_migrate, :iommu, :transports_json,"
      " :power_management_json)");
QUERY(insert_security,
      "INSERT INTO security_model (capability_profile_id, position, model, doi, baselabels_json)"
      " VALUES (:profile, :position, :model, :doi, :baselabels_json)");

gboolean
profile_store_save_capabilities(Connection *connection, const CapabilityProfile *profile,
                                gint64 *ret_id, GError **error)
{
    if (!store_find(connection, &find_capabilities, profile->digest, ret_id, error))
        return FALSE;
    if (*ret_id != 0)
        return TRUE;
    Statement *statement = connection_statement(connection, &insert_capabilities);
    record_bind(statement, capability_fields, G_N_ELEMENTS(capability_fields), profile);
    if (!statement_run(statement, error))
        return FALSE;
    *ret_id = connection_last_id(connection);
    for (guint i = 0; i < profile->security_models->len; i++) {
        statement = connection_statement(connection, &insert_security);
        statement_bind_int(statement, ":profile", *ret_id);
        statement_bind_int(statement, ":position", i);
        record_bind(statement, security_fields, G_N_ELEMENTS(security_fields),
                    g_ptr_array_index(profile->security_models, i));
        if (!statement_run(statement, error))
            return FALSE;
    }
    return TRUE;
}

QUERY(select_capabilities, "SELECT * FROM capability_profile WHERE id = :id");
QUERY(select_security, "SELECT * FROM security_model WHERE capability_profile_id = :id"
                       " ORDER BY position");

CapabilityProfile *
profile_store_load_capabilities(Connection *connection, gint64 id, GError **error)
{
    g_autoptr(CapabilityProfile) profile = capability_profile_new();
    Statement *statement = connection_statement(connection, &select_capabilities);

    statement_bind_int(statement, ":id", id);
    if (statement_next(statement))
        record_read(statement, capability_fields, G_N_ELEMENTS(capability_fields), profile);
    if (!statement_finish(statement, error))
        return NULL;
    statement = connection_statement(connection, &select_security);
    statement_bind_int(statement, ":id", id);
    while (statement_next(statement)) {
        SecurityModel *model = security_model_new(NULL, NULL);

        record_read(statement, security_fields, G_N_ELEMENTS(security_fields), model);
        g_ptr_array_add(profile->security_models, model);
    }
    return statement_finish(statement, error) ? g_steal_pointer(&profile) : NULL;
}
