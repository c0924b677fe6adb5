/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORTS_DOMAIN_WRITER_H
#define REPORTS_DOMAIN_WRITER_H

/* The address plan, written back into the document that the devices were read from. */

#include <fleet/device.h>

G_BEGIN_DECLS

/*
 * TEXT with everything that planning filled into DEVICES: the machine type, attributes of
 * controllers, addresses, and the elements of devices that were added. All other bytes stay as they
 * are: comments, order, white space, unknown elements. DEVICES must have been read from TEXT. Owned
 * by the caller.
 *
 * Added devices are written when they are controllers or have an address.
 */
GString *domain_write(const char *text, gsize length, const DomainDevices *devices);

/* An `<address>` element as libvirt writes it; NULL for ADDRESS_NONE. Owned by the caller. */
char *domain_write_address(const DeviceAddress *address);

G_END_DECLS

#endif
