/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A record's digest is that of its content: every member but the digest, in a fixed order. A new
 * member has to be added to the content too, or records that differ in it alone are taken for one.
 * The content of domain capabilities is made in three parts, since documents share the models in
 * its middle.
 */

#include <fleet/host.h>

#include "digest.h"

#include <string.h>

DomainTypes
domain_type_from_name(const char *name)
{
    if (g_strcmp0(name, "kvm") == 0)
        return DOMAIN_TYPE_KVM;
    return g_strcmp0(name, "qemu") == 0 ? DOMAIN_TYPE_QEMU : DOMAIN_TYPE_OTHER;
}

const char *
domain_type_name(DomainTypes type)
{
    switch (type) {
    case DOMAIN_TYPE_KVM:
        return "kvm";
    case DOMAIN_TYPE_QEMU:
        return "qemu";
    case DOMAIN_TYPE_NONE:
    case DOMAIN_TYPE_OTHER:
    default:
        return "other";
    }
}

/* ---- machine types -------------------------------------------------------------------------- */

GuestSupport *
guest_support_new(CpuArch arch)
{
    GuestSupport *guest = g_new0(GuestSupport, 1);

    guest->arch = arch;
    guest->machines = g_ptr_array_new_with_free_func((GDestroyNotify)machine_type_free);
    return guest;
}

void
guest_support_free(GuestSupport *guest)
{
    if (guest == NULL)
        return;
    g_free(guest->os_type);
    g_free(guest->emulator);
    g_ptr_array_unref(guest->machines);
    g_free(guest);
}

MachineProfile *
machine_profile_new(void)
{
    MachineProfile *profile = g_new0(MachineProfile, 1);

    g_atomic_ref_count_init(&profile->references);
    profile->guests = g_ptr_array_new_with_free_func((GDestroyNotify)guest_support_free);
    return profile;
}

MachineProfile *
machine_profile_ref(MachineProfile *profile)
{
    g_atomic_ref_count_inc(&profile->references);
    return profile;
}

void
machine_profile_unref(MachineProfile *profile)
{
    if (profile == NULL || !g_atomic_ref_count_dec(&profile->references))
        return;
    g_ptr_array_unref(profile->guests);
    g_free(profile->digest);
    g_free(profile);
}

const MachineType *
machine_profile_find(const MachineProfile *profile, CpuArch arch, const char *name)
{
    for (guint i = 0; i < profile->guests->len; i++) {
        const GuestSupport *guest = g_ptr_array_index(profile->guests, i);

        for (guint j = 0; guest->arch == arch && j < guest->machines->len; j++) {
            const MachineType *machine = g_ptr_array_index(guest->machines, j);

            if (strcmp(machine->name, name) == 0)
                return machine;
        }
    }
    return NULL;
}

static void
digest_add_guest_support(Digest *digest, const GuestSupport *guest)
{
    digest_add_string(digest, cpu_arch_name(guest->arch));
    digest_add_string(digest, guest->os_type);
    digest_add_string(digest, guest->emulator);
    digest_add_number(digest, guest->domain_types);
    digest_add_number(digest, guest->machines->len);
    for (guint i = 0; i < guest->machines->len; i++) {
        const MachineType *machine = g_ptr_array_index(guest->machines, i);

        digest_add_string(digest, machine->name);
        digest_add_string(digest, machine->canonical);
        digest_add_number(digest, machine->max_vcpus);
        digest_add_number(digest, machine->is_deprecated);
    }
}

GByteArray *
machine_profile_content(const MachineProfile *profile)
{
    Digest *digest = digest_new();

    digest_add_number(digest, profile->guests->len);
    for (guint i = 0; i < profile->guests->len; i++)
        digest_add_guest_support(digest, g_ptr_array_index(profile->guests, i));
    return digest;
}

void
machine_profile_seal(MachineProfile *profile)
{
    g_free(profile->digest);
    profile->digest = digest_finish(machine_profile_content(profile));
}

