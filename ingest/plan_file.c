/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The plan file's keys are the tables below; docs/plan-file.rst explains each, and a test compares
 * the two.
 */

#include <cpumodel/text_list.h>
#include <ingest/plan_file.h>

#include "yaml_record.h"

#include <cpumodel/version.h>
#include <ingest/input_file.h>
#include <stdio.h>
#include <string.h>

G_DEFINE_QUARK(virt_plan_plan_file_error_quark, plan_file_error)

#define DEFAULT_INVENTORY "virt-plan.db"
#define DEFAULT_OUTPUT "report"
#define MAX_PLAN_FILE_BYTES ((gsize)4 << 20)

static const char *const vendor_words[] = {
    [VENDOR_RULE_SEPARATE] = "separate",
    [VENDOR_RULE_MIXED] = "mixed",
    [VENDOR_RULE_COUNT] = NULL,
};

/* ---- records -------------------------------------------------------------------------------- */

static gpointer
new_pool(void)
{
    return pool_settings_new(NULL);
}

static gpointer
new_label(void)
{
    LabelSettings *label = g_new0(LabelSettings, 1);

    label->hosts = g_ptr_array_new_with_free_func(g_free);
    label->labels = g_ptr_array_new_with_free_func(g_free);
    return label;
}

static gpointer
new_version(void)
{
    VersionSettings *version = g_new0(VersionSettings, 1);

    version->hosts = g_ptr_array_new_with_free_func(g_free);
    return version;
}

static gpointer
new_known_stuck(void)
{
    KnownStuckSettings *known = g_new0(KnownStuckSettings, 1);

    known->guests = g_ptr_array_new_with_free_func(g_free);
    known->hosts = g_ptr_array_new_with_free_func(g_free);
    known->has_failover = TRUE;
    return known;
}

static gpointer
new_collect(void)
{
    return g_new0(CollectSettings, 1);
}

static gpointer
new_weight(const char *name, gdouble value)
{
    WeightSettings *weight = g_new0(WeightSettings, 1);

    weight->name = g_strdup(name);
    weight->weight = value;
    return weight;
}

/* "9", "9.2", "5.15.0-91-generic": one to three numbers, and after three anything. */
static gboolean
is_version(const char *text)
{
    const char *rest;
    guint version;
    const guint n = version_read(text, &version, &rest);

    return n == 3 || (n > 0 && *rest == '\0');
}

static gboolean
check_name(const YamlFile *file, const yaml_node_t *node, const GPtrArray *pools, GError **error)
{
    const PoolSettings *last = g_ptr_array_index(pools, pools->len - 1);

    for (guint i = 0; i + 1 < pools->len; i++)
        if (strcmp(((const PoolSettings *)g_ptr_array_index(pools, i))->name, last->name) == 0)
            return yaml_file_error(file, node, error,
                                   "an earlier pool is called '%s' too: give each a name of its "
                                   "own",
                                   last->name);
    return TRUE;
}

static gboolean
check_pool(const YamlFile *file, const yaml_node_t *node, const GPtrArray *pools, GError **error)
{
    const PoolSettings *pool = g_ptr_array_index(pools, pools->len - 1);
    guint libvirt;

    if (!check_name(file, node, pools, error))
        return FALSE;
    if (pool->hosts->len == 0 && pool->labels->len == 0)
        return yaml_file_error(file, node, error,
                               "pool '%s' has neither hosts nor labels: give globs of host names",
                               pool->name);
    if (pool->ladder != NULL && pool->strategy != STRATEGY_LADDER)
        return yaml_file_error(file, node, error,
                               "pool '%s' names a ladder, and its strategy is '%s': use 'ladder'",
                               pool->name, strategy_name(pool->strategy));
    if (pool->libvirt != NULL && !version_parse(pool->libvirt, &libvirt))
        return yaml_file_error(file, node, error,
                               "'%s' is no version of libvirt: give two or three numbers with "
                               "dots, such as \"9.0\"",
                               pool->libvirt);
    for (guint i = 0; i < pool->required->len; i++) {
        const char *name = g_ptr_array_index(pool->required, i);

        if (text_list_has(pool->disabled, name))
            return yaml_file_error(file, node, error,
                                   "pool '%s' requires and disables '%s': keep one", pool->name,
                                   name);
    }
    return TRUE;
}

