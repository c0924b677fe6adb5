/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* virt-plan matrix: who can migrate where. */

#include "cmd_matrix.h"
#include "commands.h"

#include <reports/table.h>
#include <reports/text.h>

typedef struct {
    PlanningOptions planning;
    char *subject;
    gboolean is_by_host;
    gboolean is_explained;
} MatrixOptions;

static const CommandOption options[] = {
    PLANNING_OPTIONS(MatrixOptions, planning),
    {"subject", 0, G_OPTION_ARG_STRING, G_STRUCT_OFFSET(MatrixOptions, subject),
     "what moves: template (the default), host-model or host-passthrough", "WHAT"},
    {"hosts", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(MatrixOptions, is_by_host),
     "CSV and JSON: a row for each pair of hosts, not of groups of like hosts", NULL},
    {"explain", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(MatrixOptions, is_explained),
     "every reason between two hosts, and for a GUEST of the first", NULL},
    {0},
};

static const TableColumn columns[] = {
    {"pool", "POOL", TABLE_TEXT, 0},
    {"from", "FROM", TABLE_TEXT, 0},
    {"to", "TO", TABLE_TEXT, 0},
    {"n_from", "HOSTS", TABLE_NUMBER, 0},
    {"n_to", "HOSTS", TABLE_NUMBER, 0},
    {"verdict", "VERDICT", TABLE_TEXT, 0},
    {"is_round_trip", "BACK TOO", TABLE_BOOLEAN, 0},
    {"checks", "CHECKS", TABLE_LIST, 0},
};

/* ---- the matrix ----------------------------------------------------------------------------- */

static GPtrArray *
check_names(const Outcome *outcome)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < outcome->blockers->len; i++)
        g_ptr_array_add(
            names, g_strdup(((const Blocker *)g_ptr_array_index(outcome->blockers, i))->check));
    return names;
}

static void
add_pair(const PlanPool *pool, const Matrix *matrix, guint row, guint column, const char *from,
         const char *to, guint n_from, guint n_to, Table *table)
{
    const Outcome *there = matrix_outcome(matrix, row, column);
    const Outcome *back = matrix_outcome(matrix, column, row);
    g_autoptr(GPtrArray) checks = check_names(there);

    table_add_text(table, pool->settings->name);
    table_add_text(table, from);
    table_add_text(table, to);
    table_add_number(table, n_from);
    table_add_number(table, n_to);
    table_add_text(table, verdict_name(there->verdict));
    table_add_boolean(table, MAX(there->verdict, back->verdict) <= VERDICT_WARN);
    table_add_list(table, checks);
}

static const HostGroup *
group_of_row(const Plan *plan, const Matrix *matrix, guint row)
{
    return g_ptr_array_index(plan->groups, matrix->groups[row]);
}

static void
add_host_pairs(const Plan *plan, const PlanPool *pool, const Matrix *matrix, guint row,
               guint column, Table *table)
{
    const HostGroup *from = group_of_row(plan, matrix, row);
    const HostGroup *to = group_of_row(plan, matrix, column);

    for (guint i = 0; i < from->hosts->len; i++)
        for (guint j = 0; j < to->hosts->len; j++) {
            const guint32 source = g_array_index(from->hosts, guint32, i);
            const guint32 target = g_array_index(to->hosts, guint32, j);

            if (source != target)
                add_pair(pool, matrix, row, column, fleet_host(plan->fleet, source)->name,
                         fleet_host(plan->fleet, target)->name, 1, 1, table);
        }
}

static void
add_matrix(const Plan *plan, const PlanPool *pool, const Matrix *matrix, gboolean is_by_host,
           Table *table)
{
    for (guint row = 0; row < matrix->n; row++)
        for (guint column = 0; column < matrix->n; column++) {
            const HostGroup *from = group_of_row(plan, matrix, row);
            const HostGroup *to = group_of_row(plan, matrix, column);

            if (is_by_host)
                add_host_pairs(plan, pool, matrix, row, column, table);
            else if (row != column || from->hosts->len > 1)
                add_pair(pool, matrix, row, column, from->name, to->name, from->hosts->len,
                         to->hosts->len, table);
        }
}

static void
print_matrix(CommandContext *context, const PlanningView *view, MatrixSubject subject,
             gboolean is_by_host)
{
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (guint i = 0; i < view->plan->pools->len; i++) {
        const PlanPool *pool = g_ptr_array_index(view->plan->pools, i);

        if (!planning_view_shows(view, pool))
            continue;
        if (context->format == REPORT_FORMAT_TEXT)
            report_text_matrix(view->plan, pool, subject, &context->style, context->out);
        else
            add_matrix(view->plan, pool, pool->matrices[subject], is_by_host, table);
    }
    if (context->format != REPORT_FORMAT_TEXT)
        table_print(table, context->format, &context->style, context->out);
}

static gboolean
find_subject(const char *name, MatrixSubject *ret_subject, GError **error)
{
    *ret_subject = SUBJECT_TEMPLATE;
    for (MatrixSubject subject = 0; subject < SUBJECT_COUNT; subject++)
        if (name == NULL || g_strcmp0(matrix_subject_name(subject), name) == 0) {
            *ret_subject = subject;
            return TRUE;
        }
    g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                "a matrix has no subject '%s': use template, host-model or host-passthrough", name);
    return FALSE;
}

static ExitStatus
run_matrix(CommandContext *context, const void *values, GError **error)
{
    const MatrixOptions *wanted = values;
    g_auto(PlanningView) view = {0};
    MatrixSubject subject;

    if (!find_subject(wanted->subject, &subject, error))
        return EXIT_USAGE;
    if (!wanted->is_explained && context->n_args > 0) {
        g_set_error_literal(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                            "matrix takes hosts only with --explain: virt-plan matrix --explain "
                            "FROM-HOST TO-HOST");
        return EXIT_USAGE;
    }
    if (!planning_view_open(&view, &wanted->planning,
                            wanted->is_explained ? PLANNER_MATRIX | PLANNER_GUESTS : PLANNER_MATRIX,
                            error))
        return EXIT_FAILED;
    if (wanted->is_explained)
        return matrix_explain(context, &view, subject, error);
    print_matrix(context, &view, subject, wanted->is_by_host);
    return EXIT_WELL;
}

const Command command_matrix = {
    .name = "matrix",
    .summary = "Show who can migrate where, and why not",
    .synopsis = "[OPTION...] [--explain FROM-HOST TO-HOST [GUEST]]",
    .flags = COMMAND_TAKES_FORMAT | COMMAND_HAS_CSV,
    .options = options,
    .options_size = sizeof(MatrixOptions),
    .run = run_matrix,
};
