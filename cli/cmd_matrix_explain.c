/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What `virt-plan matrix --explain` tells: every reason between two hosts, or for a guest. */

#include "cmd_matrix.h"
#include "site_names.h"
#include "suggest.h"

#include <planner/checks.h>
#include <reports/escape.h>
#include <reports/table.h>
#include <reports/text.h>

static const TableColumn reason_columns[] = {
    {"from", "FROM", TABLE_TEXT, 0},         {"to", "TO", TABLE_TEXT, 0},
    {"subject", "WHAT", TABLE_TEXT, 0},      {"verdict", "VERDICT", TABLE_TEXT, 0},
    {"check", "CHECK", TABLE_TEXT, 0},       {"severity", "SEVERITY", TABLE_TEXT, 0},
    {"text", "TEXT", TABLE_TEXT, 0},         {"remedy", "REMEDY", TABLE_TEXT, 0},
    {"features", "FEATURES", TABLE_LIST, 0}, {"source", "SOURCE", TABLE_TEXT, 0},
};

/* Where the reasons begin, and their texts. */
#define VERDICT_COLUMN 4
#define TEXT_COLUMN 12

/* What is asked about: two hosts, and a guest or not. */
typedef struct {
    Inventory *inventory;
    const Plan *plan;
    guint32 hosts[2];
    const PlanPool *pool; /* of both */
    const GuestPlan *guest;
    Table *table; /* for programs; NULL for people */
    const ReportStyle *style;
    GString *out;
} Story;

static gboolean
find_host(const Story *story, const char *name, guint32 *ret_host, GError **error)
{
    *ret_host = fleet_find_host(story->plan->fleet, name);
    if (*ret_host != FLEET_NO_INDEX)
        return TRUE;
    site_names_refuse_host(story->inventory, story->plan->fleet, name, error);
    return FALSE;
}

static gboolean
find_guest(Story *story, const char *name, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const Guest *elsewhere = NULL;

    for (guint i = 0; i < story->plan->guests->len; i++) {
        const GuestPlan *plan = g_ptr_array_index(story->plan->guests, i);
        const Guest *guest = g_ptr_array_index(story->plan->fleet->guests, plan->guest);
        const gboolean is_called =
            g_strcmp0(guest->name, name) == 0 || g_strcmp0(guest->uuid, name) == 0;

        if (is_called && plan->host == story->hosts[0])
            story->guest = plan;
        else if (is_called && plan->host != FLEET_NO_INDEX)
            elsewhere = guest;
        if (plan->host == story->hosts[0])
            g_ptr_array_add(names, guest->name);
    }
    if (story->guest != NULL)
        return TRUE;
    if (elsewhere != NULL) {
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "host %s has no guest '%s', which is on %s: name that host first",
                    fleet_host(story->plan->fleet, story->hosts[0])->name, name, elsewhere->host);
        return FALSE;
    }
    g_autofree char *problem = g_strdup_printf(
        "host %s has no guest", fleet_host(story->plan->fleet, story->hosts[0])->name);
    suggest_set_error(error, problem, name, (const char *const *)(void *)names->pdata, names->len,
                      "'virt-plan guests' lists them");
    return FALSE;
}

static gboolean
find_pool_of_hosts(Story *story, GError **error)
{
    guint32 groups[2];

    for (guint i = 0; i < 2; i++) {
        groups[i] = g_array_index(story->plan->group_of, guint32, story->hosts[i]);
        if (groups[i] == FLEET_NO_INDEX) {
            g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                        "host %s is in no pool, or its CPU is not known: 'virt-plan classes' "
                        "lists what is planned",
                        fleet_host(story->plan->fleet, story->hosts[i])->name);
            return FALSE;
        }
    }
    const guint32 pools[2] = {
        ((const HostGroup *)g_ptr_array_index(story->plan->groups, groups[0]))->pool,
        ((const HostGroup *)g_ptr_array_index(story->plan->groups, groups[1]))->pool};
    if (pools[0] != pools[1]) {
        const PlanPool *const in[2] = {g_ptr_array_index(story->plan->pools, pools[0]),
                                       g_ptr_array_index(story->plan->pools, pools[1])};
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "the hosts are in different pools, %s and %s: leave out the plan file, and "
                    "name the inventory with -d, to see all hosts as one pool",
                    in[0]->settings->name, in[1]->settings->name);
        return FALSE;
    }
    story->pool = g_ptr_array_index(story->plan->pools, pools[0]);
    return TRUE;
}

static void
tell_line(const Story *story, guint indent, const char *what, const char *text)
{
    g_autofree char *line = g_strdup_printf("%s: %s", what, text);

    report_text_paragraph(story->out, story->style, indent, TEXT_COLUMN, line);
}

