/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Attaching a device.
 *
 * For the definition there is nothing to do beside planning again, which moves nothing. For the
 * running guest the only difference is where a PCI device may go: its place is chosen here, with
 * every bus that does not take hotplug counted as full, and planning then finds it written. That
 * planning adds no controller is checked afterwards.
 *
 * Left out: whether QEMU and the guest's own system cooperate.
 */

#include "pci.h"
#include "validate.h"

#include <planner/hotplug.h>
#include <string.h>

/* ---- kinds ---------------------------------------------------------------------------------- */

typedef struct {
    gboolean is_config, is_live; /* libvirt attaches it to the definition, to the running guest */
    gboolean is_single;          /* a guest has one at most */
} HotplugKind;

static const HotplugKind kinds[] = {
    [DEVICE_DISK] = {TRUE, TRUE, FALSE},        [DEVICE_INTERFACE] = {TRUE, TRUE, FALSE},
    [DEVICE_SOUND] = {TRUE, FALSE, FALSE},      [DEVICE_HOSTDEV] = {TRUE, TRUE, FALSE},
    [DEVICE_VIDEO] = {FALSE, FALSE, FALSE},     [DEVICE_CONTROLLER] = {TRUE, TRUE, FALSE},
    [DEVICE_SMARTCARD] = {FALSE, FALSE, TRUE},  [DEVICE_SERIAL] = {TRUE, TRUE, FALSE},
    [DEVICE_PARALLEL] = {TRUE, FALSE, FALSE},   [DEVICE_CHANNEL] = {TRUE, TRUE, FALSE},
    [DEVICE_CONSOLE] = {TRUE, TRUE, FALSE},     [DEVICE_INPUT] = {TRUE, TRUE, FALSE},
    [DEVICE_FILESYSTEM] = {TRUE, TRUE, FALSE},  [DEVICE_WATCHDOG] = {TRUE, TRUE, TRUE},
    [DEVICE_MEMBALLOON] = {FALSE, FALSE, TRUE}, [DEVICE_RNG] = {TRUE, TRUE, FALSE},
    [DEVICE_NVRAM] = {FALSE, FALSE, TRUE},      [DEVICE_HUB] = {FALSE, FALSE, FALSE},
    [DEVICE_SHMEM] = {TRUE, TRUE, FALSE},       [DEVICE_TPM] = {FALSE, FALSE, TRUE},
    [DEVICE_PANIC] = {FALSE, FALSE, FALSE},     [DEVICE_MEMORY] = {TRUE, TRUE, FALSE},
    [DEVICE_REDIRDEV] = {TRUE, TRUE, FALSE},    [DEVICE_IOMMU] = {TRUE, FALSE, TRUE},
    [DEVICE_VSOCK] = {TRUE, TRUE, TRUE},        [DEVICE_CRYPTO] = {FALSE, FALSE, FALSE},
    [DEVICE_PSTORE] = {FALSE, FALSE, TRUE},
};
G_STATIC_ASSERT(G_N_ELEMENTS(kinds) == DEVICE_KIND_COUNT);

static Finding *
refuse(const Device *device, const char *remedy, char *text)
{
    Finding *refusal = finding_new(FINDING_ERROR, "attach-refused", text, remedy);

    refusal->line = device->place.line;
    g_free(text);
    return refusal;
}

/* ---- what may be attached ------------------------------------------------------------------- */

/* Buses whose devices a running guest can be given. */
static gboolean
is_live_bus(const Device *device)
{
    switch ((guint)device->kind) {
    case DEVICE_DISK:
        return device->disk.bus == DISK_BUS_VIRTIO || device->disk.bus == DISK_BUS_SCSI ||
               device->disk.bus == DISK_BUS_USB;
    case DEVICE_CONTROLLER:
        return device->controller.type == CONTROLLER_SCSI;
    case DEVICE_SERIAL:
        return device->serial.target == SERIAL_TARGET_PCI ||
               device->serial.target == SERIAL_TARGET_USB;
    case DEVICE_INPUT:
        return device->input.bus == INPUT_BUS_USB || device->input.bus == INPUT_BUS_VIRTIO;
    case DEVICE_FILESYSTEM:
        return device->filesystem.driver == FILESYSTEM_DRIVER_VIRTIOFS;
    case DEVICE_WATCHDOG:
        return device->watchdog.model != WATCHDOG_IB700;
    default:
        return TRUE;
    }
}

