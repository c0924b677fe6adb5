/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "guests_evacuation.h"

#include "site_names.h"

#include <fleet/words.h>
#include <planner/evacuation.h>
#include <reports/table.h>
#include <reports/text.h>

#define SHOWN_NAMES_MAX 8

static const TableColumn columns[] = {
    {"pool", "POOL", TABLE_TEXT, 0},      {"guest", "GUEST", TABLE_TEXT, 0},
    {"uuid", "UUID", TABLE_TEXT, 0},      {"from", "FROM", TABLE_TEXT, 0},
    {"to", "TO", TABLE_TEXT, 0},          {"how", "HOW", TABLE_TEXT, 0},
    {"verdict", "CAN GO", TABLE_TEXT, 0},
};

static const TableColumn text_columns[] = {
    {"guest", "GUEST", TABLE_TEXT, TABLE_WHOLE},
    {"from", "FROM", TABLE_TEXT, TABLE_WHOLE},
    {"to", "TO", TABLE_TEXT, TABLE_WHOLE},
    {"how", "HOW", TABLE_TEXT, 0},
};

/* The hosts that are named, by index (of guint32). Owned by the caller. */
static GArray *
find_hosts(const CommandContext *context, const Fleet *fleet)
{
    GArray *hosts = g_array_new(FALSE, FALSE, sizeof(guint32));

    for (guint32 i = 0; i < fleet->hosts->len; i++)
        if (site_names_match(context->args, context->n_args, fleet_host(fleet, i)->name, NULL))
            g_array_append_val(hosts, i);
    return hosts;
}

static const char *
host_name(const Fleet *fleet, guint32 host)
{
    return host != FLEET_NO_INDEX ? fleet_host(fleet, host)->name : NULL;
}

static const char *
pool_name(const PlanningView *view, const Evacuation *evacuation)
{
    return ((const PoolSettings *)g_ptr_array_index(view->settings->pools, evacuation->pool))->name;
}

/* "web-a01, web-a02 and 3 more". Owned by the caller. */
static char *
name_hosts(const Fleet *fleet, const GArray *hosts)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; i < hosts->len; i++)
        g_ptr_array_add(names, fleet_host(fleet, g_array_index(hosts, guint32, i))->name);
    return words_list(names, SHOWN_NAMES_MAX);
}

/* ---- for people ------------------------------------------------------------------------------ */

/* The moves; where they cannot all be made, those guests that have no host to go to. */
static void
print_moves(const PlanningView *view, const Evacuation *evacuation, CommandContext *context)
{
    const gboolean is_found = evacuation->verdict <= VERDICT_WARN;
    g_autoptr(Table) table = table_new(text_columns, G_N_ELEMENTS(text_columns));

    for (guint i = 0; i < evacuation->moves->len; i++) {
        const EvacuationMove *move = &g_array_index(evacuation->moves, EvacuationMove, i);
        const Guest *guest = g_ptr_array_index(view->fleet->guests, move->guest);

        if (!is_found && move->verdict == VERDICT_YES)
            continue;
        table_add_text(table, guest->name);
        table_add_text(table, guest->host);
        table_add_text(table, is_found                      ? host_name(view->fleet, move->to)
                              : move->verdict == VERDICT_NO ? "nowhere"
                                                            : "not known");
        table_add_text(table, move->is_live ? "migrates" : "is shut off, starts there");
    }
    if (table_n_rows(table) > 0)
        table_print(table, REPORT_FORMAT_TEXT, &context->style, context->out);
    if (!is_found && table_n_rows(table) > 0)
        report_text_paragraph(
            context->out, &context->style, 0, 0,
            "virt-plan guests GUEST tells where one can go and what is against it.");
}

static void
print_evacuation(const PlanningView *view, const Evacuation *evacuation, CommandContext *context)
{
    g_autofree char *hosts = name_hosts(view->fleet, evacuation->hosts);
    g_autofree char *line =
        g_strdup_printf("%s of pool %s%s: %s", hosts, pool_name(view, evacuation),
                        evacuation->hosts->len > 1 ? ", at once" : "", evacuation->text);

    if (context->out->len > 0)
        g_string_append_c(context->out, '\n');
    report_text_paragraph(context->out, &context->style, 0, 0, line);
    print_moves(view, evacuation, context);
}

/* ---- for programs ---------------------------------------------------------------------------- */

static void
add_moves(const PlanningView *view, const Evacuation *evacuation, Table *table)
{
    for (guint i = 0; i < evacuation->moves->len; i++) {
        const EvacuationMove *move = &g_array_index(evacuation->moves, EvacuationMove, i);
        const Guest *guest = g_ptr_array_index(view->fleet->guests, move->guest);

        table_add_text(table, pool_name(view, evacuation));
        table_add_text(table, guest->name);
        table_add_text(table, guest->uuid);
        table_add_text(table, guest->host);
        table_add_text(table, host_name(view->fleet, move->to));
        table_add_text(table, move->is_live ? "migrate" : "start");
        table_add_text(table, verdict_name(move->verdict));
    }
}

/* ---- all ------------------------------------------------------------------------------------- */

static ExitStatus
print_all(const PlanningView *view, const GPtrArray *evacuations, CommandContext *context)
{
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
    Verdict worst = VERDICT_YES;

    for (guint i = 0; i < evacuations->len; i++) {
        const Evacuation *evacuation = g_ptr_array_index(evacuations, i);

        worst = MAX(worst, evacuation->verdict);
        if (context->format == REPORT_FORMAT_TEXT)
            print_evacuation(view, evacuation, context);
        else
            add_moves(view, evacuation, table);
    }
    if (context->format != REPORT_FORMAT_TEXT)
        table_print(table, context->format, &context->style, context->out);
    return worst >= VERDICT_UNKNOWN ? EXIT_ANSWER_NO : EXIT_WELL;
}

ExitStatus
guests_evacuate(CommandContext *context, const PlanningOptions *options, GError **error)
{
    g_auto(PlanningView) view = {0};

    if (options->pool != NULL) {
        g_set_error_literal(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                            "hosts are each in a pool already: leave --pool out");
        return EXIT_USAGE;
    }
    if (!planning_view_load(&view, options, error) ||
        !site_names_check_hosts(view.inventory, view.fleet, context->args, context->n_args, error))
        return EXIT_FAILED;
    g_autoptr(GArray) hosts = find_hosts(context, view.fleet);
    g_autoptr(GPtrArray) evacuations = planner_evacuate(view.fleet, view.settings, view.map, hosts);
    if (evacuations->len == 0) {
        g_set_error_literal(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                            "no such host is in a pool of the plan file: 'virt-plan hosts' lists "
                            "hosts and 'virt-plan classes' pools");
        return EXIT_USAGE;
    }
    return print_all(&view, evacuations, context);
}
