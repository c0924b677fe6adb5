/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Where two documents are about the same thing, the one from the newest file counts (a source
 * without a time, such as a live host, is newest; then the greater path), but what a system says
 * about itself counts before a bare CPUID dump. That order does not depend on the order in which
 * documents were read. What does not count is never dropped without a word, unless it says the
 * same.
 */

#include "host_documents.h"
#include "store.h"

#include <string.h>

static void
host_document_free(gpointer data)
{
    HostDocument *document = data;

    g_free(document->place);
    g_free(document->uuid);
    g_free(document->about);
    g_free(document->guest_name);
    host_software_free(document->software);
    g_free(document);
}

void
host_documents_release(HostDocuments *documents)
{
    g_clear_pointer(&documents->domains, g_hash_table_unref);
    g_clear_pointer(&documents->guests, g_hash_table_unref);
    g_clear_pointer(&documents->list, g_ptr_array_unref);
    g_clear_pointer(&documents->findings, g_ptr_array_unref);
}

/* ---- reading --------------------------------------------------------------------------------- */

/* In ascending order of what counts. */
QUERY(
    select_documents,
    "SELECT source_id, host_report_id, domain_capability_id, guest_definition_id,"
    " ifnull(guest, domain_capability.arch || ' ' || domain_capability.domain_type || ' '"
    "  || ifnull(domain_capability.machine, '') || ' ' || ifnull(emulator, '')) AS about,"
    " is_raw_cpuid, host_report.uuid AS uuid, guest_definition.name AS guest_name, is_running,"
    " software_id, qemu, libvirt, kernel,"
    " path || CASE member WHEN '' THEN '' ELSE ':' || member END AS place"
    " FROM document JOIN source ON source.id = source_id"
    " LEFT JOIN host_report ON host_report.id = host_report_id"
    " LEFT JOIN domain_capability ON domain_capability.id = domain_capability_id"
    " LEFT JOIN guest_definition ON guest_definition.id = guest_definition_id"
    " LEFT JOIN software ON software.id = software_id"
    " WHERE document.host_id = :host"
    " ORDER BY is_raw_cpuid DESC, document.mtime_ns = 0, document.mtime_ns, path, member, ordinal");

static gboolean
read_list(Inventory *inventory, gint64 host, GPtrArray *list, GError **error)
{
    Statement *statement = connection_statement(inventory->connection, &select_documents);

    statement_bind_int(statement, ":host", host);
    while (statement_next(statement)) {
        HostDocument *document = g_new0(HostDocument, 1);

        document->source = statement_int(statement, "source_id");
        document->report = statement_int(statement, "host_report_id");
        document->domain = statement_int(statement, "domain_capability_id");
        document->guest = statement_int(statement, "guest_definition_id");
        if (!statement_is_null(statement, "software_id"))
            document->software = software_store_read(statement);
        document->is_raw_cpuid = statement_int(statement, "is_raw_cpuid") != 0;
        document->about = g_strdup(statement_text(statement, "about"));
        document->uuid = g_strdup(statement_text(statement, "uuid"));
        document->guest_name = g_strdup(statement_text(statement, "guest_name"));
        document->is_running = statement_int(statement, "is_running") != 0;
        document->place = g_strdup(statement_string(statement, "place"));
        g_ptr_array_add(list, document);
    }
    return statement_finish(statement, error);
}

/* ---- what counts ----------------------------------------------------------------------------- */

/* virsh and uname may have written a document each. */
static void
take_software(HostDocuments *documents, const HostDocument *document)
{
    for (guint i = 0; i < SOFTWARE_COUNT; i++) {
        if (document->software->versions[i] != NULL)
            documents->software[i] = document;
    }
}

static void
take_document(HostDocuments *documents, HostDocument *document)
{
    if (document->report != 0)
        documents->report = document;
    else if (document->software != NULL)
        take_software(documents, document);
    else
        g_hash_table_replace(document->domain != 0 ? documents->domains : documents->guests,
                             document->about, document);
}

/* The one of the documents about the same thing that counts. */
static const HostDocument *
counted_for(const HostDocuments *documents, const HostDocument *document)
{
    if (document->report != 0)
        return documents->report;
    return g_hash_table_lookup(document->domain != 0 ? documents->domains : documents->guests,
                               document->about);
}

/*
 * A guest that runs and its definition for the next start are not two guests, and a CPUID dump
 * beside capabilities is not another host.
 */
static gboolean
contradicts(const HostDocument *document, const HostDocument *counted)
{
    if (document->guest != 0)
        return document->guest != counted->guest &&
               (document->is_running == counted->is_running ||
                g_strcmp0(document->guest_name, counted->guest_name) != 0);
    return document->domain != counted->domain ||
           (document->report != counted->report && document->is_raw_cpuid == counted->is_raw_cpuid);
}

static char *
guest_of(const char *guest, const char *host)
{
    gboolean is_known = strcmp(host, DOCUMENT_HOST_UNKNOWN) != 0;

    return g_strconcat("guest ", guest, is_known ? " of host " : "", host, NULL);
}

