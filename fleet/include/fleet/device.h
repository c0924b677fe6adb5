/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FLEET_DEVICE_H
#define FLEET_DEVICE_H

/*
 * A guest's devices, as far as their addresses depend on them.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef struct DomainDevices DomainDevices;

void domain_devices_free(DomainDevices *devices);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DomainDevices, domain_devices_free)

G_END_DECLS

#endif
