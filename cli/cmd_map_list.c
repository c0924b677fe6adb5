/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* virt-plan map list: tables of what a map has. */

#include "cmd_map.h"
#include "suggest.h"

#include <reports/table.h>
#include <string.h>

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
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "map list takes one list, not '%s' too: ask for one after the other",
                    context->args[1]);
    else
        suggest_set_error(error, "there is no list of", wanted, names, G_N_ELEMENTS(names),
                          "there are models, features, vendors and levels");
    return -1;
}

ExitStatus
map_list_run(CommandContext *context, const void *data, GError **error)
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
