/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the CPU checks need to know about one traveller on one target.
 *
 * The imagined guests of a matrix are sets, so containment answers for them. A real guest's custom
 * CPU is also put to the engine, which answers as libvirt would; where libvirt objects to something
 * that the sets do not show, its objection is kept, so that no "yes" is given where libvirt
 * refuses. What that is on other architectures than x86, cpu_facts_named.c tells.
 */
#include "cpu_facts_emulated.h"
#include "cpu_facts_named.h"
#include "cpu_facts_needs.h"

#include <cpumodel/text_list.h>
#include <string.h>

/* Does the traveller's machine type let it have what guests of TARGET have only by name? */
static gboolean
is_named_given(const Traveller *traveller, const HostCpu *target)
{
    const guint version = target->named_since != 0 && traveller->machine != NULL
                              ? machine_type_qemu_version(traveller->machine)
                              : 0;

    return version != 0 && version < target->named_since;
}

static void
fill_features(const Traveller *traveller, const CpuSet *needed, const HostCpu *target,
              CpuFacts *facts)
{
    if (cpu_set_contains(&target->set, needed))
        return;
    facts->missing = *needed;
    cpu_set_subtract(&facts->missing, &target->set);
    if (is_named_given(traveller, target))
        cpu_set_subtract(&facts->missing, &target->named);
    host_cpu_part_missing(target, &facts->missing, &facts->unsure, &facts->untold);
}

/* Nor one of a later libvirt; where the target does not list what it knows, its age tells. */
static void
doubt_later_model(const Planning *planning, const char *name, const HostCpu *target,
                  CpuFacts *facts)
{
    const CpuModel *model = cpu_map_find_model(planning->map, CPU_FAMILY_X86, name);

    if (target->models == NULL && model != NULL && model->since.lacking > target->libvirt_era)
        cpu_facts_set_model(MODEL_NOT_TOLD, name, facts);
}

/*
 * A definition that allows it starts with the nearest model that the target's QEMU has, if libvirt
 * itself knows the model.
 */
static void
replace_missing_model(const Planning *planning, const Traveller *traveller, const HostCpu *target,
                      CpuFacts *facts)
{
    if (facts->model_fit != MODEL_NOT_LISTED || !facts->is_start || traveller->guest == NULL ||
        target->family != CPU_FAMILY_X86 || traveller->cpu->fallback != CPU_FALLBACK_ALLOW)
        return;
    const CpuModel *model =
        cpu_map_find_model(planning->map, CPU_FAMILY_X86, traveller->cpu->model);
    facts->model_fit = model != NULL && model->since.lacking <= target->libvirt_era
                           ? MODEL_REPLACED
                           : MODEL_MAY_BE_REPLACED;
}

static const CpuHypervisorModel *
find_blocked_model(const HostCpu *host, const char *name)
{
    const CpuHypervisorModel *model =
        host != NULL && host->models != NULL ? g_hash_table_lookup(host->models, name) : NULL;

    return model != NULL && model->usable == CPU_USABLE_NO ? model : NULL;
}

static gboolean
has_blocker(const CpuHypervisorModel *model, const char *name)
{
    return model != NULL && text_list_has(model->blockers, name);
}

/*
 * Can it be that the guest has the feature NAME, which its model brings in QEMU and its definition
 * does not tell of? libvirt writes into a running guest all that it knows of what QEMU gave it; and
 * at a start, it asks QEMU itself about the models that it has learnt of late.
 */
static gboolean
may_have_unseen(const Planning *planning, const Traveller *traveller, const HostCpu *source,
                const char *name, gboolean is_start)
{
    const Guest *guest = traveller->guest;
    const char *model_name = traveller->cpu->model;

    if (is_start) {
        const CpuModel *model = cpu_map_find_model(planning->map, CPU_FAMILY_X86, model_name);
        return model != NULL && !model->is_compat_checked;
    }
    if (has_blocker(find_blocked_model(source, model_name), name))
        return FALSE;
    return guest == NULL || !guest->is_running || guest->cpu->check != CPU_CHECK_FULL ||
           cpu_map_find_feature(planning->map, CPU_FAMILY_X86, name) == NULL;
}

