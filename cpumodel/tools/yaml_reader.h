/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CPUMODEL_TOOLS_YAML_READER_H
#define CPUMODEL_TOOLS_YAML_READER_H

/*
 * Reading the project's data files strictly, for the programs that run while it is built.
 *
 * What a mapping may hold is a table of keys, each with a function that reads its value. A key that
 * the table lacks, a key given twice, a required key that is missing and a value of another kind
 * are errors; every message starts with FILE:LINE:COLUMN. Anchors are followed; tags are not looked
 * at.
 */

#include <glib.h>
#include <yaml.h>

typedef struct YamlFile YamlFile;

/* NULL with an error when PATH cannot be read or is not one YAML document. */
YamlFile *yaml_file_load(const char *path, GError **error);
void yaml_file_free(YamlFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(YamlFile, yaml_file_free)

const yaml_node_t *yaml_file_root(YamlFile *file);

/* Sets ERROR to "FILE:LINE:COLUMN: ..." at NODE; always returns FALSE. */
gboolean yaml_refuse(const YamlFile *file, const yaml_node_t *node, GError **error,
                     const char *format, ...) G_GNUC_PRINTF(4, 5);

/* Reads one value into TARGET. */
typedef gboolean (*YamlRead)(YamlFile *file, const yaml_node_t *node, void *target, GError **error);

typedef struct {
    const char *name;
    YamlRead read;
    gboolean is_required;
} YamlKey;

/* KEYS ends with a zero row; keys are read in the order of KEYS, whatever that of the file. */
gboolean yaml_read_mapping(YamlFile *file, const yaml_node_t *node, const YamlKey *keys,
                           void *target, GError **error);
/* Calls READ_KEY with each key's text and value; for mappings whose keys are names. */
typedef gboolean (*YamlReadPair)(YamlFile *file, const char *key, const yaml_node_t *value,
                                 void *target, GError **error);
gboolean yaml_read_pairs(YamlFile *file, const yaml_node_t *node, YamlReadPair read_pair,
                         void *target, GError **error);
gboolean yaml_read_sequence(YamlFile *file, const yaml_node_t *node, YamlRead read_item,
                            void *target, GError **error);

/* The text of a non-empty scalar, or NULL with an error. Lives as long as FILE. */
const char *yaml_text(YamlFile *file, const yaml_node_t *node, GError **error);
/* Decimal or 0x; at most MAX. */
gboolean yaml_unsigned(YamlFile *file, const yaml_node_t *node, guint64 max, guint64 *ret_value,
                       GError **error);
/*
 * A list of names, appended to TARGET (GPtrArray of borrowed const char*); a name twice is an
 * error.
 */
gboolean yaml_read_names(YamlFile *file, const yaml_node_t *node, void *target, GError **error);

#endif
