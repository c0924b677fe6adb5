/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A section is found by its first and its last words, and looked up by its text. When it is known,
 * the document is read with an empty element, the stand-in, in its place. That means the same,
 * because
 *
 *  - the section became known when the parser had read it from the '<' of its first element to the
 *    '>' of its last one, as all sections of that document: it is balanced, and an element of the
 *    table, not the inside of a comment or an attribute;
 *  - the parser sees the same bytes up to the stand-in, and then calls the same handler for it,
 *    right there: so it would have called it for the section, in the same state, and be where it is
 *    now behind it;
 *  - no other element of the document is of a section, before it or after it;
 *  - there is nothing in it that means something else elsewhere: no prefix (declared around it), no
 *    entity (none are), nothing that sets more than its record.
 *
 * If one of these fails, or the document does, all of it is read, which also tells the right lines.
 */

/* memmem(), memrchr() */
#define _GNU_SOURCE
#include "document_sharing.h"

#include "xml_position.h"

#include <string.h>

/* A document, or what is left of one. */
typedef struct {
    const DocumentReader *reader;
    const char *bytes;
    gsize length;
    guint line;
} Text;

/* Where a section is. */
typedef struct {
    gsize from, to;
    gsize end; /* of the document around it */
} Span;

static Document *
read_text(XmlStream *stream, const Text *text, gsize *ret_used)
{
    const DocumentReader *reader = text->reader;
    gpointer record = reader->begin(text->bytes);
    Document *document = NULL;

    *ret_used =
        xml_stream_read(stream, text->bytes, text->length, text->line, reader->root, record);
    if (!xml_stream_has_failure(stream)) {
        document = g_new0(Document, 1);
        document->kind = reader->kind;
        reader->finish(record, document);
    }
    reader->free(record);
    return document;
}

static gboolean
is_blank(const char *bytes, gsize length)
{
    gsize i = 0;

    while (i < length &&
           (bytes[i] == ' ' || bytes[i] == '\t' || bytes[i] == '\r' || bytes[i] == '\n'))
        i++;
    return i == length;
}

static gboolean
has_word(const char *bytes, gsize length, const char *word)
{
    return memmem(bytes, length, word, strlen(word)) != NULL;
}

/* ---- records -------------------------------------------------------------------------------- */

/* Seals the record of DOCUMENT, or gives it the one that says the same. */
static void
settle(SharedRecords *shared, const SharedRecord *part, Document *document)
{
    g_autoptr(GByteArray) content = shared == NULL ? NULL : part->content(document);
    gpointer record = NULL;

    if (content != NULL)
        record = shared_records_find(shared, part, (const char *)content->data, content->len);
    if (record != NULL) {
        part->set(document, record);
        return;
    }
    if (part->seal != NULL)
        part->seal(document);
    if (content != NULL && shared_records_has_room(shared, part, content->len))
        shared_records_add(shared, part, (const char *)content->data, content->len,
                           part->get(document), part->free);
}

/* ---- whole documents ------------------------------------------------------------------------ */

static Document *
find_whole(SharedRecords *shared, const Text *text)
{
    const DocumentReader *reader = text->reader;
    gpointer record = reader->whole == NULL
                          ? NULL
                          : shared_records_find(shared, reader, text->bytes, text->length);

    if (record == NULL)
        return NULL;
    Document *document = g_new0(Document, 1);
    document->kind = reader->kind;
    reader->whole->set(document, record);
    return document;
}

/* Makes the text of DOCUMENT known, of which it takes up the first USED bytes. */
static void
offer_whole(SharedRecords *shared, const Text *text, gsize used, const Document *document)
{
    const DocumentReader *reader = text->reader;

    if (reader->whole != NULL && shared_records_has_room(shared, reader, text->length) &&
        is_blank(text->bytes + used, text->length - used))
        shared_records_add(shared, reader, text->bytes, text->length, reader->whole->get(document),
                           reader->whole->free);
}

/* ---- sections ------------------------------------------------------------------------------- */

/* The last TAG between FROM and END, or NULL. */
static const char *
find_last_tag(const char *from, const char *end, const char *tag)
{
    gsize length = strlen(tag);
    const char *at = end;

    while ((at = memrchr(from, '<', (gsize)(at - from))) != NULL) {
        if ((gsize)(end - at) >= length && memcmp(at, tag, length) == 0)
            return at;
    }
    return NULL;
}

