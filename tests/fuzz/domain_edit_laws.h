/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_FUZZ_DOMAIN_EDIT_LAWS_H
#define TESTS_FUZZ_DOMAIN_EDIT_LAWS_H

/* What holds for every edit of a definition's text. Reasons are the caller's; NULL: all holds. */

#include <fleet/device.h>

G_BEGIN_DECLS

/* The devices of DEVICES that are in the text, in its order. Owned by the caller, they are not. */
GPtrArray *domain_edit_laws_in_text(const DomainDevices *devices);

/* Is the device that begins where DEVICE does in LIST? NULL holds none. */
gboolean domain_edit_laws_is_in(const GPtrArray *list, const Device *device);

/*
 * Takes LEAVING (of Device*, read from TEXT) out of it: the others are what they were and where
 * they were, and no byte but theirs and white space is gone.
 */
char *domain_edit_laws_broken_by_removal(const char *text, gsize length,
                                         const DomainDevices *devices, const GPtrArray *leaving);

/*
 * Puts ELEMENT of KIND into TEXT, which DEVICES were read from: the new device is at its place and
 * is what it is by itself, the others are what they were, and taken out again it leaves the bytes
 * that were there.
 */
char *domain_edit_laws_broken_by_insertion(const char *text, gsize length,
                                           const DomainDevices *devices, DeviceKind kind,
                                           const char *element);

G_END_DECLS

#endif
