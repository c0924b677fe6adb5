/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml_twin.h"

#include "../../ingest/plain_xml.h"

#include <libxml/parser.h>
#include <string.h>

/* Text comes in pieces, and in others from each, so it is gathered until a tag comes. */
typedef struct {
    GString *events;
    GString *text;
    xmlParserCtxtPtr parser; /* NULL: the scanner's */
    guint depth;
    gboolean has_ended;
    gboolean is_foreign; /* has a namespace */
} Record;

static void
flush_text(Record *record)
{
    if (record->text->len > 0)
        g_string_append_printf(record->events, "text '%s'\n", record->text->str);
    g_string_truncate(record->text, 0);
}

static void
add_start(Record *record, const char *name, guint line)
{
    flush_text(record);
    g_string_append_printf(record->events, "%u: <%s", line, name);
    record->depth++;
}

static void
add_attribute(Record *record, const char *name, const char *value, gsize length)
{
    g_string_append_printf(record->events, " %s='%.*s'", name, (int)length, value);
}

static void
add_end(Record *record, const char *name, guint line, gsize offset)
{
    flush_text(record);
    g_string_append_printf(record->events, "%u: </%s>\n", line, name);
    if (--record->depth > 0)
        return;
    g_string_append_printf(record->events, "end at %" G_GSIZE_FORMAT "\n", offset);
    record->has_ended = TRUE;
}

static char *
finish(Record *record, gboolean is_well)
{
    g_string_free(record->text, TRUE);
    return g_string_free(record->events, !is_well);
}

/* ---- the scanner ---------------------------------------------------------------------------- */

static void
add_plain_start(Record *record, const PlainXml *xml)
{
    guint n;
    const CpuReaderAttribute *attributes = plain_xml_attributes(xml, &n);

    add_start(record, plain_xml_name(xml), plain_xml_line(xml));
    for (guint i = 0; i < n; i++)
        add_attribute(record, attributes[i].name, attributes[i].value, attributes[i].length);
    g_string_append(record->events, ">\n");
}

char *
xml_twin_plain(const char *bytes, gsize length)
{
    g_autoptr(PlainXml) xml = plain_xml_new(10000);
    Record record = {.events = g_string_new(NULL), .text = g_string_new(NULL)};
    PlainXmlToken token;

    plain_xml_begin(xml, bytes, length);
    while ((token = plain_xml_next(xml)) < PLAIN_XML_DONE) {
        const char *text;
        gsize n;

        if (token == PLAIN_XML_START) {
            add_plain_start(&record, xml);
        } else if (token == PLAIN_XML_END) {
            add_end(&record, plain_xml_name(xml), plain_xml_line(xml), plain_xml_offset(xml));
        } else {
            text = plain_xml_text(xml, &n);
            g_string_append_len(record.text, text, (gssize)n);
        }
    }
    return finish(&record, token == PLAIN_XML_DONE);
}

/* ---- libxml2 -------------------------------------------------------------------------------- */

static void
on_start(void *user_data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
         int n_namespaces, const xmlChar **namespaces, int n_attributes, int n_defaulted,
         const xmlChar **raw)
{
    Record *record = user_data;

    (void)namespaces, (void)n_defaulted;
    record->is_foreign |= prefix != NULL || uri != NULL || n_namespaces > 0;
    add_start(record, (const char *)name, (guint)record->parser->input->line);
    for (int i = 0; i < n_attributes; i++, raw += 5) {
        record->is_foreign |= raw[1] != NULL;
        add_attribute(record, (const char *)raw[0], (const char *)raw[3], (gsize)(raw[4] - raw[3]));
    }
    g_string_append(record->events, ">\n");
}

static void
on_end(void *user_data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    Record *record = user_data;
    xmlParserInputPtr input = record->parser->input;

    (void)prefix, (void)uri;
    add_end(record, (const char *)name, (guint)input->line,
            input->consumed + (gsize)(input->cur - input->base));
    if (record->has_ended)
        xmlStopParser(record->parser);
}

static void
on_text(void *user_data, const xmlChar *text, int length)
{
    g_string_append_len(((Record *)user_data)->text, (const char *)text, length);
}

static void
on_error(void *user_data, xmlErrorPtr error)
{
    (void)user_data, (void)error;
}

char *
xml_twin_libxml(const char *bytes, gsize length)
{
    Record record = {.events = g_string_new(NULL), .text = g_string_new(NULL)};
    xmlParserCtxtPtr parser = xmlNewParserCtxt();

    g_assert(parser != NULL);
    memset(parser->sax, 0, sizeof *parser->sax);
    parser->sax->initialized = XML_SAX2_MAGIC;
    parser->sax->startElementNs = on_start;
    parser->sax->endElementNs = on_end;
    parser->sax->characters = on_text;
    parser->sax->ignorableWhitespace = on_text;
    parser->sax->cdataBlock = on_text;
    parser->sax->serror = on_error;
    parser->userData = &record;
    record.parser = parser;
    xmlDocPtr none = xmlCtxtReadMemory(parser, bytes, (int)length, NULL, "UTF-8",
                                       XML_PARSE_NONET | XML_PARSE_HUGE);
    xmlFreeDoc(none);
    xmlFreeParserCtxt(parser);
    return finish(&record, record.has_ended && !record.is_foreign);
}
