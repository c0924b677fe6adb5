/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * From flat addresses to a tree.
 *
 * An address names a controller, and that controller's own address names the next; what names none
 * is on a bus of the machine itself, which gets a node of its own. Devices whose controllers form a
 * ring, which only a refused definition has, are hung below the guest, so that the tree is finite
 * and has every device once.
 */

#include "address_tree.h"

#include <string.h>

typedef struct {
    const DomainDevices *devices;
    AddressNode *root;
    GHashTable *nodes; /* Device* -> AddressNode*, borrowed */
    AddressNode *buses[ADDRESS_TYPE_COUNT];
} TreeBuilder;

void
address_tree_free(AddressNode *node)
{
    if (node == NULL)
        return;
    g_ptr_array_unref(node->children);
    g_free(node->place);
    g_free(node->label);
    g_free(node);
}

static void
free_node(gpointer node)
{
    address_tree_free(node);
}

static AddressNode *
node_new(const Device *device, char *place, char *label)
{
    AddressNode *node = g_new0(AddressNode, 1);

    node->device = device;
    node->place = place;
    node->label = label;
    node->children = g_ptr_array_new_with_free_func(free_node);
    return node;
}

static void
adopt(AddressNode *parent, AddressNode *node)
{
    node->parent = parent;
    g_ptr_array_add(parent->children, node);
}

/* ---- words ---------------------------------------------------------------------------------- */

static char *
usb_place(const UsbAddress *usb)
{
    GString *text = g_string_new("port ");

    for (guint i = 0; i < USB_MAX_DEPTH && usb->ports[i] != 0; i++)
        g_string_append_printf(text, "%s%u", i > 0 ? "." : "", usb->ports[i]);
    return g_string_free(text, FALSE);
}

/* Where on its bus; NULL when the address does not tell. */
static char *
place_text(const DeviceAddress *address)
{
    switch (address->type) {
    case ADDRESS_PCI:
        return g_strdup_printf("%02x.%x", address->pci.slot, address->pci.function);
    case ADDRESS_DRIVE:
        return g_strdup_printf("%u:%u:%u", address->drive.bus, address->drive.target,
                               address->drive.unit);
    case ADDRESS_USB:
        return usb_place(&address->usb);
    case ADDRESS_VIRTIO_SERIAL:
        return g_strdup_printf("port %u", address->virtio_serial.port);
    case ADDRESS_CCID:
        return g_strdup_printf("slot %u", address->ccid.slot);
    case ADDRESS_CCW:
        return g_strdup_printf("%x.%x.%04x", address->ccw.cssid, address->ccw.ssid,
                               address->ccw.devno);
    case ADDRESS_SPAPR_VIO:
        return g_strdup_printf("0x%08" G_GINT64_MODIFIER "x", address->spapr_vio.reg);
    case ADDRESS_ISA:
        return address->isa.has_iobase ? g_strdup_printf("0x%x", address->isa.iobase) : NULL;
    case ADDRESS_DIMM:
        return g_strdup_printf("slot %u", address->dimm.slot);
    case ADDRESS_NONE:
    case ADDRESS_VIRTIO_S390:
    case ADDRESS_VIRTIO_MMIO:
    case ADDRESS_UNASSIGNED:
    case ADDRESS_TYPE_COUNT:
    default:
        return NULL;
    }
}

static const char *
model_text(const Device *device)
{
    switch ((guint)device->kind) {
    case DEVICE_DISK:
        return disk_bus_words.words[device->disk.bus];
    case DEVICE_INTERFACE:
        return device->interface.model_name != NULL ? device->interface.model_name
                                                    : interface_model_name(device->interface.model);
    case DEVICE_CONTROLLER:
        return controller_model_name(device->controller.model);
    case DEVICE_VIDEO:
        return video_model_words.words[device->video.model];
    case DEVICE_SOUND:
        return sound_model_words.words[device->sound.model];
    case DEVICE_INPUT:
        return input_bus_words.words[device->input.bus];
    case DEVICE_WATCHDOG:
        return watchdog_model_words.words[device->watchdog.model];
    case DEVICE_MEMBALLOON:
        return balloon_model_words.words[device->memballoon.model];
    case DEVICE_MEMORY:
        return memory_model_words.words[device->memory.model];
    default:
        return NULL;
    }
}

