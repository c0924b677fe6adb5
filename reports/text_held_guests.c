/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "text_held_guests.h"

#include "summary.h"
#include "text_layout.h"

#include <fleet/words.h>

/* More names than these are counted. */
#define SHOWN_NAMES_MAX 8
#define SHOWN_HOSTS_MAX 3

/* Guests that one thing holds. */
typedef struct {
    const GuestPlan *first;
    GPtrArray *names;  /* of char*, as name_with_host() */
    guint least, most; /* hosts that a cure opens, from guest to guest */
} HeldGuests;

static void
free_held_guests(gpointer data)
{
    g_ptr_array_unref(((HeldGuests *)data)->names);
    g_free(data);
}

/* "a on kvm1". Owned by the caller. */
static char *
name_with_host(const Guest *guest)
{
    return g_strdup_printf("%s on %s", guest->name,
                           guest->host != NULL ? guest->host : "an unknown host");
}

static void
add_held_guest(HeldGuests *held, const Guest *guest, const GuestPlan *plan)
{
    held->least =
        held->names->len == 0 ? plan->n_cured_hosts : MIN(held->least, plan->n_cured_hosts);
    held->most = MAX(held->most, plan->n_cured_hosts);
    g_ptr_array_add(held->names, name_with_host(guest));
}

/*
 * Those of GUESTS that are in STATE (of HeldGuests*), together where they share reason and remedy,
 * and what the plan file knows.
 */
static GPtrArray *
collect_held_guests(const Plan *plan, const GPtrArray *guests, GuestFreedom state)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(free_held_guests);
    g_autoptr(GHashTable) by_reason = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < guests->len; i++) {
        const GuestPlan *guest = guests->pdata[i];

        if (guest->freedom != state)
            continue;
        g_autofree char *key =
            g_strdup_printf("%s\n%s\n%d\n%p", guest->obstacle != NULL ? guest->obstacle : "",
                            guest->remedy != NULL ? guest->remedy : "", guest->is_freed_by_template,
                            (const void *)guest->known);
        HeldGuests *held = g_hash_table_lookup(by_reason, key);
        if (held == NULL) {
            held = g_new0(HeldGuests, 1);
            held->first = guest;
            held->names = g_ptr_array_new_with_free_func(g_free);
            g_ptr_array_add(all, held);
            g_hash_table_insert(by_reason, g_steal_pointer(&key), held);
        }
        add_held_guest(held, plan->fleet->guests->pdata[guest->guest], guest);
    }
    return all;
}

/* The hosts that the cure of what holds GUEST opens, in the order of their names (of guint32). */
static GArray *
find_opened_hosts(const Plan *plan, const GuestPlan *guest)
{
    GArray *hosts = g_array_new(FALSE, FALSE, sizeof(guint32));

    for (guint i = 0; i < guest->cured_groups->len; i++) {
        const HostGroup *group =
            plan->groups->pdata[g_array_index(guest->cured_groups, guint32, i)];

        for (guint j = 0; j < group->hosts->len; j++) {
            const guint32 host = g_array_index(group->hosts, guint32, j);

            if (host != guest->host)
                g_array_append_val(hosts, host);
        }
    }
    g_array_sort(hosts, fleet_compare_indexes);
    return hosts;
}

/* ": kvm1, kvm2" or ", such as kvm1, kvm2, kvm3"; owned by the caller. */
static char *
name_hosts(const Plan *plan, const GArray *hosts)
{
    GString *names = g_string_new(hosts->len > SHOWN_HOSTS_MAX ? ", such as " : ": ");

    for (guint i = 0; i < MIN(hosts->len, SHOWN_HOSTS_MAX); i++)
        g_string_append_printf(names, "%s%s", i == 0 ? "" : ", ",
                               fleet_host(plan->fleet, g_array_index(hosts, guint32, i))->name);
    return g_string_free(names, FALSE);
}

/*
 * "(opens 2 hosts: kvm1, kvm2)" or "(opens 2 to 3 hosts)"; empty where the cure opens none by
 * itself. Owned by the caller.
 */
static char *
opened_hosts(const Plan *plan, const HeldGuests *held)
{
    g_autofree char *most = summary_count(held->most, "host", "hosts");

    if (held->most == 0)
        return g_strdup("");
    if (held->names->len == 1 && held->first->cured_groups->len > 0) {
        g_autoptr(GArray) hosts = find_opened_hosts(plan, held->first);
        g_autofree char *names = name_hosts(plan, hosts);
        return g_strdup_printf(" (opens %s%s)", most, names);
    }
    if (held->least == held->most)
        return g_strdup_printf(" (opens %s%s)", most, held->names->len > 1 ? " to each" : "");
    return g_strdup_printf(" (opens %u to %s)", held->least, most);
}

