/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A source is a sequence of XML documents, or one document of another kind. What stands between XML
 * documents is passed over here, so that the parser sees a document from its root element on and
 * never meets an encoding declaration. A document whose end is not known takes the rest of the
 * source with it.
 */

#include "documents.h"

#include "document_sharing.h"
#include "ingest_limits.h"
#include "message_text.h"
#include "raw_cpu.h"
#include "source_text.h"
#include "version_text_reader.h"

#include <ingest/cpuid_text_reader.h>
#include <ingest/qemu_cpu_reader.h>
#include <string.h>
#include <xxhash.h>

/* A source of more documents than this is an attack, or a database dump. */
#define MAX_DOCUMENTS 100000
#define NO_KNOWN_KIND_REMEDY                                                                       \
    "give capabilities, domain capabilities, domain XML, CPUID documents or versions, and keep "   \
    "other files out of the sources"

struct DocumentsReader {
    IngestOptions options; /* limits filled in */
    SharedRecords *shared; /* NULL: none */
    XmlStream *stream;
};

/* What is being read. */
typedef struct {
    DocumentsReader *reader;
    SourceReading *reading;
    const char *host_name; /* NULL: the file's name tells */
    const char *file_name;
    SourceText text;
    guint n_hosts;    /* host documents so far */
    Finding *unknown; /* about the first document of no known kind; the reading's */
    guint n_unknown;
} Scan;

static const DocumentReader *const readers[] = {
    &capabilities_reader,
    &domain_capabilities_reader,
    &domain_reader,
    &domain_status_reader,
};

/* Root elements of documents that libvirt writes and that say nothing about hosts or guests. */
static const char *const unused_roots[] = {
    "network",          "networkport",  "pool",    "volume", "interface",
    "nodedev",          "device",       "filter",  "secret", "domainsnapshot",
    "domaincheckpoint", "domainbackup", "sysinfo", "cpu",    "storagepoolCapabilities",
    "networkstatus",    "cliOutput",
};

/* ---- reader --------------------------------------------------------------------------------- */

DocumentsReader *
documents_reader_new(const IngestOptions *options, SharedRecords *shared)
{
    DocumentsReader *reader = g_new0(DocumentsReader, 1);

    reader->shared = shared;
    reader->options = *options;
    ingest_limits_fill(&reader->options.limits);
    reader->stream = xml_stream_new(&reader->options.limits);
    return reader;
}

void
documents_reader_free(DocumentsReader *reader)
{
    if (reader == NULL)
        return;
    xml_stream_free(reader->stream);
    g_free(reader);
}

void
documents_hash(const char *bytes, gsize length, guint64 ret_hash[2])
{
    XXH128_hash_t hash = XXH3_128bits(bytes, length);

    ret_hash[0] = hash.high64;
    ret_hash[1] = hash.low64;
}

void
source_complain(SourceReading *reading, FindingSeverity severity, const char *id, guint line,
                const char *text, const char *remedy)
{
    g_autofree char *clean = message_text_clean(text);
    Finding *finding = finding_new(severity, id, clean, remedy);

    finding->source = source_format(reading->source);
    finding->line = line;
    g_ptr_array_add(reading->findings, finding);
}

/* ---- what a document is of ------------------------------------------------------------------ */

/*
 * A file of many hosts' capabilities has but one name: hosts after the first get a number, and
 * documents belong to the host before them.
 */
static char *
host_name_for(const Scan *scan, const Document *document)
{
    const char *guest = document->guest == NULL ? NULL : document->guest->name;
    g_autofree char *name = scan->host_name != NULL ? g_utf8_make_valid(scan->host_name, -1)
                                                    : layout_host_of_file(scan->file_name, guest);

    if (scan->n_hosts < 2)
        return g_steal_pointer(&name);
    return g_strdup_printf("%s#%u", name, scan->n_hosts);
}

