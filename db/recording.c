/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Recording what a source gave. A good source replaces all that it gave before. From a source with
 * an error, the documents that could be read replace those about the same thing, and the others
 * stay as they were: a host does not vanish because its file is broken tonight. So it is with
 * standard input, through which one host comes after the other.
 *
 * What is recorded gathers in one transaction, the batch. It is committed when it is large or old
 * enough, and always together with the states of the hosts that it touched, so that every commit is
 * consistent by itself: a process that is killed loses its open batch, and the next run finds those
 * sources unread. After each commit there is a pause of a millisecond, in which another process
 * that waits for its turn gets it.
 */

#include "inventory_private.h"
#include "record.h"
#include "store.h"

#define BATCH_SOURCES 4096
#define BATCH_US (250 * G_TIME_SPAN_MILLISECOND)
#define BATCH_PAUSE_US G_TIME_SPAN_MILLISECOND

/* The record that a document led to; one of the four ids is set. */
typedef struct {
    gint64 host;
    gint64 report, domain, guest, software;
} StoredDocument;

/* ---- hosts ----------------------------------------------------------------------------------- */

QUERY(find_host, "SELECT id FROM host WHERE name = :name");
QUERY(insert_host, "INSERT INTO host (name, first_run) VALUES (:name, :run)");

static gboolean
save_host(Inventory *inventory, const char *name, gint64 *ret_id, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &find_host);

    statement_bind_text(statement, ":name", name);
    *ret_id = statement_next(statement) ? statement_int(statement, "id") : 0;
    if (!statement_finish(statement, error))
        return FALSE;
    if (*ret_id != 0)
        return TRUE;
    statement = connection_statement(inventory->connection, &insert_host);
    statement_bind_text(statement, ":name", name);
    statement_bind_int(statement, ":run", inventory->open_run.id);
    if (!statement_run(statement, error))
        return FALSE;
    *ret_id = connection_last_id(inventory->connection);
    return TRUE;
}

/* A row of host_report. */
typedef struct {
    gint64 host, cpu, machines, capabilities;
    const HostCapabilities *said;
} HostReport;

static const Field said_fields[] = {
    FIELD(HostCapabilities, uuid, FIELD_TEXT),
    FIELD(HostCapabilities, huge_pages, FIELD_TEXT),
    FIELD(HostCapabilities, memory_kib, FIELD_UINT64),
    FIELD(HostCapabilities, n_cpus, FIELD_UINT),
    FIELD(HostCapabilities, n_numa_cells, FIELD_UINT),
    FIELD(HostCapabilities, is_raw_cpuid, FIELD_INT),
};

static const Field said_cpu_fields[] = {
    FIELD(CpuDefinition, microcode, FIELD_UINT),
    FIELD_WORDS(CpuDefinition, tsc_scaling, &switch_words),
    FIELD(CpuDefinition, tsc_hz, FIELD_UINT64),
    FIELD(CpuDefinition, sockets, FIELD_UINT),
    FIELD(CpuDefinition, cores, FIELD_UINT),
    FIELD(CpuDefinition, threads, FIELD_UINT),
};

QUERY(find_report,
      "SELECT id FROM host_report WHERE host_id = :host AND uuid IS :uuid"
      " AND cpu_profile_id = :cpu AND machine_profile_id IS :machines"
      " AND capability_profile_id IS :capabilities AND microcode = :microcode"
      " AND tsc_scaling = :tsc_scaling AND tsc_hz = :tsc_hz AND memory_kib = :memory_kib"
      " AND n_cpus = :n_cpus AND n_numa_cells = :n_numa_cells AND sockets = :sockets"
      " AND cores = :cores AND threads = :threads AND huge_pages IS :huge_pages"
      " AND is_raw_cpuid = :is_raw_cpuid");
