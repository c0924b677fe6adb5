/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Globs that are plain names are looked up, so that long lists of hosts cost no product. */
#include "name_matcher.h"

#include <string.h>

struct NameMatcher {
    GHashTable *names; /* of const char*, borrowed */
    GPtrArray *globs;  /* of GPatternSpec* */
};

NameMatcher *
name_matcher_new(const GPtrArray *globs)
{
    NameMatcher *matcher = g_new0(NameMatcher, 1);

    matcher->names = g_hash_table_new(g_str_hash, g_str_equal);
    matcher->globs = g_ptr_array_new_with_free_func((GDestroyNotify)g_pattern_spec_free);
    for (guint i = 0; i < globs->len; i++) {
        char *glob = g_ptr_array_index(globs, i);

        if (strpbrk(glob, "*?") == NULL)
            g_hash_table_add(matcher->names, glob);
        else
            g_ptr_array_add(matcher->globs, g_pattern_spec_new(glob));
    }
    return matcher;
}

void
name_matcher_free(NameMatcher *matcher)
{
    g_hash_table_unref(matcher->names);
    g_ptr_array_unref(matcher->globs);
    g_free(matcher);
}

gboolean
name_matcher_matches(const NameMatcher *matcher, const char *name)
{
    if (g_hash_table_contains(matcher->names, name))
        return TRUE;
    for (guint i = 0; i < matcher->globs->len; i++)
        if (g_pattern_spec_match_string(g_ptr_array_index(matcher->globs, i), name))
            return TRUE;
    return FALSE;
}
