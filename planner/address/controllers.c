/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Controllers: their indexes, and those that are added because a device needs them.
 *
 * The order of the list decides addresses, so a controller is added where the planned version of
 * libvirt would put it.
 */

#include "address_private.h"

#include <string.h>

Device *
address_add_controller(AddressContext *context, ControllerType type, ControllerModel model,
                       gint index)
{
    Device *device = device_new(DEVICE_CONTROLLER);

    device->controller.type = type;
    device->controller.model = model;
    device->controller.index = index;
    if (address_has(context, CHANGE_CONTROLLERS_SORTED))
        domain_devices_insert(context->devices, device);
    else
        domain_devices_insert_at(context->devices, device, G_MAXUINT);
    return device;
}

gint
address_free_index(const AddressContext *context, ControllerType type)
{
    const GPtrArray *list = context->devices->lists[DEVICE_CONTROLLER];
    g_autofree guint8 *is_used = g_new0(guint8, list->len + 1);

    for (guint i = 0; i < list->len; i++) {
        const ControllerDevice *c = &((Device *)g_ptr_array_index(list, i))->controller;

        if (c->type == type && c->index >= 0 && (guint)c->index < list->len)
            is_used[c->index] = TRUE;
    }
    return (gint)strlen((const char *)is_used); /* the first that is not used */
}

/* ---- indexes -------------------------------------------------------------------------------- */

static gboolean
is_usb2(const Device *device)
{
    return device->controller.model >= CONTROLLER_MODEL_ICH9_EHCI1 &&
           device->controller.model <= CONTROLLER_MODEL_ICH9_UHCI3;
}

static gboolean
has_usb_model(const GPtrArray *list, gint index, ControllerModel model)
{
    for (guint i = 0; i < list->len; i++) {
        const ControllerDevice *c = &((Device *)g_ptr_array_index(list, i))->controller;

        if (c->type == CONTROLLER_USB && c->index == index && c->model == model)
            return TRUE;
    }
    return FALSE;
}

/* The index that the USB2 controller at POSITION shares with the one before it; -1 for none. */
static gint
companion_index(const GPtrArray *list, guint position)
{
    const Device *device = g_ptr_array_index(list, position);

    for (gint i = (gint)position - 1; i >= 0; i--) {
        const Device *other = g_ptr_array_index(list, (guint)i);

        if (other->controller.type != CONTROLLER_USB)
            continue;
        if (is_usb2(other) &&
            !has_usb_model(list, other->controller.index, device->controller.model))
            return other->controller.index;
        return -1;
    }
    return -1;
}

gboolean
address_assign_indexes(AddressContext *context)
{
    const GPtrArray *list = context->devices->lists[DEVICE_CONTROLLER];
    gboolean is_rebuild_wanted = FALSE;

    for (guint i = 0; i < list->len; i++) {
        Device *device = g_ptr_array_index(list, i);
        ControllerDevice *c = &device->controller;

        if (c->index != -1)
            continue;
        if (is_usb2(device) && i > 0) {
            is_rebuild_wanted = TRUE;
            c->index = companion_index(list, i);
        }
        if (c->index == -1)
            c->index = address_free_index(context, c->type);
        device->filled |= DEVICE_FILLED_INDEX;
    }
    if (is_rebuild_wanted && address_has(context, CHANGE_USB2_REBUILD))
        domain_devices_rebuild_controllers(context->devices);
    return TRUE;
}

/* ---- controllers on demand ------------------------------------------------------------------ */

static gboolean
is_scsi_hostdev(const Device *device)
{
    return device->kind == DEVICE_HOSTDEV && device->hostdev.type == HOSTDEV_SCSI;
}

/* Adds the controllers that the first N_HOSTDEVS host devices need. */
static void
add_for_hostdevs(AddressContext *context, guint n_hostdevs, gboolean is_model_filled)
{
    gint highest = -1;
    ControllerModel model = CONTROLLER_MODEL_NONE;

    for (guint i = 0; i < n_hostdevs; i++) {
        const Device *hostdev = domain_devices_get(context->devices, DEVICE_HOSTDEV, i);

        /* An address of another type, which is refused later, has no controller. */
        const guint controller =
            hostdev->address.type == ADDRESS_DRIVE ? hostdev->address.drive.controller : 0;

        if (!is_scsi_hostdev(hostdev) || (gint)controller <= highest)
            continue;
        highest = (gint)MIN(controller, G_MAXINT);
        const Device *found =
            domain_devices_find_controller(context->devices, CONTROLLER_SCSI, highest);
        if (found != NULL && found->controller.model != CONTROLLER_MODEL_NONE)
            model = found->controller.model;
    }
    for (gint index = 0; index <= highest; index++) {
        if (domain_devices_find_controller(context->devices, CONTROLLER_SCSI, index) != NULL)
            continue;
        Device *added = address_add_controller(context, CONTROLLER_SCSI, model, index);
        if (is_model_filled)
            address_fill_controller_model(context, added);
    }
}

/* More controllers than any guest can have; libvirt would add them all and then fail. */
#define MAX_CONTROLLERS 4096

