/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cpu_testing.h"

#include <ingest/cpu_map_reader.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_SEED 20240229

char *
testing_corpus_path(const char *path)
{
    return g_build_filename(TEST_CORPUS_DIR, path, NULL);
}

gboolean
testing_has_corpus(const char *path)
{
    g_autofree char *full = testing_corpus_path(path);

    if (g_file_test(full, G_FILE_TEST_EXISTS))
        return TRUE;
    fprintf(stderr, "skipped: %s is not there\n", full);
    return FALSE;
}

char *
testing_read(const char *path)
{
    g_autoptr(GError) error = NULL;
    char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, &error))
        fail_msg("%s", error->message);
    return text;
}

static gboolean
keep_cpu(CpuDefinition *cpu, const CpuPlace *place, gpointer user_data, GError **error)
{
    (void)place, (void)error;
    g_ptr_array_add(user_data, cpu);
    return TRUE;
}

GPtrArray *
testing_parse_all(const char *xml, GError **error)
{
    g_autoptr(GPtrArray) cpus = g_ptr_array_new_with_free_func((GDestroyNotify)cpu_definition_free);

    if (!cpu_reader_file(xml, strlen(xml), CPU_ELEMENT_BARE, keep_cpu, cpus, error))
        return NULL;
    return g_steal_pointer(&cpus);
}

CpuDefinition *
testing_parse(const char *xml, GError **error)
{
    g_autoptr(GPtrArray) cpus = testing_parse_all(xml, error);

    return cpus == NULL ? NULL : cpu_definition_copy(cpus->pdata[0]);
}

CpuDefinition *
testing_cpu(const char *xml)
{
    g_autoptr(GError) error = NULL;
    CpuDefinition *cpu = testing_parse(xml, &error);

    if (cpu == NULL)
        fail_msg("%s in: %s", error->message, xml);
    return cpu;
}

char *
testing_format(const CpuDefinition *cpu)
{
    GString *out = g_string_new(NULL);

    if (cpu != NULL)
        cpu_definition_format(cpu, 0, out);
    return g_string_free(out, FALSE);
}

CpuMap *
testing_load_map(const char *folder)
{
    g_autoptr(GError) error = NULL;
    CpuMap *map = cpu_map_reader_load(folder, &error);

    if (map == NULL)
        fail_msg("%s", error->message);
    return map;
}

guint32
testing_seed(void)
{
    const char *text = g_getenv("TEST_SEED");
    guint32 seed = text == NULL ? DEFAULT_SEED : (guint32)g_ascii_strtoull(text, NULL, 10);

    fprintf(stderr, "seed %u (TEST_SEED sets another)\n", seed);
    return seed;
}
