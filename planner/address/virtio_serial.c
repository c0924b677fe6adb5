/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Ports of virtio-serial controllers.
 *
 * Port 0 is the consoles', and one that names no controller never uses it up and gets no address in
 * the definition. Channels count from port 1.
 */

#include "address_private.h"

#define DEFAULT_PORTS 31
#define MAX_PORTS 512

typedef struct {
    gint index;
    guint n_ports;
    guint8 is_used[MAX_PORTS];
} SerialBus;

typedef struct {
    AddressContext *context;
    GArray *buses; /* of SerialBus, by ascending index */
} SerialSet;

static gint
compare_buses(gconstpointer a, gconstpointer b)
{
    gint left = ((const SerialBus *)a)->index, right = ((const SerialBus *)b)->index;

    return (left > right) - (left < right);
}

static void
add_bus(SerialSet *set, const ControllerDevice *c)
{
    SerialBus bus = {.index = c->index,
                     .n_ports = c->ports == -1 ? DEFAULT_PORTS : MIN((guint)c->ports, MAX_PORTS)};

    g_array_append_val(set->buses, bus);
    g_array_sort(set->buses, compare_buses);
}

static SerialBus *
find_bus(const SerialSet *set, guint index)
{
    for (guint i = 0; i < set->buses->len; i++) {
        SerialBus *bus = &g_array_index(set->buses, SerialBus, i);

        if ((guint)bus->index == index)
            return bus;
    }
    return NULL;
}

static gboolean
is_virtio_serial(const Device *device)
{
    return (device->kind == DEVICE_CHANNEL && device->channel.target == CHANNEL_TARGET_VIRTIO) ||
           (device->kind == DEVICE_CONSOLE && device->console.target == CONSOLE_TARGET_VIRTIO);
}

static gboolean
is_complete(const Device *device)
{
    return device->address.type == ADDRESS_VIRTIO_SERIAL && device->address.virtio_serial.port != 0;
}

static gboolean
reserve(SerialSet *set, const Device *device)
{
    guint controller = device->address.virtio_serial.controller;
    guint port = device->address.virtio_serial.port;
    SerialBus *bus = find_bus(set, controller);

    if (bus == NULL)
        return address_refuse(set->context, device, "add the controller, or use another",
                              "there is no virtio-serial controller %u", controller);
    if (port >= bus->n_ports)
        return address_refuse(set->context, device, "use a lower port, or give it more ports",
                              "virtio-serial controller %u has no port %u", controller, port);
    if (bus->is_used[port])
        return address_refuse(set->context, device, "give one of them another port",
                              "port %u of virtio-serial controller %u is already in use", port,
                              controller);
    bus->is_used[port] = TRUE;
    return TRUE;
}

/* The lowest free port from FIRST on; -1 when there is none. */
static gint
free_port(const SerialBus *bus, guint first)
{
    for (guint port = first; port < bus->n_ports; port++) {
        if (!bus->is_used[port])
            return (gint)port;
    }
    return -1;
}

static void
store(SerialBus *bus, Device *device, guint port)
{
    bus->is_used[port] = TRUE;
    device->address = (DeviceAddress){.type = ADDRESS_VIRTIO_SERIAL};
    device->address.virtio_serial.controller = (guint)bus->index;
    device->address.virtio_serial.port = port;
}

/* DEVICE gets a port of CONTROLLER from FIRST on, which is written down unless IS_FORGOTTEN. */
static gboolean
assign_on(SerialSet *set, Device *device, guint controller, guint first, gboolean is_forgotten)
{
    SerialBus *bus = find_bus(set, controller);
    gint port = bus == NULL ? -1 : free_port(bus, first);

    if (bus == NULL)
        return address_refuse(set->context, device, "add the controller, or use another",
                              "there is no virtio-serial controller %u", controller);
    if (port == -1)
        return address_refuse(set->context, device, "use another controller",
                              "virtio-serial controller %u has no free port", controller);
    if (is_forgotten)
        bus->is_used[port] = TRUE;
    else
        store(bus, device, (guint)port);
    return TRUE;
}

/* The controller with the lowest index that has a free port from FIRST on; NULL: none. */
static SerialBus *
find_free(const SerialSet *set, guint first)
{
    for (guint i = 0; i < set->buses->len; i++) {
        SerialBus *bus = &g_array_index(set->buses, SerialBus, i);

        if (free_port(bus, first) != -1)
            return bus;
    }
    return NULL;
}

static gboolean
assign_anywhere(SerialSet *set, Device *device)
{
    const SerialBus *bus = find_free(set, 1);

    if (bus != NULL)
        return assign_on(set, device, (guint)bus->index, 1, FALSE);
    const Device *added =
        address_add_controller(set->context, CONTROLLER_VIRTIO_SERIAL, CONTROLLER_MODEL_NONE,
                               address_free_index(set->context, CONTROLLER_VIRTIO_SERIAL));
    add_bus(set, &added->controller);
    return assign_on(set, device, (guint)added->controller.index, 1, FALSE);
}

/*
 * libvirt chose a port for a console that names a controller on controller 0, and forgot to write
 * it down; now it is one of the named controller. What it chooses for a console that names none it
 * forgets all the same, but where port 0 is in use the port is taken.
 */
static gboolean
assign_console(SerialSet *set, Device *console)
{
    gboolean is_named = console->address.type == ADDRESS_VIRTIO_SERIAL;

    if (!address_has(set->context, CHANGE_CONSOLE_PORT))
        return !is_named || assign_on(set, console, 0, 1, TRUE);
    if (is_named)
        return assign_on(set, console, console->address.virtio_serial.controller, 0, FALSE);
    SerialBus *bus = find_free(set, 0);
    gint port = bus == NULL ? 0 : free_port(bus, 0);
    if (port > 0)
        bus->is_used[port] = TRUE;
    return TRUE;
}

static gboolean
assign(SerialSet *set, Device *device)
{
    if (!is_virtio_serial(device) || is_complete(device))
        return TRUE;
    if (device->kind == DEVICE_CONSOLE)
        return assign_console(set, device);
    /* An address of another type, wherever it says that the channel is, is replaced. */
    if (device->address.type == ADDRESS_VIRTIO_SERIAL)
        return assign_on(set, device, device->address.virtio_serial.controller, 1, FALSE);
    return assign_anywhere(set, device);
}

gboolean
address_assign_virtio_serial(AddressContext *context)
{
    const DomainDevices *devices = context->devices;
    g_autoptr(GArray) buses = g_array_new(FALSE, FALSE, sizeof(SerialBus));
    SerialSet set = {.context = context, .buses = buses};
    DeviceWalk walk;
    const Device *device;

    for (guint i = 0; i < domain_devices_n(devices, DEVICE_CONTROLLER); i++) {
        const ControllerDevice *c = &domain_devices_get(devices, DEVICE_CONTROLLER, i)->controller;

        if (c->type == CONTROLLER_VIRTIO_SERIAL)
            add_bus(&set, c);
    }
    device_walk_init(&walk, devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        if (is_complete(device) && !reserve(&set, device))
            return FALSE;
    }
    for (guint i = 0; i < domain_devices_n(devices, DEVICE_CONSOLE); i++) {
        if (!assign(&set, domain_devices_get(devices, DEVICE_CONSOLE, i)))
            return FALSE;
    }
    for (guint i = 0; i < domain_devices_n(devices, DEVICE_CHANNEL); i++) {
        if (!assign(&set, domain_devices_get(devices, DEVICE_CHANNEL, i)))
            return FALSE;
    }
    return TRUE;
}