guint
machine_profile_qemu_version(const MachineProfile *profile, CpuArch arch)
{
    guint newest = 0;

    for (guint i = 0; i < profile->guests->len; i++) {
        const GuestSupport *guest = g_ptr_array_index(profile->guests, i);

        for (guint j = 0; guest->arch == arch && j < guest->machines->len; j++) {
            const MachineType *machine = g_ptr_array_index(guest->machines, j);

            newest = MAX(newest, machine_type_qemu_version(machine->name));
        }
    }
    return newest;
}

/* ---- capabilities --------------------------------------------------------------------------- */

SecurityModel *
security_model_new(const char *model, const char *doi)
{
    SecurityModel *security = g_new0(SecurityModel, 1);

    security->model = g_strdup(model);
    security->doi = g_strdup(doi);
    security->baselabels = g_ptr_array_new_with_free_func(g_free);
    return security;
}

void
security_model_free(SecurityModel *model)
{
    if (model == NULL)
        return;
    g_free(model->model);
    g_free(model->doi);
    g_ptr_array_unref(model->baselabels);
    g_free(model);
}

CapabilityProfile *
capability_profile_new(void)
{
    CapabilityProfile *profile = g_new0(CapabilityProfile, 1);

    profile->transports = g_ptr_array_new_with_free_func(g_free);
    profile->security_models = g_ptr_array_new_with_free_func((GDestroyNotify)security_model_free);
    profile->power_management = g_ptr_array_new_with_free_func(g_free);
    return profile;
}

void
capability_profile_free(CapabilityProfile *profile)
{
    if (profile == NULL)
        return;
    g_ptr_array_unref(profile->transports);
    g_ptr_array_unref(profile->security_models);
    g_ptr_array_unref(profile->power_management);
    g_free(profile->digest);
    g_free(profile);
}

void
capability_profile_seal(CapabilityProfile *profile)
{
    Digest *digest = digest_new();

    digest_add_number(digest, profile->can_live_migrate);
    digest_add_strings(digest, profile->transports);
    digest_add_number(digest, profile->security_models->len);
    for (guint i = 0; i < profile->security_models->len; i++) {
        const SecurityModel *model = g_ptr_array_index(profile->security_models, i);

        digest_add_string(digest, model->model);
        digest_add_string(digest, model->doi);
        digest_add_strings(digest, model->baselabels);
    }
    digest_add_number(digest, profile->iommu);
    digest_add_strings(digest, profile->power_management);
    g_free(profile->digest);
    profile->digest = digest_finish(digest);
}

HostCapabilities *
host_capabilities_new(void)
{
    HostCapabilities *host = g_new0(HostCapabilities, 1);

    host->cpu = cpu_definition_new(CPU_TYPE_HOST);
    host->machines = machine_profile_new();
    host->capabilities = capability_profile_new();
    return host;
}

void
host_capabilities_free(HostCapabilities *host)
{
    if (host == NULL)
        return;
    g_free(host->uuid);
    g_free(host->huge_pages);
    g_free(host->cpu_digest);
    cpu_definition_free(host->cpu);
    machine_profile_unref(host->machines);
    capability_profile_free(host->capabilities);
    g_free(host);
}

gboolean
host_next_huge_pages(const char **at, guint64 *ret_size_kib, guint64 *ret_kib)
{
    char *end = NULL;
    const guint64 size_kib = *at != NULL ? g_ascii_strtoull(*at, &end, 10) : 0;

    if (end == *at)
        return FALSE;
    *ret_size_kib = size_kib;
    const guint64 number = *end == ':' ? g_ascii_strtoull(end + 1, &end, 10) : 0;
    if (!g_uint64_checked_mul(ret_kib, size_kib, number) || *ret_kib > G_MAXINT64)
        *ret_kib = G_MAXINT64;
    *at = end + strspn(end, " ");
    return TRUE;
}