static gboolean
check_reach(AddressContext *context, const Device *device, guint controller)
{
    return controller < MAX_CONTROLLERS ||
           address_refuse(context, device, "use a lower controller number",
                          "controller %u is out of reach", controller);
}

static gboolean
check_drive_controller(AddressContext *context, const Device *device)
{
    return device->address.type != ADDRESS_DRIVE ||
           check_reach(context, device, device->address.drive.controller);
}

gboolean
address_parse_hostdevs(AddressContext *context)
{
    for (guint i = 0; i < domain_devices_n(context->devices, DEVICE_HOSTDEV); i++) {
        const Device *hostdev = domain_devices_get(context->devices, DEVICE_HOSTDEV, i);

        if (!is_scsi_hostdev(hostdev))
            continue;
        if (!check_drive_controller(context, hostdev))
            return FALSE;
        add_for_hostdevs(context, i + 1, FALSE);
    }
    return TRUE;
}

static gboolean
add_for_disks(AddressContext *context, DiskBus bus, ControllerType type)
{
    gint highest = -1;

    for (guint i = 0; i < domain_devices_n(context->devices, DEVICE_DISK); i++) {
        const Device *disk = domain_devices_get(context->devices, DEVICE_DISK, i);

        if (disk->disk.bus != bus || disk->address.type != ADDRESS_DRIVE)
            continue;
        if (!check_drive_controller(context, disk))
            return FALSE;
        highest = MAX(highest, (gint)disk->address.drive.controller);
    }
    for (gint index = 0; index <= highest; index++) {
        if (domain_devices_find_controller(context->devices, type, index) == NULL)
            address_fill_controller_model(
                context, address_add_controller(context, type, CONTROLLER_MODEL_NONE, index));
    }
    return TRUE;
}

static void
add_once(AddressContext *context, ControllerType type, guint index)
{
    if (domain_devices_find_controller(context->devices, type, (gint)index) == NULL)
        address_fill_controller_model(
            context, address_add_controller(context, type, CONTROLLER_MODEL_NONE, (gint)index));
}

static gboolean
add_for_virtio_serial(AddressContext *context, const Device *device)
{
    gboolean is_addressed = device->address.type == ADDRESS_VIRTIO_SERIAL;
    guint controller = is_addressed ? device->address.virtio_serial.controller : 0;

    if (!check_reach(context, device, controller))
        return FALSE;
    add_once(context, CONTROLLER_VIRTIO_SERIAL, controller);
    return TRUE;
}

static gboolean
add_for_smartcard(AddressContext *context, Device *smartcard)
{
    const DomainDevices *devices = context->devices;

    if (smartcard->address.type == ADDRESS_NONE) {
        guint next_slot = 0;

        for (guint i = 0; i < domain_devices_n(devices, DEVICE_SMARTCARD); i++) {
            const DeviceAddress *other = &domain_devices_get(devices, DEVICE_SMARTCARD, i)->address;

            if (other->type == ADDRESS_CCID && other->ccid.controller == 0)
                next_slot = MAX(next_slot, other->ccid.slot + 1);
        }
        smartcard->address.type = ADDRESS_CCID;
        smartcard->address.ccid.slot = next_slot;
    }
    if (smartcard->address.type != ADDRESS_CCID)
        return TRUE;
    if (!check_reach(context, smartcard, smartcard->address.ccid.controller))
        return FALSE;
    add_once(context, CONTROLLER_CCID, smartcard->address.ccid.controller);
    return TRUE;
}

gboolean
address_add_needed_controllers(AddressContext *context)
{
    const DomainDevices *devices = context->devices;

    if (!add_for_disks(context, DISK_BUS_SCSI, CONTROLLER_SCSI) ||
        !add_for_disks(context, DISK_BUS_FDC, CONTROLLER_FDC) ||
        !add_for_disks(context, DISK_BUS_IDE, CONTROLLER_IDE) ||
        !add_for_disks(context, DISK_BUS_SATA, CONTROLLER_SATA) ||
        !add_for_disks(context, DISK_BUS_NVME, CONTROLLER_NVME))
        return FALSE;
    for (guint i = 0; i < domain_devices_n(devices, DEVICE_CHANNEL); i++) {
        const Device *channel = domain_devices_get(devices, DEVICE_CHANNEL, i);

        if (channel->channel.target == CHANNEL_TARGET_VIRTIO &&
            !add_for_virtio_serial(context, channel))
            return FALSE;
    }
    for (guint i = 0; i < domain_devices_n(devices, DEVICE_CONSOLE); i++) {
        const Device *console = domain_devices_get(devices, DEVICE_CONSOLE, i);

        if (console->console.target == CONSOLE_TARGET_VIRTIO &&
            !add_for_virtio_serial(context, console))
            return FALSE;
    }
    for (guint i = 0; i < domain_devices_n(devices, DEVICE_SMARTCARD); i++) {
        if (!add_for_smartcard(context, domain_devices_get(devices, DEVICE_SMARTCARD, i)))
            return FALSE;
    }
    add_for_hostdevs(context, domain_devices_n(devices, DEVICE_HOSTDEV), TRUE);
    return TRUE;
}
