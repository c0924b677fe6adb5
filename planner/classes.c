/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From drafts to the classes of a pool: members, sums, template, limits, contract; sorted by name.
 */
#include <string.h>

#include "signatures.h"

/* The vendor of all members, NULL when one differs or does not tell. */
static const char *
common_vendor(const ClassDraft *draft)
{
    const char *vendor = NULL;

    for (guint i = 0; i < draft->signatures->len; i++) {
        const Signature *signature = g_ptr_array_index(draft->signatures, i);

        for (guint j = 0; j < signature->cpus->len; j++) {
            const HostCpu *cpu = g_ptr_array_index(signature->cpus, j);

            if (cpu->vendor == NULL || (vendor != NULL && strcmp(vendor, cpu->vendor) != 0))
                return NULL;
            vendor = cpu->vendor;
        }
    }
    return vendor;
}

static void
add_members(const Planning *planning, PlanClass *klass, const ClassDraft *draft)
{
    for (guint i = 0; i < draft->signatures->len; i++) {
        const Signature *signature = g_ptr_array_index(draft->signatures, i);

        g_array_append_vals(klass->hosts, signature->hosts->data, signature->hosts->len);
    }
    g_array_sort(klass->hosts, planning_compare_hosts);
    for (guint i = 0; i < klass->hosts->len; i++) {
        const guint32 index = g_array_index(klass->hosts, guint32, i);
        const Host *host = fleet_host(planning->fleet, index);

        klass->memory_kib += host->memory_kib;
        klass->n_cpus += host->n_cpus;
        klass->n_host_model += planning_host_cpu(planning, index)->is_host_model ? 1 : 0;
    }
}

static PlanClass *
make_class(Planning *planning, const PlanPool *pool, const ClassDraft *draft, const char *name)
{
    PlanClass *klass = plan_class_new(name);
    const Signature *first = g_ptr_array_index(draft->signatures, 0);

    klass->arch = ((const HostCpu *)g_ptr_array_index(first->cpus, 0))->arch;
    klass->level = draft->level != NULL ? g_strdup(draft->level->name) : NULL;
    klass->vendor = g_strdup(common_vendor(draft));
    klass->set = universe_known(planning->universes[signature_family(first)], &draft->baseline);
    klass->loss = draft->loss;
    add_members(planning, klass, draft);
    class_template_make(planning, pool, klass, draft);
    class_limits_make(planning, klass, draft);
    return klass;
}

static gint
compare_classes(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const PlanClass *const *)a)->name, (*(const PlanClass *const *)b)->name);
}

/* The class of each of the pool's hosts, in their order. */
static void
fill_class_of(const Planning *planning, PlanPool *pool)
{
    g_autofree guint32 *class_of = g_new0(guint32, planning->fleet->hosts->len + 1);

    for (guint32 c = 0; c < pool->classes->len; c++) {
        const PlanClass *klass = g_ptr_array_index(pool->classes, c);

        for (guint i = 0; i < klass->hosts->len; i++)
            class_of[g_array_index(klass->hosts, guint32, i)] = c;
    }
    for (guint i = 0; i < pool->hosts->len; i++)
        g_array_append_val(pool->class_of, class_of[g_array_index(pool->hosts, guint32, i)]);
}

void
planning_make_classes(Planning *planning, PlanPool *pool)
{
    g_autoptr(GPtrArray) signatures = signatures_of_pool(planning, pool);
    g_autoptr(GPtrArray) drafts = strategy_draft_classes(planning, pool, signatures);
    g_autoptr(GPtrArray) names = class_names(planning, pool, drafts);

    for (guint i = 0; i < drafts->len; i++)
        g_ptr_array_add(pool->classes, make_class(planning, pool, g_ptr_array_index(drafts, i),
                                                  g_ptr_array_index(names, i)));
    g_ptr_array_sort(pool->classes, compare_classes);
    fill_class_of(planning, pool);
    class_merges_make(planning, pool, drafts, names);
    contracts_check(planning, pool);
}
