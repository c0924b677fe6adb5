/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_CHECKS_H
#define PLANNER_CHECKS_H

/*
 * The table of migration checks: every Blocker of a plan bears the id of one of these.
 * docs/checks.md explains each to people.
 */

#include <fleet/plan.h>

G_BEGIN_DECLS

typedef struct {
    const char *id;     /* stable */
    guint answers;      /* bits 1 << Verdict: what it can say beside nothing */
    const char *title;  /* what it looks at */
    const char *source; /* whose rule it is */
} MigrationCheck;

guint planner_n_checks(void);
/* In the order in which they are run. */
const MigrationCheck *planner_check(guint index);
/* NULL when there is none of that id. */
const MigrationCheck *planner_find_check(const char *id);

G_END_DECLS

#endif
