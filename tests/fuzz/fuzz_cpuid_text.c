/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Any bytes as a CPUID dump: data of at least one CPU, or an error. */

#include "fuzz.h"

#include <ingest/cpuid_text_reader.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CpuidText) text = cpuid_text_reader_parse((const char *)data, size, &error);

    if (text != NULL)
        g_assert(text->n_cpus > 0 && text->n_cpus >= text->n_differing && error == NULL);
    else
        g_assert(error != NULL);
    return 0;
}
