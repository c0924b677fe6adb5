/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Which kind of PCI slot each device needs.
 *
 * It is the device that decides, not the machine: on q35 an rtl8139 still needs a conventional
 * slot. Virtio devices follow the root, since every QEMU that is supported can be told which they
 * are.
 */

#include "pci.h"

#include <string.h>

static const PciModel models[CONTROLLER_MODEL_COUNT] = {
    [CONTROLLER_MODEL_PCI_ROOT] = {PCI_CLASS_NONE, PCI_CLASS_PCI | PCI_CLASS_BRIDGE | PCI_CLASS_PXB,
                                   TRUE, 1, 31, NULL},
    [CONTROLLER_MODEL_PCIE_ROOT] = {PCI_CLASS_NONE,
                                    PCI_CLASS_PCIE | PCI_CLASS_ROOT_PORT | PCI_CLASS_DMI |
                                        PCI_CLASS_PXB_PCIE,
                                    FALSE, 1, 31, NULL},
    [CONTROLLER_MODEL_PCI_BRIDGE] = {PCI_CLASS_BRIDGE, PCI_CLASS_PCI | PCI_CLASS_BRIDGE, TRUE, 1,
                                     31, "pci-bridge"},
    [CONTROLLER_MODEL_PCI_EXPANDER_BUS] = {PCI_CLASS_PXB, PCI_CLASS_PCI | PCI_CLASS_BRIDGE, TRUE, 0,
                                           31, "pxb"},
    [CONTROLLER_MODEL_PCIE_TO_PCI_BRIDGE] = {PCI_CLASS_PCIE_TO_PCI,
                                             PCI_CLASS_PCI | PCI_CLASS_BRIDGE, TRUE, 1, 31,
                                             "pcie-pci-bridge"},
    [CONTROLLER_MODEL_DMI_TO_PCI_BRIDGE] = {PCI_CLASS_DMI, PCI_CLASS_PCI | PCI_CLASS_BRIDGE, FALSE,
                                            0, 31, "i82801b11-bridge"},
    [CONTROLLER_MODEL_PCIE_ROOT_PORT] = {PCI_CLASS_ROOT_PORT,
                                         PCI_CLASS_PCIE | PCI_CLASS_UPSTREAM |
                                             PCI_CLASS_PCIE_TO_PCI,
                                         TRUE, 0, 0, "pcie-root-port"},
    [CONTROLLER_MODEL_PCIE_SWITCH_UPSTREAM_PORT] = {PCI_CLASS_UPSTREAM, PCI_CLASS_DOWNSTREAM, FALSE,
                                                    0, 31, "x3130-upstream"},
    [CONTROLLER_MODEL_PCIE_SWITCH_DOWNSTREAM_PORT] = {PCI_CLASS_DOWNSTREAM,
                                                      PCI_CLASS_PCIE | PCI_CLASS_UPSTREAM |
                                                          PCI_CLASS_PCIE_TO_PCI,
                                                      TRUE, 0, 0, "xio3130-downstream"},
    [CONTROLLER_MODEL_PCIE_EXPANDER_BUS] = {PCI_CLASS_PXB_PCIE, PCI_CLASS_ROOT_PORT | PCI_CLASS_DMI,
                                            FALSE, 0, 31, "pxb-pcie"},
};

const PciModel *
pci_model(ControllerModel model)
{
    return &models[model];
}

gboolean
pci_is_express(const AddressContext *context)
{
    const Device *root = domain_devices_find_controller(context->devices, CONTROLLER_PCI, 0);

    return root != NULL && root->controller.model == CONTROLLER_MODEL_PCIE_ROOT;
}

/* What follows the root: PCI Express where there is any. */
static PciClass
modern(const AddressContext *context)
{
    return pci_is_express(context) ? PCI_CLASS_PCIE : PCI_CLASS_PCI;
}

static PciClass
virtio(const AddressContext *context, VirtioModel model)
{
    return model == VIRTIO_MODEL_TRANSITIONAL ? PCI_CLASS_PCI : modern(context);
}

