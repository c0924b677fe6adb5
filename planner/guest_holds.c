/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What holds a guest that can go nowhere: all that is against it, or, where it is not known whether
 * it can go, what is not known. The blockers of each target are sorted into changes, each of which
 * one person makes at one time; the change that alone opens most hosts is told, else those
 * that together open the hosts to which fewest are needed, else the one that is met most often.
 */
#include "guest_holds.h"

#include <string.h>

#define MAX_TOGETHER 3 /* changes named together, where none opens a host alone */

/* What another CPU definition cures, whichever of these checks object to the one that is there. */
static const char *const checks_of_definition[] = {
    "cpu-mode",         "cpu-model",
    "features-missing", "features-nested",
    "features-unknown", "features-forbidden",
    "features-extra",   "cpu-incompatible",
    "host-passthrough", "passthrough-migratable",
    "cpu-maximum",      "physical-address-bits",
};

typedef struct {
    /* Of its first blocker; the first of the list above for all that are in it. */
    const char *check;
    GPtrArray *blockers; /* of const Blocker*, borrowed; one of each check */
    guint n_alone;       /* hosts that this change alone opens */
    guint n_all;         /* hosts that need it, with others or alone */
} Change;

static void
change_free(gpointer data)
{
    Change *change = data;

    g_ptr_array_unref(change->blockers);
    g_free(change);
}

static const char *
change_of_check(const char *check)
{
    for (guint i = 0; i < G_N_ELEMENTS(checks_of_definition); i++)
        if (strcmp(checks_of_definition[i], check) == 0)
            return checks_of_definition[0];
    return check;
}

static Change *
find_change(const GPtrArray *changes, const char *check)
{
    for (guint i = 0; i < changes->len; i++) {
        Change *change = g_ptr_array_index(changes, i);

        if (strcmp(change->check, check) == 0)
            return change;
    }
    return NULL;
}

static gboolean
has_check(const Change *change, const char *check)
{
    for (guint i = 0; i < change->blockers->len; i++)
        if (strcmp(((const Blocker *)g_ptr_array_index(change->blockers, i))->check, check) == 0)
            return TRUE;
    return FALSE;
}

/*
 * Hosts of TARGET's group that the guest could go to, where its answer decides how free the guest
 * is: of one that may be stuck, what is not known does, and a cure for what is refused elsewhere
 * would hide what to find out.
 */
static guint
n_deciding_hosts(const Planning *planning, const GuestPlan *plan, const GuestTarget *target)
{
    const Outcome *outcome = g_ptr_array_index(plan->outcomes, target->can_migrate);

    if (plan->freedom == GUEST_MAY_BE_STUCK && outcome->verdict != VERDICT_UNKNOWN)
        return 0;
    return guest_other_hosts(planning, plan, target->group);
}

/* What it takes for the guest to migrate to TARGET (of Change*). */
static GPtrArray *
changes_of_target(const Planning *planning, const GuestPlan *plan, const GuestTarget *target)
{
    const Guest *guest = g_ptr_array_index(planning->fleet->guests, plan->guest);
    const Outcome *outcome = g_ptr_array_index(plan->outcomes, target->can_migrate);
    /* Other architectures do not all have templates. */
    const gboolean has_template = cpu_arch_family(guest->arch) == CPU_FAMILY_X86;
    GPtrArray *changes = g_ptr_array_new_with_free_func(change_free);

    for (guint i = 0; i < outcome->blockers->len; i++) {
        const Blocker *blocker = g_ptr_array_index(outcome->blockers, i);
        const char *check = has_template ? change_of_check(blocker->check) : blocker->check;
        Change *change = find_change(changes, check);

        if (blocker->severity <= VERDICT_WARN)
            continue;
        if (change == NULL) {
            change = g_new0(Change, 1);
            change->check = check;
            change->blockers = g_ptr_array_new();
            g_ptr_array_add(changes, change);
        }
        if (!has_check(change, blocker->check))
            g_ptr_array_add(change->blockers, (gpointer)(guintptr)blocker);
    }
    return changes;
}

guint
guest_other_hosts(const Planning *planning, const GuestPlan *plan, guint32 group)
{
    const HostGroup *of_plan = g_ptr_array_index(planning->plan->groups, group);
    const gboolean is_own = g_array_index(planning->plan->group_of, guint32, plan->host) == group;

    return is_own ? of_plan->hosts->len - 1 : of_plan->hosts->len;
}

