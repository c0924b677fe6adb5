/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_DRIFT_GONE_H
#define PLANNER_DRIFT_GONE_H

#include "drift_items.h"

G_BEGIN_DECLS

/*
 * What became of the guests of those GONE hosts (indexes of guint32 in the fleet before) that had
 * any: host's name -> GoneGuests. Owned by the caller; it borrows names from the fleet before.
 */
GHashTable *gone_guests_find(const Drift *drift, const GArray *gone);

/*
 * " Of its 3 guests 2 are on no host now, such as a.": of HOST; "" when it had none. Owned by the
 * caller.
 */
char *gone_guests_text(GHashTable *gone_guests, const char *host);

G_END_DECLS

#endif
