/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The guest CPU templates of classes, in the form of the ecosystem that they are for. */

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

/* A class to print, and where it is. */
typedef struct {
    const PlanPool *pool;
    const PlanClass *klass;
} Choice;

static gboolean
choose_form(const TemplateOptions *options, ReportForm *ret_form, GError **error)
{
    const char *names[REPORT_FORM_COUNT + 1] = {NULL};

    for (ReportForm form = 0; form < REPORT_FORM_COUNT; form++)
        names[form] = report_form_name(form);
    *ret_form = REPORT_FORM_LIBVIRT;
    if (options->form == NULL || report_form_from_name(options->form, ret_form))
        return TRUE;
    g_autofree char *known = g_strjoinv(", ", (char **)(guintptr)names);
    g_autofree char *otherwise = g_strconcat("use one of ", known, NULL);
    suggest_set_error(error, "templates are not made for", options->form, names, REPORT_FORM_COUNT,
                      otherwise);
    return FALSE;
}

/* XML is libvirt's form; the others have syntaxes of their own. */
static gboolean
check_format(ReportFormat format, ReportForm form, GError **error)
{
    if (format != REPORT_FORMAT_XML || form == REPORT_FORM_LIBVIRT)
        return TRUE;
    g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                "--format xml goes with --for libvirt, and the form for %s is not XML: leave "
                "--format out",
                report_form_name(form));
    return FALSE;
}

/* The classes to print, of Choice: those of that NAME, or all. */
static GArray *
choose_classes(const PlanningView *view, const char *name, GError **error)
{
    g_autoptr(GArray) chosen = g_array_new(FALSE, FALSE, sizeof(Choice));
    g_autoptr(GPtrArray) known = g_ptr_array_new();

    for (guint i = 0; i < view->plan->pools->len; i++) {
        const PlanPool *pool = view->plan->pools->pdata[i];

        for (guint j = 0; planning_view_shows(view, pool) && j < pool->classes->len; j++) {
            const Choice choice = {pool, pool->classes->pdata[j]};

            if (name == NULL || g_strcmp0(choice.klass->name, name) == 0)
                g_array_append_val(chosen, choice);
            g_ptr_array_add(known, choice.klass->name);
        }
    }
    if (chosen->len > 0 || name == NULL)
        return g_steal_pointer(&chosen);
    suggest_set_error(error, "there is no class", name,
                      (const char *const *)(const void *)known->pdata, known->len,
                      "'virt-plan classes' lists them");
    return NULL;
}

static void
print_table(const GArray *choices, const ReportForms *forms, ReportForm form,
            CommandContext *context)
{
    static const TableColumn columns[] = {
        {"pool", "POOL", TABLE_TEXT, TABLE_WHOLE},
        {"class", "CLASS", TABLE_TEXT, TABLE_WHOLE},
        {"for", "FOR", TABLE_TEXT, 0},
        {"template", "TEMPLATE", TABLE_TEXT, TABLE_WRAP},
    };
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (guint i = 0; i < choices->len; i++) {
        const Choice *choice = &g_array_index(choices, Choice, i);
        g_autofree char *text = report_form_text(forms, choice->klass, form);

        table_add_text(table, choice->pool->settings->name);
        table_add_text(table, choice->klass->name);
        table_add_text(table, report_form_name(form));
        table_add_text(table, text);
    }
    table_print(table, context->format, &context->style, context->out);
}

static void
print_forms(const GArray *choices, const ReportForms *forms, ReportForm form, GString *out)
{
    for (guint i = 0; i < choices->len; i++) {
        g_autofree char *text =
            report_form_text(forms, g_array_index(choices, Choice, i).klass, form);

        g_string_append_printf(out, "%s%s", i > 0 ? report_form_separator(form) : "", text);
    }
}

static ExitStatus
print_templates(const PlanningView *view, const TemplateOptions *options, ReportForm form,
                CommandContext *context, GError **error)
{
    g_autoptr(GArray) choices = choose_classes(view, options->class_name, error);
    g_autoptr(ReportForms) forms = report_forms_new(view->plan);
    gboolean is_complete = TRUE;

    if (choices == NULL)
        return EXIT_FAILED;
    if (context->format == REPORT_FORMAT_JSON || context->format == REPORT_FORMAT_CSV)
        print_table(choices, forms, form, context);
    else
        print_forms(choices, forms, form, context->out);
    for (guint i = 0; i < choices->len; i++) {
        const PlanClass *klass = g_array_index(choices, Choice, i).klass;
        is_complete =
            is_complete && (klass->template->cpu != NULL || klass->contract.published != NULL);
    }
    return is_complete && choices->len > 0 ? EXIT_WELL : EXIT_ANSWER_NO;
}

static ExitStatus
run_template(CommandContext *context, const void *values, GError **error)
{
    const TemplateOptions *options = values;
    g_auto(PlanningView) view = {0};
    ReportForm form;

    if (!choose_form(options, &form, error) || !check_format(context->format, form, error) ||
        !planning_view_open(&view, &options->planning, PLANNER_CLASSES, error))
        return EXIT_FAILED;
    return print_templates(&view, options, form, context, error);
}

const Command command_template = {
    .name = "template",
    .summary = "Print the guest CPU of each class, for libvirt and others",
    .synopsis = "[OPTION...]",
    .flags = COMMAND_TAKES_FORMAT | COMMAND_HAS_CSV | COMMAND_HAS_XML | COMMAND_TAKES_NO_ARGUMENT,
    .options = template_options,
    .options_size = sizeof(TemplateOptions),
    .run = run_template,
};
