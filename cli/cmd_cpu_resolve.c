/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* `virt-plan cpu resolve` and `cpu live`: a guest's CPU as a host runs it. */

#include "cmd_cpu.h"
#include "cpu_input.h"

#include <ingest/cpudata_reader.h>
#include <ingest/input_file.h>

typedef struct {
    CpuCommonOptions common;
    CpuModelOptions models;
    gboolean is_update_only;
    gboolean is_incoming;
} ResolveOptions;

static const CommandOption resolve_options[] = {
    {"update-only", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(ResolveOptions, is_update_only),
     "settle mode and policies, but do not compare and keep the model", NULL},
    {"incoming", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(ResolveOptions, is_incoming),
     "the guest migrates in: it keeps features that QEMU has removed from its model", NULL},
    CPU_MODEL_OPTIONS(ResolveOptions),
    CPU_COMMON_OPTIONS(ResolveOptions),
    {0},
};

/* The first CPU of PATH, which must be a guest's. */
static CpuInput *
read_guest(const char *path, const CpuMap *map, GError **error)
{
    g_autoptr(CpuInput) guest = cpu_input_first(path, map, error);

    if (guest == NULL || guest->cpu->type == CPU_TYPE_GUEST)
        return g_steal_pointer(&guest);
    g_set_error(error, CPU_ERROR, CPU_ERROR_INVALID,
                "%s:%u: a host CPU (one with <arch>) where a guest's is needed", guest->label,
                guest->place.line);
    return NULL;
}

/* Domain capabilities say themselves which models a guest may be given. */
static CpuHypervisorModels *
models_of_host(const char *path, const CpuInput *host, const CpuMap *map)
{
    if (host->place.element != CPU_ELEMENT_HOST_MODEL || g_strcmp0(path, "-") == 0)
        return NULL;
    g_autoptr(GBytes) bytes = cpu_input_bytes(path, NULL);
    return bytes == NULL ? NULL : cpu_input_domain_models(path, bytes, map);
}

static ExitStatus
run_resolve(CommandContext *context, const void *values, GError **error)
{
    const ResolveOptions *options = values;
    g_autoptr(GPtrArray) models = NULL;
    CpuResolveOptions resolve = {.is_update_only = options->is_update_only,
                                 .is_incoming = options->is_incoming};

    if (context->n_args != 2) {
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "two files are needed: the host's CPU and the guest's");
        return EXIT_USAGE;
    }
    g_autoptr(CpuMap) map = cpu_input_map(&options->common, error);
    if (map == NULL || !cpu_input_models(&options->models, map, &models, error))
        return EXIT_FAILED;
    g_autoptr(CpuInput) host = cpu_input_first(context->args[0], map, error);
    g_autoptr(CpuInput) guest = host == NULL ? NULL : read_guest(context->args[1], map, error);
    if (guest == NULL)
        return EXIT_FAILED;
    if (models == NULL)
        models = models_of_host(context->args[0], host, map);
    resolve.models = models;
    g_autoptr(CpuDefinition) result =
        cpu_engine_resolve(map, host->arch, host->cpu, guest->cpu, &resolve, error);
    if (result == NULL) {
        g_prefix_error(error, "%s on %s: ", guest->label, host->label);
        return EXIT_FAILED;
    }
    if (!cpu_print(context, &options->common, map, result, error))
        return EXIT_USAGE;
    return EXIT_WELL;
}

const Command command_cpu_resolve = {
    .name = "resolve",
    .summary = "Print a guest's CPU as it would run on a host",
    .synopsis = "HOST GUEST",
    .flags = COMMAND_TAKES_FORMAT | COMMAND_HAS_XML,
    .options = resolve_options,
    .options_size = sizeof(ResolveOptions),
    .run = run_resolve,
};

/* ---- live ----------------------------------------------------------------------------------- */

typedef struct {
    CpuCommonOptions common;
} LiveOptions;

static const CommandOption live_options[] = {
    CPU_COMMON_OPTIONS(LiveOptions),
    {0},
};

static CpuData *
read_data(const char *path, GError **error)
{
    g_autoptr(GBytes) bytes = cpu_input_bytes(path, error);

    if (bytes == NULL)
        return NULL;
    CpuData *data =
        cpudata_reader_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), error);
    if (data == NULL)
        input_file_place_error(error, path);
    return data;
}

static ExitStatus
run_live(CommandContext *context, const void *values, GError **error)
{
    const LiveOptions *options = values;

    if (context->n_args != 3) {
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "three files are needed: the guest's CPU, what QEMU enabled, what it disabled");
        return EXIT_USAGE;
    }
    g_autoptr(CpuMap) map = cpu_input_map(&options->common, error);
    if (map == NULL)
        return EXIT_FAILED;
    g_autoptr(CpuInput) guest = read_guest(context->args[0], map, error);
    g_autoptr(CpuData) enabled = guest == NULL ? NULL : read_data(context->args[1], error);
    g_autoptr(CpuData) disabled = enabled == NULL ? NULL : read_data(context->args[2], error);
    if (disabled == NULL)
        return EXIT_FAILED;
    g_autoptr(CpuDefinition) result =
        cpu_engine_update_live(map, guest->arch, guest->cpu, enabled, disabled, error);
    if (result == NULL) {
        cpu_input_place_error(error, guest);
        return EXIT_FAILED;
    }
    if (!cpu_print(context, &options->common, map, result, error))
        return EXIT_USAGE;
    return EXIT_WELL;
}

const Command command_cpu_live = {
    .name = "live",
    .summary = "Print a guest's CPU as QEMU really made it",
    .synopsis = "GUEST ENABLED DISABLED",
    .flags = COMMAND_TAKES_FORMAT | COMMAND_HAS_XML,
    .options = live_options,
    .options_size = sizeof(LiveOptions),
    .run = run_live,
};
