/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Any bytes as a file of CPUs: definitions or an error, what is written of a definition reads as
 * the same definition again, and a list is read as it is behind a comment, where all of it is
 * parsed.
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

static gboolean
write_down(CpuDefinition *cpu, const CpuPlace *place, gpointer user_data, GError **error)
{
    (void)error;
    g_string_append_printf(user_data, "%u %u %u %u %u %" G_GUINT64_FORMAT "\n", place->index,
                           place->line, place->element, cpu->type, cpu->microcode, cpu->tsc_hz);
    cpu_definition_format(cpu, 0, user_data);
    cpu_definition_free(cpu);
    return TRUE;
}

/* All that is read of TEXT, and whether there was an error. */
static char *
read_all(const char *text, gsize length)
{
    GString *all = g_string_new(NULL);

    if (!cpu_reader_file(text, length, CPU_ELEMENT_BARE, write_down, all, NULL))
        g_string_append(all, "error");
    return g_string_free(all, FALSE);
}

static void
check_list(const char *text, gsize length)
{
    static const char comment[] = "<!-- -->";
    g_autoptr(GString) behind = g_string_new(comment);

    g_string_append_len(behind, text, (gssize)length);
    g_autofree char *as_list = read_all(text, length);
    g_autofree char *as_whole = read_all(behind->str, behind->len);
    g_assert(strcmp(as_list, as_whole) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CpuDefinition) cpu = NULL, again = NULL;

    check_list((const char *)data, size);
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
