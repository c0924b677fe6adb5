/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The CPU facts of guests without KVM: it is QEMU that makes their CPU, whatever the host's is. A
 * migration stays with the same QEMU. Where a guest can start, the domain capabilities for plain
 * QEMU tell: its models, which of them it can give whole, and its host-model, with which libvirt
 * compares the others.
 */
#include "cpu_facts_emulated.h"

#include "cpu_facts_needs.h"

/* The blockers of MODEL that CPU does not disable; NULL for none. Interned. */
static const char *
lost_features(const CpuHypervisorModel *model, const CpuDefinition *cpu)
{
    g_autoptr(GString) lost = g_string_new(NULL);

    for (guint i = 0; i < model->blockers->len; i++) {
        const char *name = g_ptr_array_index(model->blockers, i);

        if (cpu_definition_find_feature(cpu, name) == NULL)
            g_string_append_printf(lost, "%s%s", lost->len > 0 ? ", " : "", name);
    }
    return lost->len > 0 ? g_intern_string(lost->str) : NULL;
}

static gboolean
asks_for_features(const CpuDefinition *cpu)
{
    for (guint i = 0; i < cpu->features->len; i++) {
        const CpuPolicy policy = cpu_definition_feature(cpu, i)->policy;

        if (policy != CPU_POLICY_DISABLE && policy != CPU_POLICY_OPTIONAL)
            return TRUE;
    }
    return FALSE;
}

/* What libvirt finds before it starts QEMU; with check='none' it does not look. */
static void
compare_with_host_model(const Planning *planning, const Traveller *traveller,
                        const DomainCapabilities *domain, CpuFacts *facts)
{
    g_auto(CpuReason) reason = {0};
    g_autoptr(GError) error = NULL;
    CpuCompareResult result;

    if (traveller->guest == NULL || traveller->guest->cpu->check == CPU_CHECK_NONE ||
        domain->host_model_cpu == NULL)
        return;
    if (!cpu_engine_compare(planning->map, traveller->arch, domain->host_model_cpu, traveller->cpu,
                            &result, &reason, &error)) {
        cpu_facts_set_problem(error->message, facts);
        return;
    }
    if (result != CPU_COMPARE_INCOMPATIBLE)
        return;
    g_autofree char *message = cpu_reason_message(&reason);
    facts->engine_kind = (guint8)reason.kind;
    facts->engine_message = g_intern_string(message);
}

static void
fill_custom(const Planning *planning, const Traveller *traveller, const DomainCapabilities *domain,
            CpuFacts *facts)
{
    const char *name = traveller->cpu->model;
    const CpuHypervisorModel *model =
        domain != NULL ? cpu_hypervisor_models_find(domain->models, name) : NULL;

    if (domain != NULL && domain->models->len > 0 && model == NULL)
        cpu_facts_set_model(MODEL_NOT_LISTED, name, facts);
    else if (model == NULL || model->usable == CPU_USABLE_UNKNOWN)
        cpu_facts_set_model(MODEL_NOT_TOLD, name, facts);
    else if (model->usable == CPU_USABLE_NO || asks_for_features(traveller->cpu))
        compare_with_host_model(planning, traveller, domain, facts);
    if (model != NULL && facts->engine_message == NULL)
        facts->lost_features = lost_features(model, traveller->cpu);
}

void
cpu_facts_fill_emulated(const Planning *planning, const Traveller *traveller, const HostCpu *target,
                        CpuFacts *facts)
{
    const DomainCapabilities *domain = host_cpu_domain(target, planning->fleet, traveller->arch,
                                                       DOMAIN_TYPE_QEMU, traveller->machine);
    const Guest *guest = traveller->guest;

    if (traveller->is_at_home && guest != NULL && guest->is_running)
        return;
    if (traveller->subject == SUBJECT_HOST_PASSTHROUGH) /* there is no host's CPU to pass */
        facts->is_mode_refused = TRUE;
    else if (domain != NULL && guest != NULL && guest->cpu->mode == CPU_MODE_MAXIMUM)
        facts->is_mode_refused = domain->maximum == SUPPORT_NO;
    else if (domain != NULL && traveller->subject == SUBJECT_HOST_MODEL)
        facts->is_mode_refused = domain->host_model == SUPPORT_NO;
    else if (traveller->problem != NULL) /* a model or feature that libvirt may refuse */
        cpu_facts_set_problem(traveller->problem, facts);
    else if (traveller->cpu != NULL)
        fill_custom(planning, traveller, domain, facts);
}
