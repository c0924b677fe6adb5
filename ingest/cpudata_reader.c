/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `<cpudata>` documents. As in libvirt, a child that is neither `cpuid` nor `alias` is taken for an
 * MSR, so a misspelt element is reported by what it lacks.
 */

#include <ingest/cpudata_reader.h>

#include "xml_tree.h"

#include <errno.h>
#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>

G_DEFINE_QUARK(virt_plan_cpudata_reader_error_quark, cpudata_reader_error)

#define MAX_ITEMS 65536

typedef xmlDoc AutoXmlDoc;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AutoXmlDoc, xmlFreeDoc)

static gboolean
fail(const xmlNode *node, GError **error, const char *text)
{
    g_set_error(error, CPUDATA_READER_ERROR, CPUDATA_READER_ERROR_INVALID, "line %ld: %s",
                node == NULL ? 1 : MAX(xmlGetLineNo(node), 1), text);
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
read_word(const xmlNode *node, const char *name, gboolean is_required, guint32 *ret_word,
          GError **error)
{
    xmlChar *value = xmlGetNoNsProp(node, (const xmlChar *)name);
    gboolean is_good = value == NULL ? !is_required : parse_word((const char *)value, ret_word);
    g_autofree char *message = NULL;

    if (!is_good)
        message =
            value == NULL
                ? g_strdup_printf("<%s> without '%s': give it", (const char *)node->name, name)
                : g_strdup_printf(
                      "'%s' is no 32-bit number for '%s' of <%s>: write 0 to 0xffffffff",
                      (const char *)value, name, (const char *)node->name);
    xmlFree(value);
    return is_good || fail(node, error, message);
}

static gboolean
read_item(const xmlNode *node, CpuData *data, GError **error)
{
    static const char *const registers[CPU_REGISTER_COUNT] = {"eax", "ebx", "ecx", "edx"};
    CpuDataItem item = {0};

    if (strcmp((const char *)node->name, "alias") == 0)
        return TRUE;
    item.is_msr = strcmp((const char *)node->name, "cpuid") != 0;
    if (item.is_msr) {
        if (!read_word(node, "index", TRUE, &item.leaf, error) ||
            !read_word(node, "eax", TRUE, &item.regs[CPU_REGISTER_EAX], error) ||
            !read_word(node, "edx", TRUE, &item.regs[CPU_REGISTER_EDX], error))
            return FALSE;
    } else {
        if (!read_word(node, "eax_in", TRUE, &item.leaf, error) ||
            !read_word(node, "ecx_in", FALSE, &item.subleaf, error))
            return FALSE;
        for (guint i = 0; i < CPU_REGISTER_COUNT; i++) {
            if (!read_word(node, registers[i], FALSE, &item.regs[i], error))
                return FALSE;
        }
    }
    if (cpu_data_n_items(data) >= MAX_ITEMS)
        return fail(node, error, "more items than any CPU has: give those of one CPU");
    cpu_data_add(data, &item);
    return TRUE;
}

static gboolean
check_root(const xmlDoc *document, const xmlNode *root, GError **error)
{
    xmlChar *arch = xmlGetNoNsProp(root, (const xmlChar *)"arch");
    gboolean is_x86 = arch != NULL && strcmp((const char *)arch, "x86") == 0;

    xmlFree(arch);
    if (document->intSubset != NULL || document->extSubset != NULL)
        return fail(root, error, "a DTD is not allowed here: remove it");
    if (strcmp((const char *)root->name, "cpudata") != 0)
        return fail(root, error, "not a <cpudata> document: give one");
    return is_x86 ||
           fail(root, error,
                "only <cpudata arch='x86'> can be read: give other CPUs as host capabilities");
}

/* NULL with an ERROR when BYTES are not XML. */
static AutoXmlDoc *
parse(const char *bytes, gsize length, GError **error)
{
    xmlParserCtxt *parser = xmlNewParserCtxt();
    AutoXmlDoc *document =
        length > G_MAXINT ? NULL : xml_tree_parse(parser, bytes, length, NULL, 0);
    const xmlError *mistake = xmlCtxtGetLastError(parser);

    if (document == NULL) {
        g_autofree char *reason = g_strdup(
            mistake == NULL || mistake->message == NULL ? "no document" : mistake->message);
        g_set_error(error, CPUDATA_READER_ERROR, CPUDATA_READER_ERROR_INVALID,
                    "line %d: not well-formed XML: %s", mistake == NULL ? 1 : MAX(mistake->line, 1),
                    g_strchomp(reason));
    }
    xmlFreeParserCtxt(parser);
    return document;
}

CpuData *
cpudata_reader_parse(const char *bytes, gsize length, GError **error)
{
    g_autoptr(CpuData) data = cpu_data_new();
    g_autoptr(AutoXmlDoc) document = parse(bytes, length, error);
    const xmlNode *root = document == NULL ? NULL : xmlDocGetRootElement(document);

    if (root == NULL || !check_root(document, root, error))
        return NULL;
    for (const xmlNode *child = root->children; child != NULL; child = child->next) {
        if (child->type == XML_ELEMENT_NODE && !read_item(child, data, error))
            return NULL;
    }
    if (cpu_data_n_items(data) == 0) {
        g_set_error(error, CPUDATA_READER_ERROR, CPUDATA_READER_ERROR_EMPTY,
                    "no <cpuid> or <msr> in it: make the document again");
        return NULL;
    }
    return g_steal_pointer(&data);
}
