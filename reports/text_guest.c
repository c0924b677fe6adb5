/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Where one guest can go, and where it could start: its pool's other hosts by class, answers and
 * the checks that decide on a migration, so that the table is short where hosts are alike.
 */

#include "text_layout.h"
#include "text_private.h"

#include <cpumodel/text_list.h>
#include <reports/escape.h>

#include <string.h>

#define SHOWN_HOSTS_MAX 4

typedef struct {
    const char *class_name;
    Verdict verdict, start; /* on a migration there, and on a start */
    char *checks;           /* ids, separated by blanks: the row's key with class and verdicts */
    GPtrArray *list;        /* of const char*: the same ids */
    GString *hosts;         /* the first few */
    guint n_hosts;
} TargetRow;

static void
free_row(gpointer data)
{
    TargetRow *row = data;

    g_free(row->checks);
    g_ptr_array_unref(row->list);
    g_string_free(row->hosts, TRUE);
    g_free(row);
}

/* The checks that make the verdict, each once (of const char*). */
static GPtrArray *
deciding_checks(const Outcome *outcome)
{
    GPtrArray *checks = g_ptr_array_new();

    for (guint i = 0; i < outcome->blockers->len; i++) {
        const Blocker *blocker = outcome->blockers->pdata[i];

        if (blocker->severity == outcome->verdict && !text_list_has(checks, blocker->check))
            g_ptr_array_add(checks, (gpointer)(guintptr)blocker->check);
    }
    return checks;
}

/* The row of CLASS_NAME and what is said of its hosts, which is made when there is none. */
static TargetRow *
find_row(GPtrArray *rows, const char *class_name, const Outcome *outcome, Verdict start)
{
    g_autoptr(GPtrArray) checks = deciding_checks(outcome);
    GString *joined = g_string_new(NULL);

    for (guint i = 0; i < checks->len; i++)
        g_string_append_printf(joined, "%s ", (const char *)checks->pdata[i]);
    g_autofree char *key = g_string_free(joined, FALSE);
    for (guint i = 0; i < rows->len; i++) {
        TargetRow *row = rows->pdata[i];

        if (row->verdict == outcome->verdict && row->start == start &&
            strcmp(row->class_name, class_name) == 0 && strcmp(row->checks, key) == 0)
            return row;
    }
    TargetRow *row = g_new0(TargetRow, 1);
    row->class_name = class_name;
    row->verdict = outcome->verdict;
    row->start = start;
    row->checks = g_steal_pointer(&key);
    row->list = g_steal_pointer(&checks);
    row->hosts = g_string_new(NULL);
    g_ptr_array_add(rows, row);
    return row;
}

static void
add_host(TargetRow *row, const char *name)
{
    if (row->n_hosts < SHOWN_HOSTS_MAX)
        g_string_append_printf(row->hosts, "%s%s", row->n_hosts > 0 ? ", " : "", name);
    row->n_hosts++;
}

static gint
compare_rows(gconstpointer a, gconstpointer b)
{
    const TargetRow *left = *(const TargetRow *const *)a, *right = *(const TargetRow *const *)b;

    if (left->verdict != right->verdict)
        return left->verdict < right->verdict ? -1 : 1;
    if (left->start != right->start)
        return left->start < right->start ? -1 : 1;
    if (left->n_hosts != right->n_hosts)
        return left->n_hosts > right->n_hosts ? -1 : 1;
    const gint order = strcmp(left->class_name, right->class_name);
    return order != 0 ? order : strcmp(left->checks, right->checks);
}

/* The other hosts of the guest's pool (of TargetRow*), those where it can go first. */
static GPtrArray *
collect_rows(const Plan *plan, const GuestPlan *guest)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(free_row);
    g_autofree HostMembership *memberships = summary_host_memberships(plan);

    for (guint i = 0; i < guest->targets->len; i++) {
        const GuestTarget *target = &g_array_index(guest->targets, GuestTarget, i);
        const HostGroup *group = plan->groups->pdata[target->group];
        const Outcome *outcome = guest->outcomes->pdata[target->can_migrate];
        const Outcome *start = guest->outcomes->pdata[target->can_start];

        for (guint j = 0; j < group->hosts->len; j++) {
            const guint32 host = g_array_index(group->hosts, guint32, j);
            const PlanClass *klass = summary_class(plan, &memberships[host]);

            if (host != guest->host)
                add_host(find_row(rows, klass != NULL ? klass->name : "no class", outcome,
                                  start->verdict),
                         fleet_host(plan->fleet, host)->name);
        }
    }
    g_ptr_array_sort(rows, compare_rows);
    return rows;
}

/* What is against a start on its own host, which the next reboot would tell too late. */
static void
append_restart(const Plan *plan, const GuestPlan *guest, const ReportStyle *style, GString *out)
{
    const Outcome *outcome = guest->can_start_here != FLEET_NO_INDEX
                                 ? guest->outcomes->pdata[guest->can_start_here]
                                 : NULL;

    if (outcome == NULL || outcome->verdict < VERDICT_UNKNOWN)
        return;
    const Guest *record = plan->fleet->guests->pdata[guest->guest];
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_printf(text,
                    outcome->verdict == VERDICT_NO ? "%s could not start again on %s:"
                                                   : "Whether %s could start again on %s is not "
                                                     "known:",
                    record->name, record->host);
    for (guint i = 0; i < outcome->blockers->len; i++) {
        const Blocker *blocker = outcome->blockers->pdata[i];

        if (blocker->severity != outcome->verdict)
            continue;
        g_autofree char *reason = blocker_text_here(blocker);
        g_autofree char *remedy = blocker_remedy_here(blocker);
        g_string_append_printf(text, " %s What to do: %s.", reason, remedy);
    }
    report_text_paragraph(out, style, 0, 0, text->str);
}

void
report_text_guest(const Plan *plan, const GuestPlan *guest, const ReportStyle *style, GString *out)
{
    static const TableColumn columns[] = {
        {"verdict", "MIGRATES", TABLE_TEXT, 0},
        {"start", "STARTS", TABLE_TEXT, 0},
        {"class", "CLASS", TABLE_TEXT, TABLE_WHOLE},
        {"n_hosts", "HOSTS", TABLE_NUMBER, 0},
        {"hosts", "", TABLE_TEXT, TABLE_WRAP},
        {"checks", "BECAUSE OF", TABLE_LIST, TABLE_WRAP},
    };
    const Guest *record = plan->fleet->guests->pdata[guest->guest];
    g_autoptr(GPtrArray) rows = collect_rows(plan, guest);
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));
    g_autofree char *title = g_strdup_printf("Where %s on %s can go", record->name,
                                             record->host != NULL ? record->host : "no known host");

    text_heading(out, style, title);
    for (guint i = 0; i < rows->len; i++) {
        const TargetRow *row = rows->pdata[i];

        table_add_text(table, verdict_name(row->verdict));
        table_tone(table, text_verdict_tone(row->verdict));
        table_add_text(table, verdict_name(row->start));
        table_tone(table, text_verdict_tone(row->start));
        table_add_text(table, row->class_name);
        table_add_number(table, row->n_hosts);
        table_add_format(table, "%s%s", row->hosts->str,
                         row->n_hosts > SHOWN_HOSTS_MAX ? ", …" : "");
        table_add_list(table, row->list);
    }
    if (rows->len == 0)
        g_string_append(out, "There is no other host in its pool that is planned with.\n");
    else
        table_print(table, REPORT_FORMAT_TEXT, style, out);
    append_restart(plan, guest, style, out);
}
