/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Reading a map. Everything here is a lookup in tables that the builder filled; nothing changes
 * after cpu_map_builder_finish(), which is why threads may share a map without locks.
 */

#include "cpu_map_private.h"

#include <string.h>

#define STRING_BLOCK_SIZE 16384

static const char *const group_names[] = {
    [CPU_FEATURE_GROUP_OTHER] = "other",
    [CPU_FEATURE_GROUP_INSTRUCTIONS] = "instruction sets",
    [CPU_FEATURE_GROUP_MITIGATIONS] = "mitigations",
    [CPU_FEATURE_GROUP_VIRTUALIZATION] = "virtualization",
    [CPU_FEATURE_GROUP_POWER] = "power and monitoring",
};
G_STATIC_ASSERT(G_N_ELEMENTS(group_names) == CPU_FEATURE_GROUP_COUNT);

const char *const cpu_feature_group_words[] = {
    [CPU_FEATURE_GROUP_OTHER] = "other",
    [CPU_FEATURE_GROUP_INSTRUCTIONS] = "instructions",
    [CPU_FEATURE_GROUP_MITIGATIONS] = "mitigations",
    [CPU_FEATURE_GROUP_VIRTUALIZATION] = "virtualization",
    [CPU_FEATURE_GROUP_POWER] = "power",
    [CPU_FEATURE_GROUP_COUNT] = NULL,
};

const char *
cpu_feature_group_name(CpuFeatureGroup group)
{
    return group_names[group];
}

char *
cpu_bit_describe(const CpuBit *bit)
{
    static const char *const registers[] = {"EAX", "EBX", "ECX", "EDX"};
    G_STATIC_ASSERT(G_N_ELEMENTS(registers) == CPU_REGISTER_COUNT);

    if (bit->is_msr)
        return g_strdup_printf("MSR 0x%x bit %u", bit->leaf,
                               bit->bit + (bit->reg == CPU_REGISTER_EDX ? 32U : 0U));
    if (bit->subleaf != 0)
        return g_strdup_printf("CPUID 0x%08x sub-leaf %u %s bit %u", bit->leaf, bit->subleaf,
                               registers[bit->reg], bit->bit);
    return g_strdup_printf("CPUID 0x%08x %s bit %u", bit->leaf, registers[bit->reg], bit->bit);
}

guint16
cpu_steppings_parse(const char *text)
{
    g_auto(GStrv) ranges = g_strsplit(text, ",", -1);
    guint16 steppings = 0;

    for (guint i = 0; ranges[i] != NULL; i++) {
        g_auto(GStrv) ends = g_strsplit(ranges[i], "-", 2);
        guint64 first = 0, last = 0;

        for (guint j = 0; ends[j] != NULL; j++)
            g_strstrip(ends[j]);
        if (ends[0] == NULL || !g_ascii_string_to_unsigned(ends[0], 10, 0, 15, &first, NULL) ||
            !g_ascii_string_to_unsigned(ends[ends[1] != NULL ? 1 : 0], 10, first, 15, &last, NULL))
            return 0;
        for (guint64 stepping = first; stepping <= last; stepping++)
            steppings |= (guint16)(1U << stepping);
    }
    return steppings;
}

char *
cpu_map_fold(const char *name)
{
    char *folded = g_ascii_strdown(name, -1);

    return g_strdelimit(folded, "_.", '-');
}

static guint
cpu_map_bit_hash(gconstpointer bit)
{
    const CpuBit *b = bit;

    return (b->leaf * 31 + b->subleaf) * 131 + (guint)b->reg * 32 + b->bit + (b->is_msr ? 7 : 0);
}

static gboolean
cpu_map_bit_equal(gconstpointer a, gconstpointer b)
{
    const CpuBit *x = a, *y = b;

    return x->is_msr == y->is_msr && x->leaf == y->leaf && x->subleaf == y->subleaf &&
           x->reg == y->reg && x->bit == y->bit;
}

static void
family_init(CpuMapFamily *family)
{
    family->bits = g_array_new(FALSE, FALSE, sizeof(CpuBit));
    family->positions = g_hash_table_new_full(cpu_map_bit_hash, cpu_map_bit_equal, g_free, NULL);
    family->features = g_ptr_array_new();
    family->vendors = g_ptr_array_new();
    family->models = g_ptr_array_new();
    family->features_by_name = g_hash_table_new(g_str_hash, g_str_equal);
    family->features_by_spelling = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    family->vendors_by_name = g_hash_table_new(g_str_hash, g_str_equal);
    family->models_by_name = g_hash_table_new(g_str_hash, g_str_equal);
}

