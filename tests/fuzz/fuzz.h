/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

/*
 * The entry points that libFuzzer and OSS-Fuzz call, and replay.c in their place: the first once,
 * before the second with each input. Both return 0.
 */

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the process as a finding when a law is BROKEN (NULL: none is), telling it and the INPUT. */
static inline void
fuzz_check(const char *broken, const char *input)
{
    if (broken == NULL)
        return;
    g_printerr("%s\n%s\n", broken, input);
    abort();
}

#endif
