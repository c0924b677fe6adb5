/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The matrices as one table: a row for each pair of classes and each answer that pairs of their
 * hosts get, with the number of host pairs and one example. A fleet's table so grows with its
 * classes; the answer of every single pair is in the JSON document.
 *
 * One source class is counted at a time, into tallies of (target class, outcome). Neighbouring
 * cells mostly have the same, and are counted together before the tally is looked up.
 */

#include "plan_csv.h"

typedef struct {
    guint32 to, outcome; /* the target's class; the outcome's position in the matrix */
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

static guint
hash_tally(gconstpointer key)
{
    const Tally *tally = key;

    return tally->to * 31 + tally->outcome;
}

static gboolean
equal_tallies(gconstpointer a, gconstpointer b)
{
    const Tally *left = a, *right = b;

    return left->to == right->to && left->outcome == right->outcome;
}

static gint
compare_tallies(gconstpointer a, gconstpointer b)
{
    const Tally *left = *(const Tally *const *)a, *right = *(const Tally *const *)b;

    if (left->to != right->to)
        return left->to < right->to ? -1 : 1;
    return (left->outcome > right->outcome) - (left->outcome < right->outcome);
}

/* Adds PART to the tally of its class and outcome. */
static void
add_tally(GHashTable *tallies, const Tally *part)
{
    Tally *tally = g_hash_table_lookup(tallies, part);

    if (part->n_pairs == 0)
        return;
    if (tally != NULL)
        tally->n_pairs += part->n_pairs;
    else
        g_hash_table_add(tallies, g_memdup2(part, sizeof *part));
}

static void
tally_row(const MatrixTable *table, guint row, GHashTable *tallies)
{
    guint64 n_from = group_at(table, row)->hosts->len;
    Tally part = {0};

    for (guint column = 0; column < table->matrix->n; column++) {
        guint64 n_to = group_at(table, column)->hosts->len;
        guint64 n_pairs = n_from * (row == column ? n_to - 1 : n_to);
        Tally here = {table->classes[column], matrix_cell(table->matrix, row, column), n_pairs, row,
                      column};

        if (part.n_pairs > 0 && equal_tallies(&part, &here)) {
            part.n_pairs += n_pairs;
        } else {
            add_tally(tallies, &part);
            part = here;
        }
    }
    add_tally(tallies, &part);
}

static const char *
class_name(const MatrixTable *table, guint32 index)
{
    if (index >= table->pool->classes->len)
        return NULL;
    return ((const PlanClass *)table->pool->classes->pdata[index])->name;
}

/* A host of a group by its place in it: a pair within one is of two of its hosts. */
static const char *
example(const MatrixTable *table, guint row, guint place)
{
    const HostGroup *group = group_at(table, row);

    return place < group->hosts->len
               ? fleet_host(table->plan->fleet, g_array_index(group->hosts, guint32, place))->name
               : group->name;
}

static void
write_tally(const MatrixTable *table, guint32 from, const Tally *tally, Output *output)
{
    const Outcome *outcome = table->matrix->outcomes->pdata[tally->outcome];
    const Blocker *worst = outcome->blockers->len > 0 ? outcome->blockers->pdata[0] : NULL;
    g_autoptr(GPtrArray) checks = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < outcome->blockers->len; i++)
        g_ptr_array_add(checks, g_strdup(((const Blocker *)outcome->blockers->pdata[i])->check));
    csv_text(output, table->pool->settings->name);
    csv_text(output, matrix_subject_name(table->matrix->subject));
    csv_text(output, class_name(table, from));
    csv_text(output, class_name(table, tally->to));
    csv_text(output, verdict_name(outcome->verdict));
    csv_number(output, tally->n_pairs);
    csv_list(output, checks);
    csv_text(output, example(table, tally->row, 0));
    csv_text(output, example(table, tally->column, tally->row == tally->column ? 1 : 0));
    csv_text(output, worst != NULL ? worst->text : NULL);
    csv_text(output, worst != NULL ? worst->remedy : NULL);
    csv_end_row(output);
}

/* ROWS: the matrix's rows of the class FROM. */
static void
write_from_class(const MatrixTable *table, guint32 from, const GArray *rows, Output *output)
{
    g_autoptr(GHashTable) tallies = g_hash_table_new_full(hash_tally, equal_tallies, g_free, NULL);
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    GHashTableIter iter;
    gpointer tally;

    for (guint i = 0; i < rows->len; i++)
        tally_row(table, g_array_index(rows, guint, i), tallies);
    g_hash_table_iter_init(&iter, tallies);
    while (g_hash_table_iter_next(&iter, &tally, NULL))
        g_ptr_array_add(sorted, tally);
    g_ptr_array_sort(sorted, compare_tallies);
    for (guint i = 0; i < sorted->len; i++)
        write_tally(table, from, sorted->pdata[i], output);
}

static void
write_matrix(const Plan *plan, const PlanPool *pool, const Matrix *matrix, Output *output)
{
    g_autofree guint32 *classes = classes_of_rows(plan, pool, matrix);
    MatrixTable table = {plan, pool, matrix, classes};
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);

    for (guint32 from = 0; from <= pool->classes->len; from++)
        g_ptr_array_add(rows, g_array_new(FALSE, FALSE, sizeof(guint)));
    for (guint row = 0; row < matrix->n; row++) {
        GArray *of_class = rows->pdata[classes[row]];
        g_array_append_val(of_class, row);
    }
    for (guint32 from = 0; from <= pool->classes->len; from++)
        write_from_class(&table, from, rows->pdata[from], output);
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