static PciClass
controller_class(const AddressContext *context, const ControllerDevice *c)
{
    switch (c->type) {
    case CONTROLLER_PCI:
        return models[c->model].needs;
    case CONTROLLER_IDE:
    case CONTROLLER_SATA:
        return PCI_CLASS_PCI;
    case CONTROLLER_SCSI:
        if (c->model == CONTROLLER_MODEL_VIRTIO_SCSI ||
            c->model == CONTROLLER_MODEL_SCSI_NON_TRANSITIONAL)
            return modern(context);
        return c->model == CONTROLLER_MODEL_NCR53C90 ? PCI_CLASS_NONE : PCI_CLASS_PCI;
    case CONTROLLER_VIRTIO_SERIAL:
        return c->model == CONTROLLER_MODEL_SERIAL_TRANSITIONAL ? PCI_CLASS_PCI : modern(context);
    case CONTROLLER_USB:
        if (c->model == CONTROLLER_MODEL_USB_NONE)
            return PCI_CLASS_NONE;
        return c->model == CONTROLLER_MODEL_NEC_XHCI || c->model == CONTROLLER_MODEL_QEMU_XHCI
                   ? modern(context)
                   : PCI_CLASS_PCI;
    case CONTROLLER_NVME:
        return address_has(context, CHANGE_NVME_EXPRESS) ? modern(context) : PCI_CLASS_PCI;
    case CONTROLLER_FDC:
    case CONTROLLER_CCID:
    case CONTROLLER_XENBUS:
    case CONTROLLER_ISA:
    case CONTROLLER_TYPE_COUNT:
    default:
        return PCI_CLASS_NONE;
    }
}

static PciClass
interface_class(const AddressContext *context, const InterfaceDevice *interface)
{
    gboolean is_on_board = interface->model == INTERFACE_MODEL_LAN9118 ||
                           interface->model == INTERFACE_MODEL_SMC91C111;

    if (is_on_board && address_has(context, CHANGE_BOARD_PCI))
        return PCI_CLASS_NONE;
    switch (interface->model) {
    case INTERFACE_MODEL_VIRTIO_TRANSITIONAL:
    case INTERFACE_MODEL_E1000:
    case INTERFACE_MODEL_RTL8139:
    case INTERFACE_MODEL_SPAPR_VLAN:
    case INTERFACE_MODEL_LAN9118:
    case INTERFACE_MODEL_SMC91C111:
    case INTERFACE_MODEL_NETFRONT:
    case INTERFACE_MODEL_OTHER_PCI:
        return PCI_CLASS_PCI;
    case INTERFACE_MODEL_USB_NET:
        return PCI_CLASS_NONE;
    case INTERFACE_MODEL_NONE:
    case INTERFACE_MODEL_UNKNOWN:
    case INTERFACE_MODEL_VIRTIO:
    case INTERFACE_MODEL_VIRTIO_NON_TRANSITIONAL:
    case INTERFACE_MODEL_E1000E:
    case INTERFACE_MODEL_IGB:
    case INTERFACE_MODEL_COUNT:
    default:
        return modern(context);
    }
}

static PciClass
hostdev_class(const AddressContext *context, const HostdevDevice *hostdev)
{
    switch (hostdev->type) {
    case HOSTDEV_PCI:
    case HOSTDEV_MDEV_PCI:
        return modern(context);
    case HOSTDEV_SCSI_HOST:
        return virtio(context, hostdev->model);
    case HOSTDEV_USB:
    case HOSTDEV_SCSI:
    case HOSTDEV_MDEV_CCW:
    case HOSTDEV_MDEV_AP:
    case HOSTDEV_OTHER:
    case HOSTDEV_COUNT:
    default:
        return PCI_CLASS_NONE;
    }
}

static PciClass
video_class(const AddressContext *context, VideoModel model)
{
    switch (model) {
    case VIDEO_MODEL_VIRTIO:
    case VIDEO_MODEL_BOCHS:
        return modern(context);
    case VIDEO_MODEL_NONE:
    case VIDEO_MODEL_RAMFB:
        return PCI_CLASS_NONE;
    case VIDEO_MODEL_NONE_WRITTEN:
    case VIDEO_MODEL_VGA:
    case VIDEO_MODEL_CIRRUS:
    case VIDEO_MODEL_VMVGA:
    case VIDEO_MODEL_XEN:
    case VIDEO_MODEL_VBOX:
    case VIDEO_MODEL_QXL:
    case VIDEO_MODEL_PARALLELS:
    case VIDEO_MODEL_GOP:
    case VIDEO_MODEL_DEFAULT:
    case VIDEO_MODEL_COUNT:
    default:
        return PCI_CLASS_PCI;
    }
}

static PciClass
sound_class(const AddressContext *context, SoundModel model)
{
    switch (model) {
    case SOUND_MODEL_VIRTIO:
        return modern(context);
    case SOUND_MODEL_SB16:
    case SOUND_MODEL_PCSPK:
    case SOUND_MODEL_USB:
    case SOUND_MODEL_ICH7: /* other hypervisors have it */
        return PCI_CLASS_NONE;
    case SOUND_MODEL_ES1370:
    case SOUND_MODEL_AC97:
    case SOUND_MODEL_ICH6:
    case SOUND_MODEL_ICH9:
    case SOUND_MODEL_COUNT:
    default:
        return PCI_CLASS_PCI;
    }
}

static PciClass
memballoon_class(const AddressContext *context, BalloonModel model)
{
    if (model == BALLOON_NONE || model == BALLOON_XEN)
        return PCI_CLASS_NONE;
    return model == BALLOON_TRANSITIONAL ? PCI_CLASS_PCI : modern(context);
}

