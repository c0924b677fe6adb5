/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Checks of the CPU. They see CpuFacts alone (and the guest), so that pairs with the same facts
 * share an outcome.
 */
#include <string.h>

#include "check_input.h"

#define LISTED 10

static const char *const group_titles[] = {
    [CPU_FEATURE_GROUP_OTHER] = "other features",
    [CPU_FEATURE_GROUP_INSTRUCTIONS] = "instruction sets",
    [CPU_FEATURE_GROUP_MITIGATIONS] = "mitigations",
    [CPU_FEATURE_GROUP_VIRTUALIZATION] = "virtualization features",
    [CPU_FEATURE_GROUP_POWER] = "power and monitoring features",
};
G_STATIC_ASSERT(G_N_ELEMENTS(group_titles) == CPU_FEATURE_GROUP_COUNT);

static const Universe *
universe_of(const CheckInput *input)
{
    return input->planning->universes[endpoint_cpu(input->planning, input->to)->family];
}

/* WHAT, which is static, and the features of SET; nothing where that is empty. */
static void
add_features(const CheckInput *input, const char *id, Verdict severity, const CpuSet *set,
             const char *what, const char *remedy)
{
    const Universe *universe = universe_of(input);

    if (cpu_set_is_empty(set))
        return;
    g_autofree char *list = universe_list(universe, set, LISTED);
    Blocker *blocker = check_add(input, id, severity, remedy, "%s %s.", what, list);
    blocker->features = universe_names(universe, set);
    blocker->lead = what;
}

static void
add_groups(const CheckInput *input, const char *id, Verdict severity, guint8 groups,
           const char *what, const char *remedy)
{
    g_autoptr(GString) list = g_string_new(NULL);

    for (guint i = 0; i < CPU_FEATURE_GROUP_COUNT; i++)
        if ((groups >> i) & 1)
            g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", group_titles[i]);
    if (groups != 0)
        check_add(input, id, severity, remedy, "%s %s.", what, list->str);
}

/* Where the features themselves are too many to name for each pair of hosts. */
static void
check_groups(const CheckInput *input)
{
    add_groups(
        input, "features-missing", VERDICT_NO, input->facts->missing_groups,
        "The target lacks features of the guest's CPU:",
        "run the guest on its class's template; virt-plan matrix --explain names each feature");
    add_groups(input, "features-unknown", VERDICT_UNKNOWN, input->facts->unknown_groups,
               "The target does not tell of features of the guest's CPU:",
               "collect the target's domain capabilities; virt-plan matrix --explain names each "
               "feature");
}

static void
check_features(const CheckInput *input)
{
    const CpuFacts *facts = input->facts;
    const Universe *universe = universe_of(input);
    CpuSet nested = universe->nested_intel, others = facts->missing;

    check_groups(input);
    cpu_set_unite(&nested, &universe->nested_amd);
    cpu_set_intersect(&nested, &facts->missing);
    cpu_set_subtract(&others, &nested);
    add_features(input, "features-missing", VERDICT_NO, &others,
                 "The target lacks CPU features of the guest:",
                 "run the guest on a template that both hosts support, or update the target's "
                 "microcode, kernel and QEMU if its CPU has them");
    add_features(input, "features-nested", VERDICT_NO, &nested,
                 "The target lacks nested virtualization features of the guest:",
                 "disable vmx or svm in the pool (the plan file's 'disabled') if its guests run no "
                 "hypervisor, or set up nested virtualization alike on both hosts");
    add_features(
        input, "features-unknown", VERDICT_UNKNOWN, &facts->unsure,
        "The target's libvirt is too old to tell whether its guests can have",
        "collect the target's domain capabilities, from a newer libvirt if these are there");
    add_features(input, "features-unknown", VERDICT_UNKNOWN, &facts->untold,
                 "The target's documents do not tell whether KVM gives its guests",
                 "collect the target's domain capabilities (virsh domcapabilities), all of them at "
                 "one time; since libvirt 12.5, with --supported-cpu-features");
}

