/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_PLANNER_KEPT_STORY_H
#define TESTS_PLANNER_KEPT_STORY_H

/*
 * A guest over many nights: what was planned of its addresses is remembered, as the inventory does
 * it, and given to the next plan.
 */

#include <planner/address.h>

typedef struct {
    const char *arch; /* x86_64 from the beginning */
    const char *machine;
    gboolean is_load;
    guint spare_ports, reserved_slots;
    KeptAddresses kept; /* what is remembered, sorted by device */
    gint64 run;
} Story;

void story_begin(Story *story, const char *machine);
void story_end(Story *story);

/* One night: the guest with DEVICES is planned and remembered. */
void night(Story *story, const char *devices);

/* Where DEVICE is now; "" when it is not there. */
const char *place(const Story *story, const char *device);

/* All places that are in force, to be compared with later ones: of char*, by device. */
GHashTable *places(const Story *story);

/* Every device of BEFORE that is still there is where it was. */
void assert_none_moved(GHashTable *before, const Story *story);

#endif
