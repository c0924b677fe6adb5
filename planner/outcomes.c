/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An answer has two halves, the CPU's and the site's; what the other aspects say together is a
 * site. parts[aspect] holds the distinct answers of an aspect, 0 being "nothing to say". A row of
 * small arrays answers repeated questions about one source; behind it, hash tables over (traveller,
 * from, to) keep answers across sources.
 *
 * CPU answers are kept by CpuFacts. A fleet of many wildly different CPUs could have a different
 * list of missing features for each pair; beyond MAX_DETAILED of them, the groups of features are
 * named instead, so that memory stays bounded. The verdict is the same.
 */
#include "outcomes.h"

#include <string.h>

#define MAX_DETAILED 4096
#define NOT_ASKED G_MAXUINT32

/* What a remembered answer depends on. */
typedef struct {
    guint32 traveller, from, to;
    guint32 is_start;
} PartKey;

/* The parts of all aspects but the CPU's, which is 0 here. */
typedef struct {
    guint32 parts[(ASPECT_COUNT + 1) / 2 * 2]; /* whole 64-bit words; those beyond are 0 */
} Site;

typedef struct {
    guint32 cpu_part, site_part;
} Combination;

G_STATIC_ASSERT(sizeof(PartKey) % sizeof(guint64) == 0);
G_STATIC_ASSERT(sizeof(Site) % sizeof(guint64) == 0);
G_STATIC_ASSERT(sizeof(Combination) % sizeof(guint64) == 0);
G_STATIC_ASSERT(sizeof(CpuFacts) % sizeof(guint64) == 0);

struct OutcomeTable {
    const Planning *planning;
    GPtrArray *outcomes;
    GPtrArray *parts[ASPECT_COUNT];    /* of Outcome* */
    GHashTable *by_key[ASPECT_COUNT];  /* PartKey -> part + 1 */
    GHashTable *by_text[ASPECT_COUNT]; /* all that a part says -> part + 1 */
    GHashTable *by_facts;              /* CpuFacts -> part + 1 */
    GArray *sites;                     /* of Site */
    GHashTable *by_site;               /* Site -> index + 1 */
    GHashTable *combinations;          /* Combination -> outcome + 1 */
    const Traveller *traveller;
    guint32 traveller_id;
    const Endpoint *from;
    GArray *rows[2][ASPECT_COUNT]; /* of guint32: part by the target's index, per is_start */
};

/* LENGTH is a multiple of eight. */
static guint
hash_bytes(const void *data, gsize length)
{
    const guint64 *words = data;
    guint64 hash = length;

    for (gsize i = 0; i < length / sizeof(guint64); i++)
        hash = (hash ^ words[i]) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    return (guint)(hash >> 32);
}

#define DEFINE_BYTEWISE_KEY(type, stem)                                                            \
    static guint stem##_hash(gconstpointer data)                                                   \
    {                                                                                              \
        return hash_bytes(data, sizeof(type));                                                     \
    }                                                                                              \
    static gboolean stem##_equal(gconstpointer a, gconstpointer b)                                 \
    {                                                                                              \
        return memcmp(a, b, sizeof(type)) == 0;                                                    \
    }

DEFINE_BYTEWISE_KEY(PartKey, part_key)
DEFINE_BYTEWISE_KEY(CpuFacts, cpu_facts)
DEFINE_BYTEWISE_KEY(Site, site)
DEFINE_BYTEWISE_KEY(Combination, combination)

OutcomeTable *
outcome_table_new(const Planning *planning, GPtrArray *outcomes)
{
    OutcomeTable *table = g_new0(OutcomeTable, 1);

    table->planning = planning;
    table->outcomes = outcomes;
    for (guint i = 0; i < ASPECT_COUNT; i++) {
        table->parts[i] = g_ptr_array_new_with_free_func((GDestroyNotify)outcome_free);
        g_ptr_array_add(table->parts[i], outcome_new());
        table->by_text[i] = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        table->by_key[i] = g_hash_table_new_full(part_key_hash, part_key_equal, g_free, NULL);
        table->rows[0][i] = g_array_new(FALSE, FALSE, sizeof(guint32));
        table->rows[1][i] = g_array_new(FALSE, FALSE, sizeof(guint32));
    }
    const Site nothing = {{0}};
    table->sites = g_array_new(FALSE, FALSE, sizeof(Site));
    g_array_append_val(table->sites, nothing);
    table->by_site = g_hash_table_new_full(site_hash, site_equal, g_free, NULL);
    table->by_facts = g_hash_table_new_full(cpu_facts_hash, cpu_facts_equal, g_free, NULL);
    table->combinations = g_hash_table_new_full(combination_hash, combination_equal, g_free, NULL);
    return table;
}

