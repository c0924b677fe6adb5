/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `<cpudata>` documents. As in libvirt, a child that is neither `cpuid` nor `alias` is taken for an
 * MSR, so a misspelt element is reported by what it lacks.
 */

#include <ingest/cpudata_reader.h>

#include "xml_tree.h"

#include <errno.h>
#include <libxml/xmlreader.h>
#include <stdlib.h>
#include <string.h>

G_DEFINE_QUARK(virt - plan - cpudata - reader - error - quark, cpudata_reader_error)

#define MAX_ITEMS 65536

static gboolean
fail(xmlTextReaderPtr reader, GError **error, const char *text)
{
    g_set_error(error, CPUDATA_READER_ERROR, CPUDATA_READER_ERROR_INVALID, "line %d: %s",
                MAX(xmlTextReaderGetParserLineNumber(reader), 1), text);
    return FALSE;
}

/* A number in C notation: 0x1f, 017, 15. */
static gboolean
parse_word(const char *text, guint32 *ret_word)
{
    char *end = NULL;

    if (!g_ascii_isdigit(*text))
        return FALSE;
    errno = 0;
    guint64 value = g_ascii_strtoull(text, &end, 0);
    if (errno != 0 || *end != '\0' || value > G_MAXUINT32)
        return FALSE;
    *ret_word = (guint32)value;
    return TRUE;
}

/* Leaves *RET_WORD alone when the attribute is absent and not required. */
static gboolean
read_word(xmlTextReaderPtr reader, const char *name, gboolean is_required, guint32 *ret_word,
          GError **error)
{
    xmlChar *value = xmlTextReaderGetAttribute(reader, (const xmlChar *)name);
    gboolean is_good = value == NULL ? !is_required : parse_word((const char *)value, ret_word);
    g_autofree char *message = NULL;

    if (is_good) {
        xmlFree(value);
        return TRUE;
    }
    const char *element = (const char *)xmlTextReaderConstLocalName(reader);
    if (value == NULL)
        message = g_strdup_printf("<%s> without '%s': it is required", element, name);
    else
        message = g_strdup_printf("'%s' is no 32-bit number for '%s' of <%s>", (const char *)value,
                                  name, element);
    xmlFree(value);
    return fail(reader, error, message);
}

static gboolean
read_item(xmlTextReaderPtr reader, CpuData *data, GError **error)
{
    static const char *const registers[CPU_REGISTER_COUNT] = {"eax", "ebx", "ecx", "edx"};
    CpuDataItem item = {0};
    const char *name = (const char *)xmlTextReaderConstLocalName(reader);

    if (strcmp(name, "alias") == 0)
        return TRUE;
    item.is_msr = strcmp(name, "cpuid") != 0;
    if (item.is_msr) {
        if (!read_word(reader, "index", TRUE, &item.leaf, error) ||
            !read_word(reader, "eax", TRUE, &item.regs[CPU_REGISTER_EAX], error) ||
            !read_word(reader, "edx", TRUE, &item.regs[CPU_REGISTER_EDX], error))
            return FALSE;
    } else {
        if (!read_word(reader, "eax_in", TRUE, &item.leaf, error) ||
            !read_word(reader, "ecx_in", FALSE, &item.subleaf, error))
            return FALSE;
        for (guint i = 0; i < CPU_REGISTER_COUNT; i++) {
            if (!read_word(reader, registers[i], FALSE, &item.regs[i], error))
                return FALSE;
        }
    }
    if (cpu_data_n_items(data) >= MAX_ITEMS)
        return fail(reader, error, "more items than any CPU has");
    cpu_data_add(data, &item);
    return TRUE;
}

static gboolean
check_root(xmlTextReaderPtr reader, GError **error)
{
    xmlChar *arch = xmlTextReaderGetAttribute(reader, (const xmlChar *)"arch");
    gboolean is_root = strcmp((const char *)xmlTextReaderConstLocalName(reader), "cpudata") == 0;
    gboolean is_x86 = arch != NULL && strcmp((const char *)arch, "x86") == 0;

    xmlFree(arch);
    if (!is_root)
        return fail(reader, error, "not a <cpudata> document");
    return is_x86 || fail(reader, error, "only <cpudata arch='x86'> can be read");
}

static gboolean
read_node(xmlTextReaderPtr reader, CpuData *data, GError **error)
{
    if (xmlTextReaderNodeType(reader) == XML_READER_TYPE_DOCUMENT_TYPE)
        return fail(reader, error, "a DTD is not allowed here");
    if (xmlTextReaderNodeType(reader) != XML_READER_TYPE_ELEMENT)
        return TRUE;
    switch (xmlTextReaderDepth(reader)) {
    case 0:
        return check_root(reader, error);
    case 1:
        return read_item(reader, data, error);
    default:
        return TRUE;
    }
}

static void
note_problem(void *context, xmlErrorPtr problem)
{
    GError **error = context;

    if (*error != NULL || problem->level < XML_ERR_ERROR)
        return;
    g_autofree char *message = g_strdup(problem->message == NULL ? "" : problem->message);
    g_set_error(error, CPUDATA_READER_ERROR, CPUDATA_READER_ERROR_INVALID,
                "line %d: not well-formed XML: %s", MAX(problem->line, 1), g_strchomp(message));
}

CpuData *
cpudata_reader_parse(const char *bytes, gsize length, GError **error)
{
    g_autoptr(CpuData) data = cpu_data_new();
    g_autoptr(GError) problem = NULL;
    XmlQuiet before = xml_quiet_begin();
    int more = -1;

    xmlTextReaderPtr reader = length > G_MAXINT
                                  ? NULL
                                  : xmlReaderForMemory(bytes, (int)length, NULL, NULL,
                                                       XML_PARSE_NONET | XML_PARSE_NOWARNING);
    if (reader != NULL)
        xmlTextReaderSetStructuredErrorHandler(reader, note_problem, &problem);
    while (reader != NULL && problem == NULL && (more = xmlTextReaderRead(reader)) == 1) {
        if (!read_node(reader, data, &problem))
            break;
    }
    if (reader != NULL)
        xmlFreeTextReader(reader);
    xml_quiet_end(before);
    if (problem == NULL && more != 0)
        g_set_error(&problem, CPUDATA_READER_ERROR, CPUDATA_READER_ERROR_INVALID, "not XML");
    if (problem == NULL && cpu_data_n_items(data) == 0)
        g_set_error(&problem, CPUDATA_READER_ERROR, CPUDATA_READER_ERROR_EMPTY,
                    "no <cpuid> or <msr> in it");
    if (problem != NULL) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
    }
    return g_steal_pointer(&data);
}
