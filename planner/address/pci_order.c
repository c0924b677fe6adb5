/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The order in which devices get the lowest free PCI address.
 *
 * It is not the document's and not the walk's: PCI controllers come first, since the buses of all
 * others hang on them; then kind by kind as the table below says.
 */

#include "pci.h"

static void
store(Device *device, PciAddress address)
{
    PciAddress *pci = &device->address.pci;

    if (device->address.type == ADDRESS_PCI) {
        address.has_uid = pci->has_uid;
        address.has_fid = pci->has_fid;
        address.uid = pci->uid;
        address.fid = pci->fid;
    }
    device->address.type = ADDRESS_PCI;
    *pci = address;
}

static gboolean
assign(PciSet *set, Device *device, PciNeed need, gint function, CpuSwitch multifunction)
{
    PciAddress address;

    if (!pci_set_reserve_next(set, device, need, function, &address))
        return FALSE;
    address.multifunction = multifunction;
    if (!set->is_growing)
        store(device, address);
    return TRUE;
}

static gboolean
assign_wanted(PciSet *set, Device *device)
{
    PciNeed need = pci_need(set->context, device);

    if (need.class == PCI_CLASS_NONE || !device_address_is_pci_wanted(&device->address))
        return TRUE;
    return assign(set, device, need, -1, CPU_SWITCH_ABSENT);
}

/* ---- USB2 controllers ----------------------------------------------------------------------- */

/* An EHCI and its companions share a slot; the function tells which is which. */
static gint
usb2_function(ControllerModel model)
{
    switch ((guint)model) {
    case CONTROLLER_MODEL_ICH9_UHCI1:
        return 0;
    case CONTROLLER_MODEL_ICH9_UHCI2:
        return 1;
    case CONTROLLER_MODEL_ICH9_UHCI3:
        return 2;
    case CONTROLLER_MODEL_ICH9_EHCI1:
        return 7;
    default:
        return -1;
    }
}

static const Device *
addressed_companion(const DomainDevices *devices, gint index)
{
    for (guint i = 0; i < domain_devices_n(devices, DEVICE_CONTROLLER); i++) {
        const Device *other = domain_devices_get(devices, DEVICE_CONTROLLER, i);

        if (usb2_function(other->controller.model) != -1 && other->controller.index == index &&
            device_address_is_pci_present(&other->address))
            return other;
    }
    return NULL;
}

static gboolean
assign_usb2(PciSet *set, Device *device)
{
    gint function = usb2_function(device->controller.model);
    const Device *other = addressed_companion(set->context->devices, device->controller.index);
    PciNeed need = pci_need(set->context, device);
    CpuSwitch multifunction = function == 0 ? CPU_SWITCH_ON : CPU_SWITCH_ABSENT;

    if (!device_address_is_pci_wanted(&device->address))
        return TRUE;
    if (other == NULL)
        return assign(set, device, need, function, multifunction);
    PciAddress address = {.bus = other->address.pci.bus,
                          .slot = other->address.pci.slot,
                          .function = (guint)function,
                          .multifunction = multifunction};
    if (!pci_set_reserve(set, device, &address, need, TRUE))
        return FALSE;
    if (!set->is_growing)
        store(device, address);
    return TRUE;
}

/* ---- kinds ---------------------------------------------------------------------------------- */

static gboolean
assign_pci_controller(PciSet *set, Device *device)
{
    return device->controller.type != CONTROLLER_PCI || assign_wanted(set, device);
}

static gboolean
assign_other_controller(PciSet *set, Device *device)
{
    const ControllerDevice *c = &device->controller;

    if (c->type == CONTROLLER_PCI || (c->type == CONTROLLER_IDE && c->index == 0))
        return TRUE;
    if (c->type == CONTROLLER_USB && usb2_function(c->model) != -1)
        return assign_usb2(set, device);
    if ((c->type == CONTROLLER_XENBUS || c->type == CONTROLLER_ISA) &&
        device_address_is_pci_wanted(&device->address))
        return address_refuse(set->context, device, "remove it",
                              "QEMU has no place for a controller of type %s",
                              controller_type_words.words[c->type]);
    return assign_wanted(set, device);
}

static gboolean
assign_interface(PciSet *set, Device *device)
{
    gboolean is_usb = device->interface.model == INTERFACE_MODEL_USB_NET;

    if (device->interface.is_hostdev)
        return TRUE;
    /* libvirt once looked for a PCI slot of no kind at all for these, and found none. */
    if (is_usb && !address_has(set->context, CHANGE_USB_NET) &&
        device_address_is_pci_wanted(&device->address))
        return address_refuse(set->context, device, "use another model, or a newer libvirt",
                              "this version of libvirt cannot place a usb-net interface");
    return assign_wanted(set, device);
}

static gboolean
assign_sound(PciSet *set, Device *device)
{
    if (device->sound.model == SOUND_MODEL_ICH7 && device_address_is_pci_wanted(&device->address))
        return address_refuse(set->context, device, "use another model",
                              "there is no place for an ich7 sound card, which QEMU lacks");
    return assign_wanted(set, device);
}

/* Interfaces of type hostdev are in the list of host devices too. */
static gboolean
assign_hostdev(PciSet *set, Device *device)
{
    if (device->kind == DEVICE_INTERFACE && device->interface.is_hostdev_usb)
        return TRUE;
    return assign_wanted(set, device);
}

static const struct {
    DeviceKind kind;
    gboolean (*assign)(PciSet *set, Device *device);
} order[] = {
    {DEVICE_CONTROLLER, assign_pci_controller},
    {DEVICE_FILESYSTEM, assign_wanted},
    {DEVICE_INTERFACE, assign_interface},
    {DEVICE_SOUND, assign_sound},
    {DEVICE_CONTROLLER, assign_other_controller},
    {DEVICE_DISK, assign_wanted},
    {DEVICE_HOSTDEV, assign_hostdev},
    {DEVICE_MEMBALLOON, assign_wanted},
    {DEVICE_RNG, assign_wanted},
    {DEVICE_WATCHDOG, assign_wanted},
    {DEVICE_VIDEO, assign_wanted},
    {DEVICE_SHMEM, assign_wanted},
    {DEVICE_INPUT, assign_wanted},
    {DEVICE_SERIAL, assign_wanted},
    {DEVICE_IOMMU, assign_wanted},
    {DEVICE_VSOCK, assign_wanted},
    {DEVICE_MEMORY, assign_wanted},
    {DEVICE_CRYPTO, assign_wanted},
    {DEVICE_PANIC, assign_wanted},
    {DEVICE_PSTORE, assign_wanted},
};

gboolean
pci_assign_all(PciSet *set)
{
    const DomainDevices *devices = set->context->devices;

    for (guint i = 0; i < G_N_ELEMENTS(order); i++) {
        for (guint j = 0; j < domain_devices_n(devices, order[i].kind); j++) {
            if (!order[i].assign(set, domain_devices_get(devices, order[i].kind, j)))
                return FALSE;
        }
    }
    return TRUE;
}
