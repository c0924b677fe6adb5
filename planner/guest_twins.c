/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One guest, told of by several hosts. libvirt lets a definition stay where a guest was migrated
 * away from, and pools with shared storage define their guests everywhere; that is worth a note for
 * each host. A guest that runs in two places is not: either its documents were fetched while it
 * migrated, or two copies write to the same disks.
 */
#include <string.h>

#include "planning.h"

#define MAX_NAMED 3 /* guests of a host that a note names */

/* The definitions of one UUID. */
typedef struct {
    guint n;
    guint n_running;
    const Guest *main;   /* one that runs, else the first */
    const Guest *second; /* another one that runs; NULL: none */
} Twins;

static void
add_definition(Twins *twins, const Guest *guest)
{
    twins->n++;
    if (guest->is_running && ++twins->n_running == 2)
        twins->second = guest;
    if (twins->main == NULL || (guest->is_running && !twins->main->is_running))
        twins->main = guest;
}

/* Guests are sorted by host and name, so what is found does not depend on the table. */
static GHashTable *
find_twins(const GPtrArray *guests)
{
    GHashTable *twins_of = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);

    for (guint i = 0; i < guests->len; i++) {
        const Guest *guest = g_ptr_array_index(guests, i);

        if (guest->uuid == NULL)
            continue;
        Twins *twins = g_hash_table_lookup(twins_of, guest->uuid);
        if (twins == NULL) {
            twins = g_new0(Twins, 1);
            g_hash_table_insert(twins_of, guest->uuid, twins);
        }
        add_definition(twins, guest);
    }
    return twins_of;
}

static const char *
host_of(const Guest *guest)
{
    return guest->host != NULL ? guest->host : "an unknown host";
}

static void
report_running(Planning *planning, const Twins *twins)
{
    const Guest *first = twins->main, *second = twins->second;

    planning_add_finding(
        planning, FINDING_WARNING, "guest-runs-twice", second->host,
        strcmp(first->name, second->name) == 0
            ? g_strdup_printf("guest %s (UUID %s) runs on %u hosts, such as %s and %s", first->name,
                              first->uuid, twins->n_running, host_of(first), host_of(second))
            : g_strdup_printf("guests %s of %s and %s of %s run with the same UUID %s", first->name,
                              host_of(first), second->name, host_of(second), first->uuid),
        "fetch both hosts' documents again; if it does run twice, shut one down before its disks "
        "are damaged, and if they are two guests, give one a UUID of its own");
}

/* Definitions on one host of guests that others have too. */
typedef struct {
    const char *host;
    GPtrArray *guests; /* of char*: "a (runs on kvm2)" */
} Copies;

static void
add_copy(Copies *copies, const Guest *guest, const Guest *main)
{
    g_ptr_array_add(copies->guests,
                    g_strdup_printf("%s (%s on %s)", guest->name,
                                    main->is_running ? "runs" : "also defined", host_of(main)));
}

static void
report_copies(Planning *planning, Copies *copies)
{
    const guint n = copies->guests->len;

    if (n == 0)
        return;
    g_autofree char *named = words_list(copies->guests, MAX_NAMED);
    planning_add_finding(
        planning, FINDING_NOTE, "guest-defined-twice", copies->host,
        g_strdup_printf("%u guest%s defined here %s another host's too: %s", n, words_plural(n),
                        n == 1 ? "is" : "are", named),
        "undefine what was left behind by a migration; each definition is planned by itself");
    g_ptr_array_set_size(copies->guests, 0);
}

void
planning_find_guest_twins(Planning *planning)
{
    const GPtrArray *guests = planning->fleet->guests;
    g_autoptr(GHashTable) twins_of = find_twins(guests);
    g_autoptr(GPtrArray) copied = g_ptr_array_new_with_free_func(g_free);
    Copies copies = {.guests = copied};

    for (guint i = 0; i < guests->len; i++) {
        const Guest *guest = g_ptr_array_index(guests, i);
        const Twins *twins =
            guest->uuid != NULL ? g_hash_table_lookup(twins_of, guest->uuid) : NULL;

        if (g_strcmp0(copies.host, guest->host) != 0) {
            report_copies(planning, &copies);
            copies.host = guest->host;
        }
        if (twins == NULL || twins->n < 2)
            continue;
        if (guest == twins->second)
            report_running(planning, twins);
        if (guest != twins->main && !guest->is_running)
            add_copy(&copies, guest, twins->main);
    }
    report_copies(planning, &copies);
}
