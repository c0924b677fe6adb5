/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What libvirt checks when everything has its place, as far as it is about places: who may be
 * where, how many there may be, and what goes with what.
 */

#include "validate.h"

#include <string.h>

/* ---- disks and other drives ----------------------------------------------------------------- */

static const char *
bus_name(DiskBus bus)
{
    return bus == DISK_BUS_NONE ? "?" : disk_bus_words.words[bus];
}

/* What a drive address may be on each bus; IDE and floppy have one controller of two channels. */
static const struct {
    DiskBus bus;
    gboolean has_controllers, has_buses, has_targets;
} drive_limits[] = {
    {DISK_BUS_IDE, FALSE, TRUE, FALSE},
    {DISK_BUS_FDC, FALSE, FALSE, FALSE},
    {DISK_BUS_SATA, TRUE, FALSE, FALSE},
    {DISK_BUS_SCSI, TRUE, FALSE, TRUE},
};

static gboolean
check_drive(AddressContext *context, const Device *device, DiskBus bus)
{
    const DriveAddress *drive = &device->address.drive;

    for (guint i = 0; i < G_N_ELEMENTS(drive_limits); i++) {
        if (drive_limits[i].bus != bus)
            continue;
        if ((drive->controller != 0 && !drive_limits[i].has_controllers) ||
            (drive->bus != 0 && !drive_limits[i].has_buses) ||
            (drive->target != 0 && !drive_limits[i].has_targets))
            return address_refuse(context, device, "use 0 where the bus has only one",
                                  "drive address %u:%u:%u:%u cannot be on bus %s",
                                  drive->controller, drive->bus, drive->target, drive->unit,
                                  bus_name(bus));
    }
    if (bus != DISK_BUS_SCSI || drive->target == 0)
        return TRUE;
    const Device *controller =
        domain_devices_find_controller(context->devices, CONTROLLER_SCSI, (gint)drive->controller);
    if (controller == NULL || controller->controller.model != CONTROLLER_MODEL_LSILOGIC)
        return TRUE;
    return address_refuse(context, device, "use target 0, or another controller model",
                          "an lsilogic controller has no target %u", drive->target);
}

/* What a kind of disk is named and connected to. */
static gboolean
check_disk_kind(AddressContext *context, const Device *device)
{
    const DiskDevice *disk = &device->disk;
    gboolean is_virtio = disk->bus == DISK_BUS_VIRTIO;

    if (disk->bus == DISK_BUS_NVME && !address_has(context, CHANGE_NVME))
        return address_refuse(context, device, "use another bus, or a newer libvirt",
                              "this version of libvirt has no NVMe disks");
    if (disk->is_floppy && address_has(context, CHANGE_FLOPPY_CHECK) &&
        !address_machine_has_fdc(context))
        return address_refuse(context, device, "remove it",
                              "this machine has no floppy controller");
    if (disk->is_floppy != (disk->bus == DISK_BUS_FDC))
        return address_refuse(context, device, "write device='floppy' and bus='fdc' together",
                              "the disk '%.64s' cannot be on bus %s", disk->target,
                              bus_name(disk->bus));
    if (!disk->is_floppy && !disk->is_cdrom && g_str_has_prefix(disk->target, "fd"))
        return address_refuse(context, device, "name it vda, sda or hda",
                              "'%.64s' is the name of a floppy drive", disk->target);
    if (disk->is_floppy && !g_str_has_prefix(disk->target, "fd"))
        return address_refuse(context, device, "name it fda",
                              "'%.64s' is no name of a floppy drive", disk->target);
    if (disk->is_cdrom && (is_virtio || disk->bus == DISK_BUS_SD))
        return address_refuse(context, device, "use another bus",
                              "a CD-ROM drive cannot be on bus %s", bus_name(disk->bus));
    if (disk->is_lun && !is_virtio && disk->bus != DISK_BUS_SCSI)
        return address_refuse(context, device, "use bus scsi or virtio",
                              "a LUN cannot be on bus %s", bus_name(disk->bus));
    return TRUE;
}

