/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ingest_limits.h"

#define MIB ((guint64)1024 * 1024)

void
ingest_limits_fill(IngestLimits *limits)
{
    if (limits->max_document_bytes == 0)
        limits->max_document_bytes = 64 * MIB;
    if (limits->max_depth == 0)
        limits->max_depth = 200;
    if (limits->max_attribute_bytes == 0)
        limits->max_attribute_bytes = MIB;
    if (limits->max_archive_bytes == 0)
        limits->max_archive_bytes = 8192 * MIB;
    if (limits->max_archive_members == 0)
        limits->max_archive_members = 5000000;
}
