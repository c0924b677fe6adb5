/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

/* The table of all commands, in the order of --help. */

#include "command.h"

/* NULL-terminated. */
extern const Command *const commands[];

/* NULL when there is none of that name. */
const Command *commands_find(const char *name);

extern const Command command_accept;
extern const Command command_addresses;
extern const Command command_classes;
extern const Command command_collect;
extern const Command command_cpu;
extern const Command command_doctor;
extern const Command command_drift;
extern const Command command_guests;
extern const Command command_history;
extern const Command command_hosts;
extern const Command command_ingest;
extern const Command command_quarantine;
extern const Command command_map;
extern const Command command_matrix;
extern const Command command_run;
extern const Command command_template;
extern const Command command_whatif;

#endif