char *
host_cpu_digest(const CpuDefinition *cpu, guint physical_address_bits)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    Digest *digest = digest_new();

    for (guint i = 0; i < cpu->features->len; i++)
        g_ptr_array_add(names, cpu_definition_feature(cpu, i)->name);
    digest_add_string(digest, cpu_arch_name(cpu->arch));
    digest_add_string(digest, cpu->model);
    digest_add_string(digest, cpu->vendor);
    digest_add_number(digest, cpu->family);
    digest_add_number(digest, cpu->model_number);
    digest_add_number(digest, cpu->stepping);
    digest_add_number(digest, physical_address_bits);
    digest_add_string_set(digest, names);
    return digest_finish(digest);
}

/* ---- software ------------------------------------------------------------------------------- */

const char *
software_name(Software software)
{
    static const char *const names[] = {
        [SOFTWARE_QEMU] = "QEMU",
        [SOFTWARE_LIBVIRT] = "libvirt",
        [SOFTWARE_KERNEL] = "kernel",
    };
    G_STATIC_ASSERT(G_N_ELEMENTS(names) == SOFTWARE_COUNT);

    return names[software];
}

HostSoftware *
host_software_new(void)
{
    return g_new0(HostSoftware, 1);
}

void
host_software_free(HostSoftware *software)
{
    if (software == NULL)
        return;
    for (guint i = 0; i < SOFTWARE_COUNT; i++)
        g_free(software->versions[i]);
    g_free(software);
}

/* ---- domain capabilities -------------------------------------------------------------------- */

static GHashTable *
device_values_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                 (GDestroyNotify)g_ptr_array_unref);
}

DomainCapabilities *
domain_capabilities_new(void)
{
    DomainCapabilities *capabilities = g_new0(DomainCapabilities, 1);

    g_atomic_ref_count_init(&capabilities->references);
    capabilities->models = cpu_hypervisor_models_new();
    capabilities->hyperv_features = g_ptr_array_new_with_free_func(g_free);
    capabilities->launch_security_types = g_ptr_array_new_with_free_func(g_free);
    capabilities->device_values = device_values_new();
    return capabilities;
}

DomainCapabilities *
domain_capabilities_ref(DomainCapabilities *capabilities)
{
    g_atomic_ref_count_inc(&capabilities->references);
    return capabilities;
}

void
domain_capabilities_unref(DomainCapabilities *capabilities)
{
    if (capabilities == NULL || !g_atomic_ref_count_dec(&capabilities->references))
        return;
    g_free(capabilities->emulator);
    g_free(capabilities->machine);
    cpu_definition_free(capabilities->host_model_cpu);
    g_ptr_array_unref(capabilities->models);
    g_ptr_array_unref(capabilities->hyperv_features);
    g_ptr_array_unref(capabilities->launch_security_types);
    g_hash_table_unref(capabilities->device_values);
    if (capabilities->names != NULL)
        g_string_chunk_free(capabilities->names);
    domain_capabilities_unref(capabilities->lender);
    g_free(capabilities->digest);
    g_free(capabilities);
}

/* Whose the models of CAPABILITIES are. */
static DomainCapabilities *
owner_of_models(DomainCapabilities *capabilities)
{
    return capabilities->lender != NULL ? capabilities->lender : capabilities;
}

void
domain_capabilities_borrow_models(DomainCapabilities *capabilities, DomainCapabilities *lender)
{
    DomainCapabilities *owner = owner_of_models(lender);

    g_ptr_array_unref(capabilities->models);
    capabilities->models = g_ptr_array_ref(owner->models);
    domain_capabilities_unref(capabilities->lender);
    capabilities->lender = domain_capabilities_ref(owner);
}

static gpointer
copy_string(gconstpointer text, gpointer unused)
{
    (void)unused;
    return g_strdup(text);
}

static GHashTable *
copy_device_values(GHashTable *device_values)
{
    GHashTable *copy = device_values_new();
    GHashTableIter iterator;
    gpointer key, values;

    g_hash_table_iter_init(&iterator, device_values);
    while (g_hash_table_iter_next(&iterator, &key, &values))
        g_hash_table_insert(copy, g_strdup(key), g_ptr_array_copy(values, copy_string, NULL));
    return copy;
}

