/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Vendors, features and models of a libvirt map, from elements to the builder's declarations. What
 * libvirt's maps do not say of a name is taken from the built-in map.
 */

#include "cpu_map_xml.h"

#include <string.h>

/* ---- vendors -------------------------------------------------------------------------------- */

static gboolean
read_vendor(CpuMapReader *reader, const xmlNode *node, GError **error)
{
    CpuVendor vendor = {.name = cpu_map_xml_required(reader, node, "name", error),
                        .string = cpu_map_xml_attribute(node, "string")};

    if (vendor.name == NULL ||
        !cpu_map_xml_number(reader, node, "value", reader->family == CPU_FAMILY_ARM,
                            &vendor.implementer, error))
        return FALSE;
    return cpu_map_builder_add_vendor(reader->builder, reader->family, &vendor, error) ||
           cpu_map_xml_prefix(reader, node, error);
}

/* ---- features ------------------------------------------------------------------------------- */

static const char *const register_names[] = {"eax", "ebx", "ecx", "edx"};
G_STATIC_ASSERT(G_N_ELEMENTS(register_names) == CPU_REGISTER_COUNT);

/* Appends the bits that a <cpuid> or <msr> names to BITS. */
static gboolean
read_bits(const CpuMapReader *reader, const xmlNode *node, GArray *bits, GError **error)
{
    CpuBit bit = {.is_msr = cpu_map_xml_is(node, "msr")};
    /* Until libvirt 1.3 the leaf was called function, and there were no sub-leaves. */
    const char *leaf_name = bit.is_msr ? "index"
                            : cpu_map_xml_attribute(node, "eax_in") == NULL &&
                                    cpu_map_xml_attribute(node, "function") != NULL
                                ? "function"
                                : "eax_in";

    if (!cpu_map_xml_number(reader, node, leaf_name, TRUE, &bit.leaf, error) ||
        !cpu_map_xml_number(reader, node, "ecx_in", FALSE, &bit.subleaf, error))
        return FALSE;
    for (CpuRegister reg = 0; reg < CPU_REGISTER_COUNT; reg++) {
        guint32 word;

        if (!cpu_map_xml_number(reader, node, register_names[reg], FALSE, &word, error))
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
complete_feature(const CpuMapReader *reader, CpuFeatureDeclaration *declaration, GArray *aliases)
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
read_feature(CpuMapReader *reader, const xmlNode *node, GError **error)
{
    g_autoptr(GArray) bits = g_array_new(FALSE, TRUE, sizeof(CpuBit));
    g_autoptr(GArray) aliases = g_array_new(FALSE, TRUE, sizeof(CpuFeatureAlias));
    CpuFeatureDeclaration declaration = {.name = cpu_map_xml_required(reader, node, "name", error),
                                         .is_unmigratable =
                                             cpu_map_xml_has(node, "migratable", "no")};

    if (declaration.name == NULL)
        return FALSE;
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        if ((cpu_map_xml_is(child, "cpuid") || cpu_map_xml_is(child, "msr")) &&
            !read_bits(reader, child, bits, error))
            return FALSE;
    }
    cpu_map_xml_foreach(child, node, "alias")
    {
        CpuFeatureAlias alias = {cpu_map_xml_required(reader, child, "name", error),
                                 cpu_map_xml_attribute(child, "source")};

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
           cpu_map_xml_prefix(reader, node, error);
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
read_model_check(const CpuMapReader *reader, const xmlNode *node, Model *model, GError **error)
{
    if (!cpu_map_xml_has(node, "partial", "compat"))
        return cpu_map_xml_refuse(reader, node, error,
                                  "'check' knows no other value than partial='compat'");
    model->declaration.is_compat_checked = TRUE;
    return TRUE;
}

static gboolean
read_switch(const CpuMapReader *reader, const xmlNode *node, const char *name, gboolean *ret_is_on,
            GError **error)
{
    const char *value = cpu_map_xml_required(reader, node, name, error);

    if (value == NULL)
        return FALSE;
    *ret_is_on = strcmp(value, "on") == 0;
    if (!*ret_is_on && strcmp(value, "off") != 0)
        return cpu_map_xml_refuse(reader, node, error, "%s='%s' is neither on nor off", name,
                                  value);
    return TRUE;
}

static gboolean
read_model_decode(const CpuMapReader *reader, const xmlNode *node, Model *model, GError **error)
{
    return read_switch(reader, node, "host", &model->declaration.is_decodable_host, error) &&
           read_switch(reader, node, "guest", &model->declaration.is_decodable_guest, error);
}

static gboolean
read_model_ancestor(const CpuMapReader *reader, const xmlNode *node, Model *model, GError **error)
{
    model->declaration.ancestor = cpu_map_xml_required(reader, node, "name", error);
    return model->declaration.ancestor != NULL;
}

static gboolean
read_model_signature(const CpuMapReader *reader, const xmlNode *node, Model *model, GError **error)
{
    const char *steppings = cpu_map_xml_attribute(node, "stepping");
    CpuSignature signature = {.steppings = 0xffff};

    if (!cpu_map_xml_number(reader, node, "family", TRUE, &signature.family, error) ||
        !cpu_map_xml_number(reader, node, "model", TRUE, &signature.model, error))
        return FALSE;
    if (steppings != NULL)
        signature.steppings = cpu_steppings_parse(steppings);
    if (signature.steppings == 0)
        return cpu_map_xml_refuse(reader, node, error,
                                  "stepping='%s' is not a list of steppings (0-4,7)", steppings);
    g_array_append_val(model->signatures, signature);
    return TRUE;
}

static gboolean
read_model_vendor(const CpuMapReader *reader, const xmlNode *node, Model *model, GError **error)
{
    model->declaration.vendor = cpu_map_xml_required(reader, node, "name", error);
    return model->declaration.vendor != NULL;
}

static gboolean
read_model_pvr(const CpuMapReader *reader, const xmlNode *node, Model *model, GError **error)
{
    CpuPvr pvr;

    if (!cpu_map_xml_number(reader, node, "value", TRUE, &pvr.value, error) ||
        !cpu_map_xml_number(reader, node, "mask", FALSE, &pvr.mask, error))
        return FALSE;
    if (cpu_map_xml_attribute(node, "mask") == NULL)
        pvr.mask = reader->family == CPU_FAMILY_ARM ? 0xffff : 0xffffffff;
    g_array_append_val(model->pvrs, pvr);
    return TRUE;
}

static gboolean
read_model_feature(const CpuMapReader *reader, const xmlNode *node, Model *model, GError **error)
{
    const char *name = cpu_map_xml_required(reader, node, "name", error);
    GPtrArray *list = cpu_map_xml_has(node, "removed", "yes") ? model->removed
                      : cpu_map_xml_has(node, "added", "yes") ? model->added
                                                              : model->features;

    if (name == NULL)
        return FALSE;
    g_ptr_array_add(list, (gpointer)(guintptr)name);
    return TRUE;
}

static gboolean
read_model_children(const CpuMapReader *reader, const xmlNode *node, Model *model, GError **error)
{
    static const struct {
        const char *name;
        gboolean (*read)(const CpuMapReader *, const xmlNode *, Model *, GError **);
    } children[] = {
        {"check", read_model_check},     {"decode", read_model_decode},
        {"model", read_model_ancestor},  {"signature", read_model_signature},
        {"vendor", read_model_vendor},   {"pvr", read_model_pvr},
        {"feature", read_model_feature},
    };

    for (guint i = 0; i < G_N_ELEMENTS(children); i++) {
        cpu_map_xml_foreach(child, node, children[i].name)
        {
            if (!children[i].read(reader, child, model, error))
                return FALSE;
        }
    }
    return TRUE;
}

static gboolean
read_model(CpuMapReader *reader, const xmlNode *node, GError **error)
{
    /* Maps of before libvirt 5.10 do not say which models may be decoded to: all may. */
    g_auto(Model) model = {
        .declaration = {.name = cpu_map_xml_required(reader, node, "name", error),
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
           cpu_map_xml_prefix(reader, node, error);
}

gboolean
cpu_map_declarations_read(CpuMapReader *reader, const xmlNode *node, GError **error)
{
    static const struct {
        const char *name;
        gboolean (*read)(CpuMapReader *, const xmlNode *, GError **);
    } kinds[] = {{"vendor", read_vendor}, {"feature", read_feature}, {"model", read_model}};

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        cpu_map_xml_foreach(child, node, kinds[i].name)
        {
            if (!kinds[i].read(reader, child, error))
                return FALSE;
        }
    }
    return TRUE;
}