static gboolean
disables_any(const CpuDefinition *cpu)
{
    for (guint i = 0; i < cpu->features->len; i++) {
        if (cpu_policy_is_off(cpu_definition_feature(cpu, i)->policy))
            return TRUE;
    }
    return FALSE;
}

/*
 * Before libvirt 10 a hypervisor that cannot give a model does not say why. What the guest does
 * without may be the reason, or what its own host cannot give either.
 */
static gboolean
is_unusable_for_no_reason(const Traveller *traveller, const HostCpu *source,
                          const CpuHypervisorModel *model, const CpuFacts *facts)
{
    return model != NULL && model->blockers->len == 0 && !facts->is_start &&
           cpu_set_is_empty(&facts->missing) && !disables_any(traveller->cpu) &&
           find_blocked_model(source, traveller->cpu->model) == NULL;
}

/* What the target's hypervisor says that it cannot give of the guest's model. */
static void
heed_blockers(const Planning *planning, const Traveller *traveller, const HostCpu *source,
              const HostCpu *target, CpuFacts *facts)
{
    const CpuHypervisorModel *model = find_blocked_model(target, traveller->cpu->model);
    g_autoptr(GString) lost = g_string_new(NULL);

    for (guint i = 0; model != NULL && i < model->blockers->len; i++) {
        const char *name = g_ptr_array_index(model->blockers, i);
        CpuSet bits;

        if (cpu_definition_find_feature(traveller->cpu, name) != NULL)
            continue; /* its policy says what becomes of it */
        if (universe_find_name(planning->universes[CPU_FAMILY_X86], name, &bits) &&
            cpu_set_contains(&traveller->set, &bits)) {
            cpu_set_subtract(&facts->unsure, &bits);
            cpu_set_subtract(&facts->untold, &bits);
            cpu_set_unite(&facts->missing, &bits);
        } else if (may_have_unseen(planning, traveller, source, name, facts->is_start)) {
            g_string_append_printf(lost, "%s%s", lost->len > 0 ? ", " : "", name);
        }
    }
    if (is_unusable_for_no_reason(traveller, source, model, facts))
        g_string_append(lost, "features that it does not name");
    if (lost->len > 0)
        facts->lost_features = g_intern_string(lost->str);
}

static void
need_address_bits(guint bits, BitsOrigin origin, const HostCpu *target, CpuFacts *facts)
{
    facts->bits_origin = (guint8)origin;
    if (origin != BITS_UNKNOWN && target->physical_address_bits >= bits)
        return; /* enough: no need to tell one such pair from another */
    facts->needed_bits = (guint8)MIN(bits, G_MAXUINT8);
    facts->target_bits = (guint8)MIN(target->physical_address_bits, G_MAXUINT8);
}

/* Does the guest see as many bits as the host it was started on? */
static gboolean
has_bits_of_host(const Traveller *traveller, const CpuDefinition *cpu, const HostCpu *source)
{
    if (cpu != NULL && cpu->has_maxphysaddr)
        return TRUE;
    if (traveller->subject == SUBJECT_HOST_MODEL)
        return source != NULL && source->is_host_model && source->definition != NULL &&
               source->definition->has_maxphysaddr;
    return traveller->subject == SUBJECT_HOST_PASSTHROUGH;
}

/* Hosts that report one CPU and no address bits, with an old libvirt each: equal as far as told. */
static gboolean
is_same_and_silent(const HostCpu *source, const HostCpu *target)
{
    return source != NULL && source->physical_address_bits == 0 &&
           target->physical_address_bits == 0 && host_cpu_is_same(source, target);
}

