/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Guests whose trouble the plan file knows. An entry counts until its last day is over, by the time
 * of the run, so a plan of an earlier run is what it was then. One that has no use any more is
 * told: it would hide the next trouble of its guests.
 */
#include <fleet/name_matcher.h>

#include "planning.h"

#define MAX_NAMED 3 /* globs of an entry that a finding names */

/* An entry of the plan file, and what it met. */
typedef struct {
    const KnownStuckSettings *settings;
    NameMatcher *guests;
    NameMatcher *hosts; /* NULL: any host, and none */
    gboolean is_past;
    guint n_guests;     /* that no entry before it names, unless that is past */
    guint n_in_trouble; /* of them: stuck, or may be */
} Entry;

static void
clear_entry(gpointer data)
{
    Entry *entry = data;

    name_matcher_free(entry->guests);
    g_clear_pointer(&entry->hosts, name_matcher_free);
}

static GArray *
make_entries(const Planning *planning)
{
    const GPtrArray *all = planning->settings->known_stuck;
    GArray *entries = g_array_new(FALSE, FALSE, sizeof(Entry));

    g_array_set_clear_func(entries, clear_entry);
    for (guint i = 0; i < all->len; i++) {
        const KnownStuckSettings *settings = g_ptr_array_index(all, i);
        const Entry entry = {
            .settings = settings,
            .guests = name_matcher_new(settings->guests),
            .hosts = settings->hosts->len > 0 ? name_matcher_new(settings->hosts) : NULL,
            .is_past = settings->until_s != 0 && planning->fleet->run_at >= settings->until_s};

        g_array_append_val(entries, entry);
    }
    return entries;
}

static gboolean
names(const Entry *entry, const Guest *guest)
{
    return guest->name != NULL && name_matcher_matches(entry->guests, guest->name) &&
           (entry->hosts == NULL ||
            (guest->host != NULL && name_matcher_matches(entry->hosts, guest->host)));
}

static void
recall(const Planning *planning, GuestPlan *plan, GArray *entries)
{
    const Guest *guest = g_ptr_array_index(planning->fleet->guests, plan->guest);

    for (guint i = 0; i < entries->len && plan->known == NULL; i++) {
        Entry *entry = &g_array_index(entries, Entry, i);

        if (!names(entry, guest))
            continue;
        entry->n_guests++;
        entry->n_in_trouble += plan->freedom >= GUEST_MAY_BE_STUCK;
        if (!entry->is_past)
            plan->known = entry->settings;
    }
}

static void
report_entry(Planning *planning, const Entry *entry)
{
    const KnownStuckSettings *settings = entry->settings;
    g_autofree char *guests = words_list(settings->guests, MAX_NAMED);

    if (entry->is_past && entry->n_in_trouble > 0)
        planning_add_finding(
            planning, FINDING_WARNING, "known-stuck-past", NULL,
            g_strdup_printf("known_stuck of the plan file counted for %s until %s (%s), and %u "
                            "guest%s of them %s stuck, or may be",
                            guests, settings->until, settings->why, entry->n_in_trouble,
                            words_plural(entry->n_in_trouble),
                            entry->n_in_trouble == 1 ? "is" : "are"),
            "cure what holds them, or give the entry a later day");
    else if (entry->n_guests == 0)
        planning_add_finding(
            planning, FINDING_WARNING, "known-stuck-idle", NULL,
            g_strdup_printf("known_stuck of the plan file names %s, and no guest is called so "
                            "where it looks",
                            guests),
            "correct the names, or remove the entry");
    else if (entry->is_past || (entry->n_in_trouble == 0 && settings->has_failover))
        planning_add_finding(
            planning, FINDING_WARNING, "known-stuck-idle", NULL,
            g_strdup_printf("known_stuck of the plan file names %s (%s), and none of them is "
                            "stuck",
                            guests, settings->why),
            "remove the entry: it would hide what becomes of them later");
}

void
planning_recall_known_stuck(Planning *planning)
{
    g_autoptr(GArray) entries = make_entries(planning);
    const GPtrArray *guests = planning->plan->guests;

    for (guint i = 0; i < guests->len && entries->len > 0; i++)
        recall(planning, g_ptr_array_index(guests, i), entries);
    for (guint i = 0; i < entries->len; i++)
        report_entry(planning, &g_array_index(entries, Entry, i));
}
