/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"
#include "database.h"
#include "recording.h"

#include <ingest/cpu_map_reader.h>
#include <ingest/plan_file.h>

typedef struct {
    char *database;
    char *config;
    char *cpu_map;
    char *host;
    gboolean is_complete;
    gboolean is_mtime_trusted;
    gint n_threads;
    gint max_document_mib;
    gint max_archive_mib;
    gint max_depth;
} IngestCommandOptions;

static const CommandOption ingest_options[] = {
    DATABASE_OPTION(IngestCommandOptions, database),
    DATABASE_CONFIG_OPTION(IngestCommandOptions, config),
    {"cpu-map", 0, G_OPTION_ARG_FILENAME, G_STRUCT_OFFSET(IngestCommandOptions, cpu_map),
     "libvirt's CPU map to decode CPUID dumps with, instead of the built-in one", "DIR"},
    {"host", 0, G_OPTION_ARG_STRING, G_STRUCT_OFFSET(IngestCommandOptions, host),
     "the host that all documents are of, whatever their names say", "NAME"},
    {"complete", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(IngestCommandOptions, is_complete),
     "this is the whole fleet: hosts that are not in it are gone", NULL},
    {"trust-mtime", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(IngestCommandOptions, is_mtime_trusted),
     "take a file of the same size and time as unchanged, unread", NULL},
    {"jobs", 'j', G_OPTION_ARG_INT, G_STRUCT_OFFSET(IngestCommandOptions, n_threads),
     "processors to use; else all", "N"},
    {"max-document", 0, G_OPTION_ARG_INT, G_STRUCT_OFFSET(IngestCommandOptions, max_document_mib),
     "refuse longer documents; else 64", "MIB"},
    {"max-archive", 0, G_OPTION_ARG_INT, G_STRUCT_OFFSET(IngestCommandOptions, max_archive_mib),
     "refuse archives that unpack to more; else 8192", "MIB"},
    {"max-depth", 0, G_OPTION_ARG_INT, G_STRUCT_OFFSET(IngestCommandOptions, max_depth),
     "refuse elements nested deeper; else 200", "N"},
    {0},
};

static gboolean
check_options(const CommandContext *context, const IngestCommandOptions *options, GError **error)
{
    if (context->n_args == 0) {
        g_set_error_literal(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                            "what to read? name files, folders or archives, or '-'");
        return FALSE;
    }
    for (guint i = 0; i < context->n_args; i++) {
        if (*context->args[i] != '\0')
            continue;
        g_set_error_literal(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                            "an empty path: name files, folders or archives, or '-'");
        return FALSE;
    }
    if (options->n_threads < 0 || options->max_document_mib < 0 || options->max_archive_mib < 0 ||
        options->max_depth < 0 || (options->host != NULL && *options->host == '\0')) {
        g_set_error_literal(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                            "numbers must be 1 or more, and a host needs a name: see "
                            "'virt-plan ingest --help'");
        return FALSE;
    }
    return TRUE;
}

static CpuMap *
open_map(const IngestCommandOptions *options, const PlanSettings *settings, GError **error)
{
    const char *path = options->cpu_map;

    if (path == NULL && settings != NULL)
        path = settings->cpu_map;
    return path != NULL ? cpu_map_reader_load(path, error) : cpu_map_new_builtin();
}

/* The options' limits, else those of the plan file. */
static IngestLimits
limits_of(const IngestCommandOptions *options, const PlanSettings *settings)
{
    PlanSettings chosen = {0};

    if (settings != NULL)
        chosen = *settings;
    if (options->max_document_mib > 0)
        chosen.max_document_mib = (guint)options->max_document_mib;
    if (options->max_archive_mib > 0)
        chosen.max_archive_mib = (guint)options->max_archive_mib;
    if (options->max_depth > 0)
        chosen.max_depth = (guint)options->max_depth;
    return recording_limits(&chosen);
}

static ExitStatus
run_ingest(CommandContext *context, const void *data, GError **error)
{
    const IngestCommandOptions *options = data;
    g_autoptr(PlanSettings) settings = NULL;
    g_autoptr(CpuMap) map = NULL;
    g_autoptr(Inventory) inventory = NULL;
    g_auto(GStrv) own_files = NULL;
    Recording recording = {0};
    ExitStatus status = EXIT_FAILED;

    if (!check_options(context, options, error))
        return EXIT_USAGE;
    if (options->config != NULL) {
        settings = plan_file_read(options->config, error);
        if (settings == NULL)
            return EXIT_USAGE;
    }
    map = open_map(options, settings, error);
    if (map != NULL)
        inventory = database_open_to_write(options->database, settings, error);
    if (inventory == NULL)
        return EXIT_FAILED;
    own_files = database_own_files(options->database, settings);
    const IngestOptions ingest = {
        .map = map,
        .n_threads = (guint)options->n_threads,
        .is_mtime_trusted = options->is_mtime_trusted,
        .host_name = options->host,
        .own_paths = (const char *const *)own_files,
        .limits = limits_of(options, settings),
    };
    IngestSink sink = recording_sink(&recording);
    const char *const *paths = (const char *const *)context->args;
    if (recording_begin(&recording, inventory, &ingest, options->is_complete, paths,
                        context->n_args, context, "reading documents", error) &&
        ingest_paths(paths, context->n_args, &ingest, &sink, error))
        status = recording_finish(&recording, context, error);
    recording_clear(&recording);
    return status;
}

const Command command_ingest = {
    .name = "ingest",
    .summary = "Read documents into the inventory",
    .synopsis = "PATH...",
    .options = ingest_options,
    .options_size = sizeof(IngestCommandOptions),
    .run = run_ingest,
};
