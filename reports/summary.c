/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summary.h"

#include <fleet/words.h>

char *
summary_count(guint64 n, const char *one, const char *many)
{
    g_autofree char *number = words_number(n);

    return g_strdup_printf("%s %s", number, n == 1 ? one : many);
}

static void
count_pool(PlanSummary *summary, const PlanPool *pool)
{
    const Matrix *matrix = pool->matrices[SUBJECT_TEMPLATE];

    summary->n_classes += pool->classes->len;
    summary->n_hosts_unplanned += pool->quarantined->len;
    summary->n_failovers_missed += pool->settings->failover_hosts > 0 &&
                                   pool->maintenance.failover_text != NULL &&
                                   pool->maintenance.failover != VERDICT_YES;
    for (guint i = 0; i < pool->classes->len; i++) {
        const PlanClass *klass = pool->classes->pdata[i];
        summary->n_contracts[klass->contract.state]++;
    }
    for (guint i = 0; i < pool->drains->len; i++) {
        const Drain *drain = pool->drains->pdata[i];
        summary->n_drains_blocked += drain->verdict == VERDICT_NO;
    }
    if (matrix == NULL)
        return;
    for (Verdict v = 0; v < VERDICT_COUNT; v++)
        summary->n_pairs[v] += matrix->n_pairs[v];
    summary->n_one_way += matrix->n_one_way;
}

guint
summary_n_planned(const PlanSummary *summary)
{
    return summary->n_hosts - summary->n_hosts_unassigned - summary->n_hosts_unplanned;
}

guint
summary_n_guests_to_see_to(const PlanSummary *summary, GuestFreedom freedom)
{
    return summary->n_guests_in[freedom] - summary->n_guests_known[freedom];
}

void
summary_init(PlanSummary *summary, const Plan *plan)
{
    *summary = (PlanSummary){
        .n_hosts = plan->fleet->hosts->len,
        .n_hosts_gone = plan->fleet->n_gone_hosts,
        .n_hosts_unassigned = plan->unassigned->len,
        .n_guests = plan->fleet->guests->len,
        .n_pools = plan->pools->len,
        .n_drift = plan->drift->len,
        .n_quarantine = plan->fleet->quarantine->len,
        .n_unread_sources = plan->fleet->n_unread_sources,
    };
    for (guint i = 0; i < plan->pools->len; i++)
        count_pool(summary, plan->pools->pdata[i]);
    for (guint i = 0; i < plan->guests->len; i++) {
        const GuestPlan *guest = plan->guests->pdata[i];
        summary->n_guests_in[guest->freedom]++;
        summary->n_guests_known[guest->freedom] += guest_plan_is_known(guest);
    }
    for (guint i = 0; i < plan->drift->len; i++) {
        const DriftItem *item = plan->drift->pdata[i];
        summary->n_drift_actionable += item->is_actionable;
    }
    for (guint i = 0; i < plan->findings->len; i++) {
        const Finding *finding = plan->findings->pdata[i];
        summary->n_findings[finding->severity]++;
    }
    summary->is_well = summary_n_planned(summary) > 0 &&
                       summary->n_contracts[CONTRACT_BROKEN] == 0 &&
                       summary_n_guests_to_see_to(summary, GUEST_STUCK) == 0 &&
                       summary_n_guests_to_see_to(summary, GUEST_MAY_BE_STUCK) == 0 &&
                       summary->n_drift_actionable == 0 && summary->n_quarantine == 0 &&
                       summary->n_unread_sources == 0 && summary->n_hosts_unplanned == 0 &&
                       summary->n_failovers_missed == 0 && summary->n_findings[FINDING_ERROR] == 0;
}

static void
add_trouble(GPtrArray *parts, guint n, const char *one, const char *many)
{
    if (n > 0)
        g_ptr_array_add(parts, summary_count(n, one, many));
}

/* ", 2 of them known to be stuck", or nothing; owned by the caller. */
static char *
known_guests(const PlanSummary *summary)
{
    const guint n =
        summary->n_guests_known[GUEST_STUCK] + summary->n_guests_known[GUEST_MAY_BE_STUCK];
    g_autofree char *number = words_number(n);

    return n == 0 ? g_strdup("") : g_strdup_printf(", %s of them known to be stuck", number);
}

