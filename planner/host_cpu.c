/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A host's documents tell its libvirt's age: a name that libvirt learnt after release R proves a
 * libvirt newer than R. A feature of a later era than every name the host uses may be there unseen;
 * it is "maybe", which is no for baselines and unknown for checks. The newest names are usually in
 * the list of models of the domain capabilities. So is what KVM gives guests by itself, where there
 * are no domain capabilities to tell it.
 */
#include "host_cpu.h"

#include <string.h>

static guint
era_of_name(const CpuMap *map, CpuFamily family, const char *model, const char *feature)
{
    const CpuModel *known_model = model != NULL ? cpu_map_find_model(map, family, model) : NULL;
    const CpuFeature *known_feature =
        feature != NULL ? cpu_map_find_feature(map, family, feature) : NULL;
    guint era = known_model != NULL ? known_model->since.lacking : 0;

    return known_feature != NULL ? MAX(era, known_feature->since.lacking) : era;
}

static guint
era_of_definition(const CpuMap *map, CpuFamily family, const CpuDefinition *cpu)
{
    guint era = era_of_name(map, family, cpu->model, NULL);

    for (guint i = 0; i < cpu->features->len; i++) {
        const char *name = cpu_definition_feature(cpu, i)->name;

        era = MAX(era, era_of_name(map, family, NULL, name));
    }
    return era;
}

/* The newest release that the host's libvirt is proven to be newer than. */
static guint
libvirt_era(const CpuMap *map, const HostCpu *cpu)
{
    guint era = 0;

    if (cpu->profile != NULL)
        era = era_of_definition(map, cpu->family, cpu->profile->cpu);
    if (cpu->domain == NULL)
        return era;
    if (cpu->domain->host_model_cpu != NULL)
        era = MAX(era, era_of_definition(map, cpu->family, cpu->domain->host_model_cpu));
    for (guint i = 0; i < cpu->domain->models->len; i++) {
        const CpuHypervisorModel *model = g_ptr_array_index(cpu->domain->models, i);

        era = MAX(era, era_of_name(map, cpu->family, model->name, NULL));
    }
    return era;
}

/* Whose KVM the host runs, as its vendor tells. */
static KvmModule
kvm_module(const HostCpu *cpu)
{
    if (cpu->vendor == NULL)
        return KVM_MODULE_ANY;
    return strcmp(cpu->vendor, "AMD") == 0 || strcmp(cpu->vendor, "Hygon") == 0 ? KVM_MODULE_SVM
                                                                                : KVM_MODULE_VMX;
}

/* Does the host's KVM give this feature, as far as the host's CPU tells? */
static gboolean
may_be_given(const HostCpu *cpu, const KvmGiven *given)
{
    const KvmModule module = kvm_module(cpu);
    CpuSet possible = cpu->set;

    cpu_set_unite(&possible, &cpu->maybe);
    return (given->module == KVM_MODULE_ANY || module == KVM_MODULE_ANY ||
            given->module == module) &&
           cpu_set_contains(&possible, &given->needs);
}

/* What only domain capabilities could tell, on a host that has none. */
static void
find_untold(HostCpu *cpu, const Universe *universe)
{
    cpu->untold = universe->host_only;
    for (guint i = 0; i < universe->kvm_given->len; i++) {
        const KvmGiven *given = &g_array_index(universe->kvm_given, KvmGiven, i);

        if (may_be_given(cpu, given))
            cpu_set_unite(&cpu->untold, &given->feature);
    }
    cpu_set_subtract(&cpu->untold, &cpu->set);
}

static void
find_maybe(HostCpu *cpu, const Universe *universe)
{
    const guint n = cpu_map_n_features(universe->map, universe->family);

    for (guint i = 0; i < n; i++) {
        const CpuFeature *feature = cpu_map_feature(universe->map, universe->family, i);

        if (feature->since.lacking > cpu->libvirt_era)
            cpu_set_unite(&cpu->maybe, &feature->bits);
    }
    if (!cpu->is_host_model)
        find_untold(cpu, universe);
    cpu_set_unite(&cpu->maybe, &cpu->untold);
    cpu_set_subtract(&cpu->maybe, &cpu->set);
}

