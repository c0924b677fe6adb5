/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Prometheus textfile metrics: a table of families, each with the function that writes its samples.
 * docs/metrics.md is their manual. No sample carries a timestamp: node_exporter tells the file's
 * own.
 *
 * Label values are bounded by pools, classes and the planner's checks. There is one family with a
 * sample for each host, and it is left out in fleets where it would be a burden.
 */

#include "output.h"
#include "summary.h"

#include <reports/escape.h>
#include <reports/reports.h>

#include <stdarg.h>

#define HOST_SAMPLES_MAX 20000

typedef struct {
    const Plan *plan;
    const PlanSummary *summary;
    const char *name; /* of the family that is being written */
    Output *output;
} Metrics;

/* One sample; the labels follow as name, value pairs and end with NULL. */
static void G_GNUC_NULL_TERMINATED
sample(const Metrics *metrics, gdouble value, ...)
{
    GString *out = metrics->output->text;
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    const char *label;
    char separator = '{';
    va_list labels;

    g_string_append(out, metrics->name);
    va_start(labels, value);
    while ((label = va_arg(labels, const char *)) != NULL) {
        g_string_append_printf(out, "%c%s=\"", separator, label);
        escape_prometheus(out, va_arg(labels, const char *));
        g_string_append_c(out, '"');
        separator = ',';
    }
    va_end(labels);
    g_string_append_printf(out, "%s %s\n", separator == ',' ? "}" : "",
                           g_ascii_formatd(number, sizeof number, "%.15g", value));
    output_checkpoint(metrics->output);
}

static void
write_run(const Metrics *metrics)
{
    sample(metrics, (gdouble)metrics->plan->fleet->run_at, NULL);
}

static void
write_healthy(const Metrics *metrics)
{
    sample(metrics, metrics->summary->is_well, NULL);
}

static void
write_hosts(const Metrics *metrics)
{
    const PlanSummary *summary = metrics->summary;
    guint n_planned = summary_n_planned(summary);

    sample(metrics, n_planned, "state", "planned", NULL);
    sample(metrics, summary->n_hosts_unplanned, "state", "unplanned", NULL);
    sample(metrics, summary->n_hosts_unassigned, "state", "unassigned", NULL);
    sample(metrics, summary->n_hosts_gone, "state", "gone", NULL);
}

static void
write_guests(const Metrics *metrics)
{
    for (GuestFreedom state = 0; state < GUEST_FREEDOM_COUNT; state++)
        sample(metrics, metrics->summary->n_guests_in[state], "state", guest_freedom_name(state),
               NULL);
}

static void
write_known_guests(const Metrics *metrics)
{
    for (GuestFreedom state = GUEST_MAY_BE_STUCK; state < GUEST_FREEDOM_COUNT; state++)
        sample(metrics, metrics->summary->n_guests_known[state], "state", guest_freedom_name(state),
               NULL);
}

static void
write_quarantine(const Metrics *metrics)
{
    sample(metrics, metrics->summary->n_quarantine, NULL);
}

static void
write_findings(const Metrics *metrics)
{
    for (FindingSeverity severity = 0; severity < FINDING_SEVERITY_COUNT; severity++)
        sample(metrics, metrics->summary->n_findings[severity], "severity",
               finding_severity_name(severity), NULL);
}

static void
write_drift(const Metrics *metrics)
{
    sample(metrics, metrics->summary->n_drift_actionable, "actionable", "yes", NULL);
    sample(metrics, metrics->summary->n_drift - metrics->summary->n_drift_actionable, "actionable",
           "no", NULL);
}

/* Calls WRITE for each class. */
static void
for_each_class(const Metrics *metrics,
               void (*write)(const Metrics *metrics, const char *pool, const PlanClass *klass))
{
    for (guint p = 0; p < metrics->plan->pools->len; p++) {
        const PlanPool *pool = metrics->plan->pools->pdata[p];

        for (guint c = 0; c < pool->classes->len; c++)
            write(metrics, pool->settings->name, pool->classes->pdata[c]);
    }
}

static void
class_hosts(const Metrics *metrics, const char *pool, const PlanClass *klass)
{
    sample(metrics, klass->hosts->len, "pool", pool, "class", klass->name, NULL);
}

static void
class_memory(const Metrics *metrics, const char *pool, const PlanClass *klass)
{
    sample(metrics, (gdouble)klass->memory_kib * 1024, "pool", pool, "class", klass->name, NULL);
}

