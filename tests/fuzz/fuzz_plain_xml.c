/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Any bytes: a document that the scanner of plain XML reads to its end is the same to libxml2. */

#include "fuzz.h"
#include "xml_twin.h"

#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    g_autofree char *plain = xml_twin_plain(bytes, size);
    g_autofree char *other = plain == NULL ? NULL : xml_twin_libxml(bytes, size);

    if (plain == NULL)
        return 0;
    if (other == NULL)
        fuzz_check("libxml2 does not read what the scanner reads", plain);
    else if (strcmp(plain, other) != 0)
        fuzz_check(other, plain);
    return 0;
}
