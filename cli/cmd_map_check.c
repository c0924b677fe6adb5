/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd_map.h"

#include <cpumodel/cpu_map_difference.h>
#include <cpumodel/cpu_map_lint.h>
#include <cpumodel/cpu_map_yaml.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <ingest/cpu_map_reader.h>
#include <reports/escape.h>
#include <reports/table.h>

/* What a check found, to be printed. */
typedef struct {
    GPtrArray *texts;    /* of char*, owned */
    GArray *are_defects; /* of gboolean, one for each text */
    guint n_defects;
} CheckResult;

static void
check_result_init(CheckResult *result)
{
    result->texts = g_ptr_array_new_with_free_func(g_free);
    result->are_defects = g_array_new(FALSE, FALSE, sizeof(gboolean));
    result->n_defects = 0;
}

static void
check_result_clear(CheckResult *result)
{
    g_ptr_array_unref(result->texts);
    g_array_unref(result->are_defects);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CheckResult, check_result_clear)

static void
check_result_add(CheckResult *result, const char *text, gboolean is_defect)
{
    g_ptr_array_add(result->texts, g_strdup(text));
    g_array_append_val(result->are_defects, is_defect);
    result->n_defects += is_defect ? 1 : 0;
}

static void
check_result_add_defects(CheckResult *result, const GPtrArray *texts)
{
    for (guint i = 0; i < texts->len; i++)
        check_result_add(result, g_ptr_array_index(texts, i), TRUE);
}

static void
print_lines(CommandContext *context, const CheckResult *result)
{
    for (guint i = 0; i < result->texts->len; i++) {
        gboolean is_defect = g_array_index(result->are_defects, gboolean, i);

        if (context->is_quiet && !is_defect)
            continue;
        g_string_append(context->out, is_defect ? "" : "note: ");
        escape_terminal(context->out, g_ptr_array_index(result->texts, i));
        g_string_append_c(context->out, '\n');
    }
}

static void
print_table(CommandContext *context, const CheckResult *result)
{
    static const TableColumn columns[] = {
        {"is_defect", "DEFECT", TABLE_BOOLEAN, 0},
        {"text", "TEXT", TABLE_TEXT, TABLE_WRAP},
    };
    g_autoptr(Table) table = table_new(columns, G_N_ELEMENTS(columns));

    for (guint i = 0; i < result->texts->len; i++) {
        table_add_boolean(table, g_array_index(result->are_defects, gboolean, i));
        table_add_text(table, g_ptr_array_index(result->texts, i));
    }
    table_print(table, context->format, &context->style, context->out);
}

/*
 * Another map than the built-in one may well be too old for some levels: that is a note. The
 * levels' order is the same with every map, so it is checked with the one that knows them all.
 */
static void
check_levels(CheckResult *result, CpuMap *map, gboolean is_builtin)
{
    g_autoptr(Ladder) ladder = ladder_new(map);

    if (is_builtin) {
        g_autoptr(GPtrArray) complaints = ladder_lint(ladder);
        check_result_add_defects(result, complaints);
        return;
    }
    for (guint i = 0; i < ladder_n_unresolved(ladder); i++) {
        g_autofree char *text =
            g_strdup_printf("level %s is not in the map", ladder_unresolved(ladder, i));
        check_result_add(result, text, FALSE);
    }
}

static void
lint(CheckResult *result, CpuMap *map, gboolean is_builtin)
{
    g_autoptr(GPtrArray) remarks = cpu_map_lint(map);

    for (guint i = 0; i < remarks->len; i++) {
        const CpuMapRemark *remark = g_ptr_array_index(remarks, i);
        check_result_add(result, remark->text, remark->is_defect);
    }
    check_levels(result, map, is_builtin);
}

ExitStatus
map_check_run(CommandContext *context, const void *data, GError **error)
{
    const MapOptions *options = data;
    g_auto(CheckResult) result;

    check_result_init(&result);
    if (context->n_args > 1) {
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "map check compares with one map, not with '%s' too: name one after the other",
                    context->args[1]);
        return EXIT_USAGE;
    }
    g_autoptr(CpuMap) map = map_options_load(options, error);
    if (map == NULL)
        return EXIT_FAILED;
    if (context->n_args == 1) {
        g_autoptr(CpuMap) other = cpu_map_reader_load(context->args[0], error);
        if (other == NULL)
            return EXIT_FAILED;
        g_autoptr(GPtrArray) differences = cpu_map_difference(map, other);
        check_result_add_defects(&result, differences);
    } else {
        lint(&result, map, options->cpu_map == NULL);
    }
    if (context->format == REPORT_FORMAT_TEXT)
        print_lines(context, &result);
    else
        print_table(context, &result);
    return result.n_defects > 0 ? EXIT_ANSWER_NO : EXIT_WELL;
}

/* ---- import --------------------------------------------------------------------------------- */

/* Creates FOLDER; FALSE when it has something in it already. */
static gboolean
prepare_folder(const char *folder, GError **error)
{
    if (g_mkdir_with_parents(folder, 0777) != 0) {
        int code = errno;
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code),
                    "%s: cannot create the folder: %s", folder, g_strerror(code));
        return FALSE;
    }
    g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
    if (dir == NULL)
        return FALSE;
    if (g_dir_read_name(dir) != NULL) {
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "%s: the folder is not empty: name a new one", folder);
        return FALSE;
    }
    return TRUE;
}

static gboolean
write_file(const char *folder, const CpuMapYamlFile *file, GError **error)
{
    g_autofree char *path = g_build_filename(folder, file->path, NULL);
    g_autofree char *parent = g_path_get_dirname(path);

    if (g_mkdir_with_parents(parent, 0777) != 0) {
        int code = errno;
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code),
                    "%s: cannot create the folder: %s", parent, g_strerror(code));
        return FALSE;
    }
    return g_file_set_contents(path, file->text, -1, error);
}

ExitStatus
map_import_run(CommandContext *context, const void *data, GError **error)
{
    const MapOptions *options = data;

    if (context->n_args != 1) {
        g_set_error(error, COMMAND_ERROR, COMMAND_ERROR_USAGE,
                    "name one folder with a libvirt map, such as /usr/share/libvirt/cpu_map");
        return EXIT_USAGE;
    }
    g_autoptr(CpuMap) map = cpu_map_reader_load(context->args[0], error);
    if (map == NULL || (options->output != NULL && !prepare_folder(options->output, error)))
        return EXIT_FAILED;
    g_autoptr(GPtrArray) files = cpu_map_yaml_files(map);
    for (guint i = 0; i < files->len; i++) {
        const CpuMapYamlFile *file = g_ptr_array_index(files, i);

        if (options->output == NULL)
            g_string_append_printf(context->out, "--- # %s\n%s", file->path, file->text);
        else if (!write_file(options->output, file, error))
            return EXIT_FAILED;
    }
    if (options->output != NULL && !context->is_quiet)
        g_string_append_printf(context->out, "%u files in %s\n", files->len, options->output);
    return EXIT_WELL;
}