/* What libvirt asks of a PCI controller before it would fill the rest in. */
static gboolean
is_pci_controller_complete(const ControllerDevice *c)
{
    if (c->index == -1 || c->model_name == NULL)
        return FALSE;
    switch ((guint)c->model) {
    case CONTROLLER_MODEL_PCI_BRIDGE:
        return c->chassis_nr != -1;
    case CONTROLLER_MODEL_PCIE_ROOT_PORT:
    case CONTROLLER_MODEL_PCIE_SWITCH_DOWNSTREAM_PORT:
        return c->chassis != -1 && c->port != -1;
    case CONTROLLER_MODEL_PCI_EXPANDER_BUS:
    case CONTROLLER_MODEL_PCIE_EXPANDER_BUS:
        return c->bus_nr != -1;
    default:
        return TRUE;
    }
}

static Finding *
check_controller(const DomainDevices *devices, const Device *device)
{
    const ControllerDevice *c = &device->controller;

    if (c->type == CONTROLLER_PCI && !is_pci_controller_complete(c))
        return refuse(device, "write what 'virsh dumpxml' shows for such a controller",
                      g_strdup("a PCI controller is attached with its index, model name and the "
                               "numbers of its <target>, and some are missing"));
    if (c->index != 0 && (c->type == CONTROLLER_IDE || c->model == CONTROLLER_MODEL_NCR53C90))
        return refuse(device, "write index='0'",
                      g_strdup("the guest can have one such controller, and it is number 0"));
    if (c->index != -1 && domain_devices_find_controller(devices, c->type, c->index) != NULL)
        return refuse(device, "give it another index",
                      g_strdup_printf("the guest has a %s controller with index %d already",
                                      controller_type_words.words[c->type], c->index));
    return NULL;
}

/*
 * What tells DEVICE from others of its kind; NULL when nothing does. A character device without a
 * port gets one that no other has.
 */
static char *
identity(const Device *device)
{
    gint port = device->kind == DEVICE_CONSOLE ? device->console.port : device->serial.port;

    switch ((guint)device->kind) {
    case DEVICE_DISK:
        return g_strdup(device->disk.target);
    case DEVICE_FILESYSTEM:
        return g_strdup(device->filesystem.target);
    case DEVICE_HOSTDEV:
        return g_strdup(device->hostdev.source);
    case DEVICE_SHMEM:
        return g_strdup(device->content);
    case DEVICE_CHANNEL:
        return g_strdup_printf("%d %s %s", device->channel.target, device->content,
                               device->channel.name);
    case DEVICE_SERIAL:
        return port == -1
                   ? NULL
                   : g_strdup_printf("%d %d %s", device->serial.target, port, device->content);
    case DEVICE_PARALLEL:
    case DEVICE_CONSOLE:
        return port == -1 ? NULL : g_strdup_printf("%d %s", port, device->content);
    default:
        return NULL;
    }
}

/* A device that is what DEVICE says it is; NULL when there is none. */
static const Device *
find_same(const DomainDevices *devices, const Device *device)
{
    const GPtrArray *list = devices->lists[device->kind];
    g_autofree char *mine = identity(device);

    for (guint i = 0; mine != NULL && i < list->len; i++) {
        const Device *other = g_ptr_array_index(list, i);
        g_autofree char *theirs = other->kind == device->kind ? identity(other) : NULL;

        /* Shared memory at another place is another. */
        if (g_strcmp0(mine, theirs) == 0 &&
            (device->kind != DEVICE_SHMEM || device->address.type == ADDRESS_NONE ||
             device_address_equal(&device->address, &other->address)))
            return other;
    }
    return NULL;
}

static gboolean
is_console_of_serial(const Device *device)
{
    return device->kind == DEVICE_CONSOLE && (device->console.target == CONSOLE_TARGET_NONE ||
                                              device->console.target == CONSOLE_TARGET_SERIAL);
}

Finding *
hotplug_check(const DomainDevices *devices, const Device *device, const AddressOptions *options,
              gboolean is_live)
{
    const HotplugKind *kind = &kinds[device->kind];
    const char *name = device_kind_name(device->kind);

    if (!(is_live ? kind->is_live : kind->is_config))
        return refuse(device, "write it into the definition, and start the guest anew",
                      g_strdup_printf("libvirt attaches no <%s> to a %s", name,
                                      is_live ? "running guest" : "definition"));
    if (is_live && !is_live_bus(device))
        return refuse(device, "attach it to the definition",
                      g_strdup_printf("a running guest takes no <%s> of this type or bus", name));
    if (kind->is_single && domain_devices_n(devices, device->kind) > 0)
        return refuse(device, "detach the other one first",
                      g_strdup_printf("the guest has a <%s> already, and can have only one", name));
    if (device->kind == DEVICE_IOMMU && !address_version_has(options, CHANGE_ATTACH_IOMMU))
        return refuse(device, "write it into the definition",
                      g_strdup("this version of libvirt attaches no <iommu>"));
    if (is_console_of_serial(device))
        return refuse(device, "attach a <serial>, or use the target type virtio",
                      g_strdup("libvirt attaches no console of type serial"));
    if (find_same(devices, device) != NULL)
        return refuse(device, "give it another name, or detach the other one first",
                      g_strdup_printf("the guest has this <%s> already", name));
    if (device->kind == DEVICE_DISK && device->disk.bus == DISK_BUS_SCSI &&
        device->address.type == ADDRESS_DRIVE &&
        !address_scsi_has_unit(devices, &device->address.drive))
        return refuse(
            device, "use another unit, or leave the address out",
            g_strdup_printf("its SCSI controller has no unit %u", device->address.drive.unit));
    return device->kind == DEVICE_CONTROLLER ? check_controller(devices, device) : NULL;
}