QUERY(insert_report,
      "INSERT INTO host_report (host_id, uuid, cpu_profile_id, machine_profile_id,"
      " capability_profile_id, microcode, tsc_scaling, tsc_hz, memory_kib, n_cpus, n_numa_cells,"
      " sockets, cores, threads, huge_pages, is_raw_cpuid)"
      " VALUES (:host, :uuid, :cpu, :machines, :capabilities, :microcode, :tsc_scaling, :tsc_hz,"
      " :memory_kib, :n_cpus, :n_numa_cells, :sockets, :cores, :threads, :huge_pages,"
      " :is_raw_cpuid)");

static Statement *
report_statement(Inventory *inventory, const Query *query, const HostReport *report)
{
    Statement *statement = connection_statement(inventory->connection, query);

    statement_bind_int(statement, ":host", report->host);
    statement_bind_int(statement, ":cpu", report->cpu);
    statement_bind_id(statement, ":machines", report->machines);
    statement_bind_id(statement, ":capabilities", report->capabilities);
    record_bind(statement, said_fields, G_N_ELEMENTS(said_fields), report->said);
    record_bind(statement, said_cpu_fields, G_N_ELEMENTS(said_cpu_fields), report->said->cpu);
    return statement;
}

static gboolean
save_report(Inventory *inventory, gint64 host, const HostCapabilities *said, gint64 *ret_id,
            GError **error)
{
    Connection *connection = inventory->connection;
    HostReport report = {.host = host, .said = said};

    if (!cpu_store_save_profile(connection, said, &report.cpu, error) ||
        !profile_store_save_machines(connection, said->machines, &report.machines, error))
        return FALSE;
    if (!said->is_raw_cpuid && !profile_store_save_capabilities(connection, said->capabilities,
                                                                &report.capabilities, error))
        return FALSE;
    Statement *statement = report_statement(inventory, &find_report, &report);
    *ret_id = statement_next(statement) ? statement_int(statement, "id") : 0;
    if (!statement_finish(statement, error))
        return FALSE;
    if (*ret_id != 0)
        return TRUE;
    if (!statement_run(report_statement(inventory, &insert_report, &report), error))
        return FALSE;
    *ret_id = connection_last_id(connection);
    return TRUE;
}

/* ---- documents ------------------------------------------------------------------------------- */

static gboolean
save_record(Inventory *inventory, const Document *document, StoredDocument *ret_stored,
            GError **error)
{
    Connection *connection = inventory->connection;

    if (!save_host(inventory, document->host_name, &ret_stored->host, error))
        return FALSE;
    switch (document->kind) {
    case DOCUMENT_HOST_CAPABILITIES:
        return save_report(inventory, ret_stored->host, document->host, &ret_stored->report, error);
    case DOCUMENT_DOMAIN_CAPABILITIES:
        return domain_store_save(connection, document->domain, &ret_stored->domain, error);
    case DOCUMENT_DOMAIN:
        return guest_store_save(connection, document->guest, &ret_stored->guest, error);
    case DOCUMENT_HOST_SOFTWARE:
        return software_store_save(connection, document->software, &ret_stored->software, error);
    case DOCUMENT_KIND_COUNT:
    default:
        g_assert_not_reached();
    }
}

/* The document of a source that is about the same thing as a record of the same host. */
QUERY(delete_report, "DELETE FROM document WHERE source_id = :source AND host_id = :host"
                     " AND host_report_id IS NOT NULL");
QUERY(delete_domain, "DELETE FROM document WHERE source_id = :source AND host_id = :host AND EXISTS"
                     " (SELECT 1 FROM domain_capability AS old JOIN domain_capability AS new"
                     "  ON new.arch = old.arch AND new.domain_type = old.domain_type"
                     "  AND new.machine IS old.machine AND new.emulator IS old.emulator"
                     "  WHERE old.id = document.domain_capability_id AND new.id = :record)");
QUERY(delete_guest, "DELETE FROM document WHERE source_id = :source AND host_id = :host AND EXISTS"
                    " (SELECT 1 FROM guest_definition AS old JOIN guest_definition AS new"
                    "  ON new.guest = old.guest"
                    "  WHERE old.id = document.guest_definition_id AND new.id = :record)");

