/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FLEET_DOCUMENT_H
#define FLEET_DOCUMENT_H

/*
 * One document as ingest hands it to the inventory: where it came from, and the one record that it
 * holds. A file or archive may hold several documents.
 */

#include <fleet/finding.h>
#include <fleet/guest.h>
#include <fleet/host.h>

G_BEGIN_DECLS

typedef enum {
    DOCUMENT_HOST_CAPABILITIES,
    DOCUMENT_DOMAIN_CAPABILITIES,
    DOCUMENT_DOMAIN,
    DOCUMENT_HOST_SOFTWARE,
    DOCUMENT_KIND_COUNT
} DocumentKind;

/* The bytes a document was read from. Two sources with one hash are taken to hold the same. */
typedef struct {
    char *path;      /* as given, or as found below a given folder; "-" for standard input; a URI */
    char *member;    /* inside an archive; NULL otherwise */
    guint64 size;    /* bytes */
    gint64 mtime_ns; /* since 1970; of the file itself, also for archives; 0: not known */
    guint64 hash[2]; /* XXH3-128 of the bytes */
} Source;

void source_free(Source *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Source, source_free)
/* "path" or "path:member", for messages. Owned by the caller. */
char *source_format(const Source *source);

/* The name in place of a host's, where nothing tells which host a guest is on. */
#define DOCUMENT_HOST_UNKNOWN ""

typedef struct {
    DocumentKind kind;
    char *host_name;        /* never NULL; DOCUMENT_HOST_UNKNOWN for a guest of no known host */
    guint line;             /* where it begins in its source */
    HostCapabilities *host; /* the one that KIND names is set, the others are NULL */
    DomainCapabilities *domain;
    Guest *guest;
    HostSoftware *software;
} Document;

void document_free(Document *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Document, document_free)

/* All that one source gave: documents, and what was wrong with it. Either may be empty. */
typedef struct {
    Source *source;
    GPtrArray *documents; /* of Document* */
    GPtrArray *findings;  /* of Finding*; one of severity error puts the source in quarantine */
} SourceReading;

SourceReading *source_reading_new(Source *source); /* takes SOURCE */
void source_reading_free(SourceReading *reading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SourceReading, source_reading_free)

G_END_DECLS

#endif
