/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record_table.h"

struct RecordTable {
    GArray *records;  /* borrowed */
    GHashTable *seen; /* a record's GBytes -> its index in records plus 1 */
};

RecordTable *
record_table_new(GArray *records)
{
    RecordTable *table = g_new0(RecordTable, 1);

    table->records = records;
    table->seen =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
    return table;
}

void
record_table_free(RecordTable *table)
{
    g_hash_table_unref(table->seen);
    g_free(table);
}

guint32
record_table_add(RecordTable *table, gconstpointer record)
{
    const guint size = g_array_get_element_size(table->records);
    g_autoptr(GBytes) bytes = g_bytes_new(record, size);
    gpointer found = g_hash_table_lookup(table->seen, bytes);

    if (found == NULL) {
        g_array_append_vals(table->records, record, 1);
        found = GUINT_TO_POINTER(table->records->len);
        g_hash_table_insert(table->seen, g_steal_pointer(&bytes), found);
    }
    return GPOINTER_TO_UINT(found) - 1;
}
