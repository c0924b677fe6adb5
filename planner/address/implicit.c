/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Devices that nobody wrote: what the machine always has, consoles and serial ports that stand for
 * each other, the video card of a graphical guest. And those that are written and are none.
 */

#include "address_private.h"

static Device *
add_device(AddressContext *context, DeviceKind kind)
{
    Device *device = device_new(kind);

    domain_devices_insert_at(context->devices, device, G_MAXUINT);
    return device;
}

/* ---- what is none ---------------------------------------------------------------------------- */

gboolean
address_has_kind(const AddressContext *context, DeviceKind kind)
{
    return (kind != DEVICE_CRYPTO || address_has(context, CHANGE_CRYPTO)) &&
           (kind != DEVICE_PSTORE || address_has(context, CHANGE_PSTORE));
}

/*
 * Elements that it does not know and leaves out, and a balloon that is none, whose address it does
 * not look at.
 */
gboolean
address_pass_over(AddressContext *context)
{
    DeviceWalk walk;
    Device *device;

    device_walk_init(&walk, context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        if (!address_has_kind(context, device->kind))
            device->address = device->written = (DeviceAddress){0};
        else if (device->kind == DEVICE_MEMBALLOON && device->memballoon.model == BALLOON_NONE)
            device->address = (DeviceAddress){0};
    }
    return TRUE;
}

/* ---- the machine's -------------------------------------------------------------------------- */

static void
add_usb(AddressContext *context)
{
    gboolean is_new = address_has(context, CHANGE_USB_MODELS);
    ControllerModel model = context->traits->usb_default;

    if (!address_machine_has_usb(context) ||
        domain_devices_find_controller(context->devices, CONTROLLER_USB, 0) != NULL)
        return;
    /* An OHCI one of old boards was written out; now it is the default of their controllers. */
    if (is_new && model == CONTROLLER_MODEL_PCI_OHCI)
        model = context->traits->usb_model;
    address_add_controller(context, CONTROLLER_USB, model, 0);
}

static gboolean
add_root(AddressContext *context)
{
    ControllerModel root = address_machine_root(context);
    const Device *found = domain_devices_find_controller(context->devices, CONTROLLER_PCI, 0);

    if (root == CONTROLLER_MODEL_NONE)
        return TRUE;
    if (found == NULL) {
        address_add_controller(context, CONTROLLER_PCI, root, 0);
        return TRUE;
    }
    if (found->controller.model == root)
        return TRUE;
    return address_refuse(context, found, "give the other controller an index above 0",
                          "PCI controller 0 of this machine must be %s, not %s",
                          controller_model_name(root),
                          found->controller.model == CONTROLLER_MODEL_NONE
                              ? "one without a model"
                              : controller_model_name(found->controller.model));
}

static gboolean
has_input(const AddressContext *context, InputType type)
{
    for (guint i = 0; i < domain_devices_n(context->devices, DEVICE_INPUT); i++) {
        const InputDevice *input = &domain_devices_get(context->devices, DEVICE_INPUT, i)->input;

        if (input->type == type &&
            (input->bus == INPUT_BUS_USB ||
             (input->bus == INPUT_BUS_DEFAULT && !address_has(context, CHANGE_USB_INPUT_WRITTEN))))
            return TRUE;
    }
    return FALSE;
}

static void
add_usb_input(AddressContext *context, InputType type)
{
    Device *input;

    if (has_input(context, type))
        return;
    input = add_device(context, DEVICE_INPUT);
    input->input.type = type;
    input->input.bus = INPUT_BUS_USB;
}

gboolean
address_add_machine_devices(AddressContext *context)
{
    DomainDevices *devices = context->devices;
    gboolean is_ppc64 = context->family == FAMILY_PSERIES || context->family == FAMILY_OTHER_PPC64;

    add_usb(context);
    if (context->family == FAMILY_Q35 &&
        domain_devices_find_controller(devices, CONTROLLER_SATA, 0) == NULL)
        address_add_controller(context, CONTROLLER_SATA, CONTROLLER_MODEL_NONE, 0);
    if (!add_root(context))
        return FALSE;
    if (address_machine_has_memballoon(context) &&
        domain_devices_n(devices, DEVICE_MEMBALLOON) == 0)
        add_device(context, DEVICE_MEMBALLOON)->memballoon.model = BALLOON_VIRTIO;
    if (is_ppc64 && devices->n_graphics > 0) {
        add_usb_input(context, INPUT_KEYBOARD);
        if (!has_input(context, INPUT_TABLET))
            add_usb_input(context, INPUT_MOUSE);
    }
    return TRUE;
}

