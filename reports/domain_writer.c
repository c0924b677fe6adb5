/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Editing a domain XML in place.
 *
 * Every change is a splice: some bytes at an offset of the original give way to others. Splices are
 * gathered device by device, sorted by offset, and applied in one go, so no offset ever has to be
 * corrected. New lines are indented like their neighbours; a document without line breaks gets
 * none.
 */

#include "domain_writer_private.h"

#include <reports/domain_writer.h>
#include <string.h>

typedef struct {
    guint32 offset, n_removed;
    guint order; /* among splices at one offset */
    char *inserted;
} Splice;

typedef struct {
    const char *text;
    gsize length;
    const DomainDevices *devices;
    GArray *splices; /* of Splice */
} Writer;

static void
splice_clear(gpointer data)
{
    g_free(((Splice *)data)->inserted);
}

static gint
compare_splices(gconstpointer a, gconstpointer b)
{
    const Splice *left = a, *right = b;

    if (left->offset != right->offset)
        return left->offset < right->offset ? -1 : 1;
    return (left->order > right->order) - (left->order < right->order);
}

/* Takes INSERTED. */
static void
add_splice(Writer *writer, guint32 offset, guint32 n_removed, char *inserted)
{
    Splice splice = {offset, n_removed, writer->splices->len, inserted};

    g_array_append_val(writer->splices, splice);
}

/* ---- layout --------------------------------------------------------------------------------- */

char *
domain_write_indent(const char *text, guint32 offset)
{
    guint32 begin = offset;

    while (begin > 0 && (text[begin - 1] == ' ' || text[begin - 1] == '\t'))
        begin--;
    if (begin == 0 || text[begin - 1] != '\n')
        return g_strdup("");
    return g_strdup_printf("\n%.*s", (int)(offset - begin), text + begin);
}

char *
domain_write_deeper(const char *indent)
{
    if (*indent == '\0')
        return g_strdup("");
    return g_strconcat(indent, strchr(indent, '\t') != NULL ? "\t" : "  ", NULL);
}

/* Behind the last byte of content that is not white space. */
static guint32
content_tail(const Writer *writer, const ElementPlace *place)
{
    guint32 offset = place->content_end;

    while (offset > place->tag_end + 1 && g_ascii_isspace(writer->text[offset - 1]))
        offset--;
    return offset;
}

/* The line break and indentation of the element at PLACE; "" in a document without line breaks. */
static char *
indent_of(const Writer *writer, const ElementPlace *place)
{
    if (place->begin == 0)
        return g_strdup(memchr(writer->text, '\n', writer->length) != NULL ? "\n" : "");
    return domain_write_indent(writer->text, place->begin);
}

/* Adds CHILDREN (char*) at the end of the element NAME at PLACE. */
static void
add_children(Writer *writer, const ElementPlace *place, const char *name, const GPtrArray *children)
{
    guint32 tail = place->is_empty ? 0 : content_tail(writer, place);
    gboolean has_content = !place->is_empty && tail > place->tag_end + 1;
    /* An element that was written on one line stays on it. */
    gboolean is_inline = has_content && tail == place->content_end;
    g_autofree char *indent = is_inline ? g_strdup("") : indent_of(writer, place);
    g_autofree char *inner = domain_write_deeper(indent);
    g_autoptr(GString) out = g_string_new(place->is_empty ? ">" : NULL);

    if (children->len == 0)
        return;
    for (guint i = 0; i < children->len; i++)
        g_string_append_printf(out, "%s%s", inner, (char *)g_ptr_array_index(children, i));
    if (place->is_empty) {
        g_string_append_printf(out, "%s</%s>", indent, name);
        add_splice(writer, place->tag_end, place->end - place->tag_end, g_strdup(out->str));
        return;
    }
    if (!has_content && tail == place->content_end)
        g_string_append(out, indent);
    add_splice(writer, tail, 0, g_strdup(out->str));
}

/* ---- attributes ----------------------------------------------------------------------------- */

