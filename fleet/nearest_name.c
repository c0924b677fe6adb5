/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fleet/nearest_name.h>

#include <string.h>

/* Longer words are no slips of the finger. */
#define MAX_LENGTH 64
/* Fewer letters begin too many names. */
#define MIN_PREFIX 3

static gboolean
is_same(char a, char b)
{
    return g_ascii_tolower(a) == g_ascii_tolower(b);
}

/*
 * How many letters are changed, left out or too much, without case; two neighbours that changed
 * places, the commonest slip, are one change. Three rows at a time.
 */
static guint
distance(const char *a, const char *b)
{
    guint before[MAX_LENGTH + 1], previous[MAX_LENGTH + 1], current[MAX_LENGTH + 1];
    size_t length_a = strlen(a), length_b = strlen(b);

    if (length_a > MAX_LENGTH || length_b > MAX_LENGTH)
        return G_MAXUINT;
    for (guint j = 0; j <= length_b; j++)
        before[j] = previous[j] = j;
    for (guint i = 1; i <= length_a; i++) {
        current[0] = i;
        for (guint j = 1; j <= length_b; j++) {
            guint change = previous[j - 1] + (is_same(a[i - 1], b[j - 1]) ? 0 : 1);

            current[j] = MIN(change, MIN(previous[j], current[j - 1]) + 1);
            if (i > 1 && j > 1 && is_same(a[i - 1], b[j - 2]) && is_same(a[i - 2], b[j - 1]))
                current[j] = MIN(current[j], before[j - 2] + 1);
        }
        memcpy(before, previous, sizeof before);
        memcpy(previous, current, sizeof previous);
    }
    return previous[length_b];
}

static const char *
find_beginning(const char *word, const char *const *names, guint n_names)
{
    size_t length = strlen(word);

    for (guint i = 0; length >= MIN_PREFIX && i < n_names; i++) {
        if (g_ascii_strncasecmp(word, names[i], length) == 0)
            return names[i];
    }
    return NULL;
}

const char *
nearest_name_find(const char *word, const char *const *names, guint n_names)
{
    const char *best = NULL;
    guint best_distance = (guint)MAX(strlen(word) / 3, 1) + 1;

    for (guint i = 0; i < n_names; i++) {
        guint d = distance(word, names[i]);

        if (d < best_distance) {
            best = names[i];
            best_distance = d;
        }
    }
    return best != NULL ? best : find_beginning(word, names, n_names);
}
