/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H

/* Mistakes in usage that tell what a person may have meant who typed a name that there is not. */

#include <glib.h>

/*
 * WORD is none of NAMES (N_NAMES of them). Sets ERROR, a mistake in usage: "PROBLEM 'WORD': did
 * you mean '...'?", or, where no name is near, "PROBLEM 'WORD': OTHERWISE".
 */
void suggest_set_error(GError **error, const char *problem, const char *word,
                       const char *const *names, guint n_names, const char *otherwise);

#endif
