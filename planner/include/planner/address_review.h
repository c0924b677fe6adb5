/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_ADDRESS_REVIEW_H
#define PLANNER_ADDRESS_REVIEW_H

/* What people should know about a guest's addresses: against its past, and over its class. */

#include <fleet/plan.h>

G_BEGIN_DECLS

/*
 * Adds findings to all of PLAN's addresses:
 *
 * - address-moved: a device is at another place than the inventory remembers; drift too, when PLAN
 *   compares with an earlier run
 * - address-differs: two hosts define the guest, and a device is not at the same place in both
 * - machine-differs: hosts of the guest's class lack its machine type, or mean another one by its
 *   name; one finding for each guest
 *
 * Of a guest that several hosts define, the definition that runs is the guest, else the first; the
 * inventory remembers that one.
 */
void address_review(Plan *plan);

G_END_DECLS

#endif