static void
class_cpus(const Metrics *metrics, const char *pool, const PlanClass *klass)
{
    sample(metrics, klass->n_cpus, "pool", pool, "class", klass->name, NULL);
}

static void
class_guests(const Metrics *metrics, const char *pool, const PlanClass *klass)
{
    sample(metrics, klass->capacity.n_guests, "pool", pool, "class", klass->name, NULL);
}

static void
class_free(const Metrics *metrics, const char *pool, const PlanClass *klass)
{
    sample(metrics, (gdouble)klass->capacity.free_kib * 1024, "pool", pool, "class", klass->name,
           NULL);
}

static void
class_vcpus(const Metrics *metrics, const char *pool, const PlanClass *klass)
{
    sample(metrics, klass->capacity.n_vcpus, "pool", pool, "class", klass->name, NULL);
}

static void
class_room(const Metrics *metrics, const char *pool, const PlanClass *klass)
{
    const struct {
        const char *failover;
        guint64 n;
    } rooms[] = {{"ignored", klass->capacity.n_more}, {"kept", klass->capacity.n_more_failover}};

    for (gsize i = 0; i < G_N_ELEMENTS(rooms); i++)
        if (rooms[i].n != CAPACITY_UNKNOWN)
            sample(metrics, (gdouble)rooms[i].n, "pool", pool, "class", klass->name, "failover",
                   rooms[i].failover, NULL);
}

static void
class_loss(const Metrics *metrics, const char *pool, const PlanClass *klass)
{
    sample(metrics, klass->loss, "pool", pool, "class", klass->name, NULL);
}

static void
class_contract(const Metrics *metrics, const char *pool, const PlanClass *klass)
{
    for (ContractState state = 0; state < CONTRACT_COUNT; state++)
        sample(metrics, klass->contract.state == state, "pool", pool, "class", klass->name, "state",
               contract_state_name(state), NULL);
}

static void
write_class_hosts(const Metrics *metrics)
{
    for_each_class(metrics, class_hosts);
}

static void
write_class_memory(const Metrics *metrics)
{
    for_each_class(metrics, class_memory);
}

static void
write_class_cpus(const Metrics *metrics)
{
    for_each_class(metrics, class_cpus);
}

static void
write_class_guests(const Metrics *metrics)
{
    for_each_class(metrics, class_guests);
}

static void
write_class_free(const Metrics *metrics)
{
    for_each_class(metrics, class_free);
}

static void
write_class_vcpus(const Metrics *metrics)
{
    for_each_class(metrics, class_vcpus);
}

static void
write_class_room(const Metrics *metrics)
{
    for_each_class(metrics, class_room);
}

static void
write_class_loss(const Metrics *metrics)
{
    for_each_class(metrics, class_loss);
}

static void
write_class_contract(const Metrics *metrics)
{
    for_each_class(metrics, class_contract);
}

static void
write_pairs(const Metrics *metrics)
{
    for (guint p = 0; p < metrics->plan->pools->len; p++) {
        const PlanPool *pool = metrics->plan->pools->pdata[p];

        for (MatrixSubject subject = 0; subject < SUBJECT_COUNT; subject++) {
            const Matrix *matrix = pool->matrices[subject];

            for (Verdict verdict = 0; matrix != NULL && verdict < VERDICT_COUNT; verdict++)
                sample(metrics, (gdouble)matrix->n_pairs[verdict], "pool", pool->settings->name,
                       "subject", matrix_subject_name(subject), "verdict", verdict_name(verdict),
                       NULL);
        }
    }
}

static void
write_one_way(const Metrics *metrics)
{
    for (guint p = 0; p < metrics->plan->pools->len; p++) {
        const PlanPool *pool = metrics->plan->pools->pdata[p];

        for (MatrixSubject subject = 0; subject < SUBJECT_COUNT; subject++) {
            if (pool->matrices[subject] != NULL)
                sample(metrics, (gdouble)pool->matrices[subject]->n_one_way, "pool",
                       pool->settings->name, "subject", matrix_subject_name(subject), NULL);
        }
    }
}

static void
write_drains(const Metrics *metrics)
{
    for (guint p = 0; p < metrics->plan->pools->len; p++) {
        const PlanPool *pool = metrics->plan->pools->pdata[p];
        guint n[VERDICT_COUNT] = {0};

        for (guint i = 0; i < pool->drains->len; i++)
            n[((const Drain *)pool->drains->pdata[i])->verdict]++;
        for (Verdict verdict = 0; verdict < VERDICT_COUNT; verdict++)
            sample(metrics, n[verdict], "pool", pool->settings->name, "verdict",
                   verdict_name(verdict), NULL);
    }
}