/* A guest's own name tells nothing about its host. */
static void
place_guest(Scan *scan, Document *document)
{
    const char *name = document->guest->name != NULL ? document->guest->name : "GUEST";

    if (scan->host_name != NULL || scan->n_hosts > 0 || layout_is_guest_of_host(scan->file_name)) {
        document->guest->host = g_strdup(document->host_name);
        return;
    }
    g_free(document->host_name);
    document->host_name = g_strdup(DOCUMENT_HOST_UNKNOWN);
    g_autofree char *text = g_strdup_printf("nothing tells which host guest %s is on", name);
    g_autofree char *remedy =
        g_strdup_printf("name the file HOST.%s.domain.xml, put it into a folder with the "
                        "capabilities of its host, or give --host",
                        name);
    source_complain(scan->reading, FINDING_WARNING, "guest-without-host", document->line, text,
                    remedy);
}

static void
add_document(Scan *scan, Document *document, guint line)
{
    if (document->kind == DOCUMENT_HOST_CAPABILITIES && ++scan->n_hosts == 2)
        source_complain(scan->reading, FINDING_WARNING, "many-hosts", line,
                        "the source holds more than one host; further ones get a number as name",
                        "give each host a file of its own");
    document->host_name = host_name_for(scan, document);
    if (document->line == 0)
        document->line = line;
    if (document->guest != NULL)
        place_guest(scan, document);
    g_ptr_array_add(scan->reading->documents, document);
}

/* ---- XML ------------------------------------------------------------------------------------ */

static const DocumentReader *
find_reader(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(readers); i++) {
        if (strcmp(readers[i]->root->name, name) == 0)
            return readers[i];
    }
    return NULL;
}

static gboolean
is_unused(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(unused_roots); i++) {
        if (strcmp(unused_roots[i], name) == 0)
            return TRUE;
    }
    return FALSE;
}

/* TRUE when the stream found nothing wrong; else that becomes a finding. */
static gboolean
is_well(Scan *scan)
{
    Finding *failure = xml_stream_take_failure(scan->reader->stream);

    if (failure == NULL)
        return TRUE;
    failure->source = source_format(scan->reading->source);
    g_ptr_array_add(scan->reading->findings, failure);
    return FALSE;
}

/* Reads a document of a kind that READER knows. Returns where it ends, or NULL. */
static const char *
read_known(Scan *scan, const DocumentReader *reader)
{
    gsize used;
    Document *document =
        document_sharing_read(scan->reader->shared, scan->reader->stream, reader, scan->text.cursor,
                              source_text_left(&scan->text), source_text_line(&scan->text), &used);

    if (is_well(scan))
        add_document(scan, document, source_text_line(&scan->text));
    return used == 0 ? NULL : scan->text.cursor + used;
}

/* Messages of readers begin with the line within their document. */
static void
complain_error(Scan *scan, const GError *error, const char *id, const char *remedy)
{
    guint line;
    const char *text = message_text_behind_line(error->message, &line);

    line = source_text_line(&scan->text) + MAX(line, 1) - 1;
    source_complain(scan->reading, FINDING_ERROR, id, line, text, remedy);
}

static const char *
read_cpudata(Scan *scan)
{
    static const char end_tag[] = "</cpudata>";
    const char *stop = g_strstr_len(scan->text.cursor, scan->text.end - scan->text.cursor, end_tag);
    Document *document = g_new0(Document, 1);
    g_autoptr(GError) error = NULL;

    stop = stop == NULL ? scan->text.end : stop + strlen(end_tag);
    if (raw_cpu_read_cpudata(scan->reader->options.map, scan->text.cursor,
                             (gsize)(stop - scan->text.cursor), document, &error)) {
        add_document(scan, document, source_text_line(&scan->text));
    } else {
        complain_error(scan, error, "invalid-cpudata", "make the CPUID document again");
        document_free(document);
    }
    return stop;
}

/* Passes over a document of no use. Returns where it ends, or NULL. */
static const char *
read_unused(Scan *scan, const char *name)
{
    XmlElement root = {.name = name};
    gsize used =
        xml_stream_read(scan->reader->stream, scan->text.cursor, source_text_left(&scan->text),
                        source_text_line(&scan->text), &root, NULL);
    gboolean is_wellformed = is_well(scan);
    g_autofree char *text = NULL;

    if (is_wellformed && is_unused(name)) {
        text = g_strdup_printf("a <%s> document says nothing about a host or guest", name);
        source_complain(scan->reading, FINDING_NOTE, "unused-document",
                        source_text_line(&scan->text), text, "leave it out");
    } else if (is_wellformed && scan->n_unknown++ == 0) {
        text = g_strdup_printf("root element <%.40s> is of no known kind of document", name);
        source_complain(scan->reading, FINDING_ERROR, "unknown-document",
                        source_text_line(&scan->text), text, NO_KNOWN_KIND_REMEDY);
        scan->unknown =
            g_ptr_array_index(scan->reading->findings, scan->reading->findings->len - 1);
    }
    return used == 0 ? NULL : scan->text.cursor + used;
}

