/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Any files as a CPU map of libvirt: an error that names its file, or a map whose names find what
 * they name, that differs in nothing from itself and that can be examined and written.
 */

#include "folder.h"
#include "fuzz.h"

#include "../../ingest/cpu_map_reader_private.h"

#include <cpumodel/cpu_map_difference.h>
#include <cpumodel/cpu_map_lint.h>
#include <cpumodel/cpu_map_yaml.h>
#include <string.h>

static void
check_features(const CpuMap *map, CpuFamily family)
{
    for (guint i = 0; i < cpu_map_n_features(map, family); i++) {
        const CpuFeature *feature = cpu_map_feature(map, family, i);

        g_assert(cpu_map_find_feature(map, family, feature->name) == feature);
        g_assert(cpu_map_find_feature_alias(map, family, feature->name) != NULL);
        g_assert_cmpuint(feature->index, ==, i);
        g_assert(family != CPU_FAMILY_X86 || cpu_set_count(&feature->bits) > 0);
    }
}

static void
check_models(const CpuMap *map, CpuFamily family)
{
    for (guint i = 0; i < cpu_map_n_models(map, family); i++) {
        const CpuModel *model = cpu_map_model(map, family, i);

        g_assert(cpu_map_find_model(map, family, model->name) == model);
        g_assert_cmpuint(model->index, ==, i);
        g_assert(model->ancestor == NULL || model->ancestor->index < i);
        g_assert(model->canonical != model);
    }
}

/* Would PATH lead out of the folder that it is written into? */
static gboolean
leads_out(const char *path)
{
    g_auto(GStrv) names = g_strsplit(path, "/", -1);

    return *path == '/' || g_strv_contains((const char *const *)names, "..");
}

static void
check_map(const CpuMap *map)
{
    for (CpuFamily family = CPU_FAMILY_NONE + 1; family < CPU_FAMILY_COUNT; family++) {
        check_features(map, family);
        check_models(map, family);
    }
    g_autoptr(GPtrArray) differences = cpu_map_difference(map, map);
    g_autoptr(GPtrArray) remarks = cpu_map_lint(map);
    g_autoptr(GPtrArray) files = cpu_map_yaml_files(map);
    g_assert_cmpuint(differences->len, ==, 0);
    for (guint i = 0; i < files->len; i++) {
        const CpuMapYamlFile *file = g_ptr_array_index(files, i);

        g_assert(!leads_out(file->path));
    }
}

static gboolean
read_file(gpointer user_data, const char *path, char **ret_bytes, gsize *ret_length, GError **error)
{
    g_assert(g_str_has_prefix(path, "map/"));
    GBytes *bytes = g_hash_table_lookup(user_data, path + strlen("map/"));

    if (bytes == NULL) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "%s: there is no such file", path);
        return FALSE;
    }
    *ret_length = g_bytes_get_size(bytes);
    *ret_bytes = g_strndup("", *ret_length);
    if (*ret_length > 0)
        if (*ret_length > 0)
            memcpy(*ret_bytes, g_bytes_get_data(bytes, NULL), *ret_length);
    return TRUE;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static CpuMap *builtin;
    g_autoptr(GHashTable) table = folder_files((const char *)data, size);
    const CpuMapFiles files = {.name = "map", .read = read_file, .user_data = table};
    g_autoptr(GError) error = NULL;

    if (builtin == NULL)
        builtin = cpu_map_new_builtin();
    g_autoptr(CpuMap) map = cpu_map_reader_load_files("map/index.xml", &files, builtin, &error);

    if (map != NULL)
        check_map(map);
    else
        g_assert(g_str_has_prefix(error->message, "map/"));
    return 0;
}