void
outcome_table_free(OutcomeTable *table)
{
    if (table == NULL)
        return;
    for (guint i = 0; i < ASPECT_COUNT; i++) {
        g_ptr_array_unref(table->parts[i]);
        g_hash_table_unref(table->by_text[i]);
        g_hash_table_unref(table->by_key[i]);
        g_array_unref(table->rows[0][i]);
        g_array_unref(table->rows[1][i]);
    }
    g_array_unref(table->sites);
    g_hash_table_unref(table->by_site);
    g_hash_table_unref(table->by_facts);
    g_hash_table_unref(table->combinations);
    g_free(table);
}

/* The index of what ASPECT looks at in ENDPOINT, from 0. */
static guint32
aspect_index(const Endpoint *endpoint, Aspect aspect)
{
    switch (aspect) {
    case ASPECT_CPU:
        return endpoint->cpu;
    case ASPECT_MACHINE:
    case ASPECT_DEVICES:
        return endpoint->software;
    case ASPECT_HOST:
        return endpoint->system;
    case ASPECT_TSC:
        return endpoint->tsc * CPU_SWITCH_COUNT + endpoint->tsc_scaling;
    case ASPECT_GUEST:
    case ASPECT_COUNT:
    default:
        return 0;
    }
}

void
outcome_site_of(const Endpoint *endpoint, guint32 ret_site[ASPECT_COUNT])
{
    for (guint i = 0; i < ASPECT_COUNT; i++)
        ret_site[i] = i != ASPECT_CPU ? aspect_index(endpoint, i) : 0;
}

static void
forget_row(GArray *row)
{
    if (row->len > 0)
        memset(row->data, 0xff, row->len * sizeof(guint32));
}

void
outcome_table_set_source(OutcomeTable *table, const Traveller *traveller, guint32 id,
                         const Endpoint *from)
{
    table->traveller = traveller;
    table->traveller_id = id;
    table->from = from;
    for (guint i = 0; i < ASPECT_COUNT; i++) {
        forget_row(table->rows[0][i]);
        forget_row(table->rows[1][i]);
    }
}

/* The place in the row for INDEX, NOT_ASKED when it is new. */
static guint32 *
row_slot(GArray *row, guint32 index)
{
    const guint old_length = row->len;

    if (index >= old_length) {
        g_array_set_size(row, index + 1);
        memset(row->data + old_length * sizeof(guint32), 0xff,
               (row->len - old_length) * sizeof(guint32));
    }
    return &g_array_index(row, guint32, index);
}

/* Where a guest runs, that it runs answers what the documents leave open. */
static void
drop_unknown(Outcome *outcome)
{
    outcome->verdict = VERDICT_YES;
    for (guint i = outcome->blockers->len; i-- > 0;) {
        const Blocker *blocker = g_ptr_array_index(outcome->blockers, i);

        if (blocker->severity == VERDICT_UNKNOWN)
            g_ptr_array_remove_index(outcome->blockers, i);
        else
            outcome->verdict = MAX(outcome->verdict, blocker->severity);
    }
}

/* Of aspects whose blockers have no features but those that the text names. */
static char *
text_of_part(const Outcome *outcome)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < outcome->blockers->len; i++) {
        const Blocker *blocker = g_ptr_array_index(outcome->blockers, i);

        g_string_append_printf(text, "%s %d %s\n%s\n", blocker->check, (int)blocker->severity,
                               blocker->text, blocker->remedy);
    }
    return g_string_free(text, FALSE);
}

/* Keeps OUTCOME, which is taken, unless one that says the same is there. */
static guint32
keep_part(OutcomeTable *table, Aspect aspect, Outcome *outcome)
{
    g_autofree char *text = text_of_part(outcome);
    gpointer found = g_hash_table_lookup(table->by_text[aspect], text);

    if (found != NULL) {
        outcome_free(outcome);
        return GPOINTER_TO_UINT(found) - 1;
    }
    g_ptr_array_add(table->parts[aspect], outcome);
    g_hash_table_insert(table->by_text[aspect], g_steal_pointer(&text),
                        GUINT_TO_POINTER(table->parts[aspect]->len));
    return table->parts[aspect]->len - 1;
}

