/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * virt-plan classes: the classes of the pools, their templates and what limits them; and what was
 * ever published of them.
 */

#include "commands.h"
#include "planning.h"

#include <reports/table.h>
#include <reports/text.h>

typedef struct {
    PlanningOptions planning;
    gboolean has_limits;
    gboolean is_of_published;
    gboolean is_of_capacity;
    gint guest_memory_mib; /* 0: not given */
} ClassesOptions;

static const CommandOption options[] = {
    PLANNING_OPTIONS(ClassesOptions, planning),
    {"limits", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(ClassesOptions, has_limits),
     "what holds each class back, and what the trade-off is", NULL},
    {"capacity", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(ClassesOptions, is_of_capacity),
     "what each class has left, and how many more guests have room", NULL},
    {"guest-memory", 0, G_OPTION_ARG_INT, G_STRUCT_OFFSET(ClassesOptions, guest_memory_mib),
     "with --capacity: room for guests of so much memory", "MIB"},
    {"published", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(ClassesOptions, is_of_published),
     "every template that was published, when, and what became of it", NULL},
    {0},
};

static const TableColumn columns[] = {
    {"pool", "POOL", TABLE_TEXT, TABLE_WHOLE},
    {"class", "CLASS", TABLE_TEXT, TABLE_WHOLE},
    {"arch", "ARCH", TABLE_TEXT, 0},
    {"vendor", "VENDOR", TABLE_TEXT, 0},
    {"n_hosts", "HOSTS", TABLE_NUMBER, 0},
    {"model", "MODEL", TABLE_TEXT, 0},
    {"n_features", "FEATURES", TABLE_NUMBER, 0},
    {"loss", "LOSS", TABLE_NUMBER, 0},
    {"physical_address_bits", "BITS", TABLE_NUMBER, 0},
    {"tsc_hz", "TSC", TABLE_NUMBER, 0},
    {"contract", "CONTRACT", TABLE_TEXT, 0},
    {"digest", "DIGEST", TABLE_TEXT, 0},
    {"hosts", "MEMBERS", TABLE_LIST, 0},
};

static const TableColumn limit_columns[] = {
    {"pool", "POOL", TABLE_TEXT, TABLE_WHOLE}, {"class", "CLASS", TABLE_TEXT, TABLE_WHOLE},
    {"gain", "GAIN", TABLE_NUMBER, 0},         {"n_hosts", "HOSTS", TABLE_NUMBER, 0},
    {"features", "FEATURES", TABLE_LIST, 0},   {"text", "TEXT", TABLE_TEXT, 0},
};

static const TableColumn capacity_columns[] = {
    {"pool", "POOL", TABLE_TEXT, TABLE_WHOLE},
    {"class", "CLASS", TABLE_TEXT, TABLE_WHOLE},
    {"n_hosts", "HOSTS", TABLE_NUMBER, 0},
    {"n_untold_hosts", "UNTOLD HOSTS", TABLE_NUMBER, 0},
    {"n_guests", "GUESTS", TABLE_NUMBER, 0},
    {"memory_kib", "MEMORY", TABLE_NUMBER, 0},
    {"used_kib", "USED", TABLE_NUMBER, 0},
    {"free_kib", "FREE", TABLE_NUMBER, 0},
    {"largest_free_kib", "LARGEST FREE", TABLE_NUMBER, 0},
    {"n_cpus", "CPUS", TABLE_NUMBER, 0},
    {"n_vcpus", "VCPUS", TABLE_NUMBER, 0},
    {"guest_kib", "GUEST", TABLE_NUMBER, 0},
    {"n_more_guests", "ROOM", TABLE_NUMBER, 0},
    {"n_more_guests_with_failover", "WITH FAILOVER", TABLE_NUMBER, 0},
};

