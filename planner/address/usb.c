/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * USB ports.
 *
 * A tree of hubs: the controller's root hub, and the hubs plugged into it. A node is a hub with its
 * ports; a used port without a child holds a device.
 *
 * A definition that libvirt loads gets no ports: a guest defined before libvirt gave any must not
 * change. Then, only definitions with every port written are checked.
 */

#include "address_private.h"

#include <string.h>

#define HUB_PORTS 8
#define XHCI_DEFAULT_PORTS 4
#define MAX_ROOT_PORTS 256

typedef struct UsbHub UsbHub;
struct UsbHub {
    guint n_ports;
    UsbHub *children[MAX_ROOT_PORTS]; /* by port - 1 */
    guint8 is_used[MAX_ROOT_PORTS];
};

typedef struct {
    AddressContext *context;
    GPtrArray *buses; /* of UsbHub*; NULL where no controller has that number */
} UsbSet;

static UsbHub *
hub_new(guint n_ports)
{
    UsbHub *hub = g_new0(UsbHub, 1);

    hub->n_ports = MIN(n_ports, MAX_ROOT_PORTS);
    return hub;
}

static void
hub_free(gpointer data)
{
    UsbHub *hub = data;

    if (hub == NULL)
        return;
    for (guint i = 0; i < hub->n_ports; i++)
        hub_free(hub->children[i]);
    g_free(hub);
}

/* ---- who is on USB -------------------------------------------------------------------------- */

gboolean
address_is_usb_device(const AddressContext *context, const Device *device)
{
    switch ((guint)device->kind) {
    case DEVICE_DISK:
        return device->disk.bus == DISK_BUS_USB;
    case DEVICE_INTERFACE:
        return device->interface.model == INTERFACE_MODEL_USB_NET &&
               address_has(context, CHANGE_USB_NET);
    case DEVICE_SOUND:
        return device->sound.model == SOUND_MODEL_USB;
    case DEVICE_HOSTDEV:
        return device->hostdev.type == HOSTDEV_USB;
    case DEVICE_CONTROLLER:
        return device->controller.type == CONTROLLER_CCID;
    case DEVICE_SERIAL:
        return device->serial.target == SERIAL_TARGET_USB;
    case DEVICE_INPUT:
        return device->input.bus == INPUT_BUS_USB;
    case DEVICE_FILESYSTEM:
        return device->filesystem.driver == FILESYSTEM_DRIVER_MTP &&
               address_has(context, CHANGE_MTP);
    case DEVICE_HUB:
    case DEVICE_REDIRDEV:
        return TRUE;
    default:
        return FALSE;
    }
}

/* The order of libvirt before it went through all devices alike; hubs are taken out of both. */
static const DeviceKind old_order[] = {
    DEVICE_HOSTDEV, DEVICE_DISK,  DEVICE_CONTROLLER, DEVICE_INPUT,
    DEVICE_SERIAL,  DEVICE_SOUND, DEVICE_REDIRDEV,
};

/* All USB devices but hubs, in the order in which ports are given. */
static GPtrArray *
usb_devices(const AddressContext *context)
{
    GPtrArray *list = g_ptr_array_new();
    DeviceWalk walk;
    Device *device;

    if (address_has(context, CHANGE_USB_IN_WALK_ORDER)) {
        device_walk_init(&walk, context->devices);
        while ((device = device_walk_next(&walk)) != NULL) {
            if (device->kind != DEVICE_HUB && address_is_usb_device(context, device))
                g_ptr_array_add(list, device);
        }
        return list;
    }
    for (guint i = 0; i < G_N_ELEMENTS(old_order); i++) {
        for (guint j = 0; j < domain_devices_n(context->devices, old_order[i]); j++) {
            device = domain_devices_get(context->devices, old_order[i], j);
            if (device->kind == old_order[i] && address_is_usb_device(context, device))
                g_ptr_array_add(list, device);
        }
    }
    return list;
}

