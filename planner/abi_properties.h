/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_ABI_PROPERTIES_H
#define PLANNER_ABI_PROPERTIES_H

/*
 * What differs between two guests beside their devices, and between two devices that are taken for
 * the same.
 */

#include "abi_comparison.h"

G_BEGIN_DECLS

/* Devices that are taken for the same, and the numbers that their ports get. */
typedef struct {
    const Device *devices[2];
    gint ports[2];
} AbiPair;

/* Adds what differs beside devices to the comparison's differences. */
void abi_properties_compare_guests(AbiComparison *comparison);

/* Adds what differs between the two of PAIR; differences call them KEY. */
void abi_properties_compare_devices(AbiComparison *comparison, const char *key,
                                    const AbiPair *pair);

G_END_DECLS

#endif
