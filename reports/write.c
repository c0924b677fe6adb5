/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The output folder: which files there are, and what writes each.
 */

#include "folder.h"
#include "plan_csv.h"
#include "plan_json.h"

#include <fleet/file_remedy.h>
#include <reports/escape.h>
#include <reports/forms.h>
#include <reports/reports.h>
#include <reports/text.h>

/* Lines of report.txt: it is read in mails and terminals. */
#define TEXT_WIDTH 100

static void
write_string(Output *output, char *text)
{
    g_string_append(output->text, text);
    g_free(text);
    output_checkpoint(output);
}

static void
write_text(const Plan *plan, Output *output)
{
    ReportStyle style = {.width = TEXT_WIDTH};

    report_text_summary(plan, &style, output->text);
}

static void
write_html(const Plan *plan, Output *output)
{
    write_string(output, report_html(plan));
}

static void
write_json(const Plan *plan, Output *output)
{
    PlanJsonOptions options = {0};

    plan_json_write(plan, &options, output);
}

static void
write_prometheus(const Plan *plan, Output *output)
{
    write_string(output, report_prometheus(plan));
}

static void
write_dot(const Plan *plan, Output *output)
{
    write_string(output, report_dot(plan));
}

static const struct {
    const char *name;
    void (*write)(const Plan *plan, Output *output);
    gboolean is_main; /* its path is told */
} files[] = {
    {"report.txt", write_text, TRUE},  {"report.html", write_html, TRUE},
    {"plan.json", write_json, TRUE},   {"metrics.prom", write_prometheus, FALSE},
    {"classes.dot", write_dot, FALSE},
};

/* Finishes the file NAME, however that goes. */
static gboolean
finish_file(Output *output, const char *name, GError **error)
{
    if (output_finish(output, error))
        return TRUE;
    g_prefix_error(error, "%s: ", name);
    return FALSE;
}

static gboolean
begin_file(FolderReplacement *folder, const char *name, Output *output, GError **error)
{
    g_autofree char *path = folder_replacement_add(folder, name, error);

    return path != NULL && output_init_file(output, path, error);
}

static gboolean
write_files(FolderReplacement *folder, const Plan *plan, GError **error)
{
    Output output;

    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        if (!begin_file(folder, files[i].name, &output, error))
            return FALSE;
        files[i].write(plan, &output);
        if (!finish_file(&output, files[i].name, error))
            return FALSE;
    }
    for (const PlanCsv *table = plan_csv_tables; table->file != NULL; table++) {
        if (!begin_file(folder, table->file, &output, error))
            return FALSE;
        plan_csv_write(table, plan, &output);
        if (!finish_file(&output, table->file, error))
            return FALSE;
    }
    return TRUE;
}

/*
 * A name for the files of KLASS that none in USED has: pool "a-b" with class "c" and pool "a" with
 * class "b-c" would be the same. Owned by USED.
 */
static const char *
template_stem(const PlanPool *pool, const PlanClass *klass, GHashTable *used)
{
    g_autofree char *whole = g_strdup_printf("%s-%s", pool->settings->name, klass->name);
    g_autofree char *safe = escape_file_name(whole);
    char *stem = g_strdup(safe);

    for (guint n = 2; g_hash_table_contains(used, stem); n++) {
        g_free(stem);
        stem = g_strdup_printf("%s~%u", safe, n);
    }
    g_hash_table_add(used, stem);
    return stem;
}

static gboolean
write_template(FolderReplacement *folder, const ReportForms *forms, const PlanClass *klass,
               const char *stem, GError **error)
{
    for (ReportForm form = 0; form < REPORT_FORM_COUNT; form++) {
        g_autofree char *name =
            g_strdup_printf("templates/%s%s", stem, report_form_extension(form));
        Output output;

        if (!begin_file(folder, name, &output, error))
            return FALSE;
        write_string(&output, report_form_text(forms, klass, form));
        if (!finish_file(&output, name, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
write_templates(FolderReplacement *folder, const Plan *plan, GError **error)
{
    g_autoptr(GHashTable) used = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(ReportForms) forms = report_forms_new(plan);

    for (guint p = 0; p < plan->pools->len; p++) {
        const PlanPool *pool = plan->pools->pdata[p];

        for (guint c = 0; c < pool->classes->len; c++) {
            const PlanClass *klass = pool->classes->pdata[c];

            if (!write_template(folder, forms, klass, template_stem(pool, klass, used), error))
                return FALSE;
        }
    }
    return TRUE;
}

gboolean
report_write_folder(const Plan *plan, const char *folder, GPtrArray *ret_paths, GError **error)
{
    g_autoptr(FolderReplacement) replacement = folder_replacement_begin(folder, error);

    if (replacement == NULL || !write_files(replacement, plan, error) ||
        !write_templates(replacement, plan, error) ||
        !folder_replacement_commit(replacement, error)) {
        file_remedy_append(error);
        g_prefix_error(error, "output folder '%s': ", folder);
        return FALSE;
    }
    for (gsize i = 0; ret_paths != NULL && i < G_N_ELEMENTS(files); i++) {
        if (files[i].is_main)
            g_ptr_array_add(ret_paths, g_build_filename(folder, files[i].name, NULL));
    }
    return TRUE;
}
