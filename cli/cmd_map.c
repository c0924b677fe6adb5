/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd_map.h"

#include "commands.h"
#include "suggest.h"

#include <ingest/cpu_map_reader.h>
#include <reports/table.h>
#include <string.h>

#define OPTION_CPU_MAP                                                                             \
    {                                                                                              \
        "cpu-map", 0, G_OPTION_ARG_FILENAME, G_STRUCT_OFFSET(MapOptions, cpu_map),                 \
            "use the libvirt map in DIR, not the built-in one", "DIR"                              \
    }
#define OPTION_ARCH                                                                                \
    {                                                                                              \
        "arch", 0, G_OPTION_ARG_STRING, G_STRUCT_OFFSET(MapOptions, arch),                         \
            "of which architecture; else x86_64", "ARCH"                                           \
    }

CpuMap *
map_options_load(const MapOptions *options, GError **error)
{
    return options->cpu_map != NULL ? cpu_map_reader_load(options->cpu_map, error)
                                    : cpu_map_new_builtin();
}

gboolean
map_options_family(const MapOptions *options, CpuFamily *ret_family, GError **error)
{
    const char *names[CPU_ARCH_COUNT];
    guint n_names = 0;

    for (CpuArch arch = CPU_ARCH_NONE + 1; arch < CPU_ARCH_COUNT; arch++) {
        if (cpu_arch_family(arch) != CPU_FAMILY_NONE)
            names[n_names++] = cpu_arch_name(arch);
    }
    const char *name = options->arch != NULL ? options->arch : "x86_64";
    CpuFamily family = cpu_arch_family(cpu_arch_from_name(name));
    if (family == CPU_FAMILY_NONE) {
        suggest_set_error(error, "no CPU models are known for the architecture", name, names,
                          n_names, "see 'virt-plan map list'");
        return FALSE;
    }
    *ret_family = family;
    return TRUE;
}

/* ---- texts ---------------------------------------------------------------------------------- */

/* "11.3", or "11.3.1". */
static char *
release_text(guint release)
{
    return release % 1000 == 0 ? g_strdup_printf("%u.%u", release / 1000000, release / 1000 % 1000)
                               : g_strdup_printf("%u.%u.%u", release / 1000000,
                                                 release / 1000 % 1000, release % 1000);
}

char *
map_since_text(const CpuSince *since)
{
    if (since->having == 0)
        return g_strdup("not known");
    g_autofree char *having = release_text(since->having);
    if (since->lacking == 0)
        return g_strdup_printf("libvirt %s or earlier", having);
    g_autofree char *lacking = release_text(since->lacking);
    return g_strdup_printf("after libvirt %s, by %s", lacking, having);
}

char *
map_place_text(const CpuMap *map, CpuFamily family, const CpuFeature *feature)
{
    GString *text = g_string_new(NULL);

    cpu_set_foreach (position, &feature->bits) {
        g_autofree char *bit = cpu_bit_describe(cpu_map_bit(map, family, position));
        g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", bit);
    }
    if (text->len == 0)
        g_string_append(text, "known by name alone");
    return g_string_free(text, FALSE);
}

char *
map_signature_text(const CpuSignature *signature)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "%u/%u", signature->family, signature->model);
    for (guint first = 0; signature->steppings != 0xffff && first < 16; first++) {
        guint last = first;

        if (!((signature->steppings >> first) & 1))
            continue;
        while (last < 15 && ((signature->steppings >> (last + 1)) & 1))
            last++;
        g_string_append_printf(text, strchr(text->str, ' ') == NULL ? " stepping %u" : ",%u",
                               first);
        if (last > first)
            g_string_append_printf(text, "-%u", last);
        first = last;
    }
    return g_string_free(text, FALSE);
}

/* ---- versions ------------------------------------------------------------------------------- */

/* The length of NAME without "-vN", or 0 when it does not end so. */
static gsize
unversioned_length(const char *name)
{
    const char *dash = strrchr(name, '-');

    if (dash == NULL || dash[1] != 'v' || dash[2] == '\0' ||
        dash[2 + strspn(dash + 2, "0123456789")] != '\0')
        return 0;
    return (gsize)(dash - name);
}

/* The model that VERSION is a version of, or NULL. */
static const CpuModel *
versioned_model(const CpuMap *map, CpuFamily family, const CpuModel *version)
{
    gsize length = unversioned_length(version->name);

    if (version->ancestor != NULL && version->ancestor->canonical == version)
        return version->ancestor;
    if (length == 0)
        return NULL;
    g_autofree char *name = g_strndup(version->name, length);
    return cpu_map_find_model(map, family, name);
}

/* Is MODEL a version of another model? */
static gboolean
map_is_version(const CpuMap *map, CpuFamily family, const CpuModel *model)
{
    return versioned_model(map, family, model) != NULL;
}

