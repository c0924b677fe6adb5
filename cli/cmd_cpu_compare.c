/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `virt-plan cpu compare`: one word for programs on the first line, then the reasons for people.
 */

#include "cmd_cpu.h"
#include "cpu_input.h"

#include <json-c/json.h>

typedef struct {
    CpuCommonOptions common;
    gboolean is_hypervisor;
} CompareOptions;

static const CommandOption options_table[] = {
    {"hypervisor", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(CompareOptions, is_hypervisor),
     "answer as virsh hypervisor-cpu-compare does; HOST are domain capabilities", NULL},
    CPU_COMMON_OPTIONS(CompareOptions),
    {0},
};

static const char *const reason_ids[] = {
    [CPU_REASON_NONE] = "none",
    [CPU_REASON_HOST_UNKNOWN] = "host-unknown",
    [CPU_REASON_ARCH] = "arch",
    [CPU_REASON_VENDOR] = "vendor",
    [CPU_REASON_MODEL] = "model",
    [CPU_REASON_MISSING_FEATURES] = "missing-features",
    [CPU_REASON_FORBIDDEN_FEATURES] = "forbidden-features",
    [CPU_REASON_EXTRA_FEATURES] = "extra-features",
};
G_STATIC_ASSERT(G_N_ELEMENTS(reason_ids) == CPU_REASON_COUNT);

/* What would make the answer another one; NULL where a sentence cannot help. */
static const char *const remedies[] = {
    [CPU_REASON_NONE] = NULL,
    [CPU_REASON_HOST_UNKNOWN] =
        "give host capabilities with a <model>, or domain capabilities of the host",
    [CPU_REASON_ARCH] = NULL,
    [CPU_REASON_VENDOR] =
        "remove <vendor> from the definition; guests cannot migrate between vendors even so",
    [CPU_REASON_MODEL] = "name the host's model, or use mode='host-model'",
    [CPU_REASON_MISSING_FEATURES] =
        ("disable these features in the definition, choose a model without them, or take a "
         "baseline of both CPUs"),
    [CPU_REASON_FORBIDDEN_FEATURES] =
        "turn these features off on the host, or use policy='disable' instead of 'forbid'",
    [CPU_REASON_EXTRA_FEATURES] = "use match='exact', or list these features with a policy",
};
G_STATIC_ASSERT(G_N_ELEMENTS(remedies) == CPU_REASON_COUNT);

/* A cure that only holds for features of that group; NULL where there is none. */
static const char *const group_hints[] = {
    [CPU_FEATURE_GROUP_OTHER] = NULL,
    [CPU_FEATURE_GROUP_INSTRUCTIONS] = NULL,
    [CPU_FEATURE_GROUP_MITIGATIONS] = "come with newer microcode, kernel and QEMU",
    [CPU_FEATURE_GROUP_VIRTUALIZATION] = "only matter to guests that run guests of their own",
    [CPU_FEATURE_GROUP_POWER] = NULL,
};
G_STATIC_ASSERT(G_N_ELEMENTS(group_hints) == CPU_FEATURE_GROUP_COUNT);

typedef struct {
    CpuCompareResult result;
    CpuReason reason;
} Answer;

static CpuFeatureGroup
group_of(const CpuMap *map, const char *name)
{
    const CpuFeature *feature = cpu_map_find_feature(map, CPU_FAMILY_X86, name);

    return feature == NULL ? CPU_FEATURE_GROUP_OTHER : feature->group;
}

/* A bit of CPUID by which a guest knows that it is one: hypervisors add it, and no CPU has it. */
static gboolean
is_hypervisors_own(const char *feature)
{
    return g_strcmp0(feature, "hypervisor") == 0;
}

/* What to do about REASON. */
static const char *
remedy_of(const CpuReason *reason)
{
    const guint n_missing = reason->kind == CPU_REASON_MISSING_FEATURES && reason->features != NULL
                                ? reason->features->len
                                : 0;

    for (guint i = 0; i < n_missing; i++)
        if (is_hypervisors_own(reason->features->pdata[i]))
            return "give the host's domain capabilities in place of its capabilities: guests have "
                   "'hypervisor' of their hypervisor, never of a CPU";
    return remedies[reason->kind];
}

static void
print_group(const CpuMap *map, const CpuReason *reason, CpuFeatureGroup group, GString *out)
{
    g_autoptr(GString) names = g_string_new(NULL);
    gboolean is_hinted = reason->kind == CPU_REASON_MISSING_FEATURES && group_hints[group] != NULL;

    for (guint i = 0; i < reason->features->len; i++) {
        const char *name = reason->features->pdata[i];

        if (group_of(map, name) != group)
            continue;
        g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", name);
        is_hinted = is_hinted && !is_hypervisors_own(name);
    }
    if (names->len == 0)
        return;
    g_string_append_printf(out, "  %s: %s\n", cpu_feature_group_name(group), names->str);
    if (is_hinted)
        g_string_append_printf(out, "    (%s)\n", group_hints[group]);
}

