/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How the classes of a pool would merge: again and again, the two that cost least together. Only
 * classes that may share hosts (one key) merge, so the result is a forest. What a merged class
 * offers is what its parts offer in common.
 *
 * Each step looks at all pairs; pools of more classes than anybody would draw are left out, which
 * bounds the cost.
 */
#include <string.h>

#include "signatures.h"

#define MERGED_CLASSES_MAX 100

/* A class or what classes merged into; nodes are numbered as in ClassMerge. */
typedef struct {
    const char *key;
    const Universe *universe;
    CpuSet set;
    gdouble weight; /* of its hosts */
    gdouble owned;  /* what its hosts have, weighted */
    gdouble value;  /* of set */
    gboolean is_merged;
} Node;

static Node
node_of_draft(const Planning *planning, const ClassDraft *draft)
{
    const Signature *first = g_ptr_array_index(draft->signatures, 0);
    Node node = {.key = first->key,
                 .universe = planning->universes[signature_family(first)],
                 .set = draft->baseline};

    node.value = universe_weight(node.universe, &node.set);
    for (guint i = 0; i < draft->signatures->len; i++) {
        const Signature *signature = g_ptr_array_index(draft->signatures, i);

        node.weight += (gdouble)signature->weight;
        node.owned += (gdouble)signature->weight * signature->value;
    }
    return node;
}

static Node
join(const Node *a, const Node *b)
{
    Node node = {.key = a->key,
                 .universe = a->universe,
                 .set = a->set,
                 .weight = a->weight + b->weight,
                 .owned = a->owned + b->owned};

    cpu_set_intersect(&node.set, &b->set);
    node.value = universe_weight(node.universe, &node.set);
    return node;
}

/* What the hosts of both lose more when the classes A and B become JOINED. */
static gdouble
added_loss(const Node *a, const Node *b, const Node *joined)
{
    return a->weight * (a->value - joined->value) + b->weight * (b->value - joined->value);
}

/* Appends the cheapest merge to NODES; FALSE when none is left. Ties go to the first pair. */
static gboolean
merge_next(GArray *nodes, gdouble total, ClassMerge *ret_merge)
{
    gdouble least = G_MAXDOUBLE;
    Node best = {0};

    for (guint i = 0; i < nodes->len; i++)
        for (guint j = i + 1; j < nodes->len; j++) {
            const Node *a = &g_array_index(nodes, Node, i), *b = &g_array_index(nodes, Node, j);

            if (a->is_merged || b->is_merged || strcmp(a->key, b->key) != 0)
                continue;
            const Node joined = join(a, b);
            const gdouble added = added_loss(a, b, &joined);
            if (added >= least)
                continue;
            least = added;
            best = joined;
            *ret_merge = (ClassMerge){.first = i, .second = j};
        }
    if (best.key == NULL)
        return FALSE;
    ret_merge->added_loss = total > 0 ? MAX(least, 0) / total : 0;
    ret_merge->loss = best.owned > 0 ? MAX(1 - best.weight * best.value / best.owned, 0) : 0;
    g_array_index(nodes, Node, ret_merge->first).is_merged = TRUE;
    g_array_index(nodes, Node, ret_merge->second).is_merged = TRUE;
    g_array_append_val(nodes, best);
    return TRUE;
}

void
class_merges_make(const Planning *planning, PlanPool *pool, const GPtrArray *drafts,
                  const GPtrArray *names)
{
    g_autoptr(GArray) nodes = g_array_new(FALSE, FALSE, sizeof(Node));
    gdouble total = 0;
    ClassMerge merge;

    if (pool->classes->len > MERGED_CLASSES_MAX)
        return;
    for (guint i = 0; i < pool->classes->len; i++) {
        const PlanClass *klass = g_ptr_array_index(pool->classes, i);
        guint draft = 0;

        g_ptr_array_find_with_equal_func((GPtrArray *)(guintptr)names, klass->name, g_str_equal,
                                         &draft);
        const Node node = node_of_draft(planning, g_ptr_array_index(drafts, draft));
        total += node.owned;
        g_array_append_val(nodes, node);
    }
    while (merge_next(nodes, total, &merge))
        g_array_append_val(pool->merges, merge);
}
