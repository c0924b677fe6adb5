/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * CPU definitions: life cycle and the list of features.
 *
 * A host may name a hundred features, and a fleet has many hosts that name the same, so names lie
 * in chunks that definitions share. A definition that has the chunk for itself adds to it; one that
 * shares it takes its names into one of its own first. The list stays an array in the order of the
 * document: libvirt's outputs follow that order, and looking a name up is rare beside walking all.
 */

#include <cpumodel/cpu_definition.h>

#include <string.h>

/* Enough for most hosts' names in one piece, in bytes. */
#define NAME_CHUNK_BYTES 1024
/* The same for the list. */
#define FEATURES_RESERVED 32

struct CpuFeatureNames {
    gatomicrefcount references;
    GStringChunk *chunk;
};

CpuFeatureNames *
cpu_feature_names_new(void)
{
    CpuFeatureNames *names = g_new(CpuFeatureNames, 1);

    g_atomic_ref_count_init(&names->references);
    names->chunk = g_string_chunk_new(NAME_CHUNK_BYTES);
    return names;
}

CpuFeatureNames *
cpu_feature_names_ref(CpuFeatureNames *names)
{
    g_atomic_ref_count_inc(&names->references);
    return names;
}

void
cpu_feature_names_unref(CpuFeatureNames *names)
{
    if (names == NULL || !g_atomic_ref_count_dec(&names->references))
        return;
    g_string_chunk_free(names->chunk);
    g_free(names);
}

char *
cpu_feature_names_add(CpuFeatureNames *names, const char *name)
{
    return g_string_chunk_insert(names->chunk, name);
}

CpuDefinition *
cpu_definition_new_sharing(CpuType type, CpuFeatureNames *names)
{
    CpuDefinition *cpu = g_new0(CpuDefinition, 1);

    cpu->type = type;
    cpu->cache_level = -1;
    cpu->maxphysaddr_bits = -1;
    cpu->features =
        g_array_sized_new(FALSE, FALSE, sizeof(CpuDefinitionFeature), FEATURES_RESERVED);
    cpu->names = cpu_feature_names_ref(names);
    return cpu;
}

CpuDefinition *
cpu_definition_new(CpuType type)
{
    CpuFeatureNames *names = cpu_feature_names_new();
    CpuDefinition *cpu = cpu_definition_new_sharing(type, names);

    cpu_feature_names_unref(names);
    return cpu;
}

CpuDefinition *
cpu_definition_copy(const CpuDefinition *cpu)
{
    CpuDefinition *copy = g_memdup2(cpu, sizeof *cpu);

    copy->model = g_strdup(cpu->model);
    copy->vendor = g_strdup(cpu->vendor);
    copy->vendor_id = g_strdup(cpu->vendor_id);
    copy->features = g_array_copy(cpu->features);
    copy->names = cpu_feature_names_ref(cpu->names);
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
    cpu_feature_names_unref(cpu->names);
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

/* Gives CPU names that it shares with nobody. */
static void
stop_sharing(CpuDefinition *cpu)
{
    if (g_atomic_ref_count_compare(&cpu->names->references, 1))
        return;
    CpuFeatureNames *own = cpu_feature_names_new();

    for (guint i = 0; i < cpu->features->len; i++) {
        CpuDefinitionFeature *feature = cpu_definition_feature(cpu, i);

        feature->name = cpu_feature_names_add(own, feature->name);
    }
    cpu_feature_names_unref(cpu->names);
    cpu->names = own;
}

void
cpu_definition_append_feature(CpuDefinition *cpu, const char *name, CpuPolicy policy)
{
    stop_sharing(cpu);
    cpu_definition_share_feature(cpu, cpu->names, cpu_feature_names_add(cpu->names, name), policy);
}

void
cpu_definition_clear_features(CpuDefinition *cpu)
{
    g_array_set_size(cpu->features, 0);
}

void
cpu_definition_keep_features(CpuDefinition *cpu,
                             gboolean (*is_kept)(const CpuDefinitionFeature *feature,
                                                 gconstpointer data),
                             gconstpointer data)
{
    guint n_kept = 0;

    for (guint i = 0; i < cpu->features->len; i++) {
        const CpuDefinitionFeature item = *cpu_definition_feature(cpu, i);

        if (is_kept(&item, data))
            *cpu_definition_feature(cpu, n_kept++) = item;
    }
    g_array_set_size(cpu->features, n_kept);
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