/* The text with all features, of which it names the first ones alone. Owned by the caller. */
static char *
text_with_all_features(const Blocker *blocker)
{
    if (blocker->lead == NULL)
        return g_strdup(blocker->text);
    GString *text = g_string_new(blocker->lead);
    for (guint i = 0; i < blocker->features->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : " ",
                               (const char *)g_ptr_array_index(blocker->features, i));
    g_string_append_c(text, '.');
    return g_string_free(text, FALSE);
}

static void
tell_blocker(const Story *story, const Blocker *blocker)
{
    g_autofree char *what =
        g_strdup_printf("%-7s %s", verdict_name(blocker->severity), blocker->check);
    g_autofree char *text = text_with_all_features(blocker);

    tell_line(story, VERDICT_COLUMN, what, text);
    tell_line(story, TEXT_COLUMN, "what to do", blocker->remedy);
    tell_line(story, TEXT_COLUMN, "rule", planner_find_check(blocker->check)->source);
}

static void
add_reason_row(const Story *story, const char *from, const char *to, const char *subject,
               const Outcome *outcome, const Blocker *blocker)
{
    table_add_text(story->table, from);
    table_add_text(story->table, to);
    table_add_text(story->table, subject);
    table_add_text(story->table, verdict_name(outcome->verdict));
    table_add_text(story->table, blocker != NULL ? blocker->check : NULL);
    table_add_text(story->table, blocker != NULL ? verdict_name(blocker->severity) : NULL);
    table_add_text(story->table, blocker != NULL ? blocker->text : NULL);
    table_add_text(story->table, blocker != NULL ? blocker->remedy : NULL);
    table_add_list(story->table, blocker != NULL ? blocker->features : NULL);
    table_add_text(story->table,
                   blocker != NULL ? planner_find_check(blocker->check)->source : NULL);
}

static void
tell_outcome(const Story *story, guint32 from, guint32 to, const char *subject,
             const Outcome *outcome)
{
    const char *from_name = fleet_host(story->plan->fleet, from)->name;
    const char *to_name = fleet_host(story->plan->fleet, to)->name;

    if (story->table == NULL)
        g_string_append_printf(story->out, "  %s: %s\n", subject, verdict_name(outcome->verdict));
    else if (outcome->blockers->len == 0)
        add_reason_row(story, from_name, to_name, subject, outcome, NULL);
    for (guint i = 0; i < outcome->blockers->len; i++) {
        const Blocker *blocker = g_ptr_array_index(outcome->blockers, i);

        if (story->table == NULL)
            tell_blocker(story, blocker);
        else
            add_reason_row(story, from_name, to_name, subject, outcome, blocker);
    }
}

/* "a: CPU Skylake-Server, guests can have Haswell, QEMU 9.2, microcode 0x2006e05" */
static void
tell_host(const Story *story, guint32 index)
{
    const Fleet *fleet = story->plan->fleet;
    const Host *host = fleet_host(fleet, index);
    const CpuProfile *cpu =
        host->cpu != FLEET_NO_INDEX ? g_ptr_array_index(fleet->cpus, host->cpu) : NULL;
    g_autofree char *qemu = fleet_host_qemu(fleet, host);
    const CpuDefinition *host_model = fleet_host_model(fleet, host);
    const guint32 place = plan_pool_class_of(story->pool, index);
    g_autoptr(GString) line = g_string_new(host->name);

    g_string_append(line, ": ");
    if (place != FLEET_NO_INDEX)
        g_string_append_printf(
            line, "class %s, ",
            ((const PlanClass *)g_ptr_array_index(story->pool->classes, place))->name);
    g_string_append(line, "CPU ");
    g_string_append(line, cpu != NULL && cpu->cpu->model != NULL ? cpu->cpu->model : "not known");
    if (host_model != NULL && host_model->model != NULL)
        g_string_append_printf(line, ", guests can have %s", host_model->model);
    else
        g_string_append(line, ", what guests can have is not told");
    if (qemu != NULL)
        g_string_append_printf(line, ", QEMU %s", qemu);
    if (host->microcode != 0)
        g_string_append_printf(line, ", microcode 0x%x", host->microcode);
    report_text_paragraph(story->out, story->style, 0, 2, line->str);
}

static guint
row_of_host(const Story *story, const Matrix *matrix, guint32 host)
{
    const guint32 group = g_array_index(story->plan->group_of, guint32, host);
    guint row = 0;

    while (matrix->groups[row] != group)
        row++;
    return row;
}

/* All imagined guests in one direction. */
static void
tell_direction(const Story *story, guint32 from, guint32 to)
{
    if (story->table == NULL) {
        g_string_append(story->out, "\nFrom ");
        escape_terminal(story->out, fleet_host(story->plan->fleet, from)->name);
        g_string_append(story->out, " to ");
        escape_terminal(story->out, fleet_host(story->plan->fleet, to)->name);
        g_string_append_c(story->out, '\n');
    }
    for (MatrixSubject subject = 0; subject < SUBJECT_COUNT; subject++) {
        const Matrix *matrix = story->pool->matrices[subject];

        tell_outcome(story, from, to, matrix_subject_name(subject),
                     matrix_outcome(matrix, row_of_host(story, matrix, from),
                                    row_of_host(story, matrix, to)));
    }
}

