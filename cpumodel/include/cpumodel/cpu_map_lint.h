/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CPUMODEL_CPU_MAP_LINT_H
#define CPUMODEL_CPU_MAP_LINT_H

/*
 * What is wrong with a CPU map, or at least worth knowing before it is used.
 *
 * Unknown names and a wrong order of inheritance never get this far: the builder refuses them.
 */

#include <cpumodel/cpu_map.h>

G_BEGIN_DECLS

typedef struct {
    gboolean is_defect; /* else a note: allowed, and sometimes meant so */
    char *text;
} CpuMapRemark;

void cpu_map_remark_free(CpuMapRemark *remark);

/* Remarks on MAP (CpuMapRemark*, owned by the array), in map order; empty when there are none. */
GPtrArray *cpu_map_lint(const CpuMap *map);

G_END_DECLS

#endif
