/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Addresses are planned here and not in planner_plan(), because they need the guests' devices,
 * which only ingest can read out of the definitions that the inventory keeps.
 */

#include "planning.h"

#include <cpumodel/version.h>
#include <ingest/cpu_map_reader.h>
#include <ingest/domain_devices_reader.h>
#include <ingest/guest_reader.h>
#include <ingest/plan_file.h>
#include <planner/address.h>
#include <planner/address_review.h>
#include <string.h>

gboolean
planning_read_settings(const char *path, PlanSettings **ret_settings, CpuMap **ret_map,
                       GError **error)
{
    g_autoptr(PlanSettings) settings = plan_file_read(path, error);
    CpuMap *map = NULL;

    if (settings == NULL)
        return FALSE;
    map = settings->cpu_map != NULL ? cpu_map_reader_load(settings->cpu_map, error)
                                    : cpu_map_new_builtin();
    if (map == NULL)
        return FALSE;
    *ret_settings = g_steal_pointer(&settings);
    *ret_map = map;
    return TRUE;
}

Fleet *
planning_load_fleet(Inventory *inventory, gint64 run, GError **error)
{
    return inventory_load_fleet(inventory, run, guest_reader_parse, error);
}

/* The settings of the pool that the guest's host is in; NULL when it is in none. */
static const PoolSettings *
find_pool(const Plan *plan, guint guest_index)
{
    const PlanPool *pool =
        guest_index < plan->guests->len
            ? plan_pool_of_guest(plan, g_ptr_array_index(plan->guests, guest_index))
            : NULL;

    return pool != NULL ? pool->settings : NULL;
}

static const MachineProfile *
find_machines(const Fleet *fleet, const Guest *guest)
{
    guint32 index = guest->host != NULL ? fleet_find_host(fleet, guest->host) : FLEET_NO_INDEX;

    if (index == FLEET_NO_INDEX || fleet_host(fleet, index)->machines == FLEET_NO_INDEX)
        return NULL;
    return g_ptr_array_index(fleet->machines, fleet_host(fleet, index)->machines);
}

static AddressOptions
address_options(const Plan *plan, const Guest *guest, guint guest_index)
{
    const PoolSettings *pool = find_pool(plan, guest_index);
    AddressOptions options = {.machines = find_machines(plan->fleet, guest),
                              .kept = fleet_kept_addresses(plan->fleet, guest)};

    if (pool != NULL) {
        options.spare_ports = pool->spare_ports;
        options.reserved_slots = pool->reserved_slots;
        if (pool->libvirt != NULL)
            version_parse(pool->libvirt, &options.libvirt_version);
    }
    return options;
}

static AddressPlan *
plan_addresses(const Plan *plan, guint32 guest_index)
{
    const Guest *guest = g_ptr_array_index(plan->fleet->guests, guest_index);
    AddressPlan *addresses = address_plan_new(guest_index);
    const AddressOptions options = address_options(plan, guest, guest_index);
    g_autoptr(DomainDevices) devices =
        domain_devices_read(guest->xml, strlen(guest->xml), &addresses->refusal);

    if (devices == NULL)
        return addresses;
    addresses->refusal = address_plan_guest(devices, &options);
    if (addresses->refusal == NULL) {
        addresses->machine = g_strdup(devices->machine);
        addresses->devices = g_steal_pointer(&devices);
    }
    return addresses;
}

Plan *
planning_plan(const Fleet *fleet, const Fleet *earlier, const PlanSettings *settings, CpuMap *map,
              PlannerParts parts)
{
    Plan *plan = planner_plan(fleet, earlier, settings, map, parts);

    if ((parts & PLANNER_ADDRESSES) == 0 || plan->addresses->len > 0)
        return plan;
    for (guint i = 0; i < fleet->guests->len; i++) {
        const Guest *guest = g_ptr_array_index(fleet->guests, i);

        if (guest->xml == NULL)
            continue;
        g_ptr_array_add(plan->addresses, plan_addresses(plan, i));
    }
    address_review(plan);
    return plan;
}
