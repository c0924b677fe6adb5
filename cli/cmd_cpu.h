/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CLI_CMD_CPU_H
#define CLI_CMD_CPU_H

/* The commands below `virt-plan cpu`. */

#include "command.h"

extern const Command command_cpu_baseline;
extern const Command command_cpu_compare;
extern const Command command_cpu_decode;
extern const Command command_cpu_diff;
extern const Command command_cpu_expand;
extern const Command command_cpu_live;
extern const Command command_cpu_resolve;

#endif
