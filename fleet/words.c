/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fleet/words.h>

#include <string.h>

char *
words_number(guint64 number)
{
    g_autofree char *digits = g_strdup_printf("%" G_GUINT64_FORMAT, number);
    const gsize length = strlen(digits);
    GString *words = g_string_sized_new(length + length / 3);

    for (gsize i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            g_string_append_c(words, ',');
        g_string_append_c(words, digits[i]);
    }
    return g_string_free(words, FALSE);
}

char *
words_memory(guint64 kib)
{
    /* each with how many of it are too many */
    static const struct {
        const char *name;
        guint64 limit;
    } units[] = {{"KiB", 4096}, {"MiB", 4096}, {"GiB", 100000}, {"TiB", 100000}, {"PiB", 0}};
    guint64 amount = kib, rest = 0;
    gsize unit = 0;

    if (kib == 0)
        return g_strdup("-");
    while (unit + 1 < G_N_ELEMENTS(units) && amount >= units[unit].limit) {
        rest = amount % 1024;
        amount /= 1024;
        unit++;
    }
    g_autofree char *number = words_number(amount + (rest >= 512 ? 1 : 0));
    return g_strdup_printf("%s %s", number, units[unit].name);
}

char *
words_list(const GPtrArray *names, guint most)
{
    GString *list = g_string_new(NULL);
    const guint n_shown = names->len <= most + 1 ? names->len : most;

    for (guint i = 0; i < n_shown; i++)
        g_string_append_printf(list, "%s%s", i > 0 ? ", " : "",
                               (const char *)g_ptr_array_index(names, i));
    if (n_shown < names->len)
        g_string_append_printf(list, " and %u more", names->len - n_shown);
    return g_string_free(list, FALSE);
}
