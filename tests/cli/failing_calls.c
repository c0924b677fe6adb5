/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Stands before the C library (LD_PRELOAD) and lets calls on files fail, as a full or broken disk
 * does. Only files below one folder count, so the program's own libraries do not notice.
 *
 *   FAIL_FOLDER  the folder
 *   FAIL_CALL    write, sync, open, rename, remove or map
 *   FAIL_ERRNO   the number of the error
 *   FAIL_FROM    the call that fails first, from 1; all after it fail too
 *   FAIL_COUNT   a file for the number of calls there were, written at exit
 *
 * And lets the clock on the wall be another one: CLOCK_SHIFT seconds are added to it.
 */

#include "preload.h"

#include <errno.h>
#include <glib.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static atomic_int n_calls;

static int
is_below(const char *path)
{
    const char *folder = getenv("FAIL_FOLDER");

    return folder != NULL && strncmp(path, folder, strlen(folder)) == 0;
}

static int
number(const char *variable)
{
    const char *text = getenv(variable);

    return text != NULL ? (int)g_ascii_strtoll(text, NULL, 10) : INT_MAX;
}

/* Does this call of KIND on PATH fail? */
static int
fails(const char *kind, const char *path)
{
    const char *wanted = getenv("FAIL_CALL");

    if (wanted == NULL || strcmp(kind, wanted) != 0 || !is_below(path))
        return 0;
    if (atomic_fetch_add(&n_calls, 1) + 1 < number("FAIL_FROM"))
        return 0;
    errno = number("FAIL_ERRNO");
    return 1;
}

static int
descriptor_fails(const char *kind, int fd)
{
    char path[PATH_MAX];

    return preload_path(fd, path) == 0 && fails(kind, path);
}

__attribute__((destructor)) static void
tell_count(void)
{
    const char *path = getenv("FAIL_COUNT");
    FILE *file = path != NULL ? fopen(path, "we") : NULL;

    if (file == NULL)
        return;
    fprintf(file, "%d\n", n_calls);
    fclose(file);
}

/* One function in front of another of the same arguments. */
#define BEFORE(type, name, parameters, arguments, condition, failure)                              \
    type name parameters;                                                                          \
    type name parameters                                                                           \
    {                                                                                              \
        type(*real) parameters = (type(*) parameters)preload_next(#name);                          \
        return condition ? failure : real arguments;                                               \
    }

BEFORE(ssize_t, write, (int fd, const void *bytes, size_t n), (fd, bytes, n),
       descriptor_fails("write", fd), -1)
BEFORE(ssize_t, pwrite, (int fd, const void *bytes, size_t n, off_t at), (fd, bytes, n, at),
       descriptor_fails("write", fd), -1)
BEFORE(ssize_t, pwrite64, (int fd, const void *bytes, size_t n, off64_t at), (fd, bytes, n, at),
       descriptor_fails("write", fd), -1)
BEFORE(int, ftruncate, (int fd, off_t n), (fd, n), descriptor_fails("write", fd), -1)
BEFORE(int, ftruncate64, (int fd, off64_t n), (fd, n), descriptor_fails("write", fd), -1)
BEFORE(int, fsync, (int fd), (fd), descriptor_fails("sync", fd), -1)
BEFORE(int, fdatasync, (int fd), (fd), descriptor_fails("sync", fd), -1)
BEFORE(int, rename, (const char *from, const char *to), (from, to), fails("rename", to), -1)
BEFORE(int, renameat2, (int a, const char *from, int b, const char *to, unsigned int flags),
       (a, from, b, to, flags), fails("rename", to), -1)
BEFORE(int, unlink, (const char *path), (path), fails("remove", path), -1)
BEFORE(int, remove, (const char *path), (path), fails("remove", path), -1)
BEFORE(int, rmdir, (const char *path), (path), fails("remove", path), -1)
BEFORE(int, mkdir, (const char *path, mode_t mode), (path, mode), fails("open", path), -1)
BEFORE(void *, mmap, (void *at, size_t n, int protection, int flags, int fd, off_t offset),
       (at, n, protection, flags, fd, offset), fd >= 0 && descriptor_fails("map", fd), MAP_FAILED)
BEFORE(void *, mmap64, (void *at, size_t n, int protection, int flags, int fd, off64_t offset),
       (at, n, protection, flags, fd, offset), fd >= 0 && descriptor_fails("map", fd), MAP_FAILED)

static long
clock_shift(void)
{
    const char *shift = getenv("CLOCK_SHIFT");

    return shift != NULL ? strtol(shift, NULL, 10) : 0;
}

/* GLib asks the one or the other. */
int
clock_gettime(clockid_t clock, struct timespec *ret_time)
{
    int (*real)(clockid_t, struct timespec *) =
        (int (*)(clockid_t, struct timespec *))preload_next("clock_gettime");
    int result = real(clock, ret_time);

    if (result == 0 && clock == CLOCK_REALTIME)
        ret_time->tv_sec += clock_shift();
    return result;
}

int
gettimeofday(struct timeval *ret_time, void *zone)
{
    int (*real)(struct timeval *, void *) =
        (int (*)(struct timeval *, void *))preload_next("gettimeofday");
    int result = real(ret_time, zone);

    if (result == 0)
        ret_time->tv_sec += clock_shift();
    return result;
}

/* Only what may create or write; reading the sources is another matter. */
static int
open_fails(const char *path, int flags)
{
    return (flags & (O_WRONLY | O_RDWR)) != 0 && fails("open", path);
}

PRELOAD_OPEN(open, open_fails)
PRELOAD_OPEN(open64, open_fails)