static void
print_text(const CpuMap *map, const Answer *answer, GString *out)
{
    const CpuReason *reason = &answer->reason;

    g_string_append_printf(out, "%s\n", cpu_compare_result_name(answer->result));
    if (answer->result != CPU_COMPARE_INCOMPATIBLE)
        return;
    g_autofree char *message = cpu_reason_message(reason);
    g_string_append_printf(out, "%s\n", message);
    /* Instruction sets first, whatever has no group last. */
    for (guint i = 1; reason->features != NULL && i <= CPU_FEATURE_GROUP_COUNT; i++)
        print_group(map, reason, (CpuFeatureGroup)(i % CPU_FEATURE_GROUP_COUNT), out);
    if (remedy_of(reason) != NULL)
        g_string_append_printf(out, "To cure it: %s.\n", remedy_of(reason));
}

static struct json_object *
json_text(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);

    return json_object_new_string(valid);
}

static struct json_object *
reason_to_json(const CpuMap *map, const CpuReason *reason)
{
    struct json_object *object = json_object_new_object();
    g_autofree char *message = cpu_reason_message(reason);

    json_object_object_add(object, "id", json_text(reason_ids[reason->kind]));
    json_object_object_add(object, "message", json_text(message));
    if (reason->detail != NULL)
        json_object_object_add(object, "detail", json_text(reason->detail));
    if (reason->features != NULL) {
        struct json_object *list = json_object_new_array();

        for (guint i = 0; i < reason->features->len; i++) {
            const char *name = reason->features->pdata[i];
            struct json_object *feature = json_object_new_object();

            json_object_object_add(feature, "name", json_text(name));
            json_object_object_add(feature, "group",
                                   json_text(cpu_feature_group_name(group_of(map, name))));
            json_object_array_add(list, feature);
        }
        json_object_object_add(object, "features", list);
    }
    if (remedy_of(reason) != NULL)
        json_object_object_add(object, "remedy", json_text(remedy_of(reason)));
    return object;
}

static void
print_json(const CpuMap *map, const Answer *answer, GString *out)
{
    struct json_object *object = json_object_new_object();

    json_object_object_add(object, "result", json_text(cpu_compare_result_name(answer->result)));
    if (answer->result == CPU_COMPARE_INCOMPATIBLE)
        json_object_object_add(object, "reason", reason_to_json(map, &answer->reason));
    g_string_append(out, json_object_to_json_string_ext(
                             object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
                                         JSON_C_TO_STRING_NOSLASHESCAPE));
    g_string_append_c(out, '\n');
    json_object_put(object);
}

static gboolean
compare(const CompareOptions *options, const CpuMap *map, const CpuInput *host,
        const CpuHypervisorModels *models, const CpuInput *cpu, Answer *ret_answer, GError **error)
{
    if (options->is_hypervisor)
        return cpu_engine_compare_hypervisor(map, host->arch, host->cpu, models, cpu->cpu,
                                             &ret_answer->result, &ret_answer->reason, error);
    return cpu_engine_compare(map, host->arch, host->cpu, cpu->cpu, &ret_answer->result,
                              &ret_answer->reason, error);
}

/* The models of HOST's domain capabilities, for --hypervisor. */
static CpuHypervisorModels *
host_models(const char *path, const CpuMap *map, GError **error)
{
    CpuModelOptions from = {.file = (char *)(guintptr)path};
    CpuHypervisorModels *models = NULL;

    return cpu_input_models(&from, map, &models, error) ? models : NULL;
}

static ExitStatus
run_compare(CommandContext *context, const void *values, GError **error)
{
    const CompareOptions *options = values;
    g_autoptr(GPtrArray) models = NULL;
    Answer answer = {0};

    if (context->n_args != 2) {
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "two files are needed: the host's CPU and the CPU to compare with it");
        return EXIT_USAGE;
    }
    g_autoptr(CpuMap) map = cpu_input_map(&options->common, error);
    if (map == NULL)
        return EXIT_FAILED;
    g_autoptr(CpuInput) host = cpu_input_first(context->args[0], map, error);
    g_autoptr(CpuInput) cpu = host == NULL ? NULL : cpu_input_first(context->args[1], map, error);
    if (cpu == NULL)
        return EXIT_FAILED;
    if (options->is_hypervisor) {
        models = host_models(context->args[0], map, error);
        if (models == NULL)
            return EXIT_FAILED;
    }
    if (cpu->cpu->type == CPU_TYPE_HOST && cpu->cpu->model == NULL) {
        g_set_error(error, CPU_ERROR, CPU_ERROR_INVALID,
                    "%s:%u: a host CPU without <model>: it must name one", cpu->label,
                    cpu->place.line);
        return EXIT_FAILED;
    }
    gboolean is_known = compare(options, map, host, models, cpu, &answer, error);
    if (is_known && cpu_is_json(context, &options->common))
        print_json(map, &answer, context->out);
    else if (is_known)
        print_text(map, &answer, context->out);
    else
        g_prefix_error(error, "%s with %s: ", host->label, cpu->label);
    cpu_reason_clear(&answer.reason);
    if (!is_known)
        return EXIT_FAILED;
    return answer.result == CPU_COMPARE_INCOMPATIBLE ? EXIT_ANSWER_NO : EXIT_WELL;
}

const Command command_cpu_compare = {
    .name = "compare",
    .summary = "Tell whether a host can run a CPU: identical, superset or incompatible",
    .synopsis = "HOST CPU",
    .flags = COMMAND_TAKES_FORMAT,
    .options = options_table,
    .options_size = sizeof(CompareOptions),
    .run = run_compare,
};
