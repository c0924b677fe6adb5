/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_QEMU_CPU_READER_H
#define INGEST_QEMU_CPU_READER_H

/*
 * What QEMU says about CPUs over its monitor (QMP): the replies to query-cpu-model-expansion (one
 * model with all its properties) and to query-cpu-definitions (all models, with what blocks them).
 *
 * Property names are QEMU's; they are translated to the map's names the way libvirt does. A
 * property that only an alias of the map explains counts when the reply does not also carry the
 * feature's own name; one that nothing explains is no CPU feature and is passed over.
 *
 * Source: QEMU's QMP reference, "query-cpu-model-expansion" and "query-cpu-definitions".
 */

#include <cpumodel/cpu_data.h>
#include <cpumodel/cpu_engine.h>

G_BEGIN_DECLS

#define QEMU_CPU_READER_ERROR (qemu_cpu_reader_error_quark())
GQuark qemu_cpu_reader_error_quark(void);
typedef enum {
    QEMU_CPU_READER_ERROR_INVALID,    /* not JSON, or no reply of either kind in it */
    QEMU_CPU_READER_ERROR_OTHER_ARCH, /* a reply, about another architecture's CPU than x86 */
} QemuCpuReaderError;

typedef struct {
    char *model;         /* query-cpu-model-expansion: "base", "max", "host"; NULL when absent */
    CpuData *data;       /* what is on, as CPUID; NULL when there is no such reply */
    GPtrArray *features; /* of char*: those that the properties name, on or off; sorted */
    CpuHypervisorModels *models; /* query-cpu-definitions; NULL when there is no such reply */
} QemuCpuReply;

void qemu_cpu_reply_free(QemuCpuReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(QemuCpuReply, qemu_cpu_reply_free)

/* TRUE when BYTES begin like a JSON document rather than XML or plain text. */
gboolean qemu_cpu_reader_is_json(const char *bytes, gsize length);

/*
 * All replies in BYTES, one JSON object after the other ({"return": ...} or its content alone).
 * Other objects (a greeting, an empty reply, an event) are passed over. Owned by the caller.
 */
QemuCpuReply *qemu_cpu_reader_parse(const char *bytes, gsize length, const CpuMap *map,
                                    GError **error);

G_END_DECLS

#endif
