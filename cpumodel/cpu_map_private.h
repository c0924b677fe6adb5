/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CPUMODEL_CPU_MAP_PRIVATE_H
#define CPUMODEL_CPU_MAP_PRIVATE_H

/*
 * The insides of a map, shared by the builder that fills it and the accessors that read it.
 *
 * Features, vendors and models are allocated one by one and held by pointer arrays in map order, so
 * that they never move while the builder grows. The hash tables borrow their keys from what they
 * point to. Strings live in one chunk of the map.
 */

#include <cpumodel/cpu_map.h>

typedef struct {
    GArray *bits;          /* of CpuBit; the index is the position in a CpuSet */
    GHashTable *positions; /* CpuBit* -> position + 1 */
    GPtrArray *features;   /* of CpuFeature */
    GPtrArray *vendors;    /* of CpuVendor */
    GPtrArray *models;     /* of CpuModel */
    GHashTable *features_by_name;
    GHashTable *features_by_spelling; /* folded names and aliases: see cpu_map_fold() */
    GHashTable *vendors_by_name;
    GHashTable *models_by_name;
} CpuMapFamily;

struct CpuMap {
    gatomicrefcount n_references;
    const char *origin;
    GStringChunk *strings;
    CpuMapFamily families[CPU_FAMILY_COUNT];
};

/* What the map compiler makes of cpumodel/map/, one row for each family. */
typedef struct {
    CpuFamily family;
    const CpuVendor *vendors;
    guint n_vendors;
    const CpuFeatureDeclaration *features;
    guint n_features;
    const CpuModelDeclaration *models;
    guint n_models;
} CpuMapTables;

extern const CpuMapTables cpu_map_builtin_tables[];
extern const guint cpu_map_builtin_n_tables;

/* An empty map with one reference. */
CpuMap *cpu_map_new_empty(const char *origin);

/*
 * NAME with '_' and '.' as '-', all lower case: what spellings of one feature have in common.
 * Owned.
 */
char *cpu_map_fold(const char *name);

#endif
