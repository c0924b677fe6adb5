/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Checks of controllers. Those of USB come in groups that share an index, so two of one index are
 * fine there; everywhere else an index stands for one controller.
 */

#include "pci.h"
#include "validate.h"

#include <string.h>

#define XHCI_MAX_PORTS 15

static gboolean
check_index(AddressContext *context, GHashTable *seen, const Device *device)
{
    const ControllerDevice *c = &device->controller;
    gint64 key = (gint64)c->type << 32 | (guint)c->index;

    if (c->type == CONTROLLER_USB || g_hash_table_add(seen, g_memdup2(&key, sizeof key)))
        return TRUE;
    return address_refuse(context, device, "give one of them another index",
                          "there are two %s controllers with index %d",
                          controller_type_words.words[c->type], c->index);
}

static gboolean
check_ide(AddressContext *context, const Device *device)
{
    if (!address_machine_has_ide(context))
        return address_refuse(context, device, "use a SATA or virtio disk",
                              "this machine has no IDE controller");
    if (device->controller.index > 0)
        return address_refuse(context, device, "put the disks on another bus",
                              "this machine has one IDE controller, and it is number 0");
    return TRUE;
}

static gboolean
check_usb(AddressContext *context, const Device *device)
{
    const ControllerDevice *c = &device->controller;
    gboolean is_xhci =
        c->model == CONTROLLER_MODEL_NEC_XHCI || c->model == CONTROLLER_MODEL_QEMU_XHCI;

    if (c->model == CONTROLLER_MODEL_QUSB1 || c->model == CONTROLLER_MODEL_QUSB2)
        return address_refuse(context, device, "use another model", "QEMU has no %s controller",
                              controller_model_name(c->model));
    if (is_xhci && c->ports > XHCI_MAX_PORTS)
        return address_refuse(context, device, "use at most 15",
                              "an xHCI controller cannot have %d ports", c->ports);
    return TRUE;
}

static gboolean
check_scsi(AddressContext *context, const Device *device)
{
    const ControllerDevice *c = &device->controller;

    if (c->model == CONTROLLER_MODEL_BUSLOGIC)
        return address_refuse(context, device, "use another model", "QEMU has no %s controller",
                              controller_model_name(c->model));
    if (c->model == CONTROLLER_MODEL_NCR53C90 && context->family != FAMILY_SPARC &&
        context->family != FAMILY_OTHER_MIPS && context->family != FAMILY_OTHER)
        return address_refuse(context, device, "use another model",
                              "this machine has no ncr53c90, which is part of a board");
    if (c->model == CONTROLLER_MODEL_NCR53C90 && c->index != 0)
        return address_refuse(context, device, "give it index 0, or use another model",
                              "an ncr53c90 can only be SCSI controller 0");
    return TRUE;
}

/* An NVMe controller has a serial number: its own, or that of its disks. */
static gboolean
check_nvme(AddressContext *context, const Device *device)
{
    const DomainDevices *devices = context->devices;
    const ControllerDevice *c = &device->controller;
    const char *serial = c->serial;

    if (!address_has(context, CHANGE_NVME))
        return address_refuse(context, device, "remove it, or use a newer libvirt",
                              "this version of libvirt has no NVMe controllers");
    for (guint i = 0; i < domain_devices_n(devices, DEVICE_DISK); i++) {
        const Device *disk = domain_devices_get(devices, DEVICE_DISK, i);

        if (disk->disk.bus != DISK_BUS_NVME || disk->disk.serial == NULL ||
            disk->address.drive.controller != (guint)c->index)
            continue;
        if (serial != NULL && strcmp(serial, disk->disk.serial) != 0)
            return address_refuse(context, disk, "give all its disks one serial number",
                                  "NVMe controller %d cannot have two serial numbers", c->index);
        serial = disk->disk.serial;
    }
    return serial != NULL ||
           address_refuse(context, device, "add <serial> to the controller or to a disk on it",
                          "NVMe controller %d has no serial number", c->index);
}

