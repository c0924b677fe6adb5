/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Addresses as values: equality, the text form of the inventory and back.
 *
 * The text form is one word for the type and the numbers in the order and base in which libvirt
 * writes them, so that it sorts and compares as text.
 */

#include <fleet/device_address.h>
#include <stdio.h>
#include <string.h>

static const char *const type_names[] = {
    [ADDRESS_NONE] = "none",
    [ADDRESS_PCI] = "pci",
    [ADDRESS_DRIVE] = "drive",
    [ADDRESS_VIRTIO_SERIAL] = "virtio-serial",
    [ADDRESS_CCID] = "ccid",
    [ADDRESS_USB] = "usb",
    [ADDRESS_SPAPR_VIO] = "spapr-vio",
    [ADDRESS_VIRTIO_S390] = "virtio-s390",
    [ADDRESS_CCW] = "ccw",
    [ADDRESS_VIRTIO_MMIO] = "virtio-mmio",
    [ADDRESS_ISA] = "isa",
    [ADDRESS_DIMM] = "dimm",
    [ADDRESS_UNASSIGNED] = "unassigned",
};
G_STATIC_ASSERT(G_N_ELEMENTS(type_names) == ADDRESS_TYPE_COUNT);

const char *
address_type_name(AddressType type)
{
    return type_names[type];
}

