/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Capacity is told of memory, which no guest goes without. CPUs are shared; how many vCPUs there
 * are for each is told, and how many are too many is the site's to say.
 */
#include "capacity.h"

#define KIB_PER_MIB 1024

static gint
compare_sizes(gconstpointer a, gconstpointer b)
{
    const guint64 left = *(const guint64 *)a, right = *(const guint64 *)b;

    return (left > right) - (left < right);
}

/* The middle one by memory of the pool's running guests in ordinary memory. */
static guint64
middle_guest_kib(const DrainState *state)
{
    g_autoptr(GArray) sizes = g_array_new(FALSE, FALSE, sizeof(guint64));
    const GArray *hosts = state->pool->hosts;

    for (guint i = 0; i < hosts->len; i++) {
        const guint32 host = g_array_index(hosts, guint32, i);
        const GArray *guests = state->guests_of[host];

        for (guint j = 0; guests != NULL && j < guests->len; j++) {
            const guint32 guest = g_array_index(guests, guint32, j);
            const guint64 kib = drain_needed_kib(state, guest);

            if (kib > 0 && drain_memory_bin(state->memory, state->planning, guest, host) == host)
                g_array_append_val(sizes, kib);
        }
    }
    if (sizes->len == 0)
        return 0;
    g_array_sort(sizes, compare_sizes);
    return g_array_index(sizes, guint64, sizes->len / 2);
}

guint64
capacity_guest_kib(const DrainState *state)
{
    const guint told_mib = state->pool->settings->guest_memory_mib;

    return told_mib > 0 ? (guint64)told_mib * KIB_PER_MIB : middle_guest_kib(state);
}

static void
add_host(const DrainState *state, guint32 index, Capacity *capacity)
{
    const Host *host = fleet_host(state->planning->fleet, index);
    const gint64 free_kib = host->memory_kib > 0 ? MAX(state->memory->free_kib[index], 0) : 0;
    const GArray *guests = state->guests_of[index];

    capacity->n_hosts++;
    capacity->n_untold_hosts += host->memory_kib == 0;
    capacity->memory_kib += host->memory_kib;
    capacity->used_kib += state->used_kib[index];
    capacity->free_kib += (guint64)free_kib;
    capacity->largest_kib = MAX(capacity->largest_kib, (guint64)free_kib);
    capacity->n_cpus += host->n_cpus;
    for (guint i = 0; guests != NULL && i < guests->len; i++) {
        const guint32 guest = g_array_index(guests, guint32, i);
        const GuestPlan *plan = g_ptr_array_index(state->planning->plan->guests, guest);

        if (!drain_must_migrate(state, guest))
            continue; /* it is shut off */
        capacity->n_guests++;
        capacity->n_vcpus +=
            ((const Guest *)g_ptr_array_index(state->planning->fleet->guests, plan->guest))
                ->n_vcpus;
    }
}

static void
add_room(const PlanPool *pool, const Room *room, guint class_index, Capacity *capacity)
{
    const gboolean has_failover =
        pool->settings->failover_hosts == 0 || pool->maintenance.failover == VERDICT_YES;

    capacity->n_more = room != NULL ? room_of_class(room, class_index) : CAPACITY_UNKNOWN;
    capacity->n_more_failover = room != NULL && has_failover
                                    ? room_of_class_in_failure(room, class_index)
                                    : CAPACITY_UNKNOWN;
}

/* SUM is CAPACITY_UNKNOWN, or becomes so, where a part is. */
static guint64
add_known(guint64 sum, guint64 part)
{
    return sum == CAPACITY_UNKNOWN || part == CAPACITY_UNKNOWN ? CAPACITY_UNKNOWN : sum + part;
}

static void
add_class(Capacity *sum, const Capacity *part)
{
    sum->n_hosts += part->n_hosts;
    sum->n_untold_hosts += part->n_untold_hosts;
    sum->n_guests += part->n_guests;
    sum->memory_kib += part->memory_kib;
    sum->used_kib += part->used_kib;
    sum->free_kib += part->free_kib;
    sum->largest_kib = MAX(sum->largest_kib, part->largest_kib);
    sum->n_cpus += part->n_cpus;
    sum->n_vcpus += part->n_vcpus;
    sum->n_more = add_known(sum->n_more, part->n_more);
    sum->n_more_failover = add_known(sum->n_more_failover, part->n_more_failover);
}

void
capacity_measure(const DrainState *state, PlanPool *pool, const Room *room)
{
    for (guint i = 0; i < pool->classes->len; i++) {
        PlanClass *klass = g_ptr_array_index(pool->classes, i);

        for (guint j = 0; j < klass->hosts->len; j++)
            add_host(state, g_array_index(klass->hosts, guint32, j), &klass->capacity);
        add_room(pool, room, i, &klass->capacity);
        add_class(&pool->capacity, &klass->capacity);
    }
}
