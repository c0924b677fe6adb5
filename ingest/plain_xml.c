/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One pass over the bytes, steered by a table of what each byte may be. Names are interned in a
 * dictionary of libxml2's, in front of which a small table of the names met last spares most
 * look-ups. Open elements are a stack of such names, which end tags are compared with.
 *
 * The limits are libxml2's smallest, or less: what is longer is its to judge.
 */

#include "plain_xml.h"

#include <libxml/xmlstring.h>
/* It needs the one above. */
#include <libxml/dict.h>
#include <string.h>

/* libxml2 takes names of 50,000 bytes, and comments and attributes of more. */
#define MAX_NAME_BYTES 256
#define MAX_COMMENT_BYTES 50000
#define MAX_ATTRIBUTES 64
/* A caller's own limit on depth is lower, or libxml2's: this one is for memory alone. */
#define MAX_DEPTH 65536
#define N_RECENT 256 /* a power of two */
/* Interned names of hostile documents are not kept for ever. */
#define MAX_INTERNED_BYTES ((gsize)256 << 10)

typedef enum {
    BYTE_NAME_START = 1 << 0, /* may begin a name */
    BYTE_NAME = 1 << 1,       /* may stand in one */
    BYTE_TEXT = 1 << 2,       /* stands for itself between tags; not '>', as "]]>" may not */
    BYTE_VALUE = 1 << 3,      /* stands for itself in an attribute; quotes are told apart later */
    BYTE_COMMENT = 1 << 4,    /* may stand in a comment, as '-' may where no other is beside it */
} ByteUse;

typedef struct {
    const char *name; /* interned */
    gsize length;
} Name;

struct PlainXml {
    gsize max_attribute_bytes;
    xmlDictPtr names;
    Name recent[N_RECENT];
    guint8 uses[256]; /* ByteUse bits */

    const char *bytes, *cursor, *end;
    guint line;
    GArray *open;       /* of Name: open elements */
    Name name;          /* of the tag at hand */
    gboolean is_in_tag; /* the cursor is before the end of a start tag */
    CpuReaderAttribute attributes[MAX_ATTRIBUTES];
    guint n_attributes;
    const char *text;
    gsize text_length;
};

static void
fill_uses(guint8 uses[256])
{
    for (guint c = 0; c < 128; c++) {
        gboolean is_letter = g_ascii_isalpha((char)c) || c == '_';
        gboolean is_printed = c >= ' ' && c < 127;

        if (is_letter)
            uses[c] |= BYTE_NAME_START;
        if (is_letter || g_ascii_isdigit((char)c) || c == '-' || c == '.')
            uses[c] |= BYTE_NAME;
        if ((is_printed || c == '\n' || c == '\t') && c != '<' && c != '&' && c != '>')
            uses[c] |= BYTE_TEXT;
        if (is_printed && c != '<' && c != '&')
            uses[c] |= BYTE_VALUE;
        if (is_printed || c == '\n' || c == '\t')
            uses[c] |= BYTE_COMMENT;
    }
}

PlainXml *
plain_xml_new(gsize max_attribute_bytes)
{
    PlainXml *xml = g_new0(PlainXml, 1);

    xml->max_attribute_bytes = max_attribute_bytes;
    xml->open = g_array_new(FALSE, FALSE, sizeof(Name));
    fill_uses(xml->uses);
    return xml;
}

void
plain_xml_free(PlainXml *xml)
{
    if (xml == NULL)
        return;
    xmlDictFree(xml->names);
    g_array_unref(xml->open);
    g_free(xml);
}

void
plain_xml_begin(PlainXml *xml, const char *bytes, gsize length)
{
    if (xml->names == NULL || xmlDictGetUsage(xml->names) > MAX_INTERNED_BYTES) {
        xmlDictFree(xml->names);
        xml->names = xmlDictCreate();
        if (xml->names == NULL)
            g_error("out of memory");
        memset(xml->recent, 0, sizeof xml->recent);
    }
    xml->bytes = xml->cursor = bytes;
    xml->end = bytes + length;
    xml->line = 1;
    xml->is_in_tag = FALSE;
    g_array_set_size(xml->open, 0);
}

