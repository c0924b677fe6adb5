/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A matrix is made of its factors (MatrixFactor): the groups' distinct CPUs against each other, and
 * their distinct sites, which are all else that checks look at. Both are far fewer than groups, so
 * asking is cheap; what is left for each pair of groups is to count it, by verdicts of one byte.
 */
#include <string.h>

#include "class_ways.h"
#include "outcomes.h"

#define NO_OUTCOME G_MAXUINT32
#define MAX_COMPARED 64 /* classes whose travellers are compared with the others' */

/*
 * The template that guests of KLASS run with: the published one where there is one, whatever would
 * be planned anew. Its parts stay with their owners.
 */
static Template
template_in_use(const PlanClass *klass)
{
    const PublishedTemplate *published = klass->contract.published;
    Template template = *klass->template;

    if (published != NULL) {
        template.cpu = published->cpu;
        template.tsc_hz = published->tsc_hz;
        template.machines = published->machines;
    }
    return template;
}

/* The imagined guests of one matrix: one per class for templates, one for all otherwise. */
static Traveller
template_traveller(const Planning *planning, const PlanPool *pool, const PlanClass *klass,
                   const Template *template)
{
    Traveller traveller = {
        .subject = SUBJECT_TEMPLATE,
        .template = template,
        .cpu = template->cpu,
        .arch = klass->arch,
        .type = DOMAIN_TYPE_KVM,
        .tsc_hz = template->tsc_hz,
    };

    for (guint i = 0; i < pool->settings->required->len; i++)
        if (strcmp(g_ptr_array_index(pool->settings->required, i), "invtsc") == 0)
            traveller.has_invtsc = TRUE;
    if (traveller.cpu == NULL)
        traveller.problem = "the source's class has no template";
    else if (cpu_arch_family(klass->arch) == CPU_FAMILY_X86 &&
             !cpu_engine_effective_set(planning->map, traveller.cpu, &traveller.set, NULL, NULL))
        traveller.problem = "the template of the source's class cannot be expanded";
    return traveller;
}

/* By class of the pool, like TEMPLATES. */
static GArray *
travellers_of(const Planning *planning, const PlanPool *pool, MatrixSubject subject,
              const Template *templates)
{
    GArray *travellers = g_array_new(FALSE, TRUE, sizeof(Traveller));

    for (guint i = 0; i < pool->classes->len; i++) {
        const PlanClass *klass = g_ptr_array_index(pool->classes, i);
        const Traveller traveller =
            subject == SUBJECT_TEMPLATE
                ? template_traveller(planning, pool, klass, &templates[i])
                : (Traveller){.subject = subject, .arch = klass->arch, .type = DOMAIN_TYPE_KVM};

        g_array_append_val(travellers, traveller);
    }
    return travellers;
}

static const HostGroup *
matrix_group(const Planning *planning, const Matrix *matrix, guint index)
{
    return g_ptr_array_index(planning->plan->groups, matrix->groups[index]);
}

/* ---- factors -------------------------------------------------------------------------------- */

/* What tells rows, or columns, of a factor apart. */
typedef struct {
    guint32 traveller; /* G_MAXUINT32: a column */
    guint32 numbers[ASPECT_COUNT];
} FactorKey;

static guint
factor_key_hash(gconstpointer data)
{
    const FactorKey *key = data;
    guint hash = key->traveller;

    for (guint i = 0; i < G_N_ELEMENTS(key->numbers); i++)
        hash = hash * 0x01000193 ^ key->numbers[i];
    return hash;
}

static gboolean
factor_key_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(FactorKey)) == 0;
}

static FactorKey
cpu_key(const Endpoint *endpoint, guint32 traveller)
{
    return (FactorKey){.traveller = traveller, .numbers = {endpoint->cpu}};
}

static FactorKey
site_key(const Endpoint *endpoint, guint32 traveller)
{
    FactorKey key = {.traveller = traveller};

    outcome_site_of(endpoint, key.numbers);
    return key;
}

/* The rows of one matrix in the making. */
typedef struct {
    const Planning *planning;
    const GArray *travellers; /* of Traveller, by class */
    const guint32 *alike;    /* by class: the first class whose traveller sites cannot tell apart */
    const guint32 *class_of; /* by row */
    Matrix *matrix;
    OutcomeTable *table;
} Making;

static const Endpoint *
endpoint_of_row(const Making *making, guint row)
{
    return &g_array_index(making->planning->endpoints, Endpoint, making->matrix->groups[row]);
}

