/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "message_text.h"

#include <string.h>

char *
message_text_clean(const char *text)
{
    char *clean = g_utf8_make_valid(text, -1);

    for (char *c = clean; *c != '\0'; c++) {
        if (g_ascii_iscntrl(*c))
            *c = ' ';
    }
    return clean;
}

const char *
message_text_behind_line(const char *text, guint *ret_line)
{
    char *stop;

    *ret_line = 0;
    if (!g_str_has_prefix(text, "line "))
        return text;
    const guint64 number = g_ascii_strtoull(text + strlen("line "), &stop, 10);
    if (number == 0 || number > G_MAXINT || !g_str_has_prefix(stop, ": "))
        return text;
    *ret_line = (guint)number;
    return stop + strlen(": ");
}
