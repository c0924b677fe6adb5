/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_PLANNING_H
#define PLANNER_PLANNING_H

/*
 * A plan in the making: the fleet, the plan so far, and what the steps share.
 *
 * Steps, in order, each in its own file: members (pools.c), signatures and classes (classes.c),
 * templates (template.c), limits (limits.c), contracts (contracts.c), what hosts are beside their
 * CPUs (software_profile.c, system_profile.c), groups (groups.c), matrices (matrix.c), guests
 * (guests.c) and what the plan file knows of them (known_stuck.c), drains and capacity (drains.c),
 * drift (drift.c). Work on CPUs is done once per HostCpu, never per host.
 */

#include <fleet/plan.h>
#include <fleet/words.h>
#include <planner/ladder.h>

#include "guest_claims.h"
#include "guest_identity.h"
#include "host_cpu.h"
#include "software_profile.h"
#include "system_profile.h"
#include "watched.h"

G_BEGIN_DECLS

typedef struct {
    const Fleet *fleet;
    const PlanSettings *settings;
    CpuMap *map;
    Plan *plan;
    Ladder *ladder; /* NULL until a pool asks for it */
    Universe *universes[CPU_FAMILY_COUNT];
    GPtrArray *cpus;  /* of HostCpu* */
    guint32 *cpu_of;  /* by host: index in cpus */
    guint32 *pool_of; /* by host: index in Plan.pools; FLEET_NO_INDEX for none */
    WatchedFeatures *watched;
    GArray *software;            /* of SoftwareProfile */
    GArray *systems;             /* of SystemProfile */
    guint32 *software_of;        /* by host: index in software */
    guint32 *system_of;          /* by host: index in systems */
    GuestIdentities *identities; /* NULL: names do not tell hosts apart, see system_profile.c */
    GuestClaims *claims;         /* NULL: claims do not, see there, too */
    GArray *endpoints;           /* of Endpoint (check_input.h), one for each of Plan.groups */
} Planning;

/* Reads every host's CPU; the plan has findings for those that cannot be planned. */
Planning *planning_new(const Fleet *fleet, const PlanSettings *settings, CpuMap *map);
/* All steps up to the guests; the plan is the caller's to free, too. */
Planning *planning_of_guests(const Fleet *fleet, const PlanSettings *settings, CpuMap *map);
/* Frees all but the plan. */
void planning_free(Planning *planning);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Planning, planning_free)

/* libvirt starts or takes in a guest whose TSC frequency is this near the host's. */
#define TSC_TOLERANCE_PPM 250

static inline guint64
tsc_tolerance_hz(guint64 hz)
{
    return hz / 1000000 * TSC_TOLERANCE_PPM;
}

static inline const HostCpu *
planning_host_cpu(const Planning *planning, guint32 host)
{
    return g_ptr_array_index(planning->cpus, planning->cpu_of[host]);
}

/* Once planning_describe_software() was called. */
static inline const SoftwareProfile *
planning_host_software(const Planning *planning, guint32 host)
{
    return &g_array_index(planning->software, SoftwareProfile, planning->software_of[host]);
}

/* Orders hosts in a GArray of their indexes (guint32). */
gint planning_compare_hosts(gconstpointer a, gconstpointer b);

/* Adds a finding; HOST and POOL may be NULL. TEXT is taken. */
void planning_add_finding(Planning *planning, FindingSeverity severity, const char *id,
                          const char *host, char *text, const char *remedy);

/* The ladder of the planning's map, made when it is first asked for. Belongs to PLANNING. */
Ladder *planning_ladder(Planning *planning);

/* Reports names of the plan file that nothing knows; after the hosts were read. */
void planning_check_settings(Planning *planning);

/* Members of every pool, and the hosts that are in none. */
void planning_assign_pools(Planning *planning);

/* The classes of POOL with templates, limits and contracts. */
void planning_make_classes(Planning *planning, PlanPool *pool);

/* The software of every host, before the classes, and the system that it is, before the groups. */
void planning_describe_software(Planning *planning);
void planning_describe_systems(Planning *planning);

/* The groups of all pools, in the order of the pools and then of the groups' first hosts. */
void planning_make_groups(Planning *planning);

/* The matrices of the pool of that index. */
void planning_make_matrices(Planning *planning, guint32 pool);

/* Hosts that libvirt would take for one. */
void planning_find_shared_uuids(Planning *planning);

/* Guests that more than one host tells of. */
void planning_find_guest_twins(Planning *planning);

/* A plan for each guest. */
void planning_place_guests(Planning *planning);

/* What the plan file knows of guests that are stuck, after planning_place_guests(). */
void planning_recall_known_stuck(Planning *planning);

/* Whether each host of the pool of that index can be emptied, and the pool maintained in turn. */
void planning_drain_pool(Planning *planning, guint32 pool);

G_END_DECLS

#endif
