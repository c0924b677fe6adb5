/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Each promised type is judged once for the whole class: it is lost when one member does not list
 * it. What a member lacks is put into words once for each profile, since most hosts share theirs.
 */
#include "contract_machines.h"

#define LISTED 8

typedef struct {
    const char *name;
    const char *user; /* the first guest that has it; NULL: none has */
    guint n_users;
    gboolean is_lost;
    gboolean is_counted_on;
} PromisedMachine;

struct ContractMachines {
    const Fleet *fleet;
    CpuArch arch;
    GArray *promised;      /* of PromisedMachine */
    gboolean is_none_left; /* no promised type is in common any more */
    GHashTable *breach_of; /* index of a profile + 1 -> char* */
};

static gboolean
profile_has(const ContractMachines *machines, guint32 profile, const char *name)
{
    return machine_profile_find(g_ptr_array_index(machines->fleet->machines, profile),
                                machines->arch, name) != NULL;
}

/* Could GUEST be one of POOL's? Of a guest without a known host nobody knows that it is not. */
static gboolean
is_of_pool(const Planning *planning, const PlanPool *pool, const Guest *guest)
{
    const guint32 host =
        guest->host != NULL ? fleet_find_host(planning->fleet, guest->host) : FLEET_NO_INDEX;

    return host == FLEET_NO_INDEX ||
           (planning->pool_of[host] != FLEET_NO_INDEX &&
            g_ptr_array_index(planning->plan->pools, planning->pool_of[host]) == pool);
}

static void
find_lost(ContractMachines *machines, const PlanClass *klass)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < klass->hosts->len; i++) {
        const Host *host = fleet_host(machines->fleet, g_array_index(klass->hosts, guint32, i));

        if (host->machines == FLEET_NO_INDEX ||
            !g_hash_table_add(seen, GUINT_TO_POINTER(host->machines + 1)))
            continue;
        for (guint k = 0; k < machines->promised->len; k++) {
            PromisedMachine *promised = &g_array_index(machines->promised, PromisedMachine, k);
            promised->is_lost =
                promised->is_lost || !profile_has(machines, host->machines, promised->name);
        }
    }
}

static void
find_users(ContractMachines *machines, const Planning *planning, const PlanPool *pool)
{
    g_autoptr(GHashTable) lost = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < machines->promised->len; i++) {
        PromisedMachine *promised = &g_array_index(machines->promised, PromisedMachine, i);
        if (promised->is_lost)
            g_hash_table_insert(lost, (gpointer)(guintptr)promised->name, promised);
    }
    for (guint i = 0; g_hash_table_size(lost) > 0 && i < machines->fleet->guests->len; i++) {
        const Guest *guest = g_ptr_array_index(machines->fleet->guests, i);
        PromisedMachine *promised =
            guest->machine != NULL ? g_hash_table_lookup(lost, guest->machine) : NULL;

        if (promised != NULL && is_of_pool(planning, pool, guest) && promised->n_users++ == 0)
            promised->user = guest->name;
    }
}

static void
find_counted_on(ContractMachines *machines, const GPtrArray *names)
{
    guint n_lost = 0;

    for (guint i = 0; i < machines->promised->len; i++) {
        PromisedMachine *promised = &g_array_index(machines->promised, PromisedMachine, i);

        n_lost += promised->is_lost ? 1 : 0;
        promised->is_counted_on =
            promised->is_lost &&
            (promised->n_users > 0 || machine_type_is_newest(names, promised->name));
    }
    machines->is_none_left = n_lost > 0 && n_lost == machines->promised->len;
}

ContractMachines *
contract_machines_new(const Planning *planning, const PlanPool *pool, const PlanClass *klass,
                      const PublishedTemplate *published)
{
    ContractMachines *machines = g_new0(ContractMachines, 1);

    machines->fleet = planning->fleet;
    machines->arch = klass->arch;
    machines->promised = g_array_new(FALSE, TRUE, sizeof(PromisedMachine));
    machines->breach_of = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    for (guint i = 0; i < published->machines->len; i++) {
        const PromisedMachine promised = {.name = g_ptr_array_index(published->machines, i)};
        g_array_append_val(machines->promised, promised);
    }
    find_lost(machines, klass);
    find_users(machines, planning, pool);
    find_counted_on(machines, published->machines);
    return machines;
}

void
contract_machines_free(ContractMachines *machines)
{
    if (machines == NULL)
        return;
    g_array_unref(machines->promised);
    g_hash_table_unref(machines->breach_of);
    g_free(machines);
}

/* Who counts on the N_MISSING types, which N_USERS guests have, such as USER. */
static void
append_users(GString *breach, guint n_missing, guint n_users, const char *user)
{
    const char *which = n_missing == 1 ? "it" : "one of them";

    if (n_users == 0)
        g_string_append(breach, n_missing == 1
                                    ? " No guest of the pool has it; new guests would, as the "
                                      "newest of its kind."
                                    : " No guest of the pool has one of them; new guests would, as "
                                      "the newest of their kinds.");
    else if (n_users == 1)
        g_string_append_printf(breach, " Guest %s has %s.", user, which);
    else
        g_string_append_printf(breach, " %u guests of the pool have %s, such as %s.", n_users,
                               which, user);
}

static char *
breach_new(const ContractMachines *machines, guint32 profile)
{
    g_autoptr(GString) breach = g_string_new(NULL);
    g_autoptr(GPtrArray) missing = g_ptr_array_new();
    const char *user = NULL;
    guint n_users = 0;
    gboolean has_all = TRUE;

    for (guint i = 0; i < machines->promised->len; i++) {
        const PromisedMachine *promised = &g_array_index(machines->promised, PromisedMachine, i);
        const gboolean is_missing =
            promised->is_lost && !profile_has(machines, profile, promised->name);

        has_all = has_all && !is_missing;
        if (!is_missing || !promised->is_counted_on)
            continue;
        g_ptr_array_add(missing, (gpointer)(guintptr)promised->name);
        n_users += promised->n_users;
        user = user != NULL ? user : promised->user;
    }
    if (missing->len > 0) {
        g_autofree char *list = words_list(missing, LISTED);
        g_string_append_printf(breach, "It lacks the machine type%s %s.",
                               words_plural(missing->len), list);
        append_users(breach, missing->len, n_users, user);
    }
    if (machines->is_none_left && !has_all)
        g_string_append_printf(breach,
                               "%sOf the promised machine types the class has none in "
                               "common any more.",
                               missing->len > 0 ? " " : "");
    return g_string_free(g_steal_pointer(&breach), FALSE);
}

const char *
contract_machines_breach(ContractMachines *machines, guint32 profile)
{
    gpointer key = GUINT_TO_POINTER(profile + 1);
    char *breach = g_hash_table_lookup(machines->breach_of, key);

    if (breach == NULL) {
        breach = breach_new(machines, profile);
        g_hash_table_insert(machines->breach_of, key, breach);
    }
    return breach;
}

void
contract_machines_add_lost(const ContractMachines *machines, GPtrArray *names)
{
    for (guint i = 0; i < machines->promised->len; i++) {
        const PromisedMachine *promised = &g_array_index(machines->promised, PromisedMachine, i);

        if (promised->is_lost && !promised->is_counted_on)
            g_ptr_array_add(names, g_strdup(promised->name));
    }
}
