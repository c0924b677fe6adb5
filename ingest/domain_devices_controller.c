/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `<controller>`: type, model, index, and what PCI controllers say about themselves.
 */

#include "domain_devices_private.h"

#include <string.h>

#define MAX_PCI_INDEX 255

static const gint companion_ports[] = {0, 2, 4}; /* of ich9-uhci1, uhci2, uhci3 */

static gboolean
read_master(DomainTree *tree, const xmlNode *node, Device *device)
{
    ControllerDevice *c = &device->controller;
    const xmlNode *master = xml_child(node, "master");

    if (master != NULL && !domain_tree_int(tree, master, "startport", 0, G_MAXINT, &c->master_port))
        return FALSE;
    if (master != NULL)
        c->master_place = domain_tree_place(tree, master);
    if (c->master_port == -1 && c->model >= CONTROLLER_MODEL_ICH9_UHCI1 &&
        c->model <= CONTROLLER_MODEL_ICH9_UHCI3) {
        c->master_port = companion_ports[c->model - CONTROLLER_MODEL_ICH9_UHCI1];
        device->filled |= DEVICE_FILLED_MASTER;
    }
    return TRUE;
}

static gboolean
read_numa_node(DomainTree *tree, const xmlNode *target, ControllerDevice *c)
{
    const xmlNode *node = xml_child(target, "node");
    guint64 value = 0;

    if (node == NULL)
        return TRUE;
    const char *text = node->children == NULL ? "" : (const char *)node->children->content;
    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT, &value, NULL))
        return domain_tree_refuse(tree, node, "write the number of a NUMA cell",
                                  "'%.64s' is not a NUMA node", text);
    c->numa_node = (gint)value;
    return TRUE;
}

static gboolean
read_pci(DomainTree *tree, const xmlNode *node, Device *device)
{
    ControllerDevice *c = &device->controller;
    const xmlNode *model = xml_child(node, "model"), *target = xml_child(node, "target");

    gboolean is_root =
        c->model == CONTROLLER_MODEL_PCI_ROOT || c->model == CONTROLLER_MODEL_PCIE_ROOT;

    if (is_root && device->address.type != ADDRESS_NONE)
        return domain_tree_refuse(tree, node, "remove its address", "a %s has no address",
                                  controller_model_name(c->model));
    if (c->index > MAX_PCI_INDEX)
        return domain_tree_refuse(tree, node, "use an index up to 255",
                                  "PCI controller index %d is too high", c->index);
    if (model != NULL) {
        c->model_place = domain_tree_place(tree, model);
        c->model_name = g_strdup(xml_attr(model, "name"));
    }
    if (target == NULL)
        return TRUE;
    c->target_place = domain_tree_place(tree, target);
    return domain_tree_int(tree, target, "chassisNr", 1, 255, &c->chassis_nr) &&
           domain_tree_int(tree, target, "chassis", 0, 255, &c->chassis) &&
           domain_tree_int(tree, target, "port", 0, 255, &c->port) &&
           domain_tree_int(tree, target, "busNr", 1, 254, &c->bus_nr) &&
           domain_tree_int(tree, target, "index", 0, 30, &c->target_index) &&
           domain_tree_switch(tree, target, "hotplug", &c->hotplug) &&
           read_numa_node(tree, target, c);
}

gboolean
domain_tree_controller(DomainTree *tree, const xmlNode *node, Device *device)
{
    ControllerDevice *c = &device->controller;
    const char *model = xml_attr(node, "model");
    guint type = CONTROLLER_IDE;

    if (!domain_tree_word(tree, node, "type", &controller_type_words, &type) ||
        !domain_tree_int(tree, node, "index", 0, G_MAXINT, &c->index) ||
        !domain_tree_int(tree, node, "ports", 0, G_MAXINT, &c->ports))
        return FALSE;
    c->type = type;
    if (model != NULL && !controller_model_from_name(c->type, model, &c->model))
        return domain_tree_refuse(tree, node, "use a model that libvirt has for this type",
                                  "there is no %s controller of model '%.64s'",
                                  controller_type_words.words[type], model);
    if (c->type == CONTROLLER_NVME)
        c->serial = xml_child_text(node, "serial");
    if (c->type == CONTROLLER_PCI)
        return read_pci(tree, node, device);
    if (c->type != CONTROLLER_USB)
        return TRUE;
    /* Nothing is there to be addressed; an address that is written anyway is left alone. */
    if (c->model == CONTROLLER_MODEL_USB_NONE)
        device->address.type = device->written.type = ADDRESS_NONE;
    return read_master(tree, node, device);
}
