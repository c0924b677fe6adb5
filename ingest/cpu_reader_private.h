/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_CPU_READER_PRIVATE_H
#define INGEST_CPU_READER_PRIVATE_H

/*
 * What the parts of the `<cpu>` reader share: collecting (cpu_reader.c), judging
 * (cpu_reader_values.c), files (cpu_reader_file.c) and lists (cpu_reader_list.c).
 */

#include <ingest/cpu_reader.h>
#include <libxml/xmlstring.h>

G_BEGIN_DECLS

#define CPU_CHILD_MAX_ATTRIBUTES 5

/* The element itself and its children but `<feature>`. */
typedef enum {
    CPU_CHILD_ROOT,
    CPU_CHILD_ARCH,
    CPU_CHILD_MODEL,
    CPU_CHILD_VENDOR,
    CPU_CHILD_MICROCODE,
    CPU_CHILD_SIGNATURE,
    CPU_CHILD_COUNTER, /* of name 'tsc' */
    CPU_CHILD_TOPOLOGY,
    CPU_CHILD_CACHE,
    CPU_CHILD_MAXPHYSADDR,
    CPU_CHILD_COUNT
} CpuChild;

typedef struct {
    const char *name;
    const char *attributes[CPU_CHILD_MAX_ATTRIBUTES]; /* those that matter; NULL ends them */
    gboolean has_text;
} CpuChildRule;

extern const CpuChildRule cpu_child_rules[];

/* A child as it was written. The first one of its name; later ones are only counted. */
typedef struct {
    guint n_seen;
    guint line;
    const char *values[CPU_CHILD_MAX_ATTRIBUTES]; /* as in the rule; NULL: absent */
    const char *text;                             /* NULL: none */
} CpuChildValues;

/* Fills in CPU, whose features are there already; FALSE and the reason with its line. */
gboolean cpu_reader_judge(const CpuChildValues children[CPU_CHILD_COUNT], CpuElement element,
                          CpuDefinition *cpu, GError **error);

#define CPU_READER_MAX_ATTRIBUTES 64

/* A feature of that name, and the last element that had it. */
typedef struct {
    char *name; /* of the reader's names */
    guint64 element;
} CpuSeenFeature;

/* A child without children, to be told to a reader again and again. Its texts are the maker's. */
typedef struct {
    const char *name; /* NULL: of an element in a namespace */
    const CpuReaderAttribute *attributes;
    guint n_attributes;
    const char *text;
    gsize length;

    /* The reader's own: what it made of a feature; to begin with NULL. */
    CpuSeenFeature *seen;
    guint n_forgotten; /* as the reader has it; else SEEN is gone */
    CpuPolicy policy;
} CpuReaderChild;

/* As the start, text and end of CHILD would do. */
void cpu_reader_repeat(CpuReader *reader, CpuReaderChild *child, guint line);

/* The N attributes of LIST that are in no namespace, from libxml2's five pointers for each. */
guint cpu_reader_convert_attributes(const xmlChar **list, int n,
                                    CpuReaderAttribute ret_attributes[CPU_READER_MAX_ATTRIBUTES]);

/* ---- cpu_reader_list.c ----------------------------------------------------------------------- */

typedef struct {
    CpuElement bare; /* what a <cpu> is */
    CpuReaderSink sink;
    gpointer user_data;
    guint n_found, n_lines; /* CPUs, and lines of the text, that were read */
    gboolean is_stopped;    /* the sink said so */
} CpuList;

/*
 * Takes the bare elements that BYTES begin with, as far as they can be read one by one. Returns
 * where something else begins, which is left to the parser of the whole. ERROR is the sink's.
 */
const char *cpu_reader_list(CpuList *list, CpuReader *reader, const char *bytes, gsize length,
                            GError **error);

G_END_DECLS

#endif