/* The host's own CPU as guests see it: with what KVM gives to every one of them. */
static void
own_definition(HostCpu *cpu, const Universe *universe)
{
    cpu->own_definition = cpu_definition_copy(cpu->definition);
    for (guint i = 0; i < universe->kvm_given->len; i++) {
        const KvmGiven *given = &g_array_index(universe->kvm_given, KvmGiven, i);

        if (given->is_certain)
            cpu_definition_set_feature(cpu->own_definition, given->name, CPU_POLICY_REQUIRE);
    }
    cpu->definition = cpu->own_definition;
}

static void
set_problem(HostCpu *cpu, const char *id, char *problem, const char *remedy)
{
    cpu->problem_id = id;
    cpu->problem = problem;
    cpu->remedy = g_strdup(remedy);
    cpu->definition = NULL;
}

/* A guest that leaves its CPU to the host gets nothing that cannot migrate, but for the model's. */
static void
find_given(HostCpu *cpu, const Universe *universe)
{
    const CpuModel *model = cpu_map_find_model(universe->map, cpu->family, cpu->model);
    CpuSet withheld = universe->never_migrated;

    if (model != NULL)
        cpu_set_subtract(&withheld, &model->set);
    cpu->given = cpu->set;
    cpu_set_subtract(&cpu->given, &withheld);
}

/*
 * A host has one host-model under KVM, whatever the machine type. Where its documents have several,
 * they are of different times, and what they differ in is not told.
 */
static void
find_disputed(HostCpu *cpu, const Fleet *fleet, const Universe *universe)
{
    const DomainSet *documents =
        cpu->is_host_model ? &g_array_index(fleet->domain_sets, DomainSet, cpu->host->domain_set)
                           : NULL;
    CpuSet disputed = {0};

    for (guint i = 0; documents != NULL && i < documents->n_indexes; i++) {
        const DomainCapabilities *other =
            g_ptr_array_index(fleet->domain_capabilities, documents->indexes[i]);
        g_autoptr(GPtrArray) unknown = g_ptr_array_new();
        CpuSet set, extra = cpu->set;

        if (other == cpu->domain || other->arch != cpu->arch || other->host_model_cpu == NULL ||
            (other->domain_type & DOMAIN_TYPE_KVM) == 0 ||
            !cpu_engine_effective_set(universe->map, other->host_model_cpu, &set, unknown, NULL))
            continue;
        cpu_set_subtract(&extra, &set);
        cpu_set_subtract(&set, &cpu->set);
        cpu_set_unite(&disputed, &extra);
        cpu_set_unite(&disputed, &set);
    }
    /* names that the map lacks are compared by the first document alone */
    const CpuSet known = universe_known(universe, &disputed);
    cpu_set_subtract(&cpu->set, &known);
    cpu_set_unite(&cpu->untold, &known);
}

/*
 * KVM gives no instructions that the CPU does not have, but for those of the table. Where the
 * host-model has some that the host's own CPU lacks, the documents are of different times, as when
 * a host was replaced and its domain capabilities were not fetched anew.
 */
static void
find_denied(HostCpu *cpu, const Universe *universe)
{
    const guint n = cpu_map_n_features(universe->map, universe->family);
    g_autoptr(GPtrArray) unknown = g_ptr_array_new();
    CpuSet own, denied = {0};

    if (!cpu->is_host_model || cpu->profile == NULL || cpu->profile->cpu->model == NULL ||
        !cpu_engine_effective_set(universe->map, cpu->profile->cpu, &own, unknown, NULL))
        return;
    const guint era = era_of_definition(universe->map, cpu->family, cpu->profile->cpu);
    for (guint i = 0; i < n; i++) {
        const CpuFeature *feature = cpu_map_feature(universe->map, universe->family, i);

        if (feature->group == CPU_FEATURE_GROUP_INSTRUCTIONS && feature->since.lacking <= era &&
            cpu_set_contains(&cpu->set, &feature->bits) && !cpu_set_contains(&own, &feature->bits))
            cpu_set_unite(&denied, &feature->bits);
    }
    for (guint i = 0; i < universe->kvm_given->len; i++)
        cpu_set_subtract(&denied, &g_array_index(universe->kvm_given, KvmGiven, i).feature);
    cpu_set_subtract(&cpu->set, &denied);
    cpu_set_unite(&cpu->untold, &denied);
}

