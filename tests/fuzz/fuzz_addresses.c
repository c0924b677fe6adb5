/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Any bytes as a guest's definition: a plan that keeps the laws, or a refusal that tells why. */

#include "address_laws.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const AddressOptions options = {0};
    g_autofree char *broken = address_laws_broken((const char *)data, size, &options);

    fuzz_check(broken, "");
    return 0;
}