static gboolean
check_version(const YamlFile *file, const yaml_node_t *node, const GPtrArray *versions,
              GError **error)
{
    const VersionSettings *version = g_ptr_array_index(versions, versions->len - 1);
    gboolean is_any = FALSE;

    for (guint i = 0; i < SOFTWARE_COUNT; i++) {
        const char *text = version->versions[i];

        is_any = is_any || text != NULL;
        if (text != NULL && !is_version(text))
            return yaml_file_error(file, node, error,
                                   "'%s' is not a version: give two or three numbers with dots, "
                                   "such as \"9.2\" or \"5.15.0-91\"",
                                   text);
    }
    if (!is_any)
        return yaml_file_error(file, node, error,
                               "no version is told: give qemu, libvirt or kernel");
    return TRUE;
}

/* Reads "2027-03-31" into the end of that day, in UTC. */
static gboolean
read_last_day(const char *text, gint64 *ret_until_s)
{
    gint year, month, day, end = 0;

    if (strlen(text) != strlen("2027-03-31") || strspn(text, "0123456789-") != strlen(text) ||
        sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3 || text[end] != '\0')
        return FALSE;
    g_autoptr(GDateTime) begin = g_date_time_new_utc(year, month, day, 0, 0, 0);
    g_autoptr(GDateTime) over = begin != NULL ? g_date_time_add_days(begin, 1) : NULL;
    if (over == NULL)
        return FALSE;
    *ret_until_s = g_date_time_to_unix(over);
    return TRUE;
}

static gboolean
check_known_stuck(const YamlFile *file, const yaml_node_t *node, const GPtrArray *all,
                  GError **error)
{
    KnownStuckSettings *known = g_ptr_array_index(all, all->len - 1);

    return known->until == NULL || read_last_day(known->until, &known->until_s) ||
           yaml_file_error(file, node, error,
                           "'%s' is no day: give year, month and day, such as 2027-03-31",
                           known->until);
}

/* ---- keys ----------------------------------------------------------------------------------- */

#define AT(type, member) .offset = G_STRUCT_OFFSET(type, member)

static const YamlKey pool_keys[] = {
    {"name", YAML_STRING, AT(PoolSettings, name), .is_needed = TRUE},
    {"hosts", YAML_GLOBS, AT(PoolSettings, hosts)},
    {"labels", YAML_STRINGS, AT(PoolSettings, labels)},
    {"strategy", YAML_WORD, AT(PoolSettings, strategy), .words = strategy_names},
    {"ladder", YAML_STRING, AT(PoolSettings, ladder)},
    {"secure", YAML_SWITCH, AT(PoolSettings, is_secure)},
    {"max_classes", YAML_NUMBER, AT(PoolSettings, max_classes), .max = 10000},
    {"max_loss", YAML_SHARE, AT(PoolSettings, max_loss)},
    {"min_hosts", YAML_NUMBER, AT(PoolSettings, min_hosts), .max = 1000000},
    {"vendors", YAML_WORD, AT(PoolSettings, vendor_rule), .words = vendor_words},
    {"required", YAML_STRINGS, AT(PoolSettings, required)},
    {"disabled", YAML_STRINGS, AT(PoolSettings, disabled)},
    {"models", YAML_STRINGS, AT(PoolSettings, models)},
    {"failover_hosts", YAML_NUMBER, AT(PoolSettings, failover_hosts), .max = 1000000},
    {"guest_memory", YAML_NUMBER, AT(PoolSettings, guest_memory_mib), .min = 1, .max = 1 << 30},
    {"libvirt", YAML_STRING, AT(PoolSettings, libvirt)},
    {"spare_ports", YAML_NUMBER, AT(PoolSettings, spare_ports), .max = 200},
    {"reserved_slots", YAML_NUMBER, AT(PoolSettings, reserved_slots), .max = 31},
    {NULL},
};

static const YamlKey label_keys[] = {
    {"hosts", YAML_GLOBS, AT(LabelSettings, hosts), .is_needed = TRUE, .min = 1},
    {"labels", YAML_STRINGS, AT(LabelSettings, labels), .is_needed = TRUE, .min = 1},
    {NULL},
};

