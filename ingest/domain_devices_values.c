/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Values of attributes, read as libvirt reads them: numbers by strtoul's rules with nothing behind
 * them, words from closed lists, addresses by their type.
 */

#include "domain_devices_private.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

gboolean
domain_tree_refuse(DomainTree *tree, const xmlNode *node, const char *remedy, const char *format,
                   ...)
{
    va_list args;

    if (tree->refusal != NULL)
        return FALSE;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    tree->refusal = finding_new(FINDING_ERROR, "domain-refused", text, remedy);
    tree->refusal->line = domain_tree_place(tree, node).line;
    return FALSE;
}

ElementPlace
domain_tree_place(const DomainTree *tree, const xmlNode *node)
{
    return g_array_index(tree->places, ElementPlace, GPOINTER_TO_UINT(node->_private));
}

const xmlNode *
xml_child(const xmlNode *node, const char *name)
{
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        if (child->type == XML_ELEMENT_NODE && child->ns == NULL &&
            strcmp((const char *)child->name, name) == 0)
            return child;
    }
    return NULL;
}

const char *
xml_attr(const xmlNode *node, const char *name)
{
    for (const xmlAttr *attr = node->properties; attr != NULL; attr = attr->next) {
        if (attr->ns == NULL && strcmp((const char *)attr->name, name) == 0)
            return attr->children == NULL ? "" : (const char *)attr->children->content;
    }
    return NULL;
}

const char *
xml_child_attr(const xmlNode *node, const char *child, const char *name)
{
    const xmlNode *found = xml_child(node, child);

    return found == NULL ? NULL : xml_attr(found, name);
}

char *
xml_child_text(const xmlNode *node, const char *child)
{
    const xmlNode *found = xml_child(node, child);
    GString *text = g_string_new(NULL);

    for (const xmlNode *part = found == NULL ? NULL : found->children; part != NULL;
         part = part->next) {
        if (part->content != NULL &&
            (part->type == XML_TEXT_NODE || part->type == XML_CDATA_SECTION_NODE))
            g_string_append(text, (const char *)part->content);
    }
    return g_string_free(text, text->len == 0);
}

gboolean
xml_attr_is(const xmlNode *node, const char *name, const char *value)
{
    return g_strcmp0(xml_attr(node, name), value) == 0;
}

static gboolean
refuse_value(DomainTree *tree, const xmlNode *node, const char *name, const char *remedy)
{
    return domain_tree_refuse(tree, node, remedy, "<%s> has %s='%.64s'", (const char *)node->name,
                              name, xml_attr(node, name));
}

static gboolean
domain_tree_u64(DomainTree *tree, const xmlNode *node, const char *name, int base,
                guint64 *ret_value)
{
    const char *text = xml_attr(node, name);
    char *end = NULL;

    if (text == NULL)
        return TRUE;
    errno = 0;
    guint64 value = g_ascii_strtoull(text, &end, (guint)base);
    if (errno != 0 || end == text || *end != '\0' || strchr(text, '-') != NULL)
        return refuse_value(tree, node, name, "write a number that is not negative");
    *ret_value = value;
    return TRUE;
}

gboolean
domain_tree_uint(DomainTree *tree, const xmlNode *node, const char *name, int base,
                 guint *ret_value)
{
    guint64 value = *ret_value;

    if (!domain_tree_u64(tree, node, name, base, &value))
        return FALSE;
    if (value > G_MAXUINT)
        return refuse_value(tree, node, name, "write a number below 2^32");
    *ret_value = (guint)value;
    return TRUE;
}

gboolean
domain_tree_int(DomainTree *tree, const xmlNode *node, const char *name, gint min, gint max,
                gint *ret_value)
{
    guint64 value = 0;

    if (xml_attr(node, name) == NULL)
        return TRUE;
    if (!domain_tree_u64(tree, node, name, 0, &value))
        return FALSE;
    if (value < (guint64)min || value > (guint64)max) {
        g_autofree char *remedy = g_strdup_printf("write a number from %d to %d", min, max);

        return refuse_value(tree, node, name, remedy);
    }
    *ret_value = (gint)value;
    return TRUE;
}

gboolean
domain_tree_switch(DomainTree *tree, const xmlNode *node, const char *name, CpuSwitch *ret_value)
{
    const char *text = xml_attr(node, name);

    if (text == NULL)
        return TRUE;
    if (strcmp(text, "on") != 0 && strcmp(text, "off") != 0)
        return refuse_value(tree, node, name, "write 'on' or 'off'");
    *ret_value = strcmp(text, "on") == 0 ? CPU_SWITCH_ON : CPU_SWITCH_OFF;
    return TRUE;
}

