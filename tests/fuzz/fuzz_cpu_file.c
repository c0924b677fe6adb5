/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Any bytes as a file of CPUs: definitions or an error, and what is written of a definition reads
 * as the same definition again.
 */

#include "fuzz.h"

#include <ingest/cpu_reader.h>
#include <string.h>

static gboolean
keep(CpuDefinition *cpu, const CpuPlace *place, gpointer user_data, GError **error)
{
    CpuDefinition **kept = user_data;

    (void)place, (void)error;
    cpu_definition_free(*kept);
    *kept = cpu;
    return TRUE;
}

static char *
format(const CpuDefinition *cpu)
{
    GString *out = g_string_new(NULL);

    cpu_definition_format(cpu, 0, out);
    return g_string_free(out, FALSE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CpuDefinition) cpu = NULL, again = NULL;

    if (!cpu_reader_file((const char *)data, size, CPU_ELEMENT_BARE, keep, &cpu, &error)) {
        g_assert(error != NULL);
        return 0;
    }
    g_assert(error == NULL && cpu != NULL);
    g_autofree char *text = format(cpu);
    if (*text == '\0' || (cpu->type == CPU_TYPE_HOST && cpu->model == NULL))
        return 0;
    g_assert(cpu_reader_file(text, strlen(text), CPU_ELEMENT_BARE, keep, &again, NULL) ||
             cpu->model == NULL);
    if (again == NULL)
        return 0;
    g_autofree char *second = format(again);
    g_assert(strcmp(text, second) == 0);
    return 0;
}
