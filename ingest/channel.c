/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "channel.h"

struct Channel {
    GMutex lock;
    GCond has_items, has_room;
    GQueue items;
    guint capacity;
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

    while (!channel->is_closed && channel->items.length >= channel->capacity)
        g_cond_wait(&channel->has_room, &channel->lock);
    if (channel->is_closed)
        return FALSE;
    g_queue_push_tail(&channel->items, item);
    g_cond_signal(&channel->has_items);
    return TRUE;
}

gpointer
channel_pop(Channel *channel)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&channel->lock);

    while (!channel->is_closed && channel->items.length == 0)
        g_cond_wait(&channel->has_items, &channel->lock);
    if (channel->items.length == 0)
        return NULL;
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
