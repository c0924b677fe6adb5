/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_CPU_MAP_READER_PRIVATE_H
#define INGEST_CPU_MAP_READER_PRIVATE_H

/* A libvirt CPU map from files that need not be on a disk. */

#include <ingest/cpu_map_reader.h>

G_BEGIN_DECLS

typedef struct {
    const char *name; /* of the map */
    /* The bytes of the file at PATH, the caller's to free; FALSE with an ERROR "PATH: REASON". */
    gboolean (*read)(gpointer user_data, const char *path, char **ret_bytes, gsize *ret_length,
                     GError **error);
    gpointer user_data;
} CpuMapFiles;

/*
 * As cpu_map_reader_load(): the map that begins with the file INDEX of FILES. What no libvirt map
 * says is taken from BUILTIN.
 */
CpuMap *cpu_map_reader_load_files(const char *index, const CpuMapFiles *files,
                                  const CpuMap *builtin, GError **error);

G_END_DECLS

#endif
