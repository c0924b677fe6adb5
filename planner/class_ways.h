/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_CLASS_WAYS_H
#define PLANNER_CLASS_WAYS_H

#include "planning.h"

G_BEGIN_DECLS

/*
 * Fills in n_ways and barriers of POOL's classes from its matrix of guests on templates. Work grows
 * with the pairs of groups inside of classes.
 */
void class_ways_find(const Planning *planning, PlanPool *pool);

G_END_DECLS

#endif
