/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_INGEST_LIMITS_H
#define INGEST_INGEST_LIMITS_H

#include <ingest/ingest.h>

G_BEGIN_DECLS

/* Puts the default, which ingest.h documents, in place of every 0. */
void ingest_limits_fill(IngestLimits *limits);

G_END_DECLS

#endif
