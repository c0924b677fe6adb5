/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest_claims.h"

#include <cpumodel/text_list.h>
#include <string.h>

/* A claim as text is ";KIND:NUMBER", and in those of a host this and how it is taken. */
#define TAKEN '+'
#define TAKEN_WHEN_RUN '-'

struct GuestClaims {
    GHashTable *contested; /* a set of char*: claims as text */
    GHashTable *of_hosts;  /* char*, borrowed -> const char*, interned */
    GHashTable *answers;   /* a set of const char*: the values of of_hosts */
};

static const GuestClaim *
claim_at(const Guest *guest, guint i)
{
    return &g_array_index(guest->claims, GuestClaim, i);
}

static char *
claim_text(const GuestClaim *claim)
{
    return g_strdup_printf(";%d:%u", (int)claim->kind, claim->number);
}

/* A definition that was left behind on another host is the guest's own. */
static gboolean
is_same_guest(const Guest *a, const Guest *b)
{
    return strcmp(a->name, b->name) == 0 && g_strcmp0(a->uuid, b->uuid) == 0;
}

/* Claim as text -> the first guest that fixes it (borrowed). */
static GHashTable *
find_fixed(const GPtrArray *guests)
{
    GHashTable *fixed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < guests->len; i++) {
        Guest *guest = g_ptr_array_index(guests, i);

        for (guint k = 0; k < guest->claims->len; k++) {
            g_autofree char *text = claim_text(claim_at(guest, k));

            if (claim_at(guest, k)->is_fixed && !g_hash_table_contains(fixed, text))
                g_hash_table_insert(fixed, g_steal_pointer(&text), guest);
        }
    }
    return fixed;
}

static GHashTable *
find_contested(const GPtrArray *guests)
{
    g_autoptr(GHashTable) fixed = find_fixed(guests);
    GHashTable *contested = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < guests->len; i++) {
        const Guest *guest = g_ptr_array_index(guests, i);

        for (guint k = 0; k < guest->claims->len; k++) {
            g_autofree char *text = claim_text(claim_at(guest, k));
            const Guest *first = g_hash_table_lookup(fixed, text);

            if (first != NULL && !is_same_guest(first, guest))
                g_hash_table_add(contested, g_steal_pointer(&text));
        }
    }
    return contested;
}

/* What the N guests from the one at FIRST on have of what is contested: interned; NULL: nothing. */
static const char *
claims_of_guests(const GuestClaims *claims, const GPtrArray *guests, guint first, guint n)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) all = g_string_new(NULL);

    for (guint i = first; i < first + n; i++) {
        const Guest *guest = g_ptr_array_index(guests, i);

        for (guint k = 0; k < guest->claims->len; k++) {
            g_autofree char *text = claim_text(claim_at(guest, k));

            if (g_hash_table_contains(claims->contested, text))
                g_ptr_array_add(texts, g_strdup_printf("%s%c", text,
                                                       guest->is_running ? TAKEN : TAKEN_WHEN_RUN));
        }
    }
    text_list_sort(texts);
    for (guint i = 0; i < texts->len; i++)
        if (i == 0 || strcmp(texts->pdata[i], texts->pdata[i - 1]) != 0)
            g_string_append(all, texts->pdata[i]);
    return all->len > 0 ? g_intern_string(all->str) : NULL;
}

GuestClaims *
guest_claims_new(const Fleet *fleet)
{
    GuestClaims *claims = g_new0(GuestClaims, 1);
    const GPtrArray *guests = fleet->guests;

    claims->contested = find_contested(guests);
    claims->of_hosts = g_hash_table_new(g_str_hash, g_str_equal);
    claims->answers = g_hash_table_new(NULL, NULL);
    if (g_hash_table_size(claims->contested) == 0)
        return claims;
    /* guests are in the order of their hosts */
    for (guint first = 0, n; first < guests->len; first += n) {
        const Guest *guest = g_ptr_array_index(guests, first);

        for (n = 1; first + n < guests->len; n++)
            if (g_strcmp0(((const Guest *)guests->pdata[first + n])->host, guest->host) != 0)
                break;
        const char *answer =
            guest->host != NULL ? claims_of_guests(claims, guests, first, n) : NULL;
        if (answer == NULL)
            continue;
        g_hash_table_insert(claims->of_hosts, guest->host, (gpointer)(guintptr)answer);
        g_hash_table_add(claims->answers, (gpointer)(guintptr)answer);
    }
    return claims;
}

void
guest_claims_free(GuestClaims *claims)
{
    if (claims == NULL)
        return;
    g_hash_table_unref(claims->contested);
    g_hash_table_unref(claims->of_hosts);
    g_hash_table_unref(claims->answers);
    g_free(claims);
}

guint
guest_claims_n_answers(const GuestClaims *claims)
{
    return g_hash_table_size(claims->answers);
}

const char *
guest_claims_of_host(const GuestClaims *claims, const char *host)
{
    return g_hash_table_lookup(claims->of_hosts, host);
}

static gboolean
is_taken(const char *claims_of_host, const char *text, char how)
{
    g_autofree char *taken = g_strdup_printf("%s%c", text, how);

    return strstr(claims_of_host, taken) != NULL;
}

ClaimState
guest_claim_state(const char *claims_of_host, const GuestClaim *claim)
{
    g_autofree char *text = claim_text(claim);

    if (claims_of_host == NULL)
        return CLAIM_FREE;
    if (is_taken(claims_of_host, text, TAKEN))
        return CLAIM_TAKEN;
    return is_taken(claims_of_host, text, TAKEN_WHEN_RUN) ? CLAIM_TAKEN_WHEN_RUN : CLAIM_FREE;
}

void
guest_claims_append(const GuestClaims *claims, const Guest *guest, GString *key)
{
    for (guint i = 0; i < guest->claims->len; i++) {
        g_autofree char *text = claim_text(claim_at(guest, i));

        if (claim_at(guest, i)->is_fixed && g_hash_table_contains(claims->contested, text))
            g_string_append_printf(key, "claim %s\n", text);
    }
}
