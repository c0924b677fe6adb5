/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text_encoding.h"

#include <string.h>

/* An XML declaration is not longer than this. */
#define MAX_DECLARATION 200

char *
text_encoding_claimed(const char *bytes, gsize length, gsize *ret_skip)
{
    static const struct {
        const char *mark;
        gsize length, skip;
        const char *encoding;
    } marks[] = {
        {"\xef\xbb\xbf", 3, 3, NULL},       {"\xff\xfe\0\0", 4, 4, "UTF-32LE"},
        {"\0\0\xfe\xff", 4, 4, "UTF-32BE"}, {"\xff\xfe", 2, 2, "UTF-16LE"},
        {"\xfe\xff", 2, 2, "UTF-16BE"},     {"<\0?\0", 4, 0, "UTF-16LE"},
        {"\0<\0?", 4, 0, "UTF-16BE"},
    };

    *ret_skip = 0;
    for (guint i = 0; i < G_N_ELEMENTS(marks); i++) {
        if (length >= marks[i].length && memcmp(bytes, marks[i].mark, marks[i].length) == 0) {
            *ret_skip = marks[i].skip;
            return g_strdup(marks[i].encoding);
        }
    }
    if (length < 6 || memcmp(bytes, "<?xml", 5) != 0)
        return NULL;
    gssize declaration = (gssize)MIN(length, MAX_DECLARATION);
    const char *stop = g_strstr_len(bytes, declaration, "?>");
    const char *name = g_strstr_len(bytes, stop == NULL ? 0 : stop - bytes, "encoding");
    if (name == NULL)
        return NULL;
    name += strlen("encoding");
    while (name < stop && strchr(" \t\r\n=\"'", *name) != NULL)
        name++;
    const char *name_end = name;
    while (name_end < stop && (g_ascii_isalnum(*name_end) || strchr("._:-", *name_end) != NULL))
        name_end++;
    return g_strndup(name, (gsize)(name_end - name));
}
