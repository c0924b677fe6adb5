/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Checks of one device at a time: does this machine have such a device, and is its address of the
 * type that such a device has.
 */

#include "validate.h"

/* A serial port's type decides the type of its address. */
gboolean
address_validate_serial(AddressContext *context, const Device *serial)
{
    static const AddressType types[SERIAL_TARGET_COUNT] = {
        [SERIAL_TARGET_ISA] = ADDRESS_ISA,
        [SERIAL_TARGET_ISA_DEBUG] = ADDRESS_ISA,
        [SERIAL_TARGET_USB] = ADDRESS_USB,
        [SERIAL_TARGET_PCI] = ADDRESS_PCI,
        [SERIAL_TARGET_SPAPR_VIO] = ADDRESS_SPAPR_VIO,
    };
    SerialTarget target = serial->serial.target;
    gboolean is_placeless = target == SERIAL_TARGET_SYSTEM || target == SERIAL_TARGET_SCLP;
    AddressType type = types[target];

    if (serial->address.type == ADDRESS_NONE || serial->address.type == type ||
        (type == ADDRESS_NONE && !is_placeless))
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
    return address_validate_serial(context, serial);
}

static gboolean
check_panic_address(AddressContext *context, const Device *panic)
{
    static const AddressType types[PANIC_MODEL_COUNT] = {
        [PANIC_MODEL_ISA] = ADDRESS_ISA,
        [PANIC_MODEL_PVPANIC] = ADDRESS_PCI,
    };
    PanicModel model = panic->panic.model;
    AddressType type = panic->address.type;

    return model == PANIC_MODEL_NONE || type == ADDRESS_NONE || type == types[model] ||
           address_refuse(context, panic, "leave out the address",
                          "a panic device of model %s cannot have an address of type %s",
                          panic_model_words.words[model], address_type_name(type));
}

static gboolean
check_panic(AddressContext *context, const Device *panic)
{
    PanicModel model = panic->panic.model;
    gboolean is_fine = TRUE;

    if (model == PANIC_MODEL_NONE && address_has(context, CHANGE_PANIC_MODEL))
        return address_refuse(context, panic, "remove it, or give it a model",
                              "this machine has no panic device of its own");
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
    if (!is_fine)
        return address_refuse(context, panic, "use another model",
                              "this machine has no panic device of model %s",
                              panic_model_words.words[model]);
    return check_panic_address(context, panic);
}

static gboolean
check_input(AddressContext *context, const Device *input)
{
    InputBus bus = input->input.bus;
    InputType type = input->input.type;

    if (bus == INPUT_BUS_XEN || bus == INPUT_BUS_PARALLELS)
        return address_refuse(context, input, "use usb or virtio", "QEMU has no %s input bus",
                              input_bus_words.words[bus]);
    if (type == INPUT_PASSTHROUGH && bus != INPUT_BUS_VIRTIO)
        return address_refuse(context, input, "use virtio, or leave out the bus",
                              "an input that is passed through cannot be on bus %s",
                              input_bus_words.words[bus]);
    if (bus == INPUT_BUS_PS2 && type != INPUT_MOUSE && type != INPUT_KEYBOARD)
        return address_refuse(context, input, "use usb or virtio", "there is no PS/2 %s",
                              input_type_words.words[type]);
    if ((input->input.model == VIRTIO_MODEL_TRANSITIONAL ||
         input->input.model == VIRTIO_MODEL_NON_TRANSITIONAL) &&
        type != INPUT_PASSTHROUGH)
        return address_refuse(context, input, "use the model virtio",
                              "only passthrough inputs have the model %s",
                              virtio_model_words.words[input->input.model]);
    return TRUE;
}

