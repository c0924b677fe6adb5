/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Places on bus 0 that belong to the chipset, and places that it prefers for certain devices.
 *
 * Both passes run this. What is put in its place during the first is stored in the device at once,
 * so the second finds it written.
 */

#include "pci.h"

/* Chipset functions are conventional and exist whatever the bus would allow by itself. */
static const PciNeed chipset_need = {.class = PCI_CLASS_PCI};

static gboolean
reserve_at(PciSet *set, const Device *device, guint slot, guint function)
{
    PciAddress address = {.slot = slot, .function = function};

    return pci_set_reserve(set, device, &address, chipset_need, TRUE);
}

static void
store(Device *device, guint slot, guint function, CpuSwitch multifunction)
{
    device->address = (DeviceAddress){.type = ADDRESS_PCI};
    device->address.pci =
        (PciAddress){.slot = slot, .function = function, .multifunction = multifunction};
}

static gboolean
is_at(const Device *device, guint slot, guint function)
{
    const PciAddress *pci = &device->address.pci;

    return pci->domain == 0 && pci->bus == 0 && pci->slot == slot && pci->function == function;
}

/* Puts DEVICE where the chipset has it; FALSE when it was written elsewhere. */
static gboolean
settle(PciSet *set, Device *device, guint slot, guint function, const char *what)
{
    if (device_address_is_pci_present(&device->address)) {
        if (is_at(device, slot, function))
            return TRUE;
        return address_refuse(set->context, device, "leave out its address",
                              "%s is part of the chipset and must be at PCI address "
                              "0000:00:%02x.%x",
                              what, slot, function);
    }
    store(device, slot, function, CPU_SWITCH_ABSENT);
    return TRUE;
}

/* ---- video ---------------------------------------------------------------------------------- */

/* The first video card goes to SLOT if that is empty, else anywhere before all others. */
static gboolean
place_video(PciSet *set, guint slot)
{
    DomainDevices *devices = set->context->devices;
    Device *video = domain_devices_n(devices, DEVICE_VIDEO) == 0
                        ? NULL
                        : domain_devices_get(devices, DEVICE_VIDEO, 0);

    if (video == NULL || video->video.model == VIDEO_MODEL_NONE ||
        video->video.model == VIDEO_MODEL_RAMFB || !device_address_is_pci_wanted(&video->address))
        return TRUE;
    if (pci_set_is_slot_empty(set, slot)) {
        if (!reserve_at(set, video, slot, 0))
            return FALSE;
        store(video, slot, 0, CPU_SWITCH_ABSENT);
        return TRUE;
    }
    PciAddress address;
    if (!pci_set_reserve_next(set, video, pci_need(set->context, video), -1, &address))
        return FALSE;
    video->address.type = ADDRESS_PCI;
    video->address.pci = address;
    return TRUE;
}

/* ---- i440fx --------------------------------------------------------------------------------- */

gboolean
pci_is_piix3_part(const Device *device)
{
    const ControllerDevice *c = &device->controller;

    if (device->kind != DEVICE_CONTROLLER || c->index != 0)
        return FALSE;
    if (c->type == CONTROLLER_IDE)
        return is_at(device, 1, 1);
    return c->type == CONTROLLER_USB && is_at(device, 1, 2) &&
           (c->model == CONTROLLER_MODEL_PIIX3_UHCI || c->model == CONTROLLER_MODEL_NONE);
}

static gboolean
reserve_i440fx(PciSet *set)
{
    const GPtrArray *list = set->context->devices->lists[DEVICE_CONTROLLER];

    for (guint i = 0; i < list->len; i++) {
        Device *device = g_ptr_array_index(list, i);
        const ControllerDevice *c = &device->controller;
        gboolean is_usb = c->type == CONTROLLER_USB && (c->model == CONTROLLER_MODEL_PIIX3_UHCI ||
                                                        c->model == CONTROLLER_MODEL_NONE);

        if (c->index != 0 || (c->type != CONTROLLER_IDE && !is_usb))
            continue;
        if (!settle(set, device, 1, is_usb ? 2 : 1,
                    is_usb ? "the PIIX3 USB controller" : "the IDE controller"))
            return FALSE;
        if (device->address.type == ADDRESS_PCI && !reserve_at(set, device, 1, is_usb ? 2 : 1))
            return FALSE;
    }
    return reserve_at(set, NULL, 1, 0) && reserve_at(set, NULL, 1, 3) && place_video(set, 2);
}

/* ---- q35 ------------------------------------------------------------------------------------ */

static gboolean
place_companion(PciSet *set, Device *device)
{
    static const guint slots[] = {0x1d, 0x1a};

    for (guint i = 0; i < G_N_ELEMENTS(slots); i++) {
        if (!pci_set_is_slot_empty(set, slots[i]))
            continue;
        store(device, slots[i], 0, CPU_SWITCH_ON);
        return reserve_at(set, device, slots[i], 0);
    }
    return TRUE;
}

static gboolean
place_q35_controller(PciSet *set, Device *device)
{
    const ControllerDevice *c = &device->controller;

    if (c->type == CONTROLLER_SATA && c->index == 0)
        return settle(set, device, 0x1f, 2, "the built-in SATA controller");
    if (device->address.type != ADDRESS_NONE)
        return TRUE;
    if (c->type == CONTROLLER_USB && c->model == CONTROLLER_MODEL_ICH9_UHCI1)
        return place_companion(set, device);
    if (c->type == CONTROLLER_PCI && c->model == CONTROLLER_MODEL_DMI_TO_PCI_BRIDGE &&
        pci_set_is_slot_empty(set, 0x1e)) {
        PciAddress address = {.slot = 0x1e};

        store(device, 0x1e, 0, CPU_SWITCH_ABSENT);
        return pci_set_reserve(set, device, &address, pci_need(set->context, device), TRUE);
    }
    return TRUE;
}

static gboolean
reserve_q35(PciSet *set)
{
    const DomainDevices *devices = set->context->devices;

    for (guint i = 0; i < domain_devices_n(devices, DEVICE_CONTROLLER); i++) {
        if (!place_q35_controller(set, domain_devices_get(devices, DEVICE_CONTROLLER, i)))
            return FALSE;
    }
    if (!reserve_at(set, NULL, 0x1f, 0) || !reserve_at(set, NULL, 0x1f, 3) || !place_video(set, 1))
        return FALSE;
    for (guint i = 0; i < domain_devices_n(devices, DEVICE_SOUND); i++) {
        Device *sound = domain_devices_get(devices, DEVICE_SOUND, i);

        if (sound->sound.model != SOUND_MODEL_ICH9 ||
            !device_address_is_pci_wanted(&sound->address))
            continue;
        if (!pci_set_is_slot_empty(set, 0x1b))
            return TRUE;
        store(sound, 0x1b, 0, CPU_SWITCH_ABSENT);
        return reserve_at(set, sound, 0x1b, 0);
    }
    return TRUE;
}

gboolean
pci_reserve_fixed(PciSet *set)
{
    if (set->context->family == FAMILY_I440FX)
        return reserve_i440fx(set);
    if (set->context->family == FAMILY_Q35)
        return reserve_q35(set);
    return TRUE;
}