static const YamlKey version_keys[] = {
    {"hosts", YAML_GLOBS, AT(VersionSettings, hosts), .is_needed = TRUE, .min = 1},
    {"qemu", YAML_STRING, AT(VersionSettings, versions[SOFTWARE_QEMU])},
    {"libvirt", YAML_STRING, AT(VersionSettings, versions[SOFTWARE_LIBVIRT])},
    {"kernel", YAML_STRING, AT(VersionSettings, versions[SOFTWARE_KERNEL])},
    {NULL},
};

static const YamlKey known_stuck_keys[] = {
    {"guests", YAML_GLOBS, AT(KnownStuckSettings, guests), .is_needed = TRUE, .min = 1},
    {"hosts", YAML_GLOBS, AT(KnownStuckSettings, hosts)},
    {"why", YAML_STRING, AT(KnownStuckSettings, why), .is_needed = TRUE},
    {"until", YAML_STRING, AT(KnownStuckSettings, until)},
    {"failover", YAML_SWITCH, AT(KnownStuckSettings, has_failover)},
    {NULL},
};

static const YamlKey collect_keys[] = {
    {"uri", YAML_STRING, AT(CollectSettings, uri), .is_needed = TRUE},
    {"name", YAML_STRING, AT(CollectSettings, name)},
    {NULL},
};

static const YamlKey plan_keys[] = {
    {"inventory", YAML_PATH, AT(PlanSettings, inventory)},
    {"output", YAML_PATH, AT(PlanSettings, output)},
    {"metrics", YAML_PATH, AT(PlanSettings, metrics)},
    {"cpu_map", YAML_PATH, AT(PlanSettings, cpu_map)},
    {"sources", YAML_PATHS, AT(PlanSettings, sources)},
    {"max_document", YAML_NUMBER, AT(PlanSettings, max_document_mib), .min = 1, .max = 1 << 20},
    {"max_archive", YAML_NUMBER, AT(PlanSettings, max_archive_mib), .min = 1, .max = 1 << 20},
    {"max_depth", YAML_NUMBER, AT(PlanSettings, max_depth), .min = 1, .max = 1 << 20},
    {"collect", YAML_RECORDS, AT(PlanSettings, collect), .keys = collect_keys,
     .new_record = new_collect},
    {"collect_timeout", YAML_NUMBER, AT(PlanSettings, collect_timeout_s), .min = 1, .max = 3600},
    {"labels", YAML_RECORDS, AT(PlanSettings, labels), .keys = label_keys, .new_record = new_label},
    {"versions", YAML_RECORDS, AT(PlanSettings, versions), .keys = version_keys,
     .new_record = new_version, .check = check_version},
    {"known_stuck", YAML_RECORDS, AT(PlanSettings, known_stuck), .keys = known_stuck_keys,
     .new_record = new_known_stuck, .check = check_known_stuck},
    {"pools", YAML_RECORDS, AT(PlanSettings, pools), .is_needed = TRUE, .min = 1, .keys = pool_keys,
     .new_record = new_pool, .check = check_pool},
    {"feature_weights", YAML_PAIRS, AT(PlanSettings, feature_weights), .new_pair = new_weight},
    {NULL},
};

/* ---- the file ------------------------------------------------------------------------------- */

static void
set_syntax_error(const YamlFile *file, const yaml_parser_t *parser, GError **error)
{
    const char *problem = parser->problem == NULL ? "it cannot be read" : parser->problem;
    const yaml_mark_t *mark = &parser->problem_mark;

    if (parser->error == YAML_READER_ERROR)
        g_set_error(error, PLAN_FILE_ERROR, PLAN_FILE_ERROR_SYNTAX,
                    "%s: %s at byte %zu: save the file as UTF-8", file->path, problem,
                    parser->problem_offset);
    else
        g_set_error(error, PLAN_FILE_ERROR, PLAN_FILE_ERROR_SYNTAX,
                    "%s:%zu:%zu: not YAML, %s: check quotes, brackets and the indent", file->path,
                    mark->line + 1, mark->column + 1, problem);
}

/* Nothing but one document may be in the file. */
static gboolean
check_single(const YamlFile *file, yaml_parser_t *parser, GError **error)
{
    yaml_document_t next;

    if (!yaml_parser_load(parser, &next)) {
        set_syntax_error(file, parser, error);
        return FALSE;
    }
    const yaml_node_t *root = yaml_document_get_root_node(&next);
    gboolean is_single = root == NULL;
    if (!is_single)
        yaml_file_error(file, root, error, "a second document begins here: keep one");
    yaml_document_delete(&next);
    return is_single;
}

