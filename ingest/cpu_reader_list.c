/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Lists of bare <cpu> elements, as `virsh cpu-baseline` takes them.
 *
 * A child whose text was there before is not parsed again: the CPUs of a fleet differ in a
 * microcode or a frequency, or in which features they have, but hardly ever in how one is written.
 * Between two children of <cpu> a parser is always in the same state, so the same bytes mean the
 * same there. The text of a child reaches to the next start tag. It is looked for among all that
 * are known unless it is the one that followed the child before it the last time. One that is new
 * is given to a parser that is between two children of a <cpu>, and is known when that has taken
 * all of it and is between two children again.
 *
 * All else (children that have children, comments) is left to the parser of the whole with all that
 * follows; so lines and errors are its own.
 */

#include "cpu_reader_private.h"

#include <libxml/chvalid.h>
#include <libxml/parser.h>
#include <string.h>
#include <xxhash.h>

/* Texts that are remembered, before all are forgotten: those that repeat are soon there again. */
#define MAX_KNOWN 4096
/*
 * Parsing child by child costs more than parsing all as a whole, and pays where most are known: the
 * rest of the list is left to the parser of the whole once more than one child of
 * MIN_READ_FOR_PARSED had to be parsed, beside the N_PARSED_FREE that are new in any list.
 */
#define MIN_READ_FOR_PARSED 4
#define N_PARSED_FREE 2048

#define CHUNK_BYTES 1024

#define START_TAG "<cpu>"
#define END_TAG "</cpu>"

/* The text of a child, to the next start tag, and what it says. */
typedef struct KnownText {
    const char *text; /* in the file */
    gsize length;
    guint64 hash;
    guint n_lines;
    CpuReaderChild child;
    struct KnownText *next; /* what followed it the last time; NULL when none did */
} KnownText;

typedef struct {
    CpuList *list;
    CpuReader *reader;
    GHashTable *known;    /* a set of KnownText */
    GStringChunk *values; /* what they point into */
    KnownText beginning;  /* of a <cpu>: what is before its first child */
    KnownText *last;      /* the child before the cursor, or that */
    guint64 n_read;       /* children, with those that were known */
    guint64 n_parsed;

    /* The child that is parsed. */
    xmlParserCtxtPtr parser; /* in a <cpu> of its own */
    guint depth;
    gboolean is_bad;
    KnownText *learned; /* what it says */
    GString *text;
} ListReader;

static guint
known_text_hash(gconstpointer text)
{
    return (guint)((const KnownText *)text)->hash;
}

static gboolean
known_text_equal(gconstpointer a, gconstpointer b)
{
    const KnownText *left = a, *right = b;

    return left->length == right->length && left->hash == right->hash &&
           memcmp(left->text, right->text, left->length) == 0;
}

static void
known_text_free(gpointer data)
{
    KnownText *known = data;

    g_free((gpointer)(guintptr)known->child.attributes);
    g_free(known);
}

/* ---- parsing a child ------------------------------------------------------------------------- */

/* Notes the NAME, NULL for one that is passed over, and the attributes of the child that begins. */
static void
learn_start(ListReader *reader, const char *name, const CpuReaderAttribute *attributes, guint n)
{
    CpuReaderAttribute *kept = g_memdup2(attributes, n * sizeof *attributes);

    for (guint i = 0; i < n; i++) {
        kept[i].name = g_string_chunk_insert(reader->values, attributes[i].name);
        kept[i].value = g_string_chunk_insert_len(reader->values, attributes[i].value,
                                                  (gssize)attributes[i].length);
    }
    reader->learned->child = (CpuReaderChild){
        .name = name == NULL ? NULL : g_string_chunk_insert(reader->values, name),
        .attributes = kept,
        .n_attributes = n,
    };
}

static void
start_element(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
              int n_namespaces, const xmlChar **namespaces, int n_attributes, int n_defaulted,
              const xmlChar **attributes)
{
    ListReader *reader = context;
    CpuReaderAttribute own[CPU_READER_MAX_ATTRIBUTES];
    const char *child_name = uri == NULL ? (const char *)name : NULL;

    (void)prefix, (void)n_namespaces, (void)namespaces, (void)n_defaulted;
    if (reader->depth++ == 0 || reader->is_bad)
        return;
    guint n = cpu_reader_convert_attributes(attributes, n_attributes, own);
    learn_start(reader, child_name, own, n);
    cpu_reader_start(reader->reader, child_name, own, n, 1);
}

