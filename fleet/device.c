/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Devices and their lists.
 *
 * A list is in the order in which libvirt keeps that kind, which is not always the document's: the
 * order decides who gets the lower address. An interface of type hostdev is in two lists, its own
 * and the host devices'; DomainDevices.owned has it once.
 */

#include <fleet/device.h>
#include <string.h>

Device *
device_new(DeviceKind kind)
{
    Device *device = g_new0(Device, 1);

    device->kind = kind;
    if (kind == DEVICE_CONTROLLER) {
        ControllerDevice *c = &device->controller;

        c->index = c->ports = c->master_port = c->chassis_nr = c->chassis = -1;
        c->port = c->bus_nr = c->target_index = c->numa_node = -1;
    } else if (kind == DEVICE_INTERFACE) {
        device->interface.type = g_strdup("network");
    }
    return device;
}

static void
free_parts(Device *device)
{
    switch (device->kind) {
    case DEVICE_DISK:
        g_free(device->disk.target);
        g_free(device->disk.serial);
        break;
    case DEVICE_INTERFACE:
        g_free(device->interface.type);
        g_free(device->interface.model_name);
        g_free(device->interface.mac);
        break;
    case DEVICE_HOSTDEV:
        g_free(device->hostdev.source);
        break;
    case DEVICE_CONTROLLER:
        g_free(device->controller.model_name);
        g_free(device->controller.serial);
        break;
    case DEVICE_SMARTCARD:
        g_free(device->smartcard.mode);
        break;
    case DEVICE_CHANNEL:
        g_free(device->channel.name);
        break;
    case DEVICE_FILESYSTEM:
        g_free(device->filesystem.target);
        break;
    case DEVICE_SHMEM:
        g_free(device->shmem.name);
        break;
    case DEVICE_REDIRDEV:
        g_free(device->redirdev.bus);
        break;
    case DEVICE_SOUND:
    case DEVICE_VIDEO:
    case DEVICE_SERIAL:
    case DEVICE_PARALLEL:
    case DEVICE_CONSOLE:
    case DEVICE_INPUT:
    case DEVICE_WATCHDOG:
    case DEVICE_MEMBALLOON:
    case DEVICE_RNG:
    case DEVICE_NVRAM:
    case DEVICE_HUB:
    case DEVICE_TPM:
    case DEVICE_PANIC:
    case DEVICE_MEMORY:
    case DEVICE_IOMMU:
    case DEVICE_VSOCK:
    case DEVICE_CRYPTO:
    case DEVICE_PSTORE:
    case DEVICE_KIND_COUNT:
    default:
        break;
    }
}

void
device_free(Device *device)
{
    if (device == NULL)
        return;
    free_parts(device);
    g_free(device->alias);
    g_free(device->identity);
    g_free(device->content);
    g_free(device);
}

static void
device_free_notify(gpointer device)
{
    device_free(device);
}

DomainDevices *
domain_devices_new(void)
{
    DomainDevices *devices = g_new0(DomainDevices, 1);

    for (guint i = 0; i < DEVICE_KIND_COUNT; i++)
        devices->lists[i] = g_ptr_array_new();
    devices->owned = g_ptr_array_new_with_free_func(device_free_notify);
    return devices;
}

void
domain_devices_free(DomainDevices *devices)
{
    if (devices == NULL)
        return;
    for (guint i = 0; i < DEVICE_KIND_COUNT; i++)
        g_ptr_array_unref(devices->lists[i]);
    g_ptr_array_unref(devices->owned);
    g_free(devices->machine);
    g_free(devices->os_type);
    g_free(devices->domain_type);
    g_free(devices);
}

static void
place_in_list(GPtrArray *list, Device *device, guint position)
{
    g_ptr_array_insert(list, (gint)MIN(position, list->len), device);
}

