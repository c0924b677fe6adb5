/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Records with a digest are told by it: it is made of all that they say. */

#include "reading_description.h"

static void
describe_host(GString *text, const HostCapabilities *host)
{
    g_string_append_printf(text, "%s %s %u %s %s\n", host->uuid, host->machines->digest,
                           host->machines->guests->len, host->capabilities->digest,
                           host->cpu_digest);
    g_string_append_printf(text, "%" G_GUINT64_FORMAT " %u %u %s\n", host->memory_kib, host->n_cpus,
                           host->n_numa_cells, host->huge_pages);
}

static void
describe_software(GString *text, const HostSoftware *software)
{
    for (guint i = 0; i < SOFTWARE_COUNT; i++)
        g_string_append_printf(text, "%s\n", software->versions[i]);
}

char *
reading_describe(const SourceReading *reading)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < reading->documents->len; i++) {
        const Document *document = g_ptr_array_index(reading->documents, i);

        g_string_append_printf(text, "%u %s %u\n", document->kind, document->host_name,
                               document->line);
        if (document->host != NULL)
            describe_host(text, document->host);
        if (document->domain != NULL)
            g_string_append_printf(text, "%s %u\n", document->domain->digest,
                                   document->domain->models->len);
        if (document->software != NULL)
            describe_software(text, document->software);
        if (document->guest != NULL)
            g_string_append_printf(text, "%s\n", document->guest->xml);
    }
    for (guint i = 0; i < reading->findings->len; i++) {
        g_autofree char *line = finding_format(g_ptr_array_index(reading->findings, i));

        g_string_append_printf(text, "%s\n", line);
    }
    return g_string_free(text, FALSE);
}