/* Machines whose QEMU has virtio devices outside of any bus. */
static gboolean
can_be_mmio(const AddressContext *context)
{
    return context->family != FAMILY_S390_CCW && context->family != FAMILY_PSERIES &&
           context->family != FAMILY_OTHER_PPC64;
}

static gboolean
check_disk_address(AddressContext *context, const Device *disk)
{
    AddressType type = disk->address.type;
    gboolean is_fine;

    switch (disk->disk.bus) {
    case DISK_BUS_IDE:
    case DISK_BUS_SATA:
    case DISK_BUS_FDC:
    case DISK_BUS_SCSI:
    case DISK_BUS_NVME:
        is_fine = type == ADDRESS_DRIVE;
        break;
    case DISK_BUS_USB:
        is_fine = type == ADDRESS_NONE || type == ADDRESS_USB;
        break;
    case DISK_BUS_VIRTIO:
        is_fine = type == ADDRESS_PCI || type == ADDRESS_CCW ||
                  (type == ADDRESS_VIRTIO_MMIO && can_be_mmio(context)) || type == ADDRESS_NONE;
        break;
    case DISK_BUS_NONE:
    case DISK_BUS_XEN:
    case DISK_BUS_UML:
    case DISK_BUS_SD:
    case DISK_BUS_COUNT:
    default:
        is_fine = TRUE;
        break;
    }
    if (!is_fine)
        return address_refuse(context, disk, "leave out the address",
                              "a disk on bus %s cannot have an address of type %s",
                              bus_name(disk->disk.bus), address_type_name(type));
    return type != ADDRESS_DRIVE || check_drive(context, disk, disk->disk.bus);
}

/* Places that are taken, as text: "scsi 0:0:0:1". */
static gboolean
claim(AddressContext *context, GHashTable *taken, const Device *device, DiskBus bus)
{
    const DriveAddress *drive = &device->address.drive;
    char *place = g_strdup_printf("%s %u:%u:%u:%u", bus_name(bus), drive->controller, drive->bus,
                                  drive->target, drive->unit);

    if (g_hash_table_add(taken, place))
        return TRUE;
    return address_refuse(context, device, "give one of them another place",
                          "the drive address %u:%u:%u:%u on bus %s is already in use",
                          drive->controller, drive->bus, drive->target, drive->unit, bus_name(bus));
}

static gboolean
check_disk(AddressContext *context, GHashTable *taken, GHashTable *names, const Device *disk)
{
    gint index = disk_target_index(disk->disk.target);
    guint controller, namespace;

    if (index < 0 && !(address_has(context, CHANGE_NVME) &&
                       disk_target_parse_nvme(disk->disk.target, &controller, &namespace)))
        return address_refuse(context, disk, "name it vda, sda, hda or fda",
                              "'%.64s' is no name of a disk", disk->disk.target);
    if (index >= 0 && g_ascii_isdigit(disk->disk.target[strlen(disk->disk.target) - 1]))
        return address_refuse(context, disk, "leave out the number",
                              "the disk name '%.64s' has the number of a partition",
                              disk->disk.target);
    if (!g_hash_table_add(names, disk->disk.target))
        return address_refuse(context, disk, "give one of them another name",
                              "there are two disks '%.64s'", disk->disk.target);
    if (!check_disk_kind(context, disk) || !check_disk_address(context, disk))
        return FALSE;
    return disk->address.type != ADDRESS_DRIVE || claim(context, taken, disk, disk->disk.bus);
}

/* What has the address of a drive and is no disk is taken for one on SCSI, whatever it is. */
static gboolean
check_other_drives(AddressContext *context)
{
    DeviceWalk walk;
    const Device *device;

    device_walk_init(&walk, context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        if (device->kind != DEVICE_DISK && device->address.type == ADDRESS_DRIVE &&
            !check_drive(context, device, DISK_BUS_SCSI))
            return FALSE;
    }
    return TRUE;
}

