/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Virtio devices on machines where they need no PCI: channel I/O on s390x, memory-mapped registers
 * on some boards. Both take nearly the same devices, those without an address of another type.
 */

#include "address_private.h"

#include <string.h>

#define CCW_CSSID 0xfe
#define CCW_MAX_DEVNO 0xffff

static gboolean
is_virtio_controller(const ControllerDevice *c)
{
    return c->type == CONTROLLER_VIRTIO_SERIAL || c->type == CONTROLLER_SCSI;
}

/* virtio.c: TRUE when s390x and virtio-mmio machines give DEVICE their own kind of address. */
static gboolean
address_is_virtio_device(const AddressContext *context, const Device *device, gboolean is_ccw)
{
    switch ((guint)device->kind) {
    case DEVICE_DISK:
        return device->disk.bus == DISK_BUS_VIRTIO;
    case DEVICE_INTERFACE:
        return interface_model_is_virtio(device->interface.model) && !device->interface.is_hostdev;
    case DEVICE_VIDEO:
        return device->video.model == VIDEO_MODEL_VIRTIO;
    case DEVICE_INPUT:
        return device->input.bus == INPUT_BUS_VIRTIO;
    case DEVICE_CONTROLLER:
        return is_virtio_controller(&device->controller);
    case DEVICE_HOSTDEV:
        return device->hostdev.type == HOSTDEV_SCSI_HOST;
    case DEVICE_MEMBALLOON:
        return device->memballoon.model != BALLOON_NONE && device->memballoon.model != BALLOON_XEN;
    case DEVICE_RNG:
        return TRUE;
    case DEVICE_MEMORY:
        return (device->memory.model == MEMORY_MODEL_VIRTIO_MEM &&
                address_has(context, CHANGE_VIRTIO_MEM_CCW)) ||
               device->memory.model == MEMORY_MODEL_VIRTIO_PMEM;
    case DEVICE_FILESYSTEM:
    case DEVICE_VSOCK:
        return is_ccw;
    case DEVICE_CRYPTO:
        return address_has(context, CHANGE_CRYPTO);
    case DEVICE_SOUND:
        return device->sound.model == SOUND_MODEL_VIRTIO &&
               address_has(context, CHANGE_VIRTIO_SOUND);
    default:
        return FALSE;
    }
}

/* Gives TYPE to every virtio device that has no address. */
static void
give_type(AddressContext *context, AddressType type, gboolean is_ccw)
{
    DeviceWalk walk;
    Device *device;

    device_walk_init(&walk, context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        if (device->address.type == ADDRESS_NONE &&
            address_is_virtio_device(context, device, is_ccw))
            device->address.type = type;
    }
}

/* ---- ccw ------------------------------------------------------------------------------------ */

static guint
ccw_key(const DeviceAddress *address)
{
    return address->ccw.cssid << 18 | address->ccw.ssid << 16 | address->ccw.devno;
}

static gboolean
number_ccw(AddressContext *context, Device *device, GHashTable *used, guint *next_devno)
{
    DeviceAddress *address = &device->address;

    address->ccw.cssid = CCW_CSSID;
    address->ccw.ssid = 0;
    for (;; (*next_devno)++) {
        if (*next_devno > CCW_MAX_DEVNO)
            return address_refuse(context, device, "remove devices", "no ccw address is left");
        address->ccw.devno = *next_devno;
        if (g_hash_table_add(used, GUINT_TO_POINTER(ccw_key(address))))
            break;
    }
    address->ccw.is_assigned = TRUE;
    return TRUE;
}

gboolean
address_assign_ccw(AddressContext *context)
{
    g_autoptr(GHashTable) used = g_hash_table_new(NULL, NULL);
    DeviceWalk walk;
    Device *device;
    guint next_devno = 0;

    if (context->family != FAMILY_S390_CCW)
        return TRUE;
    for (guint i = 0; i < domain_devices_n(context->devices, DEVICE_HOSTDEV); i++) {
        device = domain_devices_get(context->devices, DEVICE_HOSTDEV, i);
        if (device->kind == DEVICE_HOSTDEV && device->hostdev.type == HOSTDEV_MDEV_CCW &&
            device->address.type == ADDRESS_NONE)
            device->address.type = ADDRESS_CCW;
    }
    give_type(context, ADDRESS_CCW, TRUE);
    device_walk_init(&walk, context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        if (device->address.type == ADDRESS_CCW && device->address.ccw.is_assigned &&
            !g_hash_table_add(used, GUINT_TO_POINTER(ccw_key(&device->address))))
            return address_refuse(context, device, "give one of them another",
                                  "the ccw address %x.%x.%04x is already in use",
                                  device->address.ccw.cssid, device->address.ccw.ssid,
                                  device->address.ccw.devno);
    }
    device_walk_init(&walk, context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        if (device->address.type == ADDRESS_CCW && !device->address.ccw.is_assigned &&
            !number_ccw(context, device, used, &next_devno))
            return FALSE;
    }
    return TRUE;
}

/* ---- virtio-mmio ---------------------------------------------------------------------------- */

static gboolean
has_mmio_device(const DomainDevices *devices)
{
    DeviceWalk walk;
    const Device *device;

    device_walk_init(&walk, devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        if (device->address.type == ADDRESS_VIRTIO_MMIO)
            return TRUE;
    }
    return FALSE;
}

gboolean
address_choose_virtio_bus(AddressContext *context)
{
    const DomainDevices *devices = context->devices;
    const Device *root = domain_devices_find_controller(devices, CONTROLLER_PCI, 0);
    gboolean is_express = root != NULL && root->controller.model == CONTROLLER_MODEL_PCIE_ROOT;

    if (!context->traits->has_virtio_mmio)
        return TRUE;
    give_type(context, is_express && !has_mmio_device(devices) ? ADDRESS_PCI : ADDRESS_VIRTIO_MMIO,
              FALSE);
    return TRUE;
}
