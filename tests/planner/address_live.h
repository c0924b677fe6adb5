/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_ADDRESS_LIVE_H
#define TESTS_ADDRESS_LIVE_H

/*
 * Guests planned here and defined on the installed libvirt: the same addresses, the same
 * controllers, and the same guests refused.
 *
 * ADDRESS_LIVE_REASONS has the reasons printed why both refuse a guest. One that differs is written
 * to the folder that ADDRESS_LIVE_KEEP names.
 */

#include <libvirt/libvirt.h>
#include <planner/address.h>

G_BEGIN_DECLS

typedef struct {
    virConnectPtr connection;
    guint version;             /* as AddressOptions has it */
    char *capabilities;        /* of the driver, as text */
    const char *const *beyond; /* parts of refusals by libvirt for what is not planned; or NULL */
    guint n_equal, n_refused, n_beyond, n_different;
} AddressLive;

/* FALSE, and the reason printed, when no libvirt with a QEMU driver answers. */
gboolean address_live_open(AddressLive *live);
/* Prints what was counted; the exit status of the test. */
int address_live_close(AddressLive *live);

/* The emulator that libvirt would start for some architecture lists MACHINE. */
gboolean address_live_has_machine(const AddressLive *live, const char *machine);

/* Compares what both make of XML, which is called LABEL where they differ, and counts it. */
void address_live_compare(AddressLive *live, const char *label, const char *xml);

G_END_DECLS

#endif