/* The number of KEY in SEEN; FIRST_ROWS gets the row that it was first seen at. */
static guint32
number_key(GHashTable *seen, const FactorKey *key, guint32 row, GArray *first_rows)
{
    gpointer found = g_hash_table_lookup(seen, key);

    if (found == NULL) {
        g_array_append_val(first_rows, row);
        found = GUINT_TO_POINTER(first_rows->len);
        g_hash_table_insert(seen, g_memdup2(key, sizeof(*key)), found);
    }
    return GPOINTER_TO_UINT(found) - 1;
}

/* Asks for every distinct source and target once. */
static void
make_factor(const Making *making, FactorKey (*key_of)(const Endpoint *, guint32),
            guint32 (*part_of)(OutcomeTable *, const Endpoint *, gboolean), MatrixFactor *factor)
{
    const guint n = making->matrix->n;
    g_autoptr(GArray) sources = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GArray) targets = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GHashTable) seen =
        g_hash_table_new_full(factor_key_hash, factor_key_equal, g_free, NULL);
    g_autoptr(GHashTable) seen_target =
        g_hash_table_new_full(factor_key_hash, factor_key_equal, g_free, NULL);

    factor->source_of = g_new0(guint32, n + 1);
    factor->target_of = g_new0(guint32, n + 1);
    for (guint32 row = 0; row < n; row++) {
        const Endpoint *endpoint = endpoint_of_row(making, row);
        const FactorKey source = key_of(endpoint, making->alike[making->class_of[row]]);
        const FactorKey target = key_of(endpoint, G_MAXUINT32);

        factor->source_of[row] = number_key(seen, &source, row, sources);
        factor->target_of[row] = number_key(seen_target, &target, row, targets);
    }
    factor->n_sources = sources->len;
    factor->n_targets = targets->len;
    factor->parts = g_new0(guint32, (gsize)sources->len * targets->len + 1);
    for (guint i = 0; i < sources->len; i++) {
        const guint32 row = g_array_index(sources, guint32, i);
        const guint32 klass = making->class_of[row];
        guint32 *parts = factor->parts + (gsize)i * targets->len;

        outcome_table_set_source(making->table,
                                 &g_array_index(making->travellers, Traveller, klass),
                                 making->alike[klass], endpoint_of_row(making, row));
        for (guint j = 0; j < targets->len; j++)
            parts[j] = part_of(making->table,
                               endpoint_of_row(making, g_array_index(targets, guint32, j)), FALSE);
    }
}

/* ---- the whole ------------------------------------------------------------------------------ */

/* Outcomes of the pairs of parts that cells have. */
static void
join_factors(const Making *making)
{
    Matrix *matrix = making->matrix;
    gsize n_joined;

    matrix->cpus.n_parts = outcome_table_n_cpu_parts(making->table);
    matrix->sites.n_parts = outcome_table_n_site_parts(making->table);
    n_joined = (gsize)matrix->cpus.n_parts * matrix->sites.n_parts;
    matrix->joined = g_new(guint32, n_joined);
    memset(matrix->joined, 0xff, n_joined * sizeof(guint32));
    for (guint row = 0; row < matrix->n; row++)
        for (guint column = 0; column < matrix->n; column++) {
            const guint32 cpu = matrix_factor_part(&matrix->cpus, row, column);
            const guint32 site = matrix_factor_part(&matrix->sites, row, column);
            guint32 *joined = &matrix->joined[(gsize)cpu * matrix->sites.n_parts + site];

            if (*joined == NO_OUTCOME)
                *joined = outcome_table_join(making->table, cpu, site);
        }
}

/* The verdicts of ROW against all columns: RET_THERE, and RET_BACK of all against ROW. */
static void
read_verdicts(const Matrix *matrix, const guint8 *verdicts, guint row, guint8 *ret_there,
              guint8 *ret_back)
{
    for (guint column = row; column < matrix->n; column++) {
        ret_there[column] = verdicts[matrix_cell(matrix, row, column)];
        ret_back[column] = verdicts[matrix_cell(matrix, column, row)];
    }
}

