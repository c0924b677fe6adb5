/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Reading libvirt's map files as trees: they are small, and a model is easier to read when all its
 * children are at hand.
 *
 * Order is part of a map's meaning. In each file vendors come first, then features, then models,
 * wherever they stand; what an architecture holds itself comes before what it includes; includes
 * and groups of includes are followed in document order.
 */

#include "cpu_map_reader_private.h"

#include "xml_tree.h"

#include <ingest/input_file.h>
#include <libxml/tree.h>
#include <string.h>

/* A map's largest file is some 60 KB; the whole of an old one about as much. */
#define FILE_SIZE_MAX ((gsize)8 << 20)
#define FILES_MAX 10000

typedef struct {
    const CpuMapFiles *files;
    CpuMapBuilder *builder;
    const CpuMap *builtin; /* for what libvirt's maps do not say */
    char *folder;          /* includes are relative to it */
    const char *path;      /* file being read, for messages */
    CpuFamily family;
    const char *group; /* NULL outside of one */
    guint n_files;
} Reader;

static gboolean refuse(const Reader *reader, const xmlNode *node, GError **error,
                       const char *format, ...) G_GNUC_PRINTF(4, 5);

/* Sets ERROR to "FILE:LINE: ..."; always FALSE. */
static gboolean
refuse(const Reader *reader, const xmlNode *node, GError **error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, CPU_MAP_ERROR, CPU_MAP_ERROR_INVALID, "%s:%ld: %s", reader->path,
                xmlGetLineNo(node), message);
    return FALSE;
}

/* Puts the place of NODE in front of an error of the builder. */
static gboolean
prefix(const Reader *reader, const xmlNode *node, GError **error)
{
    g_prefix_error(error, "%s:%ld: ", reader->path, xmlGetLineNo(node));
    return FALSE;
}

/* ---- the tree ------------------------------------------------------------------------------- */

typedef xmlDoc AutoXmlDoc;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AutoXmlDoc, xmlFreeDoc)

