/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef DB_HOST_ASPECTS_H
#define DB_HOST_ASPECTS_H

/*
 * What a host's state says, aspect by aspect: its system, its CPU, its microcode and so on. An
 * aspect may stay as it is while others change.
 */

#include "statement.h"

#include <fleet/host.h>

G_BEGIN_DECLS

/* A row of host_state with what its report says; ids are 0 where there is nothing. */
typedef struct {
    gint64 first_run, last_run; /* last_run 0: still so */
    gint64 first_at, last_at;
    gint64 before_at, after_at; /* when the runs next to these began; 0: there is none */
    gint64 cpu, machines, capabilities, domain_set, software_id;
    gint64 microcode, memory_kib, n_cpus, n_numa_cells, sockets, cores, threads;
    char *uuid; /* of the system; NULL: not told */
    HostSoftware *software;
} HostState;

/* Frees what is in DATA, a HostState; for arrays of them. */
void host_state_clear(gpointer data);

/* What is told about an aspect, and the features that it brings. */
typedef struct {
    char *text;
    GPtrArray *features; /* of char*, sorted; NULL when the aspect brings none */
    char *basis; /* what the features are beside of; lists of another basis cannot be compared */
} AspectDescription;

void aspect_description_clear(AspectDescription *description);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AspectDescription, aspect_description_clear)

typedef struct {
    const char *what; /* as HistoryEntry has it */
    /*
     * A text that stays the same while the aspect does, owned by the caller; NULL when STATE says
     * nothing of it.
     */
    char *(*identity)(const HostState *state);
    /* For a STATE with an identity. RET_DESCRIPTION is empty before, and the caller's to clear. */
    gboolean (*describe)(Connection *connection, const HostState *state,
                         AspectDescription *ret_description, GError **error);
} HostAspect;

#define HOST_ASPECT_COUNT 8

/* In the order in which they are told when they begin together. */
extern const HostAspect host_aspects[HOST_ASPECT_COUNT];

G_END_DECLS

#endif
