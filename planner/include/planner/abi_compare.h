/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_ABI_COMPARE_H
#define PLANNER_ABI_COMPARE_H

/*
 * Whether two definitions show a guest the same machine, as a migration from one to the other
 * needs.
 */

#include <fleet/abi.h>
#include <fleet/device.h>

G_BEGIN_DECLS

/* One definition; the devices are planned, and read from the same text as the rest. */
typedef struct {
    const DomainDevices *devices;
    const GuestAbi *abi;
} AbiSide;

typedef struct {
    char *device;          /* device_key(), or "guest" */
    char *property;        /* "address", "model", "serial number", "presence", "order", ... */
    char *values[2];       /* NULL: not written */
    guint lines[2];        /* of the property, else of its owner; 0: it is not in the text */
    const char *why;       /* what depends on it: a sentence without its full stop */
    gboolean is_unchecked; /* libvirt does not look, but the guest or QEMU's stream has it */
} AbiDifference;

/*
 * What differs, of the guest first and then device by device in libvirt's order: a GPtrArray of
 * AbiDifference*. Devices are matched by what names them (target, MAC address, controller index),
 * others by their position in their kind; of those that are left over, the first on one side is
 * taken for the first on the other. Quadratic in devices of one kind.
 */
GPtrArray *abi_compare(const AbiSide *left, const AbiSide *right);

G_END_DECLS

#endif
