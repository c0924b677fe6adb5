/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Models that were not written. They are filled in because an address without the model that it was
 * chosen for would be half a plan: the next libvirt may have another default.
 *
 * Defaults are those of a QEMU with every device that the architecture has.
 */

#include "address_private.h"
#include "validate.h"

#include <string.h>

static gboolean
is_ppc64(const AddressContext *context)
{
    return context->family == FAMILY_PSERIES || context->family == FAMILY_OTHER_PPC64;
}

static ControllerModel
usb_model(const AddressContext *context, const Device *device)
{
    gboolean is_load = context->options->is_load;

    if (address_has(context, CHANGE_USB_MODELS) && !is_ppc64(context))
        return context->traits->usb_model == CONTROLLER_MODEL_NONE ? CONTROLLER_MODEL_PIIX3_UHCI
                                                                   : context->traits->usb_model;
    switch (context->family) {
    case FAMILY_PSERIES:
    case FAMILY_OTHER_PPC64:
        return is_load ? CONTROLLER_MODEL_PCI_OHCI : CONTROLLER_MODEL_QEMU_XHCI;
    case FAMILY_LOONGARCH_VIRT:
        return CONTROLLER_MODEL_QEMU_XHCI;
    case FAMILY_S390_CCW:
        return device->address.type == ADDRESS_NONE ? CONTROLLER_MODEL_USB_NONE
                                                    : CONTROLLER_MODEL_NONE;
    case FAMILY_ARM_VIRT:
    case FAMILY_ARM_VERSATILEPB:
    case FAMILY_ARM_REALVIEW_EB:
    case FAMILY_ARM_REALVIEW:
    case FAMILY_ARM_VEXPRESS:
    case FAMILY_OTHER_ARM:
        if (context->devices->arch == CPU_ARCH_AARCH64)
            return CONTROLLER_MODEL_QEMU_XHCI;
        break;
    case FAMILY_I440FX:
    case FAMILY_Q35:
    case FAMILY_ISAPC:
    case FAMILY_MICROVM:
    case FAMILY_OTHER_X86:
    case FAMILY_RISCV_VIRT:
    case FAMILY_OTHER_RISCV:
    case FAMILY_OLD_PCI:
    case FAMILY_MALTA:
    case FAMILY_OTHER_MIPS:
    case FAMILY_SPARC:
    case FAMILY_OTHER:
    case FAMILY_COUNT:
    default:
        break;
    }
    return CONTROLLER_MODEL_PIIX3_UHCI;
}

/* The model of the first SCSI controller that has one; NONE when there is none. */
static ControllerModel
first_scsi_model(const AddressContext *context)
{
    const GPtrArray *list = context->devices->lists[DEVICE_CONTROLLER];

    for (guint i = 0; i < list->len; i++) {
        const ControllerDevice *c = &((Device *)g_ptr_array_index(list, i))->controller;

        if (c->type == CONTROLLER_SCSI && c->model != CONTROLLER_MODEL_NONE &&
            c->model != CONTROLLER_MODEL_AUTO)
            return c->model;
    }
    return CONTROLLER_MODEL_NONE;
}

static ControllerModel
scsi_model(const AddressContext *context)
{
    gboolean is_virt = context->family == FAMILY_ARM_VIRT || context->family == FAMILY_RISCV_VIRT;

    if (is_virt && address_has(context, CHANGE_VIRT_SCSI))
        return CONTROLLER_MODEL_VIRTIO_SCSI;
    if (context->traits->scsi_default != CONTROLLER_MODEL_LSILOGIC ||
        !address_has(context, CHANGE_SCSI_LIKE_FIRST))
        return context->traits->scsi_default;
    ControllerModel first = first_scsi_model(context);
    return first == CONTROLLER_MODEL_NONE ? context->traits->scsi_default : first;
}

void
address_fill_controller_model(AddressContext *context, Device *device)
{
    ControllerDevice *c = &device->controller;
    ControllerModel model = c->model;

    if (c->type == CONTROLLER_SCSI &&
        (model == CONTROLLER_MODEL_NONE || model == CONTROLLER_MODEL_AUTO))
        model = scsi_model(context);
    else if (c->type == CONTROLLER_USB && model == CONTROLLER_MODEL_NONE)
        model = usb_model(context, device);
    if (model != c->model) {
        c->model = model;
        device->filled |= DEVICE_FILLED_MODEL;
        /* No controller, no place, whatever is written. */
        if (model == CONTROLLER_MODEL_USB_NONE)
            device->address = (DeviceAddress){0};
    }
}

