/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Globs that are plain names are looked up, so that long lists of hosts cost no product. What the
 * other globs begin with is compared first: most names differ there from most globs, and a glob
 * that is a beginning and a "*" says no more. Of a whole fleet, whose hosts are sorted by name,
 * those that begin alike stand together.
 */
#include <fleet/name_matcher.h>

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

static gboolean
glob_matches(const Glob *glob, const char *name)
{
    return strncmp(name, glob->text, glob->n_plain) == 0 &&
           (glob->rest == NULL || g_pattern_spec_match_string(glob->rest, name + glob->n_plain));
}

gboolean
name_matcher_matches(const NameMatcher *matcher, const char *name)
{
    for (guint i = 0; i < matcher->globs->len; i++) {
        if (glob_matches(&g_array_index(matcher->globs, Glob, i), name))
            return TRUE;
    }
    return g_hash_table_size(matcher->names) > 0 && g_hash_table_contains(matcher->names, name);
}

/* The first host whose name is not before the first LENGTH characters of TEXT. */
static guint
first_host_from(const Fleet *fleet, const char *text, gsize length)
{
    guint from = 0, to = fleet->hosts->len;

    while (from < to) {
        guint middle = from + (to - from) / 2;

        if (strncmp(fleet_host(fleet, middle)->name, text, length) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

void
name_matcher_mark_hosts(const NameMatcher *matcher, const Fleet *fleet, guint8 *marks)
{
    GHashTableIter iter;
    gpointer name;

    for (guint i = 0; i < matcher->globs->len; i++) {
        const Glob *glob = &g_array_index(matcher->globs, Glob, i);

        for (guint k = first_host_from(fleet, glob->text, glob->n_plain);
             k < fleet->hosts->len &&
             strncmp(fleet_host(fleet, k)->name, glob->text, glob->n_plain) == 0;
             k++)
            marks[k] |= (guint8)glob_matches(glob, fleet_host(fleet, k)->name);
    }
    g_hash_table_iter_init(&iter, matcher->names);
    while (g_hash_table_iter_next(&iter, &name, NULL)) {
        guint host = first_host_from(fleet, name, strlen(name) + 1);

        if (host < fleet->hosts->len && strcmp(fleet_host(fleet, host)->name, name) == 0)
            marks[host] = TRUE;
    }
}
