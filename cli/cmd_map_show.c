/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `virt-plan map show`: everything the map says of one name, as a sheet of labelled values. What a
 * name stands for is filled into a sheet first; how a sheet is printed is one function for each
 * form.
 */

#include "cmd_map.h"
#include "suggest.h"

#include <reports/escape.h>
#include <string.h>

typedef struct {
    const char *key;      /* of JSON */
    const char *label;    /* for people; NULL: for programs alone */
    GPtrArray *values;    /* of char*, owned */
    gboolean is_list;     /* even when it has one value, or none */
    gboolean has_phrases; /* values of several words: commas between them */
} Entry;

typedef struct {
    GPtrArray *entries; /* of Entry */
} Sheet;

#define LABEL_WIDTH 24
#define TEXT_WIDTH 100

static void
entry_free(gpointer data)
{
    Entry *entry = data;

    g_ptr_array_unref(entry->values);
    g_free(entry);
}

static Entry *
sheet_add(Sheet *sheet, const char *key, const char *label, gboolean is_list)
{
    Entry *entry = g_new0(Entry, 1);

    entry->key = key;
    entry->label = label;
    entry->is_list = is_list;
    entry->values = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(sheet->entries, entry);
    return entry;
}

/* One value; nothing for NULL. */
static void
sheet_add_text(Sheet *sheet, const char *key, const char *label, const char *text)
{
    if (text != NULL)
        g_ptr_array_add(sheet_add(sheet, key, label, FALSE)->values, g_strdup(text));
}

static void
sheet_add_taken(Sheet *sheet, const char *key, const char *label, char *text)
{
    g_ptr_array_add(sheet_add(sheet, key, label, FALSE)->values, text);
}

static void
entry_add(Entry *entry, const char *text)
{
    g_ptr_array_add(entry->values, g_strdup(text));
}

/* ---- printing ------------------------------------------------------------------------------- */

static guint
last_line_width(const GString *out)
{
    const char *line = strrchr(out->str, '\n');

    return escape_width(line != NULL ? line + 1 : out->str);
}

static void
print_entry(GString *out, const Entry *entry, guint width)
{
    g_autofree char *label = g_strdup_printf("%s:", entry->label);

    g_string_append_printf(out, "%-*s", LABEL_WIDTH, label);
    for (guint i = 0; i < entry->values->len; i++) {
        g_autoptr(GString) value = g_string_new(NULL);

        escape_terminal(value, g_ptr_array_index(entry->values, i));
        if (entry->has_phrases && i + 1 < entry->values->len)
            g_string_append_c(value, ',');
        if (i > 0 && last_line_width(out) + 1 + escape_width(value->str) > width)
            g_string_append_printf(out, "\n%*s", LABEL_WIDTH, "");
        else if (i > 0)
            g_string_append_c(out, ' ');
        g_string_append(out, value->str);
    }
    g_string_append_c(out, '\n');
}

static void
print_text(GString *out, const Sheet *sheet, guint width)
{
    for (guint i = 0; i < sheet->entries->len; i++) {
        const Entry *entry = g_ptr_array_index(sheet->entries, i);

        if (entry->label != NULL && entry->values->len > 0)
            print_entry(out, entry, width > 0 ? MAX(width, 2 * LABEL_WIDTH) : TEXT_WIDTH);
    }
}

static void
print_json(GString *out, const Sheet *sheet)
{
    for (guint i = 0; i < sheet->entries->len; i++) {
        const Entry *entry = g_ptr_array_index(sheet->entries, i);

        g_string_append(out, i == 0 ? "{\n  " : ",\n  ");
        escape_json(out, entry->key);
        g_string_append(out, entry->is_list ? ": [" : ": ");
        for (guint j = 0; j < entry->values->len; j++) {
            g_string_append(out, j > 0 ? ", " : "");
            escape_json(out, g_ptr_array_index(entry->values, j));
        }
        g_string_append(out, entry->is_list ? "]" : "");
    }
    g_string_append(out, "\n}\n");
}

/* ---- parts of several sheets ---------------------------------------------------------------- */

