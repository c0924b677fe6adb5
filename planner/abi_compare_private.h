/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_ABI_COMPARE_PRIVATE_H
#define PLANNER_ABI_COMPARE_PRIVATE_H

/* What abi_compare.c, which matches devices, and abi_properties.c, which compares them, share. */

#include <planner/abi_compare.h>

G_BEGIN_DECLS

typedef struct {
    const AbiSide *sides[2];
    GPtrArray *differences; /* of AbiDifference* */
} AbiComparison;

/* Devices that are taken for the same, and the numbers that their ports get. */
typedef struct {
    const Device *devices[2];
    gint ports[2];
} AbiPair;

/* abi_compare.c: NAME is the property's; it, DEVICE and VALUES are copied. */
void abi_compare_add(AbiComparison *comparison, const char *device, const AbiRule *rule,
                     const char *name, const char *const values[2], const guint lines[2]);

/* abi_properties.c: what differs between the guests, without their devices. */
void abi_properties_compare_guests(AbiComparison *comparison);

/* abi_properties.c: what differs between the devices of PAIR, which differences call KEY. */
void abi_properties_compare_devices(AbiComparison *comparison, const char *key,
                                    const AbiPair *pair);

G_END_DECLS

#endif
