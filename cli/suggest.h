/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H

/* What a person may have meant who typed a name that there is not. */

#include <glib.h>

/*
 * The nearest of NAMES (N_NAMES of them) to WORD: one in which few letters differ, or else the
 * first that WORD begins; case does not count. NULL when none is near.
 */
const char *suggest_nearest(const char *word, const char *const *names, guint n_names);

/*
 * Sets ERROR, a mistake in usage: "PROBLEM 'WORD': did you mean '...'?", or, where no name is near,
 * "PROBLEM 'WORD': OTHERWISE".
 */
void suggest_set_error(GError **error, const char *problem, const char *word,
                       const char *const *names, guint n_names, const char *otherwise);

#endif
