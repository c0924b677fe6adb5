/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REPORTS_SUMMARY_H
#define REPORTS_SUMMARY_H

/*
 * What every report counts alike, and where a host stands in the plan.
 */

#include <fleet/plan.h>

typedef struct {
    guint n_hosts, n_hosts_gone, n_hosts_unassigned, n_hosts_unplanned;
    guint n_guests, n_guests_in[GUEST_FREEDOM_COUNT];
    guint n_guests_known[GUEST_FREEDOM_COUNT]; /* of those in trouble: the plan file knows */
    guint n_pools, n_classes;
    guint n_contracts[CONTRACT_COUNT];
    guint n_drift, n_drift_actionable;
    guint n_quarantine, n_unread_sources;
    guint n_findings[FINDING_SEVERITY_COUNT];
    guint n_drains_blocked;
    guint n_failovers_missed; /* pools that ask for failover and may not have it */
    /* of the templates' matrices: a guest on its class's template */
    guint64 n_pairs[VERDICT_COUNT];
    guint64 n_one_way;
    gboolean is_well; /* there are hosts, and nothing needs a person */
} PlanSummary;

void summary_init(PlanSummary *summary, const Plan *plan);

/* Hosts that are in a class. */
guint summary_n_planned(const PlanSummary *summary);

/* Guests in that state of trouble that the plan file does not know. */
guint summary_n_guests_to_see_to(const PlanSummary *summary, GuestFreedom freedom);

/* One line: "All is well: 40 hosts in 5 classes, ...", or what needs a person. The caller's. */
char *summary_headline(const PlanSummary *summary);

/* "3,000 hosts", "1 host". Owned by the caller. */
char *summary_count(guint64 n, const char *one, const char *many);

/* What a host belongs to; indexes, FLEET_NO_INDEX for none. */
typedef struct {
    guint32 pool;
    guint32 class_index; /* in its pool's classes */
    guint32 group;       /* in Plan.groups */
} HostMembership;

/* One HostMembership for each host of the fleet. Owned by the caller. */
HostMembership *summary_host_memberships(const Plan *plan);

/* The class of MEMBERSHIP, NULL when there is none. */
const PlanClass *summary_class(const Plan *plan, const HostMembership *membership);

/* The class of GROUP's hosts, as HostMembership has it. */
guint32 summary_group_class(const HostGroup *group, const HostMembership *memberships);

/* "2026-11-23T03:00:00Z"; "-" for 0. Owned by the caller. */
char *summary_time(gint64 seconds);

/* "custom, model Skylake-Server", "host-model": a guest's CPU in few words. Owned by the caller. */
char *summary_guest_cpu(const Guest *guest);

/* "may be stuck": in a table for people. */
const char *summary_guest_freedom(GuestFreedom freedom);

#endif
