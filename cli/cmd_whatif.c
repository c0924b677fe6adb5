/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * virt-plan whatif: the plan before and after a change that is only imagined. The inventory is read
 * twice, and the change is made to one of the two fleets in memory.
 */
#include "cmd_whatif.h"
#include "commands.h"

static const CommandOption options[] = {
    PLANNING_OPTIONS(WhatifOptions, planning),
    {"add", 0, G_OPTION_ARG_FILENAME_ARRAY, G_STRUCT_OFFSET(WhatifOptions, added),
     "add the host of these documents, or of a CPUID dump", "FILE"},
    {"remove", 0, G_OPTION_ARG_STRING_ARRAY, G_STRUCT_OFFSET(WhatifOptions, removed),
     "remove the hosts whose names match, with their guests", "GLOB"},
    {"disable", 0, G_OPTION_ARG_STRING_ARRAY, G_STRUCT_OFFSET(WhatifOptions, disabled),
     "disable a CPU feature in every pool", "FEATURE"},
    {"lose", 0, G_OPTION_ARG_STRING_ARRAY, G_STRUCT_OFFSET(WhatifOptions, lost),
     "take a CPU feature from the hosts, as a microcode update may", "FEATURE"},
    {"on", 0, G_OPTION_ARG_STRING, G_STRUCT_OFFSET(WhatifOptions, on),
     "with --lose: from these hosts only", "GLOB"},
    {"strategy", 0, G_OPTION_ARG_STRING, G_STRUCT_OFFSET(WhatifOptions, strategy),
     "plan with exact, pool, ladder or auto", "STRATEGY"},
    {"max-classes", 0, G_OPTION_ARG_INT, G_STRUCT_OFFSET(WhatifOptions, max_classes),
     "with auto: at most so many classes", "N"},
    {0},
};

static ExitStatus
run_whatif(CommandContext *context, const void *values, GError **error)
{
    const WhatifOptions *wanted = values;
    g_auto(PlanningView) before = {0}, after = {0};

    if (!planning_view_load(&before, &wanted->planning, error) ||
        !planning_view_load(&after, &wanted->planning, error) ||
        !whatif_change_apply(wanted, &after, error))
        return EXIT_FAILED;
    before.plan = planner_plan(before.fleet, NULL, before.settings, before.map, PLANNER_GUESTS);
    after.plan = planner_plan_change(before.fleet, before.settings, after.fleet, after.settings,
                                     after.map, PLANNER_GUESTS);
    if (!planning_view_choose_pool(&after, &wanted->planning, error) ||
        !whatif_change_has_pools(before.plan, after.plan, error))
        return EXIT_FAILED;
    return whatif_answer_print(context, &before, &after) ? EXIT_ANSWER_NO : EXIT_WELL;
}

const Command command_whatif = {
    .name = "whatif",
    .summary = "Show the plan before and after a change, without making it",
    .synopsis = "[OPTION...]",
    .flags = COMMAND_TAKES_FORMAT | COMMAND_HAS_CSV | COMMAND_TAKES_NO_ARGUMENT,
    .options = options,
    .options_size = sizeof(WhatifOptions),
    .run = run_whatif,
};
