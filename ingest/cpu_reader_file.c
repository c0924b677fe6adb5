/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * CPUs in whole files, with libxml2's SAX interface.
 *
 * Like virsh, this puts one artificial element around the text, so that several documents may
 * follow each other; an XML declaration is blanked out wherever a document begins. A DTD cannot
 * stand inside an element, so that nothing of the kind ever gets as far as being looked at. A table
 * says what each element leads to; the open elements of interest are a small stack of states, and
 * below one that does not matter only a depth is kept.
 *
 * The parser pulls its input in pieces: that keeps its memory constant, and its own limit for input
 * held at once from being met by files of any length.
 *
 * A list of bare <cpu> elements, as `virsh cpu-baseline` takes it, is taken element by element as
 * far as it is nothing else, see cpu_reader_list.c.
 */

#define _GNU_SOURCE /* memmem() */

#include "cpu_reader_private.h"

#include <libxml/chvalid.h>
#include <libxml/parser.h>
#include <string.h>

/* As libxml2 has it, which counts our own element too. */
#define MAX_DEPTH 255

typedef enum {
    SCOPE_OUTSIDE, /* in nothing known: wrappers are looked through */
    SCOPE_DOMAIN,
    SCOPE_DOMAIN_OS,
    SCOPE_CAPABILITIES,
    SCOPE_HOST,
    SCOPE_DOMAIN_CAPABILITIES,
    SCOPE_DOMAIN_CAPABILITIES_CPU,
    SCOPE_ARCH, /* its text is the architecture of the document */
    SCOPE_TYPE, /* `<type>` of a domain's `<os>`: its attribute is */
    SCOPE_CPU,  /* handed to the CPU reader */
    SCOPE_MODE, /* the same, if it is the supported host-model */
    SCOPE_COUNT
} Scope;

/* What an element leads to from a scope. Others are passed over, or from outside looked through. */
static const struct {
    Scope from;
    const char *name;
    Scope to;
    CpuElement element; /* of SCOPE_CPU and SCOPE_MODE */
} steps[] = {
    {SCOPE_OUTSIDE, "cpu", SCOPE_CPU, CPU_ELEMENT_BARE},
    {SCOPE_OUTSIDE, "domain", SCOPE_DOMAIN, 0},
    {SCOPE_OUTSIDE, "capabilities", SCOPE_CAPABILITIES, 0},
    {SCOPE_OUTSIDE, "host", SCOPE_HOST, 0},
    {SCOPE_OUTSIDE, "domainCapabilities", SCOPE_DOMAIN_CAPABILITIES, 0},
    {SCOPE_DOMAIN, "cpu", SCOPE_CPU, CPU_ELEMENT_GUEST},
    {SCOPE_DOMAIN, "os", SCOPE_DOMAIN_OS, 0},
    {SCOPE_DOMAIN_OS, "type", SCOPE_TYPE, 0},
    {SCOPE_CAPABILITIES, "host", SCOPE_HOST, 0},
    {SCOPE_HOST, "cpu", SCOPE_CPU, CPU_ELEMENT_HOST},
    {SCOPE_DOMAIN_CAPABILITIES, "arch", SCOPE_ARCH, 0},
    {SCOPE_DOMAIN_CAPABILITIES, "cpu", SCOPE_DOMAIN_CAPABILITIES_CPU, 0},
    {SCOPE_DOMAIN_CAPABILITIES_CPU, "mode", SCOPE_MODE, CPU_ELEMENT_HOST_MODEL},
};

typedef struct {
    xmlParserCtxtPtr parser;
    CpuReader *reader;
    CpuElement bare; /* what a <cpu> at the top is */
    CpuReaderSink sink;
    gpointer user_data;
    Scope scopes[MAX_DEPTH + 1];
    guint n_scopes;
    guint n_passed; /* depth below the first element that does not matter */
    gboolean is_in_cpu;
    CpuPlace cpu;
    GString *arch;
    guint n_found;
    guint n_lines_before; /* in the file, before what the parser has */
    gboolean is_stopped;
    GError *error;
} CpuFile;

