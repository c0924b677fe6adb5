/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Reserving places on PCI buses, finding free ones, and growing when there is none.
 *
 * A slot is a byte with a bit for each used function. Growing follows libvirt: what the requested
 * device could sit on decides which controllers come, and a conventional device on PCI Express
 * needs two at once, so its bus number moves up by one.
 */

#include "pci.h"

#include <string.h>

static void
add_bus(PciSet *set, ControllerModel model, PciClass accepts)
{
    PciBus bus = {.model = model, .accepts = accepts};

    g_array_append_val(set->buses, bus);
}

/* What takes the place of a PCI controller index that nobody wrote. */
static ControllerModel
filler_model(const AddressContext *context, guint index)
{
    if (index == 0 || context->family == FAMILY_PSERIES)
        return CONTROLLER_MODEL_PCI_ROOT;
    return pci_is_express(context) ? CONTROLLER_MODEL_PCIE_ROOT_PORT : CONTROLLER_MODEL_PCI_BRIDGE;
}

void
pci_set_init(PciSet *set, AddressContext *context, gboolean is_growing)
{
    const GPtrArray *list = context->devices->lists[DEVICE_CONTROLLER];
    gint highest = -1;

    *set = (PciSet){.context = context,
                    .buses = g_array_new(FALSE, TRUE, sizeof(PciBus)),
                    .is_growing = is_growing};
    for (guint i = 0; i < list->len; i++) {
        const Device *device = g_ptr_array_index(list, i);

        if (device->controller.type == CONTROLLER_PCI)
            highest = MAX(highest, device->controller.index);
    }
    for (guint i = 0; (gint)i <= highest; i++) {
        ControllerModel model = filler_model(context, i);

        add_bus(set, model, pci_model(model)->accepts);
    }
    for (guint i = 0; i < list->len; i++) {
        const ControllerDevice *c = &((Device *)g_ptr_array_index(list, i))->controller;

        if (c->type == CONTROLLER_PCI) {
            pci_set_bus(set, (guint)c->index)->model = c->model;
            pci_set_bus(set, (guint)c->index)->accepts = pci_model(c->model)->accepts;
        }
    }
    if (context->family == FAMILY_PSERIES && set->buses->len > 0)
        pci_set_bus(set, 0)->is_isolation_locked = TRUE;
}

void
pci_set_clear(PciSet *set)
{
    g_clear_pointer(&set->buses, g_array_unref);
}

/* ---- compatibility -------------------------------------------------------------------------- */

static gboolean
is_compatible(const PciSet *set, guint bus_index, PciNeed need, gboolean is_explicit)
{
    const PciBus *bus = pci_set_bus(set, bus_index);
    PciClass accepts = bus->accepts;
    gboolean is_auto = pci_model(bus->model)->is_auto;

    if (need.is_integrated) {
        if (bus_index != 0)
            return FALSE;
        is_auto = TRUE;
        if (address_has(set->context, CHANGE_INTEGRATED_PCI))
            accepts |= PCI_CLASS_PCI;
    }
    if (is_explicit) {
        if (accepts & (PCI_CLASS_PCI | PCI_CLASS_PCIE))
            accepts |= PCI_CLASS_PCI | PCI_CLASS_PCIE;
        if (need.class == PCI_CLASS_BRIDGE && (accepts & PCI_CLASS_PCI))
            accepts |= PCI_CLASS_BRIDGE;
    } else if (!need.is_controller && !is_auto) {
        return FALSE;
    }
    return (accepts & need.class) != 0;
}

/* ---- growing -------------------------------------------------------------------------------- */

static gboolean
offers_bridge(const PciSet *set)
{
    for (guint i = 0; i < set->buses->len; i++) {
        if (pci_set_bus(set, i)->accepts & PCI_CLASS_BRIDGE)
            return TRUE;
    }
    return FALSE;
}

static gboolean
refuse_growth(PciSet *set, const Device *device)
{
    return address_refuse(set->context, device, "add PCI controllers, or remove devices",
                          "no PCI bus has a free slot of the kind that is needed, and libvirt "
                          "would add none");
}

