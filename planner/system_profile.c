/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The system that each host is, each distinct record once.
 *
 * Hosts that were bought together differ by some pages of memory, and no guest asks for those. So a
 * size is not kept as the host tells it but as the largest demand of a guest of the fleet that it
 * meets.
 */

#include <string.h>

#include "guest_identity.h"
#include "planning.h"
#include "record_table.h"

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
guest_memory_in_pages_kib(const Guest *guest)
{
    guint n_sizes = 0;

    for (guint i = 0; i < guest->traits->len; i++)
        n_sizes += g_array_index(guest->traits, GuestTrait, i).kind == GUEST_TRAIT_HUGEPAGES;
    return n_sizes == 1 ? guest->memory_kib : 0;
}

guint64
guest_trait_page_size_kib(const GuestTrait *trait)
{
    return trait->detail != NULL ? g_ascii_strtoull(trait->detail, NULL, 10) : 0;
}

static gint
compare_page_sizes(gconstpointer a, gconstpointer b, gpointer unused)
{
    (void)unused;
    return compare_sizes(a, b);
}

static void
demand_pages(Demands *demands, const GuestTrait *trait, guint64 memory_kib)
{
    const guint64 size_kib = guest_trait_page_size_kib(trait);
    GArray *wanted = g_tree_lookup(demands->pages, &size_kib);

    if (wanted == NULL) {
        wanted = g_array_new(FALSE, FALSE, sizeof(guint64));
        g_tree_insert(demands->pages, g_memdup2(&size_kib, sizeof(size_kib)), wanted);
    }
    g_array_append_val(wanted, memory_kib);
}

static void
demand_of_guest(const Guest *guest, Demands *demands)
{
    if (guest->memory_kib > demands->least_kib)
        g_array_append_val(demands->memory_kib, guest->memory_kib);
    for (guint i = 0; i < guest->traits->len; i++) {
        const GuestTrait *trait = &g_array_index(guest->traits, GuestTrait, i);
        const GuestTraitKind kind = trait->kind;

        demands->is_cpu_asked = demands->is_cpu_asked || kind == GUEST_TRAIT_CPU_PINNED;
        demands->is_numa_asked = demands->is_numa_asked || kind == GUEST_TRAIT_NUMA_STRICT ||
                                 kind == GUEST_TRAIT_NUMA_WEAK;
        if (kind == GUEST_TRAIT_HUGEPAGES)
            demand_pages(demands, trait, guest_memory_in_pages_kib(guest));
        else if (kind == GUEST_TRAIT_DEVICE_HUGEPAGES)
            demand_pages(demands, trait, 0);
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
 * SystemProfile.huge_pages, "2048:33554432 ": of each size that the host has and a guest asks for,
 * in KiB, the largest demand that it meets. PAGES as in Host. Which size is the host's default is
 * not told: it holds no more than the size that holds the most.
 */
static const char *
pages_met(const Demands *demands, const char *pages)
{
    g_autoptr(GString) met = g_string_new(NULL);
    guint64 size_kib, kib, most_kib = 0;

    if (pages == NULL || g_tree_nnodes(demands->pages) == 0)
        return NULL;
    for (const char *at = pages; host_next_huge_pages(&at, &size_kib, &kib);) {
        append_met(met, demands, size_kib, kib);
        most_kib = MAX(most_kib, kib);
    }
    if (*pages != '\0')
        append_met(met, demands, 0, most_kib);
    return g_intern_string(met->str);
}

gboolean
system_profile_pages(const SystemProfile *system, guint64 size_kib, guint64 *ret_kib)
{
    for (const char *word = system->huge_pages; word != NULL && *word != '\0';) {
        char *end;
        const guint64 size = g_ascii_strtoull(word, &end, 10);

        *ret_kib = g_ascii_strtoull(end + 1, &end, 10);
        if (size == size_kib)
            return TRUE;
        word = end + 1;
    }
    *ret_kib = 0;
    return FALSE;
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

/*
 * With more different answers than this, plans would grow with them. So where guests share names or
 * ports as a matter of course, hosts are not told apart by them.
 */
#define MAX_GUEST_ANSWERS 64

/* May hosts be told apart by N answers? Else a finding of that ID says what is not heeded. */
static gboolean
are_few_enough(Planning *planning, guint n, const char *id, const char *text, const char *remedy)
{
    if (n <= MAX_GUEST_ANSWERS)
        return TRUE;
    planning_add_finding(planning, FINDING_NOTE, id, NULL, g_strdup(text), remedy);
    return FALSE;
}

static void
compare_guest_names(Planning *planning)
{
    planning->identities = guest_identities_new(planning->fleet);
    const guint n_hosts = guest_identities_n_hosts(planning->identities);
    g_autofree char *text = g_strdup_printf(
        "guests of %u hosts have a name or UUID that another guest of the fleet has, and libvirt "
        "refuses to migrate a guest to a host with such another one: verdicts do not heed it, as "
        "these are more than %d hosts",
        n_hosts, MAX_GUEST_ANSWERS);

    if (!are_few_enough(planning, n_hosts, "guest-names-shared", text,
                        "give guests names that are theirs alone (virsh domrename)"))
        g_clear_pointer(&planning->identities, guest_identities_free);
}

static void
compare_guest_claims(Planning *planning)
{
    planning->claims = guest_claims_new(planning->fleet);
    if (!are_few_enough(
            planning, guest_claims_n_answers(planning->claims), "guest-ports-shared",
            "guests of many hosts fix ports of their screens, or CIDs of their vsocks, that guests "
            "of other hosts have, too, and where they are taken a guest does not start: verdicts "
            "do not heed it, as the hosts differ too much in it",
            "set autoport='yes' for screens and <cid auto='yes'/> for vsocks, so that each host "
            "chooses"))
        g_clear_pointer(&planning->claims, guest_claims_free);
}

void
planning_describe_systems(Planning *planning)
{
    g_autoptr(RecordTable) records = record_table_new(planning->systems);
    Demands demands;

    demands_init(&demands, planning->fleet);
    compare_guest_names(planning);
    compare_guest_claims(planning);
    for (guint32 i = 0; i < planning->fleet->hosts->len; i++) {
        const Host *host = fleet_host(planning->fleet, i);
        SystemProfile system = system_of_host(host, &demands);

        if (planning->identities != NULL)
            system.contested_guests = guest_identities_of_host(planning->identities, host->name);
        if (planning->claims != NULL)
            system.claims = guest_claims_of_host(planning->claims, host->name);
        planning->system_of[i] = record_table_add(records, &system);
    }
    demands_release(&demands);
}
