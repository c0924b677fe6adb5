/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `<disk>`, `<interface>` and `<hostdev>`: the kinds whose address depends on what is behind them.
 */

#include "domain_devices_private.h"

#include <string.h>

/* ---- disks ---------------------------------------------------------------------------------- */

/* What a disk without a bus is connected to, by the letters its name begins with. */
static DiskBus
bus_of_target(const char *target)
{
    static const struct {
        const char *prefix;
        DiskBus bus;
    } buses[] = {
        {"hd", DISK_BUS_IDE},  {"sd", DISK_BUS_SCSI}, {"vd", DISK_BUS_VIRTIO},
        {"xvd", DISK_BUS_XEN}, {"ubd", DISK_BUS_UML}, {"nvme", DISK_BUS_NVME},
    };

    for (guint i = 0; i < G_N_ELEMENTS(buses); i++) {
        if (g_str_has_prefix(target, buses[i].prefix))
            return buses[i].bus;
    }
    return DISK_BUS_IDE;
}

/* Models of disks on USB (since libvirt 11.5), which do not bear on where they sit. */
static gboolean
is_usb_model(const xmlNode *node)
{
    return xml_attr_is(node, "model", "usb-storage") || xml_attr_is(node, "model", "usb-bot");
}

gboolean
domain_tree_disk(DomainTree *tree, const xmlNode *node, Device *device)
{
    DiskDevice *disk = &device->disk;
    const xmlNode *target = xml_child(node, "target");
    guint bus = DISK_BUS_NONE, model = VIRTIO_MODEL_NONE;

    disk->is_floppy = xml_attr_is(node, "device", "floppy");
    disk->is_cdrom = xml_attr_is(node, "device", "cdrom");
    disk->is_lun = xml_attr_is(node, "device", "lun");
    disk->target = target == NULL ? NULL : g_strdup(xml_attr(target, "dev"));
    if (disk->target == NULL)
        return domain_tree_refuse(tree, node, "give it one with <target dev='vda'/>",
                                  "the disk has no target name");
    if (!domain_tree_word(tree, target, "bus", &disk_bus_words, &bus))
        return FALSE;
    if (!(bus == DISK_BUS_USB && is_usb_model(node)) &&
        !domain_tree_word(tree, node, "model", &virtio_model_words, &model))
        return FALSE;
    disk->serial = xml_child_text(node, "serial");
    disk->bus = disk->written_bus = bus;
    disk->model = model;
    if (disk->bus == DISK_BUS_NONE)
        disk->bus = disk->is_floppy ? DISK_BUS_FDC : bus_of_target(disk->target);
    return TRUE;
}

/* ---- host devices --------------------------------------------------------------------------- */

/*
 * Appends the attributes of NODE and of the elements in it, in the document's order. Identifiers of
 * USB devices are written as libvirt writes them, which reads "0x1" as well.
 */
static void
describe_source(GString *text, const xmlNode *node)
{
    gboolean is_usb_id = strcmp((const char *)node->name, "vendor") == 0 ||
                         strcmp((const char *)node->name, "product") == 0;

    for (const xmlAttr *attr = node->properties; attr != NULL; attr = attr->next) {
        const char *value = attr->children == NULL ? NULL : (const char *)attr->children->content;
        guint64 id;

        if (value == NULL)
            continue;
        if (is_usb_id && g_str_has_prefix(value, "0x") &&
            g_ascii_string_to_unsigned(value + strlen("0x"), 16, 0, G_MAXUINT16, &id, NULL))
            g_string_append_printf(text, "/0x%04x", (guint)id);
        else
            g_string_append_printf(text, "/%s", value);
    }
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        if (child->type == XML_ELEMENT_NODE)
            describe_source(text, child);
    }
}

static char *
source_key(const xmlNode *node)
{
    const xmlNode *source = xml_child(node, "source");
    const char *type = xml_attr(node, "type");
    GString *text = g_string_new(type == NULL ? "" : type);

    if (source != NULL)
        describe_source(text, source);
    return g_string_free(text, FALSE);
}

