/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ingest/input_file.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define STEP_BYTES ((gsize)64 << 10)

const char *
input_file_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

static gboolean
fail(const char *path, int code, const char *reason, GError **error)
{
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code), "%s: %s",
                input_file_name(path), reason);
    return FALSE;
}

static gboolean
read_all(int fd, const char *path, GByteArray *bytes, GError **error)
{
    guint8 *step = g_malloc(STEP_BYTES);
    gssize n = 0;

    while (bytes->len <= INPUT_FILE_BYTES_MAX) {
        n = read(fd, step, STEP_BYTES);
        if (n == 0 || (n < 0 && errno != EINTR))
            break;
        if (n > 0)
            g_byte_array_append(bytes, step, (guint)n);
    }
    int code = errno;
    g_free(step);
    if (n < 0)
        return fail(path, code, g_strerror(code), error);
    if (bytes->len > INPUT_FILE_BYTES_MAX)
        return fail(path, EFBIG, "longer than 512 MiB: name the file that is meant", error);
    return TRUE;
}

gboolean
input_file_read(const char *path, char **ret_text, gsize *ret_length, GError **error)
{
    gboolean is_standard_input = strcmp(path, "-") == 0;
    int fd = is_standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0)
        return fail(path, errno, g_strerror(errno), error);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    gboolean is_read = read_all(fd, path, bytes, error);
    if (!is_standard_input)
        close(fd);
    if (!is_read)
        return FALSE;
    *ret_length = bytes->len;
    g_byte_array_append(bytes, (const guint8 *)"", 1);
    *ret_text = (char *)g_byte_array_free(g_steal_pointer(&bytes), FALSE);
    return TRUE;
}
