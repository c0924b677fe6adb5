/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CLI_CMD_MATRIX_H
#define CLI_CMD_MATRIX_H

/* The story that `virt-plan matrix --explain` tells, for the command. */

#include "planning.h"

/*
 * Tells why guests can go from the first host among the arguments to the second and back, or why
 * the third argument, a guest of the first host, can go there. SUBJECT is what the exit status
 * answers for where no guest is named: EXIT_WELL when that can go.
 */
ExitStatus matrix_explain(CommandContext *context, const PlanningView *view, MatrixSubject subject,
                          GError **error);

#endif
