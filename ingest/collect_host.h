/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef INGEST_COLLECT_HOST_H
#define INGEST_COLLECT_HOST_H

/*
 * What one live host is asked, and what is made of its answers. It is the work of one thread: calls
 * of libvirt cannot be interrupted, so this takes as long as the host does, which may be for ever.
 */

#include "libvirt_client.h"

#include <ingest/ingest.h>

G_BEGIN_DECLS

/* All of it is borrowed, and must last as long as the call. */
typedef struct {
    const LibvirtClient *libvirt;
    const IngestOptions *options; /* but for its host_name */
    const char *uri;
    const char *name; /* NULL: what the host calls itself */
    /* Takes a document that was read, or what is wrong with one that was not. */
    void (*say)(SourceReading *reading, gpointer user_data);
    gpointer user_data;
} CollectHost;

/* Asks HOST for all there is, one document after the other. What goes wrong is said, too. */
void collect_host(const CollectHost *host);

/*
 * What is wrong with HOST (NULL: its name is not known) at URI, or with the document MEMBER of it
 * (NULL: with the host itself). Owned by the caller.
 */
SourceReading *collect_host_complaint(const char *uri, const char *host, FindingSeverity severity,
                                      const char *member, const char *id, const char *text,
                                      const char *remedy);

G_END_DECLS

#endif
