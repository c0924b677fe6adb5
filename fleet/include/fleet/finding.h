/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FLEET_FINDING_H
#define FLEET_FINDING_H

/*
 * Something a person should know about data: a file that could not be read, a CPU that a map does
 * not know, a template that a host no longer meets. Findings do not stop a run; they are collected,
 * stored and reported, and the exit status tells that there are some.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
    FINDING_NOTE,    /* for information */
    FINDING_WARNING, /* the answer is right but less certain than it could be */
    FINDING_ERROR,   /* the document or host could not be used */
    FINDING_SEVERITY_COUNT
} FindingSeverity;

typedef struct {
    FindingSeverity severity;
    const char *id; /* stable, static: "unknown-model", "not-xml", ... */
    char *host;     /* NULL when it concerns no host */
    char *source;   /* file, or "archive:member"; NULL when it concerns no document */
    guint line;     /* 1-based; 0 when unknown */
    char *text;     /* what is wrong; one sentence, neither capital letter nor full stop */
    char *remedy;   /* what to do about it; the same */
} Finding;

/* A finding of ID (static) that concerns nothing yet; TEXT and REMEDY are copied. */
Finding *finding_new(FindingSeverity severity, const char *id, const char *text,
                     const char *remedy);
Finding *finding_copy(const Finding *finding);
void finding_free(Finding *finding);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Finding, finding_free)

/* "note", "warning", "error" */
extern const char *const finding_severity_names[FINDING_SEVERITY_COUNT];
const char *finding_severity_name(FindingSeverity severity);

/* "FILE:LINE: what: remedy", without the parts that are unknown. Owned by the caller. */
char *finding_format(const Finding *finding);

/* Orders by source or host, line, id, text; for sorting a GPtrArray of Finding*. */
gint finding_compare(gconstpointer a, gconstpointer b);

G_END_DECLS

#endif
