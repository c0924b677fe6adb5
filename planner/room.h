/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PLANNER_ROOM_H
#define PLANNER_ROOM_H

/*
 * How many more guests of one size the hosts of a pool's classes have room for: now, and so that
 * after each failure that was noted all guests have a place, the new ones in their class, and these
 * also when any hosts of the class fail, as many as the pool asks for.
 */
#include "drain_memory.h"

G_BEGIN_DECLS

typedef struct Room Room;

/* MEMORY is what the pool's guests have left; it must live as long. GUEST_KIB is not 0. */
Room *room_new(const PlanPool *pool, const DrainMemory *memory, guint64 guest_kib);
void room_free(Room *room);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Room, room_free)

/*
 * The hosts DOWN (of guint32) fail, and their guests were found places: the N_BINS BINS of the
 * memory, from whose free memory it is taken already.
 */
void room_note_failure(Room *room, const GArray *down, const guint32 *bins, guint n_bins);

/* More guests of that size for the class of that index: now, and with all failures noted. */
guint64 room_of_class(const Room *room, guint class_index);
guint64 room_of_class_in_failure(const Room *room, guint class_index);

G_END_DECLS

#endif