static gboolean
check_drives(AddressContext *context)
{
    const DomainDevices *devices = context->devices;
    g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < domain_devices_n(devices, DEVICE_DISK); i++) {
        if (!check_disk(context, taken, names, domain_devices_get(devices, DEVICE_DISK, i)))
            return FALSE;
    }
    for (guint i = 0; i < domain_devices_n(devices, DEVICE_HOSTDEV); i++) {
        const Device *hostdev = domain_devices_get(devices, DEVICE_HOSTDEV, i);

        if (hostdev->kind == DEVICE_HOSTDEV && hostdev->hostdev.type == HOSTDEV_SCSI &&
            hostdev->address.type == ADDRESS_DRIVE &&
            !claim(context, taken, hostdev, DISK_BUS_SCSI))
            return FALSE;
    }
    return check_other_drives(context);
}

/* ---- devices of which there may be only so many --------------------------------------------- */

static gboolean
check_videos(AddressContext *context)
{
    const DomainDevices *devices = context->devices;
    guint n_primary = 0;

    for (guint i = 0; i < domain_devices_n(devices, DEVICE_VIDEO); i++) {
        const Device *video = domain_devices_get(devices, DEVICE_VIDEO, i);
        VideoModel model = video->video.model;

        if (model == VIDEO_MODEL_NONE && domain_devices_n(devices, DEVICE_VIDEO) > 1)
            return address_refuse(context, video, "remove it, or the others",
                                  "a video card of type none can only be alone");
        n_primary += video->video.is_primary;
        if (n_primary > 1)
            return address_refuse(context, video, "mark only one", "two video cards are primary");
        if (i > 0 && model != VIDEO_MODEL_QXL && model != VIDEO_MODEL_VIRTIO)
            return address_refuse(context, video, "use qxl or virtio, or make it the first",
                                  "a %s video card can only be the first",
                                  video_model_words.words[model]);
    }
    return TRUE;
}

/* Any number of i6300esb, one of each other model. */
static gboolean
check_watchdogs(AddressContext *context)
{
    const DomainDevices *devices = context->devices;
    gboolean has_model[WATCHDOG_COUNT] = {FALSE};

    for (guint i = 0; i < domain_devices_n(devices, DEVICE_WATCHDOG); i++) {
        const Device *watchdog = domain_devices_get(devices, DEVICE_WATCHDOG, i);
        WatchdogModel model = watchdog->watchdog.model;

        if (has_model[model] && model != WATCHDOG_I6300ESB)
            return address_refuse(context, watchdog, "remove all but one",
                                  "there are two watchdogs of model %s",
                                  watchdog_model_words.words[model]);
        has_model[model] = TRUE;
    }
    return TRUE;
}

static gboolean
check_counts(AddressContext *context)
{
    static const struct {
        DeviceKind kind;
        guint n;
    } limits[] = {
        {DEVICE_SMARTCARD, 1}, {DEVICE_MEMBALLOON, 1}, {DEVICE_VSOCK, 1},
        {DEVICE_NVRAM, 1},     {DEVICE_IOMMU, 1},      {DEVICE_PSTORE, 1},
    };
    const DomainDevices *devices = context->devices;

    for (guint i = 0; i < G_N_ELEMENTS(limits); i++) {
        if ((limits[i].kind == DEVICE_IOMMU && address_has(context, CHANGE_MANY_IOMMUS)) ||
            !address_has_kind(context, limits[i].kind))
            continue;
        if (domain_devices_n(devices, limits[i].kind) > limits[i].n)
            return address_refuse(context, domain_devices_get(devices, limits[i].kind, limits[i].n),
                                  "remove all but one", "there is more than one <%s>",
                                  device_kind_name(limits[i].kind));
    }
    if (domain_devices_n(devices, DEVICE_WATCHDOG) > 1 &&
        !address_has(context, CHANGE_MANY_WATCHDOGS))
        return address_refuse(context, domain_devices_get(devices, DEVICE_WATCHDOG, 1),
                              "remove all but one", "this version of libvirt has one watchdog");
    if (!check_watchdogs(context))
        return FALSE;
    for (guint i = 0; i < domain_devices_n(devices, DEVICE_SMARTCARD); i++) {
        const Device *smartcard = domain_devices_get(devices, DEVICE_SMARTCARD, i);

        if (smartcard->address.type == ADDRESS_CCID && smartcard->address.ccid.controller != 0)
            return address_refuse(context, smartcard, "use controller 0",
                                  "QEMU has only CCID controller 0");
    }
    return TRUE;
}