static char *
label_text(const DomainDevices *devices, const Device *device)
{
    g_autofree char *key = device_key(devices, device);
    const char *model = model_text(device);
    const char *name = device->alias;

    return g_strdup_printf("%s%s%s%s%s%s", key, model != NULL ? " " : "",
                           model != NULL ? model : "", name != NULL ? " (" : "",
                           name != NULL ? name : "", name != NULL ? ")" : "");
}

/* ---- who holds whom ------------------------------------------------------------------------- */

static ControllerType
disk_controller_type(const Device *device)
{
    if (device->kind != DEVICE_DISK)
        return CONTROLLER_SCSI;
    switch ((guint)device->disk.bus) {
    case DISK_BUS_IDE:
        return CONTROLLER_IDE;
    case DISK_BUS_FDC:
        return CONTROLLER_FDC;
    case DISK_BUS_SATA:
        return CONTROLLER_SATA;
    default:
        return CONTROLLER_SCSI;
    }
}

/* The hub that DEVICE is plugged into; NULL when it is plugged into the controller itself. */
static const Device *
hub_of(const DomainDevices *devices, const Device *device)
{
    UsbAddress above = device->address.usb;
    guint depth = 0;

    while (depth < USB_MAX_DEPTH && above.ports[depth] != 0)
        depth++;
    if (depth < 2)
        return NULL;
    above.ports[depth - 1] = 0;
    for (guint i = 0; i < domain_devices_n(devices, DEVICE_HUB); i++) {
        const Device *hub = domain_devices_get(devices, DEVICE_HUB, i);
        const UsbAddress *usb = &hub->address.usb;

        if (hub->address.type == ADDRESS_USB && usb->bus == above.bus &&
            memcmp(usb->ports, above.ports, sizeof above.ports) == 0)
            return hub;
    }
    return NULL;
}

static const Device *
holder(const DomainDevices *devices, const Device *device)
{
    const DeviceAddress *address = &device->address;
    ControllerType type = CONTROLLER_PCI;
    guint index = 0;

    switch ((guint)address->type) {
    case ADDRESS_PCI:
        index = address->pci.bus;
        break;
    case ADDRESS_DRIVE:
        type = disk_controller_type(device);
        index = address->drive.controller;
        break;
    case ADDRESS_USB:
        if (hub_of(devices, device) != NULL)
            return hub_of(devices, device);
        type = CONTROLLER_USB;
        index = address->usb.bus;
        break;
    case ADDRESS_VIRTIO_SERIAL:
        type = CONTROLLER_VIRTIO_SERIAL;
        index = address->virtio_serial.controller;
        break;
    case ADDRESS_CCID:
        type = CONTROLLER_CCID;
        index = address->ccid.controller;
        break;
    default:
        return NULL;
    }
    return domain_devices_find_controller(devices, type, (gint)MIN(index, (guint)G_MAXINT));
}

static AddressNode *
machine_bus(TreeBuilder *builder, AddressType type)
{
    if (builder->buses[type] == NULL) {
        builder->buses[type] =
            node_new(NULL, NULL, g_strdup_printf("%s bus", address_type_name(type)));
        adopt(builder->root, builder->buses[type]);
    }
    return builder->buses[type];
}

/* TRUE when following holders from DEVICE ends. */
static gboolean
is_rooted(const DomainDevices *devices, const Device *device)
{
    for (guint n = 0; device != NULL; n++) {
        if (n > devices->owned->len)
            return FALSE;
        device = holder(devices, device);
    }
    return TRUE;
}

static void
hang(TreeBuilder *builder, AddressNode *node)
{
    const Device *device = node->device;
    const Device *above =
        is_rooted(builder->devices, device) ? holder(builder->devices, device) : NULL;
    AddressNode *parent = above == NULL ? NULL : g_hash_table_lookup(builder->nodes, above);

    if (parent == NULL)
        parent = device->address.type == ADDRESS_NONE ? builder->root
                                                      : machine_bus(builder, device->address.type);
    adopt(parent, node);
}

