/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_SHARED_RECORDS_H
#define INGEST_SHARED_RECORDS_H

/*
 * Records by the text they were read from, so that a text which many hosts have in common (all
 * domain capabilities of one model of server, say) is parsed once in a run.
 *
 * Texts are compared byte by byte: no host can pass its text off as another one's. Any number of
 * threads may use it. It holds a bounded number of bytes of each owner, so that one kind of text
 * does not crowd out another, and takes no more of them when that is full.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef struct SharedRecords SharedRecords;

SharedRecords *shared_records_new(void);
void shared_records_free(SharedRecords *records);

/* The record of TEXT with the given OWNER (what kind of record it is), or NULL. Borrowed. */
gpointer shared_records_find(SharedRecords *records, gconstpointer owner, const char *text,
                             gsize length);

/* FALSE when a text of LENGTH bytes would not be kept: nobody need prepare it. */
gboolean shared_records_has_room(SharedRecords *records, gconstpointer owner, gsize length);

/*
 * Keeps RECORD, which is freed with FREE_RECORD at the end, for TEXT, which is copied. When there
 * is no room, or the text is known already, RECORD is freed at once.
 */
void shared_records_add(SharedRecords *records, gconstpointer owner, const char *text, gsize length,
                        gpointer record, GDestroyNotify free_record);

G_END_DECLS

#endif
