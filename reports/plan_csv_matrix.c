/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The matrices as one table: a row for each pair of classes and each answer that pairs of their
 * hosts get, with the number of host pairs and one example. A fleet's table so grows with its
 * classes; the answer of every single pair is in the JSON document.
 *
 * One source class is counted at a time, into an array of (target class, outcome).
 */

#include "plan_csv.h"

typedef struct {
    guint64 n_pairs;
    guint row, column; /* the first pair */
} Tally;

typedef struct {
    const Plan *plan;
    const PlanPool *pool;
    const Matrix *matrix;
    guint32 *classes; /* of each row; classes->len of the pool for hosts without one */
} MatrixTable;

static const HostGroup *
group_at(const MatrixTable *table, guint position)
{
    return table->plan->groups->pdata[table->matrix->groups[position]];
}

static guint32 *
classes_of_rows(const Plan *plan, const PlanPool *pool, const Matrix *matrix)
{
    g_autofree guint32 *of_host = g_new(guint32, MAX(plan->fleet->hosts->len, 1));
    guint32 *classes = g_new(guint32, MAX(matrix->n, 1));

    for (guint i = 0; i < plan->fleet->hosts->len; i++)
        of_host[i] = pool->classes->len;
    for (guint c = 0; c < pool->classes->len; c++) {
        const PlanClass *klass = pool->classes->pdata[c];

        for (guint i = 0; i < klass->hosts->len; i++)
            of_host[g_array_index(klass->hosts, guint32, i)] = c;
    }
    for (guint row = 0; row < matrix->n; row++) {
        const HostGroup *group = plan->groups->pdata[matrix->groups[row]];

        classes[row] = group->hosts->len > 0 ? of_host[g_array_index(group->hosts, guint32, 0)]
                                             : pool->classes->len;
    }
    return classes;
}

static void
tally_row(const MatrixTable *table, guint row, Tally *tallies)
{
    const guint32 *cells = table->matrix->cells + (gsize)row * table->matrix->n;
    guint64 n_from = group_at(table, row)->hosts->len;

    for (guint column = 0; column < table->matrix->n; column++) {
        guint64 n_to = group_at(table, column)->hosts->len;
        guint64 n_pairs = n_from * (row == column ? n_to - 1 : n_to);
        Tally *tally =
            &tallies[(gsize)table->classes[column] * table->matrix->outcomes->len + cells[column]];

        if (tally->n_pairs == 0) {
            tally->row = row;
            tally->column = column;
        }
        tally->n_pairs += n_pairs;
    }
}

static const char *
class_name(const MatrixTable *table, guint32 index)
{
    if (index >= table->pool->classes->len)
        return NULL;
    return ((const PlanClass *)table->pool->classes->pdata[index])->name;
}

static void
write_tally(const MatrixTable *table, guint32 from, guint32 to, const Outcome *outcome,
            const Tally *tally, Output *output)
{
    g_autoptr(GPtrArray) checks = g_ptr_array_new_with_free_func(g_free);
    const Blocker *worst = outcome->blockers->len > 0 ? outcome->blockers->pdata[0] : NULL;

    for (guint i = 0; i < outcome->blockers->len; i++)
        g_ptr_array_add(checks, g_strdup(((const Blocker *)outcome->blockers->pdata[i])->check));
    csv_text(output, table->pool->settings->name);
    csv_text(output, matrix_subject_name(table->matrix->subject));
    csv_text(output, class_name(table, from));
    csv_text(output, class_name(table, to));
    csv_text(output, verdict_name(outcome->verdict));
    csv_number(output, tally->n_pairs);
    csv_list(output, checks);
    csv_text(output, group_at(table, tally->row)->name);
    csv_text(output, group_at(table, tally->column)->name);
    csv_text(output, worst != NULL ? worst->text : NULL);
    csv_text(output, worst != NULL ? worst->remedy : NULL);
    csv_end_row(output);
}

static void
write_from_class(const MatrixTable *table, guint32 from, Tally *tallies, Output *output)
{
    guint n_outcomes = table->matrix->outcomes->len;
    gsize n_tallies = (gsize)(table->pool->classes->len + 1) * n_outcomes;

    for (gsize i = 0; i < n_tallies; i++)
        tallies[i] = (Tally){0};
    for (guint row = 0; row < table->matrix->n; row++) {
        if (table->classes[row] == from)
            tally_row(table, row, tallies);
    }
    for (gsize i = 0; i < n_tallies; i++) {
        if (tallies[i].n_pairs > 0)
            write_tally(table, from, (guint32)(i / n_outcomes),
                        table->matrix->outcomes->pdata[i % n_outcomes], &tallies[i], output);
    }
}

static void
write_matrix(const Plan *plan, const PlanPool *pool, const Matrix *matrix, Output *output)
{
    g_autofree guint32 *classes = classes_of_rows(plan, pool, matrix);
    MatrixTable table = {plan, pool, matrix, classes};
    g_autofree Tally *tallies =
        g_new(Tally, (gsize)(pool->classes->len + 1) * matrix->outcomes->len);

    for (guint32 from = 0; from <= pool->classes->len; from++)
        write_from_class(&table, from, tallies, output);
}

void
plan_csv_matrix(const Plan *plan, Output *output)
{
    for (guint p = 0; p < plan->pools->len; p++) {
        const PlanPool *pool = plan->pools->pdata[p];

        for (MatrixSubject subject = 0; subject < SUBJECT_COUNT; subject++) {
            if (pool->matrices[subject] != NULL)
                write_matrix(plan, pool, pool->matrices[subject], output);
        }
    }
}
