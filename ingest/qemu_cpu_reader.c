/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * QEMU's CPU replies, with json-c.
 *
 * libvirt matches QEMU's property names with its own names after a short fixed translation, and
 * nothing else. The map's aliases are asked only for features whose own name the reply lacks, so
 * that an answer that libvirt understands is never read differently.
 */

#include <cpumodel/text_list.h>
#include <ingest/qemu_cpu_reader.h>

#include <json-c/json.h>
#include <string.h>

G_DEFINE_QUARK(virt_plan_qemu_cpu_reader_error_quark, qemu_cpu_reader_error)

#define MAX_DEPTH 16

static const struct {
    const char *qemu;
    const char *libvirt;
} translations[] = {
    {"cmp-legacy", "cmp_legacy"},
    {"ds-cpl", "ds_cpl"},
    {"fxsr-opt", "fxsr_opt"},
    {"hv-emsr-bitmap", "hv-emsr_bitmap"},
    {"hv-vendor-id", "hv-vendor_id"},
    {"hv-xmm-input", "hv-xmm_input"},
    {"kvm-pv-eoi", "kvm_pv_eoi"},
    {"kvm-pv-unhalt", "kvm_pv_unhalt"},
    {"lahf-lm", "lahf_lm"},
    {"nodeid-msr", "nodeid_msr"},
    {"pclmulqdq", "pclmuldq"},
    {"perfctr-core", "perfctr_core"},
    {"perfctr-nb", "perfctr_nb"},
    {"tsc-adjust", "tsc_adjust"},
    {"vmx-invept-single-context-noglobals", "vmx-invvpid-single-context-noglobals"},
};

void
qemu_cpu_reply_free(QemuCpuReply *reply)
{
    if (reply == NULL)
        return;
    g_free(reply->model);
    cpu_data_free(reply->data);
    g_ptr_array_unref(reply->features);
    g_clear_pointer(&reply->models, g_ptr_array_unref);
    g_free(reply);
}

static const char *
translate(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(translations); i++) {
        if (strcmp(translations[i].qemu, name) == 0)
            return translations[i].libvirt;
    }
    return name;
}

gboolean
qemu_cpu_reader_is_json(const char *bytes, gsize length)
{
    gsize i = 0;

    while (i < length && g_ascii_isspace(bytes[i]))
        i++;
    return i < length && (bytes[i] == '{' || bytes[i] == '[');
}

/* ---- query-cpu-model-expansion -------------------------------------------------------------- */

static void
add_feature(CpuData *data, const CpuMap *map, const CpuFeature *feature)
{
    cpu_data_add_set(data, map, &feature->bits);
}

/* The features that properties name in libvirt's own spelling; of char* borrowed from MAP. */
static GHashTable *
own_names(struct json_object *properties, const CpuMap *map)
{
    GHashTable *names = g_hash_table_new(g_str_hash, g_str_equal);

    json_object_object_foreach(properties, key, value)
    {
        const CpuFeature *feature = cpu_map_find_feature(map, CPU_FAMILY_X86, translate(key));

        (void)value;
        if (feature != NULL)
            g_hash_table_add(names, (gpointer)(guintptr)feature->name);
    }
    return names;
}

/* The feature that a property stands for, or NULL. */
static const CpuFeature *
find_property(const CpuMap *map, GHashTable *own, const char *property)
{
    const char *name = translate(property);
    const CpuFeature *feature = cpu_map_find_feature(map, CPU_FAMILY_X86, name);

    if (feature == NULL) {
        feature = cpu_map_find_feature_alias(map, CPU_FAMILY_X86, name);
        if (feature != NULL && g_hash_table_contains(own, feature->name))
            feature = NULL;
    }
    return feature;
}

static void
read_features(struct json_object *properties, const CpuMap *map, QemuCpuReply *reply)
{
    g_autoptr(GHashTable) own = own_names(properties, map);

    json_object_object_foreach(properties, key, value)
    {
        const CpuFeature *feature = find_property(map, own, key);

        if (feature == NULL)
            continue;
        g_ptr_array_add(reply->features, g_strdup(feature->name));
        if (json_object_is_type(value, json_type_boolean) && json_object_get_boolean(value))
            add_feature(reply->data, map, feature);
    }
    text_list_sort(reply->features);
}

static guint
read_number(struct json_object *properties, const char *name)
{
    struct json_object *value;

    if (!json_object_object_get_ex(properties, name, &value) ||
        !json_object_is_type(value, json_type_int))
        return 0;
    gint64 number = json_object_get_int64(value);
    return number < 0 || number > G_MAXUINT16 ? 0 : (guint)number;
}

static void
read_identity(struct json_object *properties, QemuCpuReply *reply)
{
    struct json_object *vendor;

    if (json_object_object_get_ex(properties, "vendor", &vendor) &&
        json_object_is_type(vendor, json_type_string) &&
        json_object_get_string_len(vendor) == CPU_VENDOR_STRING_LENGTH)
        cpu_data_set_vendor(reply->data, json_object_get_string(vendor));
    cpu_data_set_signature(reply->data, read_number(properties, "family"),
                           read_number(properties, "model"), read_number(properties, "stepping"));
}

