/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CLI_GUESTS_EVACUATION_H
#define CLI_GUESTS_EVACUATION_H

/* virt-plan guests --drain HOST...: several hosts emptied at once, and where each guest goes. */

#include "commands.h"
#include "planning.h"

/* Answers for the hosts that the arguments of CONTEXT name. */
ExitStatus guests_evacuate(CommandContext *context, const PlanningOptions *options, GError **error);

#endif