static guint
controller_ports(const ControllerDevice *c)
{
    switch ((guint)c->model) {
    case CONTROLLER_MODEL_NONE:
    case CONTROLLER_MODEL_PIIX3_UHCI:
    case CONTROLLER_MODEL_PIIX4_UHCI:
    case CONTROLLER_MODEL_VT82C686B_UHCI:
        return 2;
    case CONTROLLER_MODEL_EHCI:
    case CONTROLLER_MODEL_ICH9_EHCI1:
        return 6;
    case CONTROLLER_MODEL_PCI_OHCI:
        return 3;
    case CONTROLLER_MODEL_NEC_XHCI:
    case CONTROLLER_MODEL_QEMU_XHCI:
        return c->ports == -1 ? XHCI_DEFAULT_PORTS : (guint)c->ports;
    default:
        return 0;
    }
}

/* ---- places --------------------------------------------------------------------------------- */

/* More than any guest has; keeps the table of buses small. */
#define MAX_BUS 4096

static gboolean
add_buses(UsbSet *set)
{
    const DomainDevices *devices = set->context->devices;

    for (guint i = 0; i < domain_devices_n(devices, DEVICE_CONTROLLER); i++) {
        const Device *device = domain_devices_get(devices, DEVICE_CONTROLLER, i);
        const ControllerDevice *c = &device->controller;
        guint n_ports = c->type == CONTROLLER_USB ? controller_ports(c) : 0;

        if (n_ports == 0)
            continue;
        if (c->index > MAX_BUS)
            return address_refuse(set->context, device, "use a lower index",
                                  "USB controller index %d is out of reach", c->index);
        if ((guint)c->index >= set->buses->len)
            g_ptr_array_set_size(set->buses, c->index + 1);
        if (set->buses->pdata[c->index] != NULL)
            return address_refuse(set->context, device, "give one of them another index",
                                  "there are two USB controllers with index %d", c->index);
        set->buses->pdata[c->index] = hub_new(n_ports);
    }
    return TRUE;
}

static UsbHub *
find_bus(const UsbSet *set, guint bus)
{
    return bus < set->buses->len ? set->buses->pdata[bus] : NULL;
}

/* How many ports lead to ADDRESS. libvirt ends the path at a 0 only where nothing follows. */
static guint
depth_of(const UsbAddress *address)
{
    guint depth = USB_MAX_DEPTH;

    while (depth > 1 && address->ports[depth - 1] == 0)
        depth--;
    return depth;
}

/* Which of HUBS (of Device*) is at the first DEPTH ports of ADDRESS; G_MAXUINT: none is. */
static guint
find_hub(const GPtrArray *hubs, const UsbAddress *address, guint depth)
{
    for (guint i = 0; i < hubs->len; i++) {
        const DeviceAddress *other = &((const Device *)g_ptr_array_index(hubs, i))->address;

        if (device_address_is_usb_present(other) && other->usb.bus == address->bus &&
            depth_of(&other->usb) == depth &&
            memcmp(other->usb.ports, address->ports, depth * sizeof *address->ports) == 0)
            return i;
    }
    return G_MAXUINT;
}

static gboolean
refuse_without_hub(const UsbSet *set, const Device *device, guint depth)
{
    const GPtrArray *hubs = set->context->devices->lists[DEVICE_HUB];
    const UsbAddress *usb = &device->address.usb;

    return address_refuse(
        set->context, device,
        find_hub(hubs, usb, depth) != G_MAXUINT ? "put the hub that is there before it"
                                                : "add a hub there, or use another port",
        "there is no USB hub at port %u of bus %u", usb->ports[depth - 1], usb->bus);
}

/* The hub that the last port of ADDRESS is on; RET_PORT gets that port. */
static UsbHub *
find_place(UsbSet *set, const Device *device, guint *ret_port)
{
    const UsbAddress *usb = &device->address.usb;
    const guint depth = depth_of(usb);
    UsbHub *hub = find_bus(set, usb->bus);

    if (hub == NULL) {
        address_refuse(set->context, device, "add the USB controller with that index",
                       "there is no USB bus %u", usb->bus);
        return NULL;
    }
    for (guint level = 0; level < depth; level++) {
        const guint port = usb->ports[level];

        if (port == 0 || port > hub->n_ports) {
            address_refuse(set->context, device, "use a port that it has",
                           "port %u is out of the USB hub's range 1 to %u", port, hub->n_ports);
            return NULL;
        }
        *ret_port = port;
        if (level + 1 < depth && hub->children[port - 1] == NULL) {
            refuse_without_hub(set, device, level + 1);
            return NULL;
        }
        if (level + 1 < depth)
            hub = hub->children[port - 1];
    }
    return hub;
}

