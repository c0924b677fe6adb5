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
 * The buses, hubs and controllers that planning had added come back too: kept_buses.c.
 *
 * An old address that makes the guest impossible is forgotten, and the guest is planned once more;
 * address_plan_guest() does that.
 */

#include "kept.h"

#include <fleet/device_identity.h>
#include <fleet/device_places.h>
#include <string.h>

/* ---- what a device may get ------------------------------------------------------------------ */

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

static gboolean
uses_type(const AddressContext *context, AddressType type)
{
    return (context->recalled & (1u << type)) != 0;
}

/* A disk that changed its bus has nothing of its old place, and so on. */
static gboolean
may_have(const AddressContext *context, const Device *device, const DeviceAddress *address)
{
    if (!uses_type(context, address->type))
        return FALSE;
    if (!is_replaced(context, device))
        return device_may_have(device, address);
    return address->type == forced_type(context, device) ||
           (may_stay(context, device) && address->type == device->written.type);
}

/*
 * Is the address of KEPT, which was written, also one that planning had given to another device?
 * Then it was written for a device that has no such place, as a USB port for a serial port that is
 * not on USB.
 */
static gboolean
is_of_another(const AddressContext *context, const KeptAddress *kept)
{
    const GArray *addresses = context->options->kept->addresses;

    for (guint i = 0; i < addresses->len && !kept->is_planned; i++) {
        const KeptAddress *other = &g_array_index(addresses, KeptAddress, i);

        if (other->is_planned && kept_address_is_in_force(other) &&
            strcmp(other->address, kept->address) == 0)
            return TRUE;
    }
    return FALSE;
}

/* The address of KEPT, where DEVICE may have it. KEPT may be NULL. */
static gboolean
read_kept(const AddressContext *context, const KeptAddress *kept, const Device *device,
          DeviceAddress *ret_address)
{
    return kept != NULL && device_address_parse(kept->address, ret_address) &&
           may_have(context, device, ret_address) && !is_of_another(context, kept);
}

gboolean
address_find_kept(const AddressContext *context, const Device *device, DeviceAddress *ret_address)
{
    g_autofree char *key = device_key(context->devices, device);

    return read_kept(context, kept_addresses_find(context->options->kept, key), device,
                     ret_address);
}

gboolean
recall_uses(const Recall *recall, AddressType type)
{
    return uses_type(recall->context, type);
}

gboolean
recall_is_open(const Recall *recall, const Device *device)
{
    g_autofree char *written = device_address_format(&device->written);

    return written == NULL || device_has_open_port(device, &device->written) ||
           is_replaced(recall->context, device);
}

static gboolean
is_forgotten(const AddressContext *context, const Device *device)
{
    return context->forgotten != NULL && device->place.line != 0 &&
           g_hash_table_contains(context->forgotten, GUINT_TO_POINTER(device->place.begin));
}

/* ---- places --------------------------------------------------------------------------------- */

/* What must be unique: the address, and for a drive the bus it is on. */
static char *
place_text(const Device *device, const DeviceAddress *address)
{
    g_autofree char *text = device_address_format_place(address);

    if (text == NULL || address->type != ADDRESS_DRIVE)
        return g_steal_pointer(&text);
    return g_strdup_printf("%s on %u", text,
                           (guint)(device->kind == DEVICE_DISK ? device->disk.bus : DISK_BUS_SCSI));
}

/* Gives DEVICE the zPCI numbers of ADDRESS, which has the same place, but for those that it has. */
static void
recall_zpci(Device *device, const DeviceAddress *address)
{
    PciAddress *pci = &device->address.pci;

    if (!pci->has_uid && address->pci.has_uid) {
        pci->uid = address->pci.uid;
        pci->has_uid = TRUE;
    }
    if (!pci->has_fid && address->pci.has_fid) {
        pci->fid = address->pci.fid;
        pci->has_fid = TRUE;
    }
}

void
recall_give(const Recall *recall, Device *device, const DeviceAddress *address)
{
    char *place = place_text(device, address);

    if (place == NULL || !g_hash_table_add(recall->places, place))
        return;
    device->address = *address;
    if (address->type == ADDRESS_PCI && device->written.type == ADDRESS_PCI) {
        device->address.pci.has_uid = device->written.pci.has_uid;
        device->address.pci.uid = device->written.pci.uid;
        device->address.pci.has_fid = device->written.pci.has_fid;
        device->address.pci.fid = device->written.pci.fid;
        recall_zpci(device, address);
    }
}

/* Is the address of DEVICE of a type that it is found by? libvirt keeps others, and heeds none. */
static gboolean
is_address_heeded(const AddressContext *context, const Device *device)
{
    switch ((guint)device->address.type) {
    case ADDRESS_USB:
        return address_is_usb_device(context, device);
    case ADDRESS_VIRTIO_SERIAL:
        return device->kind == DEVICE_CHANNEL || device->kind == DEVICE_CONSOLE;
    case ADDRESS_CCID:
        return device->kind == DEVICE_SMARTCARD;
    default:
        return TRUE;
    }
}