/* " The plan file knows: WHY, until 2027-03-31."; empty where it does not. Owned by the caller. */
static char *
known_reason(const KnownStuckSettings *known)
{
    if (known == NULL)
        return g_strdup("");
    return known->until == NULL
               ? g_strdup_printf(" The plan file knows: %s.", known->why)
               : g_strdup_printf(" The plan file knows, until %s: %s.", known->until, known->why);
}

void
text_held_guests(const Plan *plan, const GPtrArray *guests, GuestFreedom freedom, guint max_reasons,
                 const ReportStyle *style, GString *out)
{
    TextList list = {.style = style, .out = out, .most = max_reasons};
    g_autoptr(GPtrArray) all = collect_held_guests(plan, guests, freedom);

    for (guint i = 0; i < all->len; i++) {
        const HeldGuests *held = all->pdata[i];
        const GuestPlan *first = held->first;
        g_autofree char *opened = opened_hosts(plan, held);
        g_autofree char *names = words_list(held->names, SHOWN_NAMES_MAX);
        g_autofree char *known = known_reason(first->known);

        text_list_item(
            &list, "%s: %s%s%s%s%s%s%s", names,
            first->obstacle != NULL         ? first->obstacle
            : freedom == GUEST_MAY_BE_STUCK ? "The pool's other hosts are not planned with."
                                            : "No other host takes it.",
            first->remedy != NULL ? " What to do: " : "",
            first->remedy != NULL ? first->remedy : "", opened, first->remedy != NULL ? "." : "",
            first->is_freed_by_template ? " A restart on the class's template is enough." : "",
            known);
    }
    text_list_end(&list, "guests.csv");
}

/* ---- guests that the plan file knows --------------------------------------------------------- */

/* Guests that have one thing in common. */
typedef struct {
    const GuestPlan *first;
    GPtrArray *names; /* of char*, as name_with_host() */
} GuestGroup;

static void
free_group(gpointer data)
{
    g_ptr_array_unref(((GuestGroup *)data)->names);
    g_free(data);
}

/* Adds GUEST to that one of GROUPS (of GuestGroup*) which BY_KEY has under KEY, or to a new one. */
static void
add_to_group(GPtrArray *groups, GHashTable *by_key, gconstpointer key, const Plan *plan,
             const GuestPlan *guest)
{
    GuestGroup *group = g_hash_table_lookup(by_key, key);

    if (group == NULL) {
        group = g_new0(GuestGroup, 1);
        group->first = guest;
        group->names = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(groups, group);
        g_hash_table_insert(by_key, (gpointer)(guintptr)key, group);
    }
    g_ptr_array_add(group->names, name_with_host(plan->fleet->guests->pdata[guest->guest]));
}

void
text_known_guests(const Plan *plan, guint max_entries, const ReportStyle *style, GString *out)
{
    TextList list = {.style = style, .out = out, .most = max_entries};
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(free_group);
    g_autoptr(GHashTable) by_entry = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < plan->guests->len; i++) {
        const GuestPlan *guest = plan->guests->pdata[i];

        if (guest_plan_is_known(guest))
            add_to_group(all, by_entry, guest->known, plan, guest);
    }
    for (guint i = 0; i < all->len; i++) {
        const GuestGroup *group = all->pdata[i];
        const KnownStuckSettings *known = group->first->known;
        g_autofree char *names = words_list(group->names, SHOWN_NAMES_MAX);

        text_list_item(&list, "%s: %s%s%s%s", names, known->why,
                       known->until != NULL ? " (until " : "",
                       known->until != NULL ? known->until : "", known->until != NULL ? ")" : "");
    }
    text_list_end(&list, "guests.csv");
}

/* ---- restarts ------------------------------------------------------------------------------- */

gboolean
text_guests_without_restart(const Plan *plan, guint max_reasons, const ReportStyle *style,
                            GString *out)
{
    TextList list = {.style = style, .out = out, .most = max_reasons};
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(free_group);
    g_autoptr(GHashTable) by_text = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < plan->guests->len; i++) {
        const GuestPlan *guest = plan->guests->pdata[i];
        const Blocker *blocker = guest_plan_restart_blocker(guest);

        if (blocker != NULL)
            add_to_group(all, by_text, blocker->text, plan, guest);
    }
    for (guint i = 0; i < all->len; i++) {
        const GuestGroup *group = all->pdata[i];
        const Blocker *blocker = guest_plan_restart_blocker(group->first);
        g_autofree char *names = words_list(group->names, SHOWN_NAMES_MAX);
        g_autofree char *reason = blocker_text_here(blocker);
        g_autofree char *remedy = blocker_remedy_here(blocker);

        text_list_item(&list,
                       "%s: %s What to do: start %s on a host that can, which virt-plan guests "
                       "names; or %s.",
                       names, reason, group->names->len == 1 ? "it" : "each", remedy);
    }
    text_list_end(&list, "findings.csv");
    return all->len > 0;
}
