/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_GUEST_IDENTITY_H
#define PLANNER_GUEST_IDENTITY_H

/*
 * Guests that cannot be on one host. libvirt knows a guest by its name and its UUID: it neither
 * defines nor takes in one whose name another guest of the host has, or whose UUID one of another
 * name has. Where a guest has both, it is the same guest.
 *
 * Source: libvirt's documentation, "Domain XML format: General metadata" (name, uuid); its refusals
 * "domain ... already exists with uuid" and "domain ... is already defined with uuid".
 */

#include <fleet/fleet.h>

G_BEGIN_DECLS

/* Hosts that are told apart by what guests they have; with more, plans would grow with them. */
#define MAX_CONTESTED_HOSTS 64

/*
 * Of each host's name (borrowed from FLEET), those of its guests whose name or UUID another guest
 * of the fleet has: an interned text for guest_identity_rival(). Hosts without any are left out.
 */
GHashTable *guest_identities_contested(const Fleet *fleet);

/*
 * The guest of IDENTITIES that keeps GUEST from its host: "mail (UUID ...)", owned by the caller;
 * NULL: none does. IDENTITIES NULL: the host has none that is contested.
 */
char *guest_identity_rival(const char *identities, const Guest *guest);

/* Does a guest of IDENTITIES have GUEST's name or UUID, be it itself or another one? */
gboolean guest_identity_is_among(const char *identities, const Guest *guest);

G_END_DECLS

#endif
