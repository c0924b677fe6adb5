/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_GUEST_TRAVELLER_H
#define PLANNER_GUEST_TRAVELLER_H

#include "check_input.h"

G_BEGIN_DECLS

/*
 * A guest as it starts elsewhere, as it starts again where it is, and as it migrates once its host
 * has resolved what it left open.
 */
typedef struct {
    Traveller start, restart, migration;
    CpuDefinition *uncompared; /* owned; the CPU without what only libvirt's comparison heeds */
    CpuDefinition *resolved;   /* owned; the migration traveller's CPU, as its host resolved it */
    char *problem;             /* owned */
} GuestTravellers;

/* HOST is where the guest is; FLEET_NO_INDEX when that is not known. GUEST must outlive them. */
void guest_travellers_init(const Planning *planning, const Guest *guest, guint32 host,
                           GuestTravellers *travellers);
void guest_travellers_release(GuestTravellers *travellers);

/*
 * A digest of all that checks look at in GUEST. Where the definition leaves something to its host,
 * the host's CPU is part of it, so that guests of one kind have the same travellers. Owned by the
 * caller.
 */
char *guest_kind_key(const Planning *planning, const Guest *guest, guint32 host);

G_END_DECLS

#endif
