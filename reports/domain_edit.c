/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A new element is indented like its neighbours: its own lines keep their indentation relative to
 * its last line, which holds the end tag. A removed one takes the white space in front of it along,
 * so that no empty line stays.
 */

#include "domain_writer_private.h"

#include <reports/domain_edit.h>
#include <string.h>

/* ---- inserting ------------------------------------------------------------------------------ */

/* How many blanks LINE (without its line break) starts with. */
static gsize
count_blanks(const char *line)
{
    return strspn(line, " \t");
}

/* Where a byte of an element is. */
typedef struct {
    enum { IN_TEXT, IN_TAG, IN_VALUE, IN_OTHER } in;
    char quote;            /* of the value */
    const char *other_end; /* of the comment, section or instruction */
    gboolean is_layout;    /* nothing but white space since the last tag */
} Scan;

/* Comments, CDATA sections and processing instructions. */
static gboolean
scan_other(Scan *scan, const char *at)
{
    static const struct {
        const char *begin, *end;
    } others[] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}};

    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        if (!g_str_has_prefix(at, others[i].begin))
            continue;
        scan->in = IN_OTHER;
        scan->other_end = others[i].end;
        scan->is_layout &= *others[i].end != ']';
        return TRUE;
    }
    return FALSE;
}

/* Takes the byte AT into account. */
static void
scan_byte(Scan *scan, const char *at)
{
    switch (scan->in) {
    case IN_TEXT:
        if (*at != '<')
            scan->is_layout &= g_ascii_isspace(*at);
        else if (!scan_other(scan, at))
            scan->in = IN_TAG;
        break;
    case IN_TAG:
        if (*at == '>')
            scan->in = IN_TEXT;
        else if (*at == '\'' || *at == '"')
            scan->in = IN_VALUE;
        scan->quote = *at;
        scan->is_layout = TRUE;
        break;
    case IN_VALUE:
        if (*at == scan->quote)
            scan->in = IN_TAG;
        break;
    case IN_OTHER:
    default:
        /* The end is looked for from its last byte, which is '>' of all. */
        if (*at == '>' && strncmp(at + 1 - strlen(scan->other_end), scan->other_end,
                                  strlen(scan->other_end)) == 0)
            scan->in = IN_TEXT;
        break;
    }
}

/* A line break that is there for people: between tags, or between the attributes of one. */
static gboolean
is_layout_break(const Scan *scan, const char *at)
{
    return *at == '\n' && (scan->in == IN_TAG || (scan->in == IN_TEXT && scan->is_layout &&
                                                  at[strspn(at, " \t\r\n")] == '<'));
}

/*
 * ELEMENT with INDENT ("\n" and blanks, or "") in front of every line but the first. Lines inside
 * of values and text stay as they are.
 */
static char *
reindent(const char *element, const char *indent)
{
    const char *last_line = strrchr(element, '\n');
    gsize base = last_line != NULL ? count_blanks(last_line + 1) : 0;
    GString *out = g_string_sized_new(strlen(element));
    Scan scan = {.in = IN_TEXT};

    for (const char *at = element; *at != '\0'; at++) {
        if (!is_layout_break(&scan, at)) {
            scan_byte(&scan, at);
            g_string_append_c(out, *at);
            continue;
        }
        g_string_append(out, *indent == '\0' ? "\n" : indent);
        at += MIN(base, count_blanks(at + 1));
    }
    return g_string_free(out, FALSE);
}

/* The last element of KIND in the text; NULL when there is none. */
static const Device *
last_in_text(const DomainDevices *devices, DeviceKind kind)
{
    const Device *last = NULL;

    for (guint i = 0; i < devices->owned->len; i++) {
        const Device *device = g_ptr_array_index(devices->owned, i);

        if (device->kind == kind && device->place.line != 0 &&
            (last == NULL || device->place.end > last->place.end))
            last = device;
    }
    return last;
}

/* Puts BEFORE, ELEMENT and AFTER in the place of the bytes from BEGIN to END. */
static GString *
splice(const char *text, gsize length, guint32 begin, guint32 end, const char *before,
       const char *element, const char *after, guint32 *ret_offset)
{
    GString *out = g_string_sized_new(length + strlen(element) + 64);

    g_string_append_len(out, text, begin);
    g_string_append(out, before);
    *ret_offset = (guint32)out->len;
    g_string_append(out, element);
    g_string_append(out, after);
    g_string_append_len(out, text + end, (gssize)(length - end));
    return out;
}

