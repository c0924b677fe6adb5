/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hosts point to their HostCpu, and each of those is looked up once, so sets are hashed and
 * compared for each distinct CPU, not for each host.
 */
#include "signatures.h"

#include <string.h>

static void
signature_free(gpointer data)
{
    Signature *signature = data;

    g_free(signature->key);
    g_array_unref(signature->hosts);
    g_ptr_array_unref(signature->cpus);
    g_free(signature);
}

static guint
signature_hash(gconstpointer data)
{
    const Signature *signature = data;
    guint64 hash = g_str_hash(signature->key);

    for (guint i = 0; i < CPU_SET_WORDS; i++)
        hash = (hash ^ signature->set.words[i]) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    return (guint)(hash >> 32);
}

static gboolean
signature_equal(gconstpointer a, gconstpointer b)
{
    const Signature *left = a, *right = b;

    return cpu_set_equal(&left->set, &right->set) && strcmp(left->key, right->key) == 0;
}

static gint
compare_signatures(gconstpointer a, gconstpointer b)
{
    const Signature *left = *(const Signature *const *)a, *right = *(const Signature *const *)b;
    const gint order = strcmp(left->key, right->key);

    return order != 0 ? order : memcmp(&left->set, &right->set, sizeof(CpuSet));
}

/* The signature of CPU in the pool: found in SEEN, or made and added to it and to SIGNATURES. */
static Signature *
signature_of_cpu(const Planning *planning, const PoolSettings *settings, const HostCpu *cpu,
                 GHashTable *seen, GPtrArray *signatures)
{
    const Universe *universe = planning->universes[cpu->family];
    const CpuSet disabled = universe_closure(universe, settings->disabled);
    Signature wanted = {.key = host_cpu_class_key(cpu, settings->vendor_rule), .set = cpu->set};

    cpu_set_subtract(&wanted.set, &disabled);
    Signature *signature = g_hash_table_lookup(seen, &wanted);
    if (signature == NULL) {
        signature = g_memdup2(&wanted, sizeof(wanted));
        signature->key = g_strdup(wanted.key);
        signature->hosts = g_array_new(FALSE, FALSE, sizeof(guint32));
        signature->cpus = g_ptr_array_new();
        signature->value = universe_weight(universe, &signature->set);
        g_hash_table_add(seen, signature);
        g_ptr_array_add(signatures, signature);
    }
    g_ptr_array_add(signature->cpus, (gpointer)(guintptr)cpu);
    g_free(wanted.key);
    return signature;
}

static gboolean
all_tell_cpus(const Planning *planning, const PlanPool *pool)
{
    for (guint i = 0; i < pool->hosts->len; i++)
        if (fleet_host(planning->fleet, g_array_index(pool->hosts, guint32, i))->n_cpus == 0)
            return FALSE;
    return TRUE;
}

GPtrArray *
signatures_of_pool(const Planning *planning, const PlanPool *pool)
{
    GPtrArray *signatures = g_ptr_array_new_with_free_func(signature_free);
    g_autoptr(GHashTable) seen = g_hash_table_new(signature_hash, signature_equal);
    g_autofree Signature **of_cpu = g_new0(Signature *, planning->cpus->len + 1);
    const gboolean is_weighed = all_tell_cpus(planning, pool);

    for (guint i = 0; i < pool->hosts->len; i++) {
        const guint32 host = g_array_index(pool->hosts, guint32, i);
        Signature **signature = &of_cpu[planning->cpu_of[host]];

        if (*signature == NULL)
            *signature = signature_of_cpu(planning, pool->settings,
                                          planning_host_cpu(planning, host), seen, signatures);
        g_array_append_val((*signature)->hosts, host);
        (*signature)->weight += is_weighed ? fleet_host(planning->fleet, host)->n_cpus : 1;
    }
    g_ptr_array_sort(signatures, compare_signatures);
    return signatures;
}

ClassDraft *
class_draft_new(void)
{
    ClassDraft *draft = g_new0(ClassDraft, 1);

    draft->signatures = g_ptr_array_new();
    return draft;
}

void
class_draft_free(ClassDraft *draft)
{
    g_ptr_array_unref(draft->signatures);
    g_free(draft);
}

void
class_draft_add(ClassDraft *draft, const Signature *signature)
{
    g_ptr_array_add(draft->signatures, (gpointer)(guintptr)signature);
}
