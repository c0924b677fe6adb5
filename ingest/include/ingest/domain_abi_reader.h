/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_DOMAIN_ABI_READER_H
#define INGEST_DOMAIN_ABI_READER_H

/* What must be equal on both ends of a migration, out of a domain XML. */

#include <fleet/abi.h>
#include <fleet/finding.h>

G_BEGIN_DECLS

/*
 * Reads TEXT, which domain_devices_read() has accepted. NULL and a finding in RET_REFUSAL when it
 * is not well-formed or has no `<domain>`; both are the caller's.
 */
GuestAbi *domain_abi_read(const char *text, gsize length, Finding **ret_refusal);

G_END_DECLS

#endif
