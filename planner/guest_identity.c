/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest_identity.h"

#include <string.h>

struct GuestIdentities {
    GHashTable *contested; /* a set of char*, borrowed: the names and UUIDs */
    GHashTable *of_hosts;  /* char*, borrowed -> GPtrArray of const Guest* */
};

/* Is VALUE another one than KEY had before? */
static gboolean
is_another(GHashTable *seen, const char *key, const char *value)
{
    const char *first = g_hash_table_lookup(seen, key);

    if (first == NULL)
        g_hash_table_insert(seen, (gpointer)(guintptr)key, (gpointer)(guintptr)value);
    return first != NULL && strcmp(first, value) != 0;
}

/* The names that have several UUIDs, and the UUIDs that have several names (borrowed). */
static GHashTable *
find_contested(const GPtrArray *guests)
{
    g_autoptr(GHashTable) uuid_of = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) name_of = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTable *contested = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < guests->len; i++) {
        const Guest *guest = g_ptr_array_index(guests, i);

        if (guest->uuid == NULL)
            continue;
        if (is_another(uuid_of, guest->name, guest->uuid))
            g_hash_table_add(contested, guest->name);
        if (is_another(name_of, guest->uuid, guest->name))
            g_hash_table_add(contested, guest->uuid);
    }
    return contested;
}

gboolean
guest_identities_is_contested(const GuestIdentities *identities, const Guest *guest)
{
    return guest->uuid != NULL && (g_hash_table_contains(identities->contested, guest->name) ||
                                   g_hash_table_contains(identities->contested, guest->uuid));
}

GuestIdentities *
guest_identities_new(const Fleet *fleet)
{
    GuestIdentities *identities = g_new0(GuestIdentities, 1);

    identities->contested = find_contested(fleet->guests);
    identities->of_hosts =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
    for (guint i = 0; i < fleet->guests->len; i++) {
        Guest *guest = g_ptr_array_index(fleet->guests, i);

        if (guest->host == NULL || !guest_identities_is_contested(identities, guest))
            continue;
        GPtrArray *guests = g_hash_table_lookup(identities->of_hosts, guest->host);
        if (guests == NULL) {
            guests = g_ptr_array_new();
            g_hash_table_insert(identities->of_hosts, guest->host, guests);
        }
        g_ptr_array_add(guests, guest);
    }
    return identities;
}

void
guest_identities_free(GuestIdentities *identities)
{
    if (identities == NULL)
        return;
    g_hash_table_unref(identities->contested);
    g_hash_table_unref(identities->of_hosts);
    g_free(identities);
}

guint
guest_identities_n_hosts(const GuestIdentities *identities)
{
    return g_hash_table_size(identities->of_hosts);
}

const GPtrArray *
guest_identities_of_host(const GuestIdentities *identities, const char *host)
{
    return g_hash_table_lookup(identities->of_hosts, host);
}

const Guest *
guest_identity_rival(const GPtrArray *guests, const Guest *guest)
{
    for (guint i = 0; guests != NULL && guest->uuid != NULL && i < guests->len; i++) {
        const Guest *other = g_ptr_array_index(guests, i);

        if ((strcmp(other->name, guest->name) == 0) != (strcmp(other->uuid, guest->uuid) == 0))
            return other;
    }
    return NULL;
}
