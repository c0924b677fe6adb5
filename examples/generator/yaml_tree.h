/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GENERATOR_YAML_TREE_H
#define GENERATOR_YAML_TREE_H

/*
 * A YAML document and its mappings read into structs, by tables of fields.
 *
 * The tree owns every string and array that it hands out; keep it as long as the structs.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef struct YamlTree YamlTree;
typedef struct YamlField YamlField;

typedef enum {
    YAML_STRING,  /* const char* */
    YAML_UINT,    /* guint; decimal, or hexadecimal with 0x */
    YAML_FLAG,    /* gboolean: true, false */
    YAML_STRINGS, /* GPtrArray* of const char*; nested sequences are flattened; never NULL */
    YAML_UINTS,   /* GArray* of guint; never NULL */
    YAML_STRUCTS, /* GArray* of structs as FIELDS describes them; never NULL */
    YAML_IGNORED, /* a place for anchors */
} YamlKind;

struct YamlField {
    const char *key; /* NULL ends the table */
    YamlKind kind;
    gsize offset; /* of the value in the struct */
    gboolean is_required;
    const YamlField *fields; /* YAML_STRUCTS: of its elements */
    gsize size;              /* YAML_STRUCTS: of one element */
};

YamlTree *yaml_tree_read(const char *path, GError **error);
void yaml_tree_free(YamlTree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(YamlTree, yaml_tree_free)

/*
 * Reads the root mapping into VALUES, zeroed memory that FIELDS describes. Unknown keys, missing
 * required ones and values of another kind are errors with file, line and column.
 */
gboolean yaml_tree_fill(YamlTree *tree, const YamlField *fields, void *values, GError **error);

G_END_DECLS

#endif
