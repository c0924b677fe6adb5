/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The software and the system of each host, each distinct record once.
 *
 * Versions: QEMU's is read off the newest versioned machine type; libvirt's is bounded by the names
 * that it knows. What the host itself told of them counts for more than either, and what the plan
 * file says for more than that.
 */
#include <stdio.h>
#include <string.h>

#include "data.h"
#include "name_matcher.h"
#include "planning.h"

#define VERSION(major, minor) ((major)*1000000U + (minor)*1000U)

/* libvirt names the features vmx-* since this release. */
#define LIBVIRT_NAMES_VMX VERSION(9, 10)
/* And versioned CPU models, "Haswell-v1", since this one. */
#define LIBVIRT_NAMES_VERSIONED_MODELS VERSION(10, 10)

/* What "9", "9.2", "5.15.0-91-generic" leaves possible. FALSE when TEXT does not begin so. */
static gboolean
version_range_parse(const char *text, VersionRange *ret_range)
{
    unsigned parts[3];
    const int n = sscanf(text, "%3u.%3u.%3u", &parts[0], &parts[1], &parts[2]);

    if (n < 1)
        return FALSE;
    ret_range->low = parts[0] * 1000000 + (n > 1 ? parts[1] * 1000 : 0) + (n > 2 ? parts[2] : 0);
    ret_range->high = ret_range->low + (n == 1 ? 999999 : n == 2 ? 999 : 0);
    return TRUE;
}

/* ---- software ------------------------------------------------------------------------------- */

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
    return (VersionRange){release * 1000, release * 1000 + 999};
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
        const CpuDefinitionFeature *feature =
            &g_array_index(cpu->features, CpuDefinitionFeature, i);

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
    software.given = watched_features_in(planning->watched, cpu->family, &cpu->given);
    software.offered = watched_features_in(planning->watched, cpu->family, &cpu->set);
    return software;
}

/* What the plan file says of NAME; NULL when it says nothing. */
static const VersionSettings *
told_versions(const PlanSettings *settings, const GPtrArray *matchers, const char *name)
{
    for (guint i = 0; i < matchers->len; i++)
        if (name_matcher_matches(g_ptr_array_index(matchers, i), name))
            return g_ptr_array_index(settings->versions, i);
    return NULL;
}

Software
places_software(const char *name)
{
    for (guint i = 0; i < SOFTWARE_COUNT; i++)
        if (g_ascii_strcasecmp(name, software_name((Software)i)) == 0)
            return (Software)i;
    g_assert_not_reached();
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
 * Only the bounds of known-bad pairs ask for the versions of libvirt and the kernel, which change
 * every few weeks, host by host: hosts that no bound tells apart are to share a record.
 */
static VersionRange
widen(Software software, const VersionRange *told)
{
    VersionRange range = {0, VERSION_MAX};

    for (guint i = 0; i < n_bad_pair_rows; i++) {
        const BadPairRow *row = &bad_pair_rows[i];

        if (software == SOFTWARE_LIBVIRT)
            widen_to(row->cured_by, told, &range);
        if (places_software(row->software) != software)
            continue;
        widen_to(row->source_from, told, &range);
        widen_to(row->source_to + 1, told, &range);
        widen_to(row->target_from, told, &range);
        widen_to(row->target_to + 1, told, &range);
    }
    return version_is_told(&range) ? range : *told;
}

/* Where TEXTS tell nothing, what is known stays. */
static void
take_told(const char *const texts[SOFTWARE_COUNT], SoftwareProfile *software)
{
    VersionRange told;

    for (guint i = 0; i < SOFTWARE_COUNT; i++)
        if (texts[i] != NULL && version_range_parse(texts[i], &told))
            software->versions[i] = i == SOFTWARE_QEMU ? told : widen((Software)i, &told);
}

/* ---- systems -------------------------------------------------------------------------------- */

/* What guests of the fleet ask of a host's size. */
typedef struct {
    GHashTable *twins;  /* UUID that several hosts have -> its number */
    GArray *memory_kib; /* of guint64, ascending, each once: what guests have of memory, where not
                           every host has as much */
    guint64 least_kib;  /* of the hosts that tell their memory */
    GTree *pages;       /* size of huge pages in KiB -> GArray of guint64, ascending: the memory
                           that guests have in them */
    gboolean is_cpu_asked, is_numa_asked;
} Demands;

static GHashTable *
find_twins(const Fleet *fleet)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTable *twins = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < fleet->hosts->len; i++) {
        char *uuid = fleet_host(fleet, i)->uuid;

        if (uuid != NULL && !g_hash_table_add(seen, uuid) && !g_hash_table_contains(twins, uuid))
            g_hash_table_insert(twins, uuid, GUINT_TO_POINTER(g_hash_table_size(twins) + 1));
    }
    return twins;
}

static gint
compare_sizes(gconstpointer a, gconstpointer b)
{
    const guint64 left = *(const guint64 *)a, right = *(const guint64 *)b;

    return (left > right) - (left < right);
}