gboolean
domain_tree_word(DomainTree *tree, const xmlNode *node, const char *name, const DeviceWords *words,
                 guint *ret_value)
{
    const char *text = xml_attr(node, name);

    if (text == NULL || device_words_find(words, text, ret_value))
        return TRUE;
    g_autofree char *remedy = g_strdup_printf("libvirt knows no such %s", words->what);
    return refuse_value(tree, node, name, remedy);
}

/* ---- addresses ------------------------------------------------------------------------------ */

#define PCI_MAX_DOMAIN 0xffff
#define PCI_MAX_BUS 0xff
#define PCI_MAX_SLOT 0x1f
#define PCI_MAX_FUNCTION 7
#define ZPCI_MAX_UID 0xffff

static gboolean
read_zpci(DomainTree *tree, const xmlNode *node, PciAddress *pci)
{
    const xmlNode *zpci = xml_child(node, "zpci");

    if (zpci == NULL)
        return TRUE;
    pci->has_uid = xml_attr(zpci, "uid") != NULL;
    pci->has_fid = xml_attr(zpci, "fid") != NULL;
    if (!domain_tree_uint(tree, zpci, "uid", 0, &pci->uid) ||
        !domain_tree_uint(tree, zpci, "fid", 0, &pci->fid))
        return FALSE;
    if (pci->has_uid && (pci->uid == 0 || pci->uid > ZPCI_MAX_UID))
        return refuse_value(tree, zpci, "uid", "write a number from 1 to 0xffff");
    return TRUE;
}

gboolean
domain_tree_pci(DomainTree *tree, const xmlNode *node, PciAddress *ret_pci)
{
    PciAddress pci = {0};

    if (!domain_tree_uint(tree, node, "domain", 0, &pci.domain) ||
        !domain_tree_uint(tree, node, "bus", 0, &pci.bus) ||
        !domain_tree_uint(tree, node, "slot", 0, &pci.slot) ||
        !domain_tree_uint(tree, node, "function", 0, &pci.function) ||
        !domain_tree_switch(tree, node, "multifunction", &pci.multifunction) ||
        !read_zpci(tree, node, &pci))
        return FALSE;
    /* An address at bus 0, slot 0 is none at all, so its function does not matter. */
    if (pci.domain == 0 && pci.bus == 0 && pci.slot == 0) {
        *ret_pci = pci;
        return TRUE;
    }
    if (pci.domain > PCI_MAX_DOMAIN)
        return refuse_value(tree, node, "domain", "write a number up to 0xffff");
    if (pci.bus > PCI_MAX_BUS)
        return refuse_value(tree, node, "bus", "write a number up to 0xff");
    if (pci.slot > PCI_MAX_SLOT)
        return refuse_value(tree, node, "slot", "write a number up to 0x1f");
    if (pci.function > PCI_MAX_FUNCTION)
        return refuse_value(tree, node, "function", "write a number up to 7");
    *ret_pci = pci;
    return TRUE;
}

static gboolean
read_drive(DomainTree *tree, const xmlNode *node, DeviceAddress *address)
{
    return domain_tree_uint(tree, node, "controller", 10, &address->drive.controller) &&
           domain_tree_uint(tree, node, "bus", 10, &address->drive.bus) &&
           domain_tree_uint(tree, node, "target", 10, &address->drive.target) &&
           domain_tree_uint(tree, node, "unit", 10, &address->drive.unit);
}

static gboolean
read_virtio_serial(DomainTree *tree, const xmlNode *node, DeviceAddress *address)
{
    return domain_tree_uint(tree, node, "controller", 10, &address->virtio_serial.controller) &&
           domain_tree_uint(tree, node, "bus", 10, &address->virtio_serial.bus) &&
           domain_tree_uint(tree, node, "port", 10, &address->virtio_serial.port);
}

static gboolean
read_ccid(DomainTree *tree, const xmlNode *node, DeviceAddress *address)
{
    return domain_tree_uint(tree, node, "controller", 10, &address->ccid.controller) &&
           domain_tree_uint(tree, node, "slot", 10, &address->ccid.slot);
}

static gboolean
read_usb(DomainTree *tree, const xmlNode *node, DeviceAddress *address)
{
    const char *text = xml_attr(node, "port");
    guint depth = 0;

    address->usb.has_bus = xml_attr(node, "bus") != NULL;
    if (!domain_tree_uint(tree, node, "bus", 10, &address->usb.bus))
        return FALSE;
    if (text == NULL)
        return TRUE;
    for (;; text++) {
        char *end = NULL;
        guint64 port = g_ascii_strtoull(text, &end, 10);

        if (end == text || *text == '-' || port > G_MAXUINT || depth == USB_MAX_DEPTH)
            return refuse_value(tree, node, "port", "write up to four numbers with dots between");
        address->usb.ports[depth++] = (guint)port;
        text = end;
        if (*text == '\0')
            return TRUE;
        if (*text != '.')
            return refuse_value(tree, node, "port", "write up to four numbers with dots between");
    }
}

