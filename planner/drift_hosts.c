/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What changed on hosts. They are matched by name, and those of new names by UUID. A change of a
 * host's features is set beside what else changed on it (microcode, QEMU, libvirt, the kernel, the
 * kind of documents), which is its likely cause. Where a host told its software's versions both
 * times, these are compared; else what its documents tell of them.
 *
 * The two plans' feature sets may have different places for features that the map does not know, so
 * those are compared by name.
 */
#include "drift_hosts.h"

#include "drift_gone.h"

#include <cpumodel/version.h>
#include <string.h>

/* Of all that decides what guests can have, documents do not tell what is named here. */
#define UNTOLD_CAUSE "nothing else that documents tell: look at "

/* What a host's guests can have more and less. */
typedef struct {
    GPtrArray *lost, *gained; /* of char*, sorted */
} CpuChange;

static void
cpu_change_free(gpointer data)
{
    CpuChange *change = data;

    g_ptr_array_unref(change->lost);
    g_ptr_array_unref(change->gained);
    g_free(change);
}

/*
 * The domain capabilities are gone from the inventory, and with them what only they tell. It is not
 * lost: guests have it as before.
 */
static gboolean
has_fallen_silent(const HostCpu *old, const HostCpu *new)
{
    return old->is_host_model && !(new->is_host_model || new->problem != NULL);
}

static const CpuChange *
change_of(Drift *drift, guint32 before, guint32 now)
{
    const gint64 key = (gint64)(((guint64)before << 32) | now);
    CpuChange *change = g_hash_table_lookup(drift->changes, &key);

    if (change != NULL)
        return change;
    const HostCpu *old = g_ptr_array_index(drift->before->cpus, before);
    const HostCpu *new = g_ptr_array_index(drift->now->cpus, now);
    CpuSet before_set = old->set;
    if (has_fallen_silent(old, new))
        cpu_set_subtract(&before_set, &new->untold);
    g_autoptr(GPtrArray) had = universe_names(drift->before->universes[old->family], &before_set);
    g_autoptr(GPtrArray) has = universe_names(drift->now->universes[new->family], &new->set);
    change = g_new0(CpuChange, 1);
    change->lost = drift_names_without(had, has);
    change->gained = drift_names_without(has, had);
    g_hash_table_insert(drift->changes, g_memdup2(&key, sizeof(key)), change);
    return change;
}

static const MachineProfile *
machines_of(const Planning *planning, guint32 host)
{
    const guint32 machines = fleet_host(planning->fleet, host)->machines;

    return machines == FLEET_NO_INDEX ? NULL
                                      : g_ptr_array_index(planning->fleet->machines, machines);
}

static guint
qemu_version(const Planning *planning, guint32 host)
{
    const MachineProfile *machines = machines_of(planning, host);

    return machines == NULL
               ? 0
               : machine_profile_qemu_version(machines, planning_host_cpu(planning, host)->arch);
}

/* TRUE when both offer the same machine types, and so run the same QEMU: nearly always. */
static gboolean
has_same_machines(const Drift *drift, guint32 before, guint32 now)
{
    const MachineProfile *had = machines_of(drift->before, before);
    const MachineProfile *has = machines_of(drift->now, now);

    return had != NULL && has != NULL && had->digest != NULL &&
           g_strcmp0(had->digest, has->digest) == 0 &&
           planning_host_cpu(drift->before, before)->arch ==
               planning_host_cpu(drift->now, now)->arch;
}

/* What the host itself told of SOFTWARE, at both times or not at all. */
typedef struct {
    const char *before, *now; /* both NULL: not told */
} ToldVersions;

static ToldVersions
told_versions(const Drift *drift, Software software, guint32 before, guint32 now)
{
    const ToldVersions told = {
        fleet_host_told_version(fleet_host(drift->before->fleet, before), software),
        fleet_host_told_version(fleet_host(drift->now->fleet, now), software)};

    return told.before != NULL && told.now != NULL ? told : (ToldVersions){NULL, NULL};
}

/* FALSE where QEMU did not change, or nothing tells. The texts are the caller's. */
static gboolean
find_qemu_change(const Drift *drift, guint32 before, guint32 now, char **ret_ran, char **ret_runs)
{
    const ToldVersions told = told_versions(drift, SOFTWARE_QEMU, before, now);

    if (told.now != NULL) {
        *ret_ran = g_strdup(told.before);
        *ret_runs = g_strdup(told.now);
        return strcmp(told.before, told.now) != 0;
    }
    if (has_same_machines(drift, before, now))
        return FALSE;
    const guint ran = qemu_version(drift->before, before);
    const guint runs = qemu_version(drift->now, now);
    *ret_ran = version_format(ran);
    *ret_runs = version_format(runs);
    return ran != runs && ran != 0 && runs != 0;
}