/* What is planned for the guest and the second host; NULL: nothing is. */
static const GuestTarget *
find_target(const Story *story)
{
    const guint32 group = g_array_index(story->plan->group_of, guint32, story->hosts[1]);

    for (guint i = 0; i < story->guest->targets->len; i++) {
        const GuestTarget *target = &g_array_index(story->guest->targets, GuestTarget, i);

        if (target->group == group)
            return target;
    }
    return NULL;
}

/* The answer before its reasons. */
static void
tell_answer(const Story *story, const Guest *guest, const Outcome *migrate)
{
    static const struct {
        const char *can, *but;
    } answers[] = {
        [VERDICT_YES] = {"can migrate", ""},
        [VERDICT_WARN] = {"can migrate", ", and there is something to know"},
        [VERDICT_UNKNOWN] = {"may not be able to migrate", ": it is not known"},
        [VERDICT_NO] = {"cannot migrate", ""},
    };
    G_STATIC_ASSERT(G_N_ELEMENTS(answers) == VERDICT_COUNT);
    g_autofree char *answer = g_strdup_printf(
        "Guest %s %s from %s to %s%s.", guest->name, answers[migrate->verdict].can,
        fleet_host(story->plan->fleet, story->hosts[0])->name,
        fleet_host(story->plan->fleet, story->hosts[1])->name, answers[migrate->verdict].but);

    g_string_append_c(story->out, '\n');
    report_text_paragraph(story->out, story->style, 0, 0, answer);
}

static void
tell_guest(const Story *story)
{
    const Guest *guest = g_ptr_array_index(story->plan->fleet->guests, story->guest->guest);
    const GuestTarget *target = find_target(story);

    if (target == NULL)
        return;
    const Outcome *migrate = g_ptr_array_index(story->guest->outcomes, target->can_migrate);
    const Outcome *start = g_ptr_array_index(story->guest->outcomes, target->can_start);
    if (story->table == NULL)
        tell_answer(story, guest, migrate);
    tell_outcome(story, story->hosts[0], story->hosts[1], "migrate there", migrate);
    tell_outcome(story, story->hosts[0], story->hosts[1], "start there", start);
}

/* Can it go from the first host to the second: the guest, or an imagined one? */
static gboolean
is_answer_yes(const Story *story, MatrixSubject subject)
{
    const Outcome *outcome;

    if (story->guest == NULL) {
        const Matrix *matrix = story->pool->matrices[subject];

        outcome = matrix_outcome(matrix, row_of_host(story, matrix, story->hosts[0]),
                                 row_of_host(story, matrix, story->hosts[1]));
    } else {
        const GuestTarget *target = find_target(story);

        outcome =
            target != NULL ? g_ptr_array_index(story->guest->outcomes, target->can_migrate) : NULL;
    }
    return outcome != NULL && outcome->verdict <= VERDICT_WARN;
}

/* What the arguments ask about. FALSE: it makes no sense. */
static gboolean
find_story(Story *story, const CommandContext *context, GError **error)
{
    if (context->n_args < 2 || context->n_args > 3) {
        g_set_error_literal(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                            "--explain takes two hosts and, if you like, a guest of the first");
        return FALSE;
    }
    for (guint i = 0; i < 2; i++)
        if (!find_host(story, context->args[i], &story->hosts[i], error))
            return FALSE;
    if (story->hosts[0] == story->hosts[1]) {
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "--explain is about two hosts, and both are '%s': name another one",
                    context->args[0]);
        return FALSE;
    }
    return find_pool_of_hosts(story, error) &&
           (context->n_args < 3 || find_guest(story, context->args[2], error));
}

static void
tell_story(const Story *story)
{
    if (story->table == NULL) {
        tell_host(story, story->hosts[0]);
        tell_host(story, story->hosts[1]);
    }
    if (story->guest != NULL) {
        tell_guest(story);
    } else {
        tell_direction(story, story->hosts[0], story->hosts[1]);
        tell_direction(story, story->hosts[1], story->hosts[0]);
    }
}

ExitStatus
matrix_explain(CommandContext *context, const PlanningView *view, MatrixSubject subject,
               GError **error)
{
    g_autoptr(Table) table = table_new(reason_columns, G_N_ELEMENTS(reason_columns));
    const gboolean is_for_people = context->format == REPORT_FORMAT_TEXT;
    Story story = {.inventory = view->inventory,
                   .plan = view->plan,
                   .table = is_for_people ? NULL : table,
                   .style = &context->style,
                   .out = context->out};

    if (!find_story(&story, context, error))
        return EXIT_USAGE;
    tell_story(&story);
    if (!is_for_people)
        table_print(table, context->format, &context->style, context->out);
    return is_answer_yes(&story, subject) ? EXIT_WELL : EXIT_ANSWER_NO;
}
