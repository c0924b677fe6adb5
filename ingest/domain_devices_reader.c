/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * From the text of a domain XML to DomainDevices.
 *
 * Unlike the other documents, a domain is read as a tree: a device's meaning hangs on children in
 * any order, and a domain is small. The tree's elements are numbered in document order, which is
 * how a node finds its place in the scan of domain_text.h.
 *
 * Left out: everything that bears on no address (sources, backends, drivers), and encodings that do
 * not contain ASCII, for which no byte offsets could be told.
 */

#include "domain_devices_private.h"
#include "xml_tree.h"

#include <ingest/domain_devices_reader.h>
#include <string.h>

/* ---- the document --------------------------------------------------------------------------- */

typedef xmlDoc XmlDocument;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XmlDocument, xmlFreeDoc)
typedef xmlParserCtxt XmlParserContext;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XmlParserContext, xmlFreeParserCtxt)

static Finding *
text_refusal(guint line, const char *text, const char *remedy)
{
    Finding *refusal = finding_new(FINDING_ERROR, "not-xml", text, remedy);

    refusal->line = line;
    return refusal;
}

static Finding *
parse_refusal(xmlParserCtxt *context)
{
    const xmlError *error = xmlCtxtGetLastError(context);
    const char *message = error == NULL || error->message == NULL ? "it is empty" : error->message;
    g_autofree char *text = g_strdup_printf("not well-formed XML: %s", message);

    g_strchomp(text);
    return text_refusal(error == NULL ? 0 : (guint)MAX(error->line, 0), text,
                        "give it as libvirt wrote it");
}

/* Numbers the elements below NODE from INDEX on; returns the next free number. */
static guint
number_elements(xmlNode *node, guint index)
{
    for (; node != NULL; node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        node->_private = GUINT_TO_POINTER(index);
        index = number_elements(node->children, index + 1);
    }
    return index;
}

xmlDoc *
domain_document_parse(const char *text, gsize length, DomainText *scan, Finding **ret_refusal)
{
    g_autoptr(XmlParserContext) context = xmlNewParserCtxt();

    if (length > G_MAXINT) {
        *ret_refusal = text_refusal(0, "the document is too long", "keep it below 2 GiB");
        return NULL;
    }
    domain_text_init(scan, text, length);
    if (scan->has_doctype) {
        *ret_refusal = text_refusal(0, "the document has a document type declaration",
                                    "remove it; libvirt writes none");
        return NULL;
    }
    g_autoptr(XmlDocument) document = xml_tree_parse(context, text, length, NULL, XML_PARSE_NOENT);
    if (document == NULL) {
        *ret_refusal = parse_refusal(context);
        return NULL;
    }
    if (number_elements(document->children, 0) != scan->elements->len) {
        *ret_refusal =
            text_refusal(0, "the document is in an encoding without ASCII", "convert it to UTF-8");
        return NULL;
    }
    return g_steal_pointer(&document);
}

/* The outermost `<domain>` at or below NODE. */
static const xmlNode *
find_domain(const xmlNode *node)
{
    if (node->type != XML_ELEMENT_NODE)
        return NULL;
    if (strcmp((const char *)node->name, "domain") == 0)
        return node;
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        const xmlNode *found = find_domain(child);

        if (found != NULL)
            return found;
    }
    return NULL;
}

/* ---- the domain ----------------------------------------------------------------------------- */

static const char *
child_text(const xmlNode *node, const char *name)
{
    const xmlNode *child = xml_child(node, name);

    return child == NULL || child->children == NULL ? NULL : (const char *)child->children->content;
}

static guint
count_children(const xmlNode *node, const char *name)
{
    guint n = 0;

    for (const xmlNode *child = node == NULL ? NULL : node->children; child != NULL;
         child = child->next)
        n += child->type == XML_ELEMENT_NODE && strcmp((const char *)child->name, name) == 0;
    return n;
}

static gboolean
read_os(DomainTree *tree, const xmlNode *domain, DomainDevices *devices)
{
    const xmlNode *os = xml_child(domain, "os");
    const xmlNode *type = os == NULL ? NULL : xml_child(os, "type");

    if (type == NULL)
        return domain_tree_refuse(tree, domain, "give it one with <os><type>hvm</type></os>",
                                  "the domain has no <os> type");
    const char *arch = xml_attr(type, "arch");
    devices->os_type_place = domain_tree_place(tree, type);
    devices->os_type = g_strdup(child_text(os, "type"));
    devices->machine = g_strdup(xml_attr(type, "machine"));
    devices->arch = arch == NULL ? CPU_ARCH_X86_64 : cpu_arch_from_name(arch);
    if (devices->arch == CPU_ARCH_NONE)
        return domain_tree_refuse(tree, type, "use an architecture that libvirt knows",
                                  "there is no architecture '%.64s'", arch);
    return TRUE;
}