static gboolean
check_watchdog(AddressContext *context, const Device *watchdog)
{
    static const AddressType types[WATCHDOG_COUNT] = {
        [WATCHDOG_I6300ESB] = ADDRESS_PCI,
    };
    WatchdogModel model = watchdog->watchdog.model;
    AddressType type = watchdog->address.type;

    if (model == WATCHDOG_DIAG288 && context->family != FAMILY_S390_CCW)
        return address_refuse(context, watchdog, "use another model",
                              "only s390x guests have a diag288 watchdog");
    if (model == WATCHDOG_ITCO && context->family != FAMILY_Q35)
        return address_refuse(context, watchdog, "use another model",
                              "only q35 machines have an itco watchdog");
    if (model == WATCHDOG_IB700 && context->family != FAMILY_I440FX &&
        address_has(context, CHANGE_MANY_WATCHDOGS))
        return address_refuse(context, watchdog, "use another model",
                              "only i440fx machines have an ib700 watchdog");
    if (type == types[model] || type == ADDRESS_NONE)
        return TRUE;
    return address_refuse(context, watchdog, "leave out the address",
                          "a watchdog of model %s cannot have an address of type %s",
                          watchdog_model_words.words[model], address_type_name(type));
}

static gboolean
check_hostdev(AddressContext *context, const Device *hostdev)
{
    HostdevType kind = hostdev->kind == DEVICE_INTERFACE ? HOSTDEV_PCI : hostdev->hostdev.type;
    AddressType type = hostdev->address.type;

    if (kind == HOSTDEV_SCSI && type != ADDRESS_DRIVE)
        return address_refuse(context, hostdev, "leave out the address",
                              "a SCSI host device needs an address of type drive");
    if (kind == HOSTDEV_SCSI_HOST && type != ADDRESS_NONE && type != ADDRESS_PCI &&
        type != ADDRESS_CCW)
        return address_refuse(context, hostdev, "leave out the address",
                              "a SCSI host adapter cannot have an address of type %s",
                              address_type_name(type));
    if (kind == HOSTDEV_PCI && type != ADDRESS_NONE && type != ADDRESS_PCI &&
        type != ADDRESS_UNASSIGNED)
        return address_refuse(context, hostdev, "leave out the address",
                              "a PCI host device needs an address of type pci or unassigned");
    if ((kind == HOSTDEV_MDEV_PCI && type != ADDRESS_NONE && type != ADDRESS_PCI &&
         type != ADDRESS_UNASSIGNED) ||
        (kind == HOSTDEV_MDEV_CCW && type != ADDRESS_NONE && type != ADDRESS_CCW))
        return address_refuse(context, hostdev, "leave out the address",
                              "a mediated device of this model cannot have an address of type %s",
                              address_type_name(type));
    return TRUE;
}

static gboolean
check_memory(AddressContext *context, const Device *memory)
{
    MemoryModel model = memory->memory.model;
    AddressType type = memory->address.type;

    if (model == MEMORY_MODEL_SGX_EPC && type != ADDRESS_NONE)
        return address_refuse(context, memory, "leave out the address",
                              "memory of model %s cannot have an address",
                              memory_model_words.words[model]);
    if ((model != MEMORY_MODEL_VIRTIO_MEM && model != MEMORY_MODEL_VIRTIO_PMEM) ||
        type == ADDRESS_PCI || (type == ADDRESS_CCW && address_has(context, CHANGE_VIRTIO_MEM_CCW)))
        return TRUE;
    return address_refuse(context, memory, "leave out the address",
                          "a %s device cannot have an address of type %s",
                          memory_model_words.words[model], address_type_name(type));
}

static gboolean
check_console(AddressContext *context, const Device *console)
{
    ConsoleTarget target = console->console.target;

    if (target == CONSOLE_TARGET_XEN)
        return address_refuse(context, console, "use the target type virtio or serial",
                              "QEMU has no xen console");
    return context->family == FAMILY_S390_CCW || context->options->is_attach ||
           (target != CONSOLE_TARGET_SCLP && target != CONSOLE_TARGET_SCLPLM) ||
           address_refuse(context, console, "use the target type virtio or serial",
                          "only s390x guests have SCLP consoles");
}

static gboolean
check_iommu(AddressContext *context, const Device *iommu)
{
    IommuModel model = iommu->iommu.model;
    AddressType type = iommu->address.type;

    if (model == IOMMU_VIRTIO)
        return type == ADDRESS_PCI || address_refuse(context, iommu, "leave out the address",
                                                     "a virtio iommu needs a PCI address");
    return (model != IOMMU_INTEL && model != IOMMU_SMMUV3) || type == ADDRESS_NONE ||
           address_refuse(context, iommu, "leave out the address",
                          "an iommu of model %s has no address", iommu_model_words.words[model]);
}

