/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "outcomes.h"

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

static Verdict
cell_verdict(const Matrix *matrix, guint row, guint column)
{
    return matrix_outcome(matrix, row, column)->verdict;
}

static void
count_pairs(const Planning *planning, Matrix *matrix)
{
    for (guint row = 0; row < matrix->n; row++) {
        const guint64 n_from = matrix_group(planning, matrix, row)->hosts->len;

        matrix->n_pairs[cell_verdict(matrix, row, row)] += n_from * (n_from - 1);
        for (guint column = row + 1; column < matrix->n; column++) {
            const guint64 n_pairs = n_from * matrix_group(planning, matrix, column)->hosts->len;
            const Verdict there = cell_verdict(matrix, row, column);
            const Verdict back = cell_verdict(matrix, column, row);

            matrix->n_pairs[there] += n_pairs;
            matrix->n_pairs[back] += n_pairs;
            if ((there <= VERDICT_WARN) != (back <= VERDICT_WARN))
                matrix->n_one_way += n_pairs;
        }
    }
}

static Matrix *
make_matrix(const Planning *planning, const PlanPool *pool, const GArray *groups,
            MatrixSubject subject)
{
    Matrix *matrix = matrix_new(subject, groups->len);
    g_autoptr(OutcomeTable) table = outcome_table_new(planning, matrix->outcomes);
    g_autofree Template *templates = g_new(Template, pool->classes->len);

    for (guint i = 0; i < pool->classes->len; i++)
        templates[i] = template_in_use(g_ptr_array_index(pool->classes, i));
    g_autoptr(GArray) travellers = travellers_of(planning, pool, subject, templates);

    if (groups->len > 0)
        memcpy(matrix->groups, groups->data, groups->len * sizeof(guint32));
    for (guint row = 0; row < matrix->n; row++) {
        const Place *from = &g_array_index(planning->places, Place, matrix->groups[row]);
        const HostGroup *group = matrix_group(planning, matrix, row);
        const guint32 klass = planning_class_of(pool, g_array_index(group->hosts, guint32, 0));

        outcome_table_set_source(table, &g_array_index(travellers, Traveller, klass), klass, from);
        for (guint column = 0; column < matrix->n; column++)
            matrix->cells[(gsize)row * matrix->n + column] = outcome_table_find(
                table, &g_array_index(planning->places, Place, matrix->groups[column]), FALSE);
    }
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
}