GPtrArray *
map_versions(const CpuMap *map, CpuFamily family, const CpuModel *model)
{
    GPtrArray *versions = g_ptr_array_new();

    for (guint i = 0; i < cpu_map_n_models(map, family); i++) {
        const CpuModel *version = cpu_map_model(map, family, i);

        if (versioned_model(map, family, version) == model)
            g_ptr_array_add(versions, (gpointer)(guintptr)version->name);
    }
    return versions;
}

/* ---- list ----------------------------------------------------------------------------------- */

static Table *
list_models(CpuMap *map, CpuFamily family)
{
    static const TableColumn columns[] = {
        {"model", "MODEL", TABLE_TEXT, 0},
        {"vendor", "VENDOR", TABLE_TEXT, 0},
        {"group", "GROUP", TABLE_TEXT, 0},
        {"n_features", "FEATURES", TABLE_NUMBER, 0},
        {"decoded_to", "FOR", TABLE_LIST, 0},
        {"signatures", "SIGNATURES", TABLE_LIST, TABLE_NO_TEXT},
        {"versions", "VERSIONS", TABLE_LIST, TABLE_WRAP},
    };
    Table *table = table_new(columns, G_N_ELEMENTS(columns));

    for (guint i = 0; i < cpu_map_n_models(map, family); i++) {
        const CpuModel *model = cpu_map_model(map, family, i);
        g_autoptr(GPtrArray) decoded = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GPtrArray) signatures = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GPtrArray) versions = map_versions(map, family, model);

        if (map_is_version(map, family, model))
            continue;
        if (model->is_decodable_host)
            g_ptr_array_add(decoded, g_strdup("host"));
        if (model->is_decodable_guest)
            g_ptr_array_add(decoded, g_strdup("guest"));
        for (guint j = 0; j < model->n_signatures; j++)
            g_ptr_array_add(signatures, map_signature_text(&model->signatures[j]));
        table_add_text(table, model->name);
        table_add_text(table, model->vendor != NULL ? model->vendor->name : NULL);
        table_add_text(table, model->group);
        table_add_number(table, cpu_set_count(&model->set));
        table_add_list(table, decoded);
        table_add_list(table, signatures);
        table_add_list(table, versions);
    }
    return table;
}

static Table *
list_features(CpuMap *map, CpuFamily family)
{
    static const TableColumn columns[] = {
        {"feature", "FEATURE", TABLE_TEXT, 0},
        {"place", "PLACE", TABLE_TEXT, 0},
        {"group", "GROUP", TABLE_TEXT, 0},
        {"is_migratable", "MIGRATABLE", TABLE_BOOLEAN, 0},
        {"since", "SINCE", TABLE_TEXT, TABLE_NO_TEXT},
        {"aliases", "ALSO KNOWN AS", TABLE_LIST, TABLE_WRAP},
    };
    Table *table = table_new(columns, G_N_ELEMENTS(columns));

    for (guint i = 0; i < cpu_map_n_features(map, family); i++) {
        const CpuFeature *feature = cpu_map_feature(map, family, i);
        g_autofree char *place = map_place_text(map, family, feature);
        g_autofree char *since = map_since_text(&feature->since);
        g_autoptr(GPtrArray) aliases = g_ptr_array_new();

        for (guint j = 0; j < feature->n_aliases; j++)
            g_ptr_array_add(aliases, (gpointer)(guintptr)feature->aliases[j].name);
        table_add_text(table, feature->name);
        table_add_text(table, place);
        table_add_text(table, cpu_feature_group_name(feature->group));
        table_add_boolean(table, feature->is_migratable);
        table_add_text(table, since);
        table_add_list(table, aliases);
    }
    return table;
}

static Table *
list_vendors(CpuMap *map, CpuFamily family)
{
    static const TableColumn columns[] = {
        {"vendor", "VENDOR", TABLE_TEXT, 0},
        {"identification", "IDENTIFICATION", TABLE_TEXT, 0},
    };
    Table *table = table_new(columns, G_N_ELEMENTS(columns));

    for (guint i = 0; i < cpu_map_n_vendors(map, family); i++) {
        const CpuVendor *vendor = cpu_map_vendor(map, family, i);

        table_add_text(table, vendor->name);
        if (vendor->implementer != 0)
            table_add_format(table, "0x%02x", vendor->implementer);
        else
            table_add_text(table, vendor->string);
    }
    return table;
}

