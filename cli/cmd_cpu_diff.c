/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `virt-plan cpu diff`: a table of what differs between CPUs, a column for each.
 *
 * Features that the map does not know are compared by name, with a warning; everything else here is
 * of sets, so how a CPU was written down makes no difference.
 */

#include "cmd_cpu.h"
#include "cpu_input.h"

#include <cpumodel/text_list.h>
#include <reports/table.h>

typedef struct {
    CpuCommonOptions common;
    gboolean is_all;
} DiffOptions;

static const CommandOption options_table[] = {
    {"all", 'a', G_OPTION_ARG_NONE, G_STRUCT_OFFSET(DiffOptions, is_all),
     "show what is the same, too", NULL},
    CPU_COMMON_OPTIONS(DiffOptions),
    {0},
};

/* One column. */
typedef struct {
    const CpuInput *input;
    CpuSet set;
    GPtrArray *unknown; /* of char*, borrowed from the definition */
} Column;

/* A row's value in one column; NULL where the CPU says nothing. */
typedef const char *(*CellOf)(const CpuDefinition *cpu);

static const char *
model_of(const CpuDefinition *cpu)
{
    return cpu->model;
}

static const char *
vendor_of(const CpuDefinition *cpu)
{
    return cpu->vendor;
}

static gboolean
differs(const Column *columns, guint n, CellOf cell_of)
{
    for (guint i = 1; i < n; i++) {
        if (g_strcmp0(cell_of(columns[0].input->cpu), cell_of(columns[i].input->cpu)) != 0)
            return TRUE;
    }
    return FALSE;
}

static void
add_property(Table *table, const Column *columns, guint n, const char *name, CellOf cell_of,
             gboolean is_all)
{
    if (!is_all && !differs(columns, n, cell_of))
        return;
    table_add_text(table, "");
    table_add_text(table, name);
    for (guint i = 0; i < n; i++)
        table_add_text(table, cell_of(columns[i].input->cpu));
}

static void
add_feature_row(Table *table, const char *group, const char *name, const gboolean *has, guint n,
                gboolean is_all)
{
    guint n_having = 0;

    for (guint i = 0; i < n; i++)
        n_having += has[i] ? 1 : 0;
    if (!is_all && n_having == n)
        return;
    if (n_having == 0)
        return;
    table_add_text(table, group);
    table_add_text(table, name);
    for (guint i = 0; i < n; i++) {
        table_add_text(table, has[i] ? "yes" : "-");
        table_tone(table, has[i] ? TABLE_TONE_GOOD : TABLE_TONE_FAINT);
    }
}

static void
add_group(Table *table, const CpuMap *map, CpuFeatureGroup group, const Column *columns, guint n,
          gboolean is_all)
{
    g_autofree gboolean *has = g_new0(gboolean, n);

    for (guint i = 0; i < cpu_map_n_features(map, CPU_FAMILY_X86); i++) {
        const CpuFeature *feature = cpu_map_feature(map, CPU_FAMILY_X86, i);

        if (feature->group != group)
            continue;
        for (guint j = 0; j < n; j++)
            has[j] = cpu_set_contains(&columns[j].set, &feature->bits);
        add_feature_row(table, cpu_feature_group_name(group), feature->name, has, n, is_all);
    }
}

/* Names that the map lacks, of all columns, sorted. */
static GPtrArray *
unknown_names(const Column *columns, guint n)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < n; i++) {
        for (guint j = 0; j < columns[i].unknown->len; j++)
            g_hash_table_add(names, columns[i].unknown->pdata[j]);
    }
    GPtrArray *sorted = g_ptr_array_new();
    GHashTableIter iter;
    gpointer name;

    g_hash_table_iter_init(&iter, names);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        g_ptr_array_add(sorted, name);
    text_list_sort(sorted);
    return sorted;
}

static gboolean
is_required(const CpuDefinition *cpu, const char *name)
{
    const CpuDefinitionFeature *feature = cpu_definition_find_feature(cpu, name);

    return feature != NULL &&
           (feature->policy == CPU_POLICY_NONE || feature->policy == CPU_POLICY_REQUIRE ||
            feature->policy == CPU_POLICY_FORCE);
}

