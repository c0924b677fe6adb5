/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * On top of libxml2's SAX2 interface, with one parser context per stream: a reset context keeps its
 * dictionary of names, so that a stream of similar documents allocates next to nothing in the
 * parser.
 *
 * An open element is a Frame: its row, the rows of its children, and the child that matched last,
 * since lists of like elements are the rule. The parser gives equal names the same address while it
 * reads a document, so that address is looked at first. Elements that are passed over have no
 * frame, only a depth. While a CPU is open, all events go to the CPU reader.
 *
 * The document ends with its root element: parsing stops there, and what follows is the caller's.
 * Documents come as UTF-8, without prolog; see documents.c.
 */

#include "xml_stream.h"

#include "message_text.h"
#include "xml_position.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdarg.h>
#include <string.h>

/* libxml2's own bounds, which it lifts only when asked to. */
#define LIBXML_MAX_DEPTH 256
#define LIBXML_MAX_ATTRIBUTE_BYTES ((gsize)10 * 1000 * 1000)
#define QEMU_NAMESPACE "http://libvirt.org/schemas/domain/qemu/1.0"
/* Interned names of hostile documents are not kept for ever. */
#define MAX_INTERNED_BYTES ((gsize)256 << 10)

typedef struct {
    const XmlElement *element;
    const XmlElement *last_child;
    const char *last_name; /* the child's, as the parser gave it; only to be compared */
    gsize text_start;      /* in XmlStream.text */
} Frame;

struct XmlStream {
    xmlParserCtxtPtr parser;
    int options;
    guint max_depth;
    gsize max_attribute_bytes;
    Frame *frames; /* of the open elements that matter */
    guint n_frames, max_frames;
    GArray *attributes; /* of CpuReaderAttribute: those of the current start tag */
    GString *text;      /* of the open text elements */
    CpuReader *cpu_reader;
    gboolean is_in_cpu;
    void (*cpu_found)(gpointer record, CpuDefinition *cpu);

    /* The document being read. */
    const char *bytes;
    const XmlElement *root;
    gpointer record;
    guint first_line;
    guint depth;
    guint skip_depth; /* depth of the outermost element that is passed over; 0: none */
    gboolean is_malformed;
    gboolean is_refused; /* parsing was stopped: too deep, or a DTD */
    gsize end;           /* behind the root element; 0 before */
    struct {
        gsize from, to; /* of the first one's beginning and the last one's end; 0: none so far */
        gsize expected; /* where the stand-in begins that the record is for */
        gpointer record;
    } section;
    Finding *failure;
};

/* ---- attributes ----------------------------------------------------------------------------- */

const CpuReaderAttribute *
xml_attribute(const XmlAttributes *attributes, const char *name)
{
    for (guint i = 0; i < attributes->n; i++) {
        if (strcmp(attributes->list[i].name, name) == 0)
            return &attributes->list[i];
    }
    return NULL;
}

char *
xml_attribute_dup(const XmlAttributes *attributes, const char *name)
{
    const CpuReaderAttribute *attribute = xml_attribute(attributes, name);

    return attribute == NULL ? NULL : g_strndup(attribute->value, attribute->length);
}

gboolean
xml_attribute_is(const XmlAttributes *attributes, const char *name, const char *value)
{
    const CpuReaderAttribute *attribute = xml_attribute(attributes, name);

    return attribute != NULL && attribute->length == strlen(value) &&
           memcmp(attribute->value, value, attribute->length) == 0;
}

/* ---- what handlers may ask ------------------------------------------------------------------ */

guint
xml_stream_line(const XmlStream *stream)
{
    xmlParserInputPtr input = stream->parser->input;

    return stream->first_line + (input == NULL || input->line < 1 ? 0 : (guint)input->line - 1);
}

gsize
xml_stream_end_offset(const XmlStream *stream)
{
    return xml_position(stream->parser);
}

gsize
xml_stream_tag_offset(const XmlStream *stream)
{
    return xml_position_of_tag(stream->parser, stream->bytes);
}

/* No section begins a document: that is where the root element does. */
gpointer
xml_stream_begin_section(XmlStream *stream)
{
    gsize offset = xml_stream_tag_offset(stream);

    if (stream->section.from == 0)
        stream->section.from = offset;
    return offset == stream->section.expected ? stream->section.record : NULL;
}

void
xml_stream_end_section(XmlStream *stream)
{
    stream->section.to = xml_stream_end_offset(stream);
}

