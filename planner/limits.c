/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What holds a class back. Each feature that some members have and others lack is a candidate: if
 * those who lack it left, the rest would gain it, together with every other feature that only
 * leavers lack. Features lacked by the same signatures are one candidate. Of a class that is held
 * to a level the members limit nothing.
 */
#include "signatures.h"

#include <string.h>

#define MAX_LIMITS 12
#define LISTED 6

/* Signatures (bitmap) that lack a set of features. */
typedef struct {
    guint64 *lacking; /* n_words of the table */
    CpuSet features;  /* that exactly these lack */
} Candidate;

typedef struct {
    const ClassDraft *draft;
    const Universe *universe;
    guint n_words;
    GPtrArray *candidates; /* of Candidate* */
} LimitTable;

typedef struct {
    const Candidate *candidate;
    CpuSet gained;
    gdouble gain;
} Limit;

static void
candidate_free(gpointer data)
{
    g_free(((Candidate *)data)->lacking);
    g_free(data);
}

static gboolean
is_lacking(const Candidate *candidate, guint signature)
{
    return (candidate->lacking[signature / 64] >> (signature % 64)) & 1;
}

/* The features that some member has, without those that all have. */
static CpuSet
varying_features(const ClassDraft *draft)
{
    CpuSet varying = {{0}};

    for (guint i = 0; i < draft->signatures->len; i++)
        cpu_set_unite(&varying, &((const Signature *)g_ptr_array_index(draft->signatures, i))->set);
    cpu_set_subtract(&varying, &draft->baseline);
    return varying;
}

static void
fill_candidates(LimitTable *table)
{
    const CpuSet varying = varying_features(table->draft);
    const gsize n_bytes = table->n_words * sizeof(guint64);
    g_autoptr(GHashTable) seen =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);

    cpu_set_foreach (bit, &varying) {
        guint64 *lacking = g_new0(guint64, table->n_words);
        for (guint i = 0; i < table->draft->signatures->len; i++) {
            const Signature *signature = g_ptr_array_index(table->draft->signatures, i);

            if (!cpu_set_has(&signature->set, bit))
                lacking[i / 64] |= G_GUINT64_CONSTANT(1) << (i % 64);
        }
        GBytes *key = g_bytes_new(lacking, n_bytes);
        Candidate *candidate = g_hash_table_lookup(seen, key);
        if (candidate == NULL) {
            candidate = g_new0(Candidate, 1);
            candidate->lacking = g_steal_pointer(&lacking);
            g_ptr_array_add(table->candidates, candidate);
            g_hash_table_insert(seen, g_bytes_ref(key), candidate);
        }
        cpu_set_add(&candidate->features, bit);
        g_free(lacking);
        g_bytes_unref(key);
    }
}

/* What the others gain when those who lack LEAVING's features go, as a share of all they own. */
static Limit
weigh(const LimitTable *table, const Candidate *leaving)
{
    Limit limit = {.candidate = leaving};
    gdouble staying_weight = 0, owned = 0;

    for (guint i = 0; i < table->candidates->len; i++) {
        const Candidate *other = g_ptr_array_index(table->candidates, i);
        guint64 still_lacking = 0;

        for (guint w = 0; w < table->n_words; w++)
            still_lacking |= other->lacking[w] & ~leaving->lacking[w];
        if (still_lacking == 0)
            cpu_set_unite(&limit.gained, &other->features);
    }
    for (guint i = 0; i < table->draft->signatures->len; i++) {
        const Signature *signature = g_ptr_array_index(table->draft->signatures, i);

        owned += (gdouble)signature->weight * signature->value;
        if (!is_lacking(leaving, i))
            staying_weight += (gdouble)signature->weight;
    }
    if (owned > 0)
        limit.gain = staying_weight * universe_weight(table->universe, &limit.gained) / owned;
    return limit;
}

/* Greatest gain first; then the order of the candidates, which is that of the features. */
static gint
compare_limits(gconstpointer a, gconstpointer b)
{
    const Limit *left = a, *right = b;

    return (left->gain < right->gain) - (left->gain > right->gain);
}

static void
add_limit(const Planning *planning, const LimitTable *table, PlanClass *klass, const Limit *limit)
{
    ClassLimit row = {.gain = limit->gain};
    g_autofree char *list = universe_list(table->universe, &limit->gained, LISTED);

    row.hosts = g_array_new(FALSE, FALSE, sizeof(guint32));
    for (guint i = 0; i < table->draft->signatures->len; i++) {
        const Signature *signature = g_ptr_array_index(table->draft->signatures, i);

        if (is_lacking(limit->candidate, i))
            g_array_append_vals(row.hosts, signature->hosts->data, signature->hosts->len);
    }
    g_array_sort(row.hosts, planning_compare_hosts);
    row.features = universe_names(table->universe, &limit->gained);
    const char *first = fleet_host(planning->fleet, g_array_index(row.hosts, guint32, 0))->name;
    row.text = row.hosts->len == 1
                   ? g_strdup_printf("Without %s the other hosts would gain %s.", first, list)
                   : g_strdup_printf("Without %u hosts, such as %s, the others would gain %s.",
                                     row.hosts->len, first, list);
    g_array_append_val(klass->limits, row);
}

void
class_limits_make(const Planning *planning, PlanClass *klass, const ClassDraft *draft)
{
    const Signature *first = g_ptr_array_index(draft->signatures, 0);
    g_autoptr(GPtrArray) candidates = g_ptr_array_new_with_free_func(candidate_free);
    g_autoptr(GArray) limits = g_array_new(FALSE, FALSE, sizeof(Limit));
    LimitTable table = {draft, planning->universes[signature_family(first)],
                        (draft->signatures->len + 63) / 64, candidates};

    if (draft->level != NULL || draft->signatures->len < 2)
        return;
    fill_candidates(&table);
    for (guint i = 0; i < candidates->len; i++) {
        const Limit limit = weigh(&table, g_ptr_array_index(candidates, i));

        if (limit.gain > 0)
            g_array_append_val(limits, limit);
    }
    g_array_sort(limits, compare_limits); /* stable: a merge sort */
    for (guint i = 0; i < MIN(limits->len, MAX_LIMITS); i++)
        add_limit(planning, &table, klass, &g_array_index(limits, Limit, i));
}
