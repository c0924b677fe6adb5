/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FLEET_WORDS_H
#define FLEET_WORDS_H

/*
 * How numbers and lists of names stand in sentences and tables for people. What programs read has
 * plain digits, and all names.
 */

#include <glib.h>

G_BEGIN_DECLS

/* The ending of a regular noun that N counts: "s", or "" for one. Static. */
static inline const char *
words_plural(guint64 n)
{
    return n == 1 ? "" : "s";
}

/* "11,033": with a comma before each three digits. Owned by the caller. */
char *words_number(guint64 number);

/*
 * "512 MiB", "3,768 GiB": whole, in a unit that keeps hosts and classes comparable at a glance: MiB
 * below 4 GiB, TiB from 100,000 GiB on. "-" for 0. Owned by the caller.
 */
char *words_memory(guint64 kib);

/*
 * "a, b and 3 more": NAMES (of char*), of which about MOST are shown: one more where "and 1 more"
 * would take its place. Owned by the caller.
 */
char *words_list(const GPtrArray *names, guint most);

G_END_DECLS

#endif