static void
add_features_of_set(Sheet *sheet, const CpuMap *map, CpuFamily family, const CpuSet *set)
{
    static const struct {
        const char *key, *label;
    } groups[] = {
        [CPU_FEATURE_GROUP_OTHER] = {"features_other", "Other features"},
        [CPU_FEATURE_GROUP_INSTRUCTIONS] = {"features_instructions", "Instruction sets"},
        [CPU_FEATURE_GROUP_MITIGATIONS] = {"features_mitigations", "Mitigations"},
        [CPU_FEATURE_GROUP_VIRTUALIZATION] = {"features_virtualization", "Virtualization"},
        [CPU_FEATURE_GROUP_POWER] = {"features_power", "Power and monitoring"},
    };
    G_STATIC_ASSERT(G_N_ELEMENTS(groups) == CPU_FEATURE_GROUP_COUNT);
    Entry *entries[CPU_FEATURE_GROUP_COUNT];

    for (guint i = 0; i < CPU_FEATURE_GROUP_COUNT; i++) {
        guint group = (i + 1) % CPU_FEATURE_GROUP_COUNT; /* the others come last */
        entries[group] = sheet_add(sheet, groups[group].key, groups[group].label, TRUE);
    }
    for (guint i = 0; i < cpu_map_n_features(map, family); i++) {
        const CpuFeature *feature = cpu_map_feature(map, family, i);

        if (!cpu_set_is_empty(&feature->bits) && cpu_set_contains(set, &feature->bits))
            entry_add(entries[feature->group], feature->name);
    }
}

static void
add_features(Sheet *sheet, const char *key, const char *label, const CpuFeature *const *features,
             guint n_features)
{
    Entry *entry = sheet_add(sheet, key, label, TRUE);

    for (guint i = 0; i < n_features; i++)
        entry_add(entry, features[i]->name);
}

/* The models that have all of SET; "and its versions" is left to the reader. */
static void
add_models_having(Sheet *sheet, const CpuMap *map, CpuFamily family, const CpuSet *set,
                  const CpuVendor *vendor)
{
    Entry *entry = sheet_add(sheet, "models", "Models that have it", TRUE);

    for (guint i = 0; i < cpu_map_n_models(map, family); i++) {
        const CpuModel *model = cpu_map_model(map, family, i);

        if (cpu_set_contains(&model->set, set) &&
            (vendor == NULL || model->vendor == NULL || model->vendor == vendor))
            entry_add(entry, model->name);
    }
}

static void
add_since(Sheet *sheet, const CpuSince *since)
{
    sheet_add_taken(sheet, "since", "Known to", map_since_text(since));
}

/* ---- model ---------------------------------------------------------------------------------- */

static const char *
decoded_for(const CpuModel *model)
{
    if (model->is_decodable_host)
        return model->is_decodable_guest ? "hosts and guests" : "hosts";
    return model->is_decodable_guest ? "guests" : "nothing: it can only be named";
}

static void
add_identification(Sheet *sheet, const CpuModel *model)
{
    Entry *signatures = sheet_add(sheet, "signatures", "Family/model", TRUE);
    Entry *pvrs = sheet_add(sheet, "pvrs", "PVR/mask", TRUE);

    signatures->has_phrases = TRUE;
    for (guint i = 0; i < model->n_signatures; i++)
        g_ptr_array_add(signatures->values, map_signature_text(&model->signatures[i]));
    for (guint i = 0; i < model->n_pvrs; i++)
        g_ptr_array_add(pvrs->values, g_strdup_printf("0x%08x/0x%08x", model->pvrs[i].value,
                                                      model->pvrs[i].mask));
}

/* The highest level that MODEL reaches, and the levels that are built on it. */
static void
add_levels_of_model(Sheet *sheet, const Ladder *ladder, const CpuModel *model)
{
    const LadderLevel *reached = ladder_level_of(ladder, &model->set, model->vendor, FALSE);
    const LadderLevel *neutral = ladder_level_of(ladder, &model->set, NULL, FALSE);
    Entry *based = sheet_add(sheet, "levels_based", "Levels built on it", TRUE);

    for (guint i = 0; i < ladder_n_levels(ladder); i++) {
        if (ladder_level(ladder, i)->model == model)
            entry_add(based, ladder_level(ladder, i)->name);
    }
    Entry *reaches = sheet_add(sheet, "levels_reached", "Level it reaches", TRUE);
    if (reached != NULL)
        entry_add(reaches, reached->name);
    if (neutral != NULL && neutral != reached)
        entry_add(reaches, neutral->name);
}

