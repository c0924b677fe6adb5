/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* virt-plan guests: where each guest can go; with --drain, which hosts can be emptied. */

#include "commands.h"
#include "guests_evacuation.h"
#include "planning.h"
#include "site_names.h"

#include <reports/escape.h>
#include <reports/table.h>
#include <reports/text.h>

/* Of guests that are named, so many are told of one by one. */
#define TOLD_MAX 5

typedef struct {
    PlanningOptions planning;
    gboolean is_stuck_only;
    gboolean is_drain;
} GuestsOptions;

static const CommandOption options[] = {
    PLANNING_OPTIONS(GuestsOptions, planning),
    {"stuck", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(GuestsOptions, is_stuck_only),
     "only guests that are stuck in their pool, and that may be", NULL},
    {"drain", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(GuestsOptions, is_drain),
     "which hosts can be emptied, and in which order; of hosts that are named, whether at once",
     NULL},
    {0},
};

static const TableColumn columns[] = {
    {"guest", "GUEST", TABLE_TEXT, 0},
    {"uuid", "UUID", TABLE_TEXT, 0},
    {"host", "HOST", TABLE_TEXT, 0},
    {"pool", "POOL", TABLE_TEXT, 0},
    {"is_stuck", "STUCK", TABLE_BOOLEAN, 0},
    {"state", "STATE", TABLE_TEXT, 0},
    {"n_start_hosts", "CAN START ON", TABLE_NUMBER, 0},
    {"n_migrate_hosts", "CAN MIGRATE TO", TABLE_NUMBER, 0},
    {"is_freed_by_template", "FREED BY TEMPLATE", TABLE_BOOLEAN, 0},
    {"held_by", "HELD BY", TABLE_TEXT, 0},
    {"known_why", "KNOWN", TABLE_TEXT, 0},
    {"known_until", "KNOWN UNTIL", TABLE_TEXT, 0},
    {"migrates_to", "MIGRATES TO", TABLE_LIST, 0},
    {"may_migrate_to", "MAY MIGRATE TO", TABLE_LIST, 0},
    {"starts_on", "STARTS ON", TABLE_LIST, 0},
    {"may_start_on", "MAY START ON", TABLE_LIST, 0},
};
#define N_TARGET_COLUMNS                                                                           \
    4 /* the last ones: of guests that are named, since of all they were many */

static const TableColumn drain_columns[] = {
    {"pool", "POOL", TABLE_TEXT, 0},
    {"host", "HOST", TABLE_TEXT, 0},
    {"verdict", "CAN BE EMPTIED", TABLE_TEXT, 0},
    {"n_guests", "GUESTS", TABLE_NUMBER, 0},
    {"stranded", "STRANDED", TABLE_LIST, 0},
    {"text", "TEXT", TABLE_TEXT, 0},
    {"order", "ORDER", TABLE_NUMBER, 0},
};

/* What a person asked to be shown of the plan. */
typedef struct {
    const PlanningView *view;
    const GuestsOptions *options;
    char *const *names; /* globs; none: all guests */
    guint n_names;
} Wanted;

static gboolean
is_meant(const Wanted *wanted, const GuestPlan *plan)
{
    const Guest *guest = g_ptr_array_index(wanted->view->fleet->guests, plan->guest);

    return planning_view_shows(wanted->view, plan_pool_of_guest(wanted->view->plan, plan)) &&
           site_names_match(wanted->names, wanted->n_names, guest->name, guest->uuid);
}

/* A guest of another pool than the one that is asked for is a mistake, as one that is not there. */
static gboolean
check_pool_of_guests(const Wanted *wanted, GError **error)
{
    const GPtrArray *guests = wanted->view->plan->guests;

    for (guint i = 0; i < wanted->n_names; i++) {
        const Wanted one = {wanted->view, wanted->options, &wanted->names[i], 1};
        gboolean is_there = site_names_is_glob(wanted->names[i]);

        for (guint j = 0; j < guests->len && !is_there; j++)
            is_there = is_meant(&one, g_ptr_array_index(guests, j));
        if (is_there)
            continue;
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "guest '%s' is not in pool '%s': leave --pool out", wanted->names[i],
                    wanted->view->pool->settings->name);
        return FALSE;
    }
    return TRUE;
}

static Verdict
verdict_at(const GuestPlan *guest, guint32 outcome)
{
    return ((const Outcome *)g_ptr_array_index(guest->outcomes, outcome))->verdict;
}

/* By the plan's groups, what GUEST can do there; NO for those that are no target. */
typedef struct {
    Verdict migrate, start;
} GroupVerdicts;

