/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The software of each host, each distinct record once.
 *
 * QEMU's version is read off the newest versioned machine type; libvirt's is bounded by the names
 * that it knows. What the host itself told of them counts for more than either, and what the plan
 * file says for more than that.
 */

#include <string.h>

#include "data.h"
#include "planning.h"
#include "record_table.h"

/* libvirt names the features vmx-* since this release. */
#define LIBVIRT_NAMES_VMX VERSION_NUMBER(9, 10)
/* And versioned CPU models, "Haswell-v1", since this one. */
#define LIBVIRT_NAMES_VERSIONED_MODELS VERSION_NUMBER(10, 10)

/* What "9", "9.2", "5.15.0-91-generic" leaves possible. FALSE when TEXT does not begin so. */
static gboolean
version_range_parse(const char *text, VersionRange *ret_range)
{
    static const guint open[] = {0, VERSION_NUMBER(1, 0) - 1, VERSION_REST_OF_SERIES, 0};
    const char *rest;
    guint version;
    const guint n = version_read(text, &version, &rest);

    if (n == 0)
        return FALSE;
    *ret_range = (VersionRange){version, version + open[n]};
    return TRUE;
}

static VersionRange
qemu_range(const Planning *planning, const Host *host, CpuArch arch)
{
    const guint release =
        host->machines != FLEET_NO_INDEX
            ? machine_profile_qemu_version(
                  g_ptr_array_index(planning->fleet->machines, host->machines), arch)
            : 0;

    if (release == 0)
        return (VersionRange){0, VERSION_MAX};
    return (VersionRange){release, release + VERSION_REST_OF_SERIES};
}

static gboolean
is_versioned_model(const char *name)
{
    const char *dash = strrchr(name, '-');

    return dash != NULL && dash[1] == 'v' && g_ascii_isdigit(dash[2]);
}

/* Does the host-model name "vmx", and the features that it brings? */
static void
find_vmx_names(const CpuDefinition *cpu, gboolean *ret_vmx, gboolean *ret_details)
{
    *ret_vmx = *ret_details = FALSE;
    for (guint i = 0; i < cpu->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(cpu, i);

        if (g_str_has_prefix(feature->name, "vmx-"))
            *ret_details = TRUE;
        else if (strcmp(feature->name, "vmx") == 0 && feature->policy == CPU_POLICY_REQUIRE)
            *ret_vmx = TRUE;
    }
}

static VersionRange
libvirt_range(const HostCpu *cpu)
{
    VersionRange range = {cpu->libvirt_era != 0 ? cpu->libvirt_era + 1 : 0, VERSION_MAX};
    gboolean has_vmx, has_details;

    if (cpu->domain == NULL || cpu->domain->is_qemu_reply)
        return range;
    for (guint i = 0; i < cpu->domain->models->len; i++)
        if (is_versioned_model(
                ((const CpuHypervisorModel *)g_ptr_array_index(cpu->domain->models, i))->name))
            range.low = MAX(range.low, LIBVIRT_NAMES_VERSIONED_MODELS);
    if (cpu->domain->host_model_cpu == NULL)
        return range;
    find_vmx_names(cpu->domain->host_model_cpu, &has_vmx, &has_details);
    if (has_details)
        range.low = MAX(range.low, LIBVIRT_NAMES_VMX);
    else if (has_vmx && range.low < LIBVIRT_NAMES_VMX)
        range.high = LIBVIRT_NAMES_VMX - 1;
    return range;
}

gboolean
domain_lists_hyperv(const DomainCapabilities *domain)
{
    return domain->hyperv != SUPPORT_UNKNOWN && domain->hyperv_features->len > 0;
}

static SoftwareProfile
software_of_documents(const Planning *planning, guint32 index)
{
    const Host *host = fleet_host(planning->fleet, index);
    const HostCpu *cpu = planning_host_cpu(planning, index);
    SoftwareProfile software;

    memset(&software, 0, sizeof(software));
    software.machines = host->machines;
    software.versions[SOFTWARE_QEMU] = qemu_range(planning, host, cpu->arch);
    software.versions[SOFTWARE_LIBVIRT] = libvirt_range(cpu);
    software.versions[SOFTWARE_KERNEL] = (VersionRange){0, VERSION_MAX};
    software.is_models_told = cpu->models != NULL;
    software.is_hyperv_told = cpu->domain != NULL && (cpu->domain->hyperv == SUPPORT_NO ||
                                                      domain_lists_hyperv(cpu->domain));
    software.given = watched_features_in(planning->watched, cpu->family, &cpu->given);
    software.offered = watched_features_in(planning->watched, cpu->family, &cpu->set);
    return software;
}