static void
fill_model(Sheet *sheet, CpuMap *map, CpuFamily family, const CpuModel *model)
{
    g_autoptr(Ladder) ladder = ladder_new(map);
    g_autoptr(GPtrArray) versions = map_versions(map, family, model);

    sheet_add_text(sheet, "model", "CPU model", model->name);
    sheet_add_text(sheet, "group", "Group", model->group);
    sheet_add_text(sheet, "vendor", "Vendor", model->vendor != NULL ? model->vendor->name : "any");
    add_since(sheet, &model->since);
    sheet_add_text(sheet, "ancestor", "Same as",
                   model->ancestor != NULL ? model->ancestor->name : NULL);
    sheet_add_text(sheet, "canonical", "Canonical name",
                   model->canonical != NULL ? model->canonical->name : NULL);
    Entry *entry = sheet_add(sheet, "versions", "Versions", TRUE);
    for (guint i = 0; i < versions->len; i++)
        entry_add(entry, g_ptr_array_index(versions, i));
    sheet_add_text(sheet, "decoded_for", "Decoded to for", decoded_for(model));
    sheet_add_text(sheet, "partial_check", "Partial check",
                   model->is_compat_checked ? "by comparing features" : "by asking for usability");
    add_identification(sheet, model);
    if (family == CPU_FAMILY_X86) {
        add_levels_of_model(sheet, ladder, model);
        add_features_of_set(sheet, map, family, &model->set);
    }
    add_features(sheet, "removed", "Removed by QEMU", model->removed, model->n_removed);
    add_features(sheet, "added", "Learnt of later", model->added, model->n_added);
}

/* ---- feature -------------------------------------------------------------------------------- */

/* The lowest levels that have the feature: those above them have it through them. */
static void
add_levels_of_feature(Sheet *sheet, const Ladder *ladder, const CpuFeature *feature)
{
    Entry *entry = sheet_add(sheet, "levels", "Levels, from", TRUE);

    for (guint i = 0; i < ladder_n_levels(ladder); i++) {
        const LadderLevel *level = ladder_level(ladder, i);
        gboolean is_first = cpu_set_contains(&level->set, &feature->bits);

        for (guint j = 0; j < level->n_below && is_first; j++)
            is_first = !cpu_set_contains(&level->below[j]->set, &feature->bits);
        if (is_first)
            entry_add(entry, level->name);
    }
}

static void
fill_feature(Sheet *sheet, CpuMap *map, CpuFamily family, const CpuFeature *feature)
{
    g_autoptr(Ladder) ladder = ladder_new(map);

    sheet_add_text(sheet, "feature", "CPU feature", feature->name);
    sheet_add_text(sheet, "group", "Group", cpu_feature_group_name(feature->group));
    sheet_add_taken(sheet, "place", "Place", map_place_text(map, family, feature));
    Entry *aliases = sheet_add(sheet, "aliases", "Also known as", TRUE);
    aliases->has_phrases = TRUE;
    for (guint i = 0; i < feature->n_aliases; i++) {
        const CpuFeatureAlias *alias = &feature->aliases[i];

        g_ptr_array_add(aliases->values,
                        g_strdup_printf("%s (%s)", alias->name,
                                        alias->source != NULL ? alias->source : "other"));
    }
    add_since(sheet, &feature->since);
    sheet_add_text(sheet, "migratable", "Migratable", feature->is_migratable ? "yes" : "no");
    if (cpu_set_is_empty(&feature->bits))
        return;
    add_levels_of_feature(sheet, ladder, feature);
    add_models_having(sheet, map, family, &feature->bits, NULL);
}

/* ---- level ---------------------------------------------------------------------------------- */