static guint32
make_part(OutcomeTable *table, Aspect aspect, const Endpoint *to, gboolean is_start,
          const CpuFacts *facts)
{
    Outcome *outcome = outcome_new();
    const CheckInput input = {table->planning, table->traveller, table->from, to,
                              facts,           is_start,         outcome};

    checks_run(&input, aspect);
    if (table->traveller->is_at_home && table->traveller->guest->is_running)
        drop_unknown(outcome);
    if (outcome->blockers->len == 0) {
        outcome_free(outcome);
        return 0;
    }
    if (aspect != ASPECT_CPU)
        return keep_part(table, aspect, outcome);
    g_ptr_array_add(table->parts[aspect], outcome); /* facts that differ have different features */
    return table->parts[aspect]->len - 1;
}

/* The groups that features of SET are of, as bits of CpuFeatureGroup. */
static guint8
groups_of(const Universe *universe, const CpuSet *set)
{
    guint8 groups = 0;

    for (guint i = 0; i < CPU_FEATURE_GROUP_COUNT; i++)
        if (cpu_set_intersects(&universe->groups[i], set))
            groups |= (guint8)(1U << i);
    return groups != 0 || cpu_set_is_empty(set) ? groups : 1U << CPU_FEATURE_GROUP_OTHER;
}

/* Replaces the lists of features by the groups that they are of. */
static void
summarize(const OutcomeTable *table, const Endpoint *to, CpuFacts *facts)
{
    const Universe *universe =
        table->planning->universes[endpoint_cpu(table->planning, to)->family];
    CpuSet unknown = facts->unsure;

    cpu_set_unite(&unknown, &facts->untold);
    facts->missing_groups = groups_of(universe, &facts->missing);
    facts->unknown_groups = groups_of(universe, &unknown);
    memset(&facts->missing, 0, sizeof(facts->missing));
    memset(&facts->unsure, 0, sizeof(facts->unsure));
    memset(&facts->untold, 0, sizeof(facts->untold));
}

/* A short cut for the answer that most pairs of a matrix have. */
static gboolean
says_nothing(const OutcomeTable *table, const Endpoint *to, const CpuFacts *facts)
{
    CpuFacts plain;

    if (table->traveller->guest != NULL || table->traveller->subject == SUBJECT_HOST_PASSTHROUGH)
        return FALSE;
    memset(&plain, 0, sizeof(plain));
    plain.family = (guint8)endpoint_cpu(table->planning, to)->family;
    /* Padding that differs costs no more than the short cut.
     * NOLINTNEXTLINE(bugprone-suspicious-memory-comparison) */
    return memcmp(facts, &plain, sizeof(plain)) == 0;
}

static guint32
cpu_part(OutcomeTable *table, const Endpoint *to, gboolean is_start)
{
    CpuFacts facts;

    cpu_facts_fill(table->planning, table->traveller, table->from, to, is_start, &facts);
    if (says_nothing(table, to, &facts))
        return 0;
    gpointer found = g_hash_table_lookup(table->by_facts, &facts);
    if (found == NULL && g_hash_table_size(table->by_facts) >= MAX_DETAILED) {
        summarize(table, to, &facts);
        found = g_hash_table_lookup(table->by_facts, &facts);
    }
    if (found == NULL) {
        found = GUINT_TO_POINTER(make_part(table, ASPECT_CPU, to, is_start, &facts) + 1);
        g_hash_table_insert(table->by_facts, g_memdup2(&facts, sizeof(facts)), found);
    }
    return GPOINTER_TO_UINT(found) - 1;
}

static guint32
keyed_part(OutcomeTable *table, Aspect aspect, const Endpoint *to, gboolean is_start)
{
    const PartKey key = {
        .traveller = table->traveller_id,
        .from = table->from != NULL ? aspect_index(table->from, aspect) : G_MAXUINT32,
        .to = aspect_index(to, aspect),
        .is_start = is_start ? 1 : 0,
    };
    gpointer found = g_hash_table_lookup(table->by_key[aspect], &key);

    if (found == NULL) {
        found = GUINT_TO_POINTER(make_part(table, aspect, to, is_start, NULL) + 1);
        g_hash_table_insert(table->by_key[aspect], g_memdup2(&key, sizeof(key)), found);
    }
    return GPOINTER_TO_UINT(found) - 1;
}