/* Disks are grouped by the bus that was written, and sorted by name in the group. */
static guint
disk_position(const GPtrArray *list, const Device *device)
{
    gint index = disk_target_index(device->disk.target);
    gint position = -1;

    for (gint i = (gint)list->len - 1; i >= 0; i--) {
        const Device *other = g_ptr_array_index(list, i);

        if (other->disk.written_bus != device->disk.written_bus)
            continue;
        if (device->disk.target != NULL && other->disk.target != NULL &&
            disk_target_index(other->disk.target) > index)
            position = i;
        else if (position == -1)
            position = i + 1;
    }
    return position == -1 ? list->len : (guint)position;
}

/* Where libvirt's order puts the controller DEVICE, which is not in the list. */
static guint
domain_devices_controller_position(const DomainDevices *devices, const Device *device)
{
    const GPtrArray *list = devices->lists[DEVICE_CONTROLLER];
    const ControllerDevice *c = &device->controller;
    gint position = -1;

    for (gint i = (gint)list->len - 1; i >= 0; i--) {
        const ControllerDevice *other = &((Device *)g_ptr_array_index(list, i))->controller;

        if (other->type != c->type)
            continue;
        if (c->index == -1)
            return (guint)i + 1;
        if (other->index > c->index ||
            (other->index == c->index && c->master_port == -1 && other->master_port != -1))
            position = i;
        else if (position == -1)
            position = i + 1;
    }
    return position == -1 ? list->len : (guint)position;
}

void
domain_devices_insert_at(DomainDevices *devices, Device *device, guint position)
{
    g_ptr_array_add(devices->owned, device);
    place_in_list(devices->lists[device->kind], device, position);
}

void
domain_devices_insert(DomainDevices *devices, Device *device)
{
    guint position = devices->lists[device->kind]->len;

    if (device->kind == DEVICE_DISK)
        position = disk_position(devices->lists[DEVICE_DISK], device);
    else if (device->kind == DEVICE_CONTROLLER)
        position = domain_devices_controller_position(devices, device);
    else if (device->kind == DEVICE_VIDEO && device->video.is_primary)
        position = 0;
    domain_devices_insert_at(devices, device, position);
    if (device->kind == DEVICE_INTERFACE && device->interface.is_hostdev)
        g_ptr_array_add(devices->lists[DEVICE_HOSTDEV], device);
}

void
domain_devices_rebuild_controllers(DomainDevices *devices)
{
    g_autoptr(GPtrArray) old = devices->lists[DEVICE_CONTROLLER];

    devices->lists[DEVICE_CONTROLLER] = g_ptr_array_new();
    for (guint i = 0; i < old->len; i++) {
        Device *device = g_ptr_array_index(old, i);

        place_in_list(devices->lists[DEVICE_CONTROLLER], device,
                      domain_devices_controller_position(devices, device));
    }
}

Device *
domain_devices_find_controller(const DomainDevices *devices, ControllerType type, gint index)
{
    const GPtrArray *list = devices->lists[DEVICE_CONTROLLER];

    for (guint i = 0; i < list->len; i++) {
        Device *device = g_ptr_array_index(list, i);

        if (device->controller.type == type && device->controller.index == index)
            return device;
    }
    return NULL;
}

guint
domain_devices_count_pci_buses(const DomainDevices *devices)
{
    const GPtrArray *list = devices->lists[DEVICE_CONTROLLER];
    gint highest = -1;

    for (guint i = 0; i < list->len; i++) {
        const ControllerDevice *controller = &((const Device *)list->pdata[i])->controller;

        if (controller->type == CONTROLLER_PCI)
            highest = MAX(highest, controller->index);
    }
    return (guint)(highest + 1);
}

Device *
domain_devices_find_place(const DomainDevices *devices, guint32 begin)
{
    for (guint i = 0; i < devices->owned->len; i++) {
        Device *device = g_ptr_array_index(devices->owned, i);

        if (device->place.line != 0 && device->place.begin == begin)
            return device;
    }
    return NULL;
}