static void
add_unknown(Table *table, const Column *columns, guint n, gboolean is_all)
{
    g_autoptr(GPtrArray) names = unknown_names(columns, n);
    g_autofree gboolean *has = g_new0(gboolean, n);

    for (guint i = 0; i < names->len; i++) {
        for (guint j = 0; j < n; j++)
            has[j] = is_required(columns[j].input->cpu, names->pdata[i]);
        add_feature_row(table, "by name", names->pdata[i], has, n, is_all);
    }
}

static void
print_table(CommandContext *context, const DiffOptions *options, const CpuMap *map,
            const Column *columns, guint n)
{
    g_autofree TableColumn *heads = g_new0(TableColumn, n + 2);
    ReportFormat format = options->common.is_json ? REPORT_FORMAT_JSON : context->format;

    heads[0] = (TableColumn){.name = "group", .title = "GROUP", .kind = TABLE_TEXT};
    heads[1] = (TableColumn){.name = "what", .title = "WHAT", .kind = TABLE_TEXT};
    for (guint i = 0; i < n; i++)
        heads[i + 2] = (TableColumn){
            .name = columns[i].input->label, .title = columns[i].input->label, .kind = TABLE_TEXT};
    g_autoptr(Table) table = table_new(heads, n + 2);
    add_property(table, columns, n, "model", model_of, options->is_all);
    add_property(table, columns, n, "vendor", vendor_of, options->is_all);
    for (guint i = 1; i <= CPU_FEATURE_GROUP_COUNT; i++)
        add_group(table, map, (CpuFeatureGroup)(i % CPU_FEATURE_GROUP_COUNT), columns, n,
                  options->is_all);
    add_unknown(table, columns, n, options->is_all);
    if (table_n_rows(table) == 0 && format == REPORT_FORMAT_TEXT)
        g_string_append(context->out, "no difference\n");
    else
        table_print(table, format, &context->style, context->out);
}

static gboolean
fill_column(const CpuMap *map, const CpuInput *input, Column *ret_column, GError **error)
{
    ret_column->input = input;
    if (cpu_arch_family(input->arch) != CPU_FAMILY_X86) {
        /* Features of other architectures are names and nothing more. */
        for (guint i = 0; i < input->cpu->features->len; i++)
            g_ptr_array_add(ret_column->unknown, cpu_definition_feature(input->cpu, i)->name);
        return TRUE;
    }
    if (!cpu_engine_effective_set(map, input->cpu, &ret_column->set, ret_column->unknown, error)) {
        cpu_input_place_error(error, input);
        return FALSE;
    }
    for (guint i = 0; i < ret_column->unknown->len; i++)
        command_complain("%s: the CPU map does not know feature '%s': it is compared by name",
                         input->label, (const char *)ret_column->unknown->pdata[i]);
    return TRUE;
}

static ExitStatus
run_diff(CommandContext *context, const void *values, GError **error)
{
    const DiffOptions *options = values;
    g_autoptr(GPtrArray) inputs = g_ptr_array_new_with_free_func((GDestroyNotify)cpu_input_free);
    gboolean is_good = TRUE;

    g_autoptr(CpuMap) map = cpu_input_map(&options->common, error);
    if (map == NULL)
        return EXIT_FAILED;
    for (guint i = 0; i < context->n_args; i++) {
        if (!cpu_input_all(context->args[i], map, inputs, error))
            return EXIT_FAILED;
    }
    if (inputs->len < 2) {
        g_set_error_literal(
            error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
            "at least two CPUs are needed: name more files, or one that holds more");
        return EXIT_USAGE;
    }
    g_autofree Column *columns = g_new0(Column, inputs->len);
    for (guint i = 0; i < inputs->len; i++)
        columns[i].unknown = g_ptr_array_new();
    for (guint i = 0; is_good && i < inputs->len; i++)
        is_good = fill_column(map, inputs->pdata[i], &columns[i], error);
    if (is_good)
        print_table(context, options, map, columns, inputs->len);
    for (guint i = 0; i < inputs->len; i++)
        g_ptr_array_unref(columns[i].unknown);
    return is_good ? EXIT_WELL : EXIT_FAILED;
}

const Command command_cpu_diff = {
    .name = "diff",
    .summary = "Show what differs between CPUs, in a table",
    .synopsis = "FILE...",
    .flags = COMMAND_TAKES_FORMAT | COMMAND_HAS_CSV,
    .options = options_table,
    .options_size = sizeof(DiffOptions),
    .run = run_diff,
};