static gboolean
is_root(ControllerModel model)
{
    return model == CONTROLLER_MODEL_PCI_ROOT || model == CONTROLLER_MODEL_PCIE_ROOT;
}

/* Which machines have an expander bus of which kind. */
gboolean
address_validate_expander(AddressContext *context, const Device *device)
{
    ControllerModel model = device->controller.model;
    gboolean is_fine = TRUE;

    if (model == CONTROLLER_MODEL_PCI_EXPANDER_BUS)
        is_fine = context->family == FAMILY_I440FX;
    else if (model == CONTROLLER_MODEL_PCIE_EXPANDER_BUS)
        is_fine = context->family == FAMILY_Q35 || context->family == FAMILY_ARM_VIRT;
    if (is_fine)
        return TRUE;
    return address_refuse(context, device, "use another model", "this machine cannot have a %s",
                          controller_model_name(model));
}

/* Options and the models that have them. */
static gboolean
check_options(AddressContext *context, const Device *device)
{
    const ControllerDevice *c = &device->controller;
    gboolean is_port = c->model == CONTROLLER_MODEL_PCIE_ROOT_PORT ||
                       c->model == CONTROLLER_MODEL_PCIE_SWITCH_DOWNSTREAM_PORT;
    gboolean is_expander = c->model == CONTROLLER_MODEL_PCI_EXPANDER_BUS ||
                           c->model == CONTROLLER_MODEL_PCIE_EXPANDER_BUS;
    gboolean is_phb = c->model == CONTROLLER_MODEL_PCI_ROOT && context->family == FAMILY_PSERIES;
    const struct {
        const char *name;
        gboolean is_written, is_allowed;
    } options[] = {
        {"chassisNr", c->chassis_nr != -1, c->model == CONTROLLER_MODEL_PCI_BRIDGE},
        {"chassis", c->chassis != -1, is_port},
        {"port", c->port != -1, is_port},
        {"busNr", c->bus_nr != -1, is_expander},
        {"index", c->target_index != -1, is_phb},
        {"node", c->numa_node != -1, is_expander || is_phb},
        {"hotplug", c->hotplug != CPU_SWITCH_ABSENT,
         is_port || c->model == CONTROLLER_MODEL_PCI_ROOT},
    };

    for (guint i = 0; i < G_N_ELEMENTS(options); i++) {
        if (options[i].is_written && !options[i].is_allowed)
            return address_refuse(context, device, "remove it", "a %s has no option %s",
                                  controller_model_name(c->model), options[i].name);
    }
    return TRUE;
}

static gboolean
check_numa_node(AddressContext *context, const Device *device)
{
    const ControllerDevice *c = &device->controller;

    if (c->numa_node == -1)
        return TRUE;
    if (c->index == 0)
        return address_refuse(context, device, "remove its <node>",
                              "PCI controller 0 cannot belong to a NUMA node");
    if ((guint)c->numa_node >= context->devices->n_numa_cells)
        return address_refuse(context, device, "use a NUMA cell that the guest has",
                              "the guest has no NUMA node %d", c->numa_node);
    return TRUE;
}

static gboolean
check_pci(AddressContext *context, const Device *device)
{
    const ControllerDevice *c = &device->controller;
    const char *name = pci_model(c->model)->model_name;

    if (!address_machine_has_pci(context) && address_has(context, CHANGE_BOARD_PCI))
        return address_refuse(context, device, "remove it", "this machine has no PCI");
    if (c->model == CONTROLLER_MODEL_NONE)
        return address_refuse(context, device, "give it a model", "PCI controller %d has no model",
                              c->index);
    if (is_root(c->model) && c->index != 0 &&
        (context->family != FAMILY_PSERIES || c->model == CONTROLLER_MODEL_PCIE_ROOT))
        return address_refuse(context, device, "give it index 0",
                              "a %s can only be PCI controller 0", controller_model_name(c->model));
    if (context->family == FAMILY_PSERIES && c->model == CONTROLLER_MODEL_PCI_ROOT)
        name = "spapr-pci-host-bridge";
    if (c->model_name != NULL && g_strcmp0(name, c->model_name) != 0 &&
        !(c->model == CONTROLLER_MODEL_PCIE_ROOT_PORT && strcmp(c->model_name, "ioh3420") == 0))
        return address_refuse(context, device, "leave out its <model>",
                              "a %s cannot be QEMU's '%.64s'", controller_model_name(c->model),
                              c->model_name);
    return check_options(context, device) && check_numa_node(context, device);
}

