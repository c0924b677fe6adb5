/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORTS_ADDRESS_DRAWING_H
#define REPORTS_ADDRESS_DRAWING_H

/*
 * A guest's buses and slots as a tree: what is plugged into what, and where. Each form draws the
 * same tree from the devices alone. Names in it are escaped for the form. NAME is the guest's.
 */

#include <fleet/device.h>

G_BEGIN_DECLS

/* Lines with box drawing characters, for a terminal. Owned by the caller. */
GString *address_drawing_text(const DomainDevices *devices, const char *name);
/* A Graphviz graph. */
GString *address_drawing_dot(const DomainDevices *devices, const char *name);
/* A picture of its own, that browsers and report pages show. */
GString *address_drawing_svg(const DomainDevices *devices, const char *name);

G_END_DECLS

#endif