const char *
plain_xml_name(const PlainXml *xml)
{
    return xml->name.name;
}

const CpuReaderAttribute *
plain_xml_attributes(const PlainXml *xml, guint *ret_n)
{
    *ret_n = xml->n_attributes;
    return xml->attributes;
}

const char *
plain_xml_text(const PlainXml *xml, gsize *ret_length)
{
    *ret_length = xml->text_length;
    return xml->text;
}

guint
plain_xml_line(const PlainXml *xml)
{
    return xml->line;
}

gsize
plain_xml_offset(const PlainXml *xml)
{
    return (gsize)(xml->cursor - xml->bytes);
}

static inline gboolean
is_use(const PlainXml *xml, ByteUse use)
{
    return xml->cursor < xml->end && (xml->uses[(guint8)*xml->cursor] & use) != 0;
}

static inline gboolean
skip_char(PlainXml *xml, char c)
{
    if (xml->cursor == xml->end || *xml->cursor != c)
        return FALSE;
    xml->cursor++;
    return TRUE;
}

/* Passes over blanks; TRUE when there was one. */
static gboolean
skip_blanks(PlainXml *xml)
{
    const char *start = xml->cursor;

    while (xml->cursor < xml->end &&
           (*xml->cursor == ' ' || *xml->cursor == '\n' || *xml->cursor == '\t')) {
        xml->line += *xml->cursor == '\n';
        xml->cursor++;
    }
    return xml->cursor > start;
}

/* ---- tags ----------------------------------------------------------------------------------- */

static gboolean
intern(PlainXml *xml, const char *start, gsize length, guint hash, Name *ret_name)
{
    Name *recent = &xml->recent[hash % N_RECENT];

    if (recent->length != length || memcmp(recent->name, start, length) != 0) {
        const xmlChar *name = xmlDictLookup(xml->names, (const xmlChar *)start, (int)length);

        if (name == NULL)
            return FALSE;
        *recent = (Name){.name = (const char *)name, .length = length};
    }
    *ret_name = *recent;
    return TRUE;
}

static gboolean
read_name(PlainXml *xml, Name *ret_name)
{
    const char *start = xml->cursor, *cursor = start, *end = xml->end;
    const guint8 *uses = xml->uses;
    guint hash = 0;

    if (!is_use(xml, BYTE_NAME_START))
        return FALSE;
    for (; cursor < end && (uses[(guint8)*cursor] & BYTE_NAME) != 0; cursor++)
        hash = hash * 31 + (guint8)*cursor;
    gsize length = (gsize)(cursor - start);
    xml->cursor = cursor;
    return length <= MAX_NAME_BYTES && intern(xml, start, length, hash, ret_name);
}

static gboolean
has_attribute(const PlainXml *xml, const char *name)
{
    for (guint i = 0; i < xml->n_attributes; i++) {
        if (xml->attributes[i].name == name)
            return TRUE;
    }
    return FALSE;
}

/* The value between quotes; FALSE when it is none or unusual. */
static gboolean
read_value(PlainXml *xml, const char **ret_value, gsize *ret_length)
{
    const char *cursor = xml->cursor, *end = xml->end;
    const guint8 *uses = xml->uses;

    if (cursor == end || (*cursor != '\'' && *cursor != '"'))
        return FALSE;
    char quote = *cursor++;
    *ret_value = cursor;
    while (cursor < end && *cursor != quote && (uses[(guint8)*cursor] & BYTE_VALUE) != 0)
        cursor++;
    *ret_length = (gsize)(cursor - *ret_value);
    xml->cursor = cursor;
    return skip_char(xml, quote);
}

/* An attribute called "xmlns" declares a namespace. */
static gboolean
read_attribute(PlainXml *xml)
{
    const char *value;
    gsize length;
    Name name;

    if (!read_name(xml, &name) || !skip_char(xml, '=') || !read_value(xml, &value, &length))
        return FALSE;
    if (length > xml->max_attribute_bytes || xml->n_attributes == MAX_ATTRIBUTES ||
        has_attribute(xml, name.name) || strcmp(name.name, "xmlns") == 0)
        return FALSE;
    xml->attributes[xml->n_attributes++] =
        (CpuReaderAttribute){.name = name.name, .value = value, .length = length};
    return TRUE;
}

