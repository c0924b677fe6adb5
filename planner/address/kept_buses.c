/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What planning added to a guest before, for its devices to sit on: PCI buses, USB hubs and other
 * controllers. PCI buses come back with their places and models, and USB hubs with theirs: which
 * bus is of which kind, and what is behind a hub, would else depend on the devices that are there
 * now.
 *
 * What was written and is no longer is made only for those that are on it.
 */

#include "kept.h"
#include "pci.h"

#include <string.h>

/* ---- PCI buses ------------------------------------------------------------------------------ */

/* The number of the bus that the PCI controller KEPT makes; 0: it is none. */
static guint
kept_bus(const KeptAddress *kept)
{
    static const char prefix[] = "controller/pci/";
    guint64 index = 0;

    return kept->model != NULL && kept_address_is_in_force(kept) &&
                   g_str_has_prefix(kept->device, prefix) &&
                   g_ascii_string_to_unsigned(kept->device + strlen(prefix), 10, 1, PCI_MAX_BUSES,
                                              &index, NULL)
               ? (guint)index
               : 0;
}

static gboolean
is_bus_used(const AddressContext *context, guint bus)
{
    DeviceWalk walk;
    const Device *device;

    device_walk_init(&walk, context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        if (device_address_is_pci_present(&device->address) && device->address.pci.bus == bus)
            return TRUE;
    }
    return FALSE;
}

/* Adds the controller of BUS as it was, where it is not there. */
static gboolean
restore_bus(const Recall *recall, const KeptAddress *kept, guint bus)
{
    AddressContext *context = recall->context;
    ControllerModel model;
    DeviceAddress address = {0};

    if (domain_devices_find_controller(context->devices, CONTROLLER_PCI, (gint)bus) != NULL ||
        !(kept->is_planned || is_bus_used(context, bus)) ||
        !controller_model_from_name(CONTROLLER_PCI, kept->model, &model) ||
        !device_address_parse(kept->address, &address) || !recall_uses(recall, address.type))
        return FALSE;
    recall_give(recall, address_add_controller(context, CONTROLLER_PCI, model, (gint)bus),
                &address);
    return TRUE;
}

/*
 * Buses are made again as they were: which kind of bus a number stood for decides where devices can
 * go, and a port that was free for devices to come stays free. One that is on another bus wants
 * that one too.
 */
static void
restore_buses(const Recall *recall)
{
    const GArray *addresses = recall->context->options->kept->addresses;

    for (gboolean is_more = TRUE; is_more;) {
        is_more = FALSE;
        for (guint i = 0; i < addresses->len; i++) {
            const KeptAddress *kept = &g_array_index(addresses, KeptAddress, i);
            guint bus = kept_bus(kept);

            if (bus > 0 && restore_bus(recall, kept, bus))
                is_more = TRUE;
        }
    }
}

/* ---- USB hubs ------------------------------------------------------------------------------- */

static gboolean
has_usb_bus(const AddressContext *context, guint bus)
{
    const Device *device =
        domain_devices_find_controller(context->devices, CONTROLLER_USB, (gint)bus);

    return device != NULL && device->controller.model != CONTROLLER_MODEL_USB_NONE;
}

static gboolean
is_hub_at(const AddressContext *context, const DeviceAddress *address)
{
    for (guint i = 0; i < domain_devices_n(context->devices, DEVICE_HUB); i++) {
        const Device *hub = domain_devices_get(context->devices, DEVICE_HUB, i);

        if (device_address_equal(&hub->address, address))
            return TRUE;
    }
    return FALSE;
}

/* Adds a USB hub at ADDRESS, where nobody is. FALSE when another device is there. */
static gboolean
restore_hub(const Recall *recall, const DeviceAddress *address)
{
    DomainDevices *devices = recall->context->devices;

    if (!g_hash_table_add(recall->places, device_address_format(address)))
        return is_hub_at(recall->context, address);
    Device *hub = device_new(DEVICE_HUB);
    hub->address = *address;
    domain_devices_insert_at(devices, hub, G_MAXUINT);
    return TRUE;
}

/*
 * The hubs between the controller and ADDRESS; FALSE when there is no controller, or another device
 * is in the way.
 */
static gboolean
restore_way(const Recall *recall, const DeviceAddress *address)
{
    DeviceAddress hub = {.type = ADDRESS_USB, .usb = {.bus = address->usb.bus, .has_bus = TRUE}};

    if (!has_usb_bus(recall->context, address->usb.bus))
        return FALSE;
    for (guint i = 0; i + 1 < USB_MAX_DEPTH && address->usb.ports[i + 1] != 0; i++) {
        hub.usb.ports[i] = address->usb.ports[i];
        if (!restore_hub(recall, &hub))
            return FALSE;
    }
    return TRUE;
}

/*
 * Hubs that planning added stay, as libvirt leaves them in the definition: a guest that loses a
 * device would else need fewer, and all that is behind them would move.
 */
static void
restore_planned_hubs(const Recall *recall)
{
    const GArray *addresses = recall->context->options->kept->addresses;

    for (guint i = 0; i < addresses->len; i++) {
        const KeptAddress *kept = &g_array_index(addresses, KeptAddress, i);
        DeviceAddress address = {0};

        if (kept_address_is_in_force(kept) && kept->is_planned &&
            g_str_has_prefix(kept->device, "hub/") &&
            device_address_parse(kept->address, &address) && address.type == ADDRESS_USB &&
            restore_way(recall, &address))
            restore_hub(recall, &address);
    }
}

/* Hubs are added while it goes, so the devices that want some are gathered first. */
static void
restore_wanted_hubs(const Recall *recall)
{
    g_autoptr(GPtrArray) users = g_ptr_array_new();
    DeviceWalk walk;
    Device *device;

    device_walk_init(&walk, recall->context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        if (recall_is_open(recall, device) && device_address_is_usb_present(&device->address))
            g_ptr_array_add(users, device);
    }
    for (guint i = 0; i < users->len; i++)
        restore_way(recall, &((const Device *)users->pdata[i])->address);
}

void
recall_buses(const Recall *recall)
{
    restore_buses(recall);
    if (!recall_uses(recall, ADDRESS_USB))
        return;
    restore_planned_hubs(recall);
    restore_wanted_hubs(recall);
}

/* ---- other controllers ---------------------------------------------------------------------- */

/* Old places may be on controllers that nothing else needs any more; they come where they were. */
gboolean
recall_controllers(const Recall *recall)
{
    AddressContext *context = recall->context;
    guint n_before = context->devices->owned->len;

    if (!address_add_needed_controllers(context))
        return FALSE;
    for (guint i = n_before; i < context->devices->owned->len; i++) {
        Device *added = g_ptr_array_index(context->devices->owned, i);
        DeviceAddress address = {0};

        if (address_find_kept(context, added, &address))
            recall_give(recall, added, &address);
    }
    return TRUE;
}
