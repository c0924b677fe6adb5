/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Addresses that devices had before and that their definition does not repeat.
 *
 * A device gets its old address back when it would otherwise be given a new one and nobody else has
 * written that address. Those that were there last time come first, so that a device that returns
 * does not push away one that took its place meanwhile. Controllers that planning adds get theirs
 * back when they are added. A device that is remembered under no name of its own takes the place of
 * one that is gone: a card whose MAC address was changed, a disk under another target name.
 *
 * The PCI buses come back with their places and models, and USB hubs with theirs: which bus is of
 * which kind, and what is behind a hub, would else depend on the devices that are there now.
 *
 * An old address that makes the guest impossible is forgotten, and the guest is planned once more;
 * address_plan_guest() does that.
 */

#include "address_private.h"
#include "pci.h"

#include <fleet/device_identity.h>
#include <fleet/device_places.h>
#include <string.h>

/* Where planning puts DEVICE whatever its definition writes; NONE: it has no such place. */
static AddressType
forced_type(const AddressContext *context, const Device *device)
{
    return address_is_on_spapr_vio(context, device) ? ADDRESS_SPAPR_VIO : device_only_type(device);
}

/* What is written is an address of another type, which planning replaces. */
static gboolean
is_replaced(const AddressContext *context, const Device *device)
{
    AddressType type = forced_type(context, device);

    return type != ADDRESS_NONE && device->written.type != type;
}

/* A hub of a guest that is loaded may stay where it is written, for want of USB ports for all. */
static gboolean
may_stay(const AddressContext *context, const Device *device)
{
    return context->options->is_load && device->kind == DEVICE_HUB;
}

/* A disk that changed its bus has nothing of its old place, and so on. */
static gboolean
may_have(const AddressContext *context, const Device *device, const DeviceAddress *address)
{
    if ((context->recalled & (1u << address->type)) == 0)
        return FALSE;
    if (!is_replaced(context, device))
        return device_may_have(device, address);
    return address->type == forced_type(context, device) ||
           (may_stay(context, device) && address->type == device->written.type);
}

gboolean
address_find_kept(const AddressContext *context, const Device *device, DeviceAddress *ret_address)
{
    g_autofree char *key = device_key(context->devices, device);
    const KeptAddress *found = kept_addresses_find(context->options->kept, key);

    return found != NULL && device_address_parse(found->address, ret_address) &&
           may_have(context, device, ret_address);
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

/*
 * Does the definition leave the place open? It may still write a type of address, a bus, or a
 * controller without a port.
 */
static gboolean
is_unwritten(const AddressContext *context, const Device *device)
{
    g_autofree char *written = device_address_format(&device->written);

    return written == NULL || device_has_open_port(device, &device->written) ||
           is_replaced(context, device);
}

static gboolean
is_forgotten(const AddressContext *context, const Device *device)
{
    return context->forgotten != NULL && device->place.line != 0 &&
           g_hash_table_contains(context->forgotten, GUINT_TO_POINTER(device->place.begin));
}

/* Gives DEVICE this address, where nobody has it. */
static void
recall(GHashTable *places, Device *device, const DeviceAddress *address)
{
    char *place = place_text(device, address);

    if (place != NULL && g_hash_table_add(places, place))
        device->address = *address;
}

/* ---- places of those that are gone ---------------------------------------------------------- */

/* Kinds whose devices have names that may be changed. */
static const DeviceKind named_kinds[] = {DEVICE_DISK,    DEVICE_INTERFACE,  DEVICE_HOSTDEV,
                                         DEVICE_CHANNEL, DEVICE_FILESYSTEM, DEVICE_SHMEM};

static gint
compare_addresses(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const KeptAddress *const *)a)->address,
                  (*(const KeptAddress *const *)b)->address);
}

/* What is in force for devices of KIND that are not there: of const KeptAddress*, by address. */
static GPtrArray *
find_abandoned(const AddressContext *context, DeviceKind kind)
{
    const GArray *addresses = context->options->kept->addresses;
    g_autofree char *prefix = g_strconcat(device_kind_name(kind), "/", NULL);
    g_autoptr(GHashTable) present = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *abandoned = g_ptr_array_new();

    for (guint i = 0; i < domain_devices_n(context->devices, kind); i++) {
        const Device *device = domain_devices_get(context->devices, kind, i);
        if (device->identity != NULL)
            g_hash_table_add(present, device->identity);
    }
    for (guint i = 0; i < addresses->len; i++) {
        const KeptAddress *kept = &g_array_index(addresses, KeptAddress, i);

        if (kept->last_run == 0 && g_str_has_prefix(kept->device, prefix) &&
            !g_hash_table_contains(present, kept->device))
            g_ptr_array_add(abandoned, (gpointer)(guintptr)kept);
    }
    g_ptr_array_sort(abandoned, compare_addresses);
    return abandoned;
}

