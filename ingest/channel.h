/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_CHANNEL_H
#define INGEST_CHANNEL_H

/*
 * A queue between threads that holds no more than so many items, so that the fast wait for the slow
 * and memory does not grow. (GAsyncQueue has no bound.)
 */

#include <glib.h>

G_BEGIN_DECLS

typedef struct Channel Channel;

Channel *channel_new(guint capacity);
/* Nobody may use it any more, and it must be empty. */
void channel_free(Channel *channel);

/* Waits for room. FALSE when the channel is closed: ITEM is still the caller's. */
gboolean channel_push(Channel *channel, gpointer item);
/*
 * Waits for an item, but no longer than PATIENCE_US. FALSE when a channel_pop() would still wait.
 */
gboolean channel_wait(Channel *channel, gint64 patience_us);
/* Waits for an item. NULL when the channel is closed and empty. */
gpointer channel_pop(Channel *channel);
/* No more items; those that are in it can still be taken. */
void channel_close(Channel *channel);

G_END_DECLS

#endif
