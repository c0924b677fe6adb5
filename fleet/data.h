/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FLEET_DATA_H
#define FLEET_DATA_H

/*
 * Facts about what documents name, compiled from fleet/data/ by cpumodel/tools/compile_data.c. Each
 * row's meaning is in the comment at the top of its file.
 */

#include <glib.h>

G_BEGIN_DECLS

/* distribution_machines.yaml: releases of QEMU, as cpumodel/version.h numbers them */
typedef struct {
    const char *name;
    guint release;
} DistributionMachineRow;

extern const DistributionMachineRow distribution_machine_rows[];
extern const guint n_distribution_machine_rows;

G_END_DECLS

#endif
