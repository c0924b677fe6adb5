/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Writing a map as YAML.
 *
 * Map order is kept by cutting it into runs: consecutive features of one CPUID leaf or MSR become
 * one file, consecutive models of one base name too. A run whose file exists already gets a number.
 * Models of one file are told by what differs from the one most like them.
 */

#include "cpu_map_yaml_private.h"

void
cpu_map_yaml_file_free(CpuMapYamlFile *file)
{
    if (file == NULL)
        return;
    g_free(file->path);
    g_free(file->text);
    g_free(file);
}

static void
write_vendors(CpuMapYamlWriter *writer)
{
    guint n = cpu_map_n_vendors(writer->map, writer->family);

    if (n > 0)
        g_string_append(writer->index, "vendors:\n");
    for (guint i = 0; i < n; i++) {
        const CpuVendor *vendor = cpu_map_vendor(writer->map, writer->family, i);
        g_autofree char *name = cpu_map_yaml_scalar(vendor->name);
        g_autofree char *string =
            vendor->string != NULL ? cpu_map_yaml_scalar(vendor->string) : NULL;

        g_string_append_printf(writer->index, "  - {name: %s", name);
        if (string != NULL)
            g_string_append_printf(writer->index, ", string: %s", string);
        if (vendor->implementer != 0)
            g_string_append_printf(writer->index, ", implementer: 0x%02x", vendor->implementer);
        g_string_append(writer->index, "}\n");
    }
}

static void
write_family(CpuMapYamlWriter *writer)
{
    g_autoptr(GString) index = g_string_new(NULL);

    writer->index = index;
    g_string_append_printf(index,
                           CPU_MAP_YAML_LICENSE
                           "# The order of this file is map order, which outputs follow: "
                           "append, never sort.\nfamily: %s\n",
                           cpu_family_name(writer->family));
    write_vendors(writer);
    cpu_map_yaml_write_features(writer);
    cpu_map_yaml_write_models(writer);
    g_free(cpu_map_yaml_add_file(writer, "", "family", index->str));
}

GPtrArray *
cpu_map_yaml_files(const CpuMap *map)
{
    g_autoptr(GHashTable) paths = g_hash_table_new(g_str_hash, g_str_equal);
    CpuMapYamlWriter writer = {.map = map, .paths = paths};

    writer.files = g_ptr_array_new_with_free_func((GDestroyNotify)cpu_map_yaml_file_free);
    for (CpuFamily family = CPU_FAMILY_NONE + 1; family < CPU_FAMILY_COUNT; family++) {
        writer.family = family;
        if (cpu_map_n_models(map, family) > 0 || cpu_map_n_features(map, family) > 0)
            write_family(&writer);
    }
    return writer.files;
}