static gboolean
reserve(UsbSet *set, const Device *device, gboolean is_hub)
{
    guint port;
    UsbHub *hub = find_place(set, device, &port);

    if (hub == NULL)
        return FALSE;
    if (is_hub ? hub->children[port - 1] != NULL : hub->is_used[port - 1])
        return address_refuse(set->context, device, "give one of them another port",
                              "USB port %u of bus %u is already in use", port,
                              device->address.usb.bus);
    hub->is_used[port - 1] = TRUE;
    if (is_hub)
        hub->children[port - 1] = hub_new(HUB_PORTS);
    return TRUE;
}

/* The lowest free port of HUB, else of the hubs in it, down to the deepest level. */
static gboolean
find_free(const UsbHub *hub, guint level, UsbAddress *address)
{
    for (guint i = 0; i < hub->n_ports; i++) {
        if (!hub->is_used[i]) {
            address->ports[level] = i + 1;
            return TRUE;
        }
    }
    for (guint i = 0; i < hub->n_ports && level + 1 < USB_MAX_DEPTH; i++) {
        if (hub->children[i] == NULL)
            continue;
        address->ports[level] = i + 1;
        if (find_free(hub->children[i], level + 1, address))
            return TRUE;
    }
    address->ports[level] = 0;
    return FALSE;
}

/*
 * The last device that has a port of BUS, or of any when BUS is NULL, from an earlier plan alone.
 */
static const Device *
find_recalled(const UsbSet *set, const guint *bus)
{
    const Device *device, *last = NULL;
    DeviceWalk walk;

    device_walk_init(&walk, set->context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        if (device->place.line != 0 && address_is_usb_device(set->context, device) &&
            device_address_is_usb_present(&device->address) &&
            !device_address_is_usb_present(&device->written) &&
            (bus == NULL || device->address.usb.bus == *bus))
            last = device;
    }
    return last;
}

/*
 * Where no port is left, the last device that only has its old one is the reason: it makes way for
 * a hub, and is behind it then.
 */
static gboolean
refuse_full(UsbSet *set, const Device *device, gboolean is_bus_fixed)
{
    const Device *recalled = find_recalled(set, is_bus_fixed ? &device->address.usb.bus : NULL);

    return address_refuse(set->context, recalled != NULL ? recalled : device,
                          "add a USB controller or a hub", "no free USB port is left");
}

static gboolean
assign(UsbSet *set, Device *device)
{
    gboolean is_bus_fixed = device->address.type == ADDRESS_USB && device->address.usb.has_bus;
    UsbAddress address = {0};

    if (is_bus_fixed && find_bus(set, device->address.usb.bus) == NULL)
        return address_refuse(set->context, device, "add the USB controller with that index",
                              "there is no USB bus %u", device->address.usb.bus);
    for (guint i = 0; i < set->buses->len; i++) {
        const UsbHub *hub = set->buses->pdata[i];

        if (hub == NULL || (is_bus_fixed && i != device->address.usb.bus) ||
            !find_free(hub, 0, &address))
            continue;
        address.bus = i;
        address.has_bus = TRUE;
        device->address.type = ADDRESS_USB;
        device->address.usb = address;
        return TRUE;
    }
    return refuse_full(set, device, is_bus_fixed);
}

/* ---- the steps ------------------------------------------------------------------------------ */

static gboolean
is_any_open(const AddressContext *context, const GPtrArray *users)
{
    const GPtrArray *hubs = context->devices->lists[DEVICE_HUB];

    for (guint i = 0; i < users->len + hubs->len; i++) {
        const Device *device =
            i < users->len ? g_ptr_array_index(users, i) : g_ptr_array_index(hubs, i - users->len);

        if (!device_address_is_usb_present(&device->address))
            return TRUE;
    }
    return FALSE;
}

