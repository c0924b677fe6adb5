/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_LADDER_TABLES_H
#define PLANNER_LADDER_TABLES_H

/* What the ladder compiler makes of planner/ladder/, and what it checks that data with. */

#include <planner/ladder.h>

/* A level as it is written: names, not yet looked up in a map. */
typedef struct {
    const char *name;
    const char *title;
    const char *ladder;
    const char *vendor; /* NULL for none */
    const char *track;
    guint tier;
    const char *model;
    const char *const *above; /* the levels directly below; all come before this one */
    guint n_above;
    const char *const *features; /* beside those of the levels below */
    guint n_features;
    const char *const *secure;
    guint n_secure;
} LadderDeclaration;

extern const LadderDeclaration ladder_declarations[];
extern const guint ladder_n_declarations;

/* A ladder of other declarations than the built-in ones, for the compiler and for tests. */
Ladder *ladder_new_of(CpuMap *map, const LadderDeclaration *declarations, guint n_declarations);

#endif