/* The first of ABANDONED that DEVICE can have, which leaves the list. */
static gboolean
take_abandoned(const AddressContext *context, GPtrArray *abandoned, const Device *device,
               DeviceAddress *ret_address)
{
    for (guint i = 0; i < abandoned->len; i++) {
        const KeptAddress *kept = g_ptr_array_index(abandoned, i);

        if (!device_address_parse(kept->address, ret_address) ||
            !may_have(context, device, ret_address))
            continue;
        g_ptr_array_remove_index(abandoned, i);
        return TRUE;
    }
    return FALSE;
}

static void
recall_abandoned(AddressContext *context, DeviceKind kind, GHashTable *places)
{
    g_autoptr(GPtrArray) abandoned = find_abandoned(context, kind);

    for (guint i = 0; abandoned->len > 0 && i < domain_devices_n(context->devices, kind); i++) {
        Device *device = domain_devices_get(context->devices, kind, i);
        DeviceAddress address = {0};

        if (device->kind == kind && is_unwritten(context, device) &&
            !is_forgotten(context, device) &&
            kept_addresses_find(context->options->kept, device->identity) == NULL &&
            take_abandoned(context, abandoned, device, &address))
            recall(places, device, &address);
    }
}

/* ---- buses ---------------------------------------------------------------------------------- */

