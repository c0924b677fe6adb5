/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Any bytes as a source: records or findings, and nothing else. Every error has a line and a
 * remedy, every guest can be read again from the text that is kept of it, and reading with shared
 * records gives what reading without them gives: of the same bytes, and of bytes that have all but
 * a comment in common with them.
 */

#include "fuzz.h"

#include "../../ingest/documents.h"
#include "../ingest/reading_description.h"

#include <ingest/guest_reader.h>
#include <string.h>

static SourceReading *
read_source(const IngestOptions *options, SharedRecords *shared, const char *bytes, gsize length)
{
    g_autoptr(DocumentsReader) reader = documents_reader_new(options, shared);
    Source *source = g_new0(Source, 1);
    SourceReading *reading = source_reading_new(source);

    source->path = g_strdup("web01.xml");
    documents_read(reader, reading, NULL, bytes, length);
    return reading;
}

/* At least one version, and each begins with a number. */
static void
check_software(const HostSoftware *software)
{
    guint n = 0;

    for (guint i = 0; i < SOFTWARE_COUNT; i++) {
        const char *version = software->versions[i];

        g_assert(version == NULL || (g_ascii_isdigit(*version) && strlen(version) <= 64));
        n += version != NULL;
    }
    g_assert(n > 0);
}

static void
check_reading(const SourceReading *reading)
{
    g_assert(reading->documents->len + reading->findings->len > 0);
    for (guint i = 0; i < reading->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(reading->findings, i);

        g_assert(finding->id != NULL && *finding->text != '\0' && *finding->remedy != '\0');
        g_assert(strchr(finding->text, '\n') == NULL);
    }
    for (guint i = 0; i < reading->documents->len; i++) {
        const Document *document = g_ptr_array_index(reading->documents, i);

        g_assert((document->host != NULL) + (document->domain != NULL) + (document->guest != NULL) +
                     (document->software != NULL) ==
                 1);
        if (document->software != NULL)
            check_software(document->software);
        g_assert(document->host_name != NULL && document->line > 0);
    }
}

static void
check_guests(const SourceReading *reading)
{
    for (guint i = 0; i < reading->documents->len; i++) {
        const Document *document = g_ptr_array_index(reading->documents, i);

        if (document->guest == NULL)
            continue;
        const Guest *guest = document->guest;
        g_autoptr(Guest) again = guest_reader_parse(guest->xml, strlen(guest->xml), NULL);
        g_assert(again != NULL);
        g_assert_cmpstr(again->name, ==, guest->name);
        g_assert_cmpuint(again->traits->len, ==, guest->traits->len);
    }
}

/* BYTES with a comment before the last end tag: another document, with the same sections. */
static GString *
mark(const char *bytes, gsize length)
{
    GString *marked = g_string_new_len(bytes, (gssize)length);
    gsize at = length;

    while (at > 0 && !(at + 1 < length && bytes[at] == '<' && bytes[at + 1] == '/'))
        at--;
    return g_string_insert(marked, (gssize)at, "<!-- marked -->");
}

static void
check_sharing(const IngestOptions *options, SharedRecords *shared, const char *bytes, gsize length)
{
    g_autoptr(SourceReading) with = read_source(options, shared, bytes, length);
    g_autoptr(SourceReading) without = read_source(options, NULL, bytes, length);
    g_autofree char *left = reading_describe(with), *right = reading_describe(without);

    g_assert_cmpstr(left, ==, right);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static CpuMap *map;
    const char *bytes = (const char *)data;

    if (map == NULL)
        map = cpu_map_new_builtin();
    const IngestOptions options = {.map = map};
    SharedRecords *shared = shared_records_new();
    g_autoptr(SourceReading) first = read_source(&options, shared, bytes, size);
    g_autoptr(GString) marked = mark(bytes, size);

    check_reading(first);
    check_guests(first);
    check_sharing(&options, shared, bytes, size);
    check_sharing(&options, shared, marked->str, marked->len);
    shared_records_free(shared);
    return 0;
}
