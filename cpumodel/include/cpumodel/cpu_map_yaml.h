/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CPUMODEL_CPU_MAP_YAML_H
#define CPUMODEL_CPU_MAP_YAML_H

/* A map written in the form of cpumodel/map/, which docs/cpu-map.md describes. */

#include <cpumodel/cpu_map.h>

G_BEGIN_DECLS

typedef struct {
    char *path; /* relative: "x86/models/Haswell.yaml"; no name of the map gets out of the folder */
    char *text;
} CpuMapYamlFile;

void cpu_map_yaml_file_free(CpuMapYamlFile *file);

/*
 * The files of MAP (CpuMapYamlFile*, owned by the array), one folder for each family that has
 * anything. Compiled again they give the same map.
 */
GPtrArray *cpu_map_yaml_files(const CpuMap *map);

G_END_DECLS

#endif
