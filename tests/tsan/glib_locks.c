/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * GLib's locks as ThreadSanitizer should see them.
 *
 * On Linux GLib makes its locks of futexes, not of pthread's, so ThreadSanitizer sees neither who
 * holds one nor what it orders, and takes all that a lock guards for a race. Suppressing that would
 * hide the true ones too. So a build with ThreadSanitizer puts these functions in front of GLib's:
 * each calls the original and tells what happened before what. Linked into programs, never into
 * the libraries.
 *
 * The locks, conditions, counters and queues that the program uses are here; a new one shows as
 * false reports and is then a few lines more. No order of locking is checked.
 */

#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <glib.h>

/*
 * Of ThreadSanitizer's run-time library: all before a release happens before what follows an
 * acquire of the same place.
 */
void __tsan_acquire(void *place);
void __tsan_release(void *place);

/* Declares ORIGINAL as GLib's own function of the name of the one that it is used in. */
#define ORIGINAL(function)                                                                         \
    __typeof__(&(function)) original = NULL;                                                       \
    *(void **)&original = dlsym(RTLD_NEXT, #function)

/* A function that orders what follows it after those that released PLACE. */
#define ACQUIRING(function, Type)                                                                  \
    void(function)(Type * place)                                                                   \
    {                                                                                              \
        ORIGINAL(function);                                                                        \
        original(place);                                                                           \
        __tsan_acquire(place);                                                                     \
    }

/* A function that orders what precedes it before those that acquire PLACE. */
#define RELEASING(function, Type)                                                                  \
    void(function)(Type * place)                                                                   \
    {                                                                                              \
        ORIGINAL(function);                                                                        \
        __tsan_release(place);                                                                     \
        original(place);                                                                           \
    }

ACQUIRING(g_mutex_lock, GMutex)
RELEASING(g_mutex_unlock, GMutex)
ACQUIRING(g_rw_lock_reader_lock, GRWLock)
RELEASING(g_rw_lock_reader_unlock, GRWLock)
ACQUIRING(g_rw_lock_writer_lock, GRWLock)
RELEASING(g_rw_lock_writer_unlock, GRWLock)
ACQUIRING(g_async_queue_lock, GAsyncQueue)
RELEASING(g_async_queue_unlock, GAsyncQueue)

void
g_cond_wait(GCond *cond, GMutex *mutex)
{
    ORIGINAL(g_cond_wait);

    __tsan_release(mutex);
    original(cond, mutex);
    __tsan_acquire(mutex);
}

gboolean
g_cond_wait_until(GCond *cond, GMutex *mutex, gint64 end_us)
{
    ORIGINAL(g_cond_wait_until);

    __tsan_release(mutex);
    gboolean is_in_time = original(cond, mutex, end_us);
    __tsan_acquire(mutex);
    return is_in_time;
}

void
g_async_queue_push_unlocked(GAsyncQueue *queue, gpointer data)
{
    ORIGINAL(g_async_queue_push_unlocked);

    __tsan_release(queue);
    original(queue, data);
}

/* Whoever frees what was counted comes after all who let go of it. */
gboolean(g_atomic_ref_count_dec)(gatomicrefcount *count)
{
    ORIGINAL(g_atomic_ref_count_dec);

    __tsan_release(count);
    gboolean is_last = original(count);
    __tsan_acquire(count);
    return is_last;
}

/* So does who finds that it alone is left. */
gboolean(g_atomic_ref_count_compare)(gatomicrefcount *count, gint expected)
{
    ORIGINAL(g_atomic_ref_count_compare);
    gboolean is_equal = original(count, expected);

    __tsan_acquire(count);
    return is_equal;
}

gpointer
g_async_queue_try_pop(GAsyncQueue *queue)
{
    ORIGINAL(g_async_queue_try_pop);
    gpointer data = original(queue);

    __tsan_acquire(queue);
    return data;
}

gpointer
g_async_queue_timeout_pop(GAsyncQueue *queue, guint64 timeout)
{
    ORIGINAL(g_async_queue_timeout_pop);
    gpointer data = original(queue, timeout);

    __tsan_acquire(queue);
    return data;
}