static const char *
read_xml(Scan *scan)
{
    g_autofree char *name = source_text_root_name(&scan->text);
    const DocumentReader *reader = find_reader(name);

    if (reader != NULL)
        return read_known(scan, reader);
    if (strcmp(name, "cpudata") == 0)
        return read_cpudata(scan);
    return read_unused(scan, name);
}

/* ---- other kinds ---------------------------------------------------------------------------- */

static void
read_qemu(Scan *scan)
{
    Document *document = g_new0(Document, 1);
    g_autoptr(GError) error = NULL;

    if (raw_cpu_read_qemu(scan->reader->options.map, scan->text.cursor,
                          source_text_left(&scan->text), document, &error)) {
        add_document(scan, document, source_text_line(&scan->text));
        return;
    }
    complain_error(scan, error, "invalid-qemu-reply",
                   g_error_matches(error, QEMU_CPU_READER_ERROR, QEMU_CPU_READER_ERROR_OTHER_ARCH)
                       ? "give what virsh domcapabilities prints on the host"
                       : "save the whole of it");
    document_free(document);
}

static void
read_text(Scan *scan)
{
    Document *document = g_new0(Document, 1);
    g_autofree char *warning = NULL;
    g_autoptr(GError) error = NULL;
    guint warning_line = 0;

    if (!raw_cpu_read_text(scan->reader->options.map, scan->text.cursor,
                           source_text_left(&scan->text), document, &warning, &warning_line,
                           &error)) {
        complain_error(scan, error, "invalid-cpuid", "make the CPUID dump again");
        document_free(document);
        return;
    }
    if (warning != NULL)
        source_complain(scan->reading, FINDING_WARNING, "differing-cpus",
                        source_text_line(&scan->text) + warning_line - 1, warning,
                        "pin guests to CPUs of one kind to use all of their features");
    add_document(scan, document, source_text_line(&scan->text));
}

static void
read_versions(Scan *scan)
{
    g_autoptr(GError) error = NULL;
    HostSoftware *software =
        version_text_reader_parse(scan->text.cursor, source_text_left(&scan->text), &error);

    if (software == NULL) {
        complain_error(scan, error, "invalid-versions",
                       "write what 'LC_ALL=C virsh version --daemon' and 'uname -sr' print on one "
                       "host");
        return;
    }
    Document *document = g_new0(Document, 1);
    document->kind = DOCUMENT_HOST_SOFTWARE;
    document->software = software;
    add_document(scan, document, source_text_line(&scan->text));
}

static void
complain_unknown(Scan *scan)
{
    source_complain(scan->reading, FINDING_ERROR, "unknown-document", source_text_line(&scan->text),
                    "the content is of no known kind of document", NO_KNOWN_KIND_REMEDY);
}

/* ---- the source ----------------------------------------------------------------------------- */

/* What a broken file leaves of a document may look like many: one finding counts them. */
static void
count_unknown(Scan *scan)
{
    if (scan->n_unknown < 2)
        return;
    g_autofree char *first = scan->unknown->text;
    scan->unknown->text =
        g_strdup_printf("%s, as are %u more behind it", first, scan->n_unknown - 1);
}

static void
read_all(Scan *scan)
{
    source_text_skip_misc(&scan->text);
    if (scan->text.cursor == scan->text.end) {
        source_complain(scan->reading, FINDING_ERROR, "empty", 0, "there is no document in it",
                        "fetch the document again");
        return;
    }
    if (qemu_cpu_reader_is_json(scan->text.cursor, source_text_left(&scan->text))) {
        read_qemu(scan);
        return;
    }
    if (*scan->text.cursor != '<') {
        if (cpuid_text_reader_recognizes(scan->text.cursor, source_text_left(&scan->text)))
            read_text(scan);
        else if (version_text_reader_recognizes(scan->text.cursor, source_text_left(&scan->text)))
            read_versions(scan);
        else
            complain_unknown(scan);
        return;
    }
    for (guint n = 0; scan->text.cursor < scan->text.end; n++) {
        if (*scan->text.cursor != '<' || n == MAX_DOCUMENTS) {
            source_complain(scan->reading, FINDING_ERROR, "trailing-text",
                            source_text_line(&scan->text), "text that is no document follows",
                            "remove what is not XML");
            return;
        }
        const char *stop = read_xml(scan);
        if (stop == NULL)
            return;
        scan->text.cursor = stop;
        source_text_skip_misc(&scan->text);
    }
}

