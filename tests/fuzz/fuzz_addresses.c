/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Any bytes as a guest's definition: a plan that keeps the laws, or a refusal that tells why. One
 * in UTF-16 or UTF-32 comes back as it was.
 */

#include "address_laws.h"
#include "fuzz.h"

#include <ingest/document_encoding.h>
#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const AddressOptions options = {0};
    g_auto(DocumentEncoding) encoding = {0};
    g_autofree char *text = g_malloc0(size + 1);
    gsize length = size;

    if (size > 0)
        memcpy(text, data, size);
    if (!document_encoding_decode(&encoding, &text, &length, NULL))
        return 0;
    g_autofree char *broken = address_laws_broken(text, length, &options);
    fuzz_check(broken, "");
    if (encoding.name == NULL)
        return 0;
    g_autoptr(GString) back = g_string_new_len(text, (gssize)length);
    gboolean is_back = document_encoding_encode(&encoding, back, NULL) && back->len == size &&
                       memcmp(back->str, data, size) == 0;
    fuzz_check(is_back ? NULL : "it does not come back as it was", text);
    return 0;
}
