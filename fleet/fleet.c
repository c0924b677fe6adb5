/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fleet/fleet.h>

#include <cpumodel/version.h>
#include <stdlib.h>
#include <string.h>

void
cpu_profile_free(CpuProfile *profile)
{
    if (profile == NULL)
        return;
    cpu_definition_free(profile->cpu);
    g_free(profile);
}

void
host_clear(Host *host)
{
    g_clear_pointer(&host->name, g_free);
    g_clear_pointer(&host->uuid, g_free);
    g_clear_pointer(&host->huge_pages, g_free);
}

static void
clear_domain_set(gpointer data)
{
    g_free(((DomainSet *)data)->indexes);
}

static void
clear_kept_address(gpointer data)
{
    KeptAddress *address = data;

    g_free(address->device);
    g_free(address->address);
    g_free(address->model);
}

GArray *
kept_address_list_new(void)
{
    GArray *list = g_array_new(FALSE, TRUE, sizeof(KeptAddress));

    g_array_set_clear_func(list, clear_kept_address);
    return list;
}

KeptAddresses *
kept_addresses_new(const char *guest)
{
    KeptAddresses *kept = g_new0(KeptAddresses, 1);

    kept->guest = g_strdup(guest);
    kept->addresses = kept_address_list_new();
    return kept;
}

void
kept_addresses_free(KeptAddresses *kept)
{
    if (kept == NULL)
        return;
    g_free(kept->guest);
    g_array_unref(kept->addresses);
    g_free(kept);
}

PublishedTemplate *
published_template_new(const char *pool, const char *class_name)
{
    PublishedTemplate *published = g_new0(PublishedTemplate, 1);

    published->pool = g_strdup(pool);
    published->class_name = g_strdup(class_name);
    published->machines = g_ptr_array_new_with_free_func(g_free);
    return published;
}

void
published_template_free(PublishedTemplate *published)
{
    if (published == NULL)
        return;
    g_free(published->pool);
    g_free(published->class_name);
    cpu_definition_free(published->cpu);
    g_ptr_array_unref(published->machines);
    g_free(published->digest);
    g_free(published);
}

Fleet *
fleet_new(void)
{
    Fleet *fleet = g_new0(Fleet, 1);

    fleet->cpus = g_ptr_array_new_with_free_func((GDestroyNotify)cpu_profile_free);
    fleet->machines = g_ptr_array_new_with_free_func((GDestroyNotify)machine_profile_unref);
    fleet->capabilities = g_ptr_array_new_with_free_func((GDestroyNotify)capability_profile_free);
    fleet->domain_capabilities =
        g_ptr_array_new_with_free_func((GDestroyNotify)domain_capabilities_unref);
    fleet->domain_sets = g_array_new(FALSE, TRUE, sizeof(DomainSet));
    g_array_set_clear_func(fleet->domain_sets, clear_domain_set);
    fleet->software = g_ptr_array_new_with_free_func((GDestroyNotify)host_software_free);
    fleet->hosts = g_array_new(FALSE, TRUE, sizeof(Host));
    g_array_set_clear_func(fleet->hosts, (GDestroyNotify)host_clear);
    fleet->guests = g_ptr_array_new_with_free_func((GDestroyNotify)guest_free);
    fleet->templates = g_ptr_array_new_with_free_func((GDestroyNotify)published_template_free);
    fleet->superseded_templates =
        g_ptr_array_new_with_free_func((GDestroyNotify)published_template_free);
    fleet->kept_addresses = g_ptr_array_new_with_free_func((GDestroyNotify)kept_addresses_free);
    fleet->quarantine = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
    fleet->findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
    return fleet;
}

void
fleet_free(Fleet *fleet)
{
    if (fleet == NULL)
        return;
    g_ptr_array_unref(fleet->cpus);
    g_ptr_array_unref(fleet->machines);
    g_ptr_array_unref(fleet->capabilities);
    g_ptr_array_unref(fleet->domain_capabilities);
    g_array_unref(fleet->domain_sets);
    g_ptr_array_unref(fleet->software);
    g_array_unref(fleet->hosts);
    g_ptr_array_unref(fleet->guests);
    g_ptr_array_unref(fleet->templates);
    g_ptr_array_unref(fleet->superseded_templates);
    g_ptr_array_unref(fleet->kept_addresses);
    g_ptr_array_unref(fleet->quarantine);
    g_ptr_array_unref(fleet->findings);
    g_free(fleet);
}

static gint
compare_host_name(gconstpointer a, gconstpointer b)
{
    return strcmp(((const Host *)a)->name, ((const Host *)b)->name);
}

guint32
fleet_find_host(const Fleet *fleet, const char *name)
{
    g_autofree char *wanted_name = g_strdup(name);
    const Host wanted = {.name = wanted_name};
    guint index;

    if (!g_array_binary_search(fleet->hosts, &wanted, compare_host_name, &index))
        return FLEET_NO_INDEX;
    return index;
}

gint
fleet_compare_indexes(gconstpointer a, gconstpointer b)
{
    const guint32 left = *(const guint32 *)a, right = *(const guint32 *)b;

    return (left > right) - (left < right);
}

