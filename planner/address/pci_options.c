/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What is written into PCI controllers once everything has its place: model names, chassis, port
 * and bus numbers, and the multifunction flag of function 0 where a slot holds more functions.
 */

#include "pci.h"

#define BUS_NR_TOP 256 /* above the highest busNr */
#define BUS_NR_STEP 2
#define PHB_MAX_INDEX 30 /* libvirt reads none above */

static guint
slot_key(const PciAddress *pci)
{
    return pci->domain << 16 | pci->bus << 8 | pci->slot;
}

static void
fill_multifunction(const DomainDevices *devices)
{
    g_autoptr(GHashTable) shared = g_hash_table_new(NULL, NULL); /* slots with function > 0 */
    DeviceWalk walk;
    Device *device;

    device_walk_init(&walk, devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        if (device_address_is_pci_present(&device->address) && device->address.pci.function != 0)
            g_hash_table_add(shared, GUINT_TO_POINTER(slot_key(&device->address.pci)));
    }
    device_walk_init(&walk, devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        PciAddress *pci = &device->address.pci;

        if (device_address_is_pci_present(&device->address) && pci->function == 0 &&
            pci->multifunction == CPU_SWITCH_ABSENT &&
            g_hash_table_contains(shared, GUINT_TO_POINTER(slot_key(pci))))
            pci->multifunction = CPU_SWITCH_ON;
    }
}

static void
fill(Device *device, gint *field, gint value, DeviceFilled flag)
{
    if (*field != -1)
        return;
    *field = value;
    device->filled |= flag;
}

static gboolean
fill_bus_nr(AddressContext *context, Device *device)
{
    const DomainDevices *devices = context->devices;
    gint lowest = BUS_NR_TOP;

    if (device->controller.bus_nr != -1)
        return TRUE;
    for (guint i = 0; i < domain_devices_n(devices, DEVICE_CONTROLLER); i++) {
        const ControllerDevice *c = &domain_devices_get(devices, DEVICE_CONTROLLER, i)->controller;

        if (c->type == CONTROLLER_PCI && c->bus_nr != -1)
            lowest = MIN(lowest, c->bus_nr);
    }
    if (lowest <= BUS_NR_STEP)
        return address_refuse(context, device, "give the expander buses higher busNr",
                              "no bus number is left for the expander bus");
    fill(device, &device->controller.bus_nr, lowest - BUS_NR_STEP, DEVICE_FILLED_BUS_NR);
    return TRUE;
}

/* The index of a pseries PCI host bridge. */
static gboolean
fill_phb(AddressContext *context, Device *device)
{
    const DomainDevices *devices = context->devices;
    guint32 used = 0;
    gint index = 1;

    if (context->family != FAMILY_PSERIES)
        return TRUE;
    if (device->controller.model_name == NULL) {
        device->controller.model_name = g_strdup("spapr-pci-host-bridge");
        device->filled |= DEVICE_FILLED_MODEL_NAME;
    }
    for (guint i = 0; i < domain_devices_n(devices, DEVICE_CONTROLLER); i++) {
        const ControllerDevice *c = &domain_devices_get(devices, DEVICE_CONTROLLER, i)->controller;

        if (c->type == CONTROLLER_PCI && c->target_index >= 0)
            used |= 1u << c->target_index;
    }
    while (index <= PHB_MAX_INDEX && (used & (1u << index)))
        index++;
    if (index > PHB_MAX_INDEX && device->controller.index != 0 &&
        device->controller.target_index == -1)
        return address_refuse(context, device, "use fewer PCI buses",
                              "no target index is left for PCI controller %d",
                              device->controller.index);
    fill(device, &device->controller.target_index, device->controller.index == 0 ? 0 : index,
         DEVICE_FILLED_TARGET_INDEX);
    return TRUE;
}

static gboolean
fill_controller(AddressContext *context, Device *device)
{
    ControllerDevice *c = &device->controller;
    const PciAddress *pci = &device->address.pci;
    const char *name = pci_model(c->model)->model_name;

    if (c->model_name == NULL && name != NULL) {
        c->model_name = g_strdup(name);
        device->filled |= DEVICE_FILLED_MODEL_NAME;
    }
    switch ((guint)c->model) {
    case CONTROLLER_MODEL_PCI_BRIDGE:
        fill(device, &c->chassis_nr, c->index, DEVICE_FILLED_CHASSIS_NR);
        if (c->index <= (gint)pci->bus)
            return address_refuse(context, device, "give the bridge a higher index",
                                  "pci-bridge %d sits on bus %u, which is not below it", c->index,
                                  pci->bus);
        return TRUE;
    case CONTROLLER_MODEL_PCIE_ROOT_PORT:
        fill(device, &c->chassis, c->index, DEVICE_FILLED_CHASSIS);
        fill(device, &c->port, (gint)(pci->slot * PCI_FUNCTIONS + pci->function),
             DEVICE_FILLED_PORT);
        return TRUE;
    case CONTROLLER_MODEL_PCIE_SWITCH_DOWNSTREAM_PORT:
        fill(device, &c->chassis, c->index, DEVICE_FILLED_CHASSIS);
        fill(device, &c->port, (gint)pci->slot, DEVICE_FILLED_PORT);
        return TRUE;
    case CONTROLLER_MODEL_PCI_EXPANDER_BUS:
    case CONTROLLER_MODEL_PCIE_EXPANDER_BUS:
        return fill_bus_nr(context, device);
    case CONTROLLER_MODEL_PCI_ROOT:
        return fill_phb(context, device);
    default:
        return TRUE;
    }
}

gboolean
pci_fill_options(AddressContext *context)
{
    const DomainDevices *devices = context->devices;

    fill_multifunction(devices);
    for (guint i = 0; i < domain_devices_n(devices, DEVICE_CONTROLLER); i++) {
        Device *device = domain_devices_get(devices, DEVICE_CONTROLLER, i);

        if (device->controller.type == CONTROLLER_PCI && !fill_controller(context, device))
            return FALSE;
    }
    return TRUE;
}
