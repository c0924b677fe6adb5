/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_MACHINE_TYPES_H
#define PLANNER_MACHINE_TYPES_H

#include <fleet/host.h>
#include <glib.h>

G_BEGIN_DECLS

/*
 * What the names of machine types tell: of QEMU's own ("pc-q35-9.2") and of those that
 * distributions name after themselves (distribution_machines.yaml).
 */

/* The QEMU release that a distribution's machine type NAME is made from; 0: not known. */
guint machine_type_distribution_release(const char *name);

/*
 * Is NAME's release known, and does none of NAMES (of char*) that is of the same kind, such as
 * "pc-q35", come with a greater one? Boards without a release are never the newest. Linear.
 */
gboolean machine_type_is_newest(const GPtrArray *names, const char *name);

G_END_DECLS

#endif
