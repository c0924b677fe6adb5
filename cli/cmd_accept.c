/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * virt-plan accept: publishes the templates of classes as they are planned now, or retires
 * published ones. This is the only way in which a published template changes.
 */

#include "database.h"
#include "planning.h"
#include "suggest.h"

#include <cpumodel/cpu_engine.h>
#include <cpumodel/text_list.h>
#include <reports/table.h>
#include <string.h>

typedef struct {
    char *database;
    char *config;
    char *pool;
    char *klass;
    gboolean is_retiring;
    gboolean is_dry_run;
} AcceptOptions;

static const CommandOption options[] = {
    {"config", 'c', G_OPTION_ARG_FILENAME, G_STRUCT_OFFSET(AcceptOptions, config), "the plan file",
     "FILE"},
    DATABASE_OPTION(AcceptOptions, database),
    {"pool", 0, G_OPTION_ARG_STRING, G_STRUCT_OFFSET(AcceptOptions, pool),
     "the classes of this pool only", "NAME"},
    {"class", 0, G_OPTION_ARG_STRING, G_STRUCT_OFFSET(AcceptOptions, klass), "this class only",
     "NAME"},
    {"retire", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(AcceptOptions, is_retiring),
     "take the published templates of --pool or --class out of force", NULL},
    {"dry-run", 'n', G_OPTION_ARG_NONE, G_STRUCT_OFFSET(AcceptOptions, is_dry_run),
     "say what would be published or retired, and change nothing", NULL},
    {0},
};

static const TableColumn columns[] = {
    {"pool", "POOL", TABLE_TEXT, TABLE_WHOLE},
    {"class", "CLASS", TABLE_TEXT, TABLE_WHOLE},
    {"action", "ACTION", TABLE_TEXT, 0},
    {"contract", "BEFORE", TABLE_TEXT, 0},
    {"model", "CPU", TABLE_TEXT, 0},
    {"n_hosts", "HOSTS", TABLE_NUMBER, 0},
    {"gains", "GAINS", TABLE_LIST, TABLE_WRAP},
    {"digest", "DIGEST", TABLE_TEXT, TABLE_NO_TEXT},
    {"loses", "LOSES", TABLE_LIST, TABLE_WRAP},
    {"loses_machines", "LOSES MACHINES", TABLE_LIST, TABLE_WRAP},
    {"otherwise", "OTHERWISE", TABLE_TEXT, TABLE_WRAP},
};

typedef enum {
    ACTION_PUBLISH,    /* the first of its class */
    ACTION_REPLACE,    /* takes the place of another */
    ACTION_NOTHING,    /* it is published as it is */
    ACTION_IMPOSSIBLE, /* the class has no CPU in common */
    ACTION_COUNT
} Action;

static const struct {
    const char *done, *would;
    TableTone tone;
} actions[] = {
    [ACTION_PUBLISH] = {"published", "would publish", TABLE_TONE_GOOD},
    [ACTION_REPLACE] = {"replaced", "would replace", TABLE_TONE_CAUTION},
    [ACTION_NOTHING] = {"unchanged", "unchanged", TABLE_TONE_FAINT},
    [ACTION_IMPOSSIBLE] = {"impossible", "impossible", TABLE_TONE_BAD},
};
G_STATIC_ASSERT(G_N_ELEMENTS(actions) == ACTION_COUNT);

/* One call of the command, and what came of it. */
typedef struct {
    const AcceptOptions *options;
    Inventory *inventory;
    const CpuMap *map;
    Table *table;
    guint n_impossible;
} Acceptance;

static Action
action_for(const PlanClass *klass)
{
    const PublishedTemplate *published = klass->contract.published;

    if (klass->template->cpu == NULL)
        return ACTION_IMPOSSIBLE;
    if (published == NULL)
        return ACTION_PUBLISH;
    return g_strcmp0(published->digest, klass->template->digest) == 0 ? ACTION_NOTHING
                                                                      : ACTION_REPLACE;
}