/* One that tells more than the new one stays: "uname" takes nothing away that "virsh" told. */
QUERY(delete_software,
      "DELETE FROM document WHERE source_id = :source AND host_id = :host AND EXISTS"
      " (SELECT 1 FROM software AS old JOIN software AS new"
      "  ON (old.qemu = '' OR new.qemu <> '') AND (old.libvirt = '' OR new.libvirt <> '')"
      "  AND (old.kernel = '' OR new.kernel <> '')"
      "  WHERE old.id = document.software_id AND new.id = :record)");

static gboolean
delete_predecessor(Inventory *inventory, gint64 source, const StoredDocument *stored,
                   GError **error)
{
    const Query *query = stored->report != 0   ? &delete_report
                         : stored->domain != 0 ? &delete_domain
                         : stored->guest != 0  ? &delete_guest
                                               : &delete_software;
    Statement *statement = connection_statement(inventory->connection, query);

    statement_bind_int(statement, ":source", source);
    statement_bind_int(statement, ":host", stored->host);
    if (stored->report == 0) /* the others are 0 */
        statement_bind_int(statement, ":record", stored->domain + stored->guest + stored->software);
    return statement_run(statement, error);
}

QUERY(select_next_ordinal, "SELECT ifnull(max(ordinal) + 1, 0) AS ordinal FROM document"
                           " WHERE source_id = :source");
QUERY(insert_document,
      "INSERT INTO document (source_id, ordinal, host_id, mtime_ns, host_report_id,"
      " domain_capability_id, guest_definition_id, software_id)"
      " VALUES (:source, :ordinal, :host, :mtime_ns, :report, :domain, :guest, :software)");

/* A source that is being recorded. */
typedef struct {
    gint64 id;
    gint64 mtime_ns;
    gboolean is_new;
    gboolean is_whole; /* what it gave replaces all that it gave before */
    gint64 ordinal;    /* of its next document */
} StoredSource;

static gboolean
find_next_ordinal(Inventory *inventory, StoredSource *source, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &select_next_ordinal);

    statement_bind_int(statement, ":source", source->id);
    if (statement_next(statement))
        source->ordinal = statement_int(statement, "ordinal");
    return statement_finish(statement, error);
}

static gboolean
save_document(Inventory *inventory, StoredSource *source, const Document *document, GError **error)
{
    StoredDocument stored = {0};

    if (!save_record(inventory, document, &stored, error))
        return FALSE;
    if (!source->is_whole && (!delete_predecessor(inventory, source->id, &stored, error) ||
                              !find_next_ordinal(inventory, source, error)))
        return FALSE;
    Statement *statement = connection_statement(inventory->connection, &insert_document);
    statement_bind_int(statement, ":source", source->id);
    statement_bind_int(statement, ":ordinal", source->ordinal++);
    statement_bind_int(statement, ":mtime_ns", source->mtime_ns);
    statement_bind_int(statement, ":host", stored.host);
    statement_bind_id(statement, ":report", stored.report);
    statement_bind_id(statement, ":domain", stored.domain);
    statement_bind_id(statement, ":guest", stored.guest);
    statement_bind_id(statement, ":software", stored.software);
    inventory_mark_dirty(inventory, stored.host);
    return statement_run(statement, error);
}

/* ---- the end of a batch ---------------------------------------------------------------------- */

gboolean
inventory_update_dirty_hosts(Inventory *inventory, GError **error)
{
    GHashTableIter iter;
    gpointer host;

    g_hash_table_iter_init(&iter, inventory->open_run.dirty_hosts);
    while (g_hash_table_iter_next(&iter, &host, NULL)) {
        if (!state_update_host(inventory, *(const gint64 *)host, error))
            return FALSE;
    }
    g_hash_table_remove_all(inventory->open_run.dirty_hosts);
    return TRUE;
}

