/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The nightly job. Each stage is one function below; what it hands to the next is in Night.
 *
 * Killed at any moment, the inventory is as its last batch left it and the report folder is last
 * night's or tonight's: the stages write nothing else. A lock beside the inventory keeps two jobs
 * from working at once; it is the kernel's, so a killed job leaves none behind.
 */

#include "commands.h"
#include "database.h"
#include "planning.h"
#include "recording.h"
#include "stale_entries.h"

#include <errno.h>
#include <fcntl.h>
#include <fleet/file_remedy.h>
#include <fleet/words.h>
#include <glib/gstdio.h>
#include <ingest/collect.h>
#include <ingest/ingest.h>
#include <planner/planner.h>
#include <reports/text.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

typedef struct {
    char *config;
    gboolean is_mtime_trusted;
    gint n_threads;
} RunOptions;

typedef struct {
    CommandContext *context;
    const RunOptions *options;
    PlanSettings *settings;
    CpuMap *map;
    int lock; /* file descriptor; -1: not held */
    Inventory *inventory;
    Recording recording;
    InventoryRun run;
    gint64 started_us;
    Fleet *fleet;
    Fleet *earlier; /* NULL when there is nothing to compare with */
    Plan *plan;
    GPtrArray *paths; /* of char*: the main reports */
} Night;

static const CommandOption run_options[] = {
    {"config", 'c', G_OPTION_ARG_FILENAME, G_STRUCT_OFFSET(RunOptions, config), "the plan file",
     "FILE"},
    {"trust-mtime", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(RunOptions, is_mtime_trusted),
     "take a file of the same size and time as unchanged, unread", NULL},
    {"jobs", 'j', G_OPTION_ARG_INT, G_STRUCT_OFFSET(RunOptions, n_threads),
     "threads that read documents; else one for each processor", "N"},
    {0},
};

#define METRICS_BEGIN "# HELP virtplan_"

/* Is PATH metrics of an earlier night, empty, or nothing yet? */
static gboolean
may_be_metrics(const char *path)
{
    char begin[sizeof(METRICS_BEGIN)] = {0};
    GStatBuf status;

    if (g_lstat(path, &status) != 0)
        return errno == ENOENT || errno == ENOTDIR;
    if (g_stat(path, &status) != 0 || !S_ISREG(status.st_mode))
        return FALSE;
    const int file = g_open(path, O_RDONLY | O_CLOEXEC, 0);
    if (file < 0)
        return FALSE;
    const gssize n = read(file, begin, strlen(METRICS_BEGIN));
    close(file);
    return n == 0 || g_str_equal(begin, METRICS_BEGIN);
}

/* The metrics replace the file of their name, which could be the inventory. */
static gboolean
check_metrics(const char *path, GError **error)
{
    if (path == NULL || may_be_metrics(path))
        return TRUE;
    g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                "%s: the metrics would replace this, which is something else: name another file, "
                "or remove it",
                path);
    return FALSE;
}

static gboolean
read_settings(Night *night, GError **error)
{
    if (night->options->config == NULL) {
        g_set_error_literal(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                            "which plan? name its file with -c FILE, or in VIRT_PLAN_CONFIG");
        return FALSE;
    }
    if (night->context->n_args > 0) {
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "run takes no argument, not '%s': the plan file names the sources",
                    night->context->args[0]);
        return FALSE;
    }
    if (night->options->n_threads < 0) {
        g_set_error_literal(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                            "-j takes a number of threads, from 1 on");
        return FALSE;
    }
    return planning_read_settings(night->options->config, &night->settings, &night->map, error) &&
           check_metrics(night->settings->metrics, error);
}

/* Holds the lock file beside the inventory for as long as this process lives. */
static gboolean
take_lock(Night *night, GError **error)
{
    g_autofree char *inventory = database_path(NULL, night->settings);
    g_autofree char *folder = g_path_get_dirname(inventory);
    g_autofree char *path = g_strconcat(inventory, ".lock", NULL);

    if (g_mkdir_with_parents(folder, 0777) == 0)
        night->lock = g_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (night->lock < 0) {
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno),
                    "%s: cannot make the lock: %s", path, g_strerror(errno));
        file_remedy_append(error);
        return FALSE;
    }
    if (flock(night->lock, LOCK_EX | LOCK_NB) == 0)
        return TRUE;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_AGAIN,
                "%s: another run works on this inventory: wait until it is done", path);
    return FALSE;
}

