/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Reading libvirt's map files as trees: they are small, and a model is easier to read when all its
 * children are at hand.
 *
 * Order is part of a map's meaning. In each file vendors come first, then features, then models,
 * wherever they stand; what an architecture holds itself comes before what it includes; includes
 * and groups of includes are followed in document order.
 */

#include "cpu_map_xml.h"
#include "xml_tree.h"

#include <ingest/input_file.h>
#include <string.h>

/* A map's largest file is some 60 KB; the whole of an old one about as much. */
#define FILE_SIZE_MAX ((gsize)8 << 20)
#define FILES_MAX 10000

typedef xmlDoc AutoXmlDoc;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AutoXmlDoc, xmlFreeDoc)

static gboolean
check_tree(const CpuMapReader *reader, const xmlDoc *tree, const xmlNode *root, GError **error)
{
    if (tree->intSubset != NULL || tree->extSubset != NULL)
        return cpu_map_xml_refuse(reader, root, error, "a CPU map has no DOCTYPE");
    if (!cpu_map_xml_is(root, "cpus"))
        return cpu_map_xml_refuse(reader, root, error, "the root element is '%s', not 'cpus'",
                                  (const char *)root->name);
    return TRUE;
}

static AutoXmlDoc *
parse(const CpuMapReader *reader, GError **error)
{
    g_autofree char *bytes = NULL;
    gsize n_bytes;

    if (!reader->files->read(reader->files->user_data, reader->path, &bytes, &n_bytes, error))
        return NULL;
    if (n_bytes > FILE_SIZE_MAX) {
        g_set_error(error, CPU_MAP_ERROR, CPU_MAP_ERROR_INVALID, "%s: too large for a CPU map",
                    reader->path);
        return NULL;
    }
    xmlParserCtxt *parser = xmlNewParserCtxt();
    g_autoptr(AutoXmlDoc) tree = xml_tree_parse(parser, bytes, n_bytes, reader->path, 0);
    const xmlError *mistake = xmlCtxtGetLastError(parser);
    if (tree == NULL) {
        g_autofree char *text = g_strdup(mistake != NULL ? mistake->message : "no document");
        g_set_error(error, CPU_MAP_ERROR, CPU_MAP_ERROR_INVALID, "%s:%d: not XML: %s", reader->path,
                    mistake != NULL ? mistake->line : 1, g_strchomp(text));
    }
    xmlFreeParserCtxt(parser);
    if (tree != NULL && !check_tree(reader, tree, xmlDocGetRootElement(tree), error))
        return NULL;
    return g_steal_pointer(&tree);
}

static gboolean
read_include(CpuMapReader *reader, const xmlNode *node, GError **error)
{
    const char *name = cpu_map_xml_required(reader, node, "filename", error);

    if (name == NULL)
        return FALSE;
    if (strchr(name, '/') != NULL)
        return cpu_map_xml_refuse(reader, node, error, "'%s' is not a file of the map's own folder",
                                  name);
    if (++reader->n_files > FILES_MAX)
        return cpu_map_xml_refuse(reader, node, error, "more than %d files are included",
                                  FILES_MAX);
    g_autofree char *path = g_build_filename(reader->folder, name, NULL);
    const char *including = reader->path;
    reader->path = path;
    g_autoptr(AutoXmlDoc) tree = parse(reader, error);
    gboolean is_read =
        tree != NULL && cpu_map_declarations_read(reader, xmlDocGetRootElement(tree), error);
    reader->path = including;
    return is_read;
}

static gboolean
read_group(CpuMapReader *reader, const xmlNode *node, GError **error)
{
    reader->group = cpu_map_xml_attribute(node, "name");
    cpu_map_xml_foreach(include, node, "include")
    {
        if (!read_include(reader, include, error))
            return FALSE;
    }
    reader->group = NULL;
    return TRUE;
}

/* CPU_FAMILY_NONE for families without a map here, which are passed over. */
static CpuFamily
family_from_name(const char *name)
{
    for (CpuFamily family = CPU_FAMILY_NONE + 1; family < CPU_FAMILY_COUNT; family++) {
        if (strcmp(cpu_family_name(family), name) == 0)
            return family;
    }
    return CPU_FAMILY_NONE;
}

static gboolean
read_arch(CpuMapReader *reader, const xmlNode *node, GError **error)
{
    const char *name = cpu_map_xml_required(reader, node, "name", error);

    if (name == NULL)
        return FALSE;
    reader->family = family_from_name(name);
    if (reader->family == CPU_FAMILY_NONE)
        return TRUE;
    if (!cpu_map_declarations_read(reader, node, error))
        return FALSE;
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        if ((cpu_map_xml_is(child, "include") && !read_include(reader, child, error)) ||
            (cpu_map_xml_is(child, "group") && !read_group(reader, child, error)))
            return FALSE;
    }
    return TRUE;
}

static gboolean
read_index(CpuMapReader *reader, GError **error)
{
    g_autoptr(AutoXmlDoc) tree = parse(reader, error);

    if (tree == NULL)
        return FALSE;
    const xmlNode *root = xmlDocGetRootElement(tree);
    if (cpu_map_xml_next(root->children, "arch") == NULL)
        return cpu_map_xml_refuse(reader, root, error,
                                  "no 'arch' in it: is this a map's index.xml?");
    cpu_map_xml_foreach(arch, root, "arch")
    {
        if (!read_arch(reader, arch, error))
            return FALSE;
    }
    return TRUE;
}

/* The file to begin with: PATH itself, or the index of the folder PATH. */
static char *
find_index(const char *path)
{
    if (!g_file_test(path, G_FILE_TEST_IS_DIR))
        return g_strdup(path);
    g_autofree char *old = g_build_filename(path, "cpu_map.xml", NULL);
    g_autofree char *index = g_build_filename(path, "index.xml", NULL);
    gboolean is_old =
        !g_file_test(index, G_FILE_TEST_EXISTS) && g_file_test(old, G_FILE_TEST_EXISTS);
    return is_old ? g_steal_pointer(&old) : g_steal_pointer(&index);
}

CpuMap *
cpu_map_reader_load_files(const char *index, const CpuMapFiles *files, const CpuMap *builtin,
                          GError **error)
{
    g_autofree char *folder = g_path_get_dirname(index);
    g_autoptr(CpuMapBuilder) builder = cpu_map_builder_new(files->name);
    CpuMapReader reader = {
        .files = files, .builder = builder, .builtin = builtin, .folder = folder, .path = index};

    if (!read_index(&reader, error))
        return NULL;
    return cpu_map_builder_finish(g_steal_pointer(&builder));
}

static gboolean
read_file(gpointer user_data, const char *path, char **ret_bytes, gsize *ret_length, GError **error)
{
    (void)user_data;
    return input_file_read(path, ret_bytes, ret_length, error);
}

CpuMap *
cpu_map_reader_load(const char *path, GError **error)
{
    const CpuMapFiles files = {.name = path, .read = read_file};
    g_autofree char *index = find_index(path);
    g_autoptr(CpuMap) builtin = cpu_map_new_builtin();

    return cpu_map_reader_load_files(index, &files, builtin, error);
}
