/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a template promises beside the CPU: physical address bits, a TSC frequency and machine types
 * that every member can give. A member that does not tell leaves the promise out.
 */
#include <cpumodel/text_list.h>

#include "signatures.h"

static guint
common_address_bits(const Planning *planning, const PlanClass *klass)
{
    guint bits = 0;

    for (guint i = 0; i < klass->hosts->len; i++) {
        const HostCpu *cpu = planning_host_cpu(planning, g_array_index(klass->hosts, guint32, i));

        if (cpu->physical_address_bits == 0)
            return 0;
        bits = bits == 0 ? cpu->physical_address_bits : MIN(bits, cpu->physical_address_bits);
    }
    return bits;
}

/*
 * A frequency in reach of every member: within libvirt's tolerance of each that cannot scale, and
 * where that leaves a choice, not above any that can. The highest stated one that fits, else the
 * lowest that does.
 */
static guint64
common_tsc(const Planning *planning, const PlanClass *klass)
{
    guint64 low = 1, high = G_MAXUINT64, lowest = G_MAXUINT64, best = 0;

    for (guint i = 0; i < klass->hosts->len; i++) {
        const Host *host = fleet_host(planning->fleet, g_array_index(klass->hosts, guint32, i));

        if (host->tsc_hz == 0)
            return 0;
        lowest = MIN(lowest, host->tsc_hz + tsc_tolerance_hz(host->tsc_hz));
        if (host->tsc_scaling == CPU_SWITCH_ON)
            continue;
        high = MIN(high, host->tsc_hz + tsc_tolerance_hz(host->tsc_hz));
        low = MAX(low, host->tsc_hz - tsc_tolerance_hz(host->tsc_hz));
    }
    if (low > high)
        return 0;
    if (low <= lowest)
        high = lowest;
    for (guint i = 0; i < klass->hosts->len; i++) {
        const guint64 hz =
            fleet_host(planning->fleet, g_array_index(klass->hosts, guint32, i))->tsc_hz;

        if (hz >= low && hz <= high)
            best = MAX(best, hz);
    }
    return best != 0 ? best : low;
}

/* Canonical names of PROFILE's machine types for ARCH, as a set of borrowed strings. */
static GHashTable *
canonical_machines(const MachineProfile *profile, CpuArch arch)
{
    GHashTable *names = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < profile->guests->len; i++) {
        const GuestSupport *guest = g_ptr_array_index(profile->guests, i);

        if (guest->arch != arch)
            continue;
        for (guint j = 0; j < guest->machines->len; j++) {
            const MachineType *machine = g_ptr_array_index(guest->machines, j);

            g_hash_table_add(names, machine_type_canonical(machine));
        }
    }
    return names;
}

static gboolean
is_missing(gpointer key, gpointer value, gpointer user_data)
{
    (void)value;
    return !g_hash_table_contains(user_data, key);
}

static void
find_common_machines(const Planning *planning, PlanClass *klass)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) common = NULL;
    guint n_silent = 0;

    for (guint i = 0; i < klass->hosts->len; i++) {
        const Host *host = fleet_host(planning->fleet, g_array_index(klass->hosts, guint32, i));

        if (host->machines == FLEET_NO_INDEX) {
            n_silent++;
            continue;
        }
        if (!g_hash_table_add(seen, GUINT_TO_POINTER(host->machines + 1)))
            continue;
        g_autoptr(GHashTable) names = canonical_machines(
            g_ptr_array_index(planning->fleet->machines, host->machines), klass->arch);
        if (common == NULL)
            common = g_steal_pointer(&names);
        else
            g_hash_table_foreach_remove(common, is_missing, names);
    }
    if (n_silent > 0 || common == NULL) {
        g_ptr_array_add(klass->template->notes,
                        n_silent == 1
                            ? g_strdup("One member does not tell its machine types, so none is "
                                       "known to be common.")
                            : g_strdup_printf("%u members do not tell their machine types, so none "
                                              "is known to be common.",
                                              n_silent));
        return;
    }
    GHashTableIter iterator;
    gpointer name;
    g_hash_table_iter_init(&iterator, common);
    while (g_hash_table_iter_next(&iterator, &name, NULL))
        g_ptr_array_add(klass->template->machines, g_strdup(name));
    text_list_sort(klass->template->machines);
}

void
template_parts_make(const Planning *planning, PlanClass *klass)
{
    klass->template->physical_address_bits = common_address_bits(planning, klass);
    klass->template->tsc_hz = common_tsc(planning, klass);
    find_common_machines(planning, klass);
}
