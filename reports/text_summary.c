/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The report that is read first: what is wrong, then what there is. */

#include "text_held_guests.h"
#include "text_layout.h"
#include "text_private.h"

#include <fleet/words.h>

#include <string.h>

/* Of each kind of trouble; the tables have them all. */
#define SHOWN_MAX 10
#define SHOWN_CLASSES_MAX 40
#define SHOWN_NAMES_MAX 8

static char *
breach_reasons(const ContractBreach *breach)
{
    g_autoptr(GString) reasons = g_string_new(NULL);

    for (guint i = 0; i < breach->reasons->len; i++)
        g_string_append_printf(reasons, "%s%s", i > 0 ? " " : "",
                               (const char *)breach->reasons->pdata[i]);
    return g_string_free(g_steal_pointer(&reasons), FALSE);
}

/* The hosts that break a promise in one way. */
typedef struct {
    char *reasons;
    GPtrArray *hosts; /* of char*: their names, borrowed */
} BreachGroup;

static void
breach_group_free(gpointer data)
{
    BreachGroup *group = data;

    g_free(group->reasons);
    g_ptr_array_unref(group->hosts);
    g_free(group);
}

/* Of BreachGroup*, in the order in which BREACHES (of ContractBreach) begin them. */
static GPtrArray *
group_breaches(const Plan *plan, const GArray *breaches)
{
    GPtrArray *groups = g_ptr_array_new_with_free_func(breach_group_free);
    g_autoptr(GHashTable) by_reasons = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < breaches->len; i++) {
        const ContractBreach *breach = &g_array_index(breaches, ContractBreach, i);
        g_autofree char *reasons = breach_reasons(breach);
        BreachGroup *group = g_hash_table_lookup(by_reasons, reasons);

        if (group == NULL) {
            group = g_new0(BreachGroup, 1);
            group->reasons = g_steal_pointer(&reasons);
            group->hosts = g_ptr_array_new();
            g_hash_table_insert(by_reasons, group->reasons, group);
            g_ptr_array_add(groups, group);
        }
        g_ptr_array_add(group->hosts, fleet_host(plan->fleet, breach->host)->name);
    }
    return groups;
}

static void
append_breaches(const Plan *plan, const PlanPool *pool, const PlanClass *klass, TextList *list)
{
    g_autoptr(GPtrArray) groups = group_breaches(plan, klass->contract.breaches);

    for (guint i = 0; i < groups->len; i++) {
        const BreachGroup *group = groups->pdata[i];

        const gboolean is_one = group->hosts->len == 1;
        g_autofree char *names = words_list(group->hosts, SHOWN_NAMES_MAX);

        text_list_item(list,
                       "%s/%s: %s: %s What to do: give %s what %s, put %s into another pool, "
                       "or publish what the hosts have in common now: accept --pool %s --class %s.",
                       pool->settings->name, klass->name, names, group->reasons,
                       is_one ? "it" : "them", is_one ? "it lacks" : "they lack",
                       is_one ? "it" : "them", pool->settings->name, klass->name);
    }
}

static void
append_contracts(const Plan *plan, const ReportStyle *style, GString *out)
{
    TextList list = {.style = style, .out = out, .most = SHOWN_MAX};

    for (guint p = 0; p < plan->pools->len; p++) {
        const PlanPool *pool = plan->pools->pdata[p];

        for (guint c = 0; c < pool->classes->len; c++)
            append_breaches(plan, pool, pool->classes->pdata[c], &list);
    }
    text_list_end(&list, "report.html");
}

static void
append_unplanned(const Plan *plan, const ReportStyle *style, GString *out)
{
    TextList list = {.style = style, .out = out, .most = SHOWN_MAX};

    for (guint p = 0; p < plan->pools->len; p++) {
        const PlanPool *pool = plan->pools->pdata[p];

        for (guint i = 0; i < pool->quarantined->len; i++)
            text_list_item(
                &list, "%s in pool %s",
                fleet_host(plan->fleet, g_array_index(pool->quarantined, guint32, i))->name,
                pool->settings->name);
    }
    text_list_end(&list, "hosts.csv");
}

/* "Newly stuck: a on kvm1, b on kvm2.": what holds them is told elsewhere in the report. */
static void
append_new_trouble(const Plan *plan, const char *id, const char *label, TextList *list)
{
    g_autoptr(GPtrArray) guests = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < plan->drift->len; i++) {
        const DriftItem *item = plan->drift->pdata[i];

        if (strcmp(item->id, id) == 0)
            g_ptr_array_add(guests,
                            g_strdup_printf("%s on %s",
                                            item->subject != NULL ? item->subject : "a guest",
                                            item->host != NULL ? item->host : "an unknown host"));
    }
    if (guests->len == 0)
        return;
    g_autofree char *names = words_list(guests, SHOWN_NAMES_MAX);
    text_list_item(list, "%s: %s.", label, names);
}

