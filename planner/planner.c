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

/* Hosts that were cloned, or whose makers left one UUID in all boards. */
static void
find_shared_uuids(Planning *planning)
{
    const GArray *hosts = planning->fleet->hosts;
    g_autoptr(GHashTable) first_of = g_hash_table_new(g_str_hash, g_str_equal);
    g_autofree guint *n_with = g_new0(guint, hosts->len); /* by the first host with the UUID */
    g_autofree guint *second_of = g_new0(guint, hosts->len);

    for (guint i = 0; i < hosts->len; i++) {
        const char *uuid = fleet_host(planning->fleet, i)->uuid;

        if (uuid == NULL)
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