static void
fail(XmlStream *stream, guint line, const char *id, const char *remedy, const char *text)
{
    if (stream->failure != NULL)
        return;
    g_autofree char *clean = message_text_clean(text);
    stream->failure = finding_new(FINDING_ERROR, id, clean, remedy);
    stream->failure->line = line;
}

static void G_GNUC_PRINTF(4, 5)
    fail_here(XmlStream *stream, const char *id, const char *remedy, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    fail(stream, xml_stream_line(stream), id, remedy, text);
}

void
xml_event_fail(const XmlEvent *event, const char *id, const char *remedy, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    fail(event->stream, xml_stream_line(event->stream), id, remedy, text);
}

void
xml_stream_skip(XmlStream *stream)
{
    stream->skip_depth = stream->depth;
}

void
xml_stream_read_cpu(const XmlEvent *event, CpuElement element,
                    void (*found)(gpointer record, CpuDefinition *cpu))
{
    XmlStream *stream = event->stream;

    cpu_reader_begin(stream->cpu_reader, element, event->attributes.list, event->attributes.n,
                     xml_stream_line(stream));
    stream->cpu_found = found;
    stream->is_in_cpu = TRUE;
}

/* ---- events --------------------------------------------------------------------------------- */

/*
 * libxml2 gives five pointers for each: local name, prefix, namespace, begin and end of the value.
 */
static XmlAttributes
take_attributes(XmlStream *stream, int n_attributes, const xmlChar **raw)
{
    CpuReaderAttribute *list;
    guint n = 0;

    g_array_set_size(stream->attributes, (guint)n_attributes);
    list = (CpuReaderAttribute *)(void *)stream->attributes->data;
    for (int i = 0; i < n_attributes; i++, raw += 5) {
        const CpuReaderAttribute attribute = {.name = (const char *)raw[0],
                                              .value = (const char *)raw[3],
                                              .length = (gsize)(raw[4] - raw[3])};

        if (attribute.length > stream->max_attribute_bytes)
            fail_here(stream, "too-long", "check where the document comes from",
                      "attribute '%.40s' has %" G_GSIZE_FORMAT
                      " bytes, more than the %" G_GSIZE_FORMAT " allowed",
                      attribute.name, attribute.length, stream->max_attribute_bytes);
        else if (raw[1] == NULL)
            list[n++] = attribute;
    }
    return (XmlAttributes){list, n};
}

static void
refuse(XmlStream *stream)
{
    stream->is_refused = TRUE;
    xmlStopParser(stream->parser);
}

static const XmlElement *
find_child(const XmlElement *children, const char *name)
{
    for (; children != NULL && children->name != NULL; children++) {
        if (strcmp(children->name, name) == 0 ||
            (strcmp(children->name, "*") == 0 && strchr(name, ':') == NULL))
            return children;
    }
    return NULL;
}

/* The row of an element that begins, NULL when it is passed over. */
static const XmlElement *
match_element(XmlStream *stream, const char *name)
{
    if (stream->n_frames == 0)
        return stream->root;
    Frame *parent = &stream->frames[stream->n_frames - 1];

    if (parent->last_name != name) {
        parent->last_child = find_child(parent->element->children, name);
        parent->last_name = name;
    }
    return parent->last_child;
}

static void
begin_element(XmlStream *stream, const char *name, const XmlAttributes *attributes)
{
    const XmlElement *element = match_element(stream, name);

    if (element == NULL) {
        stream->skip_depth = stream->depth;
        return;
    }
    if (stream->n_frames == stream->max_frames) {
        stream->max_frames = MAX(16, 2 * stream->max_frames);
        stream->frames = g_renew(Frame, stream->frames, stream->max_frames);
    }
    stream->frames[stream->n_frames++] =
        (Frame){.element = element, .text_start = stream->text->len};
    if (element->start != NULL) {
        XmlEvent event = {stream, stream->record, name, *attributes, NULL};

        element->start(&event);
    }
}

/*
 * An element in a namespace. Those of QEMU's, which libvirt's QEMU driver reads, are named
 * "qemu:arg" from here on: by the parser's dictionary, as all names are.
 */
static void
begin_foreign(XmlStream *stream, const xmlChar *name, const xmlChar *uri,
              const XmlAttributes *attributes)
{
    const xmlChar *qualified = NULL;

    if (stream->n_frames > 0 && uri != NULL && strcmp((const char *)uri, QEMU_NAMESPACE) == 0)
        qualified = xmlDictQLookup(stream->parser->dict, (const xmlChar *)"qemu", name);
    if (qualified != NULL)
        begin_element(stream, (const char *)qualified, attributes);
    else
        stream->skip_depth = stream->depth;
}

