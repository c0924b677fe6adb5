/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Any bytes as QEMU's CPU replies: one of the two replies, or an error; and decoding the CPU is
 * safe.
 */

#include "fuzz.h"

#include <ingest/qemu_cpu_reader.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static CpuMap *map;
    g_autoptr(GError) error = NULL;

    if (map == NULL)
        map = cpu_map_new_builtin();
    g_autoptr(QemuCpuReply) reply = qemu_cpu_reader_parse((const char *)data, size, map, &error);
    if (reply == NULL) {
        g_assert(error != NULL);
        return 0;
    }
    g_assert(error == NULL && (reply->data != NULL || reply->models != NULL));
    if (reply->data != NULL) {
        CpuDecodeOptions options = {.type = CPU_TYPE_GUEST, .models = reply->models};
        g_autoptr(CpuDefinition) cpu = cpu_engine_decode(map, reply->data, &options, NULL);
    }
    return 0;
}