static void
check_emulated(const CheckInput *input)
{
    if (input->facts->is_other_emulator)
        check_add(input, "features-unknown", VERDICT_UNKNOWN,
                  "run the guest with KVM, or migrate between hosts with the same QEMU",
                  "The guest's CPU is emulated, and the target's QEMU is not the source's.");
}

static void
check_vendor(const CheckInput *input)
{
    const CpuFacts *facts = input->facts;

    if (facts->needed_vendor == NULL)
        return;
    if (facts->is_vendor_seen)
        /* a template without a vendor is there because the pool mixes them */
        check_add(input, "cpu-vendor",
                  input->traveller->template != NULL ? VERDICT_WARN : VERDICT_UNKNOWN,
                  input->traveller->template != NULL
                      ? "migrate between hosts of one vendor where there is a choice"
                      : "shut the guest down and start it there, or keep it on hosts of one vendor",
                  "The guest saw vendor %s when it started and would go on with %s, which its "
                  "system may not stand.",
                  facts->needed_vendor, facts->target_vendor);
    else if (facts->target_vendor == NULL)
        check_add(input, "cpu-vendor", VERDICT_UNKNOWN, "collect the target's capabilities again",
                  "The guest's CPU is of vendor %s, and the target does not tell its vendor.",
                  facts->needed_vendor);
    else
        check_add(input, "cpu-vendor", VERDICT_NO,
                  "keep guests on hosts of one vendor; they must be shut down to change it",
                  "The guest's CPU is of vendor %s, the target's of %s.", facts->needed_vendor,
                  facts->target_vendor);
}

static void
check_model(const CheckInput *input)
{
    const CpuFacts *facts = input->facts;

    switch ((ModelFit)facts->model_fit) {
    case MODEL_FITS:
        break;
    case MODEL_DIFFERS:
        check_add(input, "cpu-model", VERDICT_NO,
                  "move the guest between hosts with the same CPU model only",
                  "The target's CPU model differs from the source's%s%s.",
                  *facts->model != '\0' ? ", which is " : "", facts->model);
        break;
    case MODEL_NOT_LISTED:
        check_add(input, "cpu-model", VERDICT_NO,
                  "update QEMU and libvirt on the target, or use a template with an older model",
                  "The target's hypervisor does not know the CPU model %s.", facts->model);
        break;
    case MODEL_REPLACED:
        check_add(
            input, "cpu-model", VERDICT_WARN,
            "name a model that all hosts have, as the template does",
            "The target's QEMU does not have the CPU model %s; libvirt takes the nearest that "
            "it has, with the same features (fallback='allow').",
            facts->model);
        break;
    case MODEL_MAY_BE_REPLACED:
        check_add(input, "cpu-model", VERDICT_UNKNOWN,
                  "update QEMU and libvirt on the target, or use a template with an older model",
                  "The target's hypervisor does not have the CPU model %s, and whether its libvirt "
                  "knows it and takes another (fallback='allow') is not told.",
                  facts->model);
        break;
    case MODEL_UNUSABLE:
        check_add(input, "cpu-model", VERDICT_NO,
                  "use a template with a model that the hypervisors of both hosts call usable",
                  "The target's hypervisor cannot give the CPU model %s on its CPU.", facts->model);
        break;
    case MODEL_NOT_TOLD:
        check_add(input, "cpu-model", VERDICT_UNKNOWN,
                  "keep the guest to hosts with equal CPUs, or collect domain capabilities that "
                  "tell which models are usable",
                  "Whether the target can give the CPU model %s is not told.", facts->model);
        break;
    }
    if (facts->lost_features != NULL)
        check_add(
            input, "cpu-model", VERDICT_UNKNOWN,
            "disable these features in the guest's CPU, or run it on a template",
            "The target's hypervisor gives the CPU model %s without %s, and whether the guest "
            "has that is not told.",
            input->traveller->cpu->model, facts->lost_features);
}

