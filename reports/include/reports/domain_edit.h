/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORTS_DOMAIN_EDIT_H
#define REPORTS_DOMAIN_EDIT_H

/* Putting one device element into the text of a domain XML, and taking one out. */

#include <fleet/device.h>

G_BEGIN_DECLS

/*
 * TEXT with ELEMENT (a whole device element of KIND, of any indentation) behind the last device of
 * its kind, or at the end of `<devices>`. All other bytes stay. DEVICES must have been read from
 * TEXT. RET_OFFSET is where the element begins. Owned by the caller.
 */
GString *domain_edit_insert(const char *text, gsize length, const DomainDevices *devices,
                            DeviceKind kind, const char *element, guint32 *ret_offset);

/*
 * TEXT without the elements of REMOVED (of Device*, read from TEXT) and the lines they alone fill.
 */
GString *domain_edit_remove(const char *text, gsize length, const GPtrArray *removed);

G_END_DECLS

#endif
