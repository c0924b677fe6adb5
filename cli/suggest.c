/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "suggest.h"

#include "command.h"

#include <fleet/nearest_name.h>

void
suggest_set_error(GError **error, const char *problem, const char *word, const char *const *names,
                  guint n_names, const char *otherwise)
{
    const char *near = nearest_name_find(word, names, n_names);

    if (near != NULL)
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE, "%s '%s': did you mean '%s'?",
                    problem, word, near);
    else
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE, "%s '%s': %s", problem, word,
                    otherwise);
}