/* What guests have of the published template, and would not have of the planned one. */
static void
add_lost_features(const CpuMap *map, const PlanClass *klass, Table *table)
{
    const PublishedTemplate *published = klass->contract.published;
    g_autoptr(GPtrArray) lost = g_ptr_array_new();
    g_autoptr(CpuDefinition) expanded =
        published != NULL && published->cpu != NULL && klass->template->cpu != NULL
            ? cpu_engine_expand(map, published->cpu, klass->arch, NULL)
            : NULL;

    for (guint i = 0; expanded != NULL && i < expanded->features->len; i++) {
        const CpuDefinitionFeature *feature = cpu_definition_feature(expanded, i);

        if (!cpu_policy_is_off(feature->policy) &&
            !text_list_has(klass->template->features, feature->name))
            g_ptr_array_add(lost, feature->name);
    }
    table_add_list(table, lost);
}

static void
add_lost_machines(const PlanClass *klass, Table *table)
{
    const PublishedTemplate *published = klass->contract.published;
    g_autoptr(GPtrArray) lost = g_ptr_array_new();

    for (guint i = 0; published != NULL && i < published->machines->len; i++)
        if (!text_list_has(klass->template->machines, g_ptr_array_index(published->machines, i)))
            g_ptr_array_add(lost, g_ptr_array_index(published->machines, i));
    table_add_list(table, lost);
}

static void
append_part(GString *parts, char *part)
{
    g_string_append_printf(parts, "%s%s", parts->len > 0 ? "; " : "", part);
    g_free(part);
}

/* What else of the planned template is not as in the published one; none where all is. */
static void
add_other_changes(const PlanClass *klass, Table *table)
{
    const PublishedTemplate *published = klass->contract.published;
    const Template *planned = klass->template;
    g_autoptr(GString) parts = g_string_new(NULL);

    if (published != NULL && published->cpu != NULL && planned->cpu != NULL) {
        if (g_strcmp0(published->cpu->model, planned->cpu->model) != 0)
            append_part(parts, g_strdup_printf("model was %s", published->cpu->model));
        if (published->physical_address_bits != planned->physical_address_bits)
            append_part(parts, g_strdup_printf("%u physical address bits, were %u",
                                               planned->physical_address_bits,
                                               published->physical_address_bits));
        if (published->tsc_hz != planned->tsc_hz)
            append_part(parts, g_strdup_printf("TSC frequency %" G_GUINT64_FORMAT
                                               " Hz, was %" G_GUINT64_FORMAT,
                                               planned->tsc_hz, published->tsc_hz));
    }
    table_add_text(table, parts->len > 0 ? parts->str : NULL);
}

static void
add_row(Acceptance *acceptance, const char *pool, const PlanClass *klass, Action action)
{
    const CpuDefinition *cpu = klass->template->cpu;
    Table *table = acceptance->table;

    table_add_text(table, pool);
    table_add_text(table, klass->name);
    table_add_text(table,
                   acceptance->options->is_dry_run ? actions[action].would : actions[action].done);
    table_tone(table, actions[action].tone);
    table_add_text(table, contract_state_name(klass->contract.state));
    table_add_text(table, cpu != NULL ? cpu->model : NULL);
    table_add_number(table, klass->hosts->len);
    table_add_list(table, klass->contract.headroom);
    table_add_text(table, klass->template->digest);
    add_lost_features(acceptance->map, klass, table);
    add_lost_machines(klass, table);
    add_other_changes(klass, table);
}

static gboolean
accept_class(Acceptance *acceptance, const char *pool, const PlanClass *klass, GError **error)
{
    Action action = action_for(klass);
    gboolean is_change = action == ACTION_PUBLISH || action == ACTION_REPLACE;

    add_row(acceptance, pool, klass, action);
    acceptance->n_impossible += action == ACTION_IMPOSSIBLE ? 1 : 0;
    if (!is_change || acceptance->options->is_dry_run)
        return TRUE;
    return inventory_publish_template(acceptance->inventory, pool, klass, database_now_s(), error);
}

