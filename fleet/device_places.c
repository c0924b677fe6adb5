/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What is said of a device that writes no address is a set of types, since which of those that a
 * machine has in the place of PCI it takes depends on the machine.
 */

#include <fleet/device_places.h>

#define BIT(type) (1u << (type))
#define NO_ADDRESS 0u
#define ON_USB BIT(ADDRESS_USB)
#define ON_DRIVE BIT(ADDRESS_DRIVE)
/* PCI, and what stands in its place on some machines. */
#define ON_SYSTEM (~(ON_USB | ON_DRIVE | BIT(ADDRESS_DIMM)))

static guint
disk_types(const DiskDevice *disk)
{
    switch ((guint)disk->bus) {
    case DISK_BUS_USB:
        return ON_USB;
    case DISK_BUS_IDE:
    case DISK_BUS_FDC:
    case DISK_BUS_SCSI:
    case DISK_BUS_SATA:
    case DISK_BUS_NVME:
        return ON_DRIVE;
    default:
        return ON_SYSTEM;
    }
}

static guint
input_types(const InputDevice *input)
{
    switch ((guint)input->bus) {
    case INPUT_BUS_USB:
        return ON_USB;
    case INPUT_BUS_VIRTIO:
        return ON_SYSTEM;
    case INPUT_BUS_DEFAULT:
        return ~0u;
    default:
        return NO_ADDRESS;
    }
}

static guint
sound_types(SoundModel model)
{
    if (model == SOUND_MODEL_USB)
        return ON_USB;
    return model == SOUND_MODEL_SB16 || model == SOUND_MODEL_PCSPK ? NO_ADDRESS : ON_SYSTEM;
}

static guint
memory_types(MemoryModel model)
{
    if (model == MEMORY_MODEL_DIMM || model == MEMORY_MODEL_NVDIMM)
        return BIT(ADDRESS_DIMM);
    return model == MEMORY_MODEL_SGX_EPC ? NO_ADDRESS : ON_SYSTEM;
}

static guint
hostdev_types(HostdevType type)
{
    if (type == HOSTDEV_USB)
        return ON_USB;
    return type == HOSTDEV_SCSI ? ON_DRIVE : ON_SYSTEM;
}

/* The target type decides, where it is told. */
static guint
serial_types(SerialTarget target)
{
    static const guint types[SERIAL_TARGET_COUNT] = {
        [SERIAL_TARGET_NONE] = ON_SYSTEM & ~BIT(ADDRESS_PCI),
        [SERIAL_TARGET_ISA] = BIT(ADDRESS_ISA),
        [SERIAL_TARGET_USB] = ON_USB,
        [SERIAL_TARGET_PCI] = BIT(ADDRESS_PCI),
        [SERIAL_TARGET_SPAPR_VIO] = BIT(ADDRESS_SPAPR_VIO),
        [SERIAL_TARGET_SYSTEM] = NO_ADDRESS,
        [SERIAL_TARGET_SCLP] = NO_ADDRESS,
        [SERIAL_TARGET_ISA_DEBUG] = BIT(ADDRESS_ISA),
    };

    return types[target];
}

/* A bit set over AddressType: what planning gives a device that writes no address. */
static guint
planned_types(const Device *device)
{
    switch ((guint)device->kind) {
    case DEVICE_DISK:
        return disk_types(&device->disk);
    case DEVICE_INTERFACE:
        if (device->interface.model == INTERFACE_MODEL_USB_NET)
            return ON_USB;
        return ON_SYSTEM & ~BIT(ADDRESS_SPAPR_VIO);
    case DEVICE_SOUND:
        return sound_types(device->sound.model);
    case DEVICE_HOSTDEV:
        return hostdev_types(device->hostdev.type);
    case DEVICE_VIDEO:
        return device->video.model == VIDEO_MODEL_NONE || device->video.model == VIDEO_MODEL_RAMFB
                   ? NO_ADDRESS
                   : ON_SYSTEM;
    case DEVICE_INPUT:
        return input_types(&device->input);
    case DEVICE_FILESYSTEM:
        return device->filesystem.driver == FILESYSTEM_DRIVER_MTP ? ON_USB : ON_SYSTEM;
    case DEVICE_WATCHDOG:
        return device->watchdog.model == WATCHDOG_I6300ESB ? ON_SYSTEM : NO_ADDRESS;
    case DEVICE_IOMMU:
        return device->iommu.model == IOMMU_VIRTIO ? ON_SYSTEM : NO_ADDRESS;
    case DEVICE_MEMORY:
        return memory_types(device->memory.model);
    case DEVICE_SERIAL:
        return serial_types(device->serial.target);
    case DEVICE_PARALLEL:
        return NO_ADDRESS;
    case DEVICE_CONSOLE:
        return device->console.target == CONSOLE_TARGET_VIRTIO ? NO_ADDRESS : ~0u;
    default:
        return ~0u;
    }
}

gboolean
device_has_open_port(const Device *device, const DeviceAddress *address)
{
    gboolean is_virtio_serial =
        (device->kind == DEVICE_CHANNEL && device->channel.target == CHANNEL_TARGET_VIRTIO) ||
        (device->kind == DEVICE_CONSOLE && device->console.target == CONSOLE_TARGET_VIRTIO);

    return is_virtio_serial && address->type == ADDRESS_VIRTIO_SERIAL &&
           address->virtio_serial.port == 0;
}

AddressType
device_only_type(const Device *device)
{
    if (device->kind == DEVICE_HUB)
        return ADDRESS_USB;
    if (device->kind == DEVICE_INTERFACE && device->interface.model == INTERFACE_MODEL_SPAPR_VLAN)
        return ADDRESS_SPAPR_VIO;
    if (device->kind == DEVICE_SERIAL && device->serial.target == SERIAL_TARGET_SPAPR_VIO)
        return ADDRESS_SPAPR_VIO;
    if (device->kind == DEVICE_MEMORY && memory_types(device->memory.model) == BIT(ADDRESS_DIMM))
        return ADDRESS_DIMM;
    return device->kind == DEVICE_CHANNEL && device->channel.target == CHANNEL_TARGET_VIRTIO
               ? ADDRESS_VIRTIO_SERIAL
               : ADDRESS_NONE;
}

/*
 * A definition may write the type of the address or the bus, and leave the place open; it then
 * insists on the type. PCI and USB are given only to those that belong there, any other type to
 * whatever device it is. A hub may stay there, for want of USB ports.
 */
gboolean
device_may_have(const Device *device, const DeviceAddress *address)
{
    const DeviceAddress *written = &device->written;
    AddressType only = device_only_type(device);

    if (only != ADDRESS_NONE && written->type != only)
        return address->type == only ||
               (device->kind == DEVICE_HUB && address->type == written->type);
    if (device_has_open_port(device, written))
        return address->type == ADDRESS_VIRTIO_SERIAL &&
               address->virtio_serial.controller == written->virtio_serial.controller;
    if (written->type == ADDRESS_USB && written->usb.has_bus &&
        (address->type != ADDRESS_USB || address->usb.bus != written->usb.bus))
        return FALSE;
    if (written->type != ADDRESS_NONE && address->type != written->type)
        return FALSE;
    return (written->type != ADDRESS_NONE && address->type != ADDRESS_PCI &&
            address->type != ADDRESS_USB) ||
           (planned_types(device) & BIT(address->type)) != 0;
}
