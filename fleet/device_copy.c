/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Copies of whole guests: a struct copy of each device, its strings duplicated, and the lists
 * rebuilt through a map from the old device to the new.
 */

#include <fleet/device.h>
#include <string.h>

static void
own(char **string)
{
    *string = g_strdup(*string);
}

/* Duplicates the strings that a struct copy shares with its original. */
static void
own_strings(Device *device)
{
    own(&device->alias);
    own(&device->identity);
    own(&device->content);
    switch ((guint)device->kind) {
    case DEVICE_DISK:
        own(&device->disk.target);
        own(&device->disk.serial);
        break;
    case DEVICE_INTERFACE:
        own(&device->interface.type);
        own(&device->interface.model_name);
        own(&device->interface.mac);
        break;
    case DEVICE_HOSTDEV:
        own(&device->hostdev.source);
        break;
    case DEVICE_CONTROLLER:
        own(&device->controller.model_name);
        own(&device->controller.serial);
        break;
    case DEVICE_SMARTCARD:
        own(&device->smartcard.mode);
        break;
    case DEVICE_CHANNEL:
        own(&device->channel.name);
        break;
    case DEVICE_FILESYSTEM:
        own(&device->filesystem.target);
        break;
    case DEVICE_SHMEM:
        own(&device->shmem.name);
        break;
    case DEVICE_REDIRDEV:
        own(&device->redirdev.bus);
        break;
    default:
        break;
    }
}

static Device *
device_copy(const Device *device)
{
    Device *copy = g_memdup2(device, sizeof *device);

    own_strings(copy);
    return copy;
}

DomainDevices *
domain_devices_copy(const DomainDevices *devices)
{
    DomainDevices *copy = g_memdup2(devices, sizeof *devices);
    g_autoptr(GHashTable) copies = g_hash_table_new(NULL, NULL);

    own(&copy->machine);
    own(&copy->os_type);
    own(&copy->domain_type);
    copy->owned = g_ptr_array_new_full(devices->owned->len, (GDestroyNotify)device_free);
    for (guint i = 0; i < devices->owned->len; i++) {
        Device *device = g_ptr_array_index(devices->owned, i), *twin = device_copy(device);

        g_ptr_array_add(copy->owned, twin);
        g_hash_table_insert(copies, device, twin);
    }
    for (guint kind = 0; kind < DEVICE_KIND_COUNT; kind++) {
        const GPtrArray *list = devices->lists[kind];

        copy->lists[kind] = g_ptr_array_sized_new(list->len);
        for (guint i = 0; i < list->len; i++)
            g_ptr_array_add(copy->lists[kind],
                            g_hash_table_lookup(copies, g_ptr_array_index(list, i)));
    }
    for (guint i = 0; i < copy->owned->len; i++) {
        Device *device = g_ptr_array_index(copy->owned, i);

        if (device->twin != NULL)
            device->twin = g_hash_table_lookup(copies, device->twin);
    }
    return copy;
}
