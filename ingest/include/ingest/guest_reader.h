/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_GUEST_READER_H
#define INGEST_GUEST_READER_H

/*
 * One domain XML document to a Guest, without the findings that ingest would add: for the
 * inventory, which keeps definitions as text (it fits InventoryGuestReader), and for commands on
 * single files.
 */

#include <fleet/guest.h>

G_BEGIN_DECLS

#define GUEST_READER_ERROR (guest_reader_error_quark())
GQuark guest_reader_error_quark(void);
typedef enum { GUEST_READER_ERROR_INVALID } GuestReaderError;

/* Owned by the caller; host is not set. The message starts with "line N: ". */
Guest *guest_reader_parse(const char *xml, gsize length, GError **error);

G_END_DECLS

#endif