static void
fill_interface(const AddressContext *context, Device *device)
{
    InterfaceDevice *interface = &device->interface;
    const char *type = interface->type;

    if (interface->model_name != NULL || interface->is_hostdev)
        return;
    if (strcmp(type, "vdpa") == 0 ||
        (strcmp(type, "vhostuser") == 0 && address_has(context, CHANGE_VHOSTUSER_VIRTIO)))
        interface->model = INTERFACE_MODEL_VIRTIO;
    else
        interface->model = context->traits->interface_default;
    device->filled |= DEVICE_FILLED_MODEL;
}

static void
fill_input(const AddressContext *context, InputDevice *input)
{
    gboolean is_pointer = input->type == INPUT_MOUSE || input->type == INPUT_KEYBOARD;

    if (input->bus != INPUT_BUS_DEFAULT)
        return;
    if (input->type == INPUT_EVDEV)
        input->bus = INPUT_BUS_NONE;
    else if (input->type == INPUT_PASSTHROUGH || context->family == FAMILY_S390_CCW)
        input->bus = INPUT_BUS_VIRTIO;
    else
        input->bus = is_pointer ? context->traits->pointer_default : INPUT_BUS_USB;
}

void
address_fill_model(AddressContext *context, Device *device)
{
    const MachineTraits *traits = context->traits;

    switch (device->kind) {
    case DEVICE_INTERFACE:
        fill_interface(context, device);
        break;
    case DEVICE_CONTROLLER:
        address_fill_controller_model(context, device);
        break;
    case DEVICE_VIDEO:
        if (device->video.model == VIDEO_MODEL_NONE_WRITTEN) {
            device->video.model = traits->video_default;
            device->filled |= DEVICE_FILLED_MODEL;
        }
        break;
    case DEVICE_INPUT:
        fill_input(context, &device->input);
        break;
    case DEVICE_SERIAL:
        if (device->serial.target == SERIAL_TARGET_NONE)
            device->serial.target = traits->serial_default;
        break;
    case DEVICE_TPM:
        if (device->tpm.model == TPM_MODEL_NONE)
            device->tpm.model = is_ppc64(context) ? TPM_MODEL_SPAPR : TPM_MODEL_TIS;
        break;
    case DEVICE_PANIC:
        if (device->panic.model == PANIC_MODEL_NONE &&
            (traits->panic_default != PANIC_MODEL_PVPANIC || address_has(context, CHANGE_PVPANIC)))
            device->panic.model = traits->panic_default;
        break;
    case DEVICE_DISK:
    case DEVICE_SOUND:
    case DEVICE_HOSTDEV:
    case DEVICE_SMARTCARD:
    case DEVICE_PARALLEL:
    case DEVICE_CHANNEL:
    case DEVICE_CONSOLE:
    case DEVICE_FILESYSTEM:
    case DEVICE_WATCHDOG:
    case DEVICE_MEMBALLOON:
    case DEVICE_RNG:
    case DEVICE_NVRAM:
    case DEVICE_HUB:
    case DEVICE_SHMEM:
    case DEVICE_MEMORY:
    case DEVICE_REDIRDEV:
    case DEVICE_IOMMU:
    case DEVICE_VSOCK:
    case DEVICE_CRYPTO:
    case DEVICE_PSTORE:
    case DEVICE_KIND_COUNT:
    default:
        break;
    }
}

gboolean
address_fill_models(AddressContext *context)
{
    g_autoptr(GHashTable) drives = drive_set_new(context->devices);
    DeviceWalk walk;
    Device *device;

    device_walk_init(&walk, context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        if (device->kind == DEVICE_DISK && !address_assign_disk(context, device, drives))
            return FALSE;
        if (device->kind == DEVICE_HOSTDEV)
            address_assign_scsi_hostdev(context, device, drives);
        /* libvirt looks at these here, before it would run out of places for them. */
        if (device->kind == DEVICE_CONTROLLER && !context->options->is_attach &&
            !address_validate_expander(context, device))
            return FALSE;
        address_fill_model(context, device);
    }
    return TRUE;
}
