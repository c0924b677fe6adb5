/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FLEET_DEVICE_ADDRESS_H
#define FLEET_DEVICE_ADDRESS_H

/*
 * A device's <address> in the forms that libvirt knows, and the text that stands for one in
 * messages, reports and the inventory.
 *
 * Source: libvirt's documentation, "Domain XML format: Device addresses".
 */

#include <cpumodel/cpu_definition.h>

G_BEGIN_DECLS

typedef enum {
    ADDRESS_NONE, /* no <address> */
    ADDRESS_PCI,
    ADDRESS_DRIVE,
    ADDRESS_VIRTIO_SERIAL,
    ADDRESS_CCID,
    ADDRESS_USB,
    ADDRESS_SPAPR_VIO,
    ADDRESS_VIRTIO_S390,
    ADDRESS_CCW,
    ADDRESS_VIRTIO_MMIO,
    ADDRESS_ISA,
    ADDRESS_DIMM,
    ADDRESS_UNASSIGNED,
    ADDRESS_TYPE_COUNT
} AddressType;

#define USB_MAX_DEPTH 4

typedef struct {
    guint domain, bus, slot, function;
    CpuSwitch multifunction;
    gboolean has_uid, has_fid; /* zPCI identifiers, s390x only */
    guint32 uid, fid;
} PciAddress;

typedef struct {
    guint controller, bus, target, unit;
} DriveAddress;

typedef struct {
    guint bus;
    guint ports[USB_MAX_DEPTH]; /* from the controller outwards; 0 ends the path */
    gboolean has_bus;
} UsbAddress;

typedef struct {
    AddressType type;
    union {
        PciAddress pci;
        DriveAddress drive;
        UsbAddress usb;
        struct {
            guint controller, bus, port; /* port 0: not chosen yet */
        } virtio_serial;
        struct {
            guint controller, slot;
        } ccid;
        struct {
            gboolean has_reg;
            guint64 reg;
        } spapr_vio;
        struct {
            gboolean is_assigned;
            guint cssid, ssid, devno;
        } ccw;
        struct {
            guint iobase, irq;
            gboolean has_iobase, has_irq;
        } isa;
        struct {
            guint slot;
            gboolean has_slot, has_base;
            guint64 base;
        } dimm;
    };
} DeviceAddress;

/* libvirt's word: "pci", "drive", ...; "none" for ADDRESS_NONE. Static. */
const char *address_type_name(AddressType type);
/* FALSE when there is none of that name. */
gboolean address_type_from_name(const char *name, AddressType *ret_type);

gboolean device_address_equal(const DeviceAddress *a, const DeviceAddress *b);
/* A PCI address that names a place: one of 0:0.F is a wish for any place. */
gboolean device_address_is_pci_present(const DeviceAddress *address);
/* Without an address, or with an empty PCI one. */
gboolean device_address_is_pci_wanted(const DeviceAddress *address);
/* A USB address with a port. */
gboolean device_address_is_usb_present(const DeviceAddress *address);
/*
 * Is ADDRESS where planning moves WRITTEN, a place on a PCI bus that the definition, with N_BUSES
 * of them, does not have? It is on the next one where the first became the port of the bridge.
 */
gboolean device_address_is_moved(const DeviceAddress *written, guint n_buses,
                                 const DeviceAddress *address);
/* "pci 0000:00:02.0", "drive 0:0:0:0", "usb 0:1.2", ...; NULL when there is nothing to tell. */
char *device_address_format(const DeviceAddress *address);
/* The same without zPCI identifiers, which are no part of the place. */
char *device_address_format_place(const DeviceAddress *address);
/* The reverse of device_address_format(); FALSE when TEXT is not of that form. */
gboolean device_address_parse(const char *text, DeviceAddress *ret_address);

G_END_DECLS

#endif
