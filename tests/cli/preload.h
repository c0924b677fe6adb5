/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_CLI_PRELOAD_H
#define TESTS_CLI_PRELOAD_H

/* For libraries that stand before the C library (LD_PRELOAD) and meddle with its calls. */

#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <sys/types.h>

/* The function NAME of the next library; the caller casts it to its type. */
void *preload_next(const char *name);

/* The path that FD was opened by: 0; another number when it has none. Leaves errno as it is. */
int preload_path(int fd, char ret_path[static PATH_MAX]);

/*
 * Defines NAME, open or open64, which has a mode only sometimes: it ends with -1 where
 * FAILS(path, flags), which sets errno, is true, and is that of the next library elsewhere.
 */
#define PRELOAD_OPEN(name, fails)                                                                  \
    int name(const char *path, int flags, ...);                                                    \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        int (*real)(const char *, int, ...) =                                                      \
            (int (*)(const char *, int, ...))preload_next(#name);                                  \
        va_list arguments;                                                                         \
                                                                                                   \
        va_start(arguments, flags);                                                                \
        mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;        \
        va_end(arguments);                                                                         \
        return fails(path, flags) ? -1 : real(path, flags, mode);                                  \
    }

#endif
