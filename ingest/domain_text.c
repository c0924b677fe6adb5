/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A scan of XML markup for the byte ranges of elements.
 *
 * libxml2 tells lines but not bytes, and editing in place needs bytes. The scan knows just enough
 * of XML to step over what may hold a '<' or '>' without being an element: comments, CDATA
 * sections, processing instructions and quoted attribute values. It numbers elements in document
 * order, as a walk of libxml2's tree does, and that number is what ties the two together; libxml2
 * has accepted the text before any place is used.
 *
 * Internal entities could hold elements that the scan does not see, so a document type declaration
 * ends it.
 */

#include "domain_text.h"

#include <string.h>

typedef struct {
    const char *text;
    gsize length, at;
    guint32 line;
    GArray *elements; /* of ElementPlace */
    GArray *open;     /* of guint: indexes in elements */
} Scanner;

static gboolean
looking_at(const Scanner *s, const char *word)
{
    gsize n = strlen(word);

    return s->length - s->at >= n && memcmp(s->text + s->at, word, n) == 0;
}

static void
advance_to(Scanner *s, gsize at)
{
    for (; s->at < at; s->at++) {
        if (s->text[s->at] == '\n')
            s->line++;
    }
}

/* Behind the next TERMINATOR, or at the end of the text. */
static void
skip_past(Scanner *s, const char *terminator)
{
    const char *found = g_strstr_len(s->text + s->at, (gssize)(s->length - s->at), terminator);

    advance_to(s, found == NULL ? s->length : (gsize)(found - s->text) + strlen(terminator));
}

/* The offset of the '>' that ends the tag at s->at, quoted values passed over. */
static gsize
tag_close(const Scanner *s)
{
    char quote = '\0';

    for (gsize i = s->at; i < s->length; i++) {
        char c = s->text[i];

        if (quote != '\0')
            quote = c == quote ? '\0' : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '>')
            return i;
    }
    return s->length;
}

static void
scan_start_tag(Scanner *s)
{
    gsize close = tag_close(s), tag_end = close;
    guint index = s->elements->len;
    ElementPlace place = {.line = s->line, .begin = (guint32)s->at};

    if (close < s->length && close > s->at && s->text[close - 1] == '/') {
        place.is_empty = TRUE;
        tag_end--;
    }
    while (tag_end > s->at && g_ascii_isspace(s->text[tag_end - 1]))
        tag_end--;
    advance_to(s, MIN(close + 1, s->length));
    place.tag_end = (guint32)tag_end;
    if (place.is_empty)
        place.content_end = place.end = (guint32)s->at;
    g_array_append_val(s->elements, place);
    if (!place.is_empty)
        g_array_append_val(s->open, index);
}

static void
scan_end_tag(Scanner *s)
{
    guint32 begin = (guint32)s->at;

    advance_to(s, MIN(tag_close(s) + 1, s->length));
    if (s->open->len == 0)
        return;
    guint index = g_array_index(s->open, guint, s->open->len - 1);
    ElementPlace *place = &g_array_index(s->elements, ElementPlace, index);
    place->content_end = begin;
    place->end = (guint32)s->at;
    g_array_set_size(s->open, s->open->len - 1);
}

void
domain_text_init(DomainText *scan, const char *text, gsize length)
{
    g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(guint));
    Scanner s = {.text = text, .length = length, .line = 1, .open = open};

    scan->elements = s.elements = g_array_new(FALSE, FALSE, sizeof(ElementPlace));
    scan->has_doctype = FALSE;
    while (s.at < length && !scan->has_doctype) {
        const char *tag = memchr(text + s.at, '<', length - s.at);

        advance_to(&s, tag == NULL ? length : (gsize)(tag - text));
        if (s.at == length)
            break;
        if (looking_at(&s, "<!--"))
            skip_past(&s, "-->");
        else if (looking_at(&s, "<![CDATA["))
            skip_past(&s, "]]>");
        else if (looking_at(&s, "<?"))
            skip_past(&s, "?>");
        else if (looking_at(&s, "<!"))
            scan->has_doctype = TRUE;
        else if (looking_at(&s, "</"))
            scan_end_tag(&s);
        else
            scan_start_tag(&s);
    }
}

void
domain_text_clear(DomainText *scan)
{
    g_clear_pointer(&scan->elements, g_array_unref);
}