static gboolean
read_resources(DomainTree *tree, const xmlNode *domain, DomainDevices *devices)
{
    const xmlNode *features = xml_child(domain, "features");
    const xmlNode *ps2 = features == NULL ? NULL : xml_child(features, "ps2");
    const xmlNode *max_memory = xml_child(domain, "maxMemory"), *cpu = xml_child(domain, "cpu");
    const char *vcpu = child_text(domain, "vcpu");
    guint64 n_vcpus = 1;

    if (vcpu != NULL)
        n_vcpus = g_ascii_strtoull(vcpu, NULL, 10);
    devices->n_vcpus = (guint)CLAMP(n_vcpus, 1, G_MAXUINT16);
    devices->has_acpi = features != NULL && xml_child(features, "acpi") != NULL;
    devices->n_numa_cells = count_children(cpu == NULL ? NULL : xml_child(cpu, "numa"), "cell");
    devices->has_max_memory = max_memory != NULL;
    if (max_memory != NULL &&
        !domain_tree_uint(tree, max_memory, "slots", 10, &devices->memory_slots))
        return FALSE;
    return ps2 == NULL || domain_tree_switch(tree, ps2, "state", &devices->ps2);
}

/* libvirt reads kind by kind; only whether interfaces come before host devices matters. */
static gboolean
read_kind(DomainTree *tree, const xmlNode *node, DomainDevices *devices, gboolean is_hostdev)
{
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        DeviceKind kind;

        if (child->type != XML_ELEMENT_NODE || child->ns != NULL ||
            !device_kind_from_name((const char *)child->name, &kind) ||
            (kind == DEVICE_HOSTDEV) != is_hostdev)
            continue;
        Device *device = domain_tree_device(tree, child, kind);
        if (device == NULL)
            return FALSE;
        domain_devices_insert(devices, device);
    }
    return TRUE;
}

static gboolean
read_domain(DomainTree *tree, const xmlNode *domain, DomainDevices *devices)
{
    const xmlNode *node = xml_child(domain, "devices");

    devices->root_place = domain_tree_place(tree, domain);
    devices->domain_type = g_strdup(xml_attr(domain, "type"));
    if (!read_os(tree, domain, devices) || !read_resources(tree, domain, devices))
        return FALSE;
    if (node == NULL)
        return TRUE;
    devices->devices_place = domain_tree_place(tree, node);
    devices->n_graphics = count_children(node, "graphics");
    for (const xmlNode *child = node->children; child != NULL; child = child->next)
        devices->has_spice |= child->type == XML_ELEMENT_NODE &&
                              strcmp((const char *)child->name, "graphics") == 0 &&
                              xml_attr_is(child, "type", "spice");
    return read_kind(tree, node, devices, FALSE) && read_kind(tree, node, devices, TRUE);
}

const xmlNode *
domain_document_find(const xmlDoc *document, Finding **ret_refusal)
{
    const xmlNode *domain = find_domain(xmlDocGetRootElement(document));

    if (domain == NULL)
        *ret_refusal = text_refusal(1, "there is no <domain> in the document",
                                    "give a domain XML as 'virsh dumpxml' writes it");
    return domain;
}

DomainDevices *
domain_devices_read(const char *text, gsize length, Finding **ret_refusal)
{
    g_auto(DomainText) scan = {0};
    g_autoptr(XmlDocument) document = domain_document_parse(text, length, &scan, ret_refusal);
    g_autoptr(DomainDevices) devices = domain_devices_new();
    DomainTree tree = {.places = scan.elements};

    if (document == NULL)
        return NULL;
    const xmlNode *domain = domain_document_find(document, ret_refusal);
    if (domain == NULL)
        return NULL;
    if (!read_domain(&tree, domain, devices)) {
        *ret_refusal = tree.refusal;
        return NULL;
    }
    return g_steal_pointer(&devices);
}

Device *
domain_device_read(const char *text, gsize length, Finding **ret_refusal)
{
    g_auto(DomainText) scan = {0};
    g_autoptr(XmlDocument) document = domain_document_parse(text, length, &scan, ret_refusal);
    DomainTree tree = {.places = scan.elements};
    DeviceKind kind;

    if (document == NULL)
        return NULL;
    const xmlNode *node = xmlDocGetRootElement(document);
    if (!device_kind_from_name((const char *)node->name, &kind)) {
        g_autofree char *what =
            g_strdup_printf("<%.64s> is no device that has an address", (const char *)node->name);

        *ret_refusal = text_refusal(1, what, "give one that has, such as <disk>");
        return NULL;
    }
    Device *device = domain_tree_device(&tree, node, kind);
    if (device == NULL)
        *ret_refusal = tree.refusal;
    return device;
}
