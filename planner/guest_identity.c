/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A text of identities is a line for each guest, name and UUID with a separator between. Both
 * separators are control characters, which no XML can have, so that no name holds one.
 */
#include "guest_identity.h"

#include <string.h>

#define RECORD "\x1e"
#define FIELD "\x1f"

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

GHashTable *
guest_identities_contested(const Fleet *fleet)
{
    g_autoptr(GHashTable) contested = find_contested(fleet->guests);
    g_autoptr(GString) text = g_string_new(NULL);
    GHashTable *of_hosts = g_hash_table_new(g_str_hash, g_str_equal);

    if (g_hash_table_size(contested) == 0)
        return of_hosts;
    /* they are sorted by their hosts */
    for (guint i = 0; i < fleet->guests->len; i++) {
        const Guest *guest = g_ptr_array_index(fleet->guests, i);
        const Guest *next =
            i + 1 < fleet->guests->len ? g_ptr_array_index(fleet->guests, i + 1) : NULL;

        if (guest->uuid != NULL && (g_hash_table_contains(contested, guest->name) ||
                                    g_hash_table_contains(contested, guest->uuid)))
            g_string_append_printf(text, "%s" FIELD "%s" RECORD, guest->name, guest->uuid);
        if (next != NULL && g_strcmp0(next->host, guest->host) == 0)
            continue;
        if (guest->host != NULL && text->len > 0)
            g_hash_table_insert(of_hosts, guest->host,
                                (gpointer)(guintptr)g_intern_string(text->str));
        g_string_truncate(text, 0);
    }
    return of_hosts;
}

/* Does TEXT begin with WORD, and then with the separator END? */
static gboolean
is_field(const char *text, const char *word, const char *end)
{
    const gsize length = strlen(word);

    return strncmp(text, word, length) == 0 && text[length] == *end;
}

char *
guest_identity_rival(const char *identities, const Guest *guest)
{
    for (const char *at = identities; at != NULL && guest->uuid != NULL && *at != '\0';
         at = strchr(at, *RECORD) + 1) {
        const char *uuid = strchr(at, *FIELD) + 1;

        if (is_field(at, guest->name, FIELD) != is_field(uuid, guest->uuid, RECORD))
            return g_strdup_printf("%.*s (UUID %.*s)", (int)(uuid - 1 - at), at,
                                   (int)(strchr(uuid, *RECORD) - uuid), uuid);
    }
    return NULL;
}

gboolean
guest_identity_is_among(const char *identities, const Guest *guest)
{
    for (const char *at = identities; at != NULL && guest->uuid != NULL && *at != '\0';
         at = strchr(at, *RECORD) + 1)
        if (is_field(at, guest->name, FIELD) ||
            is_field(strchr(at, *FIELD) + 1, guest->uuid, RECORD))
            return TRUE;
    return FALSE;
}