static Table *
list_levels(CpuMap *map, CpuFamily family)
{
    static const TableColumn columns[] = {
        {"level", "LEVEL", TABLE_TEXT, 0},           {"title", "TITLE", TABLE_TEXT, 0},
        {"ladder", "LADDER", TABLE_TEXT, 0},         {"track", "TRACK", TABLE_TEXT, 0},
        {"tier", "TIER", TABLE_NUMBER, 0},           {"model", "MODEL", TABLE_TEXT, 0},
        {"n_features", "FEATURES", TABLE_NUMBER, 0}, {"has_secure", "SECURE", TABLE_BOOLEAN, 0},
        {"above", "ABOVE", TABLE_LIST, TABLE_WRAP},
    };
    Table *table = table_new(columns, G_N_ELEMENTS(columns));
    g_autoptr(Ladder) ladder = ladder_new(map);

    for (guint i = 0; family == CPU_FAMILY_X86 && i < ladder_n_levels(ladder); i++) {
        const LadderLevel *level = ladder_level(ladder, i);
        g_autoptr(GPtrArray) below = g_ptr_array_new();

        for (guint j = 0; j < level->n_below; j++)
            g_ptr_array_add(below, (gpointer)(guintptr)level->below[j]->name);
        table_add_text(table, level->name);
        table_add_text(table, level->title);
        table_add_text(table, level->ladder);
        table_add_text(table, level->track);
        table_add_number(table, level->tier);
        table_add_text(table, level->model->name);
        table_add_number(table, cpu_set_count(&level->set));
        table_add_boolean(table, !cpu_set_is_empty(&level->secure));
        table_add_list(table, below);
    }
    return table;
}

static const struct {
    const char *name;
    Table *(*list)(CpuMap *map, CpuFamily family);
} lists[] = {
    {"models", list_models},
    {"features", list_features},
    {"vendors", list_vendors},
    {"levels", list_levels},
};

/* The index in lists of what ARGS ask for; -1 with an error. */
static gint
find_list(const CommandContext *context, GError **error)
{
    const char *names[G_N_ELEMENTS(lists)];
    const char *wanted = context->n_args > 0 ? context->args[0] : lists[0].name;

    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        if (context->n_args <= 1 && strcmp(lists[i].name, wanted) == 0)
            return (gint)i;
        names[i] = lists[i].name;
    }
    if (context->n_args > 1)
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE, "one list at a time, please");
    else
        suggest_set_error(error, "there is no list of", wanted, names, G_N_ELEMENTS(names),
                          "there are models, features, vendors and levels");
    return -1;
}

static ExitStatus
run_list(CommandContext *context, const void *data, GError **error)
{
    const MapOptions *options = data;
    gint index = find_list(context, error);
    CpuFamily family;

    if (index < 0 || !map_options_family(options, &family, error))
        return EXIT_USAGE;
    g_autoptr(CpuMap) map = map_options_load(options, error);
    if (map == NULL)
        return EXIT_FAILED;
    g_autoptr(Table) table = lists[index].list(map, family);
    table_print(table, context->format, &context->style, context->out);
    return EXIT_WELL;
}

/* ---- the command ---------------------------------------------------------------------------- */

static const CommandOption list_options[] = {OPTION_CPU_MAP, OPTION_ARCH, {0}};
static const CommandOption check_options[] = {OPTION_CPU_MAP, {0}};
static const CommandOption import_options[] = {
    {"output", 'o', G_OPTION_ARG_FILENAME, G_STRUCT_OFFSET(MapOptions, output),
     "write the files into FOLDER, which must be new or empty; else print them", "FOLDER"},
    {0}};

static const Command command_map_list = {
    .name = "list",
    .summary = "List CPU models, features, vendors or levels",
    .synopsis = "[models|features|vendors|levels]",
    .flags = COMMAND_TAKES_FORMAT | COMMAND_HAS_CSV,
    .options = list_options,
    .options_size = sizeof(MapOptions),
    .run = run_list,
};

static const Command command_map_show = {
    .name = "show",
    .summary = "Explain a CPU model, a feature or a level",
    .synopsis = "MODEL|FEATURE|LEVEL",
    .flags = COMMAND_TAKES_FORMAT,
    .options = list_options,
    .options_size = sizeof(MapOptions),
    .run = map_show_run,
};

static const Command command_map_check = {
    .name = "check",
    .summary = "Lint the map and the levels, or compare the map with another one",
    .synopsis = "[DIR]",
    .flags = COMMAND_TAKES_FORMAT | COMMAND_HAS_CSV,
    .options = check_options,
    .options_size = sizeof(MapOptions),
    .run = map_check_run,
};

static const Command command_map_import = {
    .name = "import",
    .summary = "Rewrite a libvirt map as files of virt-plan's own form",
    .synopsis = "DIR",
    .options = import_options,
    .options_size = sizeof(MapOptions),
    .run = map_import_run,
};

static const Command *const map_subcommands[] = {
    &command_map_list, &command_map_show, &command_map_check, &command_map_import, NULL,
};

const Command command_map = {
    .name = "map",
    .summary = "Explain and check CPU models, features and levels",
    .synopsis = "COMMAND",
    .subcommands = map_subcommands,
};