static guint32
find_part(OutcomeTable *table, Aspect aspect, const Endpoint *to, gboolean is_start)
{
    guint32 *slot = row_slot(table->rows[is_start ? 1 : 0][aspect], aspect_index(to, aspect));

    if (*slot == NOT_ASKED)
        *slot = aspect == ASPECT_CPU ? cpu_part(table, to, is_start)
                                     : keyed_part(table, aspect, to, is_start);
    return *slot;
}

/* The parts joined, worst first, else in the order of the aspects. */
static Outcome *
combine(const OutcomeTable *table, const Combination *combination)
{
    Outcome *outcome = outcome_new();
    Site all = g_array_index(table->sites, Site, combination->site_part);

    all.parts[ASPECT_CPU] = combination->cpu_part;
    for (Verdict severity = VERDICT_NO; severity > VERDICT_YES; severity--)
        for (guint i = 0; i < ASPECT_COUNT; i++) {
            const Outcome *part = g_ptr_array_index(table->parts[i], all.parts[i]);

            for (guint j = 0; j < part->blockers->len; j++) {
                Blocker *blocker = g_ptr_array_index(part->blockers, j);

                if (blocker->severity == severity)
                    outcome_add(outcome, blocker_ref(blocker));
            }
        }
    return outcome;
}

guint32
outcome_table_cpu_part(OutcomeTable *table, const Endpoint *to, gboolean is_start)
{
    return find_part(table, ASPECT_CPU, to, is_start);
}

guint32
outcome_table_site_part(OutcomeTable *table, const Endpoint *to, gboolean is_start)
{
    Site site = {{0}};
    const guint n_aspects = table->traveller->guest != NULL ? ASPECT_COUNT : ASPECT_GUEST;
    guint32 any = 0;

    for (guint i = ASPECT_CPU + 1; i < n_aspects; i++) {
        site.parts[i] = find_part(table, i, to, is_start);
        any |= site.parts[i];
    }
    if (any == 0)
        return 0;
    gpointer found = g_hash_table_lookup(table->by_site, &site);
    if (found == NULL) {
        found = GUINT_TO_POINTER(table->sites->len + 1);
        g_array_append_val(table->sites, site);
        g_hash_table_insert(table->by_site, g_memdup2(&site, sizeof(site)), found);
    }
    return GPOINTER_TO_UINT(found) - 1;
}

guint
outcome_table_n_cpu_parts(const OutcomeTable *table)
{
    return table->parts[ASPECT_CPU]->len;
}

guint
outcome_table_n_site_parts(const OutcomeTable *table)
{
    return table->sites->len;
}

static Verdict
part_verdict(const OutcomeTable *table, Aspect aspect, guint32 part)
{
    return ((const Outcome *)g_ptr_array_index(table->parts[aspect], part))->verdict;
}

guint32
outcome_table_join(OutcomeTable *table, guint32 cpu_part, guint32 site_part)
{
    const Combination combination = {cpu_part, site_part};

    if (cpu_part == 0 && site_part == 0)
        return 0;
    gpointer found = g_hash_table_lookup(table->combinations, &combination);
    if (found == NULL) {
        g_ptr_array_add(table->outcomes, combine(table, &combination));
        found = GUINT_TO_POINTER(table->outcomes->len);
        g_hash_table_insert(table->combinations, g_memdup2(&combination, sizeof(combination)),
                            found);
    }
    return GPOINTER_TO_UINT(found) - 1;
}

guint32
outcome_table_find(OutcomeTable *table, const Endpoint *to, gboolean is_start)
{
    return outcome_table_join(table, outcome_table_cpu_part(table, to, is_start),
                              outcome_table_site_part(table, to, is_start));
}

Verdict
outcome_table_verdict(OutcomeTable *table, const Endpoint *to, gboolean is_start, guint aspects)
{
    Verdict verdict = VERDICT_YES;

    for (guint i = 0; i < ASPECT_COUNT; i++)
        if ((aspects >> i) & 1) {
            const guint32 part = find_part(table, i, to, is_start);

            verdict = MAX(verdict, part_verdict(table, i, part));
        }
    return verdict;
}