/* The QEMU that the machine types of the host's domain capabilities tell of; 0: they do not. */
static guint
told_qemu_version(const HostCpu *cpu, const Fleet *fleet)
{
    const DomainSet *documents =
        &g_array_index(fleet->domain_sets, DomainSet, cpu->host->domain_set);
    guint newest = 0;

    for (guint i = 0; i < documents->n_indexes; i++) {
        const DomainCapabilities *domain =
            g_ptr_array_index(fleet->domain_capabilities, documents->indexes[i]);

        if (domain->arch == cpu->arch && domain->machine != NULL)
            newest = MAX(newest, machine_type_qemu_version(domain->machine));
    }
    return newest;
}

/*
 * What guests have only where they name it is in a host-model where libvirt was asked for all
 * supported features alone. No new guest gets it by that.
 */
static void
find_named(HostCpu *cpu, const Fleet *fleet, const Universe *universe)
{
    if (!cpu->is_host_model || g_strcmp0(cpu->vendor, "AMD") != 0)
        return;
    const guint version = told_qemu_version(cpu, fleet);
    for (guint i = 0; i < universe->kvm_given->len; i++) {
        const KvmGiven *given = &g_array_index(universe->kvm_given, KvmGiven, i);
        const gboolean is_listed = cpu_set_contains(&cpu->set, &given->feature);

        if (given->named_since == 0 || (version != 0 && version < given->named_since) ||
            (version == 0 && is_listed))
            continue;
        if (is_listed) {
            cpu->named_since = given->named_since;
            cpu_set_unite(&cpu->named, &given->feature);
            cpu_set_subtract(&cpu->set, &given->feature);
        }
        cpu_set_unite(&cpu->untold, &given->feature);
    }
}

/* x86: model and features as bits; names that the map lacks get places of their own. */
static void
fill_x86_set(HostCpu *cpu, const Fleet *fleet, Universe *universe)
{
    g_autoptr(GPtrArray) unknown = g_ptr_array_new();
    g_autoptr(GError) error = NULL;

    if (!cpu->is_host_model)
        own_definition(cpu, universe);
    if (!cpu_engine_effective_set(universe->map, cpu->definition, &cpu->set, unknown, &error)) {
        set_problem(cpu, "unknown-model",
                    g_strdup_printf("CPU model %s is not in the CPU map (%s): %s",
                                    cpu->definition->model, cpu_map_origin(universe->map),
                                    error->message),
                    "use the CPU map of a newer libvirt (--cpu-map), or update virt-plan");
        return;
    }
    for (guint i = 0; i < unknown->len; i++) {
        const char *name = g_ptr_array_index(unknown, i);
        const CpuDefinitionFeature *feature = cpu_definition_find_feature(cpu->definition, name);

        if (!cpu_policy_is_off(feature->policy))
            universe_add_name(universe, name, &cpu->set);
    }
    cpu->libvirt_era = libvirt_era(universe->map, cpu);
    if (!cpu->is_host_model)
        cpu_set_subtract(&cpu->set, &universe->host_only);
    find_named(cpu, fleet, universe);
    find_disputed(cpu, fleet, universe);
    find_denied(cpu, universe);
    find_given(cpu, universe);
    find_maybe(cpu, universe);
}

/* Other families: the features that are named, the model being part of the class key. */
static void
fill_named_set(HostCpu *cpu, Universe *universe)
{
    for (guint i = 0; i < cpu->definition->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(cpu->definition, i);

        if (!cpu_policy_is_off(feature->policy))
            universe_add_name(universe, feature->name, &cpu->set);
    }
    cpu->given = cpu->set;
}

/* Guests' address bits can be set, and checked, on x86 alone; elsewhere they are no promise. */
static void
choose_address_bits(HostCpu *cpu)
{
    if (cpu->profile != NULL)
        cpu->physical_address_bits = cpu->profile->physical_address_bits;
    if (cpu->physical_address_bits == 0 && cpu->definition->has_maxphysaddr)
        cpu->physical_address_bits = cpu->definition->maxphysaddr_limit;
}

static void
choose_definition(HostCpu *cpu)
{
    if (cpu->domain != NULL && cpu->domain->host_model_cpu != NULL) {
        cpu->definition = cpu->domain->host_model_cpu;
        cpu->is_host_model = TRUE;
    } else if (cpu->profile != NULL) {
        cpu->definition = cpu->profile->cpu;
    }
    if (cpu->definition == NULL)
        return;
    if (cpu->family == CPU_FAMILY_X86)
        choose_address_bits(cpu);
    cpu->model = cpu->definition->model;
    cpu->vendor = cpu->definition->vendor;
    if (cpu->vendor == NULL && cpu->profile != NULL)
        cpu->vendor = cpu->profile->cpu->vendor;
}

