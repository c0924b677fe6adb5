/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_FUZZ_ADDRESS_LAWS_H
#define TESTS_FUZZ_ADDRESS_LAWS_H

/* What holds for the address plan of any guest. */

#include <planner/address.h>

/*
 * Plans the definition in TEXT and tells the first law that does not hold, or NULL: a refusal tells
 * why and what to do; no address is given twice; what is written stays; planning again changes
 * nothing, in place and in the text; remembered addresses come back. The reason is the caller's.
 */
char *address_laws_broken(const char *text, gsize length, const AddressOptions *options);

/*
 * Plans BEFORE, and AFTER with what is remembered of that plan, and tells which device that both
 * have, and whose address planning gave it, moved; NULL when none did, or when one of them
 * is refused. The reason is the caller's.
 */
char *address_laws_broken_by_change(const char *before, const char *after,
                                    const AddressOptions *options);

/*
 * Is an address of the planned DEVICES given twice? Addresses that many may have, or that mean
 * nothing for the device, do not count. The reason is the caller's.
 */
char *address_laws_broken_places(const DomainDevices *devices, const AddressOptions *options);

/*
 * Is each device of BEFORE in AFTER, with its address? Both are lists of address_list(). Tells the
 * first that is not, and WHEN. The reason is the caller's.
 */
char *address_laws_moved(const GArray *before, const GArray *after, const char *when);

/*
 * Are A and B, in the form of device_address_format(), one place? zPCI identifiers apart: an
 * address that is written without them has new ones each time, and a bridge that old versions add
 * has them only once it is written. The bus of a virtio-serial port is nothing to libvirt. NULL is
 * no place.
 */
gboolean address_laws_is_same_place(const char *a, const char *b);

#endif