static const TableColumn published_columns[] = {
    {"pool", "POOL", TABLE_TEXT, TABLE_WHOLE},
    {"class", "CLASS", TABLE_TEXT, TABLE_WHOLE},
    {"published", "PUBLISHED", TABLE_TIME, 0},
    {"run", "RUN", TABLE_NUMBER, TABLE_PLAIN},
    {"state", "STATE", TABLE_TEXT, 0},
    {"until", "UNTIL", TABLE_TIME, 0},
    {"model", "CPU", TABLE_TEXT, 0},
    {"physical_address_bits", "BITS", TABLE_NUMBER, 0},
    {"tsc_hz", "TSC", TABLE_NUMBER, 0},
    {"machines", "MACHINE TYPES", TABLE_LIST, TABLE_NO_TEXT},
    {"digest", "DIGEST", TABLE_TEXT, TABLE_NO_TEXT},
};

static void
add_class(const Plan *plan, const PlanPool *pool, const PlanClass *klass, Table *table)
{
    g_autoptr(GPtrArray) members = g_ptr_array_new();

    for (guint i = 0; i < klass->hosts->len; i++)
        g_ptr_array_add(members,
                        fleet_host(plan->fleet, g_array_index(klass->hosts, guint32, i))->name);
    table_add_text(table, pool->settings->name);
    table_add_text(table, klass->name);
    table_add_text(table, cpu_arch_name(klass->arch));
    table_add_text(table, klass->vendor);
    table_add_number(table, klass->hosts->len);
    table_add_text(table, klass->template->cpu != NULL ? klass->template->cpu->model : NULL);
    table_add_number(table, klass->template->features->len);
    table_add_decimal(table, klass->loss, 4);
    table_add_number(table, klass->template->physical_address_bits);
    table_add_number(table, klass->template->tsc_hz);
    table_add_text(table, contract_state_name(klass->contract.state));
    table_add_text(table, klass->template->digest);
    table_add_list(table, members);
}

static void
add_limits(const PlanPool *pool, const PlanClass *klass, Table *table)
{
    for (guint i = 0; i < klass->limits->len; i++) {
        const ClassLimit *limit = &g_array_index(klass->limits, ClassLimit, i);

        table_add_text(table, pool->settings->name);
        table_add_text(table, klass->name);
        table_add_decimal(table, limit->gain, 4);
        table_add_number(table, limit->hosts->len);
        table_add_list(table, limit->features);
        table_add_text(table, limit->text);
    }
}

static void
print_table(CommandContext *context, const PlanningView *view, gboolean has_limits)
{
    g_autoptr(Table) table = has_limits ? table_new(limit_columns, G_N_ELEMENTS(limit_columns))
                                        : table_new(columns, G_N_ELEMENTS(columns));

    for (guint i = 0; i < view->plan->pools->len; i++) {
        const PlanPool *pool = g_ptr_array_index(view->plan->pools, i);

        for (guint j = 0; planning_view_shows(view, pool) && j < pool->classes->len; j++) {
            const PlanClass *klass = g_ptr_array_index(pool->classes, j);

            if (has_limits)
                add_limits(pool, klass, table);
            else
                add_class(view->plan, pool, klass, table);
        }
    }
    table_print(table, context->format, &context->style, context->out);
}

/* KLASS is NULL for the pool as a whole. */
static void
add_capacity(const PlanPool *pool, const PlanClass *klass, Table *table)
{
    const Capacity *capacity = klass != NULL ? &klass->capacity : &pool->capacity;

    table_add_text(table, pool->settings->name);
    table_add_text(table, klass != NULL ? klass->name : NULL);
    table_add_number(table, capacity->n_hosts);
    table_add_number(table, capacity->n_untold_hosts);
    table_add_number(table, capacity->n_guests);
    table_add_number(table, capacity->memory_kib);
    table_add_number(table, capacity->used_kib);
    table_add_number(table, capacity->free_kib);
    table_add_number(table, capacity->largest_kib);
    table_add_number(table, capacity->n_cpus);
    table_add_number(table, capacity->n_vcpus);
    table_add_number_or_none(table, pool->guest_kib, 0);
    table_add_number_or_none(table, capacity->n_more, CAPACITY_UNKNOWN);
    table_add_number_or_none(table, capacity->n_more_failover, CAPACITY_UNKNOWN);
}