/*
 * An invariant TSC is all that QEMU refuses to migrate of what migratable='off' lets through, and
 * with a fixed frequency it does that, too.
 */
static gboolean
is_invtsc_off(const CpuDefinition *cpu)
{
    const CpuDefinitionFeature *feature = cpu_definition_find_feature(cpu, "invtsc");

    return feature != NULL && cpu_policy_is_off(feature->policy);
}

static void
check_mode(const CheckInput *input)
{
    const Traveller *traveller = input->traveller;
    const CpuMode mode = traveller->subject == SUBJECT_HOST_PASSTHROUGH ? CPU_MODE_HOST_PASSTHROUGH
                         : traveller->subject == SUBJECT_HOST_MODEL     ? CPU_MODE_HOST_MODEL
                         : traveller->guest != NULL ? traveller->guest->cpu->mode
                                                    : CPU_MODE_CUSTOM;

    if (input->facts->is_mode_refused)
        check_add(input, "cpu-mode", VERDICT_NO, "give the guest a template instead of the mode",
                  "The target's hypervisor does not offer the CPU mode %s.", cpu_mode_name(mode));
    if (traveller->guest == NULL)
        return;
    if (mode == CPU_MODE_MAXIMUM && !input->is_start)
        check_add(input, "cpu-maximum", VERDICT_UNKNOWN, "give the guest a template instead",
                  "Mode maximum is whatever the QEMU at hand can emulate, which is not known.");
    if (mode == CPU_MODE_HOST_PASSTHROUGH && traveller->guest->cpu->migratable == CPU_SWITCH_OFF &&
        !input->is_start && traveller->tsc_hz == 0 && !is_invtsc_off(traveller->guest->cpu))
        check_add(input, "passthrough-migratable", VERDICT_NO,
                  "start the guest with migratable='on', or on a template",
                  "The guest has features that cannot migrate (migratable='off').");
}

/* How each objection of libvirt is filed; what is not named here is "cpu-incompatible". */
static const struct {
    const char *id;
    Verdict severity;
    const char *remedy;
} objections[CPU_REASON_COUNT] = {
    [CPU_REASON_HOST_UNKNOWN] = {"cpu-definition", VERDICT_UNKNOWN,
                                 "check the guest's CPU definition, and the CPU map in use"},
    [CPU_REASON_FORBIDDEN_FEATURES] = {"features-forbidden", VERDICT_NO,
                                       "use policy 'disable' instead of 'forbid'"},
    [CPU_REASON_EXTRA_FEATURES] = {"features-extra", VERDICT_NO,
                                   "use match='exact' instead of 'strict'"},
};

static void
check_objection(const CheckInput *input)
{
    const CpuFacts *facts = input->facts;

    if (facts->engine_message == NULL)
        return;
    const char *id = objections[facts->engine_kind].id;
    if (input->traveller->guest == NULL && input->traveller->problem != NULL)
        check_add(input, "cpu-definition", VERDICT_UNKNOWN,
                  "see why with virt-plan template; what guests run with, virt-plan guests tells",
                  "There is no guest CPU to migrate: %s.", facts->engine_message);
    else if (id == NULL)
        check_add(input, "cpu-incompatible", VERDICT_NO,
                  "run the guest on a template that both hosts support",
                  "The CPU definition does not fit the target: %s.", facts->engine_message);
    else
        check_add(input, id, objections[facts->engine_kind].severity,
                  objections[facts->engine_kind].remedy, "The CPU definition: %s.",
                  facts->engine_message);
}

static void
check_untold(const CheckInput *input)
{
    if (input->facts->is_cpu_untold)
        check_add(input, "cpu-unknown", VERDICT_UNKNOWN,
                  "compare the hosts' CPUs yourself; where libvirt offers host-model, collect "
                  "domain capabilities, which tell it",
                  "The guest has its host's own CPU, and not both hosts tell what that is.");
}