/* The bits that the guest itself sees. A guest that starts takes those of its new host. */
static void
fill_address_bits(const Traveller *traveller, const HostCpu *source, const HostCpu *target,
                  gboolean is_start, CpuFacts *facts)
{
    const CpuDefinition *cpu = traveller->guest != NULL ? traveller->guest->cpu : traveller->cpu;
    const guint of_source = source != NULL ? source->physical_address_bits : 0;
    const guint most = machine_type_most_address_bits(traveller->machine);

    if (target->family != CPU_FAMILY_X86)
        return; /* libvirt and QEMU have them for x86 alone */
    if (cpu != NULL && cpu->has_maxphysaddr && cpu->is_maxphysaddr_emulated &&
        cpu->maxphysaddr_bits > 0) {
        need_address_bits((guint)cpu->maxphysaddr_bits, BITS_TOLD, target, facts);
    } else if (is_start || is_same_and_silent(source, target)) {
        return;
    } else if (has_bits_of_host(traveller, cpu, source)) {
        const guint limit =
            cpu != NULL && cpu->maxphysaddr_limit > 0 ? cpu->maxphysaddr_limit : G_MAXUINT;

        need_address_bits(MIN(of_source, limit), of_source != 0 ? BITS_TOLD : BITS_UNKNOWN, target,
                          facts);
    } else if (target->physical_address_bits != 0 && target->physical_address_bits < most &&
               (of_source == 0 || of_source > target->physical_address_bits)) {
        /* where the source has no more than the target, the guest lives with it already */
        const guint seen =
            most == MACHINE_TYPE_DEFAULT_ADDRESS_BITS || of_source == 0 ? most : of_source;
        need_address_bits(MIN(seen, most), BITS_DEFAULT, target, facts);
    }
}

/* Under KVM a guest sees its host's vendor, whatever its model; it would change under the guest. */
static void
keep_vendor_seen(const HostCpu *source, const HostCpu *target, CpuFacts *facts)
{
    if (source == NULL || facts->needed_vendor != NULL || target->family != CPU_FAMILY_X86 ||
        source->vendor == NULL || target->vendor == NULL)
        return;
    cpu_facts_need_vendor(source->vendor, target, facts);
    facts->is_vendor_seen = facts->needed_vendor != NULL;
}

/* What vmx and svm offer inside the guest goes with them. */
static const CpuSet *
nested_of(const Universe *universe, const char *name)
{
    return strcmp(name, "vmx") == 0   ? &universe->nested_intel
           : strcmp(name, "svm") == 0 ? &universe->nested_amd
                                      : NULL;
}

/* Host-model and host-passthrough may name features too: SET as the definition changes it. */
static void
apply_named_features(const Universe *universe, const CpuDefinition *cpu, CpuSet *set)
{
    for (guint i = 0; i < cpu->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(cpu, i);
        const CpuSet *nested = nested_of(universe, feature->name);
        CpuSet bits;

        if (!universe_find_name(universe, feature->name, &bits))
            continue;
        if (feature->policy == CPU_POLICY_REQUIRE) {
            cpu_set_unite(set, &bits);
        } else if (cpu_policy_is_off(feature->policy)) {
            cpu_set_subtract(set, &bits);
            if (nested != NULL)
                cpu_set_subtract(set, nested);
        }
    }
}

/* A guest that takes its CPU from the host it was started on. */
static void
fill_from_source(const Planning *planning, const Traveller *traveller, const HostCpu *source,
                 const HostCpu *target, CpuFacts *facts)
{
    CpuSet needed = source->given;

    if (traveller->guest != NULL)
        apply_named_features(planning->universes[CPU_FAMILY_X86], traveller->guest->cpu, &needed);
    cpu_facts_need_vendor(source->vendor, target, facts);
    fill_features(traveller, &needed, target, facts);
    if (traveller->subject == SUBJECT_HOST_PASSTHROUGH)
        facts->is_other_cpu = !host_cpu_is_same(source, target);
    else if (source->is_host_model)
        cpu_facts_need_model(source->model, target, facts);
}