DomainCapabilities *
domain_capabilities_copy(DomainCapabilities *capabilities)
{
    DomainCapabilities *copy = g_memdup2(capabilities, sizeof *capabilities);
    const CpuDefinition *cpu = capabilities->host_model_cpu;

    g_atomic_ref_count_init(&copy->references);
    copy->emulator = g_strdup(capabilities->emulator);
    copy->machine = g_strdup(capabilities->machine);
    copy->host_model_cpu = cpu != NULL ? cpu_definition_copy(cpu) : NULL;
    copy->models = g_ptr_array_ref(capabilities->models);
    copy->hyperv_features = g_ptr_array_copy(capabilities->hyperv_features, copy_string, NULL);
    copy->launch_security_types =
        g_ptr_array_copy(capabilities->launch_security_types, copy_string, NULL);
    copy->device_values = copy_device_values(capabilities->device_values);
    copy->names = NULL;
    copy->lender = domain_capabilities_ref(owner_of_models(capabilities));
    copy->digest = NULL;
    return copy;
}

static void
digest_add_models(Digest *digest, const CpuHypervisorModels *models)
{
    digest_add_number(digest, models->len);
    for (guint i = 0; i < models->len; i++) {
        const CpuHypervisorModel *model = g_ptr_array_index(models, i);

        digest_add_string(digest, model->name);
        digest_add_number(digest, model->usable);
        digest_add_number(digest, model->is_deprecated);
        digest_add_string(digest, model->vendor);
        digest_add_string(digest, model->canonical);
        digest_add_strings(digest, model->blockers);
    }
}

static void
digest_add_device_values(Digest *digest, GHashTable *device_values)
{
    g_autoptr(GList) keys = g_list_sort(g_hash_table_get_keys(device_values), (GCompareFunc)strcmp);

    digest_add_number(digest, g_hash_table_size(device_values));
    for (const GList *key = keys; key != NULL; key = key->next) {
        digest_add_string(digest, key->data);
        digest_add_strings(digest, g_hash_table_lookup(device_values, key->data));
    }
}

static void
digest_add_before_models(Digest *digest, const DomainCapabilities *capabilities)
{
    const guint64 numbers[] = {
        capabilities->domain_type,   capabilities->max_vcpus,
        capabilities->maximum,       capabilities->host_passthrough_migratable,
        capabilities->host_model,    capabilities->host_passthrough,
        capabilities->hyperv,        capabilities->sev,
        capabilities->tdx,           capabilities->sev_reduced_phys_bits,
        capabilities->sgx,           capabilities->sev_max_es_guests,
        capabilities->is_qemu_reply,
    };

    digest_add_string(digest, capabilities->emulator);
    digest_add_string(digest, capabilities->machine);
    digest_add_string(digest, cpu_arch_name(capabilities->arch));
    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
        digest_add_number(digest, numbers[i]);
    digest_add_cpu(digest, capabilities->host_model_cpu);
}

static void
digest_add_behind_models(Digest *digest, const DomainCapabilities *capabilities)
{
    digest_add_strings(digest, capabilities->hyperv_features);
    digest_add_strings(digest, capabilities->launch_security_types);
    digest_add_device_values(digest, capabilities->device_values);
}

GByteArray *
domain_capabilities_models_content(const DomainCapabilities *capabilities)
{
    Digest *digest = digest_new();

    digest_add_models(digest, capabilities->models);
    return digest;
}

GByteArray *
domain_capabilities_content_but_models(const DomainCapabilities *capabilities)
{
    Digest *digest = digest_new();

    digest_add_before_models(digest, capabilities);
    digest_add_number(digest, (guintptr)capabilities->models);
    digest_add_behind_models(digest, capabilities);
    return digest;
}

void
domain_capabilities_seal(DomainCapabilities *capabilities)
{
    Digest *digest = digest_new();

    digest_add_before_models(digest, capabilities);
    digest_add_models(digest, capabilities->models);
    digest_add_behind_models(digest, capabilities);
    g_free(capabilities->digest);
    capabilities->digest = digest_finish(digest);
}
