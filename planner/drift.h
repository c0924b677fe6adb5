/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_DRIFT_H
#define PLANNER_DRIFT_H

#include "planning.h"

G_BEGIN_DECLS

/* Fills in the drift of NOW's plan: what changed since BEFORE, whose plan has the same parts. */
void planning_find_drift(const Planning *before, Planning *now);

G_END_DECLS

#endif
