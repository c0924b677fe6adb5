/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Any bytes as an archive on standard input: members with relative paths that lead nowhere else,
 * and no more of them and of their bytes than the limits allow.
 */

#include "fuzz.h"

#include "../../ingest/archive_source.h"
#include "../../ingest/spool.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define MAX_MEMBERS 100
#define MAX_BYTES 65536

typedef struct {
    guint n_members;
} Counts;

static gboolean
take_task(Task *task, gpointer user_data)
{
    Counts *counts = user_data;

    if (task->bytes != NULL) {
        const char *member = task->source->member;

        counts->n_members++;
        g_assert(member == NULL || (*member != '/' && !g_str_has_prefix(member, "../") &&
                                    strstr(member, "/../") == NULL));
        g_assert(g_bytes_get_size(task->bytes) <= MAX_BYTES + 1);
    }
    task_free(task);
    return TRUE;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const IngestLimits limits = {.max_document_bytes = MAX_BYTES,
                                        .max_depth = 100,
                                        .max_attribute_bytes = MAX_BYTES,
                                        .max_archive_bytes = 16 * MAX_BYTES,
                                        .max_archive_members = MAX_MEMBERS};
    g_autoptr(GBytes) head = g_bytes_new(data, size);
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int fd = spool_input(nothing, head, size, NULL);
    ArchiveInput input = {.path = "-", .fd = fd, .is_given = TRUE, .limits = &limits};
    Counts counts = {0};

    close(nothing);
    g_assert(fd != -1);
    g_assert(archive_source_read(&input, take_task, &counts, NULL));
    g_assert(counts.n_members <= MAX_MEMBERS + 1);
    close(fd);
    return 0;
}