static gboolean
read_mdev(DomainTree *tree, const xmlNode *node, HostdevDevice *hostdev)
{
    static const struct {
        const char *name;
        HostdevType type;
    } models[] = {
        {"vfio-pci", HOSTDEV_MDEV_PCI},
        {"vfio-ccw", HOSTDEV_MDEV_CCW},
        {"vfio-ap", HOSTDEV_MDEV_AP},
    };

    for (guint i = 0; i < G_N_ELEMENTS(models); i++) {
        if (xml_attr_is(node, "model", models[i].name)) {
            hostdev->type = models[i].type;
            return TRUE;
        }
    }
    return domain_tree_refuse(tree, node, "use vfio-pci, vfio-ccw or vfio-ap",
                              "the mediated device has no model that libvirt knows");
}

/* The PCI device of the host that NODE's source names. */
static gboolean
read_source_pci(DomainTree *tree, const xmlNode *node, DeviceAddress *ret_address)
{
    const xmlNode *source = xml_child(node, "source");
    const xmlNode *address = source == NULL ? NULL : xml_child(source, "address");

    /* libvirt takes a source without an address for 0000:00:00.0. */
    if (address != NULL && !domain_tree_pci(tree, address, &ret_address->pci))
        return FALSE;
    ret_address->type = ADDRESS_PCI;
    return TRUE;
}

static gboolean
read_pci_hostdev(DomainTree *tree, const xmlNode *node, HostdevDevice *hostdev)
{
    if (!read_source_pci(tree, node, &hostdev->source_pci))
        return FALSE;
    g_free(hostdev->source);
    hostdev->source = hostdev_pci_source(&hostdev->source_pci.pci);
    return TRUE;
}

gboolean
domain_tree_hostdev(DomainTree *tree, const xmlNode *node, Device *device)
{
    HostdevDevice *hostdev = &device->hostdev;
    static const char *const types[] = {
        [HOSTDEV_USB] = "usb",
        [HOSTDEV_PCI] = "pci",
        [HOSTDEV_SCSI] = "scsi",
        [HOSTDEV_SCSI_HOST] = "scsi_host",
    };
    guint model = VIRTIO_MODEL_NONE;

    hostdev->type = HOSTDEV_OTHER;
    hostdev->source = source_key(node);
    if (xml_attr_is(node, "mode", "capabilities"))
        return TRUE;
    if (xml_attr_is(node, "type", "mdev"))
        return read_mdev(tree, node, hostdev);
    for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
        if (xml_attr_is(node, "type", types[i]))
            hostdev->type = i;
    }
    if (hostdev->type == HOSTDEV_OTHER)
        return domain_tree_refuse(tree, node, "use usb, pci, scsi, scsi_host or mdev",
                                  "the host device has no type that libvirt knows");
    if (hostdev->type == HOSTDEV_PCI)
        return read_pci_hostdev(tree, node, hostdev);
    if (hostdev->type == HOSTDEV_SCSI_HOST &&
        !domain_tree_word(tree, node, "model", &virtio_model_words, &model))
        return FALSE;
    hostdev->model = model;
    return TRUE;
}

/* ---- interfaces ----------------------------------------------------------------------------- */

gboolean
domain_tree_interface(DomainTree *tree, const xmlNode *node, Device *device)
{
    InterfaceDevice *interface = &device->interface;
    const char *type = xml_attr(node, "type");
    const xmlNode *model = xml_child(node, "model"), *source = xml_child(node, "source");
    const char *mac = xml_child_attr(node, "mac", "address");

    g_free(interface->type);
    interface->type = g_strdup(type == NULL ? "user" : type);
    interface->is_hostdev = strcmp(interface->type, "hostdev") == 0;
    interface->mac = mac == NULL ? NULL : g_ascii_strdown(mac, -1);
    if (interface->is_hostdev) {
        interface->is_hostdev_usb =
            source != NULL && g_strcmp0(xml_child_attr(source, "address", "type"), "usb") == 0;
        if (!interface->is_hostdev_usb && !read_source_pci(tree, node, &interface->source_pci))
            return FALSE;
    }
    if (model == NULL)
        return TRUE;
    interface->model_place = domain_tree_place(tree, model);
    interface->model_name = g_strdup(xml_attr(model, "type"));
    if (interface->model_name != NULL)
        interface->model = interface_model_from_name(interface->model_name);
    return TRUE;
}