static GHashTable *
models_by_name(const DomainCapabilities *domain)
{
    GHashTable *models = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < domain->models->len; i++) {
        CpuHypervisorModel *model = g_ptr_array_index(domain->models, i);

        g_hash_table_insert(models, model->name, model);
    }
    return models;
}

const DomainCapabilities *
host_cpu_domain(const HostCpu *cpu, const Fleet *fleet, CpuArch arch, DomainTypes type,
                const char *machine)
{
    const guint32 index = fleet_host_domain_capabilities(fleet, cpu->host, arch, type, machine);

    return index != FLEET_NO_INDEX ? g_ptr_array_index(fleet->domain_capabilities, index) : NULL;
}

HostCpu *
host_cpu_new(const Fleet *fleet, const Host *host, Universe *const *universes)
{
    HostCpu *cpu = g_new0(HostCpu, 1);

    cpu->host = host;
    if (host->cpu != FLEET_NO_INDEX)
        cpu->profile = g_ptr_array_index(fleet->cpus, host->cpu);
    cpu->arch = fleet_host_arch(fleet, host);
    cpu->family = cpu_arch_family(cpu->arch);
    cpu->domain = host_cpu_domain(cpu, fleet, cpu->arch, DOMAIN_TYPE_KVM, NULL);
    if (cpu->domain != NULL && cpu->domain->models->len > 0)
        cpu->models = models_by_name(cpu->domain);
    choose_definition(cpu);

    if (cpu->definition == NULL)
        set_problem(cpu, "no-cpu", g_strdup("no document of the host describes its CPU"),
                    "collect the output of virsh capabilities from the host");
    else if (cpu->family == CPU_FAMILY_X86 && cpu->definition->model == NULL)
        set_problem(cpu, "no-model", g_strdup("the host's libvirt does not name its CPU's model"),
                    "update libvirt on the host, or collect its domain capabilities");
    else if (cpu->family == CPU_FAMILY_X86)
        fill_x86_set(cpu, fleet, universes[CPU_FAMILY_X86]);
    else
        fill_named_set(cpu, universes[cpu->family]);
    return cpu;
}

void
host_cpu_free(HostCpu *cpu)
{
    if (cpu == NULL)
        return;
    cpu_definition_free(cpu->own_definition);
    g_clear_pointer(&cpu->models, g_hash_table_unref);
    g_free(cpu->problem);
    g_free(cpu->remedy);
    g_free(cpu);
}

void
host_cpu_part_missing(const HostCpu *cpu, CpuSet *missing, CpuSet *ret_unsure, CpuSet *ret_untold)
{
    *ret_unsure = *missing;
    cpu_set_intersect(ret_unsure, &cpu->maybe);
    cpu_set_subtract(missing, ret_unsure);
    *ret_untold = *ret_unsure;
    cpu_set_intersect(ret_untold, &cpu->untold);
    cpu_set_subtract(ret_unsure, ret_untold);
}

gboolean
host_cpu_is_same(const HostCpu *a, const HostCpu *b)
{
    if (a->model == NULL || b->model == NULL)
        return FALSE; /* two hosts that tell nothing are not equal for that */
    return a == b ||
           (a->profile != NULL && a->profile == b->profile && a->profile->cpu->model != NULL) ||
           (cpu_set_equal(&a->set, &b->set) && g_strcmp0(a->model, b->model) == 0 &&
            g_strcmp0(a->vendor, b->vendor) == 0 && a->is_host_model == b->is_host_model);
}

char *
host_cpu_class_key(const HostCpu *cpu, VendorRule rule)
{
    const char *vendor = cpu->vendor != NULL ? cpu->vendor : "";

    if (cpu->family != CPU_FAMILY_X86)
        return g_strdup_printf("%s|%s|%s", cpu_arch_name(cpu->arch), vendor,
                               cpu->model != NULL ? cpu->model : "");
    return g_strdup_printf("%s|%s|", cpu_arch_name(cpu->arch),
                           rule == VENDOR_RULE_MIXED ? "" : vendor);
}
