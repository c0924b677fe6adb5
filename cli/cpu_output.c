/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A CPU as the commands print it: libvirt's XML for people and libvirt, JSON for other programs. */

#include "cpu_input.h"

#include <json-c/json.h>
#include <string.h>

gboolean
cpu_is_json(const CommandContext *context, const CpuCommonOptions *options)
{
    return options->is_json || context->format == REPORT_FORMAT_JSON;
}

static void
add_string(struct json_object *object, const char *key, const char *text)
{
    if (text == NULL)
        return;
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    json_object_object_add(object, key, json_object_new_string(valid));
}

static void
add_number(struct json_object *object, const char *key, guint64 number)
{
    if (number != 0)
        json_object_object_add(object, key, json_object_new_uint64(number));
}

static struct json_object *
features_to_json(const CpuDefinition *cpu)
{
    struct json_object *list = json_object_new_array();

    for (guint i = 0; i < cpu->features->len; i++) {
        const CpuDefinitionFeature *item = cpu_definition_feature(cpu, i);
        struct json_object *feature = json_object_new_object();

        add_string(feature, "name", item->name);
        if (cpu->type == CPU_TYPE_GUEST)
            add_string(feature, "policy", cpu_policy_name(item->policy));
        json_object_array_add(list, feature);
    }
    return list;
}

static struct json_object *
definition_to_json(const CpuDefinition *cpu)
{
    struct json_object *object = json_object_new_object();

    add_string(object, "type", cpu->type == CPU_TYPE_HOST ? "host" : "guest");
    if (cpu->type == CPU_TYPE_HOST) {
        add_string(object, "arch", cpu_arch_name(cpu->arch));
    } else {
        add_string(object, "mode", cpu_mode_name(cpu->mode));
        add_string(object, "match", cpu_match_name(cpu->match));
        add_string(object, "check", cpu_check_name(cpu->check));
        add_string(object, "fallback", cpu_fallback_name(cpu->fallback));
        add_string(object, "vendor_id", cpu->vendor_id);
    }
    add_string(object, "model", cpu->model);
    add_string(object, "vendor", cpu->vendor);
    if (cpu->type == CPU_TYPE_HOST) {
        add_number(object, "microcode", cpu->microcode);
        add_number(object, "signature_family", cpu->family);
        add_number(object, "signature_model", cpu->model_number);
        add_number(object, "signature_stepping", cpu->stepping);
        add_number(object, "tsc_hz", cpu->tsc_hz);
    }
    json_object_object_add(object, "features", features_to_json(cpu));
    return object;
}

/* How SOURCE spells a feature; its own name where SOURCE has no other. */
static const char *
spelling_of(const CpuMap *map, const char *name, const char *source)
{
    const CpuFeature *feature = cpu_map_find_feature(map, CPU_FAMILY_X86, name);

    for (guint i = 0; feature != NULL && i < feature->n_aliases; i++) {
        if (strcmp(feature->aliases[i].source, source) == 0)
            return feature->aliases[i].name;
    }
    return name;
}

static gboolean
is_source(const CpuMap *map, const char *source)
{
    for (guint i = 0; i < cpu_map_n_features(map, CPU_FAMILY_X86); i++) {
        const CpuFeature *feature = cpu_map_feature(map, CPU_FAMILY_X86, i);

        for (guint j = 0; j < feature->n_aliases; j++) {
            if (strcmp(feature->aliases[j].source, source) == 0)
                return TRUE;
        }
    }
    return FALSE;
}

/* CPU with its features as SOURCE spells them (NULL: libvirt). */
static CpuDefinition *
respell(const CpuMap *map, const CpuDefinition *cpu, const char *source, GError **error)
{
    CpuDefinition *copy = cpu_definition_copy(cpu);

    if (source == NULL || strcmp(source, "libvirt") == 0)
        return copy;
    if (!is_source(map, source)) {
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "the CPU map (%s) has no names of '%s': use libvirt, or qemu or linux with the "
                    "built-in map",
                    cpu_map_origin(map), source);
        cpu_definition_free(copy);
        return NULL;
    }
    cpu_definition_clear_features(copy);
    for (guint i = 0; i < cpu->features->len; i++) {
        const CpuDefinitionFeature *item = cpu_definition_feature(cpu, i);

        cpu_definition_append_feature(copy, spelling_of(map, item->name, source), item->policy);
    }
    return copy;
}

gboolean
cpu_print(CommandContext *context, const CpuCommonOptions *options, const CpuMap *map,
          const CpuDefinition *cpu, GError **error)
{
    g_autoptr(CpuDefinition) spelt = respell(map, cpu, options->names, error);

    if (spelt == NULL)
        return FALSE;
    if (!cpu_is_json(context, options)) {
        cpu_definition_format(spelt, 0, context->out);
        return TRUE;
    }
    struct json_object *object = definition_to_json(spelt);
    g_string_append(context->out, json_object_to_json_string_ext(
                                      object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
                                                  JSON_C_TO_STRING_NOSLASHESCAPE));
    g_string_append_c(context->out, '\n');
    json_object_put(object);
    return TRUE;
}