static void
print_capacity(CommandContext *context, const PlanningView *view)
{
    g_autoptr(Table) table = table_new(capacity_columns, G_N_ELEMENTS(capacity_columns));

    if (context->format == REPORT_FORMAT_TEXT) {
        report_text_capacity(view->plan, view->pool, &context->style, context->out);
        return;
    }
    for (guint i = 0; i < view->plan->pools->len; i++) {
        const PlanPool *pool = g_ptr_array_index(view->plan->pools, i);

        if (!planning_view_shows(view, pool))
            continue;
        for (guint j = 0; j < pool->classes->len; j++)
            add_capacity(pool, g_ptr_array_index(pool->classes, j), table);
        add_capacity(pool, NULL, table);
    }
    table_print(table, context->format, &context->style, context->out);
}

static void
print_tradeoff(CommandContext *context, const PlanningView *view)
{
    for (guint i = 0; i < view->plan->pools->len; i++) {
        const PlanPool *pool = g_ptr_array_index(view->plan->pools, i);

        if (!planning_view_shows(view, pool) || pool->tradeoff->len < 2)
            continue;
        g_string_append_printf(context->out,
                               "\nPool %s: what fewer or more classes would give up (* the plan)\n"
                               "  CLASSES  GIVES UP\n",
                               pool->settings->name);
        for (guint j = 0; j < pool->tradeoff->len; j++) {
            const TradeoffPoint *point = &g_array_index(pool->tradeoff, TradeoffPoint, j);

            g_string_append_printf(context->out, "%s %7u  %6.1f %%%s\n",
                                   point->is_chosen ? "*" : " ", point->n_classes,
                                   point->loss * 100,
                                   point->is_kept    ? "  (kept by published templates)"
                                   : point->is_exact ? ""
                                                     : "  (found by search)");
        }
    }
}

/* ---- what was published ---------------------------------------------------------------------- */

/* NEXT is what was published after it for the same class, or NULL. */
static void
add_published(Table *table, const PublishedTemplate *published, const PublishedTemplate *next)
{
    const gboolean is_retired = published->retired_at != 0;

    table_add_text(table, published->pool);
    table_add_text(table, published->class_name);
    table_add_time(table, published->published_at);
    table_add_number(table, (guint64)published->run);
    table_add_text(table, is_retired ? "retired" : next != NULL ? "replaced" : "in force");
    table_tone(table, is_retired || next != NULL ? TABLE_TONE_FAINT : TABLE_TONE_GOOD);
    table_add_time(table, is_retired     ? published->retired_at
                          : next != NULL ? next->published_at
                                         : 0);
    table_add_text(table, published->cpu->model);
    table_add_number(table, published->physical_address_bits);
    table_add_number(table, published->tsc_hz);
    table_add_list(table, published->machines);
    table_add_text(table, published->digest);
}

static gint
compare_published(gconstpointer a, gconstpointer b)
{
    const PublishedTemplate *left = *(const PublishedTemplate *const *)a;
    const PublishedTemplate *right = *(const PublishedTemplate *const *)b;
    gint order = g_strcmp0(left->pool, right->pool);

    if (order == 0)
        order = g_strcmp0(left->class_name, right->class_name);
    if (order == 0)
        order =
            (left->published_at > right->published_at) - (left->published_at < right->published_at);
    return order;
}

/* Everything that was published for POOL (NULL: for any), oldest first within a class. */
static GPtrArray *
published_of_pool(const Fleet *fleet, const char *pool)
{
    const GPtrArray *lists[] = {fleet->superseded_templates, fleet->templates};
    GPtrArray *all = g_ptr_array_new();

    for (guint l = 0; l < G_N_ELEMENTS(lists); l++)
        for (guint i = 0; i < lists[l]->len; i++) {
            PublishedTemplate *published = g_ptr_array_index(lists[l], i);

            if (pool == NULL || g_strcmp0(published->pool, pool) == 0)
                g_ptr_array_add(all, published);
        }
    g_ptr_array_sort(all, compare_published);
    return all;
}