/* ---- reading -------------------------------------------------------------------------------- */

static gboolean
read_sources(Night *night, const IngestOptions *options, GError **error)
{
    const PlanSettings *settings = night->settings;
    const IngestSink sink = recording_sink(&night->recording);

    if (settings->sources->len > 0 && !ingest_paths((const char *const *)settings->sources->pdata,
                                                    settings->sources->len, options, &sink, error))
        return FALSE;
    return settings->collect->len == 0 ||
           collect_hosts(settings, options, &sink, &night->context->has_stragglers, error);
}

/* What is wrong with documents is told by the summary, not line by line. */
static gboolean
update_inventory(Night *night, GError **error)
{
    g_auto(GStrv) own_files = database_own_files(NULL, night->settings);
    const IngestOptions options = {.map = night->map,
                                   .n_threads = (guint)night->options->n_threads,
                                   .is_mtime_trusted = night->options->is_mtime_trusted,
                                   .own_paths = (const char *const *)own_files,
                                   .limits = recording_limits(night->settings)};

    night->inventory = database_open_to_write(NULL, night->settings, error);
    if (night->inventory == NULL ||
        !recording_begin(&night->recording, night->inventory, &options, TRUE, NULL, 0,
                         night->context, "reading documents", error))
        return FALSE;
    gboolean is_read = read_sources(night, &options, error);
    recording_clear(&night->recording);
    return is_read && inventory_finish_run(night->inventory, database_now_s(), &night->run, error);
}

/* ---- planning and writing ------------------------------------------------------------------- */

/*
 * What there is to compare with: nothing when nothing has changed since, because a fleet that is
 * compared with itself gives no drift. That is most nights, and spares them half of the work.
 */
static gboolean
load_earlier(Night *night, gint64 before, GError **error)
{
    gboolean has_changed;

    if (before == 0)
        return TRUE;
    if (!inventory_has_changed(night->inventory, before, night->run.id, &has_changed, error))
        return FALSE;
    if (has_changed)
        night->earlier = planning_load_fleet(night->inventory, before, error);
    return !has_changed || night->earlier != NULL;
}

/*
 * A host that died leaves the archive of its last night behind, and would be planned with for ever
 * as it was then.
 */
static void
tell_stale_archives(Night *night)
{
    for (guint i = 0; i < night->settings->sources->len; i++) {
        const char *source = g_ptr_array_index(night->settings->sources, i);
        g_autoptr(GPtrArray) stale = stale_archives_find(source);

        for (guint j = 0; j < stale->len; j++) {
            g_autofree char *text =
                g_strdup_printf("is more than %d days older than the newest archive beside it, and "
                                "planned with as it was then",
                                STALE_DAYS);
            Finding *finding = finding_new(
                FINDING_WARNING, "archive-not-renewed", text,
                "see whether its host is there and the collector reaches it; remove the archive of "
                "a host that is gone");

            finding->source = g_build_filename(source, g_ptr_array_index(stale, j), NULL);
            g_ptr_array_add(night->fleet->findings, finding);
        }
    }
}

/* Is SOURCE, a path or a URI of the plan file, in quarantine as a whole? */
static gboolean
is_unread(const Fleet *fleet, const char *source)
{
    for (guint i = 0; i < fleet->quarantine->len; i++) {
        const Finding *finding = g_ptr_array_index(fleet->quarantine, i);

        if (g_strcmp0(finding->source, source) == 0 && finding->line == 0)
            return TRUE;
    }
    return FALSE;
}

