/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A guest's ABI from its XML. What a path can say is in the tables of domain_abi_rules.c, the form
 * of its values in domain_abi_values.c; lists and what libvirt computes from several values are in
 * domain_abi_lists.c and domain_abi_devices.c.
 */

#include "domain_abi_private.h"

#include <ingest/domain_abi_reader.h>
#include <libxml/parser.h>

static void
read_device(const DomainTree *tree, const xmlNode *node, DeviceKind kind, GuestAbi *abi)
{
    ElementPlace place = domain_tree_place(tree, node);
    AbiElement *element = guest_abi_device(abi, place.begin, place.line);

    for (guint i = 0; i < abi_n_device_paths; i++) {
        if (abi_device_paths[i].kind == kind)
            abi_read_path(tree, node, &abi_device_paths[i].path, element);
    }
    for (guint i = 0; i < abi_n_common_paths; i++)
        abi_read_path(tree, node, &abi_common_paths[i], element);
    abi_read_device_lists(tree, node, kind, element);
}

static void
read_guest(const DomainTree *tree, const xmlNode *domain, GuestAbi *abi)
{
    const xmlNode *devices = xml_child(domain, "devices");

    abi->guest->line = domain_tree_place(tree, domain).line;
    for (guint i = 0; i < abi_n_guest_paths; i++)
        abi_read_path(tree, domain, &abi_guest_paths[i], abi->guest);
    abi_read_guest_lists(tree, domain, abi->guest);
    for (const xmlNode *child = devices == NULL ? NULL : devices->children; child != NULL;
         child = child->next) {
        DeviceKind kind;

        if (child->type == XML_ELEMENT_NODE && child->ns == NULL &&
            device_kind_from_name((const char *)child->name, &kind))
            read_device(tree, child, kind, abi);
    }
}

GuestAbi *
domain_abi_read(const char *text, gsize length, Finding **ret_refusal)
{
    g_auto(DomainText) scan = {0};
    xmlDoc *document = domain_document_parse(text, length, &scan, ret_refusal);
    DomainTree tree = {.places = scan.elements};

    if (document == NULL)
        return NULL;
    const xmlNode *domain = domain_document_find(document, ret_refusal);
    GuestAbi *abi = domain == NULL ? NULL : guest_abi_new();
    if (abi != NULL)
        read_guest(&tree, domain, abi);
    xmlFreeDoc(document);
    return abi;
}
