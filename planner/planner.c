/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <planner/planner.h>

#include "drift.h"
#include "signatures.h"

/* What is doubtful about documents is told with the plan that rests on them. */
static void
carry_findings(Planning *planning)
{
    const GPtrArray *findings = planning->fleet->findings;

    for (guint i = 0; i < findings->len; i++)
        g_ptr_array_add(planning->plan->findings, finding_copy(g_ptr_array_index(findings, i)));
}

static void
report_shared_uuid(Planning *planning, const Host *first, const Host *second, guint n_hosts)
{
    planning_add_finding(
        planning, FINDING_WARNING, "host-uuid", first->name,
        n_hosts == 2
            ? g_strdup_printf("hosts %s and %s have the same UUID %s; libvirt takes them "
                              "for one host and migrates no guest between them",
                              first->name, second->name, first->uuid)
            : g_strdup_printf("%u hosts, such as %s and %s, have the same UUID %s; libvirt "
                              "takes them for one host and migrates no guest between them",
                              n_hosts, first->name, second->name, first->uuid),
        "give each host its own host_uuid in libvirtd.conf or virtqemud.conf");
}

/*
 * By host: whether another one may have its UUID. Most have one of their own, which a bit for each
 * hash tells in a fraction of the time that looking them all up takes. Owned by the caller.
 */
static guint8 *
hosts_with_like_uuids(const Fleet *fleet)
{
    enum { BITS_PER_HOST = 16 };
    const guint n_bits = g_bit_storage((gulong)fleet->hosts->len * BITS_PER_HOST);
    const gsize n_bytes = (gsize)1 << MAX(n_bits, 3) >> 3;
    g_autofree guint8 *once = g_malloc0(n_bytes), *twice = g_malloc0(n_bytes);
    g_autofree guint32 *hashes = g_new0(guint32, fleet->hosts->len);
    guint8 *is_like = g_new0(guint8, fleet->hosts->len);

    for (guint i = 0; i < fleet->hosts->len; i++) {
        const char *uuid = fleet_host(fleet, i)->uuid;
        const guint32 hash = uuid != NULL ? g_str_hash(uuid) : 0;
        const guint8 bit = (guint8)(1 << (hash & 7));
        const gsize byte = hash >> 3 & (n_bytes - 1);

        hashes[i] = hash;
        twice[byte] |= once[byte] & bit;
        once[byte] |= bit;
    }
    for (guint i = 0; i < fleet->hosts->len; i++)
        is_like[i] = twice[hashes[i] >> 3 & (n_bytes - 1)] >> (hashes[i] & 7) & 1;
    return is_like;
}

/* Hosts that were cloned, or whose makers left one UUID in all boards. */
static void
find_shared_uuids(Planning *planning)
{
    const GArray *hosts = planning->fleet->hosts;
    g_autoptr(GHashTable) first_of = g_hash_table_new(g_str_hash, g_str_equal);
    g_autofree guint *n_with = g_new0(guint, hosts->len); /* by the first host with the UUID */
    g_autofree guint *second_of = g_new0(guint, hosts->len);
    g_autofree guint8 *is_like = hosts_with_like_uuids(planning->fleet);

    for (guint i = 0; i < hosts->len; i++) {
        const char *uuid = fleet_host(planning->fleet, i)->uuid;

        if (uuid == NULL || !is_like[i])
            continue;
        /* Counted from 1, so that one look-up tells. */
        const gpointer known = g_hash_table_lookup(first_of, uuid);
        const guint first = known != NULL ? GPOINTER_TO_UINT(known) - 1 : i;
        if (known == NULL)
            g_hash_table_insert(first_of, (gpointer)(guintptr)uuid, GUINT_TO_POINTER(i + 1));
        if (++n_with[first] == 2)
            second_of[first] = i;
    }
    for (guint i = 0; i < hosts->len; i++) {
        if (n_with[i] > 1)
            report_shared_uuid(planning, fleet_host(planning->fleet, i),
                               fleet_host(planning->fleet, second_of[i]), n_with[i]);
    }
}

static Planning *
plan_fleet(const Fleet *fleet, const PlanSettings *settings, CpuMap *map, PlannerParts parts)
{
    Planning *planning = planning_new(fleet, settings, map);
    const guint n_pools = settings->pools->len;

    planning_check_settings(planning);
    carry_findings(planning);
    find_shared_uuids(planning);
    planning_find_guest_twins(planning);
    planning_assign_pools(planning);
    for (guint i = 0; i < n_pools; i++)
        planning_make_classes(planning, g_ptr_array_index(planning->plan->pools, i));
    contracts_check_pools(planning);
    if ((parts & (PLANNER_MATRIX | PLANNER_GUESTS)) != 0) {
        planning_describe_hosts(planning);
        planning_make_groups(planning);
        for (guint32 i = 0; i < n_pools; i++)
            planning_make_matrices(planning, i);
    }
    if ((parts & PLANNER_GUESTS) != 0)
        planning_place_guests(planning);
    return planning;
}

/* The rest, which drift does not compare. */
static void
finish_plan(Planning *planning, PlannerParts parts)
{
    if ((parts & PLANNER_GUESTS) != 0) {
        for (guint32 i = 0; i < planning->settings->pools->len; i++)
            planning_drain_pool(planning, i);
    }
    g_ptr_array_sort(planning->plan->findings, finding_compare);
}

Plan *
planner_plan_change(const Fleet *before, const PlanSettings *settings_before, const Fleet *fleet,
                    const PlanSettings *settings, CpuMap *map, PlannerParts parts)
{
    g_autoptr(Planning) planning = plan_fleet(fleet, settings, map, parts);

    finish_plan(planning, parts);
    if (before != NULL) {
        /* Without guests, drift compares hosts and classes. */
        const PlannerParts compared = before->guests->len > 0 ? parts : PLANNER_CLASSES;
        g_autoptr(Planning) earlier = plan_fleet(before, settings_before, map, compared);

        planning_find_drift(earlier, planning);
        plan_free(earlier->plan);
    }
    return planning->plan;
}

Plan *
planner_plan(const Fleet *fleet, const Fleet *earlier, const PlanSettings *settings, CpuMap *map,
             PlannerParts parts)
{
    return planner_plan_change(earlier, settings, fleet, settings, map, parts);
}
