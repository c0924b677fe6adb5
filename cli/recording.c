/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The sink between ingest and the inventory, which do not see each other: what one asks or tells,
 * the other answers or records. Warnings and errors are kept to be told at the end, in an order
 * that no thread decides.
 */

#include "recording.h"

#include "database.h"

#include <fleet/words.h>
#include <string.h>

/* What decides what becomes of a document, beside its bytes. */
static char *
describe_reader(const IngestOptions *ingest)
{
    const IngestLimits *limits = &ingest->limits;
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "virt-plan %s, CPU map %s", VIRT_PLAN_VERSION,
                           cpu_map_origin(ingest->map));
    if (limits->max_document_bytes > 0 || limits->max_archive_bytes > 0 || limits->max_depth > 0)
        g_string_append_printf(text, ", limits %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %u",
                               limits->max_document_bytes, limits->max_archive_bytes,
                               limits->max_depth);
    return g_string_free(text, FALSE);
}

gboolean
recording_begin(Recording *recording, Inventory *inventory, const IngestOptions *ingest,
                gboolean is_complete, const char *const *paths, guint n_paths,
                const CommandContext *context, const char *what, GError **error)
{
    g_autofree char *reader = describe_reader(ingest);

    *recording = (Recording){
        .inventory = inventory,
        .findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free),
        .progress = progress_new(context->is_progress_wanted, what),
    };
    inventory_set_reader(inventory, reader);
    return inventory_begin_run(inventory, database_now_s(), is_complete, error) &&
           inventory_recall_sources(inventory, paths, n_paths, error);
}

static gboolean
is_known(const Source *source, gboolean has_hash, gpointer user_data)
{
    Recording *recording = user_data;

    return inventory_knows_source(recording->inventory, source, has_hash);
}

static gboolean
is_known_archive(const Source *archive, gboolean has_hash, gpointer user_data)
{
    Recording *recording = user_data;

    return inventory_knows_archive(recording->inventory, archive, has_hash);
}

static gboolean
take_unchanged_archive(const Source *archive, gpointer user_data, GError **error)
{
    Recording *recording = user_data;

    return inventory_record_unchanged_archive(recording->inventory, archive, error);
}

static gboolean
take_archive(const Source *archive, gpointer user_data, GError **error)
{
    Recording *recording = user_data;

    return inventory_record_archive(recording->inventory, archive, error);
}

static gboolean
take_unchanged(const Source *source, gpointer user_data, GError **error)
{
    Recording *recording = user_data;

    return inventory_record_unchanged(recording->inventory, source, error);
}

/* FALSE with RET_IS_EMPTY unset on an error. */
static gboolean
is_always_empty(Recording *recording, const SourceReading *reading, gboolean *ret_is_empty,
                GError **error)
{
    const Finding *first =
        reading->findings->len > 0 ? g_ptr_array_index(reading->findings, 0) : NULL;
    gboolean is_known = TRUE;

    if (first != NULL && strcmp(first->id, INGEST_EMPTY_FOLDER) == 0 &&
        !inventory_knows_below(recording->inventory, reading->source, &is_known, error))
        return FALSE;
    *ret_is_empty = !is_known;
    return TRUE;
}

static gboolean
take_reading(SourceReading *reading, gpointer user_data, GError **error)
{
    Recording *recording = user_data;
    g_autoptr(SourceReading) owned = reading;
    gboolean is_empty;

    if (!is_always_empty(recording, owned, &is_empty, error))
        return FALSE;
    if (is_empty)
        return TRUE;
    for (guint i = 0; i < owned->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(owned->findings, i);

        if (finding->severity >= FINDING_WARNING)
            g_ptr_array_add(recording->findings, finding_copy(finding));
    }
    return inventory_record_reading(recording->inventory, owned, error);
}

/* Other processes cannot write while a batch is open. */
static gboolean
end_batch(gpointer user_data, GError **error)
{
    return inventory_flush(((Recording *)user_data)->inventory, error);
}

static void
show_progress(guint64 n_done, guint64 n_total, gpointer user_data)
{
    progress_update(((Recording *)user_data)->progress, n_done, n_total);
}

IngestLimits
recording_limits(const PlanSettings *settings)
{
    const guint64 mib = G_GUINT64_CONSTANT(1) << 20;

    if (settings == NULL)
        return (IngestLimits){0};
    return (IngestLimits){.max_document_bytes = settings->max_document_mib * mib,
                          .max_archive_bytes = settings->max_archive_mib * mib,
                          .max_depth = settings->max_depth};
}

IngestSink
recording_sink(Recording *recording)
{
    return (IngestSink){
        .is_known = is_known,
        .is_known_archive = is_known_archive,
        .unchanged_archive = take_unchanged_archive,
        .read_archive = take_archive,
        .unchanged = take_unchanged,
        .read = take_reading,
        .idle = end_batch,
        .progress = show_progress,
        .user_data = recording,
    };
}

static void
print_summary(const InventoryRun *run, GString *out)
{
    if (run->n_sources == 0)
        g_string_append(out, "There was nothing to read: put what each host says (virsh "
                             "capabilities and the like) into a folder of its name.\n");
    g_string_append_printf(
        out, "Read %u document%s, %u of them unchanged: %u host%s (%u new, %u changed), %u guest%s",
        run->n_sources, words_plural(run->n_sources), run->n_unchanged, run->n_hosts,
        words_plural(run->n_hosts), run->n_hosts_new, run->n_hosts_changed, run->n_guests,
        words_plural(run->n_guests));
    if (run->n_hosts_gone > 0)
        g_string_append_printf(out, "; %u host%s gone", run->n_hosts_gone,
                               run->n_hosts_gone == 1 ? " is" : "s are");
    if (run->n_quarantined > 0)
        g_string_append_printf(out, "; %u in quarantine, see 'virt-plan quarantine'",
                               run->n_quarantined);
    g_string_append(out, ".\n");
}

/* What only the inventory can see, because it takes two documents. */
static gboolean
add_contradictions(Recording *recording, GError **error)
{
    g_autoptr(GPtrArray) contradictions =
        inventory_contradictions(recording->inventory, recording->run.id, error);

    if (contradictions == NULL)
        return FALSE;
    g_ptr_array_extend_and_steal(recording->findings, g_steal_pointer(&contradictions));
    return TRUE;
}

ExitStatus
recording_finish(Recording *recording, CommandContext *context, GError **error)
{
    g_clear_pointer(&recording->progress, progress_free);
    if (!inventory_finish_run(recording->inventory, database_now_s(), &recording->run, error) ||
        !add_contradictions(recording, error))
        return EXIT_FAILED;
    g_ptr_array_sort(recording->findings, finding_compare);
    for (guint i = 0; i < recording->findings->len; i++) {
        g_autofree char *line = finding_format(g_ptr_array_index(recording->findings, i));

        command_complain("%s", line);
    }
    if (!context->is_quiet)
        print_summary(&recording->run, context->out);
    return recording->run.n_quarantined > 0 ? EXIT_ANSWER_NO : EXIT_WELL;
}

void
recording_clear(Recording *recording)
{
    g_clear_pointer(&recording->progress, progress_free);
    g_clear_pointer(&recording->findings, g_ptr_array_unref);
}