/* TRUE when CONTENT was a model with its properties. */
static gboolean
read_expansion(struct json_object *content, const CpuMap *map, QemuCpuReply *reply)
{
    struct json_object *model, *properties, *name;

    if (!json_object_is_type(content, json_type_object) ||
        !json_object_object_get_ex(content, "model", &model) ||
        !json_object_is_type(model, json_type_object) ||
        !json_object_object_get_ex(model, "props", &properties) ||
        !json_object_is_type(properties, json_type_object) || reply->data != NULL)
        return FALSE;
    reply->data = cpu_data_new();
    if (json_object_object_get_ex(model, "name", &name) &&
        json_object_is_type(name, json_type_string))
        reply->model = g_strdup(json_object_get_string(name));
    read_features(properties, map, reply);
    read_identity(properties, reply);
    return TRUE;
}

/* ---- query-cpu-definitions ------------------------------------------------------------------ */

/* QEMU names a feature again for each of its spellings and bits. */
static void
add_blocker(CpuHypervisorModel *model, const char *name)
{
    if (!text_list_has(model->blockers, name))
        g_ptr_array_add(model->blockers, g_strdup(name));
}

static void
read_blockers(struct json_object *definition, CpuHypervisorModel *model)
{
    struct json_object *blockers;

    if (!json_object_object_get_ex(definition, "unavailable-features", &blockers) ||
        !json_object_is_type(blockers, json_type_array))
        return;
    for (gsize i = 0; i < json_object_array_length(blockers); i++) {
        struct json_object *name = json_object_array_get_idx(blockers, i);

        if (json_object_is_type(name, json_type_string))
            add_blocker(model, translate(json_object_get_string(name)));
    }
    model->usable = json_object_array_length(blockers) == 0 ? CPU_USABLE_YES : CPU_USABLE_NO;
}

/* NULL when it is no definition of a CPU model. */
static CpuHypervisorModel *
read_definition(struct json_object *definition)
{
    struct json_object *name, *deprecated;

    if (!json_object_is_type(definition, json_type_object) ||
        !json_object_object_get_ex(definition, "name", &name) ||
        !json_object_is_type(name, json_type_string))
        return NULL;
    CpuHypervisorModel *model =
        cpu_hypervisor_model_new(json_object_get_string(name), CPU_USABLE_UNKNOWN);
    read_blockers(definition, model);
    if (json_object_object_get_ex(definition, "deprecated", &deprecated))
        model->is_deprecated = json_object_get_boolean(deprecated);
    return model;
}

/* TRUE when CONTENT was a list of models. */
static gboolean
read_definitions(struct json_object *content, QemuCpuReply *reply)
{
    g_autoptr(GPtrArray) models = NULL;

    if (!json_object_is_type(content, json_type_array) || reply->models != NULL ||
        json_object_array_length(content) == 0)
        return FALSE;
    models = cpu_hypervisor_models_new();
    for (gsize i = 0; i < json_object_array_length(content); i++) {
        CpuHypervisorModel *model = read_definition(json_object_array_get_idx(content, i));

        if (model == NULL)
            return FALSE;
        g_ptr_array_add(models, model);
    }
    reply->models = g_steal_pointer(&models);
    return TRUE;
}

/* ---- documents ------------------------------------------------------------------------------ */

static void
read_value(struct json_object *value, const CpuMap *map, QemuCpuReply *reply)
{
    struct json_object *content = value;

    if (json_object_is_type(value, json_type_object))
        json_object_object_get_ex(value, "return", &content);
    if (content == NULL)
        content = value;
    if (!read_expansion(content, map, reply))
        read_definitions(content, reply);
}

static guint
line_at(const char *bytes, gsize offset)
{
    guint line = 1;

    for (gsize i = 0; i < offset; i++)
        line += bytes[i] == '\n';
    return line;
}

static gboolean
read_values(struct json_tokener *tokener, const char *bytes, gsize length, const CpuMap *map,
            QemuCpuReply *reply, GError **error)
{
    gsize offset = 0;

    for (;;) {
        while (offset < length && g_ascii_isspace(bytes[offset]))
            offset++;
        if (offset == length)
            return TRUE;
        json_tokener_reset(tokener);
        struct json_object *value =
            json_tokener_parse_ex(tokener, bytes + offset, (int)(length - offset));
        enum json_tokener_error problem = json_tokener_get_error(tokener);
        offset += json_tokener_get_parse_end(tokener);
        if (value == NULL && problem != json_tokener_success) {
            g_set_error(error, QEMU_CPU_READER_ERROR, QEMU_CPU_READER_ERROR_INVALID,
                        "line %u: not JSON: %s", line_at(bytes, offset),
                        problem == json_tokener_continue ? "it ends too early"
                                                         : json_tokener_error_desc(problem));
            return FALSE;
        }
        read_value(value, map, reply);
        json_object_put(value);
    }
}

QemuCpuReply *
qemu_cpu_reader_parse(const char *bytes, gsize length, const CpuMap *map, GError **error)
{
    g_autoptr(QemuCpuReply) reply = g_new0(QemuCpuReply, 1);

    reply->features = g_ptr_array_new_with_free_func(g_free);
    if (length > G_MAXINT) {
        g_set_error(error, QEMU_CPU_READER_ERROR, QEMU_CPU_READER_ERROR_INVALID,
                    "too long for a reply of QEMU");
        return NULL;
    }
    struct json_tokener *tokener = json_tokener_new_ex(MAX_DEPTH);
    gboolean is_good = read_values(tokener, bytes, length, map, reply, error);
    json_tokener_free(tokener);
    if (!is_good)
        return NULL;
    if (reply->data == NULL && reply->models == NULL) {
        g_set_error(error, QEMU_CPU_READER_ERROR, QEMU_CPU_READER_ERROR_INVALID,
                    "no CPU in it: give QEMU's reply to query-cpu-model-expansion or "
                    "query-cpu-definitions");
        return NULL;
    }
    return g_steal_pointer(&reply);
}