static Finding *
described_twice(const char *text, const char *host, const HostDocument *document)
{
    Finding *finding = document->guest != 0
                           ? finding_new(FINDING_WARNING, "guest-described-twice", text,
                                         "give two guests two UUIDs, or remove the outdated file")
                           : finding_new(FINDING_WARNING, "host-described-twice", text,
                                         "give two hosts two names, or remove the outdated file");

    finding->host = g_strdup(host);
    finding->source = g_strdup(document->place);
    return finding;
}

static Finding *
contradiction(const char *host, const HostDocument *document, const HostDocument *counted)
{
    g_autofree char *subject =
        document->report != 0 ? g_strdup_printf("host %s", host)
        : document->domain != 0
            ? g_strdup_printf("what guests of host %s can use (%s)", host, document->about)
            : guest_of(document->guest_name, host);
    g_autofree char *text =
        g_strdup_printf("%s is described differently by %s, which counts", subject, counted->place);
    return described_twice(text, host, document);
}

/* One source has several documents of software only where each was added later, as one is typed. */
static void
find_other_versions(HostDocuments *documents, const HostDocument *document, const char *host)
{
    for (guint i = 0; i < SOFTWARE_COUNT; i++) {
        const char *version = document->software->versions[i];
        const HostDocument *counted = documents->software[i];

        if (version == NULL || counted->source == document->source ||
            strcmp(version, counted->software->versions[i]) == 0)
            continue;
        g_autofree char *text = g_strdup_printf(
            "the %s version of host %s is told differently (%s, here %s) by %s, which counts",
            software_name((Software)i), host, counted->software->versions[i], version,
            counted->place);
        g_ptr_array_add(documents->findings, described_twice(text, host, document));
    }
}

static void
find_contradictions(HostDocuments *documents, const char *host)
{
    for (guint i = 0; i < documents->list->len; i++) {
        const HostDocument *document = g_ptr_array_index(documents->list, i);

        if (document->stranger != NULL)
            continue;
        if (document->software != NULL) {
            find_other_versions(documents, document, host);
            continue;
        }
        const HostDocument *counted = counted_for(documents, document);
        if (contradicts(document, counted))
            g_ptr_array_add(documents->findings, contradiction(host, document, counted));
    }
}

static const HostDocument *
first_guest(const HostDocuments *documents)
{
    for (guint i = 0; i < documents->list->len; i++) {
        const HostDocument *document = g_ptr_array_index(documents->list, i);

        if (document->guest != 0 && document->stranger == NULL)
            return document;
    }
    return NULL;
}

static const HostDocument *
first_software(const HostDocuments *documents)
{
    const HostDocument *first = NULL;

    for (guint i = 0; i < SOFTWARE_COUNT && first == NULL; i++)
        first = documents->software[i];
    return first;
}

/*
 * Guests, or versions, tell of a host that nothing else tells of: a mistyped name, or a file that
 * went.
 */
static void
find_missing_host(HostDocuments *documents, const char *host)
{
    guint n = g_hash_table_size(documents->guests);
    const HostDocument *first = n > 0 ? first_guest(documents) : first_software(documents);

    if (first == NULL || documents->report != NULL || g_hash_table_size(documents->domains) > 0 ||
        strcmp(host, DOCUMENT_HOST_UNKNOWN) == 0)
        return;
    g_autofree char *text =
        n == 0   ? g_strdup_printf("versions are told of host %s, of which there is no other "
                                     "document",
                                   host)
        : n == 1 ? g_strdup_printf("guest %s is of host %s, of which there is no other document",
                                   first->guest_name, host)
                 : g_strdup_printf("%u guests, such as %s, are of host %s, of which there is no "
                                   "other document",
                                   n, first->guest_name, host);
    Finding *finding = finding_new(FINDING_WARNING, "host-not-described", text,
                                   "read the capabilities of the host, or mend the name of the "
                                   "folder or file");

    finding->host = g_strdup(host);
    finding->source = g_strdup(first->place);
    g_ptr_array_add(documents->findings, finding);
}

gboolean
host_documents_read(Inventory *inventory, gint64 host, const char *name,
                    HostDocuments *ret_documents, GError **error)
{
    *ret_documents = (HostDocuments){
        .domains = g_hash_table_new(g_str_hash, g_str_equal),
        .guests = g_hash_table_new(g_str_hash, g_str_equal),
        .list = g_ptr_array_new_with_free_func(host_document_free),
        .findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free),
    };
    if (!read_list(inventory, host, ret_documents->list, error) ||
        !namesakes_part(inventory, host, name, ret_documents, error))
        return FALSE;
    for (guint i = 0; i < ret_documents->list->len; i++) {
        HostDocument *document = g_ptr_array_index(ret_documents->list, i);

        if (document->stranger == NULL)
            take_document(ret_documents, document);
    }
    find_contradictions(ret_documents, name);
    find_missing_host(ret_documents, name);
    return TRUE;
}