/* ---- places for a running guest ------------------------------------------------------------- */

static gboolean
takes_hotplug(const AddressContext *context, guint bus)
{
    const Device *device =
        domain_devices_find_controller(context->devices, CONTROLLER_PCI, (gint)bus);

    if (device == NULL || device->controller.hotplug == CPU_SWITCH_OFF)
        return FALSE;
    switch ((guint)device->controller.model) {
    case CONTROLLER_MODEL_PCI_ROOT:
    case CONTROLLER_MODEL_PCI_BRIDGE:
    case CONTROLLER_MODEL_PCI_EXPANDER_BUS:
    case CONTROLLER_MODEL_PCIE_TO_PCI_BRIDGE:
    case CONTROLLER_MODEL_PCIE_ROOT_PORT:
    case CONTROLLER_MODEL_PCIE_SWITCH_DOWNSTREAM_PORT:
        return TRUE;
    default:
        return FALSE;
    }
}

/* Fills SET with all places that are taken. */
static void
mark_taken(PciSet *set)
{
    DeviceWalk walk;
    const Device *device;

    device_walk_init(&walk, set->context->devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        const PciAddress *pci = &device->address.pci;

        if (device_address_is_pci_present(&device->address) && pci->bus < set->buses->len)
            pci_set_bus(set, pci->bus)->functions[pci->slot % PCI_SLOTS] |=
                (guint8)(1u << pci->function % PCI_FUNCTIONS);
    }
}

static void
close_other_buses(PciSet *set)
{
    for (guint i = 0; i < set->buses->len; i++) {
        if (!takes_hotplug(set->context, i))
            memset(pci_set_bus(set, i)->functions, 0xff, PCI_SLOTS);
    }
}

static gboolean
check_live_address(AddressContext *context, const Device *device)
{
    const PciAddress *pci = &device->address.pci;

    if (pci->function != 0)
        return address_refuse(context, device, "use function 0",
                              "a running guest takes devices at function 0 only");
    if (!takes_hotplug(context, pci->bus))
        return address_refuse(context, device, "use a bus that does, or leave the address out",
                              "PCI bus 0x%02x takes no hotplug", pci->bus);
    return TRUE;
}

static gboolean
place_live(AddressContext *context, Device *device)
{
    g_auto(PciSet) set = {0};
    PciAddress address;

    address_fill_model(context, device);
    PciNeed need = pci_need(context, device);
    if (device_address_is_pci_present(&device->address))
        return check_live_address(context, device);
    if (need.class == PCI_CLASS_NONE || !device_address_is_pci_wanted(&device->address))
        return TRUE;
    pci_set_init(&set, context, FALSE);
    /* First what the chipset has: of the guest's own devices, some are part of it. */
    if (!pci_reserve_fixed(&set))
        return FALSE;
    mark_taken(&set);
    close_other_buses(&set);
    if (!pci_set_reserve_next(&set, device, need, -1, &address)) {
        g_clear_pointer(&context->refusal, finding_free);
        return address_refuse(context, device,
                              "attach it to the definition, or plan guests with more spare ports",
                              "no PCI slot that takes hotplug is free");
    }
    device->address.type = ADDRESS_PCI;
    device->address.pci = address;
    return TRUE;
}

/* ---- attaching ------------------------------------------------------------------------------ */

/* A controller, other than one for SCSI, that was not there before; NULL when there is none. */
static const Device *
find_added(const DomainDevices *devices, guint n_before)
{
    for (guint i = n_before; i < devices->owned->len; i++) {
        const Device *device = g_ptr_array_index(devices->owned, i);

        if (device->kind == DEVICE_HUB ||
            (device->kind == DEVICE_CONTROLLER && device->controller.type != CONTROLLER_SCSI))
            return device;
    }
    return NULL;
}

