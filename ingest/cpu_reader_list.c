/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Lists of bare <cpu> elements, as `virsh cpu-baseline` takes them.
 *
 * One whose text was there before is not parsed again: a fleet has far fewer distinct CPUs than
 * hosts. At the top level the same bytes mean the same. Where only what stands before the features
 * differs (a microcode, a frequency), that is parsed with one empty element in the place of the
 * features, which are known by their text. The parser meets it where it met the first feature when
 * they became known, so it would have met that, and be where it is now behind the last. What became
 * known had only features in it that matter, and all of them; the type of the CPU decides what
 * their policies mean, so it has to be the same.
 *
 * What does not parse by itself, up to the first "</cpu>", is left to the parser of the whole with
 * all that follows; so lines and errors are its own.
 */

#define _GNU_SOURCE /* memmem() */

#include "cpu_reader_private.h"
#include "xml_position.h"

#include <string.h>
#include <xxhash.h>

/* What is remembered; what is left of a list of more distinct ones is parsed as a whole. */
#define MAX_KNOWN_BYTES ((gsize)8 << 20)
/* CPUs take more than their texts, and one of known features is read in no time. */
#define MAX_KNOWN_READ 512
/* So it is, because parsing an element by itself costs more, where texts hardly repeat. */
#define MAX_MORE_NEW_THAN_KNOWN 512

#define START_TAG "<cpu>"
#define END_TAG "</cpu>"
#define FEATURE "<feature"
#define STAND_IN "<feature/>"

/* A text, and the CPU that it is, or whose features it is. */
typedef struct {
    const char *text; /* in the file */
    gsize length;
    guint64 hash;
    guint n_lines;
    CpuDefinition *cpu;
} KnownText;

typedef struct {
    CpuList *list;
    CpuReader *reader;
    xmlParserCtxtPtr parser;
    GHashTable *elements; /* a set of KnownText, which own their CPUs */
    GHashTable *features; /* a set of KnownText, whose CPUs are those of elements */
    gsize n_bytes;        /* of the elements */
    guint n_parsed;       /* elements, with their features */
    GString *around;      /* an element with the stand-in */
    const char *end;      /* of the file */

    /* The element that is parsed. */
    const char *bytes;
    gsize length;
    guint depth;
    gboolean is_ended;
    CpuDefinition *cpu;
    gboolean is_bad;
    gsize first_feature; /* where its tag begins; 0: none so far */
    gboolean is_mixed;   /* what is no feature follows, and matters */
    gsize stand_in;      /* where it is */
    const CpuDefinition *stands_for;
    gboolean is_met;
} Elements;

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
known_element_free(gpointer data)
{
    cpu_definition_free(((KnownText *)data)->cpu);
    g_free(data);
}

/* ---- parsing one by itself ------------------------------------------------------------------- */

/* A child of the element begins. Returns the name to read it under; NULL: not at all. */
static const char *
note_child(Elements *elements, const char *name)
{
    if (strcmp(name, "feature") != 0) {
        elements->is_mixed |= elements->first_feature != 0 && cpu_reader_heeds_child(name);
        return name;
    }
    gsize offset = xml_position_of_tag(elements->parser, elements->bytes);
    if (elements->first_feature == 0)
        elements->first_feature = offset;
    if (elements->stands_for == NULL || offset != elements->stand_in)
        return name;
    cpu_reader_take_features(elements->reader, elements->stands_for);
    elements->is_met = TRUE;
    return NULL;
}

static void
start_element(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
              int n_namespaces, const xmlChar **namespaces, int n_attributes, int n_defaulted,
              const xmlChar **attributes)
{
    Elements *elements = context;
    CpuReaderAttribute own[CPU_READER_MAX_ATTRIBUTES];
    const char *known = uri == NULL ? (const char *)name : NULL;

    (void)prefix, (void)n_namespaces, (void)namespaces, (void)n_defaulted;
    if (elements->is_bad)
        return;
    guint n = cpu_reader_convert_attributes(attributes, n_attributes, own);
    if (elements->depth++ == 0) {
        cpu_reader_begin(elements->reader, elements->list->bare, own, n, 1);
        return;
    }
    if (elements->depth == 2 && known != NULL)
        known = note_child(elements, known);
    cpu_reader_start(elements->reader, known, own, n, 1);
}