static gboolean
add_hubs(AddressContext *context, const GPtrArray *users)
{
    DomainDevices *devices = context->devices;
    guint n_hubs = domain_devices_n(devices, DEVICE_HUB);
    guint n = users->len + n_hubs, available = n_hubs * HUB_PORTS;
    gboolean has_controller = FALSE;

    for (guint i = 0; i < domain_devices_n(devices, DEVICE_CONTROLLER); i++) {
        const ControllerDevice *c = &domain_devices_get(devices, DEVICE_CONTROLLER, i)->controller;

        if (c->type != CONTROLLER_USB || c->model == CONTROLLER_MODEL_USB_NONE)
            continue;
        has_controller = TRUE;
        available += controller_ports(c);
    }
    if (n > 0 && !has_controller)
        return address_refuse(context, users->len > 0 ? g_ptr_array_index(users, 0) : NULL,
                              "add a USB controller",
                              "the guest has USB devices and no USB "
                              "controller");
    if (n <= available)
        return TRUE;
    guint n_added = (n - available + 1 + HUB_PORTS - 2) / (HUB_PORTS - 1);
    for (guint i = 0; i < n_added; i++)
        domain_devices_insert_at(devices, device_new(DEVICE_HUB), G_MAXUINT);
    return TRUE;
}

static gboolean
reserve_written(UsbSet *set, const GPtrArray *list, gboolean is_hub)
{
    for (guint i = 0; i < list->len; i++) {
        const Device *device = g_ptr_array_index(list, i);

        if (device_address_is_usb_present(&device->address) && !reserve(set, device, is_hub))
            return FALSE;
    }
    return TRUE;
}

/*
 * libvirt plugs the hubs of a definition in one after the other. One that it puts behind a hub that
 * is written further down is refused when the definition is read again, as at the next start of the
 * daemon, which then lacks the guest. A later hub that only has its old place makes way.
 */
static gboolean
is_behind_earlier_hub(UsbSet *set, const GPtrArray *hubs, guint i)
{
    const Device *device = g_ptr_array_index(hubs, i);
    const UsbAddress *usb = &device->address.usb;
    const guint depth = depth_of(usb);
    const guint place = depth > 1 ? find_hub(hubs, usb, depth - 1) : G_MAXUINT;

    if (place == G_MAXUINT || place < i)
        return TRUE;
    const Device *later = g_ptr_array_index(hubs, place);
    return address_refuse(
        set->context, device_address_is_usb_present(&later->written) ? device : later,
        "put the hub that is written there before it",
        "libvirt can define this guest but never load it again: a USB hub would be behind that at "
        "port %u of bus %u, which comes later",
        usb->ports[depth - 2], usb->bus);
}

static gboolean
assign_open(UsbSet *set, const GPtrArray *list, gboolean is_hub)
{
    for (guint i = 0; i < list->len; i++) {
        Device *device = g_ptr_array_index(list, i);

        gboolean is_elsewhere =
            !is_hub && device->address.type != ADDRESS_NONE && device->address.type != ADDRESS_USB;

        /* libvirt does not look at the address of these. */
        if (device_address_is_usb_present(&device->address) ||
            (is_elsewhere && (device->kind == DEVICE_SOUND || device->kind == DEVICE_INTERFACE ||
                              device->kind == DEVICE_CONTROLLER)))
            continue;
        if (is_elsewhere)
            return address_refuse(set->context, device, "leave out the address",
                                  "a USB device cannot have an address of type %s",
                                  address_type_name(device->address.type));
        if (!assign(set, device) || !reserve(set, device, is_hub) ||
            (is_hub && !is_behind_earlier_hub(set, list, i)))
            return FALSE;
    }
    return TRUE;
}

gboolean
address_assign_usb(AddressContext *context)
{
    g_autoptr(GPtrArray) users = usb_devices(context);
    g_autoptr(GPtrArray) buses = g_ptr_array_new_with_free_func(hub_free);
    UsbSet set = {.context = context, .buses = buses};
    const GPtrArray *hubs = context->devices->lists[DEVICE_HUB];

    if (context->options->is_load && is_any_open(context, users))
        return TRUE;
    return add_hubs(context, users) && add_buses(&set) && reserve_written(&set, hubs, TRUE) &&
           reserve_written(&set, users, FALSE) && assign_open(&set, hubs, TRUE) &&
           assign_open(&set, users, FALSE);
}
