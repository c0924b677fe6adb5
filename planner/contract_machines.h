/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_CONTRACT_MACHINES_H
#define PLANNER_CONTRACT_MACHINES_H

#include "planning.h"

G_BEGIN_DECLS

/*
 * What became of the machine types that a published template promises. A class loses one when a
 * member does not list it any more, as an upgrade of QEMU makes of the oldest. That breaks the
 * promise for those who count on it: guests of the pool (and those of an unknown host) that have
 * the type, and new guests, which are given the newest of its kind. Of other lost types it is only
 * told that they are lost.
 */
typedef struct ContractMachines ContractMachines;

/* Of PUBLISHED, which the hosts of KLASS in POOL are held to. All are borrowed. */
ContractMachines *contract_machines_new(const Planning *planning, const PlanPool *pool,
                                        const PlanClass *klass, const PublishedTemplate *published);
void contract_machines_free(ContractMachines *machines);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ContractMachines, contract_machines_free)

/*
 * What a host with the profile of that index (of Fleet.machines) lacks of those that somebody
 * counts on, in sentences; "" when it has them all. Borrowed.
 */
const char *contract_machines_breach(ContractMachines *machines, guint32 profile);

/* Adds the names of the lost types that nobody counts on to NAMES (of char*, owned). */
void contract_machines_add_lost(const ContractMachines *machines, GPtrArray *names);

G_END_DECLS

#endif
