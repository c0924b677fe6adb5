/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From a guest's definition to what the checks look at. A definition that has been started is what
 * it runs as; one that leaves something open (host-model, optional features, match minimum) becomes
 * what its own host makes of it before it migrates.
 *
 * libvirt compares a guest's CPU with a host's before a start with check='partial' alone. With
 * check='full', which every running guest has, it looks at what QEMU has made of the CPU, and QEMU
 * takes "forbid" for "disable". So there match='strict' and policy='forbid' refuse nothing.
 */
#include "guest_traveller.h"
#include "guest_claims.h"
#include "guest_identity.h"

#include <string.h>

static gboolean
needs_tsc(const Guest *guest)
{
    if (guest_has_trait(guest, GUEST_TRAIT_CLOCK_TSC))
        return TRUE;
    for (guint i = 0; i < guest->cpu->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(guest->cpu, i);

        if (strcmp(feature->name, "invtsc") == 0 &&
            (feature->policy == CPU_POLICY_REQUIRE || feature->policy == CPU_POLICY_FORCE))
            return TRUE;
    }
    return FALSE;
}

/*
 * A definition without a CPU model gets what QEMU takes by default for the machine type. Under KVM
 * that is the host's CPU on all architectures but x86: libvirt makes host-model of it on s390, and
 * host-passthrough elsewhere where QEMU can run nothing else.
 */
static MatrixSubject
subject_without_model(const Guest *guest)
{
    const CpuFamily family = cpu_arch_family(guest->arch);

    if (family == CPU_FAMILY_X86 || guest->domain_type != DOMAIN_TYPE_KVM)
        return SUBJECT_TEMPLATE;
    return family == CPU_FAMILY_S390 ? SUBJECT_HOST_MODEL : SUBJECT_HOST_PASSTHROUGH;
}

static MatrixSubject
subject_of_guest(const Guest *guest)
{
    switch (guest->cpu->mode) {
    case CPU_MODE_HOST_MODEL:
        return SUBJECT_HOST_MODEL;
    case CPU_MODE_HOST_PASSTHROUGH:
        return SUBJECT_HOST_PASSTHROUGH;
    case CPU_MODE_CUSTOM:
        return guest->cpu->model != NULL ? SUBJECT_TEMPLATE : subject_without_model(guest);
    case CPU_MODE_MAXIMUM:
    case CPU_MODE_COUNT:
    default:
        return SUBJECT_TEMPLATE;
    }
}

static Traveller
traveller_of_guest(const Guest *guest)
{
    return (Traveller){
        .subject = subject_of_guest(guest),
        .guest = guest,
        .arch = guest->arch,
        .type = guest->domain_type,
        .machine = guest->machine,
        .has_invtsc = needs_tsc(guest),
        .tsc_hz = guest->tsc_hz,
    };
}

/* What a custom CPU asks for: all that it has, without what it forces on any host. */
static gboolean
custom_set(const Planning *planning, const CpuDefinition *cpu, CpuSet *ret_set, GError **error)
{
    g_autoptr(CpuDefinition) asked = cpu_definition_copy(cpu);

    for (guint i = asked->features->len; i-- > 0;)
        if (cpu_definition_feature(asked, i)->policy == CPU_POLICY_FORCE)
            cpu_definition_feature(asked, i)->policy = CPU_POLICY_DISABLE;
    return cpu_engine_effective_set(planning->map, asked, ret_set, NULL, error);
}

static void
set_custom_cpu(const Planning *planning, Traveller *traveller, const CpuDefinition *cpu,
               char **problem)
{
    g_autoptr(GError) error = NULL;

    if (cpu->mode != CPU_MODE_CUSTOM || cpu->model == NULL)
        return;
    traveller->cpu = cpu;
    if (cpu_arch_family(traveller->arch) == CPU_FAMILY_X86 &&
        !custom_set(planning, cpu, &traveller->set, &error)) {
        if (*problem == NULL)
            *problem = g_strdup(error->message);
        traveller->problem = *problem;
    }
}

static gboolean
is_open(const CpuDefinition *cpu)
{
    if (cpu->match == CPU_MATCH_MINIMUM)
        return TRUE;
    for (guint i = 0; i < cpu->features->len; i++) {
        const CpuPolicy policy = cpu_definition_feature(cpu, i)->policy;

        if (policy == CPU_POLICY_OPTIONAL || policy == CPU_POLICY_FORCE)
            return TRUE;
    }
    return FALSE;
}

/*
 * With check='none', as libvirt gives it to guests that are defined without a CPU, QEMU leaves out
 * what the host lacks, and the guest runs without. What QEMU emulates itself is whole everywhere.
 */
