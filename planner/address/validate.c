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
        is_fine = type == ADDRESS_DRIVE;
        break;
    case DISK_BUS_USB:
        is_fine = type == ADDRESS_NONE || type == ADDRESS_USB;
        break;
    case DISK_BUS_VIRTIO:
        is_fine = type == ADDRESS_PCI || type == ADDRESS_CCW || type == ADDRESS_VIRTIO_MMIO ||
                  type == ADDRESS_NONE || type == ADDRESS_VIRTIO_S390;
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
    if (disk_target_index(disk->disk.target) >= 0 &&
        g_ascii_isdigit(disk->disk.target[strlen(disk->disk.target) - 1]))
        return address_refuse(context, disk, "leave out the number",
                              "the disk name '%.64s' has the number of a partition",
                              disk->disk.target);
    if (!g_hash_table_add(names, disk->disk.target))
        return address_refuse(context, disk, "give one of them another name",
                              "there are two disks '%.64s'", disk->disk.target);
    if (!check_disk_address(context, disk))
        return FALSE;
    return disk->address.type != ADDRESS_DRIVE || claim(context, taken, disk, disk->disk.bus);
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
            (!check_drive(context, hostdev, DISK_BUS_SCSI) ||
             !claim(context, taken, hostdev, DISK_BUS_SCSI)))
            return FALSE;
    }
    return TRUE;
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
        if (domain_devices_n(devices, limits[i].kind) > limits[i].n)
            return address_refuse(context, domain_devices_get(devices, limits[i].kind, limits[i].n),
                                  "remove all but one", "there is more than one <%s>",
                                  device_kind_name(limits[i].kind));
    }
    if (domain_devices_n(devices, DEVICE_WATCHDOG) > 1 &&
        !address_has(context, CHANGE_MANY_WATCHDOGS))
        return address_refuse(context, domain_devices_get(devices, DEVICE_WATCHDOG, 1),
                              "remove all but one", "this version of libvirt has one watchdog");
    for (guint i = 0; i < domain_devices_n(devices, DEVICE_SMARTCARD); i++) {
        const Device *smartcard = domain_devices_get(devices, DEVICE_SMARTCARD, i);

        if (smartcard->address.type == ADDRESS_CCID && smartcard->address.ccid.controller != 0)
            return address_refuse(context, smartcard, "use controller 0",
                                  "QEMU has only CCID controller 0");
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
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < domain_devices_n(devices, DEVICE_HOSTDEV); i++) {
        const Device *hostdev = domain_devices_get(devices, DEVICE_HOSTDEV, i);

        if (hostdev->kind == DEVICE_HOSTDEV && !g_hash_table_add(seen, hostdev->hostdev.source))
            return address_refuse(context, hostdev, "remove one of them",
                                  "the same device of the host is given twice");
    }
    return TRUE;
}

static gboolean
check_memory(AddressContext *context)
{
    const DomainDevices *devices = context->devices;
    guint n_dimms = 0;

    for (guint i = 0; i < domain_devices_n(devices, DEVICE_MEMORY); i++) {
        const Device *memory = domain_devices_get(devices, DEVICE_MEMORY, i);
        MemoryModel model = memory->memory.model;
        gboolean needs_slot = model == MEMORY_MODEL_DIMM || model == MEMORY_MODEL_NVDIMM;

        n_dimms += needs_slot;
        if (needs_slot && !devices->has_max_memory)
            return address_refuse(context, memory, "add <maxMemory slots='' unit='KiB'>",
                                  "a memory device needs <maxMemory>");
        if (n_dimms > devices->memory_slots && needs_slot)
            return address_refuse(context, memory, "raise <maxMemory slots=''>",
                                  "there are more memory devices than slots");
    }
    return TRUE;
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
    }
    return TRUE;
}

/* ---- devices that belong to other machines -------------------------------------------------- */

