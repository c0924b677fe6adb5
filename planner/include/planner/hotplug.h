/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_HOTPLUG_H
#define PLANNER_HOTPLUG_H

/*
 * One more device for a guest whose other devices have their places.
 *
 * Attaching to the definition (`virsh attach-device --config`) plans the whole guest again: others
 * keep their addresses, the new device takes the lowest hole, and a controller may come with it.
 * Attaching to the running guest (`--live`) can use only what the guest was started with: buses
 * that take hotplug, and no new controller but a SCSI one.
 *
 * The check and the attachment return NULL, or why libvirt would refuse it, as address_plan_guest()
 * does.
 */

#include <planner/address.h>

G_BEGIN_DECLS

/*
 * Whether DEVICE, not yet among DEVICES, may be attached: its kind, and what may be there only
 * once. The finding's line is in the device's own text.
 */
Finding *hotplug_check(const DomainDevices *devices, const Device *device,
                       const AddressOptions *options, gboolean is_live);

/* Completes DEVICES, of which DEVICE is the new one; all others have been planned before. */
Finding *hotplug_attach(DomainDevices *devices, Device *device, const AddressOptions *options,
                        gboolean is_live);

/*
 * What leaves DEVICES with DEVICE: itself first, then the consoles that stand for a first serial
 * port. The array is the caller's, its devices are not.
 */
GPtrArray *hotplug_leaving(const DomainDevices *devices, Device *device);
/* How the rest is planned then: libvirt neither updates it nor checks its controllers. */
AddressOptions hotplug_leaving_options(const AddressOptions *options);

G_END_DECLS

#endif
