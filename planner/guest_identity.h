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

/* The guests of a fleet whose name or UUID another guest of it has, by their hosts. */
typedef struct GuestIdentities GuestIdentities;

/* FLEET must live as long. */
GuestIdentities *guest_identities_new(const Fleet *fleet);
void guest_identities_free(GuestIdentities *identities); /* NULL is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuestIdentities, guest_identities_free)

/* How many hosts have such guests. */
guint guest_identities_n_hosts(const GuestIdentities *identities);
/* Those of the host of that name: of const Guest*; NULL: none. */
const GPtrArray *guest_identities_of_host(const GuestIdentities *identities, const char *host);
/* Has another guest GUEST's name or UUID? */
gboolean guest_identities_is_contested(const GuestIdentities *identities, const Guest *guest);

/* The one of GUESTS (of const Guest*; NULL: none) that keeps GUEST from their host, or NULL. */
const Guest *guest_identity_rival(const GPtrArray *guests, const Guest *guest);

G_END_DECLS

#endif