/* More letters than these would not fit a gint. */
#define TARGET_MAX_LETTERS 6

gint
disk_target_index(const char *target)
{
    static const char *const prefixes[] = {"fd", "hd", "vd", "sd", "xvd", "ubd"};
    const char *c = NULL;
    gint index = 0;
    guint n_letters = 0;

    if (target == NULL)
        return -1;
    for (guint i = 0; i < G_N_ELEMENTS(prefixes) && c == NULL; i++) {
        if (g_str_has_prefix(target, prefixes[i]))
            c = target + strlen(prefixes[i]);
    }
    if (c == NULL)
        return -1;
    for (; g_ascii_islower(*c); c++) {
        if (++n_letters > TARGET_MAX_LETTERS)
            return -1;
        index = index * 26 + (*c - 'a' + 1);
    }
    while (g_ascii_isdigit(*c))
        c++;
    return n_letters == 0 || *c != '\0' ? -1 : index - 1;
}

/* Moves TEXT behind PREFIX and the number that follows it. */
static gboolean
skip_numbered(const char **text, const char *prefix, guint *ret_number)
{
    char *end = NULL;

    if (!g_str_has_prefix(*text, prefix) || !g_ascii_isdigit((*text)[strlen(prefix)]))
        return FALSE;
    guint64 number = g_ascii_strtoull(*text + strlen(prefix), &end, 10);
    *text = end;
    *ret_number = (guint)number;
    return number <= G_MAXINT;
}

gboolean
disk_target_parse_nvme(const char *target, guint *ret_controller, guint *ret_index)
{
    guint namespace = 0, partition = 0;

    if (target == NULL || !skip_numbered(&target, "nvme", ret_controller) ||
        !skip_numbered(&target, "n", &namespace) || namespace == 0)
        return FALSE;
    *ret_index = namespace - 1;
    return *target == '\0' || (skip_numbered(&target, "p", &partition) && *target == '\0');
}

void
device_walk_init(DeviceWalk *walk, const DomainDevices *devices)
{
    *walk = (DeviceWalk){.devices = devices};
}

Device *
device_walk_next(DeviceWalk *walk)
{
    while (walk->kind < DEVICE_KIND_COUNT) {
        const GPtrArray *list = walk->devices->lists[walk->kind];

        if (walk->index >= list->len) {
            walk->kind++;
            walk->index = 0;
            continue;
        }
        Device *device = g_ptr_array_index(list, walk->index++);
        gboolean is_shadow = device->kind != walk->kind;
        gboolean is_alias = device->kind == DEVICE_CONSOLE && device->console.is_alias;

        if (!is_shadow && !is_alias)
            return device;
    }
    return NULL;
}

/*
 * The controller that a USB bus is named by: the one that is nobody's companion. Their order in
 * the list does not count, because libvirt changes it when it reads what it wrote.
 */
static const Device *
find_usb_master(const DomainDevices *devices, gint index)
{
    const GPtrArray *list = devices->lists[DEVICE_CONTROLLER];
    const Device *master = NULL;

    for (guint i = 0; i < list->len; i++) {
        const Device *device = g_ptr_array_index(list, i);
        const ControllerDevice *c = &device->controller;

        if (c->type == CONTROLLER_USB && c->index == index && c->master_port == -1 &&
            (master == NULL || c->model < master->controller.model))
            master = device;
    }
    return master;
}

static char *
controller_key(const DomainDevices *devices, const Device *device)
{
    const ControllerDevice *c = &device->controller;
    const char *type = controller_type_words.words[c->type];
    gboolean is_shared = c->type == CONTROLLER_USB && c->model != CONTROLLER_MODEL_NONE &&
                         find_usb_master(devices, c->index) != device;

    return is_shared ? g_strdup_printf("controller/%s/%d/%s", type, c->index,
                                       controller_model_name(c->model))
                     : g_strdup_printf("controller/%s/%d", type, c->index);
}