/* The lines of the file itself: the artificial element takes none. */
static guint
current_line(const CpuFile *file)
{
    return file->n_lines_before + (guint)MAX(xmlSAX2GetLineNumber(file->parser), 1);
}

static void
stop(CpuFile *file)
{
    file->is_stopped = TRUE;
    xmlStopParser(file->parser);
}

static Scope
next_scope(const CpuFile *file, const char *name, CpuElement *ret_element)
{
    Scope from = file->scopes[file->n_scopes - 1];

    for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
        if (steps[i].from == from && strcmp(steps[i].name, name) == 0) {
            *ret_element = steps[i].element == CPU_ELEMENT_BARE ? file->bare : steps[i].element;
            return steps[i].to;
        }
    }
    return from == SCOPE_OUTSIDE ? SCOPE_OUTSIDE : SCOPE_COUNT;
}

static gboolean
has_value(const CpuReaderAttribute *attributes, guint n, const char *name, const char *value)
{
    for (guint i = 0; i < n; i++) {
        if (strcmp(attributes[i].name, name) == 0)
            return attributes[i].length == strlen(value) &&
                   memcmp(attributes[i].value, value, attributes[i].length) == 0;
    }
    return FALSE;
}

static void
take_type_arch(CpuFile *file, const CpuReaderAttribute *attributes, guint n)
{
    for (guint i = 0; i < n; i++) {
        if (strcmp(attributes[i].name, "arch") != 0)
            continue;
        g_autofree char *name = g_strndup(attributes[i].value, attributes[i].length);
        file->cpu.arch = cpu_arch_from_name(name);
    }
}

static void
enter(CpuFile *file, Scope scope, CpuElement element, const CpuReaderAttribute *attributes,
      guint n_attributes)
{
    if (scope == SCOPE_DOMAIN || scope == SCOPE_CAPABILITIES || scope == SCOPE_DOMAIN_CAPABILITIES)
        file->cpu.arch = CPU_ARCH_NONE;
    if (scope == SCOPE_ARCH)
        g_string_truncate(file->arch, 0);
    if (scope == SCOPE_TYPE)
        take_type_arch(file, attributes, n_attributes);
    if (scope == SCOPE_MODE && !(has_value(attributes, n_attributes, "name", "host-model") &&
                                 has_value(attributes, n_attributes, "supported", "yes")))
        scope = SCOPE_COUNT;
    if (scope == SCOPE_COUNT) {
        file->n_passed = 1;
        return;
    }
    if (scope == SCOPE_CPU || scope == SCOPE_MODE) {
        file->is_in_cpu = TRUE;
        file->cpu.element = element;
        file->cpu.line = current_line(file);
        cpu_reader_begin(file->reader, element, attributes, n_attributes, file->cpu.line);
        return;
    }
    if (file->n_scopes == G_N_ELEMENTS(file->scopes)) {
        g_set_error(&file->error, CPU_READER_ERROR, CPU_READER_ERROR_NOT_XML,
                    "line %u: more than %d elements in each other", current_line(file), MAX_DEPTH);
        stop(file);
        return;
    }
    file->scopes[file->n_scopes++] = scope;
}

static void
start_element(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
              int n_namespaces, const xmlChar **namespaces, int n_attributes, int n_defaulted,
              const xmlChar **attributes)
{
    CpuFile *file = context;
    CpuReaderAttribute own[CPU_READER_MAX_ATTRIBUTES];
    CpuElement element = CPU_ELEMENT_BARE;

    (void)prefix, (void)n_namespaces, (void)namespaces, (void)n_defaulted;
    if (file->is_stopped)
        return;
    if (file->n_scopes == 0) { /* the artificial one */
        file->scopes[file->n_scopes++] = SCOPE_OUTSIDE;
        return;
    }
    if (file->n_passed > 0) {
        file->n_passed++;
        return;
    }
    guint n = cpu_reader_convert_attributes(attributes, n_attributes, own);
    if (file->is_in_cpu) {
        cpu_reader_start(file->reader, uri == NULL ? (const char *)name : NULL, own, n,
                         current_line(file));
        return;
    }
    /* Before the call: it sets the element that the call is given. */
    Scope scope = uri == NULL ? next_scope(file, (const char *)name, &element) : SCOPE_COUNT;
    enter(file, scope, element, own, n);
}

