/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * map-compiler OUTPUT.c FOLDER...: turns the CPU map's YAML files, one folder for each family, into
 * the tables of cpu_map_private.h. A mistake in a file ends it with one line, FILE:LINE:COLUMN
 * first.
 */

#include "map_source.h"

#include <stdio.h>

static void
emit_string(GString *out, const char *text)
{
    if (text == NULL) {
        g_string_append(out, "NULL");
        return;
    }
    g_autofree char *escaped = g_strescape(text, NULL);
    g_string_append_printf(out, "\"%s\"", escaped);
}

static void
emit_vendor(GString *out, const CpuVendor *vendor)
{
    g_string_append(out, "    {");
    emit_string(out, vendor->name);
    g_string_append(out, ", ");
    emit_string(out, vendor->string);
    g_string_append_printf(out, ", 0x%x},\n", vendor->implementer);
}

static void
emit_feature(GString *out, const CpuFeatureDeclaration *feature)
{
    g_string_append(out, "    {.name = ");
    emit_string(out, feature->name);
    g_string_append_printf(out, ", .group = %d, .since = {%u, %u}, .is_unmigratable = %d",
                           (int)feature->group, feature->since.lacking, feature->since.having,
                           feature->is_unmigratable);
    if (feature->n_bits > 0) {
        g_string_append_printf(out, ",\n     .n_bits = %u, .bits = (const CpuBit[]){",
                               feature->n_bits);
        for (guint i = 0; i < feature->n_bits; i++)
            g_string_append_printf(out, "{%d, 0x%x, 0x%x, %d, %u}, ", feature->bits[i].is_msr,
                                   feature->bits[i].leaf, feature->bits[i].subleaf,
                                   (int)feature->bits[i].reg, feature->bits[i].bit);
        g_string_append(out, "}");
    }
    if (feature->n_aliases > 0) {
        g_string_append_printf(out,
                               ",\n     .n_aliases = %u, .aliases = (const CpuFeatureAlias[]){",
                               feature->n_aliases);
        for (guint i = 0; i < feature->n_aliases; i++) {
            g_string_append(out, "{");
            emit_string(out, feature->aliases[i].name);
            g_string_append(out, ", ");
            emit_string(out, feature->aliases[i].source);
            g_string_append(out, "}, ");
        }
        g_string_append(out, "}");
    }
    g_string_append(out, "},\n");
}

static void
emit_names(GString *out, const char *member, const char *const *names, guint n_names)
{
    if (n_names == 0)
        return;
    g_string_append_printf(out, ",\n     .n_%s = %u, .%s = (const char *const[]){", member, n_names,
                           member);
    for (guint i = 0; i < n_names; i++) {
        g_string_append(out, i % 8 == 0 ? "\n        " : " ");
        emit_string(out, names[i]);
        g_string_append_c(out, ',');
    }
    g_string_append(out, "}");
}

static void
emit_model(GString *out, const CpuModelDeclaration *model)
{
    g_string_append(out, "    {.name = ");
    emit_string(out, model->name);
    g_string_append(out, ", .group = ");
    emit_string(out, model->group);
    g_string_append(out, ", .ancestor = ");
    emit_string(out, model->ancestor);
    g_string_append(out, ", .vendor = ");
    emit_string(out, model->vendor);
    g_string_append_printf(out,
                           ",\n     .since = {%u, %u}, .is_decodable_host = %d, "
                           ".is_decodable_guest = %d, .is_compat_checked = %d",
                           model->since.lacking, model->since.having, model->is_decodable_host,
                           model->is_decodable_guest, model->is_compat_checked);
    if (model->n_signatures > 0) {
        g_string_append_printf(out,
                               ",\n     .n_signatures = %u, .signatures = (const CpuSignature[]){",
                               model->n_signatures);
        for (guint i = 0; i < model->n_signatures; i++)
            g_string_append_printf(out, "{%u, %u, 0x%x}, ", model->signatures[i].family,
                                   model->signatures[i].model, model->signatures[i].steppings);
        g_string_append(out, "}");
    }
    if (model->n_pvrs > 0) {
        g_string_append_printf(out, ",\n     .n_pvrs = %u, .pvrs = (const CpuPvr[]){",
                               model->n_pvrs);
        for (guint i = 0; i < model->n_pvrs; i++)
            g_string_append_printf(out, "{0x%x, 0x%x}, ", model->pvrs[i].value,
                                   model->pvrs[i].mask);
        g_string_append(out, "}");
    }
    emit_names(out, "features", model->features, model->n_features);
    emit_names(out, "removed", model->removed, model->n_removed);
    emit_names(out, "added", model->added, model->n_added);
    g_string_append(out, "},\n");
}

static void
emit_family(GString *out, const MapSource *source)
{
    const char *family = cpu_family_name(source->family);

    g_string_append_printf(out, "\nstatic const CpuVendor %s_vendors[] = {\n", family);
    for (guint i = 0; i < source->vendors->len; i++)
        emit_vendor(out, &g_array_index(source->vendors, CpuVendor, i));
    g_string_append_printf(
        out, "    {0},\n};\n\nstatic const CpuFeatureDeclaration %s_features[] = {\n", family);
    for (guint i = 0; i < source->features->len; i++)
        emit_feature(out,
                     &((const MapFeature *)g_ptr_array_index(source->features, i))->declaration);
    g_string_append_printf(
        out, "    {0},\n};\n\nstatic const CpuModelDeclaration %s_models[] = {\n", family);
    for (guint i = 0; i < source->models->len; i++)
        emit_model(out, &((const MapModel *)g_ptr_array_index(source->models, i))->declaration);
    g_string_append(out, "    {0},\n};\n");
}

static void
emit_tables(GString *out, const GPtrArray *sources)
{
    g_string_append(out, "\nconst CpuMapTables cpu_map_builtin_tables[] = {\n");
    for (guint i = 0; i < sources->len; i++) {
        const MapSource *source = g_ptr_array_index(sources, i);
        const char *family = cpu_family_name(source->family);

        g_string_append_printf(out, "    {%d, %s_vendors, %u, %s_features, %u, %s_models, %u},\n",
                               (int)source->family, family, source->vendors->len, family,
                               source->features->len, family, source->models->len);
    }
    g_string_append_printf(out, "};\n\nconst guint cpu_map_builtin_n_tables = %u;\n", sources->len);
}

static gboolean
compile(const char *output, char **folders, GError **error)
{
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)map_source_free);
    g_autoptr(CpuMapBuilder) builder = cpu_map_builder_new("map-compiler");
    g_autoptr(GString) out = g_string_new("/* Made by map-compiler. */\n"
                                          "#include \"cpu_map_private.h\"\n");

    for (; *folders != NULL; folders++) {
        MapSource *source = map_source_load(*folders, builder, error);

        if (source == NULL)
            return FALSE;
        g_ptr_array_add(sources, source);
        emit_family(out, source);
    }
    emit_tables(out, sources);
    return g_file_set_contents(output, out->str, (gssize)out->len, error);
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;

    if (argc < 3) {
        fprintf(stderr, "usage: %s OUTPUT.c FOLDER...\n", argv[0]);
        return 2;
    }
    if (!compile(argv[1], argv + 2, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return 1;
    }
    return 0;
}