static void
check_unasked(const CheckInput *input)
{
    if (input->facts->unasked_features != NULL)
        check_add(input, "features-extra", VERDICT_NO,
                  "name these features in the guest's CPU, or use check='partial'",
                  "The guest's CPU has check='full' and does not name %s, which QEMU gives every "
                  "guest.",
                  input->facts->unasked_features);
}

static void
check_passthrough(const CheckInput *input)
{
    if (input->traveller->subject != SUBJECT_HOST_PASSTHROUGH || input->is_start ||
        input->facts->is_cpu_untold)
        return;
    if (input->facts->is_other_cpu)
        check_add(input, "host-passthrough", VERDICT_UNKNOWN,
                  "run the guest on its class's template",
                  "The guest sees the source's own CPU, and the target's is another one.");
    else
        check_add(input, "host-passthrough", VERDICT_WARN,
                  "keep microcode, kernel and QEMU alike on both, or use its class's template",
                  "The guest sees the source's own CPU; the hosts report the same one, and libvirt "
                  "cannot check more than that.");
}

static void
check_counters(const CheckInput *input)
{
    if (input->facts->is_other_pmu && !input->facts->is_other_cpu)
        check_add(input, "performance-counters", VERDICT_UNKNOWN,
                  "leave <pmu state='on'/> out of the guest's features, or keep it to hosts with "
                  "equal CPUs",
                  "The guest sees the performance counters of its host, and the target's CPU, "
                  "which is another one, may have others.");
}

/* Owned by the caller. */
static char *
maxphysaddr_remedy(guint bits)
{
    return g_strdup_printf("start the guest with <maxphysaddr mode='emulate' bits='%u'/> in its "
                           "<cpu>, as the template does",
                           bits);
}

static void
check_address_bits(const CheckInput *input)
{
    const CpuFacts *facts = input->facts;

    if (facts->bits_origin == BITS_UNKNOWN)
        check_add(input, "physical-address-bits", VERDICT_UNKNOWN,
                  "collect capabilities with a libvirt that tells them, or set maxphysaddr",
                  "The physical address bits that the guest sees are not known.");
    else if (facts->needed_bits == 0)
        return;
    else if (facts->bits_origin == BITS_DEFAULT) {
        g_autofree char *remedy = maxphysaddr_remedy(facts->target_bits);
        check_add(input, "physical-address-bits", VERDICT_UNKNOWN, remedy,
                  "The guest does not fix its physical address bits and may have %u; the target "
                  "has %u.",
                  facts->needed_bits, facts->target_bits);
    } else if (facts->target_bits == 0)
        check_add(input, "physical-address-bits", VERDICT_UNKNOWN,
                  "collect the target's capabilities with a libvirt that tells them",
                  "The guest has %u physical address bits, and the target does not tell its own.",
                  facts->needed_bits);
    else {
        g_autofree char *remedy = maxphysaddr_remedy(facts->target_bits);
        check_add(input, "physical-address-bits", VERDICT_NO, remedy,
                  "The guest has %u physical address bits, the target only %u.", facts->needed_bits,
                  facts->target_bits);
    }
}

void
checks_cpu(const CheckInput *input)
{
    if (input->facts->is_cpu_unknown) {
        check_add(input, "cpu-unknown", VERDICT_UNKNOWN,
                  "see the hosts in quarantine: virt-plan quarantine",
                  "The CPU of one of the hosts is not known.");
        return;
    }
    check_emulated(input);
    check_vendor(input);
    check_mode(input);
    check_untold(input);
    check_model(input);
    check_features(input);
    check_objection(input);
    check_unasked(input);
    check_passthrough(input);
    check_counters(input);
    check_address_bits(input);
    checks_domain(input);
}