static gboolean
is_too_long(Scan *scan, gsize length)
{
    guint64 max = scan->reader->options.limits.max_document_bytes;

    if (length <= max)
        return FALSE;
    g_autofree char *text = g_strdup_printf("the source has %" G_GSIZE_FORMAT
                                            " bytes, more than the %" G_GUINT64_FORMAT " allowed",
                                            length, max);
    source_complain(scan->reading, FINDING_ERROR, "too-long", 0, text,
                    "check where it comes from, or split it");
    return TRUE;
}

/* XML has no NUL, and text behind one would be lost without a word. */
static gboolean
has_nul(Scan *scan)
{
    const char *nul = memchr(scan->text.cursor, '\0', source_text_left(&scan->text));

    if (nul == NULL)
        return FALSE;
    scan->text.cursor = nul;
    source_complain(scan->reading, FINDING_ERROR, "nul-byte", source_text_line(&scan->text),
                    "there is a NUL byte in the text", "fetch the document again");
    return TRUE;
}

/* Standard input has no name, but a host needs one. */
static char *
name_of_file(const Source *source)
{
    if (source->member == NULL && strcmp(source->path, "-") == 0)
        return g_strdup("stdin");
    return g_path_get_basename(source->member != NULL ? source->member : source->path);
}

void
documents_read(DocumentsReader *reader, SourceReading *reading, const char *host_name,
               const char *bytes, gsize length)
{
    const Source *source = reading->source;
    g_autofree char *file_name = name_of_file(source);
    g_autofree char *converted = NULL, *problem = NULL;
    Scan scan = {
        .reader = reader,
        .reading = reading,
        .host_name = host_name,
        .file_name = file_name,
    };

    source_text_init(&scan.text, bytes, length);
    if (is_too_long(&scan, length))
        return;
    if (!source_text_convert(&scan.text, &converted, &problem))
        source_complain(reading, FINDING_ERROR, "wrong-encoding", 1, problem,
                        "convert the document to UTF-8");
    else if (!has_nul(&scan))
        read_all(&scan);
    count_unknown(&scan);
}

LayoutKind
documents_sniff(const char *bytes, gsize length)
{
    SourceText text;

    source_text_init(&text, bytes, length);
    source_text_skip_misc(&text);
    const gsize left = source_text_left(&text);
    if (left > 0 && *text.cursor == '<') {
        g_autofree char *name = source_text_root_name(&text);

        return strcmp(name, "capabilities") == 0 || strcmp(name, "cpudata") == 0
                   ? LAYOUT_KIND_HOST
                   : LAYOUT_KIND_OTHER;
    }
    return cpuid_text_reader_recognizes(text.cursor, left)     ? LAYOUT_KIND_HOST
           : version_text_reader_recognizes(text.cursor, left) ? LAYOUT_KIND_SOFTWARE
                                                               : LAYOUT_KIND_OTHER;
}

/* ---- one buffer ----------------------------------------------------------------------------- */

SourceReading *
documents_read_buffer(const char *path, const char *member, const char *bytes, gsize length,
                      const IngestOptions *options)
{
    g_autoptr(DocumentsReader) reader = documents_reader_new(options, NULL);
    Source *source = g_new0(Source, 1);
    SourceReading *reading = source_reading_new(source);

    source->path = g_utf8_make_valid(path, -1);
    source->member = member == NULL ? NULL : g_utf8_make_valid(member, -1);
    source->size = length;
    documents_hash(bytes, length, source->hash);
    documents_read(reader, reading, options->host_name, bytes, length);
    return reading;
}

SourceReading *
ingest_buffer(const char *name, const char *bytes, gsize length, const IngestOptions *options)
{
    return documents_read_buffer(name, NULL, bytes, length, options);
}
