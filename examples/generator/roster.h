/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef GENERATOR_ROSTER_H
#define GENERATOR_ROSTER_H

/*
 * Who is in the fleet: any number of hosts and guests in the proportions of the description, each a
 * pure function of the seed and its number, so that a fleet can be made host by host in any order.
 */

#include "description.h"

G_BEGIN_DECLS

typedef struct {
    guint seed;
    guint n_hosts;            /* 0: as the description says */
    guint n_cpus;             /* distinct CPUs at least; 0: as the description says */
    guint n_machine_profiles; /* distinct lists of machine types at least; 0: as described */
    const char *software;     /* of all hosts; NULL: as the description says */
    guint n_changed;          /* hosts that differ from the same fleet with 0 of them */
} RosterOptions;

typedef struct {
    char name[64];
    const HostRow *row;
    const Processor *processor;
    const Microcode *microcode;
    const Software *software;
    guint cpu_variant; /* 0: as described; others lack some of what `plus` and `host_only` list */
    guint machine_variant; /* how many of the oldest machine types are left out */
    guint64 random;        /* 64 bits of its own */
} HostIdentity;

typedef struct {
    char name[64];
    const GuestRow *row;
    guint64 random;
} GuestIdentity;

typedef struct Roster Roster;

/* DESCRIPTION must outlive the roster. */
Roster *roster_new(const Description *description, const RosterOptions *options);
void roster_free(Roster *roster);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Roster, roster_free)

guint roster_n_hosts(const Roster *roster);
void roster_host(const Roster *roster, guint index, HostIdentity *ret_host);

/* The guests of one host: a GArray of GuestIdentity, owned by the caller. */
GArray *roster_guests(const Roster *roster, guint host_index);

/* The 64 bits after STATE; for more of them, in order. */
guint64 roster_random(guint64 *state);

G_END_DECLS

#endif
