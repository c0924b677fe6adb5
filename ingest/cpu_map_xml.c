/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the files of the map reader need of a tree, and errors that name their place in it. */

#include "cpu_map_xml.h"

#include <string.h>

gboolean
cpu_map_xml_refuse(const CpuMapReader *reader, const xmlNode *node, GError **error,
                   const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, CPU_MAP_ERROR, CPU_MAP_ERROR_INVALID, "%s:%ld: %s", reader->path,
                xmlGetLineNo(node), message);
    return FALSE;
}

gboolean
cpu_map_xml_prefix(const CpuMapReader *reader, const xmlNode *node, GError **error)
{
    g_prefix_error(error, "%s:%ld: ", reader->path, xmlGetLineNo(node));
    return FALSE;
}

gboolean
cpu_map_xml_is(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

const xmlNode *
cpu_map_xml_next(const xmlNode *node, const char *name)
{
    while (node != NULL && !cpu_map_xml_is(node, name))
        node = node->next;
    return node;
}

const char *
cpu_map_xml_attribute(const xmlNode *node, const char *name)
{
    for (const xmlAttr *a = node->properties; a != NULL; a = a->next) {
        if (strcmp((const char *)a->name, name) != 0)
            continue;
        /* Without entities a value is one text node, or none when it is empty. */
        return a->children != NULL ? (const char *)a->children->content : "";
    }
    return NULL;
}

const char *
cpu_map_xml_required(const CpuMapReader *reader, const xmlNode *node, const char *name,
                     GError **error)
{
    const char *value = cpu_map_xml_attribute(node, name);

    if (value != NULL && *value != '\0')
        return value;
    cpu_map_xml_refuse(reader, node, error, "'%s' needs the attribute '%s'",
                       (const char *)node->name, name);
    return NULL;
}

gboolean
cpu_map_xml_has(const xmlNode *node, const char *name, const char *word)
{
    return g_strcmp0(cpu_map_xml_attribute(node, name), word) == 0;
}

gboolean
cpu_map_xml_number(const CpuMapReader *reader, const xmlNode *node, const char *name,
                   gboolean is_required, guint32 *ret_value, GError **error)
{
    const char *text = cpu_map_xml_attribute(node, name);
    char *end = NULL;

    *ret_value = 0;
    if (text == NULL && !is_required)
        return TRUE;
    if (text == NULL)
        return cpu_map_xml_refuse(reader, node, error, "'%s' needs the attribute '%s'",
                                  (const char *)node->name, name);
    guint64 value = g_ascii_isdigit(*text) ? g_ascii_strtoull(text, &end, 0) : G_MAXUINT64;
    if (value > G_MAXUINT32 || end == NULL || *end != '\0')
        return cpu_map_xml_refuse(reader, node, error, "%s='%s' is not a number of 32 bits", name,
                                  text);
    *ret_value = (guint32)value;
    return TRUE;
}
