/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest goes on running where it could not start any more, until its host or itself is restarted.
 * Guests stand by host, so that those of one host which one thing holds are told together.
 */
#include "guest_restarts.h"

#include <string.h>

#include "guest_holds.h"

static gboolean
is_open(const GuestPlan *plan, guint32 outcome)
{
    return ((const Outcome *)g_ptr_array_index(plan->outcomes, outcome))->verdict <= VERDICT_WARN;
}

/*
 * The first host by name that could start the guest, of those to which it can migrate when
 * IS_REACHED; NULL when there is none.
 */
static const char *
host_that_starts(const Planning *planning, const GuestPlan *plan, gboolean is_reached)
{
    guint32 best = FLEET_NO_INDEX;

    for (guint i = 0; i < plan->targets->len; i++) {
        const GuestTarget *target = &g_array_index(plan->targets, GuestTarget, i);
        const HostGroup *group = g_ptr_array_index(planning->plan->groups, target->group);

        if (!is_open(plan, target->can_start) ||
            (is_reached && !is_open(plan, target->can_migrate)))
            continue;
        for (guint j = 0; j < group->hosts->len; j++) {
            const guint32 host = g_array_index(group->hosts, guint32, j);

            if (host != plan->host)
                best = MIN(best, host);
        }
    }
    return best != FLEET_NO_INDEX ? fleet_host(planning->fleet, best)->name : NULL;
}

/* Where it could start instead comes before what makes it start here. Owned by the caller. */
static char *
remedy_of(const Planning *planning, const GuestPlan *plan, guint n, const Blocker *blocker)
{
    const Guest *guest = g_ptr_array_index(planning->fleet->guests, plan->guest);
    const char *reached = host_that_starts(planning, plan, TRUE);
    const char *other = host_that_starts(planning, plan, FALSE);
    g_autofree char *whose = n > 1 ? g_strdup_printf(" for %s", guest->name) : g_strdup("");
    g_autofree char *here = blocker_remedy_here(blocker);

    if (reached != NULL && guest->is_running)
        return g_strdup_printf("migrate %s to a host that can start it, such as %s%s, before its "
                               "next restart; or %s",
                               n > 1 ? "each" : "it", reached, whose, here);
    if (other != NULL)
        return g_strdup_printf("start %s on a host that can, such as %s%s; or %s",
                               n > 1 ? "each" : "it", other, whose, here);
    return g_strdup_printf("no other host of the pool is known to start %s either: %s",
                           n > 1 ? guest->name : "it", here);
}

/* N guests of a host, the first of which is PLAN, have BLOCKER in common. */
static void
report_no_restart(Planning *planning, const GuestPlan *plan, guint n, const Blocker *blocker)
{
    const Guest *guest = g_ptr_array_index(planning->fleet->guests, plan->guest);
    g_autofree char *others = n > 1 ? g_strdup_printf(" and %u more", n - 1) : g_strdup("");
    g_autofree char *reason = blocker_text_here(blocker);
    g_autofree char *remedy = remedy_of(planning, plan, n, blocker);

    planning_add_finding(planning, FINDING_WARNING, "guest-cannot-restart", guest->host,
                         g_strdup_printf("guest %s%s could not start here%s: %s", guest->name,
                                         others, guest->is_running ? " again" : "", reason),
                         remedy);
}

void
guest_restarts_review(Planning *planning)
{
    const GPtrArray *plans = planning->plan->guests;

    for (guint i = 0, end; i < plans->len; i = end) {
        const GuestPlan *first = g_ptr_array_index(plans, i);
        const Blocker *blocker = guest_plan_restart_blocker(first);

        for (end = i + 1; blocker != NULL && end < plans->len; end++) {
            const GuestPlan *next = g_ptr_array_index(plans, end);
            const Blocker *of_next = guest_plan_restart_blocker(next);

            if (next->host != first->host || of_next == NULL ||
                strcmp(of_next->text, blocker->text) != 0)
                break;
        }
        if (blocker != NULL)
            report_no_restart(planning, first, end - i, blocker);
    }
}