static void
write_failover(const Metrics *metrics)
{
    for (guint p = 0; p < metrics->plan->pools->len; p++) {
        const PlanPool *pool = metrics->plan->pools->pdata[p];

        if (pool->settings->failover_hosts > 0)
            sample(metrics, pool->maintenance.failover == VERDICT_YES, "pool", pool->settings->name,
                   NULL);
    }
}

static void
write_host_info(const Metrics *metrics)
{
    const Plan *plan = metrics->plan;
    g_autofree HostMembership *memberships = summary_host_memberships(plan);

    for (guint i = 0; i < plan->fleet->hosts->len && plan->fleet->hosts->len <= HOST_SAMPLES_MAX;
         i++) {
        const Host *host = fleet_host(plan->fleet, i);
        const PlanClass *klass = summary_class(plan, &memberships[i]);
        const char *vendor = fleet_host_vendor(plan->fleet, host);
        const PlanPool *pool =
            memberships[i].pool != FLEET_NO_INDEX ? plan->pools->pdata[memberships[i].pool] : NULL;
        g_autofree char *microcode =
            host->microcode != 0 ? g_strdup_printf("0x%x", host->microcode) : g_strdup("");

        sample(metrics, 1, "host", host->name, "pool", pool != NULL ? pool->settings->name : "",
               "class", klass != NULL ? klass->name : "", "vendor", vendor != NULL ? vendor : "",
               "microcode", microcode, NULL);
    }
}

static const struct {
    const char *name;
    const char *help;
    void (*write)(const Metrics *metrics);
} families[] = {
    {"virtplan_run_timestamp_seconds", "When the inventory run of this plan began.", write_run},
    {"virtplan_is_well", "1 when nothing needs a person.", write_healthy},
    {"virtplan_hosts", "Hosts of the inventory by what the plan does with them.", write_hosts},
    {"virtplan_guests", "Guests by whether they can migrate anywhere.", write_guests},
    {"virtplan_guests_known", "Of those in trouble, guests that the plan file knows.",
     write_known_guests},
    {"virtplan_quarantine_documents", "Documents that could not be used.", write_quarantine},
    {"virtplan_findings", "What the planner found wrong, by severity.", write_findings},
    {"virtplan_drift_items", "Changes since the earlier run.", write_drift},
    {"virtplan_class_hosts", "Hosts in a class.", write_class_hosts},
    {"virtplan_class_memory_bytes", "Memory of a class's hosts.", write_class_memory},
    {"virtplan_class_cpus", "Logical CPUs of a class's hosts.", write_class_cpus},
    {"virtplan_class_guests", "Guests that run on a class's hosts.", write_class_guests},
    {"virtplan_class_free_memory_bytes", "Memory of a class's hosts that no guest has.",
     write_class_free},
    {"virtplan_class_vcpus", "vCPUs of the guests on a class's hosts.", write_class_vcpus},
    {"virtplan_class_room_guests", "More guests of the pool's size that have room.",
     write_class_room},
    {"virtplan_class_loss_ratio", "Weighted share of features that a class gives up.",
     write_class_loss},
    {"virtplan_class_contract", "1 for the state of a class's published template.",
     write_class_contract},
    {"virtplan_migration_pairs", "Ordered host pairs by verdict.", write_pairs},
    {"virtplan_migration_one_way_pairs", "Host pairs that migrate in one direction alone.",
     write_one_way},
    {"virtplan_drains", "Hosts by whether all their guests can leave.", write_drains},
    {"virtplan_failover_is_kept", "1 when the pool's failover need is met.", write_failover},
    {"virtplan_host_info", "Where each host stands; always 1.", write_host_info},
};

char *
report_prometheus(const Plan *plan)
{
    PlanSummary summary;
    Output output;

    summary_init(&summary, plan);
    output_init_memory(&output);
    for (gsize i = 0; i < G_N_ELEMENTS(families); i++) {
        Metrics metrics = {plan, &summary, families[i].name, &output};

        g_string_append_printf(output.text, "# HELP %s %s\n# TYPE %s gauge\n", families[i].name,
                               families[i].help, families[i].name);
        families[i].write(&metrics);
    }
    return output_steal(&output);
}