static void
finish_cpu(CpuFile *file)
{
    CpuDefinition *cpu = cpu_reader_finish(file->reader, &file->error);

    file->is_in_cpu = FALSE;
    if (cpu == NULL) {
        stop(file);
        return;
    }
    file->cpu.index = file->n_found++;
    if (!file->sink(cpu, &file->cpu, file->user_data, &file->error))
        stop(file);
}

static void
end_element(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    CpuFile *file = context;

    (void)name, (void)prefix, (void)uri;
    if (file->is_stopped)
        return;
    if (file->n_passed > 0) {
        file->n_passed--;
    } else if (file->is_in_cpu) {
        if (cpu_reader_end(file->reader))
            finish_cpu(file);
    } else {
        if (file->scopes[--file->n_scopes] == SCOPE_ARCH)
            file->cpu.arch = cpu_arch_from_name(file->arch->str);
    }
}

static void
characters(void *context, const xmlChar *text, int length)
{
    CpuFile *file = context;

    if (file->is_stopped || file->n_passed > 0 || file->n_scopes == 0)
        return;
    if (file->is_in_cpu)
        cpu_reader_text(file->reader, (const char *)text, (gsize)length);
    else if (file->scopes[file->n_scopes - 1] == SCOPE_ARCH)
        g_string_append_len(file->arch, (const char *)text, length);
}

static void
parse_error(void *context, xmlErrorPtr problem)
{
    CpuFile *file = context;

    if (file->error != NULL || file->is_stopped || problem->level < XML_ERR_ERROR)
        return;
    g_autofree char *message = g_strdup(problem->message == NULL ? "" : problem->message);
    g_strchomp(message);
    g_set_error(&file->error, CPU_READER_ERROR, CPU_READER_ERROR_NOT_XML,
                "line %u: not well-formed XML: %s",
                file->n_lines_before + (guint)MAX(problem->line, 1), message);
    stop(file);
}

/* ---- input ---------------------------------------------------------------------------------- */

static const char opening[] = "<documents>", closing[] = "</documents>";

/* The text with what is put around it. */
typedef struct {
    struct {
        const char *bytes;
        gsize length;
    } pieces[3];
    guint piece;
    gsize offset; /* in the piece */
} Input;

/* The length of the XML declaration at TEXT, 0 when there is none. */
static gsize
declaration_length(const char *text, gsize length)
{
    if (length < 6 || memcmp(text, "<?xml", 5) != 0 || !xmlIsBlank_ch(text[5]))
        return 0;
    const char *end = memmem(text, length, "?>", 2);
    return end == NULL ? 0 : (gsize)(end - text) + 2;
}

/* Copies the next stretch; declarations become blanks, so that lines stay what they are. */
static int
read_input(void *context, char *buffer, int size)
{
    Input *input = context;

    while (input->piece < G_N_ELEMENTS(input->pieces) &&
           input->offset == input->pieces[input->piece].length) {
        input->piece++;
        input->offset = 0;
    }
    if (input->piece == G_N_ELEMENTS(input->pieces))
        return 0;
    const char *text = input->pieces[input->piece].bytes + input->offset;
    gsize left = input->pieces[input->piece].length - input->offset;
    gsize n = MIN(left, (gsize)size);
    gsize skipped = declaration_length(text, left);
    if (skipped > 0) {
        n = MIN(skipped, n);
        for (gsize i = 0; i < n; i++)
            buffer[i] = text[i] == '\n' ? '\n' : ' ';
        input->offset += n;
        return (int)n;
    }
    /* Question marks are rare, and looking for one byte is fast. */
    for (const char *mark = n > 2 ? memchr(text + 2, '?', n - 2) : NULL; mark != NULL;
         mark = memchr(mark + 1, '?', (gsize)(text + n - mark) - 1)) {
        if (declaration_length(mark - 1, left - (gsize)(mark - 1 - text)) > 0) {
            n = (gsize)(mark - 1 - text);
            break;
        }
    }
    memcpy(buffer, text, n);
    input->offset += n;
    return (int)n;
}

