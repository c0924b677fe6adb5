/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_DOMAIN_DEVICES_PRIVATE_H
#define INGEST_DOMAIN_DEVICES_PRIVATE_H

/*
 * A domain XML as a tree whose elements know their places in the text: what the readers of devices
 * (domain_devices_*.c) and of what a migration compares (domain_abi_*.c) share. The reader of
 * guests, domain_reader.c, needs no places and reads the text as a stream.
 */

#include "domain_text.h"

#include <fleet/finding.h>
#include <libxml/tree.h>

G_BEGIN_DECLS

/* The tree that is being read; the nodes are libxml2's. */
typedef struct {
    const GArray *places; /* of ElementPlace; a node's _private is its index */
    Finding *refusal;     /* the first reason to refuse the document; NULL while there is none */
} DomainTree;

/*
 * Parses TEXT and scans it for the places of its elements, whose numbers the nodes' _private then
 * are. NULL and a finding when it is not well-formed. Free it with xmlFreeDoc().
 */
xmlDoc *domain_document_parse(const char *text, gsize length, DomainText *scan,
                              Finding **ret_refusal);
/* The outermost `<domain>`; NULL and a finding when there is none. */
const xmlNode *domain_document_find(const xmlDoc *document, Finding **ret_refusal);

/* Notes why the document is refused, at NODE's line; always FALSE, to be returned. */
gboolean domain_tree_refuse(DomainTree *tree, const xmlNode *node, const char *remedy,
                            const char *format, ...) G_GNUC_PRINTF(4, 5);

ElementPlace domain_tree_place(const DomainTree *tree, const xmlNode *node);

/* The first child element of that name, outside every namespace; NULL when there is none. */
const xmlNode *xml_child(const xmlNode *node, const char *name);
/* The value of an attribute, or NULL. Belongs to the tree. */
const char *xml_attr(const xmlNode *node, const char *name);
/* The attribute of a child, or NULL. */
const char *xml_child_attr(const xmlNode *node, const char *child, const char *name);
/* The text of the first element of that name in NODE, to be freed; NULL when it has none. */
char *xml_child_text(const xmlNode *node, const char *child);
gboolean xml_attr_is(const xmlNode *node, const char *name, const char *value);

/*
 * Attributes as libvirt reads them. An absent one leaves RET_VALUE as it is; FALSE when the value
 * is refused. BASE 0 follows C: a leading 0x is hexadecimal, a leading 0 octal.
 */
gboolean domain_tree_uint(DomainTree *tree, const xmlNode *node, const char *name, int base,
                          guint *ret_value);
gboolean domain_tree_int(DomainTree *tree, const xmlNode *node, const char *name, gint min,
                         gint max, gint *ret_value);
gboolean domain_tree_switch(DomainTree *tree, const xmlNode *node, const char *name,
                            CpuSwitch *ret_value);
/* RET_VALUE is an enumeration that WORDS name. */
gboolean domain_tree_word(DomainTree *tree, const xmlNode *node, const char *name,
                          const DeviceWords *words, guint *ret_value);

/* Reads the first `<address>` child of NODE, if any. */
gboolean domain_tree_address(DomainTree *tree, const xmlNode *node, DeviceAddress *ret_address,
                             ElementPlace *ret_place);
/* Reads the attributes of a PCI address from NODE itself, as `<source><address/>` has them. */
gboolean domain_tree_pci(DomainTree *tree, const xmlNode *node, PciAddress *ret_pci);

/* A device from its element; NULL when it is refused. KIND is its name's. */
Device *domain_tree_device(DomainTree *tree, const xmlNode *node, DeviceKind kind);

/* Readers of single kinds, one file for controllers and one for storage and network. */
gboolean domain_tree_controller(DomainTree *tree, const xmlNode *node, Device *device);
gboolean domain_tree_disk(DomainTree *tree, const xmlNode *node, Device *device);
gboolean domain_tree_interface(DomainTree *tree, const xmlNode *node, Device *device);
gboolean domain_tree_hostdev(DomainTree *tree, const xmlNode *node, Device *device);

G_END_DECLS

#endif
