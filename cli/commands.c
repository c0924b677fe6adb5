/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

/* clang-format off */
const Command *const commands[] = {
    &command_run,
    &command_ingest,
    &command_collect,
    &command_hosts,
    &command_classes,
    &command_matrix,
    &command_guests,
    &command_drift,
    &command_whatif,
    &command_history,
    &command_quarantine,
    &command_template,
    &command_accept,
    &command_addresses,
    &command_cpu,
    &command_map,
    &command_doctor,
    NULL,
};
/* clang-format on */

const Command *
commands_find(const char *name)
{
    for (guint i = 0; commands[i] != NULL; i++) {
        if (g_strcmp0(commands[i]->name, name) == 0)
            return commands[i];
    }
    return NULL;
}
