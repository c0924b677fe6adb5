/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_CPUMODEL_CPU_RANDOM_H
#define TESTS_CPUMODEL_CPU_RANDOM_H

/* Random CPU definitions for property and differential tests; the same seed gives the same ones. */

#include <cpumodel/cpu_definition.h>
#include <cpumodel/cpu_map.h>

typedef struct {
    const CpuMap *map;
    GRand *rand;
    gboolean is_clean; /* only what the map knows, and vendors that fit */
} CpuRandom;

gboolean cpu_random_chance(const CpuRandom *random, guint percent);
const CpuModel *cpu_random_model(const CpuRandom *random);
const char *cpu_random_feature(const CpuRandom *random);

/* A host CPU around MODEL, NULL for any. */
CpuDefinition *cpu_random_host(const CpuRandom *random, const CpuModel *model);

/* A guest's CPU: any mode, match and policies. */
CpuDefinition *cpu_random_guest(const CpuRandom *random);

/* XML text of CPU, now and then with a child or an attribute that libvirt refuses or ignores. */
char *cpu_random_text(const CpuRandom *random, const CpuDefinition *cpu);

#endif