static gboolean
is_unchecked(const Guest *guest)
{
    return guest->cpu->mode == CPU_MODE_CUSTOM && guest->cpu->model != NULL &&
           guest->cpu->check == CPU_CHECK_NONE && guest->domain_type == DOMAIN_TYPE_KVM &&
           cpu_arch_family(guest->arch) == CPU_FAMILY_X86;
}

/* Disables in CPU what of SET the host cannot give. */
static void
drop_lacked(const Planning *planning, const HostCpu *source, const CpuSet *set, CpuDefinition *cpu)
{
    CpuSet lacked = *set;

    cpu_set_subtract(&lacked, &source->set);
    cpu_set_subtract(&lacked, &source->maybe);
    g_autoptr(GPtrArray) names = universe_names(planning->universes[CPU_FAMILY_X86], &lacked);
    for (guint i = 0; i < names->len; i++)
        cpu_definition_set_feature(cpu, g_ptr_array_index(names, i), CPU_POLICY_DISABLE);
}

/*
 * What is forced starts on any host, but QEMU under KVM gives only what the host has: the guest
 * runs with it, and libvirt does not let it migrate to where it would lose it, or runs without.
 * Definitions that libvirt has completed (check='full') say "disable" where it was not given.
 */
static void
settle_forced(const Planning *planning, const HostCpu *source, const Guest *guest,
              CpuDefinition *cpu)
{
    const gboolean is_completed = guest->is_running && guest->cpu->check == CPU_CHECK_FULL;

    for (guint i = 0; i < cpu->features->len; i++) {
        CpuDefinitionFeature *feature = cpu_definition_feature(cpu, i);
        CpuSet bits;

        if (feature->policy != CPU_POLICY_FORCE)
            continue;
        const gboolean is_lacked =
            !is_completed &&
            universe_find_name(planning->universes[CPU_FAMILY_X86], feature->name, &bits) &&
            !cpu_set_contains(&source->set, &bits) && !cpu_set_contains(&source->maybe, &bits);
        feature->policy = is_lacked ? CPU_POLICY_DISABLE : CPU_POLICY_REQUIRE;
    }
}

static gboolean
refuses_by_comparison(const CpuDefinition *cpu)
{
    if (cpu->match == CPU_MATCH_STRICT)
        return TRUE;
    for (guint i = 0; i < cpu->features->len; i++)
        if (cpu_definition_feature(cpu, i)->policy == CPU_POLICY_FORBID)
            return TRUE;
    return FALSE;
}

/* The CPU as QEMU makes it, for guests whose CPU libvirt does not compare with the host's. */
static void
drop_comparison(const Planning *planning, const CpuDefinition *cpu, GuestTravellers *travellers,
                Traveller *traveller)
{
    if (traveller->cpu == NULL || cpu_arch_family(traveller->arch) != CPU_FAMILY_X86 ||
        !refuses_by_comparison(cpu))
        return;
    if (travellers->uncompared == NULL) {
        travellers->uncompared = cpu_definition_copy(cpu);
        if (cpu->match == CPU_MATCH_STRICT)
            travellers->uncompared->match = CPU_MATCH_EXACT;
        for (guint i = 0; i < cpu->features->len; i++) {
            CpuDefinitionFeature *feature = cpu_definition_feature(travellers->uncompared, i);

            if (feature->policy == CPU_POLICY_FORBID)
                feature->policy = CPU_POLICY_DISABLE;
        }
    }
    set_custom_cpu(planning, traveller, travellers->uncompared, &travellers->problem);
}

/* A definition that leaves something to its host becomes what that host makes of it. */
static void
resolve_on_host(const Planning *planning, GuestTravellers *travellers, guint32 host)
{
    const CpuDefinition *cpu = travellers->migration.cpu;
    const CpuResolveOptions options = {.is_update_only = TRUE};
    const Guest *guest = travellers->migration.guest;
    g_autoptr(GError) error = NULL;

    if (cpu == NULL || travellers->migration.problem != NULL || host == FLEET_NO_INDEX ||
        (!is_open(cpu) && !is_unchecked(guest)))
        return;
    const HostCpu *source = planning_host_cpu(planning, host);
    if (source->problem != NULL)
        return;
    travellers->resolved = is_open(cpu)
                               ? cpu_engine_resolve(planning->map, source->arch, source->definition,
                                                    cpu, &options, &error)
                               : cpu_definition_copy(cpu);
    if (travellers->resolved == NULL) {
        g_free(travellers->problem);
        travellers->problem =
            g_strdup_printf("it cannot start on its own host: %s", error->message);
        travellers->migration.problem = travellers->problem;
        return;
    }
    if (source->family == CPU_FAMILY_X86)
        settle_forced(planning, source, guest, travellers->resolved);
    set_custom_cpu(planning, &travellers->migration, travellers->resolved, &travellers->problem);
    if (!is_unchecked(guest) || source->family != CPU_FAMILY_X86)
        return;
    drop_lacked(planning, source, &travellers->migration.set, travellers->resolved);
    set_custom_cpu(planning, &travellers->migration, travellers->resolved, &travellers->problem);
}