/* A change that was the same in several places, as when microcode came to a rack. */
typedef struct {
    const DriftItem *first;
    GPtrArray *places; /* of char*: "kvm1", "disk/vda on kvm2" */
} SameChange;

static void
free_same_change(gpointer data)
{
    g_ptr_array_unref(((SameChange *)data)->places);
    g_free(data);
}

static void
add_place(SameChange *change, const DriftItem *item)
{
    const char *host = item->host != NULL ? item->host : "";
    const char *subject = item->subject != NULL ? item->subject : "";

    g_ptr_array_add(
        change->places,
        g_strconcat(subject, *subject != '\0' && *host != '\0' ? " on " : "", host, NULL));
}

/* What to act on but for guests' states (of SameChange*), in the order of the first of each. */
static GPtrArray *
collect_changes(const Plan *plan)
{
    GPtrArray *changes = g_ptr_array_new_with_free_func(free_same_change);
    g_autoptr(GHashTable) by_words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < plan->drift->len; i++) {
        const DriftItem *item = plan->drift->pdata[i];

        if (!item->is_actionable || g_str_has_prefix(item->id, "guest-"))
            continue;
        g_autofree char *key = g_strdup_printf("%s\n%s\n%s", item->id, item->text,
                                               item->cause != NULL ? item->cause : "");
        SameChange *change = g_hash_table_lookup(by_words, key);
        if (change == NULL) {
            change = g_new0(SameChange, 1);
            change->first = item;
            change->places = g_ptr_array_new_with_free_func(g_free);
            g_ptr_array_add(changes, change);
            g_hash_table_insert(by_words, g_steal_pointer(&key), change);
        }
        add_place(change, item);
    }
    return changes;
}

static void
append_drift(const Plan *plan, const ReportStyle *style, GString *out)
{
    TextList list = {.style = style, .out = out, .most = SHOWN_MAX};
    g_autoptr(GPtrArray) changes = collect_changes(plan);

    append_new_trouble(plan, "guest-stuck", "Newly stuck", &list);
    append_new_trouble(plan, "guest-may-be-stuck", "Newly not known to be free", &list);
    append_new_trouble(plan, "guest-cannot-restart", "Newly could not start again", &list);
    for (guint i = 0; i < changes->len; i++) {
        const SameChange *change = changes->pdata[i];
        const char *cause = change->first->cause;
        g_autofree char *places = words_list(change->places, SHOWN_NAMES_MAX);

        text_list_item(&list, "%s: %s%s%s%s", places, change->first->text,
                       cause != NULL ? " Changed with it: " : "", cause != NULL ? cause : "",
                       cause != NULL ? "." : "");
    }
    text_list_end(&list, "drift.csv");
}

/* "a.xml:12: what is wrong. What to do: that.": FINDING at where it is. */
static void
append_finding(TextList *list, const Finding *finding)
{
    g_autoptr(GString) where = g_string_new(NULL);

    if (finding->source != NULL)
        g_string_append(where, finding->source);
    else if (finding->host != NULL)
        g_string_append(where, finding->host);
    if (finding->source != NULL && finding->line > 0)
        g_string_append_printf(where, ":%u", finding->line);
    text_list_item(list, "%s%s%s%s%s%s%s", where->str, where->len > 0 ? ": " : "", finding->text,
                   g_str_has_suffix(finding->text, ".") ? "" : ".",
                   finding->remedy != NULL ? " What to do: " : "",
                   finding->remedy != NULL ? finding->remedy : "",
                   finding->remedy != NULL && !g_str_has_suffix(finding->remedy, ".") ? "." : "");
}

/* Findings of a plan that have a section of their own are left out of the rest. */
#define TOLD_WITH_GUESTS "guest-cannot-restart"

static gboolean
is_told(const Finding *finding, FindingSeverity severity)
{
    return finding->severity >= severity && strcmp(finding->id, TOLD_WITH_GUESTS) != 0;
}

static gboolean
has_any(const GPtrArray *findings, FindingSeverity severity)
{
    for (guint i = 0; i < findings->len; i++)
        if (is_told(findings->pdata[i], severity))
            return TRUE;
    return FALSE;
}

