/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The rules of what must be equal, as tables. They are libvirt's own (its checks of "ABI stability"
 * as of version 12); what it lets differ is not here, but for what the guest, or QEMU's migration
 * stream, sees all the same. Those rows are marked as unchecked.
 *
 * Names, models, buses, addresses and numbers that planning fills in are compared by the planner.
 */

#include "domain_abi_private.h"

#define DRIVER "the guest's driver is bound to this kind of device"
#define FIRMWARE "the guest reads it from its firmware's tables"
#define LAYOUT "the guest's memory layout depends on it"
#define SWITCHES "the guest has negotiated this with its device"
#define STREAM "QEMU's migration stream has a state of this shape"

#define CHECKED(name, why)                                                                         \
    {                                                                                              \
        name, why, FALSE                                                                           \
    }
#define UNCHECKED(name, why)                                                                       \
    {                                                                                              \
        name, why, TRUE                                                                            \
    }

const AbiPath abi_guest_paths[] = {
    {CHECKED("domain type", "a running guest cannot change its accelerator"), "@type", ABI_TEXT,
     NULL},
    {CHECKED("UUID", "by it libvirt and the guest know who they are"), "uuid", ABI_UUID, NULL},
    {CHECKED("name", "libvirt renames no guest on its way"), "name", ABI_TEXT, NULL},
    {CHECKED("generation ID", "a guest that sees another believes that it was copied"), "genid",
     ABI_UUID, NULL},
    {CHECKED("OS type", "it is another kind of machine"), "os/type", ABI_TEXT, NULL},
    {CHECKED("architecture", "it is another kind of machine"), "os/type@arch", ABI_TEXT, NULL},
    {CHECKED("SMBIOS mode", FIRMWARE), "os/smbios@mode", ABI_TEXT, NULL},
    {CHECKED("memory", LAYOUT), "memory", ABI_SIZE_KIB, NULL},
    {CHECKED("maximum memory", LAYOUT), "maxMemory", ABI_SIZE_KIB, NULL},
    {CHECKED("memory slots", LAYOUT), "maxMemory@slots", ABI_NUMBER, NULL},
    {CHECKED("memory source", "QEMU names memory after it in the migration stream"),
     "memoryBacking/source@type", ABI_TEXT, NULL},
    {CHECKED("vCPUs", "the guest has this many processors"), "vcpu", ABI_NUMBER, "1"},
    {CHECKED("CPU model", "the guest runs with this CPU's instructions"), "cpu/model", ABI_TEXT,
     NULL},
    {CHECKED("CPU vendor", "the guest chose its CPU's code by it"), "cpu/vendor", ABI_TEXT, NULL},
    {CHECKED("CPU vendor ID", "the guest chose its CPU's code by it"), "cpu/model@vendor_id",
     ABI_TEXT, NULL},
    {CHECKED("CPU sockets", "the guest schedules by its topology"), "cpu/topology@sockets",
     ABI_NUMBER, NULL},
    {CHECKED("CPU dies", "the guest schedules by its topology"), "cpu/topology@dies", ABI_NUMBER,
     "1"},
    {CHECKED("CPU clusters", "the guest schedules by its topology"), "cpu/topology@clusters",
     ABI_NUMBER, "1"},
    {CHECKED("CPU cores", "the guest schedules by its topology"), "cpu/topology@cores", ABI_NUMBER,
     NULL},
    {CHECKED("CPU threads", "the guest schedules by its topology"), "cpu/topology@threads",
     ABI_NUMBER, NULL},
    {CHECKED("physical address mode", "the guest has built its page tables for it"),
     "cpu/maxphysaddr@mode", ABI_TEXT, NULL},
    {CHECKED("physical address bits", "the guest has built its page tables for it"),
     "cpu/maxphysaddr@bits", ABI_NUMBER, NULL},
    {CHECKED("CPU cache level", "the guest tunes itself by its caches"), "cpu/cache@level",
     ABI_TEXT, NULL},
    {CHECKED("CPU cache mode", "the guest tunes itself by its caches"), "cpu/cache@mode", ABI_TEXT,
     NULL},
    {UNCHECKED("launch security", "encrypted guests need the same on both ends"),
     "launchSecurity@type", ABI_TEXT, NULL},
};
const guint abi_n_guest_paths = G_N_ELEMENTS(abi_guest_paths);

