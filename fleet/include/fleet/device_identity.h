/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FLEET_DEVICE_IDENTITY_H
#define FLEET_DEVICE_IDENTITY_H

/* Which of a guest's devices is which, from run to run. */

#include <fleet/device.h>
#include <fleet/fleet.h>

G_BEGIN_DECLS

/*
 * Gives each device the identity that its address is kept under, unique in the guest.
 *
 * A device that names itself (target, MAC address, channel name, controller index, user alias) is
 * known by that name. Of several that share a name, and of those that have none, whoever is at an
 * address that is remembered is the device that was there; the others follow in their order, into
 * the identities that are still in force first, of those whose addresses they may have. So a device
 * that leaves does not rename the ones behind it, and one without an address takes none's place.
 *
 * KEPT may be NULL: then the order alone counts. What was identified before is identified anew.
 */
void domain_devices_identify(DomainDevices *devices, const KeptAddresses *kept);

/* What is remembered under IDENTITY; NULL when nothing is. KEPT may be NULL. Logarithmic. */
const KeptAddress *kept_addresses_find(const KeptAddresses *kept, const char *identity);

G_END_DECLS

#endif