/* FINDINGS of at least SEVERITY. */
static void
append_findings(const GPtrArray *findings, FindingSeverity severity, const char *file,
                const ReportStyle *style, GString *out)
{
    TextList list = {.style = style, .out = out, .most = SHOWN_MAX};

    for (guint i = 0; i < findings->len; i++)
        if (is_told(findings->pdata[i], severity))
            append_finding(&list, findings->pdata[i]);
    text_list_end(&list, file);
}

/* Guests that run on, and would not come back. */
static void
append_restarts(const Plan *plan, const ReportStyle *style, GString *out)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (!text_guests_without_restart(plan, SHOWN_MAX, style, text))
        return;
    text_heading(out, style, "Guests that could not start again where they are");
    g_string_append(out, text->str);
}

/* How many of the ways from host to host are open to a guest on its class's template. */
static void
append_ways(const Matrix *matrix, const ReportStyle *style, GString *out)
{
    const guint64 n_open = matrix->n_pairs[VERDICT_YES] + matrix->n_pairs[VERDICT_WARN];
    const guint64 n_closed = matrix->n_pairs[VERDICT_NO];
    const guint64 n_unknown = matrix->n_pairs[VERDICT_UNKNOWN];
    g_autofree char *all = words_number(n_open + n_closed + n_unknown);
    g_autofree char *open = words_number(n_open), *closed = words_number(n_closed);
    g_autofree char *unknown = words_number(n_unknown);
    g_autoptr(GString) text = g_string_new(NULL);

    if (n_open + n_closed + n_unknown == 0)
        return; /* one host has nowhere to go */
    if (n_closed + n_unknown == 0)
        g_string_append_printf(
            text, "A guest on its class's template can go from any host to any other (%s ways).",
            open);
    else
        g_string_append_printf(text,
                               "Of %s ways from host to host, a guest on its class's template has "
                               "%s open, %s closed and %s not known.",
                               all, open, closed, unknown);
    if (matrix->n_one_way > 0) {
        g_autofree char *pairs =
            summary_count(matrix->n_one_way, "pair of hosts", "pairs of hosts");
        g_string_append_printf(text, " It can go between %s in one direction only.", pairs);
    }
    report_text_paragraph(out, style, 0, 0, text->str);
}

/*
 * "In class epyc, of 90 ways between its hosts 18 are closed and 18 not known (security-model)": a
 * class has one CPU, which does not make it open.
 */
static void
append_ways_of_class(const PlanPool *pool, const PlanClass *klass, TextList *list)
{
    const guint64 n_closed = klass->n_ways[VERDICT_NO], n_unknown = klass->n_ways[VERDICT_UNKNOWN];
    const guint64 n_open = klass->n_ways[VERDICT_YES] + klass->n_ways[VERDICT_WARN];
    g_autofree char *all = words_number(n_open + n_closed + n_unknown);
    g_autofree char *closed = words_number(n_closed), *unknown = words_number(n_unknown);
    g_autofree char *checks = words_list(klass->barriers, SHOWN_NAMES_MAX);

    if (n_closed + n_unknown > 0)
        text_list_item(list,
                       "Inside of class %s, %s of the %s ways from host to host are closed and %s "
                       "not known, because of %s: matrix --pool %s tells more.",
                       klass->name, closed, all, unknown, checks, pool->settings->name);
}

static void
append_pool(const Plan *plan, const PlanPool *pool, const ReportStyle *style, GString *out)
{
    g_autofree char *hosts = summary_count(pool->hosts->len, "host", "hosts");
    g_autofree char *title = g_strdup_printf("Pool %s: %s, strategy %s", pool->settings->name,
                                             hosts, strategy_name(pool->settings->strategy));
    const Matrix *matrix = pool->matrices[SUBJECT_TEMPLATE];
    TextList inside = {.style = style, .out = out, .most = SHOWN_MAX};

    text_heading(out, style, title);
    guint n_left_out = text_classes(plan, pool, SHOWN_CLASSES_MAX, style, out);
    if (n_left_out > 0)
        g_string_append_printf(out, "... and %u more in classes.csv\n", n_left_out);
    if (matrix != NULL)
        append_ways(matrix, style, out);
    for (guint i = 0; i < pool->classes->len; i++)
        append_ways_of_class(pool, pool->classes->pdata[i], &inside);
    text_list_end(&inside, "plan.json");
    text_capacity_sentence(pool, style, out);
    if (pool->maintenance.failover_text != NULL)
        report_text_paragraph(out, style, 0, 0, pool->maintenance.failover_text);
}

