/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "drift_gone.h"

typedef struct {
    guint n, n_missing;
    const char *missing; /* the first that no host has now */
} GoneGuests;

/* The keys of the guests that hosts of FLEET have. */
static GHashTable *
placed_guests(const Fleet *fleet)
{
    GHashTable *placed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < fleet->guests->len; i++) {
        const Guest *guest = g_ptr_array_index(fleet->guests, i);

        if (guest->host != NULL && fleet_find_host(fleet, guest->host) != FLEET_NO_INDEX)
            g_hash_table_add(placed, fleet_guest_key(guest));
    }
    return placed;
}

GHashTable *
gone_guests_find(const Drift *drift, const GArray *gone)
{
    const Fleet *before = drift->before->fleet;
    GHashTable *of_hosts = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    g_autoptr(GHashTable) placed = gone->len > 0 ? placed_guests(drift->now->fleet) : NULL;

    for (guint i = 0; i < gone->len; i++)
        g_hash_table_insert(of_hosts, fleet_host(before, g_array_index(gone, guint32, i))->name,
                            g_new0(GoneGuests, 1));
    for (guint i = 0; gone->len > 0 && i < before->guests->len; i++) {
        const Guest *guest = g_ptr_array_index(before->guests, i);
        GoneGuests *guests =
            guest->host != NULL ? g_hash_table_lookup(of_hosts, guest->host) : NULL;

        if (guests == NULL)
            continue;
        g_autofree char *key = fleet_guest_key(guest);
        guests->n++;
        if (!g_hash_table_contains(placed, key) && guests->n_missing++ == 0)
            guests->missing = guest->name;
    }
    return of_hosts;
}

char *
gone_guests_text(GHashTable *gone_guests, const char *host)
{
    const GoneGuests *guests = g_hash_table_lookup(gone_guests, host);

    if (guests == NULL || guests->n == 0)
        return g_strdup("");
    if (guests->n_missing == 0)
        return guests->n == 1
                   ? g_strdup(" Its only guest is on another host now.")
                   : g_strdup_printf(" Its %u guests are on other hosts now.", guests->n);
    if (guests->n_missing > 1)
        return g_strdup_printf(" Of its %u guests %u are on no host now, such as %s.", guests->n,
                               guests->n_missing, guests->missing);
    return guests->n == 1
               ? g_strdup_printf(" Its only guest %s is on no host now.", guests->missing)
               : g_strdup_printf(" Of its %u guests %s is on no host now.", guests->n,
                                 guests->missing);
}