/* The members of const structs that were allocated for the map; freeing is not a change. */
static void
free_const(gconstpointer memory)
{
    g_free((gpointer)(guintptr)memory);
}

static void
feature_free(gpointer data)
{
    CpuFeature *feature = data;

    free_const(feature->aliases);
    g_free(feature);
}

static void
model_free(gpointer data)
{
    CpuModel *model = data;

    free_const(model->signatures);
    free_const(model->pvrs);
    free_const(model->removed);
    free_const(model->added);
    g_free(model);
}

static void
family_release(CpuMapFamily *family)
{
    g_ptr_array_set_free_func(family->features, feature_free);
    g_ptr_array_set_free_func(family->vendors, g_free);
    g_ptr_array_set_free_func(family->models, model_free);
    g_hash_table_unref(family->models_by_name);
    g_hash_table_unref(family->vendors_by_name);
    g_hash_table_unref(family->features_by_spelling);
    g_hash_table_unref(family->features_by_name);
    g_ptr_array_unref(family->models);
    g_ptr_array_unref(family->vendors);
    g_ptr_array_unref(family->features);
    g_hash_table_unref(family->positions);
    g_array_unref(family->bits);
}

CpuMap *
cpu_map_new_empty(const char *origin)
{
    CpuMap *map = g_new0(CpuMap, 1);

    g_atomic_ref_count_init(&map->n_references);
    map->strings = g_string_chunk_new(STRING_BLOCK_SIZE);
    map->origin = g_string_chunk_insert(map->strings, origin);
    for (CpuFamily f = 0; f < CPU_FAMILY_COUNT; f++)
        family_init(&map->families[f]);
    return map;
}

CpuMap *
cpu_map_ref(CpuMap *map)
{
    g_atomic_ref_count_inc(&map->n_references);
    return map;
}

void
cpu_map_unref(CpuMap *map)
{
    if (map == NULL || !g_atomic_ref_count_dec(&map->n_references))
        return;
    for (CpuFamily f = 0; f < CPU_FAMILY_COUNT; f++)
        family_release(&map->families[f]);
    g_string_chunk_free(map->strings);
    g_free(map);
}

const char *
cpu_map_origin(const CpuMap *map)
{
    return map->origin;
}

guint
cpu_map_n_bits(const CpuMap *map, CpuFamily family)
{
    return map->families[family].bits->len;
}

const CpuBit *
cpu_map_bit(const CpuMap *map, CpuFamily family, guint bit)
{
    g_assert(bit < cpu_map_n_bits(map, family));
    return &g_array_index(map->families[family].bits, CpuBit, bit);
}

guint
cpu_map_n_features(const CpuMap *map, CpuFamily family)
{
    return map->families[family].features->len;
}

const CpuFeature *
cpu_map_feature(const CpuMap *map, CpuFamily family, guint index)
{
    g_assert(index < cpu_map_n_features(map, family));
    return g_ptr_array_index(map->families[family].features, index);
}

const CpuFeature *
cpu_map_find_feature(const CpuMap *map, CpuFamily family, const char *name)
{
    return g_hash_table_lookup(map->families[family].features_by_name, name);
}

const CpuFeature *
cpu_map_find_feature_alias(const CpuMap *map, CpuFamily family, const char *name)
{
    const CpuFeature *feature = cpu_map_find_feature(map, family, name);

    if (feature != NULL)
        return feature;
    g_autofree char *folded = cpu_map_fold(name);
    return g_hash_table_lookup(map->families[family].features_by_spelling, folded);
}

guint
cpu_map_n_vendors(const CpuMap *map, CpuFamily family)
{
    return map->families[family].vendors->len;
}

const CpuVendor *
cpu_map_vendor(const CpuMap *map, CpuFamily family, guint index)
{
    g_assert(index < cpu_map_n_vendors(map, family));
    return g_ptr_array_index(map->families[family].vendors, index);
}

const CpuVendor *
cpu_map_find_vendor(const CpuMap *map, CpuFamily family, const char *name)
{
    return g_hash_table_lookup(map->families[family].vendors_by_name, name);
}

guint
cpu_map_n_models(const CpuMap *map, CpuFamily family)
{
    return map->families[family].models->len;
}

const CpuModel *
cpu_map_model(const CpuMap *map, CpuFamily family, guint index)
{
    g_assert(index < cpu_map_n_models(map, family));
    return g_ptr_array_index(map->families[family].models, index);
}

const CpuModel *
cpu_map_find_model(const CpuMap *map, CpuFamily family, const char *name)
{
    return g_hash_table_lookup(map->families[family].models_by_name, name);
}