guint64
places_memory_in_pages(const Guest *guest)
{
    guint n_sizes = 0;

    for (guint i = 0; i < guest->traits->len; i++)
        n_sizes += g_array_index(guest->traits, GuestTrait, i).kind == GUEST_TRAIT_HUGEPAGES;
    return n_sizes == 1 ? guest->memory_kib : 0;
}

static gint
compare_page_sizes(gconstpointer a, gconstpointer b, gpointer unused)
{
    (void)unused;
    return compare_sizes(a, b);
}

static void
demand_pages(Demands *demands, const Guest *guest, const char *size)
{
    const guint64 kib = size != NULL ? g_ascii_strtoull(size, NULL, 10) : 0;
    const guint64 memory_kib = places_memory_in_pages(guest);
    GArray *wanted = g_tree_lookup(demands->pages, &kib);

    if (wanted == NULL) {
        wanted = g_array_new(FALSE, FALSE, sizeof(guint64));
        g_tree_insert(demands->pages, g_memdup2(&kib, sizeof(kib)), wanted);
    }
    g_array_append_val(wanted, memory_kib);
}

static void
demand_of_guest(const Guest *guest, Demands *demands)
{
    if (guest->memory_kib > demands->least_kib)
        g_array_append_val(demands->memory_kib, guest->memory_kib);
    for (guint i = 0; i < guest->traits->len; i++) {
        const GuestTraitKind kind = g_array_index(guest->traits, GuestTrait, i).kind;

        demands->is_cpu_asked = demands->is_cpu_asked || kind == GUEST_TRAIT_CPU_PINNED;
        demands->is_numa_asked = demands->is_numa_asked || kind == GUEST_TRAIT_NUMA_STRICT;
        if (kind == GUEST_TRAIT_HUGEPAGES)
            demand_pages(demands, guest, g_array_index(guest->traits, GuestTrait, i).detail);
    }
}

/* Ascending, each once: a fleet has many guests and few sizes of them. */
static void
sort_sizes(GArray *sizes)
{
    guint n = 0;

    g_array_sort(sizes, compare_sizes);
    for (guint i = 0; i < sizes->len; i++) {
        const guint64 size = g_array_index(sizes, guint64, i);

        if (n == 0 || g_array_index(sizes, guint64, n - 1) != size)
            g_array_index(sizes, guint64, n++) = size;
    }
    g_array_set_size(sizes, n);
}

static gboolean
sort_demand(gpointer size, gpointer wanted, gpointer unused)
{
    (void)size;
    (void)unused;
    sort_sizes(wanted);
    return FALSE;
}

static void
demands_init(Demands *demands, const Fleet *fleet)
{
    *demands = (Demands){
        .twins = find_twins(fleet),
        .memory_kib = g_array_new(FALSE, FALSE, sizeof(guint64)),
        .least_kib = G_MAXUINT64,
        .pages = g_tree_new_full(compare_page_sizes, NULL, g_free, (GDestroyNotify)g_array_unref)};
    for (guint i = 0; i < fleet->hosts->len; i++) {
        const guint64 kib = fleet_host(fleet, i)->memory_kib;

        if (kib != 0)
            demands->least_kib = MIN(demands->least_kib, kib);
    }
    for (guint i = 0; i < fleet->guests->len; i++)
        demand_of_guest(g_ptr_array_index(fleet->guests, i), demands);
    sort_sizes(demands->memory_kib);
    g_tree_foreach(demands->pages, sort_demand, NULL);
}

static void
demands_release(Demands *demands)
{
    g_hash_table_unref(demands->twins);
    g_array_unref(demands->memory_kib);
    g_tree_unref(demands->pages);
}

