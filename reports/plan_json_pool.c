/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Pools: classes with their templates and contracts, the trade-off, the matrices, drains.
 *
 * A matrix of groups is written as its distinct rows, each as runs of (outcome, count): hosts of
 * one class mostly have the same rows, so a fleet's matrix grows with its classes more than with
 * its groups. ROWS tells which of the distinct rows each group has.
 */

#include "plan_json.h"

#include <reports/forms.h>
#include <string.h>

/* ---- the matrix ----------------------------------------------------------------------------- */

static guint32
cell_at(const Matrix *matrix, guint row, guint column)
{
    guint at = row;

    if (row == column && row + 1 < matrix->n)
        at = row + 1;
    else if (row == column && row > 0)
        at = row - 1;
    return matrix_cell(matrix, at, column);
}

/* ROW as runs: (outcome, count) after (outcome, count). */
static GArray *
row_runs(const Matrix *matrix, guint row)
{
    GArray *runs = g_array_new(FALSE, FALSE, sizeof(guint32));

    for (guint column = 0; column < matrix->n; column++) {
        guint32 outcome = cell_at(matrix, row, column);

        if (runs->len > 0 && g_array_index(runs, guint32, runs->len - 2) == outcome) {
            g_array_index(runs, guint32, runs->len - 1)++;
        } else {
            guint32 run[2] = {outcome, 1};
            g_array_append_vals(runs, run, 2);
        }
    }
    return runs;
}

static guint
hash_runs(gconstpointer key)
{
    const GArray *runs = key;
    guint hash = 5381;

    for (guint i = 0; i < runs->len; i++)
        hash = hash * 33 + g_array_index(runs, guint32, i);
    return hash;
}

static gboolean
equal_runs(gconstpointer a, gconstpointer b)
{
    const GArray *left = a, *right = b;

    return left->len == right->len &&
           memcmp(left->data, right->data, left->len * sizeof(guint32)) == 0;
}

static void
write_runs(JsonWriter *json, const GArray *runs)
{
    json_numbers(json, NULL, (const guint32 *)(const void *)runs->data, runs->len);
}

static void
write_rows(JsonWriter *json, const Matrix *matrix)
{
    g_autoptr(GPtrArray) distinct = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    g_autoptr(GHashTable) known = g_hash_table_new(hash_runs, equal_runs);
    g_autofree guint32 *rows = g_new(guint32, MAX(matrix->n, 1));
    g_autofree guint32 *diagonal = g_new(guint32, MAX(matrix->n, 1));

    for (guint row = 0; row < matrix->n; row++) {
        GArray *runs = row_runs(matrix, row);
        gpointer position = NULL;

        if (g_hash_table_lookup_extended(known, runs, NULL, &position)) {
            g_array_unref(runs);
        } else {
            position = GUINT_TO_POINTER(distinct->len);
            g_hash_table_insert(known, runs, position);
            g_ptr_array_add(distinct, runs);
        }
        rows[row] = GPOINTER_TO_UINT(position);
        diagonal[row] = matrix_cell(matrix, row, row);
    }
    json_numbers(json, "diagonal", diagonal, matrix->n);
    json_numbers(json, "rows", rows, matrix->n);
    json_begin_array(json, "runs");
    for (guint i = 0; i < distinct->len; i++)
        write_runs(json, distinct->pdata[i]);
    json_end_array(json);
}

static void
write_matrix(JsonWriter *json, const Matrix *matrix, BlockerTable *table)
{
    json_begin_object(json, matrix_subject_name(matrix->subject));
    json_begin_object(json, "n_pairs");
    for (Verdict verdict = 0; verdict < VERDICT_COUNT; verdict++)
        json_number(json, verdict_name(verdict), matrix->n_pairs[verdict]);
    json_end_object(json);
    json_number(json, "n_one_way", matrix->n_one_way);
    json_numbers(json, "groups", matrix->groups, matrix->n);
    write_rows(json, matrix);
    plan_json_outcomes(json, matrix->outcomes, table);
    json_end_object(json);
}

/* ---- classes -------------------------------------------------------------------------------- */

static void
write_cpu_xml(JsonWriter *json, const CpuDefinition *cpu)
{
    if (cpu == NULL) {
        json_null(json, "cpu");
        return;
    }
    g_autoptr(GString) xml = g_string_new(NULL);
    cpu_definition_format(cpu, 0, xml);
    json_string(json, "cpu", xml->str);
}