static gboolean
is_element(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static const xmlNode *
next_element(const xmlNode *node, const char *name)
{
    while (node != NULL && !is_element(node, name))
        node = node->next;
    return node;
}

#define foreach_element(node, parent, name)                                                        \
    for (const xmlNode *node = next_element((parent)->children, name); node != NULL;               \
         node = next_element(node->next, name))

/* The attribute's value, owned by the tree; NULL when there is none. */
static const char *
attribute(const xmlNode *node, const char *name)
{
    for (const xmlAttr *a = node->properties; a != NULL; a = a->next) {
        if (strcmp((const char *)a->name, name) != 0)
            continue;
        /* Without entities a value is one text node, or none when it is empty. */
        return a->children != NULL ? (const char *)a->children->content : "";
    }
    return NULL;
}

static const char *
required_attribute(const Reader *reader, const xmlNode *node, const char *name, GError **error)
{
    const char *value = attribute(node, name);

    if (value != NULL && *value != '\0')
        return value;
    refuse(reader, node, error, "'%s' needs the attribute '%s'", (const char *)node->name, name);
    return NULL;
}

static gboolean
is_on(const xmlNode *node, const char *name, const char *word)
{
    return g_strcmp0(attribute(node, name), word) == 0;
}

/* An attribute in C notation; IS_REQUIRED or else 0 when it is absent. */
static gboolean
read_number(const Reader *reader, const xmlNode *node, const char *name, gboolean is_required,
            guint32 *ret_value, GError **error)
{
    const char *text = attribute(node, name);
    char *end = NULL;

    *ret_value = 0;
    if (text == NULL && !is_required)
        return TRUE;
    if (text == NULL)
        return refuse(reader, node, error, "'%s' needs the attribute '%s'",
                      (const char *)node->name, name);
    guint64 value = g_ascii_isdigit(*text) ? g_ascii_strtoull(text, &end, 0) : G_MAXUINT64;
    if (value > G_MAXUINT32 || end == NULL || *end != '\0')
        return refuse(reader, node, error, "%s='%s' is not a number of 32 bits", name, text);
    *ret_value = (guint32)value;
    return TRUE;
}

/* ---- vendors -------------------------------------------------------------------------------- */

static gboolean
read_vendor(Reader *reader, const xmlNode *node, GError **error)
{
    CpuVendor vendor = {.name = required_attribute(reader, node, "name", error),
                        .string = attribute(node, "string")};

    if (vendor.name == NULL || !read_number(reader, node, "value", reader->family == CPU_FAMILY_ARM,
                                            &vendor.implementer, error))
        return FALSE;
    return cpu_map_builder_add_vendor(reader->builder, reader->family, &vendor, error) ||
           prefix(reader, node, error);
}

/* ---- features ------------------------------------------------------------------------------- */

static const char *const register_names[] = {"eax", "ebx", "ecx", "edx"};
G_STATIC_ASSERT(G_N_ELEMENTS(register_names) == CPU_REGISTER_COUNT);

/* Appends the bits that a <cpuid> or <msr> names to BITS. */
static gboolean
read_bits(const Reader *reader, const xmlNode *node, GArray *bits, GError **error)
{
    CpuBit bit = {.is_msr = is_element(node, "msr")};
    /* Until libvirt 1.3 the leaf was called function, and there were no sub-leaves. */
    const char *leaf_name =
        bit.is_msr                                                                 ? "index"
        : attribute(node, "eax_in") == NULL && attribute(node, "function") != NULL ? "function"
                                                                                   : "eax_in";

    if (!read_number(reader, node, leaf_name, TRUE, &bit.leaf, error) ||
        !read_number(reader, node, "ecx_in", FALSE, &bit.subleaf, error))
        return FALSE;
    for (CpuRegister reg = 0; reg < CPU_REGISTER_COUNT; reg++) {
        guint32 word;

        if (!read_number(reader, node, register_names[reg], FALSE, &word, error))
            return FALSE;
        bit.reg = reg;
        for (bit.bit = 0; bit.bit < 32; bit.bit++) {
            if ((word >> bit.bit) & 1)
                g_array_append_val(bits, bit);
        }
    }
    return TRUE;
}

static gboolean
has_alias(const GArray *aliases, const char *name)
{
    for (guint i = 0; i < aliases->len; i++) {
        if (g_str_equal(g_array_index(aliases, CpuFeatureAlias, i).name, name))
            return TRUE;
    }
    return FALSE;
}

/* What the built-in map knows of the feature and libvirt's maps do not tell. */
static void
complete_feature(const Reader *reader, CpuFeatureDeclaration *declaration, GArray *aliases)
{
    const CpuFeature *known =
        cpu_map_find_feature(reader->builtin, reader->family, declaration->name);

    if (known == NULL)
        return;
    declaration->group = known->group;
    declaration->since = known->since;
    for (guint i = 0; i < known->n_aliases; i++) {
        if (!has_alias(aliases, known->aliases[i].name))
            g_array_append_val(aliases, known->aliases[i]);
    }
}

static gboolean
read_feature(Reader *reader, const xmlNode *node, GError **error)
{
    g_autoptr(GArray) bits = g_array_new(FALSE, TRUE, sizeof(CpuBit));
    g_autoptr(GArray) aliases = g_array_new(FALSE, TRUE, sizeof(CpuFeatureAlias));
    CpuFeatureDeclaration declaration = {.name = required_attribute(reader, node, "name", error),
                                         .is_unmigratable = is_on(node, "migratable", "no")};

    if (declaration.name == NULL)
        return FALSE;
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        if ((is_element(child, "cpuid") || is_element(child, "msr")) &&
            !read_bits(reader, child, bits, error))
            return FALSE;
    }
    foreach_element(child, node, "alias")
    {
        CpuFeatureAlias alias = {required_attribute(reader, child, "name", error),
                                 attribute(child, "source")};

        if (alias.name == NULL)
            return FALSE;
        g_array_append_val(aliases, alias);
    }
    complete_feature(reader, &declaration, aliases);
    declaration.bits = (const CpuBit *)(void *)bits->data;
    declaration.n_bits = bits->len;
    declaration.aliases = (const CpuFeatureAlias *)(void *)aliases->data;
    declaration.n_aliases = aliases->len;
    return cpu_map_builder_add_feature(reader->builder, reader->family, &declaration, error) ||
           prefix(reader, node, error);
}

/* ---- models --------------------------------------------------------------------------------- */

/* The lists of a declaration while its children are read. */
typedef struct {
    CpuModelDeclaration declaration;
    GArray *signatures, *pvrs;
    GPtrArray *features, *removed, *added;
} Model;

static void
model_clear(Model *model)
{
    g_array_unref(model->signatures);
    g_array_unref(model->pvrs);
    g_ptr_array_unref(model->features);
    g_ptr_array_unref(model->removed);
    g_ptr_array_unref(model->added);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Model, model_clear)

static gboolean
read_model_check(const Reader *reader, const xmlNode *node, Model *model, GError **error)
{
    if (!is_on(node, "partial", "compat"))
        return refuse(reader, node, error, "'check' knows no other value than partial='compat'");
    model->declaration.is_compat_checked = TRUE;
    return TRUE;
}

