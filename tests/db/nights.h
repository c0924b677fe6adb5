/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TESTS_DB_NIGHTS_H
#define TESTS_DB_NIGHTS_H

/*
 * Nights of a small fleet: every night some hosts change, some files break, one host goes and one
 * comes back.
 */

#include "fixture.h"

/* Every source is a batch of its own, for as many writes as there can be. */
void record_sources(Inventory *inventory, guint night);
void record_night(Inventory *inventory, guint night);
/* Nights 0 to N - 1, into the inventory at PATH. */
void record_nights(const char *path, guint n);

/* The file is sound, and no reference in it leads nowhere. */
void assert_whole(const Fixture *fixture);

#endif