/* One of each model. */
static gboolean
check_panics(AddressContext *context)
{
    const DomainDevices *devices = context->devices;
    gboolean has_model[PANIC_MODEL_COUNT] = {FALSE};

    for (guint i = 0; i < domain_devices_n(devices, DEVICE_PANIC); i++) {
        const Device *panic = domain_devices_get(devices, DEVICE_PANIC, i);

        if (has_model[panic->panic.model])
            return address_refuse(context, panic, "remove one of them",
                                  "there are two panic devices of one model");
        has_model[panic->panic.model] = TRUE;
    }
    return TRUE;
}

static gboolean
check_tpms(AddressContext *context)
{
    const DomainDevices *devices = context->devices;
    guint n[2] = {0, 0}; /* ordinary ones, proxies */

    for (guint i = 0; i < domain_devices_n(devices, DEVICE_TPM); i++) {
        const Device *tpm = domain_devices_get(devices, DEVICE_TPM, i);

        if (++n[tpm->tpm.model == TPM_MODEL_SPAPR_PROXY] > 1)
            return address_refuse(context, tpm, "remove all but one",
                                  "there is more than one TPM of its kind");
    }
    return TRUE;
}

/* A device of the host can be given to a guest once. */
static gboolean
check_hostdevs_differ(AddressContext *context)
{
    const DomainDevices *devices = context->devices;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < domain_devices_n(devices, DEVICE_HOSTDEV); i++) {
        const Device *hostdev = domain_devices_get(devices, DEVICE_HOSTDEV, i);
        char *source = hostdev->kind == DEVICE_HOSTDEV ? g_strdup(hostdev->hostdev.source)
                       : hostdev->interface.is_hostdev_usb
                           ? NULL
                           : hostdev_pci_source(&hostdev->interface.source_pci.pci);

        if (source != NULL && !g_hash_table_add(seen, source))
            return address_refuse(context, hostdev, "remove one of them",
                                  "the same device of the host is given twice");
    }
    return TRUE;
}

static gboolean
is_virtiofs(const Device *filesystem)
{
    return filesystem->filesystem.driver == FILESYSTEM_DRIVER_VIRTIOFS;
}

/* File systems of virtiofs are known by their targets, to each other and to all others. */
static gboolean
check_filesystems(AddressContext *context)
{
    const DomainDevices *devices = context->devices;
    guint n = domain_devices_n(devices, DEVICE_FILESYSTEM);
    g_autoptr(GHashTable) shared = g_hash_table_new(g_str_hash, g_str_equal);
    const Device *second = NULL;

    for (guint i = 0; i < n && second == NULL; i++) {
        const Device *device = domain_devices_get(devices, DEVICE_FILESYSTEM, i);

        if (is_virtiofs(device) && device->filesystem.target != NULL &&
            !g_hash_table_add(shared, device->filesystem.target))
            second = device;
    }
    for (guint i = 0; i < n && second == NULL; i++) {
        const Device *device = domain_devices_get(devices, DEVICE_FILESYSTEM, i);

        if (!is_virtiofs(device) && device->filesystem.target != NULL &&
            g_hash_table_contains(shared, device->filesystem.target))
            second = device;
    }
    if (second == NULL)
        return TRUE;
    return address_refuse(context, second, "give one of them another target",
                          "there are two file systems '%.64s', and one is virtiofs",
                          second->filesystem.target);
}

/*
 * Memory that can be plugged takes a slot each, before libvirt knew that virtio memory needs none.
 */