static EngineAnswer
ask_engine(const Planning *planning, const Traveller *traveller, const HostCpu *target)
{
    g_auto(CpuReason) reason = {0};
    g_autoptr(GError) error = NULL;
    CpuCompareResult result;

    if (!cpu_engine_compare(planning->map, target->arch, target->definition, traveller->cpu,
                            &result, &reason, &error))
        return (EngineAnswer){CPU_REASON_HOST_UNKNOWN, g_intern_string(error->message)};
    if (result != CPU_COMPARE_INCOMPATIBLE)
        return (EngineAnswer){CPU_REASON_NONE, NULL};
    g_autofree char *message = cpu_reason_message(&reason);
    return (EngineAnswer){(guint8)reason.kind, g_intern_string(message)};
}

static EngineAnswer
engine_answer(const Planning *planning, const Traveller *traveller, const HostCpu *target)
{
    if (traveller->answers == NULL)
        return ask_engine(planning, traveller, target);
    EngineAnswer *known = g_hash_table_lookup(traveller->answers, target);
    if (known == NULL) {
        known = g_new(EngineAnswer, 1);
        *known = ask_engine(planning, traveller, target);
        g_hash_table_insert(traveller->answers, (gpointer)(guintptr)target, known);
    }
    return *known;
}

/* Adds what libvirt itself says where the sets have not shown it already. */
static void
heed_engine(const Planning *planning, const Traveller *traveller, const HostCpu *target,
            CpuFacts *facts)
{
    const EngineAnswer answer = engine_answer(planning, traveller, target);
    const gboolean is_short = !cpu_set_is_empty(&facts->missing) ||
                              !cpu_set_is_empty(&facts->unsure) ||
                              !cpu_set_is_empty(&facts->untold);
    const gboolean is_shown = (answer.kind == CPU_REASON_MISSING_FEATURES && is_short) ||
                              (answer.kind == CPU_REASON_VENDOR && facts->needed_vendor != NULL);

    if (is_shown || answer.message == NULL)
        return;
    facts->engine_kind = answer.kind;
    facts->engine_message = answer.message;
}

/* libvirt starts such a guest without a look at the host's CPU; QEMU only warns of what lacks. */
static gboolean
starts_unchecked(const Traveller *traveller, const HostCpu *target, const CpuFacts *facts)
{
    return facts->is_start && traveller->guest != NULL && target->family == CPU_FAMILY_X86 &&
           traveller->guest->cpu->check == CPU_CHECK_NONE;
}

/*
 * With check='full' libvirt takes a guest down again where QEMU gave it more than it asked for, and
 * some features QEMU gives to every guest.
 */
static void
find_unasked(const Planning *planning, const Traveller *traveller, const HostCpu *target,
             CpuFacts *facts)
{
    const Universe *universe = planning->universes[CPU_FAMILY_X86];
    g_autoptr(GString) extra = g_string_new(NULL);

    if (!facts->is_start || traveller->guest == NULL ||
        traveller->guest->cpu->check != CPU_CHECK_FULL || target->family != CPU_FAMILY_X86)
        return;
    for (guint i = 0; i < universe->kvm_given->len; i++) {
        const KvmGiven *given = &g_array_index(universe->kvm_given, KvmGiven, i);

        if (!given->is_unasked || cpu_set_contains(&traveller->set, &given->feature) ||
            cpu_definition_find_feature(traveller->cpu, given->name) != NULL)
            continue;
        if (cpu_set_contains(&target->set, &given->feature))
            g_string_append_printf(extra, "%s%s", extra->len > 0 ? ", " : "", given->name);
        else if (cpu_set_contains(&target->untold, &given->feature))
            cpu_set_unite(&facts->untold, &given->feature);
    }
    if (extra->len > 0)
        facts->unasked_features = g_intern_string(extra->str);
}