char *
summary_headline(const PlanSummary *summary)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
    const guint n_planned = summary_n_planned(summary);
    g_autofree char *hosts = summary_count(n_planned, "host", "hosts");
    g_autofree char *classes = summary_count(summary->n_classes, "class", "classes");
    g_autofree char *guests = summary_count(summary->n_guests, "guest", "guests");
    g_autofree char *known = known_guests(summary);

    if (summary->is_well)
        return g_strdup_printf("All is well: %s in %s, %s%s, and nothing needs you.", hosts,
                               classes, guests, known);
    if (n_planned == 0)
        g_ptr_array_add(parts, g_strdup("no host to plan with"));
    add_trouble(parts, summary->n_unread_sources, "source that was not read",
                "sources that were not read");
    add_trouble(parts, summary->n_contracts[CONTRACT_BROKEN], "broken template",
                "broken templates");
    add_trouble(parts, summary_n_guests_to_see_to(summary, GUEST_STUCK), "stuck guest",
                "stuck guests");
    add_trouble(parts, summary_n_guests_to_see_to(summary, GUEST_MAY_BE_STUCK),
                "guest that may be stuck", "guests that may be stuck");
    add_trouble(parts, summary->n_hosts_unplanned, "host that cannot be planned with",
                "hosts that cannot be planned with");
    add_trouble(parts, summary->n_failovers_missed, "pool not sure of its failover",
                "pools not sure of their failover");
    add_trouble(parts, summary->n_quarantine, "document in quarantine", "documents in quarantine");
    add_trouble(parts, summary->n_drift_actionable, "change to act on", "changes to act on");
    add_trouble(parts, summary->n_findings[FINDING_ERROR], "error", "errors");
    g_ptr_array_add(parts, NULL);
    g_autofree char *troubles = g_strjoinv(", ", (char **)parts->pdata);
    return g_strdup_printf("Needs you: %s (%s in %s, %s%s).", troubles, hosts, classes, guests,
                           known);
}

HostMembership *
summary_host_memberships(const Plan *plan)
{
    guint n_hosts = plan->fleet->hosts->len;
    HostMembership *memberships = g_new(HostMembership, MAX(n_hosts, 1));

    for (guint i = 0; i < n_hosts; i++)
        memberships[i] = (HostMembership){FLEET_NO_INDEX, FLEET_NO_INDEX, FLEET_NO_INDEX};
    for (guint p = 0; p < plan->pools->len; p++) {
        const PlanPool *pool = plan->pools->pdata[p];

        for (guint i = 0; i < pool->hosts->len; i++)
            memberships[g_array_index(pool->hosts, guint32, i)].pool = p;
        for (guint i = 0; i < pool->quarantined->len; i++)
            memberships[g_array_index(pool->quarantined, guint32, i)].pool = p;
        for (guint c = 0; c < pool->classes->len; c++) {
            const PlanClass *klass = pool->classes->pdata[c];

            for (guint i = 0; i < klass->hosts->len; i++)
                memberships[g_array_index(klass->hosts, guint32, i)].class_index = c;
        }
    }
    for (guint i = 0; i < MIN(n_hosts, plan->group_of->len); i++)
        memberships[i].group = g_array_index(plan->group_of, guint32, i);
    return memberships;
}

const PlanClass *
summary_class(const Plan *plan, const HostMembership *membership)
{
    if (membership->pool == FLEET_NO_INDEX || membership->class_index == FLEET_NO_INDEX)
        return NULL;
    const PlanPool *pool = plan->pools->pdata[membership->pool];
    return pool->classes->pdata[membership->class_index];
}

guint32
summary_group_class(const HostGroup *group, const HostMembership *memberships)
{
    if (group->hosts->len == 0)
        return FLEET_NO_INDEX;
    return memberships[g_array_index(group->hosts, guint32, 0)].class_index;
}

const char *
summary_guest_freedom(GuestFreedom freedom)
{
    static const char *const words[] = {
        [GUEST_ALONE] = "no other host",
        [GUEST_FREE] = "free",
        [GUEST_MAY_BE_STUCK] = "may be stuck",
        [GUEST_STUCK] = "stuck",
    };
    G_STATIC_ASSERT(G_N_ELEMENTS(words) == GUEST_FREEDOM_COUNT);

    return words[freedom];
}

char *
summary_time(gint64 seconds)
{
    g_autoptr(GDateTime) time = seconds > 0 ? g_date_time_new_from_unix_utc(seconds) : NULL;

    return time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup("-");
}

char *
summary_guest_cpu(const Guest *guest)
{
    if (!guest->has_cpu || (guest->cpu->mode == CPU_MODE_CUSTOM && guest->cpu->model == NULL))
        return g_strdup("QEMU's default");
    if (guest->cpu->mode == CPU_MODE_CUSTOM)
        return g_strdup_printf("custom %s", guest->cpu->model);
    return g_strdup(cpu_mode_name(guest->cpu->mode));
}
