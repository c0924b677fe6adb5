/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef DB_HOST_DOCUMENTS_H
#define DB_HOST_DOCUMENTS_H

/* What the present documents of one host say together, and where they contradict each other. */

#include "inventory_private.h"

/* One document; of the three ids and the software, one is set. */
typedef struct {
    gint64 report, domain, guest;
    HostSoftware *software;
    gint64 source;
    char *place;      /* "FILE" or "ARCHIVE:MEMBER" */
    char *uuid;       /* of the system, as a report says it; NULL: not told */
    char *about;      /* what domain capabilities are about, or which guest; else NULL */
    char *guest_name; /* NULL: none */
    gboolean is_raw_cpuid;
    gboolean is_running; /* a guest that runs */
    /* The UUID of another system with the host's name, which the document is of; NULL: it counts */
    const char *stranger;
} HostDocument;

typedef struct {
    GPtrArray *list;            /* of HostDocument*, in ascending order of what counts */
    const HostDocument *report; /* that counts, as in the tables; NULL: none */
    GHashTable *domains;        /* char* what it is about -> const HostDocument* */
    GHashTable *guests;         /* char* guest -> const HostDocument* */
    const HostDocument *software[SOFTWARE_COUNT]; /* the one that tells each; NULL: none */
    GPtrArray *findings;                          /* of Finding* */
} HostDocuments;

/* Reads what is known of HOST, whose name is NAME. */
gboolean host_documents_read(Inventory *inventory, gint64 host, const char *name,
                             HostDocuments *ret_documents, GError **error);
void host_documents_release(HostDocuments *documents);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HostDocuments, host_documents_release)

/* ---- namesakes.c ----------------------------------------------------------------------------- */

/*
 * Where the reports are of more than one system, marks the documents that are of another one than
 * the host's and adds a finding for each such system.
 */
gboolean namesakes_part(Inventory *inventory, gint64 host, const char *name,
                        HostDocuments *documents, GError **error);
/* Marks the hosts dirty whose name is shared: what a run met decides whose it is. */
gboolean namesakes_mark_dirty(Inventory *inventory, GError **error);

#endif
