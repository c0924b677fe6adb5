/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_RAW_CPU_H
#define INGEST_RAW_CPU_H

/*
 * Hosts of which only the CPU is known: raw CPUID documents, CPUID text dumps and QEMU's replies,
 * decoded with a CPU map into the records that libvirt's documents would give.
 */

#include <cpumodel/cpu_data.h>
#include <fleet/document.h>

G_BEGIN_DECLS

/*
 * Each sets what DOCUMENT holds and its kind, or returns FALSE with an error whose message may
 * start with "line N: ". RET_WARNING gets a sentence about what is doubtful, or NULL, with its
 * line.
 */
gboolean raw_cpu_read_cpudata(const CpuMap *map, const char *bytes, gsize length,
                              Document *document, GError **error);
gboolean raw_cpu_read_text(const CpuMap *map, const char *bytes, gsize length, Document *document,
                           char **ret_warning, guint *ret_warning_line, GError **error);
gboolean raw_cpu_read_qemu(const CpuMap *map, const char *bytes, gsize length, Document *document,
                           GError **error);

G_END_DECLS

#endif