gboolean
address_type_from_name(const char *name, AddressType *ret_type)
{
    for (guint i = 0; i < ADDRESS_TYPE_COUNT; i++) {
        if (strcmp(type_names[i], name) == 0) {
            *ret_type = i;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
is_pci_present(const PciAddress *pci)
{
    return pci->domain != 0 || pci->bus != 0 || pci->slot != 0;
}

/* Of an address without a place, no more than its zPCI identifiers is ever written. */
static gboolean
pci_equal(const PciAddress *a, const PciAddress *b)
{
    const gboolean is_placed = is_pci_present(a) || is_pci_present(b);

    return (!is_placed || (a->domain == b->domain && a->bus == b->bus && a->slot == b->slot &&
                           a->function == b->function && a->multifunction == b->multifunction)) &&
           a->has_uid == b->has_uid && a->has_fid == b->has_fid &&
           (!a->has_uid || a->uid == b->uid) && (!a->has_fid || a->fid == b->fid);
}

/* As libvirt writes them: a 0 ends the path, whatever follows. */
static gboolean
is_same_path(const guint *a, const guint *b)
{
    for (guint i = 0; i < USB_MAX_DEPTH && a[i] == b[i]; i++)
        if (a[i] == 0 || i + 1 == USB_MAX_DEPTH)
            return TRUE;
    return FALSE;
}

gboolean
device_address_equal(const DeviceAddress *a, const DeviceAddress *b)
{
    if (a->type != b->type)
        return FALSE;
    switch (a->type) {
    case ADDRESS_PCI:
        return pci_equal(&a->pci, &b->pci);
    case ADDRESS_DRIVE:
        return a->drive.controller == b->drive.controller && a->drive.bus == b->drive.bus &&
               a->drive.target == b->drive.target && a->drive.unit == b->drive.unit;
    case ADDRESS_VIRTIO_SERIAL:
        return a->virtio_serial.controller == b->virtio_serial.controller &&
               a->virtio_serial.bus == b->virtio_serial.bus &&
               a->virtio_serial.port == b->virtio_serial.port;
    case ADDRESS_CCID:
        return a->ccid.controller == b->ccid.controller && a->ccid.slot == b->ccid.slot;
    case ADDRESS_USB:
        return a->usb.bus == b->usb.bus && is_same_path(a->usb.ports, b->usb.ports);
    case ADDRESS_SPAPR_VIO:
        return a->spapr_vio.has_reg == b->spapr_vio.has_reg && a->spapr_vio.reg == b->spapr_vio.reg;
    case ADDRESS_CCW:
        return a->ccw.is_assigned == b->ccw.is_assigned && a->ccw.cssid == b->ccw.cssid &&
               a->ccw.ssid == b->ccw.ssid && a->ccw.devno == b->ccw.devno;
    case ADDRESS_ISA:
        return a->isa.has_iobase == b->isa.has_iobase && a->isa.has_irq == b->isa.has_irq &&
               a->isa.iobase == b->isa.iobase && a->isa.irq == b->isa.irq;
    case ADDRESS_DIMM:
        return a->dimm.has_slot == b->dimm.has_slot && a->dimm.slot == b->dimm.slot &&
               a->dimm.has_base == b->dimm.has_base && a->dimm.base == b->dimm.base;
    case ADDRESS_NONE:
    case ADDRESS_VIRTIO_S390:
    case ADDRESS_VIRTIO_MMIO:
    case ADDRESS_UNASSIGNED:
    case ADDRESS_TYPE_COUNT:
    default:
        return TRUE;
    }
}

gboolean
device_address_is_pci_present(const DeviceAddress *address)
{
    return address->type == ADDRESS_PCI && is_pci_present(&address->pci);
}

gboolean
device_address_is_moved(const DeviceAddress *written, guint n_buses, const DeviceAddress *address)
{
    DeviceAddress next = *written;

    if (!device_address_is_pci_present(written) || written->pci.bus < n_buses ||
        address->type != ADDRESS_PCI)
        return FALSE;
    next.pci.bus++;
    return next.pci.domain == address->pci.domain && next.pci.bus == address->pci.bus &&
           next.pci.slot == address->pci.slot && next.pci.function == address->pci.function;
}

gboolean
device_address_is_pci_wanted(const DeviceAddress *address)
{
    return address->type == ADDRESS_NONE ||
           (address->type == ADDRESS_PCI && !device_address_is_pci_present(address));
}

gboolean
device_address_is_usb_present(const DeviceAddress *address)
{
    return address->type == ADDRESS_USB && address->usb.ports[0] != 0;
}

static void
append_usb(GString *text, const UsbAddress *usb)
{
    g_string_append_printf(text, " %u:", usb->bus);
    for (guint i = 0; i < USB_MAX_DEPTH && usb->ports[i] != 0; i++)
        g_string_append_printf(text, "%s%u", i > 0 ? "." : "", usb->ports[i]);
}

static void
append_pci(GString *text, const PciAddress *pci)
{
    g_string_append_printf(text, " %04x:%02x:%02x.%x", pci->domain, pci->bus, pci->slot,
                           pci->function);
    if (pci->has_uid && pci->has_fid)
        g_string_append_printf(text, " uid %04x fid %08x", pci->uid, pci->fid);
}

/* Whether the address says where the device is, and not only of which type its place is to be. */
static gboolean
has_place(const DeviceAddress *address)
{
    switch (address->type) {
    case ADDRESS_PCI:
        return device_address_is_pci_present(address);
    case ADDRESS_USB:
        return device_address_is_usb_present(address);
    case ADDRESS_SPAPR_VIO:
        return address->spapr_vio.has_reg;
    case ADDRESS_CCW:
        return address->ccw.is_assigned;
    case ADDRESS_DIMM:
        return address->dimm.has_slot;
    case ADDRESS_DRIVE:
    case ADDRESS_VIRTIO_SERIAL:
    case ADDRESS_CCID:
    case ADDRESS_ISA:
    case ADDRESS_VIRTIO_S390:
    case ADDRESS_VIRTIO_MMIO:
    case ADDRESS_UNASSIGNED:
        return TRUE;
    case ADDRESS_NONE:
    case ADDRESS_TYPE_COUNT:
    default:
        return FALSE;
    }
}

/* The numbers of a type that has some. */
static void
append_place(GString *text, const DeviceAddress *address)
{
    if (address->type == ADDRESS_PCI) {
        append_pci(text, &address->pci);
    } else if (address->type == ADDRESS_DRIVE) {
        g_string_append_printf(text, " %u:%u:%u:%u", address->drive.controller, address->drive.bus,
                               address->drive.target, address->drive.unit);
    } else if (address->type == ADDRESS_VIRTIO_SERIAL) {
        g_string_append_printf(text, " %u:%u:%u", address->virtio_serial.controller,
                               address->virtio_serial.bus, address->virtio_serial.port);
    } else if (address->type == ADDRESS_CCID) {
        g_string_append_printf(text, " %u:%u", address->ccid.controller, address->ccid.slot);
    } else if (address->type == ADDRESS_USB) {
        append_usb(text, &address->usb);
    } else if (address->type == ADDRESS_SPAPR_VIO) {
        g_string_append_printf(text, " %08" G_GINT64_MODIFIER "x", address->spapr_vio.reg);
    } else if (address->type == ADDRESS_CCW) {
        g_string_append_printf(text, " %x.%x.%04x", address->ccw.cssid, address->ccw.ssid,
                               address->ccw.devno);
    } else if (address->type == ADDRESS_DIMM) {
        g_string_append_printf(text, " %u", address->dimm.slot);
        if (address->dimm.has_base)
            g_string_append_printf(text, " base %" G_GINT64_MODIFIER "x", address->dimm.base);
    } else if (address->type == ADDRESS_ISA) {
        g_string_append_printf(text, " %x:%x", address->isa.iobase, address->isa.irq);
    }
}

char *
device_address_format(const DeviceAddress *address)
{
    if (!has_place(address))
        return NULL;
    GString *text = g_string_new(type_names[address->type]);

    append_place(text, address);
    return g_string_free(text, FALSE);
}

char *
device_address_format_place(const DeviceAddress *address)
{
    DeviceAddress bare = *address;

    if (bare.type == ADDRESS_PCI)
        bare.pci.has_uid = bare.pci.has_fid = FALSE;
    return device_address_format(&bare);
}

static gboolean
parse_usb(const char *text, UsbAddress *ret_usb)
{
    int used = 0;
    guint depth = 0;

    if (sscanf(text, "%u:%n", &ret_usb->bus, &used) != 1 || used == 0)
        return FALSE;
    ret_usb->has_bus = TRUE;
    text += used;
    while (depth < USB_MAX_DEPTH && sscanf(text, "%u%n", &ret_usb->ports[depth], &used) == 1) {
        depth++;
        text += used;
        if (*text != '.')
            break;
        text++;
    }
    return depth > 0 && *text == '\0';
}

static gboolean
parse_pci(const char *text, PciAddress *ret_pci)
{
    int used = 0;

    if (sscanf(text, "%x:%x:%x.%x%n", &ret_pci->domain, &ret_pci->bus, &ret_pci->slot,
               &ret_pci->function, &used) != 4)
        return FALSE;
    text += used;
    if (*text == '\0')
        return TRUE;
    used = 0;
    if (sscanf(text, " uid %x fid %x%n", &ret_pci->uid, &ret_pci->fid, &used) != 2 ||
        text[used] != '\0')
        return FALSE;
    ret_pci->has_uid = ret_pci->has_fid = TRUE;
    return TRUE;
}

/* Numbers that sscanf() must all find, with nothing behind them. */
static gboolean
parse_numbers(const char *text, const char *format, guint n, guint *a, guint *b, guint *c, guint *d)
{
    int used = 0, found = -1;

    switch (n) {
    case 1:
        found = sscanf(text, "%u%n", a, &used);
        break;
    case 2:
        found = sscanf(text, "%u:%u%n", a, b, &used);
        break;
    case 3:
        found = format == NULL ? sscanf(text, "%u:%u:%u%n", a, b, c, &used)
                               : sscanf(text, "%x.%x.%x%n", a, b, c, &used);
        break;
    default:
        found = sscanf(text, "%u:%u:%u:%u%n", a, b, c, d, &used);
        break;
    }
    return found == (int)n && text[used] == '\0';
}

static gboolean
parse_dimm(const char *text, DeviceAddress *address)
{
    int used = 0;

    address->dimm.has_slot = TRUE;
    if (sscanf(text, "%u base %" G_GINT64_MODIFIER "x%n", &address->dimm.slot, &address->dimm.base,
               &used) != 2)
        return parse_numbers(text, NULL, 1, &address->dimm.slot, NULL, NULL, NULL);
    address->dimm.has_base = TRUE;
    return text[used] == '\0';
}

gboolean
device_address_parse(const char *text, DeviceAddress *ret_address)
{
    DeviceAddress address = {0};
    const char *space = strchr(text, ' ');
    g_autofree char *type = space == NULL ? g_strdup(text) : g_strndup(text, (gsize)(space - text));
    const char *rest = space == NULL ? "" : space + 1;
    gboolean is_fine = FALSE;

    if (!address_type_from_name(type, &address.type))
        return FALSE;
    switch (address.type) {
    case ADDRESS_PCI:
        is_fine = parse_pci(rest, &address.pci);
        break;
    case ADDRESS_DRIVE:
        is_fine = parse_numbers(rest, NULL, 4, &address.drive.controller, &address.drive.bus,
                                &address.drive.target, &address.drive.unit);
        break;
    case ADDRESS_VIRTIO_SERIAL:
        is_fine = parse_numbers(rest, NULL, 3, &address.virtio_serial.controller,
                                &address.virtio_serial.bus, &address.virtio_serial.port, NULL);
        break;
    case ADDRESS_CCID:
        is_fine =
            parse_numbers(rest, NULL, 2, &address.ccid.controller, &address.ccid.slot, NULL, NULL);
        break;
    case ADDRESS_USB:
        is_fine = parse_usb(rest, &address.usb);
        break;
    case ADDRESS_SPAPR_VIO:
        address.spapr_vio.has_reg = TRUE;
        is_fine =
            g_ascii_string_to_unsigned(rest, 16, 0, G_MAXUINT32, &address.spapr_vio.reg, NULL);
        break;
    case ADDRESS_CCW:
        address.ccw.is_assigned = TRUE;
        is_fine = parse_numbers(rest, "ccw", 3, &address.ccw.cssid, &address.ccw.ssid,
                                &address.ccw.devno, NULL);
        break;
    case ADDRESS_DIMM:
        is_fine = parse_dimm(rest, &address);
        break;
    case ADDRESS_VIRTIO_S390:
    case ADDRESS_VIRTIO_MMIO:
    case ADDRESS_UNASSIGNED:
        is_fine = *rest == '\0';
        break;
    case ADDRESS_ISA:
    case ADDRESS_NONE:
    case ADDRESS_TYPE_COUNT:
    default:
        break;
    }
    if (is_fine)
        *ret_address = address;
    return is_fine;
}
