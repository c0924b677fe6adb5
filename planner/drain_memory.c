/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Kinds of memory are numbered: 0 is ordinary memory, and 1 and more are places in the list of
 * sizes, plus one. Of guests two more are known: those that take pages of whatever size is their
 * host's default, which is told where the host has reserved pages of one size only, and those of
 * which it is not known how much is in which pages.
 */
#include "drain_memory.h"

#define KIND_ORDINARY 0
#define KIND_DEFAULT_PAGES (G_MAXUINT8 - 1)
#define KIND_UNKNOWN G_MAXUINT8
#define MAX_SIZES 16 /* more than any processor has */

/* The kind of pages of SIZE_KIB; KIND_UNKNOWN when no host has reserved any. */
static guint8
kind_of_size(const DrainMemory *memory, guint64 size_kib)
{
    for (guint i = 0; i < memory->sizes_kib->len; i++)
        if (g_array_index(memory->sizes_kib, guint64, i) == size_kib)
            return (guint8)(i + 1);
    return KIND_UNKNOWN;
}

static void
find_sizes(DrainMemory *memory, const Fleet *fleet, const PlanPool *pool)
{
    for (guint i = 0; i < pool->hosts->len; i++) {
        const guint32 host = g_array_index(pool->hosts, guint32, i);
        guint64 size_kib, kib;

        for (const char *at = fleet_host(fleet, host)->huge_pages;
             host_next_huge_pages(&at, &size_kib, &kib);)
            if (kib > 0 && memory->sizes_kib->len < MAX_SIZES &&
                kind_of_size(memory, size_kib) == KIND_UNKNOWN)
                g_array_append_val(memory->sizes_kib, size_kib);
    }
}

static void
measure_host(DrainMemory *memory, const Host *host, guint32 index)
{
    guint64 size_kib, kib, reserved_kib = 0;

    for (const char *at = host->huge_pages; host_next_huge_pages(&at, &size_kib, &kib);) {
        const guint8 kind = kind_of_size(memory, size_kib);

        if (kib == 0 || kind == KIND_UNKNOWN)
            continue;
        memory->free_kib[kind * memory->n_hosts + index] = (gint64)kib;
        memory->last_kind[index] = kind;
        memory->n_sizes[index]++;
        reserved_kib = MIN(host->memory_kib, reserved_kib + MIN(kib, host->memory_kib));
    }
    memory->free_kib[index] = (gint64)(host->memory_kib - reserved_kib);
}

static guint8
kind_of_guest(const DrainMemory *memory, const Guest *guest)
{
    guint8 kind = KIND_ORDINARY;

    for (guint i = 0; i < guest->traits->len; i++) {
        const GuestTrait *trait = &g_array_index(guest->traits, GuestTrait, i);

        if (trait->kind != GUEST_TRAIT_HUGEPAGES)
            continue;
        if (kind != KIND_ORDINARY)
            return KIND_UNKNOWN;
        const guint64 size_kib = guest_trait_page_size_kib(trait);
        kind = size_kib == 0 ? KIND_DEFAULT_PAGES : kind_of_size(memory, size_kib);
    }
    return kind;
}

DrainMemory *
drain_memory_new(const Planning *planning, const PlanPool *pool)
{
    DrainMemory *memory = g_new0(DrainMemory, 1);
    const Plan *plan = planning->plan;

    memory->n_hosts = planning->fleet->hosts->len;
    memory->sizes_kib = g_array_new(FALSE, FALSE, sizeof(guint64));
    find_sizes(memory, planning->fleet, pool);
    const guint n_kinds = memory->sizes_kib->len + 1;
    memory->n_sizes = g_new0(guint8, memory->n_hosts + 1);
    memory->last_kind = g_new0(guint8, memory->n_hosts + 1);
    memory->kind_of_guest = g_new0(guint8, plan->guests->len + 1);
    memory->free_kib = g_new0(gint64, (gsize)memory->n_hosts * n_kinds + 1);
    memory->group_of = g_new0(guint32, (gsize)memory->n_hosts * n_kinds + 1);
    for (guint i = 0; i < memory->n_hosts; i++) {
        measure_host(memory, fleet_host(planning->fleet, i), i);
        for (guint kind = 0; kind < n_kinds; kind++)
            memory->group_of[kind * memory->n_hosts + i] =
                g_array_index(plan->group_of, guint32, i) + kind * plan->groups->len;
    }
    for (guint i = 0; i < plan->guests->len; i++) {
        const GuestPlan *guest = g_ptr_array_index(plan->guests, i);

        if (plan_pool_of_guest(plan, guest) == pool)
            memory->kind_of_guest[i] =
                kind_of_guest(memory, g_ptr_array_index(planning->fleet->guests, guest->guest));
    }
    return memory;
}

void
drain_memory_free(DrainMemory *memory)
{
    g_array_unref(memory->sizes_kib);
    g_free(memory->kind_of_guest);
    g_free(memory->n_sizes);
    g_free(memory->last_kind);
    g_free(memory->free_kib);
    g_free(memory->group_of);
    g_free(memory);
}

guint32
drain_memory_bin(const DrainMemory *memory, const Planning *planning, guint32 guest, guint32 host)
{
    const Host *of_fleet = fleet_host(planning->fleet, host);
    guint8 kind = memory->kind_of_guest[guest];

    if (of_fleet->memory_kib == 0)
        return FLEET_NO_INDEX;
    if (kind == KIND_ORDINARY)
        return host;
    if (kind == KIND_DEFAULT_PAGES)
        kind = memory->n_sizes[host] == 1 ? memory->last_kind[host] : KIND_UNKNOWN;
    if (kind == KIND_UNKNOWN || of_fleet->huge_pages == NULL)
        return FLEET_NO_INDEX;
    return kind * memory->n_hosts + host;
}

guint32
drain_memory_host(const DrainMemory *memory, guint32 bin)
{
    return bin % memory->n_hosts;
}

gboolean
drain_memory_is_pages(const DrainMemory *memory, guint32 bin)
{
    return bin >= memory->n_hosts;
}

void
drain_memory_take(DrainMemory *memory, const Planning *planning, guint32 guest, guint32 host,
                  guint64 kib)
{
    const guint32 bin = drain_memory_bin(memory, planning, guest, host);

    if (bin != FLEET_NO_INDEX) {
        memory->free_kib[bin] -= (gint64)kib;
        return;
    }
    if (memory->n_sizes[host] == 0)
        memory->free_kib[host] -= (gint64)kib;
    for (guint kind = 1; kind <= memory->sizes_kib->len && memory->n_sizes[host] > 0; kind++)
        memory->free_kib[kind * memory->n_hosts + host] -= (gint64)kib;
}

gint64
drain_memory_free_kib(const DrainMemory *memory, guint32 host)
{
    gint64 free_kib = 0;

    for (guint kind = 0; kind <= memory->sizes_kib->len; kind++)
        free_kib += memory->free_kib[kind * memory->n_hosts + host];
    return free_kib;
}
