/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which checks an aspect of a migration has. */

#include "check_input.h"

/* One index tells the machine types and the versions apart, so they are one aspect. */
static void
checks_of_machine_aspect(const CheckInput *input)
{
    checks_machine(input);
    checks_software(input);
}

void
checks_run(const CheckInput *input, Aspect aspect)
{
    static void (*const run[])(const CheckInput *) = {
        [ASPECT_CPU] = checks_cpu,     [ASPECT_MACHINE] = checks_of_machine_aspect,
        [ASPECT_HOST] = checks_host,   [ASPECT_TSC] = checks_tsc,
        [ASPECT_GUEST] = checks_guest, [ASPECT_DEVICES] = checks_devices,
    };
    G_STATIC_ASSERT(G_N_ELEMENTS(run) == ASPECT_COUNT);

    run[aspect](input);
}
