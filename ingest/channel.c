/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Signalling a condition is a system call whether somebody waits or not, so those who wait are
 * counted: a channel that is neither full nor empty costs none.
 */

#include "channel.h"

struct Channel {
    GMutex lock;
    GCond has_items, has_room;
    GQueue items;
    guint capacity;
    guint n_wait_items, n_wait_room; /* threads in channel_pop() and channel_push() */
    gboolean is_closed;
};

Channel *
channel_new(guint capacity)
{
    Channel *channel = g_new0(Channel, 1);

    g_mutex_init(&channel->lock);
    g_cond_init(&channel->has_items);
    g_cond_init(&channel->has_room);
    g_queue_init(&channel->items);
    channel->capacity = capacity;
    return channel;
}

void
channel_free(Channel *channel)
{
    if (channel == NULL)
        return;
    g_assert(g_queue_is_empty(&channel->items));
    g_mutex_clear(&channel->lock);
    g_cond_clear(&channel->has_items);
    g_cond_clear(&channel->has_room);
    g_free(channel);
}

gboolean
channel_push(Channel *channel, gpointer item)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&channel->lock);

    while (!channel->is_closed && channel->items.length >= channel->capacity) {
        channel->n_wait_room++;
        g_cond_wait(&channel->has_room, &channel->lock);
        channel->n_wait_room--;
    }
    if (channel->is_closed)
        return FALSE;
    g_queue_push_tail(&channel->items, item);
    if (channel->n_wait_items > 0)
        g_cond_signal(&channel->has_items);
    return TRUE;
}

gboolean
channel_wait(Channel *channel, gint64 patience_us)
{
    const gint64 end_us = g_get_monotonic_time() + patience_us;
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&channel->lock);
    gboolean is_in_time = TRUE;

    while (!channel->is_closed && channel->items.length == 0 && is_in_time) {
        channel->n_wait_items++;
        is_in_time = g_cond_wait_until(&channel->has_items, &channel->lock, end_us);
        channel->n_wait_items--;
    }
    return channel->is_closed || channel->items.length > 0;
}

gpointer
channel_pop(Channel *channel)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&channel->lock);

    while (!channel->is_closed && channel->items.length == 0) {
        channel->n_wait_items++;
        g_cond_wait(&channel->has_items, &channel->lock);
        channel->n_wait_items--;
    }
    if (channel->items.length == 0)
        return NULL;
    if (channel->n_wait_room > 0)
        g_cond_signal(&channel->has_room);
    return g_queue_pop_head(&channel->items);
}

void
channel_close(Channel *channel)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&channel->lock);

    channel->is_closed = TRUE;
    g_cond_broadcast(&channel->has_items);
    g_cond_broadcast(&channel->has_room);
}
