/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * After the first error everything is still taken, and thrown away, so that writers need not look;
 * the error is the output's until it is told.
 */

#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <unistd.h>

#define FLUSH_BYTES ((gsize)256 * 1024)

void
output_init_memory(Output *output)
{
    *output = (Output){.text = g_string_new(NULL), .fd = -1};
}

char *
output_steal(Output *output)
{
    return g_string_free(g_steal_pointer(&output->text), FALSE);
}

gboolean
output_init_file(Output *output, const char *path, GError **error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);

    if (fd < 0) {
        int code = errno;

        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code),
                    "cannot create '%s': %s", path, g_strerror(code));
        return FALSE;
    }
    *output = (Output){.text = g_string_new(NULL), .fd = fd};
    return TRUE;
}

static void
fail(Output *output, const char *what)
{
    int code = errno;

    g_set_error(&output->error, G_FILE_ERROR, (gint)g_file_error_from_errno(code), "%s: %s", what,
                g_strerror(code));
}

static void
flush(Output *output)
{
    gsize done = 0;

    while (output->error == NULL && done < output->text->len) {
        gssize n = write(output->fd, output->text->str + done, output->text->len - done);

        if (n >= 0)
            done += (gsize)n;
        else if (errno != EINTR)
            fail(output, "cannot write");
    }
    g_string_truncate(output->text, 0);
}

void
output_checkpoint(Output *output)
{
    if (output->fd >= 0 && output->text->len >= FLUSH_BYTES)
        flush(output);
}

gboolean
output_finish(Output *output, GError **error)
{
    flush(output);
    if (close(output->fd) != 0 && output->error == NULL)
        fail(output, "cannot close");
    g_string_free(g_steal_pointer(&output->text), TRUE);
    if (output->error == NULL)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&output->error));
    return FALSE;
}