/* ---- words ---------------------------------------------------------------------------------- */

static gboolean
has_cpu_for(const Outcome *of_template)
{
    for (guint i = 0; i < of_template->blockers->len; i++) {
        const Blocker *blocker = g_ptr_array_index(of_template->blockers, i);

        if (blocker->severity > VERDICT_WARN &&
            change_of_check(blocker->check) == checks_of_definition[0])
            return FALSE;
    }
    return TRUE;
}

/* The column of GROUP in MATRIX; the number of columns when it has none, or is NULL. */
static guint
column_of(const Matrix *matrix, guint32 group)
{
    guint column = 0;

    while (matrix != NULL && column < matrix->n && matrix->groups[column] != group)
        column++;
    return column;
}

/* By group: would it be open? Owned by the caller. */
static gboolean *
mark_cured(const Planning *planning, const GuestPlan *plan)
{
    gboolean *is_cured = g_new0(gboolean, planning->plan->groups->len + 1);

    for (guint i = 0; i < plan->cured_groups->len; i++)
        is_cured[g_array_index(plan->cured_groups, guint32, i)] = TRUE;
    return is_cured;
}

/*
 * The class with most of the hosts that would be open, of those whose template the guest's own host
 * can give too; NULL when there is none.
 */
static const PlanClass *
class_whose_template_fits(const Planning *planning, const GuestPlan *plan)
{
    const PlanPool *pool = g_ptr_array_index(planning->plan->pools, plan->pool);
    const Matrix *matrix = pool->matrices[SUBJECT_TEMPLATE];
    const guint own =
        column_of(matrix, g_array_index(planning->plan->group_of, guint32, plan->host));
    g_autofree gboolean *is_cured = mark_cured(planning, plan);
    g_autofree guint *n_hosts = g_new0(guint, pool->classes->len + 1);
    guint best = pool->classes->len; /* of which there are no hosts */

    for (guint row = 0; matrix != NULL && own < matrix->n && row < matrix->n; row++) {
        if (!is_cured[matrix->groups[row]] || !has_cpu_for(matrix_outcome(matrix, row, own)))
            continue;
        const HostGroup *hosts = g_ptr_array_index(planning->plan->groups, matrix->groups[row]);
        const guint32 klass = plan_pool_class_of(pool, g_array_index(hosts->hosts, guint32, 0));

        if (klass == FLEET_NO_INDEX)
            continue;
        n_hosts[klass] += hosts->hosts->len;
        if (n_hosts[klass] > n_hosts[best])
            best = klass;
    }
    return best < pool->classes->len ? g_ptr_array_index(pool->classes, best) : NULL;
}

static void
append_change(const Planning *planning, const GuestPlan *plan, const Change *change, GString *texts,
              GString *remedies)
{
    for (guint i = 0; i < change->blockers->len; i++) {
        const Blocker *blocker = g_ptr_array_index(change->blockers, i);
        g_string_append_printf(texts, "%s%s", texts->len > 0 ? " " : "", blocker->text);
    }
    g_string_append(remedies, remedies->len > 0 ? "; " : "");
    if (change->blockers->len == 1) {
        const Blocker *blocker = g_ptr_array_index(change->blockers, 0);
        g_string_append(remedies, blocker->remedy);
        return;
    }
    const PlanClass *klass = class_whose_template_fits(planning, plan);
    g_string_append(remedies, "run the guest on a template that both hosts support");
    if (klass != NULL)
        g_string_append_printf(remedies, ", such as that of class %s", klass->name);
}

/* Says that CHANGES (of Change*) hold the guest; without them the cured groups are open. */
static void
say(const Planning *planning, GuestPlan *plan, const GPtrArray *changes, guint n_opened,
    guint n_all)
{
    g_autoptr(GString) texts = g_string_new(NULL), remedies = g_string_new(NULL);
    guint n_blockers = 0;

    for (guint i = 0; i < changes->len; i++) {
        const Change *change = g_ptr_array_index(changes, i);

        append_change(planning, plan, change, texts, remedies);
        n_blockers += change->blockers->len;
    }
    const guint n_hosts = n_opened > 0 ? n_opened : n_all;
    const char *how = n_opened == 0     ? "It stands beside other reasons on"
                      : n_blockers == 1 ? "Cured, it would open"
                                        : "Cured together, they would open";
    plan->held_by = g_strdup_printf("%s %s %u host%s: %s.", texts->str, how, n_hosts,
                                    words_plural(n_hosts), remedies->str);
    plan->obstacle = g_string_free(g_steal_pointer(&texts), FALSE);
    plan->remedy = g_string_free(g_steal_pointer(&remedies), FALSE);
    plan->n_cured_hosts = n_opened;
}