/*
 * A place on PCI is kept from others even where planning replaces it by one of its own, and a
 * register even where libvirt takes another type of address for it.
 */
static gboolean
has_place(const Recall *recall, const Device *device)
{
    if (recall_is_open(recall, device))
        return device->address.type == ADDRESS_PCI || device->address.type == ADDRESS_SPAPR_VIO;
    return is_address_heeded(recall->context, device);
}

static void
take_written_places(const Recall *recall)
{
    DeviceWalk walk;
    Device *device;

    device_walk_init(&walk, recall->context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        char *place = has_place(recall, device) ? place_text(device, &device->address) : NULL;

        if (place != NULL)
            g_hash_table_add(recall->places, place);
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

/* ---- places of those that are there --------------------------------------------------------- */

/* Is ADDRESS, which is remembered of DEVICE, its place now? */
static gboolean
is_place_of(const Recall *recall, const Device *device, const DeviceAddress *address)
{
    const AddressContext *context = recall->context;

    if (device_address_is_moved(&device->written, context->n_given_buses, address))
        return uses_type(context, address->type);
    return recall_is_open(recall, device) && may_have(context, device, address);
}

/* Is DEVICE where ADDRESS is on PCI? */
static gboolean
is_at_place(const Device *device, const DeviceAddress *address)
{
    if (device->address.type != ADDRESS_PCI || address->type != ADDRESS_PCI)
        return FALSE;
    g_autofree char *place = device_address_format_place(&device->address);
    g_autofree char *other = device_address_format_place(address);
    return g_strcmp0(place, other) == 0;
}

/* Addresses that are in force, or those of devices that were gone. */
static void
recall_own(const Recall *recall, gboolean is_in_force)
{
    const AddressContext *context = recall->context;
    DeviceWalk walk;
    Device *device;

    device_walk_init(&walk, context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        const KeptAddress *kept =
            device->identity == NULL
                ? NULL /* a bus that was made again */
                : kept_addresses_find(context->options->kept, device->identity);
        DeviceAddress address = {0};

        if (kept == NULL || kept_address_is_in_force(kept) != is_in_force ||
            is_forgotten(context, device) || !device_address_parse(kept->address, &address))
            continue;
        if (is_place_of(recall, device, &address) && !is_of_another(context, kept))
            recall_give(recall, device, &address);
        else if (is_at_place(device, &address) && uses_type(context, ADDRESS_PCI))
            recall_zpci(device, &address);
    }
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

        if (kept_address_is_in_force(kept) && g_str_has_prefix(kept->device, prefix) &&
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
        if (!read_kept(context, g_ptr_array_index(abandoned, i), device, ret_address))
            continue;
        g_ptr_array_remove_index(abandoned, i);
        return TRUE;
    }
    return FALSE;
}

static void
recall_abandoned(const Recall *recall, DeviceKind kind)
{
    const AddressContext *context = recall->context;
    g_autoptr(GPtrArray) abandoned = find_abandoned(context, kind);

    for (guint i = 0; abandoned->len > 0 && i < domain_devices_n(context->devices, kind); i++) {
        Device *device = domain_devices_get(context->devices, kind, i);
        DeviceAddress address = {0};

        if (device->kind == kind && recall_is_open(recall, device) &&
            !is_forgotten(context, device) &&
            kept_addresses_find(context->options->kept, device->identity) == NULL &&
            take_abandoned(context, abandoned, device, &address))
            recall_give(recall, device, &address);
    }
}

/* ---- all ------------------------------------------------------------------------------------ */

/*
 * q35 has its SATA controller at a place of its own; what another machine had is of no use to it.
 */
static gboolean
is_other_machine(const AddressContext *context)
{
    const KeptAddress *sata = kept_addresses_find(context->options->kept, "controller/sata/0");
    gboolean was_q35 = sata != NULL && kept_address_is_in_force(sata) &&
                       strcmp(sata->address, "pci 0000:00:1f.2") == 0;

    return (context->family == FAMILY_Q35 && !was_q35) ||
           (context->family == FAMILY_I440FX && was_q35);
}

gboolean
address_recall_kept(AddressContext *context)
{
    g_autoptr(GHashTable) places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const Recall recall = {.context = context, .places = places};

    context->n_given_buses = domain_devices_count_pci_buses(context->devices);
    if (context->options->kept == NULL || is_other_machine(context))
        return TRUE;
    forget_replaced_places(context);
    domain_devices_identify(context->devices, context->options->kept);
    take_written_places(&recall);
    recall_own(&recall, TRUE);
    recall_buses(&recall);
    recall_own(&recall, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(named_kinds); i++)
        recall_abandoned(&recall, named_kinds[i]);
    recall_buses(&recall);
    return recall_controllers(&recall);
}