static GroupVerdicts *
verdicts_of_groups(const Plan *plan, const GuestPlan *guest)
{
    GroupVerdicts *verdicts = g_new(GroupVerdicts, plan->groups->len + 1);

    for (guint i = 0; i < plan->groups->len; i++)
        verdicts[i] = (GroupVerdicts){VERDICT_NO, VERDICT_NO};
    for (guint i = 0; i < guest->targets->len; i++) {
        const GuestTarget *target = &g_array_index(guest->targets, GuestTarget, i);

        verdicts[target->group] = (GroupVerdicts){verdict_at(guest, target->can_migrate),
                                                  verdict_at(guest, target->can_start)};
    }
    return verdicts;
}

/* What GUEST can do on HOST, which is in GROUP: to its own host it cannot move. */
static GroupVerdicts
verdicts_of_host(const GuestPlan *guest, guint32 host, guint32 group, const GroupVerdicts *verdicts)
{
    if (host != guest->host)
        return group != FLEET_NO_INDEX ? verdicts[group] : (GroupVerdicts){VERDICT_NO, VERDICT_NO};
    return (GroupVerdicts){VERDICT_NO, guest->can_start_here != FLEET_NO_INDEX
                                           ? verdict_at(guest, guest->can_start_here)
                                           : VERDICT_NO};
}

/* Hosts for which the answer is yes, and those of which it is not known (of char*, borrowed). */
typedef struct {
    GPtrArray *certain, *unknown;
} HostLists;

static void
add_by_verdict(HostLists *lists, Verdict verdict, char *name)
{
    if (verdict != VERDICT_NO)
        g_ptr_array_add(verdict == VERDICT_UNKNOWN ? lists->unknown : lists->certain, name);
}

static void
add_lists(Table *table, HostLists *lists)
{
    table_add_list(table, lists->certain);
    table_add_list(table, lists->unknown);
    g_ptr_array_unref(lists->certain);
    g_ptr_array_unref(lists->unknown);
}

/* Four cells: the other hosts to which the guest can migrate, and those on which it can start. */
static void
add_targets(const PlanningView *view, const GuestPlan *guest, Table *table)
{
    g_autofree GroupVerdicts *verdicts = verdicts_of_groups(view->plan, guest);
    HostLists migrates = {g_ptr_array_new(), g_ptr_array_new()};
    HostLists starts = {g_ptr_array_new(), g_ptr_array_new()};
    const PlanPool *pool = plan_pool_of_guest(view->plan, guest);

    for (guint i = 0; pool != NULL && i < pool->hosts->len; i++) {
        const guint32 host = g_array_index(pool->hosts, guint32, i);
        const guint32 group = g_array_index(view->plan->group_of, guint32, host);
        const GroupVerdicts there = verdicts_of_host(guest, host, group, verdicts);
        char *name = fleet_host(view->fleet, host)->name;

        add_by_verdict(&migrates, there.migrate, name);
        add_by_verdict(&starts, there.start, name);
    }
    add_lists(table, &migrates);
    add_lists(table, &starts);
}

static void
add_guest(const PlanningView *view, const GuestPlan *plan, gboolean is_named, Table *table)
{
    const Guest *guest = g_ptr_array_index(view->fleet->guests, plan->guest);
    const PlanPool *pool = plan_pool_of_guest(view->plan, plan);

    table_add_text(table, guest->name);
    table_add_text(table, guest->uuid);
    table_add_text(table, guest->host);
    table_add_text(table, pool != NULL ? pool->settings->name : NULL);
    table_add_boolean(table, plan->freedom == GUEST_STUCK);
    table_add_text(table, guest_freedom_name(plan->freedom));
    table_add_number(table, plan->n_start_hosts);
    table_add_number(table, plan->n_migrate_hosts);
    table_add_boolean(table, plan->is_freed_by_template);
    table_add_text(table, plan->held_by);
    table_add_text(table, plan->known != NULL ? plan->known->why : NULL);
    table_add_text(table, plan->known != NULL ? plan->known->until : NULL);
    if (is_named)
        add_targets(view, plan, table);
}

/* Adds the meant guests that are in STATE to CHOSEN. */
static void
choose_in_state(const Wanted *wanted, GuestFreedom state, GPtrArray *chosen)
{
    const GPtrArray *guests = wanted->view->plan->guests;

    for (guint i = 0; i < guests->len; i++) {
        GuestPlan *guest = g_ptr_array_index(guests, i);

        if (guest->freedom == state && is_meant(wanted, guest))
            g_ptr_array_add(chosen, guest);
    }
}

