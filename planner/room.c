/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Room is counted in slots, each of which takes one guest. Of a failure it is known which slots the
 * guests of the failed hosts take elsewhere. So many new guests are safe as
 *
 *   - find slots that no failure takes, when they are put there, and
 *   - fit into the slots that are left of the hosts that stay up, in each failure,
 *
 * because then those on failed hosts find a slot beside those that stay where they are. There may
 * be room for more, if the guests of the failed hosts went elsewhere. Where several hosts may fail,
 * not every set of them is tried for the guests that are there (failover.c), but a class's new ones
 * never count on more than it has when its own roomiest hosts fail.
 */
#include "room.h"

struct Room {
    const DrainMemory *memory;
    guint64 guest_kib;
    guint n_classes;
    guint32 *class_of; /* by host: index in the pool's classes, or FLEET_NO_INDEX */
    guint64 *slots;    /* by host: now */
    guint64 *least;    /* by host: left in the worst failure in which it stays up */
    guint64 *now;      /* by class: the sum of slots */
    guint64 *safe;     /* by class: the sum of least */
    guint64 *worst;    /* by class: left on all hosts that stay up, in the worst failure */
    guint64 *left;     /* by class: of the failure that is being noted */
    guint8 *is_seen;   /* by host: in the failure that is being noted */
};

static guint64
slots_of(const Room *room, guint32 host)
{
    const gint64 free_kib = room->memory->free_kib[host]; /* the first bins are ordinary memory */

    return free_kib > 0 ? (guint64)free_kib / room->guest_kib : 0;
}

static gint
compare_slots(gconstpointer a, gconstpointer b)
{
    const guint64 left = *(const guint64 *)a, right = *(const guint64 *)b;

    return (left < right) - (left > right); /* most first */
}

/* What is left of a class when its N roomiest hosts fail. */
static guint64
left_of_class(const Room *room, const PlanClass *klass, guint n)
{
    g_autoptr(GArray) slots = g_array_new(FALSE, FALSE, sizeof(guint64));
    guint64 left = 0;

    for (guint i = 0; i < klass->hosts->len; i++)
        g_array_append_val(slots, room->slots[g_array_index(klass->hosts, guint32, i)]);
    g_array_sort(slots, compare_slots);
    for (guint i = n; i < slots->len; i++)
        left += g_array_index(slots, guint64, i);
    return left;
}

Room *
room_new(const PlanPool *pool, const DrainMemory *memory, guint64 guest_kib)
{
    Room *room = g_new0(Room, 1);

    room->memory = memory;
    room->guest_kib = guest_kib;
    room->n_classes = pool->classes->len;
    room->class_of = g_new(guint32, memory->n_hosts + 1);
    room->slots = g_new0(guint64, memory->n_hosts + 1);
    room->least = g_new0(guint64, memory->n_hosts + 1);
    room->is_seen = g_new0(guint8, memory->n_hosts + 1);
    room->now = g_new0(guint64, room->n_classes + 1);
    room->safe = g_new0(guint64, room->n_classes + 1);
    room->worst = g_new0(guint64, room->n_classes + 1);
    room->left = g_new0(guint64, room->n_classes + 1);
    for (guint i = 0; i < memory->n_hosts; i++)
        room->class_of[i] = FLEET_NO_INDEX;
    for (guint i = 0; i < pool->hosts->len; i++) {
        const guint32 host = g_array_index(pool->hosts, guint32, i);

        room->class_of[host] = g_array_index(pool->class_of, guint32, i);
        if (room->class_of[host] == FLEET_NO_INDEX)
            continue;
        room->slots[host] = room->least[host] = slots_of(room, host);
        room->now[room->class_of[host]] += room->slots[host];
    }
    for (guint i = 0; i < room->n_classes; i++) {
        room->safe[i] = room->now[i];
        room->worst[i] = left_of_class(room, g_ptr_array_index(pool->classes, i),
                                       pool->settings->failover_hosts);
    }
    return room;
}

void
room_free(Room *room)
{
    g_free(room->class_of);
    g_free(room->slots);
    g_free(room->least);
    g_free(room->is_seen);
    g_free(room->now);
    g_free(room->safe);
    g_free(room->worst);
    g_free(room->left);
    g_free(room);
}

/* HOST has SLOTS left in the failure that is being noted. */
static void
note_host(Room *room, guint32 host, guint64 slots, gboolean is_down)
{
    const guint32 class_index = room->class_of[host];

    if (class_index == FLEET_NO_INDEX || room->is_seen[host])
        return;
    room->is_seen[host] = TRUE;
    room->left[class_index] -= room->slots[host] - MIN(slots, room->slots[host]);
    if (is_down || slots >= room->least[host])
        return;
    room->safe[class_index] -= room->least[host] - slots;
    room->least[host] = slots;
}

void
room_note_failure(Room *room, const GArray *down, const guint32 *bins, guint n_bins)
{
    for (guint i = 0; i < room->n_classes; i++)
        room->left[i] = room->now[i];
    for (guint i = 0; i < down->len; i++)
        note_host(room, g_array_index(down, guint32, i), 0, TRUE);
    for (guint i = 0; i < n_bins; i++) {
        const guint32 host = drain_memory_host(room->memory, bins[i]);

        note_host(room, host, slots_of(room, host), FALSE);
    }
    for (guint i = 0; i < room->n_classes; i++)
        room->worst[i] = MIN(room->worst[i], room->left[i]);
    for (guint i = 0; i < down->len; i++)
        room->is_seen[g_array_index(down, guint32, i)] = FALSE;
    for (guint i = 0; i < n_bins; i++)
        room->is_seen[drain_memory_host(room->memory, bins[i])] = FALSE;
}

guint64
room_of_class(const Room *room, guint class_index)
{
    return room->now[class_index];
}

guint64
room_of_class_in_failure(const Room *room, guint class_index)
{
    return MIN(room->safe[class_index], room->worst[class_index]);
}
