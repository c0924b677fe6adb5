/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Globs that are plain names are looked up, so that long lists of hosts cost no product. What the
 * other globs begin with is compared first: most names differ there from most globs, and a glob
 * that is a beginning and a "*" says no more.
 */
#include "name_matcher.h"

#include <string.h>

typedef struct {
    const char *text;   /* borrowed */
    gsize n_plain;      /* so many characters stand for themselves */
    GPatternSpec *rest; /* of what follows; NULL: anything may */
} Glob;

struct NameMatcher {
    GHashTable *names; /* of const char*, borrowed */
    GArray *globs;     /* of Glob */
};

static void
clear_glob(gpointer data)
{
    g_clear_pointer(&((Glob *)data)->rest, g_pattern_spec_free);
}

NameMatcher *
name_matcher_new(const GPtrArray *globs)
{
    NameMatcher *matcher = g_new0(NameMatcher, 1);

    matcher->names = g_hash_table_new(g_str_hash, g_str_equal);
    matcher->globs = g_array_new(FALSE, FALSE, sizeof(Glob));
    g_array_set_clear_func(matcher->globs, clear_glob);
    for (guint i = 0; i < globs->len; i++) {
        char *text = g_ptr_array_index(globs, i);
        Glob glob = {.text = text, .n_plain = strcspn(text, "*?")};

        if (text[glob.n_plain] == '\0') {
            g_hash_table_add(matcher->names, text);
            continue;
        }
        if (strcmp(text + glob.n_plain, "*") != 0)
            glob.rest = g_pattern_spec_new(text + glob.n_plain);
        g_array_append_val(matcher->globs, glob);
    }
    return matcher;
}

void
name_matcher_free(NameMatcher *matcher)
{
    g_hash_table_unref(matcher->names);
    g_array_unref(matcher->globs);
    g_free(matcher);
}

gboolean
name_matcher_matches(const NameMatcher *matcher, const char *name)
{
    for (guint i = 0; i < matcher->globs->len; i++) {
        const Glob *glob = &g_array_index(matcher->globs, Glob, i);

        if (strncmp(name, glob->text, glob->n_plain) == 0 &&
            (glob->rest == NULL || g_pattern_spec_match_string(glob->rest, name + glob->n_plain)))
            return TRUE;
    }
    return g_hash_table_size(matcher->names) > 0 && g_hash_table_contains(matcher->names, name);
}