/* ---- which ---------------------------------------------------------------------------------- */

static void
count_change(GPtrArray *counted, const Change *change, guint n_hosts, gboolean is_alone)
{
    Change *total = find_change(counted, change->check);

    if (total == NULL) {
        total = g_new0(Change, 1);
        total->check = change->check;
        total->blockers = g_ptr_array_copy(change->blockers, NULL, NULL);
        g_ptr_array_add(counted, total);
    }
    if (is_alone && total->n_alone == 0) { /* its words fit where it would help */
        g_ptr_array_unref(total->blockers);
        total->blockers = g_ptr_array_copy(change->blockers, NULL, NULL);
    }
    total->n_all += n_hosts;
    total->n_alone += is_alone ? n_hosts : 0;
}

static const Change *
best_change(const GPtrArray *counted)
{
    const Change *best = NULL;

    for (guint i = 0; i < counted->len; i++) {
        const Change *change = g_ptr_array_index(counted, i);

        if (best == NULL || change->n_alone > best->n_alone ||
            (change->n_alone == best->n_alone && change->n_all > best->n_all))
            best = change;
    }
    return best;
}

/* What would have to be cured together where the way is closed by fewest changes. */
static gboolean
hold_together(const Planning *planning, GuestPlan *plan)
{
    g_autoptr(GPtrArray) fewest = NULL;
    guint32 outcome = 0;
    guint n_hosts = 0;

    for (guint i = 0; i < plan->targets->len; i++) {
        const GuestTarget *target = &g_array_index(plan->targets, GuestTarget, i);
        const guint n = n_deciding_hosts(planning, plan, target);
        g_autoptr(GPtrArray) changes = changes_of_target(planning, plan, target);

        if (n == 0)
            continue;
        if (fewest == NULL || changes->len < fewest->len) {
            g_clear_pointer(&fewest, g_ptr_array_unref);
            fewest = g_steal_pointer(&changes);
            outcome = target->can_migrate;
            n_hosts = 0;
        }
        n_hosts += target->can_migrate == outcome ? n : 0;
    }
    if (fewest == NULL || fewest->len > MAX_TOGETHER)
        return FALSE;
    for (guint i = 0; i < plan->targets->len; i++) {
        const GuestTarget *target = &g_array_index(plan->targets, GuestTarget, i);

        if (target->can_migrate == outcome && n_deciding_hosts(planning, plan, target) > 0)
            g_array_append_val(plan->cured_groups, target->group);
    }
    say(planning, plan, fewest, n_hosts, n_hosts);
    return TRUE;
}

/* The groups that the change of CHECK alone opens. */
static void
find_cured_groups(const Planning *planning, GuestPlan *plan, const char *check)
{
    for (guint i = 0; i < plan->targets->len; i++) {
        const GuestTarget *target = &g_array_index(plan->targets, GuestTarget, i);
        g_autoptr(GPtrArray) changes = changes_of_target(planning, plan, target);

        if (changes->len == 1 && find_change(changes, check) != NULL &&
            n_deciding_hosts(planning, plan, target) > 0)
            g_array_append_val(plan->cured_groups, target->group);
    }
}

void
guest_holds_find(const Planning *planning, GuestPlan *plan)
{
    g_autoptr(GPtrArray) counted = g_ptr_array_new_with_free_func(change_free);

    for (guint i = 0; i < plan->targets->len; i++) {
        const GuestTarget *target = &g_array_index(plan->targets, GuestTarget, i);
        const guint n_hosts = n_deciding_hosts(planning, plan, target);
        g_autoptr(GPtrArray) changes = changes_of_target(planning, plan, target);

        for (guint j = 0; j < changes->len && n_hosts > 0; j++)
            count_change(counted, g_ptr_array_index(changes, j), n_hosts, changes->len == 1);
    }
    const Change *best = best_change(counted);
    if (best == NULL || (best->n_alone == 0 && hold_together(planning, plan)))
        return;
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    g_ptr_array_add(one, (gpointer)(guintptr)best);
    if (best->n_alone > 0)
        find_cured_groups(planning, plan, best->check);
    say(planning, plan, one, best->n_alone, best->n_all);
}
