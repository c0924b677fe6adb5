/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fleet/nearest_name.h>

#include <string.h>

/* Longer words are no slips of the finger. */
#define MAX_LENGTH 64
/* Fewer letters begin too many names. */
#define MIN_PREFIX 3

/* Levenshtein's distance without case, two rows at a time. */
static guint
distance(const char *a, const char *b)
{
    guint previous[MAX_LENGTH + 1], current[MAX_LENGTH + 1];
    size_t length_a = strlen(a), length_b = strlen(b);

    if (length_a > MAX_LENGTH || length_b > MAX_LENGTH)
        return G_MAXUINT;
    for (guint j = 0; j <= length_b; j++)
        previous[j] = j;
    for (guint i = 1; i <= length_a; i++) {
        current[0] = i;
        for (guint j = 1; j <= length_b; j++) {
            gboolean differ = g_ascii_tolower(a[i - 1]) != g_ascii_tolower(b[j - 1]);
            guint change = previous[j - 1] + (differ ? 1 : 0);

            current[j] = MIN(change, MIN(previous[j], current[j - 1]) + 1);
        }
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
