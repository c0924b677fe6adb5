/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_GUEST_RESTARTS_H
#define PLANNER_GUEST_RESTARTS_H

#include "planning.h"

G_BEGIN_DECLS

/* Adds findings: guests that run where they could not start any more. */
void guest_restarts_review(Planning *planning);

G_END_DECLS

#endif
