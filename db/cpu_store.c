/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * CPU definitions. Features are one JSON object from name to policy, in their order: a host has a
 * hundred of them, and a profile is always read whole.
 */

#include "record.h"
#include "store.h"

#include <json-c/json.h>

static const char *const types[] = {[CPU_TYPE_HOST] = "host", [CPU_TYPE_GUEST] = "guest"};
G_STATIC_ASSERT(G_N_ELEMENTS(types) == CPU_TYPE_COUNT);
static const Words type_words = {types, G_N_ELEMENTS(types)};
static const Words mode_words = {cpu_mode_names, CPU_MODE_COUNT};
static const Words match_words = {cpu_match_names, CPU_MATCH_COUNT};
static const Words check_words = {cpu_check_names, CPU_CHECK_COUNT};
static const Words fallback_words = {cpu_fallback_names, CPU_FALLBACK_COUNT};
static const Words cache_mode_words = {cpu_cache_mode_names, CPU_CACHE_MODE_COUNT};
static const Words policy_words = {cpu_policy_names, CPU_POLICY_COUNT};

static const Field fields[] = {
    FIELD_WORDS(CpuDefinition, type, &type_words),
    FIELD_WORDS(CpuDefinition, arch, &arch_words),
    FIELD_WORDS(CpuDefinition, mode, &mode_words),
    FIELD_WORDS(CpuDefinition, match, &match_words),
    {":checked", FIELD_WORD, G_STRUCT_OFFSET(CpuDefinition, check), &check_words},
    FIELD_WORDS(CpuDefinition, migratable, &switch_words),
    FIELD_WORDS(CpuDefinition, deprecated_features, &switch_words),
    FIELD(CpuDefinition, model, FIELD_TEXT),
    FIELD_WORDS(CpuDefinition, fallback, &fallback_words),
    FIELD(CpuDefinition, vendor, FIELD_TEXT),
    FIELD(CpuDefinition, vendor_id, FIELD_TEXT),
    FIELD(CpuDefinition, microcode, FIELD_UINT),
    FIELD(CpuDefinition, family, FIELD_UINT),
    FIELD(CpuDefinition, model_number, FIELD_UINT),
    FIELD(CpuDefinition, stepping, FIELD_UINT),
    FIELD(CpuDefinition, tsc_hz, FIELD_UINT64),
    FIELD_WORDS(CpuDefinition, tsc_scaling, &switch_words),
    FIELD(CpuDefinition, sockets, FIELD_UINT),
    FIELD(CpuDefinition, dies, FIELD_UINT),
    FIELD(CpuDefinition, clusters, FIELD_UINT),
    FIELD(CpuDefinition, cores, FIELD_UINT),
    FIELD(CpuDefinition, threads, FIELD_UINT),
    FIELD(CpuDefinition, has_cache, FIELD_INT),
    FIELD(CpuDefinition, cache_level, FIELD_INT),
    FIELD_WORDS(CpuDefinition, cache_mode, &cache_mode_words),
    FIELD(CpuDefinition, has_maxphysaddr, FIELD_INT),
    FIELD(CpuDefinition, is_maxphysaddr_emulated, FIELD_INT),
    FIELD(CpuDefinition, maxphysaddr_bits, FIELD_INT),
    FIELD(CpuDefinition, maxphysaddr_limit, FIELD_UINT),
};

QUERY(insert_definition,
      "INSERT INTO cpu_definition (type, arch, mode, match, checked, migratable,"
      " deprecated_features, model, fallback, vendor, vendor_id, microcode, family, model_number,"
      " stepping, tsc_hz, tsc_scaling, sockets, dies, clusters, cores, threads, has_cache,"
      " cache_level, cache_mode, has_maxphysaddr, is_maxphysaddr_emulated, maxphysaddr_bits,"
      " maxphysaddr_limit, features_json)"
      " VALUES (:type, :arch, :mode, :match, :checked, :migratable, :deprecated_features, :model,"
      " :fallback, :vendor, :vendor_id, :microcode, :family, :model_number, :stepping, :tsc_hz,"
      " :tsc_scaling, :sockets, :dies, :clusters, :cores, :threads, :has_cache, :cache_level,"
      " :cache_mode, :has_maxphysaddr, :is_maxphysaddr_emulated, :maxphysaddr_bits,"
      " :maxphysaddr_limit, :features_json)");