static gboolean
read_switch(const Reader *reader, const xmlNode *node, const char *name, gboolean *ret_is_on,
            GError **error)
{
    const char *value = required_attribute(reader, node, name, error);

    if (value == NULL)
        return FALSE;
    *ret_is_on = strcmp(value, "on") == 0;
    if (!*ret_is_on && strcmp(value, "off") != 0)
        return refuse(reader, node, error, "%s='%s' is neither on nor off", name, value);
    return TRUE;
}

static gboolean
read_model_decode(const Reader *reader, const xmlNode *node, Model *model, GError **error)
{
    return read_switch(reader, node, "host", &model->declaration.is_decodable_host, error) &&
           read_switch(reader, node, "guest", &model->declaration.is_decodable_guest, error);
}

static gboolean
read_model_ancestor(const Reader *reader, const xmlNode *node, Model *model, GError **error)
{
    model->declaration.ancestor = required_attribute(reader, node, "name", error);
    return model->declaration.ancestor != NULL;
}

/* Numbers and ranges ("0-4,7") as bits; 0 when TEXT is something else. */
static guint16
parse_steppings(const char *text)
{
    g_auto(GStrv) ranges = g_strsplit(text, ",", -1);
    guint16 steppings = 0;

    for (guint i = 0; ranges[i] != NULL; i++) {
        g_auto(GStrv) ends = g_strsplit(ranges[i], "-", 2);
        guint64 first = 0, last = 0;

        for (guint j = 0; ends[j] != NULL; j++)
            g_strstrip(ends[j]);
        if (ends[0] == NULL || !g_ascii_string_to_unsigned(ends[0], 10, 0, 15, &first, NULL) ||
            !g_ascii_string_to_unsigned(ends[ends[1] != NULL ? 1 : 0], 10, first, 15, &last, NULL))
            return 0;
        for (guint64 stepping = first; stepping <= last; stepping++)
            steppings |= (guint16)(1U << stepping);
    }
    return steppings;
}

static gboolean
read_model_signature(const Reader *reader, const xmlNode *node, Model *model, GError **error)
{
    const char *steppings = attribute(node, "stepping");
    CpuSignature signature = {.steppings = 0xffff};

    if (!read_number(reader, node, "family", TRUE, &signature.family, error) ||
        !read_number(reader, node, "model", TRUE, &signature.model, error))
        return FALSE;
    if (steppings != NULL)
        signature.steppings = parse_steppings(steppings);
    if (signature.steppings == 0)
        return refuse(reader, node, error, "stepping='%s' is not a list of steppings (0-4,7)",
                      steppings);
    g_array_append_val(model->signatures, signature);
    return TRUE;
}

static gboolean
read_model_vendor(const Reader *reader, const xmlNode *node, Model *model, GError **error)
{
    model->declaration.vendor = required_attribute(reader, node, "name", error);
    return model->declaration.vendor != NULL;
}

static gboolean
read_model_pvr(const Reader *reader, const xmlNode *node, Model *model, GError **error)
{
    CpuPvr pvr;

    if (!read_number(reader, node, "value", TRUE, &pvr.value, error) ||
        !read_number(reader, node, "mask", FALSE, &pvr.mask, error))
        return FALSE;
    if (attribute(node, "mask") == NULL)
        pvr.mask = reader->family == CPU_FAMILY_ARM ? 0xffff : 0xffffffff;
    g_array_append_val(model->pvrs, pvr);
    return TRUE;
}

static gboolean
read_model_feature(const Reader *reader, const xmlNode *node, Model *model, GError **error)
{
    const char *name = required_attribute(reader, node, "name", error);
    GPtrArray *list = is_on(node, "removed", "yes") ? model->removed
                      : is_on(node, "added", "yes") ? model->added
                                                    : model->features;

    if (name == NULL)
        return FALSE;
    g_ptr_array_add(list, (gpointer)(guintptr)name);
    return TRUE;
}

static gboolean
read_model_children(const Reader *reader, const xmlNode *node, Model *model, GError **error)
{
    static const struct {
        const char *name;
        gboolean (*read)(const Reader *, const xmlNode *, Model *, GError **);
    } children[] = {
        {"check", read_model_check},     {"decode", read_model_decode},
        {"model", read_model_ancestor},  {"signature", read_model_signature},
        {"vendor", read_model_vendor},   {"pvr", read_model_pvr},
        {"feature", read_model_feature},
    };

    for (guint i = 0; i < G_N_ELEMENTS(children); i++) {
        foreach_element(child, node, children[i].name)
        {
            if (!children[i].read(reader, child, model, error))
                return FALSE;
        }
    }
    return TRUE;
}

