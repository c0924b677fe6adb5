/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The guest CPU template of a pool's classes, in the form of the ecosystem that it is for. */

#include "commands.h"
#include "database.h"
#include "planning.h"
#include "suggest.h"

#include <reports/forms.h>
#include <reports/table.h>

typedef struct {
    PlanningOptions planning;
    char *class_name;
    char *form;
} TemplateOptions;

static const CommandOption template_options[] = {
    PLANNING_OPTIONS(TemplateOptions, planning),
    {"class", 0, G_OPTION_ARG_STRING, G_STRUCT_OFFSET(TemplateOptions, class_name),
     "of this class alone", "NAME"},
    {"for", 0, G_OPTION_ARG_STRING, G_STRUCT_OFFSET(TemplateOptions, form),
     "libvirt (the default), nova, kubevirt, proxmox or ovirt", "WHAT"},
    {0},
};

static gboolean
check_options(const TemplateOptions *options, const CommandContext *context, ReportForm *ret_form,
              GError **error)
{
    const char *names[REPORT_FORM_COUNT];

    for (ReportForm form = 0; form < REPORT_FORM_COUNT; form++)
        names[form] = report_form_name(form);
    *ret_form = REPORT_FORM_LIBVIRT;
    if (options->planning.pool == NULL || context->n_args > 0) {
        g_set_error_literal(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                            "template takes --pool NAME, and no arguments: 'virt-plan classes' "
                            "lists the pools");
        return FALSE;
    }
    if (options->form == NULL || report_form_from_name(options->form, ret_form))
        return TRUE;
    g_autofree char *known =
        g_strjoin(", ", names[0], names[1], names[2], names[3], names[4], NULL);
    g_autofree char *otherwise = g_strconcat("use one of ", known, NULL);
    suggest_set_error(error, "templates are not made for", options->form, names, REPORT_FORM_COUNT,
                      otherwise);
    return FALSE;
}

/* The classes to print: the one of that NAME, or all. */
static GPtrArray *
find_classes(const PlanPool *pool, const char *name, GError **error)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new(), known = g_ptr_array_new();

    for (guint i = 0; i < pool->classes->len; i++) {
        PlanClass *klass = pool->classes->pdata[i];

        if (name == NULL || g_strcmp0(klass->name, name) == 0)
            g_ptr_array_add(found, klass);
        g_ptr_array_add(known, klass->name);
    }
    if (found->len > 0 || name == NULL)
        return g_steal_pointer(&found);
    suggest_set_error(error, "there is no class", name,
                      (const char *const *)(const void *)known->pdata, known->len,
                      "'virt-plan classes' lists them");
    return NULL;
}

static void
print_table(const GPtrArray *classes, const PlanPool *pool, const CpuMap *map, ReportForm form,
            CommandContext *context)
{
    static const TableColumn columns[] = {
        {"pool", "POOL", TABLE_TEXT, TABLE_WHOLE},
        {"class", "CLASS", TABLE_TEXT, TABLE_WHOLE},
        {"for", "FOR", TABLE_TEXT, 0},
        {"template", "TEMPLATE", TABLE_TEXT, TABLE_WRAP},
    };
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (guint i = 0; i < classes->len; i++) {
        const PlanClass *klass = classes->pdata[i];
        g_autofree char *text = report_form_text(klass, map, form);

        table_add_text(table, pool->settings->name);
        table_add_text(table, klass->name);
        table_add_text(table, report_form_name(form));
        table_add_text(table, text);
    }
    table_print(table, context->format, &context->style, context->out);
}

static void
print_forms(const GPtrArray *classes, const CpuMap *map, ReportForm form, GString *out)
{
    for (guint i = 0; i < classes->len; i++) {
        g_autofree char *text = report_form_text(classes->pdata[i], map, form);

        g_string_append_printf(out, "%s%s", i > 0 ? "\n" : "", text);
    }
}

static ExitStatus
print_templates(const PlanningView *view, const TemplateOptions *options, ReportForm form,
                CommandContext *context, GError **error)
{
    g_autoptr(GPtrArray) classes = find_classes(view->pool, options->class_name, error);
    gboolean is_complete = TRUE;

    if (classes == NULL)
        return EXIT_FAILED;
    if (context->format == REPORT_FORMAT_JSON || context->format == REPORT_FORMAT_CSV)
        print_table(classes, view->pool, view->plan->map, form, context);
    else
        print_forms(classes, view->plan->map, form, context->out);
    for (guint i = 0; i < classes->len; i++) {
        const PlanClass *klass = classes->pdata[i];
        is_complete =
            is_complete && (klass->template->cpu != NULL || klass->contract.published != NULL);
    }
    return is_complete && classes->len > 0 ? EXIT_WELL : EXIT_ANSWER_NO;
}

static ExitStatus
run_template(CommandContext *context, const void *values, GError **error)
{
    const TemplateOptions *options = values;
    g_auto(PlanningView) view = {0};
    ReportForm form;

    if (!check_options(options, context, &form, error) ||
        !planning_view_open(&view, &options->planning, PLANNER_CLASSES, error))
        return EXIT_FAILED;
    return print_templates(&view, options, form, context, error);
}

const Command command_template = {
    .name = "template",
    .summary = "Print the guest CPU of a pool's classes, for libvirt and others",
    .synopsis = "--pool NAME [OPTION...]",
    .flags = COMMAND_TAKES_FORMAT | COMMAND_HAS_CSV | COMMAND_HAS_XML,
    .options = template_options,
    .options_size = sizeof(TemplateOptions),
    .run = run_template,
};
