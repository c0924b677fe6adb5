/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "map_reader.h"

#include <cpumodel/version.h>
#include <string.h>

void
map_source_free(MapSource *source)
{
    if (source == NULL)
        return;
    g_array_unref(source->vendors);
    g_ptr_array_unref(source->features);
    g_ptr_array_unref(source->models);
    g_ptr_array_unref(source->files);
    g_free(source);
}

/* Opens FOLDER/NAME and reads its root mapping with KEYS. */
gboolean
map_reader_read_file(MapReader *reader, const char *name, const YamlKey *keys, GError **error)
{
    g_autofree char *path = g_build_filename(reader->folder, name, NULL);
    YamlFile *file = yaml_file_load(path, error);

    if (file == NULL)
        return FALSE;
    g_ptr_array_add(reader->source->files, file);
    return yaml_read_mapping(file, yaml_file_root(file), keys, reader, error);
}

/* Puts the place of NODE in front of an error of the builder. */
gboolean
map_reader_refuse(const YamlFile *file, const yaml_node_t *node, GError *cause, GError **error)
{
    g_autoptr(GError) owned = cause;

    return yaml_refuse(file, node, error, "%s", owned->message);
}

gboolean
map_reader_word(YamlFile *file, const yaml_node_t *node, const char *const *words, guint *ret_index,
                GError **error)
{
    const char *text = yaml_text(file, node, error);

    if (text == NULL)
        return FALSE;
    for (guint i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], text) == 0) {
            *ret_index = i;
            return TRUE;
        }
    }
    g_autofree char *known = g_strjoinv(", ", (char **)(guintptr)words);
    return yaml_refuse(file, node, error, "'%s' is none of %s", text, known);
}

/* ---- since ---------------------------------------------------------------------------------- */

/* "11.3" or "11.3.2". */
static gboolean
parse_release(const char *text, guint *ret_release)
{
    const char *rest;

    return version_read(text, ret_release, &rest) >= 2 && *rest == '\0';
}

/* "9.0": there by then at the latest. "9.0..11.3": lacking in the first, there in the second. */
gboolean
map_reader_since(YamlFile *file, const yaml_node_t *node, CpuSince *ret_since, GError **error)
{
    const char *text = yaml_text(file, node, error);
    CpuSince since = {0, 0};

    if (text == NULL)
        return FALSE;
    g_auto(GStrv) ends = g_strsplit(text, "..", 2);
    gboolean is_range = ends[1] != NULL;
    if (!parse_release(ends[is_range ? 1 : 0], &since.having) ||
        (is_range && (!parse_release(ends[0], &since.lacking) || since.lacking >= since.having)))
        return yaml_refuse(file, node, error,
                           "'%s' is not a libvirt release (9.0) or two of them (9.0..11.3)", text);
    *ret_since = since;
    return TRUE;
}

/* ---- vendors -------------------------------------------------------------------------------- */

static gboolean
read_vendor_name(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    CpuVendor *vendor = target;

    vendor->name = yaml_text(file, node, error);
    return vendor->name != NULL;
}

static gboolean
read_vendor_string(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    CpuVendor *vendor = target;

    vendor->string = yaml_text(file, node, error);
    return vendor->string != NULL;
}

static gboolean
read_vendor_implementer(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    CpuVendor *vendor = target;
    guint64 value;

    if (!yaml_unsigned(file, node, 0xff, &value, error))
        return FALSE;
    vendor->implementer = (guint32)value;
    return TRUE;
}

static gboolean
read_vendor(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    static const YamlKey keys[] = {{"name", read_vendor_name, TRUE},
                                   {"string", read_vendor_string, FALSE},
                                   {"implementer", read_vendor_implementer, FALSE},
                                   {0}};
    MapReader *reader = target;
    CpuVendor vendor = {0};
    GError *cause = NULL;

    if (!yaml_read_mapping(file, node, keys, &vendor, error))
        return FALSE;
    if (!cpu_map_builder_add_vendor(reader->builder, reader->source->family, &vendor, &cause))
        return map_reader_refuse(file, node, cause, error);
    g_array_append_val(reader->source->vendors, vendor);
    return TRUE;
}

static gboolean
read_vendors(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    return yaml_read_sequence(file, node, read_vendor, target, error);
}

/* ---- a family ------------------------------------------------------------------------------- */

static gboolean
read_family_name(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    MapReader *reader = target;
    const char *name = yaml_text(file, node, error);

    if (name == NULL)
        return FALSE;
    for (CpuFamily family = CPU_FAMILY_NONE + 1; family < CPU_FAMILY_COUNT; family++) {
        if (strcmp(cpu_family_name(family), name) == 0) {
            reader->source->family = family;
            return TRUE;
        }
    }
    return yaml_refuse(file, node, error, "'%s' is not a family of CPUs", name);
}

MapSource *
map_source_load(const char *folder, CpuMapBuilder *builder, GError **error)
{
    static const YamlKey keys[] = {{"family", read_family_name, TRUE},
                                   {"vendors", read_vendors, FALSE},
                                   {"features", map_reader_features, FALSE},
                                   {"groups", map_reader_groups, FALSE},
                                   {0}};
    g_autoptr(MapSource) source = g_new0(MapSource, 1);
    MapReader reader = {.source = source, .builder = builder, .folder = folder};

    source->vendors = g_array_new(FALSE, FALSE, sizeof(CpuVendor));
    source->features = g_ptr_array_new_with_free_func(map_feature_free);
    source->models = g_ptr_array_new_with_free_func(map_model_free);
    source->files = g_ptr_array_new_with_free_func((GDestroyNotify)yaml_file_free);
    if (!map_reader_read_file(&reader, "family.yaml", keys, error))
        return NULL;
    return g_steal_pointer(&source);
}
