/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A document with a mark is cut there into a head and a shared tail. That the cut goes between
 * elements just below the root, and not through a comment or an attribute, is known when the head
 * and the root's end tag are a well-formed document that ends right there. This is checked for the
 * document whose tail becomes known as well as for each that is found by it, so a tail means in
 * both what it says. The root's start tag has to be bare: a namespace would change the meaning.
 */

/* memmem() */
#define _GNU_SOURCE
#include "document_sharing.h"

#include <string.h>

Document *
document_read(XmlStream *stream, const DocumentReader *reader, const char *bytes, gsize length,
              guint line, gsize *ret_used)
{
    gpointer record = reader->begin(bytes);
    Document *document = NULL;

    *ret_used = xml_stream_read(stream, bytes, length, line, reader->root, record);
    if (!xml_stream_has_failure(stream)) {
        document = g_new0(Document, 1);
        document->kind = reader->kind;
        reader->finish(record, document);
    }
    reader->free(record);
    return document;
}

/* How much of BYTES comes before the shared part; FALSE when there is none. */
static gboolean
find_tail(const DocumentReader *reader, const char *bytes, gsize length, gsize *ret_head)
{
    const SharedPart *part = reader->shared;
    const char *name = reader->root->name;
    const char *tail = bytes;

    if (part == NULL)
        return FALSE;
    if (part->mark != NULL) {
        gsize name_length = strlen(name);

        if (length < name_length + 2 || memcmp(bytes + 1, name, name_length) != 0 ||
            bytes[name_length + 1] != '>')
            return FALSE;
        tail = memmem(bytes, length, part->mark, strlen(part->mark));
    }
    *ret_head = tail == NULL ? 0 : (gsize)(tail - bytes);
    return tail != NULL;
}

/* The document that is left when the tail is cut off; NULL when the cut is not clean. */
static Document *
read_head(XmlStream *stream, const DocumentReader *reader, const char *bytes, gsize head,
          guint line)
{
    g_autoptr(GString) text = g_string_new_len(bytes, (gssize)head);
    g_autoptr(Document) document = NULL;
    gsize used;

    g_string_append_printf(text, "</%s>", reader->root->name);
    document = document_read(stream, reader, text->str, text->len, line, &used);
    finding_free(xml_stream_take_failure(stream));
    return used == text->len ? g_steal_pointer(&document) : NULL;
}

Document *
document_sharing_find(SharedRecords *shared, XmlStream *stream, const DocumentReader *reader,
                      const char *bytes, gsize length, guint line)
{
    gsize head;
    Document *document;

    if (shared == NULL || !find_tail(reader, bytes, length, &head))
        return NULL;
    gpointer record = shared_records_find(shared, reader, bytes + head, length - head);
    if (record == NULL)
        return NULL;
    if (head > 0) {
        document = read_head(stream, reader, bytes, head, line);
    } else {
        document = g_new0(Document, 1);
        document->kind = reader->kind;
    }
    if (document != NULL)
        reader->shared->set(document, record);
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

void
document_sharing_settle(SharedRecords *shared, const DocumentReader *reader, Document *document)
{
    const SharedPart *part = reader->shared;

    if (part == NULL || part->content == NULL)
        return;
    if (shared == NULL) {
        part->seal(document);
        return;
    }
    g_autoptr(GByteArray) content = part->content(document);
    const char *bytes = (const char *)content->data;
    gpointer record = shared_records_find(shared, part, bytes, content->len);

    if (record != NULL) {
        part->set(document, record);
        return;
    }
    part->seal(document);
    shared_records_add(shared, part, bytes, content->len, part->get(document), part->free);
}

void
document_sharing_offer(SharedRecords *shared, XmlStream *stream, const DocumentReader *reader,
                       const char *bytes, gsize length, gsize used, const Document *document)
{
    gsize head;

    /* Blanks may follow the document, and nothing else. */
    if (shared == NULL || !is_blank(bytes + used, length - used) ||
        !find_tail(reader, bytes, length, &head))
        return;
    const SharedPart *part = reader->shared;
    if (part->foreign != NULL &&
        memmem(bytes + head, length - head, part->foreign, strlen(part->foreign)) != NULL)
        return;
    if (head > 0) {
        g_autoptr(Document) alone = read_head(stream, reader, bytes, head, 1);

        if (alone == NULL)
            return;
    }
    shared_records_add(shared, reader, bytes + head, length - head, part->get(document),
                       part->free);
}
