/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* virt-plan drift: what changed since an earlier run. */

#include "commands.h"
#include "planning.h"

#include <reports/table.h>
#include <reports/text.h>

typedef struct {
    PlanningOptions planning;
    char *since;
    gboolean is_actionable_only;
} DriftOptions;

static const CommandOption options[] = {
    PLANNING_OPTIONS(DriftOptions, planning),
    {"since", 0, G_OPTION_ARG_STRING, G_STRUCT_OFFSET(DriftOptions, since),
     "compare with this run or date; else with the run before", "RUN|DATE"},
    {"actionable", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(DriftOptions, is_actionable_only),
     "only what needs a person", NULL},
    {0},
};

static const TableColumn columns[] = {
    {"id", "WHAT", TABLE_TEXT, 0},
    {"is_actionable", "NEEDS A PERSON", TABLE_BOOLEAN, 0},
    {"host", "HOST", TABLE_TEXT, 0},
    {"subject", "SUBJECT", TABLE_TEXT, 0},
    {"text", "TEXT", TABLE_TEXT, TABLE_WRAP},
    {"cause", "LIKELY CAUSE", TABLE_TEXT, TABLE_WRAP},
    {"features", "FEATURES", TABLE_LIST, 0},
    {"pool", "POOL", TABLE_TEXT, 0},
};

/* What a person asked to be shown. */
typedef struct {
    const PlanningView *view;
    gboolean is_actionable_only;
} Wanted;

static gboolean
is_wanted(const DriftItem *item, gconstpointer data)
{
    const Wanted *wanted = data;

    return planning_view_shows_drift(wanted->view, item) &&
           (item->is_actionable || !wanted->is_actionable_only);
}

static void
print_drift(CommandContext *context, const Wanted *wanted)
{
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
    const GPtrArray *drift = wanted->view->plan->drift;

    for (guint i = 0; i < drift->len; i++) {
        const DriftItem *item = g_ptr_array_index(drift, i);

        if (!is_wanted(item, wanted))
            continue;
        table_add_text(table, item->id);
        table_add_boolean(table, item->is_actionable);
        table_add_text(table, item->host);
        table_add_text(table, item->subject);
        table_add_text(table, item->text);
        table_add_text(table, item->cause);
        table_add_list(table, item->features);
        table_add_text(table, item->pool);
    }
    table_print(table, context->format, &context->style, context->out);
}

static gboolean
needs_person(const PlanningView *view)
{
    const Wanted actionable = {view, .is_actionable_only = TRUE};

    for (guint i = 0; i < view->plan->drift->len; i++)
        if (is_wanted(g_ptr_array_index(view->plan->drift, i), &actionable))
            return TRUE;
    return FALSE;
}

/* "Between run 4 (2026-01-30 03:30) and ...": what is compared, for a person. */
static void
append_runs(const Fleet *earlier, const Fleet *now, gboolean has_plan_file, GString *out)
{
    const Fleet *const fleets[] = {earlier, now};

    for (guint i = 0; i < G_N_ELEMENTS(fleets); i++) {
        g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(fleets[i]->run_at);
        g_autofree char *time = g_date_time_format(at, "%Y-%m-%d %H:%M");

        g_string_append_printf(out, "%s run %" G_GINT64_FORMAT " (%s)", i == 0 ? "Between" : " and",
                               fleets[i]->run, time);
    }
    g_string_append(out, has_plan_file ? ", both by the plan file as it is now:\n\n" : ":\n\n");
}

/* The run to compare with; 0 when there is none. */
static gboolean
find_earlier(const PlanningView *view, const DriftOptions *wanted, gint64 *ret_run, GError **error)
{
    if (wanted->since != NULL)
        return database_find_run(view->inventory, wanted->since, ret_run, error);
    return inventory_run_before(view->inventory, view->run, ret_run, error);
}

static ExitStatus
run_drift(CommandContext *context, const void *values, GError **error)
{
    const DriftOptions *wanted = values;
    g_auto(PlanningView) view = {0};
    gint64 run = 0;

    if (!planning_view_load(&view, &wanted->planning, error) ||
        !find_earlier(&view, wanted, &run, error))
        return EXIT_FAILED;
    g_autoptr(Fleet) earlier = NULL;
    if (run != 0) {
        earlier = planning_load_fleet(view.inventory, run, error);
        if (earlier == NULL)
            return EXIT_FAILED;
    }
    view.plan = planning_plan(view.fleet, earlier, view.settings, view.map, PLANNER_GUESTS);
    if (!planning_view_choose_pool(&view, &wanted->planning, error))
        return EXIT_FAILED;
    const Wanted shown = {&view, wanted->is_actionable_only};
    if (context->format == REPORT_FORMAT_TEXT && earlier == NULL)
        g_string_append(context->out, "There is no earlier run to compare with.\n");
    else if (context->format == REPORT_FORMAT_TEXT) {
        if (!context->is_quiet)
            append_runs(earlier, view.fleet, wanted->planning.config != NULL, context->out);
        report_text_drift(view.plan, is_wanted, &shown, &context->style, context->out);
    } else
        print_drift(context, &shown);
    return needs_person(&view) ? EXIT_ANSWER_NO : EXIT_WELL;
}

const Command command_drift = {
    .name = "drift",
    .summary = "Show what changed since an earlier run, and the likely cause",
    .synopsis = "[OPTION...]",
    .flags = COMMAND_TAKES_FORMAT | COMMAND_HAS_CSV | COMMAND_TAKES_NO_ARGUMENT,
    .options = options,
    .options_size = sizeof(DriftOptions),
    .run = run_drift,
};
