/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_RECORD_TABLE_H
#define PLANNER_RECORD_TABLE_H

/*
 * Records of which each distinct one is kept once, and known by its index. They are compared
 * bytewise, so zero one before filling it in; its strings are interned.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef struct RecordTable RecordTable;

/* RECORDS, an array of structs, gets the records; it is empty and must outlive the table. */
RecordTable *record_table_new(GArray *records);
void record_table_free(RecordTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecordTable, record_table_free)

/* The index of RECORD, which is copied when it is new. */
guint32 record_table_add(RecordTable *table, gconstpointer record);

G_END_DECLS

#endif
