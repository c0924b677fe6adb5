/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Copies into an array on the stack: what the protection of stacks and of copies is for. */

#include <stdio.h>
#include <string.h>

int
main(int argc, char **argv)
{
    char name[16];

    memcpy(name, argv[argc - 1], strlen(argv[argc - 1]) + 1);
    return puts(name) < 0;
}