static gboolean
is_wanted(const char *wanted, const char *name)
{
    return wanted == NULL || strcmp(wanted, name) == 0;
}

static gboolean
accept_pool(Acceptance *acceptance, const PlanPool *pool, GError **error)
{
    for (guint i = 0; i < pool->classes->len; i++) {
        const PlanClass *klass = g_ptr_array_index(pool->classes, i);

        if (is_wanted(acceptance->options->klass, klass->name) &&
            !accept_class(acceptance, pool->settings->name, klass, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
check_name(const char *what, const char *name, GPtrArray *known, GError **error)
{
    if (name == NULL || text_list_has(known, name))
        return TRUE;
    g_autofree char *problem = g_strdup_printf("there is no %s", what);
    suggest_set_error(error, problem, name, (const char *const *)known->pdata, known->len,
                      "'virt-plan classes' lists them");
    return FALSE;
}

/* ---- retiring ------------------------------------------------------------------------------- */

static const TableColumn retired_columns[] = {
    {"pool", "POOL", TABLE_TEXT, TABLE_WHOLE}, {"class", "CLASS", TABLE_TEXT, TABLE_WHOLE},
    {"action", "ACTION", TABLE_TEXT, 0},       {"model", "CPU", TABLE_TEXT, 0},
    {"since", "PUBLISHED", TABLE_TIME, 0},     {"digest", "DIGEST", TABLE_TEXT, TABLE_NO_TEXT},
};

static void
add_retired_row(Table *table, const PublishedTemplate *published, gboolean is_dry_run)
{
    table_add_text(table, published->pool);
    table_add_text(table, published->class_name);
    table_add_text(table, is_dry_run ? "would retire" : "retired");
    table_tone(table, TABLE_TONE_CAUTION);
    table_add_text(table, published->cpu->model);
    table_add_time(table, published->published_at);
    table_add_text(table, published->digest);
}

static gboolean
is_to_retire(const AcceptOptions *wanted, const PublishedTemplate *published)
{
    return is_wanted(wanted->pool, published->pool) &&
           is_wanted(wanted->klass, published->class_name);
}

/* The names that a template may be retired by: of pools, or of classes; borrowed from FLEET. */
static GPtrArray *
published_names(const Fleet *fleet, const AcceptOptions *wanted, gboolean is_of_classes)
{
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < fleet->templates->len; i++) {
        const PublishedTemplate *published = g_ptr_array_index(fleet->templates, i);

        if (!is_of_classes)
            g_ptr_array_add(names, published->pool);
        else if (is_wanted(wanted->pool, published->pool))
            g_ptr_array_add(names, published->class_name);
    }
    return names;
}

static ExitStatus
retire(CommandContext *context, const AcceptOptions *wanted, Inventory *inventory,
       const Fleet *fleet, GError **error)
{
    g_autoptr(Table) table = table_new(retired_columns, G_N_ELEMENTS(retired_columns));
    g_autoptr(GPtrArray) pools = published_names(fleet, wanted, FALSE);
    g_autoptr(GPtrArray) classes = published_names(fleet, wanted, TRUE);

    if (!check_name("published template of pool", wanted->pool, pools, error) ||
        !check_name("published template of class", wanted->klass, classes, error))
        return EXIT_USAGE;
    for (guint i = 0; i < fleet->templates->len; i++) {
        const PublishedTemplate *published = g_ptr_array_index(fleet->templates, i);

        if (!is_to_retire(wanted, published))
            continue;
        if (!wanted->is_dry_run &&
            !inventory_retire_template(inventory, published->pool, published->class_name,
                                       database_now_s(), error))
            return EXIT_FAILED;
        add_retired_row(table, published, wanted->is_dry_run);
    }
    table_print(table, context->format, &context->style, context->out);
    return EXIT_WELL;
}

/* ---- publishing ----------------------------------------------------------------------------- */

/* The names of PLAN's pools, or of the classes of the pools that are wanted; borrowed from PLAN. */
static GPtrArray *
known_names(const Plan *plan, const AcceptOptions *wanted, gboolean is_of_classes)
{
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < plan->pools->len; i++) {
        const PlanPool *pool = g_ptr_array_index(plan->pools, i);

        if (!is_of_classes)
            g_ptr_array_add(names, pool->settings->name);
        else if (is_wanted(wanted->pool, pool->settings->name))
            for (guint j = 0; j < pool->classes->len; j++)
                g_ptr_array_add(names, ((PlanClass *)g_ptr_array_index(pool->classes, j))->name);
    }
    return names;
}

static gboolean
check_names(const Plan *plan, const AcceptOptions *wanted, GError **error)
{
    g_autoptr(GPtrArray) pools = known_names(plan, wanted, FALSE);
    g_autoptr(GPtrArray) classes = known_names(plan, wanted, TRUE);

    return check_name("pool", wanted->pool, pools, error) &&
           check_name("class", wanted->klass, classes, error);
}

static ExitStatus
accept_plan(CommandContext *context, Acceptance *acceptance, const Plan *plan, GError **error)
{
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    acceptance->table = table;
    for (guint i = 0; i < plan->pools->len; i++) {
        const PlanPool *pool = g_ptr_array_index(plan->pools, i);

        if (is_wanted(acceptance->options->pool, pool->settings->name) &&
            !accept_pool(acceptance, pool, error))
            return EXIT_FAILED;
    }
    table_print(table, context->format, &context->style, context->out);
    return acceptance->n_impossible > 0 ? EXIT_ANSWER_NO : EXIT_WELL;
}

static ExitStatus
run_accept(CommandContext *context, const void *values, GError **error)
{
    const AcceptOptions *wanted = values;
    g_autoptr(PlanSettings) settings = NULL;
    g_autoptr(CpuMap) map = NULL;

    if (context->n_args > 0) {
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "accept takes no argument, not '%s': name a pool with --pool",
                    context->args[0]);
        return EXIT_USAGE;
    }
    if (wanted->config == NULL) {
        g_set_error_literal(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                            "accept needs the plan file: virt-plan accept -c FILE [--pool NAME] "
                            "[--class NAME]");
        return EXIT_USAGE;
    }
    if (wanted->is_retiring && wanted->pool == NULL && wanted->klass == NULL) {
        g_set_error_literal(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                            "--retire takes promises back: say whose with --pool NAME, --class "
                            "NAME or both");
        return EXIT_USAGE;
    }
    if (!planning_read_settings(wanted->config, &settings, &map, error))
        return EXIT_FAILED;
    g_autoptr(Inventory) inventory =
        wanted->is_dry_run ? database_open_to_read(wanted->database, settings, error)
                           : database_open_to_write(wanted->database, settings, error);
    g_autoptr(Fleet) fleet = inventory != NULL ? planning_load_fleet(inventory, 0, error) : NULL;
    if (fleet == NULL)
        return EXIT_FAILED;
    if (wanted->is_retiring)
        return retire(context, wanted, inventory, fleet, error);
    g_autoptr(Plan) plan = planning_plan(fleet, NULL, settings, map, PLANNER_CLASSES);
    Acceptance acceptance = {.options = wanted, .inventory = inventory, .map = map};
    return check_names(plan, wanted, error) ? accept_plan(context, &acceptance, plan, error)
                                            : EXIT_USAGE;
}

const Command command_accept = {
    .name = "accept",
    .summary = "Publish the templates of classes, or retire them",
    .synopsis = "-c FILE [OPTION...]",
    .flags = COMMAND_TAKES_FORMAT | COMMAND_HAS_CSV,
    .options = options,
    .options_size = sizeof(AcceptOptions),
    .run = run_accept,
};
