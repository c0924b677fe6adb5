/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Slots of DIMMs. Base addresses are QEMU's to choose when the guest starts.
 */

#include "address_private.h"

#include <fleet/device_places.h>

#define MAX_SLOTS 256

static gboolean
is_dimm(const Device *device)
{
    return device_only_type(device) == ADDRESS_DIMM;
}

/*
 * What stands where a DIMM has its base, in an address of another type: the third number, and the
 * fourth in the upper half.
 */
static guint64
base_of_other(const DeviceAddress *other)
{
    switch ((guint)other->type) {
    case ADDRESS_PCI:
        return (guint64)other->pci.function << 32 | other->pci.slot;
    case ADDRESS_DRIVE:
        return (guint64)other->drive.unit << 32 | other->drive.target;
    case ADDRESS_USB: /* the first two are the bus and the first port */
        return (guint64)other->usb.ports[2] << 32 | other->usb.ports[1];
    case ADDRESS_VIRTIO_SERIAL:
        return other->virtio_serial.port;
    case ADDRESS_SPAPR_VIO:
        return other->spapr_vio.has_reg;
    case ADDRESS_CCW:
        return (guint64)other->ccw.is_assigned << 32 | other->ccw.devno;
    default:
        return 0;
    }
}

void
address_retype_dimm(Device *device)
{
    guint64 base = base_of_other(&device->address);

    if (!is_dimm(device) || device->address.type == ADDRESS_DIMM)
        return;
    device->address = (DeviceAddress){.type = ADDRESS_DIMM};
    device->address.dimm.has_base = base != 0;
    device->address.dimm.base = base;
}

static gboolean
reserve_written(AddressContext *context, guint n_slots, guint8 *is_used)
{
    for (guint i = 0; i < domain_devices_n(context->devices, DEVICE_MEMORY); i++) {
        const Device *device = domain_devices_get(context->devices, DEVICE_MEMORY, i);
        guint slot = device->address.dimm.slot;

        if (device->address.type != ADDRESS_DIMM || !device->address.dimm.has_slot)
            continue;
        if (slot >= n_slots)
            return address_refuse(
                context, device, "use a lower slot, or raise <maxMemory slots=''>",
                "memory slot %u is not below the number of slots, %u", slot, n_slots);
        if (is_used[slot])
            return address_refuse(context, device, "give one of them another slot",
                                  "memory slot %u is already in use", slot);
        is_used[slot] = TRUE;
    }
    return TRUE;
}

gboolean
address_assign_memory(AddressContext *context)
{
    const DomainDevices *devices = context->devices;
    guint8 is_used[MAX_SLOTS] = {0};
    guint n_slots = MIN(devices->memory_slots, MAX_SLOTS), slot = 0;

    if (!devices->has_max_memory || domain_devices_n(devices, DEVICE_MEMORY) == 0)
        return TRUE;
    if (!reserve_written(context, n_slots, is_used))
        return FALSE;
    for (guint i = 0; i < domain_devices_n(devices, DEVICE_MEMORY); i++) {
        Device *device = domain_devices_get(devices, DEVICE_MEMORY, i);

        address_retype_dimm(device);
        if (!is_dimm(device) || device->address.dimm.has_slot)
            continue;
        while (slot < n_slots && is_used[slot])
            slot++;
        if (slot >= n_slots)
            return address_refuse(context, device, "raise <maxMemory slots=''>",
                                  "no memory slot is left");
        is_used[slot] = TRUE;
        device->address.dimm.slot = slot;
        device->address.dimm.has_slot = TRUE;
    }
    return TRUE;
}
