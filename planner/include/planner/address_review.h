/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_ADDRESS_REVIEW_H
#define PLANNER_ADDRESS_REVIEW_H

/* What people should know about a guest's addresses: against its past, and over its class. */

#include <fleet/plan.h>

G_BEGIN_DECLS

/*
 * Adds to ADDRESSES, which PLAN is about to hold, the findings "address-moved" (a device is written
 * at another place than the inventory remembers) and "machine-differs" (hosts of the guest's class
 * lack its machine type, or mean another one by its name; one finding for each guest). What moved
 * is drift of PLAN too, when PLAN compares with an earlier run. KEPT may be NULL.
 */
void address_review(Plan *plan, AddressPlan *addresses, const KeptAddresses *kept);

G_END_DECLS

#endif