static PlanSettings *
read_document(const YamlFile *file, yaml_parser_t *parser, GError **error)
{
    const yaml_node_t *root = yaml_document_get_root_node(file->document);
    g_autoptr(PlanSettings) settings = plan_settings_new();

    if (root == NULL) {
        g_set_error(error, PLAN_FILE_ERROR, PLAN_FILE_ERROR_INVALID,
                    "%s:1:1: the plan file is empty: give it sources and pools", file->path);
        return NULL;
    }
    settings->path = g_strdup(file->path);
    settings->inventory = g_build_filename(file->folder, DEFAULT_INVENTORY, NULL);
    settings->output = g_build_filename(file->folder, DEFAULT_OUTPUT, NULL);
    if (!yaml_read_record(file, root, plan_keys, settings, error) ||
        !check_single(file, parser, error))
        return NULL;
    return g_steal_pointer(&settings);
}

#define MAX_NESTING 32 /* no key asks for more than a few */

/*
 * libyaml takes time by the square of the depth to load what is nested. What is no YAML at all is
 * for the loading to tell.
 */
static gboolean
check_nesting(const YamlFile *file, const char *text, gsize length, GError **error)
{
    yaml_parser_t parser;
    yaml_event_t event;
    yaml_mark_t mark = {0};
    gboolean is_end = FALSE;
    guint depth = 0;

    if (!yaml_parser_initialize(&parser))
        g_error("out of memory");
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    while (!is_end && depth <= MAX_NESTING && yaml_parser_parse(&parser, &event)) {
        is_end = event.type == YAML_STREAM_END_EVENT;
        mark = event.start_mark;
        if (event.type == YAML_SEQUENCE_START_EVENT || event.type == YAML_MAPPING_START_EVENT)
            depth++;
        else if (event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT)
            depth--;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    if (depth <= MAX_NESTING)
        return TRUE;
    g_set_error(error, PLAN_FILE_ERROR, PLAN_FILE_ERROR_SYNTAX,
                "%s:%zu:%zu: more than %d lists and mappings within one another: nothing here "
                "needs so many, check the brackets",
                file->path, mark.line + 1, mark.column + 1, MAX_NESTING);
    return FALSE;
}

PlanSettings *
plan_file_parse(const char *path, const char *text, gsize length, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    yaml_parser_t parser;
    yaml_document_t document;
    YamlFile file = {.path = path,
                     .folder = folder,
                     .document = &document,
                     .domain = PLAN_FILE_ERROR,
                     .code = PLAN_FILE_ERROR_INVALID};
    PlanSettings *settings = NULL;

    if (length > 0 && !check_nesting(&file, text, length, error))
        return NULL;
    if (!yaml_parser_initialize(&parser))
        g_error("out of memory");
    yaml_parser_set_input_string(&parser, (const unsigned char *)(length == 0 ? "" : text), length);
    if (yaml_parser_load(&parser, &document)) {
        settings = read_document(&file, &parser, error);
        yaml_document_delete(&document);
    } else {
        set_syntax_error(&file, &parser, error);
    }
    yaml_parser_delete(&parser);
    return settings;
}

PlanSettings *
plan_file_read(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) cause = NULL;
    gsize length;

    if (!input_file_read(path, &text, &length, &cause)) {
        g_set_error(error, PLAN_FILE_ERROR, PLAN_FILE_ERROR_READ, "%s", cause->message);
        return NULL;
    }
    if (length > MAX_PLAN_FILE_BYTES) {
        g_set_error(error, PLAN_FILE_ERROR, PLAN_FILE_ERROR_READ,
                    "%s: this is too long to be a plan file: check the path", path);
        return NULL;
    }
    return plan_file_parse(path, text, length, error);
}

/* ---- the list of keys ----------------------------------------------------------------------- */

static void
add_keys(GStrvBuilder *builder, const char *prefix, const YamlKey *keys)
{
    for (; keys->name != NULL; keys++) {
        g_autofree char *name = g_strdup_printf("%s%s", prefix, keys->name);

        g_strv_builder_add(builder, name);
        if (keys->keys != NULL) {
            g_autofree char *nested = g_strdup_printf("%s[].", name);

            add_keys(builder, nested, keys->keys);
        }
    }
}

char **
plan_file_keys(void)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

    add_keys(builder, "", plan_keys);
    return g_strv_builder_end(builder);
}
