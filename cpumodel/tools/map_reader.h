/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CPUMODEL_TOOLS_MAP_READER_H
#define CPUMODEL_TOOLS_MAP_READER_H

/* What the functions that read the map's files share; see map_source.h. */

#include "map_source.h"

/* Where the reading is. A YamlRead of the map has it as its target. */
typedef struct {
    MapSource *source;
    CpuMapBuilder *builder;
    const char *folder;
    const char *group;   /* heading of the models being read */
    CpuBit word;         /* register whose features are being read; its bit is not used */
    guint n_places;      /* how often the word's leaf or MSR has been named */
    MapFeature *feature; /* being read, as is the model */
    MapModel *model;
    const char *alias_source;
} MapReader;

/* Opens FOLDER/NAME and reads its root mapping with KEYS. */
gboolean map_reader_read_file(MapReader *reader, const char *name, const YamlKey *keys,
                              GError **error);
/* Puts the place of NODE in front of CAUSE, an error of the builder, which it takes. */
gboolean map_reader_refuse(const YamlFile *file, const yaml_node_t *node, GError *cause,
                           GError **error);
/* The index of the word that NODE is, in WORDS (NULL-terminated). */
gboolean map_reader_word(YamlFile *file, const yaml_node_t *node, const char *const *words,
                         guint *ret_index, GError **error);
/* "9.0": there by then at the latest. "9.0..11.3": lacking in the first, there in the second. */
gboolean map_reader_since(YamlFile *file, const yaml_node_t *node, CpuSince *ret_since,
                          GError **error);

/* Values of family.yaml: a list of feature files, of groups of model files. */
gboolean map_reader_features(YamlFile *file, const yaml_node_t *node, void *target, GError **error);
gboolean map_reader_groups(YamlFile *file, const yaml_node_t *node, void *target, GError **error);

void map_feature_free(gpointer data);
void map_model_free(gpointer data);

#endif
