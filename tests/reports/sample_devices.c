/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sample_devices.h"

static void
add_controller(DomainDevices *devices, ControllerType type, ControllerModel model, gint index,
               guint bus, guint slot)
{
    Device *device = device_new(DEVICE_CONTROLLER);

    device->controller.type = type;
    device->controller.model = model;
    device->controller.index = index;
    if (slot > 0) {
        device->address.type = ADDRESS_PCI;
        device->address.pci.bus = bus;
        device->address.pci.slot = slot;
    }
    domain_devices_insert(devices, device);
}

DomainDevices *
sample_devices_new(guint guest)
{
    DomainDevices *devices = domain_devices_new();
    Device *disk = device_new(DEVICE_DISK), *interface = device_new(DEVICE_INTERFACE);
    Device *second = device_new(DEVICE_DISK), *video = device_new(DEVICE_VIDEO);

    add_controller(devices, CONTROLLER_PCI, CONTROLLER_MODEL_PCIE_ROOT, 0, 0, 0);
    for (guint i = 1; i <= 4; i++)
        add_controller(devices, CONTROLLER_PCI, CONTROLLER_MODEL_PCIE_ROOT_PORT, (gint)i, 0, i + 1);
    add_controller(devices, CONTROLLER_SCSI, CONTROLLER_MODEL_VIRTIO_SCSI, 0, 3, 0);
    add_controller(devices, CONTROLLER_USB, CONTROLLER_MODEL_QEMU_XHCI, 0, 0, 29);
    disk->disk.bus = DISK_BUS_VIRTIO;
    disk->disk.target = g_strdup("vda");
    disk->address = disk->written = (DeviceAddress){.type = ADDRESS_PCI, .pci = {.bus = 1}};
    second->disk.bus = DISK_BUS_SCSI;
    second->disk.target = g_strdup("sdb");
    second->address = (DeviceAddress){.type = ADDRESS_DRIVE, .drive = {0, 0, 0, 1}};
    interface->interface.mac = g_strdup_printf("52:54:00:00:%02x:%02x", guest / 256, guest % 256);
    interface->address = (DeviceAddress){.type = ADDRESS_PCI, .pci = {.bus = 2}};
    video->address = (DeviceAddress){.type = ADDRESS_PCI, .pci = {.slot = 1}};
    domain_devices_insert(devices, disk);
    domain_devices_insert(devices, second);
    domain_devices_insert(devices, interface);
    domain_devices_insert(devices, video);
    return devices;
}
