/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_GUEST_CLAIMS_H
#define PLANNER_GUEST_CLAIMS_H

/*
 * Ports of screens and context IDs of vsocks that a guest brings with it, and that another guest of
 * the target may have: libvirt or the kernel does not give them out twice.
 *
 * Of interest is what a definition fixes and some other guest of the fleet has, too: hosts are told
 * apart by no more than that.
 *
 * Source: libvirt's refusals "Failed to reserve port" and "failed to set guest cid".
 */

#include <fleet/fleet.h>

G_BEGIN_DECLS

typedef enum { CLAIM_FREE, CLAIM_TAKEN_WHEN_RUN, CLAIM_TAKEN } ClaimState;

typedef struct GuestClaims GuestClaims;

/* FLEET must live as long. */
GuestClaims *guest_claims_new(const Fleet *fleet);
void guest_claims_free(GuestClaims *claims); /* NULL is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuestClaims, guest_claims_free)

/* How many different answers guest_claims_of_host() has for the fleet, beside NULL. */
guint guest_claims_n_answers(const GuestClaims *claims);
/* What guests of the host of that name have, for guest_claim_state(): interned; NULL: nothing. */
const char *guest_claims_of_host(const GuestClaims *claims, const char *host);
/* Whether a guest of the host has CLAIM: one that runs, or one that is not known to. */
ClaimState guest_claim_state(const char *claims_of_host, const GuestClaim *claim);

/* Appends to KEY what guests like GUEST have to fix, too, so that hosts answer them alike. */
void guest_claims_append(const GuestClaims *claims, const Guest *guest, GString *key);

G_END_DECLS

#endif