static void
write_template(JsonWriter *json, const ReportForms *forms, const PlanClass *klass)
{
    const Template *template = klass->template;

    json_begin_object(json, "template");
    json_string(json, "name", template->name);
    json_string(json, "digest", template->digest);
    json_string(json, "model", template->cpu != NULL ? template->cpu->model : NULL);
    write_cpu_xml(json, template->cpu);
    json_number_or_null(json, "physical_address_bits", template->physical_address_bits, 0);
    json_number_or_null(json, "tsc_hz", template->tsc_hz, 0);
    json_strings(json, "machines", template->machines);
    json_strings(json, "features", template->features);
    json_strings(json, "notes", template->notes);
    json_begin_object(json, "forms");
    for (ReportForm form = 0; form < REPORT_FORM_COUNT; form++) {
        g_autofree char *text = report_form_text(forms, klass, form);
        json_string(json, report_form_name(form), text);
    }
    json_end_object(json);
    json_end_object(json);
}

static void
write_contract(JsonWriter *json, const Contract *contract)
{
    const PublishedTemplate *published = contract->published;

    json_begin_object(json, "contract");
    json_string(json, "state", contract_state_name(contract->state));
    if (published != NULL) {
        g_autofree char *at = summary_time(published->published_at);

        json_begin_object(json, "published");
        json_number(json, "run", (guint64)published->run);
        json_string(json, "at", published->published_at > 0 ? at : NULL);
        json_string(json, "digest", published->digest);
        json_string(json, "model", published->cpu != NULL ? published->cpu->model : NULL);
        write_cpu_xml(json, published->cpu);
        json_end_object(json);
    } else {
        json_null(json, "published");
    }
    json_begin_array(json, "breaches");
    for (guint i = 0; i < contract->breaches->len; i++) {
        const ContractBreach *breach = &g_array_index(contract->breaches, ContractBreach, i);

        json_begin_object(json, NULL);
        json_number(json, "host", breach->host);
        json_strings(json, "reasons", breach->reasons);
        json_end_object(json);
    }
    json_end_array(json);
    json_strings(json, "lost_machines", contract->lost_machines);
    json_strings(json, "headroom", contract->headroom);
    json_indexes(json, "outdated_guests", contract->outdated_guests);
    json_end_object(json);
}

static void
write_capacity(JsonWriter *json, const Capacity *capacity)
{
    json_begin_object(json, "capacity");
    json_number(json, "n_hosts", capacity->n_hosts);
    json_number(json, "n_untold_hosts", capacity->n_untold_hosts);
    json_number(json, "n_guests", capacity->n_guests);
    json_number(json, "memory_kib", capacity->memory_kib);
    json_number(json, "used_kib", capacity->used_kib);
    json_number(json, "free_kib", capacity->free_kib);
    json_number(json, "largest_free_kib", capacity->largest_kib);
    json_number(json, "n_cpus", capacity->n_cpus);
    json_number(json, "n_vcpus", capacity->n_vcpus);
    json_number_or_null(json, "n_more_guests", capacity->n_more, CAPACITY_UNKNOWN);
    json_number_or_null(json, "n_more_guests_with_failover", capacity->n_more_failover,
                        CAPACITY_UNKNOWN);
    json_end_object(json);
}

static void
write_class(JsonWriter *json, const ReportForms *forms, const PlanClass *klass)
{
    json_begin_object(json, NULL);
    json_string(json, "name", klass->name);
    json_string(json, "level", klass->level);
    json_string(json, "arch", cpu_arch_name(klass->arch));
    json_string(json, "vendor", klass->vendor);
    json_decimal(json, "loss", klass->loss);
    json_number(json, "memory_kib", klass->memory_kib);
    json_number(json, "n_cpus", klass->n_cpus);
    write_capacity(json, &klass->capacity);
    json_begin_object(json, "n_ways");
    for (Verdict verdict = 0; verdict < VERDICT_COUNT; verdict++)
        json_number(json, verdict_name(verdict), klass->n_ways[verdict]);
    json_end_object(json);
    json_strings(json, "barriers", klass->barriers);
    json_number(json, "n_host_model", klass->n_host_model);
    json_number(json, "n_hosts", klass->hosts->len);
    json_indexes(json, "hosts", klass->hosts);
    write_template(json, forms, klass);
    write_contract(json, &klass->contract);
    json_begin_array(json, "limits");
    for (guint i = 0; i < klass->limits->len; i++) {
        const ClassLimit *limit = &g_array_index(klass->limits, ClassLimit, i);

        json_begin_object(json, NULL);
        json_string(json, "text", limit->text);
        json_decimal(json, "gain", limit->gain);
        json_number(json, "n_hosts", limit->hosts->len);
        json_indexes(json, "hosts", limit->hosts);
        json_strings(json, "features", limit->features);
        json_end_object(json);
    }
    json_end_array(json);
    json_end_object(json);
}