/* A folder that is not mounted is one entry of the quarantine, and may be the whole fleet. */
static void
count_unread_sources(Night *night)
{
    const PlanSettings *settings = night->settings;

    for (guint i = 0; i < settings->sources->len; i++)
        night->fleet->n_unread_sources +=
            is_unread(night->fleet, g_ptr_array_index(settings->sources, i));
    for (guint i = 0; i < settings->collect->len; i++)
        night->fleet->n_unread_sources += is_unread(
            night->fleet, ((const CollectSettings *)g_ptr_array_index(settings->collect, i))->uri);
}

static gboolean
make_plan(Night *night, GError **error)
{
    gint64 before;

    if (!inventory_run_before(night->inventory, night->run.id, &before, error))
        return FALSE;
    night->fleet = planning_load_fleet(night->inventory, night->run.id, error);
    if (night->fleet == NULL || !load_earlier(night, before, error))
        return FALSE;
    tell_stale_archives(night);
    count_unread_sources(night);
    night->plan = planning_plan(night->fleet, night->earlier, night->settings, night->map,
                                PLANNER_EVERYTHING);
    night->plan->drift_run = before;
    return inventory_record_plan(night->inventory, night->plan, error);
}

static gboolean
write_reports(Night *night, GError **error)
{
    night->paths = g_ptr_array_new_with_free_func(g_free);
    if (!report_write_folder(night->plan, night->settings->output, night->paths, error))
        return FALSE;
    if (night->settings->metrics == NULL)
        return TRUE;
    g_autofree char *metrics = report_prometheus(night->plan);
    if (g_file_set_contents_full(night->settings->metrics, metrics, -1,
                                 G_FILE_SET_CONTENTS_CONSISTENT, 0644, error))
        return TRUE;
    file_remedy_append(error);
    g_prefix_error(
        error, "%s: the reports are written, but not these metrics: ", night->settings->metrics);
    if (error != NULL && g_error_matches(*error, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        g_autofree char *text = g_strdup((*error)->message);
        g_clear_error(error);
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                    "%s: make the folder, or name a file elsewhere under 'metrics'", text);
    }
    return FALSE;
}

static void
print_summary(const Night *night, GString *out)
{
    const InventoryRun *run = &night->run;
    gdouble elapsed_s =
        (gdouble)(g_get_monotonic_time() - night->started_us) / (gdouble)G_USEC_PER_SEC;

    report_text_summary(night->plan, &night->context->style, out);
    g_string_append_printf(out, "\nRead %u document%s, %u of them unchanged, in %.1f s.\n",
                           run->n_sources, words_plural(run->n_sources), run->n_unchanged,
                           elapsed_s);
    for (guint i = 0; i < night->paths->len; i++)
        g_string_append_printf(out, "%s%s\n", i == 0 ? "Reports: " : "         ",
                               (const char *)g_ptr_array_index(night->paths, i));
}

static void
end_night(Night *night)
{
    recording_clear(&night->recording);
    g_clear_pointer(&night->plan, plan_free);
    g_clear_pointer(&night->fleet, fleet_free);
    g_clear_pointer(&night->earlier, fleet_free);
    g_clear_pointer(&night->paths, g_ptr_array_unref);
    g_clear_pointer(&night->inventory, inventory_close);
    g_clear_pointer(&night->map, cpu_map_unref);
    g_clear_pointer(&night->settings, plan_settings_free);
    if (night->lock >= 0)
        close(night->lock);
}

static ExitStatus
run_run(CommandContext *context, const void *options, GError **error)
{
    Night night = {
        .context = context, .options = options, .lock = -1, .started_us = g_get_monotonic_time()};
    ExitStatus status = EXIT_FAILED;

    if (read_settings(&night, error) && take_lock(&night, error) &&
        update_inventory(&night, error) && make_plan(&night, error) &&
        write_reports(&night, error)) {
        status =
            night.run.n_quarantined == 0 && report_is_well(night.plan) ? EXIT_WELL : EXIT_ANSWER_NO;
        if (!context->is_quiet)
            print_summary(&night, context->out);
    }
    end_night(&night);
    return status;
}

const Command command_run = {
    .name = "run",
    .summary = "Do the nightly job: read, remember, plan, report",
    .synopsis = "-c PLAN-FILE",
    .options = run_options,
    .options_size = sizeof(RunOptions),
    .run = run_run,
};
