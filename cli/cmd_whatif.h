/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CLI_CMD_WHATIF_H
#define CLI_CMD_WHATIF_H

/* What the parts of `virt-plan whatif` share: what is asked for, the change, and the answer. */

#include "planning.h"

/* As given; NULL and 0 for what is not. */
typedef struct {
    PlanningOptions planning;
    char **added;            /* paths of documents */
    char **removed;          /* globs of host names */
    char **disabled, **lost; /* CPU features */
    char *on;                /* glob of the hosts that lose them; NULL: all */
    char *strategy;
    gint max_classes;
} WhatifOptions;

/*
 * Changes what AFTER has loaded as WANTED says. An error when that names no change, or one
 * that changes nothing.
 */
gboolean whatif_change_apply(const WhatifOptions *wanted, PlanningView *after, GError **error);

/* An error when a host that only AFTER has is in no pool. */
gboolean whatif_change_has_pools(const Plan *before, const Plan *after, GError **error);

/* Prints how the plans differ, in the pools that AFTER shows. Returns whether it gets worse. */
gboolean whatif_answer_print(CommandContext *context, const PlanningView *before,
                             const PlanningView *after);

#endif
