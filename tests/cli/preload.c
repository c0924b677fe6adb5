/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "preload.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

void *
preload_next(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

int
preload_path(int fd, char ret_path[static PATH_MAX])
{
    char link[64];
    int code = errno;

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, ret_path, PATH_MAX - 1);
    errno = code;
    if (length < 0)
        return -1;
    ret_path[length] = '\0';
    return 0;
}
