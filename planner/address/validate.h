/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_VALIDATE_H
#define PLANNER_VALIDATE_H

#include "address_private.h"

G_BEGIN_DECLS

/* Controllers: indexes, models that the machine can have, options that the model has. */
gboolean address_validate_controllers(AddressContext *context);
/* A PCI controller that is an expander bus: whether the machine has such. */
gboolean address_validate_expander(AddressContext *context, const Device *device);
/* A serial port's target and the type of its address. */
gboolean address_validate_serial(AddressContext *context, const Device *serial);
/* Devices that other machines have, and addresses that other devices have. */
gboolean address_validate_devices(AddressContext *context);

G_END_DECLS

#endif
