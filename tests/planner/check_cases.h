/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_PLANNER_CHECK_CASES_H
#define TESTS_PLANNER_CHECK_CASES_H

/* One guest on host "a" of a pool with host "b", and what one check says of its going to "b". */

#include <planner/checks.h>

#include "fleet_builder.h"

#define MODEL "Skylake-Server-noTSX-IBRS"
#define HOST .model = MODEL, .is_host_model = TRUE
#define CUSTOM .mode = CPU_MODE_CUSTOM, .model = MODEL

typedef struct {
    const char *check;
    Verdict expected; /* YES: the check says nothing */
    HostSpec from, to;
    GuestSpec guest;
    GuestSpec neighbour; /* another one, on host "b"; without a name there is none */
    gboolean is_start;   /* else a live migration */
    void (*adapt)(Guest *guest);
    MatrixSubject subject;           /* without a guest's name: of the matrix */
    const char *told_from, *told_to; /* the plan file's versions: "libvirt=9.9 kernel=5.15" */
} CheckCase;

/* Those of the CPU's checks, of known-bad versions, and all others; each in a file of its own. */
extern const CheckCase cpu_check_cases[], version_check_cases[], other_check_cases[];
extern const guint n_cpu_check_cases, n_version_check_cases, n_other_check_cases;

/* Of all tables, one after the other; NULL behind the last one. */
static inline const CheckCase *
check_case(guint index)
{
    if (index < n_cpu_check_cases)
        return &cpu_check_cases[index];
    index -= n_cpu_check_cases;
    if (index < n_version_check_cases)
        return &version_check_cases[index];
    index -= n_version_check_cases;
    return index < n_other_check_cases ? &other_check_cases[index] : NULL;
}

#endif
