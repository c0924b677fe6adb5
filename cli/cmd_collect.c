/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"
#include "planning.h"
#include "recording.h"

#include <ingest/collect.h>

typedef struct {
    char *database;
    char *config;
    gint timeout_s;
} CollectOptions;

static const CommandOption collect_options[] = {
    DATABASE_OPTION(CollectOptions, database),
    {"config", 'c', G_OPTION_ARG_FILENAME, G_STRUCT_OFFSET(CollectOptions, config),
     "the plan file that names the hosts", "FILE"},
    {"timeout", 0, G_OPTION_ARG_INT, G_STRUCT_OFFSET(CollectOptions, timeout_s),
     "seconds to wait for each host; else what the plan file says", "SECONDS"},
    {0},
};

/* The plan file and its map, both the caller's even where it names no hosts. */
static gboolean
read_settings(const CommandContext *context, const CollectOptions *options,
              PlanSettings **ret_settings, CpuMap **ret_map, GError **error)
{
    if (options->config == NULL || context->n_args > 0 || options->timeout_s < 0) {
        g_set_error_literal(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                            "which hosts? name the plan file with -c FILE, and nothing else");
        return FALSE;
    }
    if (!planning_read_settings(options->config, ret_settings, ret_map, error))
        return FALSE;
    if ((*ret_settings)->collect->len == 0) {
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "%s: no hosts to ask: list their URIs under 'collect'", options->config);
        return FALSE;
    }
    if (options->timeout_s > 0)
        (*ret_settings)->collect_timeout_s = (guint)options->timeout_s;
    return TRUE;
}

static ExitStatus
run_collect(CommandContext *context, const void *data, GError **error)
{
    const CollectOptions *options = data;
    g_autoptr(PlanSettings) settings = NULL;
    g_autoptr(CpuMap) map = NULL;
    g_autoptr(Inventory) inventory = NULL;
    Recording recording = {0};
    ExitStatus status = EXIT_FAILED;

    if (!read_settings(context, options, &settings, &map, error))
        return EXIT_USAGE;
    inventory = database_open_to_write(options->database, settings, error);
    if (inventory == NULL)
        return EXIT_FAILED;
    const IngestOptions ingest = {.map = map, .limits = recording_limits(settings)};
    IngestSink sink = recording_sink(&recording);
    if (recording_begin(&recording, inventory, &ingest, FALSE, NULL, 0, context, "asking hosts",
                        error) &&
        collect_hosts(settings, &ingest, &sink, &context->has_stragglers, error))
        status = recording_finish(&recording, context, error);
    recording_clear(&recording);
    return status;
}

const Command command_collect = {
    .name = "collect",
    .summary = "Ask live hosts, through libvirt, into the inventory",
    .synopsis = "-c PLAN-FILE",
    .options = collect_options,
    .options_size = sizeof(CollectOptions),
    .run = run_collect,
};