static void
end_element(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    ListReader *reader = context;

    (void)name, (void)prefix, (void)uri;
    if (--reader->depth == 1 && !reader->is_bad)
        cpu_reader_end(reader->reader);
}

static void
characters(void *context, const xmlChar *text, int length)
{
    ListReader *reader = context;

    if (reader->depth != 2 || reader->is_bad)
        return;
    cpu_reader_text(reader->reader, (const char *)text, (gsize)length);
    g_string_append_len(reader->text, (const char *)text, length);
}

static void
parse_error(void *context, xmlErrorPtr problem)
{
    ListReader *reader = context;

    reader->is_bad |= problem->level >= XML_ERR_ERROR;
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

/* Gives TEXT to the parser; FALSE unless that takes all of it, and is in <cpu> now. */
static gboolean
feed(ListReader *reader, const char *text, gsize length)
{
    if (length > G_MAXINT)
        return FALSE;
    xmlParseChunk(reader->parser, text, (int)length, 0);
    return !reader->is_bad && reader->parser->wellFormed && reader->depth == 1 &&
           reader->parser->input != NULL &&
           reader->parser->input->cur == reader->parser->input->end;
}

static xmlParserCtxtPtr
new_parser(ListReader *reader)
{
    xmlSAXHandler own = handler;
    xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&own, reader, NULL, 0, NULL);

    if (parser == NULL)
        g_error("out of memory");
    xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_NOWARNING);
    return parser;
}

static void
forget_all(ListReader *reader)
{
    reader->beginning.next = NULL;
    reader->last = &reader->beginning;
    g_hash_table_remove_all(reader->known);
    g_string_chunk_clear(reader->values);
}

/*
 * Tells the reader of the child that TEXT is, and remembers it. NULL when it is none: neither the
 * parser nor what is remembered is of use then, and the list ends here.
 */
static KnownText *
parse_child(ListReader *reader, const KnownText *text)
{
    gsize length = text->length;

    while (length > 0 && xmlIsBlank_ch(text->text[length - 1]))
        length--;
    if (g_hash_table_size(reader->known) == MAX_KNOWN)
        forget_all(reader);
    reader->n_parsed++;
    reader->learned = g_memdup2(text, sizeof *text);
    g_hash_table_add(reader->known, reader->learned);
    g_string_truncate(reader->text, 0);
    if (!feed(reader, text->text, length))
        return NULL;
    CpuReaderChild *child = &reader->learned->child;
    child->text =
        g_string_chunk_insert_len(reader->values, reader->text->str, (gssize)reader->text->len);
    child->length = reader->text->len;
    return reader->learned;
}

/* ---- children -------------------------------------------------------------------------------- */

static guint
count_lines(const char *from, const char *to)
{
    guint n = 0;

    for (const char *at = memchr(from, '\n', (gsize)(to - from)); at != NULL;
         at = memchr(at + 1, '\n', (gsize)(to - at) - 1))
        n++;
    return n;
}

static gboolean
begins_with(const char *text, const char *end, const char *tag, gsize length)
{
    return (gsize)(end - text) >= length && memcmp(text, tag, length) == 0;
}

/* Where the text of the child that begins at TEXT ends; NULL when none does, or it has no end. */
static const char *
find_end(const char *text, const char *end)
{
    const char *at = text;

    if (end - text < 2 || text[0] != '<' || text[1] == '!' || text[1] == '?')
        return NULL;
    while ((at = memchr(at + 1, '<', (gsize)(end - at) - 1)) != NULL) {
        if (end - at < 2 || at[1] != '/' || begins_with(at, end, END_TAG, strlen(END_TAG)))
            return at;
    }
    return NULL;
}

static gboolean
is_parsing_worth_it(const ListReader *reader)
{
    return reader->n_parsed <= N_PARSED_FREE + reader->n_read / MIN_READ_FOR_PARSED;
}