static void
compare_qemu(Drift *drift, guint32 before, guint32 now)
{
    g_autofree char *ran = NULL;
    g_autofree char *runs = NULL;

    if (find_qemu_change(drift, before, now, &ran, &runs))
        drift_add(drift, "qemu-changed", FALSE, fleet_host(drift->now->fleet, now)->name, NULL,
                  g_strdup_printf("Runs QEMU %s, ran %s.", runs, ran));
}

/* Of these only the host itself tells the version. */
static void
compare_told_software(Drift *drift, guint32 before, guint32 now)
{
    static const struct {
        Software software;
        const char *id;
    } kinds[] = {{SOFTWARE_LIBVIRT, "libvirt-changed"}, {SOFTWARE_KERNEL, "kernel-changed"}};

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const ToldVersions told = told_versions(drift, kinds[i].software, before, now);

        if (g_strcmp0(told.before, told.now) != 0)
            drift_add(drift, kinds[i].id, FALSE, fleet_host(drift->now->fleet, now)->name, NULL,
                      g_strdup_printf("Runs %s %s, ran %s.", software_name(kinds[i].software),
                                      told.now, told.before));
    }
}

/* Told even where guests can have what they could have: mitigations come with it unseen. */
static void
compare_microcode(Drift *drift, const Host *before, const Host *now)
{
    if (before->microcode != now->microcode && before->microcode != 0 && now->microcode != 0)
        drift_add(
            drift, "microcode-changed", FALSE, now->name, NULL,
            g_strdup_printf("Has microcode 0x%x, had 0x%x.", now->microcode, before->microcode));
}

static void
join_cause(GString *causes, char *cause)
{
    g_string_append_printf(causes, "%s%s", causes->len > 0 ? "; " : "", cause);
    g_free(cause);
}

static char *
era_text(guint release)
{
    g_autofree char *version = version_format(release);

    return release != 0 ? g_strdup_printf("newer than %s", version) : g_strdup("of any age");
}

static void
join_software_causes(const Drift *drift, guint32 before, guint32 now, GString *causes)
{
    const guint had_era = planning_host_cpu(drift->before, before)->libvirt_era;
    const guint has_era = planning_host_cpu(drift->now, now)->libvirt_era;
    const ToldVersions libvirt = told_versions(drift, SOFTWARE_LIBVIRT, before, now);
    const ToldVersions kernel = told_versions(drift, SOFTWARE_KERNEL, before, now);
    g_autofree char *ran = NULL;
    g_autofree char *runs = NULL;

    if (find_qemu_change(drift, before, now, &ran, &runs))
        join_cause(causes, g_strdup_printf("QEMU %s to %s", ran, runs));
    if (libvirt.now == NULL && had_era != has_era) {
        g_autofree char *from = era_text(had_era);
        g_autofree char *to = era_text(has_era);
        join_cause(causes, g_strdup_printf("libvirt %s to %s", from, to));
    } else if (g_strcmp0(libvirt.before, libvirt.now) != 0) {
        join_cause(causes, g_strdup_printf("libvirt %s to %s", libvirt.before, libvirt.now));
    }
    if (g_strcmp0(kernel.before, kernel.now) != 0)
        join_cause(causes, g_strdup_printf("kernel %s to %s", kernel.before, kernel.now));
}

/*
 * Installed anew, or other hardware under the old name: all that is different may come from that.
 */
static gboolean
is_replaced(const Host *before, const Host *now)
{
    return before->uuid != NULL && now->uuid != NULL && strcmp(before->uuid, now->uuid) != 0;
}

/* What else is different about the host; NULL when nothing is. */
static char *
find_causes(const Drift *drift, guint32 before, guint32 now)
{
    const Host *old = fleet_host(drift->before->fleet, before);
    const Host *new = fleet_host(drift->now->fleet, now);
    const HostCpu *old_cpu = planning_host_cpu(drift->before, before);
    const HostCpu *new_cpu = planning_host_cpu(drift->now, now);
    GString *causes = g_string_new(NULL);

    if (is_replaced(old, new))
        join_cause(causes, g_strdup("another system, or one installed anew"));
    if (old->microcode != new->microcode && old->microcode != 0 && new->microcode != 0)
        join_cause(causes,
                   g_strdup_printf("microcode 0x%x to 0x%x", old->microcode, new->microcode));
    join_software_causes(drift, before, now, causes);
    if (old_cpu->is_host_model != new_cpu->is_host_model)
        join_cause(causes, g_strdup(new_cpu->is_host_model ? "domain capabilities came"
                                                           : "domain capabilities are gone"));
    return g_string_free(causes, causes->len == 0);
}

