/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Any bytes as a guest's definition: a plan in which no PCI address is given twice and which
 * planning again does not change, or a refusal that tells why.
 */

#include "fuzz.h"

#include <ingest/domain_devices_reader.h>
#include <planner/address.h>
#include <string.h>

static void
check_unique(const GArray *list)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < list->len; i++) {
        char *address = g_array_index(list, KeptAddress, i).address;

        if (g_str_has_prefix(address, "pci "))
            g_assert(g_hash_table_add(seen, address));
    }
}

static void
check_equal(const GArray *a, const GArray *b)
{
    g_assert_cmpuint(a->len, ==, b->len);
    for (guint i = 0; i < a->len; i++) {
        const KeptAddress *left = &g_array_index(a, KeptAddress, i);
        const KeptAddress *right = &g_array_index(b, KeptAddress, i);

        g_assert_cmpstr(left->device, ==, right->device);
        g_assert_cmpstr(left->address, ==, right->address);
    }
}

static void
check_refusal(Finding *refusal)
{
    g_assert(*refusal->text != '\0' && *refusal->remedy != '\0');
    finding_free(refusal);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const AddressOptions options = {0};
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) devices = domain_devices_read((const char *)data, size, &refusal);

    if (devices == NULL) {
        check_refusal(refusal);
        return 0;
    }
    refusal = address_plan_guest(devices, &options);
    if (refusal != NULL) {
        check_refusal(refusal);
        return 0;
    }
    GArray *first = address_list(devices);
    check_unique(first);
    g_assert_null(address_plan_guest(devices, &options));
    GArray *second = address_list(devices);
    check_equal(first, second);
    address_list_free(first);
    address_list_free(second);
    return 0;
}