static void
count_pairs(const Planning *planning, Matrix *matrix)
{
    g_autofree guint8 *verdicts = g_new(guint8, matrix->outcomes->len);
    g_autofree guint8 *there = g_new(guint8, matrix->n + 1), *back = g_new(guint8, matrix->n + 1);
    g_autofree guint64 *n_hosts = g_new(guint64, matrix->n + 1);

    for (guint i = 0; i < matrix->outcomes->len; i++)
        verdicts[i] = (guint8)((const Outcome *)g_ptr_array_index(matrix->outcomes, i))->verdict;
    for (guint row = 0; row < matrix->n; row++)
        n_hosts[row] = matrix_group(planning, matrix, row)->hosts->len;
    for (guint row = 0; row < matrix->n; row++) {
        read_verdicts(matrix, verdicts, row, there, back);
        matrix->n_pairs[there[row]] += n_hosts[row] * (n_hosts[row] - 1);
        for (guint column = row + 1; column < matrix->n; column++) {
            const guint64 n_pairs = n_hosts[row] * n_hosts[column];

            matrix->n_pairs[there[column]] += n_pairs;
            matrix->n_pairs[back[column]] += n_pairs;
            if ((there[column] <= VERDICT_WARN) != (back[column] <= VERDICT_WARN))
                matrix->n_one_way += n_pairs;
        }
    }
}

static gboolean
is_same_list(const GPtrArray *a, const GPtrArray *b)
{
    if (a->len != b->len)
        return FALSE;
    for (guint i = 0; i < a->len; i++)
        if (strcmp(g_ptr_array_index(a, i), g_ptr_array_index(b, i)) != 0)
            return FALSE;
    return TRUE;
}

/* Do the checks of sites see the same in both? They look at all but the CPU. */
static gboolean
is_alike(const Traveller *a, const Traveller *b)
{
    return a->arch == b->arch && a->type == b->type && a->has_invtsc == b->has_invtsc &&
           a->tsc_hz == b->tsc_hz && (a->template == NULL) == (b->template == NULL) &&
           (a->template == NULL || is_same_list(a->template->machines, b->template->machines));
}

/* By class: the first one that is alike. */
static guint32 *
find_alike(const GArray *travellers)
{
    guint32 *alike = g_new0(guint32, travellers->len + 1);

    for (guint i = 0; i < travellers->len; i++) {
        const Traveller *traveller = &g_array_index(travellers, Traveller, i);

        alike[i] = i;
        for (guint j = 0; j < MIN(i, MAX_COMPARED) && alike[i] == i; j++)
            if (alike[j] == j && is_alike(&g_array_index(travellers, Traveller, j), traveller))
                alike[i] = j;
    }
    return alike;
}

static Matrix *
make_matrix(const Planning *planning, const PlanPool *pool, const GArray *groups,
            MatrixSubject subject)
{
    Matrix *matrix = matrix_new(subject, groups->len);
    g_autoptr(OutcomeTable) table = outcome_table_new(planning, matrix->outcomes);
    g_autofree Template *templates = g_new(Template, pool->classes->len);
    g_autofree guint32 *class_of = g_new0(guint32, groups->len + 1);

    for (guint i = 0; i < pool->classes->len; i++)
        templates[i] = template_in_use(g_ptr_array_index(pool->classes, i));
    g_autoptr(GArray) travellers = travellers_of(planning, pool, subject, templates);
    g_autofree guint32 *alike = find_alike(travellers);
    const Making making = {planning, travellers, alike, class_of, matrix, table};

    if (groups->len > 0)
        memcpy(matrix->groups, groups->data, groups->len * sizeof(guint32));
    for (guint row = 0; row < matrix->n; row++)
        class_of[row] = plan_pool_class_of(
            pool, g_array_index(matrix_group(planning, matrix, row)->hosts, guint32, 0));
    make_factor(&making, cpu_key, outcome_table_cpu_part, &matrix->cpus);
    make_factor(&making, site_key, outcome_table_site_part, &matrix->sites);
    join_factors(&making);
    count_pairs(planning, matrix);
    return matrix;
}

void
planning_make_matrices(Planning *planning, guint32 pool_index)
{
    PlanPool *pool = g_ptr_array_index(planning->plan->pools, pool_index);
    g_autoptr(GArray) groups = g_array_new(FALSE, FALSE, sizeof(guint32));

    for (guint32 i = 0; i < planning->plan->groups->len; i++)
        if (((const HostGroup *)g_ptr_array_index(planning->plan->groups, i))->pool == pool_index)
            g_array_append_val(groups, i);
    for (MatrixSubject subject = 0; subject < SUBJECT_COUNT; subject++)
        pool->matrices[subject] = make_matrix(planning, pool, groups, subject);
    class_ways_find(planning, pool);
}
