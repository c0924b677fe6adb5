/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spool.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define BLOCK_BYTES ((gsize)64 << 10)

static gboolean
fail(const char *what, GError **error)
{
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno), "%s: %s", what,
                g_strerror(errno));
    return FALSE;
}

static gboolean
write_whole(int fd, const char *bytes, gsize length, GError **error)
{
    while (length > 0) {
        gssize n = write(fd, bytes, length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail("it cannot be kept in the folder for temporary files", error);
        bytes += n;
        length -= (gsize)n;
    }
    return TRUE;
}

static gboolean
copy(int input, int output, guint64 max, GError **error)
{
    g_autofree char *block = g_malloc(BLOCK_BYTES);
    guint64 length = 0;

    for (;;) {
        gssize n = read(input, block, BLOCK_BYTES);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail("it cannot be read", error);
        if (n == 0)
            return TRUE;
        length += (guint64)n;
        if (length > max) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC,
                        "it is longer than the %" G_GUINT64_FORMAT " bytes that are allowed", max);
            return FALSE;
        }
        if (!write_whole(output, block, (gsize)n, error))
            return FALSE;
    }
}

int
spool_input(int input, GBytes *head, guint64 max, GError **error)
{
    g_autofree char *name = NULL;
    gsize length;
    const char *bytes = g_bytes_get_data(head, &length);
    int fd = g_file_open_tmp("virt-plan-XXXXXX", &name, error);

    if (fd == -1)
        return -1;
    g_unlink(name);
    if (write_whole(fd, bytes, length, error) && copy(input, fd, max, error))
        return fd;
    close(fd);
    return -1;
}
