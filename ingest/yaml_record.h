/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_YAML_RECORD_H
#define INGEST_YAML_RECORD_H

/*
 * YAML mappings read into structs by tables: a row for each key says what its value may be and
 * where it goes. Strict: a key that no row names, a key given twice, a value of another type or out
 * of range are errors that name FILE:LINE:COLUMN and the nearest key or word.
 *
 * Everything is UTF-8 text; `yes`, `no`, `true` and `false` are switches where a switch is asked
 * for and plain words elsewhere.
 */

#include <glib.h>
#include <yaml.h>

G_BEGIN_DECLS

typedef enum {
    YAML_STRING,  /* char* */
    YAML_PATH,    /* char*, taken from the file's folder */
    YAML_WORD,    /* guint: index in words */
    YAML_SWITCH,  /* gboolean */
    YAML_NUMBER,  /* guint, min..max */
    YAML_SHARE,   /* gdouble, 0..1; "5%" is 0.05 */
    YAML_WEIGHT,  /* gdouble, 0 or more */
    YAML_STRINGS, /* GPtrArray of char* */
    YAML_PATHS,
    YAML_GLOBS,   /* GPtrArray of char*: '*' and '?' are the wildcards */
    YAML_RECORDS, /* GPtrArray of what new_record makes, one for each item of a list of mappings */
    YAML_PAIRS,   /* GPtrArray of what new_pair makes, one for each key of a mapping */
    YAML_TYPE_COUNT
} YamlType;

typedef struct YamlKey YamlKey;

/* Where a file is read from. */
typedef struct {
    const char *path;   /* for messages */
    const char *folder; /* of relative paths */
    yaml_document_t *document;
    GQuark domain; /* of errors */
    gint code;
} YamlFile;

struct YamlKey {
    const char *name; /* NULL ends a table */
    YamlType type;
    gsize offset; /* of the value in the struct */
    gboolean is_needed;
    guint min, max;           /* NUMBER; STRINGS, GLOBS, RECORDS: min is the least length */
    const char *const *words; /* WORD: NULL-terminated */
    const YamlKey *keys;      /* RECORDS: of the items */
    gpointer (*new_record)(void);
    gpointer (*new_pair)(const char *name, gdouble value);
    /* RECORDS: what the table cannot say of the last one; sets ERROR with yaml_file_error(). */
    gboolean (*check)(const YamlFile *file, const yaml_node_t *node, const GPtrArray *records,
                      GError **error);
};

/* Reads the mapping NODE into RECORD by KEYS. What was read before an error stays in RECORD. */
gboolean yaml_read_record(const YamlFile *file, const yaml_node_t *node, const YamlKey *keys,
                          void *record, GError **error);

/* "PATH:LINE:COLUMN: MESSAGE" at the beginning of NODE. Returns FALSE. */
gboolean yaml_file_error(const YamlFile *file, const yaml_node_t *node, GError **error,
                         const char *format, ...) G_GNUC_PRINTF(4, 5);

G_END_DECLS

#endif
