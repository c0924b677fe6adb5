/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cpu_facts_needs.h"

void
cpu_facts_need_vendor(const char *needed, const HostCpu *target, CpuFacts *facts)
{
    if (needed == NULL || g_strcmp0(needed, target->vendor) == 0)
        return;
    facts->needed_vendor = g_intern_string(needed);
    facts->target_vendor = g_intern_string(target->vendor);
}

void
cpu_facts_set_model(ModelFit fit, const char *model, CpuFacts *facts)
{
    facts->model_fit = (guint8)fit;
    facts->model = g_intern_string(model);
}

void
cpu_facts_need_model(const char *model, const HostCpu *target, CpuFacts *facts)
{
    if (model != NULL && target->models != NULL && !g_hash_table_contains(target->models, model))
        cpu_facts_set_model(MODEL_NOT_LISTED, model, facts);
}

void
cpu_facts_set_problem(const char *problem, CpuFacts *facts)
{
    facts->engine_kind = CPU_REASON_HOST_UNKNOWN;
    facts->engine_message = g_intern_string(problem);
}