char *
fleet_guest_key(const Guest *guest)
{
    if (guest->uuid != NULL)
        return g_strdup(guest->uuid);
    return g_strdup_printf("%s/%s", guest->host != NULL ? guest->host : "", guest->name);
}

static gint
compare_kept(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const KeptAddresses *const *)a)->guest,
                  (*(const KeptAddresses *const *)b)->guest);
}

const KeptAddresses *
fleet_kept_addresses(const Fleet *fleet, const Guest *guest)
{
    g_autofree char *key = fleet_guest_key(guest);
    const KeptAddresses wanted = {.guest = key};
    const KeptAddresses *pointer = &wanted;
    const KeptAddresses *const *found =
        fleet->kept_addresses->len == 0
            ? NULL
            : bsearch(&pointer, fleet->kept_addresses->pdata, fleet->kept_addresses->len,
                      sizeof(gpointer), compare_kept);

    return found != NULL ? *found : NULL;
}

/* How well CAPABILITIES answer for the wanted guest: 0 not at all, more is better. */
static guint
match_of(const DomainCapabilities *capabilities, CpuArch arch, DomainTypes type,
         const char *machine)
{
    if (capabilities->arch != arch || (capabilities->domain_type & type) == 0)
        return 0;
    if (machine == NULL || capabilities->machine == NULL)
        return 1;
    if (strcmp(capabilities->machine, machine) == 0)
        return 3;
    return machine_type_is_same_family(capabilities->machine, machine) ? 2 : 1;
}

guint32
fleet_host_domain_capabilities(const Fleet *fleet, const Host *host, CpuArch arch, DomainTypes type,
                               const char *machine)
{
    guint32 best = FLEET_NO_INDEX;
    guint best_match = 0;

    if (host->domain_set == FLEET_NO_INDEX)
        return FLEET_NO_INDEX;
    const DomainSet *set = &g_array_index(fleet->domain_sets, DomainSet, host->domain_set);
    for (guint i = 0; i < set->n_indexes; i++) {
        guint match = match_of(g_ptr_array_index(fleet->domain_capabilities, set->indexes[i]), arch,
                               type, machine);

        if (match > best_match) {
            best = set->indexes[i];
            best_match = match;
        }
    }
    return best;
}

static const CpuProfile *
host_profile(const Fleet *fleet, const Host *host)
{
    return host->cpu != FLEET_NO_INDEX ? g_ptr_array_index(fleet->cpus, host->cpu) : NULL;
}

/* 32-bit guests, which KVM runs on 64-bit hosts too. */
static gboolean
is_narrow(CpuArch arch)
{
    return arch == CPU_ARCH_I686 || arch == CPU_ARCH_ARMV7L;
}

/* KVM runs guests of the host's own architecture, and narrower ones; an emulator, of any. */
CpuArch
fleet_host_arch(const Fleet *fleet, const Host *host)
{
    const CpuProfile *profile = host_profile(fleet, host);
    CpuArch best = CPU_ARCH_NONE;
    guint best_rank = 0;

    if (profile != NULL)
        return profile->cpu->arch;
    if (host->domain_set == FLEET_NO_INDEX)
        return CPU_ARCH_NONE;
    const DomainSet *set = &g_array_index(fleet->domain_sets, DomainSet, host->domain_set);

    for (guint i = 0; i < set->n_indexes; i++) {
        const DomainCapabilities *domain =
            g_ptr_array_index(fleet->domain_capabilities, set->indexes[i]);
        const guint rank = 1 + (domain->domain_type == DOMAIN_TYPE_KVM ? 2 : 0) +
                           (is_narrow(domain->arch) ? 0 : 1);

        if (rank > best_rank) {
            best = domain->arch;
            best_rank = rank;
        }
    }
    return best;
}

const CpuDefinition *
fleet_host_model(const Fleet *fleet, const Host *host)
{
    const guint32 index = fleet_host_domain_capabilities(fleet, host, fleet_host_arch(fleet, host),
                                                         DOMAIN_TYPE_KVM, NULL);

    if (index == FLEET_NO_INDEX)
        return NULL;
    return ((const DomainCapabilities *)g_ptr_array_index(fleet->domain_capabilities, index))
        ->host_model_cpu;
}

const char *
fleet_host_vendor(const Fleet *fleet, const Host *host)
{
    const CpuProfile *profile = host_profile(fleet, host);
    const CpuDefinition *model = fleet_host_model(fleet, host);

    if (profile != NULL && profile->cpu->vendor != NULL)
        return profile->cpu->vendor;
    return model != NULL ? model->vendor : NULL;
}

const char *
fleet_host_told_version(const Host *host, Software software)
{
    return host->software != NULL ? host->software->versions[software] : NULL;
}

char *
fleet_host_qemu(const Fleet *fleet, const Host *host)
{
    const char *told = fleet_host_told_version(host, SOFTWARE_QEMU);
    guint version = 0;

    if (told != NULL)
        return g_strdup(told);
    if (host->machines != FLEET_NO_INDEX)
        version = machine_profile_qemu_version(g_ptr_array_index(fleet->machines, host->machines),
                                               fleet_host_arch(fleet, host));
    return version != 0 ? version_format(version) : NULL;
}
