/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_DOMAIN_DEVICES_PRIVATE_H
#define INGEST_DOMAIN_DEVICES_PRIVATE_H

/* What the files of the domain devices reader share. */

#include "domain_text.h"

#include <fleet/finding.h>
#include <libxml/tree.h>

G_BEGIN_DECLS

typedef struct {
    const GArray *places; /* of ElementPlace; a node's _private is its index */
    Finding *refusal;     /* the first reason to refuse the document; NULL while there is none */
} DomainReader;

/*
 * Parses TEXT and scans it for the places of its elements, whose numbers the nodes' _private then
 * are. NULL and a finding when it is not well-formed. Free it with xmlFreeDoc().
 */
xmlDoc *domain_document_parse(const char *text, gsize length, DomainText *scan,
                              Finding **ret_refusal);
/* The outermost `<domain>`; NULL and a finding when there is none. */
const xmlNode *domain_document_find(const xmlDoc *document, Finding **ret_refusal);

/* Notes why the document is refused, at NODE's line; always FALSE, to be returned. */
gboolean domain_reader_refuse(DomainReader *reader, const xmlNode *node, const char *remedy,
                              const char *format, ...) G_GNUC_PRINTF(4, 5);

ElementPlace domain_reader_place(const DomainReader *reader, const xmlNode *node);

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
gboolean domain_reader_uint(DomainReader *reader, const xmlNode *node, const char *name, int base,
                            guint *ret_value);
gboolean domain_reader_int(DomainReader *reader, const xmlNode *node, const char *name, gint min,
                           gint max, gint *ret_value);
gboolean domain_reader_switch(DomainReader *reader, const xmlNode *node, const char *name,
                              CpuSwitch *ret_value);
/* RET_VALUE is an enumeration that WORDS name. */
gboolean domain_reader_word(DomainReader *reader, const xmlNode *node, const char *name,
                            const DeviceWords *words, guint *ret_value);

/* Reads the first `<address>` child of NODE, if any. */
gboolean domain_reader_address(DomainReader *reader, const xmlNode *node,
                               DeviceAddress *ret_address, ElementPlace *ret_place);
/* Reads the attributes of a PCI address from NODE itself, as `<source><address/>` has them. */
gboolean domain_reader_pci(DomainReader *reader, const xmlNode *node, PciAddress *ret_pci);

/* A device from its element; NULL when it is refused. KIND is its name's. */
Device *domain_reader_device(DomainReader *reader, const xmlNode *node, DeviceKind kind);

/* Readers of single kinds, one file for controllers and one for storage and network. */
gboolean domain_reader_controller(DomainReader *reader, const xmlNode *node, Device *device);
gboolean domain_reader_disk(DomainReader *reader, const xmlNode *node, Device *device);
gboolean domain_reader_interface(DomainReader *reader, const xmlNode *node, Device *device);
gboolean domain_reader_hostdev(DomainReader *reader, const xmlNode *node, Device *device);

G_END_DECLS

#endif
