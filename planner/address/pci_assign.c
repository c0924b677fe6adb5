/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * PCI addresses in two passes.
 *
 * The first is a rehearsal on buses that grow: it tells how many controllers are needed and of
 * which model. They are added, and the second pass places everything for good, controllers first.
 * Doing it at once would give other bus numbers than libvirt, because an added bridge takes the
 * lowest free slot, in front of the devices that made it necessary.
 */

#include "pci.h"

/* Reserves every address that is written. */
static gboolean
collect(PciSet *set)
{
    DeviceWalk walk;
    Device *device;

    device_walk_init(&walk, set->context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        PciNeed need = pci_need(set->context, device);

        if (!device_address_is_pci_present(&device->address))
            continue;
        if (pci_is_piix3_part(device)) {
            if (set->buses->len > 0 && !(pci_set_bus(set, 0)->accepts & PCI_CLASS_PCI))
                return address_refuse(set->context, device, "leave out its address",
                                      "the PIIX3 part needs a conventional PCI bus 0");
            continue;
        }
        if (need.class == PCI_CLASS_NONE && !need.is_controller)
            need.class = PCI_CLASS_PCI;
        if (!pci_set_reserve(set, device, &device->address.pci, need, TRUE))
            return FALSE;
    }
    return TRUE;
}

/* An endpoint that does not exist, to make room for one. */
static gboolean
reserve_imaginary(PciSet *set, PciClass class)
{
    PciAddress address;

    return pci_set_reserve_next(set, NULL, (PciNeed){.class = class}, -1, &address);
}

/* Room for later devices: what libvirt keeps by itself, and what the user asks for. */
static gboolean
reserve_spares(PciSet *set, gboolean is_bus_wanted)
{
    guint n = MAX(set->context->options->spare_ports, is_bus_wanted ? 1 : 0);

    for (guint i = 0; i < n; i++) {
        if (!reserve_imaginary(set, PCI_CLASS_PCIE))
            return FALSE;
    }
    return TRUE;
}

/* A controller that is added again gets its old place, if that is still free and of its kind. */
static gboolean
place_added(PciSet *set, Device *device)
{
    PciNeed need = pci_need(set->context, device);
    DeviceAddress kept = {0};
    PciAddress address;

    if (!address_find_kept(set->context, device, &kept) || !device_address_is_pci_present(&kept) ||
        !pci_set_is_free(set, &kept.pci, need))
        return pci_set_reserve_next(set, device, need, -1, &address);
    device->address = kept;
    return pci_set_reserve(set, device, &device->address.pci, need, TRUE);
}

/* Adds the controllers of all buses that have none. */
static gboolean
add_controllers(PciSet *set)
{
    AddressContext *context = set->context;
    guint n = set->buses->len;

    for (guint i = 1; i < n; i++) {
        ControllerModel model = pci_set_bus(set, i)->model;
        if (domain_devices_find_controller(context->devices, CONTROLLER_PCI, (gint)i) != NULL)
            continue;
        Device *device = address_add_controller(context, CONTROLLER_PCI, model, (gint)i);
        if (pci_model(model)->needs != PCI_CLASS_NONE && !place_added(set, device))
            return FALSE;
        if (set->buses->len != n)
            return address_refuse(context, NULL, "add the PCI controllers, or remove devices",
                                  "too many devices have fixed addresses for one more PCI bus");
    }
    return TRUE;
}

static gboolean
rehearse(AddressContext *context)
{
    g_auto(PciSet) set;

    pci_set_init(&set, context, TRUE);
    guint n_given = context->n_given_buses;
    if (set.buses->len == 0)
        return TRUE;
    if (!collect(&set) || !pci_reserve_fixed(&set))
        return FALSE;
    gboolean is_conventional = pci_set_bus(&set, 0)->model == CONTROLLER_MODEL_PCI_ROOT;
    if (is_conventional && !pci_set_is_full(&set) && !reserve_imaginary(&set, PCI_CLASS_PCI))
        return FALSE;
    for (guint i = 0; is_conventional && i < context->options->reserved_slots; i++) {
        if (!reserve_imaginary(&set, PCI_CLASS_PCI))
            return FALSE;
    }
    if (!pci_assign_all(&set))
        return FALSE;
    if (pci_is_express(context) && !reserve_spares(&set, n_given <= 1 && set.buses->len > n_given))
        return FALSE;
    return add_controllers(&set);
}

static gboolean
perform(AddressContext *context)
{
    g_auto(PciSet) set;

    pci_set_init(&set, context, FALSE);
    if (!collect(&set))
        return FALSE;
    if (!address_machine_assigns_pci(context))
        return TRUE;
    return pci_reserve_fixed(&set) && pci_assign_all(&set) && pci_assign_zpci(context) &&
           pci_fill_options(context);
}

gboolean
address_assign_pci(AddressContext *context)
{
    return rehearse(context) && perform(context);
}
