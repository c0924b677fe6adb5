/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_CPU_READER_PRIVATE_H
#define INGEST_CPU_READER_PRIVATE_H

/* What the two halves of the `<cpu>` reader share: collecting (cpu_reader.c) and judging. */

#include <ingest/cpu_reader.h>

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

G_END_DECLS

#endif
