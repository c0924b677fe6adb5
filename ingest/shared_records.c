/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "shared_records.h"

#include <string.h>
#include <xxhash.h>

/* Of one owner: some hundred domain capabilities documents. */
#define MAX_BYTES ((gsize)24 << 20)
#define MAX_OWNERS 8

typedef struct {
    gconstpointer owner;
    guint64 hash;
    const char *text; /* of an entry in the table: its own */
    gsize length;
    gpointer record;
    GDestroyNotify free_record;
} Entry;

struct SharedRecords {
    GRWLock lock;
    GHashTable *entries; /* a set of Entry */
    struct {
        gconstpointer owner;
        gsize n_bytes;
    } owners[MAX_OWNERS]; /* NULL ends them */
};

static guint
entry_hash(gconstpointer data)
{
    const Entry *entry = data;

    return (guint)(entry->hash ^ entry->hash >> 32);
}

static gboolean
entry_equal(gconstpointer a, gconstpointer b)
{
    const Entry *left = a, *right = b;

    return left->owner == right->owner && left->length == right->length &&
           left->hash == right->hash && memcmp(left->text, right->text, left->length) == 0;
}

static void
entry_free(gpointer data)
{
    Entry *entry = data;

    entry->free_record(entry->record);
    g_free((gpointer)(guintptr)entry->text);
    g_free(entry);
}

SharedRecords *
shared_records_new(void)
{
    SharedRecords *records = g_new0(SharedRecords, 1);

    g_rw_lock_init(&records->lock);
    records->entries = g_hash_table_new_full(entry_hash, entry_equal, entry_free, NULL);
    return records;
}

void
shared_records_free(SharedRecords *records)
{
    if (records == NULL)
        return;
    g_hash_table_unref(records->entries);
    g_rw_lock_clear(&records->lock);
    g_free(records);
}

static Entry
key_of(gconstpointer owner, const char *text, gsize length)
{
    return (Entry){
        .owner = owner, .hash = XXH3_64bits(text, length), .text = text, .length = length};
}

gpointer
shared_records_find(SharedRecords *records, gconstpointer owner, const char *text, gsize length)
{
    Entry key = key_of(owner, text, length);
    g_autoptr(GRWLockReaderLocker) locker = g_rw_lock_reader_locker_new(&records->lock);
    const Entry *entry = g_hash_table_lookup(records->entries, &key);

    /* Entries are never taken out, so the record outlives the lock. */
    return entry == NULL ? NULL : entry->record;
}

/* Where OWNER's share is counted; MAX_OWNERS when nowhere. */
static guint
find_owner(const SharedRecords *records, gconstpointer owner)
{
    guint i = 0;

    while (i < MAX_OWNERS && records->owners[i].owner != owner && records->owners[i].owner != NULL)
        i++;
    return i;
}

static gboolean
is_room_at(const SharedRecords *records, guint place, gsize length)
{
    return place < MAX_OWNERS && length <= MAX_BYTES - records->owners[place].n_bytes;
}

gboolean
shared_records_has_room(SharedRecords *records, gconstpointer owner, gsize length)
{
    g_autoptr(GRWLockReaderLocker) locker = g_rw_lock_reader_locker_new(&records->lock);

    return is_room_at(records, find_owner(records, owner), length);
}

/* Takes LENGTH bytes of OWNER's share; FALSE when they are not left. */
static gboolean
take_room(SharedRecords *records, gconstpointer owner, gsize length)
{
    guint place = find_owner(records, owner);

    if (!is_room_at(records, place, length))
        return FALSE;
    records->owners[place].owner = owner;
    records->owners[place].n_bytes += length;
    return TRUE;
}

void
shared_records_add(SharedRecords *records, gconstpointer owner, const char *text, gsize length,
                   gpointer record, GDestroyNotify free_record)
{
    Entry key = key_of(owner, text, length);
    g_autoptr(GRWLockWriterLocker) locker = g_rw_lock_writer_locker_new(&records->lock);

    if (g_hash_table_contains(records->entries, &key) || !take_room(records, owner, length)) {
        free_record(record);
        return;
    }
    Entry *entry = g_new(Entry, 1);
    *entry = key;
    entry->text = g_memdup2(text, length);
    entry->record = record;
    entry->free_record = free_record;
    g_hash_table_add(records->entries, entry);
}