/* Behind the '<'. Stops before the end of the tag, which the next token begins with. */
static PlainXmlToken
read_start_tag(PlainXml *xml)
{
    if (xml->open->len == MAX_DEPTH || !read_name(xml, &xml->name))
        return PLAIN_XML_UNUSUAL;
    g_array_append_val(xml->open, xml->name);
    xml->n_attributes = 0;
    while (skip_blanks(xml) && is_use(xml, BYTE_NAME_START)) {
        if (!read_attribute(xml))
            return PLAIN_XML_UNUSUAL;
    }
    if (xml->cursor == xml->end || (*xml->cursor != '>' && *xml->cursor != '/'))
        return PLAIN_XML_UNUSUAL;
    xml->is_in_tag = TRUE;
    return PLAIN_XML_START;
}

static PlainXmlToken
close_element(PlainXml *xml)
{
    xml->name = g_array_index(xml->open, Name, xml->open->len - 1);
    g_array_set_size(xml->open, xml->open->len - 1);
    return PLAIN_XML_END;
}

/* Behind the "</". */
static PlainXmlToken
read_end_tag(PlainXml *xml)
{
    const Name *open = &g_array_index(xml->open, Name, xml->open->len - 1);
    gsize left = (gsize)(xml->end - xml->cursor);

    if (left <= open->length || memcmp(xml->cursor, open->name, open->length) != 0 ||
        xml->cursor[open->length] != '>')
        return PLAIN_XML_UNUSUAL;
    xml->cursor += open->length + 1;
    return close_element(xml);
}

/* ---- what stands between tags --------------------------------------------------------------- */

static PlainXmlToken
read_text(PlainXml *xml)
{
    const guint8 *uses = xml->uses;
    const char *cursor = xml->cursor, *end = xml->end;
    guint line = xml->line;

    xml->text = cursor;
    while (cursor < end && (uses[(guint8)*cursor] & BYTE_TEXT) != 0)
        line += *cursor++ == '\n';
    xml->text_length = (gsize)(cursor - xml->text);
    xml->cursor = cursor;
    xml->line = line;
    return xml->text_length > 0 ? PLAIN_XML_TEXT : PLAIN_XML_UNUSUAL;
}

/* Behind the "<!". TRUE when it was a comment, which says nothing to anybody. */
static gboolean
skip_comment(PlainXml *xml)
{
    if (!skip_char(xml, '-') || !skip_char(xml, '-'))
        return FALSE;
    for (gsize n = 0; n < MAX_COMMENT_BYTES && is_use(xml, BYTE_COMMENT); n++) {
        if (*xml->cursor != '-') {
            xml->line += *xml->cursor++ == '\n';
            continue;
        }
        xml->cursor++;
        if (skip_char(xml, '-'))
            return skip_char(xml, '>');
    }
    return FALSE;
}

/* Ends the start tag that the last token stopped in. */
static PlainXmlToken
end_start_tag(PlainXml *xml)
{
    xml->is_in_tag = FALSE;
    if (skip_char(xml, '>'))
        return plain_xml_next(xml);
    xml->cursor++;
    return skip_char(xml, '>') ? close_element(xml) : PLAIN_XML_UNUSUAL;
}

PlainXmlToken
plain_xml_next(PlainXml *xml)
{
    if (xml->is_in_tag)
        return end_start_tag(xml);
    for (;;) {
        if (xml->open->len == 0 && xml->cursor > xml->bytes)
            return PLAIN_XML_DONE;
        if (xml->cursor == xml->end)
            return PLAIN_XML_UNUSUAL;
        if (*xml->cursor != '<')
            return xml->open->len > 0 ? read_text(xml) : PLAIN_XML_UNUSUAL;
        xml->cursor++;
        if (skip_char(xml, '/'))
            return xml->open->len > 0 ? read_end_tag(xml) : PLAIN_XML_UNUSUAL;
        if (!skip_char(xml, '!'))
            return read_start_tag(xml);
        if (xml->open->len == 0 || !skip_comment(xml))
            return PLAIN_XML_UNUSUAL;
    }
}