static void
fill_level(Sheet *sheet, const CpuMap *map, const LadderLevel *level)
{
    sheet_add_text(sheet, "level", "Level", level->name);
    sheet_add_text(sheet, "title", "Title", level->title);
    sheet_add_text(sheet, "ladder", "Ladder", level->ladder);
    sheet_add_text(sheet, "track", "Track", level->track);
    sheet_add_taken(sheet, "tier", "Tier", g_strdup_printf("%u", level->tier));
    sheet_add_text(sheet, "vendor", "Vendor", level->vendor != NULL ? level->vendor->name : "any");
    sheet_add_text(sheet, "model", "Template's model", level->model->name);
    Entry *below = sheet_add(sheet, "above", "Directly above", TRUE);
    for (guint i = 0; i < level->n_below; i++)
        entry_add(below, level->below[i]->name);
    add_features_of_set(sheet, map, CPU_FAMILY_X86, &level->set);
    Entry *secure = sheet_add(sheet, "secure", "Secure variant also", TRUE);
    for (guint i = 0; i < cpu_map_n_features(map, CPU_FAMILY_X86); i++) {
        const CpuFeature *feature = cpu_map_feature(map, CPU_FAMILY_X86, i);

        if (cpu_set_contains(&level->secure, &feature->bits))
            entry_add(secure, feature->name);
    }
    add_models_having(sheet, map, CPU_FAMILY_X86, &level->set, level->vendor);
}

/* ---- the command ---------------------------------------------------------------------------- */

static void
refuse_unknown(CpuMap *map, CpuFamily family, const char *name, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autoptr(Ladder) ladder = ladder_new(map);

    for (guint i = 0; i < cpu_map_n_models(map, family); i++)
        g_ptr_array_add(names, (gpointer)(guintptr)cpu_map_model(map, family, i)->name);
    for (guint i = 0; i < cpu_map_n_features(map, family); i++) {
        const CpuFeature *feature = cpu_map_feature(map, family, i);

        g_ptr_array_add(names, (gpointer)(guintptr)feature->name);
        for (guint j = 0; j < feature->n_aliases; j++)
            g_ptr_array_add(names, (gpointer)(guintptr)feature->aliases[j].name);
    }
    for (guint i = 0; i < ladder_n_levels(ladder); i++)
        g_ptr_array_add(names, (gpointer)(guintptr)ladder_level(ladder, i)->name);
    suggest_set_error(error, "no CPU model, feature or level is named", name,
                      (const char *const *)names->pdata, names->len, "see 'virt-plan map list'");
}

/* A model before a feature, a feature before a level; FALSE when NAME is none of them. */
static gboolean
fill(Sheet *sheet, CpuMap *map, CpuFamily family, const char *name)
{
    const CpuModel *model = cpu_map_find_model(map, family, name);
    const CpuFeature *feature = cpu_map_find_feature_alias(map, family, name);

    if (model != NULL) {
        fill_model(sheet, map, family, model);
        return TRUE;
    }
    if (feature != NULL) {
        fill_feature(sheet, map, family, feature);
        return TRUE;
    }
    g_autoptr(Ladder) ladder = ladder_new(map);
    const LadderLevel *level = family == CPU_FAMILY_X86 ? ladder_find(ladder, name) : NULL;
    if (level != NULL)
        fill_level(sheet, map, level);
    return level != NULL;
}

/* Looks NAME up in FAMILY, and in all others when IS_ANY is set. */
static gboolean
fill_of_families(Sheet *sheet, CpuMap *map, CpuFamily family, gboolean is_any, const char *name)
{
    if (fill(sheet, map, family, name))
        return TRUE;
    for (CpuFamily other = CPU_FAMILY_NONE + 1; is_any && other < CPU_FAMILY_COUNT; other++) {
        if (other != family && fill(sheet, map, other, name))
            return TRUE;
    }
    return FALSE;
}

ExitStatus
map_show_run(CommandContext *context, const void *data, GError **error)
{
    const MapOptions *options = data;
    CpuFamily family;

    if (context->n_args != 1) {
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "name one CPU model, feature or level: see 'virt-plan map list'");
        return EXIT_USAGE;
    }
    if (!map_options_family(options, &family, error))
        return EXIT_USAGE;
    g_autoptr(CpuMap) map = map_options_load(options, error);
    if (map == NULL)
        return EXIT_FAILED;
    const char *name = context->args[0];
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(entry_free);
    Sheet sheet = {entries};
    if (!fill_of_families(&sheet, map, family, options->arch == NULL, name)) {
        refuse_unknown(map, family, name, error);
        return EXIT_USAGE;
    }
    if (context->format == REPORT_FORMAT_JSON)
        print_json(context->out, &sheet);
    else
        print_text(context->out, &sheet, context->style.width);
    return EXIT_WELL;
}