Software
software_from_name(const char *name)
{
    for (guint i = 0; i < SOFTWARE_COUNT; i++)
        if (g_ascii_strcasecmp(name, software_name((Software)i)) == 0)
            return (Software)i;
    g_assert_not_reached();
}

gboolean
bad_pair_is_of_arch(const BadPairRow *row, CpuArch arch)
{
    return row->arch == NULL || g_strcmp0(row->arch, cpu_arch_name(arch)) == 0;
}

/* CUT is the first of the versions behind a bound; 0 and more than all: there is no bound. */
static void
widen_to(guint32 cut, const VersionRange *told, VersionRange *range)
{
    if (cut == 0 || cut > VERSION_MAX)
        return;
    if (cut <= told->low)
        range->low = MAX(range->low, cut);
    else if (cut > told->high)
        range->high = MIN(range->high, cut - 1);
}

/*
 * Only some bounds, most of them of known-bad pairs, ask for the versions of libvirt and the
 * kernel, which change every few weeks, host by host: hosts of ARCH that no bound tells apart are
 * to share a record.
 */
static VersionRange
widen(Software software, CpuArch arch, const VersionRange *told)
{
    VersionRange range = {0, VERSION_MAX};

    if (software == SOFTWARE_LIBVIRT) {
        widen_to(LIBVIRT_KNOWS_MAXPHYSADDR, told, &range);
        widen_to(LIBVIRT_KNOWS_ITCO, told, &range);
    }
    for (guint i = 0; i < n_hyperv_rows && software == SOFTWARE_KERNEL; i++)
        widen_to(hyperv_rows[i].kernel, told, &range);
    for (guint i = 0; i < n_bad_pair_rows; i++) {
        const BadPairRow *row = &bad_pair_rows[i];

        if (software == SOFTWARE_LIBVIRT)
            widen_to(row->cured_by, told, &range);
        if (software_from_name(row->software) != software || !bad_pair_is_of_arch(row, arch))
            continue;
        widen_to(row->source_from, told, &range);
        widen_to(row->source_to + 1, told, &range);
        widen_to(row->target_from, told, &range);
        widen_to(row->target_to + 1, told, &range);
    }
    return version_is_told(&range) ? range : *told;
}

/* Of a host of ARCH. Where TEXTS tell nothing, what is known stays. */
static void
take_told(const char *const texts[SOFTWARE_COUNT], CpuArch arch, SoftwareProfile *software)
{
    VersionRange told;

    for (guint i = 0; i < SOFTWARE_COUNT; i++)
        if (texts[i] != NULL && version_range_parse(texts[i], &told))
            software->versions[i] = i == SOFTWARE_QEMU ? told : widen((Software)i, arch, &told);
}

/* What the documents of the host INDEX tell, each distinct pair of what decides it once. */
static guint32
documents_software(Planning *planning, guint32 index, RecordTable *records, GHashTable *by_parts)
{
    const guint32 machines = fleet_host(planning->fleet, index)->machines;
    const gint64 key = (gint64)(((guint64)machines << 32) | planning->cpu_of[index]);
    gpointer known = g_hash_table_lookup(by_parts, &key);

    if (known == NULL) {
        const SoftwareProfile software = software_of_documents(planning, index);
        known = GUINT_TO_POINTER(record_table_add(records, &software) + 1);
        g_hash_table_insert(by_parts, g_memdup2(&key, sizeof(key)), known);
    }
    return GPOINTER_TO_UINT(known) - 1;
}

/* The record INDEX, of a host of ARCH, with the versions that TEXTS tell. */
static guint32
told_software(Planning *planning, guint32 index, CpuArch arch, RecordTable *records,
              const char *const texts[SOFTWARE_COUNT])
{
    SoftwareProfile software = g_array_index(planning->software, SoftwareProfile, index);

    take_told(texts, arch, &software);
    return record_table_add(records, &software);
}

void
planning_describe_software(Planning *planning)
{
    g_autofree const VersionSettings **told =
        plan_settings_host_versions(planning->settings, planning->fleet);
    g_autoptr(RecordTable) records = record_table_new(planning->software);
    g_autoptr(GHashTable) by_parts =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    for (guint32 i = 0; i < planning->fleet->hosts->len; i++) {
        const Host *host = fleet_host(planning->fleet, i);
        const CpuArch arch = planning_host_cpu(planning, i)->arch;
        guint32 index = documents_software(planning, i, records, by_parts);

        if (host->software != NULL)
            index = told_software(planning, index, arch, records,
                                  (const char *const *)host->software->versions);
        if (told[i] != NULL)
            index = told_software(planning, index, arch, records,
                                  (const char *const *)told[i]->versions);
        planning->software_of[i] = index;
    }
}