static gboolean
check_memory_slots(AddressContext *context)
{
    const DomainDevices *devices = context->devices;
    gboolean is_virtio_counted = !address_has(context, CHANGE_SLOTLESS_MEMORY);
    guint n_slots = 0;

    for (guint i = 0; i < domain_devices_n(devices, DEVICE_MEMORY); i++) {
        const Device *memory = domain_devices_get(devices, DEVICE_MEMORY, i);
        MemoryModel model = memory->memory.model;

        if (model == MEMORY_MODEL_SGX_EPC)
            continue;
        if (!devices->has_max_memory)
            return address_refuse(context, memory, "add <maxMemory slots='' unit='KiB'>",
                                  "a memory device needs <maxMemory>");
        n_slots += model == MEMORY_MODEL_DIMM || model == MEMORY_MODEL_NVDIMM || is_virtio_counted;
        if (n_slots > devices->memory_slots)
            return address_refuse(context, memory, "raise <maxMemory slots=''>",
                                  "there are more memory devices than slots");
    }
    return TRUE;
}

static gboolean
check_memory(AddressContext *context)
{
    const DomainDevices *devices = context->devices;
    gboolean is_ppc64 = context->family == FAMILY_PSERIES || context->family == FAMILY_OTHER_PPC64;

    if (devices->has_max_memory && devices->memory_slots == 0 &&
        !address_has(context, CHANGE_SLOTLESS_MEMORY))
        return address_refuse(context, NULL, "write <maxMemory slots=''>",
                              "this version of libvirt wants a number of memory slots");
    if (devices->has_max_memory && devices->n_numa_cells == 0 && !is_ppc64 &&
        !address_has(context, CHANGE_AUTO_NUMA))
        return address_refuse(context, NULL, "add <numa> with a <cell> to <cpu>",
                              "this version of libvirt plugs memory into NUMA cells only");
    return check_memory_slots(context);
}

static gboolean
check_iommu(AddressContext *context)
{
    const DomainDevices *devices = context->devices;

    for (guint i = 0; i < domain_devices_n(devices, DEVICE_IOMMU); i++) {
        const Device *iommu = domain_devices_get(devices, DEVICE_IOMMU, i);
        gboolean is_fine = TRUE;

        switch (iommu->iommu.model) {
        case IOMMU_INTEL:
        case IOMMU_AMD:
            is_fine = context->family == FAMILY_Q35;
            break;
        case IOMMU_SMMUV3:
            is_fine = context->family == FAMILY_ARM_VIRT;
            break;
        case IOMMU_VIRTIO:
            is_fine = context->family == FAMILY_Q35 || context->family == FAMILY_ARM_VIRT;
            break;
        case IOMMU_COUNT:
        default:
            break;
        }
        if (!is_fine)
            return address_refuse(context, iommu, "use another machine type",
                                  "this machine cannot have an iommu of model %s",
                                  iommu_model_words.words[iommu->iommu.model]);
        if (iommu->iommu.model == IOMMU_VIRTIO && !devices->has_acpi)
            return address_refuse(context, iommu, "add <acpi/> to <features>",
                                  "a virtio iommu needs ACPI");
    }
    return TRUE;
}

/* What 8 bits of APIC identifiers count to. */
#define XAPIC_MAX_VCPUS 255

static gboolean
check_vcpus(AddressContext *context)
{
    const DomainDevices *devices = context->devices;

    if (!address_is_x86(context) || devices->n_vcpus <= XAPIC_MAX_VCPUS ||
        domain_devices_n(devices, DEVICE_IOMMU) > 0 ||
        (context->family == FAMILY_Q35 && address_has(context, CHANGE_AUTO_IOMMU)))
        return TRUE;
    return address_refuse(context, NULL, "add <iommu model='intel'> with <driver eim='on'>",
                          "more than 255 vCPUs need an iommu");
}

/* Controllers are not looked at when a device is attached, neither old ones nor those that come. */
gboolean
address_validate(AddressContext *context)
{
    return check_vcpus(context) && check_drives(context) &&
           (context->options->is_attach || address_validate_controllers(context)) &&
           check_videos(context) && check_counts(context) && check_tpms(context) &&
           check_panics(context) && check_hostdevs_differ(context) && check_filesystems(context) &&
           check_memory(context) && check_iommu(context) && address_validate_devices(context);
}
