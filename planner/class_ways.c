/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A class is made of CPUs, and a guest on its template has the CPU for every member. What closes a
 * way between two members nevertheless is the rest of them: security models, versions of QEMU and
 * libvirt, transports. So that nobody takes a class for open who did not look into the matrix, the
 * ways inside are counted, and the checks named.
 */
#include "class_ways.h"

#include <string.h>

/* A check, and how many ways it decides. */
typedef struct {
    const char *check;
    guint64 n_ways;
} Barrier;

static void
count_barrier(GArray *barriers, const char *check, guint64 n_ways)
{
    const Barrier new = {check, n_ways};

    for (guint i = 0; i < barriers->len; i++) {
        Barrier *barrier = &g_array_index(barriers, Barrier, i);

        if (strcmp(barrier->check, check) == 0) {
            barrier->n_ways += n_ways;
            return;
        }
    }
    g_array_append_val(barriers, new);
}

static gint
compare_barriers(gconstpointer a, gconstpointer b)
{
    const Barrier *left = a, *right = b;

    if (left->n_ways != right->n_ways)
        return left->n_ways > right->n_ways ? -1 : 1;
    return strcmp(left->check, right->check);
}

/* The Nth blocker of OUTCOME decides, and no earlier one of the same check does. */
static gboolean
is_first_to_decide(const Outcome *outcome, guint n)
{
    const Blocker *blocker = g_ptr_array_index(outcome->blockers, n);

    for (guint i = 0; i < n; i++) {
        const Blocker *earlier = g_ptr_array_index(outcome->blockers, i);

        if (earlier->severity == outcome->verdict && strcmp(earlier->check, blocker->check) == 0)
            return FALSE;
    }
    return blocker->severity == outcome->verdict;
}

/* N_WAYS of KLASS have OUTCOME. */
static void
add_outcome(PlanClass *klass, const Outcome *outcome, guint64 n_ways, GArray *barriers)
{
    klass->n_ways[outcome->verdict] += n_ways;
    for (guint i = 0; outcome->verdict > VERDICT_WARN && i < outcome->blockers->len; i++)
        if (is_first_to_decide(outcome, i))
            count_barrier(barriers,
                          ((const Blocker *)g_ptr_array_index(outcome->blockers, i))->check,
                          n_ways);
}

/* The hosts of each of ROWS' groups. Owned by the caller. */
static guint64 *
sizes_of(const Planning *planning, const Matrix *matrix, const GArray *rows)
{
    guint64 *sizes = g_new(guint64, rows->len + 1);

    for (guint i = 0; i < rows->len; i++) {
        const guint32 group = matrix->groups[g_array_index(rows, guint, i)];
        sizes[i] =
            ((const HostGroup *)g_ptr_array_index(planning->plan->groups, group))->hosts->len;
    }
    return sizes;
}

/* ROWS (of guint): the matrix's groups of KLASS. N_OF, by outcome, is all zero before and after. */
static void
find_ways(const Planning *planning, PlanClass *klass, const Matrix *matrix, const GArray *rows,
          guint64 *n_of)
{
    g_autofree guint64 *sizes = sizes_of(planning, matrix, rows);
    g_autoptr(GArray) barriers = g_array_new(FALSE, FALSE, sizeof(Barrier));
    g_autoptr(GArray) met = g_array_new(FALSE, FALSE, sizeof(guint32)); /* outcomes */

    for (guint i = 0; i < rows->len; i++)
        for (guint j = 0; j < rows->len; j++) {
            const guint32 outcome =
                matrix_cell(matrix, g_array_index(rows, guint, i), g_array_index(rows, guint, j));
            const guint64 n_ways = sizes[i] * (sizes[j] - (i == j ? 1 : 0));

            if (n_ways > 0 && n_of[outcome] == 0)
                g_array_append_val(met, outcome);
            n_of[outcome] += n_ways;
        }
    for (guint i = 0; i < met->len; i++) {
        const guint32 outcome = g_array_index(met, guint32, i);

        add_outcome(klass, g_ptr_array_index(matrix->outcomes, outcome), n_of[outcome], barriers);
        n_of[outcome] = 0;
    }
    g_array_sort(barriers, compare_barriers);
    for (guint i = 0; i < barriers->len; i++)
        g_ptr_array_add(klass->barriers,
                        (gpointer)(guintptr)g_array_index(barriers, Barrier, i).check);
}

void
class_ways_find(const Planning *planning, PlanPool *pool)
{
    const Matrix *matrix = pool->matrices[SUBJECT_TEMPLATE];
    g_autoptr(GPtrArray) rows_of = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    g_autofree guint64 *n_of = g_new0(guint64, matrix->outcomes->len);

    for (guint i = 0; i < pool->classes->len; i++)
        g_ptr_array_add(rows_of, g_array_new(FALSE, FALSE, sizeof(guint)));
    for (guint row = 0; row < matrix->n; row++) {
        const HostGroup *group = g_ptr_array_index(planning->plan->groups, matrix->groups[row]);
        const guint32 klass = plan_pool_class_of(pool, g_array_index(group->hosts, guint32, 0));

        g_array_append_val((GArray *)g_ptr_array_index(rows_of, klass), row);
    }
    for (guint i = 0; i < pool->classes->len; i++)
        find_ways(planning, g_ptr_array_index(pool->classes, i), matrix,
                  g_ptr_array_index(rows_of, i), n_of);
}