const AbiPath abi_common_paths[] = {
    {CHECKED("ACPI index", "the guest names its network cards by it"), "acpi@index", ABI_NUMBER,
     NULL},
};
const guint abi_n_common_paths = G_N_ELEMENTS(abi_common_paths);

const AbiDevicePath abi_device_paths[] = {
    {DEVICE_DISK, {CHECKED("device", DRIVER), "@device", ABI_TEXT, "disk"}},
    {DEVICE_DISK, {CHECKED("model", DRIVER), "@model", ABI_TEXT, NULL}},
    {DEVICE_DISK,
     {CHECKED("target", "libvirt knows the disk by it"), "target@dev", ABI_TEXT, NULL}},
    {DEVICE_DISK,
     {CHECKED("rotation rate", "the guest schedules its reads by it"), "target@rotation_rate",
      ABI_NUMBER, NULL}},
    {DEVICE_DISK,
     {CHECKED("removable", "the guest mounts removable disks otherwise"), "target@removable",
      ABI_TEXT, NULL}},
    {DEVICE_DISK, {CHECKED("DPO and FUA", SWITCHES), "target@dpofua", ABI_TEXT, NULL}},
    {DEVICE_DISK,
     {CHECKED("serial number", "the guest finds the disk by it"), "serial", ABI_TEXT, NULL}},
    {DEVICE_DISK, {CHECKED("WWN", "the guest finds the disk by it"), "wwn", ABI_TEXT, NULL}},
    {DEVICE_DISK,
     {UNCHECKED("vendor", "the guest finds the disk by it"), "vendor", ABI_TEXT, NULL}},
    {DEVICE_DISK,
     {UNCHECKED("product", "the guest finds the disk by it"), "product", ABI_TEXT, NULL}},
    {DEVICE_DISK,
     {CHECKED("logical block size", "the guest's file systems are aligned to it"),
      "blockio@logical_block_size", ABI_NUMBER, NULL}},
    {DEVICE_DISK,
     {CHECKED("physical block size", "the guest's file systems are aligned to it"),
      "blockio@physical_block_size", ABI_NUMBER, NULL}},
    {DEVICE_DISK,
     {CHECKED("discard granularity", "the guest's discards are aligned to it"),
      "blockio@discard_granularity", ABI_NUMBER, NULL}},
    {DEVICE_DISK, {CHECKED("queues", STREAM), "driver@queues", ABI_NUMBER, NULL}},
    {DEVICE_DISK, {CHECKED("queue size", STREAM), "driver@queue_size", ABI_NUMBER, NULL}},

    {DEVICE_INTERFACE, {CHECKED("MTU", SWITCHES), "mtu@size", ABI_NUMBER, NULL}},
    {DEVICE_INTERFACE, {CHECKED("queues", STREAM), "driver@queues", ABI_NUMBER, NULL}},
    {DEVICE_INTERFACE,
     {UNCHECKED("receive queue size", STREAM), "driver@rx_queue_size", ABI_NUMBER, NULL}},
    {DEVICE_INTERFACE,
     {UNCHECKED("transmit queue size", STREAM), "driver@tx_queue_size", ABI_NUMBER, NULL}},

    {DEVICE_CONTROLLER, {CHECKED("ports", STREAM), "@ports", ABI_TEXT, NULL}},
    {DEVICE_CONTROLLER, {CHECKED("vectors", STREAM), "@vectors", ABI_TEXT, NULL}},
    {DEVICE_CONTROLLER, {UNCHECKED("queues", STREAM), "driver@queues", ABI_NUMBER, NULL}},
    {DEVICE_CONTROLLER, {UNCHECKED("PCI hole", LAYOUT), "pcihole64", ABI_SIZE_KIB, NULL}},
    {DEVICE_CONTROLLER,
     {UNCHECKED("NUMA node", "the guest schedules by its topology"), "target/node", ABI_TEXT,
      NULL}},

    {DEVICE_FILESYSTEM,
     {CHECKED("target", "the guest mounts it by this name"), "target@dir", ABI_TEXT, NULL}},
    {DEVICE_FILESYSTEM,
     {CHECKED("read-only", "the guest has mounted it so"), "readonly", ABI_PRESENCE, NULL}},
    {DEVICE_FILESYSTEM, {CHECKED("model", DRIVER), "@model", ABI_TEXT, NULL}},

    {DEVICE_INPUT, {CHECKED("model", DRIVER), "@model", ABI_TEXT, NULL}},

    {DEVICE_SOUND, {CHECKED("model", DRIVER), "@model", ABI_TEXT, NULL}},
    {DEVICE_SOUND, {CHECKED("multichannel", SWITCHES), "@multichannel", ABI_TEXT, NULL}},
    {DEVICE_SOUND, {UNCHECKED("codec", DRIVER), "codec@type", ABI_TEXT, NULL}},

    {DEVICE_VIDEO,
     {CHECKED("EDID", "the guest chooses its resolution by it"), "model@edid", ABI_TEXT, NULL}},
    {DEVICE_VIDEO,
     {UNCHECKED("virtio device", "QEMU migrates it into no other device"), "model@device", ABI_TEXT,
      NULL}},
    {DEVICE_VIDEO,
     {CHECKED("3D acceleration", DRIVER), "model/acceleration@accel3d", ABI_TEXT, NULL}},
    {DEVICE_VIDEO,
     {CHECKED("2D acceleration", DRIVER), "model/acceleration@accel2d", ABI_TEXT, NULL}},

    {DEVICE_HOSTDEV, {CHECKED("mode", DRIVER), "@mode", ABI_TEXT, "subsystem"}},
    {DEVICE_HOSTDEV, {UNCHECKED("model", DRIVER), "@model", ABI_TEXT, NULL}},

    {DEVICE_SMARTCARD, {UNCHECKED("mode", DRIVER), "@mode", ABI_TEXT, NULL}},

    {DEVICE_CHANNEL, {CHECKED("target type", DRIVER), "target@type", ABI_TEXT, NULL}},
    {DEVICE_CHANNEL,
     {CHECKED("target name", "the guest's agent opens it by this name"), "target@name", ABI_TEXT,
      NULL}},
    {DEVICE_CHANNEL,
     {CHECKED("target address", "the guest reaches it there"), "target@address", ABI_TEXT, NULL}},
    {DEVICE_CHANNEL,
     {CHECKED("target port", "the guest reaches it there"), "target@port", ABI_NUMBER, NULL}},

    {DEVICE_WATCHDOG, {CHECKED("model", DRIVER), "@model", ABI_TEXT, NULL}},

    {DEVICE_MEMBALLOON, {CHECKED("model", DRIVER), "@model", ABI_TEXT, "virtio"}},
    {DEVICE_MEMBALLOON, {CHECKED("automatic deflation", SWITCHES), "@autodeflate", ABI_TEXT, NULL}},
    {DEVICE_MEMBALLOON,
     {CHECKED("free page reporting", SWITCHES), "@freePageReporting", ABI_TEXT, NULL}},

    {DEVICE_RNG, {CHECKED("model", DRIVER), "@model", ABI_TEXT, NULL}},
    {DEVICE_HUB, {CHECKED("type", DRIVER), "@type", ABI_TEXT, NULL}},
    {DEVICE_REDIRDEV, {CHECKED("bus", DRIVER), "@bus", ABI_TEXT, "usb"}},
    {DEVICE_REDIRDEV,
     {CHECKED("source type", "the other end is not the same"), "@type", ABI_TEXT, NULL}},

    {DEVICE_SHMEM, {CHECKED("role", "only the master may migrate"), "@role", ABI_TEXT, NULL}},
    {DEVICE_SHMEM, {CHECKED("model", DRIVER), "model@type", ABI_TEXT, "ivshmem"}},
    {DEVICE_SHMEM, {CHECKED("size", LAYOUT), "size", ABI_SIZE_BYTES, "4096 KiB"}},
    {DEVICE_SHMEM,
     {CHECKED("server", "the guest takes its interrupts from it"), "server", ABI_PRESENCE, NULL}},
    {DEVICE_SHMEM, {CHECKED("MSI", SWITCHES), "msi", ABI_PRESENCE, NULL}},
    {DEVICE_SHMEM, {CHECKED("MSI vectors", SWITCHES), "msi@vectors", ABI_NUMBER, NULL}},
    {DEVICE_SHMEM, {CHECKED("MSI ioeventfd", SWITCHES), "msi@ioeventfd", ABI_TEXT, NULL}},

    {DEVICE_TPM,
     {CHECKED("backend", "the guest's keys are in it"), "backend@type", ABI_TEXT, NULL}},
    {DEVICE_TPM, {CHECKED("backend version", DRIVER), "backend@version", ABI_TEXT, NULL}},

    {DEVICE_MEMORY, {CHECKED("model", DRIVER), "@model", ABI_TEXT, NULL}},
    {DEVICE_MEMORY,
     {CHECKED("alias", "QEMU names memory after it in the migration stream"), "alias@name",
      ABI_TEXT, NULL}},
    {DEVICE_MEMORY, {CHECKED("size", LAYOUT), "target/size", ABI_SIZE_KIB, NULL}},
    {DEVICE_MEMORY, {CHECKED("NUMA node", LAYOUT), "target/node", ABI_TEXT, NULL}},
    {DEVICE_MEMORY, {CHECKED("label size", LAYOUT), "target/label/size", ABI_SIZE_KIB, NULL}},
    {DEVICE_MEMORY, {CHECKED("alignment", LAYOUT), "source/alignsize", ABI_SIZE_KIB, NULL}},
    {DEVICE_MEMORY,
     {CHECKED("persistence", "the guest flushes otherwise"), "source/pmem", ABI_PRESENCE, NULL}},
    {DEVICE_MEMORY,
     {CHECKED("read-only", "the guest has mapped it so"), "target/readonly", ABI_PRESENCE, NULL}},
    {DEVICE_MEMORY, {CHECKED("UUID", "the guest finds the module by it"), "uuid", ABI_UUID, NULL}},
    {DEVICE_MEMORY, {CHECKED("base", LAYOUT), "target/address@base", ABI_NUMBER, NULL}},
    {DEVICE_MEMORY, {CHECKED("block size", LAYOUT), "target/block", ABI_SIZE_KIB, NULL}},
    {DEVICE_MEMORY, {CHECKED("requested size", LAYOUT), "target/requested", ABI_SIZE_KIB, NULL}},
    {DEVICE_MEMORY, {CHECKED("dynamic slots", LAYOUT), "target@dynamicMemslots", ABI_TEXT, NULL}},

    {DEVICE_IOMMU, {CHECKED("model", DRIVER), "@model", ABI_TEXT, NULL}},
    {DEVICE_IOMMU, {CHECKED("interrupt remapping", SWITCHES), "driver@intremap", ABI_TEXT, NULL}},
    {DEVICE_IOMMU, {CHECKED("caching mode", SWITCHES), "driver@caching_mode", ABI_TEXT, NULL}},
    {DEVICE_IOMMU, {CHECKED("extended interrupt mode", SWITCHES), "driver@eim", ABI_TEXT, NULL}},
    {DEVICE_IOMMU, {CHECKED("IOTLB", SWITCHES), "driver@iotlb", ABI_TEXT, NULL}},
    {DEVICE_IOMMU, {CHECKED("address width", SWITCHES), "driver@aw_bits", ABI_NUMBER, NULL}},
    {DEVICE_IOMMU, {CHECKED("PCI bus", SWITCHES), "driver@pciBus", ABI_TEXT, NULL}},
    {DEVICE_IOMMU,
     {CHECKED("DMA translation", SWITCHES), "driver@dma_translation", ABI_TEXT, NULL}},
    {DEVICE_IOMMU, {CHECKED("passthrough", SWITCHES), "driver@passthrough", ABI_TEXT, NULL}},
    {DEVICE_IOMMU, {CHECKED("x2APIC", SWITCHES), "driver@xtsup", ABI_TEXT, NULL}},

    {DEVICE_VSOCK, {CHECKED("model", DRIVER), "@model", ABI_TEXT, "virtio"}},
    {DEVICE_CRYPTO, {UNCHECKED("model", DRIVER), "@model", ABI_TEXT, NULL}},
    {DEVICE_PSTORE, {CHECKED("backend", DRIVER), "@backend", ABI_TEXT, NULL}},
    {DEVICE_PSTORE, {CHECKED("size", LAYOUT), "size", ABI_SIZE_KIB, NULL}},
};
const guint abi_n_device_paths = G_N_ELEMENTS(abi_device_paths);