static void
fill_custom(const Planning *planning, const Traveller *traveller, const HostCpu *source,
            const HostCpu *target, CpuFacts *facts)
{
    cpu_facts_need_model(traveller->cpu->model, target, facts);
    replace_missing_model(planning, traveller, target, facts);
    if (starts_unchecked(traveller, target, facts))
        return;
    cpu_facts_need_vendor(traveller->cpu->vendor, target, facts);
    if (target->family == CPU_FAMILY_X86) {
        doubt_later_model(planning, traveller->cpu->model, target, facts);
        fill_features(traveller, &traveller->set, target, facts);
        heed_blockers(planning, traveller, source, target, facts);
    } else if (target->family != CPU_FAMILY_PPC64) {
        cpu_facts_fill_named_custom(planning, traveller, source, target, facts);
    }
    if (target->family == CPU_FAMILY_PPC64 ||
        (target->family == CPU_FAMILY_X86 && traveller->guest != NULL))
        heed_engine(planning, traveller, target, facts);
    find_unasked(planning, traveller, target, facts);
}

/*
 * A host-model guest that starts takes what its new host has; what it requires or forbids beside
 * that, libvirt compares with the host first, unless its check is another than 'partial'.
 */
static void
fill_started_host_model(const Planning *planning, const Traveller *traveller, const HostCpu *target,
                        CpuFacts *facts)
{
    const CpuDefinition *cpu = traveller->guest != NULL ? traveller->guest->cpu : NULL;
    Traveller asking = *traveller;
    CpuSet needed = {{0}};

    if (cpu == NULL || traveller->subject != SUBJECT_HOST_MODEL || cpu->features->len == 0 ||
        cpu->check == CPU_CHECK_NONE)
        return;
    asking.cpu = cpu;
    apply_named_features(planning->universes[CPU_FAMILY_X86], cpu, &needed);
    fill_features(traveller, &needed, target, facts);
    if (cpu->check != CPU_CHECK_FULL)
        heed_engine(planning, &asking, target, facts);
}

static void
need_mode(const Traveller *traveller, const HostCpu *target, CpuFacts *facts)
{
    const DomainCapabilities *domain = target->domain;

    if (domain == NULL)
        return;
    if (traveller->subject == SUBJECT_HOST_PASSTHROUGH)
        facts->is_mode_refused = domain->host_passthrough == SUPPORT_NO;
    else if (traveller->guest != NULL && traveller->guest->cpu->mode == CPU_MODE_MAXIMUM)
        facts->is_mode_refused = domain->maximum == SUPPORT_NO;
    else if (traveller->subject == SUBJECT_HOST_MODEL)
        facts->is_mode_refused = domain->host_model == SUPPORT_NO;
}

/* Without KVM it is QEMU that makes the CPU, whatever the host's is. */
static gboolean
is_emulated(const Traveller *traveller)
{
    return traveller->type == DOMAIN_TYPE_QEMU;
}

/* The CPU that the guest asks for itself. */
static void
fill_own_cpu(const Planning *planning, const Traveller *traveller, const HostCpu *source,
             const HostCpu *target, CpuFacts *facts)
{
    if (traveller->problem != NULL) {
        cpu_facts_set_problem(traveller->problem, facts);
    } else if (traveller->cpu != NULL) {
        fill_custom(planning, traveller, source, target, facts);
    }
}

/* The CPU that its host gave to the guest: host-model or host-passthrough. */
static void
fill_given_cpu(const Planning *planning, const Traveller *traveller, const HostCpu *source,
               const HostCpu *target, CpuFacts *facts)
{
    if (source == NULL || source->problem != NULL) {
        facts->is_cpu_unknown = TRUE;
    } else if (source->family != target->family) {
        cpu_facts_set_model(MODEL_DIFFERS, source->model != NULL ? source->model : "", facts);
    } else if (target->family == CPU_FAMILY_X86) {
        fill_from_source(planning, traveller, source, target, facts);
    } else {
        cpu_facts_fill_named_given(traveller, source, target, facts);
    }
}

