/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Any bytes as a guest's definition, out of which each of its devices is taken, and into which it
 * is put once more.
 */

#include "domain_edit_laws.h"
#include "fuzz.h"

#include <ingest/domain_devices_reader.h>

#define MAX_DEVICES 16

static void
check_device(const char *text, gsize length, const DomainDevices *devices, Device *device)
{
    g_autoptr(GPtrArray) leaving = g_ptr_array_new();
    g_autofree char *element =
        g_strndup(text + device->place.begin, device->place.end - device->place.begin);

    g_ptr_array_add(leaving, device);
    g_autofree char *by_removal =
        domain_edit_laws_broken_by_removal(text, length, devices, leaving);
    fuzz_check(by_removal, text);
    g_autofree char *by_insertion =
        domain_edit_laws_broken_by_insertion(text, length, devices, device->kind, element);
    fuzz_check(by_insertion, text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    Finding *refusal = NULL;
    g_autoptr(DomainDevices) devices = domain_devices_read((const char *)data, size, &refusal);

    if (devices == NULL) {
        finding_free(refusal);
        return 0;
    }
    g_autoptr(GPtrArray) all = domain_edit_laws_in_text(devices);
    for (guint i = 0; i < MIN(all->len, MAX_DEVICES); i++)
        check_device(text, size, devices, g_ptr_array_index(all, i));
    return 0;
}