static char *
features_to_json(const CpuDefinition *cpu)
{
    json_object *object = json_object_new_object();

    for (guint i = 0; i < cpu->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(cpu, i);
        json_object *policy =
            feature->policy == CPU_POLICY_NONE
                ? NULL
                : json_object_new_string(words_of(&policy_words, feature->policy));

        json_object_object_add(object, feature->name, policy);
    }
    char *text = g_strdup(json_object_to_json_string_ext(
        object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(object);
    return text;
}

static void
features_from_json(const char *json, CpuDefinition *cpu)
{
    json_object *object = json_tokener_parse(json);

    if (json_object_is_type(object, json_type_object)) {
        json_object_object_foreach(object, name, policy)
        {
            cpu_definition_append_feature(
                cpu, name,
                policy == NULL
                    ? CPU_POLICY_NONE
                    : (CpuPolicy)words_value(&policy_words, json_object_get_string(policy)));
        }
    }
    json_object_put(object);
}

gboolean
cpu_store_save_definition(Connection *connection, const CpuDefinition *cpu, gint64 *ret_id,
                          GError **error)
{
    Statement *statement = connection_statement(connection, &insert_definition);

    record_bind(statement, fields, G_N_ELEMENTS(fields), cpu);
    statement_take_text(statement, ":features_json", features_to_json(cpu));
    if (!statement_run(statement, error))
        return FALSE;
    *ret_id = connection_last_id(connection);
    return TRUE;
}

QUERY(select_definition, "SELECT * FROM cpu_definition WHERE id = :id");

CpuDefinition *
cpu_store_load_definition(Connection *connection, gint64 id, GError **error)
{
    Statement *statement = connection_statement(connection, &select_definition);
    g_autoptr(CpuDefinition) cpu = cpu_definition_new(CPU_TYPE_HOST);

    statement_bind_int(statement, ":id", id);
    if (statement_next(statement)) {
        record_read(statement, fields, G_N_ELEMENTS(fields), cpu);
        features_from_json(statement_string(statement, "features_json"), cpu);
    }
    return statement_finish(statement, error) ? g_steal_pointer(&cpu) : NULL;
}

/* ---- profiles -------------------------------------------------------------------------------- */

QUERY(find_profile, "SELECT id FROM cpu_profile WHERE digest = :digest");
QUERY(insert_profile, "INSERT INTO cpu_profile (digest, physical_address_bits, cpu_definition_id)"
                      " VALUES (:digest, :physical_address_bits, :cpu_definition_id)");

static gint
compare_features(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(((const CpuDefinitionFeature *)a)->name,
                     ((const CpuDefinitionFeature *)b)->name);
}

/*
 * What host_cpu_digest() covers and nothing else, so that it does not matter which host came first.
 */
static CpuDefinition *
shared_part(const CpuDefinition *cpu)
{
    CpuDefinition *part = cpu_definition_new(CPU_TYPE_HOST);

    part->arch = cpu->arch;
    part->model = g_strdup(cpu->model);
    part->vendor = g_strdup(cpu->vendor);
    part->family = cpu->family;
    part->model_number = cpu->model_number;
    part->stepping = cpu->stepping;
    for (guint i = 0; i < cpu->features->len; i++)
        cpu_definition_append_feature(part, cpu_definition_feature(cpu, i)->name, CPU_POLICY_NONE);
    g_array_sort(part->features, compare_features);
    return part;
}

static gboolean
add_profile(Connection *connection, const CpuDefinition *cpu, guint physical_address_bits,
            const char *digest, gint64 *ret_id, GError **error)
{
    g_autoptr(CpuDefinition) part = shared_part(cpu);
    gint64 definition = 0;

    if (!cpu_store_save_definition(connection, part, &definition, error))
        return FALSE;
    Statement *statement = connection_statement(connection, &insert_profile);
    statement_bind_text(statement, ":digest", digest);
    statement_bind_int(statement, ":physical_address_bits", physical_address_bits);
    statement_bind_int(statement, ":cpu_definition_id", definition);
    if (!statement_run(statement, error))
        return FALSE;
    *ret_id = connection_last_id(connection);
    return TRUE;
}

gboolean
cpu_store_save_profile(Connection *connection, const HostCapabilities *host, gint64 *ret_id,
                       GError **error)
{
    g_autofree char *own = NULL;
    const char *digest = host->cpu_digest;
    gint64 id = 0;

    if (digest == NULL)
        digest = own = host_cpu_digest(host->cpu, host->physical_address_bits);
    if (!store_find(connection, &find_profile, digest, &id, error))
        return FALSE;
    if (id == 0 &&
        !add_profile(connection, host->cpu, host->physical_address_bits, digest, &id, error))
        return FALSE;
    *ret_id = id;
    return TRUE;
}

QUERY(select_profile, "SELECT physical_address_bits, cpu_definition_id FROM cpu_profile"
                      " WHERE id = :id");

CpuProfile *
cpu_store_load_profile(Connection *connection, gint64 id, GError **error)
{
    Statement *statement = connection_statement(connection, &select_profile);
    CpuProfile profile = {.id = id};
    gint64 definition = 0;

    statement_bind_int(statement, ":id", id);
    if (statement_next(statement)) {
        profile.physical_address_bits = statement_uint(statement, "physical_address_bits");
        definition = statement_int(statement, "cpu_definition_id");
    }
    if (!statement_finish(statement, error))
        return NULL;
    profile.cpu = cpu_store_load_definition(connection, definition, error);
    return profile.cpu != NULL ? g_memdup2(&profile, sizeof profile) : NULL;
}

/* ---- expanded profiles ----------------------------------------------------------------------- */

QUERY(select_unexpanded, "SELECT id FROM cpu_profile WHERE expanded_json IS NULL");
QUERY(update_expansion, "UPDATE cpu_profile SET expanded_json = :features WHERE id = :id");

static GHashTable *
unexpanded_profiles(Connection *connection, GError **error)
{
    g_autoptr(GHashTable) ids = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    Statement *statement = connection_statement(connection, &select_unexpanded);

    while (statement_next(statement)) {
        gint64 id = statement_int(statement, "id");

        g_hash_table_add(ids, g_memdup2(&id, sizeof id));
    }
    return statement_finish(statement, error) ? g_steal_pointer(&ids) : NULL;
}

static gboolean
expand_profile(Connection *connection, const CpuProfile *profile, const CpuMap *map, GError **error)
{
    g_autoptr(CpuDefinition) expanded =
        cpu_engine_expand(map, profile->cpu, profile->cpu->arch, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    /* A model that the map does not know: the planner tells, and a better map may come. */
    if (expanded == NULL)
        return TRUE;
    for (guint i = 0; i < expanded->features->len; i++)
        g_ptr_array_add(names, cpu_definition_feature(expanded, i)->name);
    Statement *statement = connection_statement(connection, &update_expansion);
    statement_bind_int(statement, ":id", profile->id);
    statement_take_text(statement, ":features", list_to_json(names));
    return statement_run(statement, error);
}

gboolean
cpu_store_expand_profiles(Connection *connection, const GPtrArray *profiles, const CpuMap *map,
                          GError **error)
{
    g_autoptr(GHashTable) unexpanded = unexpanded_profiles(connection, error);

    if (unexpanded == NULL)
        return FALSE;
    for (guint i = 0; i < profiles->len; i++) {
        const CpuProfile *profile = g_ptr_array_index(profiles, i);

        if (g_hash_table_contains(unexpanded, &profile->id) &&
            !expand_profile(connection, profile, map, error))
            return FALSE;
    }
    return TRUE;
}

QUERY(select_expansion, "SELECT expanded_json FROM cpu_profile WHERE id = :id");

gboolean
cpu_store_load_expansion(Connection *connection, gint64 id, GPtrArray *features, GError **error)
{
    Statement *statement = connection_statement(connection, &select_expansion);

    statement_bind_int(statement, ":id", id);
    if (statement_next(statement))
        list_from_json(statement_text(statement, "expanded_json"), features);
    return statement_finish(statement, error);
}
