/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "source_text.h"

#include "text_encoding.h"

#include <string.h>

void
source_text_init(SourceText *text, const char *bytes, gsize length)
{
    text->cursor = text->counted = length == 0 ? "" : bytes;
    text->end = text->cursor + length;
    text->counted_line = 1;
}

gboolean
source_text_convert(SourceText *text, char **ret_converted, char **ret_problem)
{
    gsize skip, length;
    g_autofree char *encoding = text_encoding_claimed(text->cursor, source_text_left(text), &skip);

    *ret_converted = *ret_problem = NULL;
    text->cursor += skip;
    text->counted = text->cursor;
    if (encoding == NULL || *encoding == '\0' || g_ascii_strcasecmp(encoding, "UTF-8") == 0 ||
        g_ascii_strcasecmp(encoding, "US-ASCII") == 0)
        return TRUE;
    char *converted =
        g_convert(text->cursor, text->end - text->cursor, "UTF-8", encoding, NULL, &length, NULL);
    if (converted == NULL) {
        *ret_problem =
            g_strdup_printf("the text is not in the encoding '%.40s' that it claims", encoding);
        return FALSE;
    }
    text->cursor = text->counted = *ret_converted = converted;
    text->end = converted + length;
    return TRUE;
}

gsize
source_text_left(const SourceText *text)
{
    return (gsize)(text->end - text->cursor);
}

/* Counted when asked for: most sources hold one document, in line 1. */
guint
source_text_line(SourceText *text)
{
    while (text->counted < text->cursor) {
        const char *newline = memchr(text->counted, '\n', (gsize)(text->cursor - text->counted));

        text->counted_line += newline != NULL;
        text->counted = newline != NULL ? newline + 1 : text->cursor;
    }
    return text->counted_line;
}

static gboolean
begins_with(const SourceText *text, const char *word)
{
    gsize length = strlen(word);

    return source_text_left(text) >= length && memcmp(text->cursor, word, length) == 0;
}

void
source_text_skip_misc(SourceText *text)
{
    static const struct {
        const char *begin, *end;
    } marks[] = {{"<?", "?>"}, {"<!--", "-->"}};

    for (;;) {
        const char *to = text->cursor;

        while (to < text->end && strchr(" \t\r\n", *to) != NULL && *to != '\0')
            to++;
        text->cursor = to;
        for (guint i = 0; i < G_N_ELEMENTS(marks); i++) {
            if (!begins_with(text, marks[i].begin))
                continue;
            const char *stop = g_strstr_len(text->cursor, text->end - text->cursor, marks[i].end);
            if (stop != NULL)
                to = stop + strlen(marks[i].end);
        }
        if (to == text->cursor)
            return;
        text->cursor = to;
    }
}

char *
source_text_root_name(const SourceText *text)
{
    const char *name = text->cursor + 1, *stop = name;

    while (stop < text->end && (g_ascii_isalnum(*stop) || strchr("_-.:", *stop) != NULL) &&
           *stop != '\0')
        stop++;
    return g_strndup(name, (gsize)(stop - name));
}
