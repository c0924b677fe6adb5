/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <cpumodel/version.h>

#define MAX_DIGITS 3

/* What a number is worth, by its place. */
static const guint weights[] = {1000000, 1000, 1};

/* Without sscanf(), which would take ten times as long. NULL: TEXT begins with no such number. */
static const char *
read_number(const char *text, guint *ret_number)
{
    const char *end = text;
    guint number = 0;

    for (; g_ascii_isdigit(*end) && end - text < MAX_DIGITS; end++)
        number = number * 10 + (guint)(*end - '0');
    if (end == text || g_ascii_isdigit(*end))
        return NULL;
    *ret_number = number;
    return end;
}

guint
version_read(const char *text, guint *ret_version, const char **ret_rest)
{
    const char *next = text;
    guint version = 0, n = 0;

    while (n < G_N_ELEMENTS(weights)) {
        guint number;
        const char *end = read_number(next, &number);

        if (end == NULL)
            break;
        version += number * weights[n++];
        *ret_rest = end;
        if (*end != '.')
            break;
        next = end + 1;
    }
    if (n > 0)
        *ret_version = version;
    return n;
}

gboolean
version_parse(const char *text, guint *ret_version)
{
    const char *rest;
    guint version;

    if (version_read(text, &version, &rest) == 0 || *rest != '\0')
        return FALSE;
    *ret_version = version;
    return TRUE;
}

char *
version_format(guint version)
{
    const guint major = version / 1000000, minor = version / 1000 % 1000, release = version % 1000;

    return release == 0 ? g_strdup_printf("%u.%u", major, minor)
                        : g_strdup_printf("%u.%u.%u", major, minor, release);
}
