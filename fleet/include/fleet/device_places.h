/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FLEET_DEVICE_PLACES_H
#define FLEET_DEVICE_PLACES_H

/* Which addresses a device can have, whatever the machine. */

#include <fleet/device.h>

G_BEGIN_DECLS

/* Does ADDRESS of DEVICE name a virtio-serial controller, and leave the port to planning? */
gboolean device_has_open_port(const Device *device, const DeviceAddress *address);

/*
 * The type of address that DEVICE is given whatever is written, on every machine; ADDRESS_NONE when
 * it keeps what is written.
 */
AddressType device_only_type(const Device *device);

/*
 * Could planning have put DEVICE, which does not write its place, at ADDRESS? Models that are not
 * written must have been filled in. Looks at the kind of address alone.
 */
gboolean device_may_have(const Device *device, const DeviceAddress *address);

G_END_DECLS

#endif
