/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest on its own is read as any document is, so that both give the same record.
 */
#include <ingest/guest_reader.h>

#include <ingest/ingest.h>

G_DEFINE_QUARK(virt_plan_guest_reader_error_quark, guest_reader_error)

Guest *
guest_reader_parse(const char *xml, gsize length, GError **error)
{
    IngestOptions options = {0};
    g_autoptr(SourceReading) reading = ingest_buffer("guest.xml", xml, length, &options);

    for (guint i = 0; i < reading->documents->len; i++) {
        Document *document = g_ptr_array_index(reading->documents, i);

        if (document->guest != NULL)
            return g_steal_pointer(&document->guest);
    }
    if (reading->findings->len > 0) {
        const Finding *finding = g_ptr_array_index(reading->findings, 0);

        g_set_error(error, GUEST_READER_ERROR, GUEST_READER_ERROR_INVALID, "line %u: %s",
                    MAX(finding->line, 1), finding->text);
    } else {
        g_set_error(error, GUEST_READER_ERROR, GUEST_READER_ERROR_INVALID,
                    "line 1: there is no domain in it");
    }
    return NULL;
}
