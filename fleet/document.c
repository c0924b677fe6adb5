/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fleet/document.h>

void
source_free(Source *source)
{
    if (source == NULL)
        return;
    g_free(source->path);
    g_free(source->member);
    g_free(source);
}

char *
source_format(const Source *source)
{
    if (source->member == NULL)
        return g_strdup(source->path);
    return g_strdup_printf("%s:%s", source->path, source->member);
}

void
document_free(Document *document)
{
    if (document == NULL)
        return;
    g_free(document->host_name);
    host_capabilities_free(document->host);
    domain_capabilities_unref(document->domain);
    guest_free(document->guest);
    host_software_free(document->software);
    g_free(document);
}

SourceReading *
source_reading_new(Source *source)
{
    SourceReading *reading = g_new0(SourceReading, 1);

    reading->source = source;
    reading->documents = g_ptr_array_new_with_free_func((GDestroyNotify)document_free);
    reading->findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
    return reading;
}

void
source_reading_free(SourceReading *reading)
{
    if (reading == NULL)
        return;
    source_free(reading->source);
    g_ptr_array_unref(reading->documents);
    g_ptr_array_unref(reading->findings);
    g_free(reading);
}
