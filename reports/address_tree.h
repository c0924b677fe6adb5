/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORTS_ADDRESS_TREE_H
#define REPORTS_ADDRESS_TREE_H

/* What all drawings of addresses draw. */

#include <fleet/device.h>

G_BEGIN_DECLS

typedef struct AddressNode AddressNode;
struct AddressNode {
    const Device *device; /* NULL for the guest and for buses without a controller */
    char *place;          /* on its bus: "05.0", "unit 1"; NULL when it has none */
    char *label;          /* its key, and what it is; not escaped */
    gboolean is_planned;  /* its address was filled in */
    AddressNode *parent;  /* NULL for the guest */
    GPtrArray *children;  /* of AddressNode*, in the order of their addresses */
};

/* The guest's node, with all devices that have an address or hold one that has. */
AddressNode *address_tree_new(const DomainDevices *devices, const char *name);
void address_tree_free(AddressNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AddressNode, address_tree_free)

G_END_DECLS

#endif
