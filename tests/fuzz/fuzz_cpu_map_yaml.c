/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Any files as a family of the CPU map in its own form: an error that names its file, or a family
 * that, written in that form and compiled again, is the same.
 */

#include "folder.h"
#include "fuzz.h"

#include <cpumodel/cpu_map_difference.h>
#include <cpumodel/cpu_map_yaml.h>
#include <map_source.h>
#include <string.h>

/* The map of FOLDER's family; an ERROR when a file of it is mistaken. */
static CpuMap *
compile(const char *folder, CpuFamily *ret_family, GError **error)
{
    g_autoptr(CpuMapBuilder) builder = cpu_map_builder_new("fuzz");
    g_autoptr(MapSource) source = map_source_load(folder, builder, error);

    if (source == NULL)
        return NULL;
    *ret_family = source->family;
    return cpu_map_builder_finish(g_steal_pointer(&builder));
}

static void
check_round_trip(const CpuMap *map, CpuFamily family)
{
    g_autoptr(GPtrArray) files = cpu_map_yaml_files(map);
    g_autofree char *folder = folder_make("", 0);
    g_autofree char *sub_folder = g_build_filename(folder, cpu_family_name(family), NULL);
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < files->len; i++) {
        const CpuMapYamlFile *file = g_ptr_array_index(files, i);

        folder_write(folder, file->path, file->text, strlen(file->text));
    }
    if (files->len > 0) {
        g_autoptr(CpuMap) again = compile(sub_folder, &family, &error);
        g_assert_no_error(error);
        g_autoptr(GPtrArray) differences = cpu_map_difference(map, again);
        g_assert_cmpuint(differences->len, ==, 0);
    }
    folder_remove(folder);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *folder = folder_make((const char *)data, size);
    g_autoptr(GError) error = NULL;
    CpuFamily family = CPU_FAMILY_NONE;
    g_autoptr(CpuMap) map = compile(folder, &family, &error);

    if (map != NULL)
        check_round_trip(map, family);
    else
        g_assert(strstr(error->message, folder) != NULL);
    folder_remove(folder);
    return 0;
}