/* The number of the bus that the PCI controller KEPT makes; 0: it is none. */
static guint
kept_bus(const KeptAddress *kept)
{
    static const char prefix[] = "controller/pci/";
    guint64 index = 0;

    return kept->model != NULL && kept->last_run == 0 && g_str_has_prefix(kept->device, prefix) &&
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
restore_bus(AddressContext *context, const KeptAddress *kept, guint bus, GHashTable *places)
{
    ControllerModel model;
    DeviceAddress address = {0};

    if (domain_devices_find_controller(context->devices, CONTROLLER_PCI, (gint)bus) != NULL ||
        !(kept->is_planned || is_bus_used(context, bus)) ||
        !controller_model_from_name(CONTROLLER_PCI, kept->model, &model) ||
        !device_address_parse(kept->address, &address) ||
        (context->recalled & (1u << address.type)) == 0)
        return FALSE;
    recall(places, address_add_controller(context, CONTROLLER_PCI, model, (gint)bus), &address);
    return TRUE;
}

/*
 * Buses are made again as they were: which kind of bus a number stood for decides where devices can
 * go, and a port that was free for devices to come stays free. A bus that was written, and is no
 * longer, is made only when something is on it; that may be the bridge of another bus.
 */
static void
restore_buses(AddressContext *context, GHashTable *places)
{
    const GArray *addresses = context->options->kept->addresses;

    for (gboolean is_more = TRUE; is_more;) {
        is_more = FALSE;
        for (guint i = 0; i < addresses->len; i++) {
            const KeptAddress *kept = &g_array_index(addresses, KeptAddress, i);
            guint bus = kept_bus(kept);

            if (bus > 0 && restore_bus(context, kept, bus, places))
                is_more = TRUE;
        }
    }
}

/* ---- hubs ----------------------------------------------------------------------------------- */

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
restore_hub(AddressContext *context, const DeviceAddress *address, GHashTable *places)
{
    if (!g_hash_table_add(places, device_address_format(address)))
        return is_hub_at(context, address);
    Device *hub = device_new(DEVICE_HUB);
    hub->address = *address;
    domain_devices_insert_at(context->devices, hub, G_MAXUINT);
    return TRUE;
}

/*
 * The hubs between the controller and ADDRESS; FALSE when there is no controller, or another device
 * is in the way.
 */
static gboolean
restore_way(AddressContext *context, const DeviceAddress *address, GHashTable *places)
{
    DeviceAddress hub = {.type = ADDRESS_USB, .usb = {.bus = address->usb.bus, .has_bus = TRUE}};

    if (!has_usb_bus(context, address->usb.bus))
        return FALSE;
    for (guint i = 0; i + 1 < USB_MAX_DEPTH && address->usb.ports[i + 1] != 0; i++) {
        hub.usb.ports[i] = address->usb.ports[i];
        if (!restore_hub(context, &hub, places))
            return FALSE;
    }
    return TRUE;
}

/*
 * Hubs that planning added stay, as libvirt leaves them in the definition: a guest that loses a
 * device would else need fewer, and all that is behind them would move. A hub that was written, and
 * is no longer, is made only for what is behind it.
 */
static void
restore_hubs(AddressContext *context, GHashTable *places)
{
    const GArray *addresses = context->options->kept->addresses;
    g_autoptr(GPtrArray) users = g_ptr_array_new();
    DeviceWalk walk;
    Device *device;

    if ((context->recalled & (1u << ADDRESS_USB)) == 0)
        return;
    for (guint i = 0; i < addresses->len; i++) {
        const KeptAddress *kept = &g_array_index(addresses, KeptAddress, i);
        DeviceAddress address = {0};

        if (kept->last_run == 0 && kept->is_planned && g_str_has_prefix(kept->device, "hub/") &&
            device_address_parse(kept->address, &address) && address.type == ADDRESS_USB &&
            restore_way(context, &address, places))
            restore_hub(context, &address, places);
    }
    device_walk_init(&walk, context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        if (is_unwritten(context, device) && device_address_is_usb_present(&device->address))
            g_ptr_array_add(users, device);
    }
    for (guint i = 0; i < users->len; i++)
        restore_way(context, &((const Device *)users->pdata[i])->address, places);
}

/*
 * q35 has its SATA controller at a place of its own; what another machine had is of no use to it.
 */
static gboolean
is_other_machine(const AddressContext *context)
{
    const KeptAddress *sata = kept_addresses_find(context->options->kept, "controller/sata/0");
    gboolean was_q35 =
        sata != NULL && sata->last_run == 0 && strcmp(sata->address, "pci 0000:00:1f.2") == 0;

    return (context->family == FAMILY_Q35 && !was_q35) ||
           (context->family == FAMILY_I440FX && was_q35);
}

/* ---- other controllers ---------------------------------------------------------------------- */

/* Old places may be on controllers that nothing else needs any more; they come where they were. */
static gboolean
restore_controllers(AddressContext *context, GHashTable *places)
{
    guint n_before = context->devices->owned->len;

    if (!address_add_needed_controllers(context))
        return FALSE;
    for (guint i = n_before; i < context->devices->owned->len; i++) {
        Device *added = g_ptr_array_index(context->devices->owned, i);
        DeviceAddress address = {0};

        if (address_find_kept(context, added, &address))
            recall(places, added, &address);
    }
    return TRUE;
}

/* ---- all ------------------------------------------------------------------------------------ */

/* Is ADDRESS, which is remembered of DEVICE, its place now? */
static gboolean
is_place_of(const AddressContext *context, const Device *device, const DeviceAddress *address)
{
    if (device_address_is_moved(&device->written, context->n_given_buses, address))
        return (context->recalled & (1u << address->type)) != 0;
    return is_unwritten(context, device) && may_have(context, device, address);
}

/* Addresses that are in force, or those of devices that were gone. */
static void
recall_own(AddressContext *context, GHashTable *places, gboolean is_in_force)
{
    DeviceWalk walk;
    Device *device;

    device_walk_init(&walk, context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        const KeptAddress *kept =
            device->identity == NULL
                ? NULL /* a bus that was made again */
                : kept_addresses_find(context->options->kept, device->identity);
        DeviceAddress address = {0};

        if (kept != NULL && (kept->last_run == 0) == is_in_force &&
            !is_forgotten(context, device) && device_address_parse(kept->address, &address) &&
            is_place_of(context, device, &address))
            recall(places, device, &address);
    }
}

/*
 * Is the written address of DEVICE replaced, and no place that it ever has? A hub is on USB at the
 * end, and libvirt keeps any other place that is written for it from the guest's devices only once,
 * when it defines the guest. A virtio channel is given a port whatever is written.
 */
static gboolean
is_never_there(const AddressContext *context, const Device *device)
{
    if (device->kind == DEVICE_HUB)
        return !may_stay(context, device) && device->address.type == ADDRESS_PCI;
    return device->kind == DEVICE_CHANNEL && is_replaced(context, device);
}

/*
 * Else a device would be taken for another of its name that is there, and a DIMM would take a place
 * on PCI from a device that it was given to before.
 */
static void
forget_replaced_places(AddressContext *context)
{
    DeviceWalk walk;
    Device *device;

    device_walk_init(&walk, context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        if (is_never_there(context, device))
            device->address = (DeviceAddress){0};
        address_retype_dimm(device);
        address_retype_spapr_vio(context, device);
    }
}

gboolean
address_recall_kept(AddressContext *context)
{
    g_autoptr(GHashTable) places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    DeviceWalk walk;
    Device *device;

    context->n_given_buses = domain_devices_count_pci_buses(context->devices);
    if (context->options->kept == NULL || is_other_machine(context))
        return TRUE;
    forget_replaced_places(context);
    domain_devices_identify(context->devices, context->options->kept);
    device_walk_init(&walk, context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        /*
         * A place on PCI is kept from others even where planning replaces it by one of its own, and
         * a register even where libvirt takes another type of address for it.
         */
        const gboolean has_place = !is_unwritten(context, device) ||
                                   device->address.type == ADDRESS_PCI ||
                                   device->address.type == ADDRESS_SPAPR_VIO;
        char *place = has_place ? place_text(device, &device->address) : NULL;

        if (place != NULL)
            g_hash_table_add(places, place);
    }
    recall_own(context, places, TRUE);
    restore_buses(context, places);
    restore_hubs(context, places);
    recall_own(context, places, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(named_kinds); i++)
        recall_abandoned(context, named_kinds[i], places);
    restore_buses(context, places);
    restore_hubs(context, places);
    return restore_controllers(context, places);
}