static void
end_element(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    Elements *elements = context;

    (void)name, (void)prefix, (void)uri;
    if (elements->is_bad)
        return;
    elements->depth--;
    if (!cpu_reader_end(elements->reader))
        return;
    elements->cpu = cpu_reader_finish(elements->reader, NULL);
    elements->is_bad = elements->cpu == NULL || !elements->parser->wellFormed ||
                       xml_position(elements->parser) != elements->length;
    elements->is_ended = TRUE;
    xmlStopParser(elements->parser);
}

static void
characters(void *context, const xmlChar *text, int length)
{
    Elements *elements = context;

    if (!elements->is_bad && elements->depth > 0)
        cpu_reader_text(elements->reader, (const char *)text, (gsize)length);
}

static void
parse_error(void *context, xmlErrorPtr problem)
{
    Elements *elements = context;

    elements->is_bad |= !elements->is_ended && problem->level >= XML_ERR_ERROR;
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

/*
 * The CPU that the first LENGTH of BYTES are; NULL when it cannot be told. Owned by the caller. The
 * parser is given what follows too, as far as it is there, because it takes a document's last bytes
 * slowly; it stops behind the element.
 */
static CpuDefinition *
parse(Elements *elements, const char *bytes, gsize length, gsize n_there)
{
    elements->bytes = bytes;
    elements->length = length;
    elements->depth = 0;
    elements->is_bad = elements->is_ended = elements->is_mixed = elements->is_met = FALSE;
    elements->first_feature = 0;
    xmlDocPtr none =
        xmlCtxtReadMemory(elements->parser, bytes, (int)MIN(length + XML_LOOK_AHEAD, n_there), NULL,
                          NULL, XML_PARSE_NONET | XML_PARSE_NOWARNING);
    xmlFreeDoc(none);
    if (elements->is_bad)
        g_clear_pointer(&elements->cpu, cpu_definition_free);
    return g_steal_pointer(&elements->cpu);
}

/* ---- features -------------------------------------------------------------------------------- */

/* The text of ELEMENT from its first feature on, as words tell; FALSE: it has none. */
static gboolean
find_features(const KnownText *element, KnownText *ret_features)
{
    gsize length = element->length - strlen(END_TAG);
    const char *from = memmem(element->text, length, FEATURE, strlen(FEATURE));

    if (from == NULL)
        return FALSE;
    *ret_features = (KnownText){.text = from, .length = length - (gsize)(from - element->text)};
    ret_features->hash = XXH3_64bits(from, ret_features->length);
    return TRUE;
}

/* ELEMENT with known FEATURES; NULL when they are not known, or do not stand where they seem to. */
static CpuDefinition *
read_around(Elements *elements, const KnownText *element, const KnownText *features)
{
    const KnownText *known = g_hash_table_lookup(elements->features, features);
    gsize head = (gsize)(features->text - element->text);

    if (known == NULL)
        return NULL;
    g_string_truncate(elements->around, 0);
    g_string_append_len(elements->around, element->text, (gssize)head);
    g_string_append(elements->around, STAND_IN END_TAG);
    gsize length = elements->around->len;
    xml_append_look_ahead(elements->around);
    elements->stand_in = head;
    elements->stands_for = known->cpu;
    CpuDefinition *cpu = parse(elements, elements->around->str, length, elements->around->len);
    elements->stands_for = NULL;
    if (cpu == NULL ||
        (elements->is_met && elements->first_feature == head && cpu->type == known->cpu->type))
        return cpu;
    cpu_definition_free(cpu);
    return NULL;
}

/* The element that was parsed last has these features: makes them known. */
static void
keep_features(Elements *elements, const KnownText *element, KnownText *features)
{
    gsize from = (gsize)(features->text - element->text);

    if (elements->first_feature != from || elements->is_mixed)
        return;
    features->cpu = element->cpu;
    g_hash_table_add(elements->features, g_memdup2(features, sizeof *features));
}

/* ---- the list -------------------------------------------------------------------------------- */

static gboolean
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static guint
count_lines(const char *from, const char *to)
{
    guint n = 0;

    for (const char *at = memchr(from, '\n', (gsize)(to - from)); at != NULL;
         at = memchr(at + 1, '\n', (gsize)(to - at) - 1))
        n++;
    return n;
}

/* The <cpu> element at the cursor, up to the first end tag; FALSE when none begins there. */
static gboolean
find_element(const char *cursor, const char *end, KnownText *ret_element)
{
    if ((gsize)(end - cursor) < strlen(START_TAG) ||
        memcmp(cursor, START_TAG, strlen(START_TAG)) != 0)
        return FALSE;
    const char *stop = memmem(cursor, (gsize)(end - cursor), END_TAG, strlen(END_TAG));
    if (stop == NULL)
        return FALSE;
    stop += strlen(END_TAG);
    *ret_element = (KnownText){.text = cursor, .length = (gsize)(stop - cursor)};
    ret_element->hash = XXH3_64bits(cursor, ret_element->length);
    return TRUE;
}

static gboolean
has_room(const Elements *elements, const KnownText *element)
{
    return element->length <= MAX_KNOWN_BYTES - elements->n_bytes;
}

static KnownText *
keep_element(Elements *elements, const KnownText *element, const CpuDefinition *cpu)
{
    KnownText *copy = g_memdup2(element, sizeof *element);

    copy->cpu = cpu_definition_copy(cpu);
    elements->n_bytes += element->length;
    g_hash_table_add(elements->elements, copy);
    return copy;
}

/* The CPU that ELEMENT is, owned by the caller; NULL when it is left to the parser of the whole. */
static CpuDefinition *
read_element(Elements *elements, KnownText *element)
{
    const KnownText *old = g_hash_table_lookup(elements->elements, element);
    KnownText features;

    if (old != NULL) {
        element->n_lines = old->n_lines;
        return cpu_definition_copy(old->cpu);
    }
    element->n_lines = count_lines(element->text, element->text + element->length);
    gboolean has_features = find_features(element, &features);
    CpuDefinition *cpu = has_features ? read_around(elements, element, &features) : NULL;
    if (cpu != NULL) {
        if (has_room(elements, element) && g_hash_table_size(elements->elements) < MAX_KNOWN_READ)
            keep_element(elements, element, cpu);
        return cpu;
    }
    if (!has_room(elements, element))
        return NULL;
    cpu = parse(elements, element->text, element->length, (gsize)(elements->end - element->text));
    if (cpu == NULL)
        return NULL;
    elements->n_parsed++;
    const KnownText *kept = keep_element(elements, element, cpu);
    if (has_features)
        keep_features(elements, kept, &features);
    return cpu;
}

static const char *
read_elements(Elements *elements, const char *bytes, gsize length, GError **error)
{
    CpuList *list = elements->list;
    const char *cursor = bytes, *end = bytes + length;
    gboolean is_worth_it = TRUE;

    while (is_worth_it && !list->is_stopped) {
        KnownText element;
        const char *start = cursor;

        while (start < end && is_blank(*start))
            start++;
        CpuDefinition *cpu =
            find_element(start, end, &element) ? read_element(elements, &element) : NULL;
        if (cpu == NULL)
            break;
        list->n_lines += count_lines(cursor, start);
        const CpuPlace place = {
            .index = list->n_found++, .line = list->n_lines + 1, .element = list->bare};
        list->n_lines += element.n_lines;
        cursor = start + element.length;
        is_worth_it = 2 * elements->n_parsed <= list->n_found + MAX_MORE_NEW_THAN_KNOWN;
        list->is_stopped = !list->sink(cpu, &place, list->user_data, error);
    }
    return cursor;
}

const char *
cpu_reader_list(CpuList *list, CpuReader *reader, const char *bytes, gsize length, GError **error)
{
    g_autoptr(GHashTable) known =
        g_hash_table_new_full(known_text_hash, known_text_equal, known_element_free, NULL);
    g_autoptr(GHashTable) features =
        g_hash_table_new_full(known_text_hash, known_text_equal, g_free, NULL);
    g_autoptr(GString) around = g_string_new(NULL);
    Elements elements = {
        .list = list,
        .reader = reader,
        .parser = xmlNewParserCtxt(),
        .elements = known,
        .features = features,
        .around = around,
        .end = bytes + length,
    };

    g_return_val_if_fail(elements.parser != NULL, bytes);
    *elements.parser->sax = handler;
    elements.parser->userData = &elements;
    const char *rest = read_elements(&elements, bytes, length, error);
    xmlFreeParserCtxt(elements.parser);
    return rest;
}