/* The change that brought DEVICE's model; CHANGE_COUNT for models that always were. */
static AddressChange
model_change(const Device *device)
{
    switch ((guint)device->kind) {
    case DEVICE_SOUND:
        return device->sound.model == SOUND_MODEL_VIRTIO ? CHANGE_VIRTIO_SOUND : CHANGE_COUNT;
    case DEVICE_PANIC:
        return device->panic.model == PANIC_MODEL_PVPANIC ? CHANGE_PVPANIC : CHANGE_COUNT;
    case DEVICE_WATCHDOG:
        return device->watchdog.model == WATCHDOG_ITCO ? CHANGE_MANY_WATCHDOGS : CHANGE_COUNT;
    case DEVICE_FILESYSTEM:
        return device->filesystem.driver == FILESYSTEM_DRIVER_MTP ? CHANGE_MTP : CHANGE_COUNT;
    case DEVICE_IOMMU:
        return device->iommu.model == IOMMU_AMD ? CHANGE_AMD_IOMMU : CHANGE_COUNT;
    default:
        return CHANGE_COUNT;
    }
}

static gboolean
check_known(AddressContext *context, const Device *device)
{
    AddressChange change = model_change(device);

    return change == CHANGE_COUNT || address_has(context, change) ||
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
        return context->family == FAMILY_PSERIES ||
               address_refuse(context, device, "remove it",
                              "only pseries guests have an <nvram> device");
    case DEVICE_MEMORY:
        return check_memory(context, device);
    case DEVICE_TPM:
        return is_ppc64 ||
               (device->tpm.model != TPM_MODEL_SPAPR &&
                device->tpm.model != TPM_MODEL_SPAPR_PROXY) ||
               address_refuse(context, device, "use another model", "this machine has no %s",
                              tpm_model_words.words[device->tpm.model]);
    case DEVICE_CONSOLE:
        return check_console(context, device);
    case DEVICE_VIDEO:
        return device->video.model != VIDEO_MODEL_RAMFB || device->address.type == ADDRESS_NONE ||
               address_refuse(context, device, "leave out the address",
                              "a ramfb video card has no address");
    case DEVICE_WATCHDOG:
        return check_watchdog(context, device);
    case DEVICE_HOSTDEV:
        return check_hostdev(context, device);
    case DEVICE_INTERFACE:
        return !device->interface.is_hostdev || device->interface.is_hostdev_usb ||
               check_hostdev(context, device);
    case DEVICE_IOMMU:
        return check_iommu(context, device);
    case DEVICE_SMARTCARD:
        return device->address.type == ADDRESS_CCID ||
               address_refuse(context, device, "leave out the address",
                              "a smartcard cannot have an address of type %s",
                              address_type_name(device->address.type));
    case DEVICE_SOUND:
        return device->sound.model != SOUND_MODEL_ICH7 ||
               address_refuse(context, device, "use another model", "QEMU has no ich7 sound card");
    case DEVICE_MEMBALLOON:
        return device->memballoon.model != BALLOON_XEN ||
               address_refuse(context, device, "use the model virtio or none",
                              "QEMU has no xen memory balloon");
    default:
        return TRUE;
    }
}

gboolean
address_validate_devices(AddressContext *context)
{
    DeviceWalk walk;
    const Device *device;

    device_walk_init(&walk, context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        if (device->address.type == ADDRESS_CCW && context->family != FAMILY_S390_CCW)
            return address_refuse(context, device, "leave out the address",
                                  "only s390x machines have ccw addresses");
        if (device->address.type == ADDRESS_UNASSIGNED && device->kind != DEVICE_HOSTDEV)
            return address_refuse(context, device, "leave out the address",
                                  "only host devices can be unassigned");
        if (device->is_spice && !context->devices->has_spice)
            return address_refuse(context, device, "add <graphics type='spice'/>",
                                  "<%s> needs a SPICE client, and there are no SPICE graphics",
                                  device_kind_name(device->kind));
        if (!check_known(context, device) || !check_kind(context, device))
            return FALSE;
    }
    return TRUE;
}