/* Makes bus *BUS exist; may raise it by one. */
static gboolean
grow(PciSet *set, const Device *device, PciNeed need, guint *bus)
{
    guint n = *bus - set->buses->len + 1;
    ControllerModel model = CONTROLLER_MODEL_PCIE_ROOT_PORT;

    if (need.class == PCI_CLASS_PCI) {
        model = set->context->family == FAMILY_PSERIES ? CONTROLLER_MODEL_PCI_ROOT
                                                       : CONTROLLER_MODEL_PCI_BRIDGE;
        if (model == CONTROLLER_MODEL_PCI_BRIDGE && !offers_bridge(set)) {
            if (n == 1)
                (*bus)++;
            add_bus(set, CONTROLLER_MODEL_PCIE_ROOT_PORT, PCI_CLASS_PCIE_TO_PCI);
            add_bus(set, CONTROLLER_MODEL_PCIE_TO_PCI_BRIDGE,
                    pci_model(CONTROLLER_MODEL_PCIE_TO_PCI_BRIDGE)->accepts);
        }
    } else if (need.class != PCI_CLASS_PCIE && need.class != PCI_CLASS_UPSTREAM &&
               !(need.class == PCI_CLASS_PCIE_TO_PCI &&
                 address_has(set->context, CHANGE_PORT_FOR_BRIDGE))) {
        return refuse_growth(set, device);
    }
    while (set->buses->len <= *bus)
        add_bus(set, model, pci_model(model)->accepts);
    if (set->buses->len > PCI_MAX_BUSES)
        return refuse_growth(set, device);
    return TRUE;
}

/* ---- reserving ------------------------------------------------------------------------------ */

static gboolean
bus_is_empty(const PciBus *bus)
{
    static const guint8 none[PCI_SLOTS];

    return memcmp(bus->functions, none, sizeof none) == 0;
}

static char *
describe(const Device *device)
{
    if (device == NULL)
        return g_strdup("the chipset");
    return g_strdup_printf("<%s>", device_kind_name(device->kind));
}

/* What to do about DEVICE where there is no PCI; one that libvirt adds must be written off. */
static const char *
no_pci_remedy(const Device *device)
{
    if (device != NULL && device->place.line == 0 && device->kind == DEVICE_MEMBALLOON)
        return "write <memballoon model='none'/>, since libvirt adds one otherwise";
    if (device != NULL && device->place.line == 0 && device->kind == DEVICE_CONTROLLER &&
        device->controller.type == CONTROLLER_USB)
        return "write <controller type='usb' model='none'/>, since libvirt adds one otherwise";
    return "remove it, or use a machine type with PCI";
}

static gboolean
check_place(PciSet *set, const Device *device, const PciAddress *address, PciNeed need,
            gboolean is_explicit)
{
    g_autofree char *who = describe(device);

    if (set->buses->len == 0)
        return address_refuse(set->context, device, no_pci_remedy(device),
                              "%s needs a PCI bus and the machine has none", who);
    if (address->domain != 0)
        return address_refuse(set->context, device, "use domain 0",
                              "%s is in PCI domain %u; there is only domain 0", who,
                              address->domain);
    if (address->bus >= set->buses->len)
        return address_refuse(set->context, device, "add the PCI controller with that index",
                              "%s is on PCI bus 0x%02x, which does not exist", who, address->bus);
    const PciBus *bus = pci_set_bus(set, address->bus);
    const PciModel *model = pci_model(bus->model);
    if (!is_compatible(set, address->bus, need, is_explicit))
        return address_refuse(set->context, device, "put it on a bus that fits",
                              "%s cannot sit on PCI bus 0x%02x, which is a %s", who, address->bus,
                              controller_model_name(bus->model));
    if (address->slot < model->first_slot || address->slot > model->last_slot)
        return address_refuse(set->context, device, "use another slot",
                              "%s is in slot 0x%02x of PCI bus 0x%02x, which has slots 0x%02x "
                              "to 0x%02x",
                              who, address->slot, address->bus, model->first_slot,
                              model->last_slot);
    if (bus->functions[address->slot] & (1u << address->function))
        return address_refuse(set->context, device, "give one of them another address",
                              "the PCI address 0000:%02x:%02x.%x of %s is already in use",
                              address->bus, address->slot, address->function, who);
    return TRUE;
}

