/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Any bytes as a raw CPUID document: at least one item, or an error. */

#include "fuzz.h"

#include <ingest/cpudata_reader.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CpuData) cpu = cpudata_reader_parse((const char *)data, size, &error);

    if (cpu != NULL)
        g_assert(cpu_data_n_items(cpu) > 0 && error == NULL);
    else
        g_assert(error != NULL);
    return 0;
}