static char *
untold_cause(const Drift *drift, guint32 before, guint32 now)
{
    const gboolean is_kernel_told = told_versions(drift, SOFTWARE_KERNEL, before, now).now != NULL;

    return g_strconcat(UNTOLD_CAUSE,
                       is_kernel_told ? "the kernel's options and modules, "
                                      : "the kernel, its options and modules, ",
                       "and the firmware's settings", NULL);
}

static void
compare_features(Drift *drift, guint32 before, guint32 now)
{
    const char *name = fleet_host(drift->now->fleet, now)->name;
    const CpuChange *change =
        change_of(drift, drift->before->cpu_of[before], drift->now->cpu_of[now]);
    const struct {
        const char *id;
        gboolean is_actionable;
        const char *verb;
        GPtrArray *features;
    } kinds[] = {{"features-lost", TRUE, "Lost", change->lost},
                 {"features-gained", FALSE, "Gained", change->gained}};

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (kinds[i].features->len == 0)
            continue;
        g_autofree char *list = words_list(kinds[i].features, DRIFT_LISTED);
        DriftItem *item = drift_add(drift, kinds[i].id, kinds[i].is_actionable, name, NULL,
                                    g_strdup_printf("%s %s.", kinds[i].verb, list));
        item->features = g_ptr_array_ref(kinds[i].features);
        item->cause = find_causes(drift, before, now);
        if (item->cause == NULL && drift->before->fleet->run != drift->now->fleet->run)
            item->cause = untold_cause(drift, before, now); /* within one run it was made up */
    }
}

static void
compare_silence(Drift *drift, const char *name, const HostCpu *old, const HostCpu *new)
{
    if (has_fallen_silent(old, new))
        drift_add(drift, "domain-capabilities-gone", TRUE, name, NULL,
                  g_strdup("Its domain capabilities are gone; what only they tell of its guests' "
                           "CPUs is not known any more."));
}

static void
compare_system(Drift *drift, const Host *before, const Host *now)
{
    if (is_replaced(before, now))
        drift_add(
            drift, "host-replaced", FALSE, now->name, NULL,
            g_strdup_printf("Is another system, or was installed anew: its UUID is %s, was %s.",
                            now->uuid, before->uuid));
}

/*
 * The host is there still, and what the others say of it is kept; its machine types are not known.
 */
static void
compare_documents(Drift *drift, const Host *before, const Host *now)
{
    if (before->cpu != FLEET_NO_INDEX && now->cpu == FLEET_NO_INDEX)
        drift_add(drift, "capabilities-gone", TRUE, now->name, NULL,
                  g_strdup("Its capabilities are gone; what only they tell, such as its machine "
                           "types, is not known any more."));
}

static void
compare_host(Drift *drift, guint32 before, guint32 now)
{
    const char *name = fleet_host(drift->now->fleet, now)->name;
    const HostCpu *old = planning_host_cpu(drift->before, before);
    const HostCpu *new = planning_host_cpu(drift->now, now);

    compare_system(drift, fleet_host(drift->before->fleet, before),
                   fleet_host(drift->now->fleet, now));
    compare_documents(drift, fleet_host(drift->before->fleet, before),
                      fleet_host(drift->now->fleet, now));
    if (old->problem == NULL && new->problem != NULL)
        drift_add(drift, "host-quarantined", TRUE, name, NULL,
                  g_strdup_printf("Cannot be planned any more: %s.", new->problem));
    else if (old->problem != NULL && new->problem == NULL)
        drift_add(drift, "host-recovered", FALSE, name, NULL, g_strdup("Can be planned again."));
    if (old->problem != NULL || new->problem != NULL)
        return;
    compare_features(drift, before, now);
    compare_silence(drift, name, old, new);
    if (old->physical_address_bits != new->physical_address_bits &&
        old->physical_address_bits != 0 && new->physical_address_bits != 0)
        drift_add(drift, "address-bits-changed",
                  new->physical_address_bits < old->physical_address_bits, name, NULL,
                  g_strdup_printf("Has %u physical address bits, had %u.",
                                  new->physical_address_bits, old->physical_address_bits));
    compare_microcode(drift, fleet_host(drift->before->fleet, before),
                      fleet_host(drift->now->fleet, now));
    compare_qemu(drift, before, now);
    compare_told_software(drift, before, now);
}

/* Of FLEET's HOSTS (of guint32), those whose UUID no other of them has: UUID -> index + 1. */
static GHashTable *
hosts_by_uuid(const Fleet *fleet, const GArray *hosts)
{
    GHashTable *places = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < hosts->len; i++) {
        const guint32 index = g_array_index(hosts, guint32, i);
        char *uuid = fleet_host(fleet, index)->uuid;

        if (uuid != NULL)
            g_hash_table_insert(
                places, uuid,
                GUINT_TO_POINTER(g_hash_table_contains(places, uuid) ? 0 : index + 1));
    }
    return places;
}