/* ---- building ------------------------------------------------------------------------------- */

static guint64
sort_number(const AddressNode *node)
{
    const DeviceAddress *address;
    guint64 number = 0;

    if (node->device == NULL)
        return G_MAXUINT64;
    address = &node->device->address;
    switch ((guint)address->type) {
    case ADDRESS_PCI:
        return address->pci.slot << 3 | address->pci.function;
    case ADDRESS_DRIVE:
        return (guint64)address->drive.bus << 40 | (guint64)address->drive.target << 20 |
               address->drive.unit;
    case ADDRESS_USB:
        for (guint i = 0; i < USB_MAX_DEPTH; i++)
            number = number << 8 | (address->usb.ports[i] & 0xff);
        return number;
    case ADDRESS_VIRTIO_SERIAL:
        return address->virtio_serial.port;
    case ADDRESS_CCID:
        return address->ccid.slot;
    case ADDRESS_CCW:
        return address->ccw.cssid << 24 | address->ccw.ssid << 16 | address->ccw.devno;
    case ADDRESS_SPAPR_VIO:
        return address->spapr_vio.reg;
    case ADDRESS_ISA:
        return address->isa.iobase;
    case ADDRESS_DIMM:
        return address->dimm.slot;
    default:
        return 0;
    }
}

static gint
compare_nodes(gconstpointer a, gconstpointer b)
{
    const AddressNode *left = *(const AddressNode *const *)a;
    const AddressNode *right = *(const AddressNode *const *)b;
    guint64 x = sort_number(left), y = sort_number(right);

    return x != y ? (x > y) - (x < y) : strcmp(left->label, right->label);
}

static void
sort_children(AddressNode *node)
{
    g_ptr_array_sort(node->children, compare_nodes);
    for (guint i = 0; i < node->children->len; i++)
        sort_children(g_ptr_array_index(node->children, i));
}

/* A port that a device to come may take. */
static void
mark_free_ports(AddressNode *node)
{
    const Device *device = node->device;

    if (device != NULL && device->kind == DEVICE_CONTROLLER && node->children->len == 0 &&
        device->controller.model == CONTROLLER_MODEL_PCIE_ROOT_PORT) {
        g_autofree char *label = node->label;
        node->label = g_strconcat(label, " (free)", NULL);
    }
    for (guint i = 0; i < node->children->len; i++)
        mark_free_ports(g_ptr_array_index(node->children, i));
}

/* Controllers without an address that hold nothing say nothing. */
static void
drop_empty(AddressNode *root)
{
    for (guint i = root->children->len; i-- > 0;) {
        const AddressNode *node = g_ptr_array_index(root->children, i);

        if (node->children->len == 0 && node->device != NULL &&
            node->device->address.type == ADDRESS_NONE)
            g_ptr_array_remove_index(root->children, i);
    }
}

AddressNode *
address_tree_new(const DomainDevices *devices, const char *name)
{
    g_autoptr(GHashTable) nodes = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) order = g_ptr_array_new();
    TreeBuilder builder = {
        .devices = devices, .root = node_new(NULL, NULL, g_strdup(name)), .nodes = nodes};
    DeviceWalk walk;
    Device *device;

    device_walk_init(&walk, devices);
    while ((device = device_walk_next(&walk)) != NULL) {
        if (device->address.type == ADDRESS_NONE && device->kind != DEVICE_CONTROLLER)
            continue;
        AddressNode *node =
            node_new(device, place_text(&device->address), label_text(devices, device));

        node->is_planned = device->address.type != ADDRESS_NONE &&
                           !device_address_equal(&device->address, &device->written);
        g_hash_table_insert(nodes, device, node);
        g_ptr_array_add(order, node);
    }
    for (guint i = 0; i < order->len; i++)
        hang(&builder, g_ptr_array_index(order, i));
    drop_empty(builder.root);
    sort_children(builder.root);
    mark_free_ports(builder.root);
    return builder.root;
}