static gboolean
read_spapr_vio(DomainTree *tree, const xmlNode *node, DeviceAddress *address)
{
    address->spapr_vio.has_reg = xml_attr(node, "reg") != NULL;
    return domain_tree_u64(tree, node, "reg", 16, &address->spapr_vio.reg);
}

static gboolean
read_ccw(DomainTree *tree, const xmlNode *node, DeviceAddress *address)
{
    guint n = (xml_attr(node, "cssid") != NULL) + (xml_attr(node, "ssid") != NULL) +
              (xml_attr(node, "devno") != NULL);

    if (n != 0 && n != 3)
        return domain_tree_refuse(tree, node, "write cssid, ssid and devno, or none of them",
                                  "the ccw address is incomplete");
    address->ccw.is_assigned = n == 3;
    if (!domain_tree_uint(tree, node, "cssid", 0, &address->ccw.cssid) ||
        !domain_tree_uint(tree, node, "ssid", 0, &address->ccw.ssid) ||
        !domain_tree_uint(tree, node, "devno", 0, &address->ccw.devno))
        return FALSE;
    if (address->ccw.cssid > 0xfe || address->ccw.ssid > 3 || address->ccw.devno > 0xffff)
        return domain_tree_refuse(tree, node, "stay within fe.3.ffff",
                                  "the ccw address %x.%x.%04x is out of range", address->ccw.cssid,
                                  address->ccw.ssid, address->ccw.devno);
    return TRUE;
}

static gboolean
read_isa(DomainTree *tree, const xmlNode *node, DeviceAddress *address)
{
    address->isa.has_iobase = xml_attr(node, "iobase") != NULL;
    address->isa.has_irq = xml_attr(node, "irq") != NULL;
    return domain_tree_uint(tree, node, "iobase", 16, &address->isa.iobase) &&
           domain_tree_uint(tree, node, "irq", 16, &address->isa.irq);
}

static gboolean
read_dimm(DomainTree *tree, const xmlNode *node, DeviceAddress *address)
{
    address->dimm.has_slot = xml_attr(node, "slot") != NULL;
    if (!address->dimm.has_slot)
        return domain_tree_refuse(tree, node, "write its slot, or leave out the address",
                                  "the dimm address has no slot");
    if (!domain_tree_uint(tree, node, "slot", 10, &address->dimm.slot) ||
        !domain_tree_u64(tree, node, "base", 16, &address->dimm.base))
        return FALSE;
    address->dimm.has_base = address->dimm.base != 0; /* 0 stands for none */
    return TRUE;
}

static gboolean
read_pci(DomainTree *tree, const xmlNode *node, DeviceAddress *address)
{
    return domain_tree_pci(tree, node, &address->pci);
}

static gboolean
read_virtio_s390(DomainTree *tree, const xmlNode *node, DeviceAddress *address)
{
    (void)address;
    return domain_tree_refuse(tree, node, "leave out the address",
                              "there are no virtio-s390 addresses any more");
}

static gboolean (*const address_readers[])(DomainTree *, const xmlNode *, DeviceAddress *) = {
    [ADDRESS_PCI] = read_pci,
    [ADDRESS_DRIVE] = read_drive,
    [ADDRESS_VIRTIO_SERIAL] = read_virtio_serial,
    [ADDRESS_CCID] = read_ccid,
    [ADDRESS_USB] = read_usb,
    [ADDRESS_SPAPR_VIO] = read_spapr_vio,
    [ADDRESS_VIRTIO_S390] = read_virtio_s390,
    [ADDRESS_CCW] = read_ccw,
    [ADDRESS_ISA] = read_isa,
    [ADDRESS_DIMM] = read_dimm,
    [ADDRESS_UNASSIGNED] = NULL,
};
G_STATIC_ASSERT(G_N_ELEMENTS(address_readers) == ADDRESS_TYPE_COUNT);

gboolean
domain_tree_address(DomainTree *tree, const xmlNode *node, DeviceAddress *ret_address,
                    ElementPlace *ret_place)
{
    const xmlNode *element = xml_child(node, "address");
    const char *type = element == NULL ? NULL : xml_attr(element, "type");

    if (element == NULL)
        return TRUE;
    *ret_place = domain_tree_place(tree, element);
    if (type == NULL)
        return domain_tree_refuse(tree, element, "say which with type='pci' or another",
                                  "the address of <%s> has no type", (const char *)node->name);
    if (!address_type_from_name(type, &ret_address->type) || ret_address->type == ADDRESS_NONE)
        return refuse_value(tree, element, "type", "use an address type that libvirt knows");
    if (address_readers[ret_address->type] == NULL)
        return TRUE;
    return address_readers[ret_address->type](tree, element, ret_address);
}
