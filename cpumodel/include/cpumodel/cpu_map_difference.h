/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CPUMODEL_CPU_MAP_DIFFERENCE_H
#define CPUMODEL_CPU_MAP_DIFFERENCE_H

/* What two CPU maps do not agree on. */

#include <cpumodel/cpu_map.h>

G_BEGIN_DECLS

/*
 * Every difference between MAP and OTHER, one sentence each (char*, owned by the array), in the
 * order of families, vendors, features, models. The maps are named by their origins. Everything is
 * compared but what libvirt's maps do not say (group and age of names); an alias counts only when
 * OTHER has it and MAP has not, for MAP may know more spellings.
 */
GPtrArray *cpu_map_difference(const CpuMap *map, const CpuMap *other);

G_END_DECLS

#endif