/* Finds the value of attribute NAME in the start tag at PLACE. */
static gboolean
find_attribute(const Writer *writer, const ElementPlace *place, const char *name,
               guint32 *ret_begin, guint32 *ret_end)
{
    gsize n = strlen(name);
    guint32 at = place->begin;

    while (at < place->tag_end) {
        const char *equals = memchr(writer->text + at, '=', place->tag_end - at);
        if (equals == NULL)
            return FALSE;
        guint32 word_end = (guint32)(equals - writer->text), value = word_end + 1;

        while (word_end > at && g_ascii_isspace(writer->text[word_end - 1]))
            word_end--;
        while (value < place->tag_end && g_ascii_isspace(writer->text[value]))
            value++;
        const char *close =
            memchr(writer->text + value + 1, writer->text[value], place->tag_end - value - 1);
        if (close == NULL)
            return FALSE;
        if (word_end - at > n && memcmp(writer->text + word_end - n, name, n) == 0 &&
            g_ascii_isspace(writer->text[word_end - n - 1])) {
            *ret_begin = value + 1;
            *ret_end = (guint32)(close - writer->text);
            return TRUE;
        }
        at = (guint32)(close - writer->text) + 1;
    }
    return FALSE;
}

static void
set_attribute(Writer *writer, const ElementPlace *place, const char *name, const char *value)
{
    guint32 begin, end;

    if (find_attribute(writer, place, name, &begin, &end)) {
        add_splice(writer, begin, end - begin, g_markup_escape_text(value, -1));
    } else {
        g_autoptr(GString) out = g_string_new(NULL);

        domain_write_attribute(out, name, value);
        add_splice(writer, place->tag_end, 0, g_strdup(out->str));
    }
}

static void
write_controller_attributes(Writer *writer, const Device *device)
{
    const ControllerDevice *c = &device->controller;
    g_autoptr(GString) target = g_string_new(NULL);

    if (device->filled & DEVICE_FILLED_INDEX) {
        g_autofree char *index = g_strdup_printf("%d", c->index);

        set_attribute(writer, &device->place, "index", index);
    }
    if (device->filled & DEVICE_FILLED_MODEL)
        set_attribute(writer, &device->place, "model", controller_model_name(c->model));
    if (c->type == CONTROLLER_USB && (device->filled & DEVICE_FILLED_MASTER) &&
        c->master_place.line != 0) {
        g_autofree char *port = g_strdup_printf("%d", c->master_port);

        set_attribute(writer, &c->master_place, "startport", port);
    }
    if ((device->filled & DEVICE_FILLED_MODEL_NAME) && c->model_place.line != 0)
        set_attribute(writer, &c->model_place, "name", c->model_name);
    domain_write_target(target, device);
    if (c->target_place.line != 0 && target->len > 0)
        add_splice(writer, c->target_place.tag_end, 0, g_strdup(target->str));
}

static void
write_model(Writer *writer, const Device *device)
{
    if (device->kind == DEVICE_VIDEO && device->video.model_place.line != 0)
        set_attribute(writer, &device->video.model_place, "type",
                      video_model_words.words[device->video.model]);
    else if (device->kind == DEVICE_INTERFACE && device->interface.model_place.line != 0)
        set_attribute(writer, &device->interface.model_place, "type",
                      interface_model_name(device->interface.model));
}

/* ---- devices -------------------------------------------------------------------------------- */

static void
write_known_device(Writer *writer, const Device *device)
{
    g_autoptr(GPtrArray) children = domain_write_children(writer->text, device);

    if (device->kind == DEVICE_CONTROLLER)
        write_controller_attributes(writer, device);
    else if (device->filled & DEVICE_FILLED_MODEL)
        write_model(writer, device);
    if (device->address_place.line != 0 &&
        !device_address_equal(&device->address, &device->written)) {
        char *address = domain_write_address(&device->address);

        /* A card that is none has no place, whatever was written. */
        add_splice(writer, device->address_place.begin,
                   device->address_place.end - device->address_place.begin,
                   address != NULL ? address : g_strdup(""));
    }
    add_children(writer, &device->place, device_kind_name(device->kind), children);
}

/* The element of an added device, its first line without indentation. */
static char *
element_text(const Writer *writer, const Device *device, const char *indent)
{
    g_autoptr(GPtrArray) children = domain_write_children(writer->text, device);
    g_autofree char *inner = domain_write_deeper(indent);
    char *start = domain_write_start(writer->text, device);
    GString *out = g_string_new(start);

    g_free(start);
    if (children->len == 0) {
        g_string_append(out, "/>");
        return g_string_free(out, FALSE);
    }
    g_string_append_c(out, '>');
    for (guint i = 0; i < children->len; i++)
        g_string_append_printf(out, "%s%s", inner, (char *)g_ptr_array_index(children, i));
    g_string_append_printf(out, "%s</%s>", indent, device_kind_name(device->kind));
    return g_string_free(out, FALSE);
}

