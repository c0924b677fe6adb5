/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The CPU facts of arm, s390, riscv64 and loongarch64, and of POWER where a guest takes its host's
 * CPU. The only judges are the hypervisors: their domain capabilities tell which models are usable,
 * and the host-model with the features beyond its model. A model that is not said to be usable, and
 * a feature that no document of the target names, are not known to be there. What is known without
 * them: a guest that runs on one of two hosts that tell the same CPU can run on the other.
 *
 * A feature that a host-model does not name may be part of its model. That the host lacks it is
 * certain only where another host has it beside the same model.
 */
#include "cpu_facts_named.h"

#include "cpu_facts_needs.h"

/* Does the guest run on such a host already? */
static gboolean
is_proven(const Traveller *traveller, const HostCpu *source, const HostCpu *target,
          const CpuFacts *facts)
{
    if (facts->is_start)
        return traveller->is_at_home && traveller->guest != NULL && traveller->guest->is_running;
    return source != NULL && source->model != NULL && host_cpu_is_same(source, target);
}

/* Beside the model's being known there at all: can it be used? */
static void
need_usable_model(const char *name, const HostCpu *target, CpuFacts *facts)
{
    const CpuHypervisorModel *model =
        target->models != NULL ? g_hash_table_lookup(target->models, name) : NULL;

    cpu_facts_need_model(name, target, facts);
    if (facts->model_fit != MODEL_FITS || (model != NULL && model->usable == CPU_USABLE_YES))
        return;
    cpu_facts_set_model(model != NULL && model->usable == CPU_USABLE_NO ? MODEL_UNUSABLE
                                                                        : MODEL_NOT_TOLD,
                        name, facts);
}

static void
need_feature(const Universe *universe, const char *name, const HostCpu *target, CpuSet *ret_lacking,
             CpuFacts *facts)
{
    CpuSet bits;

    if (universe_find_name(universe, name, &bits)) {
        if (!cpu_set_contains(&target->set, &bits))
            cpu_set_unite(ret_lacking, &bits);
        return;
    }
    g_autofree char *message = g_strdup_printf("no host tells of the feature %s", name);
    facts->engine_kind = CPU_REASON_HOST_UNKNOWN;
    facts->engine_message = g_intern_string(message);
}

/* The features that CPU asks for, against those that TARGET names. */
static void
need_features(const Planning *planning, const CpuDefinition *cpu, const HostCpu *source,
              const HostCpu *target, CpuFacts *facts)
{
    CpuSet lacking = {{0}};

    for (guint i = 0; i < cpu->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(cpu, i);

        if (feature->policy == CPU_POLICY_REQUIRE || feature->policy == CPU_POLICY_FORCE)
            need_feature(planning->universes[target->family], feature->name, target, &lacking,
                         facts);
    }
    facts->unsure = lacking;
    if (source == NULL || !source->is_host_model || !target->is_host_model ||
        g_strcmp0(source->model, cpu->model) != 0 || g_strcmp0(target->model, cpu->model) != 0)
        return;
    facts->missing = lacking;
    cpu_set_intersect(&facts->missing, &source->set);
    cpu_set_subtract(&facts->unsure, &facts->missing);
}

void
cpu_facts_fill_named_custom(const Planning *planning, const Traveller *traveller,
                            const HostCpu *source, const HostCpu *target, CpuFacts *facts)
{
    if (is_proven(traveller, source, target, facts))
        return;
    need_usable_model(traveller->cpu->model, target, facts);
    need_features(planning, traveller->cpu, source, target, facts);
}

void
cpu_facts_fill_named_given(const Traveller *traveller, const HostCpu *source, const HostCpu *target,
                           CpuFacts *facts)
{
    CpuSet lacking = source->given;

    cpu_set_subtract(&lacking, &target->set);
    if (source->model == NULL || target->model == NULL) {
        facts->is_cpu_untold = TRUE;
        return;
    }
    cpu_facts_need_vendor(source->vendor, target, facts);
    if (traveller->subject == SUBJECT_HOST_PASSTHROUGH)
        facts->is_other_cpu = !host_cpu_is_same(source, target);
    if (g_strcmp0(source->model, target->model) == 0) {
        facts->missing = lacking;
    } else if (target->family == CPU_FAMILY_S390 && traveller->subject == SUBJECT_HOST_MODEL) {
        /* which libvirt writes into the running guest as a custom CPU */
        need_usable_model(source->model, target, facts);
        facts->unsure = lacking;
    } else {
        cpu_facts_set_model(MODEL_DIFFERS, source->model, facts);
    }
}

void
cpu_facts_fill_named_start(const Planning *planning, const Traveller *traveller,
                           const HostCpu *target, CpuFacts *facts)
{
    if (traveller->guest != NULL && !is_proven(traveller, NULL, target, facts))
        need_features(planning, traveller->guest->cpu, NULL, target, facts);
}