gboolean
pci_set_is_free(const PciSet *set, const PciAddress *address, PciNeed need)
{
    if (address->domain != 0 || address->bus >= set->buses->len ||
        !is_compatible(set, address->bus, need, TRUE))
        return FALSE;
    const PciBus *bus = pci_set_bus(set, address->bus);
    const PciModel *model = pci_model(bus->model);
    return address->slot >= model->first_slot && address->slot <= model->last_slot &&
           address->function < PCI_FUNCTIONS &&
           !(bus->functions[address->slot] & (1u << address->function));
}

gboolean
pci_set_reserve(PciSet *set, const Device *device, PciAddress *address, PciNeed need,
                gboolean is_explicit)
{
    if (set->is_growing && set->buses->len > 0 && address->bus >= set->buses->len &&
        !grow(set, device, need, &address->bus))
        return FALSE;
    if (!check_place(set, device, address, need, is_explicit))
        return FALSE;

    PciBus *bus = pci_set_bus(set, address->bus);
    if (bus->functions[address->slot] == 0 && need.is_aggregate)
        bus->aggregating |= 1u << address->slot;
    if (bus_is_empty(bus) && !bus->is_isolation_locked)
        bus->isolation = need.isolation;
    else if (bus->isolation != need.isolation && is_explicit)
        bus->isolation = 0;
    bus->functions[address->slot] |= (guint8)(1u << address->function);
    return TRUE;
}

/* ---- searching ------------------------------------------------------------------------------ */

static gboolean
find_on_bus(const PciSet *set, guint bus_index, PciNeed need, gint function,
            PciAddress *ret_address)
{
    const PciBus *bus = pci_set_bus(set, bus_index);
    const PciModel *model = pci_model(bus->model);

    if (!is_compatible(set, bus_index, need, FALSE))
        return FALSE;
    for (guint slot = model->first_slot; slot <= model->last_slot; slot++) {
        guint used = bus->functions[slot];
        gint wanted = function == -1 ? 0 : function;

        if (used != 0) {
            if (!need.is_aggregate || !(bus->aggregating & (1u << slot)) || used == 0xff)
                continue;
            if (function == -1)
                wanted = g_bit_nth_lsf(~(gulong)used, -1);
            else if (used & (1u << function))
                continue;
        }
        *ret_address = (PciAddress){.bus = bus_index, .slot = slot, .function = (guint)wanted};
        return TRUE;
    }
    return FALSE;
}

static gboolean
find(const PciSet *set, PciNeed need, gint function, PciAddress *ret_address)
{
    for (guint i = 0; i < set->buses->len; i++) {
        if (pci_set_bus(set, i)->isolation == need.isolation &&
            find_on_bus(set, i, need, function, ret_address))
            return TRUE;
    }
    for (guint i = 0; i < set->buses->len; i++) {
        const PciBus *bus = pci_set_bus(set, i);

        if (bus_is_empty(bus) && !bus->is_isolation_locked &&
            find_on_bus(set, i, need, function, ret_address))
            return TRUE;
    }
    return FALSE;
}

gboolean
pci_set_reserve_next(PciSet *set, const Device *device, PciNeed need, gint function,
                     PciAddress *ret_address)
{
    PciAddress address = {0};

    if (set->buses->len == 0)
        return check_place(set, device, &address, need, FALSE);
    if (!find(set, need, function, &address)) {
        guint bus = set->buses->len;

        if (!set->is_growing)
            return address_refuse(set->context, device, "add PCI controllers, or remove devices",
                                  "no free PCI slot is left");
        if (!grow(set, device, need, &bus))
            return FALSE;
        address = (PciAddress){.bus = bus,
                               .slot = pci_model(pci_set_bus(set, bus)->model)->first_slot,
                               .function = function == -1 ? 0 : (guint)function};
    }
    if (!pci_set_reserve(set, device, &address, need, FALSE))
        return FALSE;
    *ret_address = address;
    return TRUE;
}

gboolean
pci_set_is_slot_empty(const PciSet *set, guint slot)
{
    return set->buses->len > 0 && pci_set_bus(set, 0)->functions[slot] == 0;
}

gboolean
pci_set_is_full(const PciSet *set)
{
    for (guint i = 0; i < set->buses->len; i++) {
        const PciBus *bus = pci_set_bus(set, i);
        const PciModel *model = pci_model(bus->model);

        for (guint slot = model->first_slot; slot <= model->last_slot; slot++) {
            if (bus->functions[slot] == 0)
                return FALSE;
        }
    }
    return TRUE;
}
