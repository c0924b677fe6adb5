/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ladder-compiler OUTPUT.c FILE...: turns the ladders' YAML files into the table of
 * ladder_tables.h. Names are looked up in the built-in CPU map, so that a mistake stops the build
 * at its line: FILE:LINE:COLUMN. docs/cpu-map.md describes the format.
 */

#include "ladder_tables.h"
#include "yaml_reader.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    LadderDeclaration declaration;
    GPtrArray *above, *features, *secure; /* of borrowed const char* */
} Level;

/* A YamlRead has it as its target. */
typedef struct {
    const CpuMap *map;
    GPtrArray *levels; /* of Level, of all files */
    GPtrArray *files;  /* of YamlFile; they own the texts */
    const char *ladder;
    const char *vendor;
    Level *level; /* being read */
} Reader;

static void
level_free(gpointer data)
{
    Level *level = data;

    g_ptr_array_unref(level->above);
    g_ptr_array_unref(level->features);
    g_ptr_array_unref(level->secure);
    g_free(level);
}

static gboolean
read_text(YamlFile *file, const yaml_node_t *node, const char **ret_text, GError **error)
{
    *ret_text = yaml_text(file, node, error);
    return *ret_text != NULL;
}

static const Level *
find_level(const Reader *reader, const char *name)
{
    for (guint i = 0; i < reader->levels->len; i++) {
        const Level *level = g_ptr_array_index(reader->levels, i);

        if (level != reader->level && strcmp(level->declaration.name, name) == 0)
            return level;
    }
    return NULL;
}

static gboolean
read_name(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    Reader *reader = target;
    const char **name = &reader->level->declaration.name;

    if (!read_text(file, node, name, error))
        return FALSE;
    if (find_level(reader, *name) != NULL)
        return yaml_refuse(file, node, error, "level '%s' is declared twice", *name);
    return TRUE;
}

static gboolean
read_title(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    Reader *reader = target;

    return read_text(file, node, &reader->level->declaration.title, error);
}

static gboolean
read_track(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    Reader *reader = target;

    return read_text(file, node, &reader->level->declaration.track, error);
}

static gboolean
read_tier(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    Reader *reader = target;
    guint64 tier;

    if (!yaml_unsigned(file, node, 1000, &tier, error))
        return FALSE;
    reader->level->declaration.tier = (guint)tier;
    return TRUE;
}

static gboolean
read_model(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    Reader *reader = target;
    const char **model = &reader->level->declaration.model;

    if (!read_text(file, node, model, error))
        return FALSE;
    if (cpu_map_find_model(reader->map, CPU_FAMILY_X86, *model) == NULL)
        return yaml_refuse(file, node, error, "the CPU map has no model '%s'", *model);
    return TRUE;
}

static gboolean
read_below(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    const Reader *reader = target;
    const char *name = yaml_text(file, node, error);

    if (name == NULL)
        return FALSE;
    if (find_level(reader, name) == NULL)
        return yaml_refuse(file, node, error, "the level '%s' is not declared before this one",
                           name);
    g_ptr_array_add(reader->level->above, (gpointer)(guintptr)name);
    return TRUE;
}

static gboolean
read_above(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    return yaml_read_sequence(file, node, read_below, target, error);
}

static gboolean
check_feature(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    const Reader *reader = target;
    const char *name = yaml_text(file, node, error);

    if (name == NULL)
        return FALSE;
    if (cpu_map_find_feature(reader->map, CPU_FAMILY_X86, name) == NULL)
        return yaml_refuse(file, node, error, "the CPU map has no feature '%s'", name);
    return TRUE;
}

static gboolean
read_features(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    Reader *reader = target;

    return yaml_read_sequence(file, node, check_feature, reader, error) &&
           yaml_read_names(file, node, reader->level->features, error);
}

static gboolean
read_secure(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    Reader *reader = target;

    return yaml_read_sequence(file, node, check_feature, reader, error) &&
           yaml_read_names(file, node, reader->level->secure, error);
}

static gboolean
read_level(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    static const YamlKey keys[] = {{"name", read_name, TRUE},
                                   {"title", read_title, TRUE},
                                   {"track", read_track, TRUE},
                                   {"tier", read_tier, TRUE},
                                   {"model", read_model, TRUE},
                                   {"above", read_above, FALSE},
                                   {"features", read_features, FALSE},
                                   {"secure", read_secure, FALSE},
                                   {0}};
    Reader *reader = target;
    Level *level = g_new0(Level, 1);
    LadderDeclaration *declaration = &level->declaration;

    level->above = g_ptr_array_new();
    level->features = g_ptr_array_new();
    level->secure = g_ptr_array_new();
    declaration->ladder = reader->ladder;
    declaration->vendor = reader->vendor;
    g_ptr_array_add(reader->levels, level);
    reader->level = level;
    return yaml_read_mapping(file, node, keys, reader, error);
}

