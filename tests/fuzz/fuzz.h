/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

/* The entry point that libFuzzer and OSS-Fuzz call, and replay.c in their place. Always returns 0.
 */

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