static PciClass
filesystem_class(const AddressContext *context, const FilesystemDevice *filesystem)
{
    if (filesystem->driver == FILESYSTEM_DRIVER_MTP)
        return PCI_CLASS_NONE;
    return virtio(context, filesystem->model);
}

static PciClass
memory_class(const AddressContext *context, MemoryModel model)
{
    gboolean is_pci = model == MEMORY_MODEL_VIRTIO_MEM || model == MEMORY_MODEL_VIRTIO_PMEM;

    return is_pci ? modern(context) : PCI_CLASS_NONE;
}

static PciClass
device_class(const AddressContext *context, const Device *device)
{
    switch (device->kind) {
    case DEVICE_DISK:
        return device->disk.bus == DISK_BUS_VIRTIO ? virtio(context, device->disk.model)
                                                   : PCI_CLASS_NONE;
    case DEVICE_INTERFACE:
        return device->interface.is_hostdev ? modern(context)
                                            : interface_class(context, &device->interface);
    case DEVICE_SOUND:
        return sound_class(context, device->sound.model);
    case DEVICE_HOSTDEV:
        return hostdev_class(context, &device->hostdev);
    case DEVICE_VIDEO:
        return video_class(context, device->video.model);
    case DEVICE_CONTROLLER:
        return controller_class(context, &device->controller);
    case DEVICE_SERIAL:
        return device->serial.target == SERIAL_TARGET_PCI ? PCI_CLASS_PCI : PCI_CLASS_NONE;
    case DEVICE_INPUT:
        return device->input.bus == INPUT_BUS_VIRTIO ? virtio(context, device->input.model)
                                                     : PCI_CLASS_NONE;
    case DEVICE_FILESYSTEM:
        return filesystem_class(context, &device->filesystem);
    case DEVICE_WATCHDOG:
        return device->watchdog.model == WATCHDOG_I6300ESB ? PCI_CLASS_PCI : PCI_CLASS_NONE;
    case DEVICE_MEMBALLOON:
        return memballoon_class(context, device->memballoon.model);
    case DEVICE_RNG:
    case DEVICE_VSOCK:
        return virtio(context, device->virtio.model);
    case DEVICE_SHMEM:
        return PCI_CLASS_PCI;
    case DEVICE_CRYPTO:
        /* An element that libvirt does not know is passed over. */
        return address_has(context, CHANGE_CRYPTO) ? PCI_CLASS_PCI : PCI_CLASS_NONE;
    case DEVICE_PSTORE:
        return address_has(context, CHANGE_PSTORE) ? PCI_CLASS_PCI : PCI_CLASS_NONE;
    case DEVICE_PANIC:
        return device->panic.model == PANIC_MODEL_PVPANIC ? PCI_CLASS_PCI : PCI_CLASS_NONE;
    case DEVICE_MEMORY:
        return memory_class(context, device->memory.model);
    case DEVICE_IOMMU:
        return device->iommu.model == IOMMU_VIRTIO ? modern(context) : PCI_CLASS_NONE;
    case DEVICE_SMARTCARD:
    case DEVICE_PARALLEL:
    case DEVICE_CHANNEL:
    case DEVICE_CONSOLE:
    case DEVICE_NVRAM:
    case DEVICE_HUB:
    case DEVICE_TPM:
    case DEVICE_REDIRDEV:
    case DEVICE_KIND_COUNT:
    default:
        return PCI_CLASS_NONE;
    }
}

/*
 * Host devices of one IOMMU group share a PCI host bridge on pseries, others do not. The groups are
 * the host's; its functions of one slot are taken to be one group, as they are on such hosts.
 */
static guint32
isolation_group(const AddressContext *context, const Device *device)
{
    const DeviceAddress *source = device->kind == DEVICE_HOSTDEV     ? &device->hostdev.source_pci
                                  : device->kind == DEVICE_INTERFACE ? &device->interface.source_pci
                                                                     : NULL;

    if (context->family != FAMILY_PSERIES || source == NULL ||
        !device_address_is_pci_present(source))
        return 0;
    return (source->pci.domain << 13 | source->pci.bus << 5 | source->pci.slot) + 1;
}

PciNeed
pci_need(const AddressContext *context, const Device *device)
{
    gboolean is_controller =
        device->kind == DEVICE_CONTROLLER && device->controller.type == CONTROLLER_PCI;
    PciClass class = device_class(context, device);

    return (PciNeed){
        .class = class,
        .is_controller = is_controller,
        .isolation = isolation_group(context, device),
        .is_aggregate = class == PCI_CLASS_ROOT_PORT,
        .is_integrated = (device->kind == DEVICE_IOMMU && class != PCI_CLASS_NONE) ||
                         (device->kind == DEVICE_PANIC && class != PCI_CLASS_NONE),
    };
}
