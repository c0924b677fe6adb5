/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Following a path to its value, and values in one form each, so that what means the same is
 * written the same: "4 GiB" and "4194304", "0x10" and "16". A text that is no such value stays as
 * it is.
 */

#include "domain_abi_private.h"

#include "xml_value.h"

#include <string.h>

/* ---- values --------------------------------------------------------------------------------- */

char *
abi_size_text(const char *text, const char *unit, const char *usual)
{
    /* As in libvirt, unit='' is no unit. */
    const char *counted = unit != NULL && *unit != '\0' ? unit : usual;
    const guint64 factor = unit_bytes(counted);
    guint64 number;

    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, &number, NULL))
        return g_strdup(text);
    if (factor == 0 || number > G_MAXUINT64 / factor)
        return g_strdup_printf("%s %s", text, counted);
    number *= factor;
    return number % 1024 == 0 ? g_strdup_printf("%" G_GUINT64_FORMAT " KiB", number / 1024)
                              : g_strdup_printf("%" G_GUINT64_FORMAT " bytes", number);
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

/* The value of PATH, TEXT, whose unit is NODE's; NULL when it is the same as not written. */
static char *
value_text(const AbiPath *path, const xmlNode *node, const char *text)
{
    switch (path->form) {
    case ABI_NUMBER: {
        g_autofree char *number = abi_number_text(text);
        return strcmp(number, "0") == 0 ? NULL : g_steal_pointer(&number);
    }
    case ABI_SIZE_BYTES:
        return abi_size_text(text, xml_attr(node, "unit"), "bytes");
    case ABI_SIZE_KIB:
        return abi_size_text(text, xml_attr(node, "unit"), "KiB");
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
abi_read_path(const DomainTree *tree, const xmlNode *owner, const AbiPath *path,
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
    g_autofree char *value = text == NULL ? NULL : value_text(path, node, text);
    if (value != NULL && g_strcmp0(value, path->usual) != 0)
        abi_element_add(element, &path->rule, NULL, value, domain_tree_place(tree, node).line);
}
