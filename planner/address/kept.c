/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Addresses that devices had before and that their definition does not repeat.
 *
 * A device gets its old address back when it would otherwise be given a new one and nobody else has
 * written that address. The PCI controllers that planning had added for these addresses come back
 * first, with their places: which bus is of which kind would else depend on the devices that are
 * there now. Other controllers that planning adds get their places back when they are added. Where
 * the old addresses as a whole make the guest impossible, those of USB are forgotten (their ports
 * come and go with hubs), then all but those of PCI, and then it is planned anew.
 */

#include "pci.h"

#include <stdlib.h>
#include <string.h>

static int
compare_keys(const void *a, const void *b)
{
    return strcmp(((const KeptAddress *)a)->device, ((const KeptAddress *)b)->device);
}

static const KeptAddress *
find_kept(const AddressContext *context, const Device *device)
{
    const KeptAddresses *kept = context->options->kept;

    if (kept == NULL || kept->addresses->len == 0)
        return NULL;
    g_autofree char *key = device_key(context->devices, device);
    const KeptAddress wanted = {.device = key};
    return bsearch(&wanted, kept->addresses->data, kept->addresses->len, sizeof wanted,
                   compare_keys);
}

gboolean
address_find_kept(const AddressContext *context, const Device *device, DeviceAddress *ret_address)
{
    const KeptAddress *found = find_kept(context, device);

    return found != NULL && device_address_parse(found->address, ret_address) &&
           (context->recalled & (1u << ret_address->type)) != 0;
}

/* What must be unique: the address, and for a drive the bus it is on. */
static char *
place_text(const Device *device, const DeviceAddress *address)
{
    DeviceAddress bare = *address;

    if (bare.type == ADDRESS_PCI)
        bare.pci.has_uid = bare.pci.has_fid = FALSE;
    g_autofree char *text = device_address_format(&bare);
    if (text == NULL || bare.type != ADDRESS_DRIVE)
        return g_steal_pointer(&text);
    return g_strdup_printf("%s on %u", text,
                           (guint)(device->kind == DEVICE_DISK ? device->disk.bus : DISK_BUS_SCSI));
}

/* Was this address chosen by planning, or is there none? */
static gboolean
is_unwritten(const Device *device)
{
    return device->written.type == ADDRESS_NONE ||
           (device->written.type == ADDRESS_PCI &&
            !device_address_is_pci_present(&device->written));
}

/* ---- PCI controllers --------------------------------------------------------------------------
 */

/*
 * The model of a controller that planning had added at ADDRESS. On PCI Express it adds root ports
 * to the root, bridges to those, and bridges to bridges, whose slots begin at 1.
 */
static ControllerModel
added_model(const AddressContext *context, const PciAddress *address)
{
    if (!pci_is_express(context) || (address->bus != 0 && address->slot != 0))
        return CONTROLLER_MODEL_PCI_BRIDGE;
    return address->bus == 0 ? CONTROLLER_MODEL_PCIE_ROOT_PORT
                             : CONTROLLER_MODEL_PCIE_TO_PCI_BRIDGE;
}

/* Brings back the controller of BUS that planning had added; PLACES are those in use. */
static void
recall_bus(AddressContext *context, GHashTable *places, guint bus)
{
    g_autoptr(Device) wanted = device_new(DEVICE_CONTROLLER);
    DeviceAddress address;

    wanted->controller.type = CONTROLLER_PCI;
    wanted->controller.index = (gint)bus;
    const KeptAddress *kept = find_kept(context, wanted);
    if (domain_devices_find_controller(context->devices, CONTROLLER_PCI, (gint)bus) != NULL ||
        kept == NULL || !kept->is_planned || !device_address_parse(kept->address, &address) ||
        address.type != ADDRESS_PCI || !g_hash_table_add(places, place_text(wanted, &address)))
        return;
    ControllerModel model = added_model(context, &address.pci);
    address_add_controller(context, CONTROLLER_PCI, model, (gint)bus)->address = address;
}

static guint
count_buses(const AddressContext *context)
{
    gint highest = -1;

    for (guint i = 0; i < domain_devices_n(context->devices, DEVICE_CONTROLLER); i++) {
        const ControllerDevice *controller =
            &domain_devices_get(context->devices, DEVICE_CONTROLLER, i)->controller;

        if (controller->type == CONTROLLER_PCI)
            highest = MAX(highest, controller->index);
    }
    return (guint)(highest + 1);
}

gboolean
address_recall_kept(AddressContext *context)
{
    g_autoptr(GHashTable) places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint highest = 0;
    DeviceWalk walk;
    Device *device;

    context->n_given_buses = count_buses(context);
    if (context->options->kept == NULL)
        return TRUE;
    device_walk_init(&walk, context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        char *place = is_unwritten(device) ? NULL : place_text(device, &device->address);

        if (place != NULL)
            g_hash_table_add(places, place);
    }
    device_walk_init(&walk, context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        DeviceAddress kept = {0};

        if (!is_unwritten(device) || !address_find_kept(context, device, &kept))
            continue;
        char *place = place_text(device, &kept);
        if (place == NULL || !g_hash_table_add(places, place))
            continue;
        device->address = kept;
        if (kept.type == ADDRESS_PCI)
            highest = MAX(highest, kept.pci.bus);
    }
    /* Also those of which nothing is left, because the others are numbered after them. */
    for (guint bus = 1; bus <= MIN(highest, PCI_MAX_BUSES - 1); bus++)
        recall_bus(context, places, bus);
    return TRUE;
}