/* A serial port's type decides the type of its address. */
static gboolean
check_serial_address(AddressContext *context, const Device *serial)
{
    static const AddressType types[SERIAL_TARGET_COUNT] = {
        [SERIAL_TARGET_ISA] = ADDRESS_ISA,
        [SERIAL_TARGET_ISA_DEBUG] = ADDRESS_ISA,
        [SERIAL_TARGET_USB] = ADDRESS_USB,
        [SERIAL_TARGET_PCI] = ADDRESS_PCI,
        [SERIAL_TARGET_SPAPR_VIO] = ADDRESS_SPAPR_VIO,
    };
    AddressType type = types[serial->serial.target];

    if (type == ADDRESS_NONE || serial->address.type == ADDRESS_NONE ||
        serial->address.type == type)
        return TRUE;
    return address_refuse(context, serial, "leave out the address",
                          "a serial port of type %s cannot have an address of type %s",
                          serial_target_words.words[serial->serial.target],
                          address_type_name(serial->address.type));
}

static gboolean
check_serial(AddressContext *context, const Device *serial)
{
    SerialTarget target = serial->serial.target;
    gboolean is_fine = TRUE;

    switch (target) {
    case SERIAL_TARGET_ISA:
    case SERIAL_TARGET_ISA_DEBUG:
        is_fine = address_is_x86(context);
        break;
    case SERIAL_TARGET_SPAPR_VIO:
        is_fine = context->family == FAMILY_PSERIES;
        break;
    case SERIAL_TARGET_SCLP:
        is_fine = context->family == FAMILY_S390_CCW;
        break;
    case SERIAL_TARGET_SYSTEM:
        is_fine = context->traits->serial_default == SERIAL_TARGET_SYSTEM;
        break;
    case SERIAL_TARGET_NONE:
    case SERIAL_TARGET_USB:
    case SERIAL_TARGET_PCI:
    case SERIAL_TARGET_COUNT:
    default:
        break;
    }
    if (!is_fine)
        return address_refuse(context, serial, "use another target type",
                              "this machine has no serial port of type %s",
                              serial_target_words.words[target]);
    return check_serial_address(context, serial);
}

static gboolean
check_panic(AddressContext *context, const Device *panic)
{
    PanicModel model = panic->panic.model;
    gboolean is_fine = TRUE;

    switch (model) {
    case PANIC_MODEL_ISA:
    case PANIC_MODEL_HYPERV:
        is_fine = address_is_x86(context);
        break;
    case PANIC_MODEL_PSERIES:
        is_fine = context->family == FAMILY_PSERIES;
        break;
    case PANIC_MODEL_S390:
        is_fine = context->family == FAMILY_S390_CCW;
        break;
    case PANIC_MODEL_NONE:
    case PANIC_MODEL_PVPANIC:
    case PANIC_MODEL_COUNT:
    default:
        break;
    }
    return is_fine || address_refuse(context, panic, "use another model",
                                     "this machine has no panic device of model %s",
                                     panic_model_words.words[model]);
}

static gboolean
check_input(AddressContext *context, const Device *input)
{
    InputBus bus = input->input.bus;
    InputType type = input->input.type;

    if (bus == INPUT_BUS_XEN || bus == INPUT_BUS_PARALLELS)
        return address_refuse(context, input, "use usb or virtio", "QEMU has no %s input bus",
                              input_bus_words.words[bus]);
    if (bus == INPUT_BUS_PS2 && type != INPUT_MOUSE && type != INPUT_KEYBOARD)
        return address_refuse(context, input, "use usb or virtio", "there is no PS/2 %s",
                              input_type_words.words[type]);
    return TRUE;
}