/* ---- pools ---------------------------------------------------------------------------------- */

static void
write_tradeoff(JsonWriter *json, const PlanPool *pool)
{
    json_begin_array(json, "tradeoff");
    for (guint i = 0; i < pool->tradeoff->len; i++) {
        const TradeoffPoint *point = &g_array_index(pool->tradeoff, TradeoffPoint, i);

        json_begin_object(json, NULL);
        json_number(json, "n_classes", point->n_classes);
        json_decimal(json, "loss", point->loss);
        json_boolean(json, "is_chosen", point->is_chosen);
        json_boolean(json, "is_exact", point->is_exact);
        json_boolean(json, "is_kept", point->is_kept);
        json_end_object(json);
    }
    json_end_array(json);
}

static void
write_merges(JsonWriter *json, const PlanPool *pool)
{
    json_begin_array(json, "merges");
    for (guint i = 0; i < pool->merges->len; i++) {
        const ClassMerge *merge = &g_array_index(pool->merges, ClassMerge, i);

        json_begin_object(json, NULL);
        json_number(json, "first", merge->first);
        json_number(json, "second", merge->second);
        json_decimal(json, "loss", merge->loss);
        json_decimal(json, "added_loss", merge->added_loss);
        json_end_object(json);
    }
    json_end_array(json);
}

static void
write_order(JsonWriter *json, const Maintenance *maintenance)
{
    g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(guint32));

    if (maintenance->n_order > 0)
        g_array_append_vals(order, maintenance->order, maintenance->n_order);
    json_indexes(json, "order", order);
}

/* Those that cannot be emptied; all others can. */
static void
write_drains(JsonWriter *json, const PlanPool *pool)
{
    json_begin_array(json, "drains");
    for (guint i = 0; i < pool->drains->len; i++) {
        const Drain *drain = pool->drains->pdata[i];

        if (drain->verdict == VERDICT_YES)
            continue;
        json_begin_object(json, NULL);
        json_number(json, "host", drain->host);
        json_string(json, "verdict", verdict_name(drain->verdict));
        json_number(json, "n_guests", drain->n_guests);
        json_indexes(json, "stranded", drain->stranded);
        json_string(json, "text", drain->text);
        json_end_object(json);
    }
    json_end_array(json);
    json_begin_object(json, "maintenance");
    write_order(json, &pool->maintenance);
    json_indexes(json, "blocking_guests", pool->maintenance.blocking_guests);
    json_boolean(json, "is_failover_kept", pool->maintenance.failover == VERDICT_YES);
    json_string(json, "failover", verdict_name(pool->maintenance.failover));
    json_string(json, "failover_text", pool->maintenance.failover_text);
    json_end_object(json);
}

static void
write_pool(JsonWriter *json, const ReportForms *forms, const PlanPool *pool, BlockerTable *table)
{
    json_begin_object(json, NULL);
    json_string(json, "name", pool->settings->name);
    json_string(json, "strategy", strategy_name(pool->settings->strategy));
    json_number(json, "failover_hosts", pool->settings->failover_hosts);
    json_number(json, "n_hosts", pool->hosts->len);
    json_indexes(json, "hosts", pool->hosts);
    json_indexes(json, "unplanned", pool->quarantined);
    json_begin_array(json, "classes");
    for (guint i = 0; i < pool->classes->len; i++)
        write_class(json, forms, pool->classes->pdata[i]);
    json_end_array(json);
    json_number_or_null(json, "guest_kib", pool->guest_kib, 0);
    write_capacity(json, &pool->capacity);
    write_tradeoff(json, pool);
    write_merges(json, pool);
    json_begin_object(json, "matrices");
    for (MatrixSubject subject = 0; subject < SUBJECT_COUNT; subject++) {
        if (pool->matrices[subject] != NULL)
            write_matrix(json, pool->matrices[subject], table);
    }
    json_end_object(json);
    write_drains(json, pool);
    json_end_object(json);
}

void
plan_json_pools(JsonWriter *json, const Plan *plan, BlockerTable *table)
{
    g_autoptr(ReportForms) forms = report_forms_new(plan);

    json_begin_array(json, "pools");
    for (guint i = 0; i < plan->pools->len; i++)
        write_pool(json, forms, plan->pools->pdata[i], table);
    json_end_array(json);
}