/* As the only or last child of the element NAME at PLACE; OPEN and CLOSE wrap it in one more. */
static GString *
insert_last(const char *text, gsize length, const ElementPlace *place, const char *name,
            gboolean is_wrapped, const char *element, guint32 *ret_offset)
{
    g_autofree char *outer = domain_write_indent(text, place->begin);
    g_autofree char *inner = domain_write_deeper(place->begin == 0 ? "\n" : outer);
    g_autofree char *deepest = is_wrapped ? domain_write_deeper(inner) : g_strdup(inner);
    g_autofree char *indented = reindent(element, deepest);
    g_autofree char *before = g_strconcat(place->is_empty ? ">" : "", is_wrapped ? inner : "",
                                          is_wrapped ? "<devices>" : "", deepest, NULL);
    g_autoptr(GString) after = g_string_new(NULL);
    guint32 begin = place->is_empty ? place->tag_end : place->content_end;

    if (is_wrapped)
        g_string_append_printf(after, "%s</devices>", inner);
    if (place->is_empty)
        g_string_append_printf(after, "%s</%s>", outer, name);
    while (!place->is_empty && begin > place->tag_end + 1 && g_ascii_isspace(text[begin - 1]))
        begin--;
    if (!place->is_empty && begin == place->content_end)
        g_string_append(after, outer);
    return splice(text, length, begin, place->is_empty ? place->end : begin, before, indented,
                  after->str, ret_offset);
}

GString *
domain_edit_insert(const char *text, gsize length, const DomainDevices *devices, DeviceKind kind,
                   const char *element, guint32 *ret_offset)
{
    const Device *neighbour = last_in_text(devices, kind);

    if (neighbour == NULL) {
        gboolean has_devices = devices->devices_place.line != 0;

        return insert_last(text, length,
                           has_devices ? &devices->devices_place : &devices->root_place,
                           has_devices ? "devices" : "domain", !has_devices, element, ret_offset);
    }
    g_autofree char *indent = domain_write_indent(text, neighbour->place.begin);
    g_autofree char *indented = reindent(element, indent);
    guint32 at = neighbour->place.end;

    return splice(text, length, at, at, indent, indented, "", ret_offset);
}

/* ---- removing ------------------------------------------------------------------------------- */

static gint
compare_places(gconstpointer a, gconstpointer b)
{
    const Device *left = *(const Device *const *)a, *right = *(const Device *const *)b;

    return left->place.begin < right->place.begin ? -1 : left->place.begin > right->place.begin;
}

/* Where the white space in front of BEGIN starts, if a line break ends the element's last line. */
static guint32
removal_begin(const char *text, gsize length, const ElementPlace *place)
{
    guint32 begin = place->begin;
    gsize end = place->end;

    while (end < length && (text[end] == ' ' || text[end] == '\t' || text[end] == '\r'))
        end++;
    if (end < length && text[end] != '\n')
        return begin;
    while (begin > 0 && (text[begin - 1] == ' ' || text[begin - 1] == '\t'))
        begin--;
    if (begin == 0 || text[begin - 1] != '\n')
        return place->begin;
    begin--;
    return begin > 0 && text[begin - 1] == '\r' ? begin - 1 : begin;
}

GString *
domain_edit_remove(const char *text, gsize length, const GPtrArray *removed)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_sized_new(removed->len);
    GString *out = g_string_sized_new(length);
    guint32 at = 0;

    for (guint i = 0; i < removed->len; i++)
        g_ptr_array_add(sorted, g_ptr_array_index(removed, i));
    g_ptr_array_sort(sorted, compare_places);
    for (guint i = 0; i < sorted->len; i++) {
        const ElementPlace *place = &((const Device *)g_ptr_array_index(sorted, i))->place;
        guint32 begin = removal_begin(text, length, place);

        if (begin > at)
            g_string_append_len(out, text + at, begin - at);
        at = place->end;
    }
    g_string_append_len(out, text + at, (gssize)(length - at));
    return out;
}