/* How many of SIZES are no more than KIB. */
static guint
count_held(const GArray *sizes, guint64 kib)
{
    guint low = 0, high = sizes->len;

    while (low < high) {
        const guint middle = low + (high - low) / 2;

        if (g_array_index(sizes, guint64, middle) <= kib)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The largest demand that KIB meets, so that hosts that meet the same ones are alike. */
static guint64
memory_met(const Demands *demands, guint64 kib)
{
    const guint n_met = count_held(demands->memory_kib, kib);

    if (kib == 0 || n_met == demands->memory_kib->len)
        return G_MAXUINT64;
    return n_met > 0 ? g_array_index(demands->memory_kib, guint64, n_met - 1) : demands->least_kib;
}

/* The largest of WANTED that KIB holds; 0 when it holds none. */
static guint64
largest_held(const GArray *wanted, guint64 kib)
{
    const guint n_held = count_held(wanted, kib);

    return n_held > 0 ? g_array_index(wanted, guint64, n_held - 1) : 0;
}

static void
append_met(GString *met, const Demands *demands, guint64 size, guint64 kib)
{
    const GArray *wanted = g_tree_lookup(demands->pages, &size);

    if (wanted != NULL)
        g_string_append_printf(met, "%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT " ", size,
                               largest_held(wanted, kib));
}

/*
 * What SystemProfile.huge_pages says; PAGES as in Host. Which size is the host's default is not
 * told: it holds no more than the size that holds the most.
 */
static const char *
pages_met(const Demands *demands, const char *pages)
{
    g_autoptr(GString) met = g_string_new(NULL);
    guint64 most_kib = 0;

    if (pages == NULL || g_tree_nnodes(demands->pages) == 0)
        return NULL;
    g_auto(GStrv) words = g_strsplit(pages, " ", -1);
    for (guint i = 0; words[i] != NULL; i++) {
        char *colon;
        const guint64 size = g_ascii_strtoull(words[i], &colon, 10);
        const guint64 number = *colon == ':' ? g_ascii_strtoull(colon + 1, NULL, 10) : 0;
        guint64 kib;

        if (!g_uint64_checked_mul(&kib, size, number))
            kib = G_MAXUINT64;
        append_met(met, demands, size, kib);
        most_kib = MAX(most_kib, kib);
    }
    if (words[0] != NULL)
        append_met(met, demands, 0, most_kib);
    return g_intern_string(met->str);
}

static SystemProfile
system_of_host(const Host *host, const Demands *demands)
{
    SystemProfile system;

    memset(&system, 0, sizeof(system));
    system.capabilities = host->capabilities;
    if (host->uuid != NULL)
        system.twins = GPOINTER_TO_UINT(g_hash_table_lookup(demands->twins, host->uuid));
    system.memory_kib = memory_met(demands, host->memory_kib);
    system.n_cpus = demands->is_cpu_asked ? host->n_cpus : 0;
    system.huge_pages = pages_met(demands, host->huge_pages);
    system.n_numa_cells = demands->is_numa_asked ? host->n_numa_cells : 0;
    return system;
}

/* ---- both ----------------------------------------------------------------------------------- */

/* The index in RECORDS of RECORD, which is added when it is new. SEEN is of its bytes. */
static guint32
intern(GArray *records, GHashTable *seen, gconstpointer record)
{
    const guint size = g_array_get_element_size(records);
    g_autoptr(GBytes) bytes = g_bytes_new(record, size);
    gpointer found = g_hash_table_lookup(seen, bytes);

    if (found == NULL) {
        g_array_append_vals(records, record, 1);
        found = GUINT_TO_POINTER(records->len);
        g_hash_table_insert(seen, g_steal_pointer(&bytes), found);
    }
    return GPOINTER_TO_UINT(found) - 1;
}

static GHashTable *
bytes_table_new(void)
{
    return g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
}

/* What the documents of the host INDEX tell, each distinct pair of what decides it once. */
static guint32
documents_software(Planning *planning, guint32 index, GHashTable *seen, GHashTable *by_parts)
{
    const guint32 machines = fleet_host(planning->fleet, index)->machines;
    const gint64 key = (gint64)(((guint64)machines << 32) | planning->cpu_of[index]);
    gpointer known = g_hash_table_lookup(by_parts, &key);

    if (known == NULL) {
        const SoftwareProfile software = software_of_documents(planning, index);
        known = GUINT_TO_POINTER(intern(planning->software, seen, &software) + 1);
        g_hash_table_insert(by_parts, g_memdup2(&key, sizeof(key)), known);
    }
    return GPOINTER_TO_UINT(known) - 1;
}

/* The record INDEX with the versions that TEXTS tell. */
static guint32
told_software(Planning *planning, guint32 index, GHashTable *seen,
              const char *const texts[SOFTWARE_COUNT])
{
    SoftwareProfile software = g_array_index(planning->software, SoftwareProfile, index);

    take_told(texts, &software);
    return intern(planning->software, seen, &software);
}

static GPtrArray *
version_matchers(const PlanSettings *settings)
{
    GPtrArray *matchers = g_ptr_array_new_with_free_func((GDestroyNotify)name_matcher_free);

    for (guint i = 0; i < settings->versions->len; i++)
        g_ptr_array_add(
            matchers,
            name_matcher_new(((const VersionSettings *)settings->versions->pdata[i])->hosts));
    return matchers;
}

static void
describe_software(Planning *planning)
{
    g_autoptr(GPtrArray) matchers = version_matchers(planning->settings);
    g_autoptr(GHashTable) seen = bytes_table_new();
    g_autoptr(GHashTable) by_parts =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    for (guint32 i = 0; i < planning->fleet->hosts->len; i++) {
        const Host *host = fleet_host(planning->fleet, i);
        const VersionSettings *told = told_versions(planning->settings, matchers, host->name);
        guint32 index = documents_software(planning, i, seen, by_parts);

        if (host->software != NULL)
            index =
                told_software(planning, index, seen, (const char *const *)host->software->versions);
        if (told != NULL)
            index = told_software(planning, index, seen, (const char *const *)told->versions);
        planning->software_of[i] = index;
    }
}

static void
describe_systems(Planning *planning)
{
    g_autoptr(GHashTable) seen = bytes_table_new();
    Demands demands;

    demands_init(&demands, planning->fleet);
    for (guint32 i = 0; i < planning->fleet->hosts->len; i++) {
        const SystemProfile system = system_of_host(fleet_host(planning->fleet, i), &demands);
        planning->system_of[i] = intern(planning->systems, seen, &system);
    }
    demands_release(&demands);
}

void
planning_describe_hosts(Planning *planning)
{
    describe_software(planning);
    describe_systems(planning);
}
