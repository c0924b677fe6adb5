/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Addresses that devices had before and that their definition does not repeat.
 *
 * A device gets its old address back when it would otherwise be given a new one and nobody else has
 * written that address. Controllers that planning adds get theirs back when they are added. Where
 * the old addresses as a whole make the guest impossible, they are forgotten and it is planned
 * anew.
 */

#include "address_private.h"

#include <stdlib.h>
#include <string.h>

static int
compare_keys(const void *a, const void *b)
{
    return strcmp(((const KeptAddress *)a)->device, ((const KeptAddress *)b)->device);
}

gboolean
address_find_kept(const AddressContext *context, const Device *device, DeviceAddress *ret_address)
{
    const KeptAddresses *kept = context->options->kept;

    if (kept == NULL || kept->addresses->len == 0)
        return FALSE;
    g_autofree char *key = device_key(context->devices, device);
    const KeptAddress wanted = {.device = key};
    const KeptAddress *found =
        bsearch(&wanted, kept->addresses->data, kept->addresses->len, sizeof wanted, compare_keys);
    return found != NULL && device_address_parse(found->address, ret_address);
}

/* What must be unique: the address, and for a drive the bus it is on. */
static char *
place_text(const Device *device, const DeviceAddress *address)
{
    DeviceAddress bare = *address;

    if (bare.type == ADDRESS_PCI)
        bare.pci.has_uid = bare.pci.has_fid = FALSE;
    g_autofree char *text = device_address_format(&bare);
    if (text == NULL || bare.type != ADDRESS_DRIVE)
        return g_steal_pointer(&text);
    return g_strdup_printf("%s on %u", text,
                           (guint)(device->kind == DEVICE_DISK ? device->disk.bus : DISK_BUS_SCSI));
}

/* Was this address chosen by planning, or is there none? */
static gboolean
is_unwritten(const Device *device)
{
    return device->written.type == ADDRESS_NONE ||
           (device->written.type == ADDRESS_PCI &&
            !device_address_is_pci_present(&device->written));
}

gboolean
address_recall_kept(AddressContext *context)
{
    g_autoptr(GHashTable) places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    DeviceWalk walk;
    Device *device;

    if (context->options->kept == NULL)
        return TRUE;
    device_walk_init(&walk, context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        char *place = is_unwritten(device) ? NULL : place_text(device, &device->address);

        if (place != NULL)
            g_hash_table_add(places, place);
    }
    device_walk_init(&walk, context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        DeviceAddress kept = {0};

        if (!is_unwritten(device) || !address_find_kept(context, device, &kept))
            continue;
        char *place = place_text(device, &kept);
        if (place != NULL && g_hash_table_add(places, place))
            device->address = kept;
    }
    return TRUE;
}
