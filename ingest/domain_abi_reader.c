/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A guest's ABI from its XML. What a path can say is in the tables of domain_abi_rules.c; lists and
 * what libvirt computes from several values are in domain_abi_lists.c.
 */

#include "domain_abi_private.h"

#include <ingest/domain_abi_reader.h>
#include <libxml/parser.h>
#include <string.h>

/* ---- values --------------------------------------------------------------------------------- */

char *
abi_size_text(const char *text, const char *unit)
{
    static const struct {
        const char *unit;
        guint64 bytes;
    } units[] = {
        {"b", 1},
        {"bytes", 1},
        {"KB", 1000},
        {"k", G_GUINT64_CONSTANT(1) << 10},
        {"KiB", G_GUINT64_CONSTANT(1) << 10},
        {"MB", 1000000},
        {"M", G_GUINT64_CONSTANT(1) << 20},
        {"MiB", G_GUINT64_CONSTANT(1) << 20},
        {"GB", 1000000000},
        {"G", G_GUINT64_CONSTANT(1) << 30},
        {"GiB", G_GUINT64_CONSTANT(1) << 30},
        {"TB", G_GUINT64_CONSTANT(1000000000000)},
        {"T", G_GUINT64_CONSTANT(1) << 40},
        {"TiB", G_GUINT64_CONSTANT(1) << 40},
    };
    guint64 number;

    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, &number, NULL))
        return g_strdup(text);
    for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
        if (g_ascii_strcasecmp(units[i].unit, unit) != 0 || number > G_MAXUINT64 / units[i].bytes)
            continue;
        number *= units[i].bytes;
        return number % 1024 == 0 ? g_strdup_printf("%" G_GUINT64_FORMAT " KiB", number / 1024)
                                  : g_strdup_printf("%" G_GUINT64_FORMAT " bytes", number);
    }
    return g_strdup_printf("%s %s", text, unit);
}

char *
abi_number_text(const char *text)
{
    char *end = NULL;
    guint64 number = g_ascii_strtoull(text, &end, 0);

    return end == text || *end != '\0' || *text == '-'
               ? g_strdup(text)
               : g_strdup_printf("%" G_GUINT64_FORMAT, number);
}

/* "6BA7B810-9DAD..." and "6ba7b8109dad..." are one UUID. */
static char *
uuid_text(const char *text)
{
    GString *plain = g_string_new(NULL);

    for (; *text != '\0'; text++) {
        if (*text != '-')
            g_string_append_c(plain, g_ascii_tolower(*text));
    }
    return g_string_free(plain, FALSE);
}

char *
abi_element_text(const xmlNode *node)
{
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        if ((child->type != XML_TEXT_NODE && child->type != XML_CDATA_SECTION_NODE) ||
            child->content == NULL)
            continue;
        g_autofree char *text = g_strstrip(g_strdup((const char *)child->content));
        if (*text != '\0')
            return g_steal_pointer(&text);
    }
    return NULL;
}

/* TEXT in the one form of PATH; NODE has its unit. */
static char *
normalize(const AbiPath *path, const xmlNode *node, const char *text)
{
    const char *unit = xml_attr(node, "unit");

    switch (path->form) {
    case ABI_NUMBER: {
        g_autofree char *number = abi_number_text(text);
        return strcmp(number, "0") == 0 ? NULL : g_steal_pointer(&number);
    }
    case ABI_SIZE_BYTES:
        return abi_size_text(text, unit != NULL ? unit : "bytes");
    case ABI_SIZE_KIB:
        return abi_size_text(text, unit != NULL ? unit : "KiB");
    case ABI_UUID:
        return uuid_text(text);
    case ABI_TEXT:
    case ABI_PRESENCE:
    default:
        return g_strdup(text);
    }
}

/* ---- paths ---------------------------------------------------------------------------------- */

const xmlNode *
abi_follow(const xmlNode *node, const char *names, gsize length)
{
    while (node != NULL && length > 0) {
        const char *slash = memchr(names, '/', length);
        gsize part = slash == NULL ? length : (gsize)(slash - names);
        g_autofree char *name = g_strndup(names, part);

        node = xml_child(node, name);
        part += slash == NULL ? 0 : 1;
        names += part;
        length -= part;
    }
    return node;
}

void
abi_read_path(const DomainReader *reader, const xmlNode *owner, const AbiPath *path,
              AbiElement *element)
{
    gsize length = strcspn(path->path, "@");
    const xmlNode *node = abi_follow(owner, path->path, length);
    g_autofree char *text = NULL;

    if (node == NULL)
        return;
    if (path->form == ABI_PRESENCE)
        text = g_strdup("yes");
    else if (path->path[length] == '@')
        text = g_strdup(xml_attr(node, path->path + length + 1));
    else
        text = abi_element_text(node);
    g_autofree char *value = text == NULL ? NULL : normalize(path, node, text);
    if (value != NULL && g_strcmp0(value, path->usual) != 0)
        abi_element_add(element, &path->rule, NULL, value, domain_reader_place(reader, node).line);
}

/* ---- the document --------------------------------------------------------------------------- */

static void
read_device(const DomainReader *reader, const xmlNode *node, DeviceKind kind, GuestAbi *abi)
{
    ElementPlace place = domain_reader_place(reader, node);
    AbiElement *element = guest_abi_device(abi, place.begin, place.line);

    for (guint i = 0; i < abi_n_device_paths; i++) {
        if (abi_device_paths[i].kind == kind)
            abi_read_path(reader, node, &abi_device_paths[i].path, element);
    }
    for (guint i = 0; i < abi_n_common_paths; i++)
        abi_read_path(reader, node, &abi_common_paths[i], element);
    abi_read_device_lists(reader, node, kind, element);
}

static void
read_guest(const DomainReader *reader, const xmlNode *domain, GuestAbi *abi)
{
    const xmlNode *devices = xml_child(domain, "devices");

    abi->guest->line = domain_reader_place(reader, domain).line;
    for (guint i = 0; i < abi_n_guest_paths; i++)
        abi_read_path(reader, domain, &abi_guest_paths[i], abi->guest);
    abi_read_guest_lists(reader, domain, abi->guest);
    for (const xmlNode *child = devices == NULL ? NULL : devices->children; child != NULL;
         child = child->next) {
        DeviceKind kind;

        if (child->type == XML_ELEMENT_NODE && child->ns == NULL &&
            device_kind_from_name((const char *)child->name, &kind))
            read_device(reader, child, kind, abi);
    }
}

GuestAbi *
domain_abi_read(const char *text, gsize length, Finding **ret_refusal)
{
    g_auto(DomainText) scan = {0};
    xmlDoc *document = domain_document_parse(text, length, &scan, ret_refusal);
    DomainReader reader = {.places = scan.elements};

    if (document == NULL)
        return NULL;
    const xmlNode *domain = domain_document_find(document, ret_refusal);
    GuestAbi *abi = domain == NULL ? NULL : guest_abi_new();
    if (abi != NULL)
        read_guest(&reader, domain, abi);
    xmlFreeDoc(document);
    return abi;
}
