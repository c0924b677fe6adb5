/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef FLEET_NEAREST_NAME_H
#define FLEET_NEAREST_NAME_H

/* What a person may have meant who wrote a name that there is not. */

#include <glib.h>

G_BEGIN_DECLS

/*
 * The nearest of NAMES (N_NAMES of them) to WORD: one in which few letters differ, or else the
 * first that WORD begins; case does not count. NULL when none is near. Linear in names.
 */
const char *nearest_name_find(const char *word, const char *const *names, guint n_names);

G_END_DECLS

#endif
