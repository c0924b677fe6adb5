/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Any bytes as a source: records or findings, and nothing else. Every error has a line and a
 * remedy, every guest can be read again from the text that is kept of it, and reading with shared
 * records gives as much as without.
 */

#include "fuzz.h"

#include "../../ingest/documents.h"

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

        g_assert(
            (document->host != NULL) + (document->domain != NULL) + (document->guest != NULL) == 1);
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
        g_autoptr(Guest) again = guest_reader_parse(guest->xml, strlen(guest->xml), NULL, NULL);
        g_assert(again != NULL);
        g_assert_cmpstr(again->name, ==, guest->name);
        g_assert_cmpuint(again->traits->len, ==, guest->traits->len);
    }
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
    g_autoptr(SourceReading) second = read_source(&options, shared, bytes, size);

    check_reading(first);
    check_guests(first);
    g_assert_cmpuint(first->documents->len, ==, second->documents->len);
    g_assert_cmpuint(first->findings->len, ==, second->findings->len);
    shared_records_free(shared);
    return 0;
}