/* The guests to show (of GuestPlan*, borrowed): those in trouble, the worst first; or all. */
static GPtrArray *
choose_guests(const Wanted *wanted)
{
    const GPtrArray *guests = wanted->view->plan->guests;
    GPtrArray *chosen = g_ptr_array_new();

    if (wanted->options->is_stuck_only) {
        choose_in_state(wanted, GUEST_STUCK, chosen);
        choose_in_state(wanted, GUEST_MAY_BE_STUCK, chosen);
        return chosen;
    }
    for (guint i = 0; i < guests->len; i++)
        if (is_meant(wanted, g_ptr_array_index(guests, i)))
            g_ptr_array_add(chosen, g_ptr_array_index(guests, i));
    return chosen;
}

/* Who asks for guests by name wants to know more of each than a line. */
static void
tell_guests(CommandContext *context, const Plan *plan, const GPtrArray *chosen)
{
    for (guint i = 0; i < MIN(chosen->len, TOLD_MAX); i++)
        report_text_guest(plan, g_ptr_array_index(chosen, i), &context->style, context->out);
    if (chosen->len == 0)
        return;
    const GuestPlan *first = g_ptr_array_index(chosen, 0);
    const Guest *guest = g_ptr_array_index(plan->fleet->guests, first->guest);
    const gboolean is_one = chosen->len == 1 && guest->host != NULL;
    g_autofree char *hint = g_strdup_printf(
        "virt-plan matrix --explain %s TO-HOST %s tells each reason with its remedy.",
        is_one ? guest->host : "FROM-HOST", is_one ? guest->name : "GUEST");
    g_string_append_c(context->out, '\n');
    report_text_paragraph(context->out, &context->style, 0, 0, hint);
}

static void
print_guests(CommandContext *context, const Wanted *wanted, const GPtrArray *chosen)
{
    const gboolean is_named = wanted->n_names > 0;
    g_autoptr(Table) table =
        table_new(columns, G_N_ELEMENTS(columns) - (is_named ? 0 : N_TARGET_COLUMNS));

    if (context->format == REPORT_FORMAT_TEXT) {
        report_text_guests(wanted->view->plan, chosen,
                           wanted->options->is_stuck_only ? "No guest is stuck."
                                                          : "There are no guests.",
                           &context->style, context->out);
        if (is_named)
            tell_guests(context, wanted->view->plan, chosen);
        return;
    }
    for (guint i = 0; i < chosen->len; i++)
        add_guest(wanted->view, g_ptr_array_index(chosen, i), is_named, table);
    table_print(table, context->format, &context->style, context->out);
}

/* The hosts of those CHOSEN guests that several hosts define or run. */
static GHashTable *
find_hosts_of_twins(const PlanningView *view, const GPtrArray *chosen)
{
    GHashTable *hosts = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) first_of = g_hash_table_new(g_str_hash, g_str_equal); /* by UUID */

    for (guint i = 0; i < chosen->len; i++) {
        const GuestPlan *plan = g_ptr_array_index(chosen, i);
        const Guest *guest = g_ptr_array_index(view->fleet->guests, plan->guest);

        if (guest->uuid != NULL)
            g_hash_table_insert(first_of, guest->uuid, NULL);
    }
    for (guint i = 0; i < view->fleet->guests->len; i++) {
        Guest *guest = g_ptr_array_index(view->fleet->guests, i);

        if (guest->uuid == NULL || guest->host == NULL ||
            !g_hash_table_contains(first_of, guest->uuid))
            continue;
        const Guest *first = g_hash_table_lookup(first_of, guest->uuid);
        if (first == NULL) {
            g_hash_table_insert(first_of, guest->uuid, guest);
            continue;
        }
        g_hash_table_add(hosts, first->host);
        g_hash_table_add(hosts, guest->host);
    }
    return hosts;
}

/* What is told of several hosts that have one of the CHOSEN guests. */
static void
print_twins(const CommandContext *context, const PlanningView *view, const GPtrArray *chosen)
{
    static const char *const ids[] = {"guest-runs-twice", "guest-defined-twice", NULL};
    g_autoptr(GHashTable) hosts = find_hosts_of_twins(view, chosen);
    gboolean is_first = TRUE;

    for (guint i = 0; i < view->plan->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(view->plan->findings, i);

        if (!g_strv_contains(ids, finding->id) || finding->host == NULL ||
            !g_hash_table_contains(hosts, finding->host))
            continue;
        g_autofree char *line = finding_format(finding);
        if (is_first)
            g_string_append_c(context->out, '\n');
        escape_terminal(context->out, line);
        g_string_append_c(context->out, '\n');
        is_first = FALSE;
    }
}

