/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Stands before the C library (LD_PRELOAD) and changes a file while the program reads it, at a
 * moment that another process would hit by chance alone.
 *
 *   CHANGE_PATH   the file
 *   CHANGE_WITH   the file that has what it becomes
 *   CHANGE_AT     open: before it is opened; read: before a read of it; rest: behind a read of it
 *   CHANGE_HOW    rewrite: in place; replace: by a rename; remove; grow: by a blank; cut: to half;
 *                 fail: nothing is changed, and the call ends with EIO
 *   CHANGE_TIMES  how often at most
 */

#include "preload.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_int n_changes;

static int
is_set_to(const char *variable, const char *value)
{
    const char *text = getenv(variable);

    return text != NULL && strcmp(text, value) == 0;
}

static int
is_descriptor_of(int fd)
{
    char path[PATH_MAX];

    return preload_path(fd, path) == 0 && is_set_to("CHANGE_PATH", path);
}

/* ---- changes -------------------------------------------------------------------------------- */

static int
real_open(const char *path, int flags)
{
    int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))preload_next("open");

    return real(path, flags | O_CLOEXEC);
}

/* Writes what the file FROM has over the beginning of TO. */
static void
overwrite(const char *from, const char *to)
{
    char block[65536];
    ssize_t (*real_read)(int, void *, size_t) =
        (ssize_t(*)(int, void *, size_t))preload_next("read");
    int source = real_open(from, O_RDONLY), target = real_open(to, O_WRONLY);
    ssize_t n;

    while (source >= 0 && target >= 0 && (n = real_read(source, block, sizeof block)) > 0) {
        if (write(target, block, (size_t)n) != n)
            abort();
    }
    close(source);
    close(target);
}

static void
grow(const char *path)
{
    int fd = real_open(path, O_WRONLY | O_APPEND);

    if (fd < 0 || write(fd, "\n", 1) != 1)
        abort();
    close(fd);
}

static void
cut(const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0 || truncate(path, status.st_size / 2) != 0)
        abort();
}

/* Changes the file; what the call at hand is then to end with, 0 or -1 with errno. */
static int
change(void)
{
    const char *path = getenv("CHANGE_PATH"), *with = getenv("CHANGE_WITH");
    const char *times = getenv("CHANGE_TIMES");

    if (atomic_fetch_add(&n_changes, 1) >= (times != NULL ? strtol(times, NULL, 10) : 1))
        return 0;
    if (is_set_to("CHANGE_HOW", "fail")) {
        errno = EIO;
        return -1;
    }
    int is_done = 1;
    if (is_set_to("CHANGE_HOW", "rewrite"))
        overwrite(with, path);
    else if (is_set_to("CHANGE_HOW", "replace"))
        is_done = rename(with, path) == 0;
    else if (is_set_to("CHANGE_HOW", "remove"))
        is_done = unlink(path) == 0;
    else if (is_set_to("CHANGE_HOW", "grow"))
        grow(path);
    else if (is_set_to("CHANGE_HOW", "cut"))
        cut(path);
    if (!is_done)
        abort();
    return 0;
}

/* ---- calls ---------------------------------------------------------------------------------- */

static ssize_t
around(int fd, ssize_t (*real)(int, void *, size_t, off_t), void *bytes, size_t n, off_t at)
{
    int is_it = is_descriptor_of(fd);

    if (is_it && is_set_to("CHANGE_AT", "read") && change() != 0)
        return -1;
    ssize_t result = real(fd, bytes, n, at);
    int code = errno;
    if (is_it && is_set_to("CHANGE_AT", "rest"))
        change();
    errno = code;
    return result;
}

ssize_t
pread(int fd, void *bytes, size_t n, off_t at)
{
    return around(fd, (ssize_t(*)(int, void *, size_t, off_t))preload_next("pread"), bytes, n, at);
}

ssize_t
pread64(int fd, void *bytes, size_t n, off_t at)
{
    return around(fd, (ssize_t(*)(int, void *, size_t, off_t))preload_next("pread64"), bytes, n,
                  at);
}

static int
open_fails(const char *path, int flags)
{
    (void)flags;
    return is_set_to("CHANGE_AT", "open") && is_set_to("CHANGE_PATH", path) && change() != 0;
}

PRELOAD_OPEN(open, open_fails)
PRELOAD_OPEN(open64, open_fails)