/* ---- consoles ------------------------------------------------------------------------------- */

static gboolean
is_console_target_of_serial(SerialTarget target)
{
    return target == SERIAL_TARGET_ISA || target == SERIAL_TARGET_SPAPR_VIO ||
           target == SERIAL_TARGET_SYSTEM || target == SERIAL_TARGET_SCLP ||
           target == SERIAL_TARGET_NONE;
}

static gboolean
is_serial_console(const Device *console)
{
    return console->console.target == CONSOLE_TARGET_NONE ||
           console->console.target == CONSOLE_TARGET_SERIAL;
}

/* The first console stands for a serial port: the one there is, or one that is made of it. */
static void
pair_first_console(AddressContext *context, Device *console)
{
    if (domain_devices_n(context->devices, DEVICE_SERIAL) == 0) {
        Device *serial = add_device(context, DEVICE_SERIAL);

        serial->serial.port = 0;
        serial->twin = console;
        serial->address = console->address;
        serial->written = console->written;
        address_fill_model(context, serial);
    }
    console->console.is_alias = TRUE;
}

void
address_add_console(DomainDevices *devices, const Device *serial)
{
    Device *console = device_new(DEVICE_CONSOLE);

    console->console.target = CONSOLE_TARGET_SERIAL;
    console->console.is_alias = TRUE;
    console->twin = serial;
    domain_devices_insert_at(devices, console, 0);
}

gboolean
address_pair_consoles(AddressContext *context)
{
    DomainDevices *devices = context->devices;
    guint n_consoles = domain_devices_n(devices, DEVICE_CONSOLE);

    for (guint i = 1; i < n_consoles; i++) {
        Device *console = domain_devices_get(devices, DEVICE_CONSOLE, i);

        if (is_serial_console(console))
            return address_refuse(context, console, "give it the target type virtio",
                                  "only the first console can be a serial port");
    }
    if (n_consoles > 0 && is_serial_console(domain_devices_get(devices, DEVICE_CONSOLE, 0))) {
        pair_first_console(context, domain_devices_get(devices, DEVICE_CONSOLE, 0));
    } else if (domain_devices_n(devices, DEVICE_SERIAL) > 0) {
        const Device *serial = domain_devices_get(devices, DEVICE_SERIAL, 0);

        if (is_console_target_of_serial(serial->serial.target))
            address_add_console(devices, serial);
    }
    return TRUE;
}

gboolean
address_finish_consoles(AddressContext *context)
{
    const DomainDevices *devices = context->devices;

    if (domain_devices_n(devices, DEVICE_CONSOLE) == 0 ||
        domain_devices_n(devices, DEVICE_SERIAL) == 0)
        return TRUE;
    Device *console = domain_devices_get(devices, DEVICE_CONSOLE, 0);
    const Device *serial = domain_devices_get(devices, DEVICE_SERIAL, 0);
    if (console->console.is_alias)
        console->address = serial->address;
    return TRUE;
}

/* ---- video ---------------------------------------------------------------------------------- */

gboolean
address_add_video(AddressContext *context)
{
    Device *first = domain_devices_n(context->devices, DEVICE_VIDEO) == 0
                        ? NULL
                        : domain_devices_get(context->devices, DEVICE_VIDEO, 0);

    /* No card, no place, whatever is written. */
    if (first != NULL && first->video.model == VIDEO_MODEL_NONE)
        first->address = (DeviceAddress){0};
    if (context->devices->n_graphics > 0 && domain_devices_n(context->devices, DEVICE_VIDEO) == 0)
        address_fill_model(context, add_device(context, DEVICE_VIDEO));
    return TRUE;
}