static gboolean
is_written(const Device *device)
{
    return device->place.line == 0 &&
           (device->kind == DEVICE_CONTROLLER || device->address.type != ADDRESS_NONE);
}

/* The device of LIST next to POSITION that is in the text, seen in the direction STEP; or NULL. */
static const Device *
placed_neighbour(const GPtrArray *list, guint position, gint step)
{
    for (gint i = (gint)position + step; i >= 0 && i < (gint)list->len; i += step) {
        const Device *device = g_ptr_array_index(list, (guint)i);

        if (device->place.line != 0)
            return device;
    }
    return NULL;
}

/* Puts an added device next to its neighbours in the list; REST gets those that have none. */
static void
write_added_device(Writer *writer, const GPtrArray *list, guint position, GPtrArray *rest)
{
    Device *device = g_ptr_array_index(list, position);
    const Device *before = placed_neighbour(list, position, -1);
    const Device *after = before == NULL ? placed_neighbour(list, position, 1) : NULL;

    if (before == NULL && after == NULL) {
        g_ptr_array_add(rest, device);
        return;
    }
    const ElementPlace *place = before != NULL ? &before->place : &after->place;
    g_autofree char *indent = domain_write_indent(writer->text, place->begin);
    g_autofree char *element = element_text(writer, device, indent);
    if (before != NULL)
        add_splice(writer, place->end, 0, g_strconcat(indent, element, NULL));
    else
        add_splice(writer, place->begin, 0, g_strconcat(element, indent, NULL));
}

/* Adds what has no neighbour at the end of `<devices>`, which may have to be made. */
static void
write_rest(Writer *writer, const GPtrArray *rest)
{
    const DomainDevices *devices = writer->devices;
    gboolean has_devices = devices->devices_place.line != 0;
    const ElementPlace *place = has_devices ? &devices->devices_place : &devices->root_place;
    g_autofree char *outer = indent_of(writer, place);
    g_autofree char *first = domain_write_deeper(outer);
    g_autofree char *second = domain_write_deeper(first);
    g_autoptr(GPtrArray) children = g_ptr_array_new_with_free_func(g_free);

    if (rest->len == 0)
        return;
    for (guint i = 0; i < rest->len; i++)
        g_ptr_array_add(children, element_text(writer, g_ptr_array_index(rest, i),
                                               has_devices ? first : second));
    if (!has_devices) {
        GString *made = g_string_new("<devices>");

        for (guint i = 0; i < children->len; i++)
            g_string_append_printf(made, "%s%s", second, (char *)g_ptr_array_index(children, i));
        g_string_append_printf(made, "%s</devices>", first);
        g_ptr_array_set_size(children, 0);
        g_ptr_array_add(children, g_string_free(made, FALSE));
    }
    add_children(writer, place, has_devices ? "devices" : "domain", children);
}

static void
write_devices(Writer *writer)
{
    const DomainDevices *devices = writer->devices;
    g_autoptr(GPtrArray) rest = g_ptr_array_new();

    for (guint kind = 0; kind < DEVICE_KIND_COUNT; kind++) {
        const GPtrArray *list = devices->lists[kind];

        for (guint i = 0; i < list->len; i++) {
            const Device *device = g_ptr_array_index(list, i);

            if (device->kind != kind)
                continue;
            if (device->place.line != 0)
                write_known_device(writer, device);
            else if (is_written(device))
                write_added_device(writer, list, i, rest);
        }
    }
    write_rest(writer, rest);
}

GString *
domain_write(const char *text, gsize length, const DomainDevices *devices)
{
    g_autoptr(GArray) splices = g_array_new(FALSE, FALSE, sizeof(Splice));
    Writer writer = {text, length, devices, splices};
    GString *out = g_string_sized_new(length + length / 4);
    guint32 at = 0;

    g_array_set_clear_func(splices, splice_clear);
    if (devices->is_machine_changed)
        set_attribute(&writer, &devices->os_type_place, "machine", devices->machine);
    write_devices(&writer);
    g_array_sort(splices, compare_splices);
    for (guint i = 0; i < splices->len; i++) {
        const Splice *splice = &g_array_index(splices, Splice, i);

        g_string_append_len(out, text + at, splice->offset - at);
        g_string_append(out, splice->inserted);
        at = splice->offset + splice->n_removed;
    }
    g_string_append_len(out, text + at, (gssize)(length - at));
    return out;
}