/* Hosts that nobody plans with would otherwise go unnoticed. */
static void
append_unassigned(const Plan *plan, const ReportStyle *style, GString *out)
{
    const guint n = plan->unassigned->len;

    if (n == 0)
        return;
    const char *first = fleet_host(plan->fleet, g_array_index(plan->unassigned, guint32, 0))->name;
    g_autofree char *hosts = summary_count(n, "host is", "hosts are");
    g_autofree char *line = g_strdup_printf("%s in no pool of the plan file%s%s.", hosts,
                                            n == 1 ? ": " : ", such as ", first);
    report_text_paragraph(out, style, 0, 0, line);
}

/* Who reads this every morning wants to know first whether any of it is new. */
static void
append_comparison(const Plan *plan, const PlanSummary *summary, const ReportStyle *style,
                  GString *out)
{
    g_autoptr(GString) line = g_string_new(NULL);
    g_autofree char *changes = summary_count(summary->n_drift, "change", "changes");

    if (plan->drift_run == 0)
        g_string_append(line, "There is no earlier run to compare with.");
    else if (summary->n_drift == 0)
        g_string_printf(line, "No drift since run %" G_GINT64_FORMAT ".", plan->drift_run);
    else
        g_string_printf(line, "%s since run %" G_GINT64_FORMAT ", %u of them to act on.", changes,
                        plan->drift_run, summary->n_drift_actionable);
    if (summary->n_unread_sources > 0)
        g_string_append(line, " Not every source was read: of their hosts, what was known before "
                              "is told.");
    report_text_paragraph(out, style, 0, 0, line->str);
}

/* Those that the plan file does not know with what holds them; and what it says of the others. */
static void
append_guests_in_trouble(const Plan *plan, const PlanSummary *summary, const ReportStyle *style,
                         GString *out)
{
    g_autoptr(GPtrArray) unknown = g_ptr_array_new();

    for (guint i = 0; i < plan->guests->len; i++)
        if (guest_plan_needs_person(plan->guests->pdata[i]))
            g_ptr_array_add(unknown, plan->guests->pdata[i]);
    if (summary_n_guests_to_see_to(summary, GUEST_STUCK) > 0) {
        text_heading(out, style, "Guests with nowhere to go");
        text_held_guests(plan, unknown, GUEST_STUCK, SHOWN_MAX, style, out);
    }
    if (summary_n_guests_to_see_to(summary, GUEST_MAY_BE_STUCK) > 0) {
        text_heading(out, style, "Guests that may have nowhere to go");
        text_held_guests(plan, unknown, GUEST_MAY_BE_STUCK, SHOWN_MAX, style, out);
    }
    if (summary->n_guests_known[GUEST_STUCK] + summary->n_guests_known[GUEST_MAY_BE_STUCK] > 0) {
        text_heading(out, style, "Guests that are known to be stuck");
        text_known_guests(plan, SHOWN_MAX, style, out);
    }
}

gboolean
report_is_well(const Plan *plan)
{
    PlanSummary summary;

    summary_init(&summary, plan);
    return summary.is_well;
}

void
report_text_summary(const Plan *plan, const ReportStyle *style, GString *out)
{
    PlanSummary summary;

    summary_init(&summary, plan);
    g_autofree char *headline = summary_headline(&summary);
    g_autofree char *at = summary_time(plan->fleet->run_at);
    g_string_append_printf(out, "Run %" G_GINT64_FORMAT " of %s\n", plan->fleet->run, at);
    report_text_paragraph(out, style, 0, 0, headline);
    append_comparison(plan, &summary, style, out);
    append_unassigned(plan, style, out);
    if (summary.n_contracts[CONTRACT_BROKEN] > 0) {
        text_heading(out, style, "Published templates that are broken");
        append_contracts(plan, style, out);
    }
    append_guests_in_trouble(plan, &summary, style, out);
    if (summary.n_hosts_unplanned > 0) {
        text_heading(out, style, "Hosts whose CPU is not known");
        append_unplanned(plan, style, out);
    }
    if (summary.n_drift_actionable > 0) {
        text_heading(out, style, "Changes to act on");
        append_drift(plan, style, out);
    }
    if (summary.n_quarantine > 0) {
        text_heading(out, style, "Documents in quarantine");
        append_findings(plan->fleet->quarantine, FINDING_NOTE, "quarantine.csv", style, out);
        report_text_paragraph(out, style, 0, 0,
                              "What was known of their hosts before still counts; hosts of which "
                              "nothing was known are not planned with.");
    }
    append_restarts(plan, style, out);
    if (has_any(plan->findings, FINDING_WARNING)) {
        text_heading(out, style, "What else is not as it should be");
        append_findings(plan->findings, FINDING_WARNING, "findings.csv", style, out);
    }
    for (guint i = 0; i < plan->pools->len; i++)
        append_pool(plan, plan->pools->pdata[i], style, out);
}