/*
 * The child that begins at TEXT, when it is what followed the last one before; else NULL. What is
 * behind it is judged by itself.
 */
static KnownText *
guess_child(const ListReader *reader, const char *text, const char *end)
{
    KnownText *guess = reader->last->next;

    if (guess == NULL || !begins_with(text, end, guess->text, guess->length))
        return NULL;
    const char *stop = text + guess->length;
    return stop < end && *stop == '<' ? guess : NULL;
}

/* Tells the reader of the child that begins at TEXT; NULL when the parser of the whole has to. */
static KnownText *
tell_child(ListReader *reader, const char *text, const char *end)
{
    KnownText *known = guess_child(reader, text, end);

    reader->n_read++;
    if (known == NULL) {
        const char *stop = find_end(text, end);

        if (stop == NULL)
            return NULL;
        KnownText wanted = {.text = text, .length = (gsize)(stop - text)};
        wanted.hash = XXH3_64bits(text, wanted.length);
        known = g_hash_table_lookup(reader->known, &wanted);
        if (known == NULL) {
            wanted.n_lines = count_lines(text, stop);
            return is_parsing_worth_it(reader) ? parse_child(reader, &wanted) : NULL;
        }
    }
    cpu_reader_repeat(reader->reader, &known->child, 1);
    return known;
}

/* ---- the list -------------------------------------------------------------------------------- */

/*
 * The CPU that begins at TEXT, owned by the caller; NULL when it is left to the parser of the
 * whole. RET_STOP is where it ends and RET_N_LINES how many lines it takes.
 */
static CpuDefinition *
read_element(ListReader *reader, const char *text, const char *end, const char **ret_stop,
             guint *ret_n_lines)
{
    const char *cursor = text + strlen(START_TAG);

    if (!begins_with(text, end, START_TAG, strlen(START_TAG)))
        return NULL;
    while (cursor < end && xmlIsBlank_ch(*cursor))
        cursor++;
    *ret_n_lines = count_lines(text, cursor);
    cpu_reader_begin(reader->reader, reader->list->bare, NULL, 0, 1);
    reader->last = &reader->beginning;
    while (!begins_with(cursor, end, END_TAG, strlen(END_TAG))) {
        KnownText *child = tell_child(reader, cursor, end);

        if (child == NULL)
            return NULL;
        reader->last = reader->last->next = child;
        *ret_n_lines += child->n_lines;
        cursor += child->length;
    }
    *ret_stop = cursor + strlen(END_TAG);
    return cpu_reader_finish(reader->reader, NULL);
}

static const char *
read_elements(ListReader *reader, const char *bytes, gsize length, GError **error)
{
    CpuList *list = reader->list;
    const char *cursor = bytes, *end = bytes + length;

    while (!list->is_stopped) {
        const char *start = cursor, *stop = NULL;
        guint n_lines = 0;

        while (start < end && xmlIsBlank_ch(*start))
            start++;
        CpuDefinition *cpu = read_element(reader, start, end, &stop, &n_lines);
        if (cpu == NULL)
            break;
        list->n_lines += count_lines(cursor, start);
        const CpuPlace place = {
            .index = list->n_found++, .line = list->n_lines + 1, .element = list->bare};
        list->n_lines += n_lines;
        cursor = stop;
        list->is_stopped = !list->sink(cpu, &place, list->user_data, error);
    }
    return cursor;
}

const char *
cpu_reader_list(CpuList *list, CpuReader *reader, const char *bytes, gsize length, GError **error)
{
    ListReader own = {
        .list = list,
        .reader = reader,
        .known = g_hash_table_new_full(known_text_hash, known_text_equal, known_text_free, NULL),
        .values = g_string_chunk_new(CHUNK_BYTES),
        .text = g_string_new(NULL),
    };

    own.parser = new_parser(&own);
    const char *rest = feed(&own, START_TAG, strlen(START_TAG))
                           ? read_elements(&own, bytes, length, error)
                           : bytes;
    xmlFreeParserCtxt(own.parser);
    g_hash_table_unref(own.known);
    g_string_chunk_free(own.values);
    g_string_free(own.text, TRUE);
    return rest;
}
