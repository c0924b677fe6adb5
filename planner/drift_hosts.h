/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_DRIFT_HOSTS_H
#define PLANNER_DRIFT_HOSTS_H

#include "drift_items.h"

G_BEGIN_DECLS

/* Adds what changed on hosts: those that came, went or were renamed, their CPUs and software. */
void drift_compare_hosts(Drift *drift);

G_END_DECLS

#endif