static void
on_start(void *user_data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
         int n_namespaces, const xmlChar **namespaces, int n_attributes, int n_defaulted,
         const xmlChar **raw)
{
    XmlStream *stream = user_data;
    gboolean is_foreign = uri != NULL || prefix != NULL;

    (void)n_namespaces;
    (void)namespaces;
    (void)n_defaulted;
    if (++stream->depth > stream->max_depth) {
        fail_here(stream, "too-deep", "check where the document comes from",
                  "elements are nested more than %u deep", stream->max_depth);
        refuse(stream);
    }
    if (stream->skip_depth != 0 || stream->failure != NULL)
        return;
    XmlAttributes attributes = take_attributes(stream, n_attributes, raw);
    if (stream->failure != NULL)
        return;
    if (stream->is_in_cpu)
        cpu_reader_start(stream->cpu_reader, is_foreign ? NULL : (const char *)name,
                         attributes.list, attributes.n, xml_stream_line(stream));
    else if (!is_foreign)
        begin_element(stream, (const char *)name, &attributes);
    else
        begin_foreign(stream, name, uri, &attributes);
}

/* What the CPU reader says begins with the line of the source that it was given. */
static void
finish_cpu(XmlStream *stream)
{
    g_autoptr(GError) error = NULL;
    CpuDefinition *cpu = cpu_reader_finish(stream->cpu_reader, &error);

    stream->is_in_cpu = FALSE;
    if (cpu != NULL) {
        stream->cpu_found(stream->record, cpu);
        return;
    }
    guint line;
    const char *text = message_text_behind_line(error->message, &line);
    fail(stream, line > 0 ? line : xml_stream_line(stream), "invalid-cpu",
         "correct the <cpu> element, or fetch the document again", text);
}

static void
end_element(XmlStream *stream, const char *name)
{
    const Frame frame = stream->frames[--stream->n_frames];

    if (frame.element->end != NULL) {
        XmlEvent event = {stream, stream->record, name, {NULL, 0}, NULL};

        if (frame.element->is_text)
            event.text = stream->text->str + frame.text_start;
        frame.element->end(&event);
    }
    if (frame.element->is_text)
        g_string_truncate(stream->text, frame.text_start);
}

static void
on_end(void *user_data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    XmlStream *stream = user_data;
    guint depth = stream->depth--;

    (void)prefix;
    (void)uri;
    if (stream->skip_depth == depth)
        stream->skip_depth = 0;
    else if (stream->skip_depth != 0)
        return;
    else if (stream->is_in_cpu && stream->failure == NULL && cpu_reader_end(stream->cpu_reader))
        finish_cpu(stream);
    if (!stream->is_in_cpu && stream->failure == NULL && stream->n_frames == depth)
        end_element(stream, (const char *)name);
    if (depth == 1) {
        stream->end = xml_stream_end_offset(stream);
        xmlStopParser(stream->parser);
    }
}

static void
on_text(void *user_data, const xmlChar *text, int length)
{
    XmlStream *stream = user_data;

    if (stream->skip_depth != 0 || stream->failure != NULL || stream->n_frames == 0)
        return;
    if (stream->is_in_cpu)
        cpu_reader_text(stream->cpu_reader, (const char *)text, (gsize)length);
    else if (stream->frames[stream->n_frames - 1].element->is_text)
        g_string_append_len(stream->text, (const char *)text, length);
}

static void
on_dtd(void *user_data, const xmlChar *name, const xmlChar *external_id, const xmlChar *system_id)
{
    XmlStream *stream = user_data;

    (void)name;
    (void)external_id;
    (void)system_id;
    fail_here(stream, "dtd", "remove the document type declaration; libvirt writes none",
              "the document has a DTD, which could declare entities");
    refuse(stream);
}

static const char *
remedy_for(int code)
{
    switch (code) {
    case XML_ERR_INVALID_CHAR:
    case XML_ERR_INVALID_ENCODING:
        return "convert the document to UTF-8";
    case XML_ERR_UNDECLARED_ENTITY:
        return "replace the entity by what it stands for";
    default:
        return "fetch the document again";
    }
}

/*
 * Errors that leave the document well-formed (an undeclared namespace) are libvirt's to ignore too.
 */