/* The host of PLACES with the UUID of HOST; FLEET_NO_INDEX for none. */
static guint32
find_by_uuid(GHashTable *places, const Host *host)
{
    const guint place =
        host->uuid != NULL ? GPOINTER_TO_UINT(g_hash_table_lookup(places, host->uuid)) : 0;

    return place != 0 ? place - 1 : FLEET_NO_INDEX;
}

/* Was HOST there before the run that is compared with, and not then? */
static gboolean
is_back(const Drift *drift, const Host *host)
{
    return host->first_run != 0 && host->first_run < drift->before->fleet->run;
}

/* ", in class p/haswell": where the new host at INDEX came to be. Owned by the caller. */
static char *
place_text(const Planning *planning, guint32 index)
{
    if (planning->pool_of[index] == FLEET_NO_INDEX)
        return g_strdup(", in no pool");
    const PlanPool *pool = g_ptr_array_index(planning->plan->pools, planning->pool_of[index]);
    const guint32 place = plan_pool_class_of(pool, index);
    if (place == FLEET_NO_INDEX)
        return g_strdup_printf(", in pool %s, and cannot be planned", pool->settings->name);
    return g_strdup_printf(", in class %s/%s", pool->settings->name,
                           ((const PlanClass *)g_ptr_array_index(pool->classes, place))->name);
}

static char *
new_host_text(const Drift *drift, guint32 index)
{
    const Host *host = fleet_host(drift->now->fleet, index);
    g_autofree char *place = place_text(drift->now, index);

    return is_back(drift, host)
               ? g_strdup_printf("Is back%s: the inventory knows it since run %" G_GINT64_FORMAT
                                 ".",
                                 place, host->first_run)
               : g_strdup_printf("Is new%s.", place);
}

/* Names that are GONE and those that are NEW; a system that has both was only renamed. */
static void
compare_names(Drift *drift, const GArray *gone, const GArray *new)
{
    const Fleet *before = drift->before->fleet, *now = drift->now->fleet;
    g_autoptr(GHashTable) old_places = hosts_by_uuid(before, gone);
    g_autoptr(GHashTable) new_places = hosts_by_uuid(now, new);
    g_autoptr(GHashTable) gone_guests = gone_guests_find(drift, gone);

    for (guint i = 0; i < gone->len; i++) {
        const guint32 old = g_array_index(gone, guint32, i);
        const Host *host = fleet_host(before, old);
        const guint32 place = find_by_uuid(new_places, host);

        if (place == FLEET_NO_INDEX || find_by_uuid(old_places, host) != old) {
            g_autofree char *guests = gone_guests_text(gone_guests, host->name);
            drift_add(drift, "host-gone", TRUE, host->name, NULL,
                      g_strconcat("Is no longer among the hosts that were read.", guests, NULL));
            continue;
        }
        drift_add(drift, "host-renamed", FALSE, fleet_host(now, place)->name, NULL,
                  g_strdup_printf("Was called %s: the UUID is the same.", host->name));
        compare_host(drift, old, place);
    }
    for (guint i = 0; i < new->len; i++) {
        const guint32 index = g_array_index(new, guint32, i);
        const Host *host = fleet_host(now, index);

        if (find_by_uuid(old_places, host) == FLEET_NO_INDEX ||
            find_by_uuid(new_places, host) != index)
            drift_add(drift, "host-new", FALSE, host->name, NULL, new_host_text(drift, index));
    }
}

/* Both lists of hosts are sorted by name. */
void
drift_compare_hosts(Drift *drift)
{
    const Fleet *before = drift->before->fleet, *now = drift->now->fleet;
    g_autoptr(GArray) gone = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GArray) added = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GHashTable) changes =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, cpu_change_free);
    guint32 i = 0, j = 0;

    drift->changes = changes;
    while (i < before->hosts->len || j < now->hosts->len) {
        const char *old = i < before->hosts->len ? fleet_host(before, i)->name : NULL;
        const char *new = j < now->hosts->len ? fleet_host(now, j)->name : NULL;
        const gint order = old == NULL ? 1 : new == NULL ? -1 : strcmp(old, new);

        if (order == 0) {
            compare_host(drift, i++, j++);
        } else if (order < 0) {
            g_array_append_val(gone, i);
            i++;
        } else {
            g_array_append_val(added, j);
            j++;
        }
    }
    compare_names(drift, gone, added);
    drift->changes = NULL;
}