static gboolean
check_hostdev(AddressContext *context, const Device *hostdev)
{
    HostdevType kind = hostdev->kind == DEVICE_INTERFACE ? HOSTDEV_PCI : hostdev->hostdev.type;
    AddressType type = hostdev->address.type;

    if (kind == HOSTDEV_SCSI && type != ADDRESS_DRIVE)
        return address_refuse(context, hostdev, "leave out the address",
                              "a SCSI host device needs an address of type drive");
    if (kind == HOSTDEV_PCI && type != ADDRESS_NONE && type != ADDRESS_PCI &&
        type != ADDRESS_UNASSIGNED)
        return address_refuse(context, hostdev, "leave out the address",
                              "a PCI host device needs an address of type pci or unassigned");
    return TRUE;
}

/* Models that this version of libvirt does not have yet. */
static gboolean
check_known(AddressContext *context, const Device *device)
{
    gboolean is_late =
        (device->kind == DEVICE_SOUND && device->sound.model == SOUND_MODEL_VIRTIO) ||
        (device->kind == DEVICE_PANIC && device->panic.model == PANIC_MODEL_PVPANIC);

    return !is_late || address_has(context, CHANGE_LATE_KINDS) ||
           address_refuse(context, device, "use another model, or a newer libvirt",
                          "this version of libvirt does not know this model of <%s>",
                          device_kind_name(device->kind));
}

static gboolean
check_kind(AddressContext *context, const Device *device)
{
    gboolean is_ppc64 = context->family == FAMILY_PSERIES || context->family == FAMILY_OTHER_PPC64;

    switch ((guint)device->kind) {
    case DEVICE_SERIAL:
        return check_serial(context, device);
    case DEVICE_PANIC:
        return check_panic(context, device);
    case DEVICE_INPUT:
        return check_input(context, device);
    case DEVICE_NVRAM:
        return is_ppc64 || address_refuse(context, device, "remove it",
                                          "only ppc64 guests have an <nvram> device");
    case DEVICE_TPM:
        return is_ppc64 ||
               (device->tpm.model != TPM_MODEL_SPAPR &&
                device->tpm.model != TPM_MODEL_SPAPR_PROXY) ||
               address_refuse(context, device, "use another model", "this machine has no %s",
                              tpm_model_words.words[device->tpm.model]);
    case DEVICE_CONSOLE:
        return context->family == FAMILY_S390_CCW ||
               (device->console.target != CONSOLE_TARGET_SCLP &&
                device->console.target != CONSOLE_TARGET_SCLPLM) ||
               address_refuse(context, device, "use the target type virtio or serial",
                              "only s390x guests have SCLP consoles");
    case DEVICE_WATCHDOG:
        return device->watchdog.model != WATCHDOG_DIAG288 || context->family == FAMILY_S390_CCW ||
               address_refuse(context, device, "use another model",
                              "only s390x guests have a diag288 watchdog");
    case DEVICE_HOSTDEV:
        return check_hostdev(context, device);
    case DEVICE_INTERFACE:
        return !device->interface.is_hostdev || device->interface.is_hostdev_usb ||
               check_hostdev(context, device);
    case DEVICE_IOMMU:
        return device->iommu.model != IOMMU_VIRTIO || device->address.type == ADDRESS_PCI ||
               address_refuse(context, device, "leave out the address",
                              "a virtio iommu needs a PCI address");
    default:
        return TRUE;
    }
}

static gboolean
check_devices(AddressContext *context)
{
    DeviceWalk walk;
    const Device *device;

    device_walk_init(&walk, context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        if (device->address.type == ADDRESS_CCW && context->family != FAMILY_S390_CCW)
            return address_refuse(context, device, "leave out the address",
                                  "only s390x machines have ccw addresses");
        if (!check_known(context, device) || !check_kind(context, device))
            return FALSE;
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

gboolean
address_validate(AddressContext *context)
{
    return check_vcpus(context) && check_drives(context) && address_validate_controllers(context) &&
           check_videos(context) && check_counts(context) && check_tpms(context) &&
           check_hostdevs_differ(context) && check_memory(context) && check_iommu(context) &&
           check_devices(context);
}