static gboolean
check_controller(AddressContext *context, const Device *device)
{
    switch ((guint)device->controller.type) {
    case CONTROLLER_IDE:
        return check_ide(context, device);
    case CONTROLLER_SCSI:
        return check_scsi(context, device);
    case CONTROLLER_USB:
        return check_usb(context, device);
    case CONTROLLER_NVME:
        return check_nvme(context, device);
    case CONTROLLER_PCI:
        return check_pci(context, device);
    default:
        return TRUE;
    }
}

/*
 * A `none` controller stands alone, and companions need the one that they accompany. libvirt looks
 * at what was written, before it adds any.
 */
gboolean
address_validate_usb_group(AddressContext *context)
{
    const DomainDevices *devices = context->devices;
    const Device *none = NULL, *other = NULL, *master = NULL;

    if (context->options->is_attach)
        return TRUE;
    for (guint i = 0; i < domain_devices_n(devices, DEVICE_CONTROLLER); i++) {
        const Device *device = domain_devices_get(devices, DEVICE_CONTROLLER, i);

        if (device->controller.type != CONTROLLER_USB || device->place.line == 0)
            continue;
        gboolean is_none_written = device->controller.model == CONTROLLER_MODEL_USB_NONE &&
                                   !(device->filled & DEVICE_FILLED_MODEL);

        if (is_none_written && none != NULL)
            return address_refuse(context, device, "remove one of them", "USB is disabled twice");
        if (is_none_written)
            none = device;
        else
            other = device;
        if (device->controller.master_port == -1)
            master = device;
    }
    if (none != NULL && other != NULL)
        return address_refuse(context, none, "remove one of them",
                              "USB is disabled, and there is a USB controller");
    if (other != NULL && master == NULL)
        return address_refuse(context, other, "add the ich9-ehci1 that they belong to",
                              "all USB controllers are companions");
    return TRUE;
}

/*
 * libvirt takes a guest whose USB is disabled by a controller that is not the first, and adds a
 * first one; and s390x guests with several controllers that, without a model, mean none. What it
 * writes of such a guest it then refuses to read, and so to start.
 */
static gboolean
check_usb_disabled(AddressContext *context)
{
    const DomainDevices *devices = context->devices;
    const Device *none = NULL, *other = NULL;

    for (guint i = 0; i < domain_devices_n(devices, DEVICE_CONTROLLER); i++) {
        const Device *device = domain_devices_get(devices, DEVICE_CONTROLLER, i);

        if (device->controller.type != CONTROLLER_USB)
            continue;
        if (device->controller.model == CONTROLLER_MODEL_USB_NONE && none == NULL)
            none = device;
        else
            other = device;
    }
    return none == NULL || other == NULL ||
           address_refuse(context, none, "give it index 0, or remove it",
                          "libvirt can define this guest but never start it: USB is disabled, and "
                          "there is USB controller %d",
                          other->controller.index);
}

gboolean
address_validate_controllers(AddressContext *context)
{
    const DomainDevices *devices = context->devices;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    for (guint i = 0; i < domain_devices_n(devices, DEVICE_CONTROLLER); i++) {
        const Device *device = domain_devices_get(devices, DEVICE_CONTROLLER, i);

        if (!check_index(context, seen, device) || !check_controller(context, device))
            return FALSE;
    }
    return check_usb_disabled(context);
}
