/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_REPORTS_SAMPLE_FLEET_H
#define TESTS_REPORTS_SAMPLE_FLEET_H

/* The fleet that the sample plan is about: hosts of five kinds in two pools, and their guests. */

#include <fleet/fleet.h>

/*
 * A kind of hosts; a class each. A template of a lower rank runs on a higher one of the same vendor
 * and pool.
 */
typedef struct {
    const char *pool, *class_name, *level, *vendor, *model;
    guint rank, bits;
    guint64 memory_kib;
    guint n_cpus;
    const char *features;
} SampleKind;

#define SAMPLE_N_KINDS 5
extern const SampleKind sample_kinds[SAMPLE_N_KINDS];

/* The kind's own CPU, or its template's. */
CpuDefinition *sample_kind_cpu(gsize kind, CpuType type);

/* Few in a group, and yet no more groups than a large fleet has. */
guint sample_hosts_per_group(guint n_hosts);

/* The words of WORDS, which blanks part. */
GPtrArray *sample_strings(const char *words);

/* Host i is of kind i * SAMPLE_N_KINDS / N_HOSTS, which is also its position among the CPUs. */
Fleet *sample_fleet_new(guint n_hosts);

#endif
