/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_ADDRESS_H
#define PLANNER_ADDRESS_H

/*
 * The address plan of one guest: what libvirt makes of its definition before it first starts.
 *
 * Planning completes a DomainDevices in place: the machine type gets its canonical name, missing
 * controllers are added, and every device gets the address that libvirt's QEMU driver would give
 * it. What has an address keeps it; holes stay holes until a device takes the lowest one. Planning
 * a planned guest changes nothing.
 *
 * Source of the rules: the observed behaviour of libvirt from 9.0 to 12.8; docs/address-plan.md
 * tells which versions were compared, what is followed and what is not.
 */

#include <cpumodel/version.h>
#include <fleet/device.h>
#include <fleet/fleet.h>

G_BEGIN_DECLS

/* The newest libvirt whose behaviour was compared; later ones are planned like it. */
#define ADDRESS_NEWEST_VERSION VERSION_NUMBER(12, 8)

typedef struct {
    guint libvirt_version; /* as version.h numbers them; 0: the newest */
    gboolean is_load;      /* as libvirt reads its own files; else as a new definition */
    gboolean is_attach;    /* devices came to a guest that was accepted; fewer checks are made */
    guint spare_ports;     /* PCI Express: free root ports to be kept for hotplug, at least */
    guint reserved_slots;  /* conventional PCI: free slots to be kept */
    const MachineProfile *machines; /* to resolve aliases of machine types; NULL: not known */
    const KeptAddresses *kept;      /* addresses that devices had before; NULL: none are known */
} AddressOptions;

/*
 * Completes DEVICES. NULL, or why libvirt would refuse the definition, as a finding without a
 * source that is the caller's; DEVICES are then half done and good for nothing but the message.
 * Kept addresses never cause a refusal: where they cannot be given back, the guest is planned anew.
 * Neither do free ports and slots: where there is no room for them, none are kept.
 * Linear in devices and buses, but for the number of PCI buses searched for each device.
 */
Finding *address_plan_guest(DomainDevices *devices, const AddressOptions *options);

/*
 * All addresses of DEVICES, as the inventory keeps them: a GArray of KeptAddress sorted by device,
 * with both runs 0. is_planned tells the addresses that the definition did not have. Owned by the
 * caller.
 */
GArray *address_list(const DomainDevices *devices);

G_END_DECLS

#endif
