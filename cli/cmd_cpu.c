/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* `virt-plan cpu`: libvirt's answers about CPUs, without libvirt and without an inventory. */

#include "cmd_cpu.h"

#include "commands.h"

static const Command *const subcommands[] = {
    &command_cpu_baseline, &command_cpu_compare, &command_cpu_decode,  &command_cpu_diff,
    &command_cpu_expand,   &command_cpu_live,    &command_cpu_resolve, NULL,
};

const Command command_cpu = {
    .name = "cpu",
    .summary = "Answer questions about CPU definitions as libvirt does",
    .synopsis = "COMMAND [OPTION...] FILE...",
    .subcommands = subcommands,
};
