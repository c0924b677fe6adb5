/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_ABI_COMPARISON_H
#define PLANNER_ABI_COMPARISON_H

/* Two guests that are being compared, and what was found to differ. */

#include <planner/abi_compare.h>

G_BEGIN_DECLS

typedef struct {
    const AbiSide *sides[2];
    GPtrArray *differences; /* of AbiDifference* */
} AbiComparison;

/* The sides are borrowed; the list of differences is the caller's. */
void abi_comparison_init(AbiComparison *comparison, const AbiSide *left, const AbiSide *right);

/* NAME is the property's; it, DEVICE and VALUES are copied. */
void abi_comparison_add(AbiComparison *comparison, const char *device, const AbiRule *rule,
                        const char *name, const char *const values[2], const guint lines[2]);

G_END_DECLS

#endif