static gboolean
read_ladder_name(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    Reader *reader = target;

    return read_text(file, node, &reader->ladder, error);
}

static gboolean
read_vendor(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    Reader *reader = target;

    if (!read_text(file, node, &reader->vendor, error))
        return FALSE;
    if (cpu_map_find_vendor(reader->map, CPU_FAMILY_X86, reader->vendor) == NULL)
        return yaml_refuse(file, node, error, "the CPU map has no vendor '%s'", reader->vendor);
    return TRUE;
}

static gboolean
read_levels(YamlFile *file, const yaml_node_t *node, void *target, GError **error)
{
    return yaml_read_sequence(file, node, read_level, target, error);
}

static gboolean
read_file(Reader *reader, const char *path, GError **error)
{
    static const YamlKey keys[] = {{"ladder", read_ladder_name, TRUE},
                                   {"vendor", read_vendor, FALSE},
                                   {"levels", read_levels, TRUE},
                                   {0}};
    YamlFile *file = yaml_file_load(path, error);

    if (file == NULL)
        return FALSE;
    g_ptr_array_add(reader->files, file);
    reader->vendor = NULL;
    return yaml_read_mapping(file, yaml_file_root(file), keys, reader, error);
}

/* ---- output --------------------------------------------------------------------------------- */

static void
emit_text(GString *out, const char *member, const char *text)
{
    if (text == NULL)
        return;
    g_autofree char *escaped = g_strescape(text, NULL);
    g_string_append_printf(out, "     .%s = \"%s\",\n", member, escaped);
}

static void
emit_names(GString *out, const char *member, const GPtrArray *names)
{
    if (names->len == 0)
        return;
    g_string_append_printf(out, "     .n_%s = %u, .%s = (const char *const[]){", member, names->len,
                           member);
    for (guint i = 0; i < names->len; i++)
        g_string_append_printf(out, "\"%s\", ", (const char *)g_ptr_array_index(names, i));
    g_string_append(out, "},\n");
}

static void
emit_level(GString *out, const Level *level)
{
    const LadderDeclaration *declaration = &level->declaration;

    g_string_append(out, "    {\n");
    emit_text(out, "name", declaration->name);
    emit_text(out, "title", declaration->title);
    emit_text(out, "ladder", declaration->ladder);
    emit_text(out, "vendor", declaration->vendor);
    emit_text(out, "track", declaration->track);
    g_string_append_printf(out, "     .tier = %u,\n", declaration->tier);
    emit_text(out, "model", declaration->model);
    emit_names(out, "above", level->above);
    emit_names(out, "features", level->features);
    emit_names(out, "secure", level->secure);
    g_string_append(out, "    },\n");
}

static gboolean
compile(Reader *reader, const char *output, char **paths, GError **error)
{
    g_autoptr(GString) out = g_string_new("/* Made by ladder-compiler. */\n"
                                          "#include \"ladder_tables.h\"\n\n"
                                          "const LadderDeclaration ladder_declarations[] = {\n");

    for (; *paths != NULL; paths++) {
        if (!read_file(reader, *paths, error))
            return FALSE;
    }
    for (guint i = 0; i < reader->levels->len; i++)
        emit_level(out, g_ptr_array_index(reader->levels, i));
    g_string_append_printf(out, "};\nconst guint ladder_n_declarations = %u;\n",
                           reader->levels->len);
    return g_file_set_contents(output, out->str, (gssize)out->len, error);
}

int
main(int argc, char **argv)
{
    g_autoptr(CpuMap) map = cpu_map_new_builtin();
    g_autoptr(GPtrArray) levels = g_ptr_array_new_with_free_func(level_free);
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)yaml_file_free);
    Reader reader = {.map = map, .levels = levels, .files = files};
    g_autoptr(GError) error = NULL;

    if (argc < 3) {
        fprintf(stderr, "usage: %s OUTPUT.c FILE...\n", argv[0]);
        return 2;
    }
    if (!compile(&reader, argv[1], argv + 2, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return 1;
    }
    return 0;
}
