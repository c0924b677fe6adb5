/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_FUZZ_HOTPLUG_LAWS_H
#define TESTS_FUZZ_HOTPLUG_LAWS_H

/* What holds when a device is attached to a planned guest, or detached from it. */

#include <planner/hotplug.h>

G_BEGIN_DECLS

/*
 * Plans the definition in TEXT, attaches ELEMENT to it, and tells the first law that does not hold,
 * or NULL: a refusal tells why and what to do; no other device moves; the new one has a place of
 * its own; and what is written says so, and stays when it is planned again. A running guest gets no
 * other controllers than SCSI ones. The reason is the caller's.
 */
char *hotplug_laws_broken_by_attach(const char *text, const char *element,
                                    const AddressOptions *options, gboolean is_live);

/*
 * The same for the device NUMBER of TEXT that is detached: no other moves. NULL also where there is
 * no such device.
 */
char *hotplug_laws_broken_by_detach(const char *text, guint number, const AddressOptions *options);

G_END_DECLS

#endif
