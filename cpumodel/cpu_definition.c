/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * CPU definitions: life cycle and the list of features.
 *
 * A host may name a hundred features, and a fleet has many hosts, so the names of one definition
 * lie in one chunk instead of in a hundred allocations. The list stays an array in the order of the
 * document: libvirt's outputs follow that order, and looking a name up is rare beside walking all.
 */

#include <cpumodel/cpu_definition.h>

#include <string.h>

/* Enough for most hosts' names in one piece, in bytes. */
#define NAME_CHUNK_BYTES 1024
/* The same for the list. */
#define FEATURES_RESERVED 32

CpuDefinition *
cpu_definition_new(CpuType type)
{
    CpuDefinition *cpu = g_new0(CpuDefinition, 1);

    cpu->type = type;
    cpu->cache_level = -1;
    cpu->maxphysaddr_bits = -1;
    cpu->features =
        g_array_sized_new(FALSE, FALSE, sizeof(CpuDefinitionFeature), FEATURES_RESERVED);
    cpu->feature_names = g_string_chunk_new(NAME_CHUNK_BYTES);
    return cpu;
}

CpuDefinition *
cpu_definition_copy(const CpuDefinition *cpu)
{
    CpuDefinition *copy = g_memdup2(cpu, sizeof *cpu);

    copy->model = g_strdup(cpu->model);
    copy->vendor = g_strdup(cpu->vendor);
    copy->vendor_id = g_strdup(cpu->vendor_id);
    copy->features =
        g_array_sized_new(FALSE, FALSE, sizeof(CpuDefinitionFeature), MAX(cpu->features->len, 1));
    copy->feature_names = g_string_chunk_new(NAME_CHUNK_BYTES);
    for (guint i = 0; i < cpu->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(cpu, i);

        cpu_definition_append_feature(copy, feature->name, feature->policy);
    }
    return copy;
}

void
cpu_definition_free(CpuDefinition *cpu)
{
    if (cpu == NULL)
        return;
    g_free(cpu->model);
    g_free(cpu->vendor);
    g_free(cpu->vendor_id);
    g_array_free(cpu->features, TRUE);
    g_string_chunk_free(cpu->feature_names);
    g_free(cpu);
}

CpuDefinitionFeature *
cpu_definition_find_feature(const CpuDefinition *cpu, const char *name)
{
    for (guint i = 0; i < cpu->features->len; i++) {
        CpuDefinitionFeature *feature = cpu_definition_feature(cpu, i);

        if (strcmp(feature->name, name) == 0)
            return feature;
    }
    return NULL;
}

void
cpu_definition_set_feature(CpuDefinition *cpu, const char *name, CpuPolicy policy)
{
    CpuDefinitionFeature *feature = cpu_definition_find_feature(cpu, name);

    if (feature != NULL)
        feature->policy = policy;
    else
        cpu_definition_append_feature(cpu, name, policy);
}

void
cpu_definition_append_feature(CpuDefinition *cpu, const char *name, CpuPolicy policy)
{
    CpuDefinitionFeature feature = {
        .name = g_string_chunk_insert(cpu->feature_names, name),
        .policy = policy,
    };

    g_array_append_val(cpu->features, feature);
}

void
cpu_definition_clear_features(CpuDefinition *cpu)
{
    g_array_set_size(cpu->features, 0);
}

static gint
compare_features(gconstpointer a, gconstpointer b)
{
    const CpuDefinitionFeature *left = a, *right = b;

    return strcmp(left->name, right->name);
}

void
cpu_definition_sort_features(CpuDefinition *cpu)
{
    g_array_sort(cpu->features, compare_features);
}
