/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CPUMODEL_CPU_MAP_YAML_PRIVATE_H
#define CPUMODEL_CPU_MAP_YAML_PRIVATE_H

/* Between cpu_map_yaml.c, its writers of features and of models, and the layout below them. */

#include <cpumodel/cpu_map_yaml.h>

/* Each file begins with it. */
#define CPU_MAP_YAML_LICENSE "# SPDX-License-Identifier: LGPL-2.1-or-later\n"

typedef struct {
    const CpuMap *map;
    CpuFamily family;
    GPtrArray *files;  /* of CpuMapYamlFile */
    GHashTable *paths; /* of the files, borrowed */
    GString *index;    /* family.yaml */
} CpuMapYamlWriter;

/* ---- cpu_map_yaml_layout.c ------------------------------------------------------------------- */

/* TEXT as one YAML scalar, also inside of a flow list. Owned. */
char *cpu_map_yaml_scalar(const char *text);

/* Appends NAME as the key of a flow mapping, up to its value. */
void cpu_map_yaml_append_name_key(GString *out, const char *name);
/* PREFIX, the age and SUFFIX; nothing when the age is not known. */
void cpu_map_yaml_append_since(GString *out, const char *prefix, const CpuSince *since,
                               const char *suffix);
/* "    KEY: VALUE" of a model; nothing for NULL. */
void cpu_map_yaml_append_key(GString *out, const char *key, const char *value);
/* "    KEY: [a, b]" of a model, wrapped. ITEMS are of char*. */
void cpu_map_yaml_append_list(GString *out, const char *key, const GPtrArray *items);

/*
 * Adds a file of the family's FOLDER ("models/") named after STEM, with a number when there is one
 * already. Returns its name without folder and suffix; owned.
 */
char *cpu_map_yaml_add_file(CpuMapYamlWriter *writer, const char *folder, const char *stem,
                            const char *text);

/* ---- cpu_map_yaml_features.c, cpu_map_yaml_models.c ------------------------------------------ */

/* Add the family's files and their names to the index. */
void cpu_map_yaml_write_features(CpuMapYamlWriter *writer);
void cpu_map_yaml_write_models(CpuMapYamlWriter *writer);

#endif
