/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * How classes relate, as a Graphviz graph: a box for each class, an arrow where a guest on the
 * one's template can migrate to the other's hosts. Solid: to every host; dashed: to some. Grey
 * ovals tell in which order classes would merge, and what each merge would give up.
 */

#include "summary.h"

#include <reports/escape.h>
#include <reports/reports.h>

/* A graph of more classes than these is drawn without arrows: nobody could follow them. */
#define ARROW_CLASSES_MAX 100

static void
append_class(GString *out, guint pool, guint index, const PlanClass *klass)
{
    g_autofree char *hosts = summary_count(klass->hosts->len, "host", "hosts");
    g_autofree char *label =
        g_strdup_printf("%s (%s%s%s)", klass->name, hosts, klass->template->cpu ? ", " : "",
                        klass->template->cpu ? klass->template->cpu->model : "");

    g_string_append_printf(out, "    p%uc%u [label=", pool, index);
    escape_dot(out, label);
    if (klass->contract.state == CONTRACT_BROKEN)
        g_string_append(out, ", color=\"#b42318\"");
    g_string_append(out, "];\n");
}

typedef struct {
    guint64 n_open, n_pairs;
} Reach;

/* How many of the ordered host pairs between each two classes are open. */
static Reach *
reaches(const Plan *plan, const PlanPool *pool, const HostMembership *memberships)
{
    const Matrix *matrix = pool->matrices[SUBJECT_TEMPLATE];
    guint n_classes = pool->classes->len;
    Reach *table = g_new0(Reach, MAX((gsize)n_classes * n_classes, 1));

    for (guint row = 0; row < matrix->n; row++) {
        const HostGroup *from = plan->groups->pdata[matrix->groups[row]];
        guint32 from_class = summary_group_class(from, memberships);

        for (guint column = 0; column < matrix->n; column++) {
            const HostGroup *to = plan->groups->pdata[matrix->groups[column]];
            guint32 to_class = summary_group_class(to, memberships);
            guint64 n = (guint64)from->hosts->len * to->hosts->len;

            if (from_class == FLEET_NO_INDEX || to_class == FLEET_NO_INDEX)
                continue;
            Reach *reach = &table[(gsize)from_class * n_classes + to_class];
            reach->n_pairs += n;
            if (matrix_outcome(matrix, row, column)->verdict <= VERDICT_WARN)
                reach->n_open += n;
        }
    }
    return table;
}

static gboolean
is_open(const Reach *table, guint n, guint from, guint to)
{
    const Reach *reach = &table[(gsize)from * n + to];

    return reach->n_open > 0 && reach->n_open == reach->n_pairs;
}

/* Does a class between them, from which there is no way back, tell that FROM reaches TO? */
static gboolean
is_implied(const Reach *table, guint n, guint from, guint to)
{
    for (guint by = 0; by < n; by++) {
        if (by != from && by != to && is_open(table, n, from, by) && is_open(table, n, by, to) &&
            !is_open(table, n, by, from) && !is_open(table, n, to, by))
            return TRUE;
    }
    return FALSE;
}

static void
append_arrows(GString *out, guint index, const PlanPool *pool, const Reach *table)
{
    guint n = pool->classes->len;

    for (guint from = 0; from < n; from++) {
        for (guint to = 0; to < n; to++) {
            const Reach *reach = &table[(gsize)from * n + to];

            if (from == to || reach->n_open == 0 || is_implied(table, n, from, to))
                continue;
            g_string_append_printf(out, "  p%uc%u -> p%uc%u%s;\n", index, from, index, to,
                                   reach->n_open < reach->n_pairs ? " [style=dashed]" : "");
        }
    }
}

static char *
node_name(guint pool, const PlanPool *plan_pool, guint32 node)
{
    const guint32 n = plan_pool->classes->len;

    return node < n ? g_strdup_printf("p%uc%u", pool, node)
                    : g_strdup_printf("p%um%u", pool, node - n);
}

/* The order in which classes would merge, from the classes to what they end in. */
static void
append_merges(GString *out, guint index, const PlanPool *pool)
{
    for (guint i = 0; i < pool->merges->len; i++) {
        const ClassMerge *merge = &g_array_index(pool->merges, ClassMerge, i);
        g_autofree char *first = node_name(index, pool, merge->first);
        g_autofree char *second = node_name(index, pool, merge->second);
        char loss[G_ASCII_DTOSTR_BUF_SIZE];

        g_ascii_formatd(loss, sizeof(loss), "%.2f", merge->loss * 100);
        g_string_append_printf(out,
                               "    p%um%u [shape=oval, color=gray50, fontcolor=gray50, "
                               "label=\"merge %u: gives up %s %%\"];\n",
                               index, i, i + 1, loss);
        g_string_append_printf(out,
                               "    {%s %s} -> p%um%u [color=gray50, arrowhead=none, "
                               "style=dotted];\n",
                               first, second, index, i);
    }
}

char *
report_dot(const Plan *plan)
{
    g_autofree HostMembership *memberships = summary_host_memberships(plan);
    GString *out = g_string_new("digraph classes {\n  rankdir=LR;\n"
                                "  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n");

    for (guint p = 0; p < plan->pools->len; p++) {
        const PlanPool *pool = plan->pools->pdata[p];

        g_string_append_printf(out, "  subgraph cluster_%u {\n    label=", p);
        escape_dot(out, pool->settings->name);
        g_string_append(out, ";\n");
        for (guint c = 0; c < pool->classes->len; c++)
            append_class(out, p, c, pool->classes->pdata[c]);
        append_merges(out, p, pool);
        g_string_append(out, "  }\n");
        if (pool->matrices[SUBJECT_TEMPLATE] != NULL && pool->classes->len <= ARROW_CLASSES_MAX) {
            g_autofree Reach *table = reaches(plan, pool, memberships);
            append_arrows(out, p, pool, table);
        }
    }
    g_string_append(out, "}\n");
    return g_string_free(out, FALSE);
}