static void
on_error(void *user_data, xmlErrorPtr error)
{
    XmlStream *stream = user_data;

    if (error->level != XML_ERR_FATAL || stream->end != 0 || stream->is_refused)
        return;
    /* It explains whatever a handler missed in what there is of the document. */
    if (!stream->is_malformed)
        g_clear_pointer(&stream->failure, finding_free);
    stream->is_malformed = TRUE;
    g_autofree char *message = g_strdup(error->message == NULL ? "unknown error" : error->message);
    g_autofree char *text = NULL;

    message[strcspn(message, "\n")] = '\0';
    text = g_strdup_printf("not well-formed XML: %s", message);
    fail(stream, stream->first_line + (error->line < 1 ? 0 : (guint)error->line - 1), "not-xml",
         remedy_for(error->code), text);
}

/* ---- life cycle ----------------------------------------------------------------------------- */

static xmlParserCtxtPtr
new_parser(XmlStream *stream)
{
    xmlParserCtxtPtr parser = xmlNewParserCtxt();

    if (parser == NULL)
        g_error("out of memory");
    memset(parser->sax, 0, sizeof *parser->sax);
    parser->sax->initialized = XML_SAX2_MAGIC;
    parser->sax->startElementNs = on_start;
    parser->sax->endElementNs = on_end;
    parser->sax->characters = on_text;
    parser->sax->ignorableWhitespace = on_text;
    parser->sax->cdataBlock = on_text;
    parser->sax->internalSubset = on_dtd;
    parser->sax->serror = on_error;
    parser->userData = stream;
    return parser;
}

XmlStream *
xml_stream_new(const IngestLimits *limits)
{
    XmlStream *stream = g_new0(XmlStream, 1);

    stream->max_depth = limits->max_depth;
    stream->max_attribute_bytes = limits->max_attribute_bytes;
    /* NOENT only makes &lt; in attributes a '<': there are no entities but the built-in ones. */
    stream->options = XML_PARSE_NONET | XML_PARSE_NOENT;
    if (stream->max_depth > LIBXML_MAX_DEPTH ||
        stream->max_attribute_bytes > LIBXML_MAX_ATTRIBUTE_BYTES)
        stream->options |= XML_PARSE_HUGE;
    stream->attributes = g_array_new(FALSE, FALSE, sizeof(CpuReaderAttribute));
    stream->text = g_string_new(NULL);
    stream->cpu_reader = cpu_reader_new();
    stream->parser = new_parser(stream);
    return stream;
}

void
xml_stream_free(XmlStream *stream)
{
    if (stream == NULL)
        return;
    xmlFreeParserCtxt(stream->parser);
    g_free(stream->frames);
    g_array_unref(stream->attributes);
    g_string_free(stream->text, TRUE);
    cpu_reader_free(stream->cpu_reader);
    finding_free(stream->failure);
    g_free(stream);
}

static void
reset(XmlStream *stream)
{
    stream->n_frames = 0;
    g_string_truncate(stream->text, 0);
    g_clear_pointer(&stream->failure, finding_free);
    stream->depth = 0;
    stream->skip_depth = 0;
    stream->end = 0;
    stream->section.from = 0;
    stream->section.to = 0;
    stream->is_malformed = FALSE;
    stream->is_refused = FALSE;
    stream->is_in_cpu = FALSE;
    if (xmlDictGetUsage(stream->parser->dict) > MAX_INTERNED_BYTES) {
        xmlFreeParserCtxt(stream->parser);
        stream->parser = new_parser(stream);
    }
}

gsize
xml_stream_read(XmlStream *stream, const char *bytes, gsize length, guint first_line,
                const XmlElement *root, gpointer record)
{
    reset(stream);
    stream->bytes = bytes;
    stream->root = root;
    stream->record = record;
    stream->first_line = first_line;
    /* Without an encoding it is UTF-8 too, and the parser does not copy it through a converter. */
    xmlDocPtr document = xmlCtxtReadMemory(stream->parser, bytes, (int)MIN(length, G_MAXINT), NULL,
                                           NULL, stream->options);
    xmlFreeDoc(document);
    stream->section.record = NULL;
    if (stream->end == 0)
        fail(stream, first_line, "not-xml", "fetch the document again",
             "not well-formed XML: the document does not end");
    return stream->end;
}

void
xml_stream_expect_section(XmlStream *stream, gsize offset, gpointer record)
{
    stream->section.expected = offset;
    stream->section.record = record;
}

gboolean
xml_stream_has_section(const XmlStream *stream, gsize from, gsize to)
{
    return from > 0 && stream->section.from == from && stream->section.to == to;
}

gboolean
xml_stream_has_failure(const XmlStream *stream)
{
    return stream->failure != NULL;
}

Finding *
xml_stream_take_failure(XmlStream *stream)
{
    return g_steal_pointer(&stream->failure);
}
