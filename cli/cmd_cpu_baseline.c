/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `virt-plan cpu baseline` and `cpu expand`.
 *
 * A baseline is computed while the files stream by; no CPU is kept.
 */

#include "cmd_cpu.h"
#include "cpu_input.h"

#include <ingest/input_file.h>
#include <string.h>

typedef struct {
    CpuCommonOptions common;
    CpuModelOptions models;
    gboolean is_expanded;
    gboolean is_migratable;
    char *driver;
} BaselineOptions;

static const CommandOption baseline_options[] = {
    {"features", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(BaselineOptions, is_expanded),
     "name the features of the model too", NULL},
    {"migratable", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(BaselineOptions, is_migratable),
     "leave out features that block migration", NULL},
    {"driver", 0, G_OPTION_ARG_STRING, G_STRUCT_OFFSET(BaselineOptions, driver),
     "answer as libvirt's test (the default) or qemu driver", "NAME"},
    CPU_MODEL_OPTIONS(BaselineOptions),
    CPU_OUTPUT_OPTIONS(BaselineOptions),
    CPU_COMMON_OPTIONS(BaselineOptions),
    {0},
};

/* What the sink of the reader works on. */
typedef struct {
    const CpuMap *map;
    CpuBaseline *baseline; /* made for the first CPU */
    const CpuBaselineOptions *options;
} Streaming;

static gboolean
add_cpu(CpuDefinition *cpu, const CpuPlace *place, gpointer user_data, GError **error)
{
    Streaming *streaming = user_data;
    g_autoptr(CpuDefinition) own = cpu;

    if (streaming->baseline == NULL)
        streaming->baseline = cpu_baseline_new(
            streaming->map, cpu_input_arch(streaming->map, own, place), streaming->options);
    if (cpu_baseline_add(streaming->baseline, own, error))
        return TRUE;
    g_prefix_error(error, "line %u: ", place->line);
    return FALSE;
}

static gboolean
add_file(Streaming *streaming, const char *path, GError **error)
{
    g_autoptr(GBytes) bytes = cpu_input_bytes(path, error);

    if (bytes == NULL)
        return FALSE;
    if (cpu_reader_file(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes),
                        CPU_ELEMENT_BASELINE, add_cpu, streaming, error))
        return TRUE;
    input_file_place_error(error, path);
    return FALSE;
}

static CpuDefinition *
join_files(Streaming *streaming, char **paths, GError **error)
{
    for (guint i = 0; paths[i] != NULL; i++) {
        if (!add_file(streaming, paths[i], error))
            return NULL;
    }
    return cpu_baseline_finish(streaming->baseline, error);
}

static gboolean
read_driver(const char *name, gboolean *ret_is_qemu, GError **error)
{
    *ret_is_qemu = g_strcmp0(name, "qemu") == 0;
    if (name == NULL || *ret_is_qemu || strcmp(name, "test") == 0)
        return TRUE;
    g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE, "unknown driver '%s': use test or qemu",
                name);
    return FALSE;
}

static gboolean
require_files(const CommandContext *context, GError **error)
{
    if (context->n_args > 0)
        return TRUE;
    g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                "no file given: name one, or - for standard input");
    return FALSE;
}

static ExitStatus
run_baseline(CommandContext *context, const void *values, GError **error)
{
    const BaselineOptions *options = values;
    CpuBaselineOptions baseline = {.is_migratable = options->is_migratable,
                                   .is_expanded = options->is_expanded};
    g_autoptr(CpuMap) map = NULL;
    g_autoptr(GPtrArray) models = NULL;

    if (!require_files(context, error) ||
        !read_driver(options->driver, &baseline.is_qemu_driver, error))
        return EXIT_USAGE;
    map = cpu_input_map(&options->common, error);
    if (map == NULL || !cpu_input_models(&options->models, map, &models, error))
        return EXIT_FAILED;
    baseline.models = models;
    Streaming streaming = {.map = map, .options = &baseline};
    g_autoptr(CpuDefinition) result = join_files(&streaming, context->args, error);
    cpu_baseline_free(streaming.baseline);
    if (result == NULL)
        return EXIT_FAILED;
    if (!cpu_print(context, &options->common, map, result, error))
        return EXIT_USAGE;
    return EXIT_WELL;
}

const Command command_cpu_baseline = {
    .name = "baseline",
    .summary = "Print the CPU that all given CPUs can run, as virsh cpu-baseline does",
    .synopsis = "FILE...",
    .flags = COMMAND_TAKES_FORMAT | COMMAND_HAS_XML,
    .options = baseline_options,
    .options_size = sizeof(BaselineOptions),
    .run = run_baseline,
};

/* ---- expand --------------------------------------------------------------------------------- */

typedef struct {
    CpuCommonOptions common;
} ExpandOptions;

static const CommandOption expand_options[] = {
    CPU_OUTPUT_OPTIONS(ExpandOptions),
    CPU_COMMON_OPTIONS(ExpandOptions),
    {0},
};

static ExitStatus
run_expand(CommandContext *context, const void *values, GError **error)
{
    const ExpandOptions *options = values;
    g_autoptr(CpuMap) map = NULL;
    g_autoptr(GPtrArray) inputs = g_ptr_array_new_with_free_func((GDestroyNotify)cpu_input_free);

    if (!require_files(context, error))
        return EXIT_USAGE;
    map = cpu_input_map(&options->common, error);
    if (map == NULL)
        return EXIT_FAILED;
    for (guint i = 0; i < context->n_args; i++) {
        if (!cpu_input_all(context->args[i], map, inputs, error))
            return EXIT_FAILED;
    }
    for (guint i = 0; i < inputs->len; i++) {
        const CpuInput *input = inputs->pdata[i];
        g_autoptr(CpuDefinition) expanded = cpu_engine_expand(map, input->cpu, input->arch, error);

        if (expanded == NULL) {
            cpu_input_place_error(error, input);
            return EXIT_FAILED;
        }
        if (!cpu_print(context, &options->common, map, expanded, error))
            return EXIT_USAGE;
    }
    return EXIT_WELL;
}

const Command command_cpu_expand = {
    .name = "expand",
    .summary = "Print CPUs with every feature named",
    .synopsis = "FILE...",
    .flags = COMMAND_TAKES_FORMAT | COMMAND_HAS_XML,
    .options = expand_options,
    .options_size = sizeof(ExpandOptions),
    .run = run_expand,
};