void
guest_travellers_init(const Planning *planning, const Guest *guest, guint32 host,
                      GuestTravellers *travellers)
{
    memset(travellers, 0, sizeof(*travellers));
    travellers->start = traveller_of_guest(guest);
    set_custom_cpu(planning, &travellers->start, guest->cpu, &travellers->problem);
    travellers->migration = travellers->start;
    drop_comparison(planning, guest->cpu, travellers, &travellers->migration);
    if (guest->cpu->check == CPU_CHECK_FULL)
        drop_comparison(planning, guest->cpu, travellers, &travellers->start);
    resolve_on_host(planning, travellers, host);
    travellers->start.answers = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    travellers->restart = travellers->start; /* which owns the answers */
    travellers->restart.is_at_home = TRUE;
    travellers->migration.answers = travellers->migration.cpu != travellers->start.cpu
                                        ? g_hash_table_new_full(NULL, NULL, NULL, g_free)
                                        : g_hash_table_ref(travellers->start.answers);
}

void
guest_travellers_release(GuestTravellers *travellers)
{
    g_hash_table_unref(travellers->start.answers);
    g_hash_table_unref(travellers->migration.answers);
    cpu_definition_free(travellers->uncompared);
    cpu_definition_free(travellers->resolved);
    g_free(travellers->problem);
}

/*
 * The guest's memory where some host of the fleet has less, or it is in pages of one size; 0
 * otherwise.
 */
static guint64
memory_asked(const Planning *planning, const Guest *guest)
{
    for (guint i = 0; i < planning->systems->len; i++)
        if (guest->memory_kib > g_array_index(planning->systems, SystemProfile, i).memory_kib)
            return guest->memory_kib;
    return guest_memory_in_pages_kib(guest);
}

/* Guests are alike whatever their names, but for those that a host may refuse for them. */
static void
append_identity(const Planning *planning, const Guest *guest, GString *key)
{
    if (planning->identities != NULL && guest_identities_is_contested(planning->identities, guest))
        g_string_append_printf(key, "identity %s %s\n", guest->name, guest->uuid);
}

char *
guest_kind_key(const Planning *planning, const Guest *guest, guint32 host)
{
    g_autoptr(GString) key = g_string_new(NULL);
    const guint32 source = (is_open(guest->cpu) || is_unchecked(guest)) && host != FLEET_NO_INDEX
                               ? planning->cpu_of[host]
                               : FLEET_NO_INDEX;

    g_string_append_printf(
        key, "%u\n%d %s %d %d %u %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n%s\n%s\n%s\n%d\n",
        source, (int)guest->arch,
        guest->type_name != NULL ? guest->type_name : domain_type_name(guest->domain_type),
        guest->is_running, guest->has_cpu, guest->n_vcpus, guest->tsc_hz,
        memory_asked(planning, guest), guest->machine != NULL ? guest->machine : "",
        guest->emulator != NULL ? guest->emulator : "",
        guest->launch_security != NULL ? guest->launch_security : "", guest->is_hyperv_passthrough);
    append_identity(planning, guest, key);
    if (planning->claims != NULL)
        guest_claims_append(planning->claims, guest, key);
    cpu_definition_format(guest->cpu, 0, key);
    for (guint i = 0; i < guest->hyperv_features->len; i++)
        g_string_append_printf(key, "hyperv %s\n",
                               (const char *)g_ptr_array_index(guest->hyperv_features, i));
    for (guint i = 0; i < guest->needs->len; i++)
        g_string_append_printf(key, "need %s\n", (const char *)g_ptr_array_index(guest->needs, i));
    for (guint i = 0; i < guest->traits->len; i++) {
        const GuestTrait *trait = &g_array_index(guest->traits, GuestTrait, i);
        g_string_append_printf(key, "trait %d %s\n", (int)trait->kind,
                               trait->detail != NULL ? trait->detail : "");
    }
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, key->str, (gssize)key->len);
}