/* What tells devices of a kind apart; NULL when nothing does. */
static const char *
own_name(const Device *device)
{
    switch (device->kind) {
    case DEVICE_DISK:
        return device->disk.target;
    case DEVICE_INTERFACE:
        return device->interface.mac;
    case DEVICE_HOSTDEV:
        return device->hostdev.source;
    case DEVICE_CHANNEL:
        return device->channel.name;
    case DEVICE_FILESYSTEM:
        return device->filesystem.target;
    case DEVICE_SHMEM:
        return device->shmem.name;
    case DEVICE_SOUND:
    case DEVICE_VIDEO:
    case DEVICE_CONTROLLER:
    case DEVICE_SMARTCARD:
    case DEVICE_SERIAL:
    case DEVICE_PARALLEL:
    case DEVICE_CONSOLE:
    case DEVICE_INPUT:
    case DEVICE_WATCHDOG:
    case DEVICE_MEMBALLOON:
    case DEVICE_RNG:
    case DEVICE_NVRAM:
    case DEVICE_HUB:
    case DEVICE_TPM:
    case DEVICE_PANIC:
    case DEVICE_MEMORY:
    case DEVICE_REDIRDEV:
    case DEVICE_IOMMU:
    case DEVICE_VSOCK:
    case DEVICE_CRYPTO:
    case DEVICE_PSTORE:
    case DEVICE_KIND_COUNT:
    default:
        return NULL;
    }
}

/* What a device is where nothing names it. */
static const char *
own_type(const Device *device)
{
    switch ((guint)device->kind) {
    case DEVICE_CONSOLE:
        return device->console.target == CONSOLE_TARGET_NONE
                   ? "serial"
                   : console_target_words.words[device->console.target];
    case DEVICE_INPUT:
        return input_type_words.words[device->input.type];
    default:
        return NULL;
    }
}

char *
device_key_stem(const DomainDevices *devices, const Device *device, gboolean *ret_is_counted)
{
    const char *kind = device_kind_name(device->kind);
    const char *name = own_name(device), *type = own_type(device);

    *ret_is_counted = FALSE;
    if (device->kind == DEVICE_CONTROLLER)
        return controller_key(devices, device);
    if (name != NULL)
        return g_strdup_printf("%s/%s", kind, name);
    if (device->alias != NULL && g_str_has_prefix(device->alias, "ua-"))
        return g_strdup_printf("%s/%s", kind, device->alias);
    *ret_is_counted = TRUE;
    return type == NULL ? g_strdup(kind) : g_strdup_printf("%s/%s", kind, type);
}

/*
 * The position among devices of the same kind and type. Consoles that stand for serial ports come
 * and go, and inputs are of different kinds, so each type is counted by itself.
 */
static guint
own_position(const DomainDevices *devices, const Device *device)
{
    const GPtrArray *list = devices->lists[device->kind];
    guint position = 0;

    for (guint i = 0; i < list->len && g_ptr_array_index(list, i) != device; i++)
        position += g_strcmp0(own_type(g_ptr_array_index(list, i)), own_type(device)) == 0;
    return position;
}

char *
device_key(const DomainDevices *devices, const Device *device)
{
    gboolean is_counted;

    if (device->identity != NULL)
        return g_strdup(device->identity);
    g_autofree char *stem = device_key_stem(devices, device, &is_counted);
    return is_counted ? g_strdup_printf("%s/%u", stem, own_position(devices, device))
                      : g_steal_pointer(&stem);
}

char *
hostdev_pci_source(const PciAddress *pci)
{
    return g_strdup_printf("pci/%04x:%02x:%02x.%x", pci->domain, pci->bus, pci->slot,
                           pci->function);
}

const char *
device_pci_controller_model(const Device *device)
{
    return device->kind == DEVICE_CONTROLLER && device->controller.type == CONTROLLER_PCI
               ? controller_model_name(device->controller.model)
               : NULL;
}
