/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CPUMODEL_TOOLS_MAP_SOURCE_H
#define CPUMODEL_TOOLS_MAP_SOURCE_H

/*
 * The YAML files of cpumodel/map/, read into declarations; docs/cpu-map.md describes their format.
 *
 * Names are borrowed from the files, which the source keeps open. Each declaration goes through a
 * CpuMapBuilder as it is read, so that a mistake is reported at its line.
 */

#include "yaml_reader.h"

#include <cpumodel/cpu_map.h>

typedef struct {
    CpuFeatureDeclaration declaration;
    GArray *bits;    /* of CpuBit */
    GArray *aliases; /* of CpuFeatureAlias */
} MapFeature;

typedef struct {
    CpuModelDeclaration declaration;
    GArray *signatures;                    /* of CpuSignature */
    GArray *pvrs;                          /* of CpuPvr */
    GPtrArray *features, *removed, *added; /* of borrowed const char* */
} MapModel;

typedef struct {
    CpuFamily family;
    GArray *vendors;     /* of CpuVendor */
    GPtrArray *features; /* of MapFeature */
    GPtrArray *models;   /* of MapModel */
    GPtrArray *files;    /* of YamlFile */
} MapSource;

/* Reads FOLDER/family.yaml and all that it names, checking everything against BUILDER. */
MapSource *map_source_load(const char *folder, CpuMapBuilder *builder, GError **error);
void map_source_free(MapSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MapSource, map_source_free)

#endif