/* The model of the last SCSI controller; NONE when there is none. */
static ControllerModel
last_scsi_model(const DomainDevices *devices)
{
    ControllerModel model = CONTROLLER_MODEL_NONE;

    for (guint i = 0; i < domain_devices_n(devices, DEVICE_CONTROLLER); i++) {
        const ControllerDevice *c = &domain_devices_get(devices, DEVICE_CONTROLLER, i)->controller;

        if (c->type == CONTROLLER_SCSI)
            model = c->model;
    }
    return model;
}

/* A running guest is given the SCSI controllers that a disk needs, each like the last one. */
static gboolean
add_scsi_controllers(AddressContext *context, Device *disk)
{
    g_autoptr(GHashTable) drives = drive_set_new(context->devices);

    if (disk->kind != DEVICE_DISK || disk->disk.bus != DISK_BUS_SCSI)
        return TRUE;
    if (!address_assign_disk(context, disk, drives) || disk->address.type != ADDRESS_DRIVE)
        return context->refusal == NULL;
    /* More than that are refused when the guest is planned. */
    guint highest = MIN(disk->address.drive.controller, PCI_MAX_BUSES);
    for (guint i = 0; i <= highest; i++) {
        if (domain_devices_find_controller(context->devices, CONTROLLER_SCSI, (gint)i) != NULL)
            continue;
        Device *added = address_add_controller(context, CONTROLLER_SCSI,
                                               last_scsi_model(context->devices), (gint)i);
        if (!place_live(context, added))
            return FALSE;
    }
    return TRUE;
}

static Finding *
attach_live(DomainDevices *devices, Device *device, const AddressOptions *options)
{
    AddressContext context = {.devices = devices, .options = options};
    guint n_before = devices->owned->len;

    if (!address_machine_resolve(&context) || !place_live(&context, device) ||
        !add_scsi_controllers(&context, device))
        return context.refusal;
    Finding *refusal = address_plan_guest(devices, options);
    if (refusal != NULL)
        return refusal;
    const Device *added = find_added(devices, n_before);
    if (added == NULL)
        return NULL;
    const char *what =
        added->kind == DEVICE_HUB ? "USB hub" : controller_type_words.words[added->controller.type];
    return refuse(device, "attach it to the definition",
                  g_strdup_printf("it would need one more %s%s, which a running guest is not given",
                                  what, added->kind == DEVICE_HUB ? "" : " controller"));
}

/* libvirt checks a serial port before it would change its address for the machine's. */
static Finding *
check_serial(DomainDevices *devices, Device *device, const AddressOptions *options)
{
    AddressContext context = {.devices = devices, .options = options};

    if (device->kind != DEVICE_SERIAL || !address_machine_resolve(&context))
        return context.refusal;
    address_fill_model(&context, device);
    address_validate_serial(&context, device);
    return context.refusal;
}

Finding *
hotplug_attach(DomainDevices *devices, Device *device, const AddressOptions *options,
               gboolean is_live)
{
    AddressOptions attaching = *options;
    Finding *refusal = check_serial(devices, device, options);

    if (refusal != NULL)
        return refusal;
    attaching.is_attach = TRUE;
    attaching.spare_ports = attaching.reserved_slots = 0; /* those that are kept are for this */
    /* libvirt shows a first serial port as a console too, whatever its type. */
    if (device->kind == DEVICE_SERIAL && domain_devices_n(devices, DEVICE_SERIAL) == 1 &&
        domain_devices_n(devices, DEVICE_CONSOLE) == 0)
        address_add_console(devices, device);
    return is_live ? attach_live(devices, device, &attaching)
                   : address_plan_guest(devices, &attaching);
}

/* ---- detaching ------------------------------------------------------------------------------ */

GPtrArray *
hotplug_leaving(const DomainDevices *devices, Device *device)
{
    GPtrArray *leaving = g_ptr_array_new();

    g_ptr_array_add(leaving, device);
    if (device->kind != DEVICE_SERIAL || device != domain_devices_get(devices, DEVICE_SERIAL, 0))
        return leaving;
    for (guint i = 0; i < domain_devices_n(devices, DEVICE_CONSOLE); i++) {
        Device *console = domain_devices_get(devices, DEVICE_CONSOLE, i);

        if (console->console.is_alias && console->place.line != 0)
            g_ptr_array_add(leaving, console);
    }
    return leaving;
}

AddressOptions
hotplug_leaving_options(const AddressOptions *options)
{
    AddressOptions leaving = *options;

    leaving.is_load = leaving.is_attach = TRUE;
    return leaving;
}