static const xmlSAXHandler handler = {
    .initialized = XML_SAX2_MAGIC,
    .startElementNs = start_element,
    .endElementNs = end_element,
    .characters = characters,
    .cdataBlock = characters,
    .ignorableWhitespace = characters,
    .serror = parse_error,
};

static xmlParserCtxtPtr
new_parser(CpuFile *file, Input *input)
{
    xmlSAXHandler own = handler;
    xmlParserCtxtPtr parser =
        xmlCreateIOParserCtxt(&own, file, read_input, NULL, input, XML_CHAR_ENCODING_UTF8);

    if (parser != NULL)
        xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_NOWARNING);
    return parser;
}

static void
append_hint(GError *error, const char *hint)
{
    char *message = g_strconcat(error->message, hint, NULL);

    g_free(error->message);
    error->message = message;
}

static gboolean
is_with_dtd(const char *bytes, gsize length)
{
    return length > 0 && memmem(bytes, length, "<!DOCTYPE", strlen("<!DOCTYPE")) != NULL;
}

static void
parse_all(CpuFile *file, const char *bytes, gsize length)
{
    Input input = {
        .pieces = {{opening, strlen(opening)}, {bytes, length}, {closing, strlen(closing)}}};

    file->parser = new_parser(file, &input);
    if (file->parser == NULL)
        g_error("out of memory");
    xmlParseDocument(file->parser);
    if (file->parser->myDoc != NULL)
        xmlFreeDoc(file->parser->myDoc);
    xmlFreeParserCtxt(file->parser);
}

/* ---- files ---------------------------------------------------------------------------------- */

static gboolean
is_all_blank(const char *text, const char *end)
{
    while (text < end && xmlIsBlank_ch(*text))
        text++;
    return text == end;
}

gboolean
cpu_reader_file(const char *bytes, gsize length, CpuElement bare, CpuReaderSink sink,
                gpointer user_data, GError **error)
{
    g_autoptr(CpuReader) reader = cpu_reader_new();
    g_autoptr(GString) arch = g_string_new(NULL);
    CpuFile file = {
        .reader = reader, .bare = bare, .sink = sink, .user_data = user_data, .arch = arch};

    CpuList list = {.bare = bare, .sink = sink, .user_data = user_data};
    const char *rest = cpu_reader_list(&list, reader, bytes, length, &file.error);
    file.n_found = list.n_found;
    file.n_lines_before = list.n_lines;
    file.is_stopped = list.is_stopped;
    if (!file.is_stopped && (file.n_found == 0 || !is_all_blank(rest, bytes + length)))
        parse_all(&file, rest, (gsize)(bytes + length - rest));
    if (file.error != NULL) {
        if (g_error_matches(file.error, CPU_READER_ERROR, CPU_READER_ERROR_NOT_XML))
            append_hint(file.error, is_with_dtd(bytes, length)
                                        ? ": a DTD is not allowed here, remove <!DOCTYPE>"
                                        : ": give it in UTF-8, as libvirt wrote it");
        g_propagate_error(error, file.error);
        return FALSE;
    }
    if (file.is_stopped || file.n_found > 0)
        return TRUE;
    g_set_error(error, CPU_READER_ERROR, CPU_READER_ERROR_NO_CPU,
                "no CPU in it: give a <cpu>, host capabilities, domain capabilities with a "
                "supported host-model, or a domain with a <cpu>");
    return FALSE;
}
