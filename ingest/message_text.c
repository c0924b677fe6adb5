/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "message_text.h"

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
