/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The report that is read first: what is wrong, then what there is. */

#include "text_private.h"

#include <reports/escape.h>

#include <stdarg.h>

/* Of each kind of trouble; the tables have them all. */
#define SHOWN_MAX 10
#define SHOWN_CLASSES_MAX 40

typedef struct {
    const ReportStyle *style;
    GString *out;
    guint n;
    guint n_left_out;
} List;

static void G_GNUC_PRINTF(2, 3) list_item(List *list, const char *format, ...)
{
    va_list args;

    if (++list->n > SHOWN_MAX) {
        list->n_left_out++;
        return;
    }
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    report_text_paragraph(list->out, list->style, 2, 2, text);
}

static void
list_end(const List *list, const char *file)
{
    if (list->n_left_out > 0)
        g_string_append_printf(list->out, "  ... and %u more in %s\n", list->n_left_out, file);
}

static void
append_contracts(const Plan *plan, const ReportStyle *style, GString *out)
{
    List list = {style, out, 0, 0};

    for (guint p = 0; p < plan->pools->len; p++) {
        const PlanPool *pool = plan->pools->pdata[p];

        for (guint c = 0; c < pool->classes->len; c++) {
            const PlanClass *klass = pool->classes->pdata[c];

            for (guint i = 0; i < klass->contract.breaches->len; i++) {
                const ContractBreach *breach =
                    &g_array_index(klass->contract.breaches, ContractBreach, i);

                list_item(&list, "%s/%s: %s: %s", pool->settings->name, klass->name,
                          fleet_host(plan->fleet, breach->host)->name,
                          breach->reasons->len > 0 ? (const char *)breach->reasons->pdata[0]
                                                   : "does not meet it");
            }
        }
    }
    list_end(&list, "report.html");
}

static void
append_guests_in(const Plan *plan, GuestFreedom state, const ReportStyle *style, GString *out)
{
    List list = {style, out, 0, 0};

    for (guint i = 0; i < plan->guests->len; i++) {
        const GuestPlan *guest = plan->guests->pdata[i];
        const Guest *record = plan->fleet->guests->pdata[guest->guest];

        if (guest->freedom != state)
            continue;
        list_item(&list, "%s on %s%s%s%s", record->name,
                  record->host != NULL ? record->host : "an unknown host",
                  guest->held_by != NULL ? ": " : "", guest->held_by != NULL ? guest->held_by : "",
                  !guest->is_freed_by_template ? ""
                  : guest->held_by != NULL     ? " A restart on its pool's template frees it."
                                               : ": a restart on its pool's template frees it.");
    }
    list_end(&list, "guests.csv");
}

static void
append_unplanned(const Plan *plan, const ReportStyle *style, GString *out)
{
    List list = {style, out, 0, 0};

    for (guint p = 0; p < plan->pools->len; p++) {
        const PlanPool *pool = plan->pools->pdata[p];

        for (guint i = 0; i < pool->quarantined->len; i++)
            list_item(&list, "%s in pool %s",
                      fleet_host(plan->fleet, g_array_index(pool->quarantined, guint32, i))->name,
                      pool->settings->name);
    }
    list_end(&list, "hosts.csv");
}

static void
append_drift(const Plan *plan, const ReportStyle *style, GString *out)
{
    List list = {style, out, 0, 0};

    for (guint i = 0; i < plan->drift->len; i++) {
        const DriftItem *item = plan->drift->pdata[i];

        if (item->is_actionable)
            list_item(&list, "%s%s%s%s%s%s", item->host != NULL ? item->host : "",
                      item->host != NULL ? ": " : "", item->text,
                      item->cause != NULL ? " Changed with it: " : "",
                      item->cause != NULL ? item->cause : "", item->cause != NULL ? "." : "");
    }
    list_end(&list, "drift.csv");
}

/* FINDINGS of at least SEVERITY. */
static void
append_findings(const GPtrArray *findings, FindingSeverity severity, const char *file,
                const ReportStyle *style, GString *out)
{
    List list = {style, out, 0, 0};

    for (guint i = 0; i < findings->len; i++) {
        if (((const Finding *)findings->pdata[i])->severity < severity)
            continue;
        g_autofree char *line = finding_format(findings->pdata[i]);
        list_item(&list, "%s", line);
    }
    list_end(&list, file);
}

static void
append_pool(const Plan *plan, const PlanPool *pool, const ReportStyle *style, GString *out)
{
    g_autofree char *hosts = summary_count(pool->hosts->len, "host", "hosts");
    g_autofree char *title = g_strdup_printf("Pool %s: %s, strategy %s", pool->settings->name,
                                             hosts, strategy_name(pool->settings->strategy));
    const Matrix *matrix = pool->matrices[SUBJECT_TEMPLATE];

    text_heading(out, style, title);
    guint n_left_out = text_classes(plan, pool, SHOWN_CLASSES_MAX, style, out);
    if (n_left_out > 0)
        g_string_append_printf(out, "... and %u more in classes.csv\n", n_left_out);
    if (matrix != NULL) {
        g_autofree char *ways = g_strdup_printf(
            "On their class's template, guests have %" G_GUINT64_FORMAT " ways from host to host; "
            "%" G_GUINT64_FORMAT " are closed, %" G_GUINT64_FORMAT " not known, %" G_GUINT64_FORMAT
            " pairs go one way only.",
            matrix->n_pairs[VERDICT_YES] + matrix->n_pairs[VERDICT_WARN],
            matrix->n_pairs[VERDICT_NO], matrix->n_pairs[VERDICT_UNKNOWN], matrix->n_one_way);
        report_text_paragraph(out, style, 0, 0, ways);
    }
    if (pool->maintenance.failover_text != NULL)
        report_text_paragraph(out, style, 0, 0, pool->maintenance.failover_text);
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
    if (summary.n_contracts[CONTRACT_BROKEN] > 0) {
        text_heading(out, style, "Published templates that are broken");
        append_contracts(plan, style, out);
    }
    if (summary.n_guests_in[GUEST_STUCK] > 0) {
        text_heading(out, style, "Guests with nowhere to go");
        append_guests_in(plan, GUEST_STUCK, style, out);
    }
    if (summary.n_guests_in[GUEST_MAY_BE_STUCK] > 0) {
        text_heading(out, style, "Guests that may have nowhere to go");
        append_guests_in(plan, GUEST_MAY_BE_STUCK, style, out);
    }
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
    }
    if (summary.n_findings[FINDING_ERROR] + summary.n_findings[FINDING_WARNING] > 0) {
        text_heading(out, style, "What else is not as it should be");
        append_findings(plan->findings, FINDING_WARNING, "findings.csv", style, out);
    }
    for (guint i = 0; i < plan->pools->len; i++)
        append_pool(plan, plan->pools->pdata[i], style, out);
}
