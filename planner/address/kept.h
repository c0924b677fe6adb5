/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_KEPT_H
#define PLANNER_KEPT_H

#include "address_private.h"

G_BEGIN_DECLS

/* Old addresses on their way back to a guest. */
typedef struct {
    AddressContext *context;
    GHashTable *places; /* set of char*, owned: places that somebody has, and nobody else may get */
} Recall;

/* ---- kept.c --------------------------------------------------------------------------------- */

/* Are old addresses of TYPE used in this attempt? */
gboolean recall_uses(const Recall *recall, AddressType type);
/*
 * Does the definition leave DEVICE's place open? It may still write a type of address, a bus, or a
 * controller without a port.
 */
gboolean recall_is_open(const Recall *recall, const Device *device);
/* Gives DEVICE this address, where nobody has it. */
void recall_give(const Recall *recall, Device *device, const DeviceAddress *address);

/* ---- kept_buses.c --------------------------------------------------------------------------- */

/* Adds the PCI buses and USB hubs that are not there any more, as far as they are still wanted. */
void recall_buses(const Recall *recall);
/* Adds the controllers that old places are on; FALSE after address_refuse(). */
gboolean recall_controllers(const Recall *recall);

G_END_DECLS

#endif