static gboolean
read_model(Reader *reader, const xmlNode *node, GError **error)
{
    /* Maps of before libvirt 5.10 do not say which models may be decoded to: all may. */
    g_auto(Model) model = {.declaration = {.name = required_attribute(reader, node, "name", error),
                                           .group = reader->group,
                                           .is_decodable_host = TRUE,
                                           .is_decodable_guest = TRUE},
                           .signatures = g_array_new(FALSE, TRUE, sizeof(CpuSignature)),
                           .pvrs = g_array_new(FALSE, TRUE, sizeof(CpuPvr)),
                           .features = g_ptr_array_new(),
                           .removed = g_ptr_array_new(),
                           .added = g_ptr_array_new()};
    CpuModelDeclaration *declaration = &model.declaration;

    if (declaration->name == NULL || !read_model_children(reader, node, &model, error))
        return FALSE;
    const CpuModel *known = cpu_map_find_model(reader->builtin, reader->family, declaration->name);
    if (known != NULL)
        declaration->since = known->since;
    declaration->signatures = (const CpuSignature *)(void *)model.signatures->data;
    declaration->n_signatures = model.signatures->len;
    declaration->pvrs = (const CpuPvr *)(void *)model.pvrs->data;
    declaration->n_pvrs = model.pvrs->len;
    declaration->features = (const char *const *)model.features->pdata;
    declaration->n_features = model.features->len;
    declaration->removed = (const char *const *)model.removed->pdata;
    declaration->n_removed = model.removed->len;
    declaration->added = (const char *const *)model.added->pdata;
    declaration->n_added = model.added->len;
    return cpu_map_builder_add_model(reader->builder, reader->family, declaration, error) ||
           prefix(reader, node, error);
}

/* ---- files ---------------------------------------------------------------------------------- */

/* The vendors, features and models that are direct children of NODE, in this order. */
static gboolean
read_declarations(Reader *reader, const xmlNode *node, GError **error)
{
    static const struct {
        const char *name;
        gboolean (*read)(Reader *, const xmlNode *, GError **);
    } kinds[] = {{"vendor", read_vendor}, {"feature", read_feature}, {"model", read_model}};

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        foreach_element(child, node, kinds[i].name)
        {
            if (!kinds[i].read(reader, child, error))
                return FALSE;
        }
    }
    return TRUE;
}

static gboolean
check_tree(const Reader *reader, const xmlDoc *tree, const xmlNode *root, GError **error)
{
    if (tree->intSubset != NULL || tree->extSubset != NULL)
        return refuse(reader, root, error, "a CPU map has no DOCTYPE");
    if (!is_element(root, "cpus"))
        return refuse(reader, root, error, "the root element is '%s', not 'cpus'",
                      (const char *)root->name);
    return TRUE;
}

static AutoXmlDoc *
parse(const Reader *reader, GError **error)
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
read_include(Reader *reader, const xmlNode *node, GError **error)
{
    const char *name = required_attribute(reader, node, "filename", error);

    if (name == NULL)
        return FALSE;
    if (strchr(name, '/') != NULL)
        return refuse(reader, node, error, "'%s' is not a file of the map's own folder", name);
    if (++reader->n_files > FILES_MAX)
        return refuse(reader, node, error, "more than %d files are included", FILES_MAX);
    g_autofree char *path = g_build_filename(reader->folder, name, NULL);
    const char *including = reader->path;
    reader->path = path;
    g_autoptr(AutoXmlDoc) tree = parse(reader, error);
    gboolean is_read = tree != NULL && read_declarations(reader, xmlDocGetRootElement(tree), error);
    reader->path = including;
    return is_read;
}

static gboolean
read_group(Reader *reader, const xmlNode *node, GError **error)
{
    reader->group = attribute(node, "name");
    foreach_element(include, node, "include")
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
read_arch(Reader *reader, const xmlNode *node, GError **error)
{
    const char *name = required_attribute(reader, node, "name", error);

    if (name == NULL)
        return FALSE;
    reader->family = family_from_name(name);
    if (reader->family == CPU_FAMILY_NONE)
        return TRUE;
    if (!read_declarations(reader, node, error))
        return FALSE;
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        if ((is_element(child, "include") && !read_include(reader, child, error)) ||
            (is_element(child, "group") && !read_group(reader, child, error)))
            return FALSE;
    }
    return TRUE;
}

static gboolean
read_index(Reader *reader, GError **error)
{
    g_autoptr(AutoXmlDoc) tree = parse(reader, error);

    if (tree == NULL)
        return FALSE;
    const xmlNode *root = xmlDocGetRootElement(tree);
    if (next_element(root->children, "arch") == NULL)
        return refuse(reader, root, error, "no 'arch' in it: is this a map's index.xml?");
    foreach_element(arch, root, "arch")
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
    Reader reader = {
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