/*
 * POWER guests of mode host-model may name the generation that their host's processor runs them as
 * (a compatibility mode): where they may go is up to that, not to the host they are on.
 */
static gboolean
has_compatibility_mode(const Traveller *traveller, const HostCpu *target)
{
    return target->family == CPU_FAMILY_PPC64 && traveller->subject == SUBJECT_HOST_MODEL &&
           traveller->guest != NULL && traveller->guest->cpu->model != NULL;
}

static void
fill_compatibility_mode(const Planning *planning, const Traveller *traveller, const HostCpu *target,
                        CpuFacts *facts)
{
    Traveller asking = *traveller;

    asking.cpu = traveller->guest->cpu;
    heed_engine(planning, &asking, target, facts);
}

/* The target's domain capabilities for the guest, where it asks for what they tell. */
static void
fill_domain(const Planning *planning, const Traveller *traveller, const HostCpu *target,
            CpuFacts *facts)
{
    const Guest *guest = traveller->guest;

    if (guest == NULL)
        return;
    const DomainCapabilities *domain = host_cpu_domain(target, planning->fleet, traveller->arch,
                                                       traveller->type, traveller->machine);
    if (domain == NULL) /* of another architecture or type, which is the same QEMU */
        domain = target->domain;
    if (domain == NULL || (guest->hyperv_features->len == 0 && guest->needs->len == 0 &&
                           guest->launch_security == NULL &&
                           (domain->max_vcpus == 0 || guest->n_vcpus <= domain->max_vcpus)))
        return;
    facts->domain = domain;
    facts->is_other_machine = domain->machine != NULL && traveller->machine != NULL &&
                              !machine_type_is_same_family(domain->machine, traveller->machine);
}

void
cpu_facts_fill(const Planning *planning, const Traveller *traveller, const Endpoint *from,
               const Endpoint *to, gboolean is_start, CpuFacts *ret_facts)
{
    const HostCpu *target = endpoint_cpu(planning, to);
    const HostCpu *source = from != NULL ? endpoint_cpu(planning, from) : NULL;

    memset(ret_facts, 0, sizeof(*ret_facts));
    ret_facts->family = (guint8)target->family;
    ret_facts->is_start = is_start;
    ret_facts->is_at_home = traveller->is_at_home;
    fill_domain(planning, traveller, target, ret_facts);
    if (traveller->type == DOMAIN_TYPE_OTHER) /* what another hypervisor gives is not planned for */
        return;
    if (is_emulated(traveller)) {
        if (is_start)
            cpu_facts_fill_emulated(planning, traveller, target, ret_facts);
        else
            ret_facts->is_other_emulator = from == NULL || from->machines != to->machines;
        return;
    }
    if (target->problem != NULL) {
        ret_facts->is_cpu_unknown = TRUE;
        return;
    }
    need_mode(traveller, target, ret_facts);
    /* QEMU hands the host's own performance counters through, whatever the CPU model. */
    ret_facts->is_other_pmu = !is_start && source != NULL && source->problem == NULL &&
                              guest_has_trait(traveller->guest, GUEST_TRAIT_PMU) &&
                              !host_cpu_is_same(source, target);
    if (traveller->subject == SUBJECT_TEMPLATE || traveller->problem != NULL)
        fill_own_cpu(planning, traveller, source, target, ret_facts);
    else if (has_compatibility_mode(traveller, target))
        fill_compatibility_mode(planning, traveller, target, ret_facts);
    else if (is_start && target->family != CPU_FAMILY_X86)
        cpu_facts_fill_named_start(planning, traveller, target, ret_facts);
    else if (is_start)
        fill_started_host_model(planning, traveller, target, ret_facts);
    else
        fill_given_cpu(planning, traveller, source, target, ret_facts);
    if (!is_start && traveller->subject == SUBJECT_TEMPLATE)
        keep_vendor_seen(source, target, ret_facts);
    fill_address_bits(traveller, source, target, is_start, ret_facts);
}