gboolean
inventory_end_batch(Inventory *inventory, gboolean is_forced, GError **error)
{
    OpenRun *open_run = &inventory->open_run;
    gint64 now_us = g_get_monotonic_time();

    if (!connection_is_in_transaction(inventory->connection))
        return TRUE;
    if (!is_forced && open_run->batch_size < BATCH_SOURCES &&
        now_us - open_run->batch_end_us < BATCH_US)
        return TRUE;
    if (!inventory_update_dirty_hosts(inventory, error) ||
        !connection_commit(inventory->connection, error))
        return inventory_give_up_run(inventory);
    open_run->batch_size = 0;
    g_usleep(BATCH_PAUSE_US);
    open_run->batch_end_us = g_get_monotonic_time();
    return TRUE;
}

gboolean
inventory_flush(Inventory *inventory, GError **error)
{
    return inventory_end_batch(inventory, TRUE, error);
}

/* ---- readings -------------------------------------------------------------------------------- */

static gboolean
has_error(const GPtrArray *findings)
{
    for (guint i = 0; i < findings->len; i++) {
        if (((const Finding *)g_ptr_array_index(findings, i))->severity == FINDING_ERROR)
            return TRUE;
    }
    return FALSE;
}

static gboolean
save_reading(Inventory *inventory, const SourceReading *reading, GError **error)
{
    gboolean is_good = !has_error(reading->findings);
    StoredSource source = {
        .mtime_ns = reading->source->mtime_ns,
        .is_whole = is_good && !source_is_standard_input(reading->source),
    };

    if (!source_save(inventory, reading->source, &source.id, &source.is_new, error))
        return FALSE;
    if ((source.is_whole && !source.is_new &&
         !document_store_delete(inventory, source.id, error)) ||
        (!is_good && !source_mark_below(inventory, reading->source, error)))
        return FALSE;
    for (guint i = 0; i < reading->documents->len; i++) {
        if (!save_document(inventory, &source, g_ptr_array_index(reading->documents, i), error))
            return FALSE;
    }
    if (source.is_new && reading->findings->len == 0)
        return TRUE;
    return finding_store_update_source(inventory, source.id, reading->findings, error);
}

gboolean
inventory_record_reading(Inventory *inventory, const SourceReading *reading, GError **error)
{
    if (!inventory_check_run(inventory, error))
        return FALSE;
    if (!inventory_begin_batch(inventory, error) || !save_reading(inventory, reading, error))
        return inventory_give_up_run(inventory);
    inventory->open_run.n_sources++;
    inventory->open_run.batch_size++;
    return inventory_end_batch(inventory, FALSE, error);
}

gboolean
inventory_record_unchanged(Inventory *inventory, const Source *source, GError **error)
{
    if (!inventory_check_run(inventory, error))
        return FALSE;
    inventory->open_run.n_sources++;
    inventory->open_run.n_unchanged++;
    if (!source_record_unchanged(inventory, source, error))
        return inventory_give_up_run(inventory);
    return inventory_end_batch(inventory, FALSE, error);
}

gboolean
inventory_record_unchanged_archive(Inventory *inventory, const Source *archive, GError **error)
{
    if (!inventory_check_run(inventory, error))
        return FALSE;
    g_autofree char *path = source_key(inventory, archive);
    g_autoptr(GPtrArray) members = known_sources_members(inventory->open_run.known, path);

    for (guint i = 0; i < members->len; i++) {
        const KnownSource *member = g_ptr_array_index(members, i);

        known_sources_sum(member->key, member->hash, archive_met(inventory, path)->members);
        inventory->open_run.n_sources++;
        inventory->open_run.n_unchanged++;
        if (!source_record_known(inventory, member, archive->mtime_ns, error))
            return inventory_give_up_run(inventory);
        if (!inventory_end_batch(inventory, FALSE, error))
            return FALSE;
    }
    return inventory_record_archive(inventory, archive, error);
}