/* When a rolling maintenance comes to HOST, from 1 on; none where it cannot be emptied. */
static void
add_order(const Maintenance *maintenance, guint32 host, Table *table)
{
    for (guint i = 0; i < maintenance->n_order; i++) {
        if (maintenance->order[i] == host) {
            table_add_number(table, i + 1);
            return;
        }
    }
    table_add_none(table);
}

static void
add_drain(const PlanningView *view, const PlanPool *pool, const Drain *drain, Table *table)
{
    g_autoptr(GPtrArray) stranded = g_ptr_array_new();

    for (guint i = 0; i < drain->stranded->len; i++)
        g_ptr_array_add(
            stranded, ((const Guest *)g_ptr_array_index(view->fleet->guests,
                                                        g_array_index(drain->stranded, guint32, i)))
                          ->name);
    table_add_text(table, pool->settings->name);
    table_add_text(table, fleet_host(view->fleet, drain->host)->name);
    table_add_text(table, verdict_name(drain->verdict));
    table_add_number(table, drain->n_guests);
    table_add_list(table, stranded);
    table_add_text(table, drain->text);
    add_order(&pool->maintenance, drain->host, table);
}

static void
print_drains(CommandContext *context, const PlanningView *view)
{
    g_autoptr(Table) table = table_new(drain_columns, G_N_ELEMENTS(drain_columns));

    for (guint i = 0; i < view->plan->pools->len; i++) {
        const PlanPool *pool = g_ptr_array_index(view->plan->pools, i);

        if (!planning_view_shows(view, pool))
            continue;
        if (context->format == REPORT_FORMAT_TEXT)
            report_text_drains(view->plan, pool, &context->style, context->out);
        for (guint j = 0; j < pool->drains->len; j++)
            add_drain(view, pool, g_ptr_array_index(pool->drains, j), table);
    }
    if (context->format != REPORT_FORMAT_TEXT)
        table_print(table, context->format, &context->style, context->out);
}

/* Is there a guest of which it is not known that it can leave its host? */
static gboolean
has_stuck_guest(const GPtrArray *guests)
{
    for (guint i = 0; i < guests->len; i++)
        if (((const GuestPlan *)g_ptr_array_index(guests, i))->freedom >= GUEST_MAY_BE_STUCK)
            return TRUE;
    return FALSE;
}

/* Is there a host of which it is not known that it can be emptied? */
static gboolean
has_blocked_drain(const PlanningView *view)
{
    for (guint i = 0; i < view->plan->pools->len; i++) {
        const PlanPool *pool = g_ptr_array_index(view->plan->pools, i);

        for (guint j = 0; planning_view_shows(view, pool) && j < pool->drains->len; j++)
            if (((const Drain *)g_ptr_array_index(pool->drains, j))->verdict >= VERDICT_UNKNOWN)
                return TRUE;
    }
    return FALSE;
}

static ExitStatus
run_guests(CommandContext *context, const void *values, GError **error)
{
    const GuestsOptions *given = values;
    g_auto(PlanningView) view = {0};
    const Wanted wanted = {&view, given, context->args, context->n_args};

    if (given->is_drain && given->is_stuck_only) {
        g_set_error_literal(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                            "--drain is about hosts and --stuck about guests: give one of them");
        return EXIT_USAGE;
    }
    if (given->is_drain && context->n_args > 0)
        return guests_evacuate(context, &given->planning, error);
    if (!planning_view_open(&view, &given->planning, PLANNER_GUESTS, error) ||
        !site_names_check_guests(view.inventory, view.fleet, context->args, context->n_args,
                                 error) ||
        !check_pool_of_guests(&wanted, error))
        return EXIT_FAILED;
    if (given->is_drain) {
        print_drains(context, &view);
        return has_blocked_drain(&view) ? EXIT_ANSWER_NO : EXIT_WELL;
    }
    g_autoptr(GPtrArray) chosen = choose_guests(&wanted);
    print_guests(context, &wanted, chosen);
    if (context->format == REPORT_FORMAT_TEXT && !context->is_quiet)
        print_twins(context, &view, chosen);
    return has_stuck_guest(chosen) ? EXIT_ANSWER_NO : EXIT_WELL;
}

const Command command_guests = {
    .name = "guests",
    .summary = "Show where each guest can start and migrate, and what holds it",
    .synopsis = "[OPTION...] [GUEST...]",
    .flags = COMMAND_TAKES_FORMAT | COMMAND_HAS_CSV,
    .options = options,
    .options_size = sizeof(GuestsOptions),
    .run = run_guests,
};