static void
print_published(CommandContext *context, const Fleet *fleet, const char *pool)
{
    g_autoptr(Table) table = table_new(published_columns, G_N_ELEMENTS(published_columns));
    g_autoptr(GPtrArray) all = published_of_pool(fleet, pool);

    for (guint i = 0; i < all->len; i++) {
        const PublishedTemplate *published = g_ptr_array_index(all, i);
        const gboolean is_last = i + 1 == all->len;
        const PublishedTemplate *next = is_last ? NULL : g_ptr_array_index(all, i + 1);
        const gboolean is_followed = !is_last && g_strcmp0(next->pool, published->pool) == 0 &&
                                     g_strcmp0(next->class_name, published->class_name) == 0;

        add_published(table, published, is_followed ? next : NULL);
    }
    if (all->len > 0 || context->format != REPORT_FORMAT_TEXT)
        table_print(table, context->format, &context->style, context->out);
    else
        g_string_append(context->out, "Nothing was published: 'virt-plan accept' does that.\n");
}

static gboolean
check_options(const ClassesOptions *wanted, GError **error)
{
    const char *mistake = NULL;

    if (wanted->has_limits + wanted->is_of_published + wanted->is_of_capacity > 1)
        mistake = "--limits, --capacity and --published are three questions: give one of them";
    else if (wanted->guest_memory_mib != 0 && !wanted->is_of_capacity)
        mistake = "--guest-memory says for which guests --capacity looks for room: give that too";
    else if (wanted->guest_memory_mib < 0)
        mistake = "--guest-memory takes MiB, from 1 on";
    if (mistake == NULL)
        return TRUE;
    g_set_error_literal(error, COMMAND_ERROR, COMMAND_ERROR_USAGE, mistake);
    return FALSE;
}

/* Plans what is asked for; room is counted in the guest of the command line, if one is given. */
static gboolean
plan_classes(PlanningView *view, const ClassesOptions *wanted, GError **error)
{
    if (!planning_view_load(view, &wanted->planning, error))
        return FALSE;
    for (guint i = 0; i < view->settings->pools->len && wanted->guest_memory_mib > 0; i++)
        ((PoolSettings *)g_ptr_array_index(view->settings->pools, i))->guest_memory_mib =
            (guint)wanted->guest_memory_mib;
    view->plan = planning_plan(view->fleet, NULL, view->settings, view->map,
                               wanted->is_of_capacity ? PLANNER_GUESTS : PLANNER_CLASSES);
    return planning_view_choose_pool(view, &wanted->planning, error);
}

static ExitStatus
run_classes(CommandContext *context, const void *values, GError **error)
{
    const ClassesOptions *wanted = values;
    g_auto(PlanningView) view = {0};

    if (!check_options(wanted, error))
        return EXIT_USAGE;
    if (wanted->is_of_published) {
        /* of any pool: those that the plan file names no more have a past too */
        if (!planning_view_load(&view, &wanted->planning, error))
            return EXIT_FAILED;
        print_published(context, view.fleet, wanted->planning.pool);
        return EXIT_WELL;
    }
    if (!plan_classes(&view, wanted, error))
        return EXIT_FAILED;
    if (wanted->is_of_capacity) {
        print_capacity(context, &view);
        return EXIT_WELL;
    }
    if (context->format != REPORT_FORMAT_TEXT) {
        print_table(context, &view, wanted->has_limits);
        return EXIT_WELL;
    }
    report_text_classes(view.plan, view.pool, &context->style, context->out);
    if (wanted->has_limits) {
        g_string_append_c(context->out, '\n');
        report_text_limits(view.plan, view.pool, &context->style, context->out);
        print_tradeoff(context, &view);
    }
    return EXIT_WELL;
}

const Command command_classes = {
    .name = "classes",
    .summary = "Show the classes of hosts between which guests move freely",
    .synopsis = "[OPTION...]",
    .flags = COMMAND_TAKES_FORMAT | COMMAND_HAS_CSV | COMMAND_TAKES_NO_ARGUMENT,
    .options = options,
    .options_size = sizeof(ClassesOptions),
    .run = run_classes,
};