/* The section as its words tell; what they are is for the parser to say. FALSE: there is none. */
static gboolean
find_section(const Text *text, Span *ret_span)
{
    const SharedSection *section = text->reader->section;
    g_autofree char *end_tag = g_strdup_printf("</%s>", text->reader->root->name);
    const char *bytes = text->bytes;
    const char *end = memmem(bytes, text->length, end_tag, strlen(end_tag));
    const char *from =
        end == NULL || section == NULL
            ? NULL
            : memmem(bytes, (gsize)(end - bytes), section->begin, strlen(section->begin));
    const char *last = from == NULL ? NULL : find_last_tag(from, end, section->end);

    if (last == NULL)
        return FALSE;
    ret_span->from = (gsize)(from - bytes);
    ret_span->to = (gsize)(last - bytes) + strlen(section->end);
    ret_span->end = (gsize)(end - bytes) + strlen(end_tag);
    return TRUE;
}

/* Reads TEXT with the stand-in in the place of the section; NULL when it cannot stand there. */
static Document *
read_around(XmlStream *stream, const Text *text, const Span *span, gpointer record)
{
    const char *stand_in = text->reader->section->stand_in;
    g_autoptr(GString) rest =
        g_string_sized_new(span->from + span->end - span->to + (gsize)2 * XML_LOOK_AHEAD);
    g_autoptr(Document) document = NULL;
    gsize used;

    g_string_append_len(rest, text->bytes, (gssize)span->from);
    g_string_append(rest, stand_in);
    g_string_append_len(rest, text->bytes + span->to, (gssize)(span->end - span->to));
    gsize length = rest->len;
    /* The parser stops behind the root element. */
    xml_append_look_ahead(rest);
    const Text around = {text->reader, rest->str, rest->len, text->line};
    xml_stream_expect_section(stream, span->from, record);
    document = read_text(stream, &around, &used);
    finding_free(xml_stream_take_failure(stream));
    return used == length &&
                   xml_stream_has_section(stream, span->from, span->from + strlen(stand_in))
               ? g_steal_pointer(&document)
               : NULL;
}

static Document *
read_with_known(SharedRecords *shared, XmlStream *stream, const Text *text, const Span *span)
{
    const SharedSection *section = text->reader->section;
    gpointer record =
        shared_records_find(shared, section, text->bytes + span->from, span->to - span->from);

    return record == NULL ? NULL : read_around(stream, text, span, record);
}

static void
offer_section(SharedRecords *shared, const Text *text, const Span *span, const Document *document)
{
    const SharedSection *section = text->reader->section;
    const char *bytes = text->bytes + span->from;
    gsize length = span->to - span->from;

    if (shared_records_has_room(shared, section, length) && !has_word(bytes, length, ":") &&
        !has_word(bytes, length, section->foreign))
        shared_records_add(shared, section, bytes, length, section->record.get(document),
                           section->record.free);
}

/* ---- documents ------------------------------------------------------------------------------ */

/* All of TEXT, with what is in it settled. */
static Document *
read_all(SharedRecords *shared, XmlStream *stream, const Text *text, gsize *ret_used)
{
    const DocumentReader *reader = text->reader;
    Document *document = read_text(stream, text, ret_used);

    if (document == NULL)
        return NULL;
    if (reader->section != NULL)
        settle(shared, &reader->section->record, document);
    if (reader->whole != NULL)
        settle(shared, reader->whole, document);
    return document;
}

Document *
document_sharing_read(SharedRecords *shared, XmlStream *stream, const DocumentReader *reader,
                      const char *bytes, gsize length, guint line, gsize *ret_used)
{
    const Text text = {reader, bytes, length, line};
    Document *document = shared == NULL ? NULL : find_whole(shared, &text);
    Span span;

    if (document != NULL) {
        *ret_used = length;
        return document;
    }
    gboolean has_section = shared != NULL && find_section(&text, &span);
    if (has_section)
        document = read_with_known(shared, stream, &text, &span);
    if (document != NULL) {
        *ret_used = span.end;
        if (reader->whole != NULL)
            settle(shared, reader->whole, document);
    } else {
        document = read_all(shared, stream, &text, ret_used);
        if (document != NULL && has_section && xml_stream_has_section(stream, span.from, span.to))
            offer_section(shared, &text, &span, document);
    }
    if (document != NULL && shared != NULL)
        offer_whole(shared, &text, *ret_used, document);
    return document;
}
