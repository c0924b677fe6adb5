/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ingest/input_file.h>

#include "message_text.h"

#include <errno.h>
#include <fcntl.h>
#include <fleet/file_remedy.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEP_BYTES (256U << 10)
#define LARGE_PAGES_FROM (4U << 20)

const char *
input_file_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

void
input_file_place_error(GError **error, const char *path)
{
    guint line;

    if (error == NULL || *error == NULL)
        return;
    const char *text = message_text_behind_line((*error)->message, &line);
    char *placed = line > 0 ? g_strdup_printf("%s:%u: %s", input_file_name(path), line, text)
                            : g_strdup_printf("%s: %s", input_file_name(path), text);
    g_free((*error)->message);
    (*error)->message = placed;
}

static gboolean
fail(const char *path, int code, GError **error)
{
    const char *remedy =
        code == EFBIG ? "name the file that is meant" : file_remedy_of_reading(code);

    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code), "%s: %s: %s",
                input_file_name(path), code == EFBIG ? "longer than 512 MiB" : g_strerror(code),
                remedy);
    return FALSE;
}

/*
 * Asks for large pages, where the system has them: memory that is filled for the first time costs a
 * fault for each page, which for small ones takes longer than reading.
 */
static void
prefer_large_pages(guint8 *data, gsize length)
{
    const gsize page = (gsize)sysconf(_SC_PAGESIZE);
    const gsize before = (page - (gsize)data % page) % page;

    if (length >= LARGE_PAGES_FROM)
        madvise(data + before, length - before, MADV_HUGEPAGE);
}

/* Room for the whole of a regular file and for the read that finds its end. */
static GByteArray *
new_buffer(int fd)
{
    struct stat status;
    gsize length = 0;

    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
        length = MIN((gsize)status.st_size, INPUT_FILE_BYTES_MAX);
    GByteArray *bytes = g_byte_array_sized_new((guint)length + STEP_BYTES + 1);
    prefer_large_pages(bytes->data, length);
    return bytes;
}

static gboolean
read_all(int fd, const char *path, GByteArray *bytes, GError **error)
{
    gssize n;

    do {
        guint length = bytes->len;

        g_byte_array_set_size(bytes, length + STEP_BYTES);
        n = read(fd, bytes->data + length, STEP_BYTES);
        int code = errno;
        g_byte_array_set_size(bytes, length + (n > 0 ? (guint)n : 0));
        if (n < 0 && code != EINTR)
            return fail(path, code, error);
    } while (n != 0 && bytes->len <= INPUT_FILE_BYTES_MAX);
    if (bytes->len > INPUT_FILE_BYTES_MAX)
        return fail(path, EFBIG, error);
    return TRUE;
}

gboolean
input_file_read(const char *path, char **ret_text, gsize *ret_length, GError **error)
{
    gboolean is_standard_input = strcmp(path, "-") == 0;
    int fd = is_standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0)
        return fail(path, errno, error);
    g_autoptr(GByteArray) bytes = new_buffer(fd);
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
